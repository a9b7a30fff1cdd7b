"""ONNX files as plain graphs. Only the description is read: nothing of the file is executed."""

import os
from pathlib import Path

from convlib.graphs.plain import MOST_NUMBERS, Constant, Graph, Node

STANDARD = ("", "ai.onnx")


def read_onnx(path_or_bytes):
    """Return the :class:`~convlib.graphs.plain.Graph` that an ONNX file describes.

    Parameters
    ----------
    path_or_bytes : str, path-like or bytes
        The file, or what is in it. Weights are not needed, so files beside it that hold weights
        ("external data") are not opened.

    Returns
    -------
    Graph
        Its operators and the shapes of its weights.

    Raises
    ------
    ImportError
        If the package `onnx` is not installed.
    TypeError
        If `path_or_bytes` is neither a path nor bytes.
    ValueError
        If there is no such file, it is not a whole ONNX file, or it is newer than the installed
        package `onnx` knows.
    """
    onnx = _onnx()
    data, called = _content(path_or_bytes)
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
        graph = _graph(onnx, model, called)
    except ValueError as error:
        if str(error).startswith(called) and not isinstance(error, UnicodeError):
            raise
        raise ValueError(f"{called} is no ONNX file, or damaged: {error}") from None
    except Exception as error:  # protobuf's own, whose kind depends on its version
        message = f"{called} is no ONNX file, or only a part of one: {error}"
        raise ValueError(message) from None
    return graph


def _onnx():
    """Import the package `onnx`, which nothing else in convlib needs."""
    try:
        import onnx
    except ImportError:
        raise ImportError(
            "reading ONNX files needs the package onnx: pip install onnx, or convlib[onnx]"
        ) from None
    return onnx


def _content(path_or_bytes):
    """Return the bytes, and what to call them in messages."""
    if isinstance(path_or_bytes, (bytes, bytearray, memoryview)):
        return bytes(path_or_bytes), "path_or_bytes"
    if not isinstance(path_or_bytes, (str, os.PathLike)):
        kind = type(path_or_bytes).__name__
        raise TypeError(
            f"path_or_bytes={path_or_bytes!r} is of type {kind}; legal are a path and bytes"
        )
    called = f"path_or_bytes={os.fspath(path_or_bytes)!r}"
    try:
        return Path(path_or_bytes).read_bytes(), called
    except OSError as error:
        raise ValueError(f"{called} cannot be read: {error.strerror}") from None
    except ValueError as error:  # a zero byte in a name
        raise ValueError(f"{called} cannot be read: {error}") from None


def _graph(onnx, model, called):
    """Return the graph of a parsed model after a check of its versions."""
    if not model.HasField("graph") or not model.graph.node:
        raise ValueError(f"{called} holds no graph, so it is no ONNX file, or only a part of one")
    versions = {entry.domain: entry.version for entry in model.opset_import}
    opset = max((versions[domain] for domain in STANDARD if domain in versions), default=0)
    newest = onnx.defs.onnx_opset_version()
    if opset > newest or model.ir_version > onnx.IR_VERSION:
        raise ValueError(
            f"{called} is too new: it has IR version {model.ir_version} and operators of version "
            f"{opset}; onnx {onnx.__version__} knows them up to {onnx.IR_VERSION} and {newest}. "
            "A newer package onnx may read it"
        )
    if not versions:
        raise ValueError(f"{called} names no version of its operators, so a part of it is missing")
    constants, external = {}, False
    for tensor in model.graph.initializer:
        external |= tensor.data_location == onnx.TensorProto.EXTERNAL
        constants[_text(tensor.name)] = _constant(onnx, tensor)
    for sparse in model.graph.sparse_initializer:
        constants[_text(sparse.values.name)] = Constant(tuple(sparse.dims))
    notes = []
    if external:
        notes.append("Weights lie in another file, which was not opened: only shapes are needed.")
    inputs = {
        value.name: _shape(value.type) for value in model.graph.input if value.name not in constants
    }
    known = {_text(value.name): _shape(value.type) for value in model.graph.value_info}
    known |= {_text(value.name): _shape(value.type) for value in model.graph.output}
    shapes = {name: shape for name, shape in known.items() if shape is not None}
    nodes = [_node(onnx, node, opset, constants) for node in model.graph.node]
    return Graph(
        inputs=inputs,
        outputs=tuple(_text(value.name) for value in model.graph.output),
        constants=constants,
        shapes=shapes,
        nodes=tuple(node for node in nodes if node is not None),
        notes=tuple(notes),
    )


def _text(name):
    """Return a name; one that is no text, which protobuf hands over as bytes, is damaged."""
    if not isinstance(name, str):
        raise ValueError(f"the name {name!r} is no text")
    return name


def _shape(kind):
    """Return a tensor's lengths, names for those that are not fixed; None without a shape."""
    if not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return None
    return tuple(
        int(dim.dim_value) if dim.HasField("dim_value") else _text(dim.dim_param) or None
        for dim in kind.tensor_type.shape.dim
    )


def _constant(onnx, tensor):
    """Return a constant's shape, and its numbers if they are few and in this file."""
    shape = tuple(int(length) for length in tensor.dims)
    count = 1
    for length in shape:
        count *= length
    inside = tensor.data_location != onnx.TensorProto.EXTERNAL
    if not 0 <= count <= MOST_NUMBERS or not inside or min(shape, default=0) < 0:
        return Constant(shape)
    try:
        numbers = onnx.numpy_helper.to_array(tensor).ravel().tolist()
    except Exception:  # its bytes do not fit its shape, or a type that NumPy lacks
        return Constant(shape)
    plain = all(isinstance(number, (int, float)) for number in numbers)
    return Constant(shape, tuple(numbers) if plain else None)


def _node(onnx, node, opset, constants):
    """Return a node; None for one that only holds a constant, which goes to `constants`."""
    kinds = onnx.AttributeProto
    readers = {
        kinds.INT: lambda a: int(a.i),
        kinds.FLOAT: lambda a: float(a.f),
        kinds.STRING: lambda a: a.s.decode("utf-8", "replace"),
        kinds.INTS: lambda a: [int(number) for number in a.ints],
        kinds.FLOATS: lambda a: [float(number) for number in a.floats],
        kinds.TENSOR: lambda a: list(_constant(onnx, a.t).numbers or ()),
        kinds.STRINGS: lambda a: [text.decode("utf-8", "replace") for text in a.strings],
    }
    attributes = {_text(a.name): readers[a.type](a) for a in node.attribute if a.type in readers}
    operator = _text(node.op_type)
    if node.domain not in STANDARD:
        operator = f"{_text(node.domain)}.{operator}"
    if operator == "Constant" and node.output:
        constants[_text(node.output[0])] = _constant_of_node(onnx, node, attributes)
        return None
    attributes["opset"] = opset
    inputs, outputs = tuple(map(_text, node.input)), tuple(map(_text, node.output))
    name = _text(node.name) or next(filter(None, outputs), operator)
    return Node(name, operator, inputs, outputs, attributes)


def _constant_of_node(onnx, node, attributes):
    """Return what a node of kind Constant holds."""
    for attribute in node.attribute:
        if attribute.name == "value":
            return _constant(onnx, attribute.t)
        if attribute.name == "sparse_value":
            return Constant(tuple(attribute.sparse_tensor.dims))
    for name in ("value_int", "value_float"):
        if name in attributes:
            return Constant((), (attributes[name],))
    for name in ("value_ints", "value_floats"):
        if name in attributes:
            numbers = tuple(attributes[name])
            return Constant((len(numbers),), numbers if len(numbers) <= MOST_NUMBERS else None)
    return Constant(())

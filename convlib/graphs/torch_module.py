"""PyTorch modules as plain graphs, by PyTorch's own tracer."""

from convlib.arguments import checks
from convlib.graphs import aten
from convlib.graphs.plain import Constant, Graph, Node
from convlib.network_steps import image_shape


def read_torch(module, input_size):
    """Return the :class:`~convlib.graphs.plain.Graph` of a module that takes one image.

    Parameters
    ----------
    module : torch.nn.Module
        Traced by ``torch.export`` as it computes after ``eval()``, on tensors without contents.
    input_size : int, (int, int) or (int, int, int)
        Height and width of the image in pixels, or (C, H, W).

    Returns
    -------
    Graph
        Its operators in ONNX's words; those that have none keep PyTorch's.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError
        If `module` is no module, or `input_size` of another type.
    ValueError
        If `input_size` is illegal, or PyTorch cannot trace the module at it.
    """
    torch = _torch()
    if not isinstance(module, torch.nn.Module):
        kind = type(module).__name__
        raise TypeError(f"module={module!r} is of type {kind}; legal is a torch.nn.Module")
    channels, size = image_shape(input_size)
    if channels is None:
        channels = _first_channels(torch, module, size)
    kept = next((p for p in module.parameters() if p.is_floating_point()), torch.zeros(1))
    image = torch.zeros((1, channels, *size), dtype=kept.dtype, device=kept.device)
    modes = {part: part.training for part in module.modules()}
    try:
        program = torch.export.export(module.eval(), (image,))
    except Exception as error:  # of many kinds: whatever the module's own code raises, too
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ValueError(
            f"PyTorch cannot trace the module at input_size={input_size!r}: {reason}"
        ) from error
    finally:
        for part, mode in modes.items():
            part.training = mode
    return _graph(torch, program)


def _torch():
    """Import PyTorch, which nothing else in convlib needs."""
    try:
        import torch
    except ImportError:
        raise ImportError("networks.from_torch needs PyTorch: pip install torch") from None
    return torch


def _first_channels(torch, module, size):
    """Return the input channels of the first convolution."""
    for part in module.modules():
        if isinstance(part, torch.nn.Conv2d):
            return checks.integer("in_channels", part.in_channels, 1)
    raise ValueError(
        "module has no Conv2d that says how many channels the image has; "
        f"give them, as in input_size={(3, *size)}"
    )


def _graph(torch, program):
    """Return the graph of what was traced."""
    signature = program.graph_signature
    called = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    inputs, constants, shapes, nodes, outputs = {}, {}, {}, [], ()
    names, paths = {}, set()
    for traced in program.graph.nodes:
        value = traced.meta.get("val")
        if traced.op == "placeholder":
            names[traced] = called.get(traced.name, traced.name)
            if isinstance(value, torch.Tensor):
                shape = tuple(map(int, value.shape))
                if traced.name in called:
                    constants[names[traced]] = Constant(shape)
                else:
                    inputs[names[traced]] = shape
        elif traced.op == "output":
            outputs = tuple(names[one] for one in traced.all_input_nodes if one in names)
        elif traced.op == "call_function":
            name = _name(traced)
            if name in paths:
                name = f"{name}.{traced.name}"
            paths.add(name)
            nodes += aten.translated(traced, names, constants, name)
            names.setdefault(traced, traced.name)
            for tensor, one in _tensors(torch, traced, value):
                shapes[tensor] = tuple(map(int, one.shape))
    written = {name for node in nodes for name in node.outputs} | set(inputs) | set(constants)
    nodes = [_known(node, written) for node in nodes]
    return Graph(inputs, outputs, constants, shapes, tuple(nodes))


def _known(node, written):
    """Return a node without inputs that are no tensors, such as sizes."""
    inputs = tuple(name if name in written else "" for name in node.inputs)
    return Node(node.name, node.operator, inputs, node.outputs, node.attributes)


def _tensors(torch, traced, value):
    """Yield (name, tensor) for what an operator returns."""
    if isinstance(value, torch.Tensor):
        yield traced.name, value
    elif isinstance(value, (list, tuple)):
        for at, one in enumerate(value):
            if isinstance(one, torch.Tensor):
                yield f"{traced.name}.{at}", one


def _name(traced):
    """Return the path of the module that an operator is in, and its own name if it is a part."""
    stack = list((traced.meta.get("nn_module_stack") or {}).values())
    if not stack:
        return traced.name
    path, kind = stack[-1]
    kind = kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}"
    path = path.removeprefix("L['self'].")
    if kind.startswith("torch.nn.modules.") and not kind.endswith((".Sequential", ".Module")):
        return path
    return f"{path}.{traced.name}" if path and path != "L['self']" else traced.name

"""Numbers that a graph computes from shapes: the sizes of its reshapes, resizings and paddings."""

import numpy as np

from convlib.graphs import lengths
from convlib.graphs.plain import MOST_NUMBERS
from convlib.graphs.values import Value
from convlib.kernels import graph_numbers as n
from convlib.kernels import graph_shapes

# Operators on constants that keep the shape of their first input, though not its numbers.
SAME_SHAPE = {"Identity", "Cast", "DequantizeLinear", "QuantizeLinear", "Neg", "Sqrt", "Clip"}
SAME_SHAPE |= {"Reciprocal", "Exp", "Softplus", "Relu", "Abs", "Tanh", "Sigmoid", "Dropout"}
ARITHMETIC = {
    "Add": n.ADD,
    "Sub": n.SUB,
    "Mul": n.MUL,
    "Div": n.DIV,
    "Mod": n.MOD,
    "Max": n.MAX,
    "Min": n.MIN,
    "Equal": n.EQUAL,
    "Less": n.LESS,
    "Greater": n.GREATER,
}
UNARY = {
    "Floor": n.FLOOR_OF,
    "Ceil": n.CEIL_OF,
    "Neg": n.NEG,
    "Abs": n.ABS,
    "Sqrt": n.SQRT,
    "Not": n.NOT,
}
# Whose numbers are whole, whatever they were made of.
WHOLE = (n.EQUAL, n.LESS, n.GREATER)
# ONNX's codes of integer types, for Cast.
INTEGERS = {2, 3, 4, 5, 6, 7, 12, 13}


def folded(node, inputs):
    """Return the values of a node whose numbers are known, as a list, or None if they are not."""
    if node.operator in ("Shape", "Size"):
        if not inputs or inputs[0].shape is None:
            return None
        shape = np.array(inputs[0].shape, np.int64)
        if node.operator == "Size":
            return [_value(graph_shapes.product_of(inputs[0].shape, 0, len(shape)))]
        start, end = node.attributes.get("start", 0), node.attributes.get("end")
        return [_value(shape[slice(start, end)])]
    rule = RULES.get(node.operator)
    given = [value for value in inputs if value.shape is not None or not value.is_constant]
    if rule is None or not given or any(value.numbers is None for value in given):
        return None
    try:
        result = rule(node.attributes, [value.numbers for value in inputs])
    except (ArithmeticError, IndexError, TypeError, ValueError, AttributeError):
        return None  # numbers that do not fit: the shape is not known then
    if result is None:
        return None
    results = result if isinstance(result, list) else [result]
    if any(np.size(one) > MOST_NUMBERS for one in results):
        return None
    return [_value(one) for one in results]


def constant_of(node, inputs, known=None):
    """Return what is known about a constant made of constants: mostly, whose weights it has.

    `known` is its shape if the file gives it.
    """
    weights = tuple(dict.fromkeys(name for value in inputs for name in value.weights))
    first = inputs[0].shape if inputs else None
    shape = None
    if node.operator in SAME_SHAPE:
        shape = first
    elif node.operator in ARITHMETIC and all(value.shape is not None for value in inputs):
        shape = lengths.spread([value.shape for value in inputs])
    elif node.operator == "Transpose" and first is not None:
        order = node.attributes.get("perm", list(range(len(first)))[::-1])
        if sorted(order) == list(range(len(first))):
            shape = tuple(first[axis] for axis in order)
    elif node.operator in ("Reshape", "Unsqueeze", "Squeeze") and first is not None:
        shape = _reshaped(node, inputs, first)
    elif node.operator == "ConstantOfShape" and inputs and inputs[0].numbers is not None:
        shape = tuple(int(length) for length in np.ravel(inputs[0].numbers))
    elif node.operator == "Expand" and first is not None:
        shape = _expanded(inputs, first)
    return Value(shape=shape or known, weights=weights)


def _expanded(inputs, first):
    """Return the shape of a constant repeated along axes of length 1, or None."""
    numbers = inputs[1].numbers if len(inputs) > 1 else None
    if numbers is None:
        return None
    return lengths.spread([first, tuple(int(length) for length in np.ravel(numbers))])


def _reshaped(node, inputs, first):
    """Return the shape of a constant behind a reshape."""
    numbers = inputs[1].numbers if len(inputs) > 1 else None
    if node.operator != "Reshape" or numbers is None:
        return None
    return lengths.reshaped(first, [int(length) for length in np.ravel(numbers)])


def _value(numbers):
    array = np.asarray(numbers)
    if array.dtype.kind in "bu":
        array = array.astype(np.int64)
    return Value(shape=array.shape, numbers=array)


def _gather(attributes, arrays):
    return np.take(arrays[0], arrays[1].astype(np.int64), axis=attributes.get("axis", 0))


def _axes(attributes, arrays):
    axes = attributes.get("axes")
    if axes is None and len(arrays) > 1 and arrays[1] is not None:
        axes = arrays[1].ravel().tolist()
    return tuple(int(axis) for axis in axes) if axes is not None else None


def _unsqueeze(attributes, arrays):
    return np.expand_dims(arrays[0], _axes(attributes, arrays))


def _slice(attributes, arrays):
    array = arrays[0]
    given = [None if a is None else a.ravel().tolist() for a in arrays[1:]]
    starts = attributes.get("starts", given[0] if given else None)
    ends = attributes.get("ends", given[1] if len(given) > 1 else None)
    axes = attributes.get("axes", given[2] if len(given) > 2 else None)
    steps = given[3] if len(given) > 3 and given[3] is not None else [1] * len(starts)
    parts = [slice(None)] * array.ndim
    for axis, *bounds in zip(axes or range(len(starts)), starts, ends, steps, strict=True):
        parts[int(axis)] = slice(*map(int, bounds))
    return array[tuple(parts)]


def _combined(kind):
    """Return the rule of an operator on two numbers, place by place."""

    def rule(attributes, arrays):
        if np.broadcast(*arrays).size > MOST_NUMBERS:
            return None
        one, other = np.broadcast_arrays(*arrays)
        whole = one.dtype.kind == other.dtype.kind == "i"
        pairs = zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)
        found = [n.combined(kind, *pair, int(whole)) for pair in pairs]
        return _shaped(found, one.shape, whole or kind in WHOLE)

    return rule


def _changed(kind, whole=None):
    """Return the rule of an operator on one number; `whole` says whether the result is."""

    def rule(attributes, arrays):
        (array,) = arrays[:1]
        found = [n.changed(kind, number) for number in array.ravel().tolist()]
        return _shaped(found, array.shape, array.dtype.kind == "i" if whole is None else whole)

    return rule


def _shaped(numbers, shape, whole):
    """Return numbers as an array, or None if one of them cannot be computed."""
    if not np.all(np.isfinite(numbers)):
        return None
    return np.array(numbers, np.int64 if whole else np.float64).reshape(shape)


def _cast(attributes, arrays):
    kind = attributes.get("to")
    if kind in INTEGERS or kind == 9:
        return _changed(n.TRUNC if kind in INTEGERS else n.TRUTH, True)(attributes, arrays)
    return arrays[0].astype(np.float64)


def _constant_of_shape(attributes, arrays):
    shape = [int(length) for length in arrays[0].ravel()]
    count = 1
    for length in shape:
        count *= length
    value = attributes.get("value") or [0]
    return np.full(shape, value[0]) if 0 <= count <= MOST_NUMBERS else None


def _split(attributes, arrays):
    lengths = attributes.get("split") or arrays[1].ravel().tolist()
    return np.split(arrays[0], np.cumsum(lengths)[:-1], axis=attributes.get("axis", 0))


def _reshape(attributes, arrays):
    target = lengths.reshaped(arrays[0].shape, arrays[1].ravel().astype(int).tolist())
    return None if target is None else arrays[0].reshape(target)


def _where(attributes, arrays):
    return np.where(*arrays) if np.broadcast(*arrays).size <= MOST_NUMBERS else None


def _product(attributes, arrays):
    numbers = arrays[0].ravel().tolist()
    product = graph_shapes.product_of(numbers, 0, len(numbers))
    return np.full((1,) * arrays[0].ndim, product)


RULES = {
    "Gather": _gather,
    "Unsqueeze": _unsqueeze,
    "Squeeze": lambda attributes, arrays: np.squeeze(arrays[0], _axes(attributes, arrays)),
    "Concat": lambda attributes, arrays: np.concatenate(arrays, axis=attributes.get("axis", 0)),
    "Slice": _slice,
    "Cast": _cast,
    "Where": _where,
    "ReduceProd": _product,
    "Identity": lambda attributes, arrays: arrays[0],
    "Reshape": _reshape,
    "Transpose": lambda attributes, arrays: np.transpose(arrays[0], attributes.get("perm")),
    "ConstantOfShape": _constant_of_shape,
    "Split": _split,
}
RULES |= {name: _combined(kind) for name, kind in ARITHMETIC.items()}
RULES |= {name: _changed(kind) for name, kind in UNARY.items()}

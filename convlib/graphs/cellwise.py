"""Operators that compute with one place of their inputs at a time, or lay channels side by side."""

from convlib.graphs import attributes, lengths
from convlib.graphs.windows import cut
from convlib.kernels import graph_rows as k
from convlib.kernels import graph_shapes
from convlib.kernels.network_rules import TOO_TALL, UNEQUAL

UNARY = """
    Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Swish Mish Gelu Tanh Softplus
    Softsign ThresholdedRelu Erf Exp Log Sqrt Abs Neg Reciprocal Floor Ceil Round Sign Not Sin Cos
    Atan Shrink Identity Dropout Cast CastLike Clip QuantizeLinear DequantizeLinear LRN
    DynamicQuantizeLinear IsNaN IsInf BitShift
""".split()
ARITHMETIC = """
    Add Sub Mul Div Pow Max Min Mean Sum PRelu Where And Or Xor Mod Greater Less Equal
    GreaterOrEqual LessOrEqual QLinearAdd QLinearMul
""".split()


def unary(walk, node, inputs):
    """Whatever it computes, each place is made of itself alone."""
    return walk.keep(node, inputs[0])


def arithmetic(walk, node, inputs):
    """An operator on several tensors, place by place; constants among them are parameters."""
    used = [value for value in inputs if not value.is_constant]
    constants = [v for v in inputs if v.is_constant and v.shape is not None and v.weights]
    shapes = [value.shape for value in (*used, *constants)]
    params = walk.params_of(*constants)
    shape = lengths.spread(shapes)
    if shape is None:
        return walk.refuse(node, used, UNEQUAL)
    if len(used) == 1 and used[0].shape == shape:
        return walk.keep(node, used[0], **params)
    axes = [_moved(value, len(shape)) for value in used]
    places = {
        at for at, value in zip(axes, used, strict=True) if at and _is_large(value, at, shape)
    }
    if len(places) != 1 or not _can_meet(used, axes, shape, next(iter(places))):
        numbers = params if params["params"] else {}
        return walk.give(node, used, shape, sees=walk.blur(*used), **numbers)
    rows = [value.row for value in used]
    row = walk.table.add(k.MERGE, rows, *walk.called(node), **params)
    return walk.laid_out(row, shape, next(iter(places)))


def _moved(value, rank):
    """Return where height and width are after axes of length 1 were put in front."""
    more = rank - len(value.shape)
    return tuple(axis + more for axis in value.axes) if value.axes else None


def _is_large(value, axes, shape):
    """Whether a value has the height and the width of the result."""
    more = len(shape) - len(value.shape)
    return all(axis >= more and value.shape[axis - more] == shape[axis] for axis in axes)


def _can_meet(used, axes, shape, places):
    """Whether each value is a map in the result's layout, or has one number for all places."""
    for value, own in zip(used, axes, strict=True):
        more = len(shape) - len(value.shape)
        spread = all(axis < more or value.shape[axis - more] == 1 for axis in places)
        if own != places and not spread:
            return False
    return True


def concat(walk, node, inputs):
    """Channels of several maps side by side; rows or columns one behind another have no field."""
    used = [value for value in inputs if not value.is_constant]
    rank = len(used[0].shape)
    axis = attributes.axis(node, 1, rank)
    shapes = [value.shape for value in inputs if value.shape is not None]
    if len(shapes) < len(inputs) or any(len(shape) != rank for shape in shapes):
        return walk.guess(node, used, "a shape among its inputs is not known")
    places = used[0].axes
    shape = list(shapes[0])
    shape[axis] = graph_shapes.sum_of([one[axis] for one in shapes], len(shapes))
    same = all(value.axes == places for value in inputs)
    if places is not None and same and axis not in places:
        row = walk.table.add(k.CONCAT, [value.row for value in used], *walk.called(node))
        return walk.laid_out(row, shape, places)
    others = [[n for at, n in enumerate(one) if at != axis] for one in shapes]
    if any(one != others[0] for one in others):
        return walk.refuse(node, used, UNEQUAL)
    return walk.give(node, used, shape, axes=places if same else None, sees=walk.blur(*used))


def split(walk, node, inputs):
    """Parts of a tensor along an axis."""
    value = inputs[0]
    axis = attributes.axis(node, 0, len(value.shape))
    count, length = len(node.outputs), value.shape[axis]
    sizes = node.attributes.get("split")
    if sizes is None and len(inputs) > 1 and inputs[1].numbers is not None:
        sizes = inputs[1].numbers.ravel().tolist()
    if sizes is None:
        sizes = lengths.parts_of(length, count)
    if len(sizes) != count or sum(sizes) != length or min(sizes) < 1:
        return walk.guess(node, [value], f"its parts {sizes} do not make up {length}")
    results, start = [], 0
    for output, size in enumerate(sizes):
        results.append(part_of(walk, node, value, {axis: (start, int(size), 1)}, output))
        *_, start = lengths.ends_of_part(length, start, int(size), 1)
    return results


def part_of(walk, node, value, taken, output=0):
    """Return a part of a tensor: `taken` has the places of some axes.

    These are the first place, how many they are, and the step from one to the next.
    """
    shape = [taken.get(axis, (0, n, 1))[1] for axis, n in enumerate(value.shape)]
    if min(shape) < 1:
        return walk.refuse(node, [value], TOO_TALL)
    if not value.axes or not set(value.axes) & set(taken):
        return walk.keep(node, value, tuple(shape), value.axes, output)
    ends, steps = [], []
    for axis in value.axes:
        length = value.shape[axis]
        places = taken.get(axis, (0, length, 1))
        # As a window of one cell: what is left out in front and behind is padding below 0.
        ends += lengths.ends_of_part(length, *places)[:2]
        steps.append(places[2])
    return cut(walk, node, value, shape, ends, steps, output)


def batch_norm(walk, node, inputs):
    """Scale and offset per channel; mean and variance are not learnt."""
    if inputs[0].axes is None:
        return walk.keep(node, inputs[0], **walk.params_of(*inputs[1:3]))
    learnt = int(len(inputs) > 1 and inputs[1].shape is not None)
    shared = walk.was_counted(*inputs[1:2])
    return walk.keep(node, inputs[0], normalised=learnt, shared=shared)


def normalise(walk, node, inputs):
    """A normalisation by statistics of the whole image: all places see all, besides their own."""
    return walk.keep(node, inputs[0], gated=1, **walk.params_of(*inputs[1:]))


def along_axis(walk, node, inputs):
    """A softmax or normalisation along axes: over the image, or over channels alone."""
    value = inputs[0]
    rank = len(value.shape)
    axis = attributes.axis(node, -1, rank)
    reached = range(axis, rank) if node.operator == "LayerNormalization" else [axis]
    gated = value.axes is None or any(own in reached for own in value.axes)
    return walk.keep(node, value, gated=int(gated), **walk.params_of(*inputs[1:]))


OPERATORS = dict.fromkeys(UNARY, unary) | dict.fromkeys(ARITHMETIC, arithmetic)
OPERATORS |= {
    "Concat": concat,
    "Split": split,
    "BatchNormalization": batch_norm,
    "InstanceNormalization": normalise,
    "GroupNormalization": normalise,
    "MeanVarianceNormalization": normalise,
    "LayerNormalization": along_axis,
    "RMSNormalization": along_axis,
    "LpNormalization": along_axis,
    "Softmax": along_axis,
    "LogSoftmax": along_axis,
}

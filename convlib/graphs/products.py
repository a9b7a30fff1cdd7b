"""Matrix products: classifiers, convolutions of 1 x 1 in another layout, attention."""

from convlib.graphs import lengths
from convlib.kernels import graph_rows as k
from convlib.kernels import graph_shapes


def gemm(walk, node, inputs):
    """A fully connected layer."""
    value, weight = inputs[0], inputs[1]
    flipped = node.attributes.get("transB", 0)
    if value.is_constant or weight.shape is None or len(weight.shape) != 2:
        return _unknown(walk, node, inputs)
    if node.attributes.get("transA", 0):
        return _unknown(walk, node, inputs)
    features, out = weight.shape[::-1] if flipped else weight.shape
    return _connected(walk, node, value, features, out, [weight, *inputs[2:3]])


def matmul(walk, node, inputs):
    """A matrix product: with a constant, of the last axis; of two tensors, as in attention."""
    one, other = inputs[0], inputs[1]
    if other.is_constant and other.shape is not None and len(other.shape) == 2:
        return _connected(walk, node, one, *other.shape, [other])
    if one.is_constant or other.is_constant or min(len(one.shape), len(other.shape)) < 2:
        return _unknown(walk, node, inputs)
    if one.shape[-1] != other.shape[-2]:
        return walk.refuse(node, [one, other], k.WRONG_FEATURES)
    front = lengths.spread([one.shape[:-2], other.shape[:-2]])
    if front is None:
        return walk.refuse(node, [one, other], k.WRONG_FEATURES)
    shape = (*front, one.shape[-2], other.shape[-1])
    return _product(walk, node, [one, other], shape, one.shape[-1])


def _connected(walk, node, value, features, out, weights):
    """Return what a constant matrix makes of the last axis."""
    if value.shape[-1] != features:
        return walk.refuse(node, [value], k.WRONG_FEATURES)
    shape = (*value.shape[:-1], out)
    is_channel = value.axes and len(shape) - 1 not in value.axes
    if is_channel and walk.channels_of(value.shape, value.axes) == features:
        numbers = {"in_channels": features, "out_channels": out, "bias": int(len(weights) > 1)}
        numbers["shared"] = walk.was_counted(*weights)
        row = walk.table.add(k.CONV, [value.row], *walk.called(node), **numbers)
        return walk.laid_out(row, shape, value.axes)
    return _product(walk, node, [value], shape, features, **walk.params_of(*weights))


def _product(walk, node, used, shape, features, **numbers):
    """Return a product each of whose outputs sums `features` products."""
    positions = graph_shapes.positions_of(shape, len(shape), walk.batch)
    size = {"out_channels": shape[-1], "size": (positions, 1), "features": features}
    return walk.give(node, used, shape, sees=k.WHOLE, **size, **numbers)


def _unknown(walk, node, inputs):
    used = [value for value in inputs if not value.is_constant]
    return walk.guess(node, used, "it is not a product that convlib follows")


OPERATORS = {"Gemm": gemm, "MatMul": matmul}

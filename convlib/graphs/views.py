"""Operators that lay the same numbers out in another shape, or take some of them."""

import numpy as np

from convlib.graphs import attributes, lengths
from convlib.graphs.cellwise import part_of
from convlib.graphs.values import NCHW
from convlib.kernels import graph_rows as k
from convlib.kernels import graph_shapes
from convlib.kernels.network_rules import TOO_TALL


def reshape(walk, node, inputs):
    """A reshape: places stay where height and width survive as axes of their own."""
    numbers = inputs[1].numbers if len(inputs) > 1 else node.attributes.get("shape")
    shape = None
    if numbers is not None:
        target = [int(length) for length in np.ravel(numbers)]
        shape = lengths.reshaped(inputs[0].shape, target)
        if shape is None:
            return walk.refuse(node, inputs[:1], k.WRONG_FEATURES)
    if shape is None:
        return walk.guess(node, inputs[:1], "its shape is not a number in the file")
    return laid_out_as(walk, node, inputs[0], shape)


def laid_out_as(walk, node, value, shape):
    """Return a value in another shape of as many numbers."""
    axes = lengths.again(value.shape, value.axes, shape) if value.axes else None
    if axes is not None:
        return walk.keep(node, value, shape, axes)
    if value.origin and len(shape) == 4 and tuple(shape[2:]) == value.origin[1]:
        row, _, gated = value.origin
        channels = walk.channels_of(shape, NCHW)
        numbers = {"out_channels": channels, "gated": gated}
        row = walk.table.add(k.PASS, [row], *walk.called(node), **numbers)
        return walk.laid_out(row, shape, NCHW)
    origin = value.origin
    if value.axes:
        origin = (value.row, tuple(value.shape[axis] for axis in value.axes), 0)
    return walk.give(node, [value], shape, sees=k.WHOLE, origin=origin)


def flatten(walk, node, inputs):
    """All axes from one on as one."""
    shape = inputs[0].shape
    rank = len(shape)
    axis = node.attributes.get("axis", 1)
    axis = rank if axis == rank else attributes.axis(node, 1, rank)
    counts = [graph_shapes.product_of(shape, *ends) for ends in ((0, axis), (axis, rank))]
    return laid_out_as(walk, node, inputs[0], tuple(counts))


def transpose(walk, node, inputs):
    """Axes in another order."""
    value = inputs[0]
    rank = len(value.shape)
    order = node.attributes.get("perm", list(range(rank))[::-1])
    if not isinstance(order, list) or sorted(order) != list(range(rank)):
        return walk.guess(node, [value], f"perm={order!r} does not order {rank} axes")
    shape = tuple(value.shape[axis] for axis in order)
    axes = tuple(order.index(axis) for axis in value.axes) if value.axes else None
    return walk.keep(node, value, shape, axes)


def unsqueeze(walk, node, inputs):
    """Axes of length 1 put in."""
    value = inputs[0]
    axes = _axes(node, inputs)
    if axes is None:
        return walk.guess(node, [value], "its axes are not numbers in the file")
    rank = len(value.shape) + len(axes)
    new = {axis % rank for axis in axes if -rank <= axis < rank}
    old = [at for at in range(rank) if at not in new]
    if len(old) != len(value.shape):
        return walk.guess(node, [value], f"axes={list(axes)} do not fit")
    shape = [1] * rank
    for at, length in zip(old, value.shape, strict=True):
        shape[at] = length
    places = tuple(old[axis] for axis in value.axes) if value.axes else None
    return walk.keep(node, value, tuple(shape), places)


def squeeze(walk, node, inputs):
    """Axes of length 1 left out."""
    value = inputs[0]
    rank = len(value.shape)
    axes = _axes(node, inputs)
    if axes is None and len(inputs) > 1 and node.inputs[1]:
        return walk.guess(node, [value], "its axes are not numbers in the file")
    if axes is None:
        axes = [at for at, length in enumerate(value.shape) if length == 1]
    gone = {axis % rank for axis in axes if -rank <= axis < rank}
    kept = [at for at in range(rank) if at not in gone]
    if any(value.shape[at] != 1 for at in gone) or not kept:
        return walk.guess(node, [value], f"axes={list(axes)} do not fit")
    shape = tuple(value.shape[at] for at in kept)
    if value.axes and set(value.axes) <= set(kept):
        return walk.keep(node, value, shape, tuple(kept.index(axis) for axis in value.axes))
    return walk.give(node, [value], shape, sees=k.WHOLE)


def slice_(walk, node, inputs):
    """A part of a tensor along some axes, every so many places."""
    value = inputs[0]
    parts = []
    for at, name in enumerate(("starts", "ends", "axes", "steps"), start=1):
        numbers = node.attributes.get(name)
        if len(inputs) > at and node.inputs[at]:
            numbers = None if inputs[at].numbers is None else inputs[at].numbers.ravel().tolist()
            if numbers is None:
                return walk.guess(node, [value], f"its {name} are not numbers in the file")
        parts.append(numbers)
    starts, ends, axes, steps = parts
    rank = len(value.shape)
    if not (isinstance(starts, list) and isinstance(ends, list)):
        return walk.guess(node, [value], "it does not say which part")
    axes, steps = axes or list(range(len(starts))), steps or [1] * len(starts)
    counts = {len(part) for part in (starts, ends, axes, steps)}
    if len(counts) != 1 or min(steps) < 1 or not all(-rank <= axis < rank for axis in axes):
        return walk.guess(node, [value], "it takes places in an order that is not followed")
    taken = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        length = value.shape[int(axis)]
        first, count = lengths.sliced(length, int(start), int(end), int(step))
        if count == 0:
            return walk.refuse(node, [value], TOO_TALL)
        if (first, count) != (0, length):
            taken[int(axis) % rank] = (first, count, int(step))
    return part_of(walk, node, value, taken)


def gather(walk, node, inputs):
    """Entries of an axis by their indices."""
    value, index = inputs[0], inputs[1]
    if value.is_constant or index.shape is None:
        return walk.guess(node, [v for v in inputs if not v.is_constant], "it looks up a table")
    axis = attributes.axis(node, 0, len(value.shape))
    shape = (*value.shape[:axis], *index.shape, *value.shape[axis + 1 :])
    if value.axes is None or axis in value.axes:
        return walk.give(node, [value], shape, sees=walk.blur(value))
    more = len(index.shape) - 1
    axes = tuple(own + more if own > axis else own for own in value.axes)
    return walk.keep(node, value, shape, axes)


def reduce(walk, node, inputs):
    """A mean, sum or maximum over axes."""
    value = inputs[0]
    rank = len(value.shape)
    axes = _axes(node, inputs)
    if axes is None or not len(axes):
        if len(inputs) > 1 and node.inputs[1] and inputs[1].numbers is None:
            return walk.guess(node, [value], "its axes are not numbers in the file")
        axes = range(rank)
    gone = {axis % rank for axis in axes if -rank <= axis < rank}
    keeps = attributes.number(node, "keepdims", 1) != 0
    shape = tuple(
        1 if at in gone else n for at, n in enumerate(value.shape) if keeps or at not in gone
    )
    places = value.axes
    if places and not keeps and not gone & set(places):
        places = tuple(axis - sum(1 for at in gone if at < axis) for axis in places)
    elif not keeps:
        places = None
    if places and not gone & set(places):
        return walk.keep(node, value, shape, places)
    whole = value.axes is None or set(value.axes) <= gone
    return walk.give(node, [value], shape, places, sees=k.WHOLE if whole else walk.blur(value))


def expand(walk, node, inputs):
    """A tensor repeated along axes of length 1."""
    value = inputs[0]
    numbers = inputs[1].numbers if len(inputs) > 1 else None
    if numbers is None:
        return walk.guess(node, [value], "its shape is not a number in the file")
    shape = lengths.spread([value.shape, tuple(int(n) for n in np.ravel(numbers))])
    if shape is None:
        return walk.guess(node, [value], "its shape does not fit")
    if shape == value.shape:
        return walk.keep(node, value)
    same_rank = value.axes and len(shape) == len(value.shape)
    axes = value.axes if same_rank else None
    return walk.give(node, [value], shape, axes, sees=walk.blur(value))


def _axes(node, inputs):
    """Return the axes of a node as a list, from its attribute or its second input."""
    axes = node.attributes.get("axes")
    if axes is None and len(inputs) > 1 and inputs[1].numbers is not None:
        axes = [int(axis) for axis in inputs[1].numbers.ravel()]
    return axes if isinstance(axes, list) else None


REDUCTIONS = "ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2".split()
OPERATORS = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
    "Squeeze": squeeze,
    "Slice": slice_,
    "Gather": gather,
    "Expand": expand,
} | dict.fromkeys(REDUCTIONS, reduce)

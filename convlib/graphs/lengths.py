"""What the kernel's rules for lengths say, in tuples."""

from convlib.kernels import graph_shapes


def spread(shapes):
    """Return the shape that some spread to, as NumPy broadcasts, or None if they do not fit.

    >>> spread([(4, 1, 3), (5, 1)]), spread([(2,), (3,)])
    ((4, 5, 3), None)
    """
    rank = max((len(shape) for shape in shapes), default=0)
    laid = [length for shape in shapes for length in (*(1,) * (rank - len(shape)), *shape)]
    out = [1] * rank
    return tuple(out) if graph_shapes.broadcast(laid, len(shapes), rank, out) else None


def reshaped(shape, target):
    """Return the shape that ONNX's Reshape makes of another, or None if it does not fit.

    >>> reshaped((2, 3, 4), (0, -1)), reshaped((2, 3), (4, -1))
    ((2, 12), None)
    """
    out = [0] * len(target)
    fits = graph_shapes.target_shape(shape, len(shape), target, len(target), out)
    return tuple(out) if fits else None


def again(shape, axes, target):
    """Return which axes of a new shape are these two of the old one, or None if one is cut up.

    >>> again((1, 8, 5, 7), (2, 3), (1, 2, 4, 5, 7)), again((1, 8, 5, 7), (2, 3), (8, 35))
    ((3, 4), None)
    """
    found = []
    for axis in axes:
        taken = found[0] if found else -1
        found.append(graph_shapes.axis_again(shape, axis, target, len(target), taken))
    return tuple(found) if min(found) >= 0 else None


def parts_of(length, count):
    """Return the lengths of so many parts of an axis, where ONNX's Split names none."""
    return [graph_shapes.even_part(length, count, at) for at in range(count)]


def sliced(length, start, end, step):
    """Return the first place of a slice and how many places it has."""
    out = [0, 0]
    graph_shapes.slice_places(length, start, end, step, out)
    return tuple(out)


def ends_of_part(length, first, count, step):
    """Return what a part leaves out in front and behind, as padding below 0, and where it ends."""
    out = [0, 0, 0]
    graph_shapes.part_ends(length, first, count, step, out)
    return tuple(out)


def ratio_of(scale):
    """Return a scale as numerator and denominator: files hold it as a float of 32 bits.

    >>> import numpy as np
    >>> ratio_of(float(np.float32(1 / 3))), ratio_of(1.5), ratio_of(-1.0)
    ((1, 3), (3, 2), (0, 1))
    """
    out = [0, 1]
    graph_shapes.scale_ratio(scale, out)
    return tuple(out)


def ratio_between(length, old):
    """Return length / old in its lowest terms."""
    out = [0, 1]
    graph_shapes.ratio(length, old, out)
    return tuple(out)

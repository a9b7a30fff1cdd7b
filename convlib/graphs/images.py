"""The images that a graph takes, and the size at which it is looked at."""

from convlib.arguments import checks
from convlib.graphs.values import NCHW
from convlib.kernels import graph_shapes

# TensorFlow's layout: the first thing that happens to such an image is a transposition.
NHWC = (1, 2)


def shapes_of(graph, size):
    """Return {name: (shape, axes)} of the inputs with four axes, at a size.

    `size` is None, an integer, (H, W) or (C, H, W).
    """
    asked = _asked(size)
    found = {}
    for name, shape in graph.inputs.items():
        if shape is None or len(shape) != 4:
            continue
        axes = axes_of(graph, name)
        channel = next(axis for axis in (1, 2, 3) if axis not in axes)
        places = dict(zip((channel, *axes), asked, strict=True))
        lengths = []
        for axis, length in enumerate(shape):
            if places.get(axis) is not None:
                length = places[axis]
            elif not isinstance(length, int) or length < 1:
                length = 1 if axis == 0 else _missing(graph, name, axis, axes, length)
            lengths.append(checks.integer(f"axis {axis} of input {name!r}", length, 1))
        found[name] = (tuple(lengths), axes)
    if not found:
        had = ", ".join(f"{name!r} {shape}" for name, shape in graph.inputs.items()) or "none"
        raise ValueError(
            f"the graph has no input that is an image, with four axes (N, C, H, W); it has {had}"
        )
    return found


def _asked(size):
    """Return (C, H, W), None for what `size` does not say."""
    if size is None:
        return None, None, None
    others = ", a pair (H, W) or (C, H, W)"
    if isinstance(size, (tuple, list)) and len(size) == 3:
        return tuple(checks.integer(f"size[{at}]", size[at], 1) for at in range(3))
    if isinstance(size, (tuple, list)) and len(size) != 2:
        raise ValueError(
            f"size={size!r} has {len(size)} entries; legal values are one integer{others}"
        )
    return (None, *checks.pair("size", size, 1, others))


def axes_of(graph, name):
    """Return which axes of an input are height and width.

    In TensorFlow's layout all that reads it puts its last axis first.
    """
    readers = [node for node in graph.nodes if name in node.inputs]
    is_last = readers and all(
        node.operator == "Transpose" and node.attributes.get("perm") == [0, 3, 1, 2]
        for node in readers
    )
    return NHWC if is_last else NCHW


def _missing(graph, name, axis, axes, length):
    """Return the channels that the first convolution takes, or ask for what nothing says."""
    if axis not in axes:
        for node in graph.nodes:
            weight = graph.constants.get(node.inputs[1]) if len(node.inputs) > 1 else None
            if node.operator == "Conv" and name in node.inputs and weight is not None:
                groups = node.attributes.get("group", 1)
                if len(weight.shape) == 4 and isinstance(groups, int):
                    return graph_shapes.product_within(weight.shape[1], groups)
        raise ValueError(
            f"input {name!r} does not say how many channels it has; give size=(C, H, W)"
        )
    what = "height" if axis == axes[0] else "width"
    called = f" ({length!r} in the file)" if length is not None else ""
    raise ValueError(
        f"the {what} of input {name!r} is not fixed{called}; give size, such as 224 or (H, W)"
    )

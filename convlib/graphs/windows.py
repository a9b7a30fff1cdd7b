"""Operators that slide a window over a map, or change how finely it is sampled."""

from convlib.graphs import attributes, lengths
from convlib.graphs.values import NCHW
from convlib.kernels import graph_rows as k
from convlib.kernels import graph_shapes
from convlib.kernels import graph_windows as w
from convlib.kernels.network_rules import TOO_TALL

# Where a convolution's weight and bias are among its inputs.
WEIGHT_AND_BIAS = {"Conv": (1, 2), "ConvInteger": (1, None), "QLinearConv": (3, 8)}
PLACINGS = {
    "half_pixel": w.HALF_PIXEL,
    "pytorch_half_pixel": w.HALF_PIXEL,
    "asymmetric": w.ASYMMETRIC,
    "align_corners": w.ALIGN_CORNERS,
}
ROUNDINGS = {
    "round_prefer_floor": w.PREFER_FLOOR,
    "round_prefer_ceil": w.PREFER_CEIL,
    "floor": w.FLOOR,
    "ceil": w.CEIL,
}


def conv(walk, node, inputs):
    """A convolution; of its weight only the shape counts."""
    at, bias_at = WEIGHT_AND_BIAS[node.operator]
    weight = inputs[at] if len(inputs) > at else None
    image = inputs[0]
    if not _fits(image, weight):
        return walk.guess(node, [image], "it is not a convolution over two axes")
    has_bias = bias_at is not None and len(inputs) > bias_at and node.inputs[bias_at] != ""
    groups = attributes.number(node, "group", 1, 1)
    return walk.slide(
        node,
        image,
        k.CONV,
        out_channels=weight.shape[0],
        in_channels=graph_shapes.product_within(weight.shape[1], groups),
        groups=groups,
        bias=int(has_bias),
        shared=walk.was_counted(weight),
        **_window(node, weight.shape[2:]),
    )


def conv_transpose(walk, node, inputs):
    """A transposed convolution, whose weight has its input channels first."""
    image, weight = inputs[0], inputs[1] if len(inputs) > 1 else None
    if not _fits(image, weight):
        return walk.guess(node, [image], "it is not a transposed convolution over two axes")
    groups = attributes.number(node, "group", 1, 1)
    return walk.slide(
        node,
        image,
        k.TRANSPOSED,
        out_channels=graph_shapes.product_within(weight.shape[1], groups),
        in_channels=weight.shape[0],
        groups=groups,
        bias=int(len(inputs) > 2 and node.inputs[2] != ""),
        shared=walk.was_counted(weight),
        extra=attributes.numbers(node, "output_padding", (0, 0), 2),
        size=attributes.numbers(node, "output_shape", (0, 0), 2, 1),
        **_window(node, weight.shape[2:]),
    )


def pool(walk, node, inputs):
    """A max-, average- or Lp-pooling."""
    kernel = node.attributes.get("kernel_shape")
    if len(inputs[0].shape) != 4 or not isinstance(kernel, list) or len(kernel) != 2:
        return walk.guess(node, inputs[:1], "it is not a pooling over two axes")
    ceil_mode = attributes.number(node, "ceil_mode", 0)
    kernel = attributes.numbers(node, "kernel_shape", (1, 1), 2, 1)
    return walk.slide(
        node, inputs[0], k.POOL, ceil_mode=int(ceil_mode != 0), **_window(node, kernel)
    )


def global_pool(walk, node, inputs):
    """A pooling over the whole image, or down to a size, by windows that depend on its own."""
    if len(inputs[0].shape) != 4:
        return walk.guess(node, inputs[:1], "it is not a pooling over two axes")
    size = attributes.numbers(node, "output_size", (1, 1), 2, 1)
    if size == inputs[0].shape[2:]:  # an average of single cells
        return walk.keep(node, inputs[0])
    return walk.give(node, inputs, (*inputs[0].shape[:2], *size), NCHW, sees=k.WHOLE)


def pad(walk, node, inputs):
    """A padding, or a crop where numbers are negative: a window of one cell."""
    image, ends = inputs[0], node.attributes.get("pads", node.attributes.get("paddings"))
    if ends is None and len(inputs) > 1 and inputs[1].numbers is not None:
        ends = inputs[1].numbers.ravel().tolist()
    rank = len(image.shape)
    chosen = list(range(rank))
    if len(inputs) > 3 and inputs[3].numbers is not None:
        chosen = [int(axis) for axis in inputs[3].numbers.ravel()]
    fits = isinstance(ends, list) and len(ends) == 2 * len(chosen) and image.axes
    if not fits or not all(-rank <= axis < rank for axis in chosen):
        return walk.guess(node, [image], "its padding is not a number in the file")
    before, after = [0] * rank, [0] * rank
    for at, axis in enumerate(chosen):
        before[axis], after[axis] = int(ends[at]), int(ends[at + len(chosen)])
    if max(map(abs, before + after)) > k.MOST:
        return walk.refuse(node, [image], k.TOO_LARGE)
    shape = list(map(graph_shapes.padded_length, image.shape, before, after))
    if min(shape) < 1:
        return walk.refuse(node, [image], TOO_TALL)
    sides = [number for axis in image.axes for number in (before[axis], after[axis])]
    for axis in image.axes:  # which the kernel finds
        shape[axis] = image.shape[axis]
    return cut(walk, node, image, shape, sides)


def cut(walk, node, image, shape, ends, steps=(1, 1), output=0):
    """Return a map with cells added (or, below 0, taken away) at the ends of height and width.

    `shape` says how long the other axes are; `ends` are top, bottom, left and right.
    """
    numbers = {"out_channels": walk.channels_of(shape, image.axes), "ends": ends, "stride": steps}
    row = walk.table.add(k.POOL, [image.row], *walk.called(node, output), **numbers)
    return walk.laid_out(row, shape, image.axes)


def depth_to_space(walk, node, inputs):
    """Channels as blocks of cells: each cell becomes blocksize x blocksize."""
    block = attributes.number(node, "blocksize", 1, 1)
    image = inputs[0]
    channels = graph_shapes.channels_of_cells(image.shape[1], block) if image.is_map else 0
    if not channels:
        return walk.guess(node, [image], f"its channels are not a multiple of {block}²")
    scale = {"up": (block, block), "placing": w.ASYMMETRIC, "reading": w.FLOOR}
    return walk.slide(node, image, k.RESIZE, out_channels=channels, **scale)


def space_to_depth(walk, node, inputs):
    """Blocks of cells as channels."""
    block = attributes.number(node, "blocksize", 1, 1)
    image = inputs[0]
    if not image.is_map:
        return walk.guess(node, [image], "its input is not a map")
    channels = graph_shapes.channels_of_blocks(image.shape[1], block)
    window = {"kernel": (block, block), "stride": (block, block)}
    return walk.slide(node, image, k.POOL, out_channels=channels, **window)


def resize(walk, node, inputs):
    """A resizing: nearest, linear or cubic, by scales or to a size."""
    image = inputs[0]
    old = node.operator == "Upsample" or node.attributes.get("opset", 99) < 11
    scales, sizes = _targets(node, inputs, old)
    mode = attributes.text(node, "mode", "nearest")
    word = "asymmetric" if old else "half_pixel"
    placing = PLACINGS.get(attributes.text(node, "coordinate_transformation_mode", word))
    word = "floor" if old else "round_prefer_floor"
    rounding = ROUNDINGS.get(attributes.text(node, "nearest_mode", word), w.PREFER_FLOOR)
    reading = {"linear": w.LINEAR, "bilinear": w.LINEAR, "cubic": w.CUBIC}.get(mode, rounding)
    if not image.is_map or (scales is None and sizes is None):
        return walk.guess(node, [image], "its scale is not a number in the file")
    policy = attributes.text(node, "keep_aspect_ratio_policy", "stretch")
    smooths = attributes.number(node, "antialias", 0) != 0
    up, down, size = [], [], []
    for at, old_length in enumerate(image.shape[2:]):
        if sizes and not 1 <= sizes[at] <= k.MOST:
            return walk.refuse(node, [image], k.TOO_LARGE if sizes[at] > k.MOST else TOO_TALL)
        if sizes:
            length, ratio = sizes[at], lengths.ratio_between(sizes[at], old_length)
        else:
            ratio = lengths.ratio_of(scales[at])
            length = graph_shapes.scaled_length(old_length, *ratio)
        if not 1 <= length <= k.MOST:
            return walk.refuse(node, [image], k.TOO_LARGE if length > k.MOST else TOO_TALL)
        smooths = smooths and ratio[0] < ratio[1]
        up.append(ratio[0])
        down.append(ratio[1])
        size.append(length)
    if placing is None or policy != "stretch" or smooths or max(up + down) > k.MOST:
        shape = (*image.shape[:2], *size)
        if policy != "stretch":
            return walk.guess(node, [image], f"keep_aspect_ratio_policy={policy!r}")
        return walk.give(node, [image], shape, NCHW, sees=walk.blur(image))
    scale = {"up": up, "down": down, "size": size, "placing": placing, "reading": reading}
    return walk.slide(node, image, k.RESIZE, **scale)


def _targets(node, inputs, old):
    """Return the scales and the sizes of height and width that a resizing names, or None."""
    scales, sizes = node.attributes.get("scales"), None
    at = 1 if old else 2
    if scales is None and len(inputs) > at and inputs[at].numbers is not None:
        scales = inputs[at].numbers.ravel().tolist()
    if not old and len(inputs) > 3 and inputs[3].numbers is not None:
        sizes = [int(length) for length in inputs[3].numbers.ravel()]
    axes = node.attributes.get("axes", [0, 1, 2, 3])
    named = {axis % 4 if isinstance(axis, int) else axis: at for at, axis in enumerate(axes)}
    found = []
    for numbers in (scales, sizes):
        fits = isinstance(numbers, list) and len(numbers) == len(axes) and {2, 3} <= set(named)
        others = [numbers[named[axis]] for axis in (0, 1) if axis in named] if fits else []
        if numbers is sizes and fits:
            others = [1 for axis in (0, 1) if axis in named]  # as they were
        fits = fits and all(other == 1 for other in others)
        found.append([numbers[named[2]], numbers[named[3]]] if fits else None)
    return found


def _fits(image, weight):
    """Whether input and weight have four axes each."""
    shapes = [value.shape for value in (image, weight) if value is not None]
    return len(shapes) == 2 and all(shape is not None and len(shape) == 4 for shape in shapes)


def _window(node, kernel):
    """Return the columns that convolutions and poolings share."""
    return {
        "kernel": kernel,
        "stride": attributes.numbers(node, "strides", (1, 1), 2, 1),
        "dilation": attributes.numbers(node, "dilations", (1, 1), 2, 1),
        "ends": attributes.ends(node),
        "padding": attributes.padding(node),
    }


OPERATORS = {
    "Conv": conv,
    "ConvInteger": conv,
    "QLinearConv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": pool,
    "AveragePool": pool,
    "LpPool": pool,
    "GlobalAveragePool": global_pool,
    "GlobalMaxPool": global_pool,
    "GlobalLpPool": global_pool,
    "AdaptiveAveragePool": global_pool,
    "Pad": pad,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
    "Resize": resize,
    "Upsample": resize,
}

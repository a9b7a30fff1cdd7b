"""What the pages of the book may call: flat wrappers of the kernels, for WebAssembly.

Numbers are int32, arrays are pointers to float32 in C order, so that JavaScript needs neither
BigInt nor a description of arrays. Counts that outgrow int32, such as MACs, are float64. Each
wrapper sees one image (C, H, W). Sizes of outputs are worked out here by the same rules as in
Python, never in JavaScript.
"""

from numba import carray, float32, float64, int32, types, void
from numba.extending import register_jitable

from convlib import (
    _cost_rules,
    _design_kernels,
    _field_rules,
    _group_kernels,
    _group_rules,
    _kernels,
    _matrix_rules,
    _rows,
    _shift,
    _size_rules,
    _stack_kernels,
    _stride_kernels,
)
from convlib._size_rules import output_length

floats = types.CPointer(float32)
ints = types.CPointer(int32)
doubles = types.CPointer(float64)  # costs, which outgrow 32 bits


def pad(x, channels, height, width, top, bottom, left, right, value, out):
    """Pad `x` (channels, height, width) with `value` into `out`."""
    padded = (1, channels, height + top + bottom, width + left + right)
    image = carray(x, (1, channels, height, width))
    _kernels.pad(image, top, left, value, carray(out, padded))


@register_jitable
def layer_arrays(
    x, weight, bias, out, in_channels, height, width, out_channels, kh, kw,
    stride_h, stride_w, dilation_h, dilation_w, groups,
):  # fmt: skip
    """Return one layer's pointers as the arrays that the kernels take."""
    oh = output_length(height, kh, stride_h, 0, 0, dilation_h)
    ow = output_length(width, kw, stride_w, 0, 0, dilation_w)
    return (
        carray(x, (1, in_channels, height, width)),
        carray(weight, (out_channels, in_channels // groups, kh, kw)),
        carray(bias, (out_channels,)),
        carray(out, (1, out_channels, oh, ow)),
    )


def conv2d(
    x, weight, bias, out, in_channels, height, width, out_channels, kh, kw,
    stride_h, stride_w, dilation_h, dilation_w, groups,
):  # fmt: skip
    """Convolve the padded image `x` (in_channels, height, width) by the plain kernel."""
    image, kernels, biases, sums = layer_arrays(
        x, weight, bias, out, in_channels, height, width, out_channels, kh, kw,
        stride_h, stride_w, dilation_h, dilation_w, groups,
    )  # fmt: skip
    _kernels.conv2d_direct(
        image, kernels, biases, stride_h, stride_w, dilation_h, dilation_w, groups, sums
    )


def conv2d_fast(
    x, weight, bias, out, in_channels, height, width, out_channels, kh, kw,
    stride_h, stride_w, dilation_h, dilation_w, groups,
):  # fmt: skip
    """Do what `conv2d` does, a row at a time: for photographs."""
    image, kernels, biases, sums = layer_arrays(
        x, weight, bias, out, in_channels, height, width, out_channels, kh, kw,
        stride_h, stride_w, dilation_h, dilation_w, groups,
    )  # fmt: skip
    _rows.conv2d_fast(
        image, kernels, biases, stride_h, stride_w, dilation_h, dilation_w, groups, sums
    )


def count_reads(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, counts
):  # fmt: skip
    """Write into `counts` how many outputs read each cell of the padded input."""
    padded = (height + top + bottom, width + left + right)
    _kernels.count_reads(
        height, width, kh, kw, stride_h, stride_w, top, bottom, left, right,
        1, 1, -top, -left, carray(counts, padded),
    )  # fmt: skip


def measure_shift(before, after, channels, height, width, out_height, out_width, limit, shift):
    """Write into `shift` (2,) by how many pixels (down, right) `after` shows `before` moved."""
    _shift.best_match(
        carray(before, (channels, height, width)),
        carray(after, (channels, out_height, out_width)),
        limit,
        carray(shift, (2,)),
    )


def matrix_taps(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, taps
):  # fmt: skip
    """Write into `taps` (outputs, pixels) which kernel entry joins them; -1 is none."""
    oh = output_length(height, kh, stride_h, top, bottom, 1)
    ow = output_length(width, kw, stride_w, left, right, 1)
    _matrix_rules.matrix_taps(
        height, width, kh, kw, stride_h, stride_w, top, left, 1, 1, oh, ow,
        carray(taps, (oh * ow, height * width)),
    )  # fmt: skip


def matrix_counts(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, itemsize, counts
):  # fmt: skip
    """Write into `counts` (10,) the matrix of one channel, and a dense layer of its size.

    They are: rows, columns, entries that hold a weight; then the parameters, MACs and bytes of
    parameters of the convolution, the same three of a dense layer, and those MACs of the
    convolution that meet padding.
    """
    oh = output_length(height, kh, stride_h, top, bottom, 1)
    ow = output_length(width, kw, stride_w, left, right, 1)
    row_reads = _matrix_rules.axis_reads(height, kh, stride_h, top, bottom, 1)
    column_reads = _matrix_rules.axis_reads(width, kw, stride_w, left, right, 1)
    out = carray(counts, (10,))
    out[0] = oh * ow
    out[1] = height * width
    out[2] = _matrix_rules.connections(row_reads, column_reads, 1, 1, 1)
    out[3] = _cost_rules.conv2d_params(kh, kw, 1, 1, 1, 0)
    out[4] = _cost_rules.conv2d_macs(oh, ow, kh, kw, 1, 1, 1)
    out[5] = _cost_rules.tensor_bytes(1, 1, out[3], itemsize)
    # A dense layer is a convolution of one 1 x 1 output with a channel for each number.
    out[6] = _cost_rules.conv2d_params(1, 1, out[1], out[0], 1, 0)
    out[7] = _cost_rules.conv2d_macs(1, 1, 1, 1, out[1], out[0], 1)
    out[8] = _cost_rules.tensor_bytes(1, 1, out[6], itemsize)
    out[9] = out[4] - out[2]


def rectify(x, channels, height, width):
    """Replace the negative numbers of `x` by 0."""
    _stack_kernels.rectify(carray(x, (channels, height, width)))


def normalise(x, channels, height, width, mean, spread):
    """Give each channel of `x` this mean and spread."""
    _stack_kernels.normalise(carray(x, (channels, height, width)), mean, spread)


def add(x, y, channels, height, width):
    """Add `y` to `x`."""
    shape = (channels, height, width)
    _stack_kernels.add(carray(x, shape), carray(y, shape))


def measure_activation(x, reference, channels, height, width, out):
    """Write into `out` (2,) the spread of `x` and its likeness to `reference`."""
    shape = (channels, height, width)
    _stack_kernels.measure(carray(x, shape), carray(reference, shape), carray(out, (2,)))


def cut_cells(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, kinds, counts
):  # fmt: skip
    """Write what becomes of each padded cell into `kinds`, and into `counts` (6,) how many."""
    padded = (height + top + bottom, width + left + right)
    _stride_kernels.cut_cells(
        height, width, kh, kw, stride_h, stride_w, top, bottom, left, right,
        carray(kinds, padded), carray(counts, (6,)),
    )  # fmt: skip


def stack_field(layers, count, size, fields):
    """Write the receptive field after each of `layers` (count, 6) into `fields` (count, 7)."""
    _stride_kernels.stack_field(carray(layers, (count, 6)), size, carray(fields, (count, 7)))


def channel_changes(before, after, channels, height, width, changes):
    """Write into `changes` (channels,) by how much each channel differs, at most."""
    shape = (channels, height, width)
    _group_kernels.channel_changes(
        carray(before, shape), carray(after, shape), carray(changes, (channels,))
    )


def compare_costs(in_channels, out_channels, height, width, kh, kw, groups, costs):
    """Write into `costs` (variants, fields) what each variant costs in float32, size kept.

    A grouped convolution that cannot be, because g does not divide the channels, costs 0.
    """
    table = carray(costs, (len(_cost_rules.VARIANTS), len(_cost_rules.COSTS)))
    top = _size_rules.same_before(height, kh, 1, 1)
    bottom = _size_rules.same_after(height, kh, 1, 1)
    left = _size_rules.same_before(width, kw, 1, 1)
    right = _size_rules.same_after(width, kw, 1, 1)
    oh = output_length(height, kh, 1, top, bottom, 1)
    ow = output_length(width, kw, 1, left, right, 1)
    legal = _cost_rules.groups_divide(in_channels, out_channels, groups)
    for variant in range(len(table)):
        g = groups if legal else 1
        _cost_rules.variant_cost(
            variant, height, width, oh, ow, kh, kw, in_channels, out_channels, g, 4,
            table[variant],
        )  # fmt: skip
    if not legal:
        table[1] = 0


def describe_variant(variant, index, kh, kw, in_channels, out_channels, groups, sizes):
    """Write (h, w, C1, C2, g) of a variant's layer into `sizes`, zeros where it has no such."""
    layer = carray(sizes, (5,))
    layer[:] = 0
    if index < _cost_rules.variant_length(variant):
        h, w, c1, c2, g = _cost_rules.variant_layer(
            variant, index, kh, kw, in_channels, out_channels, groups
        )
        layer[0], layer[1], layer[2], layer[3], layer[4] = h, w, c1, c2, g


def walk_layers(layers, count, channels, height, width, percent, found):
    """Write into `found` (count + 1, FOUND) what the design `layers` (count, COLUMNS) costs.

    A network's MACs outgrow int32. float64 holds every integer up to 2**53 exactly, and
    JavaScript's own numbers are float64; two int32 would have to be put together there.
    """
    _design_kernels.walk(
        carray(layers, (count, _design_kernels.COLUMNS)),
        channels,
        height,
        width,
        percent,
        carray(found, (count + 1, _design_kernels.FOUND)),
    )


# The exported functions with the types they are compiled for.
EXPORTS = (
    (_size_rules.output_length, int32(*[int32] * 6)),
    (_size_rules.dropped_length, int32(*[int32] * 6)),
    (_size_rules.same_before, int32(*[int32] * 4)),
    (_size_rules.same_after, int32(*[int32] * 4)),
    (_size_rules.full_padding, int32(*[int32] * 2)),
    (_size_rules.window_start, int32(*[int32] * 3)),
    (_size_rules.tap_of_pixel, int32(*[int32] * 6)),
    (_size_rules.doubled_shift, int32(*[int32] * 4)),
    (pad, void(floats, *[int32] * 7, float32, floats)),
    (conv2d, void(*[floats] * 4, *[int32] * 11)),
    (conv2d_fast, void(*[floats] * 4, *[int32] * 11)),
    (count_reads, void(*[int32] * 10, ints)),
    (measure_shift, void(*[floats] * 2, *[int32] * 6, ints)),
    # ConvolutionMatrix
    (matrix_taps, void(*[int32] * 10, ints)),
    (matrix_counts, void(*[int32] * 11, ints)),
    # NetworkBlocks
    (rectify, void(floats, *[int32] * 3)),
    (normalise, void(floats, *[int32] * 3, *[float32] * 2)),
    (add, void(*[floats] * 2, *[int32] * 3)),
    (measure_activation, void(*[floats] * 2, *[int32] * 3, floats)),
    # StrideGrid
    (cut_cells, void(*[int32] * 10, ints, ints)),
    (_size_rules.strided_index, int32(*[int32] * 2)),
    (_cost_rules.conv2d_macs, int32(*[int32] * 7)),
    # ReceptiveField
    (stack_field, void(ints, int32, int32, ints)),
    (_field_rules.twice_center, int32(*[int32] * 2)),
    (_field_rules.twice_shift, int32(*[int32] * 3)),
    (_field_rules.cell_of_pixel, int32(*[int32] * 3)),
    # GroupWiring, ChannelMixing
    (_cost_rules.conv2d_params, int32(*[int32] * 6)),
    (_group_rules.groups_fit, int32(*[int32] * 3)),
    (_group_rules.group_of, int32(*[int32] * 3)),
    (channel_changes, void(*[floats] * 2, *[int32] * 3, floats)),
    # CostComparison
    (compare_costs, void(*[int32] * 7, doubles)),
    (describe_variant, void(*[int32] * 7, ints)),
    (_cost_rules.groups_divide, int32(*[int32] * 3)),
    # NetworkDesigner
    (walk_layers, void(ints, *[int32] * 5, doubles)),
)

"""What the pages of the book may call: flat wrappers of the kernels, for WebAssembly.

Numbers are int32, arrays are pointers to float32 in C order, so that JavaScript needs neither
BigInt nor a description of arrays. Each wrapper sees one image (C, H, W). Sizes of outputs are
worked out here by the same rules as in Python, never in JavaScript.
"""

from numba import carray, float32, float64, int32, types, void

from convlib import _cost_rules, _kernels, _shift, _size_rules
from convlib._size_rules import output_length

floats = types.CPointer(float32)
ints = types.CPointer(int32)
doubles = types.CPointer(float64)  # costs, which outgrow 32 bits


def pad(x, channels, height, width, top, bottom, left, right, value, out):
    """Pad `x` (channels, height, width) with `value` into `out`."""
    padded = (1, channels, height + top + bottom, width + left + right)
    image = carray(x, (1, channels, height, width))
    _kernels.pad(image, top, left, value, carray(out, padded))


def conv2d(
    x, weight, bias, out, in_channels, height, width, out_channels, kh, kw,
    stride_h, stride_w, dilation_h, dilation_w, groups,
):  # fmt: skip
    """Convolve the padded image `x` (in_channels, height, width) into `out`."""
    oh = output_length(height, kh, stride_h, 0, 0, dilation_h)
    ow = output_length(width, kw, stride_w, 0, 0, dilation_w)
    _kernels.conv2d_rows(
        carray(x, (1, in_channels, height, width)),
        carray(weight, (out_channels, in_channels // groups, kh, kw)),
        carray(bias, (out_channels,)),
        stride_h,
        stride_w,
        dilation_h,
        dilation_w,
        groups,
        carray(out, (1, out_channels, oh, ow)),
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
    (count_reads, void(*[int32] * 10, ints)),
    (measure_shift, void(*[floats] * 2, *[int32] * 6, ints)),
    # CostComparison
    (compare_costs, void(*[int32] * 7, doubles)),
    (describe_variant, void(*[int32] * 7, ints)),
    (_cost_rules.groups_divide, int32(*[int32] * 3)),
)

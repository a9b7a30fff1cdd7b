"""What the pages of the book may call: flat wrappers of the kernels, for WebAssembly.

Numbers are int32, arrays are pointers to float32 in C order, so that JavaScript needs neither
BigInt nor a description of arrays. Counts that outgrow int32, such as MACs, are float64. Each
wrapper sees one image (C, H, W). Sizes of outputs are worked out here by the same rules as in
Python, never in JavaScript.
"""

from numba import carray, float32, float64, int32, types, void

from convlib import _design_kernels, _kernels, _shift, _size_rules
from convlib._size_rules import output_length

floats = types.CPointer(float32)
ints = types.CPointer(int32)
doubles = types.CPointer(float64)


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
    (count_reads, void(*[int32] * 10, ints)),
    (measure_shift, void(*[floats] * 2, *[int32] * 6, ints)),
    # NetworkDesigner
    (walk_layers, void(ints, *[int32] * 5, doubles)),
)

"""What the pages of the book may call: flat wrappers of the kernels, for WebAssembly.

Numbers are int32, arrays are pointers to float32 in C order, so that JavaScript needs neither
BigInt nor a description of arrays. Each wrapper sees one image (C, H, W). Sizes of outputs are
worked out here by the same rules as in Python, never in JavaScript.
"""

from numba import carray, float32, int32, types, void

from convlib import _cost_rules, _group_kernels, _group_rules, _kernels, _shift, _size_rules
from convlib._size_rules import output_length

floats = types.CPointer(float32)
ints = types.CPointer(int32)


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


def channel_changes(before, after, channels, height, width, changes):
    """Write into `changes` (channels,) by how much each channel differs, at most."""
    shape = (channels, height, width)
    _group_kernels.channel_changes(
        carray(before, shape), carray(after, shape), carray(changes, (channels,))
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
    # GroupWiring, ChannelMixing
    (_cost_rules.conv2d_macs, int32(*[int32] * 7)),
    (_cost_rules.conv2d_params, int32(*[int32] * 6)),
    (_group_rules.groups_fit, int32(*[int32] * 3)),
    (_group_rules.group_of, int32(*[int32] * 3)),
    (channel_changes, void(*[floats] * 2, *[int32] * 3, floats)),
)

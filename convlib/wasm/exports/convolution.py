"""What pages may call to pad and convolve an image, and to see what was read and moved."""

from numba import carray, float32, int32, void
from numba.extending import register_jitable

from convlib.kernels import picture_match, plain_loops, row_loops
from convlib.kernels.size_rules import output_length
from convlib.wasm.exports.types import doubles, floats, ints

FLOAT32_EPSILON = 2.0**-23


def pad(x, channels, height, width, top, bottom, left, right, value, out):
    """Pad `x` (channels, height, width) with `value` into `out`."""
    padded = (1, channels, height + top + bottom, width + left + right)
    image = carray(x, (1, channels, height, width))
    plain_loops.pad(image, top, left, value, carray(out, padded))


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
    plain_loops.conv2d_direct(
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
    row_loops.conv2d_fast(
        image, kernels, biases, stride_h, stride_w, dilation_h, dilation_w, groups, sums
    )


def count_reads(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, counts
):  # fmt: skip
    """Write into `counts` how many outputs read each cell of the padded input."""
    padded = (height + top + bottom, width + left + right)
    plain_loops.count_reads(
        height, width, kh, kw, stride_h, stride_w, top, bottom, left, right,
        1, 1, -top, -left, carray(counts, padded),
    )  # fmt: skip


def measure_shift(
    before, after, channels, height, width, out_height, out_width, limit, totals, found
):  # fmt: skip
    """Write into `found` (5,) how many pixels (down, right) `before` has moved in `after`.

    The other numbers say how the picture can be moved and look the same: the shortest step
    down and right, and how many displacements tie. `totals` has room for (2 limit + 1)^2 sums.
    """
    side = 2 * limit + 1
    sums = carray(totals, (side, side))
    picture_match.find_ties(
        carray(before, (channels, height, width)),
        carray(after, (channels, out_height, out_width)),
        limit, FLOAT32_EPSILON, sums,
    )  # fmt: skip
    picture_match.shortest(sums, limit, carray(found, (5,)))


EXPORTS = (
    (pad, void(floats, *[int32] * 7, float32, floats)),
    (conv2d, void(*[floats] * 4, *[int32] * 11)),
    (conv2d_fast, void(*[floats] * 4, *[int32] * 11)),
    (count_reads, void(*[int32] * 10, ints)),
    (measure_shift, void(*[floats] * 2, *[int32] * 6, doubles, ints)),
)

"""The loops. They write into `out`, never validate and never allocate."""

from numba import njit

from convlib.kernels.size_rules import reads_of_pixel

# Products are added in blocks of this many, and then the blocks' sums: the rounding error of a
# long sum then grows with a block's length plus the number of blocks, not with their product.
SUM_BLOCK = 128


@njit(cache=True, nogil=True)
def pad(x, top, left, value, out):
    """Fill `out` (N, C, H + padding, W + padding) with `x` (N, C, H, W) and `value` around it."""
    samples, channels, height, width = x.shape
    for n in range(samples):
        for c in range(channels):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, c, i, j] = value
            for i in range(height):
                for j in range(width):
                    out[n, c, top + i, left + j] = x[n, c, i, j]


@njit(cache=True, nogil=True)
def conv2d_direct(x, weight, bias, stride_h, stride_w, dilation_h, dilation_w, groups, out):
    """Write the cross-correlation of the padded input `x` with `weight` into `out`.

    y[c2, i, j] = b[c2] + sum over c1, u, v of w[c2, c1, u, v] x[c1, s_h i + d_h u, s_w j + d_w v]

    where c1 runs over the input channels of c2's own group. Shapes: x (N, C1, H, W), weight
    (C2, C1 / groups, h, w), bias (C2,), out (N, C2, oh, ow). `total` is the sum of a block of
    SUM_BLOCK products, `blocks` that of the blocks before it and the bias.
    """
    samples, out_channels, oh, ow = out.shape
    _, group_in, kh, kw = weight.shape
    group_out = out_channels // groups
    zero = out.dtype.type(0)
    for n in range(samples):
        for c2 in range(out_channels):
            first = c2 // group_out * group_in
            for i in range(oh):
                for j in range(ow):
                    total, length, blocks = zero, 0, bias[c2]
                    for c1 in range(group_in):
                        for u in range(kh):
                            row = stride_h * i + dilation_h * u
                            for v in range(kw):
                                column = stride_w * j + dilation_w * v
                                total += weight[c2, c1, u, v] * x[n, first + c1, row, column]
                                length += 1
                                if length == SUM_BLOCK:
                                    total, length, blocks = zero, 0, blocks + total
                    out[n, c2, i, j] = blocks + total


@njit(cache=True, nogil=True)
def count_reads(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right,
    dilation_h, dilation_w, first_row, first_column, counts,
):  # fmt: skip
    """Write into `counts` (rows, columns) how many outputs read each pixel.

    counts[0, 0] belongs to the input's pixel (first_row, first_column); below 0 is padding.
    """
    rows, columns = counts.shape
    for j in range(columns):
        column = first_column + j
        counts[0, j] = reads_of_pixel(column, width, kw, stride_w, left, right, dilation_w)
    # The first row comes last: until then it holds the factors of all rows.
    for i in range(rows - 1, -1, -1):
        row = first_row + i
        down = reads_of_pixel(row, height, kh, stride_h, top, bottom, dilation_h)
        for j in range(columns):
            counts[i, j] = down * counts[0, j]

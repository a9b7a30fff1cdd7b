"""The counts of a convolution's matrix, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their counts: the same source, as WebAssembly.
"""

from numba import njit
from numba.extending import register_jitable

from convlib.kernels.size_rules import reads_of_pixel, tap_of_pixel


@register_jitable
def axis_reads(size, kernel, stride, before, after, dilation):
    """Return how many pairs of an output and a pixel it reads one axis has, without padding."""
    total = 0
    for pixel in range(size):
        total += reads_of_pixel(pixel, size, kernel, stride, before, after, dilation)
    return total


@register_jitable
def connections(row_reads, column_reads, in_channels, out_channels, groups):
    """Return how many entries of the matrix hold a weight, from `axis_reads` of both axes."""
    return row_reads * column_reads * out_channels * (in_channels // groups)


@njit(cache=True, nogil=True)
def matrix_taps(
    height, width, kh, kw, stride_h, stride_w, top, left, dilation_h, dilation_w, oh, ow, taps
):
    """Write into `taps` (oh * ow, height * width) which kernel entry joins output and pixel.

    The entry (u, v) is u * kw + v; -1 means that the output does not read the pixel.
    """
    for i in range(oh):
        for j in range(ow):
            for y in range(height):
                u = tap_of_pixel(y, i, kh, stride_h, top, dilation_h)
                for x in range(width):
                    v = tap_of_pixel(x, j, kw, stride_w, left, dilation_w)
                    joined = u >= 0 and v >= 0
                    taps[i * ow + j, y * width + x] = u * kw + v if joined else -1

"""Depthwise convolution straight from the image.

With one input channel per group there is no matrix product to speak of: each pixel is used h w
times and never again. Rearranging the image first would cost more than the sums. So nothing is
copied here: a block of outputs, a few rows of one or two vectors, is held in registers
(:mod:`convlib.fast.window_block`), and every tap adds the image, shifted, times one weight. Kernels
of more than SUM_BLOCK entries are cut into pieces of whole columns, or of parts of one, whose sums
are added.

Chosen whenever a group has one input channel and the image's rows are contiguous, at stride
1 or 2 across. It is faster than :mod:`convlib.fast.shifted` because it reads the image in place
and writes each output once.
"""

import numpy as np
from numba import njit

from convlib.fast import array_memory, threads
from convlib.fast.vectors import pointer
from convlib.fast.window_block import ROWS, Geometry, window_sums
from convlib.kernels.plain_loops import SUM_BLOCK

# Below this many multiply-accumulates a second thread would take longer to begin than to work.
SERIAL_MACS = 1 << 18
# Items of work per thread, so that a thread that is held up leaves the rest to others.
ITEMS = 8


def conv2d_depthwise(x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` (N, C, H, W), any layout, into `out`; False if declined.

    `weight`, `bias` and `out` are C-contiguous and of one dtype, `ends` the padding
    ((top, bottom), (left, right)).
    """
    if weight.shape[1] != 1 or stride[1] > 2:
        return False
    memory, first, strides = array_memory.flat(x, out.dtype)
    if strides[3] != 1 and x.shape[3] > 1:
        return False
    samples, channels, rows, columns = out.shape
    planes = samples * channels
    # An item is a few planes or, where these are few and large, some rows of one.
    wanted = ITEMS * threads.THREADS
    together = max(planes // wanted, 1)
    parts = min(max(wanted // planes, 1), -(-rows // ROWS))
    geometry = Geometry(
        *x.shape[2:], strides[2], rows, columns, *weight.shape[2:], *stride, *dilation
    )
    corner = -ends[0][0], -ends[1][0]
    margin = np.full(x.shape[3], pad_value, out.dtype)
    lines, weights = out.reshape(-1), array_memory.flat(weight, out.dtype)[0]

    macs = out.size * weight.shape[2] * weight.shape[3]
    threads.run(
        _convolve, -(-planes // together) * parts, 0, macs > SERIAL_MACS,
        (planes, together, parts), memory, first, strides[:2], (channels, channels // groups),
        geometry, corner, margin, weights, bias, lines,
    )  # fmt: skip
    return True


@njit(cache=True, nogil=True)
def _convolve(job, *arguments):
    """Hand the items over to this thread and its helpers."""
    threads.share(job, *threads.handed(_work, arguments))


@njit(cache=True, nogil=True)
def _work(turn, cut, x, first, strides, channels, geometry, corner, margin, weight, bias, out):
    """Work on items until none is left."""
    planes, together, parts = cut
    count = (planes + together - 1) // together * parts
    i = threads.next_piece(turn)
    while i < count:
        part = i % parts
        begin = i // parts * together
        for plane in range(begin, min(begin + together, planes)):
            n, c2 = plane // channels[0], plane % channels[0]
            _convolve_plane(
                pointer(x), first + n * strides[0] + c2 // channels[1] * strides[1],
                pointer(margin), margin[0], geometry, corner, pointer(weight),
                c2 * geometry.kernel_height * geometry.kernel_width, bias[c2],
                pointer(out), plane * geometry.rows * geometry.columns,
                part * geometry.rows // parts, (part + 1) * geometry.rows // parts,
            )  # fmt: skip
        i = threads.next_piece(turn)


@njit(cache=True, nogil=True)
def _convolve_plane(
    x, image, margin, pad_value, geometry, corner, weight, kernel, bias, out, to, i0, i1
):
    """Compute the rows i0 to i1 - 1 of one output plane."""
    together = ROWS if i1 - i0 >= ROWS else 1
    tall = min(geometry.kernel_height, SUM_BLOCK)
    wide = SUM_BLOCK // tall
    i = i0
    while i < i1:
        # The last block begins early enough to be whole: some rows are computed twice.
        i = min(i, i1 - together)
        row = corner[0] + i * geometry.stride_h
        j = 0
        while j < geometry.columns:
            col = corner[1] + j * geometry.stride_w
            u = v = written = 0
            # Not `range`: its division to count steps takes as long as a small kernel's sums.
            while v < geometry.kernel_width:
                taps = (
                    min(tall, geometry.kernel_height - u),
                    min(wide, geometry.kernel_width - v),
                )
                written = window_sums(
                    x, image, margin, pad_value, geometry,
                    row + u * geometry.dilation_h, col + v * geometry.dilation_w,
                    weight, kernel + u * geometry.kernel_width + v, taps,
                    bias, u + v > 0, out, to + i * geometry.columns + j,
                    geometry.columns - j, together,
                )  # fmt: skip
                u += tall
                if u >= geometry.kernel_height:
                    u, v = 0, v + wide
            j += written
        i += together

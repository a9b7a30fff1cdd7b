"""Winograd's minimal filtering: 3 x 3 convolutions with a quarter of the multiplications.

The image is cut into pieces of 6 x 6 pixels that overlap by two. Pieces and kernels are
transformed (:mod:`convlib._transform`), after which the sum over the input channels is a matrix
product for each of the 36 entries; the results are transformed back to 4 x 4 outputs each.
Inside, the channels are the last axis, so that every transform works on full vectors
whatever the size of the image, and everything is cut so that it stays in the second-level cache.

Chosen for 3 x 3 kernels at stride 1 and dilation 1 with many channels, where the transforms
are few against the products. It is faster because it multiplies four times less. The price is
rounding: its errors are some five times larger than those of a plain sum, and grow no faster.
An infinity or a NaN would spread over its piece (infinity - infinity), so results that are not
all finite are thrown away, and the layer is computed again another way.

References
----------
A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, section 4.3.
"""

import numpy as np
from numba import njit

from convlib import _memory, _threads
from convlib._tile import WIDEST, tile_product
from convlib._transform import transform
from convlib._vectors import VECTOR_BYTES

# Bytes of transformed pieces in one item of work; they are read once for each output channel.
PIECES_BYTES = 600 << 10
WIDEST8, WIDEST4, WIDEST1 = WIDEST[8], WIDEST[4], WIDEST[1]


def conv2d_winograd(x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` (N, C, H, W), any layout, into `out`; False if declined.

    `weight`, `bias` and `out` are C-contiguous and of one dtype, `ends` the padding
    ((top, bottom), (left, right)).
    """
    if weight.shape[2:] != (3, 3) or stride != (1, 1) or dilation != (1, 1) or groups != 1:
        return False
    memory, first, strides = _memory.flat(x, out.dtype)
    out_channels, in_channels = weight.shape[:2]
    lanes = VECTOR_BYTES // out.itemsize
    padded_channels = -(-in_channels // lanes) * lanes
    size = out.shape[2:]
    pieces_across = -(-size[1] // 4)
    items, rows, chunk = _items(
        len(x), -(-size[0] // 4), pieces_across, padded_channels * out.itemsize, out_channels, lanes
    )
    # Scratch: the padded rows of one row of pieces, the pieces, the kernels, the products.
    pieces = rows * pieces_across
    lengths = (
        6 * (4 * pieces_across + 2) * padded_channels,
        36 * pieces * padded_channels,
        36 * in_channels * chunk,
        36 * pieces * chunk,
        max(9 * chunk, 16 * pieces_across * chunk),
    )
    if 6 * lengths[0] * out.itemsize > 16 << 20:
        return False
    offsets = np.arange(0, in_channels * chunk, chunk)
    weights = _memory.flat(weight, out.dtype)[0]
    zeros = np.zeros(8, out.dtype)
    pad_value = out.dtype.type(pad_value)
    corner = -ends[0][0], -ends[1][0]
    lines = out.reshape(-1)
    finite = []

    def work(items):
        scratch = _memory.scratch(lengths, out.dtype)
        for item in items:
            finite.append(
                _convolve(
                    item, memory, first, strides, x.shape[2:], corner, pad_value, weights, bias,
                    offsets, zeros, *scratch, lines, (in_channels, out_channels), lanes,
                    padded_channels, chunk, size,
                )  # fmt: skip
            )

    _threads.run(work, items)
    return all(finite)


def _items(samples, rows, across, piece_bytes, out_channels, lanes):
    """Return tuples (n, r0, r1, c0, c1): a sample, rows of pieces, output channels.

    Also the most rows of pieces in an item, and how many output channels to transform at a time.
    """
    most = min(max(PIECES_BYTES // (36 * piece_bytes * across), 1), rows)
    most = -(-rows // -(-rows // most))
    share = -(-out_channels // lanes) * lanes
    chunk = min(3 * lanes, share)
    if samples * -(-rows // most) < _threads.THREADS:
        share = -(-share // (_threads.THREADS * lanes)) * lanes
    return [
        (n, r, min(r + most, rows), c, min(c + share, out_channels))
        for n in range(samples)
        for c in range(0, out_channels, share)
        for r in range(0, rows, most)
    ], most, chunk


@njit(cache=True, nogil=True)
def _convolve(
    item, x, first, strides, image, corner, pad_value, weight, bias,
    offsets, zeros, strip, pieces, kernels, products, block, out, channels, lanes,
    padded_channels, chunk, size,
):  # fmt: skip
    """Compute the outputs of one item; return whether all of them are finite."""
    n, r0, r1, c0, c1 = item
    in_channels, out_channels = channels
    across = (size[1] + 3) // 4
    count = (r1 - r0) * across
    strip[:] = 0
    for r in range(r0, r1):
        _gather(
            x, first + n * strides[0], strides, image, (corner[0] + 4 * r, corner[1]), pad_value,
            in_channels, padded_channels, 4 * across + 2, strip,
        )  # fmt: skip
        line = (4 * across + 2) * padded_channels
        for t in range(across):
            for c in range(0, padded_channels, lanes):
                to = ((r - r0) * across + t) * padded_channels + c
                transform(
                    "image", strip, 4 * t * padded_channels + c, line, padded_channels,
                    pieces, to, 6 * count * padded_channels, count * padded_channels,
                )  # fmt: skip
    finite = True
    for c in range(c0, c1, chunk):
        wide = min(chunk, c1 - c)
        _transform_kernels(weight, c, wide, in_channels, lanes, chunk, block, kernels)
        for f in range(36):
            _multiply(
                pieces, f * count * padded_channels, padded_channels, count,
                kernels, f * in_channels * chunk, offsets, zeros,
                products, f * count * chunk, chunk, wide, lanes,
            )  # fmt: skip
        for r in range(r0, r1):
            for t in range(across):
                for v in range(0, wide, lanes):
                    transform(
                        "output", products, ((r - r0) * across + t) * chunk + v,
                        6 * count * chunk, count * chunk,
                        block, 4 * t * chunk + v, 4 * across * chunk, chunk,
                    )  # fmt: skip
            to = ((n * out_channels + c) * size[0] + 4 * r) * size[1]
            height = min(4, size[0] - 4 * r)
            if not _spread(block, bias, c, wide, chunk, across, out, to, size, height):
                finite = False
    return finite


@njit(cache=True, nogil=True)
def _gather(
    x, start, strides, image, corner, pad_value, channels, padded_channels, width, strip
):
    """Copy six rows of the padded image to `strip`, the channels last."""
    for i in range(6):
        row = corner[0] + i
        for c in range(channels):
            here = start + c * strides[1] + row * strides[2] + corner[1] * strides[3]
            at = i * width * padded_channels + c
            if row < 0 or row >= image[0]:
                for j in range(width):
                    strip[at + j * padded_channels] = pad_value
                continue
            low = min(max(-corner[1], 0), width)
            high = max(min(image[1] - corner[1], width), low)
            for j in range(low):
                strip[at + j * padded_channels] = pad_value
            for j in range(low, high):
                strip[at + j * padded_channels] = x[here + j * strides[3]]
            for j in range(high, width):
                strip[at + j * padded_channels] = pad_value


@njit(cache=True, nogil=True)
def _transform_kernels(weight, first, wide, in_channels, lanes, chunk, block, kernels):
    """Transform the kernels of `wide` output channels from `first` on."""
    for k in range(in_channels):
        for c in range(wide):
            at = ((first + c) * in_channels + k) * 9
            for e in range(9):
                block[e * chunk + c] = weight[at + e]
        for v in range(0, wide, lanes):
            transform(
                "kernel", block, v, 3 * chunk, chunk,
                kernels, k * chunk + v, 6 * in_channels * chunk, in_channels * chunk,
            )  # fmt: skip


@njit(cache=True, nogil=True)
def _multiply(a, a_first, a_step, count, b, b_first, offsets, zeros, c, c_first, chunk, wide, lanes):
    """Multiply `count` rows of pieces by the kernels of one entry."""
    vectors = (wide + lanes - 1) // lanes
    t = 0
    while t < count:
        left = count - t
        rows, widest = (8, WIDEST8) if left >= 8 else (4, WIDEST4) if left >= 4 else (1, WIDEST1)
        for v in range(0, vectors, widest):
            width = min(widest, vectors - v)
            at, to = a_first + t * a_step, c_first + t * chunk + v * lanes
            if rows == 8:
                tile_product(
                    a, at, a_step, b, b_first + v * lanes, offsets, zeros, 0,
                    c, to, chunk, width * lanes, 8, width,
                )  # fmt: skip
            elif rows == 4:
                tile_product(
                    a, at, a_step, b, b_first + v * lanes, offsets, zeros, 0,
                    c, to, chunk, width * lanes, 4, width,
                )  # fmt: skip
            else:
                tile_product(
                    a, at, a_step, b, b_first + v * lanes, offsets, zeros, 0,
                    c, to, chunk, width * lanes, 1, width,
                )  # fmt: skip
        t += rows


@njit(cache=True, nogil=True)
def _spread(block, bias, first, wide, chunk, across, out, to, size, height):
    """Copy one row of 4 x 4 outputs to the output planes; return whether all are finite."""
    check = block[0] * 0
    for c in range(wide):
        for i in range(height):
            at = to + (c * size[0] + i) * size[1]
            source = i * 4 * across * chunk + c
            for j in range(size[1]):
                value = block[source + j * chunk] + bias[first + c]
                check += value * 0
                out[at + j] = value
    return check == 0

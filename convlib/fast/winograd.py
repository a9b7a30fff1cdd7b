"""Winograd's minimal filtering: 3 x 3 convolutions with a quarter of the multiplications.

The image is cut into pieces of 6 x 6 pixels that overlap by two. Pieces and kernels are transformed
(:mod:`convlib.fast.winograd_transform`), after which the sum over the input channels is a matrix
product for each of the 36 entries; the results are transformed back to 4 x 4 outputs each. Inside,
the channels are the last axis, so that every transform works on full vectors whatever the size of
the image, and everything is cut so that it stays in the second-level cache.

Only the caller chooses it: for 3 x 3 kernels at stride 1, with many channels, so that there are few
transforms compared with products; with dilation, for each phase of the image
(:mod:`convlib.fast.dilation_phases`). It is faster because it multiplies four times less. The price
is rounding. On numbers of similar size its relative error (root mean square) is some five times
that of a plain sum. But an output is not a sum of what its window reads: the rest of the piece is
added and subtracted again, and leaves its rounding errors. So the error is relative to M, the
largest magnitude in the piece (6 x 6 pixels of a phase, all C channels; what lies beyond the image
counts as `pad_value`):

    |error| <= 860 (min(C, 64) + C / 64 + 28) u (|b| + M sum |w|)

with u = 2^-24 in float32, 2^-53 in float64. Here 860 = (88 / 3)^2 is the largest of what sums of
|A'| (|B'| 1 o |G| w) amount to, for an axis 8 + 8 + 10 + 2 * 10 / 6 with the tap at the end and the
last output; 64 channels are added at a time (DEEP), and 28 counts the roundings on a number's way
through the transforms' passes. In `benchmarks/accuracy.py` the largest error is 14 u times the last
bracket, in random images it is below 250, and a search for the worst piece reached 514. An infinity
or a NaN would spread over its piece (infinity - infinity), so results that are not all finite are
discarded, and the layer is computed again in another way.

References
----------
A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, section 4.3.
"""

import functools
import itertools

import numpy as np

from convlib.fast import array_memory, threads
from convlib.fast.dilation_phases import by_phases
from convlib.fast.machine import L2_BYTES, VECTOR_BYTES
from convlib.fast.shifted import conv2d_shifted
from convlib.fast.winograd_loops import convolve

# Bytes of transformed pieces in one item of work; they are read once for each output channel, and
# transformed kernels and products are beside them.
PIECES_BYTES = L2_BYTES * 3 // 5
# Images so wide, with so many channels, that a thread needs more scratch memory, are declined.
LIMIT_BYTES = 16 << 20
# Input channels whose kernels are transformed at a time.
DEEP = 64


def conv2d_winograd(x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` (N, C, H, W), any layout, into `out`; False if declined.

    `weight`, `bias` and `out` are C-contiguous and of one dtype, `ends` the padding
    ((top, bottom), (left, right)).
    """
    if weight.shape[2:] != (3, 3) or stride != (1, 1) or groups != 1:
        return False
    if dilation != (1, 1):

        def undilated(x, weight, bias, pad_value, out):
            none = (0, 0), (0, 0)
            return conv2d_winograd(x, weight, bias, (1, 1), (1, 1), 1, none, pad_value, out)

        return by_phases(undilated, x, weight, bias, dilation, ends, pad_value, out)
    memory, first, strides = array_memory.flat(x, out.dtype)
    out_channels, in_channels = weight.shape[:2]
    lanes = VECTOR_BYTES // out.itemsize
    padded_channels = -(-in_channels // lanes) * lanes
    size = out.shape[2:]
    pieces_across = -(-size[1] // 4)
    items, rows, chunk = _items(
        len(x), -(-size[0] // 4), pieces_across, padded_channels * out.itemsize, out_channels, lanes
    )
    pieces = rows * pieces_across
    deep = min(DEEP, padded_channels)
    # Scratch: the padded rows of one row of pieces; pieces, kernels and products; a transform's
    # other side. The vector between the 36 entries keeps them from sharing sets of the cache.
    lengths = (
        6 * (4 * pieces_across + 2) * padded_channels,
        36 * (pieces * padded_channels + lanes),
        36 * (deep * chunk + lanes),
        36 * (pieces * chunk + lanes),
        max(9 * lanes, 16 * pieces_across) * chunk,
    )
    if sum(lengths) * out.itemsize > LIMIT_BYTES:
        return False
    offsets = np.arange(0, deep * chunk, chunk)
    weights = array_memory.flat(weight, out.dtype)[0]
    zeros = np.zeros(8, out.dtype)
    pad_value = out.dtype.type(pad_value)
    corner = -ends[0][0], -ends[1][0]
    lines = out.reshape(-1)
    finite = np.ones(len(items), np.bool_)

    begins, scratch_bytes = array_memory.places(lengths, out.dtype)
    threads.run(
        convolve, len(items), scratch_bytes, True,
        items, memory, first, strides, x.shape[2:], corner, pad_value, weights, bias, offsets,
        zeros, begins, lengths, lines, (in_channels, out_channels), lanes, padded_channels, chunk,
        size, finite,
    )  # fmt: skip
    if finite.all():
        return True
    return conv2d_shifted(x, weight, bias, stride, dilation, groups, ends, pad_value, out)


@functools.lru_cache(maxsize=64)
def _items(samples, rows, across, piece_bytes, out_channels, lanes):
    """Return rows (n, r0, r1, c0, c1): a sample, rows of pieces, output channels.

    Also the most rows of pieces in an item, and how many output channels to transform at a time.
    """
    most = min(max(PIECES_BYTES // (36 * piece_bytes * across), 1), rows)
    # As many for each thread, if there are several; equal ones as far as possible, larger first.
    parts = -(-rows // most)
    if parts > 1 and samples % threads.THREADS:
        parts = min(-(-parts // threads.THREADS) * threads.THREADS, rows)
    most = -(-rows // parts)
    share = -(-out_channels // lanes) * lanes
    if samples * parts < threads.THREADS:
        share = -(-share // (threads.THREADS * lanes)) * lanes
    chunk = -(-share // -(-share // (3 * lanes)))
    chunk = -(-chunk // lanes) * lanes
    lengths = [rows // parts + (k < rows % parts) for k in range(parts)]
    ends = list(itertools.accumulate(lengths))
    items = [
        (n, end - length, end, c, min(c + share, out_channels))
        for length, end in zip(lengths, ends, strict=True)
        for n in range(samples)
        for c in range(0, out_channels, share)
    ]
    return np.array(items, np.intp), most, chunk

"""Convolve the part of an image that several blocks make up, without putting all of it together.

The largest block is convolved where it lies, as if it were padded where other blocks are beside
it. Then the outputs whose windows reach into those are computed again, from strips that are put
together. Copying a chunk takes a fifth of the time of a depthwise layer; the strips are some
hundredths of it.
"""

import math
import threading

import numpy as np

from convlib.kernels import halo_rules

# If more of the outputs than this are in strips, the part is put together as a whole.
MOST_AGAIN = 1 / 8
# New memory costs more time than copying into it, because the system has to clear it.
KEPT_BYTES = 32 << 20
_kept = threading.local()


def convolved(convolve, places, parts, shape, windows, ends, outputs, local=True):
    """Return convolve(image, ends) of the image that parts make up.

    Parameters
    ----------
    convolve : callable
        convolve(image, ((top, bottom), (left, right))) returns the convolution of an image with so
        much padding.
    places : sequence of (int, int, int)
        Where in the image each part begins: (channel, row, column).
    parts : sequence of ndarray, shape (..., C, H, W)
    shape : (..., C, H, W)
        Of the image.
    windows : ((int, int), (int, int))
        (span, stride) of the windows, down and across.
    ends : ((top, bottom), (left, right))
    outputs : (int, int)
        Rows and columns of the output.
    local : bool
        Whether the bits of an output depend on nothing but the numbers in its window.
    """
    if len(parts) == 1:
        return convolve(np.ascontiguousarray(parts[0]), ends)
    number, alone = _largest(places, parts, shape, windows, ends, outputs)
    if number is None or not local:
        return convolve(_put_together(places, parts, shape, _whole(shape)), ends)
    around = [
        (first, length - first - own)
        for first, length, own in zip(
            places[number][1:], shape[-2:], parts[number].shape[-2:], strict=True
        )
    ]
    as_padding = [
        tuple(map(sum, zip(*pair, strict=True))) for pair in zip(ends, around, strict=True)
    ]
    out = convolve(parts[number], tuple(as_padding))
    for rows, columns in _strips(alone, outputs):
        region, strip_ends = zip(
            *(
                _read(*span, length, *window, before)
                for span, length, window, (before, _) in zip(
                    (rows, columns), shape[-2:], windows, ends, strict=True
                )
            ),
            strict=True,
        )
        strip = _put_together(places, parts, shape, region)
        out[..., slice(*rows), slice(*columns)] = convolve(strip, strip_ends)
    return out


def _largest(places, parts, shape, windows, ends, outputs):
    """Return the number of the largest part, and the ranges of outputs that read it alone.

    None in place of the number if it does not pay to convolve that part by itself.
    """
    number = max(range(len(parts)), key=lambda k: parts[k].size)
    part = parts[number]
    if part.shape[:-2] != shape[:-2]:
        return None, ()
    alone = []
    for axis in (0, 1):
        first, (span, stride), (before, after) = places[number][1 + axis], windows[axis], ends[axis]
        last = first + part.shape[axis - 2]
        begin, end = 0, outputs[axis]
        if first:
            begin = -(-(first + before) // stride)
        if last < shape[axis - 2]:
            end = (last - span + before) // stride + 1
        if (first and before) or (last < shape[axis - 2] and after):
            return None, ()  # another part is so narrow that windows reach beyond it
        alone.append((min(begin, outputs[axis]), max(min(end, outputs[axis]), 0)))
    inner = math.prod(max(end - begin, 0) for begin, end in alone)
    if inner < (1 - MOST_AGAIN) * math.prod(outputs):
        return None, ()
    return number, alone


def _strips(alone, outputs):
    """Yield the ranges of rows and columns that make up the outputs around those inside."""
    (top, bottom), (left, right) = alone
    strips = [(rows, (0, outputs[1])) for rows in ((0, top), (bottom, outputs[0]))]
    strips += [((top, bottom), columns) for columns in ((0, left), (right, outputs[1]))]
    for strip in strips:
        if all(begin < end for begin, end in strip):
            yield strip


def _read(begin, end, size, span, stride, before):
    """Return the range that the outputs begin, ..., end - 1 read, and the padding at its ends."""
    read = (
        halo_rules.first_read(begin, size, stride, before),
        halo_rules.end_read(end, size, span, stride, before),
    )
    return read, (
        halo_rules.cells_before(begin, stride, before),
        halo_rules.cells_after(end, size, span, stride, before),
    )


def _whole(shape):
    return (0, shape[-2]), (0, shape[-1])


def _put_together(places, parts, shape, region):
    """Return a region, rows and columns, of the image that the parts make up.

    Its memory is used again for this thread's next one.
    """
    lengths = [end - begin for begin, end in region]
    image = _memory((*shape[:-2], *lengths), parts[0].dtype)
    for (channel, *corner), part in zip(places, parts, strict=True):
        target, source = [], []
        for first, length, (begin, end) in zip(corner, part.shape[-2:], region, strict=True):
            low, high = max(first, begin), min(first + length, end)
            target.append(slice(low - begin, high - begin))
            source.append(slice(low - first, high - first))
        if all(one.start < one.stop for one in source):
            channels = slice(channel, channel + part.shape[-3])
            image[(..., channels, *target)] = part[(..., *source)]
    return image


def _memory(shape, dtype):
    """Return an array in memory that this thread keeps; in new memory if it is large."""
    size = math.prod(shape) * dtype.itemsize
    if size > KEPT_BYTES:
        return np.empty(shape, dtype)
    if len(getattr(_kept, "bytes", ())) < size:
        _kept.bytes = np.empty(size, np.uint8)
    return _kept.bytes[:size].view(dtype).reshape(shape)

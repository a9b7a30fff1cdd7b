"""Convolution as one matrix product: im2col, in tiles that fit the cache.

Column p of the im2col matrix lists the pixels under the kernel at output p, so that the convolution
is the weights, as a matrix (C_out, C_in h w), times it. Stored in full it would be h w times as
large as the image. Here it is copied into scratch memory a tile at a time, panel by panel: 48
columns or so side by side, in the order in which the product (:mod:`convlib.fast.matrix_block`)
reads them; padding, stride and dilation are handled on the way.

Chosen for 1 x 1 kernels, where the matrix is no larger than the image and nothing is copied twice,
and for dilations so large that :mod:`convlib.fast.shifted` declines. It is faster there because the
product reads memory in a straight line.
"""

import functools

import numpy as np
from numba import njit

from convlib.fast import array_memory, threads
from convlib.fast.matrix_block import WIDEST, block_product, rows_and_width
from convlib.fast.vectors import VECTOR_BYTES, copy_stepped, pointer

# One thread's tile should stay in the second-level cache, of which it may have only half.
TILE_BYTES = 512 << 10
# A kernel with so many taps that one panel needs more than this is declined.
LIMIT_BYTES = 16 << 20
# Below this many multiply-accumulates a second thread would take longer to begin than to work.
SERIAL_MACS = 2 << 20


def conv2d_im2col(x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` (N, C, H, W), any layout, into `out`; False if declined.

    `weight`, `bias` and `out` are C-contiguous and of one dtype, `ends` the padding
    ((top, bottom), (left, right)).
    """
    memory, first, strides = array_memory.flat(x, out.dtype)
    out_channels, group_in, kh, kw = weight.shape
    image, size = array_memory.without_rows(
        (kh, kw), stride, ends, x.shape[2:], out.shape[2:], strides
    )
    group_out = out_channels // groups
    shape = len(x), groups, group_out, size[0] * size[1]
    if group_in * kh * kw * _widest(group_out) * VECTOR_BYTES > LIMIT_BYTES:
        return False
    items, panels = _items(*shape, group_in * kh * kw, out.itemsize)
    weights = array_memory.flat(weight, out.dtype)[0]
    pad_value = out.dtype.type(pad_value)
    lines = out.reshape(-1)
    lanes = VECTOR_BYTES // out.itemsize
    width = _widest(group_out) * lanes
    offsets = np.arange(0, group_in * kh * kw * width, width)
    corner = -ends[0][0], -ends[1][0]

    length = panels * (offsets.size * width + lanes)

    macs = len(x) * out_channels * offsets.size * shape[-1]
    (begin,), scratch_bytes = array_memory.places((length,), out.dtype)
    threads.run(
        _convolve, len(items), scratch_bytes, macs > SERIAL_MACS,
        items, memory, first, strides, image, corner, stride, dilation, pad_value, weights,
        (kh, kw), bias, offsets, width, lanes, (begin, length), lines,
        (groups, group_in, group_out), size,
    )  # fmt: skip
    return True


def _widest(channels):
    """Return the vectors of a panel for blocks with as many rows as the channels fill."""
    return WIDEST[8 if channels >= 8 else 4 if channels >= 4 else 1]


@functools.lru_cache(maxsize=64)
def _items(samples, groups, group_out, columns, depth, itemsize):
    """Return rows (n, g, p0, p1, c0, c1): a sample, a group, panels, channels in the group.

    Also how many panels one item has at most.
    """
    width = _widest(group_out) * VECTOR_BYTES // itemsize
    panels = -(-columns // width)
    most = max(TILE_BYTES // (depth * width * itemsize), 1)
    chunk = group_out
    while samples * groups * -(-panels // most) * -(-group_out // chunk) < 4 * threads.THREADS:
        if most >= 8:
            most = -(-most // 2)
        elif chunk >= 64:
            chunk = -(-chunk // 16) * 8
        elif most >= 2:
            most = -(-most // 2)
        else:
            break
    most = -(-panels // -(-panels // most))
    items = [
        (n, g, p, min(p + most, panels), c, min(c + chunk, group_out))
        for n in range(samples)
        for g in range(groups)
        for p in range(0, panels, most)
        for c in range(0, group_out, chunk)
    ]
    return np.array(items, np.intp), most


@njit(cache=True, nogil=True)
def _convolve(job, *arguments):
    """Hand the items over to this thread and its helpers."""
    threads.share(job, *threads.handed(_work, arguments))


@njit(cache=True, nogil=True)
def _work(
    turn, items, x, first, strides, image, corner, stride, dilation, pad_value, weight, kernel,
    bias, offsets, width, lanes, room, out, channels, size,
):  # fmt: skip
    """Work on items until none is left."""
    scratch = threads.scratch(turn, room[0], room[1], out)
    last = -1
    i = threads.next_piece(turn)
    while i < len(items):
        # Items that differ only in their output channels share their panels.
        gathered = last >= 0 and threads.same(pointer(items[last]), pointer(items[i]), 4)
        _convolve_item(
            pointer(items[i]), pointer(x), first, strides, image, corner, stride, dilation,
            pad_value, pointer(weight), kernel, pointer(bias), pointer(offsets), offsets.size,
            width, lanes, pointer(scratch), pointer(out), channels, size, gathered,
        )  # fmt: skip
        last = i
        i = threads.next_piece(turn)


@njit(cache=True, nogil=True)
def _convolve_item(
    item, x, first, strides, image, corner, stride, dilation, pad_value,
    weight, kernel, bias, offsets, depth, width, lanes, scratch, out,
    channels, size, gathered,
):  # fmt: skip
    """Compute the outputs of one item: some panels of some channels."""
    n, g, p0, p1, c0, c1 = item[0], item[1], item[2], item[3], item[4], item[5]
    groups, group_in, group_out = channels
    gap = depth * width + lanes
    columns = size[0] * size[1]
    start = first + n * strides[0] + g * group_in * strides[1]
    if not gathered:
        end = min(p1 * width, columns)
        _gather(
            x, start, strides, image, corner, stride, dilation, pad_value, kernel, group_in,
            p0 * width, end, size[1], width, scratch, gap,
        )  # fmt: skip
        for at in range((p1 - p0 - 1) * gap, (p1 - p0 - 1) * gap + depth * width, width):
            # The last vector of the last panel reads unwanted lanes.
            for k in range(end - (p1 - 1) * width, width):
                scratch[at + k] = pad_value
    c = c0
    while c < c1:
        # A block of fewer rows may be met in a panel made for one of more.
        rows, widest = rows_and_width(c1 - c)
        c2 = g * group_out + c
        for p in range(p0, p1):
            end = min((p + 1) * width, columns)
            source = (p - p0) * gap
            for begin in range(p * width, end, widest * lanes):
                count = min(end - begin, widest * lanes)
                vectors = (count + lanes - 1) // lanes
                b = source + begin - p * width
                to = (n * groups * group_out + c2) * columns + begin
                block_product(
                    weight, c2 * depth, depth, scratch, b, offsets, depth, bias, c2,
                    out, to, columns, count, rows, vectors,
                )  # fmt: skip
        c += rows


@njit(cache=True, nogil=True)
def _gather(
    x, start, strides, image, corner, stride, dilation, pad_value, kernel, channels,
    begin, end, row_length, width, scratch, gap,
):  # fmt: skip
    """Copy columns begin, ..., end - 1 of the im2col matrix into panels `gap` numbers apart."""
    step = stride[1] * strides[3]
    k = 0
    for c in range(channels):
        for u in range(kernel[0]):
            for v in range(kernel[1]):
                to = k * width
                at = begin
                room = width
                i, j = begin // row_length, begin % row_length
                while at < end:
                    piece = min(end - at, row_length - j, room)
                    _copy_piece(
                        x, start + c * strides[1], strides, image,
                        corner[0] + i * stride[0] + u * dilation[0],
                        corner[1] + j * stride[1] + v * dilation[1],
                        stride[1], step, pad_value, scratch, to, piece,
                    )  # fmt: skip
                    at += piece
                    to += piece
                    j += piece
                    room -= piece
                    if j == row_length:
                        i, j = i + 1, 0
                    if room == 0:
                        to += gap - width
                        room = width
                k += 1


@njit(cache=True, nogil=True)
def _copy_piece(x, start, strides, image, row, col, stride, step, pad_value, scratch, to, piece):
    """Copy `piece` pixels of one row of the padded image, `stride` apart."""
    low, high = 0, piece
    if row < 0 or row >= image[0] or col < 0 or col + (piece - 1) * stride >= image[1]:
        low = min(max(-(col // stride), 0), piece)
        high = max(min((image[1] - col + stride - 1) // stride, piece), low)
        if row < 0 or row >= image[0]:
            low = high = piece
        for k in range(low):
            scratch[to + k] = pad_value
        for k in range(high, piece):
            scratch[to + k] = pad_value
        if low == high:
            return
    here = start + row * strides[2] + col * strides[3] + low * step
    copy_stepped(x, here, step, scratch, to + low, high - low)

"""Convolution as one matrix product: im2col, in tiles that fit the cache.

Column p of the im2col matrix lists the pixels under the kernel at output p, so that the convolution
is the weights, as a matrix (C_out, C_in h w), times it. Stored in full it would be h w times as
large as the image. Here it is copied into scratch memory a tile at a time, panel by panel: 48
columns or so side by side, in the order in which the product (:mod:`convlib.fast.matrix_block`)
reads them; padding, stride and dilation are handled on the way. Where the matrix is the image, for
1 x 1 kernels without stride, nothing is copied, but for a panel that would be read past its end.

Chosen for 1 x 1 kernels without stride, where the matrix is the image, and for dilations so large
that :mod:`convlib.fast.shifted` declines.
"""

import functools

import numpy as np
from numba import njit

from convlib.fast import array_memory, threads
from convlib.fast.machine import L2_BYTES, VECTOR_BYTES
from convlib.fast.matrix_block import (
    panel_count,
    panel_width,
    panels_together,
    product,
    rows_and_width,
)
from convlib.fast.vectors import copy_stepped, pointer

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
    depth = group_in * kh * kw
    if depth * rows_and_width(group_out)[1] * VECTOR_BYTES > LIMIT_BYTES:
        return False
    # Then the matrix is the image: its rows are `strides[1]` numbers apart.
    unpadded = ends == ((0, 0), (0, 0))
    in_place = unpadded and (kh, kw) == stride == (1, 1) and image[0] == strides[3] == 1
    lanes = VECTOR_BYTES // out.itemsize
    width = panel_width(group_out, shape[-1], lanes)
    count = panel_count(shape[-1], width, lanes)
    # Columns of a copied panel: the last one may be wider.
    pitch = max(width, -(-(shape[-1] - (count - 1) * width) // lanes) * lanes)
    items, panels = _items(*shape[:3], count, depth, pitch, out.itemsize, in_place)
    weights = array_memory.flat(weight, out.dtype)[0]
    pad_value = out.dtype.type(pad_value)
    lines = out.reshape(-1)
    offsets = np.arange(depth) * pitch
    in_image = np.arange(depth if in_place else 0) * strides[1]
    corner = -ends[0][0], -ends[1][0]

    together = panels_together(depth, width, out.itemsize)
    length = panels * (depth * pitch + lanes)

    macs = len(x) * out_channels * depth * shape[-1]
    (begin,), scratch_bytes = array_memory.places((length,), out.dtype)
    threads.run(
        _convolve, len(items), scratch_bytes, macs > SERIAL_MACS,
        items, memory, first, strides, image, corner, stride, dilation, pad_value, weights,
        (kh, kw), bias, offsets, in_image, (width, pitch), lanes, together, (begin, length), lines,
        (groups, group_in, group_out), size,
    )  # fmt: skip
    return True


@functools.lru_cache(maxsize=64)
def _items(samples, groups, group_out, panels, depth, pitch, itemsize, in_place):
    """Return rows (n, g, p0, p1, c0, c1): a sample, a group, panels, channels in the group.

    Also how many panels of one item are copied at most.
    """
    most = panels if in_place else max(L2_BYTES // (depth * pitch * itemsize), 1)
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
    return np.array(items, np.intp), 1 if in_place else most


@njit(cache=True, nogil=True)
def _convolve(job, *arguments):
    """Hand the items over to this thread and its helpers."""
    threads.share(job, *threads.handed(_work, arguments))


@njit(cache=True, nogil=True)
def _work(
    turn, items, x, first, strides, image, corner, stride, dilation, pad_value, weight, kernel,
    bias, offsets, in_image, widths, lanes, together, room, out, channels, size,
):  # fmt: skip
    """Work on items until none is left."""
    scratch = threads.scratch(turn, room[0], room[1], out)
    last = -1
    i = threads.next_piece(turn)
    while i < len(items):
        # Items that differ only in their output channels share their panels.
        gathered = last >= 0 and threads.same(pointer(items[last]), pointer(items[i]), 4)
        _convolve_item(
            pointer(items[i]), pointer(x), x.size, first, strides, image, corner, stride, dilation,
            pad_value, pointer(weight), kernel, pointer(bias), pointer(offsets), offsets.size,
            pointer(in_image), in_image.size > 0, widths, lanes, together,
            pointer(scratch), pointer(out), channels, size, gathered,
        )  # fmt: skip
        last = i
        i = threads.next_piece(turn)


@njit(cache=True, nogil=True)
def _convolve_item(
    item, x, end_of_x, first, strides, image, corner, stride, dilation, pad_value,
    weight, kernel, bias, offsets, depth, in_image, in_place, widths, lanes, together, scratch, out,
    channels, size, gathered,
):  # fmt: skip
    """Compute the outputs of one item: some panels of some channels."""
    n, g, p0, p1, c0, c1 = item[0], item[1], item[2], item[3], item[4], item[5]
    groups, group_in, group_out = channels
    width, pitch = widths
    gap = depth * pitch + lanes
    columns = size[0] * size[1]
    end = columns if p1 == panel_count(columns, width, lanes) else p1 * width
    # The last vector of the last panel may have lanes that are read, but not wanted.
    reach = (end + lanes - 1) // lanes * lanes
    start = first + n * strides[0] + g * group_in * strides[1]
    # The first panel that is copied: `uncopied` of them are read from the image.
    uncopied = 0
    if in_place:
        last = start + max(0, (depth - 1) * strides[1])
        uncopied = p1 - p0
        if last + reach > end_of_x and reach > end:
            uncopied -= 1
    if not gathered and uncopied < p1 - p0:
        begin = (p0 + uncopied) * width
        _gather(
            x, start, strides, image, corner, stride, dilation, pad_value, kernel, group_in,
            (begin, end), (p1 - 1) * width, size[1], widths, scratch, gap,
        )  # fmt: skip
        to = (p1 - p0 - uncopied - 1) * gap - (p1 - 1) * width
        for at in range(to, to + depth * pitch, pitch):
            for k in range(end, reach):
                scratch[at + k] = pad_value
    those = g * group_out + c0, g * group_out + c1
    plane = n * groups * group_out * columns, columns
    product(
        weight, depth, x, start, width, in_image, bias, those, out, plane, columns,
        (p0, p0 + uncopied), width, together, lanes,
    )  # fmt: skip
    product(
        weight, depth, scratch, -(p0 + uncopied) * gap, gap, offsets, bias, those, out, plane,
        columns, (p0 + uncopied, p1), width, together, lanes,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _gather(
    x, start, strides, image, corner, stride, dilation, pad_value, kernel, channels,
    columns, last, row_length, widths, scratch, gap,
):  # fmt: skip
    """Copy the range `columns` of the im2col matrix into panels `gap` numbers apart.

    The panel that begins at column `last` is the last one, as wide as it needs to be.
    """
    width, pitch = widths
    begin, end = columns
    step = stride[1] * strides[3]
    k = 0
    for c in range(channels):
        for u in range(kernel[0]):
            for v in range(kernel[1]):
                to = k * pitch
                at = begin
                room = width if begin < last else end - begin
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
                        room = width if at < last else end - at
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

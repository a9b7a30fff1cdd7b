"""Convolution as a matrix product on shifted views of the image, without copying each tap.

A row of the im2col matrix is the image, shifted by one tap of the kernel. If the padded image lies
in memory as one long line, a shift is just another starting address, so the matrix never needs to
be stored. A tile of the image is copied, with its padding, into a small scratch array, and the
product is taken straight from there, in register blocks (:mod:`convlib.fast.matrix_block`). At the
end of each row the line runs into the next one, which gives a few unwanted sums; they are dropped.
With strides the scratch array holds every s-th pixel side by side ('phases'), so that neighbouring
outputs read neighbouring numbers again. Where rows are short and output channels many, the unwanted
sums cost more than copying: then each column of the kernel has its own copy of the tile, and a row
of it is as long as one of the output, which is written directly.

Chosen for nearly everything: dense, grouped and depthwise layers of any stride, dilation and
padding. It is faster than im2col because it copies each pixel about once instead of h w times,
and faster than libraries that rearrange the weights at every call because it reads them as
they are.
"""

import math

from numba import njit

from convlib.fast import array_memory, threads
from convlib.fast.machine import VECTOR_BYTES
from convlib.fast.matrix_block import (
    ROWS,
    block_product,
    joins,
    panel_count,
    product,
    rows_and_width,
)
from convlib.fast.shifted_plan import plan
from convlib.fast.vectors import copy_lines, copy_stepped, pointer

# As many channels as blocks of ROWS rows and blocks of 4 rows both fill.
TWO_HEIGHTS = math.lcm(ROWS, 4)


def conv2d_shifted(x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` (N, C, H, W), any layout, into `out`; False if declined.

    `weight`, `bias` and `out` are C-contiguous and of one dtype, `ends` the padding
    ((top, bottom), (left, right)).
    """
    memory, first, strides = array_memory.flat(x, out.dtype)
    image, size = array_memory.without_rows(
        weight.shape[2:], stride, ends, x.shape[2:], out.shape[2:], strides
    )
    cut = plan(x.shape[:2], image, weight.shape, stride, dilation, groups, ends, size, out.itemsize)
    if cut is None:
        return False
    weights = array_memory.flat(weight, out.dtype)[0]
    pad_value = out.dtype.type(pad_value)
    lines = out.reshape(-1)
    corner = -ends[0][0], -ends[1][0]

    lengths = cut.scratch, cut.block
    begins, scratch_bytes = array_memory.places(lengths, out.dtype)
    threads.run(
        _convolve, len(cut.items), scratch_bytes, cut.parallel,
        cut.items, memory, first, strides, image, corner, stride, pad_value, cut.phases, cut.cells,
        cut.halo, weights, bias, cut.offsets, begins, lengths, lines,
        (groups, weight.shape[1], weight.shape[0] // groups), size, cut.panel,
    )  # fmt: skip
    return True


@njit(cache=True, nogil=True)
def _convolve(job, *arguments):
    """Hand the items over to this thread and its helpers."""
    threads.share(job, *threads.handed(_work, arguments))


@njit(cache=True, nogil=True)
def _work(
    turn, items, x, first, strides, image, corner, stride, pad_value, phases, cells, halo,
    weight, bias, offsets, begins, lengths, out, channels, size, panel,
):  # fmt: skip
    """Work on items until none is left."""
    scratch = threads.scratch(turn, begins[0], lengths[0], out)
    block = threads.scratch(turn, begins[1], lengths[1], out)
    # The last vectors of a tile read past its end, but do not use what is there.
    scratch[channels[1] * len(phases) // 2 * cells[0] * cells[1] :] = pad_value
    last = -1
    i = threads.next_piece(turn)
    while i < len(items):
        # Items of one sample and group that differ only in their output channels share a tile.
        gathered = last >= 0 and threads.same(pointer(items[last]), pointer(items[i]), 8)
        gathered = gathered and items[i, 1] - items[i, 0] == 1 and items[i, 3] - items[i, 2] == 1
        _convolve_item(
            pointer(items[i]), pointer(x), first, strides, image, corner, stride,
            pointer(phases), len(phases) // 2, cells, halo, pointer(weight), pointer(bias),
            pointer(offsets), offsets.size, pointer(scratch), pointer(block),
            block.size, VECTOR_BYTES // out.itemsize, pointer(out), channels, size, gathered,
            pad_value, panel,
        )  # fmt: skip
        last = i
        i = threads.next_piece(turn)


@njit(cache=True, nogil=True)
def _convolve_item(
    item, x, first, strides, image, corner, stride, phases, phase_count,
    cells, halo, weight, bias, offsets, depth,
    scratch, block, room, lanes, out, channels, size, gathered, pad_value, panel,
):  # fmt: skip
    """Compute the outputs of one item: some samples, groups, rows, columns and channels."""
    n0, n1, g0, g1, i0, i1 = item[0], item[1], item[2], item[3], item[4], item[5]
    j0, j1, c0, c1 = item[6], item[7], item[8], item[9]
    groups, group_in, group_out = channels
    row, col = corner[0] + i0 * stride[0], corner[1] + j0 * stride[1]
    filled = i1 - i0 + halo[0]
    for n in range(n0, n1):
        for g in range(g0, g1):
            start = first + n * strides[0] + g * group_in * strides[1]
            if not gathered:
                _gather(
                    x, start, strides, image, (row, col), stride, phases, phase_count, filled,
                    cells, group_in, scratch, pad_value,
                )  # fmt: skip
            if cells[1] == j1 - j0 == size[1]:
                # No sum is unwanted: they go straight to the output.
                length = (i1 - i0) * size[1]
                first_out = n * groups * group_out * size[0] * size[1] + i0 * size[1]
                product(
                    weight, depth, scratch, 0, panel[0], offsets, bias,
                    (g * group_out + c0, g * group_out + c1), out,
                    (first_out, size[0] * size[1]), length,
                    (0, panel_count(length, panel[0], lanes)), panel[0], panel[1], lanes,
                )  # fmt: skip
                continue
            c = c0
            while c < c1:
                c2 = g * group_out + c
                plane = (n * groups * group_out + c2) * size[0] * size[1]
                c += _multiply(
                    weight, c2, c1 - c, depth, scratch, offsets, bias, block, room, lanes,
                    out, plane + i0 * size[1] + j0, size, (i1 - i0, j1 - j0), cells[1],
                )  # fmt: skip


@njit(cache=True, nogil=True)
def _gather(
    x, start, strides, image, corner, stride, phases, phase_count, filled, cells, channels,
    scratch, pad_value,
):  # fmt: skip
    """Copy a tile of the image into `scratch`: (channels, phases, rows, columns)."""
    step = stride[1] * strides[3]
    width = cells[1]
    for c in range(channels):
        for f in range(phase_count):
            row, col = corner[0] + phases[2 * f], corner[1] + phases[2 * f + 1]
            top, bottom = _inside(row, stride[0], image[0], filled)
            left, right = _inside(col, stride[1], image[1], width)
            at = (c * phase_count + f) * cells[0] * width
            if right - left < width or bottom - top < filled:
                # One long loop is quicker than two short ones for each row.
                for k in range(filled * width):
                    scratch[at + k] = pad_value
            if left == right:
                continue
            here = start + c * strides[1] + (col + left * stride[1]) * strides[3]
            for q in range(top, bottom):
                line = here + (row + q * stride[0]) * strides[2]
                copy_stepped(x, line, step, scratch, at + q * width + left, right - left)


@njit(cache=True, nogil=True)
def _inside(first, step, length, count):
    """Return the range of k, from 0 to `count`, for which 0 <= first + step k < length."""
    low = min(max(-(first // step), 0), count)
    return low, max(min((length - first + step - 1) // step, count), low)


@njit(cache=True, nogil=True)
def _multiply(
    weight, c2, most, depth, scratch, offsets, bias, block, room, lanes,
    out, first, size, tile, pitch,
):  # fmt: skip
    """Compute some output channels of one tile, from c2 on; return how many, at most `most`."""
    rows, widest = rows_and_width(most)
    length = (tile[0] - 1) * pitch + tile[1]
    both = joins((length + lanes - 1) // lanes, widest) and most >= TWO_HEIGHTS
    channels = TWO_HEIGHTS if both else rows
    gap = room // channels // (widest * lanes) * (widest * lanes)
    for begin in range(0, length, gap):
        chunk = min(gap, length - begin)
        vectors = (chunk + lanes - 1) // lanes
        whole = vectors
        if both and joins(vectors, widest):
            # Blocks of 4 rows, as the last panel of `product` has.
            whole -= widest + 1
            for r in range(0, channels, 4):
                block_product(
                    weight, (c2 + r) * depth, depth, scratch, begin + whole * lanes, offsets, 0,
                    depth, bias, c2 + r, block, r * gap + whole * lanes, gap,
                    chunk - whole * lanes, 4, widest + 1,
                )  # fmt: skip
        panels = (whole + widest - 1) // widest
        for r in range(0, channels, rows):
            for p in range(panels):
                left = p * whole // panels
                width = (p + 1) * whole // panels - left
                left *= lanes
                block_product(
                    weight, (c2 + r) * depth, depth, scratch, begin + left, offsets, 0,
                    depth, bias, c2 + r, block, r * gap + left, gap,
                    min(width * lanes, chunk - left), rows, width,
                )  # fmt: skip
        _drop_unwanted(
            block, gap, begin, chunk, pitch, tile[1], out, first, size[0] * size[1], size[1],
            channels,
        )  # fmt: skip
    return channels


@njit(cache=True, nogil=True)
def _drop_unwanted(block, gap, begin, count, pitch, wanted, out, first, plane, width, rows):
    """Copy the sums begin, ..., begin + count - 1 of long lines to the rows of some outputs."""
    i, j = begin // pitch, begin % pitch
    done = 0
    while done < count:
        stop = min(wanted, j + count - done)
        if j < stop:
            to = first + i * width + j
            copy_lines(block, done, gap, out, to, plane, stop - j, rows)
        done += pitch - j
        i, j = i + 1, 0

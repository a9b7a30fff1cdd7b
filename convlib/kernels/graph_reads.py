"""Which places of a graph's tensors are read, and how much is lost where they are not.

A mask has a byte for each place, 1 where it is needed. Whatever a window reads is separable: some
rows, and of these some columns.
"""

import math

from numba import njit
from numba.extending import register_jitable

from convlib.kernels import graph_rows as k
from convlib.kernels.graph_windows import CUBIC, cells_read
from convlib.kernels.size_rules import window_span, window_start

# Of more outputs, it is not tried which kernel entries ever meet a cell.
MOST_OUTPUTS = 2**14


@register_jitable
def taps_of(nodes, row, axis):
    """Return how many cells an output of a row reads along an axis, at most."""
    if nodes[row, k.KIND] != k.RESIZE:
        return int(nodes[row, k.KERNEL_H + axis])
    return 4 if nodes[row, k.READING] == CUBIC else 2


@register_jitable
def cell_of(nodes, found, row, axis, size, count, output, tap):
    """Return the cell of a source of `size` that one of `count` outputs reads, or -1.

    `tap` counts its cells. Past the end of the source a resizing reads the last cell.
    """
    if nodes[row, k.KIND] == k.RESIZE:
        up, down = int(nodes[row, k.UP_H + axis]), int(nodes[row, k.DOWN_H + axis])
        placing, reading = int(nodes[row, k.PLACING]), int(nodes[row, k.READING])
        low, high = cells_read(output, up, down, size, count, placing, reading)
        return min(max(min(low + tap, high), 0), size - 1)
    stride, dilation = int(nodes[row, k.STRIDE_H + axis]), int(nodes[row, k.DILATION_H + axis])
    before = int(found[row, k.PAD_TOP + 2 * axis])
    if nodes[row, k.KIND] == k.TRANSPOSED:
        place = output + before - dilation * tap
        cell = place // stride if place % stride == 0 else -1
    else:
        cell = window_start(output, stride, before) + dilation * tap
    return cell if 0 <= cell < size else -1


@njit(cache=True, nogil=True)
def mark_read(nodes, found, row, axis, count, read):
    """Set to 1 in `read` which cells of an axis of a source the `count` outputs of a row read."""
    for output in range(count):
        for tap in range(taps_of(nodes, row, axis)):
            cell = cell_of(nodes, found, row, axis, len(read), count, output, tap)
            if cell >= 0:
                read[cell] = 1


@njit(cache=True, nogil=True)
def add_needed(nodes, found, row, mask, between, needed):
    """Set the places of a source, `needed` (H, W), that the outputs in `mask` (H', W') depend on.

    `between` (H, W') has room for what is needed after the first axis.
    """
    height, width = mask.shape
    between[:, :] = 0
    for output in range(height):
        for tap in range(taps_of(nodes, row, 0)):
            cell = cell_of(nodes, found, row, 0, needed.shape[0], height, output, tap)
            if cell >= 0:
                for column in range(width):
                    between[cell, column] |= mask[output, column]
    for output in range(width):
        for tap in range(taps_of(nodes, row, 1)):
            cell = cell_of(nodes, found, row, 1, needed.shape[1], width, output, tap)
            if cell >= 0:
                for i in range(needed.shape[0]):
                    needed[i, cell] |= between[i, output]


@njit(cache=True, nogil=True)
def count_unread(read, ends):
    """Write into `ends` (6,) what of a tensor is not read, given `read` (H, W).

    In order: rows before the first and after the last that has a place that is read, columns
    likewise, all places that are not, and those among them that no end counts.
    """
    height, width = read.shape
    top, bottom, left, right, count = height, height, width, width, 0
    for i in range(height):
        for j in range(width):
            if read[i, j] != 0:
                top, left = min(top, i), min(left, j)
                bottom, right = min(bottom, height - 1 - i), min(right, width - 1 - j)
            else:
                count += 1
    if count == height * width:
        top, bottom, left, right = 0, 0, 0, 0
    inside = 0
    for i in range(top, height - bottom):
        for j in range(left, width - right):
            if read[i, j] == 0:
                inside += 1
    ends[0], ends[1], ends[2], ends[3], ends[4], ends[5] = top, bottom, left, right, count, inside


@register_jitable
def percent_read(unread, places):
    """Return the share of places that are read in percent, with one decimal."""
    return math.floor(1000 * (places - unread) / places + 0.5) / 10


@register_jitable
def taps_met(size, kernel, stride, before, dilation, outputs):
    """Return how many entries of a kernel ever meet a cell along an axis.

    Output o meets `size` neighbouring places of the window, of which every `dilation`-th is an
    entry's. From the last output to the first, these go up.
    """
    if size >= window_span(kernel, dilation) or outputs > MOST_OUTPUTS:
        return kernel
    met, next_tap = 0, 0
    for step in range(outputs):
        start = window_start(outputs - 1 - step, stride, before)
        low = max(-(start // dilation), next_tap)
        high = min((size - 1 - start) // dilation, kernel - 1)
        if high >= low:
            met += high - low + 1
        next_tap = max(next_tap, high + 1)
    return met


@register_jitable
def ends_see(size, kernel, stride, before, dilation, outputs):
    """Return 1 if the first and the last output of an axis see a cell, 0 if only padding."""
    last = window_start(outputs - 1, stride, before)
    return 1 if window_span(kernel, dilation) - before > 0 and last < size else 0


@register_jitable
def macs_of_share(macs, part, whole):
    """Return `part` / `whole` of some MACs, rounded down."""
    return int(macs) * int(part) // int(whole)

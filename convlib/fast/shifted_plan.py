"""How the tiles of :mod:`convlib.fast.shifted` are cut, so that they fit the caches and threads."""

import functools
import itertools

import numpy as np

from convlib.fast import array_memory, threads
from convlib.fast.machine import L1_BYTES, L2_BYTES, VECTOR_BYTES
from convlib.fast.matrix_block import ROWS, WIDEST, panel_width, panels_together

# Scratch memory of one thread: a tile should stay in the second-level cache, or, where each of
# its numbers is used by few output channels, in the first. No tile may need more than the limit.
LIMIT_BYTES = 16 << 20
# Below this many multiply-accumulates a second thread would take longer to begin than to work.
SERIAL_MACS = 2 << 20
# A thread that comes late, or is held up, costs up to the time of one piece. So there are several
# for each thread, and more if that leaves this many multiply-accumulates, a tenth of a millisecond.
PIECES, MOST_PIECES, PIECE_MACS = 4, 16, 8 << 20
# Copying a row of an image takes as long as multiplying so many vectors, or less: measured on rows
# of 14 and 28 pixels, where with fewer it sometimes paid and sometimes not.
ROW_COPY = 160
# Where columns are copied for each tap, whole rows are worth some more halo: they are copied in
# longer pieces, and their sums go straight to the output. To keep them whole such a tile may take
# half as much of the cache again.
WHOLE_ROWS = 1.5
# The sums of some register blocks side by side, before the unwanted ones are dropped: to drop them
# line by line, and not block by block, leaves the processor less to guess.
BLOCK_BYTES = L1_BYTES // 4


class Plan:
    """The tiles of one geometry; no image data.

    phases : row, column, row, column, ...: remainders, modulo the stride, of the taps' positions
    cells : rows and columns of one phase in the scratch array
    halo : rows and columns of a phase beyond those of the output tile
    offsets : where in the scratch array each (channel, tap) begins
    panel : columns of a panel, and how many panels fit the first-level cache
    items : rows (n0, n1, g0, g1, i0, i1, j0, j1, c0, c1) of half-open ranges
    """


@functools.lru_cache(maxsize=64)
def plan(channels, image, weight_shape, stride, dilation, groups, ends, size, itemsize):
    """Return the Plan for one geometry, or None if no tile fits the limit."""
    samples, _ = channels
    out_channels, group_in, kh, kw = weight_shape
    group_out = out_channels // groups
    row_phases, rows = _taps(kh, stride[0], dilation[0])
    col_phases, cols = _taps(kw, stride[1], dilation[1])
    copies = _copies_pay(weight_shape, groups, row_phases, col_phases, cols, size, itemsize)
    if copies:
        # A copy of the columns for each tap: then no sum is unwanted.
        col_phases = [v * dilation[1] for v in range(kw)]
        cols = [(v, 0) for v in range(kw)]
    halo = max(shift for _, shift in rows), max(shift for _, shift in cols)
    phases = len(row_phases) * len(col_phases)

    goal = L2_BYTES if group_out > 4 else L1_BYTES
    if copies:
        goal += goal // 2
    # If no tile fits the goal: a limit that all threads can have, and only then one for fewer.
    shared = min(max(array_memory.SCRATCH_BYTES // threads.THREADS, goal), LIMIT_BYTES)
    for limit in (goal, shared, LIMIT_BYTES):
        cells = limit // (group_in * phases * itemsize)
        tile = _tile_size(size, halo, cells, WHOLE_ROWS if copies else 1.02)
        if tile:
            break
    else:
        return None
    macs = samples * out_channels * group_in * kh * kw * size[0] * size[1]
    cut = Plan()
    cut.parallel = macs > SERIAL_MACS
    pieces = 1
    if cut.parallel and threads.THREADS > 1:
        pieces = min(
            max(macs // PIECE_MACS, PIECES * threads.THREADS), MOST_PIECES * threads.THREADS
        )
    cut.items, tile = _items(samples, groups, group_out, size, tile, pieces)
    cut.halo = halo
    cut.phases = np.array(list(itertools.product(row_phases, col_phases)), np.intp).ravel()
    cut.cells = tile[0] + halo[0], tile[1] + halo[1]
    area = cut.cells[0] * cut.cells[1]
    cut.offsets = np.array(
        [
            ((c * len(row_phases) + p) * len(col_phases) + q) * area + u * cut.cells[1] + v
            for c in range(group_in)
            for p, u in rows
            for q, v in cols
        ],
        np.intp,
    )
    lanes, depth = VECTOR_BYTES // itemsize, group_in * kh * kw
    width = panel_width(group_out, tile[0] * tile[1], lanes)
    cut.panel = width, panels_together(depth, width, itemsize)
    # The last vectors of a tile read past its end.
    cut.slack = max(WIDEST.values()) * VECTOR_BYTES // itemsize
    # At least two blocks high: `TWO_HEIGHTS` in `shifted`.
    cut.block = max(BLOCK_BYTES, 2 * ROWS * max(WIDEST.values()) * VECTOR_BYTES) // itemsize
    cut.scratch = group_in * phases * area + cut.slack
    return cut


def _taps(kernel, stride, dilation):
    """Return the phases of one axis, and for each tap (index of its phase, shift in it)."""
    phases = sorted({u * dilation % stride for u in range(kernel)})
    taps = [divmod(u * dilation, stride) for u in range(kernel)]
    return phases, [(phases.index(phase), shift) for shift, phase in taps]


def _copies_pay(weight_shape, groups, row_phases, col_phases, cols, size, itemsize):
    """Return whether it is cheaper to copy the columns for each tap than to compute unwanted sums.

    In vectors multiplied: to copy a row of an image takes as long as ROW_COPY of them.
    """
    out_channels, group_in, kh, kw = weight_shape
    lanes = VECTOR_BYTES // itemsize
    unwanted = max(shift for _, shift in cols)
    lines = [(size[0] - 1) * pitch + size[1] for pitch in (size[1] + unwanted, size[1])]
    more, fewer = (-(-line // lanes) for line in lines)
    saved = (more - fewer) * out_channels // groups * group_in * kh * kw
    # Each thread may have to copy each tile.
    copied = threads.THREADS * group_in * len(row_phases) * (kw - len(col_phases)) * size[0]
    return saved > copied * ROW_COPY


def _tile_size(size, halo, cells, gain):
    """Return the (rows, columns) of output whose tile has at most `cells`, with least halo.

    Rows are cut in more parts only if that makes the share that is no halo `gain` times as large.
    """
    best, best_share = None, 0.0
    for parts in range(1, min(size[1], 64) + 1):
        columns = -(-size[1] // parts)
        rows = min(size[0], cells // (columns + halo[1]) - halo[0])
        share = rows * columns / ((rows + halo[0]) * (columns + halo[1])) if rows > 0 else 0
        if share > best_share * gain:
            best, best_share = (rows, columns), share
    return best


def _items(samples, groups, group_out, size, tile, wanted):
    """Return the items, and the tile's size after cutting it finer to have as many as wanted."""
    rows, columns = tile
    chunk = group_out

    def pieces():
        tiles = -(-size[0] // rows) * -(-size[1] // columns)
        return samples * groups * tiles * -(-group_out // chunk)

    while pieces() < wanted:
        if rows >= 14:
            rows = -(-rows // 2)
        elif columns >= 256:
            columns = -(-columns // 2)
        elif chunk >= 4 * ROWS:
            chunk = -(-chunk // (2 * ROWS)) * ROWS
        else:
            break
    rows, columns = _even(size[0], rows), _even(size[1], columns)
    several = max(pieces() // (4 * wanted), 1)
    many_groups = min(several, groups)
    many_samples = min(several // many_groups, samples)
    ranges = (
        _ranges(samples, max(many_samples, 1)),
        _ranges(groups, many_groups),
        _ranges(size[0], rows),
        _ranges(size[1], columns),
        _ranges(group_out, chunk),
    )
    items = np.array([sum(item, ()) for item in itertools.product(*ranges)], np.intp)
    return items, (rows, columns)


def _even(length, part):
    """Return the length of the parts if `length` is cut into as many parts, but equal ones."""
    return -(-length // -(-length // part))


def _ranges(length, part):
    return [(start, min(start + part, length)) for start in range(0, length, part)]

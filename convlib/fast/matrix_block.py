"""The innermost loop of the fast paths: a small block of a matrix product, held in registers.

For plain loops LLVM keeps partial sums in memory and uses half of the machine's vector width.
Here the block is written in vectors as wide as the machine's, with one register for each
vector of partial sums: each number loaded is used in several multiplications, and the
multipliers need not wait for memory. On the machines this was measured on it runs at 80 to 95 %
of the peak. It uses fused multiply-adds, but no `fastmath`: NaN and infinity are kept. Long sums
are taken in blocks, each of which starts from zero and is added to what the blocks before it left
in memory: where a block ends the registers are emptied anyway, and a sum needs no second register.
"""

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from convlib.fast import machine
from convlib.fast.machine import L1_BYTES, VECTOR_BYTES
from convlib.fast.vectors import INT64, Lanes
from convlib.kernels.plain_loops import SUM_BLOCK

BLOCK = INT64(SUM_BLOCK)

# The blocks: for each number of rows, the most vectors in one (:mod:`convlib.fast.machine` has the
# rule). Many rows save reading `b`, many vectors save reading `a`.
WIDEST = machine.widest(machine.REGISTERS, VECTOR_BYTES)
ROWS = max(WIDEST)
_WIDEST_ALL, _WIDEST4, _WIDEST2, _WIDEST1 = WIDEST[ROWS], WIDEST[4], WIDEST[2], WIDEST[1]


def _tile_product(
    a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first,
    c, c_first, c_step, count, rows, width,
):  # fmt: skip
    """Write a block of a matrix product into `c`, or add it to what is there.

    For each r < `rows` and each j < `count`

        c[c_first + c_step r + j] = start + sum over k < depth of
                                    a[a_first + a_step r + k] b[b_first + offsets[o_first + k] + j]

    where start is bias[bias_first + r], or c's old value if bias_first is negative, and the sum is
    taken in blocks of SUM_BLOCK. The arrays are addresses. `width` vectors, at most WIDEST[rows],
    have at least `count` lanes; all those lanes are read from `b`. `rows` is a literal integer:
    each pair (rows, width) has its own machine code. Nothing is checked there; this Python version,
    which runs when Numba is disabled, does check.
    """
    lanes = width * (VECTOR_BYTES // b.itemsize)
    for r in range(rows):
        line = slice(c_first + c_step * r, c_first + c_step * r + count)
        if bias_first >= 0:
            c[line] = bias[bias_first + r]
        for k0 in range(0, depth, SUM_BLOCK):
            block = np.zeros(count, c.dtype)
            for k in range(k0, min(k0 + SUM_BLOCK, depth)):
                factor, start = a[a_first + a_step * r + k], b_first + offsets[o_first + k]
                if not 0 <= start <= b.size - lanes or not count <= lanes <= WIDEST[rows] * 64:
                    raise IndexError(f"lanes {start} to {start + lanes} of {b.size}, {count=}")
                block += factor * b[start : start + count]
            c[line] += block


@intrinsic(prefer_literal=True)
def _tile_product_in_registers(
    typingctx, a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first,
    c, c_first, c_step, count, rows, width,
):  # fmt: skip
    """Emit the machine code of :func:`_tile_product`, once for each width."""
    n = types.intp
    signature = types.void(a, n, n, b, n, offsets, n, n, bias, n, c, n, n, n, rows, n)

    def codegen(context, builder, signature, arguments):
        lanes = Lanes(builder, signature.args[0].dtype)
        done = builder.append_basic_block("done")
        switch = builder.switch(arguments[-1], done)
        for vectors in range(1, WIDEST[rows.literal_value] + 1):
            block = builder.append_basic_block(f"width{vectors}")
            switch.add_case(INT64(vectors), block)
            with builder.goto_block(block):
                emit_block(lanes, arguments[:-2], rows.literal_value, vectors)
                builder.branch(done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return signature, codegen


def emit_block(lanes, arguments, rows, vectors):
    """Emit :func:`_tile_product` for one width; `arguments` are those before the rows."""
    builder = lanes.builder
    a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first = arguments[:10]
    c, c_first, c_step, count = arguments[10:]
    offsets = builder.gep(offsets, [o_first])
    a_rows = _row_starts(builder, a, a_first, a_step, rows)
    c_rows = _row_starts(builder, c, c_first, c_step, rows)
    bias_rows = _row_starts(builder, bias, bias_first, INT64(1), rows)
    b = builder.gep(b, [b_first])
    sums = [[cgutils.alloca_once(builder, lanes.vector) for _ in range(vectors)] for _ in c_rows]
    new = builder.icmp_signed(">=", bias_first, INT64(0))
    with cgutils.for_range_slice(builder, INT64(0), depth, BLOCK, INT64) as (k0, _):
        first = builder.and_(new, builder.icmp_signed("==", k0, INT64(0)))
        _emit_start(lanes, first, bias_rows, sums)
        _emit_sums(lanes, a_rows, b, offsets, k0, depth, sums)

        def emit_end(load, store, first=first):
            with builder.if_then(builder.not_(first)):
                for c_row, v, total, left in _places(lanes, c_rows, sums, count):
                    before = load(c_row, v, left)
                    builder.store(builder.fadd(before, builder.load(total)), total)
            for c_row, v, total, left in _places(lanes, c_rows, sums, count):
                store(builder.load(total), c_row, v, left)

        lanes.emit_whole_or_below(count, vectors, emit_end)


def _row_starts(builder, data, first, step, rows):
    """Return pointers to the first number of each row."""
    pointers = [builder.gep(data, [first])]
    for _ in range(rows - 1):
        pointers.append(builder.gep(pointers[-1], [step]))
    return pointers


def _places(lanes, c_rows, sums, count):
    """Yield, for each vector of sums, its row of `c`, its place there, itself, and lanes left."""
    for c_row, row in zip(c_rows, sums, strict=True):
        for v, total in enumerate(row):
            start = INT64(v * lanes.count)
            yield c_row, start, total, lanes.builder.sub(count, start)


def _emit_start(lanes, first, bias_rows, sums):
    """Emit what a block of the sum starts from: the bias if it is the first, else zero."""
    builder = lanes.builder
    zero = ir.Constant(lanes.vector, None)
    for row in sums:
        for total in row:
            builder.store(zero, total)
    with builder.if_then(first):
        for start, row in zip(bias_rows, sums, strict=True):
            value = lanes.spread(builder.load(start))
            for total in row:
                builder.store(value, total)


def _emit_sums(lanes, a_rows, b, offsets, begin, depth, sums):
    """Emit the loop over one block of `depth`, from `begin` on, which adds to the sums."""
    builder = lanes.builder
    left = builder.sub(depth, begin)
    whole = builder.icmp_signed(">=", left, BLOCK)
    with cgutils.for_range(builder, builder.select(whole, BLOCK, left)) as loop:
        k = builder.add(begin, loop.index)
        b_row = builder.gep(b, [builder.load(builder.gep(offsets, [k]))])
        b_vectors = [lanes.load(b_row, INT64(v * lanes.count)) for v in range(len(sums[0]))]
        for a_row, row in zip(a_rows, sums, strict=True):
            factor = lanes.spread(builder.load(builder.gep(a_row, [k])))
            for b_vector, total in zip(b_vectors, row, strict=True):
                builder.store(lanes.multiply_add(factor, b_vector, builder.load(total)), total)


tile_product = _tile_product if config.DISABLE_JIT else _tile_product_in_registers


@njit(cache=True, nogil=True)
def rows_and_width(left):
    """Return the rows of the next block where `left` are left, and its most vectors."""
    # Two blocks of 4 are better than one of 6 and one of 2.
    if left >= ROWS and not (ROWS == 6 and left == 8):
        return ROWS, _WIDEST_ALL
    return (4, _WIDEST4) if left >= 4 else (2, _WIDEST2) if left >= 2 else (1, _WIDEST1)


@njit(cache=True, nogil=True)
def block_product(
    a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first,
    c, c_first, c_step, count, rows, width,
):  # fmt: skip
    """Do what `tile_product` does, which needs its rows as a literal, for any of WIDEST."""
    if rows == ROWS:
        tile_product(
            a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first,
            c, c_first, c_step, count, ROWS, width,
        )  # fmt: skip
    elif rows == 4:
        tile_product(
            a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first,
            c, c_first, c_step, count, 4, width,
        )  # fmt: skip
    elif rows == 2:
        tile_product(
            a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first,
            c, c_first, c_step, count, 2, width,
        )  # fmt: skip
    else:
        tile_product(
            a, a_first, a_step, b, b_first, offsets, o_first, depth, bias, bias_first,
            c, c_first, c_step, count, 1, width,
        )  # fmt: skip


@njit(cache=True, nogil=True)
def product(
    a, depth, b, b_first, b_gap, offsets, bias, channels, out, plane, size, panels, width, together,
    lanes,
):  # fmt: skip
    """Write some channels of a matrix product, panel by panel, straight to the outputs.

    Row c of the first matrix begins at a[c depth], row k of panel p of the second at
    b[b_first + p b_gap + offsets[k]]; a panel has `width` columns, the last one what is left (see
    :func:`panel_count`). Output (c, j), for c in the range `channels` and j below `size`, is
    out[plane[0] + c plane[1] + j]. SUM_BLOCK rows are taken at a time, of as many panels as are to
    stay in the cache `together`, for all channels.
    """
    last = panel_count(size, width, lanes) - 1
    wider = size - last * width > width
    for k in range(0, depth, SUM_BLOCK):
        deep = min(depth - k, SUM_BLOCK)
        q = panels[0]
        while q < panels[1]:
            stop, tallest = min(q + together, panels[1]), ROWS
            if wider and stop > last:
                stop, tallest = (last, ROWS) if q < last else (stop, 4)
            c = channels[0]
            while c < channels[1]:
                rows, widest = rows_and_width(min(channels[1] - c, tallest))
                for p in range(q, stop):
                    end = size if p == last else (p + 1) * width
                    # A block may be met in a panel made for one with more rows or fewer.
                    for j in range(p * width, end, widest * lanes):
                        count = min(end - j, widest * lanes)
                        block_product(
                            a, c * depth + k, depth, b, b_first + p * b_gap + j - p * width,
                            offsets, k, deep, bias, c if k == 0 else -1,
                            out, plane[0] + c * plane[1] + j, plane[1], count,
                            rows, (count + lanes - 1) // lanes,
                        )  # fmt: skip
                c += rows
            q = stop


def panel_width(channels, columns, lanes):
    """Return the columns of a panel: as many as a block of sums has, or equal parts of fewer."""
    vectors = -(-columns // lanes)
    panels = -(-vectors // rows_and_width(channels)[1])
    return -(-vectors // panels) * lanes


@njit(cache=True, nogil=True)
def panel_count(columns, width, lanes):
    """Return how many panels there are: a single vector that is left is joined to the last one."""
    vectors, most = (columns + lanes - 1) // lanes, width // lanes
    return vectors // most if joins(vectors, most) else (vectors + most - 1) // most


@njit(cache=True, nogil=True)
def joins(vectors, most):
    """Return whether cutting `vectors` into parts of `most` leaves one, better joined to the last.

    One vector of ROWS rows has too few sums to keep the multipliers busy; `most` and one of 4 rows
    have enough.
    """
    return vectors % most == 1 < vectors and most < _WIDEST4


def panels_together(depth, width, itemsize):
    """Return how many panels the first-level cache can keep while all channels are computed."""
    return max(L1_BYTES // (min(depth, SUM_BLOCK) * width * itemsize), 1)

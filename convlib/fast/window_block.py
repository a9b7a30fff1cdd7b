"""The innermost loop of :mod:`convlib.fast.depthwise`: a block of window sums, held in registers.

Vectors of outputs side by side need vectors of pixels side by side; at stride 2, every other
lane of two. Lanes in the padding are switched off by a mask and hold the padding's value
instead; they are the same for all taps of one kernel column, so the masks are made there. Rows
in the padding are read from a line of such values.
"""

import functools
import itertools
from typing import NamedTuple

from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from convlib.fast.machine import REGISTERS, VECTOR_BYTES
from convlib.fast.vectors import INT64, Lanes

# Kernel heights, at dilation 1 and equal strides, for which a line of the image is loaded once
# for all outputs of a block that read it; otherwise it is loaded once for each of them.
HEIGHTS = (3, 5)
# Rows of a block, and the most vectors in each. Seven rows suit the images in networks, 224 pixels
# halved several times, and their sums fit the registers of every machine.
ROWS, VECTORS = 7, 2 if REGISTERS == 32 else 1


class Geometry(NamedTuple):
    """What is the same for every plane of a depthwise convolution, in pixels and numbers."""

    height: int
    width: int
    pitch: int
    rows: int
    columns: int
    kernel_height: int
    kernel_width: int
    stride_h: int
    stride_w: int
    dilation_h: int
    dilation_w: int


def _window_sums(
    x, image, margin, pad_value, geometry, row, col, weight, kernel, taps, bias, more, out, to,
    left, rows,
):  # fmt: skip
    """Write a block of `rows` rows of outputs; return how many columns were written.

    The image begins at x[image]. The sums are over `taps` (height, width) entries of the kernel,
    from weight[kernel] on. For the first output, the first of them meets the pixel (row, col),
    which may lie in the padding. `margin` is a line of `pad_value`, as wide as the image. The
    output goes to out[to] and on, at most `left` columns of it: the sum plus `bias` or, if `more`,
    plus what is there. `rows` is 1 or ROWS. Nothing is checked in the machine code; this Python
    version, which runs when Numba is disabled, does check.
    """
    g = geometry
    zero = out.dtype.type(0)
    count = min(left, VECTORS * (VECTOR_BYTES // out.itemsize))
    for r in range(rows):
        for j in range(count):
            total = zero if more else bias
            for u in range(taps[0]):
                for v in range(taps[1]):
                    i, k = row + r * g.stride_h + u * g.dilation_h, col + j * g.stride_w
                    k += v * g.dilation_w
                    inside = 0 <= i < g.height and 0 <= k < g.width
                    pixel = x[image + i * g.pitch + k] if inside else pad_value
                    total += weight[kernel + u * g.kernel_width + v] * pixel
            at = to + r * g.columns + j
            out[at] = total + out[at] if more else total
    return count


@intrinsic
def _window_sums_in_registers(
    typingctx, x, image, margin, pad_value, geometry, row, col, weight, kernel, taps, bias, more,
    out, to, left, rows,
):  # fmt: skip
    """Emit the machine code of :func:`_window_sums`, once for each form of block."""
    n = types.intp
    signature = n(
        x, n, margin, pad_value, geometry, n, n, weight, n, taps, bias, more, out, n, n, n
    )

    def codegen(context, builder, signature, arguments):
        x, image, margin, pad_value, geometry, row, col = arguments[:7]
        weight, kernel, taps, bias, more, out, to, left, rows = arguments[7:]
        lanes = Lanes(builder, signature.args[0].dtype)
        g = Geometry(*cgutils.unpack_tuple(builder, geometry))
        taps = cgutils.unpack_tuple(builder, taps)
        zero = ir.Constant(lanes.vector, None)
        start_sum = builder.select(more, zero, lanes.spread(bias))
        place = builder.gep(x, [image]), margin, lanes.spread(pad_value), row, col
        weight, out = builder.gep(weight, [kernel]), builder.gep(out, [to])
        wide = builder.icmp_signed(">", left, INT64((VECTORS - 1) * lanes.count))
        done = builder.append_basic_block("done")
        switch = builder.switch(_form(builder, g, taps, wide, rows), done)
        for number, (height, step, vectors) in enumerate(_FORMS):
            block = builder.append_basic_block(f"form{number}")
            switch.add_case(INT64(number), block)
            with builder.goto_block(block):
                sums = [
                    [cgutils.alloca_once(builder, lanes.vector) for _ in range(vectors)]
                    for _ in range(1 if height == 0 else ROWS)
                ]
                for line in sums:
                    for total in line:
                        builder.store(start_sum, total)
                _emit_columns(lanes, g, taps, place, weight, height, step, sums)
                places = list(_places(lanes, g, out, left, sums))
                with builder.if_then(more):
                    for total, *there in places:
                        before = lanes.load_below(*there)
                        builder.store(builder.fadd(before, builder.load(total)), total)
                for total, *there in places:
                    lanes.store_below(builder.load(total), *there)
                builder.branch(done)
        builder.position_at_end(done)
        return builder.select(wide, INT64(VECTORS * lanes.count), INT64(lanes.count))

    return signature, codegen


# The forms of a block: a height among HEIGHTS, or 0 for a single row and 1 for any kernel; the
# stride across; the number of vectors.
_FORMS = list(itertools.product((0, 1, *HEIGHTS), (1, 2), range(1, VECTORS + 1)))


def _places(lanes, g, out, left, sums):
    """Yield each vector of sums, its row of the output, its place there, and lanes left."""
    for r, line in enumerate(sums):
        row = lanes.builder.gep(out, [lanes.builder.mul(g.columns, INT64(r))])
        for v, total in enumerate(line):
            start = INT64(v * lanes.count)
            yield total, row, start, lanes.builder.sub(left, start)


def _form(builder, g, taps, wide, rows):
    """Return the number of the form that a block needs."""
    number = builder.zext(builder.icmp_signed(">", rows, INT64(1)), INT64)
    shared = builder.and_(
        builder.icmp_signed("==", g.stride_h, g.stride_w),
        builder.icmp_signed("==", g.dilation_h, INT64(1)),
    )
    shared = builder.and_(shared, builder.icmp_signed(">", rows, INT64(1)))
    for k, height in enumerate(HEIGHTS):
        fits = builder.and_(shared, builder.icmp_signed("==", taps[0], INT64(height)))
        number = builder.select(fits, INT64(2 + k), number)
    number = builder.add(builder.mul(number, INT64(2)), builder.sub(g.stride_w, INT64(1)))
    if VECTORS == 1:
        return number
    return builder.add(builder.mul(number, INT64(VECTORS)), builder.zext(wide, INT64))


def _emit_columns(lanes, g, taps, place, weight, height, step, sums):
    """Emit the loop over the kernel's columns."""
    builder = lanes.builder
    image, margin, padding, row, col = place
    vectors = len(sums[0]) * step
    emit_rows = _emit_rows
    if height in HEIGHTS:
        count = step * (len(sums) - 1) + height
        lines = [_line(builder, g, image, margin, builder.add(row, INT64(y))) for y in range(count)]
        emit_rows = functools.partial(_emit_shared_rows, lines)
    with cgutils.for_range(builder, taps[1]) as loop:
        at = builder.add(col, builder.mul(loop.index, g.dilation_w))
        left = builder.sub(g.width, at)
        column = image, margin, row, at, builder.gep(weight, [loop.index]), taps[0]

        def emit_masked():
            masks = [
                lanes.between(
                    builder.neg(builder.add(at, INT64(v * lanes.count))),
                    builder.sub(left, INT64(v * lanes.count)),
                )
                for v in range(vectors)
            ]

            def load(pointer, start):
                mask = masks[start.constant // lanes.count]
                return lanes.load_where(pointer, start, mask, padding)

            emit_rows(lanes, g, column, height, step, sums, load)

        if VECTOR_BYTES == 64:
            # With AVX-512 a mask costs nothing, and without a second copy this compiles faster.
            emit_masked()
        else:
            whole = builder.and_(
                builder.icmp_signed(">=", at, INT64(0)),
                builder.icmp_signed(">=", left, INT64(vectors * lanes.count)),
            )
            with builder.if_else(whole) as (inside, partly):
                with inside:
                    emit_rows(lanes, g, column, height, step, sums, lanes.load)
                with partly:
                    emit_masked()


def _emit_rows(lanes, g, column, height, step, sums, load):
    """Emit the loop over the taps of one kernel column."""
    builder = lanes.builder
    image, margin, row, at, weight, count = column
    with cgutils.for_range(builder, count) as loop:
        tap = builder.gep(weight, [builder.mul(loop.index, g.kernel_width)])
        factor = lanes.spread(builder.load(tap))
        first = builder.add(row, builder.mul(loop.index, g.dilation_h))
        for r, line in enumerate(sums):
            i = builder.add(first, builder.mul(g.stride_h, INT64(r)))
            pixels = builder.gep(_line(builder, g, image, margin, i), [at])
            for v, total in enumerate(line):
                value = _pixels(lanes, pixels, v, step, load)
                builder.store(lanes.multiply_add(factor, value, builder.load(total)), total)


def _emit_shared_rows(lines, lanes, g, column, height, step, sums, load):
    """Emit the sums of one kernel column of known height and steps."""
    builder = lanes.builder
    _, _, _, at, weight, _ = column
    taps = [builder.gep(weight, [builder.mul(g.kernel_width, INT64(u))]) for u in range(height)]
    factors = [lanes.spread(builder.load(tap)) for tap in taps]
    for y, start in enumerate(lines):
        pixels = builder.gep(start, [at])
        for v in range(len(sums[0])):
            value = _pixels(lanes, pixels, v, step, load)
            for r, line in enumerate(sums):
                if 0 <= y - step * r < height:
                    factor = factors[y - step * r]
                    total = lanes.multiply_add(factor, value, builder.load(line[v]))
                    builder.store(total, line[v])


def _line(builder, g, image, margin, i):
    """Return the pointer to the image's row `i`, or to the margin."""
    inside = builder.icmp_unsigned("<", i, g.height)
    return builder.select(inside, builder.gep(image, [builder.mul(i, g.pitch)]), margin)


def _pixels(lanes, line, v, step, load):
    """Load the pixels for the outputs of vector `v`."""
    if step == 1:
        return load(line, INT64(v * lanes.count))
    low, high = (load(line, INT64((2 * v + k) * lanes.count)) for k in range(2))
    return lanes.every_other(low, high)


window_sums = _window_sums if config.DISABLE_JIT else _window_sums_in_registers

"""What a machine could do at best, measured: multiply-adds in registers, and copies.

A layer can take no less time than its arithmetic takes at the machine's peak, and none less than
its input, weights and output take to be moved. The larger of the two is its roof.
"""

import concurrent.futures
import functools
import time

# Seconds that a measurement lasts at least; the best of several is taken.
LASTING, TRIES = 0.002, 5


def peak_gflops(threads):
    """Return the GFLOP/s of multiply-adds that wait for nothing, float32, in several threads."""
    loop, flops = multiply_adds()
    return threads * flops / seconds(loop, [()] * threads) / 1e9


def move_seconds(read, written, threads):
    """Return the seconds to read and write so many bytes, of which each thread has its share.

    What fits the caches stays there, as the arrays of a layer do that is computed again and again.
    """
    import numpy as np

    sizes = [max(size // threads // 4, 1) for size in (read, written)]
    return seconds(
        moves(), [tuple(np.ones(size, np.float32) for size in sizes) for _ in range(threads)]
    )


def seconds(loop, shares):
    """Return the seconds of a step of loop(steps, *share), at best; each share has a thread."""
    steps = 1
    with concurrent.futures.ThreadPoolExecutor(len(shares)) as pool:
        while True:
            times = []
            for _ in range(TRIES):
                start = time.perf_counter()
                list(pool.map(lambda share, steps=steps: loop(steps, *share), shares))
                times.append(time.perf_counter() - start)
            if min(times) >= LASTING:
                return min(times) / steps
            steps *= 4


@functools.cache
def moves():
    """Return a loop that reads one array and writes another, in the widest vectors."""
    import numpy as np
    from numba import njit, types
    from numba.core import cgutils
    from numba.extending import intrinsic

    from convlib.fast.vectors import INT64, Lanes, pointer

    @intrinsic
    def emitted(typingctx, read, read_count, written, written_count):
        def codegen(context, builder, signature, arguments):
            read, read_count, written, written_count = arguments
            lanes = Lanes(builder, types.float32)
            width = INT64(lanes.count)
            zero = lanes.constant(0)
            sums = [cgutils.alloca_once_value(builder, zero) for _ in range(4)]
            with cgutils.for_range(builder, builder.sdiv(read_count, INT64(4 * lanes.count))) as at:
                first = builder.mul(at.index, INT64(4 * lanes.count))
                for k, place in enumerate(sums):
                    value = lanes.load(read, builder.add(first, INT64(k * lanes.count)))
                    builder.store(builder.fadd(builder.load(place), value), place)
            total = zero
            for place in sums:
                total = builder.fadd(total, builder.load(place))
            with cgutils.for_range(builder, builder.sdiv(written_count, width)) as at:
                lanes.store(total, written, builder.mul(at.index, width))
            return context.get_dummy_value()

        n = types.intp
        return types.void(read, n, written, n), codegen

    @njit(nogil=True)
    def loop(steps, read, written):
        for _ in range(steps):
            emitted(pointer(read), read.size, pointer(written), written.size)

    loop(1, np.ones(64, np.float32), np.ones(64, np.float32))
    return loop


@functools.cache
def multiply_adds():
    """Return a loop of multiply-adds on vectors, and the floating-point operations of a step."""
    from numba import njit, types
    from numba.core import cgutils
    from numba.extending import intrinsic

    from convlib.fast.machine import VECTOR_BYTES
    from convlib.fast.vectors import INT64, Lanes

    # Independent sums: as many as every machine has registers for.
    sums, inner = 12, 1000

    @intrinsic
    def emitted(typingctx, steps):
        def codegen(context, builder, signature, arguments):
            lanes = Lanes(builder, types.float32)
            factor = lanes.spread(builder.sitofp(arguments[0], lanes.scalar))
            places = [cgutils.alloca_once_value(builder, factor) for _ in range(sums)]
            with cgutils.for_range(builder, builder.mul(arguments[0], INT64(inner))):
                for place in places:
                    product = lanes.multiply_add(factor, factor, builder.load(place))
                    builder.store(product, place)
            total = lanes.constant(0)
            for place in places:
                total = builder.fadd(total, builder.load(place))
            return builder.extract_element(total, INT64(0))

        return types.float32(types.int64), codegen

    @njit(nogil=True)
    def loop(steps):
        return emitted(steps)

    loop(1)
    return loop, 2 * sums * inner * VECTOR_BYTES // 4

"""Arrays as the fast kernels see them: one Numba type whatever the layout and the flags."""

import itertools
import threading

import numpy as np

from convlib.fast.machine import LINE

# Each thread keeps this much scratch memory from call to call: fresh memory costs a page fault
# every 4 KiB, which is more than it costs to fill it. For arrays from 4 MiB on, NumPy asks the
# system for huge pages; without them, each of the strides in which the kernels step through the
# scratch would need a page-table lookup. Memory that is never touched is not taken.
HUGE_PAGE = 2 << 20
KEPT_BYTES = 2 * HUGE_PAGE
# Where a thread needs more than it keeps, fewer threads work, so that together they need this.
SCRATCH_BYTES = 32 << 20

_kept = threading.local()


def scratch(bytes_each, threads):
    """Return memory for a call, its address, and how many bytes of it each thread has.

    These are 0 if all threads have enough in what they keep; then it is what this thread keeps.
    """
    if bytes_each <= KEPT_BYTES:
        return *kept(), 0
    each = -(-bytes_each // LINE) * LINE
    buffer = aligned(each * threads, LINE)
    return buffer, address(buffer), each


def kept():
    """Return the KEPT_BYTES that this thread keeps, and their address."""
    pair = getattr(_kept, "pair", None)
    if pair is None:
        buffer = aligned(KEPT_BYTES, HUGE_PAGE)
        pair = _kept.pair = buffer, address(buffer)
    return pair


def places(lengths, dtype):
    """Return where arrays of these lengths begin, one after the other, and their bytes in all.

    In numbers of `dtype`; each begins on a cache line of its own.
    """
    numbers = LINE // dtype.itemsize
    ends = list(itertools.accumulate(-(-n // numbers) * numbers for n in lengths))
    return (0, *ends[:-1]), ends[-1] * dtype.itemsize


def aligned(size, alignment):
    """Return `size` bytes that begin at a multiple of `alignment`."""
    buffer = np.empty(size + alignment, np.uint8)
    start = -address(buffer) % alignment
    return buffer[start : start + size]


class _Unlocked:
    """The memory of an array, without its read-only flag."""

    def __init__(self, owner, address, length):
        self.owner = owner
        self.__array_interface__ = {
            "version": 3,
            "data": (address, False),
            "shape": (length,),
            "typestr": owner.dtype.str,
        }


def is_plain(a, dtype):
    """Return whether `a` is of `dtype`, aligned and C-contiguous; it may be read-only."""
    return a.dtype == dtype and a.flags.c_contiguous and a.flags.aligned


def plain(a, dtype):
    """Return `a` C-contiguous, aligned, writable and of `dtype`: one type for Numba.

    Copied only if not :func:`is_plain`. Kernels must not write to it.
    """
    if a.dtype == dtype and a.flags.carray:
        return a
    if not is_plain(a, dtype):
        return np.array(a, dtype, order="C")
    return np.asarray(_Unlocked(a, address(a), a.size)).reshape(a.shape)


def is_flat(a, dtype):
    """Return whether `a` is of `dtype`, aligned, and steps by whole items."""
    steps_whole = not any(s % dtype.itemsize for s in a.strides)
    return a.dtype == dtype and a.flags.aligned and steps_whole


def flat(a, dtype):
    """Return the memory under `a` as one axis, where `a` begins in it, and the strides.

    a[i, j, ...] is memory[first + i strides[0] + j strides[1] + ...]. Copied only if not
    :func:`is_flat`. The result always has the same Numba type, also for a read-only array, so
    that no layout or flag needs its own compilation. Kernels must not write to it.
    """
    size = dtype.itemsize
    if a.dtype == dtype and a.flags.carray:
        return a.reshape(-1), 0, tuple(s // size for s in a.strides)
    if not is_flat(a, dtype):
        a = np.array(a, dtype, order="C")
    strides = tuple(s // size for s in a.strides)
    reach = [(n - 1) * s for n, s in zip(a.shape, strides, strict=True)]
    first = -sum(r for r in reach if r < 0)
    length = first + sum(r for r in reach if r > 0) + 1
    return np.asarray(_Unlocked(a, address(a) - first * size, length)), first, strides


def without_rows(kernel, stride, ends, image, size, strides):
    """Return `image` and output `size`, as one long row where a 1 x 1 kernel sees no rows.

    That needs stride 1, no padding, and rows that follow each other in memory; one long row is
    then copied, or cut into tiles, in larger pieces.
    """
    plain = kernel == stride == (1, 1) and ends == ((0, 0), (0, 0))
    if plain and strides[2] == strides[3] * image[1]:
        image = size = (1, image[0] * image[1])
    return image, size


def address(a):
    """Return the address of the first item of `a`."""
    return a.__array_interface__["data"][0]

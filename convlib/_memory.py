"""Arrays as the fast kernels see them: one Numba type whatever the layout and the flags."""

import numpy as np


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


def flat(a, dtype):
    """Return the memory under `a` as one axis, where `a` begins in it, and the strides.

    a[i, j, ...] is memory[first + i strides[0] + j strides[1] + ...]. Nothing is copied, unless
    `a` has another dtype or byte order, is unaligned, or steps by fractions of its items. The
    result always has the same Numba type, also for a read-only array, so that no layout
    and no flag means a compilation of its own. Kernels must not write to it.
    """
    size = dtype.itemsize
    if a.dtype != dtype or not a.dtype.isnative or any(s % size for s in a.strides):
        a = np.ascontiguousarray(a, dtype)
    elif not a.flags.aligned:
        a = a.copy()
    strides = tuple(s // size for s in a.strides)
    reach = [(n - 1) * s for n, s in zip(a.shape, strides, strict=True)]
    first = -sum(r for r in reach if r < 0)
    length = first + sum(r for r in reach if r > 0) + 1
    address = a.__array_interface__["data"][0] - first * size
    return np.asarray(_Unlocked(a, address, length)), first, strides

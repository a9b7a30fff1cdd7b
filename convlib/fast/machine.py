"""What the fast paths know of the machine: its registers, its caches, and the tile that follows.

The numbers of registers and caches decide how a layer is cut, never what comes out: each output's
products are added in the same order whatever the tile.
"""

import pathlib
import platform

from numba import config
from numba.core.codegen import get_host_cpu_features

# What Numba compiles for, not what this machine has: a reader may ask for less, and a cache of
# kernels for "generic" machines may come from a different machine.
_FEATURES = get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES
# Bytes of one vector register, and the number of them: x86 has 16 before AVX-512 and 32 since,
# as 64-bit ARM has.
VECTOR_BYTES = 64 if "+avx512vl" in _FEATURES else 32 if "+avx" in _FEATURES.split(",") else 16
REGISTERS = 32 if VECTOR_BYTES == 64 or platform.machine() in ("aarch64", "arm64", "ARM64") else 16

# Bytes of a cache line.
LINE = 64
# A multiply-add takes 4 cycles, 5 on some processors, and two begin in each: with fewer sums
# than this in flight the multipliers wait.
IN_FLIGHT = 10
# More vectors than this in one row only make code.
MOST_VECTORS = 6


def tile(registers, vector_bytes):
    """Return the rows and the vectors of the register block of a matrix product.

    A block of r rows and v vectors keeps r v sums in registers. Each step reads v vectors of one
    matrix and r factors of the other for r v multiply-adds. The rule: of the blocks

    - that fit, with two factors, so that one can be read while the other is in use:
      r v + v + 2 <= `registers`;
    - with at least IN_FLIGHT sums;
    - with an even number of rows, because numbers of channels are even,

    the one with the most multiply-adds for each cache line read, r v / (r + v (1 + share)): a
    vector touches two lines in as large a share of places as it is of a line. If several have the
    most, the one with most rows. The caches do not matter here: what a step reads is a small part
    of the smallest.

    >>> tile(16, 32), tile(32, 64), tile(32, 16)
    ((6, 2), (8, 3), (6, 4))
    """
    fitting = [
        (rows, vectors)
        for vectors in range(1, MOST_VECTORS + 1)
        for rows in range(2, registers, 2)
        if rows * vectors + vectors + 2 <= registers and rows * vectors >= IN_FLIGHT
    ]
    lines = 1 + vector_bytes / LINE
    return max(fitting, key=lambda rv: (rv[0] * rv[1] / (rv[0] + rv[1] * lines), rv[0]))


def widest(registers, vector_bytes):
    """Return the most vectors of a block for each number of rows that blocks may have.

    Where fewer rows are left than a whole block has, blocks of 4, 2 and 1 take over. They may use
    every register, with a single factor.

    >>> widest(16, 32)
    {6: 2, 4: 3, 2: 5, 1: 6}
    >>> widest(32, 64)
    {8: 3, 4: 6, 2: 6, 1: 6}
    """
    rows, vectors = tile(registers, vector_bytes)
    few = {r: min((registers - 1) // (r + 1), MOST_VECTORS) for r in (4, 2, 1)}
    return {rows: vectors, **few}


# Where the system does not tell, what the smaller of today's processors have.
USUAL_CACHES = {1: 32 << 10, 2: 512 << 10}
# A tile need not be larger, and a cache that is larger is shared by several cores.
MOST_OF_A_CACHE = 2 << 20


def caches(folder="/sys/devices/system/cpu/cpu0/cache"):
    """Return the bytes of one core's data caches, level by level.

    Linux tells them in files; elsewhere, and where these are missing or odd, they are USUAL_CACHES.
    """
    found = dict(USUAL_CACHES)
    for index in pathlib.Path(folder).glob("index*"):
        try:
            level, kind, size = (
                (index / name).read_text().strip() for name in ("level", "type", "size")
            )
            if kind != "Instruction" and size.endswith("K") and int(level) in found:
                found[int(level)] = min(int(size[:-1]) << 10, MOST_OF_A_CACHE)
        except (OSError, ValueError):
            continue
    return {level: size or USUAL_CACHES[level] for level, size in found.items()}


_CACHES = caches()
# What one thread's tile may take: half, because code, other arrays and other threads need some.
L1_BYTES, L2_BYTES = _CACHES[1] // 2, _CACHES[2] // 2

"""What helpers ask of the system: to sleep and wake, and to be on a processor of their own.

Linux only, called without the interpreter. Elsewhere the functions do nothing, and nothing calls
them: see :mod:`convlib.fast.helpers`.
"""

import ctypes
import os
import platform
import sys

from numba import types

from convlib.fast.native import WORDS, address_of, inner, look, words_at

# The numbers of the system call `futex`.
_FUTEX = {"x86_64": 202, "aarch64": 98}.get(platform.machine(), 0)
NATIVE = sys.platform == "linux" and _FUTEX != 0

# The words of a set of processors, a bit each: as many as Linux' own type has.
SET_WORDS = 16
# FUTEX_WAIT and FUTEX_WAKE, of words that no other process knows; CLOCK_MONOTONIC; RUSAGE_THREAD;
# where the number of involuntary context switches stands in the 18 words of a `struct rusage`.
_WAIT, _WAKE, _MONOTONIC, _THREAD, _SWITCHES = 128, 129, 1, 1, 17

if NATIVE:
    _n = types.int64
    _syscall = types.ExternalFunction("syscall", _n(_n, WORDS, _n, _n, _n, _n, _n))
    _getcpu = types.ExternalFunction("sched_getcpu", types.int32())
    _get = types.ExternalFunction("sched_getaffinity", types.int32(types.int32, _n, WORDS))
    _set = types.ExternalFunction("sched_setaffinity", types.int32(types.int32, _n, WORDS))
    _getrusage = types.ExternalFunction("getrusage", types.int32(types.int32, WORDS))
    _clock = types.ExternalFunction("clock_gettime", types.int32(types.int32, WORDS))
    # Sleeps for as many microseconds.
    rest = types.ExternalFunction("usleep", types.int32(types.uint32))

    @inner
    def sleep_while(word, number):
        """Sleep until woken, or not at all if the lower half of a word is not as expected."""
        _syscall(_FUTEX, word, _WAIT, number & 0xFFFFFFFF, 0, 0, 0)

    @inner
    def wake(word, count):
        """Wake as many threads that sleep on a word."""
        _syscall(_FUTEX, word, _WAKE, count, 0, 0, 0)

    @inner
    def nanoseconds(spare):
        """Return the time since some moment. Overwrites 2 words."""
        _clock(_MONOTONIC, spare)
        return spare[0] * 1_000_000_000 + spare[1]

    @inner
    def processor():
        """Return the number of the processor that runs this thread; -1 if not known."""
        number = _getcpu()
        return number if number < 64 * SET_WORDS else -1

    @inner
    def processors(spare):
        """Return how many processors this thread may use; 0 if not known. Overwrites SET_WORDS."""
        for k in range(SET_WORDS):
            spare[k] = 0
        if _get(0, 8 * SET_WORDS, spare) != 0:
            return 0
        count = 0
        for k in range(SET_WORDS):
            left = spare[k]
            while left != 0:
                left &= left - 1
                count += 1
        return count

    @inner
    def keep_off(taken, spare):
        """Keep this thread off the processors in the set `taken`; return False if it has no other.

        Leaves 2 sets in `spare`, for :func:`come_back`.
        """
        if processors(spare) == 0:
            return False
        some = 0
        for k in range(SET_WORDS):
            spare[SET_WORDS + k] = spare[k] & ~look(taken, k)
            some |= spare[SET_WORDS + k]
        return some != 0 and _set(0, 8 * SET_WORDS, words_at(address_of(spare, SET_WORDS))) == 0

    @inner
    def come_back(spare):
        """Let this thread use again what it could before; unless somebody has bound it since.

        Overwrites the third set in `spare`.
        """
        now = words_at(address_of(spare, 2 * SET_WORDS))
        processors(now)
        for k in range(SET_WORDS):
            if now[k] != spare[SET_WORDS + k]:
                return
        _set(0, 8 * SET_WORDS, spare)

    @inner
    def times_displaced(spare):
        """Return how often this thread lost its processor to another. Overwrites 18 words."""
        _getrusage(_THREAD, spare)
        return spare[_SWITCHES]

else:

    @inner
    def _nothing(*ignored):
        """Stand in for what this system has not, or calls by another name."""
        return 0

    sleep_while = wake = rest = nanoseconds = _nothing
    processor = processors = keep_off = come_back = times_displaced = _nothing


def has_company():
    """Return whether this thread may use several processors, as far as the system tells."""
    return not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) > 1


def wake_all(address):
    """Wake all threads that sleep on the word at an address; for the interpreter."""
    ctypes.CDLL(None).syscall(_FUTEX, ctypes.c_void_p(address), _WAKE, 2**31 - 1, None, None, 0)

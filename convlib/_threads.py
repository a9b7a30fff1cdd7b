"""Sharing the work of one call between this thread and a few helpers.

The helpers are ordinary Python threads; the kernels release the GIL, and take the numbers of
their items of work from one counter, so that a thread whose processor is busy with something
else takes fewer. Numba's own `prange`
is not used: its default threading layer ends the process when two threads enter it at once, and
its helpers do not survive a fork. Here any number of threads may call at once, and a forked
child makes helpers of its own.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
from numba import config, njit, types
from numba.extending import intrinsic

from convlib._vectors import pointer

# As many threads as Numba would use: the processors that this process may run on, or what
# NUMBA_NUM_THREADS says.
THREADS = 1 if config.DISABLE_JIT else config.NUMBA_NUM_THREADS

# How often to look whether the helpers are done before going to sleep, which takes longer than
# most of them need: about a tenth of a millisecond.
LOOKS = 20_000

_lock = Lock()
_helpers = None


def run(work, count, parallel=True):
    """Let this thread and helpers call `work(counters)` until `count` items are done.

    counters is an array (next item, items done): `work` calls `add(..., 1)` on the first for the
    number of an item, until that is `count`, and on the second for each item it has done.
    """
    counters = np.zeros(2, np.int64)
    futures = []
    if parallel and count > 1 and THREADS > 1:
        futures = _submit(min(THREADS, count) - 1, work, counters)
    try:
        work(counters)
        if not futures or _wait(counters, count):
            return
    finally:
        # What a helper has begun must end before the caller may use, or drop, the arrays. After
        # an exception or a keyboard interrupt nobody begins anything new.
        if counters[1] < count:
            counters[0] = count
            for future in futures:
                if not future.cancel():
                    future.result()


def _add(counter, number):
    """Add to the number at an address; return what it was. No two threads get the same."""
    old = counter[0]
    counter[0] += number
    return old


@intrinsic
def _add_atomically(typingctx, counter, number):
    """Emit the machine code of :func:`_add`."""

    def codegen(context, builder, signature, arguments):
        return builder.atomic_rmw("add", *arguments, "seq_cst")

    return types.int64(counter, types.int64), codegen


add = _add if config.DISABLE_JIT else _add_atomically


@njit(cache=True, nogil=True)
def _wait(counters, count):
    """Look at the number of items done for a while; return whether it reached `count`."""
    done = pointer(counters[1:])
    for _ in range(LOOKS):
        if add(done, 0) >= count:
            return True
    return False


def _submit(count, work, counters):
    """Ask `count` helpers to work; none if no thread can be started."""
    global _helpers
    with _lock:
        try:
            if _helpers is None:
                _helpers = ThreadPoolExecutor(THREADS - 1, thread_name_prefix="convlib")
            return [_helpers.submit(work, counters) for _ in range(count)]
        except RuntimeError:
            # No more threads, or the interpreter is shutting down: the caller does it all.
            return []


def _forget_helpers():
    """Forget the parent's helpers in a forked child: threads do not live through a fork."""
    global _helpers, _lock
    _helpers, _lock = None, Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_helpers)

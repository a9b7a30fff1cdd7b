"""Sharing the work of one call between this thread and a few helpers.

The helpers are ordinary Python threads, and the kernels release the GIL. Numba's own `prange`
is not used: its default threading layer ends the process when two threads enter it at once, and
its helpers do not survive a fork. Here any number of threads may call at once, and a forked
child makes helpers of its own.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from numba import config

# As many threads as Numba would use: the processors that this process may run on, or what
# NUMBA_NUM_THREADS says.
THREADS = config.NUMBA_NUM_THREADS

_lock = Lock()
_helpers = None


def run(work, items, parallel=True):
    """Share `items` between this thread and helpers; each calls `work` on an iterator of its part.

    Returns when all are done. Nobody's part is fixed beforehand: when a processor is busy with
    something else, the other threads take more of the items.
    """
    waiting = iter(items)
    if not parallel or len(items) < 2 or THREADS < 2:
        work(waiting)
        return
    futures = _submit(min(THREADS, len(items)) - 1, work, waiting)
    try:
        work(waiting)
    finally:
        # What a helper has begun must end before the caller may use, or drop, the arrays. After
        # an exception or a keyboard interrupt nobody begins anything new.
        for _ in waiting:
            pass
        for future in futures:
            if not future.cancel():
                future.result()


def _submit(count, work, waiting):
    """Ask `count` helpers to drain `waiting`; fewer, or none, if no thread can be started."""
    global _helpers
    with _lock:
        try:
            if _helpers is None:
                _helpers = ThreadPoolExecutor(THREADS - 1, thread_name_prefix="convlib")
            return [_helpers.submit(work, waiting) for _ in range(count)]
        except RuntimeError:
            # No more threads, or the interpreter is shutting down: the caller does it all.
            return []


def _forget_helpers():
    """Forget the parent's helpers in a forked child: threads do not live through a fork."""
    global _helpers, _lock
    _helpers, _lock = None, Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_helpers)

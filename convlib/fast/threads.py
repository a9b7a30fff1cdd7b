"""Sharing the work of one call between this thread and a few helpers.

The helpers are ordinary Python threads. The kernels release the GIL and take the numbers of their
items of work from one counter, so that a thread whose processor is busy with something else takes
fewer. Numba's own `prange` is not used: its default threading layer ends the process when two
threads enter it at once, and its helpers do not survive a fork. Here any number of threads may
call at once, and a forked child makes its own helpers.
"""

import os
import threading
from queue import SimpleQueue

import numpy as np
from numba import config, njit, types
from numba.extending import intrinsic

from convlib.fast.array_memory import KEPT_BYTES, SCRATCH_BYTES
from convlib.fast.vectors import pointer

# As many threads as Numba would use: the processors that this process may run on, or what
# NUMBA_NUM_THREADS says.
THREADS = 1 if config.DISABLE_JIT else config.NUMBA_NUM_THREADS

# How often to check whether the helpers are done before going to sleep, which takes longer than
# most of them need: about a tenth of a millisecond.
LOOKS = 20_000

# A helper that has nothing left to do still holds the arrays until it gets the interpreter, which
# happens in the caller's next call. So large results would alternate between two places in memory,
# which the system takes back and gives out anew, page by page: for 3 MB that took as long as half
# of the convolution. From this many bytes on the caller waits for the helpers (about 10 us).
LARGE_BYTES = 512 << 10

# Jobs for the helpers to take, and whether there are helpers; each process has its own.
_lock = threading.Lock()
_jobs = None


class _Job:
    """The work of one call, which several threads share."""

    def __init__(self, work, count):
        self.work = work
        self.counters = np.zeros(2, np.int64)
        self.count = count
        self.begun = []
        self.ended = SimpleQueue()
        self.error = None

    def help(self):
        """Work until no item is left; for a helper."""
        # `close` either sees that this helper has begun, or this helper finds no work.
        self.begun.append(None)
        work = self.work
        try:
            if work is not None:
                work(self.counters)
        except BaseException as error:
            self.error = error
        finally:
            # When a helper has ended, it must no longer hold the arrays.
            del work
            self.ended.put(None)

    def close(self):
        """Let no thread begin another item; return when no helper uses the job's arrays."""
        self.counters[0] = self.count
        for _ in self.begun:
            self.ended.get()


def run(work, count, result_bytes, scratch_bytes, parallel=True):
    """Let this thread and helpers call `work(counters)` until `count` items are done.

    counters is an array (next item, items done): `work` asks `next_item(counters, ...)` for the
    number of an item to work on, until that is `count` or more.
    `result_bytes` is the size of what they write, `scratch_bytes` of each thread's scratch memory.
    """
    job = _Job(work, count)
    if parallel and count > 1 and THREADS > 1:
        threads = min(THREADS, count)
        if scratch_bytes > KEPT_BYTES:
            threads = min(threads, max(SCRATCH_BYTES // scratch_bytes, 1))
        _ask_helpers(job, threads - 1)
    try:
        work(job.counters)
        if job.begun:
            _wait(job.counters, count)
    finally:
        # Its helpers may never start: the job must not keep the arrays.
        job.work = None
        # What a helper has begun must end before the caller may use or drop the arrays, even
        # after an exception or a keyboard interrupt.
        if job.counters[1] < count or result_bytes >= LARGE_BYTES:
            job.close()
    if job.counters[1] < count:
        raise job.error


def _add(counter, number):
    """Add to the number at an address, atomically; return what it was before."""
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
def next_item(counters, done):
    """Return the number of the next item; `done` says that the caller has finished one."""
    if done:
        add(pointer(counters[1:]), 1)
    return add(pointer(counters), 1)


@njit(cache=True, nogil=True)
def _wait(counters, count):
    """Check for a while whether all items are done."""
    done = pointer(counters[1:])
    for _ in range(LOOKS):
        if add(done, 0) >= count:
            return


@njit(cache=True, nogil=True)
def same(a, b, count):
    """Return whether the first `count` numbers at two addresses agree."""
    for k in range(count):
        if a[k] != b[k]:
            return False
    return True


def _ask_helpers(job, count):
    """Ask `count` helpers to work; if no thread can be started, the caller does it all."""
    global _jobs
    jobs = _jobs
    if jobs is None:
        with _lock:
            if _jobs is None:
                _jobs = _start_helpers()
            jobs = _jobs
    if jobs is not None:
        for _ in range(count):
            jobs.put(job)


def _start_helpers():
    """Start as many helpers as the system allows; return the queue that they take jobs from.

    They are daemons: the interpreter does not wait for them at exit.
    """
    jobs = SimpleQueue()
    started = None
    try:
        for k in range(THREADS - 1):
            name = f"convlib-{k}"
            threading.Thread(target=_help, args=(jobs,), name=name, daemon=True).start()
            started = jobs
    except RuntimeError:
        # No more threads are allowed, or the interpreter is shutting down.
        pass
    return started


def _help(jobs):
    """Take jobs forever."""
    while True:
        jobs.get().help()


def _forget_helpers():
    """Forget the parent's helpers in a forked child: threads do not survive a fork."""
    global _jobs, _lock
    _jobs, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_helpers)

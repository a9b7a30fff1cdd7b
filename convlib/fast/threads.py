"""Sharing the work of one call between this thread and a few helpers.

Helpers are threads that stay in one compiled loop (:mod:`convlib.fast.helpers`). They take the
numbers of their pieces of work from one counter, so that a thread whose processor is busy with
something else takes fewer. Any number of threads may call at once, a forked child makes its own
helpers, and idle helpers sleep. On other systems than Linux, or where its processor is neither
x86-64 nor 64-bit ARM, they sleep in the interpreter: each call that finds them asleep then begins
alone, until they get the interpreter's lock.

Numba's own `prange` is not used: its default threading layer ends the process when two threads
enter it at once, and its helpers do not survive a fork.

A way to convolve has a function for its pieces, and an entry through which it is handed over::

    @njit(cache=True, nogil=True)
    def _convolve(job, *arguments):
        threads.share(job, *threads.handed(_work, arguments))

    @njit(cache=True, nogil=True)
    def _work(turn, x, ...):
        scratch = threads.scratch(turn, 0, length, x)
        i = threads.next_piece(turn)
        while i < count: ...
"""

import atexit
import os
import threading
import time

import numpy as np
from numba import config

from convlib.fast import array_memory, helpers, native, system

# As many threads as Numba would use: the processors that this process may run on, or what
# NUMBA_NUM_THREADS says.
THREADS = 1 if config.DISABLE_JIT else config.NUMBA_NUM_THREADS

handed = native.handed


class Team:
    """Helpers, the words that they and the calls share, and what wakes them where not native."""

    def __init__(self, size, sleeps_natively=system.NATIVE):
        """Start `size` helpers, or as many as the system allows."""
        self.sleeps_natively = sleeps_natively
        # As many calls at once as there are threads; more than that would gain nothing.
        slots = size + 1
        words = helpers.TEAM_WORDS + slots * helpers.JOB_WORDS
        self.words = array_memory.aligned(8 * words, 64).view(np.int64)
        self.words[:] = 0
        self.words[[helpers.NATIVE, helpers.SLOTS]] = sleeps_natively, slots
        # Until they are in the loop.
        self.words[helpers.ASLEEP] = size
        self.address = array_memory.address(self.words)
        self.called = threading.Event()
        self.threads = []
        try:
            for k in range(size):
                # They are daemons: the interpreter does not wait for them at exit.
                thread = threading.Thread(target=self._help, name=f"convlib-{k}", daemon=True)
                thread.start()
                self.threads.append(thread)
        except RuntimeError:
            # No more threads are allowed, or the interpreter is shutting down.
            pass

    def _help(self):
        """Be a helper."""
        _, begin = array_memory.kept()
        words = np.zeros(helpers.OWN_WORDS, np.int64)
        own = self.address, begin, array_memory.address(words)
        while not helpers.live(*own):
            self.called.wait()
            self.called.clear()

    def asleep(self):
        """Return how many helpers sleep."""
        return int(self.words[helpers.ASLEEP])

    def stop(self, seconds=1.0):
        """End the helpers, who first finish what they have begun; wait for them, but not longer."""
        self.words[helpers.STOP] = 1
        # Whatever number a helper has seen, and however many calls begin meanwhile.
        self.words[helpers.EPOCH] += 1 << 20
        end = time.monotonic() + seconds
        for thread in self.threads:
            while thread.is_alive() and time.monotonic() < end:
                # Again and again: where they wait in the interpreter, one may miss it.
                self.called.set()
                if self.sleeps_natively:
                    system.wake_all(self.address)
                thread.join(0.01)


# Each process has its own.
_lock = threading.Lock()
_team = None


def run(entry, count, bytes_each, parallel, *arguments):
    """Let this thread and helpers work on `count` pieces; return when all are done.

    `entry` is compiled as shown above and called with a job and `arguments`; the function that it
    hands over asks :func:`next_piece` for the number of a piece until that is `count` or more.
    `bytes_each` is the size of the scratch memory of each thread. What a piece raises, in whichever
    thread, is raised here.
    """
    wanted = 0
    if parallel and count > 1 and THREADS > 1:
        wanted = min(THREADS, count) - 1
        if bytes_each > array_memory.KEPT_BYTES:
            wanted = min(wanted, max(array_memory.SCRATCH_BYTES // bytes_each, 1) - 1)
    team = _get_team() if wanted else None
    if team is None:
        wanted = 0
    memory, begin, each = array_memory.scratch(bytes_each, wanted + 1)
    job = np.zeros(helpers.JOB_WORDS, np.int64)
    job[helpers.COUNT : helpers.CODE] = count, wanted, begin, each, team.address if team else 0
    if team and not team.sleeps_natively and team.asleep():
        team.called.set()
    entry(job, *arguments)
    # The job knows only the address.
    del memory


def _get_team():
    """Return this process' team, or None for a thread that is bound to one processor.

    Helpers may use the processors that the thread may use which starts them.
    """
    global _team
    if _team is None and system.has_company():
        with _lock:
            if _team is None:
                _team = Team(THREADS - 1)
    return _team


def _share_alone(job, work, arguments):
    """Do all pieces in this thread, when Numba is disabled."""
    work((job, None), *arguments)


share = _share_alone if config.DISABLE_JIT else helpers.share


@native.inner
def next_piece(turn):
    """Return the number of the next piece of work, for the thread whose turn it is."""
    return native.add(native.words_at(turn[0]), helpers.NEXT, 1)


def _scratch_alone(turn, begin, length, like):
    return np.empty(length, like.dtype)


@native.inner
def _scratch_at(turn, begin, length, like):
    """Return `length` numbers of this thread's scratch memory, of the dtype of the array `like`.

    They begin `begin` numbers after the memory's first.
    """
    return native.array_at(turn[1] + begin * like.itemsize, length, like)


scratch = _scratch_alone if config.DISABLE_JIT else _scratch_at


@native.inner
def same(a, b, count):
    """Return whether the first `count` numbers at two addresses agree."""
    for k in range(count):
        if a[k] != b[k]:
            return False
    return True


def _forget_team():
    """Forget the parent's helpers in a forked child: threads do not survive a fork."""
    global _team, _lock
    _team, _lock = None, threading.Lock()


@atexit.register
def _stop_team():
    if _team is not None:
        _team.stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_team)

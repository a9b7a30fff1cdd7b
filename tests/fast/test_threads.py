"""Helpers share the work of calls, change nothing about the results, and sleep in between."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from numba import config, njit

import convlib
from convlib.fast import helpers, im2col, shifted_plan, system, threads

ROOT = Path(convlib.__file__).parents[1]
compiled_only = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="one thread when interpreted")
linux_only = pytest.mark.skipif(not system.NATIVE, reason="about what helpers do on Linux")
RNG = np.random.default_rng(5)
# A layer that each way computes in pieces, and one whose scratch memory is larger than what a
# thread keeps.
LAYERS = {
    "depthwise": ((2, 24, 40, 33), (24, 1, 3, 3), {"groups": 24, "padding": 1}),
    "im2col": ((1, 64, 40, 33), (48, 64, 1, 1), {}),
    "shifted": ((1, 16, 40, 33), (48, 16, 3, 3), {"padding": 1, "stride": 2}),
    "winograd": ((1, 16, 40, 33), (48, 16, 3, 3), {"padding": 1}),
    "large": ((1, 2000, 28, 28), (8, 2000, 3, 3), {"padding": 1}),
}


@njit(nogil=True)
def _entry(job, *arguments):
    threads.share(job, *threads.handed(_count, arguments))


@njit(nogil=True)
def _count(turn, done, wrong, spins, room):
    """Count how often each piece is done, slowly, and raise at the piece `wrong`."""
    noise = threads.scratch(turn, room[0], room[1], done)
    i = threads.next_piece(turn)
    while i < len(done):
        if i == wrong:
            raise ValueError("this piece is wrong")
        for k in range(spins):
            noise[k % 8] += k
        done[i] += 1
        i = threads.next_piece(turn)


def count(pieces, wrong=-1, spins=3000):
    """Let threads count `pieces` pieces; return how often each was done."""
    done = np.zeros(pieces)
    threads.run(_entry, pieces, 64, True, done, wrong, spins, (0, 8))
    return done


@pytest.fixture
def team(monkeypatch):
    """Return a function that makes a team for some threads, and lets all calls use it."""
    teams = []

    def make(count, **keywords):
        monkeypatch.setattr(threads, "THREADS", count)
        monkeypatch.setattr(threads, "_team", threads.Team(count - 1, **keywords))
        for cache in (im2col._items, shifted_plan.plan):
            cache.cache_clear()
        teams.append(threads._team)
        return threads._team

    yield make
    for each in teams:
        each.stop(seconds=30)
        assert not any(thread.is_alive() for thread in each.threads)
    for cache in (im2col._items, shifted_plan.plan):
        cache.cache_clear()


def eventually(condition, seconds=20):
    """Return whether a condition comes true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


@compiled_only
@pytest.mark.parametrize("native", [system.NATIVE, False])
@pytest.mark.parametrize("layer", LAYERS)
def test_results_do_not_depend_on_the_number_of_threads(team, layer, native):
    shape, weight_shape, keywords = LAYERS[layer]
    x, w = (RNG.standard_normal(each).astype(np.float32) for each in (shape, weight_shape))
    results = set()
    for size in (1, 2, 3, len(os.sched_getaffinity(0)) + 5 if system.NATIVE else 9):
        team(size, sleeps_natively=native)
        algorithm = "shifted" if layer == "large" else layer
        for _ in range(5):
            results.add(convlib.conv2d(x, w, algorithm=algorithm, **keywords).tobytes())
    assert len(results) == 1


@compiled_only
@pytest.mark.parametrize("native", [system.NATIVE, False])
def test_every_piece_is_done_once(team, native):
    team(4, sleeps_natively=native)
    for pieces in (1, 2, 3, 50, 1000):
        for _ in range(20):
            np.testing.assert_array_equal(count(pieces, spins=100), 1)


@compiled_only
@pytest.mark.parametrize("native", [system.NATIVE, False])
def test_more_callers_than_the_team_has_places_for(team, native):
    team(3, sleeps_natively=native)
    wrong = []

    def call():
        for pieces in range(1, 60):
            done = count(pieces, spins=200)
            if not (done == 1).all():
                wrong.append(done)

    callers = [threading.Thread(target=call) for _ in range(9)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong


@compiled_only
@pytest.mark.parametrize("native", [system.NATIVE, False])
def test_helpers_do_help(team, native):
    """Sooner or later one comes in time for its ticket, wherever the system lets it run."""
    two = team(2, sleeps_natively=native)
    if native and len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor has no room for helpers")

    def helped():
        count(64, spins=100_000)
        return two.words[helpers.TEAM_WORDS + helpers.TICKET] > 1

    assert eventually(helped)


@compiled_only
@pytest.mark.parametrize("size", [1, 4])
def test_what_a_piece_raises_is_raised_by_the_call(team, size):
    team(size)
    for wrong in range(40):
        with pytest.raises(ValueError, match="this piece is wrong"):
            count(40, wrong)
    np.testing.assert_array_equal(count(40), 1)


@compiled_only
@pytest.mark.parametrize("native", [system.NATIVE, False])
def test_idle_helpers_sleep(team, native):
    four = team(4, sleeps_natively=native)
    for _ in range(3):
        count(50)
        assert eventually(lambda: four.asleep() == 3)


@compiled_only
@linux_only
def test_sleeping_helpers_take_no_processor_time(team):
    four = team(4)
    count(50)
    assert eventually(lambda: four.asleep() == 3)

    def ticks():
        lines = [
            Path(f"/proc/self/task/{thread.native_id}/stat").read_text().rsplit(")", 1)[1].split()
            for thread in four.threads
        ]
        return sum(int(line[11]) + int(line[12]) for line in lines)

    before = ticks()
    time.sleep(0.3)
    assert ticks() == before


@compiled_only
def test_stopped_helpers_are_not_missed(team):
    team(3).stop(seconds=30)
    np.testing.assert_array_equal(count(50), 1)


def succeeds(code, **environment):
    """Assert that Python runs `code`, which prints 'done' last, to its end."""
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_NUM_THREADS": "4", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout[-5:], ran.stderr) == (0, "done\n", "")


@compiled_only
@linux_only
def test_a_process_bound_to_one_processor_works_alone():
    succeeds("""
        import os
        every = os.sched_getaffinity(0)
        first = {min(every)}
        import numpy as np, convlib
        from convlib.fast import helpers, threads
        x, w = np.ones((1, 32, 40, 40), np.float32), np.ones((32, 32, 3, 3), np.float32)
        os.sched_setaffinity(0, first)
        assert (convlib.conv2d(x, w) == 288).all()
        assert threads._team is None
        os.sched_setaffinity(0, every)
        if len(every) > 1:
            assert (convlib.conv2d(x, w) == 288).all()
            epoch = threads._team.words[helpers.EPOCH]
            assert epoch > 0
            os.sched_setaffinity(0, first)
            for _ in range(20):
                assert (convlib.conv2d(x, w) == 288).all()
            assert threads._team.words[helpers.EPOCH] == epoch
        print("done")
    """)


@compiled_only
@pytest.mark.parametrize("native", [system.NATIVE, False])
def test_the_interpreter_ends_while_helpers_look_or_work(native):
    succeeds(f"""
        import threading
        import numpy as np, convlib
        from convlib.fast import threads
        threads._team = threads.Team(3, sleeps_natively={native})
        x, w = np.ones((1, 64, 90, 90), np.float32), np.ones((64, 64, 3, 3), np.float32)
        assert (convlib.conv2d(x, w) == 576).all()
        def call():
            while True:
                convlib.conv2d(x, w)
        for _ in range(2):
            threading.Thread(target=call, daemon=True).start()
        convlib.conv2d(x, w)
        print("done")
    """)


@compiled_only
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("native", [system.NATIVE, False])
def test_a_forked_child_makes_its_own_helpers(native):
    succeeds(f"""
        import os, warnings
        import numpy as np, convlib
        from convlib.fast import threads
        warnings.simplefilter("ignore")
        threads._team = threads.Team(3, sleeps_natively={native})
        x, w = np.ones((1, 32, 40, 40), np.float32), np.ones((32, 32, 3, 3), np.float32)
        for _ in range(5):
            convlib.conv2d(x, w)
            child = os.fork()
            if child == 0:
                assert threads._team is None
                for _ in range(20):
                    assert (convlib.conv2d(x, w) == 288).all()
                assert len(threads._team.threads) == 3
                os._exit(0)
            assert (convlib.conv2d(x, w) == 288).all()
            assert os.waitpid(child, 0)[1] == 0
        print("done")
    """)


@pytest.mark.slow
@compiled_only
def test_a_system_that_is_not_known(tmp_path):
    """None of Linux' own calls is compiled there; helpers wait in the interpreter."""
    succeeds(
        """
        import platform
        platform.machine = lambda: "unknown"
        import numpy as np
        from numba import njit
        from convlib.fast import system, threads
        assert not system.NATIVE
        @njit(nogil=True)
        def entry(job, *arguments):
            threads.share(job, *threads.handed(work, arguments))
        @njit(nogil=True)
        def work(turn, done):
            i = threads.next_piece(turn)
            while i < len(done):
                done[i] += 1
                i = threads.next_piece(turn)
        for _ in range(50):
            done = np.zeros(1000)
            threads.run(entry, 1000, 64, True, done)
            assert (done == 1).all()
        assert not threads._team.sleeps_natively
        print("done")
        """,
        NUMBA_CACHE_DIR=str(tmp_path),
    )

"""It does not break: threads, forks, caches, interrupts and extreme sizes."""

import itertools
import os
import pathlib
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest
from numba import config
from numba.core.registry import CPUDispatcher

import convlib

ROOT = pathlib.Path(convlib.__file__).parents[1]
compiled_only = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="about compiled code")
# A call of each algorithm, large enough to be shared between threads, checked against 'direct'.
CALLS = """
import numpy as np, convlib
rng = np.random.default_rng(0)
x = rng.standard_normal((1, 40, 30, 33)).astype(np.float32)
w = rng.standard_normal((48, 40, 3, 3)).astype(np.float32)
expected = convlib.conv2d(x, w, algorithm="direct")
def check():
    for algorithm in ("shifted", "im2col", "winograd", "auto"):
        got = convlib.conv2d(x, w, algorithm=algorithm)
        np.testing.assert_allclose(got, expected, rtol=0, atol=2e-3)
"""


def _python(code, **environment):
    """Start Python on `code` after CALLS; return the process."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CALLS) + textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _succeeds(process, seconds=120):
    """Wait for a process; assert that it printed 'done' and ended without error."""
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"hangs: {process.communicate()[0]}")
    assert process.returncode == 0, output
    assert output.endswith("done\n"), output


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize("layer", ["default", "workqueue"])
def test_eight_threads_at_once(layer):
    code = """
    import threading
    failures = []
    def work():
        try:
            for _ in range(5):
                check()
        except BaseException as error:
            failures.append(error)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert not failures, failures
    print("done")
    """
    _succeeds(_python(code, NUMBA_THREADING_LAYER=layer, NUMBA_NUM_THREADS="2"))


@compiled_only
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_after_use():
    code = """
    import os, warnings
    warnings.simplefilter("ignore")
    check()
    children = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            try:
                check()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(pid)
    check()
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0
    print("done")
    """
    _succeeds(_python(code, NUMBA_NUM_THREADS="2"))


@compiled_only
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_another_thread_computes():
    code = """
    import os, threading, warnings
    warnings.simplefilter("ignore")
    check()
    stop = threading.Event()
    def busy():
        while not stop.is_set():
            convlib.conv2d(x, w)
    thread = threading.Thread(target=busy)
    thread.start()
    for _ in range(5):
        pid = os.fork()
        if pid == 0:
            try:
                check()
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(pid, 0)[1] == 0
    stop.set()
    thread.join()
    print("done")
    """
    _succeeds(_python(code, NUMBA_NUM_THREADS="2"))


@pytest.mark.slow
@compiled_only
def test_two_processes_fill_a_cold_cache_together(tmp_path):
    """By the fast path that is compiled soonest. Without optimising, less of it would be kept."""
    code = """
    own = np.ascontiguousarray(w[:40, :1])
    got = convlib.conv2d(x, own, groups=40, algorithm="depthwise")
    expected = convlib.conv2d(x, own, groups=40, algorithm="direct")
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-3)
    print("done")
    """
    folder = tmp_path / "missing" / "cache"
    settings = {"NUMBA_CACHE_DIR": str(folder)}
    processes = [_python(code, **settings) for _ in range(2)]
    for process in processes:
        _succeeds(process)
    kept = {path: path.stat().st_mtime_ns for path in folder.rglob("*.nbc")}
    assert len(kept) > 10
    # And it is whole: a third one compiles nothing.
    _succeeds(_python(code, **settings))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.nbc")} == kept


@compiled_only
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_keyboard_interrupts_leave_everything_usable():
    code = """
    import os, signal, threading, time
    check()
    def interrupt():
        for _ in range(20):
            time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    caught = 0
    while True:
        try:
            while thread.is_alive():
                convlib.conv2d(x, w)
            break
        except KeyboardInterrupt:
            caught += 1
    try:
        time.sleep(0.1)
    except KeyboardInterrupt:
        caught += 1
    assert caught
    check()
    print("done")
    """
    _succeeds(_python(code, NUMBA_NUM_THREADS="2"))


@compiled_only
def test_each_kernel_is_compiled_once_a_type():
    """A first call may wait for the compiler; one that differs by its sizes never does."""

    def call_all(size, channels):
        cases = [
            (3, {}),
            (3, {"padding": ((1, 0), (2, 1)), "pad_value": 1}),
            (3, {"stride": 2, "bias": np.zeros(4 * channels)}),
            (2, {"dilation": 2}),
            (1, {}),
            (3, {"groups": channels}),
        ]
        for dtype, (kernel, keywords) in itertools.product((np.float32, np.float64), cases):
            group_in = channels // keywords.get("groups", 1)
            x = np.ones((channels, size, size), dtype)
            w = np.ones((4 * channels, group_in, kernel, kernel), dtype)
            names = ["auto", "direct", "im2col", "shifted"]
            if kernel == 3 and not keywords:
                names.append("winograd")
            for algorithm, image in itertools.product(names, (x, x[:, ::-1], x.transpose(0, 2, 1))):
                convlib.conv2d(image, w, algorithm=algorithm, **keywords)
            if group_in == 1:
                for image in (x, x[:, ::-1]):
                    convlib.conv2d(image, w, algorithm="depthwise", **keywords)

    def signatures():
        # Not the rules beside them: other tests call those with their own types.
        rooms = ("convlib.fast.", "convlib.kernels.plain_loops")
        modules = [m for name, m in sys.modules.items() if name.startswith(rooms)]
        kernels = {k for m in modules for k in vars(m).values() if isinstance(k, CPUDispatcher)}
        own = [k for k in kernels if k.py_func.__module__.startswith(rooms)]
        return {k: tuple(k.signatures) for k in own if k.signatures}

    call_all(40, 3)
    before = signatures()
    call_all(9, 2)
    call_all(67, 4)
    assert signatures() == before
    assert max(len(compiled) for compiled in before.values()) == 2


def test_no_thread_can_be_started(monkeypatch):
    from convlib.fast import threads

    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "_team", None)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    x, w = np.ones((1, 8, 12, 12), np.float32), np.ones((8, 8, 3, 3), np.float32)
    np.testing.assert_array_equal(convlib.conv2d(x, w, algorithm="shifted"), 72)
    monkeypatch.setattr(threads, "_team", None)


@pytest.mark.parametrize("algorithm", ["im2col", "shifted", "winograd"])
def test_a_large_result_is_the_callers_alone(algorithm):
    """No helper holds on to it, so that its memory is free when the caller drops it."""
    x, w = np.ones((1, 32, 96, 96), np.float32), np.ones((32, 32, 3, 3), np.float32)
    counts = [sys.getrefcount(convlib.conv2d(x, w, algorithm=algorithm)) for _ in range(50)]
    assert set(counts) == {sys.getrefcount(convlib.conv2d(x, w, algorithm="direct"))}


@compiled_only
def test_the_scratch_memory_of_a_large_image_is_bounded():
    """conv2d needs its output and a few MiB more, where a padded copy would take 8 MiB."""
    resource = pytest.importorskip("resource", reason="Windows does not tell the peak memory so")
    from convlib.fast import array_memory

    x = np.ones((1, 2, 1024, 1024), np.float32)
    w = np.ones((1, 2, 3, 3), np.float32)
    convlib.conv2d(x[:, :, :64, :64], w, padding=1)
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    got = convlib.conv2d(x, w, padding=1)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit
    assert grown < got.nbytes + 2 * array_memory.KEPT_BYTES + (4 << 20)
    assert got[0, 0, 5, 5] == 18


def test_a_result_too_large_to_address_is_a_value_error():
    x = np.broadcast_to(np.float32(0), (2**31 - 1, 1, 2**10, 2**10))
    w = np.broadcast_to(np.float32(0), (2**20, 1, 1, 1))
    with pytest.raises((ValueError, MemoryError)):
        convlib.conv2d(x, w, padding=2**20)

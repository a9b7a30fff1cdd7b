"""How long the first convolutions of a process take, with a cold and with a warm cache.

Every number but the cold ones is the best of several fresh processes: the time to import numba,
what importing convlib adds to that, and the first conv2d of each algorithm; the first call of a
compiled one-line function is there for comparison. Numba imports SciPy at its first call if it is
installed; the line without SciPy pretends that it is not. The last column is the processor time
of the column before it, which other programs disturb less. At the end: how many compiled kernels
conv2d consists of, whatever the sizes.

    python benchmarks/start_up.py
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time

PROCESSES = 7
ONE_LINE, WITHOUT_SCIPY, COUNT = "one line", "without SciPy", "count"
ALGORITHMS = "direct", "depthwise", "im2col", "shifted", "winograd", "auto"


def timed(function):
    """Return the seconds that a call of `function` takes, in wall-clock and processor time."""
    clock, processor = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - clock, time.process_time() - processor


def first_line(a):
    """Do the least that a compiled function must do, after loading all that Numba needs."""
    return a[0]


def convolve(name, dtype):
    """Call conv2d once."""
    import numpy as np

    import convlib

    groups = 32 if name == "depthwise" else 1
    x, w = np.ones((1, 32, 16, 16), dtype), np.ones((32, 32 // groups, 3, 3), dtype)
    convlib.conv2d(x, w, padding=1, groups=groups, algorithm=name)


def in_a_fresh_process(name):
    """Return the seconds to import numba and convlib, and of the first call by both clocks."""
    if name == WITHOUT_SCIPY:
        sys.modules["scipy"] = None
    numba_s, _ = timed(lambda: importlib.import_module("numba"))
    import numba
    import numpy as np

    if name not in ALGORITHMS:
        compiled = numba.njit(cache=True)(first_line)
        return numba_s, 0.0, *timed(lambda: compiled(np.ones(1, np.float32)))
    convlib_s, _ = timed(lambda: importlib.import_module("convlib"))
    return numba_s, convlib_s, *timed(lambda: convolve(name, np.float32))


def kernels_of_conv2d():
    """Return how many kernels conv2d calls, and how often Numba compiled them altogether."""
    import numpy as np
    from numba.core.registry import CPUDispatcher

    for dtype in (np.float32, np.float64):
        for name in ALGORITHMS:
            convolve(name, dtype)
    modules = [module for name, module in sys.modules.items() if name.startswith("convlib.")]
    kernels = {k for module in modules for k in vars(module).values() if type(k) is CPUDispatcher}
    called = [len(kernel.signatures) for kernel in kernels if kernel.signatures]
    return len(called), sum(called)


def measure(name, folder):
    """Return what this script finds out in a fresh process when its argument is `name`."""
    # Python keeps its byte code, as it does for a reader.
    settings = {"NUMBA_CACHE_DIR": folder, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, __file__, name]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, check=True)
    return json.loads(done.stdout)


def print_table():
    """Measure every line and print it."""
    names = [ONE_LINE, *ALGORITHMS]
    if importlib.util.find_spec("scipy"):
        names.insert(1, WITHOUT_SCIPY)
    print(f"{'':14}{'numba':>8}{'+convlib':>10}{'cold':>8}{'warm':>9}{'processor':>11}")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            cold = measure(name, folder)[2]
            times = zip(*(measure(name, folder) for _ in range(PROCESSES)), strict=True)
            numba_s, convlib_s, warm, processor = (min(column) for column in times)
        print(
            f"{name:14}{numba_s:7.3f}s{convlib_s:9.3f}s{cold:7.2f}s{warm:8.3f}s{processor:10.3f}s"
        )
    with tempfile.TemporaryDirectory() as folder:
        # Kernels called by kernels are compiled separately, but never loaded from a cache.
        measure(COUNT, folder)
        kernels, compiled = measure(COUNT, folder)
    print(f"conv2d calls {kernels} kernels, compiled for {compiled} combinations of types in all")


if __name__ == "__main__":
    if sys.argv[1:] == [COUNT]:
        print(json.dumps(kernels_of_conv2d()))
    elif sys.argv[1:]:
        print(json.dumps(in_a_fresh_process(sys.argv[1])))
    else:
        print_table()

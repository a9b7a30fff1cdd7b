"""How long the first convolutions of a process take, with a warm and with a cold cache.

Every number is the best of several fresh processes: the time to import numba, what importing
convlib adds to that, and the first conv2d of each algorithm.

    python benchmarks/start_up.py
"""

import json
import os
import subprocess
import sys
import tempfile

CODE = """
import json, sys, time
t = time.perf_counter(); import numba; numba_s = time.perf_counter() - t
t = time.perf_counter(); import convlib; convlib_s = time.perf_counter() - t
import numpy as np
x, w = np.ones((1, 32, 16, 16), np.float32), np.ones((32, 32, 3, 3), np.float32)
t = time.perf_counter(); convlib.conv2d(x, w, algorithm=sys.argv[1])
first_s = time.perf_counter() - t
print(json.dumps([numba_s, convlib_s, first_s]))
"""


def measure(algorithm, folder):
    """Return the three times, in seconds, in one fresh process."""
    result = subprocess.run(
        [sys.executable, "-c", CODE, algorithm],
        env={**os.environ, "NUMBA_CACHE_DIR": folder},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(result.stdout)


print(f"{'algorithm':10}{'numba':>9}{'+convlib':>9}{'first, cold':>13}{'first, warm':>13}")
for name in ("direct", "im2col", "shifted", "winograd", "auto"):
    with tempfile.TemporaryDirectory() as folder:
        cold = measure(name, folder)
        warm = [
            min(times) for times in zip(*(measure(name, folder) for _ in range(5)), strict=True)
        ]
    print(f"{name:10}{warm[0]:8.3f}s{warm[1]:8.3f}s{cold[2]:12.2f}s{warm[2]:12.3f}s")

"""The suite with bounds checks and as plain Python, and kernels for less capable processors.

WebAssembly is the same in every mode.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import llvmlite.binding as llvm
import pytest

from convlib.wasm import module_bytes

pytestmark = pytest.mark.slow
TESTS = Path(__file__).parent
MODULES = ("test_conv.py", "test_shape.py", "test_measure_shift.py")


@pytest.fixture(scope="module")
def cache(request):
    """Return a function that gives the folder for what a mode compiles of the current convlib.

    It is kept from run to run. Numba does not notice every change: new sources, new folder.
    """
    digest = hashlib.sha256()
    for path in sorted((TESTS.parent / "convlib").rglob("*.py")):
        digest.update(path.read_bytes())
    kept = request.config.cache.mkdir("compiled")
    wanted = kept / digest.hexdigest()[:16]
    for folder in kept.iterdir():
        if folder != wanted:
            shutil.rmtree(folder, ignore_errors=True)  # another worker may do so, too
    return lambda mode: wanted / mode


def run(folder, *command, **settings):
    """Run Python with these environment variables, and no Numba cache written by another mode."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=TESTS.parent,
        # NUMBA_OPT=0: the checks and the results are the same, and compiling takes half as long.
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), "NUMBA_OPT": "0", **settings},
        capture_output=True,
        timeout=300,
        check=False,
    )


# Each mode, and what shows that it is on.
MODES = {
    "NUMBA_BOUNDSCHECK": (
        "import numpy as np; from convlib.kernels import plain_loops as k\n"
        "a = np.ones((1, 1, 2, 2))\n"
        "try: k.pad(a, 5, 5, 0.0, a.copy())\nexcept IndexError: print('on')"
    ),
    "NUMBA_DISABLE_JIT": (
        "import types; from convlib.kernels import plain_loops as k\n"
        "if type(k.pad) is types.FunctionType: print('on')"
    ),
}


@pytest.mark.parametrize("mode", MODES)
def test_suite_passes(cache, mode):
    folder = cache(mode)
    probe = run(folder, "-c", MODES[mode], **{mode: "1"})
    assert (probe.stdout, probe.stderr) == (b"on\n", b"")
    options = ("-q", "-n0", "-p", "no:cacheprovider", "--hypothesis-profile=dev")
    modules = [str(TESTS / name) for name in MODULES]
    done = run(folder, "-m", "pytest", *options, *modules, **{mode: "1"})
    output = done.stdout.decode()
    passed = re.fullmatch(r"(\d+) passed(, \d+ warnings?)? in .*", output.splitlines()[-1])
    assert passed, output
    assert int(passed[1]) >= 60
    assert done.returncode == 0


def test_webassembly_is_the_same_in_every_mode(cache):
    """What the modes compile is kept, as the kernels are, until convlib changes."""
    kept = cache("every") / "module.wasm"
    if not kept.exists():
        code = "import sys, convlib.wasm.module as w; sys.stdout.buffer.write(w._compile())"
        done = run(kept.parent, "-c", code, **dict.fromkeys(MODES, "1"))
        assert done.stderr == b""
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(done.stdout)
    assert kept.read_bytes() == module_bytes()


# Features that Numba is told to use, and the bytes of the vectors that these have.
PROCESSORS = {"generic": ("", 16), "haswell": ("+avx,+avx2,+fma", 32)}
FAST_PATHS = """
import numpy as np, convlib
from convlib.fast import choice, vectors
rng = np.random.default_rng(0)
x, dense = rng.standard_normal((2, 40, 19, 21)), rng.standard_normal((48, 40, 3, 3))
for algorithm in choice.FAST:
    w, groups = (dense, 1) if algorithm != "depthwise" else (dense[:40, :1], 40)
    expected = convlib.conv2d(x, w, padding=1, groups=groups, algorithm="direct")
    got = convlib.conv2d(x, w, padding=1, groups=groups, algorithm=algorithm)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-10)
for algorithm, kernel in ("im2col", dense[..., :1, :1]), ("shifted", dense):
    rows = x[:, :, : len(kernel[0, 0])]
    whole = convlib.conv2d(rows, kernel, algorithm=algorithm)
    for n in range(kernel.shape[-1], 22):
        part = convlib.conv2d(rows[..., :n], kernel, algorithm=algorithm)
        np.testing.assert_array_equal(part, whole[..., : part.shape[-1]])
print(vectors.VECTOR_BYTES)
"""


@pytest.mark.parametrize("name", PROCESSORS)
def test_fast_paths_on_lesser_processors(cache, name):
    features, vector_bytes = PROCESSORS[name]
    if not all(llvm.get_host_cpu_features().get(f[1:]) for f in features.split(",") if f):
        pytest.skip(f"this processor lacks some of {features}")
    settings = {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": features, "NUMBA_OPT": "3"}
    done = run(cache(name), "-c", FAST_PATHS, **settings)
    assert (done.stdout, done.stderr) == (b"%d\n" % vector_bytes, b"")

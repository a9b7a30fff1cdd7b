"""Compiled kernels are kept where they can be, and convlib works where they cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from numba import config

import convlib
from convlib.kernels import cache_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(config.DISABLE_JIT), reason="about compiled code"),
]
# A call of the plain kernel; says how often convlib warned, and where Numba was sent.
CALL = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", RuntimeWarning)
    import convlib
import numba, numpy as np
def call(dtype):
    x, w = np.ones((1, 5, 5), dtype), np.ones((1, 1, 3, 3), dtype)
    assert convlib.conv2d(x, w).tolist() == [[[9] * 3] * 3]
call(np.float32)
print(len(caught), numba.config.CACHE_DIR)
"""


@pytest.fixture
def package(tmp_path):
    """Copy convlib, without its compiled code; return its folder."""
    folder = tmp_path / "package" / "convlib"
    source = Path(convlib.__file__).parent
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(package, code, **environment):
    """Run Python on `code` with this copy of convlib; return the words that it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=package.parent,
        # NUMBA_OPT: what is compiled hardly matters; without optimising it takes half as long.
        env={
            **os.environ,
            **{"PYTHONPATH": "", "NUMBA_CACHE_DIR": "", "NUMBA_OPT": "0"},
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def a_file(path):
    """Put a file where a folder is expected, which not even root can write into."""
    path.write_text("not a folder")
    return str(path)


def test_the_folder_that_was_asked_for(package, tmp_path):
    folder = str(tmp_path / "missing" / "cache")
    assert run(package, CALL, NUMBA_CACHE_DIR=folder) == ["0", folder]
    assert list(Path(folder).rglob("plain_loops.conv2d_direct*.nbc"))


def test_the_next_best_folder(package, tmp_path):
    """Numba itself takes the package's folder if the one asked for is not writable."""
    folder = a_file(tmp_path / "file")
    assert run(package, CALL, NUMBA_CACHE_DIR=folder) == ["0", folder]
    assert list((package / "kernels/__pycache__").glob("plain_loops.conv2d_direct*.nbc"))


@pytest.mark.skipif(sys.platform == "win32", reason="no variable names the user's folder there")
@pytest.mark.parametrize("asked_for", [False, True])
@pytest.mark.parametrize("closed", [("kernels", "fast"), ("kernels",), ("fast",)])
def test_no_folder_at_all_for_a_room(package, tmp_path, closed, asked_for):
    for room in closed:
        a_file(package / room / "__pycache__")
    home = a_file(tmp_path / "home")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    settings = {"HOME": home, "XDG_CACHE_HOME": home, "TMPDIR": str(temporary)}
    if asked_for:
        settings["NUMBA_CACHE_DIR"] = str(Path(home) / "cache")
    warnings, folder = run(package, CALL, **settings)
    assert warnings == "1"
    assert Path(folder).parent == temporary
    assert list(temporary.iterdir()) == []


def test_every_room_with_cached_code_is_probed(package):
    files = [path for path in package.rglob("*.py") if "njit(cache=True" in path.read_text("utf-8")]
    assert {file.relative_to(package).parts[0] for file in files} == {*cache_folder.ROOMS}


def test_a_folder_that_disappears_between_calls(package, tmp_path):
    folder = tmp_path / "cache"
    code = f"{CALL}import shutil; shutil.rmtree({str(folder)!r}); call(np.float64); call(np.int8)"
    for _ in range(2):
        run(package, code, NUMBA_CACHE_DIR=str(folder))


def test_a_file_that_disappears_between_processes(package):
    run(package, CALL)
    for path in (package / "kernels/__pycache__").glob("*.nbc"):
        path.unlink()
    run(package, CALL)
    assert list((package / "kernels/__pycache__").glob("plain_loops.conv2d_direct*.nbc"))

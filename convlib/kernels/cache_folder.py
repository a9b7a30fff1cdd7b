"""Where Numba keeps compiled code: packages with loops import this module before any loop.

Numba writes to the first folder it can: the one that NUMBA_CACHE_DIR names, the `__pycache__`
beside the file, or one in the user's home. If it can write to none, `cache=True` would be an error.
"""

import atexit
import shutil
import tempfile
import types
import warnings
from pathlib import Path

from numba import config, njit

ROOMS = ("kernels", "fast")


def _probe():
    """Do nothing: decorating this makes Numba look for a folder."""


def _can_keep(room):
    """Whether Numba finds a folder for the code of the files in `room`."""
    file = Path(__file__).parents[1] / room / "__init__.py"
    there = types.FunctionType(_probe.__code__.replace(co_filename=str(file)), globals())
    try:
        njit(cache=True)(there)
    except RuntimeError:
        return False
    return True


if not all(map(_can_keep, ROOMS)):
    # A folder of this process alone, so that nobody else can have put machine code there.
    config.CACHE_DIR = tempfile.mkdtemp(prefix="convlib-")
    atexit.register(shutil.rmtree, config.CACHE_DIR, ignore_errors=True)
    warnings.warn(
        "Numba can write to no cache folder, so that every process compiles anew, for seconds; "
        "set NUMBA_CACHE_DIR to a folder that can be written",
        RuntimeWarning,
        stacklevel=3,
    )

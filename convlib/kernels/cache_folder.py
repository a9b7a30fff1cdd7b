"""Where Numba keeps the compiled kernels: this module comes before any of them.

Numba writes them to the first folder it can: the one that NUMBA_CACHE_DIR names, the package's
`__pycache__`, or one in the user's home. If it can write to none, `cache=True` would be an error.
"""

import atexit
import shutil
import tempfile
import warnings

from numba import config, njit


def _probe():
    """Be decorated: Numba looks for a folder then."""


try:
    njit(cache=True)(_probe)
except RuntimeError:
    # This process's own folder, so that nobody else can have put machine code there.
    config.CACHE_DIR = tempfile.mkdtemp(prefix="convlib-")
    atexit.register(shutil.rmtree, config.CACHE_DIR, ignore_errors=True)
    warnings.warn(
        "Numba can write to no cache folder, so that every process compiles anew, for seconds; "
        "set NUMBA_CACHE_DIR to a folder that can be written",
        RuntimeWarning,
        stacklevel=3,
    )

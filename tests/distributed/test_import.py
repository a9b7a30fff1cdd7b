"""Dask is asked for by convlib.distributed only, and missed in words."""

import os
import subprocess
import sys
from pathlib import Path

import convlib

ROOT = Path(convlib.__file__).parents[1]


def printed(code):
    """Return what a fresh Python prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_nothing_else_imports_dask():
    rest = "import convlib, convlib.widgets, convlib.plots, convlib.wasm, convlib.practice, sys;"
    assert printed(rest + "print('dask' in sys.modules)") == "False"


def test_a_missing_dask_is_named_with_what_installs_it():
    code = """
import sys
sys.modules["dask"] = None
try:
    import convlib.distributed
except ImportError as error:
    print(error)
"""
    assert printed(code).startswith("convlib.distributed needs Dask with arrays: pip install")
    assert "convlib[distributed]" in printed(code)

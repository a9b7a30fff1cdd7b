"""Hypothesis profiles, how many workers, what is slow, and the built book."""

import gc
import os
import time
from pathlib import Path

import pytest
from built_book import HTML, built
from hypothesis import settings

# In seconds: longer than the book takes to build with nothing compiled, on a slow machine.
PATIENCE = 1200


def pytest_configure(config):
    """Take the same examples in every run, fewer during work or where kernels run slowly."""
    # To go through all of Numba's and Playwright's objects so often takes a twentieth of the time.
    gc.set_threshold(100_000, 50, 100)
    settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
    settings.register_profile("dev", settings.get_profile("ci"), max_examples=12)
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("dev" if config.option.markexpr == "not slow" else "ci")


@pytest.hookimpl(optionalhook=True)  # with -p no:xdist nothing calls it
def pytest_xdist_auto_num_workers(config):
    """Return a worker more than processors, up to eight; none for one or two files.

    A worker waits for its browser a sixth of the time; one or two files take less without.
    """
    files = [argument.split("::")[0] for argument in config.args]
    if len(files) <= 2 and all(Path(file).is_file() for file in files):
        return 0
    return min((os.cpu_count() or 1) + 1, 8)


def pytest_collection_modifyitems(items):
    """Mark tests that need the book as slow: a change of convlib means executing it again."""
    for item in items:
        if "book" in item.fixturenames:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """Build the book, and return the folder with its pages.

    Workers share one build: the one that makes the folder "building" builds, the others wait.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        fault = built()
    else:
        shared = tmp_path_factory.getbasetemp().parent
        verdict = shared / "built"
        try:
            (shared / "building").mkdir()
        except FileExistsError:
            end = time.monotonic() + PATIENCE
            while not verdict.exists():
                assert time.monotonic() < end, "the worker that builds the book does not end"
                time.sleep(0.2)
        else:
            fault = "the worker that was to build the book did not come to an end of it"
            try:
                fault = built()
            finally:
                (shared / "written").write_text(fault, "utf-8")
                (shared / "written").replace(verdict)
        fault = verdict.read_text("utf-8")
    assert not fault, fault
    return HTML

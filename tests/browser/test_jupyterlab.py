"""A student's way in JupyterLab: run a chapter, move a slider; hand over a picture of one's own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from explorers import Driver

ROOT = Path(__file__).parents[2]


# Two cells: explorers, and what is handed to them while they are shown.
SHOWN = """
import numpy as np
from convlib.widgets import *
grids = OutputSize(), StrideGrid(), ConvolutionMatrix()
fields = ContextShift(layers=0), NetworkBlocks(blocks=0), ReceptiveField(), ChannelMixing()
display(*grids, *fields)
"""
HANDED = """
for explorer in grids:
    explorer.image, explorer.weights = np.full((3, 5), 7), [[1, -1]]
for name, explorer in zip(("picture", "picture", "image", "picture"), fields):
    setattr(explorer, name, np.arange(3 * 70 * 90).reshape(3, 70, 90) % 256)
"""


@pytest.fixture
def lab(tmp_path):
    """Start the README's JupyterLab on a copy of the chapters; return its address."""
    for name in ("chapters", ".jupyter"):
        shutil.copytree(ROOT / name, tmp_path / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tool = shutil.which("jupyter", path=Path(sys.executable).parent) or "jupyter"
    log = open(tmp_path / "lab.log", "w")
    server = subprocess.Popen(
        [
            *(tool, "lab", "--config", ".jupyter/lab.py", "--no-browser", "--allow-root"),
            *("--port", str(port), "--IdentityProvider.token="),
        ],
        cwd=tmp_path,
        # Lab opens again what it had open; that may be another test's.
        env={**os.environ, "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces")},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}/"
    for _ in range(120):
        try:
            urllib.request.urlopen(address + "api", timeout=5).close()
            break
        except OSError:
            assert server.poll() is None, (tmp_path / "lab.log").read_text()
            try:
                server.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
    yield address
    server.terminate()
    server.wait(30)
    log.close()


def test_chapter_opens_as_a_notebook_and_its_slider_moves_the_figure(lab, visit):
    seen = visit()
    page = seen.page
    page.set_default_timeout(90_000)
    page.goto(lab + "lab")
    page.get_by_role("listitem", name="chapters").first.dblclick()
    page.get_by_text("padding.md").first.dblclick()
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    # What is run before the kernel is there is lost.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".convlib-figure [data-grid=output] svg").first.wait_for(state="attached")
    explorer = Driver(seen, 0)
    assert explorer.text("[data-grid=output] figcaption") == "output 3 × 3"
    explorer.press("kernel h", "ArrowRight")
    assert explorer.text("[data-grid=output] figcaption") == "output 2 × 3"
    assert (
        page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count()
        == 0
    )


def test_what_is_handed_to_explorers_is_shown_and_their_sliders_follow(lab, visit, tmp_path):
    cells = [
        {"cell_type": "code", "id": str(i), "metadata": {}, "outputs": [], "source": source.strip()}
        for i, source in enumerate((SHOWN, HANDED))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "own.ipynb").write_text(json.dumps(book))
    seen = visit()
    page = seen.page
    page.set_default_timeout(90_000)
    page.goto(lab + "lab/tree/own.ipynb")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("() => document.querySelectorAll('.convlib-figure .said').length === 7")
    page.keyboard.press("Shift+Enter")
    page.locator("[data-panel=output] figcaption", has_text="output 70 × 90").wait_for()
    seen.settle()
    for number in range(3):
        grid = Driver(seen, number)
        assert set(grid.texts("[data-grid=input] .cell text:first-of-type")) == {"7"}
        ends = {
            label: grid.handle(label).get_attribute("aria-valuemax")
            for label in ("input H", "input W", "kernel h", "kernel w")
        }
        assert [float(end) for end in ends.values()] == [3, 5, 1, 2]
        assert [grid.value(label) for label in ends] == [3, 5, 1, 2]
    blocks, field, mixing = (Driver(seen, number) for number in (4, 5, 6))
    sizes = "(canvas) => [canvas.width, canvas.height]"
    assert blocks.root.locator("[data-panel=output] canvas").evaluate(sizes) == [90, 70]
    assert field.root.locator(".frame canvas").evaluate(sizes) == [70, 70]
    assert mixing.root.locator("[data-stage=both] canvas").evaluate(sizes) == [90, 70]
    assert mixing.value("pixel row") == 69
    assert mixing.handle("pixel column").get_attribute("aria-valuemax").startswith("89")

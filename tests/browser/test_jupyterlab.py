"""A student's way in JupyterLab: run a chapter, move a slider; pass in a picture of their own."""

import http.cookiejar
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path

import notebooks
import pytest
from explorers import Driver
from network_files import SMALL, check_shown, give

from convlib import networks

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


# Two cells: explorers, and what is passed to them while they are shown.
SHOWN = """
import numpy as np
from convlib.widgets import *
grids = OutputSize(), StrideGrid(), ConvolutionMatrix()
fields = ContextShift(layers=0), NetworkBlocks(blocks=0), ReceptiveField(), ChannelMixing()
display(*grids, *fields, NetworkCheck())
"""
HANDED = """
for explorer in grids:
    explorer.image, explorer.weights = np.full((3, 5), 7), [[1, -1]]
for name, explorer in zip(("picture", "picture", "image", "picture"), fields):
    setattr(explorer, name, np.arange(3 * 70 * 90).reshape(3, 70, 90) % 256)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start the README's JupyterLab on a copy of the chapters; return its folder and address."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("chapters", ".jupyter", "_ext"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("_toc.yml", "references.bib"):
        shutil.copy(ROOT / name, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tool = shutil.which("jupyter", path=Path(sys.executable).parent) or "jupyter"
    log = open(folder / "lab.log", "w")
    server = subprocess.Popen(
        [
            *(tool, "lab", "--config", ".jupyter/lab.py", "--no-browser", "--allow-root"),
            *("--port", str(port), "--IdentityProvider.token="),
        ],
        cwd=folder,
        env={**os.environ, "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}/"
    for _ in range(120):
        try:
            urllib.request.urlopen(address + "api", timeout=5).close()
            break
        except OSError:
            assert server.poll() is None, (folder / "lab.log").read_text()
            try:
                server.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
    yield folder, address
    server.terminate()
    server.wait(30)
    log.close()


def open_lab(seen, lab, path=""):
    """Open JupyterLab, with nothing open but `path`."""
    # Lab reopens what a workspace had open, so each visit has its own workspace.
    seen.page.set_default_timeout(90_000)
    seen.page.goto(f"{lab[1]}lab/workspaces/{uuid.uuid4().hex}{path}")
    return seen.page


def run_the_chapter(seen, lab):
    """Open a chapter by double clicks and run all its cells; return its first explorer."""
    page = open_lab(seen, lab)
    page.get_by_role("listitem", name="chapters").first.dblclick()
    page.get_by_text("padding.md").first.dblclick()
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    # Cells run before the kernel is ready are lost.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".convlib-figure [data-grid=output] svg").first.wait_for(state="attached")
    return Driver(seen, 0)


def output_size(explorer):
    explorer.visit.settle()
    return explorer.text("[data-grid=output] figcaption")


def test_chapter_opens_as_a_notebook_and_its_slider_moves_the_figure(lab, fresh):
    explorer = run_the_chapter(fresh(), lab)
    page = explorer.visit.page
    assert output_size(explorer) == "output 3 × 3"
    # Keys are pressed while later cells still run, at the end of which Lab wants the focus.
    explorer.handle("input H").focus()
    page.keyboard.press("ArrowLeft")
    assert output_size(explorer) == "output 2 × 3"
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for()
    page.keyboard.press("ArrowLeft")
    assert output_size(explorer) == "output 1 × 3"
    # What Lab does, seconds after "Run All Cells" on a busy machine: it focuses the active cell.
    active = page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    for rows in (2, 3, 4):
        active.evaluate("(node) => node.focus()")
        page.keyboard.press("ArrowRight")
        assert output_size(explorer) == f"output {rows} × 3"
    assert (
        page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count()
        == 0
    )
    assert page.locator("[title$='Not Found']").count() == 0  # jupyterlab-myst's mark
    # A reader who wants to leave the slider can.
    for leave in (lambda: page.keyboard.press("Escape"), page.locator(".jp-Toolbar").first.click):
        explorer.handle("input H").focus()
        leave()
        active.evaluate("(node) => node.focus()")
        assert active.evaluate("(node) => node === document.activeElement")


def test_a_chapter_is_shown_in_plain_words_and_saved_as_it_was_written(lab):
    folder, address = lab
    name = "chapters/stride.md"
    file = folder / name
    before = file.read_text("utf-8")
    contents = f"{address}api/contents/{name}"
    jar = http.cookiejar.CookieJar()
    client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    client.open(f"{address}lab").close()
    with client.open(f"{contents}?type=notebook&content=1") as answer:
        model = json.load(answer)
    shown = json.dumps(model["content"])
    assert "{cite}" not in shown
    assert "(Luo et al., 2016)" in shown
    folded = [
        cell["metadata"].get("jupyter", {}).get("source_hidden", False)
        for cell in model["content"]["cells"]
    ]
    assert sum(folded) == before.count("tags: [hide-cell]") > 0
    body = json.dumps({"type": "notebook", "format": "json", "content": model["content"]})
    request = urllib.request.Request(contents, body.encode(), method="PUT")
    request.add_header("Content-Type", "application/json")
    request.add_header("X-XSRFToken", {cookie.name: cookie.value for cookie in jar}["_xsrf"])
    client.open(request).close()
    # jupytext writes its version into the header, and breaks the lines of a caption elsewhere.
    written, saved = (notebooks.read(path).cells for path in (ROOT / name, file))
    assert [(cell.source, cell.metadata) for cell in saved] == [
        (cell.source, cell.metadata) for cell in written
    ]


def test_what_is_handed_to_explorers_is_shown_and_their_sliders_follow(lab, fresh):
    cells = [
        {"cell_type": "code", "id": str(i), "metadata": {}, "outputs": [], "source": source.strip()}
        for i, source in enumerate((SHOWN, HANDED))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lab[0] / "own.ipynb").write_text(json.dumps(book))
    seen = fresh()
    page = open_lab(seen, lab, "/tree/own.ipynb")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("() => document.querySelectorAll('.convlib-figure .said').length === 8")
    page.keyboard.press("Shift+Enter")
    page.locator("[data-panel=output] figcaption", has_text="output 70 × 90").wait_for()
    seen.settle()
    for number in range(3):
        grid = Driver(seen, number)
        assert set(grid.texts("[data-grid=input] .cell text:first-of-type")) == {"7"}
        labels = ("input H", "input W", "kernel h", "kernel w")
        assert [grid.ends(label)[1] for label in labels] == [3, 5, 1, 2]
        assert [grid.value(label) for label in labels] == [3, 5, 1, 2]
    blocks, field, mixing = (Driver(seen, number) for number in (4, 5, 6))
    sizes = "(canvas) => [canvas.width, canvas.height]"
    assert blocks.root.locator("[data-panel=output] canvas").evaluate(sizes) == [90, 70]
    assert field.root.locator(".frame canvas").evaluate(sizes) == [70, 70]
    assert mixing.root.locator("[data-stage=both] canvas").evaluate(sizes) == [90, 70]
    assert mixing.value("pixel row") == 69
    assert mixing.handle("pixel column").get_attribute("aria-valuemax").startswith("89")
    # What reads ONNX files comes from the kernel; here it is no file beside the page.
    data = SMALL.SerializeToString()
    (shown,) = give(Driver(seen, 7), ("own.onnx", data))
    check_shown(shown, networks.from_onnx(data))

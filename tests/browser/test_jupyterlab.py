"""A student's way: open the padding chapter in JupyterLab, run it, move a slider."""

import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from explorers import Driver

ROOT = Path(__file__).parents[2]


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

"""A page built again from the cache, after an edit of prose, holds what a fresh one holds."""

import subprocess
import sys
from pathlib import Path

import notebooks
import pytest

pytestmark = pytest.mark.slow
EXTENSIONS = Path(__file__).parents[1] / "_ext"
CONFIGURATION = f"""
import sys

sys.path.insert(0, {str(EXTENSIONS)!r})
extensions = ["myst_nb", "still_figures", "notebook_download"]
exclude_patterns = ["_build"]
nb_execution_mode = "cache"
"""
STILL = '<svg role="img" aria-label="a still picture"></svg>'
HEADER = """---
jupytext:
  text_representation:
    format_name: myst
kernelspec:
  name: python3
---
"""
PAGE = """# One output in two forms

{prose}

```{{code-cell}}
from IPython.display import display

view = {{"model_id": "the-widget", "version_major": 2, "version_minor": 0}}
widget = "application/vnd.jupyter.widget-view+json"
display({{widget: view, "text/html": '{still}'}}, raw=True)
```
"""


def build(project, prose):
    """Write the page, build it, and return the page, the notebook it offers and the log."""
    (project / "index.md").write_text(HEADER + PAGE.format(prose=prose, still=STILL), "utf-8")
    html = project / "_build" / "html"
    command = [sys.executable, "-m", "sphinx", "-W", str(project), str(html)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    notebook = notebooks.loads((html / "_sources" / "index.ipynb").read_text("utf-8"))
    return (html / "index.html").read_text("utf-8"), notebook, done.stdout


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """Return what a first build made, and a second one after an edit of prose."""
    project = tmp_path_factory.mktemp("book")
    (project / "conf.py").write_text(CONFIGURATION, "utf-8")
    first = build(project, "Before.")
    second = build(project, "After.")
    assert "Before." in first[0]
    assert "After." in second[0]
    assert "Executing notebook" in first[-1]
    assert "Using cached notebook" in second[-1]
    return first, second


def test_stills_stay_behind_their_widgets(builds):
    for page, _, _ in builds:
        # Between the marks by which other extensions find it.
        assert page.count(f"<noscript><!--still-->{STILL}<!--/still--></noscript>") == 1
        assert page.index('"the-widget"') < page.index("<noscript>")


def test_notebook_to_download_keeps_its_outputs(builds):
    for _, notebook, _ in builds:
        _, cell = [cell for cell in notebook.cells if cell.cell_type == "code"]
        (output,) = cell.outputs
        assert output["data"]["text/html"] == STILL

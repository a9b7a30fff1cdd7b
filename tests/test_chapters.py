"""Every chapter: it is in the book, runs as a notebook, and defines nothing it does not teach."""

import ast
import re
from pathlib import Path

import jupytext
import pytest
import yaml
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("*.md"))
WIDGET = "application/vnd.jupyter.widget-view+json"


def code_of(chapter):
    cells = jupytext.read(chapter).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def test_the_table_of_contents_names_every_chapter():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    parts = toc.get("parts", [toc])
    listed = {toc["root"], *(entry["file"] for part in parts for entry in part["chapters"])}
    assert listed == {f"chapters/{chapter.stem}" for chapter in CHAPTERS}


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda path: path.stem)
def executed(request):
    """Return a chapter's name and its code cells with their outputs; a cell that raises fails."""
    notebook = jupytext.read(request.param)
    done = NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return request.param.stem, [cell for cell in done.cells if cell.cell_type == "code"]


def test_chapter_runs_as_a_notebook(executed):
    """A cell that raises fails the test; so does one that writes to stderr."""
    _, cells = executed
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def is_picture(output):
    """Tell whether an output is an explorer or a plot."""
    data = output.get("data", {})
    return WIDGET in data or "<svg" in data.get("text/html", "") or "image/png" in data


def test_every_explorer_and_plot_is_a_figure_with_label_and_caption(executed):
    chapter, cells = executed
    for cell in cells:
        pictures = [output for output in cell.outputs if is_picture(output)]
        figure = cell.metadata.get("mystnb", {}).get("figure")
        assert len(pictures) == (figure is not None), cell.source
        if figure:
            assert figure["name"].startswith(f"fig-{chapter}-")
            assert re.fullmatch(r"[A-Z].{40,}\.", figure["caption"])


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_defines_no_function_and_fits_the_page(chapter):
    for source in code_of(chapter):
        defined = [
            node.name
            for node in ast.walk(ast.parse(source))
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        ]
        assert defined == []
        assert max(map(len, source.splitlines())) <= 76

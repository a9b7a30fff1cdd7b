"""Every chapter: it is in the book, runs as a notebook, and defines nothing it does not teach."""

import ast
import re
from pathlib import Path

import notebooks
import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.md"))
# Pages without a kernel, as those of the reference, are no notebooks.
NOTEBOOKS = [path for path in CHAPTERS if "\nkernelspec:" in path.read_text("utf-8")]
WIDGET = "application/vnd.jupyter.widget-view+json"


def code_of(chapter):
    return [cell.source for cell in notebooks.code_of(notebooks.read(chapter))]


def test_the_table_of_contents_names_every_chapter():
    toc = (ROOT / "_toc.yml").read_text()
    listed = re.findall(r"^ *(?:root:|- file:) (\S+)$", toc, flags=re.M)
    assert sorted(listed) == sorted(f"chapters/{chapter.stem}" for chapter in CHAPTERS)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request, book):
    """Return a chapter's name and its code cells as run by the book's build.

    tests/browser/test_downloads.py and test_jupyterlab.py run one again.
    """
    name = request.param.stem
    path = book / "_sources" / "chapters" / f"{name}.ipynb"
    _, *cells = notebooks.code_of(notebooks.loads(path.read_text("utf-8")))  # gets convlib
    return name, cells


def test_chapter_runs_as_a_notebook(executed):
    """No cell raises, and none writes to stderr."""
    chapter, cells = executed
    assert [cell.source for cell in cells] == code_of(ROOT / "chapters" / f"{chapter}.md")
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
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
        # A card that asks for a prediction is a part of the text.
        asks = "prediction" in cell.metadata.get("tags", ())
        assert len(pictures) == (figure is not None or asks), cell.source
        assert figure is None or not asks
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

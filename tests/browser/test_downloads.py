"""The notebook that a chapter's page offers: it downloads, holds the chapter's code, and runs."""

import urllib.request
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

CHAPTERS = sorted((Path(__file__).parents[2] / "chapters").glob("*.md"))


def download(plain, chapter):
    """Return the notebook behind the button on a chapter's page."""
    link = plain(chapter, "http").locator(f"a[href$='{chapter}.ipynb']").first
    address = link.evaluate("(link) => link.href")
    return nbformat.reads(urllib.request.urlopen(address).read(), as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_notebook_holds_the_chapters_code(plain, chapter):
    # The book's build has already run this code for every chapter.
    got = [cell.source for cell in code_of(download(plain, chapter.stem))]
    assert got == [cell.source for cell in code_of(jupytext.read(chapter))]


def test_downloaded_notebook_runs(plain):
    notebook = download(plain, "padding")
    code = code_of(notebook)
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    shown = {mime for cell in code for output in cell.outputs for mime in output.get("data", {})}
    assert "application/vnd.jupyter.widget-view+json" in shown

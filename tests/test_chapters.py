"""Every chapter: it is in the book, runs as a notebook, and defines nothing it does not teach."""

import ast
from pathlib import Path

import jupytext
import pytest
import yaml
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "chapters").glob("*.md"))


def code_of(chapter):
    cells = jupytext.read(chapter).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def test_the_table_of_contents_names_every_chapter():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    parts = toc.get("parts", [toc])
    listed = {toc["root"], *(entry["file"] for part in parts for entry in part["chapters"])}
    assert listed == {f"chapters/{chapter.stem}" for chapter in CHAPTERS}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_runs_as_a_notebook(chapter):
    """A cell that raises fails the test; so does one that writes to stderr."""
    notebook = jupytext.read(chapter)
    done = NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []


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

"""What JupyterLab is given of a chapter, and that it is saved as it was written."""

import copy
import re
import sys
from pathlib import Path

import notebooks
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / ".jupyter"))

from chapter_view import ChapterView  # noqa: E402

CHAPTERS = sorted((ROOT / "chapters").glob("*.md"))


@pytest.fixture(scope="module")
def view():
    return ChapterView()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_shown_without_unresolved_marks_and_saved_as_written(view, chapter):
    written = notebooks.read(chapter)
    notebook = copy.deepcopy(written)
    view.show(notebook)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    own = set(re.findall(r"^:label: ([\w-]+)$", text, flags=re.M))
    # jupyterlab-myst numbers the equations of the chapter itself.
    assert {of for _, of in re.findall(r"\{(cite|numref|eq)\}`([^`]+)`", text)} <= own
    assert not re.search(r"^```\{bibliography\}", text, flags=re.M)
    for cell in notebook.cells:
        solution = "hide-cell" in cell.metadata.get("tags", ())
        assert cell.metadata.get("jupyter", {}).get("source_hidden", False) == solution
    view.restore(notebook)
    assert notebook == written


def cell_of(source):
    cell = {"cell_type": "markdown", "metadata": {}, "source": source}
    return {"cells": [cell]}, cell


def test_what_is_written_around_a_reference_is_kept(view):
    notebook, cell = cell_of("As in {cite}`he2016deep`.")
    view.show(notebook)
    assert cell["source"] == 'As in [(He et al., 2016)](#sources "cite he2016deep").'
    cell["source"] = "New. " + cell["source"] + " See [this](a.md)."
    view.restore(notebook)
    assert cell["source"] == "New. As in {cite}`he2016deep`. See [this](a.md)."


def test_what_is_being_written_is_left_alone(view):
    notebook, cell = cell_of("{cite}`nobody1999` and {numref}`fig-none`")
    view.show(notebook)
    assert cell["source"] == "{cite}`nobody1999` and {numref}`fig-none`"


def test_sources_are_listed_and_the_directive_comes_back(view):
    source = "{cite}`padding-he2016deep`\n\n```{bibliography}\n:keyprefix: padding-\n```\n\nAfter."
    notebook, cell = cell_of(source)
    view.show(notebook)
    assert "- Kaiming He, Xiangyu Zhang" in cell["source"]
    view.restore(notebook)
    assert cell["source"] == source


def test_a_readers_unfolding_is_not_saved(view):
    cell = {"cell_type": "code", "metadata": {"tags": ["hide-cell"]}, "source": "1"}
    view.show({"cells": [cell]})
    del cell["metadata"]["jupyter"]["source_hidden"]
    view.restore({"cells": [cell]})
    assert cell["metadata"] == {"tags": ["hide-cell"]}

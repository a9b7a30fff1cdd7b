"""The notebook that a chapter's page offers can be downloaded, and runs."""

import urllib.request

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.mark.parametrize("chapter", ["index", "padding"])
def test_downloaded_notebook_runs(visit, addresses, chapter):
    seen = visit().open(f"{addresses['http']}chapters/{chapter}.html")
    link = seen.page.locator(f"a[href$='{chapter}.ipynb']").first
    address = link.evaluate("(link) => link.href")
    notebook = nbformat.reads(urllib.request.urlopen(address).read(), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) >= 3
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert any(
        "widget-view" in mime for cell in code for o in cell.outputs for mime in o.get("data", ())
    )

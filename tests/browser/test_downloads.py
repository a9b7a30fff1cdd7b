"""The notebook that a chapter's page offers: it downloads, holds the chapter's code, and runs."""

import re
import urllib.request
from pathlib import Path

import notebooks
import pytest

FOLDER = Path(__file__).parents[2] / "chapters"
CHAPTERS = [
    path.stem for path in sorted(FOLDER.glob("*.md")) if "\nkernelspec:" in path.read_text("utf-8")
]


def download(visit, chapter):
    """Return the notebook behind the button on a chapter's page."""
    link = visit(chapter).page.locator(f"a[href$='{chapter}.ipynb']").first
    address = link.evaluate("(link) => link.href")
    return notebooks.loads(urllib.request.urlopen(address).read())


@pytest.mark.parametrize("page", CHAPTERS)
def test_notebook_holds_the_chapters_code(visit, page):
    # The book's build has already run this code for every chapter. The first cell gets convlib.
    _, *got = (cell.source for cell in notebooks.code_of(download(visit, page)))
    chapter = notebooks.read(FOLDER / f"{page}.md")
    assert got == [cell.source for cell in notebooks.code_of(chapter)]


def test_a_notebook_from_a_server_knows_its_address(visit, tmp_path):
    seen = visit("padding", place="http")
    link = seen.page.locator("a[download][href$='padding.ipynb']")
    with seen.page.expect_download() as started:
        link.evaluate("(link) => link.click()")
    assert started.value.suggested_filename == "padding.ipynb"
    started.value.save_as(tmp_path / "padding.ipynb")
    notebook = notebooks.loads((tmp_path / "padding.ipynb").read_text("utf-8"))
    site = seen.page.url.removesuffix("/chapters/padding.html")
    get = notebooks.code_of(notebook)[0].source
    assert f'SITE = "{site}"' in get
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "../.." not in text
    links = set(re.findall(rf"\]\(({re.escape(site)}/[^)#]+)", text))
    assert links
    wheel = f"{site}/_static/{re.search('convlib-.*whl', get).group()}"
    for address in {*links, wheel}:
        assert urllib.request.urlopen(address).status == 200
    assert seen.page.locator(f"a[download][href$='{wheel.rsplit('/')[-1]}']").count() == 1


def test_downloaded_notebook_runs(visit):
    notebook = download(visit, "padding")
    code = notebooks.code_of(notebook)
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    notebooks.run(notebook)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    shown = {mime for cell in code for output in cell.outputs for mime in output.get("data", {})}
    assert "application/vnd.jupyter.widget-view+json" in shown

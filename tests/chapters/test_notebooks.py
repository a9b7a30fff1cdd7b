"""The notebooks that the pages offer: nothing in them needs MyST, or the repository."""

import re
import subprocess
import sys
from pathlib import Path

import notebooks
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

from book_references import Book  # noqa: E402
from plain_markdown import PlainMarkdown  # noqa: E402

NOTEBOOKS = [
    path.stem
    for path in sorted((ROOT / "chapters").glob("*.md"))
    if "\nkernelspec:" in path.read_text("utf-8")
]
PAGE = "chapters/padding"


@pytest.fixture(scope="module", params=NOTEBOOKS)
def notebook(request, book):
    """Return a notebook's name and its cells."""
    path = book / "_sources" / "chapters" / f"{request.param}.ipynb"
    return request.param, notebooks.loads(path.read_text("utf-8")).cells


def words(cells):
    """Return the Markdown of a notebook, without code."""
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(r"(?s)```.*?```|`[^`\n]*`", "", text)


def test_no_myst_is_left(notebook):
    _, cells = notebook
    raw = re.compile(r"\{[a-z][\w:-]*\}`|^:{3,}|^`{3,}\{|^\([\w-]+\)=$|^:\w+:", re.M)
    for cell in cells:
        if cell.cell_type == "markdown":
            assert raw.findall(cell.source) == []
    assert not re.search(r"\]\([^)]*\.md\b", words(cells))


def test_links_lead_to_places_of_the_notebook_and_to_pages_of_the_site(notebook, book):
    _, cells = notebook
    text = words(cells)
    anchors = re.findall(r'<a id="([\w-]+)"></a>', text)
    assert len(set(anchors)) == len(anchors)
    for to in re.findall(r"\]\(([^)\s]+)\)", text):
        if to.startswith("#"):
            assert to[1:] in anchors, to
        elif not to.startswith("https://"):
            path, _, anchor = to.partition("#")
            page = (book / "_sources" / "chapters" / path).resolve()
            assert page.is_relative_to(book.resolve())
            assert not anchor or f'id="{anchor}"' in page.read_text("utf-8"), to
    assert ("#source-" in text) == ('<a id="source-' in text)


def test_numbers_are_those_of_the_page(notebook, book):
    name, cells = notebook
    page = (book / "chapters" / f"{name}.html").read_text("utf-8")
    text = words(cells)
    captions = re.findall(r'<a id="(fig-[\w-]+)"></a>\*\*(Fig\. \d+)\.\*\*', text)
    shown = re.findall(r'<figure[^>]* id="(fig-[\w-]+)">.*?caption-number">(Fig\. \d+)', page, re.S)
    assert captions == shown
    equations = re.findall(r'id="equation-([\w-]+)"></a>\s*\$\$[^$]*\\tag\{(\d+)\}', text)
    numbers = re.findall(r'eqno">\((\d+)\)<a class="headerlink" href="#equation-([\w-]+)"', page)
    assert equations == [(label, number) for number, label in numbers]


def test_solutions_are_folded_and_other_code_is_open(notebook):
    _, cells = notebook
    for cell in cells:
        if cell.cell_type == "code":
            solution = "hide-cell" in cell.metadata.get("tags", ())
            folded = cell.metadata.get("jupyter", {})
            assert folded.get("source_hidden", False) == solution
            assert folded.get("outputs_hidden", False) >= solution


def test_the_first_cell_gets_the_library_from_beside_it_or_from_the_site(
    notebook, book, tmp_path, monkeypatch
):
    name, cells = notebook
    get = next(cell for cell in cells if cell.cell_type == "code").source
    (wheel,) = (book / "_static").glob("convlib-*.whl")
    assert wheel.name in get
    assert wheel.name in cells[1].source
    more = {"reference-inside": ' "wasmtime"', "beyond": ' "dask[array,distributed]"'}
    assert get.endswith('"{source}"' + more.get(name, ""))
    cell = re.sub(r'%pip install -q "\{source\}".*', "asked.append(source)", get)
    cell = cell.replace("find_spec(", "missing(")

    def asked_for(cell):
        asked = []
        exec(cell, {"asked": asked, "missing": lambda _: None})
        return asked

    monkeypatch.chdir(book / "_sources" / "chapters")
    assert asked_for(cell) == [wheel.resolve()]
    monkeypatch.chdir(tmp_path)
    downloaded = cell.replace('SITE = "../.."', 'SITE = "https://some.where/book"')
    assert asked_for(downloaded) == [f"https://some.where/book/_static/{wheel.name}"]
    (tmp_path / wheel.name).touch()
    assert asked_for(downloaded) == [tmp_path / wheel.name]


def test_the_wheel_is_all_that_a_chapter_needs_of_the_repository(book, tmp_path):
    """Installed without the network, in a folder of its own, it has all that it takes."""
    (wheel,) = (book / "_static").glob("convlib-*.whl")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(tmp_path), str(wheel)], check=True)
    sources = (path.relative_to(ROOT) for path in (ROOT / "convlib").rglob("*"))
    wanted = {path for path in sources if path.suffix in {".py", ".js", ".css", ".csv"}}
    assert {path.suffix for path in wanted} == {".py", ".js", ".css", ".csv"}
    found = {path.relative_to(tmp_path) for path in (tmp_path / "convlib").rglob("*")}
    assert wanted <= found
    program = """
import convlib.widgets, convlib.plots, convlib.wasm
assert "stage" in convlib.widgets.OutputSize._esm and ".convlib" in convlib.widgets.OutputSize._css
print(convlib.__file__)
"""
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{tmp_path / 'convlib' / '__init__.py'}\n", done.stderr


def plain(source):
    return PlainMarkdown(Book(ROOT), PAGE, "../..").cell(source)


def test_directives_become_details_quotes_and_equations():
    assert plain("```{admonition} Solution\n:class: dropdown\n$1$, see {eq}`shift`.\n```") == (
        "<details>\n<summary>Solution</summary>\n\n$1$, see [(5)](#equation-shift).\n\n</details>"
    )
    assert plain("before\n:::{note}\none\n\ntwo\n:::\nafter") == (
        "before\n> **Note**\n>\n> one\n>\n> two\nafter"
    )
    assert plain("```python\n{eq}`shift`\n```") == "```python\n{eq}`shift`\n```"
    assert plain("(here)=\n## A title") == '<a id="here"></a>\n\n## A title'


def test_references_become_text_with_links():
    assert plain("[](stride.md) and [this](algorithms)") == (
        "[Stride](../../chapters/stride.html) and "
        "[this](../../chapters/reference-inside.html#algorithms)"
    )
    assert plain("{cite}`he2016deep,chollet2017xception`") == (
        "([He et al., 2016](#source-he2016deep); [Chollet, 2017](#source-chollet2017xception))"
    )
    code = "`{eq}` is code, and so is ``[a](b.md)``; [this](https://example.org/a.md) is elsewhere"
    assert plain(code) == code


@pytest.mark.parametrize("source", ["{kbd}`Tab`", "```{figure} a.png\n```"])
def test_what_has_no_plain_form_is_refused(source):
    with pytest.raises(ValueError, match=r"chapters/padding: the (role|directive) \{\w+\}"):
        plain(source)


@pytest.mark.parametrize("source", ["{eq}`no-such`", "{numref}`fig-no-such`", "[a](no-such.md)"])
def test_what_leads_nowhere_is_refused(source):
    with pytest.raises(ValueError, match="nothing in the book has the label"):
        plain(source)

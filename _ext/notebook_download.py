"""Offer each chapter as the notebook that was executed for it, for readers of plain Markdown.

sphinx-book-theme has the button but fills it only for books with a launch service such as Binder.
The notebook says in its own Markdown what the page says with MyST's roles and directives; its first
cell gets the library where it is missing; solutions are folded as on the page. Links lead to the
pages of this site, relative to where the notebook is on it; ``_static/where.js`` puts the site's
address in their place when a reader downloads the notebook from a web server.
"""

from pathlib import Path
from typing import Any

import nbformat
from book_references import Book
from jupyter_cache import get_cache
from library_wheel import wheel_name
from nbformat import NotebookNode
from plain_markdown import PlainMarkdown
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# What JupyterLab and its kin fold for the tags that fold on the page. The code of a figure stays
# open: in a notebook it is there to be changed.
FOLDED = {
    "hide-cell": {"source_hidden": True, "outputs_hidden": True},
    "hide-output": {"outputs_hidden": True},
}
NEEDS = (
    "This notebook needs the book's library, `convlib`. Where it is missing, the next cell "
    "installs it: from the book's site, or from the file `{wheel}` if you put it beside the "
    "notebook (the menu that has the notebook has that file, too)."
)
# The packages besides convlib's own that chapters import: what imports them, and what brings them.
MORE = {"import wasmtime": "wasmtime", "import dask": "dask[array,distributed]"}
GET = """from importlib.util import find_spec
from pathlib import Path

SITE = "{site}"  # where the book is: its address, or its folder
WHEEL = "{wheel}"
if find_spec("convlib") is None:
    places = [Path(WHEEL), Path(SITE, "_static", WHEEL)]
    found = [place.resolve() for place in places if place.exists()]
    source = found[0] if found else f"{{SITE}}/_static/{{WHEEL}}"
    %pip install -q "{{source}}"{more}"""


def executed(notebook: NotebookNode, cache: str) -> NotebookNode:
    """Return the notebook with its outputs from the cache.

    myst-nb writes outputs into its notebook when it executes the chapter, but not when it finds
    them in the cache, as after an edit of prose.
    """
    try:
        _, notebook = get_cache(cache).merge_match_into_notebook(notebook)
    except KeyError:  # executed without a cache: the outputs are in the notebook
        pass
    return notebook


def fold(cell: NotebookNode) -> None:
    """Have JupyterLab fold a cell that the page folds."""
    for tag in cell.metadata.get("tags", ()):
        if tag in FOLDED:
            cell.metadata.setdefault("jupyter", {}).update(FOLDED[tag])


def library_cells(site: str, code: str) -> list[NotebookNode]:
    """Return the cells that say what the notebook needs, and get it."""
    more = "".join(f' "{needed}"' for line, needed in MORE.items() if line in code)
    wheel = wheel_name()
    text = nbformat.v4.new_markdown_cell(NEEDS.format(wheel=wheel), id="needs-convlib")
    get = GET.format(site=site, wheel=wheel, more=more)
    return [text, nbformat.v4.new_code_cell(get, id="get-convlib")]


def plain(notebook: NotebookNode, book: Book, page: str) -> NotebookNode:
    """Return a chapter's notebook for readers who have neither MyST nor the library."""
    site = "/".join([".."] * (page.count("/") + 1))
    words = PlainMarkdown(book, page, site)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = words.cell(cell.source)
        elif cell.cell_type == "code":
            fold(cell)
            if figure := cell.metadata.get("mystnb", {}).get("figure"):
                caption = words.caption(figure["name"], figure["caption"])
                name = f"caption-{figure['name']}"[:64]
                cells.append(nbformat.v4.new_markdown_cell(caption, id=name))
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    # The title stays in front.
    first = cells[:1] if cells[0].cell_type == "markdown" else []
    notebook.cells = [*first, *library_cells(site, code), *cells[len(first) :]]
    return notebook


def offer_notebook(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the executed notebook of a page beside its source, and tell the theme about it."""
    source = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    if (
        doctree is None
        or "kernelspec" not in app.env.metadata.get(pagename, {})
        or not source.exists()
    ):
        return
    notebook = nbformat.read(source, as_version=4)
    notebook = executed(notebook, app.env.mystnb_config.execution_cache_path)
    try:
        notebook = plain(notebook, Book(Path(app.srcdir)), pagename)
    except ValueError as error:
        raise ExtensionError(str(error), error, __name__) from error
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    context["ipynb_source"] = f"{pagename}.ipynb"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    # Before the theme makes its buttons (501).
    app.connect("html-page-context", offer_notebook, priority=500)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

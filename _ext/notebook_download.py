"""Offer each chapter as the notebook that was executed for it.

sphinx-book-theme has the button but fills it only for books with a launch service such as Binder.
"""

from pathlib import Path
from typing import Any

import nbformat
from jupyter_cache import get_cache
from sphinx.application import Sphinx


def executed(notebook: nbformat.NotebookNode, cache: str) -> nbformat.NotebookNode:
    """Return the notebook with its outputs from the cache.

    myst-nb writes outputs into its notebook when it executes the chapter, but not when it finds
    them in the cache, as after an edit of prose.
    """
    try:
        _, notebook = get_cache(cache).merge_match_into_notebook(notebook)
    except KeyError:  # executed without a cache: the outputs are in the notebook
        pass
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
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(executed(notebook, app.env.mystnb_config.execution_cache_path), target)
    context["ipynb_source"] = f"{pagename}.ipynb"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    # Before the theme makes its buttons (501).
    app.connect("html-page-context", offer_notebook, priority=500)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

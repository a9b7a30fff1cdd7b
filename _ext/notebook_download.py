"""Offer each chapter as the notebook that was executed for it.

sphinx-book-theme has the button but fills it only for books with a launch service such as Binder.
"""

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx


def offer_notebook(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Copy the executed notebook of a page beside its source, and tell the theme about it."""
    notebook = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    if (
        doctree is None
        or "kernelspec" not in app.env.metadata.get(pagename, {})
        or not notebook.exists()
    ):
        return
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(notebook, target)
    context["ipynb_source"] = f"{pagename}.ipynb"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    # Before the theme makes its buttons (501).
    app.connect("html-page-context", offer_notebook, priority=500)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

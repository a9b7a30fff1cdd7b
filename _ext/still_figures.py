"""Show an explorer's still picture where a page runs no JavaScript.

An explorer's output holds two forms: the widget, and a still picture as HTML. myst-nb writes the
first into the page; this puts the second behind it, in a ``<noscript>``.
"""

import json
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

WIDGET = "application/vnd.jupyter.widget-view+json"
VIEW = re.compile(rf'<script type="{re.escape(WIDGET)}">\s*(\{{.*?\}})\s*</script>', re.DOTALL)


def stills(notebook: Path) -> dict[str, str]:
    """Return the still picture of each widget in an executed notebook, by the widget's id."""
    found = {}
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if WIDGET in data and "text/html" in data:
                found[data[WIDGET]["model_id"]] = "".join(data["text/html"])
    return found


def add_stills(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put each still picture behind its widget."""
    notebook = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    if "kernelspec" not in app.env.metadata.get(pagename, {}) or not notebook.exists():
        return
    pictures = stills(notebook)

    def with_still(view: re.Match[str]) -> str:
        picture = pictures.get(json.loads(view[1])["model_id"])
        return f"{view[0]}<noscript>{picture}</noscript>" if picture else view[0]

    context["body"] = VIEW.sub(with_still, context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("html-page-context", add_stills)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

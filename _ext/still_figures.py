"""Show an explorer's still picture until the explorer is drawn, and where it cannot be.

An explorer's output holds two forms: the widget, and HTML with a still picture and, in a
``<template>``, what keeps the explorer's place (``convlib/widgets/shared/places.py``). myst-nb
would write only the first into the page; this adds the second before it. Both are taken from the
doctree, which has them whether the chapter was just executed or came from the cache. HTML without
a place is for pages without JavaScript alone.

Where explorers come alive nothing of a still is laid out or loaded (``_static/places.css``). The
explorer is drawn behind its place, unseen, and takes it when it has come to rest: nothing on
the page moves. ``scripts/places.js`` sees to it, and says in the place what is wrong where
something is.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

TEMPLATE, STILL = '<template class="convlib-place">', "<!--still-->"
END = "<!--/still-->"

PLACES = Path(__file__).resolve().parent / "scripts" / "places.js"


class AddStills(SphinxPostTransform):
    """Put each still picture beside its widget."""

    default_priority = 3  # myst-nb chooses one form of each output at 4, and drops the others
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Run the transform."""
        for output in list(self.document.findall(nodes.container)):
            if output.get("nb_element") != "mime_bundle":
                continue
            forms = {form["mime_type"]: form for form in output.children}
            if WIDGET_VIEW_MIMETYPE not in forms or "text/html" not in forms:
                continue
            widget, html = forms[WIDGET_VIEW_MIMETYPE], forms["text/html"].astext()
            still, template, place = html.partition(TEMPLATE)
            if template:
                marked = f"{STILL}{still}{END}"
                place = place.rpartition("</template>")[0].replace(STILL, marked)
                widget.insert(0, _raw(f'<div class="explorer-place">{place}'))
                widget.append(_raw("</div>"))
            else:
                widget.append(_raw(f"<noscript>{STILL}{still}{END}</noscript>"))


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def take_places(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give pages with explorers the script that puts them into their places."""
    if 'class="explorer-place"' in context.get("body", ""):
        app.add_js_file(None, body=PLACES.read_text("utf-8"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform and the event."""
    app.add_post_transform(AddStills)
    app.connect("html-page-context", take_places)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

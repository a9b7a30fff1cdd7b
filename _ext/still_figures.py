"""Show an explorer's still picture where a page runs no JavaScript.

An explorer's output holds two forms: the widget, and a still picture as HTML. myst-nb would write
only the first into the page; this adds the second after it, in a ``<noscript>``. Both are taken
from the doctree, which has them whether the chapter was just executed or came from the cache.
"""

from typing import Any

from docutils import nodes
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


class AddStills(SphinxPostTransform):
    """Put each still picture after its widget."""

    default_priority = 3  # myst-nb chooses one form of each output at 4, and drops the others
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Run the transform."""
        for output in self.document.findall(nodes.container):
            if output.get("nb_element") != "mime_bundle":
                continue
            forms = {form["mime_type"]: form for form in output.children}
            if WIDGET_VIEW_MIMETYPE in forms and "text/html" in forms:
                picture = f"<noscript>{forms['text/html'].astext()}</noscript>"
                forms[WIDGET_VIEW_MIMETYPE].append(nodes.raw("", picture, format="html"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_post_transform(AddStills)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

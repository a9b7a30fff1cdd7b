"""Mend what the theme and docutils write and screen readers, or keyboards, cannot use.

A list of sources is a list of list items, whose role docutils writes as one that ARIA has dropped.
What is too wide for a narrow screen scrolls in a box of its own; where it does, the keyboard must
reach the box. A browser that translates the page leaves code and formulas alone, and reads them
from left to right. In the sidebar an arrow without a name unfolds the pages below a page.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

SCROLLERS = Path(__file__).resolve().parent / "scripts" / "scrollers.js"
# Code and formulas, and the names of the reference.
AS_WRITTEN = re.compile(r'<(code|pre|math|dt(?= class="sig))(?=[\s>])')


def mend_body(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give list items their role; have code and formulas stay as they are written."""
    if "body" in context:
        body = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')
        context["body"] = AS_WRITTEN.sub(r'<\1 translate="no" dir="ltr"', body)
    app.add_js_file(None, body=SCROLLERS.read_text("utf-8"))


def name_toggles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Name what unfolds the pages below a page in the sidebar after that page."""
    tree = context.get("generate_toctree_html")
    if tree is None:
        return

    def named(*args: Any, **options: Any) -> Any:
        made = tree(*args, **options)
        if made:
            for toggle in made.select("li.has-children > details > summary"):
                page = toggle.find_parent("li").find("a").get_text(strip=True)
                toggle["aria-label"] = f"Pages of {page}"
        return made

    context["generate_toctree_html"] = named


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("html-page-context", mend_body)
    # After the theme has put its functions into the context (500).
    app.connect("html-page-context", name_toggles, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

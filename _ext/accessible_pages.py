"""Mend what the theme and docutils write and screen readers, or keyboards, cannot use.

A list of sources is a list of list items, whose role docutils writes as one that ARIA has dropped.
What is too wide for a narrow screen scrolls in a box of its own; where it does, the keyboard must
reach the box. In the sidebar an arrow without a name unfolds the pages
below a page.
"""

import re
from typing import Any

from sphinx.application import Sphinx

# Equations, tables and pictures wider than the page: how wide it is, only the browser knows.
REACH_SCROLLERS = """
addEventListener("DOMContentLoaded", () => {
  const wide = ".equation, pre, .pst-scrollable-table-container, .picture";
  const boxes = document.querySelectorAll(`.bd-article :is(${wide})`);
  const watch = new ResizeObserver(() => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  });
  watch.observe(document.body);
});
"""


def mend_roles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the entries of a list of sources the role of list items."""
    if "body" in context:
        context["body"] = re.sub(r'role="doc-biblioentry"', 'role="listitem"', context["body"])
    app.add_js_file(None, body=REACH_SCROLLERS)


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
    app.connect("html-page-context", mend_roles)
    # After the theme has put its functions into the context (500).
    app.connect("html-page-context", name_toggles, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Mend what the theme and docutils write and screen readers, or keyboards, cannot use.

A list of sources is a list of list items, whose role docutils writes as one that ARIA has dropped.
What is too wide for a narrow screen scrolls in a box of its own; where it does, the keyboard must
reach the box.
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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("html-page-context", mend_roles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

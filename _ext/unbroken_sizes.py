"""Keep sizes such as 3 × 3, and numbers with their unit, on one line.

Authors type plain spaces; in running text they become non-breaking spaces. Tables and headings
keep theirs, because narrow columns need every possible break.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SPACE = re.compile(r"(?<=[\w)]) (?=× )|(?<=×) (?=[\w(])|(?<=\d) (?=(%|px|ms|GFLOP/s)(?!\w))")


class UnbrokenSizes(SphinxPostTransform):
    """Replace the spaces of sizes in paragraphs and captions."""

    default_priority = 900

    def run(self, **kwargs: Any) -> None:
        """Change the text of one page."""
        for line in self.document.findall(lambda n: isinstance(n, nodes.paragraph | nodes.caption)):
            if _inside(line, nodes.entry):
                continue
            for text in list(line.findall(nodes.Text)):
                unbroken = SPACE.sub("\N{NO-BREAK SPACE}", text)
                if unbroken != text and not _inside(text, nodes.literal):
                    text.parent.replace(text, nodes.Text(unbroken))


def _inside(node: nodes.Node, kind: type) -> bool:
    """Return whether `node` is inside an element of `kind`."""
    return node is not None and (isinstance(node, kind) or _inside(node.parent, kind))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(UnbrokenSizes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

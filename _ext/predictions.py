"""Where a page says *Predict*, hold back what follows until the reader has decided.

A paragraph with an emphasised *Predict...* begins a prediction, so no chapter can forget to mark
one. What follows it becomes a ``div.veil``, up to the next heading, the next prediction, or a
comment ``% end of the veil``. A cell with the tag ``prediction`` right after it, a card of practice
questions, stays in front: it is where the reader answers. Elsewhere a field stands there.

Nothing is hidden here, and the field is not shown. ``_static/predictions.js`` draws the veils, in
browsers that run it, and brings their bars to life.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

END = "end of the veil"
FIELD = "tag_prediction"
# What stands before a veil: a field, or the card of questions has one, and the ways to lift it.
BAR = """<form class="veil-bar" hidden>
<p class="why">What follows is veiled until you have {decided}.</p>{field}
<p class="acts">{decide}<button type="button" class="lift">{lift}</button>
<button type="button" class="never">never veil anything</button></p>
</form>
"""
BAR_OF_A_CARD = BAR.format(decided="answered", field="", decide="", lift="lift the veil")
BAR_WITH_A_FIELD = BAR.format(
    decided="decided",
    field='<textarea rows="2" maxlength="500" aria-label="What you expect" '
    'placeholder="Write down what you expect"></textarea>',
    decide='<button class="decide">I have decided</button>\n',
    lift="show me",
)


class veil(nodes.General, nodes.Element):
    """What follows a prediction."""


def question_of(node: nodes.Node) -> str:
    """Return what a paragraph asks the reader to predict, or nothing."""
    if not isinstance(node, nodes.paragraph):
        return ""
    asked = (each.astext() for each in node.findall(nodes.emphasis))
    return next((text for text in asked if text.startswith("Predict")), "")


def ends(node: nodes.Node) -> bool:
    """Whether a veil ends before this node."""
    is_mark = isinstance(node, nodes.comment) and node.astext().strip() == END
    return is_mark or isinstance(node, nodes.section) or bool(question_of(node))


def name_of(question: str) -> str:
    """Return a name for a page's veil that stays when others are added.

    >>> name_of("Predict: how many places has a 3 × 3 window?")
    'predict-how-many-places-has-a-3-3-window'
    """
    return re.sub(r"[^a-z0-9]+", "-", question.lower()).strip("-")[:60].rstrip("-")


def draw_veils(app: Sphinx, doctree: nodes.document) -> None:
    """Wrap what follows each prediction."""
    asking = [node for node in doctree.findall(nodes.paragraph) if question_of(node)]
    for paragraph in asking:
        parent = paragraph.parent
        first = parent.index(paragraph) + 1
        while first < len(parent) and FIELD in parent[first].get("classes", ()):
            first += 1
        last = first
        while last < len(parent) and not ends(parent[last]):
            last += 1
        if last > first:
            has_card = first > parent.index(paragraph) + 1
            name = name_of(question_of(paragraph))
            bar = BAR_OF_A_CARD if has_card else BAR_WITH_A_FIELD
            wrapped = veil("", *parent[first:last], names=[name], bar=bar)
            parent[first:last] = [wrapped]


def visit_veil(translator: Any, node: veil) -> None:
    """Begin the veiled part of a page."""
    opening = f'<div class="veil" data-prediction="{node["names"][0]}">\n'
    translator.body.append(node["bar"] + opening)


def depart_veil(translator: Any, node: veil) -> None:
    """End it."""
    translator.body.append("</div>\n")


def _pass(translator: Any, node: veil) -> None:
    """Write the content as if there were no veil."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the node and the event."""
    other = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))
    app.add_node(veil, html=(visit_veil, depart_veil), **other)
    app.connect("doctree-read", draw_veils)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

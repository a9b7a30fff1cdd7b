"""Typeset equations when the book is built: LaTeX in, MathML out, and no script in the page.

``latex2mathml`` does the translation. It was written for full MathML, and silently accepts some
mistakes; this module rewrites what browsers left out of MathML Core, and warns of all LaTeX that
was not understood.
"""

import re
from typing import Any
from xml.etree import ElementTree as ET

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

ENVIRONMENTS = {
    "split",
    "cases",
    "array",
    "matrix",
    "pmatrix",
    "bmatrix",
    "Bmatrix",
    "vmatrix",
    "Vmatrix",
}
CHILDREN = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
LIMITS = {"max", "min", "sup", "inf", "lim"}
DELIMITERS = set("⟨⟩⌈⌉⌊⌋|‖")
SIGNS = set("%∞°")
# MathML Core knows no variant but "normal".
VARIANTS = {
    "bold": "font-weight: bold",
    "italic": "font-style: italic",
    "bold-italic": "font-weight: bold; font-style: italic",
    "monospace": "font-family: monospace",
}


class UnknownLatex(ValueError):
    """LaTeX that would not be shown as its author meant it."""


def to_mathml(latex: str, display: bool) -> str:
    """Return ``latex`` as a ``<math>`` element that carries its own source as an annotation.

    >>> to_mathml("x", display=False)[:30]
    '<math><semantics><mrow><mi>x</'

    Raises
    ------
    UnknownLatex
        A command, an environment or an argument that the converter does not handle.
    """
    source = _rewrite_environments(latex.strip())
    try:
        converted = convert(source, xmlns="", display="block" if display else "inline")
        content = ET.fromstring(converted)[0]
    except ET.ParseError as error:  # the converter passes a stray & through
        raise UnknownLatex("& outside of an environment that aligns") from error
    except Exception as error:  # the converter's own errors have no common base class
        raise UnknownLatex(f"{type(error).__name__} {error}".strip()) from error
    _check(content)
    _adapt_to_core(content)

    math = ET.Element("math", {"display": "block"} if display else {})
    semantics = ET.SubElement(math, "semantics")
    semantics.append(content)
    ET.SubElement(semantics, "annotation", {"encoding": "application/x-tex"}).text = latex.strip()
    return ET.tostring(math, encoding="unicode")


def _rewrite_environments(latex: str) -> str:
    """Write aligning environments as ``split``: the converter numbers all others."""
    latex = re.sub(r"\\(begin|end)\{equation\*?\}", "", latex)
    latex = re.sub(r"\\(begin|end)\{(?:aligned|align)\*?\}", r"\\\1{split}", latex)
    unknown = set(re.findall(r"\\begin\{([^}]*)\}", latex)) - ENVIRONMENTS
    if unknown:
        raise UnknownLatex(f"unknown environment {', '.join(sorted(unknown))}")
    plain = re.sub(r"\\[\\{}]", "", latex)
    if plain.count("{") != plain.count("}"):
        raise UnknownLatex("the braces do not match")
    return latex


def _check(content: ET.Element) -> None:
    """Raise for what the converter let through without understanding it."""
    for element in content.iter():
        text = element.text or ""
        if "\\" in text:
            raise UnknownLatex(f"unknown command {text}")
        if text == "&" or element.get("linebreak"):
            raise UnknownLatex("& or \\\\ outside of an environment that aligns")
        if len(element) != CHILDREN.get(element.tag, len(element)):
            raise UnknownLatex(f"an argument of {element.tag} is missing")
        variant = element.get("mathvariant", "normal")
        if variant != "normal" and variant not in VARIANTS:
            raise UnknownLatex(f"no browser shows the variant {variant}")


def _adapt_to_core(content: ET.Element) -> None:
    """Replace, in place, what MathML Core lacks or the converter marks up wrongly."""
    for element in content.iter():
        text = element.text or ""
        if element.get("mathvariant") in VARIANTS:
            element.set("style", VARIANTS[element.attrib.pop("mathvariant")])
        if element.tag == "menclose":
            element.tag, element.attrib = (
                "mrow",
                {"class": f"enclosed-{element.get('notation', 'box')}"},
            )
        elif element.tag == "mspace" and element.get("width") == "negativethinmathspace":
            element.set("width", "-0.167em")
        elif element.tag == "mi" and text in DELIMITERS:
            element.tag = "mo"
            element.attrib.update(stretchy="false", form="prefix" if text in "⟨⌈⌊" else "postfix")
        elif element.tag == "mi" and text in SIGNS:
            element.set("mathvariant", "normal")
        elif element.tag == "mo" and text.isalpha() and text.isascii() and text != "mod":
            element.attrib.update(lspace="0.1em", rspace="0.1em")
        elif (
            element.tag in ("msub", "msubsup")
            and element[0].tag == "mo"
            and element[0].text in LIMITS
        ):
            element.tag = {"msub": "munder", "msubsup": "munderover"}[element.tag]
            element[0].set("movablelimits", "true")


def _mathml_or_source(translator: Any, node: nodes.Element, latex: str, display: bool) -> str:
    try:
        return to_mathml(latex, display)
    except UnknownLatex as error:
        logger.warning("cannot typeset %r: %s", latex, error, location=node, type="mathml")
        return f"<code>{translator.encode(latex)}</code>"


def visit_math(self: Any, node: nodes.math) -> None:
    """Write an equation in a line of text."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(_mathml_or_source(self, node, node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def visit_displaymath(self: Any, node: nodes.math_block) -> None:
    """Write an equation on lines of its own, with its number if it has a label."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append('<div class="equation">')
    for part in node.astext().split("\n\n"):
        if part.strip():
            self.body.append(_mathml_or_source(self, node, part, display=True))
    self.body.append("</div>")
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer; ``html_math_renderer: mathml`` chooses it."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

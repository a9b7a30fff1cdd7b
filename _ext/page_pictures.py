"""Make plots and stills files of the site, in the colours of the page, and load them late.

Matplotlib's drawings are long, and each plot has one for wide pages and one for narrow ones: half
of what a browser would have to lay out on some pages. In the built pages they are images. An image
cannot take the colours of the page around it, so there is a file for each theme, of which the
book's style sheet shows one (``_static/book.css``); a browser loads what is shown when it comes
near. A still, which is shown only where its explorer does not come alive, has one in the ink of
paper.

The photographs in them, which Matplotlib writes as PNG, become lossless WebP.
"""

import base64
import hashlib
import io
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from sphinx.application import Sphinx

from convlib.plots.colours import ACCENT

PIXELS = re.compile(r'data:image/png;base64,\s*([^"]*)')
# A still, as still_figures.py marks it, or a drawing.
DRAWINGS = re.compile(r"<!--still-->(?P<still>.*?)<!--/still-->|<svg\b.*?</svg>", re.DOTALL)
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
# Matplotlib writes them in points.
SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')
STATIC = Path(__file__).parents[1] / "_static"
# The face of words in plots: no font that only the page has.
SANS = re.search(r"--book-sans: ([^;]*);", (STATIC / "face.css").read_text("utf-8"))[1]


class Theme(NamedTuple):
    """The colours that a drawing takes from the page: of its text, and the accent."""

    ink: str
    accent: str


THEMES = {"light": Theme("#222832", ACCENT), "dark": Theme("#ced6dd", "#f0a6d2")}


@cache
def compressed(png: str) -> str:
    """Return the address of a lossless WebP that shows what a PNG in base64 shows.

    To try harder (quality 100, method 6) takes a hundred times as long and makes most files 1 %
    smaller.
    """
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    if picture.mode == "RGBA" and picture.getextrema()[3] == (255, 255):
        picture = picture.convert("RGB")
    file = io.BytesIO()
    picture.save(file, "webp", lossless=True, exact=True, quality=80, method=4)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def shortened(drawing: str) -> str:
    r"""Return an SVG of Matplotlib's without what nobody sees: comments, breaks, tiny fractions.

    >>> shortened('<svg>\n <!-- a -->\n <path d="M 1.23456 2 \nL 3 4"/>\n <text>1.234</text></svg>')
    '<svg> <path d="M 1.23 2 L 3 4"/> <text>1.234</text></svg>'
    """

    def rounded(tag: re.Match) -> str:
        if "matrix(" in tag[0] or "scale(" in tag[0]:
            return tag[0]
        return re.sub(r"(?<=\d)(\.\d\d)\d+", r"\1", tag[0])

    drawing = re.sub(r"<!--.*?-->", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r"\s*\n\s*", " ", drawing)
    return re.sub(r"<(?:path|rect|use|g|clipPath)\b[^>]*>", rounded, drawing)


def in_theme(drawing: str, theme: Theme) -> str:
    """Return an SVG of ours that needs no page around it, in the colours of a theme.

    >>> in_theme('<svg style="fill: currentColor"><g stroke="var(--accent, #8a2468)"/></svg>',
    ...          Theme("#fff", "#f0f"))[:62]
    '<svg style="fill: #fff; color: #fff"><style>text{font-family:-'
    """
    drawing = drawing.replace("fill: currentColor", f"fill: {theme.ink}; color: {theme.ink}", 1)
    drawing = re.sub(r"var\(--accent, [^)]*\)", theme.accent, drawing)
    start = drawing.index(">") + 1
    face = f"<style>text{{font-family:{SANS}!important}}</style>"
    return drawing[:start] + face + drawing[start:]


def written(drawing: str, folder: Path) -> str:
    """Write an SVG as a file of the site; return the name."""
    path = folder / f"{hashlib.sha256(drawing.encode()).hexdigest()[:12]}.svg"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(drawing, "utf-8")
    return path.name


def move_pictures(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Replace the drawings in a page by images."""
    if "body" not in context:
        return
    folder = Path(app.outdir) / "_images"

    def images(drawing: str, themes: list[str]) -> str:
        drawing = shortened(PIXELS.sub(lambda png: compressed(png[1]), drawing))
        width, height = (float(size) * 4 / 3 for size in SIZE.search(drawing).groups())
        label = re.search(r'aria-label="([^"]*)"', drawing)[1]
        look = f'alt="{label}" width="{width:.0f}" height="{height:.0f}" loading="lazy"'
        made = ""
        for theme in themes:
            name = written(in_theme(drawing, THEMES[theme]), folder)
            source = context["pathto"](f"_images/{name}", resource=True)
            chosen = f' class="in-{theme}"' if len(themes) > 1 else ""
            made += f'<img{chosen} src="{source}" {look}>'
        return made

    def drawn(match: re.Match) -> str:
        if match["still"] is None:
            return images(match[0], list(THEMES))
        return SVG.sub(lambda still: images(still[0], ["light"]), match["still"])

    context["body"] = DRAWINGS.sub(drawn, context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("html-page-context", move_pictures, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

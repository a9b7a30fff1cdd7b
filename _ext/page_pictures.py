"""Put the photographs of plots and stills into files, one a site for each, and load them late.

Matplotlib writes a picture's pixels into the SVG around them, as a PNG in base64. The same
photograph is in many plots, and each has a drawing for wide pages and one for narrow ones. In the
built pages they refer to files, lossless WebP, named after their pixels.

A still, which is shown only where its explorer does not come alive, is a file as a whole.

A plot in SVG loads its photographs at once, wherever it is on the page, so there is a second copy
of such a plot, for browsers that run scripts: ``_static/pictures.js`` gives its photographs their
addresses when they come near.
"""

import base64
import hashlib
import io
import re
from pathlib import Path
from typing import Any

from PIL import Image
from sphinx.application import Sphinx

PIXELS = re.compile(r'(?:xlink:)?href="data:image/png;base64,\s*([^"]*)"')
# A still, as still_figures.py marks it, or a drawing.
DRAWINGS = re.compile(r"<!--still-->(?P<still>.*?)<!--/still-->|<svg\b.*?</svg>", re.DOTALL)
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
# Matplotlib writes them in points.
SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')
INK = "#222832"
# The theme's class for what is not shown where no scripts run.
FOR_SCRIPTS = "pst-js-only"


def written(data: str, folder: Path) -> str:
    """Write a PNG in base64 as a file of the site; return the file's name."""
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    if picture.mode == "RGBA" and picture.getextrema()[3] == (255, 255):
        picture = picture.convert("RGB")
    named = hashlib.sha256(repr((picture.mode, picture.size)).encode() + picture.tobytes())
    path = folder / f"{named.hexdigest()[:12]}.webp"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        picture.save(path, lossless=True, exact=True, quality=100, method=6)
    return path.name


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


def written_drawing(drawing: str, folder: Path) -> str:
    """Write an SVG as a file of the site, in the ink of paper; return the name."""
    drawing = shortened(drawing).replace("fill: currentColor", f"fill: {INK}; color: {INK}", 1)
    path = folder / f"{hashlib.sha256(drawing.encode()).hexdigest()[:12]}.svg"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(drawing, "utf-8")
    return path.name


def move_pictures(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Replace the pixels in a page by the addresses of files."""
    if "body" not in context:
        return
    folder = Path(app.outdir) / "_images"

    def address(match: re.Match) -> str:
        name = written(match[1], folder)
        return f'href="{context["pathto"](f"_images/{name}", resource=True)}"'

    def still(match: re.Match) -> str:
        name = written_drawing(match[0], folder)
        width, height = (float(size) * 4 / 3 for size in SIZE.search(match[0]).groups())
        label = re.search(r'aria-label="([^"]*)"', match[0])[1]
        source = context["pathto"](f"_images/{name}", resource=True)
        size = f'width="{width:.0f}" height="{height:.0f}"'
        return f'<img src="{source}" alt="{label}" {size} loading="lazy">'

    def drawing(match: re.Match) -> str:
        if match["still"] is not None:
            return SVG.sub(still, match["still"])
        text = shortened(PIXELS.sub(address, match[0]))
        if not PIXELS.search(match[0]):
            return text
        later = re.sub(r'(?<=\s)href="(?=[^"]*\.webp")', 'data-href="', text)
        return f'<noscript>{text}</noscript><div class="{FOR_SCRIPTS}">{later}</div>'

    context["body"] = DRAWINGS.sub(drawing, context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("html-page-context", move_pictures, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

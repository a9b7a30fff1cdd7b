"""Put the photographs of plots and stills into files, one a site for each, and load them late.

Matplotlib writes a picture's pixels into the SVG around them, as a PNG in base64. The same
photograph is in many plots, and each has a drawing for wide pages and one for narrow ones. In the
built pages they refer to files, lossless WebP, named after their pixels.

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
# A still, which only browsers without scripts draw, or a drawing.
DRAWINGS = re.compile(r"<noscript>.*?</noscript>|<svg\b.*?</svg>", re.DOTALL)
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

    def drawing(match: re.Match) -> str:
        text = PIXELS.sub(address, match[0])
        if text == match[0] or text.startswith("<noscript>"):
            return text
        later = re.sub(r'(?<=\s)href="(?=[^"]*\.webp")', 'data-href="', text)
        return f'<noscript>{text}</noscript><div class="{FOR_SCRIPTS}">{later}</div>'

    context["body"] = DRAWINGS.sub(drawing, context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("html-page-context", move_pictures, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

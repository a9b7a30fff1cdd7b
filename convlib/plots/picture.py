"""Still pictures in the book's colours, which follow the page's light or dark theme."""

import html
import io
import re

from matplotlib import rc_context

STYLE = {"svg.fonttype": "none", "font.size": 11, "axes.spines.top": False}


class Picture:
    """A Matplotlib figure that shows itself as SVG in the colours of the page around it.

    Black becomes the page's text colour and the background stays transparent.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to show.
    alt : str
        What the picture says, for those who cannot see it.

    Raises
    ------
    ValueError
        If `alt` is empty.

    References
    ----------
    W3C, "SVG 2", section 13.3 (currentColor).

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from convlib.plots import Picture
    >>> 'aria-label="An empty page."' in Picture(Figure(), "An empty page.")._repr_html_()
    True
    """

    def __init__(self, figure, alt):
        if not alt:
            raise ValueError(f"alt={alt!r}; a picture needs a sentence that says what it shows")
        self.figure, self.alt = figure, alt

    def _repr_html_(self):
        file = io.StringIO()
        # The salt makes the ids of two pictures on a page differ, and a rebuilt page the same.
        with rc_context({**STYLE, "svg.hashsalt": self.alt}):
            self.figure.savefig(
                file, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None}
            )
        drawing = file.getvalue()
        drawing = drawing[drawing.index("<svg") :].replace("#000000", "currentColor")
        label = html.escape(self.alt, quote=True)
        # On a narrow page the picture scrolls in its own box, so that its text is not too small.
        look = "max-width: 100%; min-width: 26rem; height: auto; fill: currentColor"
        opening = f'<svg role="img" aria-label="{label}" style="{look}"'
        return f'<div style="overflow-x: auto">{re.sub("^<svg", opening, drawing, count=1)}</div>'

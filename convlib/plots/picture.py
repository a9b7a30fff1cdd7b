"""Still pictures in the book's colours, which follow the page's light or dark theme."""

import html
import io
import itertools
import math
import pickle
import re

from matplotlib import rc_context
from matplotlib.gridspec import GridSpec

from convlib.plots.colours import ACCENT, INK

STYLE = {"svg.fonttype": "none", "font.size": 11, "axes.spines.top": False}

ROUGH = "image-rendering:crisp-edges;image-rendering:pixelated"

# The width in inches of a picture for a phone: with what labels stick out, 340 of its pixels.
NARROW = 3.5
# Of a picture's two drawings the one that fits is shown; a notebook has no style sheet of ours. It
# stands before them, as they are long, and may be drawn before what follows them has arrived.
CHOICE = (
    "<style>.picture-narrow { display: none } @media (max-width: 36rem) "
    "{ .picture-wide { display: none } .picture-narrow { display: block } }</style>"
)


class Picture:
    """A Matplotlib figure that shows itself as SVG in the colours of the page around it.

    Black becomes the page's text colour, `ACCENT` of :mod:`convlib.plots.colours` its accent, and
    the background stays transparent.

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
        label = html.escape(self.alt, quote=True)
        drawings = [_drawing(self.figure, self.alt, label)]
        if self.figure.get_figwidth() > NARROW:
            narrow = _drawing(narrowed(self.figure), f"{self.alt} narrow", label)
            drawings = [
                f'{CHOICE}<div class="picture-wide">{drawings[0]}</div>',
                f'<div class="picture-narrow">{narrow}</div>',
            ]
        return f'<div class="picture">{"".join(drawings)}</div>'


def narrowed(figure):
    """Return a copy of a figure for a phone: its panels below each other, text as large as before.

    Panels that are narrow already stand two in a row.
    """
    copy = pickle.loads(pickle.dumps(figure))
    width, height = copy.get_size_inches()
    axes = [each for each in copy.axes if each.get_subplotspec() is not None]
    rows, columns = axes[0].get_gridspec().get_geometry() if axes else (1, 1)
    fit = min(columns, math.ceil(NARROW * columns / width - 0.1))
    if fit < columns:
        for empty in (each for each in axes if not each.has_data()):
            empty.remove()
        axes = [each for each in axes if each.has_data()]
        lines = -(-len(axes) // fit)
        grid = GridSpec(lines, fit, figure=copy)
        for k, each in enumerate(axes):
            each.set_subplotspec(grid[k // fit, k % fit])
        height = lines * max(height / rows, 2.2)
        if copy.get_layout_engine() is None:
            copy.subplots_adjust(hspace=0.5)
    copy.set_size_inches(NARROW, height)
    copy.draw_without_rendering()
    # Labels that stick out take their room from the panels, of which only a part gives way.
    while (beyond := copy.get_tightbbox().width - NARROW) > 0.01 and copy.get_figwidth() > 1:
        copy.set_figwidth(copy.get_figwidth() - beyond)
        copy.draw_without_rendering()
    for each in axes:
        _thin_out(each.get_xticklabels())
        legend = each.get_legend()
        if legend and legend.get_window_extent().width > each.get_window_extent().width:
            each.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=1)
    return copy


def _thin_out(labels):
    """Hide every other label of an axis where neighbours would touch."""
    shown = [label for label in labels if label.get_text() and label.get_visible()]
    ends = [label.get_window_extent() for label in shown]
    if any(left.x1 + 2 > right.x0 for left, right in itertools.pairwise(ends)):
        for label in shown[1::2]:
            label.set_visible(False)


def _drawing(figure, salt, label):
    """Return a figure as SVG in the page's colours."""
    file = io.StringIO()
    # The salt makes the ids of two pictures on a page differ, and a rebuilt page the same.
    with rc_context({**STYLE, "svg.hashsalt": salt}):
        figure.savefig(
            file, format="svg", transparent=True, bbox_inches="tight", metadata={"Date": None}
        )
    drawing = file.getvalue()
    drawing = drawing[drawing.index("<svg") :].replace(INK, "currentColor")
    # An image with the interpolation "none" has its own pixels, the same ones in every plot; the
    # browser smooths it.
    drawing = drawing.replace(ROUGH, "")
    # The page says what the accent is in its theme; a notebook says nothing.
    drawing = drawing.replace(ACCENT, f"var(--accent, {ACCENT})")
    look = "max-width: 100%; height: auto; fill: currentColor"
    return re.sub("^<svg", f'<svg role="img" aria-label="{label}" style="{look}"', drawing, count=1)

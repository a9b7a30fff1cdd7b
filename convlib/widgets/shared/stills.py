"""Still pictures of explorers, for pages without JavaScript."""

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from convlib.plots.colours import RULE


def panels(count, width=2.4, height=2.4):
    """Return a figure and `count` bare axes side by side."""
    figure = Figure(figsize=(width * count, height), layout="constrained")
    axes = figure.subplots(1, count, squeeze=False)[0]
    for each in axes:
        each.set_axis_off()
    return figure, axes


def draw_cells(axes, values, colours, title):
    """Draw `values` (rows, columns) as numbered cells; `colours` is one colour or one per cell."""
    rows, columns = np.shape(values)
    colours = np.broadcast_to(np.array(colours, dtype=object), (rows, columns))
    for (i, j), value in np.ndenumerate(values):
        face = to_rgba(colours[i, j], 0.3)
        axes.add_patch(Rectangle((j, i), 1, 1, facecolor=face, edgecolor=RULE))
        axes.text(j + 0.5, i + 0.5, f"{value:g}", ha="center", va="center")
    axes.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal", title=title)


def outline(axes, row, column, rows, columns, colour):
    """Draw a thick frame around cells."""
    corner = (column, row)
    axes.add_patch(Rectangle(corner, columns, rows, fill=False, edgecolor=colour, linewidth=3))


def draw_photograph(axes, pixels, title):
    """Draw `pixels` (3, H, W), levels 0 to 255."""
    levels = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    axes.imshow(levels.transpose(1, 2, 0), interpolation="none")
    axes.set_title(title)

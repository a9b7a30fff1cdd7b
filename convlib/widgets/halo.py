"""Halo: an image cut into tiles, and what layers need of the tiles around."""

import numpy as np
import traitlets
from matplotlib.patches import Rectangle

from convlib.kernels.halo_costs import halo_costs, tile_read, tiles_along
from convlib.plots.colours import INPUT, KERNEL, OUTPUT, RULE
from convlib.plots.picture import Picture
from convlib.widgets.shared.explorer import (
    Explorer,
    javascript,
    setting,
    style_sheet,
    whole,
    within,
)
from convlib.widgets.shared.stills import panels

HEIGHT, WIDTH, CHANNELS, ITEMSIZE = 48, 64, 16, 4
SMALLEST_TILE, LARGEST_LAYERS, LARGEST_REACH = 4, 5, 3
KERNELS = tuple(f"{2 * reach + 1} × {2 * reach + 1}" for reach in range(LARGEST_REACH + 1))


class Halo(Explorer):
    """See what a tile of an image needs of the tiles around, and what fused layers compute again.

    The image has 48 × 64 pixels and 16 channels of float32, and so has the output of every layer:
    stride 1, padding that keeps the size.

    Parameters
    ----------
    tile_height, tile_width : int, 4 to 48 and 4 to 64
        Size of a tile in pixels. The last tiles of an axis are what is left.
    layers : int, 1 to 5
        How many layers are computed.
    fuse : int, 1 to `layers`
        How many of them for each exchange of halos.
    reach : int, 0 to 3
        How far a window reaches beyond its middle, in pixels: kernels are 2 `reach` + 1 wide.
    row, column : int, 0 to 47 and 0 to 63
        A pixel; the halo of its tile is drawn.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown.
    traitlets.TraitError
        If a value is of the wrong type or out of range.

    References
    ----------
    C. Ding and Y. He, "A Ghost Cell Expansion Method for Reducing Communications in Solving PDE
    Problems", Supercomputing, 2001.

    Examples
    --------
    >>> from convlib.widgets import Halo
    >>> explorer = Halo(layers=5, fuse=3)
    >>> explorer.tile_width = 32
    """

    TRY = (
        "<b>Try:</b> drag <i>fuse</i> to the right: which of the three prices falls, which rises, "
        "which hardly changes? Then drag the tile's corner."
    )
    OPEN = ("layers", "tile")
    _esm = javascript("halo_prices.js", "halo.js")
    _css = style_sheet("halo.css")
    PICTURE = '<div class="board halos">{still}</div>'

    tile_height = whole(16, HEIGHT, SMALLEST_TILE)
    tile_width = whole(16, WIDTH, SMALLEST_TILE)
    layers = whole(4, LARGEST_LAYERS)
    fuse = setting(traitlets.Int(1, min=1))
    reach = whole(1, LARGEST_REACH, smallest=0)
    row = whole(24, HEIGHT - 1, smallest=0)
    column = whole(24, WIDTH - 1, smallest=0)

    image = traitlets.List([HEIGHT, WIDTH, CHANNELS, ITEMSIZE]).tag(sync=True)

    @traitlets.validate("fuse")
    def _some_of_the_layers(self, proposal):
        return within(proposal, 1, self.layers, "the layers")

    def offers(self):
        """Return the controls by name."""
        return {
            "layers": [
                self.number("layers", "layers"),
                self.slider_to("fuse", "layers", "fuse"),
            ],
            "tile": [
                self.slider("tile_height", "tile rows"),
                self.slider("tile_width", "tile columns"),
            ],
            "kernel": [self.choice("reach", list(KERNELS), "kernel")],
            "place": [
                self.slider("row", "pixel row"),
                self.slider("column", "pixel column"),
            ],
        }

    def still(self):
        """Return the tiles, one with its halo, as a still picture."""
        figure, (axes,) = panels(1, 6.4, 4.8)
        kernel, tile = 2 * self.reach + 1, (self.tile_height, self.tile_width)
        axes.add_patch(Rectangle((0, 0), WIDTH, HEIGHT, color=INPUT, alpha=0.25, linewidth=0))
        size = HEIGHT, WIDTH
        chosen = self.row // self.tile_height, self.column // self.tile_width
        for back, colour in ((self.fuse, KERNEL), (0, OUTPUT)):
            ranges = [
                tile_read(at * t, min((at + 1) * t, n), n, kernel, back)
                for at, t, n in zip(chosen, tile, size, strict=True)
            ]
            (top, bottom), (left, right) = ranges
            box = (left, top), right - left, bottom - top
            axes.add_patch(Rectangle(*box, color=colour, alpha=0.6, linewidth=0))
            if back:
                read = bottom - top, right - left
        for at in (*range(0, HEIGHT, tile[0]), HEIGHT):
            axes.plot([0, WIDTH], [at, at], color=RULE, linewidth=1)
        for at in (*range(0, WIDTH, tile[1]), WIDTH):
            axes.plot([at, at], [0, HEIGHT], color=RULE, linewidth=1)
        axes.set(xlim=(-0.5, WIDTH + 0.5), ylim=(HEIGHT + 0.5, -0.5), aspect="equal")
        costs = np.zeros(4)
        halo_costs(*size, *tile, kernel, self.layers, self.fuse, CHANNELS, ITEMSIZE, costs)
        down, across = (tiles_along(n, t) for n, t in zip(size, tile, strict=True))
        return Picture(
            figure,
            f"An image of {HEIGHT} by {WIDTH} pixels, {down} by {across} tiles. For {self.fuse} of "
            f"{self.layers} layers of {kernel} by {kernel} kernels, tile {chosen} (green) reads "
            f"{read[0]} by {read[1]} pixels, its halo included (orange). All layers take "
            f"{costs[0]:.0f} exchanges of {costs[1] / 1000:.1f} kB in all, and "
            f"{100 * costs[3] / (costs[2] - costs[3]):.1f} % of the multiply-accumulates again.",
        )

"""StrideGrid: a strided output as the stride-1 output of which most is not computed."""

import numpy as np
import traitlets

from convlib.arguments.paddings import resolve
from convlib.conv import conv2d, pad2d
from convlib.kernels.stride_loops import cut_cells
from convlib.plots.colours import INPUT, KERNEL, OUTPUT, PADDING
from convlib.plots.picture import Picture
from convlib.widgets.output_size import WEIGHTS
from convlib.widgets.shared.explorer import javascript, setting, style_sheet, whole, within
from convlib.widgets.shared.grid_explorer import IMAGE, GridExplorer, grid_of
from convlib.widgets.shared.stills import draw_cells, panels

LARGEST_SIZE, LARGEST_KERNEL, LARGEST_PADDING, LARGEST_STRIDE = 10, 5, 3, 4
RULES = ("symmetric", "SAME (TensorFlow)")


class StrideGrid(GridExplorer):
    """See which outputs a stride skips, and which content it cuts.

    Parameters
    ----------
    height, width : int, 1 to 10
        Input size H and W in pixels.
    kernel_height, kernel_width : int, 1 to 5
        Kernel size h and w in pixels.
    pad_h, pad_w : int, 0 to 3
        Padding p_h above and below, and p_w to the left and right, in pixels.
    stride_h, stride_w : int, 1 to 4
        Only every s_h-th row and every s_w-th column of outputs is computed.
    rule : int
        0 pads by `pad_h` and `pad_w`; 1 as TensorFlow's 'SAME' does, whatever these are.
    row, column : int
        The output at stride 1 whose window is shown, from 0.
    image, weights, task : optional
        As in :class:`~convlib.widgets.shared.grid_explorer.GridExplorer`: an image of up to
        10 × 10 numbers, a kernel of up to 5 × 5, a sentence.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        As :class:`~convlib.widgets.shared.grid_explorer.GridExplorer` does.

    References
    ----------
    The lecture's "Convolution With Stride" and "Stride and Rounding".

    Examples
    --------
    >>> from convlib.widgets import StrideGrid
    >>> explorer = StrideGrid(height=8, pad_h=1)
    >>> explorer.stride_h = 3
    >>> explorer.stride_h
    3
    """

    TRY = (
        "<b>Try:</b> raise the strides one by one, then make the input a pixel larger, and again. "
        "When is something cut? Drag the window; tap an output or an input cell."
    )
    OPEN = ("stride", "input")
    _esm = javascript(
        "shared/convolution_code.js",
        "stride_grid_numbers.js",
        "stride_grid_words.js",
        "stride_grid.js",
    )
    _css = style_sheet("stride_grid.css")
    PICTURE = '<div class="board strides">{still}</div>'

    height = whole(7, LARGEST_SIZE)
    width = whole(7, LARGEST_SIZE)
    kernel_height = whole(3, LARGEST_KERNEL)
    kernel_width = whole(3, LARGEST_KERNEL)
    pad_h = whole(0, LARGEST_PADDING, smallest=0)
    pad_w = whole(0, LARGEST_PADDING, smallest=0)
    stride_h = whole(2, LARGEST_STRIDE)
    stride_w = whole(2, LARGEST_STRIDE)
    rule = setting(traitlets.Int(0, min=0, max=len(RULES) - 1))
    row = setting(traitlets.Int(0, min=0))
    column = setting(traitlets.Int(0, min=0))

    # The last output at stride 1, which the figure sets: the ends of the two sliders.
    last_row = traitlets.Int().tag(sync=True)
    last_column = traitlets.Int().tag(sync=True)
    image = grid_of(IMAGE, LARGEST_SIZE)
    weights = grid_of(WEIGHTS, LARGEST_KERNEL)

    def _padding(self):
        if not self.rule:
            return (self.pad_h,) * 2, (self.pad_w,) * 2
        sizes = (self.height, self.width), (self.kernel_height, self.kernel_width)
        return resolve("same_upper", *sizes, (self.stride_h, self.stride_w), (1, 1))

    @traitlets.validate("row", "column")
    def _one_of_the_outputs(self, proposal):
        size = self.output_size(1, self._padding())
        if size is None:
            return proposal["value"]
        name = proposal["trait"].name
        return within(
            proposal, 0, size[name == "column"] - 1, f"the {name}s of the output at stride 1"
        )

    @traitlets.default("last_row")
    def _at_least_the_row(self):
        return self.row

    @traitlets.default("last_column")
    def _at_least_the_column(self):
        return self.column

    def offers(self):
        """Return the controls by name."""
        ends = [self.number("pad_h", "pad h"), self.number("pad_w", "pad w")]
        for end in ends:
            end.add_class("convlib-own-padding")
        return {
            "stride": [
                self.number("stride_h", "stride down"),
                self.number("stride_w", "stride across"),
            ],
            "input": self.sizes("image"),
            "kernel": self.sizes("weights"),
            "rule": [self.choice("rule", list(RULES), "padding")],
            "padding": ends,
            "output": [
                self.slider_to("row", "last_row", "output row"),
                self.slider_to("column", "last_column", "output column"),
            ],
        }

    def still(self):
        """Return the padded input and the two outputs as a still picture."""
        size, stride = (self.height, self.width), (self.stride_h, self.stride_w)
        image, kernel = self.used_grids()
        padding = self._padding()
        padded = pad2d(image, padding)
        kinds, counts = np.zeros(padded.shape, np.int32), np.zeros(6, np.int32)
        cut_cells(*size, *kernel.shape, *stride, *padding[0], *padding[1], kinds, counts)
        figure, axes = panels(4)
        draw_cells(axes[1], kernel, KERNEL, "kernel")
        colours = np.where(kinds % 2, PADDING, INPUT).astype(object)
        draw_cells(axes[0], padded, colours, "padded input")
        for row, column in np.argwhere(kinds > 1):
            ends = [column, column + 1], [row, row + 1]
            axes[0].plot(*ends, color="black", linewidth=1)
            axes[0].plot(ends[0], ends[1][::-1], color="black", linewidth=1)
        if any(n < k for n, k in zip(padded.shape, kernel.shape, strict=True)):
            return Picture(figure, "The kernel is larger than the padded input: no output.")
        every = conv2d(padded[None], kernel[None, None])[0]
        strided = every[:: self.stride_h, :: self.stride_w]
        colours = np.full(every.shape, PADDING, dtype=object)
        colours[:: self.stride_h, :: self.stride_w] = OUTPUT
        draw_cells(axes[2], every, colours, "stride 1")
        draw_cells(axes[3], strided, OUTPUT, "this stride")
        for row, column in np.ndindex(every.shape):
            if row % self.stride_h or column % self.stride_w:
                ends = [column, column + 1], [row + 1, row]
                axes[2].plot(*ends, color=PADDING, linewidth=0.8)
        return Picture(
            figure,
            f"With stride {self.stride_h} down and {self.stride_w} across, {strided.size} of "
            f"{every.size} outputs are computed. Of the padded input, {counts[2]} pixels and "
            f"{counts[3]} cells of padding are dropped (crossed out).",
        )

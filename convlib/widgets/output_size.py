"""OutputSize: a kernel's window on the padded input, and the grid of outputs it makes."""

import numpy as np
import traitlets

from convlib.conv import conv2d, pad2d
from convlib.plots.colours import INPUT, KERNEL, OUTPUT, PADDING
from convlib.plots.picture import Picture
from convlib.shape import conv2d_read_counts
from convlib.widgets.shared.explorer import javascript, setting, style_sheet, whole, within
from convlib.widgets.shared.grid_explorer import IMAGE, GridExplorer, grid_of
from convlib.widgets.shared.stills import draw_cells, outline, panels

LARGEST_SIZE, LARGEST_KERNEL, LARGEST_PADDING, LARGEST_STRIDE = 10, 5, 4, 4

# Small whole numbers, as in the image.
WEIGHTS = [[(2 * u + v) % 3 for v in range(LARGEST_KERNEL)] for u in range(LARGEST_KERNEL)]
WEIGHTS[0][:2], WEIGHTS[1][:2] = [1, 2], [0, 1]


class OutputSize(GridExplorer):
    """See how input, kernel, padding and stride make the output's size.

    Parameters
    ----------
    height, width : int, 1 to 10
        Input size H and W in pixels.
    kernel_height, kernel_width : int, 1 to 5
        Kernel size h and w in pixels.
    pad_top, pad_bottom, pad_left, pad_right : int, 0 to 4
        Cells of padding on each side.
    pad_value : int, -9 to 9
        What the padding cells hold.
    stride_h, stride_w : int, 1 to 4
        Distance between neighbouring windows, in pixels.
    preset : int
        0 as set, 1 valid, 2 same, 3 full; 1 to 3 keep it that way when the kernel changes.
    step : int
        Number of the chosen output, row by row from 0.
    reads : bool
        Show how often each cell is read instead of its value.
    image, weights, task : optional
        As in :class:`~convlib.widgets.shared.grid_explorer.GridExplorer`: an image of up to
        10 × 10 numbers, a kernel of up to 5 × 5, a sentence.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        As :class:`~convlib.widgets.shared.grid_explorer.GridExplorer` does.

    References
    ----------
    The lecture's "Convolution Output Size", "Convolution With Padding" and "Stride and Rounding".

    Examples
    --------
    >>> from convlib.widgets import OutputSize
    >>> explorer = OutputSize(height=5, kernel_height=3, pad_top=1, pad_bottom=1)
    >>> explorer.stride_h = 2
    >>> explorer.stride_h
    2

    Your own image and kernel:

    >>> explorer = OutputSize(image=[[0, 0, 1, 1]] * 3, weights=[[-1, 1]])
    >>> explorer.height, explorer.width
    (3, 4)
    >>> explorer.weights = [[1], [-1]]
    >>> explorer.kernel_height, explorer.kernel_width
    (2, 1)
    """

    TRY = (
        "<b>Try:</b> let the window slide, then choose an output or an input cell (click, or Tab "
        "and arrow keys). How much padding makes the output as large as the input?"
    )
    OPEN = ("kernel", "play")
    _esm = javascript(
        "shared/convolution_code.js",
        "output_size_numbers.js",
        "output_size_words.js",
        "output_size.js",
    )
    _css = style_sheet("output_size.css")
    PICTURE = '<div class="board sizes">{still}</div>'

    height = whole(4, LARGEST_SIZE)
    width = whole(4, LARGEST_SIZE)
    kernel_height = whole(2, LARGEST_KERNEL)
    kernel_width = whole(2, LARGEST_KERNEL)
    pad_top = whole(0, LARGEST_PADDING, smallest=0)
    pad_bottom = whole(0, LARGEST_PADDING, smallest=0)
    pad_left = whole(0, LARGEST_PADDING, smallest=0)
    pad_right = whole(0, LARGEST_PADDING, smallest=0)
    pad_value = setting(traitlets.Int(0, min=-9, max=9))
    stride_h = whole(1, LARGEST_STRIDE)
    stride_w = whole(1, LARGEST_STRIDE)
    preset = setting(traitlets.Int(0, min=0, max=3))
    step = setting(traitlets.Int(0, min=0))
    reads = setting(traitlets.Bool(False))

    # The number of the last output, which the figure sets: the end of the step slider.
    last_step = traitlets.Int().tag(sync=True)
    image = grid_of(IMAGE, LARGEST_SIZE)
    weights = grid_of(WEIGHTS, LARGEST_KERNEL)

    @traitlets.validate("step")
    def _one_of_the_outputs(self, proposal):
        padding = ((self.pad_top, self.pad_bottom), (self.pad_left, self.pad_right))
        size = self.output_size((self.stride_h, self.stride_w), padding)
        if size is None:
            return proposal["value"]
        return within(proposal, 0, size[0] * size[1] - 1, f"the {size[0]} × {size[1]} outputs")

    @traitlets.default("last_step")
    def _at_least_the_step(self):
        return self.step

    def offers(self):
        """Return the controls by name."""
        presets = self.choice("preset", ["as set", "valid", "same", "full"], "padding")
        presets.add_class("convlib-from-1")
        return {
            "kernel": self.sizes("weights"),
            "play": self.stepper("step", "last_step", "step"),
            "presets": [presets],
            "padding": [
                self.number("pad_top", "pad top"),
                self.number("pad_bottom", "pad bottom"),
                self.number("pad_left", "pad left"),
                self.number("pad_right", "pad right"),
            ],
            "stride": [
                self.number("stride_h", "stride down"),
                self.number("stride_w", "stride across"),
            ],
            "input": self.sizes("image"),
            "pad value": [self.slider("pad_value", "pad value c")],
            "reads": [self.checkbox("reads", "show how often each cell is read")],
        }

    def picture_box(self):
        """Return the picture's element; without padding it is lower, as `introduced` has it."""
        padded = {"padding", "presets"} & {*self.open_controls}
        padded |= {self.pad_top, self.pad_bottom, self.pad_left, self.pad_right} - {0}
        html = super().picture_box()
        return html if padded else html.replace("board sizes", "board sizes bare")

    def still(self):
        """Return the three grids, with the window at its step, as a still picture."""
        image, kernel = self.used_grids()
        ends = ((self.pad_top, self.pad_bottom), (self.pad_left, self.pad_right))
        padded = pad2d(image, ends, self.pad_value)
        stride = (self.stride_h, self.stride_w)
        output = conv2d(padded[None], kernel[None, None], stride=stride)[0]
        colours = np.full(padded.shape, PADDING, dtype=object)
        colours[self.pad_top :, self.pad_left :][: self.height, : self.width] = INPUT
        sizes = [" × ".join(map(str, grid.shape)) for grid in (padded, kernel, output)]
        row, column = np.unravel_index(min(self.step, output.size - 1), output.shape)
        numbers, text = padded, f"padded input {sizes[0]}"
        if self.reads:
            numbers = conv2d_read_counts(padded.shape, kernel.shape, stride)
            text = f"reads of each cell: {text}"
        figure, axes = panels(3)
        draw_cells(axes[0], numbers, colours, text)
        outline(axes[0], row * stride[0], column * stride[1], *kernel.shape, KERNEL)
        draw_cells(axes[1], kernel, KERNEL, f"kernel {sizes[1]}")
        draw_cells(axes[2], output, OUTPUT, f"output {sizes[2]}")
        return Picture(
            figure,
            f"A kernel of {sizes[1]} cells slides over a padded input of {sizes[0]} cells and "
            f"leaves an output of {sizes[2]} cells.",
        )

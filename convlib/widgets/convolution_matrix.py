"""ConvolutionMatrix: a convolution written out as a matrix."""

import numpy as np
import traitlets

from convlib.conv import conv2d
from convlib.matrix import conv2d_matrix
from convlib.plots.colours import INK, INPUT, KERNEL, OUTPUT
from convlib.plots.picture import Picture
from convlib.shape import conv2d_output_size
from convlib.widgets.shared.explorer import javascript, setting, style_sheet, whole, within
from convlib.widgets.shared.grid_explorer import IMAGE, GridExplorer, grid_of
from convlib.widgets.shared.stills import draw_cells, outline, panels

LARGEST_SIZE, LARGEST_KERNEL, LARGEST_PADDING, LARGEST_STRIDE = 6, 3, 2, 3

WEIGHTS = [[1, 2, 1], [3, 4, 2], [1, 3, 5]]


class ConvolutionMatrix(GridExplorer):
    """See a convolution's matrix: sparse, with the same few weights in every row.

    Parameters
    ----------
    height, width : int, 1 to 6
        Input size H and W in pixels.
    kernel_height, kernel_width : int, 1 to 3
        Kernel size h and w in pixels.
    padding : int, 0 to 2
        Cells of zeros on each side.
    stride : int, 1 to 3
        Distance between neighbouring windows, in pixels.
    row : int
        Number of the chosen output, which is the number of its row in the matrix, from 0.
    image, weights, task : optional
        As in :class:`~convlib.widgets.shared.grid_explorer.GridExplorer`: an image of up to
        6 × 6 numbers, a kernel of up to 3 × 3, a sentence.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        As :class:`~convlib.widgets.shared.grid_explorer.GridExplorer` does.

    References
    ----------
    The lecture's "Convolution is a spatially anchored linear operation".

    Examples
    --------
    >>> from convlib.widgets import ConvolutionMatrix
    >>> explorer = ConvolutionMatrix(height=5, kernel_height=3)
    >>> explorer.weights = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    >>> explorer.padding = 1
    >>> explorer.padding
    1
    """

    TRY = (
        "<b>Try:</b> drag the window, or go down the matrix row by row: what changes, and what "
        "never does? Tap a pixel to see its column; point at a letter."
    )
    OPEN = ("row", "kernel")
    _esm = javascript(
        "shared/convolution_code.js",
        "convolution_matrix_numbers.js",
        "convolution_matrix_words.js",
        "convolution_matrix_drawing.js",
        "convolution_matrix.js",
    )
    _css = style_sheet("convolution_matrix.css")
    PICTURE = '<div class="board matrices">{still}</div>'

    height = whole(4, LARGEST_SIZE)
    width = whole(4, LARGEST_SIZE)
    kernel_height = whole(2, LARGEST_KERNEL)
    kernel_width = whole(2, LARGEST_KERNEL)
    padding = whole(0, LARGEST_PADDING, smallest=0)
    stride = whole(1, LARGEST_STRIDE)
    row = setting(traitlets.Int(0, min=0))

    # The number of the last output, which the figure sets: the end of the row slider.
    last_row = traitlets.Int().tag(sync=True)
    image = grid_of(IMAGE, LARGEST_SIZE)
    weights = grid_of(WEIGHTS, LARGEST_KERNEL)

    @traitlets.validate("row")
    def _one_of_the_outputs(self, proposal):
        size = self.output_size(self.stride, self.padding)
        if size is None:
            return proposal["value"]
        return within(proposal, 0, size[0] * size[1] - 1, f"the {size[0]} × {size[1]} outputs")

    @traitlets.default("last_row")
    def _at_least_the_row(self):
        return self.row

    def offers(self):
        """Return the controls by name."""
        return {
            "row": self.stepper("row", "last_row", "row"),
            "kernel": self.sizes("weights"),
            "input": self.sizes("image"),
            "padding": [self.number("padding", "padding p")],
            "stride": [self.number("stride", "stride s")],
        }

    def still(self):
        """Return input, kernel, matrix and output, with the chosen row, as a still picture."""
        size = (self.height, self.width)
        image, kernel = self.used_grids()
        options = {"stride": self.stride, "padding": self.padding}
        figure, axes = panels(4)
        draw_cells(axes[0], image, INPUT, "input")
        draw_cells(axes[1], kernel, KERNEL, "kernel")
        try:
            oh, ow = conv2d_output_size(size, kernel.shape, **options)
        except ValueError as error:
            return Picture(figure, f"There is no output and no matrix: {error}.")
        output = conv2d(image[None], kernel[None, None], **options)[0]
        matrix = conv2d_matrix(size, kernel[None, None], **options)
        row = min(self.row, oh * ow - 1)
        # Where the weights are, even those of value 0: a kernel of ones shows it.
        joined = conv2d_matrix(size, np.ones((1, 1, *kernel.shape)), **options) != 0
        axes[2].imshow(np.where(joined, matrix, np.nan), cmap="Oranges", vmin=0)
        axes[2].set_title(f"matrix {len(matrix)} × {matrix.shape[1]}")
        outline(axes[2], row - 0.5, -0.5, 1, matrix.shape[1], INK)
        draw_cells(axes[3], output, OUTPUT, "output")
        outline(axes[3], row // ow, row % ow, 1, 1, INK)
        return Picture(
            figure,
            f"A {size[0]} × {size[1]} input, a {kernel.shape[0]} × {kernel.shape[1]} kernel, the "
            f"{len(matrix)} × {matrix.shape[1]} matrix that convolves, and the output. Of the "
            f"matrix's {matrix.size} entries {joined.sum()} hold one of the {kernel.size} weights; "
            "the others are 0.",
        )

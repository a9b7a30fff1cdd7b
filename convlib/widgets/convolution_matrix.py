"""ConvolutionMatrix: a convolution written out as the matrix that it is."""

import ipywidgets
import numpy as np
import traitlets

from convlib.conv import conv2d
from convlib.matrix import conv2d_matrix
from convlib.plots import INPUT, KERNEL, OUTPUT, PADDING, Picture
from convlib.shape import conv2d_output_size
from convlib.widgets._explorer import Explorer, group, javascript, setting
from convlib.widgets._stills import draw_cells, outline, panels

LARGEST_SIZE, LARGEST_KERNEL, LARGEST_PADDING, LARGEST_STRIDE = 6, 3, 2, 3

# Small whole numbers, so that a reader can check a sum of products in the head.
IMAGE = [[(3 * i + 2 * j + i * j) % 10 for j in range(LARGEST_SIZE)] for i in range(LARGEST_SIZE)]
WEIGHTS = [[1, 2, 1], [3, 4, 2], [1, 3, 5]]


def _table(name, value, size):
    """Return `value` as size x size finite numbers in lists, or raise a TraitError."""
    try:
        table = np.array(value, float)
    except (TypeError, ValueError):
        table = None
    if table is None or table.shape != (size, size) or not np.isfinite(table).all():
        raise traitlets.TraitError(f"{name} must be {size} rows of {size} finite numbers")
    return [[int(x) if x == int(x) else float(x) for x in row] for row in table]


class ConvolutionMatrix(Explorer):
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

    Attributes
    ----------
    image : list of 6 lists of 6 numbers
        Pixels; the upper left ones are the input. Set it to use your own.
    weights : list of 3 lists of 3 numbers
        Weights; the upper left ones are the kernel. Set it to use your own.

    Raises
    ------
    TypeError
        If a setting is unknown.
    traitlets.TraitError
        If a value is of the wrong type or out of range.

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
        "<b>Try:</b> choose an output, or a row of the matrix (click, or Tab and arrow keys), and "
        "go down row by row. What changes from row to row, and what never does?"
    )
    _esm = javascript("convolution_matrix.js")

    height = setting(traitlets.Int(4, min=1, max=LARGEST_SIZE))
    width = setting(traitlets.Int(4, min=1, max=LARGEST_SIZE))
    kernel_height = setting(traitlets.Int(2, min=1, max=LARGEST_KERNEL))
    kernel_width = setting(traitlets.Int(2, min=1, max=LARGEST_KERNEL))
    padding = setting(traitlets.Int(0, min=0, max=LARGEST_PADDING))
    stride = setting(traitlets.Int(1, min=1, max=LARGEST_STRIDE))
    row = setting(traitlets.Int(0, min=0))

    # The number of the last output, which the figure sets: the end of the row slider.
    last_row = traitlets.Int(0).tag(sync=True)
    image = traitlets.List(IMAGE).tag(sync=True)
    weights = traitlets.List(WEIGHTS).tag(sync=True)

    @traitlets.validate("image")
    def _image(self, proposal):
        return _table("image", proposal["value"], LARGEST_SIZE)

    @traitlets.validate("weights")
    def _weights(self, proposal):
        return _table("weights", proposal["value"], LARGEST_KERNEL)

    def controls(self):
        """Return the sliders for the sizes and for the chosen row."""
        row = ipywidgets.IntSlider(value=self.row, min=0, description="row")
        play = ipywidgets.Play(value=self.row, min=0, interval=600)
        for control in (row, play):
            self.link("last_row", control, "max")
            self.link("row", control)
        return [
            group(
                self.slider("height", "input H"),
                self.slider("width", "input W"),
                self.slider("kernel_height", "kernel h"),
                self.slider("kernel_width", "kernel w"),
                self.slider("padding", "padding p"),
                self.slider("stride", "stride s"),
            ),
            group(row, play),
        ]

    def still(self):
        """Return input, kernel, matrix and output, with the chosen row, as a still picture."""
        size = (self.height, self.width)
        image = np.array(self.image, float)[: self.height, : self.width]
        kernel = np.array(self.weights, float)[: self.kernel_height, : self.kernel_width]
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
        # Where the weights stand, even those of value 0: a matrix of ones shows it.
        joined = conv2d_matrix(size, np.ones((1, 1, *kernel.shape)), **options) != 0
        axes[2].imshow(np.where(joined, matrix, np.nan), cmap="Oranges", vmin=0)
        axes[2].set_title(f"matrix {len(matrix)} × {matrix.shape[1]}")
        outline(axes[2], row - 0.5, -0.5, 1, matrix.shape[1], PADDING)
        draw_cells(axes[3], output, OUTPUT, "output")
        outline(axes[3], row // ow, row % ow, 1, 1, PADDING)
        return Picture(
            figure,
            f"A {size[0]} × {size[1]} input, a {kernel.shape[0]} × {kernel.shape[1]} kernel, the "
            f"{len(matrix)} × {matrix.shape[1]} matrix that convolves, and the output. Of the "
            f"matrix's {matrix.size} entries {joined.sum()} hold one of the {kernel.size} weights; "
            "the others are 0.",
        )

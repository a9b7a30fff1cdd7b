"""What is known about a tensor on the way through a graph."""

from dataclasses import dataclass

import numpy as np

from convlib.kernels import graph_shapes

# Where height and width stand in a tensor of ONNX's usual layout, (N, C, H, W).
NCHW = (2, 3)


@dataclass(frozen=True)
class Value:
    """A tensor: its row in the table, its shape, where height and width are, its numbers.

    Attributes
    ----------
    row : int
        Its row, or -1 for what does not depend on the image.
    shape : tuple of int or None
        All its lengths; None if they are not known.
    axes : (int, int) or None
        Which of its axes are height and width; None if it is not a map any more.
    numbers : ndarray or None
        What a small constant holds.
    weights : tuple of str
        The file's constants that it is made of.
    origin : (int, (int, int)) or None
        The row and the (H, W) of the map that it was reshaped from: it may become one again.
    """

    row: int = -1
    shape: tuple | None = None
    axes: tuple | None = None
    numbers: np.ndarray | None = None
    weights: tuple = ()
    origin: tuple | None = None

    @property
    def is_constant(self):
        """Whether it does not depend on the image."""
        return self.row < 0

    @property
    def size(self):
        """How many numbers it has."""
        return graph_shapes.product_of(self.shape, 0, len(self.shape))

    @property
    def is_map(self):
        """Whether it has the layout (N, C, H, W), and both axes are where they belong."""
        return self.shape is not None and len(self.shape) == 4 and self.axes == NCHW

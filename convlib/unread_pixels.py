"""Which input pixels no output sees."""

import numpy as np

from convlib import network_paths, network_steps
from convlib.arguments import checks
from convlib.blocks import BatchNorm2d
from convlib.kernels.size_rules import window_start
from convlib.layer_windows import has_window, resolved_padding
from convlib.receptive_field import through


def unread_pixels(layers, input_size):
    """Return which input pixels no output reads, by any path.

    Exact: found by following each output's reads back through the layers. Pixels stay unread
    between windows (a stride above the kernel's size, dilation), and at the bottom and right
    edges where the stride does not divide and the remainder is dropped.

    Parameters
    ----------
    layers : layer, or sequence of layers or of (name, layer) pairs
        A stack or a network; shortcuts, branches and classifiers count as readers too.
    input_size : int, (int, int) or (int, int, int)
        Height and width of the input in pixels, or (C, H, W).

    Returns
    -------
    ndarray(bool, ndim=2)
        True where no output reads the pixel; of shape (H, W).

    Raises
    ------
    TypeError, ValueError
        If `layers` is not made of layers, or they do not fit the size.

    Examples
    --------
    Stride 2 over 6 pixels: a window of 3 fits twice, and the last row and column are dropped.

    >>> from convlib import Conv2d, unread_pixels
    >>> unread_pixels(Conv2d(1, 1, 3, stride=2), 6).astype(int)
    array([[0, 0, 0, 0, 0, 1],
           [0, 0, 0, 0, 0, 1],
           [0, 0, 0, 0, 0, 1],
           [0, 0, 0, 0, 0, 1],
           [0, 0, 0, 0, 0, 1],
           [1, 1, 1, 1, 1, 1]])
    """
    size = network_steps.spatial_size(layers, input_size)
    _, output_size = through(layers, None, size, "")
    needed = checks.new_array("the outputs", output_size, np.dtype(bool))
    needed[...] = True
    return ~_read_by(layers, size, needed)


def _read_by(layers, size, needed):
    """Return which cells of an input of `size` the outputs marked in `needed` read."""
    sized = []
    for name, layer in network_paths.named(layers):
        sized.append((layer, size))
        _, size = through([(name, layer)], None, size, "")
    for layer, its_size in reversed(sized):
        if isinstance(layer, network_paths.Block):
            needed = np.any([_read_by(path, its_size, needed) for path in layer.paths], axis=0)
        elif has_window(layer):
            needed = _read_by_window(layer, its_size, needed)
        elif not isinstance(layer, BatchNorm2d):
            needed = np.ones(its_size, bool)
    return needed


def _read_by_window(layer, size, needed):
    """Return the cells under the windows of the marked outputs."""
    ends = resolved_padding(layer, size, "")

    def cells(axis, count):
        starts = window_start(np.arange(count), layer.stride[axis], ends[axis][0])
        for tap in range(layer.kernel_size[axis]):
            yield starts + tap * layer.dilation[axis]

    return read_through(needed, size, cells)


def read_through(needed, size, cells):
    """Return which cells of an input of `size` the outputs marked in `needed` read.

    What they read is separable: `cells(axis, count)` yields arrays that hold, for each of `count`
    outputs along an axis, one cell that it reads, and none twice. Those outside are padding.
    """
    for axis in (0, 1):
        read = np.zeros((size[axis], needed.shape[1]), bool)
        for own in cells(axis, needed.shape[0]):
            inside = (own >= 0) & (own < size[axis])
            read[own[inside]] |= needed[inside]
        needed = read.T  # swaps the axes for the second pass, which swaps them back
    return needed

"""The convolution as a matrix."""

from typing import NamedTuple

import numpy as np

from convlib.arguments import checks, paddings
from convlib.arguments.geometry import resolved_output_size
from convlib.kernels import matrix_rules
from convlib.layer import Conv2d


class MatrixCounts(NamedTuple):
    """What a convolution's matrix holds: see :func:`conv2d_matrix_counts`."""

    rows: int
    columns: int
    connections: int
    weights: int

    @property
    def entries(self):
        """All entries: what a fully connected layer of these inputs and outputs has."""
        return self.rows * self.columns


def conv2d_matrix(input_size, weight, stride=1, padding=0, dilation=1, groups=1):
    """Return the matrix that convolves: ``matrix @ input.ravel() == conv2d(input, ...).ravel()``.

    It has one row for each output and one column for each input pixel. For one channel it is
    doubly blocked: each block of W columns is a row of pixels, and at stride 1 both the blocks
    and the entries inside a block repeat along diagonals (a Toeplitz matrix of Toeplitz
    matrices). Padding cells hold 0 and need no column.

    Parameters
    ----------
    input_size : int or (int, int)
        Height and width of the input in pixels.
    weight : array_like, shape (C_out, C_in / groups, kH, kW)
        Kernels.
    stride, padding, dilation : optional
        As in :func:`conv2d_output_size`.
    groups : int, default 1
        As in :func:`conv2d`.

    Returns
    -------
    ndarray, shape (C_out * oh * ow, C_in * H * W)
        float32 or float64, as :func:`conv2d` would return for this weight. It is stored in
        full, zeros and all: make it for small inputs only.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d` does; also if the matrix is too large to address.

    References
    ----------
    V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
    section 4.1, "Convolution as a matrix operation".

    Examples
    --------
    A kernel of two numbers on a row of four pixels: the same two numbers in every row.

    >>> from convlib import conv2d_matrix
    >>> conv2d_matrix((1, 4), [[[[5.0, 7.0]]]])
    array([[5., 7., 0., 0.],
           [0., 5., 7., 0.],
           [0., 0., 5., 7.]])
    """
    w = checks.array("weight", weight, (4,))
    if 0 in w.shape:
        raise ValueError(f"weight has shape {w.shape}; every length must be at least 1")
    out_channels, group_in, *kernel_size = w.shape
    height, width = input_size = checks.pair("input_size", input_size, 1)
    stride = checks.pair("stride", stride, 1)
    dilation = checks.pair("dilation", dilation, 1)
    groups = checks.integer("groups", groups, 1)
    in_channels = group_in * groups
    checks.channels_and_groups(in_channels, out_channels, groups)
    ends = paddings.resolve(paddings.canonical(padding), input_size, kernel_size, stride, dilation)
    oh, ow = resolved_output_size(input_size, kernel_size, stride, ends, dilation)

    dtype = checks.common_float(w)
    shape = (out_channels, oh * ow, in_channels, height * width)
    matrix = checks.new_array("the matrix", shape, dtype)
    taps = checks.new_array("the matrix", shape[1::2], np.int32)
    matrix_rules.matrix_taps(
        height, width, *kernel_size, *stride, ends[0][0], ends[1][0], *dilation, oh, ow, taps
    )
    # Tap -1, "not joined", finds the zero that is appended at the end.
    lists = np.zeros((out_channels, group_in, w[0, 0].size + 1), dtype)
    lists[:, :, :-1] = w.reshape(out_channels, group_in, -1)
    matrix[:] = 0
    for c2 in range(out_channels):
        first = c2 // (out_channels // groups) * group_in
        for c1 in range(group_in):
            matrix[c2, :, first + c1] = lists[c2, c1][taps]
    return matrix.reshape(out_channels * oh * ow, in_channels * height * width)


def conv2d_matrix_counts(layer, input_size):
    """Count what a layer's matrix holds, without making the matrix.

    Parameters
    ----------
    layer : Conv2d
        The layer's description.
    input_size : int or (int, int)
        Height and width of its input in pixels.

    Returns
    -------
    MatrixCounts
        `rows` (outputs), `columns` (input numbers), `entries` (all of them), `connections` (the
        entries that hold a weight) and `weights` (how many different weights those are; biases
        are not part of the matrix).

    Raises
    ------
    TypeError, ValueError
        If `layer` is not a Conv2d, or does not fit the size.

    References
    ----------
    See :func:`conv2d_matrix`.

    Examples
    --------
    >>> from convlib import Conv2d, conv2d_matrix_counts
    >>> conv2d_matrix_counts(Conv2d(1, 1, 2), 4)
    MatrixCounts(rows=9, columns=16, connections=36, weights=4)
    """
    if not isinstance(layer, Conv2d):
        raise TypeError(f"layer={layer!r} is of type {type(layer).__name__}; legal is a Conv2d")
    input_size = checks.pair("input_size", input_size, 1)
    oh, ow = layer.output_size(input_size)
    ends = paddings.resolve(
        layer.padding, input_size, layer.kernel_size, layer.stride, layer.dilation
    )
    reads = [
        matrix_rules.axis_reads(size, kernel, stride, *pads, dilation)
        for size, kernel, stride, pads, dilation in zip(
            input_size, layer.kernel_size, layer.stride, ends, layer.dilation, strict=True
        )
    ]
    channels = (layer.in_channels, layer.out_channels, layer.groups)
    return MatrixCounts(
        rows=layer.out_channels * oh * ow,
        columns=layer.in_channels * input_size[0] * input_size[1],
        connections=matrix_rules.connections(*reads, *channels),
        weights=layer.params - (layer.out_channels if layer.bias else 0),
    )

"""What pages may call about the matrix of a convolution, for ConvolutionMatrix."""

from numba import carray, int32, void

from convlib.kernels import cost_rules, matrix_rules
from convlib.kernels.size_rules import output_length
from convlib.wasm.exports.types import ints


def matrix_taps(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, taps
):  # fmt: skip
    """Write into `taps` (outputs, pixels) which kernel entry joins them; -1 is none."""
    oh = output_length(height, kh, stride_h, top, bottom, 1)
    ow = output_length(width, kw, stride_w, left, right, 1)
    matrix_rules.matrix_taps(
        height, width, kh, kw, stride_h, stride_w, top, left, 1, 1, oh, ow,
        carray(taps, (oh * ow, height * width)),
    )  # fmt: skip


def matrix_counts(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, itemsize, counts
):  # fmt: skip
    """Write into `counts` (10,) the matrix of one channel, and a fully connected layer of its size.

    They are: rows, columns, entries that hold a weight; then the parameters, MACs and bytes of
    parameters of the convolution, the same three of a fully connected layer, and those MACs of the
    convolution that meet padding.
    """
    oh = output_length(height, kh, stride_h, top, bottom, 1)
    ow = output_length(width, kw, stride_w, left, right, 1)
    row_reads = matrix_rules.axis_reads(height, kh, stride_h, top, bottom, 1)
    column_reads = matrix_rules.axis_reads(width, kw, stride_w, left, right, 1)
    out = carray(counts, (10,))
    out[0] = oh * ow
    out[1] = height * width
    out[2] = matrix_rules.connections(row_reads, column_reads, 1, 1, 1)
    out[3] = cost_rules.conv2d_params(kh, kw, 1, 1, 1, 0)
    out[4] = cost_rules.conv2d_macs(oh, ow, kh, kw, 1, 1, 1)
    out[5] = cost_rules.tensor_bytes(1, 1, out[3], itemsize)
    # A fully connected layer is a convolution of one 1 x 1 output with a channel for each number.
    out[6] = cost_rules.conv2d_params(1, 1, out[1], out[0], 1, 0)
    out[7] = cost_rules.conv2d_macs(1, 1, 1, 1, out[1], out[0], 1)
    out[8] = cost_rules.tensor_bytes(1, 1, out[6], itemsize)
    out[9] = out[4] - out[2]


EXPORTS = (
    (matrix_taps, void(*[int32] * 10, ints)),
    (matrix_counts, void(*[int32] * 11, ints)),
)

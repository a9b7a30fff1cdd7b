"""What pages may call about strides and fields, for StrideGrid and ReceptiveField."""

from numba import carray, int32, void

from convlib.kernels import cost_rules, field_rules, size_rules, stride_loops
from convlib.wasm.exports.types import ints


def cut_cells(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, kinds, counts
):  # fmt: skip
    """Write what becomes of each padded cell into `kinds`, and into `counts` (6,) how many."""
    padded = (height + top + bottom, width + left + right)
    stride_loops.cut_cells(
        height, width, kh, kw, stride_h, stride_w, top, bottom, left, right,
        carray(kinds, padded), carray(counts, (6,)),
    )  # fmt: skip


def stack_field(layers, count, size, fields):
    """Write the receptive field after each of `layers` (count, 6) into `fields` (count, 7)."""
    stride_loops.stack_field(carray(layers, (count, 6)), size, carray(fields, (count, 7)))


EXPORTS = (
    (cut_cells, void(*[int32] * 10, ints, ints)),
    (size_rules.strided_index, int32(*[int32] * 2)),
    (cost_rules.conv2d_macs, int32(*[int32] * 7)),
    (stack_field, void(ints, int32, int32, ints)),
    (field_rules.twice_center, int32(*[int32] * 2)),
    (field_rules.twice_shift, int32(*[int32] * 3)),
    (field_rules.cell_of_pixel, int32(*[int32] * 3)),
)

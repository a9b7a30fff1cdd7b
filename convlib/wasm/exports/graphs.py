"""What pages may call to check a network of the reader's own, for NetworkCheck.

The tables of `convlib.kernels.graph_rows` lie in the page's memory, and every call gets them.
Lengths and numbers outgrow 32 bits, so they are float64.
"""

from numba import carray, float64, int32, int64, types, uint8, void

from convlib.kernels import graph_findings, graph_numbers, graph_reads, graph_shapes, graph_walk
from convlib.kernels import graph_rows as k
from convlib.kernels.graph_windows import MOST_PHASES, first_seen, last_seen
from convlib.wasm.exports.types import doubles, ints

longs, masks = types.CPointer(int64), types.CPointer(uint8)


def graph_visit(nodes, edges, found, windows, rows, feeds, i):
    """Write what row `i` of a table of at most `rows` rows and `feeds` edges is."""
    graph_walk.visit(
        carray(nodes, (rows, k.COLUMNS)),
        carray(edges, (feeds,)),
        carray(found, (rows, k.FOUND)),
        carray(windows, (rows, 2, 2, MOST_PHASES)),
        i,
    )


def graph_window(found, windows, rows, i, axis, output, ends):
    """Write where an output of row `i` looks along an axis into `ends` (4,).

    The first and the last pixel that it sees, where its own cell starts, and how long that is.
    """
    table = carray(found, (rows, k.FOUND))
    own = carray(windows, (rows, 2, 2, MOST_PHASES))[i, axis]
    period, advance = int(table[i, k.PERIOD_H + axis]), int(table[i, k.ADVANCE_H + axis])
    place = carray(ends, (4,))
    place[0] = first_seen(own, period, advance, output)
    place[1] = last_seen(own, period, advance, output)
    place[3] = graph_findings.stride_of(table, i, axis)
    place[2] = output * place[3]


def graph_stride(found, rows, i, axis):
    """Return the input pixels between neighbouring places of row `i`."""
    return graph_findings.stride_of(carray(found, (rows, k.FOUND)), i, axis)


def graph_moved(found, rows, i, before, axis):
    """Return by how many pixels the centre of row `i` lies behind that of row `before`."""
    return graph_findings.moved_by(carray(found, (rows, k.FOUND)), i, before, axis)


def graph_lean(found, rows, i, axis, image):
    """Return how far the middle of all windows of row `i` lies behind that of the image."""
    return graph_findings.lean_of(carray(found, (rows, k.FOUND)), i, axis, image)


def graph_cut_pixels(found, rows, i, axis, before, after):
    """Return how many input pixels so many places of row `i` are."""
    return graph_findings.cut_pixels(carray(found, (rows, k.FOUND)), i, axis, before, after)


def graph_mending_ends(nodes, found, rows, i, source, axis, gap, ends):
    """Write paddings that move the centres of row `i` back by `gap`; return how many, or -1."""
    return graph_findings.mending_ends(
        carray(nodes, (rows, k.COLUMNS)), carray(found, (rows, k.FOUND)), i, source, axis, gap,
        carray(ends, (4,)),
    )  # fmt: skip


def graph_mark_read(nodes, found, rows, i, axis, count, read, size):
    """Set to 1 which of `size` cells of an axis the `count` outputs of row `i` read."""
    graph_reads.mark_read(
        carray(nodes, (rows, k.COLUMNS)), carray(found, (rows, k.FOUND)), i, axis, count,
        carray(read, (size,)),
    )  # fmt: skip


def graph_add_needed(
    nodes, found, rows, i, mask, out_height, out_width, between, needed, height, width
):  # fmt: skip
    """Set the places of a source that the outputs of row `i` in `mask` depend on."""
    graph_reads.add_needed(
        carray(nodes, (rows, k.COLUMNS)),
        carray(found, (rows, k.FOUND)),
        i,
        carray(mask, (out_height, out_width)),
        carray(between, (height, out_width)),
        carray(needed, (height, width)),
    )


def graph_count_unread(read, height, width, ends):
    """Write how many places are not read, and where, into `ends` (6,)."""
    graph_reads.count_unread(carray(read, (height, width)), carray(ends, (6,)))


def graph_product(lengths, first, last):
    """Return the product of lengths."""
    return float64(graph_shapes.product_of(lengths, first, last))


def graph_sum(numbers, count):
    """Return the sum of numbers."""
    return float64(graph_shapes.sum_of(numbers, count))


EXPORTS = (
    (graph_visit, void(ints, ints, doubles, longs, *[int32] * 3)),
    (graph_window, void(doubles, longs, *[int32] * 4, doubles)),
    (graph_stride, float64(doubles, *[int32] * 3)),
    (graph_moved, float64(doubles, *[int32] * 4)),
    (graph_lean, float64(doubles, *[int32] * 3, float64)),
    (graph_cut_pixels, float64(doubles, *[int32] * 5)),
    (graph_mending_ends, int32(ints, doubles, *[int32] * 4, float64, doubles)),
    (graph_mark_read, void(ints, doubles, *[int32] * 4, masks, int32)),
    (
        graph_add_needed,
        void(ints, doubles, *[int32] * 2, masks, *[int32] * 2, *[masks] * 2, int32, int32),
    ),
    (graph_count_unread, void(masks, int32, int32, doubles)),
    (graph_product, float64(doubles, int32, int32)),
    (graph_sum, float64(doubles, int32)),
    (graph_findings.leans_far, int32(float64, float64)),
    (graph_findings.even_end, float64(float64, float64)),
    (graph_findings.unevenness, float64(*[float64] * 4)),
    (graph_reads.percent_read, float64(float64, float64)),
    (graph_reads.taps_met, int32(*[int32] * 6)),
    (graph_reads.ends_see, int32(*[int32] * 6)),
    (graph_reads.macs_of_share, float64(*[float64] * 3)),
    (graph_shapes.product_within, float64(float64, float64)),
    (graph_shapes.channels_of, float64(doubles, *[int32] * 3, float64)),
    (graph_shapes.positions_of, float64(doubles, int32, float64)),
    (graph_shapes.broadcast, int32(doubles, int32, int32, doubles)),
    (graph_shapes.target_shape, int32(doubles, int32, doubles, int32, doubles)),
    (graph_shapes.axis_again, int32(doubles, int32, doubles, int32, int32)),
    (graph_shapes.even_part, float64(float64, float64, float64)),
    (graph_shapes.slice_places, void(*[float64] * 4, doubles)),
    (graph_shapes.part_ends, void(*[float64] * 4, doubles)),
    (graph_shapes.padded_length, float64(*[float64] * 3)),
    (graph_shapes.channels_of_cells, float64(float64, float64)),
    (graph_shapes.channels_of_blocks, float64(float64, float64)),
    (graph_shapes.ratio, void(float64, float64, doubles)),
    (graph_shapes.scale_ratio, void(float64, doubles)),
    (graph_shapes.scaled_length, float64(*[float64] * 3)),
    (graph_shapes.nearby_multiple, float64(float64, float64, int32)),
    (graph_shapes.size_distance, float64(*[float64] * 4)),
    (graph_numbers.combined, float64(int32, float64, float64, int32)),
    (graph_numbers.changed, float64(int32, float64)),
)

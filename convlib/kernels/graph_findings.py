"""How far what was found in a graph is out of place, and which padding would bring it back.

From Python these are ordinary functions. Numba can also compile them, so that a page finds the
same with the same source. Rows and columns are those of `graph_rows`.
"""

from numba.extending import register_jitable

from convlib.kernels import graph_rows as k
from convlib.kernels.size_rules import window_span


@register_jitable
def stride_of(found, row, axis):
    """Return the input pixels between neighbouring places of a row that is followed."""
    return found[row, k.ADVANCE_H + axis] / found[row, k.PERIOD_H + axis]


@register_jitable
def moved_by(found, row, before, axis):
    """Return by how many pixels the centre of one row lies behind that of another."""
    return found[row, k.CENTER_H + axis] - found[before, k.CENTER_H + axis]


@register_jitable
def lean_of(found, row, axis, image):
    """Return how far the middle of all windows of a row lies behind that of the image's axis."""
    last = (found[row, k.ROWS + axis] - 1) * stride_of(found, row, axis)
    return found[row, k.CENTER_H + axis] + (last - (image - 1)) / 2


@register_jitable
def leans_far(lean, stride):
    """Return 1 if a lean is more than what a size may leave over at this stride, else 0."""
    return 1 if abs(lean) > (stride - 1) / 2 else 0


@register_jitable
def cut_pixels(found, row, axis, before, after):
    """Return how many input pixels apart so many places of a row lie, counted at both ends."""
    return (before + after) * stride_of(found, row, axis)


@register_jitable
def even_end(before, after):
    """Return the padding at each end of an axis that is even and at least as much in all."""
    return -(-int(before + after) // 2)


@register_jitable
def mending_ends(nodes, found, row, source, axis, gap, ends):
    """Write the paddings of an axis that would move a row's centres back by `gap` pixels.

    `ends` takes up to two pairs, before and after, the smaller one first. Returns how many; -1 if
    it would take a part of a cell.
    """
    kind = nodes[row, k.KIND]
    before, after = int(found[row, k.PAD_TOP + 2 * axis]), int(found[row, k.PAD_BOTTOM + 2 * axis])
    unit = stride_of(found, source, axis)
    if kind == k.TRANSPOSED:  # whose padding takes cells away in front
        unit /= -int(nodes[row, k.STRIDE_H + axis])
    if gap / unit != int(gap / unit):
        return -1
    cells = int(gap / unit)
    span = window_span(int(nodes[row, k.KERNEL_H + axis]), int(nodes[row, k.DILATION_H + axis]))
    most = span // 2 if kind == k.POOL else max(span - 1, before)
    count, last = 0, after + 1
    for choice in range(2):
        # In their order: with a shift to the end, the padding behind becomes less.
        other = min(after - cells, after) if choice == 0 else max(after - cells, after)
        if min(before + cells, other) >= 0 and max(before + cells, other) <= most and other != last:
            ends[2 * count], ends[2 * count + 1] = before + cells, other
            count += 1
        last = other
    return count


@register_jitable
def unevenness(top, bottom, left, right):
    """Return by how much paddings of opposite sides differ, on both axes together."""
    return abs(bottom - top) + abs(right - left)

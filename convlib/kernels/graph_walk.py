"""The walk through a graph of tensors given as a table of integers, one row per tensor.

From Python these are ordinary functions. Numba can also compile them, so that a page can walk
through a graph with the same source; they allocate nothing. `graph_rows` names the columns of
both tables. Whoever reads a file of any kind only has to say what its operators are.
"""

from numba.extending import register_jitable

from convlib.kernels import graph_rows as k
from convlib.kernels import graph_windows as w
from convlib.kernels.cost_rules import conv2d_macs, conv2d_params
from convlib.kernels.network_rules import (
    FINE,
    TOO_TALL,
    TOO_WIDE,
    UNEQUAL,
    UNREACHED,
    batch_norm_params,
    conv2d_fault,
)
from convlib.kernels.size_rules import ceil_after, output_length, same_after, same_before


@register_jitable
def visit(nodes, edges, found, windows, i):
    """Write what row `i` is into `found` and `windows`; all rows that feed it were visited.

    `nodes` is (n, COLUMNS), `edges` (m,), `found` (n, FOUND) of floats, which hold each integer up
    to 2**53 exactly, and `windows` (n, 2, 2, MOST_PHASES) of 64-bit integers: those of each axis.
    """
    kind = int(nodes[i, k.KIND])
    found[i, :] = 0
    for edge in range(int(nodes[i, k.FEEDS]), int(nodes[i, k.FEEDS] + nodes[i, k.COUNT])):
        if found[edges[edge], k.STATE] != FINE:
            found[i, k.STATE] = UNREACHED
            return
    if kind == k.IMAGE:
        found[i, k.CHANNELS] = nodes[i, k.OUT_CHANNELS]
        found[i, k.ROWS], found[i, k.LINES] = nodes[i, k.HEIGHT], nodes[i, k.WIDTH]
        for axis in (0, 1):
            found[i, k.PERIOD_H + axis] = found[i, k.ADVANCE_H + axis] = 1
            windows[i, axis, :, 0] = 0
    elif kind == k.GIVEN:
        give(nodes, edges, found, i)
    elif kind in (k.MERGE, k.CONCAT):
        meet(nodes, edges, found, windows, i)
    else:
        follow(nodes, int(edges[nodes[i, k.FEEDS]]), found, windows, i)
    if max(found[i, k.CHANNELS], found[i, k.ROWS], found[i, k.LINES]) > k.MOST:
        found[i, k.STATE] = k.TOO_LARGE
    if found[i, k.STATE] == FINE and found[i, k.VIEW] == k.FOLLOWED:
        measure(found, windows, i)


@register_jitable
def measure(found, windows, i):
    """Write the field, the centre and the shift of a tensor that is followed."""
    for axis in (0, 1):
        period, advance = int(found[i, k.PERIOD_H + axis]), int(found[i, k.ADVANCE_H + axis])
        if period > 0 and advance <= k.MOST:
            field = w.widest(windows[i, axis], period)
        if period == 0 or advance > k.MOST or field > k.MOST:
            found[i, k.VIEW] = k.MIXED
            return
        if field == 0:  # no place sees anything: all that a transposed convolution left is gaps
            found[i, k.VIEW] = k.LOST
            return
        found[i, k.FIELD_H + axis] = field
        found[i, k.CENTER_H + axis] = w.mean_center(windows[i, axis], period, advance)
        found[i, k.SHIFT_H + axis] = w.mean_shift(windows[i, axis], period, advance)


@register_jitable
def give(nodes, edges, found, i):
    """Write the shape and the costs of a row that has them from its operator."""
    found[i, k.CHANNELS] = nodes[i, k.OUT_CHANNELS]
    found[i, k.ROWS], found[i, k.LINES] = nodes[i, k.HEIGHT], nodes[i, k.WIDTH]
    found[i, k.VIEW] = nodes[i, k.SEES]
    features, channels = int(nodes[i, k.FEATURES]), int(nodes[i, k.OUT_CHANNELS])
    rows, lines = int(nodes[i, k.HEIGHT]), int(nodes[i, k.WIDTH])
    if features > 0:
        found[i, k.MACS] = conv2d_macs(rows, lines, 1, 1, features, channels, 1)
    if nodes[i, k.PARAMS] > 0 and not nodes[i, k.SHARED]:
        found[i, k.WEIGHTS] = nodes[i, k.PARAMS]


@register_jitable
def follow(nodes, source, found, windows, i):
    """Write the shape, the costs and the windows of a row with one source."""
    kind = int(nodes[i, k.KIND])
    channels = int(found[source, k.CHANNELS])
    found[i, k.CHANNELS] = channels if nodes[i, k.OUT_CHANNELS] < 0 else nodes[i, k.OUT_CHANNELS]
    found[i, k.VIEW], found[i, k.GATE] = found[source, k.VIEW], found[source, k.GATE]
    out_channels = int(found[i, k.CHANNELS])
    for axis in (0, 1):
        size = int(found[source, k.ROWS + axis])
        found[i, k.ROWS + axis] = stretch(nodes, source, found, windows, i, axis, size)
        if found[i, k.ROWS + axis] == 0:
            found[i, k.STATE] = (TOO_TALL, TOO_WIDE)[axis]
            return
    if kind in (k.CONV, k.TRANSPOSED):
        if channels != nodes[i, k.IN_CHANNELS]:
            found[i, k.STATE] = k.WRONG_CHANNELS
            return
        groups, macs_of = int(nodes[i, k.GROUPS]), source if kind == k.TRANSPOSED else i
        oh, ow = int(found[macs_of, k.ROWS]), int(found[macs_of, k.LINES])
        fault = conv2d_fault(channels, out_channels, groups, oh, ow)
        if fault != FINE:
            found[i, k.STATE] = fault
            return
        kh, kw = int(nodes[i, k.KERNEL_H]), int(nodes[i, k.KERNEL_W])
        # A transposed convolution takes a product for each entry of its kernel at each cell.
        found[i, k.MACS] = conv2d_macs(oh, ow, kh, kw, channels, out_channels, groups)
        if not nodes[i, k.SHARED]:
            biases = int(nodes[i, k.BIAS])
            found[i, k.WEIGHTS] = conv2d_params(kh, kw, channels, out_channels, groups, biases)
    elif kind == k.PASS:
        found[i, k.GATE] = max(found[i, k.GATE], nodes[i, k.GATED])
        if not nodes[i, k.SHARED]:
            found[i, k.WEIGHTS] = nodes[i, k.PARAMS]
            if nodes[i, k.NORMALISED]:
                found[i, k.WEIGHTS] += batch_norm_params(out_channels)


@register_jitable
def stretch(nodes, source, found, windows, i, axis, size):
    """Write the windows of an axis; return its length, or 0 if no window fits."""
    kind = int(nodes[i, k.KIND])
    period, advance = int(found[source, k.PERIOD_H + axis]), int(found[source, k.ADVANCE_H + axis])
    seen, own = windows[source, axis], windows[i, axis]
    followed = found[i, k.VIEW] == k.FOLLOWED
    kernel, stride = int(nodes[i, k.KERNEL_H + axis]), int(nodes[i, k.STRIDE_H + axis])
    dilation = int(nodes[i, k.DILATION_H + axis])
    if kind == k.PASS:
        kernel = stride = dilation = 1
    length = size
    if kind == k.RESIZE:
        up, down = int(nodes[i, k.UP_H + axis]), int(nodes[i, k.DOWN_H + axis])
        length = int(nodes[i, k.HEIGHT + axis])
        if length == 0:
            length = size * up // down
        if followed and length > 0:
            placing, reading = int(nodes[i, k.PLACING]), int(nodes[i, k.READING])
            period, advance = w.resample(
                seen, period, advance, up, down, size, length, placing, reading, own
            )
    elif kind == k.TRANSPOSED:
        before, after = transposed_padding(nodes, found, i, axis, size)
        extra = int(nodes[i, k.EXTRA_H + axis])
        length = w.transposed_length(size, kernel, stride, before, after, dilation, extra)
        if followed:
            period, advance = w.spread(seen, period, advance, kernel, stride, before, dilation, own)
    else:
        before, after = 0, 0
        if kind != k.PASS:
            before, after = padding_of(nodes, found, i, axis, size)
        length = output_length(size, kernel, stride, before, after, dilation)
        if followed:
            period, advance = w.slide(seen, period, advance, kernel, stride, before, dilation, own)
    found[i, k.PERIOD_H + axis], found[i, k.ADVANCE_H + axis] = period, advance
    return length


@register_jitable
def padding_of(nodes, found, i, axis, size):
    """Write and return the padding of an axis in cells, before and after."""
    kernel, stride = int(nodes[i, k.KERNEL_H + axis]), int(nodes[i, k.STRIDE_H + axis])
    dilation, padding = int(nodes[i, k.DILATION_H + axis]), int(nodes[i, k.PADDING])
    before, after = int(nodes[i, k.TOP + 2 * axis]), int(nodes[i, k.BOTTOM + 2 * axis])
    if padding == k.VALID:
        before, after = 0, 0
    elif padding != k.AS_GIVEN:
        before = same_before(size, kernel, stride, dilation)
        after = same_after(size, kernel, stride, dilation)
        if padding == k.SAME_LOWER:
            before, after = after, before
    if nodes[i, k.CEIL_MODE]:
        after = ceil_after(size, kernel, stride, before, after, dilation)
    found[i, k.PAD_TOP + 2 * axis], found[i, k.PAD_BOTTOM + 2 * axis] = before, after
    return before, after


@register_jitable
def transposed_padding(nodes, found, i, axis, size):
    """Write and return what is cut off before and after a transposed convolution's output.

    With SAME, and where the output's size is given, ONNX shares the excess out.
    """
    before, after = int(nodes[i, k.TOP + 2 * axis]), int(nodes[i, k.BOTTOM + 2 * axis])
    padding, length = int(nodes[i, k.PADDING]), int(nodes[i, k.HEIGHT + axis])
    kernel, stride = int(nodes[i, k.KERNEL_H + axis]), int(nodes[i, k.STRIDE_H + axis])
    dilation, extra = int(nodes[i, k.DILATION_H + axis]), int(nodes[i, k.EXTRA_H + axis])
    if padding == k.VALID:
        before, after = 0, 0
    if padding in (k.SAME_UPPER, k.SAME_LOWER) and length == 0:
        length = size * stride
    if length > 0:
        excess = w.transposed_length(size, kernel, stride, 0, 0, dilation, extra) - length
        half = abs(excess) // 2 if excess >= 0 else -(abs(excess) // 2)  # cut towards 0
        before, after = half, excess - half
        if padding != k.SAME_UPPER:
            before, after = after, before
    found[i, k.PAD_TOP + 2 * axis], found[i, k.PAD_BOTTOM + 2 * axis] = before, after
    return before, after


@register_jitable
def meet(nodes, edges, found, windows, i):
    """Write the shape of what several sources become, and the windows that hold all of theirs."""
    start, stop = int(nodes[i, k.FEEDS]), int(nodes[i, k.FEEDS] + nodes[i, k.COUNT])
    kind = int(nodes[i, k.KIND])
    for column in (k.CHANNELS, k.ROWS, k.LINES):
        for edge in range(start, stop):
            length = found[edges[edge], column]
            if kind == k.CONCAT and column == k.CHANNELS:
                found[i, column] += length
            else:
                found[i, column] = max(found[i, column], length)
        for edge in range(start, stop):
            length = found[edges[edge], column]
            spread_out = kind == k.MERGE and length == 1
            if column != k.CHANNELS or kind == k.MERGE:
                if length != found[i, column] and not spread_out:
                    found[i, k.STATE] = UNEQUAL
    if found[i, k.STATE] != FINE:
        return
    if nodes[i, k.PARAMS] > 0 and not nodes[i, k.SHARED]:
        found[i, k.WEIGHTS] = nodes[i, k.PARAMS]
    joined = 0
    for edge in range(start, stop):
        source = int(edges[edge])
        gate = False
        for axis in (0, 1):
            gate = gate or found[source, k.ROWS + axis] != found[i, k.ROWS + axis]
        if gate:
            found[i, k.GATE] = 1
            continue
        found[i, k.GATE] = max(found[i, k.GATE], found[source, k.GATE])
        found[i, k.VIEW] = max(found[i, k.VIEW], found[source, k.VIEW])
        if found[i, k.VIEW] == k.FOLLOWED:
            join(source, joined, found, windows, i)
        joined += 1
    if joined == 0:  # a column and a row: no source is as large as the result
        found[i, k.VIEW] = k.LOST
    if found[i, k.VIEW] == k.FOLLOWED:
        compare(edges, start, stop, found, i)


@register_jitable
def join(source, joined, found, windows, i):
    """Widen the windows of row `i` by those of a source; k.MIXED if they have another stride."""
    for axis in (0, 1):
        seen, own = windows[source, axis], windows[i, axis]
        period, advance = (
            int(found[source, k.PERIOD_H + axis]),
            int(found[source, k.ADVANCE_H + axis]),
        )
        if joined == 0:
            for output in range(period):
                own[0, output], own[1, output] = seen[0, output], seen[1, output]
        else:
            before, its = int(found[i, k.PERIOD_H + axis]), int(found[i, k.ADVANCE_H + axis])
            if its * period != advance * before:
                found[i, k.STRIDES] = 1
            period, advance = w.widen(own, before, its, seen, period, advance)
            if period == 0:
                found[i, k.VIEW] = k.MIXED
                return
        found[i, k.PERIOD_H + axis], found[i, k.ADVANCE_H + axis] = period, advance


@register_jitable
def compare(edges, start, stop, found, i):
    """Write how far the centres of what meets are apart, on both axes."""
    for axis in (0, 1):
        least, most, count = 0.0, 0.0, 0
        for edge in range(start, stop):
            source = int(edges[edge])
            if (
                found[source, k.ROWS] == found[i, k.ROWS]
                and found[source, k.LINES] == found[i, k.LINES]
                and found[source, k.VIEW] == k.FOLLOWED
            ):
                center = found[source, k.CENTER_H + axis]
                least = center if count == 0 else min(least, center)
                most = center if count == 0 else max(most, center)
                count += 1
        found[i, k.APART_H + axis] = most - least

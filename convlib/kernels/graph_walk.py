"""The walk through a graph of tensors given as a table of integers, one row per tensor.

From Python these are ordinary functions. Numba can also compile them, so that a page can walk
through a graph with the same source. The columns of both tables are named here.
`convlib.graphs.table` writes the first one; whoever reads a file of any kind only has to name what
its operators are.
"""

from numba.extending import register_jitable

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

# What makes a tensor. IMAGE is the graph's input; CONV, POOL and TRANSPOSED slide a window, a
# padding or a crop being a POOL of one cell; RESIZE resamples; PASS changes no place, and may
# change channels; MERGE computes with its sources cell by cell; CONCAT lays their channels side by
# side; GIVEN has the shape that its row says, and no place.
IMAGE, CONV, POOL, TRANSPOSED, RESIZE, PASS, MERGE, CONCAT, GIVEN = range(9)

# A tensor's row: its kind; where its sources stand in `edges`, and how many they are; what its
# operator says. `padding` is one of the four below; `extra` a transposed convolution's
# output_padding; `up` and `down` the scale of a RESIZE, whose output has `height` x `width` if
# they are not 0. GIVEN has `out_channels` x `height` x `width`, and `features` inputs for each of
# its outputs if it is a matrix product. `params` are parameters besides those of a convolution;
# `normalised` says that there are a scale and an offset per channel, `shared` that the weights
# were counted before, `sees` what a GIVEN sees, `gated` that a PASS looks at the whole image.
(
    KIND, FEEDS, COUNT, OUT_CHANNELS, KERNEL_H, KERNEL_W, STRIDE_H, STRIDE_W,
    TOP, BOTTOM, LEFT, RIGHT, DILATION_H, DILATION_W, GROUPS, BIAS, CEIL_MODE, PADDING,
    EXTRA_H, EXTRA_W, UP_H, UP_W, DOWN_H, DOWN_W, PLACING, READING, HEIGHT, WIDTH,
    FEATURES, PARAMS, NORMALISED, SHARED, SEES, GATED, IN_CHANNELS,
) = range(35)  # fmt: skip
COLUMNS = 35
AS_GIVEN, VALID, SAME_UPPER, SAME_LOWER = range(4)

# Whether a tensor's places are followed: each output sees a window; all see the whole image; the
# paths that met differ in stride, or have too many phases; or it is not known what it sees.
FOLLOWED, WHOLE, MIXED, LOST = range(4)

# More states of a row, after those of `network_rules`.
WRONG_CHANNELS, WRONG_FEATURES, SHAPELESS, TOO_LARGE = range(UNEQUAL + 1, UNEQUAL + 5)

# What the walk finds. `apart` is by how many pixels the centres of what meets differ at most;
# `strides` is 1 if strides differ; `whole` that a gate or a normalisation, besides the window,
# looks at the whole image; `pad` the padding in cells.
(
    STATE, CHANNELS, ROWS, LINES, MACS, WEIGHTS, VIEW, GATE, PERIOD_H, PERIOD_W, ADVANCE_H,
    ADVANCE_W, FIELD_H, FIELD_W, CENTER_H, CENTER_W, SHIFT_H, SHIFT_W, APART_H, APART_W,
    STRIDES, PAD_TOP, PAD_BOTTOM, PAD_LEFT, PAD_RIGHT,
) = range(25)  # fmt: skip
FOUND = 25
MOST = 2**31 - 1


@register_jitable
def visit(nodes, edges, found, windows, i):
    """Write what row `i` is into `found` and `windows`; all rows that feed it were visited.

    `nodes` is (n, COLUMNS), `edges` (m,), `found` (n, FOUND) of floats, which hold each integer up
    to 2**53 exactly, and `windows` (n, 2, 2, MOST_PHASES) of 64-bit integers: those of each axis.
    """
    kind = int(nodes[i, KIND])
    found[i, :] = 0
    for edge in range(int(nodes[i, FEEDS]), int(nodes[i, FEEDS] + nodes[i, COUNT])):
        if found[edges[edge], STATE] != FINE:
            found[i, STATE] = UNREACHED
            return
    if kind == IMAGE:
        found[i, CHANNELS] = nodes[i, OUT_CHANNELS]
        found[i, ROWS], found[i, LINES] = nodes[i, HEIGHT], nodes[i, WIDTH]
        for axis in (0, 1):
            found[i, PERIOD_H + axis] = found[i, ADVANCE_H + axis] = 1
            windows[i, axis, :, 0] = 0
    elif kind == GIVEN:
        give(nodes, edges, found, i)
    elif kind in (MERGE, CONCAT):
        meet(nodes, edges, found, windows, i)
    else:
        follow(nodes, int(edges[nodes[i, FEEDS]]), found, windows, i)
    if max(found[i, CHANNELS], found[i, ROWS], found[i, LINES]) > MOST:
        found[i, STATE] = TOO_LARGE
    if found[i, STATE] == FINE and found[i, VIEW] == FOLLOWED:
        measure(found, windows, i)


@register_jitable
def measure(found, windows, i):
    """Write the field, the centre and the shift of a tensor that is followed."""
    for axis in (0, 1):
        period, advance = int(found[i, PERIOD_H + axis]), int(found[i, ADVANCE_H + axis])
        if period > 0 and advance <= MOST:
            field = w.widest(windows[i, axis], period)
        if period == 0 or advance > MOST or field > MOST:
            found[i, VIEW] = MIXED
            return
        found[i, FIELD_H + axis] = field
        found[i, CENTER_H + axis] = w.mean_center(windows[i, axis], period, advance)
        found[i, SHIFT_H + axis] = w.mean_shift(windows[i, axis], period, advance)


@register_jitable
def give(nodes, edges, found, i):
    """Write the shape and the costs of a row that has them from its operator."""
    found[i, CHANNELS] = nodes[i, OUT_CHANNELS]
    found[i, ROWS], found[i, LINES] = nodes[i, HEIGHT], nodes[i, WIDTH]
    found[i, VIEW] = nodes[i, SEES]
    features, channels = int(nodes[i, FEATURES]), int(nodes[i, OUT_CHANNELS])
    rows, lines = int(nodes[i, HEIGHT]), int(nodes[i, WIDTH])
    if features > 0:
        found[i, MACS] = conv2d_macs(rows, lines, 1, 1, features, channels, 1)
    if nodes[i, PARAMS] > 0 and not nodes[i, SHARED]:
        found[i, WEIGHTS] = nodes[i, PARAMS]


@register_jitable
def follow(nodes, source, found, windows, i):
    """Write the shape, the costs and the windows of a row with one source."""
    kind = int(nodes[i, KIND])
    channels = int(found[source, CHANNELS])
    found[i, CHANNELS] = channels if nodes[i, OUT_CHANNELS] < 0 else nodes[i, OUT_CHANNELS]
    found[i, VIEW], found[i, GATE] = found[source, VIEW], found[source, GATE]
    out_channels = int(found[i, CHANNELS])
    for axis in (0, 1):
        size = int(found[source, ROWS + axis])
        found[i, ROWS + axis] = stretch(nodes, source, found, windows, i, axis, size)
        if found[i, ROWS + axis] == 0:
            found[i, STATE] = (TOO_TALL, TOO_WIDE)[axis]
            return
    if kind in (CONV, TRANSPOSED):
        if channels != nodes[i, IN_CHANNELS]:
            found[i, STATE] = WRONG_CHANNELS
            return
        groups, macs_of = int(nodes[i, GROUPS]), source if kind == TRANSPOSED else i
        oh, ow = int(found[macs_of, ROWS]), int(found[macs_of, LINES])
        fault = conv2d_fault(channels, out_channels, groups, oh, ow)
        if fault != FINE:
            found[i, STATE] = fault
            return
        kh, kw = int(nodes[i, KERNEL_H]), int(nodes[i, KERNEL_W])
        # A transposed convolution takes a product for each entry of its kernel at each cell.
        found[i, MACS] = conv2d_macs(oh, ow, kh, kw, channels, out_channels, groups)
        if not nodes[i, SHARED]:
            biases = int(nodes[i, BIAS])
            found[i, WEIGHTS] = conv2d_params(kh, kw, channels, out_channels, groups, biases)
    elif kind == PASS:
        found[i, GATE] = max(found[i, GATE], nodes[i, GATED])
        if not nodes[i, SHARED]:
            found[i, WEIGHTS] = nodes[i, PARAMS]
            if nodes[i, NORMALISED]:
                found[i, WEIGHTS] += batch_norm_params(out_channels)


@register_jitable
def stretch(nodes, source, found, windows, i, axis, size):
    """Write the windows of an axis; return its length, or 0 if no window fits."""
    kind = int(nodes[i, KIND])
    period, advance = int(found[source, PERIOD_H + axis]), int(found[source, ADVANCE_H + axis])
    seen, own = windows[source, axis], windows[i, axis]
    followed = found[i, VIEW] == FOLLOWED
    kernel, stride = int(nodes[i, KERNEL_H + axis]), int(nodes[i, STRIDE_H + axis])
    dilation = int(nodes[i, DILATION_H + axis])
    if kind == PASS:
        kernel = stride = dilation = 1
    length = size
    if kind == RESIZE:
        up, down = int(nodes[i, UP_H + axis]), int(nodes[i, DOWN_H + axis])
        length = int(nodes[i, HEIGHT + axis])
        if length == 0:
            length = size * up // down
        if followed and length > 0:
            placing, reading = int(nodes[i, PLACING]), int(nodes[i, READING])
            period, advance = w.resample(
                seen, period, advance, up, down, size, length, placing, reading, own
            )
    elif kind == TRANSPOSED:
        before, after = transposed_padding(nodes, found, i, axis, size)
        extra = int(nodes[i, EXTRA_H + axis])
        length = w.transposed_length(size, kernel, stride, before, after, dilation, extra)
        if followed:
            period, advance = w.spread(seen, period, advance, kernel, stride, before, dilation, own)
    else:
        before, after = 0, 0
        if kind != PASS:
            before, after = padding_of(nodes, found, i, axis, size)
        length = output_length(size, kernel, stride, before, after, dilation)
        if followed:
            period, advance = w.slide(seen, period, advance, kernel, stride, before, dilation, own)
    found[i, PERIOD_H + axis], found[i, ADVANCE_H + axis] = period, advance
    return length


@register_jitable
def padding_of(nodes, found, i, axis, size):
    """Write and return the padding of an axis in cells, before and after."""
    kernel, stride = int(nodes[i, KERNEL_H + axis]), int(nodes[i, STRIDE_H + axis])
    dilation, padding = int(nodes[i, DILATION_H + axis]), int(nodes[i, PADDING])
    before, after = int(nodes[i, TOP + 2 * axis]), int(nodes[i, BOTTOM + 2 * axis])
    if padding == VALID:
        before, after = 0, 0
    elif padding != AS_GIVEN:
        before = same_before(size, kernel, stride, dilation)
        after = same_after(size, kernel, stride, dilation)
        if padding == SAME_LOWER:
            before, after = after, before
    if nodes[i, CEIL_MODE]:
        after = ceil_after(size, kernel, stride, before, after, dilation)
    found[i, PAD_TOP + 2 * axis], found[i, PAD_BOTTOM + 2 * axis] = before, after
    return before, after


@register_jitable
def transposed_padding(nodes, found, i, axis, size):
    """Write and return what is cut off before and after a transposed convolution's output.

    With SAME, and where the output's size is given, ONNX shares the excess out.
    """
    before, after = int(nodes[i, TOP + 2 * axis]), int(nodes[i, BOTTOM + 2 * axis])
    padding, length = int(nodes[i, PADDING]), int(nodes[i, HEIGHT + axis])
    kernel, stride = int(nodes[i, KERNEL_H + axis]), int(nodes[i, STRIDE_H + axis])
    dilation, extra = int(nodes[i, DILATION_H + axis]), int(nodes[i, EXTRA_H + axis])
    if padding == VALID:
        before, after = 0, 0
    if padding in (SAME_UPPER, SAME_LOWER) and length == 0:
        length = size * stride
    if length > 0:
        excess = w.transposed_length(size, kernel, stride, 0, 0, dilation, extra) - length
        small, large = excess // 2, excess - excess // 2
        before, after = (small, large) if padding == SAME_UPPER else (large, small)
    found[i, PAD_TOP + 2 * axis], found[i, PAD_BOTTOM + 2 * axis] = before, after
    return before, after


@register_jitable
def meet(nodes, edges, found, windows, i):
    """Write the shape of what several sources become, and the windows that hold all of theirs."""
    start, stop = int(nodes[i, FEEDS]), int(nodes[i, FEEDS] + nodes[i, COUNT])
    kind = int(nodes[i, KIND])
    for column in (CHANNELS, ROWS, LINES):
        for edge in range(start, stop):
            length = found[edges[edge], column]
            if kind == CONCAT and column == CHANNELS:
                found[i, column] += length
            else:
                found[i, column] = max(found[i, column], length)
        for edge in range(start, stop):
            length = found[edges[edge], column]
            spread_out = kind == MERGE and length == 1
            if column != CHANNELS or kind == MERGE:
                if length != found[i, column] and not spread_out:
                    found[i, STATE] = UNEQUAL
    if found[i, STATE] != FINE:
        return
    if nodes[i, PARAMS] > 0 and not nodes[i, SHARED]:
        found[i, WEIGHTS] = nodes[i, PARAMS]
    joined = 0
    for edge in range(start, stop):
        source = int(edges[edge])
        gate = False
        for axis in (0, 1):
            gate = gate or found[source, ROWS + axis] != found[i, ROWS + axis]
        if gate:
            found[i, GATE] = 1
            continue
        found[i, GATE] = max(found[i, GATE], found[source, GATE])
        found[i, VIEW] = max(found[i, VIEW], found[source, VIEW])
        if found[i, VIEW] == FOLLOWED:
            join(source, joined, found, windows, i)
        joined += 1
    if joined == 0:  # a column and a row: no source is as large as the result
        found[i, VIEW] = LOST
    if found[i, VIEW] == FOLLOWED:
        compare(edges, start, stop, found, i)


@register_jitable
def join(source, joined, found, windows, i):
    """Widen the windows of row `i` by those of a source; MIXED if they have another stride."""
    for axis in (0, 1):
        period, advance = int(found[source, PERIOD_H + axis]), int(found[source, ADVANCE_H + axis])
        if joined == 0:
            windows[i, axis, :, :period] = windows[source, axis, :, :period]
        else:
            own, its = int(found[i, PERIOD_H + axis]), int(found[i, ADVANCE_H + axis])
            before = windows[i, axis, :, :own].copy()
            if its * period != advance * own:
                found[i, STRIDES] = 1
            period, advance = w.cover(
                before, own, its, windows[source, axis], period, advance, windows[i, axis]
            )
            if period == 0:
                found[i, VIEW] = MIXED
                return
        found[i, PERIOD_H + axis], found[i, ADVANCE_H + axis] = period, advance


@register_jitable
def compare(edges, start, stop, found, i):
    """Write how far the centres of what meets are apart, on both axes."""
    for axis in (0, 1):
        least, most, count = 0.0, 0.0, 0
        for edge in range(start, stop):
            source = int(edges[edge])
            if (
                found[source, ROWS] == found[i, ROWS]
                and found[source, LINES] == found[i, LINES]
                and found[source, VIEW] == FOLLOWED
            ):
                center = found[source, CENTER_H + axis]
                least = center if count == 0 else min(least, center)
                most = center if count == 0 else max(most, center)
                count += 1
        found[i, APART_H + axis] = most - least

"""What the outputs of a graph's tensor see along one axis, exactly, in integers.

From Python these are ordinary functions. Numba can also compile them, so that a page can walk
through a graph with the same source.

After convolutions alone, windows are all alike. After an upsampling they come in phases: of two
outputs that lie between the same cells, one may see more than the other. So an axis has a `period`
and an `advance`: output o + period sees what output o sees, `advance` input pixels further. Its
`windows` hold, for outputs 0 to period - 1, the first (row 0) and the last pixel (row 1) that
each sees, on an image without ends. The stride is advance / period. A window that is EMPTY, last
before first, belongs to an output that reads nothing.
"""

import math

from numba.extending import register_jitable

from convlib.kernels.size_rules import window_span, window_start

# More phases are not followed: no published network comes near.
MOST_PHASES = 256
# First and last pixel of a window that is empty: far beyond every legal length.
EMPTY_FIRST, EMPTY_LAST = 2**48, -(2**48)
# How a resampling places its outputs among the cells, in ONNX's words.
HALF_PIXEL, ASYMMETRIC, ALIGN_CORNERS = range(3)
# What a resampled output reads: the nearest cell, by four ways to round, or those around it.
PREFER_FLOOR, PREFER_CEIL, FLOOR, CEIL, LINEAR, CUBIC = range(6)


@register_jitable
def first_seen(windows, period, advance, cell):
    """Return the first pixel that a cell of the source sees; cells before the first count too."""
    return int(windows[0, cell % period]) + advance * (cell // period)


@register_jitable
def last_seen(windows, period, advance, cell):
    """Return the last pixel that a cell of the source sees."""
    return int(windows[1, cell % period]) + advance * (cell // period)


@register_jitable
def set_window(windows, phase, first, last):
    """Write one window; one with no pixel gets the two numbers that say so."""
    if first > last or first > EMPTY_FIRST // 2 or last < EMPTY_LAST // 2:
        first, last = EMPTY_FIRST, EMPTY_LAST
    windows[0, phase], windows[1, phase] = first, last


@register_jitable
def slide(source, period, advance, kernel, stride, before, dilation, windows):
    """Write the windows behind a convolution or pooling; return their period and advance."""
    common = math.gcd(period, stride)
    # Taps whose cells lie a period apart see the same, further on: one period's taps at either
    # end of the kernel hold the first and the last pixel.
    taps = min(kernel, period)
    for output in range(period // common):
        start = window_start(output, stride, before)
        first, last = EMPTY_FIRST, EMPTY_LAST
        for tap in range(taps):
            low, high = start + dilation * tap, start + dilation * (kernel - 1 - tap)
            first = min(first, first_seen(source, period, advance, low))
            last = max(last, last_seen(source, period, advance, high))
        set_window(windows, output, first, last)
    return period // common, advance * (stride // common)


@register_jitable
def spread(source, period, advance, kernel, stride, before, dilation, windows):
    """Write the windows behind a transposed convolution; return their period and advance.

    Its output o reads cell i by kernel entry u where o + before - dilation u = stride i. A period
    of 0 says that there are too many phases.
    """
    if stride * period > MOST_PHASES:
        return 0, 0
    # Entries whose places are congruent modulo the stride read cells of the same output.
    taps = min(kernel, stride * period)
    for output in range(stride * period):
        first, last = EMPTY_FIRST, EMPTY_LAST
        for tap in range(taps):
            low = output + before - dilation * (kernel - 1 - tap)
            high = output + before - dilation * tap
            if low % stride == 0:
                first = min(first, first_seen(source, period, advance, low // stride))
            if high % stride == 0:
                last = max(last, last_seen(source, period, advance, high // stride))
        set_window(windows, output, first, last)
    return stride * period, advance


@register_jitable
def transposed_length(size, kernel, stride, before, after, dilation, extra):
    """Return the output's length of a transposed convolution, 0 if nothing is left of it."""
    return max(stride * (size - 1) + window_span(kernel, dilation) + extra - before - after, 0)


@register_jitable
def place_of(output, up, down, size, length, placing):
    """Return where a resampled output lies among the cells, as numerator and denominator.

    The scale is up / down, `size` cells become `length`.
    """
    if placing == HALF_PIXEL:
        return (2 * output + 1) * down - up, 2 * up
    if placing == ASYMMETRIC:
        return output * down, up
    return (output * (size - 1), length - 1) if length > 1 else (0, 1)


@register_jitable
def cells_read(output, up, down, size, length, placing, reading):
    """Return the first and the last cell that a resampled output reads."""
    above, below = place_of(output, up, down, size, length, placing)
    floor, exact = above // below, above % below == 0
    if reading == PREFER_FLOOR:
        cell = -((below - 2 * above) // (2 * below))
        return cell, cell
    if reading == PREFER_CEIL:
        cell = (2 * above + below) // (2 * below)
        return cell, cell
    if reading == FLOOR or exact:
        return floor, floor
    if reading == CEIL:
        return floor + 1, floor + 1
    return (floor, floor + 1) if reading == LINEAR else (floor - 1, floor + 2)


@register_jitable
def resample(source, period, advance, up, down, size, length, placing, reading, windows):
    """Write the windows behind a resizing; return their period and advance, or a period of 0."""
    if placing == ALIGN_CORNERS:
        up, down = max(length - 1, 1), size - 1 if length > 1 else 0
        common = math.gcd(up, down)
        if down == 0:  # one cell, or one output: all of it sees the same
            return 0, 0
        up, down = up // common, down // common
    share = math.gcd(period, down)
    rounds = period // share
    if up * rounds > MOST_PHASES:
        return 0, 0
    for output in range(up * rounds):
        low, high = cells_read(output, up, down, size, length, placing, reading)
        first, last = EMPTY_FIRST, EMPTY_LAST
        for cell in range(low, high + 1):
            first = min(first, first_seen(source, period, advance, cell))
            last = max(last, last_seen(source, period, advance, cell))
        set_window(windows, output, first, last)
    return up * rounds, advance * (down // share)


@register_jitable
def widen(windows, period, advance, other, other_period, other_advance):
    """Widen windows to hold those of another path of the same stride; return period and advance.

    A period of 0 says that the strides differ, or that there are too many phases.
    """
    common = period * other_period // math.gcd(period, other_period)
    if advance * other_period != other_advance * period or common > MOST_PHASES:
        return 0, 0
    for step in range(common):
        output = common - 1 - step  # downwards: windows before this one are still as they were
        first = first_seen(windows, period, advance, output)
        last = last_seen(windows, period, advance, output)
        first = min(first, first_seen(other, other_period, other_advance, output))
        last = max(last, last_seen(other, other_period, other_advance, output))
        set_window(windows, output, first, last)
    return common, advance * (common // period)


@register_jitable
def widest(windows, period):
    """Return the pixels from the first to the last of the largest window, or 0 if all are empty."""
    field = 0
    for output in range(period):
        field = max(field, int(windows[1, output]) - int(windows[0, output]) + 1)
    return field


@register_jitable
def _middles(windows, period, advance):
    """Return 2 * period times the sum of where output 0's middle would be, and of how many."""
    above, count = 0, 0
    for output in range(period):
        first, last = int(windows[0, output]), int(windows[1, output])
        if first <= last:
            above += period * (first + last) - 2 * output * advance
            count += 1
    return above, count


@register_jitable
def mean_center(windows, period, advance):
    """Return where the middle of output 0's window would be if all windows were alike.

    Output o has it o * advance / period further on; phases differ from that by as much to one
    side as to the other. For a single phase it is the middle of its window.
    """
    above, count = _middles(windows, period, advance)
    # One division of integers, so that equal places are equal floats.
    return above / (2 * period * count) if count else math.nan


@register_jitable
def mean_shift(windows, period, advance):
    """Return how far that middle is from the middle of output 0's cell of advance / period."""
    above, count = _middles(windows, period, advance)
    return (above - count * (advance - period)) / (2 * period * count) if count else math.nan

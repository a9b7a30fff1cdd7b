"""Which inputs a piece of a layer's outputs reads, and which outputs a piece of the input makes.

One axis, in integers; ranges are half open. From Python these are ordinary functions. Numba can
also compile them, which is how the explorer of tiles and halos gets its numbers.
"""

from numba.extending import register_jitable

from convlib.kernels.field_rules import twice_center
from convlib.kernels.size_rules import window_start


@register_jitable
def first_read(begin, size, stride, before):
    """Return the first pixel that outputs from `begin` on read; padding does not count."""
    return min(max(window_start(begin, stride, before), 0), size)


@register_jitable
def end_read(end, size, span, stride, before):
    """Return one more than the last pixel that outputs before `end` read."""
    return min(max(window_start(end - 1, stride, before) + span, 0), size)


@register_jitable
def cells_before(begin, stride, before):
    """Return how many cells of padding, before the axis, the window of output `begin` reads."""
    return max(-window_start(begin, stride, before), 0)


@register_jitable
def cells_after(end, size, span, stride, before):
    """Return how many cells of padding, after the axis, the window of output `end` - 1 reads."""
    return max(window_start(end - 1, stride, before) + span - size, 0)


@register_jitable
def first_centred(pixel, outputs, field, jump, before):
    """Return the first of `outputs` whose field has its middle at `pixel` or later.

    A piece of the input makes the outputs whose fields have their middles in it. So it reads, on
    either side, at most half a field beyond it.
    """
    ahead = 2 * pixel - twice_center(field, before)
    return min(max(-(-ahead // (2 * jump)), 0), outputs)

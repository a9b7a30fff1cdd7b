"""The receptive field of a stack of layers along one axis, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their fields: the same source, as WebAssembly. To keep half pixels integers,
`twice_center` and `twice_shift` return two times what they are named after.

A stack of windows is again a window. Going down the layers, (field, jump, padding) start at
(1, 1, 0), and each layer changes them in this order: `grown_field`, `grown_padding` (once for
each end), both with the jump *before* the layer, then `grown_jump`.
"""

from numba.extending import register_jitable

from convlib.kernels.size_rules import window_span


@register_jitable
def grown_field(field, jump, kernel, dilation):
    """Return the field, in input pixels, after a layer: each further tap adds a jump."""
    return field + (window_span(kernel, dilation) - 1) * jump


@register_jitable
def grown_padding(padding, jump, added):
    """Return the padding of one end, in input pixels, after a layer that adds `added` cells."""
    return padding + added * jump


@register_jitable
def grown_jump(jump, stride):
    """Return the input pixels between two neighbouring outputs after a layer."""
    return jump * stride


@register_jitable
def twice_center(field, before):
    """Return twice the input coordinate of the middle of output 0's field."""
    return field - 1 - 2 * before


@register_jitable
def twice_shift(field, jump, before):
    """Return twice the pixels by which each field is off the middle of its output's cell.

    Output o is responsible for the pixels o * jump to (o + 1) * jump - 1, its cell, whose middle
    is o * jump + (jump - 1) / 2. The shift is 0 exactly if `before` is half of field - jump.
    """
    return twice_center(field, before) - (jump - 1)


@register_jitable
def cell_of_pixel(pixel, jump, outputs):
    """Return the output whose cell holds an input pixel; past the last cell, the last output."""
    return max(min(pixel // jump, outputs - 1), 0)

"""The lengths of a graph's tensors, where an operator's rule and not a window makes them.

From Python these are ordinary functions of lists. Numba can also compile them, so that a page gets
the same lengths from the same source; there they are floats, which hold each integer up to 2**53.
`out` is what they write into.
"""

import math

import numpy as np
from numba.extending import register_jitable

from convlib.kernels.graph_rows import MOST

# The largest denominator of a scale that is taken for a fraction cut off by 32 bits.
MOST_DENOMINATOR = 1000


@register_jitable
def product_of(lengths, first, last):
    """Return the product of the lengths from `first` to `last`, the latter left out."""
    product = 1
    for at in range(first, last):
        product *= lengths[at]
    return product


@register_jitable
def sum_of(lengths, count):
    """Return the sum of the first `count` numbers."""
    total = 0
    for at in range(count):
        total += lengths[at]
    return total


@register_jitable
def product_within(one, other):
    """Return a product, or the most that a row of the table holds."""
    return min(one * other, MOST)


@register_jitable
def channels_of(shape, rank, axis_h, axis_w, batch):
    """Return how many numbers a tensor has for a place of one image; axes of -1 are none."""
    pixels = 1
    if axis_h >= 0:
        pixels = shape[axis_h] * shape[axis_w]
    return int(product_of(shape, 0, rank)) // int(max(batch * pixels, 1))


@register_jitable
def positions_of(shape, rank, batch):
    """Return how often a matrix product takes a row of its input, for one image."""
    return max(int(product_of(shape, 0, rank - 1)) // int(batch), 1)


@register_jitable
def broadcast(shapes, count, rank, out):
    """Write the shape that `count` shapes of `rank` lengths, one after another, spread to.

    Returns 1, or 0 if they do not fit.
    """
    for axis in range(rank):
        out[axis] = 1
        for at in range(count):
            length = shapes[at * rank + axis]
            if length != 1:
                if out[axis] != 1 and out[axis] != length:
                    return 0
                out[axis] = length
    return 1


@register_jitable
def target_shape(shape, rank, target, count, out):
    """Write the shape that ONNX's Reshape makes of `shape`; return 1, or 0 if it does not fit.

    In `target`, 0 keeps a length and -1 is what is left.
    """
    known, open_axis = 1, -1
    for at in range(count):
        length = shape[at] if target[at] == 0 and at < rank else target[at]
        out[at] = length
        if length == -1:
            if open_axis >= 0:
                return 0
            open_axis = at
        elif length < 1:
            return 0
        else:
            known *= length
    numbers, known = int(product_of(shape, 0, rank)), int(known)
    if open_axis >= 0 and numbers % known == 0:
        out[open_axis] = numbers // known
        known *= numbers // known
    if known != numbers or (open_axis >= 0 and out[open_axis] < 1):
        return 0
    return 1


@register_jitable
def axis_again(shape, axis, target, count, taken):
    """Return which axis of a new shape is `axis` of the old one, or -1; it is not `taken`."""
    before = product_of(shape, 0, axis)
    for at in range(count):
        same = target[at] == shape[axis] and product_of(target, 0, at) == before
        if same and at != taken:
            return at
    return -1


@register_jitable
def even_part(length, parts, at):
    """Return the length of part `at` where ONNX's Split names none: the last may be shorter."""
    part = -(-int(length) // int(parts))
    return part if at < parts - 1 else length - part * (parts - 1)


@register_jitable
def slice_places(length, start, end, step, out):
    """Write the first place of a slice with a step above 0, and how many places it has."""
    low = max(start + length, 0) if start < 0 else min(start, length)
    high = max(end + length, 0) if end < 0 else min(end, length)
    out[0], out[1] = low, max(-(int(low - high) // int(step)), 0)


@register_jitable
def part_ends(length, first, count, step, out):
    """Write what a part leaves out in front and behind, as padding below 0, and what follows it."""
    out[0] = -first
    out[1] = first + (count - 1) * step + 1 - length
    out[2] = first + count * step


@register_jitable
def padded_length(length, before, after):
    """Return a length with cells added at both ends, or taken away."""
    return length + before + after


@register_jitable
def channels_of_cells(channels, block):
    """Return the channels of block x block cells made of one, or 0 if they do not divide."""
    cells = int(block) * int(block)
    return int(channels) // cells if int(channels) % cells == 0 else 0


@register_jitable
def channels_of_blocks(channels, block):
    """Return the channels of one cell made of block x block."""
    return min(channels * block * block, MOST)


@register_jitable
def ratio(length, old, out):
    """Write length / old in its lowest terms."""
    length, old = int(length), int(old)
    common = math.gcd(length, old)
    out[0], out[1] = length // common, old // common


@register_jitable
def scale_ratio(scale, out):
    """Write a scale as a fraction, 0 / 1 if it is none or too large.

    Files hold scales as floats of 32 bits: 0.3333 for a third. The simplest fraction that such a
    float cannot tell from the scale is meant; where none of small numbers is, the scale itself.
    """
    out[0], out[1] = 0, 1
    if not 0 < scale <= MOST:
        return
    # Continued fractions: each is nearer than any other with a denominator that small.
    above, below, last_above, last_below = 1, 0, 0, 1
    rest = scale
    for _ in range(40):
        whole = math.floor(rest)
        above, last_above = whole * above + last_above, above
        below, last_below = whole * below + last_below, below
        if below > MOST_DENOMINATOR:
            break
        if np.float32(above / below) == np.float32(scale):
            out[0], out[1] = above, below
            return
        if rest == whole:
            break
        rest = 1 / (rest - whole)
    below = 1
    while scale * below != math.floor(scale * below):
        below *= 2
        if below > MOST:
            break
    out[0], out[1] = math.floor(scale * below), below


@register_jitable
def scaled_length(length, up, down):
    """Return the length that a scale of up / down makes of another."""
    return int(length) * int(up) // int(down)


@register_jitable
def nearby_multiple(length, multiple, above):
    """Return the multiple of a number at most (or, if `above`, at least) a length, but not 0."""
    whole, left = int(length) // int(multiple), int(length) % int(multiple)
    return max(whole + (1 if above and left > 0 else 0), 1) * multiple


@register_jitable
def size_distance(height, width, other_height, other_width):
    """Return by how many pixels two sizes differ, on both axes together."""
    return abs(height - other_height) + abs(width - other_width)

"""The size arithmetic of one axis, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their sizes: the same source, as WebAssembly.
"""

import math

from numba.extending import register_jitable


@register_jitable
def window_span(kernel, dilation):
    """Pixels from the first to the last one that a dilated kernel reads, both included."""
    return dilation * (kernel - 1) + 1


@register_jitable
def output_length(size, kernel, stride, before, after, dilation):
    """Return how often the window fits: floor((size + padding - span) / stride) + 1, or 0."""
    room = size + before + after - window_span(kernel, dilation)
    if room < 0:
        return 0
    return room // stride + 1


@register_jitable
def ceil_after(size, kernel, stride, before, after, dilation):
    """Return the padding after the axis that makes PyTorch's `ceil_mode` an ordinary rounding.

    The cells that a last, incomplete window lacks are added, if it starts inside the input or
    the padding before it.
    """
    room = size + before + after - window_span(kernel, dilation)
    lacking = -room % stride
    if room + lacking >= size + before:
        return after
    return after + lacking


@register_jitable
def dropped_length(size, kernel, stride, before, after, dilation):
    """Return how many cells at the far end of the padded axis no window reaches."""
    room = size + before + after - window_span(kernel, dilation)
    if room < 0:
        return size + before + after
    return room % stride


@register_jitable
def same_total(size, kernel, stride, dilation):
    """Return the padding, both ends together, that makes the output ceil(size / stride) long."""
    outputs = (size + stride - 1) // stride
    total = (outputs - 1) * stride + window_span(kernel, dilation) - size
    return max(total, 0)


@register_jitable
def same_before(size, kernel, stride, dilation):
    """Return the part of `same_total` before the axis: half of it, rounded down."""
    return same_total(size, kernel, stride, dilation) // 2


@register_jitable
def same_after(size, kernel, stride, dilation):
    """Return the part of `same_total` after the axis: half of it, rounded up."""
    total = same_total(size, kernel, stride, dilation)
    return total - total // 2


@register_jitable
def full_padding(kernel, dilation):
    """Return the padding at each end with which every pixel meets every kernel entry."""
    return window_span(kernel, dilation) - 1


@register_jitable
def window_start(output, stride, before):
    """Return the input index under the kernel's first entry for one output index."""
    return output * stride - before


@register_jitable
def tap_of_pixel(pixel, output, kernel, stride, before, dilation):
    """Return which kernel entry lies on input `pixel` when `output` is computed, or -1.

    Pixels are counted from the input's first one: negative ones are padding.
    """
    offset = pixel - window_start(output, stride, before)
    if offset < 0 or offset % dilation != 0 or offset // dilation >= kernel:
        return -1
    return offset // dilation


@register_jitable
def inverse(number, modulus):
    """Return the x from 0 to `modulus` - 1 with number x = 1 modulo `modulus`, if coprime.

    Euclid's algorithm: modulo `modulus`, each remainder is `factor` times `number`.
    """
    remainder, factor = modulus, 0
    next_remainder, next_factor = number % modulus, 1
    while next_remainder != 0:
        quotient = remainder // next_remainder
        remainder, next_remainder = next_remainder, remainder - quotient * next_remainder
        factor, next_factor = next_factor, factor - quotient * next_factor
    return factor % modulus


@register_jitable
def reads_of_pixel(pixel, size, kernel, stride, before, after, dilation):
    """Return how many outputs read one input pixel of an axis.

    Output o reads it by kernel entry u where stride o + dilation u is the pixel's place in the
    padded axis. Such u are congruent modulo the stride (divided by the divisor that it shares with
    the dilation), and lie between those that the first and the last output would need.
    """
    place = pixel + before
    outputs = output_length(size, kernel, stride, before, after, dilation)
    common = math.gcd(stride, dilation)
    if outputs == 0 or place % common != 0:
        return 0
    place, stride, dilation = place // common, stride // common, dilation // common
    low = max(-((stride * (outputs - 1) - place) // dilation), 0)
    high = min(place // dilation, kernel - 1)
    first = low + (place % stride * inverse(dilation, stride) - low) % stride
    if first > high:
        return 0
    return (high - first) // stride + 1


@register_jitable
def doubled_shift(layers, kernel, before, dilation):
    """Return twice the pixels by which stride-1 layers move the picture's content.

    Output o has its window centred on input o - before + (span - 1) / 2, so what is there
    shows up at o: each layer moves it by before - (span - 1) / 2 towards the end of the axis.
    """
    return layers * (2 * before - (window_span(kernel, dilation) - 1))


@register_jitable
def strided_index(index, stride):
    """Return the index at `stride` of the stride-1 output `index`, or -1 if it is skipped."""
    if index % stride != 0:
        return -1
    return index // stride

"""The size arithmetic of one axis, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their sizes: the same source, as WebAssembly.
"""

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
def window_start(output, stride, before):
    """Return the input index under the kernel's first entry for one output index."""
    return output * stride - before


@register_jitable
def reads_of_pixel(pixel, size, kernel, stride, before, after, dilation):
    """Return how many outputs read one input pixel of an axis (negative: a padding cell)."""
    outputs = output_length(size, kernel, stride, before, after, dilation)
    count = 0
    for tap in range(kernel):
        offset = pixel + before - tap * dilation
        if offset >= 0 and offset % stride == 0 and offset // stride < outputs:
            count += 1
    return count

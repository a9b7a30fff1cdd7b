"""What a layer costs, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their costs: the same source, as WebAssembly.
"""

from numba.extending import register_jitable


@register_jitable
def conv2d_macs(oh, ow, kh, kw, in_channels, out_channels, groups):
    """Return a convolution's MACs: each of oh * ow * C2 outputs sums h * w * C1 / g products."""
    return oh * ow * out_channels * kh * kw * (in_channels // groups)


@register_jitable
def conv2d_params(kh, kw, in_channels, out_channels, groups, biases):
    """Return how many weights and biases a convolution has; `biases` is 1 with a bias, else 0."""
    return out_channels * (kh * kw * (in_channels // groups) + biases)


@register_jitable
def tensor_bytes(channels, height, width, itemsize):
    """Return the bytes of one image's activation whose numbers take `itemsize` bytes each."""
    return channels * height * width * itemsize

"""What a network whose layers were changed is made of, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their designs: the same source, as WebAssembly.
"""

from numba.extending import register_jitable

# What a row of the walk says about its layer.
FINE, UNREACHED, GROUPS_INPUT, GROUPS_OUTPUT, TOO_TALL, TOO_WIDE, UNEQUAL = range(7)


@register_jitable
def scaled_channels(channels, percent):
    """Return `percent` of the channels as the nearest multiple of 8, at least 8.

    If that loses more than a tenth, it is the next multiple: MobileNet v2's rule, which also
    gives MobileNet v1's widths. At 100 percent the channels stay unchanged.
    """
    if percent == 100:
        return channels
    rounded = max(8, (channels * percent + 400) // 800 * 8)
    if 1000 * rounded < 9 * channels * percent:
        return rounded + 8
    return rounded


@register_jitable
def batch_norm_params(channels):
    """Return the parameters of batch normalisation: a scale and an offset for each channel."""
    return 2 * channels


@register_jitable
def conv2d_fault(in_channels, out_channels, groups, oh, ow):
    """Return FINE, or the first reason why a convolution is illegal."""
    if in_channels % groups != 0:
        return GROUPS_INPUT
    if out_channels % groups != 0:
        return GROUPS_OUTPUT
    if oh == 0:
        return TOO_TALL
    if ow == 0:
        return TOO_WIDE
    return FINE

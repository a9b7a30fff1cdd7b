"""Which channels belong together in a grouped convolution, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their wiring: the same source, as WebAssembly.
"""

from numba import njit
from numba.extending import register_jitable


@register_jitable
def groups_fit(in_channels, out_channels, groups):
    """Return 1 if `groups` divides both channel counts, so that all groups are alike; else 0."""
    return int(groups >= 1 and in_channels % groups == 0 and out_channels % groups == 0)


@register_jitable
def group_of(channel, channels, groups):
    """Return the group of a channel; both count from 0, and `groups` divides `channels`."""
    return channel // (channels // groups)


@njit(cache=True, nogil=True)
def channel_changes(before, after, out):
    """Write into `out` (C,) the largest |after - before| of each channel of two (C, H, W)."""
    channels, height, width = before.shape
    for c in range(channels):
        largest = before.dtype.type(0)
        for i in range(height):
            for j in range(width):
                largest = max(largest, abs(after[c, i, j] - before[c, i, j]))
        out[c] = largest

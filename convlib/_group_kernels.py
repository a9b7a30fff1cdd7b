"""The loop that tells which channels of two arrays differ."""

from numba import njit


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

"""What comes between convolutions in a network: loops over activations (C, H, W), in place."""

from math import sqrt

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def rectify(x):
    """Replace the negative numbers of `x` by 0."""
    channels, height, width = x.shape
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                if x[c, i, j] < 0:
                    x[c, i, j] = 0


@njit(cache=True, nogil=True)
def mean_and_spread(plane):
    """Return the first pixel of `plane` (H, W), the mean minus it, and the standard deviation.

    The mean is that of the differences from the first pixel, so that a constant plane has the
    spread 0 though its mean may be no float, and that little is lost where a large offset is
    common to all. A spread that rounding the largest pixel could cause is 0 too.
    """
    height, width = plane.shape
    first = np.float64(plane[0, 0])
    total = largest = 0.0
    for i in range(height):
        for j in range(width):
            total += plane[i, j] - first
            largest = max(largest, abs(plane[i, j]))
    mean = total / (height * width)
    squares = 0.0
    for i in range(height):
        for j in range(width):
            squares += (plane[i, j] - first - mean) ** 2
    spread = sqrt(squares / (height * width))
    if spread <= np.finfo(plane.dtype).eps * largest:
        spread = 0.0
    return first, mean, spread


@njit(cache=True, nogil=True)
def normalise(x, mean, spread):
    """Give each channel of `x` the mean and spread asked for; a constant one becomes `mean`."""
    channels, height, width = x.shape
    for c in range(channels):
        first, old_mean, old_spread = mean_and_spread(x[c])
        factor = spread / old_spread if old_spread != 0 else 0.0
        for i in range(height):
            for j in range(width):
                x[c, i, j] = mean + factor * (x[c, i, j] - first - old_mean)


@njit(cache=True, nogil=True)
def add(x, y):
    """Add `y` to `x`."""
    channels, height, width = x.shape
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                x[c, i, j] += y[c, i, j]


@njit(cache=True, nogil=True)
def measure(x, reference, out):
    """Write into `out` the spread of `x` and its likeness to `reference`, as in `stack`."""
    channels, height, width = x.shape
    squares = 0.0
    other = 0.0
    product = 0.0
    for c in range(channels):
        first, mean, spread = mean_and_spread(x[c])
        reference_first, reference_mean, reference_spread = mean_and_spread(reference[c])
        squares += spread**2
        other += reference_spread**2
        if spread == 0 or reference_spread == 0:
            continue
        joint = 0.0
        for i in range(height):
            for j in range(width):
                here = x[c, i, j] - first - mean
                joint += here * (reference[c, i, j] - reference_first - reference_mean)
        product += joint / (height * width)
    out[0] = sqrt(squares / channels)
    most = sqrt(squares) * sqrt(other)
    out[1] = product / most if most != 0 else 0.0

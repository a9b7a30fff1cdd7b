"""What stands between convolutions in a network: loops over activations (C, H, W), in place."""

from math import sqrt

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
    """Return the mean and the standard deviation of `plane` (H, W)."""
    height, width = plane.shape
    total = 0.0
    for i in range(height):
        for j in range(width):
            total += plane[i, j]
    mean = total / (height * width)
    squares = 0.0
    for i in range(height):
        for j in range(width):
            squares += (plane[i, j] - mean) ** 2
    return mean, sqrt(squares / (height * width))


@njit(cache=True, nogil=True)
def normalise(x, mean, spread):
    """Give each channel of `x` the mean and spread asked for; a constant one becomes `mean`."""
    channels, height, width = x.shape
    for c in range(channels):
        old_mean, old_spread = mean_and_spread(x[c])
        factor = spread / old_spread if old_spread > 0 else 0.0
        for i in range(height):
            for j in range(width):
                x[c, i, j] = mean + factor * (x[c, i, j] - old_mean)


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
        mean, spread = mean_and_spread(x[c])
        reference_mean, reference_spread = mean_and_spread(reference[c])
        squares += spread**2
        other += reference_spread**2
        joint = 0.0
        for i in range(height):
            for j in range(width):
                joint += (x[c, i, j] - mean) * (reference[c, i, j] - reference_mean)
        product += joint / (height * width)
    out[0] = sqrt(squares / channels)
    out[1] = product / sqrt(squares * other) if squares * other > 0 else 0.0

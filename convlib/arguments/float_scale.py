"""Powers of two that scale float64 numbers so that squares neither overflow nor underflow."""

import numpy as np

# Numbers up to 2^MOST have squares whose sums float64 holds; float32 has only such numbers.
MOST = 400


def exponent(*arrays):
    """Return k such that `arrays` times 2^-k can be squared and summed; 0 for ordinary numbers.

    Numbers that are not finite do not count.
    """
    largest = 0.0
    for a in arrays:
        if a.dtype.kind == "f" and a.dtype.itemsize > 4:
            # Not via absolute values, which would be a copy of the array.
            largest = max(largest, np.max(a, initial=0, where=np.isfinite(a)))
            largest = max(largest, -np.min(a, initial=0, where=np.isfinite(a)))
    k = int(np.frexp(largest)[1])
    return k if abs(k) > MOST else 0


def scaled(array, exponent):
    """Return `array` times 2^-exponent."""
    return np.ldexp(array, -exponent) if exponent else array

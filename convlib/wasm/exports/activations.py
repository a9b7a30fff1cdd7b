"""What pages may call about the parts between convolutions, for NetworkBlocks."""

from numba import carray, float32, int32, void

from convlib.kernels import activation_loops
from convlib.wasm.exports.types import floats


def rectify(x, channels, height, width):
    """Replace the negative numbers of `x` by 0."""
    activation_loops.rectify(carray(x, (channels, height, width)))


def normalise(x, channels, height, width, mean, spread):
    """Give each channel of `x` this mean and spread."""
    activation_loops.normalise(carray(x, (channels, height, width)), mean, spread)


def add(x, y, channels, height, width):
    """Add `y` to `x`."""
    shape = (channels, height, width)
    activation_loops.add(carray(x, shape), carray(y, shape))


def measure_activation(x, reference, channels, height, width, out):
    """Write into `out` (2,) the spread of `x` and its likeness to `reference`."""
    shape = (channels, height, width)
    activation_loops.measure(carray(x, shape), carray(reference, shape), carray(out, (2,)))


EXPORTS = (
    (rectify, void(floats, *[int32] * 3)),
    (normalise, void(floats, *[int32] * 3, *[float32] * 2)),
    (add, void(*[floats] * 2, *[int32] * 3)),
    (measure_activation, void(*[floats] * 2, *[int32] * 3, floats)),
)

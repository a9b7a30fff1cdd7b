"""The errors that conv2d's docstring states, against exact sums of fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

import convlib
from convlib.fast import choice

PLAIN = [name for name in choice.NAMES if name != "winograd"]
# The largest error of 'winograd' on random images, in the unit of its bound.
RANDOM = 250
U = {"float32": 2.0**-24, "float64": 2.0**-53}
EXAMPLES = 10 if config.DISABLE_JIT else 100
drawn = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
compiled_only = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="longer sums than an interpreter should loop over"
)


def numbers(rng, kind, shape, dtype):
    """Return an array of one of the kinds below."""
    drawn = {
        "normal": rng.standard_normal,
        "uniform": rng.random,
        "equal": lambda shape: np.full(shape, rng.random()),
        "signs": lambda shape: rng.choice([-1.0, 1.0], shape),
        "log range": lambda shape: 10 ** rng.uniform(-6, 6, shape) * rng.choice([-1, 1], shape),
        "spiked": lambda shape: np.where(rng.random(shape) < 0.02, 1e8, rng.random(shape)),
        "holes": lambda shape: np.where(rng.random(shape) < 0.1, -9999.0, rng.random(shape)),
    }
    return drawn[kind](shape).astype(dtype)


KINDS = ("normal", "uniform", "equal", "signs", "log range", "spiked", "holes")


def exact(x, w, b):
    """Return b + the sum of w x, and |b| + the sum of |w| |x|, as fractions."""
    products = [Fraction(p) * Fraction(q) for p, q in zip(x.tolist(), w.tolist(), strict=True)]
    return sum(products, Fraction(float(b))), sum(map(abs, products), Fraction(abs(float(b))))


def bound(length, dtype):
    """Return the factor that the docstring states for sums of `length` products."""
    return (min(length, 128) + length / 64 + 4) * U[dtype]


# The lengths of sums, as kernel shapes (C_in / groups, kH, kW) that every algorithm computes.
LONG = {
    "channels": lambda n: (n, 1, 1),
    "rows": lambda n: (1, n, 1),
    "columns": lambda n: (1, 1, n),
    "both": lambda n: (1, max(round(n**0.5), 1), max(round(n**0.5), 1)),
    "all": lambda n: (max(n // 35, 1), 5, 7),
}


@pytest.mark.parametrize("algorithm", PLAIN)
@drawn
@given(
    st.sampled_from(list(LONG)), st.integers(1, 3000), st.sampled_from(KINDS),
    st.sampled_from(KINDS), st.sampled_from(sorted(U)), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_a_sum_is_as_exact_as_stated(algorithm, form, length, kind, w_kind, dtype, seed):
    rng = np.random.default_rng(seed)
    if algorithm == "depthwise" and form in ("channels", "all"):
        form = "both"
    group_in, kh, kw = LONG[form](-(-length // 10) if config.DISABLE_JIT else length)
    x = numbers(rng, kind, (1, group_in, kh, kw + 1), dtype)
    w = numbers(rng, w_kind, (9, group_in, kh, kw), dtype)
    b = numbers(rng, kind, 9, dtype)
    got = convlib.conv2d(x, w, b, algorithm=algorithm)
    for c2, j in ((0, 0), (8, 1)):
        sums, magnitudes = exact(x[0, :, :, j : j + kw].ravel(), w[c2].ravel(), b[c2])
        error = abs(Fraction(float(got[0, c2, 0, j])) - sums)
        assert error <= bound(group_in * kh * kw, dtype) * magnitudes


@compiled_only
@pytest.mark.parametrize("algorithm", PLAIN)
@pytest.mark.parametrize("length", [4096, 65536])
def test_long_sums_of_one_number(algorithm, length):
    """Added one by one they are off by 3.9e-5 and 6e-4: all additions err in one direction."""
    x = np.full(length, 0.1, np.float32)
    shape = (1, 1, length) if algorithm == "depthwise" else (length, 1, 1)
    w = np.ones((8, *shape), np.float32)
    got = convlib.conv2d(x.reshape(shape), w, algorithm=algorithm)
    expected = length * float(x[0])
    np.testing.assert_allclose(got, expected, rtol=2e-6 if length == 4096 else 6e-6)


@pytest.mark.parametrize("algorithm", PLAIN)
def test_blocks_of_a_sum_are_not_lost_or_counted_twice(algorithm):
    """Around every multiple of a block's length, and where a kernel is cut into pieces."""
    lengths = (127, 128, 129, 255, 256, 257, 384, 385)
    for length in lengths[:3] if config.DISABLE_JIT else lengths:
        for kh, kw in ((1, length), (length, 1), (3, length), (length, 2)):
            x = np.ones((1, 1, kh + 8, kw + 1))
            w = np.ones((2, 1, kh, kw))
            got = convlib.conv2d(x, w, [0.0, 5.0], algorithm=algorithm)
            np.testing.assert_array_equal(got[0, 0], kh * kw)
            np.testing.assert_array_equal(got[0, 1], kh * kw + 5)


def largest_in_pieces(x, pad_value, rows, columns):
    """Return for each output, with padding 1, the largest magnitude in its 6 x 6 pixels."""
    high, wide = -(-rows // 4) * 4, -(-columns // 4) * 4
    ends = ((0, 0), (0, 0), (1, high + 1 - rows), (1, wide + 1 - columns))
    padded = np.pad(np.abs(x), ends, constant_values=abs(pad_value)).max(axis=1)
    largest = np.empty((len(x), rows, columns))
    for i in range(0, rows, 4):
        for j in range(0, columns, 4):
            piece = padded[:, i : i + 6, j : j + 6].max(axis=(1, 2))
            largest[:, i : i + 4, j : j + 4] = piece[:, None, None]
    return largest


@drawn
@given(
    st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(1, 6) | st.sampled_from([32, 150]),
    st.tuples(st.integers(1, 11), st.integers(1, 11)), st.sampled_from([0.0, -3.0, 1e4]),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_winograd_is_as_exact_as_stated(kind, w_kind, channels, size, pad_value, seed):
    """In float32 the plain sum in float64 is exact enough to be the reference."""
    rng = np.random.default_rng(seed)
    x = numbers(rng, kind, (2, channels, *size), "float32")
    w = numbers(rng, w_kind, (9, channels, 3, 3), "float32")
    b = numbers(rng, kind, 9, "float32")
    settings = {"padding": 1, "pad_value": pad_value}
    got = convlib.conv2d(x, w, b, algorithm="winograd", **settings)
    wide = (a.astype(float) for a in (x, w, b))
    expected = convlib.conv2d(*wide, algorithm="shifted", **settings)
    magnitudes = np.abs(w.astype(float)).sum(axis=(1, 2, 3))[:, None, None]
    bracket = (
        np.abs(b)[:, None, None] + magnitudes * largest_in_pieces(x, pad_value, *size)[:, None]
    )
    error = np.abs(got - expected) / bracket / U["float32"]
    assert error.max() < 860 * (min(channels, 64) + channels / 64 + 28)
    assert error.max() < RANDOM


@pytest.mark.parametrize("dtype", sorted(U))
@pytest.mark.parametrize("kind", KINDS)
def test_winograd_in_both_types(kind, dtype):
    rng = np.random.default_rng(0)
    x, w = numbers(rng, kind, (1, 3, 8, 8), dtype), numbers(rng, "normal", (8, 3, 3, 3), dtype)
    got = convlib.conv2d(x, w, padding=1, algorithm="winograd")
    largest = largest_in_pieces(x, 0.0, 8, 8)[0]
    padded = np.pad(x[0], ((0, 0), (1, 1), (1, 1)))
    for i, j in np.ndindex(8, 8):
        sums, _ = exact(padded[:, i : i + 3, j : j + 3].ravel(), w[0].ravel(), 0.0)
        magnitude = largest[i, j] * float(np.abs(w[0]).sum(dtype=float))
        assert abs(float(Fraction(float(got[0, 0, i, j])) - sums)) <= RANDOM * U[dtype] * magnitude

"""stack_blocks and measure_activation against NumPy."""

import itertools

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from convlib import conv2d, measure_activation, stack_blocks

SWITCHES = list(itertools.product((False, True), repeat=3))


@pytest.mark.parametrize(("nonlinearity", "normalisation", "residual"), SWITCHES)
def test_blocks_equal_numpy(nonlinearity, normalisation, residual):
    rng = np.random.default_rng(0)
    picture, weights = rng.standard_normal((2, 9, 8)), rng.standard_normal((3, 2, 2, 3, 3))
    kept = picture.copy()
    got = stack_blocks(picture, weights, nonlinearity, normalisation, residual)
    x = picture
    assert len(got) == 4
    assert_array_equal(got[0], picture)
    for weight, activation in zip(weights, got[1:], strict=True):
        y = conv2d(x, weight, padding="same")
        if normalisation:
            y = (y - y.mean((1, 2), keepdims=True)) / y.std((1, 2), keepdims=True)
        if nonlinearity:
            y = np.maximum(y, 0)
        x = x + y if residual else y
        assert_allclose(activation, x, rtol=1e-9, atol=1e-9)
    assert_array_equal(picture, kept)


def test_a_constant_channel_becomes_zero():
    (_, got) = stack_blocks(np.ones((1, 3, 3)), np.ones((1, 1, 1, 1, 1)), residual=False)
    assert_array_equal(got, np.zeros((1, 3, 3)))


def test_a_residual_needs_as_many_channels():
    with pytest.raises(ValueError, match="as many outputs as inputs"):
        stack_blocks(np.ones((1, 3, 3)), np.ones((1, 2, 1, 3, 3)))


def test_measures_equal_numpy():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((2, 3, 7, 5)) + 4
    got = measure_activation(x, y)
    flat = [(a - a.mean((1, 2), keepdims=True)).ravel() for a in (x, y)]
    assert got.spread == pytest.approx(np.sqrt(x.var((1, 2)).mean()))
    assert got.likeness == pytest.approx(np.corrcoef(*flat)[0, 1])


def test_likeness_of_a_constant_is_zero():
    assert measure_activation(np.ones((1, 2, 2)), [[[1, 2], [3, 4]]]) == (0, 0)


FINITE = {
    "f4": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "f8": st.floats(allow_nan=False, allow_infinity=False),
    "i8": st.integers(-(2**53), 2**53),
    "u1": st.integers(0, 255),
    "?": st.booleans(),
}
sizes = st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(1, 12))


def normalised(picture):
    """Return what normalisation alone makes of a picture of one channel."""
    one = np.ones((1, 1, 1, 1, 1), picture.dtype)
    return stack_blocks(picture, one, nonlinearity=False, residual=False)[1]


def units(*arrays):
    """Return the rounding of each array, as it is computed with."""
    return [np.finfo("f4" if a.dtype == np.float32 else "f8").eps for a in arrays]


@given(st.data(), st.sampled_from(list(FINITE)), sizes)
def test_a_constant_of_any_value_becomes_zero_and_is_like_nothing(data, dtype, size):
    constants = data.draw(st.lists(FINITE[dtype], min_size=size[0], max_size=size[0]))
    picture = np.broadcast_to(np.array(constants, dtype)[:, None, None], size)
    for channel in picture:
        assert_array_equal(normalised(channel[None]), np.zeros((1, *size[1:])))
    other = np.random.default_rng(0).random(size)
    assert measure_activation(picture, picture) == (0, 0)
    assert measure_activation(picture, other) == (0, 0)
    assert measure_activation(other, picture).likeness == 0


@pytest.mark.parametrize("value", [0.1, 14.62, 1e-30, 1e30])
@pytest.mark.parametrize("size", [(1, 1, 128), (1, 97, 3), (1, 300, 300)])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_constants_whose_mean_is_no_float(value, size, dtype):
    picture = np.full(size, value, dtype)
    assert_array_equal(normalised(picture), np.zeros(size))
    assert measure_activation(picture, picture) == (0, 0)


@given(st.floats(1e-30, 1e30), st.sampled_from(["f4", "f8"]), sizes, st.integers(0, 999))
def test_neighbouring_floats_are_a_constant(value, dtype, size, seed):
    low = np.full((1, *size[1:]), value, dtype)
    high = np.nextafter(low, np.array(np.inf, dtype))
    picture = np.where(np.random.default_rng(seed).random(low.shape) < 0.5, low, high)
    assert_array_equal(normalised(picture), np.zeros(low.shape))
    assert measure_activation(picture, picture) == (0, 0)


@given(
    st.sampled_from(["f4", "f8"]),
    sizes.filter(lambda size: size[1] * size[2] > 1),
    st.integers(-12, 12),
    st.integers(2, 60),
    st.integers(0, 999),
)
def test_a_small_variation_on_a_large_offset(dtype, size, decade, ulps, seed):
    """The variation is a few units in the last place of the offset, or many."""
    rng = np.random.default_rng(seed)
    offset = np.array(10.0**decade * rng.uniform(-1, 1, (size[0], 1, 1)), dtype)
    steps = ulps * rng.integers(-50, 51, size)
    steps[:, 0, 0], steps.reshape(size[0], -1)[:, -1] = 50 * ulps, -50 * ulps
    x = (offset + steps * np.spacing(offset)).astype(dtype)
    y = rng.standard_normal(size)
    for channel in x:
        expected = reference.normalise(channel, *units(x))
        rtol = 1e-6 if dtype == "f4" else 1e-12
        assert_allclose(normalised(channel[None])[0], expected, rtol=rtol, atol=rtol)
    for pair in ((x, y), (y, x), (x, x)):
        expected = reference.measure_activation(*pair, units(*pair))
        assert_allclose(measure_activation(*pair), expected, rtol=1e-11, atol=1e-11)


@given(st.data(), st.sampled_from(["f4", "f8"]), sizes)
def test_one_pixel_that_is_no_number_makes_both_measures_nan(data, dtype, size):
    good = np.random.default_rng(0).standard_normal(size).astype(dtype)
    if data.draw(st.booleans()):
        good[...] = data.draw(FINITE[dtype])
    bad = good.copy()
    bad[tuple(data.draw(st.integers(0, n - 1)) for n in size)] = data.draw(
        st.sampled_from([np.nan, np.inf, -np.inf])
    )
    assert_array_equal(measure_activation(bad, good), [np.nan, np.nan])
    assert_array_equal(measure_activation(bad, bad), [np.nan, np.nan])
    spread, likeness = measure_activation(good, bad)
    assert spread == measure_activation(good, good).spread
    assert np.isnan(likeness)
    for channel in bad[~np.isfinite(bad).all((1, 2))]:
        assert_array_equal(normalised(channel[None]), np.full((1, *size[1:]), np.nan))


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_very_large_and_very_small_numbers(k, other):
    x, y = np.random.default_rng(4).standard_normal((2, 1, 6, 7))
    spread, likeness = measure_activation(x, y)
    got = measure_activation(np.ldexp(x, k), np.ldexp(y, other))
    assert_allclose(got, (np.ldexp(spread, k), likeness), rtol=1e-12)
    assert_allclose(normalised(np.ldexp(x, k)), normalised(x), rtol=1e-12)


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="the same shape"):
        measure_activation(np.ones((1, 2, 2)), np.ones((1, 2, 3)))

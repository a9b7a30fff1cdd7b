"""stack_blocks and measure_activation against NumPy."""

import itertools

import numpy as np
import pytest
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


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="the same shape"):
        measure_activation(np.ones((1, 2, 2)), np.ones((1, 2, 3)))

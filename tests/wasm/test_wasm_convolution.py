"""The functions of ConvolutionMatrix and NetworkBlocks in WebAssembly against native ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import geometries
from test_wasm import Page

from convlib import (
    Conv2d,
    Linear,
    conv2d_matrix,
    conv2d_matrix_counts,
    measure_activation,
    stack_blocks,
)
from convlib.wasm import module_bytes


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


@given(geometries(words=False))
def test_matrix_equals_native(page, geometry):
    size, kernel, stride, padding, ends, _ = geometry
    size = tuple(max(n, k) for n, k in zip(size, kernel, strict=True))
    layer = Conv2d(1, 1, kernel, stride, padding, bias=False)
    native = conv2d_matrix_counts(layer, size)
    numbers = (*size, *kernel, *stride, *ends[0], *ends[1])
    taps = np.full((native.rows, native.columns), -7, np.int32)
    (got,) = page.call("matrix_taps", *numbers, taps)
    # Weights 1, 2, ... show in the matrix where each of them is; 0 is none.
    weight = 1 + np.arange(np.prod(kernel), dtype=float).reshape(1, 1, *kernel)
    assert_array_equal(got + 1, conv2d_matrix(size, weight, stride, padding))

    (counts,) = page.call("matrix_counts", *numbers, 4, np.zeros(10, np.int32))
    dense = Linear(native.columns, native.rows, bias=False)
    macs = layer.macs(size)
    assert counts.tolist() == [
        native.rows, native.columns, native.connections,
        layer.params, macs, 4 * layer.params,
        dense.params, dense.macs((1, 1)), 4 * dense.params,
        macs - native.connections,
    ]  # fmt: skip


@given(st.integers(0, 999), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
def test_blocks_parts_equal_native(page, seed, channels, height, width):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, channels, height, width), np.float32)
    (got,) = page.call("rectify", x, *x.shape)
    assert_array_equal(got, np.maximum(x, 0))
    got, kept = page.call("add", x, y, *x.shape)
    assert_allclose(got, x + y)
    assert_array_equal(kept, y)
    unit = np.eye(channels)[None, :, :, None, None]
    expected = stack_blocks(x, unit, nonlinearity=False, residual=False)[1]
    (got,) = page.call("normalise", x, *x.shape, 0.0, 1.0)
    assert_allclose(got, expected, rtol=1e-4, atol=1e-4)
    (got,) = page.call("normalise", x, *x.shape, 128.0, 50.0)
    assert_allclose(got, 128 + 50 * expected, rtol=1e-4, atol=1e-2)
    *_, got = page.call("measure_activation", x, y, *x.shape, np.zeros(2, np.float32))
    assert_allclose(got, measure_activation(x, y), rtol=1e-4, atol=1e-5)


@given(
    st.floats(-1e30, 1e30).filter(lambda value: value == 0 or abs(value) > 1e-30),
    st.sampled_from(["constant", "neighbours", "offset", "nan", "inf"]),
    st.integers(0, 999),
    st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9)),
)
def test_normalisation_and_measures_at_their_limits_equal_native(page, value, kind, seed, size):
    rng = np.random.default_rng(seed)
    x = np.full(size, value, np.float32)
    y = rng.standard_normal(size, np.float32)
    place = tuple(rng.integers(n) for n in size)
    if kind == "neighbours":
        x = np.where(y > 0, x, np.nextafter(x, np.float32(np.inf)))
    elif kind == "offset":
        x += np.spacing(x) * rng.integers(-99, 100, size)
    elif kind != "constant":
        x[place] = float(kind)
    for pair in ((x, y), (y, x), (x, x)):
        *_, got = page.call("measure_activation", *pair, *size, np.zeros(2, np.float32))
        native = np.array(measure_activation(*pair), np.float32)
        assert_allclose(got, native, rtol=1e-5, atol=1e-6)
    (got,) = page.call("normalise", x.copy(), *size, 0.0, 1.0)
    for channel, expected in zip(x, got, strict=True):
        one = np.ones((1, 1, 1, 1, 1), np.float32)
        native = stack_blocks(channel[None], one, nonlinearity=False, residual=False)[1]
        assert_allclose(expected, native[0], rtol=1e-5, atol=1e-5)
    if kind in ("constant", "neighbours"):
        assert_array_equal(got, np.zeros(size))

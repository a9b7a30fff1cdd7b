"""The costs that CostComparison shows, run by wasmtime, against the native convlib."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_wasm import Page

from convlib import compare_convolutions
from convlib.kernels import cost_rules
from convlib.wasm import module_bytes
from convlib.widgets.cost_comparison import LARGEST_CHANNELS, LARGEST_KERNEL, LARGEST_SIZE

SHAPE = (len(cost_rules.VARIANTS), len(cost_rules.COSTS))


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


def compared(page, c1, c2, size, kernel, groups):
    (got,) = page.call("compare_costs", c1, c2, *size, *kernel, groups, np.full(SHAPE, np.nan))
    return got


def native(c1, c2, size, kernel, groups):
    variants = compare_convolutions(c1, c2, kernel, size, groups)
    return [[getattr(v.cost, field) for field in cost_rules.COSTS] for v in variants]


channels = st.integers(1, LARGEST_CHANNELS)
pixels = st.tuples(*[st.integers(1, LARGEST_SIZE)] * 2)
kernels = st.tuples(*[st.integers(1, LARGEST_KERNEL)] * 2)


@given(channels, channels, pixels, kernels, st.data())
def test_costs_equal_native(page, c1, c2, size, kernel, data):
    groups = data.draw(st.sampled_from([g for g in range(1, 65) if c1 % g == c2 % g == 0]))
    np.testing.assert_array_equal(
        compared(page, c1, c2, size, kernel, groups), native(c1, c2, size, kernel, groups)
    )


def test_largest_layer_is_exact_beyond_32_bits(page):
    largest = (LARGEST_CHANNELS, LARGEST_CHANNELS, (LARGEST_SIZE,) * 2, (LARGEST_KERNEL,) * 2, 1)
    expected = native(*largest)
    assert expected[0][0] > 2**36
    np.testing.assert_array_equal(compared(page, *largest), expected)


@given(st.integers(1, 64), st.integers(1, 64), st.integers(1, 64))
def test_groups_that_do_not_divide_have_no_cost(page, c1, c2, groups):
    legal = c1 % groups == 0 and c2 % groups == 0
    assert page.call("groups_divide", c1, c2, groups) == legal
    got = compared(page, c1, c2, (5, 4), (3, 3), groups)
    assert bool(got[1].any()) == legal
    others = native(c1, c2, (5, 4), (3, 3), 1)
    np.testing.assert_array_equal(got[[0, 2, 3]], [others[0], others[2], others[3]])


@given(channels, channels, kernels, st.data())
def test_layers_of_variants_equal_native(page, c1, c2, kernel, data):
    groups = data.draw(st.sampled_from([g for g in range(1, 65) if c1 % g == c2 % g == 0]))
    for number, variant in enumerate(compare_convolutions(c1, c2, kernel, 8, groups)):
        for index in range(2):
            numbers = (number, index, *kernel, c1, c2, groups)
            (got,) = page.call("describe_variant", *numbers, np.full(5, -1, np.int32))
            expected = [0] * 5
            if index < len(variant.layers):
                layer = variant.layers[index]
                expected = [*layer.kernel_size, layer.in_channels, layer.out_channels, layer.groups]
            assert got.tolist() == expected

"""What GroupWiring and ChannelMixing call in WebAssembly, against native Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from test_wasm import Page

from convlib import Conv2d
from convlib.kernels.cost_rules import conv2d_macs, conv2d_params
from convlib.kernels.group_rules import group_of, groups_fit
from convlib.wasm import module_bytes

lengths = st.integers(1, 12)


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


@given(lengths, lengths, lengths, st.integers(1, 200), st.sampled_from([1, 3, 5]))
def test_costs_and_fit_equal_the_layers(page, c1, c2, g, size, kernel):
    fits = page.call("groups_fit", c1, c2, g)
    assert fits == groups_fit(c1, c2, g)
    try:
        layer = Conv2d(c1, c2, kernel, padding="same", groups=g, bias=False)
    except ValueError:
        assert fits == 0
        return
    assert fits == 1
    numbers = (kernel, kernel, c1, c2, g)
    macs = page.call("conv2d_macs", size, size, *numbers)
    assert macs == conv2d_macs(size, size, *numbers) == layer.macs(size)
    assert page.call("conv2d_params", *numbers, 0) == conv2d_params(*numbers, 0) == layer.params


@given(st.integers(1, 6), st.integers(1, 6))
def test_group_of_deals_out_equal_shares(page, share, g):
    groups = [page.call("group_of", c, share * g, g) for c in range(share * g)]
    assert groups == [k for k in range(g) for _ in range(share)]
    assert groups == [group_of(c, share * g, g) for c in range(share * g)]


@given(st.integers(0, 99), lengths, lengths, lengths)
def test_channel_changes_equal_numpy(page, seed, channels, height, width):
    rng = np.random.default_rng(seed)
    before = rng.standard_normal((channels, height, width), np.float32)
    after = before + rng.standard_normal(before.shape, np.float32)
    after[::2] = before[::2]
    out = np.full(channels, np.nan, np.float32)
    kept, moved, got = page.call("channel_changes", before, after, channels, height, width, out)
    assert_array_equal(kept, before)
    assert_array_equal(moved, after)
    assert_array_equal(got, np.abs(after - before).max(axis=(1, 2)))
    assert not got[::2].any()

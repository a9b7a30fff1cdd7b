"""What Halo calls, run by wasmtime, against native convlib."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_wasm import Page

from convlib.kernels.halo_costs import halo_costs, tile_read, tiles_along
from convlib.wasm import module_bytes


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


@given(
    st.integers(1, 48), st.integers(1, 64), st.integers(0, 3), st.integers(1, 6),
    st.integers(1, 6),
)  # fmt: skip
def test_costs_equal_native(page, rows, columns, reach, layers, fuse):
    expected = np.zeros(4)
    arguments = 48, 64, rows, columns, 2 * reach + 1, layers, min(fuse, layers), 16, 4
    halo_costs(*arguments, expected)
    (got,) = page.call("costs_of_halos", *arguments, np.zeros(4))
    assert got.tolist() == expected.tolist()


@given(st.integers(4, 64), st.integers(1, 64), st.integers(0, 3), st.integers(1, 6), st.data())
def test_ranges_equal_native(page, size, tile, reach, layers, data):
    count = tiles_along(size, tile)
    assert page.call("tiles_along", size, tile) == count == len(range(0, size, tile))
    at, kernel = data.draw(st.integers(0, count - 1)), 2 * reach + 1
    ends = np.zeros((layers + 1, 2), np.int32)
    (got,) = page.call("tile_ranges", size, tile, at, kernel, layers, ends)
    begin, end = at * tile, min((at + 1) * tile, size)
    for back, found in enumerate(got.tolist()):
        assert tuple(found) == tile_read(begin, end, size, kernel, back)
        assert found == [max(begin - back * reach, 0), min(end + back * reach, size)]

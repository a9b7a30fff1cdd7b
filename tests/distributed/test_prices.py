"""What price says, against the edges that the graph cuts and the explorer's own sums."""

import dask
import dask.array
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlib.distributed import Layer, price, stack
from convlib.kernels.halo_costs import halo_costs


def sent_in(output, itemsize):
    """Return the bytes of the edges that the graph of an output cuts: all, and as often as read."""
    sizes, total = {}, 0
    for key, task in output.dask.items():
        if isinstance(key, tuple) and key[0].startswith("edges"):
            sizes[key] = [
                np.prod([one.stop - one.start for one in slices]) for slices in task.args[1]
            ]
    for task in output.dask.values():
        places = next((a.places for a in getattr(task, "args", ()) if hasattr(a, "places")), ())
        for place, block in zip(places, task.args[2:] if places else (), strict=True):
            if isinstance(place.used, int):
                total += sizes[block.key][place.used]
    return total * itemsize


@given(
    st.integers(4, 20), st.integers(4, 20), st.integers(0, 2), st.integers(1, 4),
    st.integers(1, 4), st.integers(1, 3),
)  # fmt: skip
def test_the_explorer_and_the_library_agree(rows, columns, reach, layers, fuse, channels):
    fuse, kernel = min(fuse, layers), 2 * reach + 1
    image = dask.array.ones((channels, 24, 36), chunks=(channels, rows, columns), dtype="f4")
    layer = Layer(np.ones((channels, channels, kernel, kernel), "f4"), padding=reach)
    found = price(image, [layer] * layers, fuse)
    costs = np.zeros(4)
    halo_costs(24, 36, rows, columns, kernel, layers, fuse, channels, 4, costs)
    assert (found.exchanges, found.bytes, found.macs, found.repeated) == tuple(costs)
    assert found.pieces == -(-24 // rows) * -(-36 // columns) * -(-layers // fuse)


@pytest.mark.parametrize("fuse", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2])
def test_bytes_are_those_of_the_edges_that_pieces_read(fuse, stride):
    image = dask.array.ones((2, 60, 80), chunks=(2, 20, 20), dtype="f4")
    layer = Layer(np.ones((2, 2, 5, 3), "f4"), None, stride, 2)
    layers = [layer, Layer(np.ones((2, 2, 3, 3), "f4")), layer]
    found = price(image, layers, fuse)
    output = stack(image, layers, fuse)
    assert found.bytes == sent_in(output, 4) > 0
    pieces = [task for task in output.dask.values() if "convolved" in str(task)]
    assert found.pieces == len(pieces)


def test_partial_sums_are_sent_and_channels_of_depthwise_layers_are_not():
    image = dask.array.ones((8, 10, 10), chunks=(2, 10, 10), dtype="f4")
    assert price(image, [Layer(np.ones((4, 8, 1, 1), "f4"))]).bytes == 3 * 4 * 100 * 4
    depthwise = Layer(np.ones((8, 1, 3, 3), "f4"), padding=1, groups=8)
    assert price(image, [depthwise]).bytes == 0
    assert price(image, [depthwise]).exchanges == 0

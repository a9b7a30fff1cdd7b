"""The Python side of KernelOnPhotograph."""

import numpy as np
import pytest
import traitlets

from convlib import conv2d
from convlib.widgets import KernelOnPhotograph, photograph
from convlib.widgets.kernel_on_photograph import PRESETS, grey


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ([[1, 2], [3, 4]], ValueError, r"has shape \(2, 2\); legal is \(3, 3\)"),
        (np.ones((3, 4)), ValueError, r"has shape \(3, 4\); legal is .+ from 1 to 3"),
        ([1] * 9, ValueError, r"has shape \(9,\); it must have 2 axes"),
        (np.full((3, 3), 1001), ValueError, "holds numbers from 1001 to 1001; legal are -1000 to"),
        (np.full((3, 3), np.nan), ValueError, "holds numbers from nan to nan"),
        ([["a"] * 3] * 3, TypeError, "has dtype <U1"),
    ],
)
def test_what_is_no_kernel_is_refused_and_named(value, error, message):
    with pytest.raises(error, match=f"^weights {message}"):
        KernelOnPhotograph(weights=value)
    explorer = KernelOnPhotograph()
    with pytest.raises(error, match=f"^weights {message}"):
        explorer.weights = value
    assert (explorer.weights, explorer.preset) == (PRESETS["edge"], 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [("preset", 7), ("padding", 2), ("pad_value", 256), ("row", -1), ("column", 0.5)],
)
def test_other_values_out_of_range_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        KernelOnPhotograph(**{name: value})


def test_presets_and_weights_follow_each_other():
    for k, weights in enumerate(PRESETS.values(), 1):
        assert KernelOnPhotograph(preset=k).weights == weights
        assert KernelOnPhotograph(weights=weights).preset == k
    explorer = KernelOnPhotograph()
    explorer.preset = 3
    assert explorer.weights == PRESETS["blur"]
    explorer.weights = np.eye(3)
    assert explorer.preset == 0
    explorer.weights = PRESETS["copy"]
    assert explorer.preset == 1


def test_a_preset_that_contradicts_the_weights_is_refused():
    with pytest.raises(ValueError, match=r"preset=1 and weights=.* contradict .* is preset=2"):
        KernelOnPhotograph(preset=1, weights=PRESETS["shift"])


def test_a_picture_chosen_in_the_page_arrives():
    mine = np.random.default_rng(0).integers(0, 256, (3, 20, 30), np.uint8)
    explorer = KernelOnPhotograph()
    explorer.set_state({"picture": {"shape": [3, 20, 30], "levels": memoryview(mine.tobytes())}})
    np.testing.assert_array_equal(explorer.picture, mine)
    assert (explorer.last_row, explorer.last_column) == (19, 29)


@pytest.mark.parametrize("padding", [0, 1])
def test_the_still_is_convolved_natively(padding):
    explorer = KernelOnPhotograph(preset=4, padding=padding, pad_value=200)
    still = explorer.still()
    image = grey(photograph())
    kernel = np.array(PRESETS["sharpen"], np.float32)
    expected = conv2d(image, kernel[None, None], padding=padding, pad_value=200)
    drawn = still.figure.axes[2].images[0].get_array()
    np.testing.assert_array_equal(drawn[..., 0], np.clip(np.rint(expected[0]), 0, 255))
    assert "150 × 128 pixels, a kernel of 3 × 3 weights (sharpen)" in still.alt

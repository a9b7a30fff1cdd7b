"""The Python side of ConvolutionMatrix and NetworkBlocks."""

import numpy as np
import pytest
import traitlets

from convlib.widgets import ConvolutionMatrix, NetworkBlocks, photograph
from convlib.widgets.network_blocks import PARTS, STEPS, random_weights, with_mean_and_spread


def test_illegal_sizes_have_a_still_that_says_so():
    assert "There is no output" in ConvolutionMatrix(height=1, kernel_height=3).still().alt


def test_still_counts_the_entries():
    alt = ConvolutionMatrix().still().alt
    assert "Of the matrix's 144 entries 36 hold one of the 4 weights" in alt


def test_still_of_blocks_says_what_was_passed():
    assert "1 block of" in NetworkBlocks(blocks=1).still().alt


def test_random_weights_are_always_the_same_and_have_hes_spread():
    np.testing.assert_array_equal(random_weights(), random_weights())
    assert random_weights().std() == pytest.approx(np.sqrt(2 / 27), rel=0.05)
    np.testing.assert_array_equal(random_weights(2.0), 2 * random_weights())


def test_with_mean_and_spread():
    got = with_mean_and_spread(photograph(), 128, 50)
    np.testing.assert_allclose(got.mean((1, 2)), 128, rtol=1e-4)
    np.testing.assert_allclose(got.std((1, 2)), 50, rtol=1e-4)
    assert np.all(with_mean_and_spread(np.ones((1, 2, 2))) == 0)


def test_steps_and_parts_follow_each_other():
    for k, parts in enumerate(STEPS.values(), 1):
        assert tuple(getattr(NetworkBlocks(step=k), name) for name in PARTS) == parts
        assert NetworkBlocks(**dict(zip(PARTS, parts, strict=True))).step == k
    explorer = NetworkBlocks()
    for k in (5, 1, 3, 2, 4):
        explorer.step = k
        parts = list(STEPS.values())[k - 1]
        assert (explorer.step, tuple(getattr(explorer, name) for name in PARTS)) == (k, parts)
    explorer.nonlinearity = False
    assert explorer.step == 0


def test_a_step_that_contradicts_a_part_is_refused():
    with pytest.raises(ValueError, match=r"step=3 and residual=True contradict .* is step=0"):
        NetworkBlocks(step=3, residual=True)


@pytest.mark.parametrize(("name", "value"), [("step", 6), ("blocks", 17), ("residual", 2)])
def test_what_is_no_setting_of_blocks_is_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        NetworkBlocks(**{name: value})

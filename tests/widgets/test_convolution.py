"""The Python side of ConvolutionMatrix and NetworkBlocks."""

import numpy as np
import pytest

from convlib.widgets import ConvolutionMatrix, NetworkBlocks, photograph
from convlib.widgets.network_blocks import random_weights, with_mean_and_spread


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

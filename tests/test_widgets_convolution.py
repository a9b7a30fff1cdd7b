"""The Python side of ConvolutionMatrix and NetworkBlocks: own pictures and kernels, stills."""

import numpy as np
import pytest
import traitlets

from convlib.widgets import ConvolutionMatrix, NetworkBlocks, photograph
from convlib.widgets.convolution_matrix import WEIGHTS
from convlib.widgets.network_blocks import random_weights, with_mean_and_spread


def test_own_kernel_is_taken_as_plain_lists():
    explorer = ConvolutionMatrix()
    explorer.weights = np.eye(3).tolist()
    assert explorer.weights == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    "value", [[[1, 2], [3, 4]], [["a"] * 3] * 3, [[np.nan] * 3] * 3, 5, [1, [2]]]
)
def test_a_kernel_of_another_form_is_refused(value):
    explorer = ConvolutionMatrix()
    with pytest.raises(traitlets.TraitError):
        explorer.weights = value
    assert explorer.weights == WEIGHTS


def test_illegal_sizes_have_a_still_that_says_so():
    assert "There is no output" in ConvolutionMatrix(height=1, kernel_height=3).still().alt


def test_still_counts_the_entries():
    alt = ConvolutionMatrix().still().alt
    assert "Of the matrix's 144 entries 36 hold one of the 4 weights" in alt


def test_own_picture_is_what_the_page_gets():
    picture = np.arange(3 * 5 * 4, dtype=np.uint8).reshape(3, 5, 4)
    explorer = NetworkBlocks(picture=picture, blocks=1)
    assert explorer.picture == picture.tobytes()
    assert explorer.picture_size == [3, 5, 4]
    assert "1 block of" in explorer.still().alt


@pytest.mark.parametrize(
    ("picture", "error", "message"),
    [
        (np.zeros((4, 5, 3), np.uint8), ValueError, r"legal is \(3, H, W\)"),
        (np.zeros((3, 161, 5), np.uint8), ValueError, "from 1 to 160"),
        (np.zeros((3, 5, 5)), TypeError, "legal is uint8"),
    ],
)
def test_a_picture_of_another_form_is_refused(picture, error, message):
    with pytest.raises(error, match=message):
        NetworkBlocks(picture=picture)


def test_random_weights_are_always_the_same_and_have_hes_spread():
    np.testing.assert_array_equal(random_weights(), random_weights())
    assert random_weights().std() == pytest.approx(np.sqrt(2 / 27), rel=0.05)
    np.testing.assert_array_equal(random_weights(2.0), 2 * random_weights())


def test_with_mean_and_spread():
    got = with_mean_and_spread(photograph(), 128, 50)
    np.testing.assert_allclose(got.mean((1, 2)), 128, rtol=1e-4)
    np.testing.assert_allclose(got.std((1, 2)), 50, rtol=1e-4)
    assert np.all(with_mean_and_spread(np.ones((1, 2, 2))) == 0)

"""conv2d_matrix against the convolution, its counts against the matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import settings

from convlib import Conv2d, Linear, conv2d, conv2d_matrix, conv2d_matrix_counts


@given(settings())
def test_matrix_times_picture_is_the_convolution(setting):
    options = (setting.stride, setting.padding, setting.dilation, setting.groups)
    matrix = conv2d_matrix(setting.input.shape[2:], setting.weight, *options)
    for image in setting.input:
        expected = conv2d(image, setting.weight, None, *options)
        # The numbers of `settings` are such that sums are exact.
        assert_array_equal(matrix @ image.ravel(), expected.ravel())


@given(settings(), st.booleans())
def test_counts_are_those_of_the_matrix(setting, bias):
    options = (setting.stride, setting.padding, setting.dilation, setting.groups)
    size = setting.input.shape[2:]
    ones = conv2d_matrix(size, np.ones(setting.weight.shape), *options)
    c2, group_in, *kernel = setting.weight.shape
    layer = Conv2d(group_in * setting.groups, c2, tuple(kernel), *options, bias)
    counts = conv2d_matrix_counts(layer, size)
    assert (counts.rows, counts.columns) == ones.shape
    assert counts.entries == ones.size
    assert counts.connections == np.count_nonzero(ones)
    assert counts.weights == setting.weight.size


def test_matrix_is_doubly_blocked_toeplitz():
    weight = np.arange(1.0, 7).reshape(1, 1, 2, 3)
    matrix = conv2d_matrix((4, 5), weight)
    blocks = matrix.reshape(3, 3, 4, 5)  # output row, output column, input row, input column
    assert_array_equal(blocks[1:, :, 1:], blocks[:-1, :, :-1])
    assert_array_equal(blocks[:, 1:, :, 1:], blocks[:, :-1, :, :-1])


def test_entries_are_the_parameters_of_a_dense_layer():
    counts = conv2d_matrix_counts(Conv2d(3, 5, 3, stride=2, padding=1), (8, 6))
    assert counts.entries == Linear(3 * 8 * 6, 5 * 4 * 3, bias=False).params


def test_type_follows_the_weight():
    assert conv2d_matrix(2, np.ones((1, 1, 1, 1), np.float32)).dtype == np.float32
    assert conv2d_matrix(2, [[[[1]]]]).dtype == np.float64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, np.ones((1, 1, 5, 5))), "spans 5 pixels, more than the padded input's height of 4"),
        ((0, np.ones((1, 1, 1, 1))), "input_size=0 is out of range"),
        ((4, np.ones((2, 2))), r"weight has shape \(2, 2\)"),
        ((4, np.ones((0, 1, 1, 1))), "every length must be at least 1"),
        ((4, np.ones((3, 1, 1, 1)), 1, 0, 1, 2), "groups=2 does not divide out_channels=3"),
        ((10**6, np.ones((1, 1, 1, 1)), 1, 0, 1, 1), "bytes"),
    ],
)
def test_misfits_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        conv2d_matrix(*arguments)


def test_counts_want_a_layer():
    with pytest.raises(TypeError, match="legal is a Conv2d"):
        conv2d_matrix_counts(3, 4)

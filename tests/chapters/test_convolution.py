"""What chapters/convolution.md claims in prose."""

import numpy as np
import pytest

from convlib import (
    Conv2d,
    Linear,
    conv2d,
    conv2d_cost,
    conv2d_matrix,
    conv2d_matrix_counts,
    conv2d_output_size,
    measure_activation,
    network_cost,
    stack_blocks,
)  # fmt: skip
from convlib.widgets import photograph
from convlib.widgets.context_shift import blur
from convlib.widgets.kernel_on_photograph import PRESETS, grey
from convlib.widgets.network_blocks import FACTORS, STEPS, random_weights, with_mean_and_spread

PHOTO = photograph().astype(float)


def diagonal(kernel):
    """Return weights that convolve each of three channels with the same kernel."""
    weight = np.zeros((3, 3, *np.shape(kernel)))
    weight[[0, 1, 2], [0, 1, 2]] = kernel
    return weight


def spread_and_likeness(factor, *switches):
    start = with_mean_and_spread(photograph())
    return measure_activation(stack_blocks(start, random_weights(factor), *switches)[-1], start)


def test_opening_matrix():
    counts = conv2d_matrix_counts(Conv2d(1, 1, 2, bias=False), 4)
    assert (counts.rows, counts.columns, counts.entries) == (9, 16, 144)
    assert (counts.connections, counts.weights) == (36, 4)


@pytest.mark.parametrize("stride", [1, 2])
def test_next_row_stands_a_stride_further_right(stride):
    matrix = conv2d_matrix((4, 6), [[[[1, 2], [3, 4]]]], stride)
    np.testing.assert_array_equal(matrix[1], np.roll(matrix[0], stride))


def test_rows_at_the_border_lose_weights_with_padding():
    matrix = conv2d_matrix(4, np.ones((1, 1, 2, 2)), padding=1)
    assert np.count_nonzero(matrix[0]) == 1
    assert np.count_nonzero(matrix, axis=1).max() == 4


def test_the_224_example():
    layer = Conv2d(3, 64, 3, padding=1, bias=False)
    small, held = conv2d_cost(layer, 224), conv2d_matrix_counts(layer, 224)
    large = network_cost([Linear(held.columns, held.rows, bias=False)], 1)
    assert small.weight_bytes == 6912
    assert large.weight_bytes == pytest.approx(1.9e12, rel=0.02)
    assert large.params / small.params == pytest.approx(280e6, rel=0.01)
    assert round(large.macs / small.macs) == 5575
    assert large.macs / small.macs == pytest.approx(224 * 224 / 9)
    assert held.connections < small.macs


def test_superposition_and_what_a_bias_does():
    rng = np.random.default_rng(0)
    a, b, weight = rng.random((1, 6, 6)), rng.random((1, 6, 6)), rng.random((1, 1, 3, 3))
    apart = conv2d(a, weight) + 2 * conv2d(b, weight)
    np.testing.assert_allclose(conv2d(a + 2 * b, weight), apart)
    affine = conv2d(a, weight, [1.0]) + conv2d(b, weight, [1.0])
    np.testing.assert_allclose(affine - conv2d(a + b, weight, [1.0]), 1)


def test_only_two_rows_break_equivariance():
    soft, down = diagonal(blur(3, sigma=1.0)), 10
    moved, last = np.zeros_like(PHOTO), np.zeros_like(PHOTO)
    moved[:, down:] = PHOTO[:, :-down]
    last[:, down:] = conv2d(PHOTO, soft, padding=1)[:, :-down]
    gap = np.abs(conv2d(moved, soft, padding=1) - last).max(axis=(0, 2))
    assert np.flatnonzero(gap).tolist() == [9, 149]


def test_shuffling_first_destroys_the_picture():
    order = np.random.default_rng(0).permutation(PHOTO[0].size)
    shuffled = PHOTO.reshape(3, -1)[:, order].reshape(PHOTO.shape)
    wide = diagonal(blur(7, sigma=2.0))
    undone = np.empty((3, PHOTO[0].size))
    undone[:, order] = conv2d(shuffled, wide, padding="same").reshape(3, -1)
    straight = measure_activation(conv2d(PHOTO, wide, padding="same"), PHOTO)
    crooked = measure_activation(undone.reshape(PHOTO.shape), PHOTO)
    assert straight.likeness > 0.9 > 0.3 > crooked.likeness
    assert straight.spread > 4 * crooked.spread


def test_numpy_convolve_flips():
    row, taps = np.random.default_rng(4).random(8), np.array([0.7, 0.2, 0.1])
    expected = np.convolve(row, taps, "valid")
    np.testing.assert_allclose(conv2d([[row]], [[[taps[::-1]]]])[0, 0], expected)
    assert not np.allclose(conv2d([[row]], [[[taps]]])[0, 0], expected)


@pytest.mark.parametrize("layers", [2, 3, 5])
def test_linear_layers_are_one_of_size_2n_plus_1(layers):
    kernels = np.random.default_rng(0).random((layers, 1, 1, 3, 3))
    picture = np.random.default_rng(1).random((1, 20, 20))
    dot = np.zeros((1, 4 * layers + 1, 4 * layers + 1))
    dot[0, 2 * layers, 2 * layers] = 1
    stacked = picture
    for kernel in kernels:
        dot, stacked = conv2d(dot, kernel), conv2d(stacked, kernel)
    assert dot.shape == (1, 2 * layers + 1, 2 * layers + 1)
    joint = dot[np.newaxis, :, ::-1, ::-1]
    np.testing.assert_allclose(conv2d(picture, joint), stacked)


def test_padded_linear_layers_agree_with_one_inside_only():
    kernel = np.ones((1, 1, 3, 3))
    twice = conv2d(conv2d(np.ones((1, 9, 9)), kernel, padding=1), kernel, padding=1)
    once = conv2d(np.ones((1, 9, 9)), conv2d(kernel[0], kernel, padding=2)[None], padding=2)
    np.testing.assert_allclose(twice[:, 2:-2, 2:-2], once[:, 2:-2, 2:-2])
    assert not np.allclose(twice, once)


def test_without_normalisation_the_spread_explodes_or_vanishes():
    assert spread_and_likeness(1.0, False, False, False).spread > 100
    assert spread_and_likeness(1.0, True, False, False).spread < 0.05
    assert spread_and_likeness(2.0, True, False, False).spread > 1000
    assert spread_and_likeness(0.5, True, False, False).spread < 1e-5


def test_normalisation_makes_the_size_of_the_weights_indifferent():
    for residual in (False, True):
        spreads = [spread_and_likeness(f, True, True, residual).spread for f in FACTORS]
        np.testing.assert_allclose(spreads, spreads[0], rtol=1e-3)
        assert 0.5 < spreads[0] < 10


def test_only_residuals_keep_the_picture():
    for switches in ((False, False, False), (True, False, False), (True, True, False)):
        assert abs(spread_and_likeness(1.0, *switches).likeness) < 0.1
    assert spread_and_likeness(1.0, True, True, True).likeness > 0.6


def test_residuals_alone_do_not_tame_the_spread():
    alone = spread_and_likeness(1.0, True, False, True).spread
    assert alone > 100 > spread_and_likeness(1.0, True, False, False).spread


def test_the_five_steps_of_the_lesson():
    expected = [(118, -0.01), (0.036, 0.02), (0.75, 0.09), (5.35, 0.63), (795, 0.71)]
    for switches, (spread, likeness) in zip(STEPS.values(), expected, strict=True):
        found = spread_and_likeness(1.0, *switches)
        assert found.spread == pytest.approx(spread, rel=0.01)
        assert found.likeness == pytest.approx(likeness, abs=0.006)


def test_shift_moves_the_photograph_to_the_right_and_edge_cancels():
    image = grey(PHOTO)
    moved = conv2d(image, [[PRESETS["shift"]]], padding=1)
    np.testing.assert_array_equal(moved[..., 1:], image[..., :-1])
    np.testing.assert_array_equal(conv2d(image, [[PRESETS["copy"]]], padding=1), image)
    assert np.sum(PRESETS["edge"]) == 0
    difference = np.subtract(PRESETS["sharpen"], PRESETS["copy"])
    assert difference.tolist() == [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]


def test_three_layers_of_2_by_2_leave_one_pixel_of_4():
    sizes = [4]
    while sizes[-1] >= 2:
        sizes.append(conv2d_output_size(sizes[-1], 2)[0])
    assert sizes == [4, 3, 2, 1]


def test_only_1_by_1_commutes_with_shuffling():
    order = np.random.default_rng(0).permutation(36)
    picture = np.random.default_rng(1).random((1, 6, 6))
    shuffled = picture.reshape(1, 36)[:, order].reshape(1, 6, 6)
    for size in (1, 3):
        weight = np.random.default_rng(2).random((1, 1, size, size))
        last = conv2d(picture, weight, padding="same").reshape(1, 36)[:, order].reshape(1, 6, 6)
        assert np.allclose(conv2d(shuffled, weight, padding="same"), last) == (size == 1)


def test_108_layers_leave_8_of_224_pixels():
    assert conv2d_output_size(224, 2 * 108 + 1) == (8, 8)
    assert 224 - 2 * 109 < 7
    assert (217**2, 108 * 9) == (47_089, 972)


def test_none_of_the_three_sizes_keeps_the_spread():
    for factor in FACTORS:
        spread = spread_and_likeness(factor, True, False, False).spread
        assert not 0.1 < spread < 10


def test_a_bias_counts_once_together_and_three_times_apart():
    noise, weight = np.random.default_rng(0).normal(0, 40, PHOTO.shape), diagonal(np.eye(3))
    together = conv2d(PHOTO + 2 * noise, weight, np.ones(3))
    apart = conv2d(PHOTO, weight, np.ones(3)) + 2 * conv2d(noise, weight, np.ones(3))
    np.testing.assert_allclose(apart - together, 2)


def test_macs_of_the_small_matrix_are_455_times_those_of_the_convolution():
    layer = Conv2d(1, 1, 3, padding=1, bias=False)
    held = conv2d_matrix_counts(layer, 64)
    assert round(held.entries / conv2d_cost(layer, 64).macs) == 455


def test_the_matrix_falls_into_equal_blocks_along_diagonals():
    matrix = conv2d_matrix(4, [[[[1, 2], [3, 4]]]])
    blocks = matrix.reshape(3, 3, 4, 4).transpose(0, 2, 1, 3)  # output row, pixel row, block
    for below in (1, 2):
        np.testing.assert_array_equal(blocks[below, below:], blocks[0, : 4 - below])
    # A new line of the picture: the window jumps to that line's start.
    assert [np.flatnonzero(row)[0] for row in matrix] == [0, 1, 2, 4, 5, 6, 8, 9, 10]


def test_cross_correlation_draws_the_kernel_turned_around():
    row, weights = [0.0, 0, 1, 0, 0, 5], [1.0, 2, 3]
    assert conv2d([[row]], [[[weights]]])[0, 0, :3].tolist() == [3, 2, 1]
    assert np.convolve(row, weights, "valid")[:3].tolist() == [1, 2, 3]


@pytest.mark.parametrize(("by", "outputs", "old_ones"), [(1, 5, 0), (2, 4, 4)])
def test_stride_2_follows_even_shifts_only(by, outputs, old_ones):
    line = np.random.default_rng(2).random((1, 1, 12))
    weight = [[[[1.0, 2.0, 3.0]]]]
    old = conv2d(line, weight, stride=(1, 2))[0, 0]
    new = conv2d(line[:, :, by:], weight, stride=(1, 2))[0, 0]
    assert len(new) == outputs
    assert sum(np.isclose(old, value).any() for value in new) == old_ones

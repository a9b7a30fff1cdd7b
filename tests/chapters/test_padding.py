"""What chapters/padding.md and chapters/index.md claim in prose."""

import numpy as np
import pytest

from convlib import (
    Conv2d,
    conv2d,
    conv2d_output_size,
    conv2d_read_counts,
    measure_shift,
    receptive_field,
)  # fmt: skip
from convlib.widgets import photograph
from convlib.widgets.context_shift import blur


def layers_that_fit(size, kernel):
    count = 0
    while size >= kernel:
        size = size - kernel + 1
        count += 1
    return count, size


@pytest.mark.parametrize(("kernel", "count", "left"), [(5, 7, 4), (3, 15, 2), (7, 5, 2)])
def test_layers_that_fit_into_32_pixels(kernel, count, left):
    assert layers_that_fit(32, kernel) == (count, left)
    size = 32
    for _ in range(count):
        size, _ = conv2d_output_size(size, kernel)
    assert size == left
    with pytest.raises(ValueError, match="more than the padded input"):
        conv2d_output_size(size, kernel)


def test_a_larger_picture_fits_dozens_of_layers_at_a_price():
    assert layers_that_fit(224, 3) == (111, 2)
    assert f"{(224 - 2 * 15) ** 2 / 224**2:.0%}" == "75%"


@pytest.mark.parametrize("padding", range(6))
def test_full_padding_or_more_evens_the_reads_at_stride_1_only(padding):
    at_stride_1 = conv2d_read_counts(7, 3, padding=padding)
    assert (at_stride_1 == 9).all() == (padding >= 2)
    at_stride_2 = conv2d_read_counts(7, 3, stride=2, padding=padding)
    assert at_stride_2.min() < at_stride_2.max()


@pytest.mark.parametrize("side", range(4))
def test_each_cell_of_padding_adds_one_row_or_column(side):
    for cells in range(5):
        ends = [0, 0, 0, 0]
        ends[side] = cells
        size = conv2d_output_size(6, 3, padding=(tuple(ends[:2]), tuple(ends[2:])))
        assert size == ((4 + cells, 4) if side < 2 else (4, 4 + cells))


@pytest.mark.parametrize(("padding", "corner", "middle"), [(0, 1, 9), (1, 4, 9), (2, 9, 9)])
def test_reads_of_corner_and_middle(padding, corner, middle):
    counts = conv2d_read_counts(7, 3, padding=padding)
    assert (counts[0, 0], counts[3, 3]) == (corner, middle)
    assert (counts == 9).all() == (padding == 2)


def test_reads_of_a_row_of_seven():
    counts = conv2d_read_counts((1, 7), (1, 3), padding=(0, 1))
    assert counts.tolist() == [[2, 3, 3, 3, 3, 3, 2]]
    # 7 outputs take two cells of padding, at whichever ends, and these take some of the 21 reads.
    for ends in ((2, 0), (1, 1), (0, 2)):
        counts = conv2d_read_counts((1, 7), (1, 3), padding=((0, 0), ends))
        assert conv2d_output_size((1, 7), (1, 3), padding=((0, 0), ends)) == (1, 7)
        assert counts.sum() < 21


def test_average_of_ones_darkens_the_frame():
    got = conv2d(np.ones((1, 5, 5)), np.full((1, 1, 3, 3), 1 / 9), padding=1)[0]
    np.testing.assert_allclose(got[0, 0], 1 - 5 / 9)
    np.testing.assert_allclose(got[0, 1:-1], 1 - 1 / 3)
    np.testing.assert_allclose(got[1:-1, 1:-1], 1)


def test_right_hand_padding_is_not_read_at_stride_2_with_even_input():
    weight = np.ones((1, 1, 3, 3))
    picture = np.random.default_rng(0).random((1, 8, 8))
    symmetric = conv2d(picture, weight, stride=2, padding=1)
    one_sided = conv2d(picture, weight, stride=2, padding=((1, 0), (1, 0)))
    np.testing.assert_array_equal(symmetric, one_sided)
    odd = picture[:, :7, :7]
    assert conv2d_output_size(7, 3, 2, 1) != conv2d_output_size(7, 3, 2, ((1, 0), (1, 0)))
    assert conv2d(odd, weight, stride=2, padding=1).shape == (1, 4, 4)


def test_ten_layers_padded_on_the_left_move_ten_pixels_right():
    row = np.zeros((1, 1, 20))
    row[0, 0, 4] = 1
    for _ in range(10):
        row = conv2d(row, [[[[0, 1, 0]]]], padding=((0, 0), (2, 0)))
    assert row.shape == (1, 1, 20)
    assert row.argmax() == 14


@pytest.mark.parametrize(("kernel", "shift"), [(2, -0.5), (3, 0), (4, -0.5), (5, 0)])
def test_even_kernels_move_half_a_pixel(kernel, shift):
    # The centre of mass of a point's image, under an averaging kernel and 'same' padding.
    line = np.zeros((1, 1, 21))
    line[0, 0, 10] = 1
    got = conv2d(line, np.ones((1, 1, 1, kernel)) / kernel, padding="same")[0, 0]
    assert (got @ np.arange(21)) - 10 == pytest.approx(shift)


def test_even_kernels_taking_turns_do_not_move_the_picture():
    picture = photograph().astype(np.float32)
    weight = np.full((3, 1, 4, 4), 1 / 16, np.float32)
    moved = picture
    for ends in ((1, 2), (2, 1)):
        moved = conv2d(moved, weight, padding=(ends, ends), groups=3)
    assert moved.shape == picture.shape
    assert measure_shift(picture, moved, limit=4) == (0, 0)


def test_the_stem_on_the_first_page():
    stem = Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
    assert stem.output_size(224) == (112, 112)
    assert stem.macs(224) == 112 * 112 * 64 * 7 * 7 * 3
    assert stem.params == 64 * 3 * 7 * 7


@pytest.mark.parametrize(
    ("paddings", "ends", "looks_at"),
    [
        ([(4, 0)] * 4, (16, 0), -8),
        ([(4, 0), (0, 4)] * 2, (8, 8), 0),
        ([(2, 2)] * 4, (8, 8), 0),
    ],
)
def test_paddings_of_a_stack_add_up_and_move_the_content_the_other_way(paddings, ends, looks_at):
    stack = [Conv2d(3, 3, 5, padding=(ends, (2, 2))) for ends in paddings]
    field = receptive_field(stack)
    assert (field.size, field.padding[0]) == ((17, 17), ends)
    assert field.center[0] == field.shift[0] == looks_at
    picture = photograph().astype(np.float32)
    weight, moved = np.stack([blur(5)[np.newaxis]] * 3), picture
    for layer in stack:
        moved = conv2d(moved, weight, padding=layer.padding, groups=3)
    assert measure_shift(picture, moved, limit=12) == (-looks_at, 0)


def untouched(size, layers):
    picture = np.ones((1, size, size))
    for _ in range(layers):
        picture = conv2d(picture, np.full((1, 1, 3, 3), 1 / 9), padding=1)
    return int((picture > 1 - 1e-12).sum())


def test_the_frame_moves_inward_one_pixel_a_layer():
    assert [untouched(5, layers) for layers in (1, 2)] == [9, 1]
    assert [untouched(32, layers) for layers in (15, 16)] == [4, 0]


def test_the_first_figure_of_padding_and_of_the_book():
    assert conv2d_output_size((4, 6), (3, 3)) == (2, 4)
    with pytest.raises(ValueError, match="more than the padded input"):
        conv2d_output_size((4, 4), (5, 2))
    assert conv2d_output_size((4, 4), (5, 2), padding=((1, 0), (0, 0))) == (1, 3)
    image = np.arange(16.0).reshape(1, 4, 4)
    assert conv2d(image, np.ones((1, 1, 2, 2)))[0, 0, 0] == 10

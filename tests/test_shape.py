"""Output sizes, the padding words and read counts, against counting."""

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import geometries, pairs

from convlib import conv2d, conv2d_output_size, conv2d_read_counts
from convlib.kernels import size_rules


@given(geometries())
def test_output_size_counts_the_windows_that_fit(geometry):
    size, kernel, stride, padding, ends, dilation = geometry
    got = conv2d_output_size(size, kernel, stride, padding, dilation)
    assert got == reference.output_size(size, kernel, stride, ends, dilation)
    assert all(type(length) is int for length in got)
    assert got == conv2d(np.ones((1, *size)), np.ones((1, 1, *kernel)), None, stride, padding,
                         dilation).shape[1:]  # fmt: skip


@given(geometries())
def test_read_counts_equal_reference(geometry):
    size, kernel, stride, padding, ends, dilation = geometry
    got = conv2d_read_counts(size, kernel, stride, padding, dilation)
    assert_array_equal(got, reference.read_counts(size, kernel, stride, ends, dilation))
    assert got.dtype == np.int64


@given(pairs(1, 9), pairs(1, 5), pairs(1, 3))
def test_same_keeps_the_size(size, kernel, dilation):
    for word in ("same", "same_upper", "same_lower"):
        assert conv2d_output_size(size, kernel, 1, word, dilation) == size


@given(pairs(1, 20), pairs(1, 5), pairs(1, 6), pairs(1, 3), st.sampled_from(["upper", "lower"]))
def test_same_upper_and_lower_give_the_size_over_the_stride(size, kernel, stride, dilation, end):
    got = conv2d_output_size(size, kernel, stride, f"same_{end}", dilation)
    assert got == tuple(-(-n // s) for n, s in zip(size, stride, strict=True))


# (size, kernel, stride, dilation, word, cells before, cells after), worked by hand.
WORDS_BY_HAND = [
    (224, 7, 2, 1, "same_upper", 2, 3),
    (224, 7, 2, 1, "same_lower", 3, 2),
    (224, 3, 2, 1, "same_upper", 0, 1),
    (225, 3, 2, 1, "same_upper", 1, 1),
    (5, 4, 1, 1, "same", 1, 2),
    (5, 4, 1, 1, "same_upper", 1, 2),
    (5, 4, 1, 1, "same_lower", 2, 1),
    (5, 2, 1, 3, "same", 1, 2),
    (2, 5, 1, 1, "same", 2, 2),
    (9, 1, 3, 1, "same_upper", 0, 0),
    (5, 3, 1, 1, "valid", 0, 0),
]


@pytest.mark.parametrize("case", WORDS_BY_HAND)
def test_words_mean_these_cells(case):
    size, kernel, stride, dilation, word, before, after = case
    image = np.arange(1.0, size + 1).reshape(1, 1, size)
    weight = np.arange(1.0, kernel + 1).reshape(1, 1, 1, kernel)
    got = conv2d(image, weight, None, (1, stride), word, (1, dilation))
    ends = ((0, 0), (before, after))
    expected = reference.conv2d(image[None], weight, None, (1, stride), ends, (1, dilation), 1, 0.0)
    assert_array_equal(got, expected[0])


# Layers whose sizes their papers print, and lengths that overflow 32 bits.
SIZES_BY_HAND = [
    ((4, 2), (3, 3)),
    ((227, 11, 4), (55, 55)),  # AlexNet conv1
    ((224, 7, 2, 3), (112, 112)),  # ResNet conv1
    ((224, 3, 1, 1), (224, 224)),  # VGG
    (((33, 33), 3, 1, 0, 12), (9, 9)),  # an atrous rate of 12
    (((7, 5), (3, 2), (2, 1), ((1, 0), (0, 2))), (3, 6)),
    ((2**31 - 1, 1, 1, 2**31 - 1), (3 * (2**31 - 1),) * 2),
    ((2**31 - 1, 2**31 - 1, 1, 0, 1), (1, 1)),
    (([8, 9], [3, 3], [1, 2], [1, 1]), (8, 5)),
    ((np.int64(8), np.uint8(3)), (6, 6)),
]


@pytest.mark.parametrize(("arguments", "expected"), SIZES_BY_HAND)
def test_sizes_by_hand(arguments, expected):
    assert conv2d_output_size(*arguments) == expected


axis = st.tuples(*[st.integers(1, 9)] * 2, *[st.integers(1, 4)] * 2, *[st.integers(0, 4)] * 2)


@given(axis)
def test_dropped_cells_are_those_behind_the_last_window(lengths):
    size, kernel, stride, dilation, before, after = lengths
    padded, span = before + size + after, dilation * (kernel - 1) + 1
    starts = reference.window_starts(padded, kernel, stride, dilation)
    expected = padded - (starts[-1] + span) if starts else padded
    assert size_rules.dropped_length(size, kernel, stride, before, after, dilation) == expected


@given(axis)
def test_taps_are_the_kernel_entries_over_a_pixel(lengths):
    size, kernel, stride, dilation, before, after = lengths
    starts = reference.window_starts(before + size + after, kernel, stride, dilation)
    for output, start in enumerate(starts):
        assert size_rules.window_start(output, stride, before) == start - before
        under = {start - before + dilation * tap: tap for tap in range(kernel)}
        for pixel in range(-before, size + after):
            got = size_rules.tap_of_pixel(pixel, output, kernel, stride, before, dilation)
            assert got == under.get(pixel, -1)


@given(pairs(1, 6), pairs(1, 4), pairs(1, 3))
def test_full_padding_reads_every_pixel_with_every_entry(size, kernel, dilation):
    cells = [size_rules.full_padding(k, d) for k, d in zip(kernel, dilation, strict=True)]
    got = conv2d_read_counts(size, kernel, 1, tuple(cells), dilation)
    assert_array_equal(got, np.full(size, kernel[0] * kernel[1]))

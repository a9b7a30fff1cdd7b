"""measure_shift against a plain search, and against displacements that were made."""

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from strategies import LAYOUTS, SPARSE, laid_out, pair_of_pictures, picture_pairs

from convlib import conv2d, measure_shift
from convlib.context_shift import measure_shifts
from convlib.kernels import size_rules

PICTURE = np.random.default_rng(0).random((24, 27))
displacements = st.tuples(*[st.integers(-4, 4)] * 2)


@given(displacements, st.sampled_from([(), (1,), (3,)]), st.sampled_from(["f4", "f8", "u1"]))
def test_finds_a_roll(shift, channels, dtype):
    picture = np.broadcast_to(PICTURE * 255, (*channels, *PICTURE.shape)).astype(dtype)
    after = np.roll(picture, shift, axis=(-2, -1))
    assert measure_shift(picture, after, 4) == shift


@given(displacements, st.tuples(*[st.integers(0, 4)] * 4))
def test_finds_a_shift_in_a_picture_of_another_size(shift, margins):
    """`after` is a window of the plane that `before` lies in; what it leaves out is not read."""
    plane = np.random.default_rng(1).random((50, 50))
    top, left, more_rows, more_columns = margins
    before = plane[10:30, 10:32]
    down, right = shift
    after = plane[10 - down : 30 - down + top + more_rows, 10 - right : 36 + left + more_columns]
    assert measure_shift(before, after, 4) == shift


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout(layout):
    before = laid_out(PICTURE, layout)
    after = laid_out(np.roll(PICTURE, (1, -3), (0, 1)), layout)
    assert measure_shift(before, after, 3) == (1, -3)


def blur(kernel):
    """Return a symmetric kernel that blurs a little: half of the weight is in the middle."""
    weight = np.full((kernel, kernel), 0.5 / (kernel**2 - 1))
    weight[kernel // 2, kernel // 2] = 0.5
    return weight[np.newaxis, np.newaxis]


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("layers", [1, 2])
@given(st.sampled_from([3, 5]), st.data())
def test_one_sided_padding_moves_the_content(layers, dilation, kernel, data):
    total = dilation * (kernel - 1)
    top, left = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    side = 20 + 2 * layers * total
    picture = np.random.default_rng(2).random((1, side, side + 3))
    after = picture
    for _ in range(layers):
        ends = ((top, total - top), (left, total - left))
        after = conv2d(after, blur(kernel), padding=ends, dilation=dilation)
    assert after.shape == picture.shape
    got = measure_shift(picture, after, layers * total // 2)
    assert got == (layers * (top - total / 2), layers * (left - total / 2))
    rule = [size_rules.doubled_shift(layers, kernel, p, dilation) for p in (top, left)]
    assert rule == [2 * pixels for pixels in got]


def test_valid_convolution_moves_the_content_up_and_left():
    picture = PICTURE[np.newaxis]
    after = conv2d(conv2d(picture, blur(3)), blur(3))
    assert measure_shift(picture, after, 4) == (-2, -2)


@pytest.mark.parametrize("kind", SPARSE)
def test_sparse_pictures_are_measured_by_all_their_pixels(kind):
    wrong = []
    for seed in range(60):
        before, after = pair_of_pictures(kind, np.random.default_rng(seed), (22, 23), 4)
        expected = reference.best_shifts(before[np.newaxis], after[np.newaxis], 4, 0)[0]
        if measure_shift(before, after, 4) != expected:
            wrong.append(seed)
    assert wrong == [], f"{kind}: wrong in {len(wrong)} of 60 draws"


@given(picture_pairs(), st.sampled_from(["i8", "f4", "f8", "i2"]))
def test_whole_numbers_are_compared_exactly(pair, dtype):
    before, after, limit = pair
    expected = reference.best_shifts(before, after, limit, 0)
    got = measure_shifts(before.astype(dtype), after.astype(dtype), limit)
    assert got == expected
    assert measure_shift(before.astype(dtype), after.astype(dtype), limit) == expected[0]


@given(
    picture_pairs(),
    st.sampled_from(["f4", "f8"]),
    st.floats(1e-6, 1e6),
    st.floats(-1e3, 1e3),
    st.sampled_from([0, 1e-3, 0.3]),
)
def test_other_numbers_tie_within_rounding(pair, dtype, factor, offset, noise):
    before, after, limit = pair
    rng = np.random.default_rng(3)
    before = (before * factor + offset).astype(dtype)
    after = (after * factor + offset).astype(dtype)
    after *= (1 + noise * rng.standard_normal(after.shape)).astype(dtype)
    expected = reference.best_shifts(before, after, limit, np.finfo(dtype).eps)
    got = measure_shifts(before, after, limit)
    assert got == expected


@given(st.floats(0.01, 1e3), st.integers(0, 3), st.sampled_from(["f4", "f8"]), st.integers(0, 99))
def test_rounding_makes_no_difference_between_ties(value, period, dtype, seed):
    """Stripes or a constant whose pixels are off by a rounding each tie as without it."""
    wave = np.arange(40) % period if period else np.zeros(40)
    before = np.broadcast_to((wave + 1.1) * value, (40, 40)).astype(dtype)
    expected = measure_shifts(before, before * dtype_one(dtype, 0.75), 5)
    chance = np.random.default_rng(seed).random(before.shape) < 0.5
    after = np.where(chance, np.nextafter(before, dtype_one(dtype, np.inf)), before)
    assert measure_shifts(before, after * dtype_one(dtype, 0.75), 5) == expected
    assert len(expected) >= 11


def dtype_one(dtype, value):
    return np.dtype(dtype).type(value)


@given(picture_pairs(), st.integers(-1000, 1000))
def test_very_large_and_very_small_numbers(pair, exponent):
    before, after, limit = pair
    expected = measure_shifts(before, after, limit)
    scaled = [np.ldexp(x.astype(float), exponent) for x in (before, after)]
    assert measure_shifts(*scaled, limit) == expected


def test_a_hole_that_moves_along_hides_nothing():
    """Rows of 1e20 in both pictures agree wherever a sideways shift makes them overlap."""
    before = np.random.default_rng(0).random((30, 30), np.float32)
    before[8:12] = 1e20
    assert measure_shifts(before, np.roll(before, 3, axis=1), 5) == [(0, 3)]


def test_ties_are_seen():
    assert measure_shifts(np.full((9, 9), 0.1), np.full((9, 9), 0.1), 1) == [
        (0, 0), (-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1),
    ]  # fmt: skip
    stripes = np.tile([0.1, 0.1, 0.7, 0.7], (20, 5))
    moved = np.roll(stripes, 1, axis=1)
    rows = [right for down, right in measure_shifts(stripes, moved, 5) if down == 0]
    assert rows == [1, -3, 5]


IMAGE = np.ones((3, 8, 9))
BAD_CALLS = [
    ((IMAGE[0, 0], IMAGE[0], 1), ValueError, ["before", "(9,)", "2 or 3 axes"]),
    ((IMAGE, IMAGE[np.newaxis], 1), ValueError, ["after", "(1, 3, 8, 9)", "2 or 3 axes"]),
    ((IMAGE, IMAGE[:1], 1), ValueError, ["(3, 8, 9)", "(1, 8, 9)", "number of channels"]),
    ((IMAGE, IMAGE, 4), ValueError, ["limit=4", "(3, 8, 9)", "0 to 3"]),
    ((IMAGE, IMAGE, -1), ValueError, ["limit=-1", "from 0"]),
    ((IMAGE, IMAGE, 1.0), TypeError, ["limit=1.0", "float", "integers"]),
    ((IMAGE, IMAGE, True), TypeError, ["limit=True", "bool", "integers"]),
    ((IMAGE, IMAGE, None), TypeError, ["limit=None", "integers"]),
    ((IMAGE, IMAGE[:, :5], 1), ValueError, ["after", "(3, 5, 9)", "limit=1"]),
    ((IMAGE[:0], IMAGE[:0], 1), ValueError, ["before", "(0, 8, 9)", "at least 1"]),
    ((IMAGE, IMAGE[:, :0], 1), ValueError, ["after", "(3, 0, 9)", "at least 1"]),
    ((IMAGE * np.nan, IMAGE, 1), ValueError, ["before", "NaN", "finite"]),
    ((IMAGE, IMAGE * np.inf, 1), ValueError, ["after", "infinity", "finite"]),
    ((IMAGE * 1j, IMAGE, 1), TypeError, ["before", "complex128", "float32"]),
    ((IMAGE, "picture", 1), TypeError, ["after", "<U7", "float32"]),
]


@pytest.mark.parametrize(("arguments", "error", "fragments"), BAD_CALLS)
def test_errors(arguments, error, fragments):
    with pytest.raises(error) as caught:
        measure_shift(*arguments)
    assert [f for f in fragments if f not in str(caught.value)] == []

"""An output depends on what its window reads and on nothing else, except with 'winograd'.

Every layer is drawn with an algorithm and a number of threads. What an output reads is worked out
here, from the definition.
"""

from contextlib import contextmanager

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

import convlib
from convlib.fast import choice, im2col, shifted_plan, threads

LOCAL = [name for name in choice.NAMES if name != "winograd"]
DTYPES = (np.float32, np.float64)
# Interpreted kernels are slow.
EXAMPLES, LARGEST = (8, 4) if config.DISABLE_JIT else (60, 20)
# The team for each number of threads, whose helpers sleep between the tests.
_teams = {}
drawn = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)


@contextmanager
def with_threads(count):
    """Let convolutions be cut for, and shared between, `count` threads."""
    caches = im2col._items.cache_clear, shifted_plan.plan.cache_clear
    before = threads.THREADS, threads._team
    try:
        threads.THREADS, threads._team = count, _teams.get(count)
        for clear in caches:
            clear()
        yield
        _teams[count] = threads._team
    finally:
        threads.THREADS, threads._team = before
        for clear in caches:
            clear()


class Layer:
    """A drawn geometry, a way to compute it, and which outputs read which pixels."""

    def __init__(self, draw, algorithm):
        self.algorithm = algorithm
        self.threads = 1 if config.DISABLE_JIT else draw(st.sampled_from([1, 2, 5]))
        self.dtype = draw(st.sampled_from(DTYPES))
        self.rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        one_each = algorithm == "depthwise" or draw(st.integers(0, 3)) == 0
        groups = draw(st.integers(1, 3))
        side = st.integers(1, 5)
        kernel = draw(st.tuples(side, side) | st.sampled_from([(1, 1), (3, 3), (1, 70), (14, 11)]))
        many = 2 * LARGEST if kernel[0] * kernel[1] <= 9 else 2
        group_in = 1 if one_each else draw(st.integers(1, 4) | st.just(many))
        step = st.integers(1, 3)
        self.stride = draw(st.just((1, 1)) | st.tuples(step, step))
        if algorithm == "depthwise":
            self.stride = self.stride[0], min(self.stride[1], 2)
        self.dilation = draw(st.just((1, 1)) | st.tuples(step, step))
        end = st.integers(0, 3)
        self.padding = draw(st.tuples(st.tuples(end, end), st.tuples(end, end)))
        size = [
            draw(st.integers(max(1, d * (k - 1) + 1 - sum(ends)), d * (k - 1) + LARGEST))
            for k, d, ends in zip(kernel, self.dilation, self.padding, strict=True)
        ]
        group_out = draw(st.sampled_from([1, 2, 5, 8, 13]))
        self.groups = groups
        self.shape = draw(st.integers(1, 2)), groups * group_in, *size
        self.weight_shape = groups * group_out, group_in, *kernel

    def __repr__(self):
        return ", ".join(f"{name}={value}" for name, value in vars(self).items())

    def numbers(self, shape, spread=1.0):
        """Return random numbers of both signs and of magnitudes 10^-spread to 10^spread."""
        magnitudes = 10 ** self.rng.uniform(-spread, spread, shape)
        return (magnitudes * self.rng.choice([-1, 1], shape)).astype(self.dtype)

    def convolve(self, x, w, b=None, pad_value=0.0):
        arguments = self.stride, self.padding, self.dilation, self.groups, pad_value
        with with_threads(self.threads):
            return convlib.conv2d(x, w, b, *arguments, algorithm=self.algorithm)

    def pixels_read(self):
        """Return for each axis, output and tap the pixel, counted from the image's first."""
        axes = zip(
            self.shape[2:], self.weight_shape[2:], self.stride, self.padding, self.dilation,
            strict=True,
        )  # fmt: skip
        return [
            np.add.outer(
                reference.window_starts(sum(ends) + size, kernel, stride, dilation),
                dilation * np.arange(kernel) - ends[0],
            )
            for size, kernel, stride, ends, dilation in axes
        ]

    def readers(self, n, c, i, j):
        """Return which outputs (N, C_out, oh, ow) read pixel (n, c, i, j)."""
        rows, columns = self.pixels_read()
        channels = np.arange(self.weight_shape[0]) // (self.weight_shape[0] // self.groups)
        return (
            (np.arange(self.shape[0]) == n)[:, None, None, None]
            & (channels == c // self.weight_shape[1])[:, None, None]
            & (rows == i).any(axis=1)[:, None]
            & (columns == j).any(axis=1)
        )

    def readers_of_padding(self):
        """Return which places (oh, ow) of the output read a cell of the padding."""
        outside = [
            ((read < 0) | (read >= length)).any(axis=1)
            for read, length in zip(self.pixels_read(), self.shape[2:], strict=True)
        ]
        return outside[0][:, None] | outside[1]

    def integer_sums(self, x, w, b):
        """Return the convolution of integers without padding value, as int64."""
        padded = np.pad(x, ((0, 0), (0, 0), *self.padding))
        rows, columns = self.pixels_read()
        rows, columns = rows + self.padding[0][0], columns + self.padding[1][0]
        w = w.reshape(self.groups, -1, *self.weight_shape[1:])
        total = np.zeros((len(x), *w.shape[:2], len(rows), len(columns)), np.int64) + b.reshape(
            1, *w.shape[:2], 1, 1
        )
        for u, v in np.ndindex(self.weight_shape[2:]):
            cells = padded[:, :, rows[:, u]][..., columns[:, v]]
            cells = cells.reshape(len(x), self.groups, -1, *cells.shape[2:])
            total += np.einsum("goc,ngcij->ngoij", w[..., u, v], cells)
        return total.reshape(len(x), -1, len(rows), len(columns))


def layers(algorithm):
    return st.composite(lambda draw: Layer(draw, algorithm))()


def every_algorithm(test):
    """Run `test` on layers drawn for each algorithm but 'winograd'."""

    @pytest.mark.parametrize("algorithm", LOCAL)
    @drawn
    @given(data=st.data())
    def run(algorithm, data):
        test(data.draw(layers(algorithm)))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def assert_same_bits(got, expected):
    assert got.tobytes() == expected.tobytes(), f"{got} is not {expected}"


@every_algorithm
def test_a_pixel_changes_only_outputs_that_read_it(layer):
    x, w = layer.numbers(layer.shape), layer.numbers(layer.weight_shape)
    b = layer.numbers(len(w))
    before = layer.convolve(x, w, b)
    pixel = tuple(int(layer.rng.integers(length)) for length in layer.shape)
    readers = layer.readers(*pixel)
    for number in (1e30, -1e30, np.nan, np.inf, -np.inf):
        x[pixel] = number
        after = layer.convolve(x, w, b)
        assert_same_bits(after[~readers], before[~readers])
        if not np.isfinite(number):
            assert not np.isfinite(after[readers]).any()


@every_algorithm
def test_a_pad_value_reaches_only_outputs_that_read_padding(layer):
    x, w = layer.numbers(layer.shape), layer.numbers(layer.weight_shape)
    before = layer.convolve(x, w)
    readers = layer.readers_of_padding()
    for number in (1e9, -1e9, np.nan, np.inf):
        after = layer.convolve(x, w, pad_value=number)
        assert_same_bits(after[..., ~readers], before[..., ~readers])
        if not np.isfinite(number):
            assert not np.isfinite(after[..., readers]).any()


@every_algorithm
def test_integers_are_exact_while_the_sums_fit(layer):
    """The largest numbers for which no partial sum can leave the type's significand."""
    terms = np.prod(layer.weight_shape[1:])
    room = 2 ** (np.finfo(layer.dtype).nmant + 1) // (terms + 1)
    w_most = int(np.sqrt(room) ** layer.rng.uniform(0.2, 1.8))
    w_most = max(w_most, 1)
    x_most = room // w_most
    x = layer.rng.integers(-x_most, x_most + 1, layer.shape)
    w = layer.rng.integers(-w_most, w_most + 1, layer.weight_shape)
    b = layer.rng.integers(-room, room + 1, len(w))
    got = layer.convolve(*(a.astype(layer.dtype) for a in (x, w, b)))
    np.testing.assert_array_equal(got, layer.integer_sums(x, w, b))


@every_algorithm
def test_no_negative_number_comes_of_none(layer):
    x, w = (np.abs(layer.numbers(shape, 12)) for shape in (layer.shape, layer.weight_shape))
    x[layer.rng.random(x.shape) < 0.5] = 0
    assert (layer.convolve(x, w) >= 0).all()


@every_algorithm
def test_an_impulse_shows_the_kernel_where_it_is_read_and_nothing_elsewhere(layer):
    pixel = tuple(int(layer.rng.integers(length)) for length in layer.shape)
    n, c, i, j = pixel
    x = np.zeros(layer.shape, layer.dtype)
    x[pixel] = 1
    w = layer.numbers(layer.weight_shape, 12)
    rows, columns = layer.pixels_read()
    readers = layer.readers(*pixel)
    expected = np.zeros(readers.shape, layer.dtype)
    for n, c2, p, q in np.argwhere(readers):
        u, v = np.flatnonzero(rows[p] == i)[0], np.flatnonzero(columns[q] == j)[0]
        expected[n, c2, p, q] = w[c2, c % layer.weight_shape[1], u, v]
    np.testing.assert_array_equal(layer.convolve(x, w), expected)


def test_winograd_is_not_local():
    """What keeps it out of 'auto', and what the reference page shows."""
    x, w = np.ones((1, 1, 8, 8)), np.ones((1, 1, 3, 3))
    before = convlib.conv2d(x, w, algorithm="winograd")
    x[0, 0, 2, 2] = 1e16
    after = convlib.conv2d(x, w, algorithm="winograd")
    assert (after != before)[0, 0, 3].any()

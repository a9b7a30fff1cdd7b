"""Every fast algorithm against the plain kernel, and against the definition on chosen cases."""

import ctypes

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

import convlib
from convlib.fast import choice

FAST = ("auto", *choice.FAST)
# The largest error allowed, in units of eps times the largest sum of |w| |x|: orders of adding
# differ by little, Winograd's transforms multiply by up to 10 on each axis and side.
TOLERANCE = {"depthwise": 16, "im2col": 16, "shifted": 16, "auto": 16, "winograd": 200}
# Interpreted kernels are slow.
EXAMPLES = 10 if config.DISABLE_JIT else 150
LARGEST = 5 if config.DISABLE_JIT else 40
compiled_only = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="larger than an interpreter should loop over"
)


def _reversed(a):
    return a[:, :, ::-1, ::-1].copy()[:, :, ::-1, ::-1]


def _gaps(a):
    return np.repeat(a, 2, 3)[..., ::2]


def _read_only(a):
    a = a.copy()
    a.flags.writeable = False
    return a


LAYOUTS = [np.ascontiguousarray, np.asfortranarray, _reversed, _gaps, _read_only]


@st.composite
def calls(draw, special=False):
    """Draw the arguments of a legal call: input, weight, bias and the keywords."""
    kind = draw(st.sampled_from(["any", "depthwise", "winograd"]))
    winograd = kind == "winograd"
    groups = 1 if winograd else draw(st.integers(1, 4))
    in_channels = groups * (1 if kind == "depthwise" else draw(st.integers(1, 5)))
    out_channels = groups * draw(st.sampled_from([1, 2, 4, 5, 8, 9, 13, 17]))
    kernel = (3, 3) if winograd else draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    ones, pairs = st.just((1, 1)), st.tuples(st.integers(1, 3), st.integers(1, 3))
    dilation = draw(ones | pairs)
    end = st.integers(0, 3)
    padding = draw(st.tuples(st.tuples(end, end), st.tuples(end, end)))
    size = [
        draw(st.integers(max(1, d * (k - 1) + 1 - sum(ends)), d * (k - 1) + LARGEST))
        for k, d, ends in zip(kernel, dilation, padding, strict=True)
    ]
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.standard_normal((draw(st.integers(1, 3)), in_channels, *size)).astype(dtype)
    w = rng.standard_normal((out_channels, in_channels // groups, *kernel)).astype(dtype)
    b = rng.standard_normal(out_channels).astype(dtype) if draw(st.booleans()) else None
    if special:
        where = draw(st.sampled_from(["input", "weight"]))
        target = x if where == "input" else w
        index = tuple(int(rng.integers(0, n)) for n in target.shape)
        target[index] = draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    keywords = {
        "stride": (1, 1) if winograd else draw(ones | st.just((2, 2)) | pairs),
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "pad_value": draw(st.sampled_from([0.0, 0.0, -1.5])),
    }
    return draw(st.sampled_from(LAYOUTS))(x), w, b, keywords


def _compute(algorithm, x, w, b, keywords):
    """Return the result, or None where the algorithm does not apply."""
    try:
        return convlib.conv2d(x, w, b, algorithm=algorithm, **keywords)
    except ValueError as error:
        if algorithm in ("depthwise", "winograd") and f"{algorithm!r} cannot" in str(error):
            return None
        raise


def _assert_close(algorithm, got, x, w, b, keywords):
    """Assert that `got` agrees with the plain kernel within the algorithm's tolerance."""
    expected = convlib.conv2d(x, w, b, algorithm="direct", **keywords)
    b = None if b is None else np.abs(b)
    keywords = {**keywords, "pad_value": abs(keywords["pad_value"])}
    sums = convlib.conv2d(np.abs(x), np.abs(w), b, algorithm="direct", **keywords)
    limit = TOLERANCE[algorithm] * np.finfo(got.dtype).eps * sums.max()
    assert got.dtype == expected.dtype
    np.testing.assert_allclose(got, expected, rtol=0, atol=limit)


@pytest.mark.parametrize("algorithm", FAST)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
@given(call=calls())
def test_equals_the_plain_kernel(algorithm, call):
    got = _compute(algorithm, *call)
    if got is not None:
        _assert_close(algorithm, got, *call)


@pytest.mark.parametrize("algorithm", FAST)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
@given(call=calls(special=True))
def test_nan_and_infinity_go_where_the_plain_kernel_sends_them(algorithm, call):
    got = _compute(algorithm, *call)
    if got is None:
        return
    expected = convlib.conv2d(*call[:3], algorithm="direct", **call[3])
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    infinite = np.isinf(expected)
    np.testing.assert_array_equal(got[infinite], expected[infinite])
    assert np.isfinite(got[np.isfinite(expected)]).all()


@pytest.mark.parametrize("channels", [4, 7, 8, 12, 19, 24])
@pytest.mark.parametrize(("algorithm", "kernel"), [("im2col", 1), ("im2col", 3), ("shifted", 3)])
def test_however_many_vectors_a_row_fills(algorithm, kernel, channels):
    """A row is cut into register blocks by its length; none of its numbers knows how."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal((9, kernel, 15 if config.DISABLE_JIT else 150), np.float32)
    w = rng.standard_normal((channels, 9, kernel, kernel), np.float32)
    whole = convlib.conv2d(x, w, algorithm=algorithm)
    _assert_close(algorithm, whole[None], x[None], w, None, {"pad_value": 0.0})
    for width in range(kernel, x.shape[-1]):
        part = convlib.conv2d(x[..., :width], w, algorithm=algorithm)
        np.testing.assert_array_equal(part, whole[..., : part.shape[-1]])


@pytest.mark.parametrize("algorithm", FAST)
def test_integers_are_added_exactly(algorithm):
    """Small whole numbers leave no room for rounding: only Winograd's sixths may round."""
    rng = np.random.default_rng(1)
    x = rng.integers(-8, 9, (2, 2, 5, 9)).astype(np.float64)
    groups = 2 if algorithm == "depthwise" else 1
    w = rng.integers(-8, 9, (groups, 9, 2 // groups, 3, 3)).astype(np.float64)
    expected = np.zeros((2, groups, 9, 5, 9))
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))).reshape(2, groups, -1, 7, 11)
    for u in range(3):
        for v in range(3):
            window = padded[..., u : u + 5, v : v + 9]
            expected += np.einsum("goc,ngchw->ngohw", w[..., u, v], window)
    expected = expected.reshape(2, -1, 5, 9)
    w = w.reshape(-1, *w.shape[2:])
    got = convlib.conv2d(x, w, padding=1, groups=groups, algorithm=algorithm)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-10 if algorithm == "winograd" else 0)


@pytest.mark.parametrize("algorithm", FAST)
def test_a_batch_of_none_is_legal(algorithm):
    x, w = np.zeros((0, 1, 5, 5), np.float32), np.zeros((3, 1, 3, 3), np.float32)
    assert convlib.conv2d(x, w, algorithm=algorithm).shape == (0, 3, 3, 3)


@pytest.mark.parametrize("algorithm", FAST)
def test_the_smallest_numbers_are_kept(algorithm):
    tiny = np.float32(1e-44)
    x = np.full((1, 1, 6, 6), tiny)
    w = np.zeros((1, 1, 3, 3), np.float32)
    w[0, 0, 1, 1] = 1
    got = convlib.conv2d(x, w, algorithm=algorithm)
    # Winograd's transforms divide by 24: numbers this small have no digits left to divide.
    lost = np.float32(1e-42) if algorithm == "winograd" else 0
    np.testing.assert_allclose(got, np.full((1, 1, 4, 4), tiny), rtol=0, atol=lost)


def test_numbers_too_large_for_winograd_are_computed_another_way():
    x, w = np.full((1, 1, 6, 6), 1e38, np.float32), np.full((1, 1, 3, 3), 0.1, np.float32)
    got = convlib.conv2d(x, w, algorithm="winograd")
    np.testing.assert_allclose(got, np.full((1, 1, 4, 4), 0.9e38), rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "kernel", "keywords"),
    [
        ((2, 3, 1, 9), (1, 1), {}),
        ((1, 3, 1, 9), (3, 1), {"padding": (1, 0)}),
        ((1, 3, 1, 3), (1, 1), {"padding": (0, 1), "stride": (1, 2)}),
        ((1, 3, 1, 3), (1, 1), {"padding": 1, "stride": 2}),
        ((2, 4, 3, 5), (1, 1), {"groups": 2}),
    ],
)
def test_an_image_of_one_row_is_read_in_place_only_if_it_is_the_matrix(shape, kernel, keywords):
    rng = np.random.default_rng(5)
    x = rng.standard_normal(shape)
    w = rng.standard_normal((8, shape[1] // keywords.get("groups", 1), *kernel))
    for layout in LAYOUTS:
        call = layout(x), w, None, {"pad_value": -1.5, **keywords}
        _assert_close("im2col", _compute("im2col", *call), *call)


def test_nothing_is_read_past_the_end_of_the_image():
    """Of an image whose last pixel is the last number before memory that may not be read."""
    mmap = pytest.importorskip("mmap")
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mprotect"):
        pytest.skip("needs mprotect")
    page = mmap.PAGESIZE
    memory = mmap.mmap(-1, 2 * page)
    buffer = np.frombuffer(memory, np.float32)
    last = buffer.ctypes.data + page
    assert libc.mprotect(ctypes.c_void_p(last), ctypes.c_size_t(page), 0) == 0
    try:
        for size in (5, 7, 49):
            x = buffer[page // 4 - 4 * size : page // 4].reshape(1, 4, 1, size)
            x[...] = 1
            for algorithm in ("im2col", "shifted"):
                got = convlib.conv2d(x, np.ones((9, 4, 1, 1), np.float32), algorithm=algorithm)
                assert (got == 4).all()
    finally:
        assert libc.mprotect(ctypes.c_void_p(last), ctypes.c_size_t(page), 3) == 0


@compiled_only
@pytest.mark.parametrize("channels", [64, 130])
def test_winograd_error_stays_small_on_real_layers(channels):
    """Some five times a plain sum's, as the docstring of `convlib.fast.winograd` says."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal((1, channels, 30, 30))
    w = rng.standard_normal((channels, channels, 3, 3))
    expected = convlib.conv2d(x, w, padding=1, algorithm="shifted")
    plain, winograd = (
        convlib.conv2d(x.astype("f4"), w.astype("f4"), padding=1, algorithm=name) - expected
        for name in ("shifted", "winograd")
    )
    assert 2 < np.sqrt(np.mean(winograd**2) / np.mean(plain**2)) < 10


@compiled_only
@pytest.mark.parametrize(
    ("shape", "out_channels", "side", "keywords"),
    [
        ((2, 40, 33, 301), 24, 3, {"padding": 1}),
        ((1, 300, 10, 10), 130, 3, {"padding": 1}),
        ((1, 200, 33, 47), 24, 1, {}),
        ((1, 64, 40, 41), 64, 3, {"stride": 2, "padding": 1, "groups": 16}),
        ((1, 48, 150, 151), 48, 3, {"padding": 1, "groups": 48}),
        ((2, 3, 150, 151), 6, 5, {"padding": 2, "stride": 2, "groups": 3}),
        ((1, 40, 33, 51), 40, 3, {"padding": (3, 2), "dilation": (3, 2)}),
    ],
)
def test_layers_of_several_tiles_and_threads(shape, out_channels, side, keywords):
    """Large enough to be cut along every axis: rows, columns, channels and samples."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(shape).astype(np.float32)
    group_in = shape[1] // keywords.get("groups", 1)
    w = rng.standard_normal((out_channels, group_in, side, side)).astype(np.float32)
    call = x, w, None, {"pad_value": 0.0, **keywords}
    for algorithm in FAST:
        got = _compute(algorithm, *call)
        if got is not None:
            _assert_close(algorithm, got, *call)


def test_a_dilation_wider_than_any_tile_is_no_obstacle():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((1, 2, 3003, 5)).astype(np.float32)
    w = rng.standard_normal((1, 2, 3, 1)).astype(np.float32)
    got = convlib.conv2d(x, w, dilation=(1500, 1))
    taps = [(c, u) for c in range(2) for u in range(3)]
    expected = sum(w[0, c, u, 0] * x[:, c, 1500 * u : 1500 * u + 3] for c, u in taps)
    np.testing.assert_allclose(got[:, 0], expected, rtol=1e-5, atol=1e-6)


def test_an_unknown_algorithm_is_refused_by_name():
    x, w = np.zeros((1, 4, 4)), np.zeros((1, 1, 3, 3))
    with pytest.raises(
        ValueError, match=r"algorithm='fft'.*'auto', 'direct', 'depthwise', 'im2col'"
    ):
        convlib.conv2d(x, w, algorithm="fft")


def test_an_algorithm_that_does_not_apply_is_refused():
    x, w = np.zeros((1, 4, 4)), np.zeros((1, 1, 2, 2))
    with pytest.raises(ValueError, match="algorithm='winograd' cannot compute"):
        convlib.conv2d(x, w, algorithm="winograd")


@compiled_only
def test_no_size_layout_or_flag_compiles_again():
    """At most one specialisation of each kernel for each dtype, whatever the call looks like."""
    from convlib.fast import depthwise, im2col, shifted, winograd_loops
    from convlib.kernels import plain_loops

    kernels = [depthwise._convolve, im2col._convolve, shifted._convolve]
    kernels += [winograd_loops.convolve, plain_loops.conv2d_direct]

    def call_all(samples, size, channels):
        x = np.zeros((samples, channels, size, size), np.float32)
        w = np.zeros((4, channels, 3, 3), np.float32)
        one_each = np.zeros((4 * channels, 1, 3, 3), np.float32)
        for layout in LAYOUTS:
            for algorithm in ("im2col", "shifted", "winograd", "direct"):
                convlib.conv2d(layout(x), layout(w), algorithm=algorithm)
            convlib.conv2d(layout(x), layout(one_each), groups=channels, algorithm="shifted")
        for layout in (np.ascontiguousarray, _read_only):
            call = layout(x), layout(one_each)
            convlib.conv2d(*call, groups=channels, algorithm="depthwise")

    call_all(1, 9, 1)
    before = [kernel.signatures for kernel in kernels]
    call_all(3, 21, 2)
    assert [kernel.signatures for kernel in kernels] == before
    assert max(len(signatures) for signatures in before) <= 2

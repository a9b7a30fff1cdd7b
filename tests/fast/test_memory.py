"""conv2d takes little memory besides its output, and cutting a layer changes no result."""

import sys
import textwrap

import limited
import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from numba import config
from strategies import DTYPES, LAYOUTS, geometries, laid_out, settings

import convlib
from convlib.fast import choice, layer_blocks


@st.composite
def layers(draw):
    """Draw the arrays of a layer in any dtypes and layouts, and the rest of conv2d's arguments."""
    size, kernel, stride, padding, _, dilation = draw(geometries(words=False))
    kind = draw(st.sampled_from(["any", "depthwise", "winograd"]))
    groups, group_in, group_out = (draw(st.integers(1, 4)) for _ in range(3))
    group_in = 1 if kind == "depthwise" else group_in
    if kind == "winograd":
        kernel, stride, groups = (3, 3), (1, 1), 1
        size = tuple(n + 2 * d + 9 for n, d in zip(size, dilation, strict=True))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def array(*shape):
        dtype = draw(st.sampled_from(DTYPES))
        values = 8 * rng.standard_normal(shape)
        values = np.abs(values) if np.dtype(dtype).kind == "u" else values
        layout = draw(st.sampled_from(LAYOUTS if len(shape) == 4 else ["c", "read_only"]))
        return laid_out(values.astype(dtype), layout)

    x = array(draw(st.integers(1, 3)), groups * group_in, *size)
    w = array(groups * group_out, group_in, *kernel)
    b = draw(st.none() | st.builds(lambda: array(len(w))))
    return x, w, b, stride, padding, dilation, groups, draw(st.sampled_from([0.0, -1.5]))


def _computed(arguments, algorithm):
    """Return the result, or None where the algorithm does not apply."""
    try:
        return convlib.conv2d(*arguments, algorithm=algorithm)
    except ValueError as error:
        if f"{algorithm!r} cannot compute this layer" not in str(error):
            raise
        return None


@pytest.mark.parametrize("algorithm", choice.NAMES)
@given(layer=layers(), windows=st.integers(1, 40), planes=st.integers(1, 8))
def test_cutting_a_layer_changes_no_bit(algorithm, layer, windows, planes):
    x, w = layer[:2]
    expected = _computed(layer, algorithm)
    before = x.copy(), w.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer_blocks, "COPY_BYTES", 8 * w[0].size * windows)
        patch.setattr(layer_blocks, "PLANES", planes)
        got = _computed(layer, algorithm)
    if got is None:
        # A block of even one window may be too large if the image's holes are copied too.
        assert expected is None or algorithm in ("depthwise", "winograd")
    elif expected is not None:
        np.testing.assert_array_equal(got, expected, strict=True)
    for kept, array in zip(before, (x, w), strict=True):
        np.testing.assert_array_equal(kept, array, strict=True)


@pytest.mark.parametrize("algorithm", ["auto", "direct"])
@given(setting=settings(DTYPES), taps=st.integers(1, 4))
def test_windows_too_large_to_copy_are_cut_too(algorithm, setting, taps):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer_blocks, "COPY_BYTES", 64 * taps)
        got = convlib.conv2d(
            setting.input, setting.weight, setting.bias, *setting.arguments, algorithm=algorithm
        )
    np.testing.assert_array_equal(got, setting.expected())


FAR = 2**31 - 1


@given(
    size=st.integers(1, 4),
    kernel=st.integers(1, 3),
    ends=st.tuples(*[st.sampled_from([0, 1, 2**30, FAR - 1, FAR])] * 2),
    stride=st.integers(2**30, FAR),
    dilation=st.sampled_from([1, 2, 2**29, 2**30 + 1]),
    axis=st.integers(0, 1),
    value=st.sampled_from([0.0, -1.5]),
    algorithm=st.sampled_from(["auto", "direct"]),
)
def test_any_padding_and_stride(size, kernel, ends, stride, dilation, axis, value, algorithm):
    room = size + sum(ends) - dilation * (kernel - 1) - 1
    if room < 0:
        return
    line, weights = np.arange(1.0, size + 1), np.arange(2.0, kernel + 2)
    expected = []
    for output in range(room // stride + 1):
        places = [output * stride - ends[0] + u * dilation for u in range(kernel)]
        pixels = [line[p] if 0 <= p < size else value for p in places]
        expected.append(np.dot(weights, pixels))

    def along(numbers, other):
        return (numbers, other) if axis else (other, numbers)

    got = convlib.conv2d(
        line.reshape(1, 1, *along(-1, 1)),
        weights.reshape(1, 1, *along(-1, 1)),
        stride=along(stride, 1),
        padding=along(ends, (0, 0)),
        dilation=along(dilation, 1),
        pad_value=value,
        algorithm=algorithm,
    )
    np.testing.assert_array_equal(got.ravel(), expected)


@pytest.mark.parametrize("kernel", [2, 3, 5])
def test_any_dilation(kernel):
    """At most one entry of a kernel is on the image if they are further apart than its width."""
    rng = np.random.default_rng(kernel)
    x, w = rng.standard_normal((2, 3, 4, 5)), rng.standard_normal((6, 3, kernel, kernel))
    got = convlib.conv2d(x, w, padding="same_upper", dilation=FAR)
    centre = convlib.conv2d(x, w[:, :, kernel // 2, kernel // 2, None, None])
    expected = centre if kernel % 2 else np.zeros_like(centre)
    np.testing.assert_array_equal(got, expected)


# What is given to a layer of one channel with a 3 x 3 kernel, and its stride and padding. `file`
# is a read-only map of a file of 1 GiB, mostly holes.
LARGE = {
    "map": ("file(np.float32)", 128, 0),
    "map, padded": ("file(np.float32)", 128, 1),
    "map, padded, stride 64": ("file(np.float32)", 64, ((3, 0), (0, 5))),
    "flipped": ("file(np.float32)[:, ::-1, ::-1]", 128, 0),
    "transposed": ("file(np.float32).transpose(0, 2, 1)", 100, 2),
    "swapped bytes": ("file('>f4')", 64, 0),
    "float16": ("file(np.float16)", 32, 1),
    "float64": ("file(np.float64)", 32, 1),
    "uint8": ("file(np.uint8)", 32, 1),
    "bool": ("file(np.bool_)", 99, 0),
    "int64": ("file(np.int64)", 64, 1),
    "unaligned": ("file(np.uint8).ravel()[1:-3].view(np.float32)[None, : 2**14 * 2**13]"
                  ".reshape(1, 2**14, 2**13)", 64, 0),
    "broadcast": ("np.broadcast_to(1, (1, 50000, 50000))", 5000, 0),
    "padding": ("np.ones((1, 1, 1))", 2**30, 2**31 - 1),
    "one row": ("file(np.float32).reshape(1, 1, -1)[..., ::-1]", 2**14, ((1, 1), (0, 0))),
}  # fmt: skip
# All algorithms on an image that takes 512 MiB when converted; (arrays, keywords).
CONVERTED = {
    "direct": ("(1, 8, 3, 3)", "stride=8"),
    "auto": ("(1, 8, 3, 3)", "stride=2"),
    "im2col": ("(1, 8, 1, 1)", "stride=2"),
    "shifted": ("(1, 8, 3, 3)", "stride=2, padding=1"),
    "winograd": ("(1, 8, 3, 3)", "padding=1"),
    "depthwise": ("(8, 1, 3, 3)", "stride=2, padding=1, groups=8"),
}


def _run_limited(code, path):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux limits the memory that a process has of its own")
    with open(path, "wb") as target:
        # Finite numbers of every dtype, and no integers that float64 would round.
        for place in (0, 2**29, 2**30 - 2**21):
            target.seek(place)
            target.write(bytes((1, 2, 3, 60, 5, 6, 7, 0)) * 2**18)
    found = limited.outcome(code, str(path))
    path.unlink()
    if found == "not limited":
        pytest.skip("this system does not limit memory")
    assert found == "done"


compiled_only = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="interpreted loops are slow")


@pytest.mark.slow
@compiled_only
@pytest.mark.parametrize("case", LARGE)
def test_large_images_take_little_memory(tmp_path, case):
    """Less than 64 MiB besides the output; the results are what the windows' pixels give."""
    image, stride, padding = LARGE[case]
    code = f"""
        stride, padding = {stride}, {padding}
        (top, bottom), (left, right) = padding if padding and type(padding) is not int else (
            ((padding or 0,) * 2,) * 2)
        w = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
        algorithms = ("auto", "direct")
        for dtype in (np.float32, np.float64):
            for algorithm in algorithms:
                convlib.conv2d(np.ones((1, 9, 9), dtype), w, algorithm=algorithm, padding=1)
        x = {image}
        oh, ow = convlib.conv2d_output_size(x.shape[1:], 3, stride, padding)
        results = []
        for algorithm in algorithms:
            limited(oh * ow * 8)
            results.append(convlib.conv2d(
                x, w, stride=stride, padding=padding, algorithm=algorithm))
        unlimited()
        expected = np.zeros((1, oh, ow), results[0].dtype)
        for u in range(3):
            rows = np.arange(oh) * stride - top + u
            for v in range(3):
                columns = np.arange(ow) * stride - left + v
                seen = np.ix_((rows >= 0) & (rows < x.shape[1]),
                              (columns >= 0) & (columns < x.shape[2]))
                inside = np.ix_(rows[seen[0].ravel()], columns[seen[1].ravel()])
                expected[0][seen] += w[0, 0, u, v] * x[0][inside].astype(expected.dtype)
        for got in results:
            np.testing.assert_allclose(got, expected, rtol=1e-5)
            assert not got.flags.writeable or not np.may_share_memory(got, x)
    """
    _run_limited(textwrap.dedent(code), tmp_path / "image")


@compiled_only
@pytest.mark.parametrize("algorithm", CONVERTED)
def test_every_algorithm_converts_a_block_at_a_time(tmp_path, algorithm):
    shape, keywords = CONVERTED[algorithm]
    code = f"""
        w = np.ones({shape}, np.float32)
        x = file(np.uint8).reshape(16, 8, 2048, 4096)[:1]
        keywords = dict({keywords}, algorithm="{algorithm}")
        expected = convlib.conv2d(x[:, :, :40, :40].astype(float), w, **keywords)
        size = convlib.conv2d_output_size(x.shape[2:], w.shape[2:], keywords.get("stride", 1),
                                          keywords.get("padding", 0))
        limited(len(w) * size[0] * size[1] * 8)
        got = convlib.conv2d(x, w, **keywords)
        inside = got[:, :, : expected.shape[2] - 1, : expected.shape[3] - 1]
        np.testing.assert_allclose(inside, expected[:, :, :-1, :-1], rtol=0, atol=1e-10)
    """
    _run_limited(textwrap.dedent(code), tmp_path / "image")


@compiled_only
def test_weights_are_converted_a_block_at_a_time(tmp_path):
    code = """
        w = file(np.float16).reshape(-1)[: 4096 * 512 * 49].reshape(4096, 512, 7, 7)
        x = np.ones((2, 512, 7, 7), np.float32)
        convlib.conv2d(x, w[:8].astype(np.float32))
        limited(2 * 4096 * 4)
        got = convlib.conv2d(x, w)
        np.testing.assert_allclose(got[0, :8, 0, 0], w[:8].sum((1, 2, 3), float), rtol=1e-5)
        np.testing.assert_array_equal(got[0], got[1])
    """
    _run_limited(textwrap.dedent(code), tmp_path / "weights")


@given(geometry=geometries(words=False), larger=st.integers(0, 2**30))
def test_read_counts_of_axes_with_huge_numbers(geometry, larger):
    """Each pixel's count is the number of kernel entries that some output puts on it."""
    (size, _), (kernel, _), (stride, _), _, (ends, _), (dilation, _) = geometry
    stride, dilation, ends = (
        stride + larger,
        dilation + larger,
        (ends[0] + larger, ends[1] + FAR // 2),
    )
    span = dilation * (kernel - 1) + 1
    size = max(size, span - sum(ends))
    if size > 10_000:
        return
    got = convlib.conv2d_read_counts(
        (size, 1), (kernel, 1), (stride, 1), (ends, (0, 0)), (dilation, 1)
    )
    outputs = (size + sum(ends) - span) // stride + 1
    for pixel, count in enumerate(got[:, 0]):
        places = [pixel + ends[0] - u * dilation for u in range(kernel)]
        assert count == sum(p % stride == 0 and 0 <= p // stride < outputs for p in places)


def test_read_counts_are_a_product_of_rows_and_columns():
    size, kernel, stride, padding, dilation = (300, 7000), (5, 900), (2, 3), (3, 450), (7, 1)
    got = convlib.conv2d_read_counts(size, kernel, stride, padding, dilation)
    axes = [
        reference.read_counts((n, 1), (k, 1), (s, 1), ((p, p), (0, 0)), (d, 1))[:, 0]
        for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True)
    ]
    np.testing.assert_array_equal(got, np.outer(*axes))

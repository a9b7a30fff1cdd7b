"""conv2d, depthwise_conv2d, pointwise_conv2d and pad2d: right results, and the invariants."""

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from numpy.testing import assert_allclose, assert_array_equal
from strategies import (
    DTYPES,
    LAYOUTS,
    laid_out,
    numeric_paddings,
    pairs,
    settings,
    values,
)

from convlib import conv2d, depthwise_conv2d, pad2d, pointwise_conv2d
from convlib.kernels import row_loops

FLOAT32 = ("float32", "float16", ">f4")


def zero_stuffed(weight, dilation):
    """Return `weight` with dilation - 1 zeros between neighbours."""
    (dh, dw), (kh, kw) = dilation, weight.shape[2:]
    stuffed = np.zeros((*weight.shape[:2], dh * (kh - 1) + 1, dw * (kw - 1) + 1))
    stuffed[:, :, ::dh, ::dw] = weight
    return stuffed


@given(settings(dtypes=DTYPES), st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS))
def test_equals_reference_for_all_dtypes_and_layouts(setting, input_layout, weight_layout):
    image, weight = laid_out(setting.input, input_layout), laid_out(setting.weight, weight_layout)
    before = [a.tobytes() for a in (image, weight)]
    got = conv2d(image, weight, setting.bias, *setting.arguments)
    assert_array_equal(got, setting.expected())
    assert [a.tobytes() for a in (image, weight)] == before
    arrays = (a for a in (image, weight, setting.bias) if a is not None)
    expected = np.float32 if all(a.dtype in FLOAT32 for a in arrays) else np.float64
    assert got.dtype == expected


@given(settings(dtypes=("float32",)))
def test_unbatched_is_one_of_the_batch(setting):
    got = [conv2d(x, setting.weight, setting.bias, *setting.arguments) for x in setting.input]
    expected = conv2d(setting.input, setting.weight, setting.bias, *setting.arguments)
    assert len(got) == len(expected)
    for g, e in zip(got, expected, strict=True):
        assert_array_equal(g, e)
        assert g.shape == e.shape


@pytest.mark.parametrize(("dtype", "rtol"), [("float32", 1e-5), ("float64", 1e-13)])
@given(settings(), st.integers(0, 999))
def test_equals_numpy(dtype, rtol, setting, seed):
    rng = np.random.default_rng(seed)
    image, weight = (rng.random(a.shape).astype(dtype) for a in (setting.input, setting.weight))
    padded = [np.pad(x, ((0, 0), *setting.ends), constant_values=setting.pad_value) for x in image]
    group_in, group_out = weight.shape[1], len(weight) // setting.groups
    wide = zero_stuffed(weight, setting.dilation)
    sh, sw = setting.stride
    got = conv2d(image, weight, None, *setting.arguments)
    for n, x in enumerate(padded):
        windows = sliding_window_view(x.astype(float), wide.shape[2:], axis=(1, 2))[:, ::sh, ::sw]
        for c2 in range(len(weight)):
            first = c2 // group_out * group_in
            expected = np.einsum("cijuv,cuv->ij", windows[first : first + group_in], wide[c2])
            assert_allclose(got[n, c2], expected, rtol=rtol, atol=rtol * 20)


@given(settings(), st.integers(-3, 3))
def test_linear_in_input_and_weight(setting, factor):
    arguments = (None, setting.stride, setting.ends, setting.dilation, setting.groups)
    x, w = setting.input, setting.weight
    x2, w2 = values(7, x.shape), values(8, w.shape)
    y = conv2d(x, w, *arguments)
    assert_array_equal(
        conv2d(factor * x + x2, w, *arguments), factor * y + conv2d(x2, w, *arguments)
    )
    assert_array_equal(
        conv2d(x, factor * w + w2, *arguments), factor * y + conv2d(x, w2, *arguments)
    )


@given(pairs(1, 4))
def test_impulse_response_is_the_kernel_backwards(kernel):
    weight = values(1, (3, 1, *kernel))
    impulse = np.zeros((1, 9, 9))
    impulse[0, 4, 4] = 1
    expected = np.zeros((3, 10 - kernel[0], 10 - kernel[1]))
    expected[:, 5 - kernel[0] : 5, 5 - kernel[1] : 5] = weight[:, 0, ::-1, ::-1]
    assert_array_equal(conv2d(impulse, weight), expected)


@given(settings())
def test_groups_are_the_concatenation_of_their_convolutions(setting):
    g = setting.groups
    parts = [
        conv2d(x, w, b, setting.stride, setting.padding, setting.dilation, 1, setting.pad_value)
        for x, w, b in zip(
            np.split(setting.input, g, axis=1),
            np.split(setting.weight, g),
            [None] * g if setting.bias is None else np.split(setting.bias, g),
            strict=True,
        )
    ]
    got = conv2d(setting.input, setting.weight, setting.bias, *setting.arguments)
    assert_array_equal(got, np.concatenate(parts, axis=1))


@given(settings())
def test_dilation_is_a_kernel_with_zeros_between(setting):
    stride, padding, _, groups, value = setting.arguments
    wide = zero_stuffed(setting.weight, setting.dilation)
    expected = conv2d(setting.input, wide, setting.bias, stride, padding, 1, groups, value)
    assert_array_equal(
        conv2d(setting.input, setting.weight, setting.bias, *setting.arguments), expected
    )


@given(settings())
def test_padding_is_pad2d_first(setting):
    padded = pad2d(setting.input, setting.ends, setting.pad_value)
    expected = conv2d(
        padded, setting.weight, setting.bias, setting.stride, 0, setting.dilation, setting.groups
    )
    assert_array_equal(
        conv2d(setting.input, setting.weight, setting.bias, *setting.arguments), expected
    )


@given(settings(words=False))
def test_stride_keeps_every_sth_output_of_stride_one(setting):
    stride, *others = setting.arguments
    dense = conv2d(setting.input, setting.weight, setting.bias, 1, *others)
    got = conv2d(setting.input, setting.weight, setting.bias, stride, *others)
    assert_array_equal(got, dense[:, :, :: stride[0], :: stride[1]])


@given(settings(words=False), pairs(0, 2))
def test_shift_equivariance(setting, steps):
    """Moving the content by whole strides moves the outputs by as many steps."""
    (sh, sw), (down, right) = setting.stride, steps
    arguments = (setting.stride, 0, setting.dilation, setting.groups)
    room = ((4, 4 + sh * down), (4, 4 + sw * right))
    moved = ((4 + sh * down, 4), (4 + sw * right, 4))
    here = conv2d(pad2d(setting.input, room, 1.0), setting.weight, setting.bias, *arguments)
    there = conv2d(pad2d(setting.input, moved, 1.0), setting.weight, setting.bias, *arguments)
    oh, ow = here.shape[2:]
    assert_array_equal(there[:, :, down:, right:], here[:, :, : oh - down, : ow - right])


@given(settings(dtypes=("float32", "float64")), st.integers(0, 99))
def test_kernel_of_the_pages_equals_the_direct_one(setting, seed):
    rng = np.random.default_rng(seed)
    dtype = setting.weight.dtype
    padded = rng.random(pad2d(setting.input, setting.ends).shape).astype(dtype)
    weight = rng.random(setting.weight.shape).astype(dtype)
    bias = rng.random(len(weight)).astype(dtype)
    direct = conv2d(padded, weight, bias, setting.stride, 0, setting.dilation, setting.groups)
    got = np.full_like(direct, np.nan)
    row_loops.conv2d_fast(
        padded, weight, bias, *setting.stride, *setting.dilation, setting.groups, got
    )
    tolerance = 8 * np.finfo(dtype).eps
    assert_allclose(got, direct, rtol=tolerance)


@pytest.mark.parametrize("stride_h", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_three_by_three_kernel_of_the_pages(stride_h, groups):
    rng = np.random.default_rng(groups)
    image, weight = rng.random((2, 4, 11, 9)), rng.random((8, 4 // groups, 3, 3))
    bias = rng.random(8)
    ends = ((0, 0), (0, 0))
    expected = reference.conv2d(image, weight, bias, (stride_h, 1), ends, (1, 1), groups, 0)
    got = np.full_like(expected, np.nan)
    row_loops.conv2d_rows_3x3(image, weight, bias, stride_h, groups, got)
    assert_allclose(got, expected, rtol=1e-13)


@given(settings(words=False), st.integers(1, 3))
def test_depthwise_is_one_group_a_channel(setting, multiplier):
    channels = setting.input.shape[1]
    weight = values(3, (channels * multiplier, 1, *setting.kernel))
    stride, padding, dilation, _, value = setting.arguments
    got = depthwise_conv2d(setting.input, weight, None, stride, padding, dilation, value)
    expected = reference.conv2d(
        setting.input, weight, None, stride, setting.ends, dilation, channels, value
    )
    assert_array_equal(got, expected)


@pytest.mark.parametrize("axes", [2, 4])
@given(pairs(1, 4), pairs(1, 6), pairs(1, 3), st.booleans())
def test_pointwise_is_a_matrix_on_each_pixel(axes, channels, size, stride, with_bias):
    (c1, c2), (sh, sw) = channels, stride
    image, matrix = values(1, (2, c1, *size)), values(2, (c2, c1))
    bias = values(3, c2) if with_bias else None
    expected = np.einsum("dc,nchw->ndhw", matrix, image[:, :, ::sh, ::sw])
    if with_bias:
        expected += bias[:, None, None]
    weight = matrix if axes == 2 else matrix[:, :, None, None]
    assert_array_equal(pointwise_conv2d(image, weight, bias, stride), expected)


@given(
    st.lists(st.integers(0, 3), max_size=2),
    pairs(1, 5),
    numeric_paddings(),
    st.sampled_from(DTYPES),
    st.sampled_from(LAYOUTS),
)
def test_pad2d_equals_reference(channels, size, padding, dtype, layout):
    given_padding, ends = padding
    image = laid_out(values(5, (*channels, *size), dtype), layout)
    got = pad2d(image, given_padding, 2.5)
    assert_array_equal(got, reference.pad2d(image, ends, 2.5))
    assert got.dtype == (np.float32 if dtype in FLOAT32 else np.float64)
    before = image.tobytes()
    got[...] = 99  # a new array, even where there was nothing to add
    assert image.tobytes() == before


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_reach_the_outputs_that_read_them(bad):
    image = np.ones((1, 6, 6))
    image[0, 2, 3] = bad
    got = conv2d(image, np.ones((1, 1, 3, 3)))[0]
    reads = np.zeros((4, 4), bool)
    reads[0:3, 1:4] = True
    assert_array_equal(got, np.where(reads, bad, 9.0))
    assert_array_equal(np.isnan(conv2d(image, np.zeros((1, 1, 3, 3)))[0]), reads)
    border = np.isnan(
        conv2d(np.ones((1, 4, 4)), np.ones((1, 1, 3, 3)), padding=1, pad_value=np.nan)
    )
    assert_array_equal(border[0], np.pad(np.zeros((2, 2), bool), 1, constant_values=True))

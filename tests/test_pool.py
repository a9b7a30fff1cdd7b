"""Sizes of poolings, rounded down and up, against counted windows and against PyTorch."""

import random

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from convlib import Conv2d, MaxPool2d, network_cost, networks, receptive_field, unread_pixels
from convlib.pool import AvgPool2d


@st.composite
def poolings(draw):
    """Draw a pooling, an input size, and both axes as the reference takes them."""
    average = draw(st.booleans())
    kernel, stride, dilation = (
        draw(st.tuples(*[st.integers(1, most)] * 2)) for most in (5, 6, 1 if average else 3)
    )
    ends = tuple(
        draw(st.tuples(*[st.integers(0, (d * (k - 1) + 1) // 2)] * 2))
        for k, d in zip(kernel, dilation, strict=True)
    )
    size = draw(st.tuples(*[st.integers(1, 20)] * 2))
    ceil_mode = draw(st.booleans())
    if average:
        pool = AvgPool2d(kernel, stride, ends, ceil_mode)
    else:
        pool = MaxPool2d(kernel, stride, ends, dilation, ceil_mode=ceil_mode)
    axes = [(size[at], kernel[at], stride[at], *ends[at], dilation[at], ceil_mode) for at in (0, 1)]
    return pool, size, axes


@given(poolings())
def test_sizes_are_what_is_counted(drawn):
    pool, size, axes = drawn
    counted = tuple(len(reference.pool_starts(*axis)) for axis in axes)
    if 0 in counted:
        at = counted.index(0)
        _, kernel, stride, before, after, _, ceil_mode = axes[at]
        most = size[at] + before + after + (stride - 1 if ceil_mode else 0)
        with pytest.raises(ValueError, match=f"size={kernel} .* legal spans are 1 to {most}$"):
            pool.output_size(size)
        return
    assert pool.output_size(size) == counted
    assert pool.output_shape((7, *size)) == (7, *counted)
    assert network_cost(pool, (3, *size)).output_bytes == 4 * 3 * counted[0] * counted[1]


@given(poolings())
def test_words_of_padding_leave_nothing_to_round_up(drawn):
    pool, size, _ = drawn
    for word in ("same_upper", "same_lower"):
        down, up = (
            MaxPool2d(pool.kernel_size, pool.stride, word, pool.dilation, ceil_mode=mode)
            for mode in (False, True)
        )
        assert up.output_size(size) == down.output_size(size)
        assert receptive_field(up, size) == receptive_field(down, size)
        np.testing.assert_array_equal(unread_pixels(up, size), unread_pixels(down, size))


def test_sizes_and_refusals_are_pytorchs():
    torch = pytest.importorskip("torch")
    refused = 0
    for seed in range(500):
        chance = random.Random(seed)
        kernel, stride, dilation, size = (
            tuple(chance.randint(1, most) for _ in range(2)) for most in (5, 6, 3, 16)
        )
        padding = tuple(chance.randint(0, k // 2) for k in kernel)
        ceil_mode = chance.random() < 0.7
        if chance.random() < 0.5:
            settings = (kernel, stride, padding, ceil_mode)
            ours, theirs = AvgPool2d(*settings), torch.nn.AvgPool2d(*settings)
        else:
            settings = (kernel, stride, padding, dilation)
            ours = MaxPool2d(*settings, ceil_mode=ceil_mode)
            theirs = torch.nn.MaxPool2d(*settings, ceil_mode=ceil_mode)
        try:
            shape = tuple(theirs(torch.zeros(1, 2, *size)).shape[1:])
        except RuntimeError:
            refused += 1
            with pytest.raises(ValueError, match="legal spans"):
                ours.output_size(size)
        else:
            assert ours.output_shape((2, *size)) == shape, (ours, size)
    assert 0 < refused < 250


def test_pytorch_refuses_padding_above_half_the_undilated_kernel():
    # What MaxPool2d's docstring says of the difference.
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError, match="half of kernel size"):
        torch.nn.MaxPool2d(3, padding=2, dilation=2)(torch.zeros(1, 1, 9, 9))
    assert MaxPool2d(3, padding=2, dilation=2).output_size(9) == (3, 3)


@pytest.mark.parametrize("mode", [0, 1, None, "True", np.True_])
def test_sizes_round_up_or_not(mode):
    with pytest.raises(TypeError, match=r"ceil_mode=.* legal values are True and False"):
        MaxPool2d(2, ceil_mode=mode)
    with pytest.raises(TypeError, match=r"ceil_mode=.* legal values are True and False"):
        AvgPool2d(2, 2, 0, mode)


@pytest.mark.parametrize(
    ("network", "smallest"),
    [
        (networks.googlenet(), 15),
        (networks.squeezenet("1.0"), 21),
        (networks.squeezenet("1.1"), 17),
    ],
    ids=["googlenet", "squeezenet1_0", "squeezenet1_1"],
)
def test_the_smallest_images_that_torchvisions_networks_take(network, smallest):
    # "min_size" in the metadata of torchvision's weights; they depend on rounding up.
    assert network_cost(network, smallest).macs > 0
    with pytest.raises(ValueError, match="legal spans are 1 to 2"):
        network_cost(network, smallest - 1)


def test_a_network_that_rounds_up_costs_more():
    def stack(ceil_mode):
        pool = MaxPool2d(3, 2, ceil_mode=ceil_mode)
        return [Conv2d(3, 8, 3, padding=1), pool, Conv2d(8, 8, 1)]

    down, up = (network_cost(stack(mode), 112).macs for mode in (False, True))
    assert up - down == 64 * (56**2 - 55**2)

"""What chapters/stride.md claims in prose."""

import itertools

import numpy as np
import pytest

from convlib import (
    Conv2d,
    MaxPool2d,
    conv2d,
    conv2d_output_size,
    network_cost,
    networks,
    receptive_field,
    unread_pixels,
)


def same(channels, size):
    return Conv2d(channels, channels, 3, padding=1, bias=False).macs(size)


def test_channels_times_two_cost_four_times_and_half_the_size_a_quarter():
    assert same(128, 56) == 4 * same(64, 56)
    assert same(256, 56) == 16 * same(64, 56)
    assert same(128, 28) == same(256, 14) == same(64, 56)


@pytest.mark.parametrize(("stride", "outputs"), [(1, 5), (2, 3), (3, 2)])
def test_outputs_of_the_first_explorer(stride, outputs):
    assert conv2d_output_size(7, 3, stride) == (outputs, outputs)


def test_stride_within_the_kernel_reads_every_pixel_that_is_not_cut():
    for kernel in range(1, 6):
        for stride in range(1, 6):
            size = kernel + 4 * stride
            read = not unread_pixels(Conv2d(1, 1, kernel, stride), size).any()
            assert read == (stride <= kernel)
    assert unread_pixels(Conv2d(1, 1, 1, stride=2), 8).mean() == 0.75


def test_stride_2_keeps_the_cost_of_layers_2_to_5():
    pairs = ((3, 16), (16, 32), (32, 64), (64, 128), (128, 256))
    for stride, ratio in ((1, 4), (2, 1)):
        sizes = [64 // stride**n for n in range(5)]
        costs = [
            Conv2d(a, b, 3, stride, 1).macs(size) for (a, b), size in zip(pairs, sizes, strict=True)
        ]
        ratios = [later / earlier for earlier, later in itertools.pairwise(costs[1:])]
        assert ratios == [ratio] * 3


def test_fields_of_four_layers():
    layer, halving = Conv2d(8, 8, 3, 1, 1), Conv2d(8, 8, 3, 2, 1)
    stacks = [layer] * 4, [layer, halving] * 2, [halving] * 4
    assert [receptive_field(stack).size[0] for stack in stacks] == [9, 13, 31]
    assert [receptive_field([layer] * n).size[0] for n in range(1, 5)] == [3, 5, 7, 9]


def test_thirteen_pixels_reach_an_output_most_often_from_the_middle():
    light = np.eye(32)[:, None, None, :]
    for stride in (1, 2, 1, 2):
        light = conv2d(light, np.ones((1, 1, 1, 3)), stride=(1, stride), padding=(0, 1))
    paths = light[:, 0, 0, 4]
    reached = np.flatnonzero(paths)
    assert len(reached) == 13
    assert paths[reached[[0, -1]]].tolist() == [1, 1]
    assert paths.argmax() == reached[6]


def features(network):
    return receptive_field(networks.features(network), input_size=224)


def test_published_fields():
    tensorflow = networks.resnet50("last 3x3", "same_upper")
    fields = [features(n) for n in (networks.vgg16(), networks.mobilenet_v1(), tensorflow)]
    assert [(f.size[0], f.stride[0], f.padding[0][0]) for f in fields] == [
        (212, 32, 90), (315, 32, 126), (483, 32, 239),
    ]  # fmt: skip
    assert features(networks.resnet50()).size == (427, 427)


def test_mobilenets_field_outgrows_the_picture_at_the_24th_convolution():
    layers = list(networks.features(networks.mobilenet_v1(padding=1)))
    assert receptive_field(layers[: 2 * 23]).size[0] == 219
    assert receptive_field(layers[: 2 * 24]).size[0] == 251
    assert layers[2 * 22][0] == "conv11_pw"
    assert layers[2 * 23][0] == "conv12_dw"


def test_paths_of_a_residual_block_look_one_pixel_apart_with_same_on_even_inputs():
    basic = dict(networks.resnet18())["layer2.0"]
    assert dict(basic.main)["conv1"].padding == ((1, 1), (1, 1))
    point = np.zeros((9, 1, 9, 9))
    point[range(9), 0, range(9), range(9)] = 1  # picture n has its point at (n, n)
    for padding, apart in (("same_upper", 1), (1, 0)):
        main = [Conv2d(64, 128, 3, 2, padding), Conv2d(128, 128, 3, padding=1)]
        for size in (8, 9):
            middle = receptive_field(main, size).center[0]
            assert middle == (apart if size == 8 else 0)
            x = point[:size, :, :size, :size]
            for stride, pad in ((2, padding), (1, 1)):
                x = conv2d(x, np.ones((1, 1, 3, 3)), stride=stride, padding=pad)
            seen = np.flatnonzero(x[:, 0, 1, 1])
            # The middle of output 1's window, from its last pixel: the first may be in the padding.
            assert seen[-1] - 3 == middle + 2
            side = conv2d(point[:size, :, :size, :size], np.ones((1, 1, 1, 1)), stride=2)
            assert np.flatnonzero(side[:, 0, 1, 1]).tolist() == [2]


@pytest.mark.parametrize("kernel", range(1, 6))
@pytest.mark.parametrize("stride", range(1, 5))
def test_the_remainder_is_cut_at_the_end_padding_first(kernel, stride):
    for size in range(kernel, 12):
        for pad in range(3):
            rest = (size - kernel + 2 * pad) % stride
            unread = unread_pixels(Conv2d(1, 1, (1, kernel), (1, stride), (0, pad)), (1, size))[0]
            cut = max(rest - pad, 0)
            assert unread[size - cut :].all()
            last = conv2d_output_size((1, size), (1, kernel), (1, stride), (0, pad))[1] - 1
            end = last * stride - pad + kernel
            assert end == size + pad - rest
            if stride <= kernel:
                assert unread.sum() == cut


def test_even_pooling_of_odd_inputs_cuts_and_padded_3x3_at_stride_2_does_not():
    for size in range(3, 30):
        assert unread_pixels(MaxPool2d(2), size)[-1].all() == (size % 2 == 1)
        assert not unread_pixels(MaxPool2d(2, ceil_mode=True), size).any()
        assert not unread_pixels(Conv2d(1, 1, 3, 2, 1), size).any()


def test_resnets_first_layer_does_not_divide():
    assert (224 - 7 + 2 * 3) % 2 == 1
    assert conv2d_output_size(224, 7, 2, 3) == (112, 112)


@pytest.mark.parametrize("size", range(4, 12))
def test_symmetric_padding_of_an_even_input_is_one_sided(size):
    picture, kernel = np.random.default_rng(size).random((1, size, size)), np.ones((1, 1, 3, 3))
    both = conv2d(picture, kernel, stride=2, padding=1)
    first = conv2d(picture, kernel, stride=2, padding=((1, 0), (1, 0)))
    tensorflow = conv2d(picture, kernel, stride=2, padding="same_upper")
    assert np.array_equal(both, first) == (size % 2 == 0)
    assert both.shape == tensorflow.shape
    assert np.allclose(both, tensorflow) == (size % 2 == 1)


def test_no_odd_kernel_is_centred_at_stride_2_and_even_ones_can_be():
    for kernel in range(1, 10):
        shifts = [receptive_field(Conv2d(1, 1, kernel, 2, p)).shift[0] for p in range(6)]
        assert (0 in shifts) == (kernel % 2 == 0)
    assert receptive_field(Conv2d(1, 1, 3, 2, 1)).shift == (-0.5, -0.5)
    assert receptive_field(Conv2d(1, 1, 3, 2, "same_upper"), 8).shift == (0.5, 0.5)


def test_mobilenet_is_half_a_cell_off_either_way():
    assert sum(0.5 * jump for jump in (1, 2, 4, 8, 16)) == 15.5
    tensorflow, port = (features(networks.mobilenet_v1(padding=p)) for p in ("same_upper", 1))
    assert (tensorflow.center[0], port.center[0]) == (31, 0)
    assert (tensorflow.shift[0], port.shift[0]) == (15.5, -15.5)
    assert (tensorflow.stride[0] - 1) / 2 == 15.5


def test_at_225_both_mobilenets_are_one_and_evenly_spread():
    stacks = [networks.features(networks.mobilenet_v1(padding=p)) for p in ("same_upper", 1)]
    first, second = (receptive_field(stack, 225) for stack in stacks)
    assert first == second
    for size, last in ((224, 192), (225, 224)):
        length = size
        for _, layer in stacks[1]:
            if hasattr(layer, "stride"):
                length, _ = layer.output_size(length)
        field = receptive_field(stacks[1], size)
        assert field.center[0] + (length - 1) * field.stride[0] == last


def test_stripes_alias_and_blurred_ones_do_not():
    stripes = np.tile([1.0, 0.0], 5)[None, None, :]
    moved = np.roll(stripes, 1)
    look, blur = np.ones((1, 1, 1, 1)), np.array([[[[1, 2, 1]]]]) / 4
    seen = [conv2d(x, look, stride=(1, 2)).ravel().tolist() for x in (stripes, moved)]
    assert seen == [[1] * 5, [0] * 5]
    steady = [conv2d(x, blur, stride=(1, 2)) for x in (stripes, moved)]
    assert np.array_equal(*steady)
    # A movement of two pixels moves the output by one.
    picture = np.random.default_rng(0).random((1, 1, 20))
    two = conv2d(np.roll(picture, 2), blur, stride=(1, 2))
    np.testing.assert_allclose(two[..., 1:], conv2d(picture, blur, stride=(1, 2))[..., :-1])


def test_exercises():
    assert conv2d_output_size(32, 5, 2, 2) == (16, 16)
    assert (32 - 5 + 4) % 2 == 1
    assert not unread_pixels(Conv2d(3, 8, 5, 2, 2), 32).any()
    unread = unread_pixels(Conv2d(1, 1, (1, 2), (1, 3)), (1, 10))
    assert np.flatnonzero(unread).tolist() == [2, 5, 8, 9]
    costs = [
        network_cost(Conv2d(c, c, 3, padding=1, bias=False), n) for c, n in ((64, 56), (128, 28))
    ]
    assert costs[1].params == 4 * costs[0].params
    assert 2 * costs[1].output_bytes == costs[0].output_bytes
    pools = [features(networks.resnet50("last 3x3", pad)) for pad in ("same_upper", 1)]
    assert [field.padding[0][0] for field in pools] == [239, 241]
    assert pools[0].size == pools[1].size
    designs = {
        k: [Conv2d(3, 32, k, 2, (k - 1) // 2), Conv2d(32, 64, k, 2, (k - 1) // 2)]
        for k in (4, 3, 2)
    }
    field = receptive_field(designs[4])
    assert (field.size[0], field.stride[0], field.padding[0][0], field.shift[0]) == (10, 4, 3, 0)
    assert receptive_field(designs[2]).shift == (0, 0)
    for stack in (designs[4], designs[2]):
        assert outputs(stack, 224) == 56
        assert not unread_pixels(stack, 224).any()
    macs = {k: network_cost(stack, 224).macs for k, stack in designs.items()}
    assert macs[4] * 9 == macs[3] * 16
    assert macs[2] < macs[3]


def outputs(stack, size):
    for layer in stack:
        size, _ = layer.output_size(size)
    return size


def test_the_beginning_of_alexnet():
    stack = [
        Conv2d(3, 64, 11, stride=4, padding=2),
        MaxPool2d(3, stride=2),
        Conv2d(64, 192, 5, padding=2),
        MaxPool2d(3, stride=2),
    ]
    assert receptive_field(stack[:1]).shift[0] == 1.5
    assert receptive_field(stack).shift[0] == 7.5

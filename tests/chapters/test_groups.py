"""What chapters/groups.md claims in prose."""

import numpy as np
import pytest

from convlib import Conv2d, conv2d, conv2d_cost, network_cost, networks


def moved_outputs(c1, c2, g, channel):
    """Return the numbers, from 1, of the outputs that move with an input channel."""
    rng = np.random.default_rng(0)
    image, weight = rng.standard_normal((c1, 6, 6)), rng.standard_normal((c2, c1 // g, 3, 3))
    disturbed = image.copy()
    disturbed[channel - 1] += 1
    difference = conv2d(disturbed, weight, groups=g) - conv2d(image, weight, groups=g)
    return (1 + np.flatnonzero(difference.any(axis=(1, 2)))).tolist()


def reach(layers, channels, g, shuffle=False):
    """Return which output (column) depends on which input (row) after grouped layers."""
    x = np.eye(channels).reshape(channels, channels, 1, 1)
    for _ in range(layers):
        x = conv2d(x, np.ones((channels, channels // g, 1, 1)), groups=g)
        if shuffle:
            x = x.reshape(channels, g, channels // g, 1, 1).swapaxes(1, 2)
            x = x.reshape(channels, channels, 1, 1)
    return x[:, :, 0, 0] > 0


@pytest.mark.parametrize("channel", range(1, 7))
def test_the_lectures_wiring(channel):
    assert moved_outputs(6, 4, 2, channel) == ([1, 2] if channel <= 3 else [3, 4])
    assert moved_outputs(6, 4, 1, channel) == [1, 2, 3, 4]


@pytest.mark.parametrize("g", [3, 4])
def test_groups_must_divide_both(g):
    with pytest.raises(ValueError, match=r"legal values are 1, 2$"):
        Conv2d(6, 4, 3, groups=g)


@pytest.mark.parametrize("g", [1, 2, 4, 8, 16, 32, 64])
def test_cost_and_weights_are_divided_by_g_and_activations_are_not(g):
    full = conv2d_cost(Conv2d(64, 64, 3, padding=1, bias=False), 56)
    grouped = conv2d_cost(Conv2d(64, 64, 3, padding=1, groups=g, bias=False), 56)
    assert full.macs == 56 * 56 * 9 * 64 * 64
    assert grouped.macs * g == full.macs
    assert grouped.params * g == full.params
    assert grouped.activation_bytes == full.activation_bytes


def test_doubled_channels_cost_four_times_and_four_groups_pay_for_it():
    plain = Conv2d(64, 64, 3, padding=1)
    assert Conv2d(128, 128, 3, padding=1).macs(56) == 4 * plain.macs(56)
    assert Conv2d(128, 128, 3, padding=1, groups=4).macs(56) == plain.macs(56)


@pytest.mark.parametrize("layers", [1, 2, 3, 10])
def test_stacked_groups_never_mix(layers):
    blocks = np.kron(np.eye(2), np.ones((3, 3))).astype(bool)
    np.testing.assert_array_equal(reach(layers, 6, 2), blocks)


def test_a_shuffle_mixes_in_two_layers():
    assert reach(2, 6, 2, shuffle=True).all()
    assert reach(2, 288, 9, shuffle=True).all()
    assert not reach(1, 288, 9, shuffle=True).all()


def test_alexnets_second_convolution():
    # Krizhevsky et al., section 3.5: 256 kernels of size 5 x 5 x 48.
    layer = Conv2d(96, 256, 5, padding=2, groups=2, bias=False)
    assert layer.params == 256 * 5 * 5 * 48
    assert 2 * layer.macs(27) == Conv2d(96, 256, 5, padding=2).macs(27) == 447_897_600


def test_resnext_has_more_channels_for_nearly_the_same_cost():
    resnet, resnext = networks.resnet50(), networks.resnext50_32x4d()
    middle = [dict(dict(net)["layer1.1"].main)["conv2"] for net in (resnet, resnext)]
    assert [(layer.out_channels, layer.groups) for layer in middle] == [(64, 1), (128, 32)]
    # The grouped layer costs an eighth, and the 1 x 1 layers around it twice as much.
    assert middle[0].macs(1) == 8 * middle[1].macs(1)
    for name in ("conv1", "conv3"):
        one, two = (dict(dict(net)["layer1.1"].main)[name].macs(1) for net in (resnet, resnext))
        assert two == 2 * one
    totals = [
        sum(layer.macs(1) for name, layer in dict(net)["layer1.1"].main if "conv" in name)
        for net in (resnet, resnext)
    ]
    assert totals == [69_632, 70_144]
    costs = [network_cost(net, 224) for net in (resnet, resnext)]
    assert [round(cost.macs / 1e9, 2) for cost in costs] == [4.09, 4.23]
    assert [round(cost.params / 1e6, 1) for cost in costs] == [25.6, 25.0]


def test_solutions():
    layer = Conv2d(64, 128, 3, padding=1, groups=4, bias=False)
    assert (layer.params, layer.macs(28)) == (18_432, 14_450_688)
    assert moved_outputs(12, 8, 4, 5) == [3, 4]
    assert [c for c in range(1, 13) if 8 in moved_outputs(12, 8, 4, c)] == [10, 11, 12]
    with pytest.raises(ValueError, match=r"legal values are 1$"):
        Conv2d(3, 64, 3, groups=2)
    with pytest.raises(ValueError, match="does not divide out_channels=64"):
        Conv2d(3, 64, 3, groups=3)
    assert Conv2d(96, 96, 3).macs(30) == Conv2d(288, 288, 3, groups=9).macs(30)

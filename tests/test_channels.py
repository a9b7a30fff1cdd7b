"""The image's channels: given with its size, or named by the first layer that knows them."""

import random
import re

import numpy as np
import pytest

from convlib import (
    Conv2d,
    Linear,
    MaxPool2d,
    network_cost,
    networks,
    receptive_field,
    unread_pixels,
)
from convlib.blocks import BatchNorm2d, Flatten
from convlib.branches import Concat, Residual
from convlib.cost import Cost
from convlib.plots.choice import plot_layer_macs
from convlib.plots.cost import plot_roofline
from convlib.pool import AdaptiveAvgPool2d, AvgPool2d
from convlib.receptive_field import ReceptiveField
from convlib.timing import Machine

# Everything that reads a network at a size; what they return can be compared.
READERS = {
    "network_cost": network_cost,
    "layer_table": networks.layer_table,
    "receptive_field": receptive_field,
    "unread_pixels": lambda layers, size: unread_pixels(layers, size).tolist(),
    "plot_roofline": lambda layers, size: plot_roofline(layers, size, Machine(1e11, 1e10)).alt,
    "plot_layer_macs": lambda layers, size: plot_layer_macs(layers, size, "it").alt,
}


def random_stack(chance, channels):
    """Return layers, poolings and branches first, until one names the channels; then some more.

    Also the channels after them, and the product of their strides.
    """
    layers, jump, channels_now = [], 1, channels
    for _ in range(chance.randint(0, 3)):
        kind = chance.choice(["max", "average", "residual", "concat"])
        kernel, stride = chance.choice([1, 3]), chance.choice([1, 2])
        pool = MaxPool2d(kernel, stride, kernel // 2)
        if kind == "average":
            pool = AvgPool2d(kernel, stride, kernel // 2)
        if kind == "residual":
            pool, stride = Residual(MaxPool2d(3, 1, 1)), 1
        if kind == "concat":
            pool = Concat([pool, AvgPool2d(3, stride, 1)])
            channels_now *= 2
        jump *= stride
        layers.append(pool)
    if chance.random() < 0.3:
        layers.append(BatchNorm2d(channels_now))
    groups = chance.choice([1, channels_now])
    layers.append(Conv2d(channels_now, 2 * channels_now, 3, padding=1, groups=groups))
    return layers, 2 * channels_now, jump


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("seed", range(25))
def test_said_or_named_is_the_same(reader, seed):
    chance = random.Random(seed)
    channels, size = chance.randint(1, 4), (chance.randint(9, 24), chance.randint(9, 24))
    layers, _, _ = random_stack(chance, channels)
    read = READERS[reader]
    assert read(layers, [channels, *size]) == read(layers, (channels, *size)) == read(layers, size)
    with pytest.raises(ValueError, match=r"(in_channels|num_features)=\d+ does not fit"):
        read(layers, (channels + 1, *size))


@pytest.mark.parametrize("seed", range(25))
def test_fully_connected_layers_count_pixels(seed):
    # The obvious loops: every output of a fully connected layer meets every number before it.
    chance = random.Random(seed)
    channels, height, width = (chance.randint(1, 5) for _ in range(3))
    widths = [chance.randint(1, 6) for _ in range(chance.randint(1, 3))]
    head, features, macs = [], channels * height * width, 0
    if chance.random() < 0.5:
        head.append(Flatten())
    for out_features in widths:
        head.append(Linear(features, out_features))
        macs += sum(1 for _ in range(features) for _ in range(out_features))
        features = out_features
    cost = network_cost(head, (channels, height, width))
    assert cost.macs == macs
    assert cost == network_cost(
        [x for x in head if not isinstance(x, Flatten)], (channels, height, width)
    )
    if height * width == 1:
        assert network_cost(head, (height, width)) == cost
        return
    fitting = re.escape(f"as in input_size=({channels}, {height}, {width})")
    with pytest.raises(ValueError, match=f"does not say how many channels.*{fitting}"):
        network_cost(head, (height, width))


def test_what_the_issue_asked_for():
    perceptron, pooled = [Linear(784, 256), Linear(256, 10)], [AvgPool2d(2), Linear(196, 10)]
    assert network_cost(perceptron, (1, 28, 28)).macs == 784 * 256 + 256 * 10
    assert network_cost(pooled, (1, 28, 28)).macs == 1960
    for network, name in ((perceptron, "0"), (pooled, "1")):
        sentence = rf"in_features=\d+ of {name} are channels times pixels.*=\(1, 28, 28\)"
        for read in (network_cost, networks.layer_table):
            with pytest.raises(ValueError, match=sentence):
                read(network, 28)
        with pytest.raises(ValueError, match=r"in_features=\d+ does not fit an input of shape \(3"):
            network_cost(network, (3, 28, 28))


def test_a_single_pixel_tells_the_channels_apart():
    for head in ([Linear(64, 10)], [Flatten(), Linear(64, 10)]):
        assert network_cost(head, 1).macs == 640
        for pool in (AdaptiveAvgPool2d(1), AvgPool2d(28), MaxPool2d(28)):
            rows = networks.layer_table([pool, *head], 28)
            assert rows[0].output_shape == (64, 1, 1)


@pytest.mark.parametrize("layers", [[MaxPool2d(2)], MaxPool2d(2), [Residual([MaxPool2d(3, 1, 1)])]])
def test_poolings_alone_name_no_channels(layers):
    with pytest.raises(
        ValueError, match=r"does not say.*; give them, as in input_size=\(3, 8, 9\)"
    ):
        network_cost(layers, (8, 9))
    assert network_cost(layers, (3, 8, 9)).input_bytes == 4 * 3 * 8 * 9
    # What does not depend on channels needs none.
    assert unread_pixels(layers, (8, 9)).shape == (8, 9)


def test_copies_that_no_channel_count_fits_are_refused():
    doubled = [("mix", Concat([MaxPool2d(3, 1, 1), []])), ("conv", Conv2d(6, 4, 1))]
    assert networks.layer_table(doubled, 8)[0].output_shape == (3, 8, 8)
    doubled[1] = ("conv", Conv2d(7, 4, 1))
    with pytest.raises(
        ValueError, match=r"conv: in_channels=7 does not fit 2 copies.*multiples of 2"
    ):
        network_cost(doubled, 8)


def test_nothing_costs_nothing_and_sees_its_pixel():
    for size in (1, (8, 9), (3, 8, 9)):
        assert network_cost([], size) == Cost()
        assert networks.layer_table([], size) == []
        assert receptive_field([], size) == ReceptiveField()
        assert not unread_pixels([], size).any()
    assert networks.features([]) == ()
    assert networks.convolutions([]) == []
    for read in (network_cost, networks.layer_table, receptive_field, unread_pixels):
        with pytest.raises(ValueError, match="input_size=0 is out of range"):
            read([], 0)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("size", "error", "message"),
    [
        ((1, 2, 3, 4), ValueError, r"input_size=\(1, 2, 3, 4\) has 4 entries.*\(H, W\), or \(C, H"),
        ((), ValueError, r"input_size=\(\) has 0 entries"),
        ((0, 8, 8), ValueError, r"input_size\[0\]=0 is out of range"),
        ((3, 8, 0), ValueError, r"input_size\[2\]=0 is out of range"),
        ((3, 8.0, 8), TypeError, r"input_size\[1\]=8.0 is of type float"),
        ((True, 8, 8), TypeError, r"input_size\[0\]=True is a bool"),
        ("8", TypeError, r"input_size='8' is of type str; .*, a pair \(H, W\) or \(C, H, W\)"),
        (np.array([3, 8, 8]), TypeError, r"input_size=array.* is of type ndarray"),
    ],
)
def test_sizes_that_are_none_are_named(reader, size, error, message):
    with pytest.raises(error, match=message):
        READERS[reader]([Conv2d(3, 4, 3)], size)


def test_flattening_ends_what_has_a_field():
    network = [Conv2d(3, 4, 3), Flatten(), Linear(4 * 36, 2)]
    assert len(networks.features(network)) == 1
    rows = networks.layer_table(network, 8)
    assert [row.output_shape for row in rows] == [(4, 6, 6), (144, 1, 1), (2, 1, 1)]
    assert (rows[1].macs, rows[1].params, rows[1].field) == (0, 0, None)
    assert not unread_pixels(network, 8).any()
    unflattened = [network[0], network[2]]
    assert network_cost(network, 8) == network_cost(unflattened, 8)

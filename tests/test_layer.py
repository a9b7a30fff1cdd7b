"""Conv2d: its fields, and its numbers against counting and against published ones."""

from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
import reference
from hypothesis import given
from strategies import settings

from convlib import Conv2d, conv2d


@given(settings())
def test_numbers_equal_those_of_the_arrays(setting):
    channels, out_channels = setting.input.shape[1], len(setting.weight)
    stride, padding, dilation, groups, _ = setting.arguments
    bias = setting.bias is not None
    layer = Conv2d(channels, out_channels, setting.kernel, stride, padding, dilation, groups, bias)
    size = layer.output_size(setting.size)
    assert size == reference.output_size(
        setting.size, setting.kernel, stride, setting.ends, dilation
    )
    assert layer.params == setting.weight.size + (setting.bias.size if bias else 0)
    # Every product counts once: a convolution of ones by ones adds up to the MACs.
    ones = np.ones((channels, *setting.size)), np.ones_like(setting.weight)
    y = conv2d(*ones, None, stride, padding, dilation, groups, pad_value=1)
    assert layer.macs(setting.size) == y.sum()


# (layer, input pixels, output, MACs, parameters)
PUBLISHED = [
    (Conv2d(3, 64, 7, 2, 3, bias=False), 224, (112, 112), 118_013_952, 9_408),  # ResNet
    (Conv2d(3, 64, 3, padding=1), 224, (224, 224), 86_704_128, 1_792),  # VGG conv1_1
    (Conv2d(512, 512, 3, padding=1), 14, (14, 14), 462_422_016, 2_359_808),  # VGG conv5
    (Conv2d(3, 96, 11, 4), 227, (55, 55), 105_415_200, 34_944),  # AlexNet conv1
    (Conv2d(96, 256, 5, padding=2, groups=2), 27, (27, 27), 223_948_800, 307_456),  # conv2
    # MobileNet's 14 x 14 x 512 block, its Table 3: 52.3 M together against 462 M
    (Conv2d(512, 512, 3, padding=1, groups=512, bias=False), 14, (14, 14), 903_168, 4_608),
    (Conv2d(512, 512, 1, bias=False), 14, (14, 14), 51_380_224, 262_144),
    (Conv2d(4, 6, (1, 3), (1, 2), ((0, 0), (1, 0)), groups=2), (5, 8), (5, 4), 720, 42),
]


@pytest.mark.parametrize(("layer", "pixels", "size", "macs", "params"), PUBLISHED)
def test_published_numbers(layer, pixels, size, macs, params):
    assert (layer.output_size(pixels), layer.macs(pixels), layer.params) == (size, macs, params)


def test_fields_stand_in_the_order_of_pytorch():
    got = [(field.name, field.default) for field in fields(Conv2d)][3:]
    assert [field.name for field in fields(Conv2d)][:3] == [
        "in_channels", "out_channels", "kernel_size",
    ]  # fmt: skip
    assert got == [
        ("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1), ("bias", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given_padding", "kept"),
    [
        (2, ((2, 2), (2, 2))),
        ((1, 2), ((1, 1), (2, 2))),
        ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
        ("same_upper", "same_upper"),
    ],
)
def test_values_are_kept_in_one_form(given_padding, kept):
    layer = Conv2d(np.int8(2), 4, 3, [1, 2], given_padding, np.int64(2), 2)
    assert layer.in_channels == 2
    assert type(layer.in_channels) is int
    assert (layer.kernel_size, layer.stride, layer.dilation) == ((3, 3), (1, 2), (2, 2))
    assert layer.padding == kept


def test_equal_layers_are_equal_however_they_are_spelled():
    layers = [
        Conv2d(3, 8, 3, 1, 1),
        Conv2d(3, 8, (3, 3), stride=[1, 1], padding=((1, 1), (1, 1))),
        Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding=(1, 1)),
        replace(Conv2d(3, 9, 3, padding=1), out_channels=8),
    ]
    assert len(set(layers)) == 1
    assert all(layer == layers[0] for layer in layers)
    others = [
        replace(layers[0], **change)
        for change in ({"in_channels": 4}, {"stride": 2}, {"padding": "same"}, {"bias": False})
    ]
    assert len({*layers, *others}) == 5


@pytest.mark.parametrize("name", [field.name for field in fields(Conv2d)] + ["params"])
def test_nothing_can_be_assigned(name):
    layer = Conv2d(3, 8, 3)
    with pytest.raises((FrozenInstanceError, AttributeError), match=name):
        setattr(layer, name, 1)
    assert layer == Conv2d(3, 8, 3)

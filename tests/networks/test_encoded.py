"""The walk through a design, against the library's own networks, layer by layer."""

import random

import pytest

from convlib import Conv2d, MaxPool2d, network_cost, networks
from convlib.blocks import Flatten
from convlib.branches import Concat, Residual
from convlib.kernels import network_walk as k
from convlib.kernels.network_rules import (
    FINE,
    GROUPS_INPUT,
    GROUPS_OUTPUT,
    TOO_TALL,
    TOO_WIDE,
    UNEQUAL,
    UNREACHED,
    scaled_channels,
)
from convlib.networks import encoded
from convlib.pool import AvgPool2d
from convlib.widgets.network_designer import NETWORKS

SEQUENTIAL = (networks.vgg16, networks.by_the_rules, networks.mobilenet_v1)


def shape(row):
    return tuple(row[k.CHANNELS : k.WIDTH + 1])


def compare(names, found, network, size):
    """Assert that rows equal those of `layer_table`; normalisation adds to the row before it."""
    rows = dict(zip(names, found, strict=False))
    params = {}
    name = None
    for row in networks.layer_table(network, size):
        name = name if row.layer == "BatchNorm2d" else row.name
        params[name] = params.get(name, 0) + row.params
        if name not in rows or row.layer == "BatchNorm2d":
            continue
        got = rows[name]
        assert got[k.STATE] == FINE, name
        assert shape(got) == row.output_shape, name
        assert got[k.MACS] == row.macs, name
        pairs = ((row.field, k.FIELD_H), (row.stride, k.JUMP_H), (row.shift, k.SHIFT_H))
        for expected, column in pairs:
            assert tuple(got[column : column + 2]) == (expected or (0, 0)), name
    for name, expected in params.items():
        assert rows[name][k.PARAMS] == expected, name


@pytest.mark.parametrize("size", [224, 225, (97, 160), 64])
@pytest.mark.parametrize("entry", NETWORKS, ids=lambda entry: entry[0])
def test_published_networks_are_walked_as_the_library_walks_them(entry, size):
    network = entry[1]()
    names, rows = encoded.encoded(network)
    size = (size, size) if isinstance(size, int) else size
    found = encoded.walked(rows, size)
    compare(names, found, network, size)
    cost = network_cost(network, size)
    assert (found[-1, k.MACS], found[-1, k.PARAMS]) == (cost.macs, cost.params)


@pytest.mark.parametrize("percent", [25, 50, 75, 100, 125, 150, 200])
@pytest.mark.parametrize("make", [networks.mobilenet_v1, networks.mobilenet_v2])
def test_width_multiplier_is_mobilenets(make, percent):
    fixed = ("conv1",) if make is networks.mobilenet_v2 else ()
    names, rows = encoded.encoded(make(), fixed)
    compare(names, encoded.walked(rows, (224, 224), percent), make(width=percent / 100), 224)


def test_widths_are_multiples_of_8_within_a_tenth():
    for channels in range(8, 2049, 8):
        assert scaled_channels(channels, 100) == channels
        for percent in range(25, 201, 25):
            scaled = scaled_channels(channels, percent)
            assert scaled % 8 == 0
            assert scaled >= max(8, 0.9 * channels * percent / 100)


def rebuilt(network, edits):
    """Return a network without branches with its layers changed, channels passed on."""
    layers, channels = [], 3
    for name, layer in network:
        if isinstance(layer, Conv2d):
            depthwise = layer.groups == layer.in_channels > 1
            changed = edits.get(name, {})
            out_channels = changed.get(
                "out_channels", channels if depthwise else layer.out_channels
            )
            groups = changed.get("groups", channels if depthwise else layer.groups)
            padding = changed.get("padding", layer.padding)
            layer = Conv2d(
                channels,
                out_channels,
                changed.get("kernel", layer.kernel_size),
                changed.get("stride", layer.stride),
                "same_upper" if padding == -1 else padding,
                changed.get("dilation", layer.dilation),
                groups or channels,
                layer.bias,
            )
            channels = out_channels
        elif hasattr(layer, "num_features"):
            layer = type(layer)(channels)
        elif hasattr(layer, "in_features"):
            area = 49 if name == "fc6" else 1
            width = channels * area if name in ("fc6", "fc") else layer.in_features
            layer = type(layer)(width, layer.out_features, layer.bias)
        layers.append((name, layer))
    return layers


def random_edits(chance, names):
    ranges = {
        "kernel": lambda: chance.randint(1, 11),
        "stride": lambda: chance.randint(1, 4),
        "padding": lambda: chance.randint(-1, 5),
        "dilation": lambda: chance.randint(1, 4),
        "out_channels": lambda: 8 * chance.randint(1, 64),
        "groups": lambda: chance.choice([0, 1, 1, 2, 3, 4, 8, 16]),
    }
    edits = {}
    for name in chance.sample(names, chance.randint(1, 4)):
        knobs = chance.sample(sorted(ranges), chance.randint(1, 3))
        edits[name] = {knob: ranges[knob]() for knob in knobs}
    return edits


@pytest.mark.parametrize("seed", range(60))
def test_changed_layers_are_as_conv2d_says(seed):
    chance = random.Random(seed)
    network = chance.choice(SEQUENTIAL)()
    names, rows = encoded.encoded(network)
    convs = [name for name, row in zip(names, rows, strict=True) if row[k.KIND] == k.CONV]
    edits = random_edits(chance, convs)
    size = (chance.randint(32, 300), chance.randint(32, 300))
    found = encoded.walked(encoded.edited(names, rows, edits), size)
    states = set(found[:, k.STATE])
    try:
        changed = rebuilt(network, edits)
        networks.layer_table(changed, size)
    except ValueError:
        assert states - {FINE}
        assert found[-1, k.STATE] != FINE
        return
    assert states == {FINE}
    compare(names, found, changed, size)


@pytest.mark.parametrize("seed", range(40))
def test_poolings_that_round_up_are_walked_as_the_library_walks_them(seed):
    chance = random.Random(seed)
    layers, channels = [], 3
    for at in range(chance.randint(2, 6)):
        kernel, stride = chance.randint(1, 4), chance.randint(1, 4)
        if chance.random() < 0.4:
            layers.append((f"conv{at}", Conv2d(channels, 4, kernel, stride, kernel // 2)))
            channels = 4
        else:
            kind, padding = chance.choice([AvgPool2d, MaxPool2d]), chance.randint(0, kernel // 2)
            pool = kind(kernel, stride, padding, ceil_mode=chance.random() < 0.7)
            layers.append((f"pool{at}", pool))
    size = (chance.randint(1, 60), chance.randint(1, 60))
    names, rows = encoded.encoded(layers)
    found = encoded.walked(rows, size)
    try:
        networks.layer_table(layers, (3, *size))
    except ValueError:
        assert {TOO_TALL, TOO_WIDE} & set(found[:, k.STATE])
        return
    compare(names, found, layers, (3, *size))


@pytest.mark.parametrize("layer", [Concat([Conv2d(3, 3, 1), []]), Flatten()])
def test_what_the_table_has_no_row_for_is_refused(layer):
    kind = type(layer).__name__
    with pytest.raises(ValueError, match=f"odd: the designer's table has no row for a {kind}"):
        encoded.encoded([("odd", layer)])


def states(network, size, edits):
    names, rows = encoded.encoded(network)
    found = encoded.walked(encoded.edited(names, rows, edits), size)
    return dict(zip(names, found[:, k.STATE], strict=False))


@pytest.mark.parametrize(
    ("values", "size", "state"),
    [
        ({"groups": 3}, (64, 64), GROUPS_INPUT),
        ({"groups": 8, "out_channels": 12}, (64, 64), GROUPS_OUTPUT),
        ({"kernel": 11, "padding": 0}, (20, 64), TOO_TALL),
        ({"kernel": 11, "padding": 0}, (64, 20), TOO_WIDE),
        ({"kernel": 11, "padding": 0}, (22, 22), FINE),
    ],
)
def test_what_is_illegal_is_named_and_the_rest_is_unreached(values, size, state):
    got = states(networks.vgg16(), size, {"conv2_2": values})
    assert got["conv2_1"] == FINE
    assert got["conv2_2"] == state
    if state != FINE:
        assert {got["pool2"], got["fc8"]} == {UNREACHED}


def test_paths_that_are_added_must_be_equal():
    network = networks.resnet18()
    got = states(network, (224, 224), {"layer1.0.conv1": {"out_channels": 128}})
    assert set(got.values()) == {FINE}
    got = states(network, (224, 224), {"layer1.0.conv2": {"out_channels": 128}})
    assert (got["layer1.0"], got["layer1.1.conv1"]) == (UNEQUAL, UNREACHED)
    from_image = [("block", Residual([("a", Conv2d(3, 3, 3, padding=1))]))]
    assert states(from_image, (9, 9), {})["block"] == FINE
    assert states(from_image, (9, 9), {"block.a": {"stride": 2}})["block"] == UNEQUAL


def test_large_costs_are_exact():
    layers = [(f"c{i}", Conv2d(c, 4096, 11, padding=5)) for i, c in enumerate((3, 4096, 4096))]
    found = encoded.walked(encoded.encoded(layers)[1], (512, 512))
    macs = sum(conv.macs(512) for _, conv in layers)
    assert macs > 2**49
    assert int(found[-1, k.MACS]) == macs


def test_word_paddings_other_than_same_upper_are_refused():
    with pytest.raises(ValueError, match="same_lower"):
        encoded.encoded([("pool", MaxPool2d(2, padding="same_lower"))])

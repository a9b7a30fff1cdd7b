"""What chapters/choice.md and chapters/summary.md claim in prose."""

from collections import Counter
from itertools import product

import pytest

from convlib import (
    Conv2d,
    compare_convolutions,
    conv2d_cost,
    conv2d_output_size,
    network_cost,
    networks,
    receptive_field,
)
from convlib.design_space import designs_left
from convlib.widgets import NetworkDesigner

PUBLISHED = (
    networks.vgg16(),
    networks.resnet18(),
    networks.resnet50(),
    networks.resnext50_32x4d(),
    networks.mobilenet_v1(),
    networks.mobilenet_v2(),
)
LAYERS = [conv for network in PUBLISHED for conv in networks.convolutions(network)]


def rows(network, size=224):
    return {row.name: row for row in networks.layer_table(network, size)}


def test_fifty_one_million_layers_and_four_by_the_rules():
    steps = dict(designs_left(64))
    assert steps["all of them"] == 50_978_816 == (7 * 4 * 4 * 2) ** 2 * 1016
    assert sum(64 % g == 0 == c2 % g for c2 in range(1, 513) for g in range(1, 65)) == 1016
    assert steps["C₂ = s C₁"] == 4
    assert list(steps.values()) == sorted(steps.values(), reverse=True)
    assert len(networks.convolutions(networks.vgg16())) == 13


def test_designs_counted_one_by_one():
    axis = list(product(range(1, 8), range(4), range(1, 5), range(1, 3)))
    groups = [(c2, g) for c2 in range(1, 17) for g in range(1, 9) if 8 % g == 0 == c2 % g]
    count, obey = 0, 0
    for (h, p_h, s_h, d_h), (w, p_w, s_w, d_w) in product(axis, axis):
        count += len(groups)
        if s_w == s_h <= 2 and w == h and w in (1, 3) and d_h == d_w == 1 and p_h == p_w:
            obey += sum(2 * p_h == h - 1 and g == 1 and c2 == s_h * 8 for c2, g in groups)
    steps = designs_left(8, most_channels=16)
    assert (steps[0][1], steps[-1][1]) == (count, obey)


@pytest.mark.parametrize("in_channels", [0, -1])
def test_designs_need_a_channel(in_channels):
    with pytest.raises(ValueError, match="in_channels"):
        designs_left(in_channels)


def test_what_published_networks_use():
    assert len(LAYERS) == 218
    assert Counter(conv.kernel_size for conv in LAYERS) == {(1, 1): 122, (3, 3): 93, (7, 7): 3}
    assert Counter(conv.stride for conv in LAYERS) == {(1, 1): 187, (2, 2): 31}
    assert {conv.dilation for conv in LAYERS} == {(1, 1)}
    for conv in LAYERS:
        if conv.padding == "same_upper":
            assert conv.kernel_size == (3, 3)
        else:
            assert {2 * p + 1 for ends in conv.padding for p in ends} == set(conv.kernel_size)
    paper = {conv.kernel_size for conv in networks.convolutions(networks.googlenet("paper"))}
    assert paper - {conv.kernel_size for conv in LAYERS} == {(5, 5)}
    sevens = [conv for conv in LAYERS if conv.kernel_size == (7, 7)]
    assert {conv.in_channels for conv in sevens} == {3}
    ratios = Counter(conv.out_channels / conv.in_channels for conv in LAYERS)
    assert (ratios[1] + ratios[2]) / len(LAYERS) > 0.5
    firsts = {conv.out_channels / conv.in_channels for conv in LAYERS if conv.in_channels == 3}
    assert firsts == {64 / 3, 32 / 3}


def test_1x1_with_stride_2_stands_in_shortcuts_only_as_torchvision_builds_them():
    found = 0
    for network in PUBLISHED:
        convs = networks.convolutions(network)
        names = [name for name, row in rows(network).items() if row.layer == "Conv2d"]
        for name, conv in zip(names, convs, strict=True):
            if conv.kernel_size == (1, 1) and conv.stride == (2, 2):
                assert "downsample" in name
                found += 1
    assert found == 9
    paper = networks.convolutions(networks.resnet50(stride_on="1x1"))
    assert sum((*c.kernel_size, *c.stride) == (1, 1, 2, 2) for c in paper) == 3 + 3


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_channels_times_stride_keep_the_cost_and_not_the_parameters(stride):
    size, channels = 36, 8
    before = Conv2d(channels, channels, 3, padding=1, bias=False)
    halves = Conv2d(channels, stride * channels, 3, stride=stride, padding=1, bias=False)
    wide = Conv2d(stride * channels, stride * channels, 3, padding=1, bias=False)
    (small, _) = halves.output_size(size)
    assert small == size // stride
    assert wide.macs(small) == before.macs(size)
    assert wide.params == stride**2 * before.params
    assert halves.macs(size) == before.macs(size) / stride
    cost, more = (conv2d_cost(c, n) for c, n in ((before, size), (wide, small)))
    assert more.output_bytes == cost.output_bytes / stride


def test_resnet18_is_constant_and_where_the_rule_does_not_hold():
    table = rows(networks.resnet18())
    ones = [f"layer{stage}.1.conv2" for stage in (1, 2, 3, 4)]
    assert {table[name].macs for name in ones} == {115_605_504}
    assert {table[f"layer{stage}.0.conv1"].macs for stage in (2, 3, 4)} == {115_605_504 // 2}
    convs = networks.convolutions(networks.resnet18())
    kept = [c.out_channels == c.stride[0] * c.in_channels for c in convs]
    assert kept == [False, *[True] * 19]
    vgg = rows(networks.vgg16())
    assert 4 * vgg["conv5_2"].macs == vgg["conv4_2"].macs
    assert conv2d_output_size(7, 3, 2, 1) == (4, 4)
    assert round(100 * 16 / 49) == 33


def bars(network):
    """Return each convolution of a network with its MACs."""
    macs = [row.macs for row in rows(network).values() if row.layer == "Conv2d"]
    return list(zip(networks.convolutions(network), macs, strict=True))


def test_what_the_captions_say_of_the_bars():
    resnet = bars(networks.resnet18())
    (usual,) = {macs for conv, macs in resnet if conv.stride == (1, 1)}
    low = [conv for conv, macs in resnet if macs < usual / 4]
    assert {(conv.kernel_size, conv.stride) for conv in low} == {((1, 1), (2, 2))}

    *_, before, (one, a), (two, b), (three, c) = bars(networks.vgg16())
    assert {conv.out_channels for conv in (before[0], one, two, three)} == {512}
    assert a == b == c == before[1] / 4

    mobile = bars(networks.mobilenet_v2())
    depthwise = [n for n, (conv, _) in enumerate(mobile) if conv.groups == conv.in_channels]
    assert depthwise == list(range(1, len(mobile) - 1, 3))
    for n in depthwise:
        assert mobile[n][1] < min(mobile[n - 1][1], mobile[n + 1][1])


def test_eight_layers_see_17_or_91_pixels():
    for strides, size in (((1,) * 8, 17), ((2, 1) * 4, 91)):
        stack = [Conv2d(8, 8, 3, stride=s, padding=1) for s in strides]
        assert receptive_field(stack).size == (size, size)


def test_network_by_the_rules_obeys_them():
    network = networks.by_the_rules()
    first, *convs = networks.convolutions(network)
    for conv in (first, *convs):
        assert (conv.kernel_size, conv.groups) == ((3, 3), 1)
        assert conv.padding == ((1, 1), (1, 1))
        assert conv.out_channels.bit_count() == 1
    assert all(conv.out_channels == conv.stride[0] * conv.in_channels for conv in convs)
    table = [row for row in rows(network).values() if row.layer == "Conv2d"]
    assert {row.macs for row in table[1::2]} == {115_605_504}
    assert {2 * row.macs for row in table[2::2]} == {115_605_504}
    for above, below in zip(table[1::2], table[3::2], strict=False):
        assert below.params == 4 * above.params
        assert below.field[0] > 2 * above.field[0]


def total(explorer):
    names, _, found = explorer.found()
    columns = explorer.columns
    fields = found[found[:, columns["FIELD_H"]] > 0]
    return names, found, fields[-1, columns["SHIFT_H"]]


def test_the_designers_three_questions():
    names, strided, _ = total(NetworkDesigner(edits={"conv1_2": {"stride": 2}}))
    _, plain, _ = total(NetworkDesigner())
    columns = NetworkDesigner().columns
    macs, params = columns["MACS"], columns["PARAMS"]
    for name, before, after in zip(names, plain, strided, strict=False):
        assert before[params] == after[params]
        share = 1 if name == "conv1_1" or name.startswith("fc") else 4
        assert before[macs] == share * after[macs], name
    first = {"conv2_1": {"stride": 2, "out_channels": 256}}
    both = {**first, "conv2_2": {"out_channels": 256}}
    cost = dict(zip(names, plain[:, macs], strict=False))
    for edits, keep in ((first, []), (both, ["conv2_2"])):
        again, found, _ = total(NetworkDesigner(edits=edits))
        changed = dict(zip(again, found[:, macs], strict=False))
        convs = [name for name in names if name.startswith("conv") and name[4] != "1"]
        assert [name for name in convs if changed[name] == cost[name]] == keep
    assert changed["conv2_2"] == cost["conv2_2"] == 1_849_688_064
    strided = ["conv0", "conv2_dw", "conv4_dw", "conv6_dw", "conv12_dw"]
    for changed, shift in ((0, 15.5), (3, 8.5), (5, -15.5)):
        edits = {name: {"padding": 1} for name in strided[:changed]}
        _, found, got = total(NetworkDesigner(network=4, edits=edits))
        assert got == shift
        assert found[-1, macs] == 568_740_352


def test_exercises():
    assert Conv2d(128, 256, 3, stride=2, padding=1).output_shape((128, 56, 56)) == (256, 28, 28)
    full = network_cost(networks.mobilenet_v1(), 224).macs
    half = network_cost(networks.mobilenet_v1(width=0.5), 224).macs
    small = network_cost(networks.mobilenet_v1(), 112).macs
    assert 0.25 < half / full < 0.27
    assert 0.25 < small / full < 0.27
    for channels, fits in ((32, False), (24, True), (16, True)):
        network = networks.by_the_rules(channels)
        assert (network_cost(network, 224).macs <= 0.5e9) == fits
        assert receptive_field(networks.features(network)).size[0] >= 150


@pytest.mark.parametrize(("w", "d"), list(product((1, 3, 5, 7), (1, 2, 3))))
def test_summarys_size_padding_and_shift(w, d):
    padding = d * (w - 1) // 2
    assert conv2d_output_size(30, w, padding=padding, dilation=d) == (30, 30)
    for p, s in product((padding, padding + 1), (1, 2, 3)):
        expected = (30 + 2 * p - d * (w - 1) - 1) // s + 1
        assert conv2d_output_size(30, w, s, p, d) == (expected, expected)
    one_sided = Conv2d(1, 1, w, padding=((2 * padding, 0), (padding, padding)), dilation=d)
    assert receptive_field(one_sided).shift == (-(2 * padding - d * (w - 1) / 2), 0)


def test_summarys_costs_and_fields():
    vanilla, _, depthwise, pair = compare_convolutions(64, 128, 3, 28, groups=2)
    area = 28 * 28
    assert depthwise.cost.macs == area * 9 * 64
    assert pair.cost.macs == area * 64 * (9 + 128)
    assert pair.cost.macs / vanilla.cost.macs == pytest.approx(1 / 128 + 1 / 9)
    strides, kernels, dilations = (2, 1, 3), (3, 5, 3), (1, 2, 1)
    stack = [
        Conv2d(1, 1, w, s, dilation=d) for w, s, d in zip(kernels, strides, dilations, strict=True)
    ]
    field = receptive_field(stack)
    assert field.size[0] == 1 + 1 * 2 * 1 + 2 * 4 * 2 + 1 * 2 * 2
    assert field.stride[0] == 2 * 1 * 3
    padded = [Conv2d(1, 1, 3, s, p) for s, p in ((2, 1), (1, 2), (2, 0))]
    field = receptive_field(padded)
    behind = 1 + 2 * 2 + 0 * 2
    assert field.shift[0] == (field.size[0] - field.stride[0]) / 2 - behind
    for size in (223, 225):
        assert conv2d_output_size(size, 3, 2, 1)[0] == (size + 1) // 2

"""What chapters/depthwise.md claims in prose."""

import numpy as np
import pytest

from convlib import (
    Conv2d,
    compare_convolutions,
    depthwise_conv2d,
    network_cost,
    networks,
    pad2d,
    pointwise_conv2d,
)
from convlib.widgets import photograph
from convlib.widgets.channel_mixing_presets import PRESETS, presets, yellowness


@pytest.fixture(scope="module")
def picture():
    return photograph() / 255


@pytest.fixture(scope="module")
def maps(picture):
    """Return the rule's map, and each layer's least squares fit to it."""
    target = yellowness(picture)
    windows = np.lib.stride_tricks.sliding_window_view(pad2d(picture, 1), (3, 3), axis=(1, 2))
    windows = windows.reshape(3, -1, 9)
    reads = {
        **dict(zip(("red", "green", "blue"), windows, strict=True)),
        "mix": picture.reshape(3, -1).T,
        "pair": np.hstack(windows),
    }
    fits = {"rule": target}
    for name, numbers in reads.items():
        columns = np.column_stack([numbers, np.ones(len(numbers))])
        fitted = np.linalg.lstsq(columns, target.ravel())[0]
        fits[name] = (columns @ fitted).reshape(target.shape)
    return fits


def test_depthwise_divides_by_the_output_channels():
    full, _, depthwise, pair = compare_convolutions(512, 512, 3, 14, groups=1)
    assert full.cost.macs == 512 * depthwise.cost.macs
    assert depthwise.cost.macs == 14 * 14 * 9 * 512
    assert pair.cost.macs == 14 * 14 * 512 * (9 + 512)


def test_gold_and_skin_agree_in_red_and_green():
    gold, skin = photograph()[:, 82, 36].tolist(), photograph()[:, 56, 64].tolist()
    assert (gold, skin) == ([250, 181, 51], [249, 181, 146])
    red, _, blue = photograph()
    assert ((blue == 51) & (red < 60)).sum() > 10


@pytest.mark.parametrize("seed", range(5))
def test_proof_holds_for_random_depthwise_networks(seed):
    rng = np.random.default_rng(seed)
    layers = [(rng.standard_normal((3, 1, 3, 3)), rng.standard_normal(3)) for _ in range(4)]
    answers = []
    for colour in ((1, 1, 0), (1, 1, 1), (0, 0, 0)):
        x = np.ones((3, 9, 9)) * np.reshape(colour, (3, 1, 1))
        for kernel, bias in layers:
            x = np.tanh(depthwise_conv2d(x, kernel, bias, padding=1))
        answers.append(x)
    yellow, white, black = answers
    np.testing.assert_array_equal(yellow[:2], white[:2])
    np.testing.assert_array_equal(yellow[2], black[2])
    # Together they do tell them apart.
    assert not np.array_equal(yellow, white)
    assert not np.array_equal(yellow, black)


def test_yellow_pixels(maps):
    assert (maps["rule"] > 0.25).sum() == 231
    assert maps["rule"].size == 19_200


def test_no_depthwise_channel_finds_a_yellow_pixel_and_the_mixture_all(maps):
    for name in ("red", "green", "blue"):
        assert (maps[name] <= 0.25).all()
    assert (maps["mix"] > 0.25)[maps["rule"] > 0.25].all()


def test_errors(maps):
    error = {name: np.sqrt(np.mean((m - maps["rule"]) ** 2)) for name, m in maps.items()}
    assert min(error["red"], error["green"], error["blue"]) > 5 * error["mix"]
    assert 0 < error["pair"] < error["mix"]


def test_false_alarms_touch_yellow_pixels(maps):
    yellow = maps["rule"] > 0.25
    near = np.zeros_like(yellow)
    for i, j in np.argwhere(yellow):
        near[max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2] = True
    false = (maps["mix"] > 0.25) & ~yellow
    assert (false.sum(), (false & ~near).sum()) == (56, 4)


def test_wrong_among_as_many_as_there_are(maps):
    yellow = (maps["rule"] > 0.25).ravel()
    wrong = {}
    for name, found in maps.items():
        highest = np.argsort(-found, axis=None, kind="stable")[: yellow.sum()]
        wrong[name] = int((~yellow[highest]).sum())
    assert wrong["rule"] == 0
    assert min(wrong[name] for name in ("red", "green", "blue")) > 170
    assert wrong["mix"] < wrong["pair"] < 20
    assert wrong["pair"] - wrong["mix"] == 4


def test_green_minus_blue_is_the_rule_on_this_photograph(maps, picture):
    found = pointwise_conv2d(picture, [[0, 1, -1]])[0] > 0.25
    np.testing.assert_array_equal(found, maps["rule"] > 0.25)


def test_one_layer_is_right_on_pure_colours_and_none_on_all():
    pure = np.array(list(np.ndindex(2, 2, 2)))
    rule = yellowness(pure.T) > 0.25
    assert rule.sum() == 1
    found = pointwise_conv2d(pure.T[:, :, np.newaxis], [[1, 1, -1]])[0, :, 0] > 1.5
    np.testing.assert_array_equal(found, rule)
    wrong = (pure @ [0, 1, -1] > 0.25) != rule
    assert pure[wrong].tolist() == [[0, 1, 0]]
    # Red and green are not yellow and their mean is: no half-space has it and neither of them.
    red, green = np.eye(3)[:2]
    assert [float(yellowness(c)) for c in (red, green, (red + green) / 2)] == [0, 0, 0.5]


def test_the_explorers_yellowness_is_green_minus_blue(maps, picture):
    row = np.array(presets()[PRESETS.index("yellowness")][:3]) / 2
    assert abs(row[0]) < 0.1
    assert row[1] > 1
    assert row[2] < -1
    shown = pointwise_conv2d(picture, [row])[0]
    assert np.corrcoef(shown.ravel(), maps["rule"].ravel())[0, 1] > 0.98


@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("channels", [1, 2, 16, 1024])
def test_share_of_the_pair(kernel, channels):
    full, *_, pair = compare_convolutions(channels, channels, kernel, 14, groups=1)
    share = pair.cost.macs / full.cost.macs
    assert share == pytest.approx(1 / channels + 1 / kernel**2)
    assert (share < 1) == (kernel > 1 and channels > 1)


def test_mobilenet_table_4():
    full, pairs = networks.mobilenet_v1(separable=False), networks.mobilenet_v1()
    body, whole = (network_cost(net, 224) for net in (networks.features(full), pairs))
    assert (round(body.macs / 1e6), round(whole.macs / 1e6)) == (4866, 569)
    params = [round(network_cost(net, 224).params / 1e6, 1) for net in (full, pairs)]
    assert params == [29.3, 4.2]
    assert network_cost(full, 224).macs - body.macs == 1_024_000
    assert round(network_cost(full, 224).macs / whole.macs, 1) == 8.6
    assert sum(name.endswith("_dw") for name, _ in pairs) == 13


def test_misprint():
    rows = networks.layer_table(networks.mobilenet_v1(), 224)
    share = next(row.macs for row in rows if row.name == "conv0") / sum(row.macs for row in rows)
    assert round(100 * share, 2) == 1.91
    assert round(94.86 + 3.06 + 1.19 + 0.18, 2) == 99.29
    assert round(74.59 + 1.06 + 0.02 + 24.33, 2) == 100
    assert round(94.86 + 3.06 + 1.91 + 0.18, 2) == 100.01


def test_order_of_the_pair():
    macs = {}
    for stride in (1, 2):
        first = [Conv2d(32, 32, 3, stride, 1, groups=32), Conv2d(32, 64, 1)]
        second = [Conv2d(32, 64, 1), Conv2d(64, 64, 3, stride, 1, groups=64)]
        macs[stride] = [network_cost(net, 112 * stride).macs for net in (first, second)]
    pixels = 112 * 112
    assert macs[1] == [pixels * (9 * 32 + 32 * 64), pixels * (32 * 64 + 9 * 64)]
    assert macs[2] == [macs[1][0], pixels * (4 * 32 * 64 + 9 * 64)]


@pytest.mark.parametrize("seed", range(3))
def test_two_layers_make_the_rule_exactly(seed):
    colours = np.random.default_rng(seed).random((3, 20, 20))
    hidden = pointwise_conv2d(colours, [[-1, 1, 0], [0, 1, -1]], bias=[0, 1])
    got = pointwise_conv2d(np.maximum(hidden, 0), [[-1, 1]], bias=[-1])[0]
    np.testing.assert_allclose(got, yellowness(colours), atol=1e-12)
    assert Conv2d(3, 2, 1).macs(1) + Conv2d(2, 1, 1).macs(1) == 8

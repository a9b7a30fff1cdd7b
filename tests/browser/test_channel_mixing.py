"""ChannelMixing in the built page against native convlib."""

import random

import numpy as np
import pytest
from test_context_shift import pixels_of

from convlib import Conv2d, depthwise_conv2d, pointwise_conv2d
from convlib.widgets import ChannelMixing, photograph
from convlib.widgets.channel_mixing_presets import CHANNELS, KERNELS, PRESETS, presets

STAGES = ("input", "depthwise", "pointwise", "both")


@pytest.fixture
def explorer(explorer):
    return explorer("depthwise", ChannelMixing)


def native(kernels, matrix):
    """Return the four stages' planes."""
    picture = photograph().astype(np.float32)
    weight = np.array([[KERNELS[name]] for name in kernels], np.float32)
    filtered = depthwise_conv2d(picture, weight, padding=1)
    mixing = np.array(matrix, np.float32)
    planes = (
        picture,
        filtered,
        pointwise_conv2d(picture, mixing),
        pointwise_conv2d(filtered, mixing),
    )
    return dict(zip(STAGES, planes, strict=True))


def choose_kernels(explorer, kernels):
    for channel, name in zip(CHANNELS, kernels, strict=True):
        explorer.root.get_by_label(f"{channel} kernel").select_option(name)


def put_matrix(explorer, matrix):
    for out, row in zip(CHANNELS, matrix, strict=True):
        for into, value in zip(CHANNELS, row, strict=True):
            box = explorer.root.get_by_label(f"{out} ← {into}")
            box.fill(str(value))
            box.press("Enter")


def check(explorer, kernels, matrix, row, column):
    expected = native(kernels, matrix)
    for stage, planes in expected.items():
        shown = pixels_of(explorer.root.locator(f"[data-stage={stage}] canvas"))
        assert np.abs(shown - np.clip(planes, 0, 255)).max() <= 0.51, stage
        numbers = [
            float(text.replace("−", "-")) for text in explorer.texts(f"[data-numbers={stage}] td")
        ]
        assert np.abs(np.array(numbers) - planes[:, row, column]).max() < 0.06, stage
    sums = [
        text.rsplit("=", 1)[1].replace("−", "-") for text in explorer.texts("[data-sums] > div")
    ]
    assert np.abs(np.array(sums, float) - expected["both"][:, row, column]).max() < 0.06


@pytest.mark.parametrize("seed", range(4))
def test_random_settings_equal_native(explorer, seed):
    chance = random.Random(seed)
    for _ in range(5):
        kernels = chance.choices(list(KERNELS), k=3)
        matrix = [[chance.randint(-30, 30) / 10 for _ in range(3)] for _ in range(3)]
        row, column = chance.randint(0, 149), chance.randint(0, 127)
        choose_kernels(explorer, kernels)
        put_matrix(explorer, matrix)
        explorer.put({"pixel row": row, "pixel column": column})
        check(explorer, kernels, matrix, row, column)


@pytest.mark.parametrize("number", range(1, len(PRESETS)))
def test_presets_set_the_weights_and_a_weight_ends_them(explorer, number):
    explorer.choose(PRESETS[number])
    matrix = np.reshape(presets()[number], (3, 3)).tolist()
    check(explorer, ["blur"] * 3, matrix, 82, 36)
    box = explorer.root.get_by_label("red ← blue")
    box.fill("2.5")
    box.press("Enter")
    explorer.visit.settle()
    matrix[0][2] = 2.5
    check(explorer, ["blur"] * 3, matrix, 82, 36)
    active = explorer.root.locator(".widget-toggle-button.mod-active")
    assert active.text_content().strip() == "as set"


def test_weight_out_of_range_goes_to_the_end_of_it(explorer):
    box = explorer.root.get_by_label("green ← red")
    box.fill("99")
    box.press("Enter")
    explorer.visit.settle()
    assert box.input_value() == "3"
    check(explorer, ["blur"] * 3, [[1, 0, 0], [3, 1, 0], [0, 0, 1]], 82, 36)


def test_depthwise_channel_ignores_the_others(explorer):
    before = pixels_of(explorer.root.locator("[data-stage=depthwise] canvas"))
    choose_kernels(explorer, ["blur", "blur", "edge"])
    explorer.visit.settle()
    after = pixels_of(explorer.root.locator("[data-stage=depthwise] canvas"))
    assert [np.array_equal(a, b) for a, b in zip(before, after, strict=True)] == [True, True, False]


def test_costs(explorer):
    costs = [node.get_attribute("data-macs") for node in explorer.root.locator("[data-macs]").all()]
    layers = (Conv2d(3, 3, 3, padding=1, groups=3), Conv2d(3, 3, 1), Conv2d(3, 3, 3, padding=1))
    assert costs == [str(layer.macs((150, 128))) for layer in layers]


def test_pixel_by_pointer_and_keys(explorer):
    frame = explorer.root.locator("[data-stage=both] .frame")
    box = frame.bounding_box()
    frame.hover(position={"x": 0.25 * box["width"], "y": 0.5 * box["height"]})
    explorer.visit.settle()
    caption = explorer.text(".pixel-numbers caption")
    assert not caption.startswith("pixel (82, 36)")
    assert explorer.value("pixel row") == 82
    frame.click(position={"x": 0.25 * box["width"], "y": 0.5 * box["height"]})
    explorer.visit.settle()
    row, column = explorer.value("pixel row"), explorer.value("pixel column")
    assert abs(row - 75) <= 1
    assert abs(column - 32) <= 1
    album = explorer.root.locator(".photographs")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        album.press(key)
    explorer.visit.page.mouse.move(0, 0)
    explorer.visit.settle()
    assert (explorer.value("pixel row"), explorer.value("pixel column")) == (row + 1, column + 2)
    assert explorer.text(".pixel-numbers caption").startswith(f"pixel ({row + 1}, {column + 2})")
    explorer.put({"pixel row": 149})
    album.press("ArrowDown")
    explorer.visit.settle()
    assert explorer.value("pixel row") == 149

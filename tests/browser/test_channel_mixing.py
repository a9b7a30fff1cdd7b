"""ChannelMixing on a page against native convlib."""

import random

import numpy as np
import pytest
from explorers import Driver
from test_context_shift import pixels_of

from convlib import Conv2d, depthwise_conv2d, pointwise_conv2d
from convlib.widgets import ChannelMixing, photograph
from convlib.widgets.channel_mixing_presets import CHANNELS, KERNELS, PRESETS, SPOTS, presets

STAGES = ("input", "depthwise", "pointwise", "both")


@pytest.fixture
def explorer(show):
    return Driver(show(ChannelMixing)).unfold()


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
        for channel, plane in enumerate(planes):
            grey = pixels_of(explorer.root.locator(f"[data-plane={stage}-{channel}] canvas"))
            assert np.abs(grey - np.clip(plane, 0, 255)).max() <= 0.51, (stage, channel)
    sums = [text.replace("−", "-") for text in explorer.texts("[data-sums] .total")]
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
    active = explorer.root.locator(".convlib-mix-presets .mod-active")
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
    frame = explorer.root.locator("[data-stage=both]")
    box = frame.bounding_box()
    frame.hover(position={"x": 0.25 * box["width"], "y": 0.5 * box["height"]})
    explorer.visit.settle()
    caption = explorer.text(".pixel-where")
    assert not caption.startswith("pixel (82, 36)")
    assert explorer.value("pixel row") == 82
    frame.click(position={"x": 0.25 * box["width"], "y": 0.5 * box["height"]})
    explorer.visit.settle()
    row, column = explorer.value("pixel row"), explorer.value("pixel column")
    assert abs(row - 75) <= 1
    assert abs(column - 32) <= 1
    album = explorer.root.locator(".stages")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        album.press(key)
    explorer.visit.page.mouse.move(0, 0)
    explorer.visit.settle()
    assert (explorer.value("pixel row"), explorer.value("pixel column")) == (row + 1, column + 2)
    assert explorer.text(".pixel-where").startswith(f"pixel ({row + 1}, {column + 2})")
    explorer.put({"pixel row": 149})
    album.press("ArrowDown")
    explorer.visit.settle()
    assert explorer.value("pixel row") == 149


def test_two_presets_stand_open(show):
    explorer = Driver(show(ChannelMixing))
    visible = ".convlib-mix-presets .widget-toggle-button:visible"
    assert explorer.texts(visible) == ["identity", "yellowness"]
    explorer.unfold()
    assert explorer.texts(visible) == list(PRESETS[1:])


@pytest.mark.parametrize(("name", "at"), SPOTS.items())
def test_spots_are_one_tap_away_and_end_with_another_pixel(explorer, name, at):
    explorer.root.locator(".pixel-place button", has_text=name).click()
    explorer.visit.settle()
    assert explorer.text(".pixel-where") == f"pixel {at}"
    assert (explorer.value("pixel row"), explorer.value("pixel column")) == at
    row = explorer.buttons("pixel")
    assert row.locator("xpath=self::*[contains(@class, 'mod-active')]").text_content() == name
    explorer.root.locator(".stages").press("ArrowDown")
    explorer.visit.settle()
    assert explorer.root.locator(".pixel-place [aria-pressed=true]").count() == 0
    assert explorer.value("pixel row") == at[0] + 1
    row.get_by_text(name).click()
    explorer.visit.settle()
    assert explorer.text(".pixel-where") == f"pixel {at}"


def open_sums(explorer):
    explorer.root.locator(".foot > summary").click()
    return explorer.root.get_by_role("slider", name="weight of green in red", exact=True)


def test_a_weight_is_dragged_and_stepped(explorer):
    weight = open_sums(explorer)
    weight.scroll_into_view_if_needed()
    box = weight.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = explorer.visit.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 20, y)
    mouse.move(x + 56, y)
    mouse.up()
    explorer.visit.settle()
    field = explorer.root.get_by_label("red ← green")
    assert field.input_value() == "0.7"
    for key, value in (("ArrowLeft", "0.6"), ("ArrowUp", "0.7"), ("End", "3"), ("Home", "-3")):
        weight.press(key)
        explorer.visit.settle()
        assert field.input_value() == value
    check(explorer, ["blur"] * 3, [[1, -3, 0], [0, 1, 0], [0, 0, 1]], 82, 36)


def test_a_product_lights_the_planes_that_it_joins(explorer):
    weight = open_sums(explorer)

    def lit():
        return explorer.root.locator("[data-plane].lit").evaluate_all(
            "(all) => all.map((frame) => frame.dataset.plane)"
        )

    assert lit() == []
    weight.hover()
    assert lit() == ["depthwise-1", "both-0"]
    explorer.visit.page.mouse.move(0, 0)
    assert lit() == []
    weight.focus()
    assert lit() == ["depthwise-1", "both-0"]


def test_the_code_computes_what_is_shown(explorer):
    choose_kernels(explorer, ["edge", "blur", "sharpen"])
    explorer.choose("yellowness")
    explorer.root.locator(".menu-button").click()
    explorer.root.get_by_role("button", name="copy code for convlib").click()
    text = explorer.root.locator(".menu textarea").input_value()
    scope = {}
    exec(text, scope)
    shown = pixels_of(explorer.root.locator("[data-stage=both] canvas"))
    assert np.abs(shown - np.clip(scope["output"], 0, 255)).max() <= 0.51


@pytest.mark.parametrize("width", [1280, 390])
def test_the_whole_picture_is_in_its_board(show, width):
    explorer = Driver(show(ChannelMixing, width=width)).unfold()
    explorer.choose("red ↔ blue")
    inside = explorer.ask(
        """(root) => {
            const [board, said] = [root.querySelector(".mixing"), root.querySelector(".said")];
            const box = board.getBoundingClientRect();
            return said.scrollHeight <= said.clientHeight + 1 &&
                [...board.querySelectorAll(".frame, .levels")].every((each) => {
                    const { left, right, bottom } = each.getBoundingClientRect();
                    return left >= box.left && right <= box.right + 1 && bottom <= box.bottom + 1;
                });
        }"""
    )
    assert inside

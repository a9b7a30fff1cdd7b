"""ContextShift in the built page against native convlib."""

import base64
import io
import random

import numpy as np
import pytest
from explorers import Driver
from PIL import Image

from convlib import conv2d, measure_shift
from convlib.context_shift import measure_shifts
from convlib.widgets import ContextShift, photograph
from convlib.widgets.context_shift import KERNEL_SIZES, SIDES, blur


def pixels_of(canvas):
    """Return what a canvas shows, as an array (3, H, W)."""
    address = canvas.evaluate("(canvas) => canvas.toDataURL('image/png')")
    image = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1])))
    return np.asarray(image.convert("RGB")).transpose(2, 0, 1)


@pytest.fixture(scope="module")
def settings():
    chance = random.Random(0)
    every = [(n, k, side) for n in range(7) for k in KERNEL_SIZES for side in SIDES]
    return chance.sample(every, 20)


def padding_of(side, kernel, layer):
    """Return what "keep the size, padding on one side" means for a layer, written out."""
    half, whole = (kernel - 1) // 2, kernel - 1
    split = (half, half)
    side = {
        "in turn ↕": "bottom" if layer % 2 else "top",
        "in turn ↔": "right" if layer % 2 else "left",
    }.get(side, side)
    return {
        "both sides": (split, split),
        "top": ((whole, 0), split),
        "bottom": ((0, whole), split),
        "left": (split, (whole, 0)),
        "right": (split, (0, whole)),
        "none": ((0, 0), (0, 0)),
    }[side]


def native(layers, kernel, side, picture=None):
    """Return the picture after the layers."""
    picture = (photograph() if picture is None else picture).astype(np.float32)
    weight = np.stack([blur(kernel)[np.newaxis]] * 3)
    for layer in range(layers):
        picture = conv2d(picture, weight, padding=padding_of(side, kernel, layer), groups=3)
    return picture


def pair(explorer, name):
    text = explorer.root.locator(f"[{name}]").get_attribute(name)
    return tuple(float(number) for number in text.split(","))


@pytest.fixture
def explorer(show):
    return Driver(show(ContextShift))


def test_random_settings_equal_native(explorer, settings):
    for layers, kernel, side in settings:
        explorer.put({"layers": layers})
        explorer.choose(f"{kernel} × {kernel}")
        explorer.choose(side)
        picture = native(layers, kernel, side)
        paddings = [padding_of(side, kernel, layer) for layer in range(layers)]
        predicted = tuple(
            sum(padding[axis][0] - (kernel - 1) / 2 for padding in paddings) for axis in (0, 1)
        )
        assert pair(explorer, "data-predicted") == predicted
        assert pair(explorer, "data-measured") == predicted
        assert measure_shift(photograph(), picture, limit=25) == predicted
        canvas = explorer.root.locator("[data-panel=output] canvas")
        got = pixels_of(canvas)
        # The canvas rounds to whole levels; a value near .5 may round either way.
        np.testing.assert_allclose(got, picture, atol=0.51)


def test_overlay_follows_its_slider(explorer):
    for value, opacity in ((0, "0"), (100, "1"), (30, "0.3")):
        explorer.put({"overlay %": value})
        canvases = explorer.root.locator("[data-panel=overlay] canvas")
        assert canvases.nth(1).evaluate("(canvas) => canvas.style.opacity") == opacity


def dragged(explorer, node, by):
    """Drag from the middle of a node by a number of pixels."""
    box, mouse = node.bounding_box(), explorer.visit.page.mouse
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + by[0], start[1] + by[1], steps=5)
    mouse.up()
    explorer.visit.settle()


def scale(explorer, panel):
    """Return how many pixels of the page a pixel of the picture takes."""
    canvas = explorer.root.locator(f"[data-panel={panel}] canvas").first
    return canvas.bounding_box()["width"] / photograph().shape[2]


def test_the_output_is_dragged_over_the_input_until_they_match(explorer):
    held = explorer.handle("output over the input")
    size = scale(explorer, "overlay")
    dragged(explorer, held, (3 * size, -4 * size))
    explorer.unfold()
    assert (explorer.value("moved down"), explorer.value("moved right")) == (-4, 3)
    assert (
        "You moved the output 4 pixels up and 3 pixels to the right: it is still 5 pixels down "
        "and 3 pixels to the right of its match."
    ) in explorer.text(".said")
    for key in ["ArrowUp"] * 5 + ["ArrowLeft"] * 3:
        held.press(key)
    explorer.visit.settle()
    assert "You moved the output 9 pixels up: there it matches." in explorer.text(".said")
    explorer.put({"moved down": 40})
    assert explorer.handle("output over the input").get_attribute("aria-valuenow") == "40"


@pytest.mark.parametrize(
    ("side", "way"),
    [("top", (0, -1)), ("bottom", (0, 1)), ("left", (-1, 0)), ("right", (1, 0))],
)
def test_the_edge_of_the_padding_is_dragged_a_layer_at_a_time(explorer, side, way):
    explorer.choose(side)
    edge = explorer.handle("padding of all layers")
    layer = 6 * scale(explorer, "input")  # a kernel of 7 pixels pads 6 a layer
    dragged(explorer, edge, [2.2 * layer * along for along in way])
    assert explorer.value("layers") == 5
    dragged(explorer, edge, [-2 * layer * along for along in way])
    assert explorer.value("layers") == 3
    outwards = {"top": "Up", "bottom": "Down", "left": "Left", "right": "Right"}[side]
    edge.press(f"Arrow{outwards}")
    explorer.visit.settle()
    assert explorer.value("layers") == 4
    edge.press("End")
    explorer.visit.settle()
    assert explorer.value("layers") == 6
    assert edge.get_attribute("aria-valuetext") == "6 layers"


def test_the_edge_follows_where_layers_take_turns(explorer):
    explorer.choose("in turn ↕")
    edge = explorer.handle("padding of all layers")
    assert explorer.value("layers") == 3
    # Layers 1, 3 and 5 pad at the top, 6 pixels each: the edge is out by 12, and goes to 18.
    dragged(explorer, edge, (0, -5 * scale(explorer, "input")))
    assert explorer.value("layers") == 5
    edge.press("ArrowUp")
    explorer.visit.settle()
    assert explorer.value("layers") == 6
    # The sixth pads at the bottom: a drag that leads nowhere leaves it.
    dragged(explorer, edge, (0, 1))
    assert explorer.value("layers") == 6
    dragged(explorer, edge, (0, 14 * scale(explorer, "input")))
    assert explorer.value("layers") == 2
    assert pair(explorer, "data-predicted") == (0, 0)


def test_without_padding_there_is_no_edge_to_drag(explorer):
    explorer.choose("none")
    assert not explorer.handle("padding of all layers").is_visible()


@pytest.mark.parametrize("side", ["left", "in turn ↔"])
def test_code_computes_what_is_shown(explorer, side):
    explorer.choose(side)
    root = explorer.root
    root.locator(".menu-button").click()
    root.get_by_role("button", name="copy code for convlib").click()
    found = {}
    exec(root.locator(".menu-list textarea").input_value(), found)
    got = pixels_of(root.locator("[data-panel=output] canvas"))
    np.testing.assert_allclose(got, found["output"], atol=0.51)


def own_picture(kind):
    """Return a picture (3, 70, 80) in which several displacements fit, or only one does."""
    i, j = np.mgrid[:70, :80]
    light = {
        "stripes": j // 3 % 2,
        "slanted stripes": (i + j) // 2 % 2,
        "checks": (i // 4 + j // 4) % 2,
        "constant": np.ones_like(i),
        "red dot": (i == 36) & (j == 41),
    }[kind]
    picture = np.stack([light * 255] * 3).astype(np.uint8)
    if kind == "red dot":
        picture[1:] = 90
    return picture


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("stripes", "1 pixel down"),
        ("slanted stripes", "1 pixel down and 1 pixel to the left"),
        ("checks", "4 pixels down and 4 pixels to the left"),
        ("constant", "1 pixel down"),
        ("red dot", None),
    ],
)
def test_displacements_that_tie_are_said(show, kind, step):
    picture = own_picture(kind)
    explorer = Driver(show(ContextShift(picture=picture, layers=2, kernel=1, side=4)))
    for layers in (2, 0):
        explorer.type_value("layers", layers)
        explorer.visit.settle()
        limit = layers * (KERNEL_SIZES[1] // 2) + 2
        ties = measure_shifts(picture, native(layers, 5, "right", picture), limit)
        assert pair(explorer, "data-measured") == ties[0]
        said = explorer.text(".said").split("Measured from the pixels: ")[1]
        if len(ties) == 1:
            assert "displacements" not in said
            continue
        assert f", the shortest of {len(ties)} displacements that fit equally well: " in said
        if layers:
            assert said.endswith(f"the picture looks the same when moved by {step}.")
    assert explorer.visit.faults == []

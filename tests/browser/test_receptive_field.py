"""ReceptiveField in the built page against native convlib."""

import math
import random
import re

import pytest
from explorers import Driver

from convlib import conv2d_output_size, receptive_field
from convlib.widgets import ReceptiveField
from convlib.widgets.receptive_field import (
    OWN_LAYERS,
    PADDINGS,
    STRIDES,
    own_stack,
    presets,
)


@pytest.fixture
def explorer(show):
    return Driver(show(ReceptiveField)).unfold()


def place(explorer, network, depth, size, row, column, kernel=3, strides=0, padding=0):
    explorer.root.locator("select").select_option(index=network)
    explorer.visit.settle()
    explorer.put({"input size": size, "pixel row": row, "pixel column": column})
    if not network:
        explorer.put({"own kernel": kernel})
        explorer.choose(STRIDES[strides])
        explorer.choose(PADDINGS[padding])
    explorer.put({"layers": depth})


def stack_of(network, depth, kernel, strides, padding):
    if network:
        return list(presets().values())[network - 1][:depth]
    return own_stack(depth, kernel, strides, padding)


def outputs_of(stack, size):
    for _, layer in stack:
        size = layer.output_size(size)
    return size


def tap(frame, row, column, size=224):
    """Click on a pixel of the photograph, which has a margin of 0.3 of its size around it."""
    margin, box = math.ceil(0.3 * size), frame.bounding_box()
    scale = box["width"] / (size + 2 * margin)
    frame.click(
        position={"x": (column + margin + 0.5) * scale, "y": (row + margin + 0.5) * scale},
        force=True,
    )


def amounts(text):
    """Return the numbers in a text, with the page's minus signs read as such."""
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


@pytest.mark.parametrize("seed", range(24))
def test_random_setting_equals_native(explorer, seed):
    chance = random.Random(seed)
    network = chance.choice([0, 0, 0, 1, 2, 3, 4, 5])
    own = (chance.randint(1, 7), chance.randrange(4), chance.randrange(3))
    most = len(list(presets().values())[network - 1]) if network else OWN_LAYERS
    depth, size = chance.randint(1, most), chance.randint(32, 256)
    row, column = chance.randrange(256), chance.randrange(256)
    place(explorer, network, depth, size, row, column, *own)
    stack = stack_of(network, depth, *own)
    try:
        field = receptive_field(stack, size)
        outputs = outputs_of(stack, (size, size))
    except ValueError as error:
        misfit = str(error).split(":")[0]
    else:
        misfit = None
    if misfit:
        assert explorer.text(".said").startswith(f"There is no output: at {misfit} ")
        return
    chosen = [
        min(min(pixel, size - 1) // stride, count - 1)
        for pixel, stride, count in zip((row, column), field.stride, outputs, strict=True)
    ]
    (top, bottom), (left, right) = field.window(tuple(chosen))
    center = [c + o * s for c, o, s in zip(field.center, chosen, field.stride, strict=True)]
    cell = [c - shift for c, shift in zip(center, field.shift, strict=True)]
    said = explorer.text(".said").partition(", output")[2]
    expected = [*chosen, top, bottom, left, right, *field.size, *center, *cell]
    assert amounts(said) == expected
    assert ("partly padding" in said) == (min(top, left) < 0 or max(bottom, right) >= size)
    caption = explorer.text("[data-panel=field] figcaption")
    assert amounts(caption) == [size, size, *chosen, *outputs]
    shown = {
        rule: amounts(explorer.text(f"[data-rule={rule}]").rpartition("=")[2])
        for rule in ("field", "stride", "padding", "shift")
    }
    assert shown == {
        "field": [field.size[0]],
        "stride": [field.stride[0]],
        "padding": list(field.padding[0]),
        "shift": [field.shift[0]],
    }
    # The terms of the sum add up to what the formula says.
    terms = explorer.text("[data-rule=field]").rpartition("=")[0].rpartition("=")[2]
    products = [part.split("·") for part in terms.split("+")]
    total = sum(
        int(part[0]) * int(part[1]) if len(part) == 2 else int(part[0]) for part in products
    )
    assert total == field.size[0]
    frame = explorer.root.locator(".frame rect.field")
    drawn = [float(frame.get_attribute(side)) for side in ("x", "y", "width", "height")]
    assert drawn == [left - 0.5, top - 0.5, field.size[1], field.size[0]]


@pytest.mark.parametrize(
    ("network", "size", "center", "shift"),
    [(4, 224, 127, 15.5), (5, 224, 96, -15.5), (4, 225, 96, -15.5), (5, 225, 96, -15.5)],
)
def test_mobilenets_are_half_a_cell_off(explorer, network, size, center, shift):
    place(explorer, network, 27, size, 112, 112)
    assert f"Their middle is ({center}, {center})" in explorer.text(".said")
    assert amounts(explorer.text("[data-rule=shift]"))[-1] == shift


def test_end_of_the_layers_slider_follows_the_network(explorer):
    for network, last in ((1, 18), (4, 27), (0, OWN_LAYERS), (2, 50)):
        explorer.root.locator("select").select_option(index=network)
        explorer.visit.settle()
        explorer.press("layers", "End")
        assert explorer.value("layers") == last
        explorer.press("layers", "Home")
        assert explorer.value("layers") == 0
        assert "Before any layer, output" in explorer.text(".said")


def test_pointer_and_arrow_keys_choose_the_output(explorer):
    place(explorer, 4, 27, 224, 0, 0)
    frame = explorer.root.locator("[data-panel=field] .frame")
    grip = explorer.handle("output")
    said = explorer.text(".said")
    assert said.startswith("After conv13_pw, output (0, 0)")
    grip.press("ArrowDown")
    explorer.visit.settle()
    grip.press("ArrowRight")
    explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (1, 1)")
    assert (explorer.value("pixel row"), explorer.value("pixel column")) == (32, 32)
    tap(frame, 112, 112)
    explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (3, 3)")
    for _ in range(9):
        grip.press("ArrowDown")
        explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (6, 3)")
    grip.press("Home")
    explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (0, 0)")
    grip.press("End")
    explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (6, 6)")


def test_misfit_is_explained_and_ends(explorer):
    place(explorer, 0, 8, 32, 5, 5, 7, 0, 2)
    # 32 pixels less 6 per layer: the sixth layer meets 2.
    assert conv2d_output_size(32 - 4 * 6, 7) == (2, 2)
    said = explorer.text(".said")
    assert "at layer 6 (number 6) only 2 pixels and the padding are left" in said
    assert "its kernel spans 7" in said
    explorer.put({"layers": 5})
    assert explorer.text(".said").startswith("After layer 5, output (1, 1)")


def drag(explorer, grip, dx, dy):
    """Drag a grip by so many pixels of the page."""
    box, mouse = grip.bounding_box(), explorer.visit.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + dx, y + dy, steps=5)
    explorer.visit.settle()
    mouse.up()
    explorer.visit.settle()


def test_the_output_is_dragged_over_the_photograph(explorer):
    place(explorer, 4, 27, 224, 112, 112)
    drag(explorer, explorer.handle("output"), -400, 20)
    row, column = explorer.value("pixel row"), explorer.value("pixel column")
    assert (column, row // 32) == (0, 3 + (row > 127))
    assert explorer.text(".said").startswith(f"After conv13_pw, output ({row // 32}, 0)")


def test_a_finger_drags_the_output(show):
    explorer = Driver(show(ReceptiveField(depth=2), has_touch=True))
    page, box = explorer.visit.page, explorer.handle("output").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", 0), ("touchMove", 15), ("touchMove", 40), ("touchEnd", None)):
        points = [] if at is None else [{"x": x, "y": y + at}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        explorer.visit.settle()
    explorer.unfold()
    assert explorer.value("pixel row") > 130
    assert explorer.value("pixel column") in (112, 113)


def test_the_photograph_keeps_its_scale_while_layers_are_added(explorer):
    place(explorer, 2, 0, 224, 112, 112)
    canvas = explorer.root.locator("canvas")
    before = canvas.bounding_box()
    assert explorer.root.locator(".goes-on").count() == 0
    explorer.put({"layers": 50})
    assert canvas.bounding_box() == before
    ends = explorer.root.locator(".goes-on").all_text_contents()
    # Above, below, left and right: the field is (-117 to 309) on both axes.
    assert [amounts(text) for text in ends] == [[-117], [309], [-117], [309]]


def test_the_chart_counts_layers_and_does_not_tell_the_next_ones(explorer):
    place(explorer, 0, 2, 224, 112, 112)
    columns = explorer.root.locator("[data-panel=layers] [data-layer]")
    assert columns.count() == 2
    grip = explorer.handle("layers in the chart")
    grip.press("ArrowRight")
    explorer.visit.settle()
    assert (explorer.value("layers"), columns.count()) == (3, 3)
    drag(explorer, grip, 800, 0)
    assert explorer.value("layers") == OWN_LAYERS
    grip.press("Home")
    explorer.visit.settle()
    assert (explorer.value("layers"), columns.count()) == (0, 0)


def lit(explorer, panel):
    return [
        node.get_attribute("data-layer")
        for node in explorer.root.locator(f"[data-panel={panel}] .lit").all()
    ]


def test_a_step_and_its_term_light_together(explorer):
    place(explorer, 0, 4, 224, 112, 112, strides=2)
    addends = explorer.root.locator(".sum .addend")
    assert addends.all_text_contents() == ["2·1", "2·1", "2·2", "2·2"]
    assert explorer.text(".sum").endswith("= 13 px")
    addends.nth(2).focus()
    assert (lit(explorer, "layers"), lit(explorer, "fan")) == (["2"], ["2"])
    assert explorer.text("[data-panel=layers] figcaption") == "layer 3 adds 2·2 = 4 px"
    addends.nth(2).blur()
    assert lit(explorer, "layers") == []
    explorer.root.locator("[data-panel=layers] [data-layer='1']").hover(force=True)
    assert explorer.root.locator(".sum .lit").all_text_contents() == ["2·1"]
    assert lit(explorer, "fan") == ["1"]
    place(explorer, 2, 50, 224, 112, 112)
    explorer.root.locator(".sum .addend").last.hover()
    assert lit(explorer, "layers") == [
        str(at) for at, (_, layer) in enumerate(presets()["ResNet-50, torchvision"]) if at > 42
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_fan_reads_what_the_field_says(explorer, seed):
    chance = random.Random(seed)
    own = chance.choice([2, 3, 4, 5]), chance.randrange(4), chance.randrange(3)
    depth = chance.randint(1, 5)
    place(explorer, 0, depth, 224, chance.randrange(224), chance.randrange(224), *own)
    width = receptive_field(own_stack(depth, *own), 224).size[1]
    counts = [
        explorer.root.locator(f"[data-panel=fan] .fan-cell.{kind}:not(.unread)").count()
        for kind in ("pixel", "top")
    ]
    if width > 65:
        assert "too many to draw" in explorer.text("[data-panel=fan] p")
        return
    beyond = explorer.root.locator("[data-panel=fan] rect.beyond").count()
    assert counts == [width - beyond, 1]
    texts = explorer.root.locator("[data-panel=fan] .count").all_text_contents()
    # Each row of cells reads what the stack above it sees.
    above = [receptive_field(own_stack(depth, *own)[at:], 224).size[1] for at in range(depth)]
    assert [int(text.split()[0]) for text in texts] == [*above, 1]


def test_only_what_applies_is_offered(explorer):
    own = [explorer.buttons("stride 2 in").first, explorer.handle("own kernel")]
    usual = explorer.root.get_by_role("button", name="225", exact=True)
    assert all(control.is_visible() for control in own)
    assert not usual.is_visible()
    place(explorer, 5, 27, 224, 112, 112)
    assert not any(control.is_visible() for control in own)
    usual.click()
    explorer.visit.settle()
    assert explorer.value("input size") == 225
    explorer.put({"input size": 200})
    assert explorer.root.locator(".convlib-of-network .mod-active:visible").count() == 0
    explorer.put({"input size": 224})
    assert explorer.root.locator(".convlib-of-network .mod-active").text_content() == "224"


@pytest.mark.parametrize(("network", "depth"), [(0, 4), (3, 50), (4, 27)])
def test_code_finds_the_window_that_is_shown(show, network, depth):
    explorer = Driver(show(ReceptiveField(network=network, depth=depth, padding=1)))
    explorer.root.get_by_role("button", name="Take this figure with you").click()
    explorer.root.get_by_role("button", name="copy code for convlib").click()
    names = {}
    exec(explorer.root.locator(".menu textarea").input_value(), names)
    (top, bottom), (left, right) = names["output"]
    said = amounts(explorer.text(".said").partition(" sees rows ")[2])
    assert said[:4] == [top, bottom, left, right]

"""NetworkBlocks in a page against native convlib."""

import random

import numpy as np
import pytest
from explorers import Driver
from test_context_shift import pixels_of

from convlib import measure_activation, stack_blocks
from convlib.widgets import NetworkBlocks, photograph
from convlib.widgets.network_blocks import (
    FACTORS,
    PARTS,
    SHOWN,
    STEPS,
    random_weights,
    with_mean_and_spread,
)  # fmt: skip

SIZES = ("half", "He's", "double")
BOXES = ("non-linearity", "normalisation", "residual")
START = with_mean_and_spread(photograph())


@pytest.fixture
def blocks(show):
    return Driver(show(NetworkBlocks))


def set_boxes(blocks, switches):
    for name, on in zip(BOXES, switches, strict=True):
        blocks.root.get_by_role("checkbox", name=name, exact=True).set_checked(on)
    blocks.visit.settle()


def boxes_of(blocks):
    return tuple(
        blocks.root.get_by_role("checkbox", name=name, exact=True).is_checked() for name in BOXES
    )


def pressed_step(blocks):
    return blocks.root.locator(".convlib-open .mod-active").text_content().strip()


def check(blocks, depth, switches, factor=1.0):
    """Compare numbers, chart and picture with native ones; return spread and likeness."""
    last = stack_blocks(START, random_weights(factor)[:depth], *switches)[-1]
    spread, likeness = measure_activation(last, START)
    found = blocks.root.locator("[data-spread]").get_attribute("data-spread")
    assert float(found) == pytest.approx(spread, rel=1e-3)
    found = blocks.root.locator("[data-likeness]").get_attribute("data-likeness")
    assert float(found) == pytest.approx(likeness, abs=1e-3)
    assert blocks.root.locator(".dot").count() == depth + 1
    got = pixels_of(blocks.root.locator("[data-panel=output] canvas"))
    expected = np.clip(with_mean_and_spread(last, *SHOWN), 0, 255)
    np.testing.assert_allclose(got, expected, atol=1)
    return spread, likeness


def test_random_blocks_equal_native(blocks):
    chance = random.Random(1)
    blocks.unfold()
    for _ in range(20):
        depth, size = chance.randint(0, 16), chance.randrange(3)
        switches = [chance.random() < 0.5 for _ in BOXES]
        blocks.put({"blocks": depth})
        blocks.choose(SIZES[size])
        set_boxes(blocks, switches)
        check(blocks, depth, switches, FACTORS[size])


# What the lesson says of each step, behind 16 blocks: see chapters/convolution.md.
LESSON = {
    "none": ("118", "−0.01", "The numbers explode, and the picture is lost."),
    "+ ReLU": ("0.0359", "0.02", "The numbers vanish, and the picture is lost."),
    "+ norm": ("0.752", "0.09", "The numbers stay in bounds, and the picture is lost."),
    "+ residual": ("5.35", "0.63", "The numbers stay in bounds, and the picture is kept."),
    "− norm": ("795", "0.71", "The numbers explode, and the picture is kept."),
}


def test_the_task_followed_literally_comes_true(blocks):
    before = None
    for step, (spread, likeness, says) in LESSON.items():
        blocks.choose(step)
        switches = STEPS[step]
        assert boxes_of(blocks) == switches
        assert before is None or sum(a != b for a, b in zip(before, switches, strict=True)) == 1
        before = switches
        check(blocks, 16, switches)
        assert blocks.texts(".said b") == [spread, likeness]
        assert says in blocks.text(".said")
    for step in reversed(LESSON):  # and back
        blocks.choose(step)
        assert (boxes_of(blocks), pressed_step(blocks)) == (STEPS[step], step)


def test_boxes_say_which_step_they_are(blocks):
    for name, switches in STEPS.items():
        set_boxes(blocks, switches)
        assert pressed_step(blocks) == name
    set_boxes(blocks, (False, True, False))
    assert pressed_step(blocks) == "as set"
    assert not blocks.root.locator(".convlib-open .mod-active").is_visible()
    check(blocks, 16, (False, True, False))


def test_parts_are_switched_in_the_diagram_by_pointer_and_keys(blocks):
    for k, name in enumerate(BOXES):
        part = blocks.root.get_by_role("switch", name=name, exact=True)
        box = part.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        if k < 2:
            part.click()
        else:
            part.press("Enter")
        blocks.visit.settle()
        assert boxes_of(blocks) == tuple(at <= k for at in range(3))
        assert part.get_attribute("aria-checked") == "true"
    blocks.root.locator("[data-part=residual] text").first.click()
    assert boxes_of(blocks) == (True, True, False)


def test_a_box_hovered_over_or_focused_lights_its_part(blocks):
    lit = blocks.root.locator(".part.lit")
    for name, part in zip(BOXES, PARTS, strict=True):
        blocks.root.get_by_role("checkbox", name=name, exact=True).hover()
        assert lit.get_attribute("data-part") == part
    blocks.visit.page.mouse.move(0, 0)
    assert lit.count() == 0
    blocks.root.get_by_role("checkbox", name="residual", exact=True).focus()
    assert lit.get_attribute("data-part") == "residual"


def test_blocks_are_chosen_in_the_chart(blocks):
    page, grip = blocks.visit.page, blocks.handle("blocks passed")
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 80, y, steps=4)
    page.mouse.up()
    blocks.visit.settle()
    chosen = int(grip.get_attribute("aria-valuenow"))
    assert 0 < chosen < 16
    check(blocks, chosen, (False, False, False))
    for key, depth in (("Home", 0), ("ArrowRight", 1), ("ArrowUp", 2), ("End", 16)):
        grip.press(key)
        blocks.visit.settle()
        check(blocks, depth, (False, False, False))
    assert blocks.unfold().value("blocks") == 16
    chart = blocks.root.locator("[data-panel=spread] svg")
    chart.click(position={"x": 46, "y": 200})
    blocks.visit.settle()
    check(blocks, 0, (False, False, False))


def test_the_chart_is_dragged_by_a_finger(show):
    seen = show(NetworkBlocks(step=4), width=390, has_touch=True)
    blocks = Driver(seen)
    box = blocks.handle("blocks passed").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = seen.page.context.new_cdp_session(seen.page)
    for kind, points in (
        ("touchStart", [(x, y)]),
        ("touchMove", [(x - 60, y)]),
        ("touchMove", [(x - 400, y)]),
        ("touchEnd", []),
    ):
        places = [{"x": px, "y": py} for px, py in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    seen.settle()
    check(blocks, 0, (True, True, True))


def test_the_formula_has_the_parts_that_are_on(blocks):
    formula = "math >> nth=0"
    assert blocks.text(formula) == "x←w∗x"
    assert "All this is linear: but for the border, one larger kernel" in blocks.text(".said")
    blocks.choose("+ residual")
    assert blocks.text(formula) == "x←x+ReLU(norm(w∗x))"
    assert "linear" not in blocks.text(".said")


def test_explosion_and_vanishing_are_said(blocks):
    blocks.unfold().choose("+ ReLU")
    blocks.choose("double")
    assert "The numbers explode" in blocks.text(".said")
    blocks.choose("half")
    assert "The numbers vanish" in blocks.text(".said")


@pytest.mark.parametrize("grey", [(0, 0, 0), (7, 128, 255)])
def test_a_picture_without_any_spread_is_said_to_have_none(show, grey):
    picture = np.broadcast_to(np.uint8(grey)[:, None, None], (3, 20, 30))
    explorer = Driver(show(NetworkBlocks(picture=picture, blocks=0, step=4)))
    for blocks in (0, 3):
        explorer.unfold().type_value("blocks", blocks)
        explorer.visit.settle()
        (spread,) = explorer.root.locator("[data-spread]").all()
        assert spread.get_attribute("data-spread") == "0"
        assert explorer.root.locator("[data-likeness]").get_attribute("data-likeness") == "0"
        assert "Every channel is the same everywhere" in explorer.text(".said") or blocks == 0
        assert explorer.text("math >> nth=1") == "σ0=0"
        got = pixels_of(explorer.root.locator("[data-panel=output] canvas"))
        np.testing.assert_array_equal(got, np.full((3, 20, 30), SHOWN[0]))
    assert explorer.visit.faults == []


@pytest.mark.parametrize("step", [1, 3, 5])
def test_copied_code_computes_what_is_shown(show, step):
    blocks = Driver(show(NetworkBlocks(step=step, blocks=7, size=2)))
    blocks.root.locator(".menu-button").click()
    names = {}
    for library in ("convlib", "PyTorch"):
        blocks.root.get_by_role("button", name=f"copy code for {library}").click()
        code = blocks.root.locator(".menu-list textarea").input_value()
        if library == "convlib":
            exec(code, names)
        else:
            compile(code, library, "exec")
    parts = list(STEPS.values())[step - 1]
    native = stack_blocks(START, random_weights(2.0)[:7], *parts)[-1]
    np.testing.assert_array_equal(names["output"], native)
    check(blocks, 7, parts, 2.0)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_changes_place_at_the_extremes(show, width):
    heights = set()
    for options in (
        {},
        {"size": 2, "step": 1},
        {"size": 0, "step": 2},
        {"step": 0, "residual": True, "size": 2},
        {"picture": np.full((3, 160, 1), 9, np.uint8)},
        {"picture": np.full((3, 1, 160), 9, np.uint8), "blocks": 0},
    ):
        blocks = Driver(show(NetworkBlocks(**options), width=width))
        height, hidden = blocks.root.locator(".sight").evaluate(
            """(sight) => {
                const said = sight.querySelector(".said");
                return [sight.offsetHeight, said.scrollHeight - said.clientHeight];
            }"""
        )
        heights.add(height)
        assert hidden <= 0, options
    assert len(heights) == 1

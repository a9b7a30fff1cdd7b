"""Every explorer for readers without a pointer, or without sight: names, keys, announcements."""

import numpy as np
import pytest
from explorers import Driver

from convlib import depthwise_conv2d, widgets
from convlib.widgets import ChannelMixing, GroupWiring, photograph
from convlib.widgets.channel_mixing_presets import KERNELS

EXPLORERS = [made for made in map(vars(widgets).get, widgets.__all__) if hasattr(made, "TRY")]
every = pytest.mark.parametrize("kind", EXPLORERS)


@every
def test_every_picture_has_a_name_or_is_part_of_one_that_has(show, kind):
    explorer = Driver(show(kind))
    nameless = explorer.root.locator(".convlib-figure").evaluate(
        """(figure) => [...figure.querySelectorAll("canvas, svg")].filter((node) => {
            const named = node.closest("[role=img], [role=group]");
            return !node.closest("[aria-hidden=true]") && !named?.getAttribute("aria-label");
        }).map((node) => node.outerHTML.slice(0, 200))"""
    )
    assert nameless == []


@every
def test_what_a_pointer_can_press_is_in_reach_of_the_keyboard(show, kind):
    explorer = Driver(show(kind))
    beyond = explorer.root.locator(".convlib-figure").evaluate(
        """(figure) => [...figure.querySelectorAll("*")].filter((node) => {
            const { cursor } = getComputedStyle(node);
            return ["pointer", "crosshair"].includes(cursor) &&
                !node.closest("button, summary, [tabindex='0']") &&
                // Where a picture is pressed, a slider in it goes to the same places by keys.
                !node.closest(".frame")?.querySelector("[role=slider]");
        }).map((node) => node.outerHTML.slice(0, 200))"""
    )
    assert beyond == []


@every
def test_arrow_keys_choose_in_every_figure_that_is_reached_and_it_is_said(show, kind):
    explorer = Driver(show(kind))
    said = explorer.root.locator(".convlib-figure .said")
    assert said.get_attribute("aria-live") == "polite"
    assert len(said.text_content()) > 20
    # Boxes that Tab reaches only so that they can be scrolled select nothing.
    figures = explorer.root.locator(".convlib-figure [tabindex='0'][aria-label*='choose']")
    # What else is taken hold of is a slider, and says its own value.
    cells = explorer.root.locator(".convlib-figure :is([data-at], [data-input])")
    sliders = explorer.root.locator(".convlib-figure [role=slider]")
    assert figures.count() > 0 or cells.count() == 0 or sliders.count() > 0
    explorer.visit.page.keyboard.press("Tab")
    for number in range(figures.count()):
        figure = figures.nth(number)
        figure.focus()
        ring = figure.evaluate(
            "(node) => { const { outlineStyle, outlineWidth } = getComputedStyle(node);"
            " return [outlineStyle, parseFloat(outlineWidth)]; }"
        )
        assert ring[0] == "solid"
        assert ring[1] >= 2
        for key in ("ArrowDown", "ArrowUp"):
            before = said.text_content()
            explorer.visit.page.keyboard.press(key)
            if key == "ArrowDown":
                explorer.visit.page.keyboard.press("ArrowDown")
            explorer.visit.settle()
            assert said.text_content() != before, (figure.get_attribute("aria-label"), key)
        assert figure.evaluate("(node) => node === document.activeElement")


def test_a_channel_is_chosen_in_the_matrix_as_in_the_wiring(show):
    explorer = Driver(show(GroupWiring)).unfold()
    matrix = explorer.root.locator("[data-matrix]")
    for key, chosen in (("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("Escape", 0)):
        matrix.press(key)
        explorer.visit.settle()
        assert explorer.value("disturb") == chosen
    for _ in range(8):
        matrix.press("ArrowRight")
        explorer.visit.settle()
    assert explorer.value("disturb") == 6


def test_the_chosen_pixel_is_announced_and_a_passing_pointer_is_not(show):
    explorer = Driver(show(ChannelMixing(row=10, column=20)))
    picture = photograph().astype(float)
    weight = np.array([[KERNELS["blur"]]] * 3)
    filtered = depthwise_conv2d(picture, weight, padding=1)

    def announced(row, column):
        stages = (picture, filtered, filtered)
        levels = [
            ", ".join(f"{x:.1f}".removesuffix(".0") for x in stage[:, row, column])
            for stage in stages
        ]
        return (
            f"Pixel ({row}, {column}) is {levels[0]} in red, green and blue; {levels[1]} after "
            f"the depthwise step, {levels[2]} after both."
        )

    assert explorer.text(".said").startswith(announced(10, 20))
    explorer.root.locator("[data-stage=input]").hover()
    explorer.visit.settle()
    assert not explorer.text(".pixel-where").startswith("pixel (10, 20)")
    assert explorer.text(".said").startswith(announced(10, 20))
    explorer.root.locator(".stages").press("ArrowDown")
    explorer.visit.settle()
    assert explorer.text(".said").startswith(announced(11, 20))

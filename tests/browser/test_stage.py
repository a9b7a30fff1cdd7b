"""What every explorer keeps: what is moved is in sight with what it changes, and nothing jumps."""

import json
from pathlib import Path

import pytest
from explorers import Driver
from sights import TALL, WINDOWS, measured

from convlib import widgets
from convlib.widgets import OutputSize

ROOT = Path(__file__).parents[2]
EXPLORERS = [made for made in map(vars(widgets).get, widgets.__all__) if hasattr(made, "TRY")]


@pytest.mark.parametrize("width", WINDOWS)
@pytest.mark.parametrize("kind", EXPLORERS)
def test_control_and_effect_are_in_sight_at_once_and_nothing_jumps(show, kind, width):
    seen = show(kind, width=width)
    seen.page.set_viewport_size({"width": width, "height": TALL})
    try:
        found = list(measured(seen))
    finally:
        seen.page.set_viewport_size({"width": width, "height": 900})
    print(json.dumps(found))
    assert found
    assert {each["name"]: each["span"] for each in found if each["span"] > WINDOWS[width]} == {}
    for fault in ("grown", "hidden"):
        assert {each["name"]: each[fault] for each in found if each[fault]} == {}, fault


@pytest.mark.parametrize("width", WINDOWS)
@pytest.mark.parametrize("kind", EXPLORERS)
def test_the_picture_stays_in_sight_at_the_last_control(show, kind, width):
    explorer = Driver(show(kind, width=width)).unfold()
    explorer.root.evaluate("(root) => root.scrollIntoView({ block: 'end' })")
    explorer.visit.settle()
    top, bottom, lowest = explorer.root.evaluate(
        """(root) => {
            const sight = root.querySelector(".sight").getBoundingClientRect();
            const rows = [...root.querySelectorAll(".convlib-controls")];
            const lowest = Math.max(...rows.map((row) => row.getBoundingClientRect().bottom));
            return [sight.top, sight.bottom, lowest];
        }"""
    )
    assert 0 <= top < bottom
    assert lowest <= 900


def test_at_most_four_controls_stand_open():
    for kind in EXPLORERS:
        made = kind()
        assert sum(len(made.offers()[name]) for name in made.open_controls) <= 4, kind


@pytest.mark.parametrize("controls", ["kernel", ("kernel", 3), ("colour",), ("kernel", "kernel")])
def test_illegal_controls_are_refused(controls):
    with pytest.raises((TypeError, ValueError), match="controls"):
        OutputSize(controls=controls)


def test_a_page_says_which_controls_stand_open(show):
    seen = show(OutputSize(controls=("stride", "input")))
    driver = Driver(seen)
    assert driver.root.locator(".convlib-open .widget-label").all_text_contents() == [
        "stride down", "stride across", "input H", "input W",
    ]  # fmt: skip
    assert not driver.root.get_by_text("kernel h", exact=True).is_visible()
    driver.unfold()
    assert driver.root.get_by_text("kernel h", exact=True).is_visible()

"""What every explorer keeps: what is moved is in sight with what it changes, and nothing jumps."""

import json
from pathlib import Path

import pytest
import yaml
from explorers import Driver
from sights import TALL, WINDOWS, faulty, measured

from convlib import widgets
from convlib.widgets import OutputSize

ROOT = Path(__file__).parents[2]
EXPLORERS = [made for made in map(vars(widgets).get, widgets.__all__) if hasattr(made, "TRY")]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
# The pages with explorers, in the book's order.
PAGES = [
    Path(name).name
    for name in [TOC["root"], *(c["file"] for part in TOC["parts"] for c in part["chapters"])]
    if "from convlib.widgets import" in (ROOT / f"{name}.md").read_text("utf-8")
]
# What brings a symbol of the formulas: a lesson, or controls that stand open before it.
BROUGHT_BY = {
    "p": ("padding", "pad"),
    "s": ("stride", "stride"),
    "g": ("groups", "groups"),
    "d": ("choice", "dilation"),
}


@pytest.fixture
def tall(visit):
    """Return a function that gives a page of the book in a window as tall as any explorer."""
    opened = []

    def start(page, width):
        seen = visit(page, width=width)
        opened.append((seen, width))
        seen.page.set_viewport_size({"width": width, "height": TALL})
        seen.settle()
        return seen

    yield start
    for seen, width in opened:
        seen.page.set_viewport_size({"width": width, "height": 900})


def is_resized(step, thing, width):
    """Whether a drawing begins elsewhere because it is itself what the control makes larger."""
    kind, label = step["kind"], step["label"]
    # Padding grows around the input, whose first pixel stays; what no longer fits is drawn smaller.
    if kind == "OutputSize" and label.startswith(("pad", "input")):
        return thing.startswith(".board") and thing.endswith("of input")
    # A pixel of the output is as large as one of the input; padding adds a rim of them.
    if kind == "KernelOnPhotograph" and label == "padding":
        return thing == ".board canvas 1 of output"
    # On a phone the chart of a published network takes the room of the fan, which it has not.
    if kind == "ReceptiveField" and label == "network" and width < 500:
        return thing.startswith(".board") and thing.endswith("of layers")
    return False


@pytest.mark.parametrize("width", WINDOWS)
@pytest.mark.parametrize("page", PAGES)
def test_control_and_effect_are_in_sight_at_once_and_nothing_jumps(tall, page, width):
    found = list(measured(tall(page, width), width))
    print(json.dumps(found))
    assert found
    spans = {each["name"]: each["span"] for each in found}
    assert {name: span for name, span in spans.items() if span > WINDOWS[width]} == {}
    for fault in ("grown", "hidden"):
        assert {each["name"]: each[fault] for each in found if each[fault]} == {}, fault
    moved = {
        each["name"]: [thing for thing in each["moved"] if not is_resized(each, thing[0], width)]
        for each in found
    }
    assert {name: things for name, things in moved.items() if things} == {}
    for each in found:
        if not each["open"]:
            continue  # what the reader has set to work may be spoken of
        opened = [
            other["label"]
            for other in found
            if other["explorer"] == each["explorer"] and other["open"]
        ]
        early = {
            symbol
            for symbol, (lesson, label) in BROUGHT_BY.items()
            if symbol in each["symbols"]
            and PAGES.index(lesson) > PAGES.index(page)
            and not any(name.startswith(label) for name in opened)
        }
        assert early == set(), each["name"]


@pytest.mark.parametrize("width", WINDOWS)
@pytest.mark.parametrize("page", PAGES)
def test_every_number_goes_to_both_ends_where_all_can_be_read_and_back(tall, page, width):
    assert faulty(tall(page, width), width) == {}


def test_the_pages_have_every_explorer():
    text = "".join((ROOT / "chapters" / f"{page}.md").read_text("utf-8") for page in PAGES)
    assert [kind.__name__ for kind in EXPLORERS if f"{kind.__name__}(" not in text] == []


@pytest.mark.parametrize("width", WINDOWS)
@pytest.mark.parametrize("kind", EXPLORERS)
def test_the_picture_stays_in_sight_at_the_last_control(show, kind, width):
    explorer = Driver(show(kind, width=width)).unfold()
    explorer.ask("(root) => root.scrollIntoView({ block: 'end' })")
    explorer.visit.settle()
    top, bottom, lowest = explorer.ask(
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

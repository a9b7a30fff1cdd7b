"""CostComparison on a page against native convlib; its times are positive, no more."""

import random
import re

import pytest
from explorers import Driver

from convlib import compare_convolutions
from convlib.widgets import CostComparison
from convlib.widgets.cost_comparison import LABELS, LAYERS

RANGES = {
    "channels C₁": (1, 512),
    "channels C₂": (1, 512),
    "height H": (1, 112),
    "width W": (1, 112),
    "kernel h": (1, 7),
    "kernel w": (1, 7),
    "groups g": (1, 64),
}
FIELDS = ("macs", "params", "bytes", "intensity")
CALCULATED = "td.calculated"
MEASURED = "td.measured"
BUTTON = ".measure-button"

# Types numbers into fields, without waiting for a frame in between.
TYPE = """(root, values) => {
    for (const [label, value] of Object.entries(values)) {
        const box = [...root.querySelectorAll(".convlib-layer-sizes > .widget-text")].find((each) =>
            each.querySelector(".widget-label").textContent === label);
        const field = box.querySelector("input");
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
    }
}"""


@pytest.fixture
def explorer(show):
    return Driver(show(CostComparison)).unfold()


def put(explorer, values):
    explorer.ask(TYPE, values)
    explorer.visit.settle()


def number(explorer, label):
    return int(explorer.root.get_by_label(label, exact=True).input_value())


def shown(explorer, selector=CALCULATED):
    """Return the numbers in the table, by variant and field."""
    cells = explorer.root.locator(selector).evaluate_all(
        "cells => cells.map(({dataset: d}) => [d.variant, d.field, Number(d.value)])"
    )
    return {(variant, field): value for variant, field, value in cells}


def ratios(explorer):
    """Return the ratios behind the marks of the plot, by variant and field."""
    marks = explorer.root.locator("[data-ratio]").evaluate_all(
        "marks => marks.map(({dataset: d}) => [d.of, d.ratio, Number(d.value)])"
    )
    return {(variant, field): value for variant, field, value in marks}


def message(explorer):
    """Return what the button says, while nothing is measured the invitation."""
    return explorer.text(BUTTON)


def native(at):
    """Return what convlib computes for the sliders' values; an impossible grouped one is 0."""
    c1, c2, height, width, kh, kw, groups = (at[label] for label in LABELS)
    legal = c1 % groups == c2 % groups == 0
    found = compare_convolutions(c1, c2, (kh, kw), (height, width), groups if legal else 1)
    return {
        (v.name, field): getattr(v.cost, field) * (legal or v.name != "grouped")
        for v in found
        for field in FIELDS
    }


def random_setting(seed):
    """Return sliders' values, every other time with groups that divide the channels."""
    chance = random.Random(seed)
    at = {label: chance.randint(*ends) for label, ends in RANGES.items()}
    if seed % 2:
        for label in ("channels C₁", "channels C₂"):
            at[label] = at["groups g"] * chance.randint(1, 512 // at["groups g"])
    return at


@pytest.mark.parametrize("seed", range(24))
def test_random_setting_equals_native(explorer, seed):
    at = random_setting(seed)
    put(explorer, at)
    expected = native(at)
    assert shown(explorer) == expected
    legal = expected[("grouped", "macs")] > 0
    assert explorer.root.locator(".illegal").count() == (not legal)
    results = [formula.rsplit("= ", 1)[-1] for formula in explorer.texts(".formulas [data-line]")]
    results = [result.rsplit("=", 1)[-1] for result in results]
    macs = [expected[key] for key in expected if key[1] == "macs"]
    no_layer = "no layer: g does not divide C₁ and C₂"
    assert results == [f"{count:,}\u00a0MACs" if count else no_layer for count in macs]
    assert ratios(explorer) == {
        (variant, field): value / expected["vanilla", field]
        for (variant, field), value in expected.items()
        if field in ("macs", "bytes") and variant != "vanilla" and value
    }


def test_opens_on_mobilenets_layer(explorer):
    assert shown(explorer)[("depthwise + 1 × 1", "macs")] == 52_283_392
    said = explorer.text(".said")
    assert said.startswith("Depthwise + 1 × 1 takes 1/8.84 of vanilla's MACs, 1/8.84 of vanilla's")


def test_groups_that_do_not_divide_are_explained_with_the_legal_ones(explorer):
    put(explorer, {"channels C₁": 6, "channels C₂": 4, "groups g": 4})
    said = explorer.text(".illegal")
    assert "g = 4: it must divide C₁ = 6 and C₂ = 4. Legal values are 1, 2." in said
    put(explorer, {"groups g": 2})
    assert explorer.root.locator(".illegal").count() == 0
    assert "it makes 6 channels and not 4" in explorer.text(".said")


@pytest.mark.parametrize("name", list(LAYERS)[1:])
def test_choosing_a_layer_sets_the_sliders_until_one_is_moved(explorer, name):
    chosen = explorer.root.get_by_role("combobox")

    def shown_choice():  # ipywidgets writes no-break spaces
        return chosen.evaluate("node => node.selectedOptions[0].text").replace("\xa0", " ")

    chosen.select_option(label=name)
    explorer.visit.settle()
    assert tuple(number(explorer, label) for label in LABELS) == LAYERS[name]
    assert shown_choice() == name
    put(explorer, {"height H": 13})
    assert shown_choice() == "as set"


def start_measuring(explorer):
    explorer.root.locator(BUTTON).click()
    explorer.root.locator(BUTTON, has_text="measuring").wait_for()


def measure(explorer):
    explorer.root.locator(BUTTON).click()
    explorer.root.locator(MEASURED).first.wait_for(timeout=60_000, state="attached")


@pytest.mark.parametrize("layer", [(8, 8, 6, 6, 3, 3, 2), (6, 4, 9, 30, 5, 2, 2)])
def test_measures_where_it_says_and_only_when_asked(explorer, layer):
    put(explorer, dict(zip(LABELS, layer, strict=True)))
    assert explorer.root.locator(MEASURED).count() == 0
    assert message(explorer) == "measure here"
    assert explorer.texts(".ratios .none") == ["not measured yet"] * 3
    measure(explorer)
    found = shown(explorer, MEASURED)
    assert len(found) == 8
    assert all(0 < value < float("inf") for value in found.values())
    where = "Time: measured in this browser, WebAssembly, one thread"
    assert where in explorer.text(".cost-caption")
    assert "In this browser it takes" in explorer.text(".said")
    assert message(explorer) == "measure here"
    assert explorer.root.locator(BUTTON).get_attribute("aria-pressed") == "false"
    drawn = ratios(explorer)
    for variant in ("grouped", "depthwise", "depthwise + 1 × 1"):
        expected = found[variant, "ms"] / found["vanilla", "ms"]
        assert drawn[variant, "ms"] == pytest.approx(expected)
    assert explorer.root.locator(".spread").count() == 3
    assert explorer.root.locator(".ratios .none").count() == 0


def test_a_change_of_sizes_ends_a_measurement_and_forgets_it(explorer):
    put(explorer, {"channels C₁": 8, "channels C₂": 8, "groups g": 2})
    measure(explorer)
    put(explorer, {"height H": number(explorer, "height H") + 1})
    assert explorer.root.locator(MEASURED).count() == 0
    start_measuring(explorer)
    explorer.root.locator(BUTTON).evaluate(
        """(button) => {
            globalThis.statuses = [];
            new MutationObserver(() => statuses.push(button.textContent)).observe(
                button, { childList: true, characterData: true, subtree: true });
        }"""
    )
    put(explorer, {"height H": number(explorer, "height H") + 1})
    assert explorer.root.locator(MEASURED).count() == 0
    assert message(explorer) == "measure here"
    measure(explorer)
    assert len(shown(explorer, MEASURED)) == 8
    # One that had not ended would keep reporting its steps among those of the next.
    told = explorer.visit.page.evaluate("statuses")
    first = told.index("measure here")
    steps = [re.fullmatch(r"measuring (\d+) of 25", text) for text in told[first + 1 :]]
    counted = [int(step[1]) for step in steps if step]
    assert counted == list(range(1, 26))
    assert [text for text, step in zip(told[first + 1 :], steps, strict=True) if not step] == [
        "measure here"
    ]


def test_an_impossible_grouped_convolution_is_not_timed(explorer):
    put(explorer, {"channels C₁": 8, "channels C₂": 8, "groups g": 3})
    measure(explorer)
    found = shown(explorer, MEASURED)
    assert {key for key, value in found.items() if not value} == {
        ("grouped", "ms"), ("grouped", "gflops"),
    }  # fmt: skip


def test_the_page_answers_while_it_measures_the_largest_layer(explorer):
    largest = {label: high for label, (_, high) in RANGES.items()}
    put(explorer, largest)
    start_measuring(explorer)
    put(explorer, {"height H": 111})
    assert message(explorer) == "measure here"


def test_the_button_stops_what_it_started_and_the_linked_one_does_too(explorer):
    start_measuring(explorer)
    explorer.root.locator(BUTTON).click()
    explorer.visit.settle()
    assert message(explorer) == "measure here"
    linked = explorer.root.get_by_role("button", name="run the measurement")
    linked.click()
    explorer.root.locator(BUTTON, has_text="measuring").wait_for()
    linked.click()
    explorer.visit.settle()
    assert message(explorer) == "measure here"
    assert explorer.root.locator(MEASURED).count() == 0


def test_a_guess_is_dragged_stepped_or_typed(explorer):
    field = explorer.root.get_by_label("your guess", exact=True)
    assert field.input_value() == "1"
    grip = explorer.handle("guessed ratio of times")
    box = grip.locator(".dot-of-grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    ticks = explorer.root.locator(".ratios .tick").evaluate_all(
        "(all) => all.map((tick) => tick.getBoundingClientRect().x)"
    )
    mouse = explorer.visit.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 20, y)
    mouse.move(ticks[2], y)
    mouse.up()
    explorer.visit.settle()
    assert float(field.input_value()) == pytest.approx(0.1, abs=0.01)
    assert explorer.text(".guess-text") == f"1/{float(f'{1 / float(field.input_value()):.3g}'):g}"
    for key, value in (("End", "10"), ("ArrowLeft", "9.1"), ("Home", "0.001")):
        grip.press(key)
        explorer.visit.settle()
        assert field.input_value() == value
    field.fill("0.25")
    field.press("Enter")
    explorer.visit.settle()
    assert explorer.text(".guess-text") == "1/4"
    assert grip.get_attribute("aria-valuetext") == "1/4 of vanilla's time"
    put(explorer, {"channels C₁": 8, "channels C₂": 8, "groups g": 2})
    measure(explorer)
    assert explorer.text(".said").split("; ")[1].startswith("you guessed 1/4.")


def test_numbers_in_the_formula_are_dragged_and_stepped(explorer):
    explorer.root.locator(".foot > summary").click()
    line = explorer.root.locator("[data-line=grouped]")
    channels = line.get_by_role("slider", name="C₁ in the formula")
    channels.scroll_into_view_if_needed()
    box = channels.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = explorer.visit.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 30, y)
    mouse.move(x - 80, y)
    mouse.up()
    explorer.visit.settle()
    assert number(explorer, "channels C₁") == 128
    for key, value in (("ArrowRight", 129), ("ArrowDown", 128), ("Home", 1), ("End", 512)):
        channels.press(key)
        explorer.visit.settle()
        assert number(explorer, "channels C₁") == value
    # An illegal g stays in the reader's hand.
    groups = line.get_by_role("slider", name="g in the formula")
    groups.press("ArrowRight")
    explorer.visit.settle()
    assert number(explorer, "groups g") == 33
    assert explorer.root.locator(".said.illegal").count() == 1
    groups.press("ArrowLeft")
    explorer.visit.settle()
    assert explorer.root.locator(".said.illegal").count() == 0


def test_a_term_lights_its_mark(explorer):
    explorer.root.locator(".foot > summary").click()

    def lit():
        return explorer.root.locator(".ratios .lit").evaluate_all(
            "(all) => all.map(({ dataset: d }) => [d.of ?? 'vanilla', d.ratio])"
        )

    assert lit() == []
    explorer.root.locator("[data-line=depthwise]").hover()
    assert lit() == [["depthwise", "macs"]]
    explorer.root.locator("td[data-variant=grouped][data-field=bytes]").hover()
    assert lit() == [["grouped", "bytes"]]
    explorer.visit.page.mouse.move(0, 0)
    assert lit() == []


def test_the_code_computes_the_ratios(explorer):
    explorer.root.locator(".menu-button").click()
    explorer.root.get_by_role("button", name="copy code for convlib").click()
    scope = {}
    exec(explorer.root.locator(".menu textarea").input_value(), scope)
    drawn = ratios(explorer)
    assert scope["output"] == [1] + [drawn[name, "macs"] for name in drawn_variants(drawn)]


def drawn_variants(drawn):
    return list(dict.fromkeys(variant for variant, _ in drawn))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_height_is_fixed_and_nothing_is_cut_off(show, width):
    explorer = Driver(show(CostComparison, width=width)).unfold()
    heights = set()
    for seed in range(6):
        put(explorer, random_setting(seed))
        heights.add(explorer.root.bounding_box()["height"])
        assert explorer.ask(
            """(root) => {
                const board = root.querySelector(".board").getBoundingClientRect();
                const said = root.querySelector(".said");
                const texts = [...root.querySelectorAll(".ratios text")];
                return said.scrollHeight <= said.clientHeight + 1 && texts.every((each) => {
                    const { left, right, bottom } = each.getBoundingClientRect();
                    return left >= board.left - 12 && right <= board.right + 12 &&
                        bottom <= board.bottom + 1;
                });
            }"""
        ), seed
    assert len(heights) == 1


def test_a_finger_drags_a_guess_and_a_number_of_the_formula(show):
    explorer = Driver(show(CostComparison(), width=390, has_touch=True)).unfold()
    explorer.swipe(explorer.handle("guessed ratio of times").locator(".dot-of-grip"), -40, 0)
    assert float(explorer.root.get_by_label("your guess", exact=True).input_value()) < 0.5
    explorer.root.locator(".foot > summary").click()
    line = explorer.root.locator("[data-line=grouped]")
    explorer.swipe(line.get_by_role("slider", name="C₂ in the formula"), -80, 0)
    assert number(explorer, "channels C₂") == 128

"""CostComparison in the built page against native convlib; its times are positive, no more."""

import random

import pytest

from convlib import compare_convolutions
from convlib.widgets import CostComparison
from convlib.widgets.cost_comparison import LAYERS

RANGES = {
    "channels C1": (1, 512),
    "channels C2": (1, 512),
    "height H": (1, 112),
    "width W": (1, 112),
    "kernel h": (1, 7),
    "kernel w": (1, 7),
    "groups g": (1, 64),
}
FIELDS = ("macs", "params", "bytes", "intensity")
CALCULATED = "[data-part=calculated] li"
MEASURED = "[data-part=measured] li"
LABELS = tuple(RANGES)


@pytest.fixture
def explorer(explorer):
    return explorer("cost", CostComparison)


def shown(explorer, selector=CALCULATED):
    """Return the numbers behind the bars, by variant and field."""
    bars = explorer.root.locator(selector).evaluate_all(
        "bars => bars.map(({dataset: d}) => [d.variant, d.field, Number(d.value)])"
    )
    return {(variant, field): value for variant, field, value in bars}


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
        for label in ("channels C1", "channels C2"):
            at[label] = at["groups g"] * chance.randint(1, 512 // at["groups g"])
    return at


@pytest.mark.parametrize("seed", range(24))
def test_random_setting_equals_native(explorer, seed):
    at = random_setting(seed)
    explorer.put(at)
    expected = native(at)
    assert shown(explorer) == expected
    legal = expected[("grouped", "macs")] > 0
    assert explorer.root.locator(".illegal").is_visible() != legal
    results = [formula.rsplit("=", 1)[1] for formula in explorer.texts(".formulas > div")]
    macs = [f"{expected[key]:,}\u00a0MACs" for key in expected if key[1] == "macs"]
    assert results[:-2] == [text for text in macs if not text.startswith("0")]


def test_opens_on_mobilenets_layer(explorer):
    assert shown(explorer)[("depthwise + 1x1", "macs")] == 52_283_392
    said = explorer.text(".said")
    assert said.startswith("Depthwise + 1x1 takes 1/8.84 of vanilla's MACs, 1/8.84 of vanilla's")


def test_groups_that_do_not_divide_are_explained_with_the_legal_ones(explorer):
    explorer.put({"channels C1": 6, "channels C2": 4, "groups g": 4})
    said = explorer.text(".illegal")
    assert "g = 4: it must divide C1 = 6 and C2 = 4. Legal values are 1, 2." in said
    assert "It makes 6 channels and not 4" in explorer.text(".said")


@pytest.mark.parametrize("name", list(LAYERS)[1:])
def test_choosing_a_layer_sets_the_sliders_until_one_is_moved(explorer, name):
    chosen = explorer.root.get_by_role("combobox")

    def shown_choice():  # ipywidgets writes no-break spaces
        return chosen.evaluate("node => node.selectedOptions[0].text").replace("\xa0", " ")

    chosen.select_option(label=name)
    explorer.visit.settle()
    assert tuple(explorer.value(label) for label in LABELS) == LAYERS[name]
    assert shown_choice() == name
    explorer.put({"height H": 13})
    assert shown_choice() == "as set"


def start_measuring(explorer):
    explorer.root.get_by_role("button", name="measure here").click()
    explorer.root.locator("[data-part=status]", has_text="Measuring").wait_for()


def measure(explorer):
    explorer.root.get_by_role("button", name="measure here").click()
    explorer.root.locator(MEASURED).first.wait_for(timeout=60_000)


@pytest.mark.parametrize("layer", [(8, 8, 6, 6, 3, 3, 2), (6, 4, 9, 30, 5, 2, 2)])
def test_measures_where_it_says_and_only_when_asked(explorer, layer):
    explorer.put(dict(zip(LABELS, layer, strict=True)))
    assert explorer.root.locator(MEASURED).count() == 0
    assert "Nothing is measured yet" in explorer.text("[data-part=status]")
    measure(explorer)
    found = shown(explorer, MEASURED)
    assert len(found) == 8
    assert all(0 < value < float("inf") for value in found.values())
    where = "Time: measured in this browser, WebAssembly, one thread"
    assert where in explorer.texts(".cost-heading")
    assert "In this browser it takes" in explorer.text(".said")
    button = explorer.root.get_by_role("button", name="measure here")
    assert "mod-active" not in button.get_attribute("class")


def test_a_change_of_sizes_ends_a_measurement_and_forgets_it(explorer):
    explorer.put({"channels C1": 8, "channels C2": 8, "groups g": 2})
    measure(explorer)
    explorer.press("height H", "ArrowRight")
    assert explorer.root.locator(MEASURED).count() == 0
    start_measuring(explorer)
    explorer.root.locator("[data-part=status]").evaluate(
        """(status) => {
            globalThis.statuses = [];
            new MutationObserver((changes) => {
                for (const { addedNodes } of changes)
                    for (const node of addedNodes) statuses.push(node.textContent);
            }).observe(status, { childList: true });
        }"""
    )
    explorer.press("height H", "ArrowRight")
    assert explorer.root.locator(MEASURED).count() == 0
    assert "Nothing is measured yet" in explorer.text("[data-part=status]")
    measure(explorer)
    assert len(shown(explorer, MEASURED)) == 8
    # One that had not ended would keep reporting its samples among those of the next.
    told = explorer.visit.page.evaluate("statuses")
    first = next(n for n, text in enumerate(told) if text.startswith("Nothing is measured yet"))
    assert told[first + 1] == "Measuring: warming up."
    samples = [int(text.split()[2]) for text in told[first:] if text.startswith("Measuring: s")]
    assert samples == list(range(1, len(samples) + 1))


def test_an_impossible_grouped_convolution_is_not_timed(explorer):
    explorer.put({"channels C1": 8, "channels C2": 8, "groups g": 3})
    measure(explorer)
    found = shown(explorer, MEASURED)
    assert {key for key, value in found.items() if not value} == {
        ("grouped", "ms"), ("grouped", "gflops"),
    }  # fmt: skip


def test_the_page_answers_while_it_measures_the_largest_layer(explorer):
    largest = {label: high for label, (_, high) in RANGES.items()}
    explorer.put(largest)
    start_measuring(explorer)
    explorer.press("height H", "ArrowLeft")
    assert "Nothing is measured yet" in explorer.text("[data-part=status]")

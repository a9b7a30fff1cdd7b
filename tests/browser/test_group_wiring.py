"""GroupWiring on a page against native convlib."""

import math
import random

import numpy as np
import pytest
from explorers import Driver

from convlib import Conv2d, conv2d
from convlib.widgets import GroupWiring


@pytest.fixture
def explorer(show):
    return Driver(show(GroupWiring)).unfold()


def moved_natively(c1, c2, g, channel):
    """Return the numbers, from 1, of the outputs that depend on an input channel."""
    image = np.random.default_rng(0).standard_normal((c1, 5, 5))
    weight = np.random.default_rng(1).standard_normal((c2, c1 // g, 3, 3))
    disturbed = image.copy()
    disturbed[channel - 1] += 1
    difference = conv2d(disturbed, weight, padding="same", groups=g)
    difference -= conv2d(image, weight, padding="same", groups=g)
    return (1 + np.flatnonzero(difference.any(axis=(1, 2)))).tolist()


def moved(explorer):
    """Return the outputs that the wiring marks; each must also be marked in the matrix."""
    nodes = explorer.root.locator("[data-moved='1']").evaluate_all(
        "(all) => all.map((node) => [Number(node.dataset.output),"
        " node.querySelectorAll('.mark').length])"
    )
    assert all(marks == 1 for _, marks in nodes)
    assert explorer.root.locator("[data-matrix] .mark").count() == len(nodes)
    return [number for number, _ in nodes]


def wires(explorer):
    """Return how many lines join an input channel to an output channel."""
    paths = explorer.root.locator(".wire").evaluate_all(
        "(all) => all.map((path) => path.getAttribute('d'))"
    )
    lines = [line for path in paths for line in path.split("M")[1:]]
    assert len(set(lines)) == len(lines)
    return len(lines)


def put(explorer, c1, c2, g, channel):
    explorer.put({"input C₁": c1, "output C₂": c2, "groups g": g, "disturb": channel})


def changes_shown(explorer):
    """Return by how much each output is said to move."""
    texts = explorer.texts("[data-output] .change")
    return [float(text.removeprefix("±")) if text != "same" else 0.0 for text in texts]


def by_code(explorer):
    """Run the code that the menu offers for convlib; return its output."""
    explorer.root.locator(".menu-button").click()
    explorer.root.get_by_role("button", name="copy code for convlib").click()
    text = explorer.root.locator(".menu textarea").input_value()
    explorer.root.locator(".menu-button").click()
    scope = {}
    exec(text, scope)
    return scope["output"]


def drag(explorer, across, down):
    """Drag the split between groups by so many pixels."""
    box = explorer.handle("split between groups").locator(".dot-of-grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = explorer.visit.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + across / 2, y + down / 2)
    mouse.move(x + across, y + down)
    mouse.up()
    explorer.visit.settle()


@pytest.mark.parametrize("seed", range(4))
def test_random_settings_equal_native(explorer, seed):
    chance = random.Random(seed)
    for _ in range(7):
        g = chance.choice([1, 1, 2, 2, 3, 4, 5, 6, 12])
        c1, c2 = (g * chance.randint(1, 12 // g) for _ in range(2))
        channel = chance.randint(1, c1)
        put(explorer, c1, c2, g, channel)
        assert moved(explorer) == moved_natively(c1, c2, g, channel)
        np.testing.assert_array_equal(changes_shown(explorer), by_code(explorer))
        counts = [Conv2d(c1, c2, 1, groups=groups, bias=False).params for groups in (g, 1)]
        formula = explorer.root.locator("[data-kernels]")
        assert formula.get_attribute("data-kernels") == str(counts[0])
        assert formula.get_attribute("data-all") == str(counts[1])
        assert formula.text_content().endswith(f"={counts[0]}\u00a0kernels instead of {counts[1]}")
        assert wires(explorer) == c1 * c2 // g
        assert explorer.root.locator("[data-matrix] .cell.kernel").count() == c1 * c2 // g
        assert (
            explorer.root.locator("[data-matrix] .cell.padding").count() == c1 * c2 - c1 * c2 // g
        )


@pytest.mark.parametrize(
    ("c1", "c2", "g"), [(6, 4, 3), (6, 4, 4), (12, 12, 5), (1, 1, 2), (7, 12, 7)]
)
def test_illegal_groups_are_explained(explorer, c1, c2, g):
    put(explorer, c1, c2, g, 1)
    legal = [str(d) for d in range(1, 13) if math.gcd(c1, c2) % d == 0]
    listed = " and ".join(filter(None, [", ".join(legal[:-1]), legal[-1]]))
    said = explorer.text(".said")
    verb = "divides neither" if c1 % g and c2 % g else "does not divide"
    assert said.startswith(f"g = {g} {verb} ")
    assert ("C₁" in said.split(":")[0]) == (c1 % g != 0)
    assert ("C₂" in said.split(":")[0]) == (c2 % g != 0)
    assert said.endswith(f"Legal values of g here: {listed}.")
    assert explorer.root.locator("[data-wiring] .cell").count() == c1 + c2
    assert wires(explorer) == 0
    # What does not fit is seen: the channels that a line between two groups would go through.
    cut = explorer.root.locator(".cell.cut").count()
    borders = [[k * c / g for k in range(1, g)] for c in (c1, c2)]
    assert cut == sum(len({math.floor(at) for at in each if at % 1}) for each in borders)
    assert explorer.root.locator("[data-kernels]").text_content().startswith("kernels: C1C2g")
    struck = [int(text) for text in explorer.texts(".convlib-groups-row .misfit:visible")]
    assert struck == [d for d in range(1, 13) if str(d) not in legal]
    explorer.put({"groups g": 1})
    assert wires(explorer) == c1 * c2


def test_channel_that_is_not_there_is_explained(explorer):
    explorer.put({"disturb": 9})
    assert explorer.text(".said").startswith("There is no input channel 9: C₁ = 6.")
    assert moved(explorer) == []


def test_opens_on_the_lectures_example_and_is_driven_by_pointer_and_keys(explorer):
    assert explorer.value("input C₁") == 6
    assert explorer.value("output C₂") == 4
    assert explorer.value("groups g") == 2
    assert moved(explorer) == []
    explorer.root.locator("[data-wiring] [data-input='2']:not(path)").click()
    explorer.visit.settle()
    assert moved(explorer) == [1, 2]
    assert "output channels 1 and 2 moved; output channels 3 and 4 did not" in explorer.text(
        ".said"
    )
    explorer.root.locator("[data-matrix] .cell[data-input='5']").first.click()
    explorer.visit.settle()
    assert moved(explorer) == [3, 4]
    figure = explorer.root.locator("[data-wiring]")
    for key, expected in (("ArrowUp", 4), ("ArrowUp", 3), ("Escape", 0), ("ArrowDown", 1)):
        figure.press(key)
        explorer.visit.settle()
        assert explorer.value("disturb") == expected
    assert moved(explorer) == [1, 2]


def test_an_output_shows_what_it_reads(explorer):
    explorer.root.locator("[data-wiring] [data-output='3']:not(path)").click()
    explorer.visit.settle()
    assert explorer.value("inputs of output") == 3
    assert "Output channel 3 reads input channels 4 to 6 and no other." in explorer.text(".said")
    read = explorer.root.locator("[data-read='1']").evaluate_all(
        "(all) => all.map((node) => Number(node.dataset.input))"
    )
    assert read == [4, 5, 6]
    explorer.root.locator("[data-wiring] [data-input='1']:not(path)").click()
    explorer.visit.settle()
    assert (explorer.value("inputs of output"), explorer.value("disturb")) == (0, 1)
    figure = explorer.root.locator("[data-wiring]")
    for key, asked, disturbed in (("ArrowRight", 1, 0), ("ArrowDown", 2, 0), ("ArrowLeft", 0, 2)):
        figure.press(key)
        explorer.visit.settle()
        got = explorer.value("inputs of output"), explorer.value("disturb")
        assert got == (asked, disturbed)


def lit(explorer):
    """Return how many wires, cells, blocks and bands of groups are lit."""
    kinds = (".lit-wire", ".lit-cell", ".block-of-group.lit", ".band-of-group.lit")
    return [explorer.root.locator(kind).count() for kind in kinds]


def test_a_wire_its_cell_and_its_block_light_together(explorer):
    mouse = explorer.visit.page.mouse
    assert lit(explorer) == [0, 0, 0, 0]
    explorer.root.locator("[data-matrix] [data-at='2,3']").hover()
    explorer.visit.settle()
    assert lit(explorer) == [1, 1, 1, 1]
    wire = explorer.root.locator(".wire-reach[data-input='4'][data-output='3']")
    assert explorer.root.locator(".lit-wire").get_attribute("d") == wire.get_attribute("d")
    explorer.root.locator("[data-matrix] [data-at='0,3']").hover()  # a zero: no wire, no block
    explorer.visit.settle()
    assert lit(explorer) == [0, 1, 0, 0]
    x, y = wire.evaluate(
        "(path) => { const at = path.getPointAtLength(path.getTotalLength() / 5);"
        " const box = path.ownerSVGElement.getScreenCTM();"
        " return [box.e + at.x * box.a, box.f + at.y * box.d]; }"
    )
    mouse.move(x, y)
    explorer.visit.settle()
    assert lit(explorer)[:3] == [1, 1, 1]
    mouse.move(0, 0)
    explorer.visit.settle()
    assert lit(explorer) == [0, 0, 0, 0]
    explorer.root.locator("[data-matrix] [data-at='2,3']").click()
    mouse.move(0, 0)
    explorer.visit.settle()
    assert lit(explorer) == [1, 1, 1, 1]
    assert explorer.value("disturb") == 4


def test_the_split_is_dragged_and_stepped_to_legal_groups_only(explorer):
    explorer.put({"input C₁": 12, "output C₂": 8, "groups g": 1})
    tall = explorer.root.locator(".band-of-group").bounding_box()["height"]
    drag(explorer, 0, -0.6 * tall)
    assert explorer.value("groups g") == 2
    drag(explorer, 0, -0.2 * tall)
    assert explorer.value("groups g") == 4
    grip = explorer.handle("split between groups")
    assert grip.get_attribute("aria-valuetext") == "4 groups"
    for key, g in (("ArrowUp", 4), ("ArrowDown", 2), ("ArrowDown", 1), ("End", 4), ("Home", 1)):
        grip.press(key)
        explorer.visit.settle()
        assert explorer.value("groups g") == g
    assert explorer.value("disturb") == 0
    explorer.put({"groups g": 3})
    assert explorer.root.locator(".said.illegal").count() == 1
    grip.press("ArrowUp")
    explorer.visit.settle()
    assert explorer.value("groups g") == 4


@pytest.mark.parametrize("width", [1280, 390])
def test_the_height_is_fixed_and_nothing_is_cut_off(show, width):
    explorer = Driver(show(GroupWiring, width=width))
    heights = set()
    for c1, c2, g, channel in ((1, 1, 1, 1), (12, 12, 4, 5), (12, 12, 5, 5), (12, 1, 1, 12)):
        put(explorer, c1, c2, g, channel)
        heights.add(explorer.root.bounding_box()["height"])
        assert explorer.ask(
            """(root) => {
                const board = root.querySelector(".board").getBoundingClientRect();
                const said = root.querySelector(".said");
                return [...root.querySelectorAll(".board svg")].every((each) => {
                    const box = each.getBoundingClientRect();
                    return box.right <= board.right + 1 && box.bottom <= board.bottom + 1;
                }) && said.scrollHeight <= said.clientHeight + 1;
            }"""
        ), (c1, c2, g)
    assert len(heights) == 1


def test_a_finger_drags_the_split_and_taps_channels(show):
    made = GroupWiring(in_channels=12, out_channels=8, groups=1)
    explorer = Driver(show(made, width=390, has_touch=True)).unfold()
    tall = explorer.root.locator(".band-of-group").bounding_box()["height"]
    dot = explorer.handle("split between groups").locator(".dot-of-grip")
    explorer.swipe(dot, 0, -0.5 * tall)
    assert explorer.value("groups g") == 2
    for kind, control in (("input", "disturb"), ("output", "inputs of output")):
        explorer.root.locator(f"[data-wiring] [data-{kind}='7']:not(path)").tap()
        explorer.visit.settle()
        assert explorer.value(control) == 7


def test_a_finger_slides_along_channels_that_are_closer_together_than_fingertips(show):
    seen = show(GroupWiring(in_channels=12, out_channels=12, groups=3), width=390, has_touch=True)
    explorer = Driver(seen)
    for kind, label in (("input", "disturb"), ("output", "inputs of output")):
        fifth = explorer.root.locator(f".nodes > [data-{kind}='5']")
        sixth = explorer.root.locator(f".nodes > [data-{kind}='6']")
        pitch = sixth.bounding_box()["y"] - fifth.bounding_box()["y"]
        assert pitch < 44
        for steps, reached in ((4, 9), (-3, 2), (-10, 1)):
            explorer.swipe(fifth, 0, steps * pitch)
            assert explorer.value(label) == reached

"""GroupWiring in the built page against native convlib."""

import math
import random

import numpy as np
import pytest

from convlib import Conv2d, conv2d
from convlib.widgets import GroupWiring

KERNELS = (1, 3, 5)


@pytest.fixture
def explorer(explorer):
    return explorer("groups", GroupWiring)


def moved_natively(c1, c2, g, size, kernel, channel):
    """Return the numbers, from 1, of the outputs that depend on an input channel."""
    image = np.random.default_rng(0).standard_normal((c1, size, size))
    weight = np.random.default_rng(1).standard_normal((c2, c1 // g, kernel, kernel))
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


def put(explorer, c1, c2, g, size, kernel, channel):
    explorer.put(
        {"input C₁": c1, "output C₂": c2, "groups g": g, "W = H": size, "disturb": channel}
    )
    explorer.choose(f"{kernel} × {kernel}")


@pytest.mark.parametrize("seed", range(4))
def test_random_settings_equal_native(explorer, seed):
    chance = random.Random(seed)
    for _ in range(7):
        g = chance.choice([1, 1, 2, 2, 3, 4, 5, 6, 12])
        c1, c2 = (g * chance.randint(1, 12 // g) for _ in range(2))
        size, kernel, channel = chance.randint(1, 16), chance.choice(KERNELS), chance.randint(1, c1)
        put(explorer, c1, c2, g, size, kernel, channel)
        expected = moved_natively(c1, c2, g, size, kernel, channel)
        assert moved(explorer) == expected
        layer = Conv2d(c1, c2, kernel, padding="same", groups=g, bias=False)
        cost = explorer.root.locator("[data-macs]")
        assert cost.get_attribute("data-macs") == str(layer.macs(size))
        assert cost.text_content().endswith(f"{layer.macs(size):,}\u00a0MACs")
        weights = explorer.root.locator("[data-weights]")
        assert weights.get_attribute("data-weights") == str(layer.params)
        assert wires(explorer) == c1 * c2 // g
        assert explorer.root.locator("[data-matrix] .cell.kernel").count() == c1 * c2 // g
        assert (
            explorer.root.locator("[data-matrix] .cell.padding").count() == c1 * c2 - c1 * c2 // g
        )


@pytest.mark.parametrize(
    ("c1", "c2", "g"), [(6, 4, 3), (6, 4, 4), (12, 12, 5), (1, 1, 2), (7, 12, 7)]
)
def test_illegal_groups_are_explained(explorer, c1, c2, g):
    put(explorer, c1, c2, g, 8, 3, 1)
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
    explorer.root.locator("[data-wiring] [data-input='2']").click()
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

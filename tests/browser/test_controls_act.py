"""A control that is offered does something: a step of it changes the picture or the sentence."""

import random

import pytest
from explorers import Driver
from sights import SCRIPT, explorers_of
from states import EXPLORERS, wander
from test_stage import PAGES

from convlib.widgets import ConvolutionMatrix, OutputSize, StrideGrid

# What a step shows: the picture, its sentence, the formulas and numbers that are folded.
IDLE = "(panel) => sights.idle(panel)"


def idle(explorer):
    return explorer.ask(IDLE)


@pytest.mark.parametrize("page", PAGES)
def test_no_control_is_idle_as_a_page_opens_it(visit, page):
    found = [element.evaluate(IDLE) for _, element in explorers_of(visit(page))]
    assert found == [[]] * len(found) != []


@pytest.mark.parametrize("kind", EXPLORERS)
def test_no_control_is_idle_in_a_state_drawn_by_chance(show, kind):
    explorer = Driver(show(kind)).unfold()
    explorer.visit.page.evaluate(SCRIPT)
    chance = random.Random(1)
    wander(explorer, kind(), chance)
    # What is illegal is said instead of being drawn, and may be mended by one control alone.
    while explorer.root.locator(".said.illegal").count():
        wander(explorer, kind(), chance)
    assert idle(explorer) == []


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (OutputSize, ["step"]),
        (StrideGrid, ["output row", "output column"]),
        (ConvolutionMatrix, ["row"]),
    ],
)
def test_with_one_output_there_is_no_slider_through_the_outputs(show, kind, labels):
    explorer = Driver(show(kind(image=[[1, 2]], weights=[[1, 1]]))).unfold()
    playing = explorer.root.locator(".widget-play")

    def offered():
        return [label for label in labels if label in explorer.labels()]

    assert offered() == []
    assert [play.is_visible() for play in playing.all()] == [False] * playing.count()
    explorer.put({"kernel w": 1})
    assert offered() == [label for label in labels if label != "output row"]
    assert [play.is_visible() for play in playing.all()] == [True] * playing.count()

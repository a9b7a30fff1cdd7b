"""A tap counts, even where the drawing is made anew while the button is down."""

import pytest
from explorers import Driver

from convlib import widgets

# Parts to tap, and where what they choose is said.
PARTS = [
    ("OutputSize", "[data-grid=output] [data-at='1,1']"),
    ("OutputSize", "[data-grid=input] [data-at='1,2']"),
    ("StrideGrid", "[data-grid=output] [data-at='1,0']"),
    ("StrideGrid", "[data-grid=every] [data-at='1,2']"),
    ("ConvolutionMatrix", "[data-grid=output] [data-at='1,1']"),
    ("GroupWiring", ".wire-reach[data-input='1'][data-output='2']"),
    ("GroupWiring", ".node-reach"),
    ("GroupWiring", "[data-matrix] [data-at='1,1']"),
]


def middle(node):
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_tap_counts_where_its_part_is_drawn_anew(show, kind, part):
    said = []
    for anew in (False, True):
        explorer = Driver(show(getattr(widgets, kind)))
        page = explorer.visit.page
        before = explorer.text(".said")
        page.mouse.move(*middle(explorer.root.locator(part).first))
        page.mouse.down()
        if anew:
            pressed = explorer.root.locator(part).first
            pressed.evaluate("(node) => node.replaceWith(node.cloneNode(true))")
        page.mouse.up()
        page.mouse.move(0, 0)
        explorer.visit.settle()
        said.append(explorer.text(".said"))
        assert said[-1] != before
    assert said[0] == said[1]

"""ReceptiveField in the built page against native convlib."""

import random
import re

import pytest

from convlib import conv2d_output_size, receptive_field
from convlib.widgets import ReceptiveField
from convlib.widgets.receptive_field import (
    OWN_LAYERS,
    PADDINGS,
    STRIDES,
    own_stack,
    presets,
)


@pytest.fixture
def explorer(explorer):
    return explorer("stride", ReceptiveField)


def place(explorer, network, depth, size, row, column, kernel=3, strides=0, padding=0):
    explorer.root.locator("select").select_option(index=network)
    explorer.visit.settle()
    values = {"input size": size, "pixel row": row, "pixel column": column, "own kernel": kernel}
    explorer.put(values)
    explorer.choose(STRIDES[strides])
    explorer.choose(PADDINGS[padding])
    explorer.put({"layers": depth})


def stack_of(network, depth, kernel, strides, padding):
    if network:
        return list(presets().values())[network - 1][:depth]
    return own_stack(depth, kernel, strides, padding)


def outputs_of(stack, size):
    for _, layer in stack:
        size = layer.output_size(size)
    return size


def amounts(text):
    """Return the numbers in a text, with the page's minus signs read as such."""
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))]


@pytest.mark.parametrize("seed", range(24))
def test_random_setting_equals_native(explorer, seed):
    chance = random.Random(seed)
    network = chance.choice([0, 0, 0, 1, 2, 3, 4, 5])
    own = (chance.randint(1, 7), chance.randrange(4), chance.randrange(3))
    most = len(list(presets().values())[network - 1]) if network else OWN_LAYERS
    depth, size = chance.randint(1, most), chance.randint(32, 256)
    row, column = chance.randrange(256), chance.randrange(256)
    place(explorer, network, depth, size, row, column, *own)
    stack = stack_of(network, depth, *own)
    try:
        field = receptive_field(stack, size)
        outputs = outputs_of(stack, (size, size))
    except ValueError as error:
        misfit = str(error).split(":")[0]
    else:
        misfit = None
    if misfit:
        assert explorer.text(".said").startswith(f"There is no output: at {misfit} ")
        return
    chosen = [
        min(min(pixel, size - 1) // stride, count - 1)
        for pixel, stride, count in zip((row, column), field.stride, outputs, strict=True)
    ]
    (top, bottom), (left, right) = field.window(tuple(chosen))
    center = [c + o * s for c, o, s in zip(field.center, chosen, field.stride, strict=True)]
    cell = [c - shift for c, shift in zip(center, field.shift, strict=True)]
    said = explorer.text(".said").partition(", output")[2]
    expected = [*chosen, top, bottom, left, right, *field.size, *center, *cell]
    assert amounts(said) == expected
    assert ("partly padding" in said) == (min(top, left) < 0 or max(bottom, right) >= size)
    caption = explorer.text("[data-panel=field] figcaption")
    assert amounts(caption) == [size, size, *chosen, *outputs]
    shown = {
        rule: amounts(explorer.text(f"[data-rule={rule}]").rpartition("=")[2])
        for rule in ("field", "stride", "padding", "shift")
    }
    assert shown == {
        "field": [field.size[0]],
        "stride": [field.stride[0]],
        "padding": list(field.padding[0]),
        "shift": [field.shift[0]],
    }
    # The terms of the sum add up to what the formula says.
    terms = explorer.text("[data-rule=field]").rpartition("=")[0].rpartition("=")[2]
    products = [part.split("·") for part in terms.split("+")]
    total = sum(
        int(part[0]) * int(part[1]) if len(part) == 2 else int(part[0]) for part in products
    )
    assert total == field.size[0]
    frame = explorer.root.locator("rect.field")
    drawn = [float(frame.get_attribute(side)) for side in ("x", "y", "width", "height")]
    assert drawn == [left - 0.5, top - 0.5, field.size[1], field.size[0]]


@pytest.mark.parametrize(
    ("network", "size", "center", "shift"),
    [(4, 224, 127, 15.5), (5, 224, 96, -15.5), (4, 225, 96, -15.5), (5, 225, 96, -15.5)],
)
def test_mobilenets_are_half_a_cell_off(explorer, network, size, center, shift):
    place(explorer, network, 27, size, 112, 112)
    assert f"(plus sign) is ({center}, {center})" in explorer.text(".said")
    assert amounts(explorer.text("[data-rule=shift]"))[-1] == shift


def test_end_of_the_layers_slider_follows_the_network(explorer):
    for network, last in ((1, 18), (4, 27), (0, OWN_LAYERS), (2, 50)):
        explorer.root.locator("select").select_option(index=network)
        explorer.visit.settle()
        explorer.press("layers", "End")
        assert explorer.value("layers") == last
        explorer.press("layers", "Home")
        assert explorer.value("layers") == 0
        assert "Before any layer, output" in explorer.text(".said")


def test_pointer_and_arrow_keys_choose_the_output(explorer):
    place(explorer, 4, 27, 224, 0, 0)
    frame = explorer.root.locator("[data-panel=field] .frame")
    said = explorer.text(".said")
    assert said.startswith("After conv13_pw, output (0, 0)")
    frame.press("ArrowDown")
    explorer.visit.settle()
    frame.press("ArrowRight")
    explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (1, 1)")
    assert (explorer.value("pixel row"), explorer.value("pixel column")) == (32, 32)
    box = frame.bounding_box()
    frame.click(position={"x": box["width"] / 2 + 1, "y": box["height"] / 2 + 1})
    explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (3, 3)")
    for _ in range(9):
        frame.press("ArrowDown")
        explorer.visit.settle()
    assert explorer.text(".said").startswith("After conv13_pw, output (6, 3)")


def test_misfit_is_explained_and_ends(explorer):
    place(explorer, 0, 8, 32, 5, 5, 7, 0, 2)
    # 32 pixels less 6 per layer: the sixth layer meets 2.
    assert conv2d_output_size(32 - 4 * 6, 7) == (2, 2)
    said = explorer.text(".said")
    assert "at layer 6 (number 6) only 2 pixels and the padding are left" in said
    assert "its kernel spans 7" in said
    explorer.put({"layers": 5})
    assert explorer.text(".said").startswith("After layer 5, output (1, 1)")

"""StrideGrid in the built page against native convlib."""

import random
import re

import numpy as np
import pytest

from convlib import Conv2d, conv2d, conv2d_output_size, pad2d, unread_pixels
from convlib.widgets import StrideGrid
from convlib.widgets.output_size import IMAGE, WEIGHTS

RANGES = {
    "stride down": (1, 4),
    "stride across": (1, 4),
    "input H": (1, 10),
    "input W": (1, 10),
    "kernel h": (1, 5),
    "kernel w": (1, 5),
    "pad h": (0, 3),
    "pad w": (0, 3),
}
SAME = "SAME (TensorFlow)"


@pytest.fixture
def explorer(explorer):
    return explorer("stride", StrideGrid)


def place(explorer, at, rule="symmetric"):
    explorer.put(at)
    explorer.choose(rule)


def numbers(explorer, grid):
    return [int(text) for text in explorer.texts(f"[data-grid={grid}] .cell text")]


def cells(explorer, grid, kind):
    """Return where the cells with a class are, as (row, column)."""
    found = explorer.root.locator(f"[data-grid={grid}] .cell.{kind}").evaluate_all(
        "(nodes) => nodes.map((node) => node.dataset.at)"
    )
    return {tuple(map(int, at.split(","))) for at in found}


def count(explorer, key):
    return int(explorer.text(f"[data-key={key}] b"))


@pytest.mark.parametrize("seed", range(24))
def test_random_setting_equals_native(explorer, seed):
    chance = random.Random(seed)
    at = {label: chance.randint(*ends) for label, ends in RANGES.items()}
    rule = chance.choice(["symmetric", "symmetric", SAME])
    place(explorer, at, rule)
    size, kernel = (at["input H"], at["input W"]), (at["kernel h"], at["kernel w"])
    stride = (at["stride down"], at["stride across"])
    padding = "same_upper" if rule == SAME else (at["pad h"], at["pad w"])
    layer = Conv2d(1, 1, kernel, stride, padding)
    try:
        oh, ow = layer.output_size(size)
    except ValueError:
        assert "There is no output at any stride" in explorer.text(".said")
        assert numbers(explorer, "every") == numbers(explorer, "output") == []
        assert count(explorer, "computed") == 0
        return
    # Native convlib, at the stride and, with the padding made first, at stride 1.
    image = np.array(IMAGE, float)[np.newaxis, : size[0], : size[1]]
    weight = np.array(WEIGHTS, float)[np.newaxis, np.newaxis, : kernel[0], : kernel[1]]
    strided = conv2d(image, weight, stride=stride, padding=padding)[0].astype(int)
    assert numbers(explorer, "output") == strided.ravel().tolist()
    shown = np.array(numbers(explorer, "input"))
    height, width = re.search(
        r"(\d+) × (\d+)$", explorer.text("[data-grid=input] figcaption")
    ).groups()
    padded = shown.reshape(int(height), int(width))
    every = conv2d(padded[np.newaxis].astype(float), weight)[0].astype(int)
    assert numbers(explorer, "every") == every.ravel().tolist()
    computed = {(i, j) for i in range(0, every.shape[0], stride[0])
                for j in range(0, every.shape[1], stride[1])}  # fmt: skip
    everywhere = set(np.ndindex(every.shape))
    assert cells(explorer, "every", "skipped") == everywhere - computed
    assert (count(explorer, "computed"), count(explorer, "skipped")) == (
        len(computed), len(everywhere) - len(computed),
    )  # fmt: skip
    # Pixels that are not read: those marked, and no others.
    before = [(length - n) // 2 for length, n in zip(padded.shape, size, strict=True)]
    lost = cells(explorer, "input", "dropped") | cells(explorer, "input", "jumped")
    assert np.array_equal(pad2d(image[0], ((before[0], padded.shape[0] - size[0] - before[0]),
                                           (before[1], padded.shape[1] - size[1] - before[1]))),
                          padded)  # fmt: skip
    unread = {(i + before[0], j + before[1]) for i, j in np.argwhere(unread_pixels(layer, size))}
    inside = cells(explorer, "input", "input")
    assert lost & inside == unread
    dropped = cells(explorer, "input", "dropped")
    assert count(explorer, "pixels") == len(dropped & inside)
    assert count(explorer, "padding") == len(dropped - inside)
    assert count(explorer, "jumped") == len(cells(explorer, "input", "jumped"))
    remainders = [(n - 1) % s for n, s in zip(every.shape, stride, strict=True)]
    kept = [length - rest for length, rest in zip(padded.shape, remainders, strict=True)]
    assert dropped == {(i, j) for i, j in np.ndindex(padded.shape) if i >= kept[0] or j >= kept[1]}
    assert [int(text) for text in explorer.texts("[data-macs]")] == [
        every.size * weight.size,
        layer.macs(size),
    ]
    ends = [text.rsplit("=", 1)[1] for text in explorer.texts(".formulas > div")]
    assert ends == [str(oh), str(ow)]


def test_opens_with_nothing_cut(explorer):
    assert explorer.texts("figcaption") == ["input 7 × 7", "stride 1: 5 × 5", "strided: 3 × 3"]
    assert (count(explorer, "pixels"), count(explorer, "padding")) == (0, 0)
    assert explorer.text(".said").count("nothing is cut at the end") == 2


@pytest.mark.parametrize(
    ("rule", "padding", "said"),
    [
        ("symmetric", 19, "7 / 2 leaves 1, so 1 column of padding at the end is cut"),
        (SAME, 0, "Columns: 6 is divisible by 2, nothing is cut at the end"),
    ],
)
def test_even_input_at_stride_2(explorer, rule, padding, said):
    place(explorer, dict(zip(RANGES, (2, 2, 8, 8, 3, 3, 1, 1), strict=True)), rule)
    assert (count(explorer, "pixels"), count(explorer, "padding")) == (0, padding)
    assert said in explorer.text(".said")
    assert conv2d_output_size(8, 3, 2, 1) == (4, 4)
    assert explorer.texts("figcaption")[2] == "strided: 4 × 4"


def test_cut_beyond_the_padding_names_pixels_and_padding(explorer):
    place(explorer, dict(zip(RANGES, (4, 1, 9, 7, 1, 1, 1, 0), strict=True)))
    # 9 + 2 - 1 = 10 leaves 2 at stride 4: one row of padding, and one of pixels.
    assert "10 / 4 leaves 2, so 1 row of pixels and 1 row of padding at the end are cut" in (
        explorer.text(".said")
    )


def test_chosen_output_shows_its_window_and_its_fate(explorer):
    place(explorer, dict(zip(RANGES, (2, 2, 7, 7, 3, 3, 0, 0), strict=True)))
    explorer.root.locator("[data-grid=every] [data-at='2,2']").click()
    explorer.visit.settle()
    assert explorer.text(".said").startswith("Output (2, 2) at stride 1 is computed.")
    window = explorer.root.locator("[data-grid=input] .window")
    assert [window.get_attribute(side) for side in ("x", "y", "width")] == ["80", "80", "120"]
    strided = explorer.root.locator("[data-grid=output] .chosen")
    assert [strided.get_attribute(side) for side in ("x", "y")] == ["40", "40"]
    explorer.root.locator("[data-grid=every]").press("ArrowRight")
    explorer.visit.settle()
    assert explorer.text(".said").startswith("Output (2, 3) at stride 1 is skipped.")
    assert explorer.root.locator("[data-grid=output] .chosen").count() == 0
    explorer.root.locator("[data-grid=every]").press("ArrowDown")
    explorer.put({"input H": 3})
    assert explorer.text(".said").startswith("Output (0, 3) at stride 1 is skipped.")


def test_both_illegal_axes_are_explained(explorer):
    place(explorer, dict(zip(RANGES, (1, 1, 2, 3, 5, 4, 1, 0), strict=True)))
    said = explorer.text(".said")
    assert "kernel height 5 is more than the padded height 4" in said
    assert "kernel width 4 is more than the padded width 3" in said

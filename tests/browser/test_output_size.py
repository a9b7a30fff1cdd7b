"""OutputSize in the built page against native convlib."""

import random

import numpy as np
import pytest

from convlib import conv2d, conv2d_output_size, conv2d_read_counts, pad2d
from convlib.widgets import OutputSize
from convlib.widgets.output_size import IMAGE, WEIGHTS

RANGES = {
    "input H": (1, 10),
    "input W": (1, 10),
    "kernel h": (1, 5),
    "kernel w": (1, 5),
    "pad top": (0, 4),
    "pad bottom": (0, 4),
    "pad left": (0, 4),
    "pad right": (0, 4),
    "stride down": (1, 4),
    "stride across": (1, 4),
    "pad value c": (-9, 9),
}


@pytest.fixture
def explorer(explorer):
    return explorer("index", OutputSize)


def arguments(at):
    """Return the input's size, and the arguments of convlib for the sliders' values."""
    size, kernel = (at["input H"], at["input W"]), (at["kernel h"], at["kernel w"])
    options = {
        "stride": (at["stride down"], at["stride across"]),
        "padding": ((at["pad top"], at["pad bottom"]), (at["pad left"], at["pad right"])),
    }
    return size, kernel, options


def native(at):
    """Return what convlib computes for the sliders' values: padded input, output, reads."""
    (height, width), (kh, kw), options = arguments(at)
    image = np.array(IMAGE, float)[np.newaxis, :height, :width]
    weight = np.array(WEIGHTS, float)[np.newaxis, np.newaxis, :kh, :kw]
    padded = pad2d(image, options["padding"], pad_value=at["pad value c"])[0]
    output = conv2d(image, weight, pad_value=at["pad value c"], **options)[0]
    return padded, output, conv2d_read_counts((height, width), (kh, kw), **options)


def numbers(explorer, grid):
    texts = explorer.texts(f"[data-grid={grid}] .cell text")
    return [int(text.replace("−", "-")) for text in texts]


@pytest.mark.parametrize("seed", range(24))
def test_random_setting_equals_native(explorer, seed):
    chance = random.Random(seed)
    at = {label: chance.randint(*ends) for label, ends in RANGES.items()}
    explorer.put(at)
    size, kernel, options = arguments(at)
    try:
        oh, ow = conv2d_output_size(size, kernel, **options)
    except ValueError:
        assert "There is no output" in explorer.text(".said")
        assert numbers(explorer, "output") == []
        return
    padded, output, reads = native(at)
    assert explorer.text("[data-grid=output] figcaption") == f"output {oh} × {ow}"
    assert numbers(explorer, "input") == padded.astype(int).ravel().tolist()
    assert numbers(explorer, "output") == output.astype(int).ravel().tolist()
    ends = [formula.rsplit("=", 1)[1] for formula in explorer.texts(".formulas > div")]
    assert ends == [str(oh), str(ow)]
    explorer.root.get_by_role("checkbox").check()
    explorer.visit.settle()
    shown = np.array(numbers(explorer, "input")).reshape(padded.shape)
    top, left = at["pad top"], at["pad left"]
    got = shown[top : top + size[0], left : left + size[1]]
    assert got.tolist() == reads.tolist()


def test_opens_on_the_lectures_example(explorer):
    assert explorer.texts("figcaption") == [
        "input 4 × 4",
        "kernel 2 × 2",
        "output 3 × 3",
    ]


def test_both_illegal_axes_are_explained(explorer):
    explorer.put({"input H": 2, "input W": 3, "kernel h": 5, "kernel w": 4})
    said = explorer.text(".said")
    assert "kernel height 5 is more than the padded height 2" in said
    assert "kernel width 4 is more than the padded width 3" in said


@pytest.mark.parametrize(
    ("preset", "size"), [("valid", (6, 4)), ("same", (8, 8)), ("full", (10, 12))]
)
def test_preset_sets_paddings_and_goes_on_doing_so(explorer, preset, size):
    explorer.choose(preset)
    explorer.put({"input H": 8, "input W": 8, "kernel h": 3, "kernel w": 5})
    assert explorer.text("[data-grid=output] figcaption") == f"output {size[0]} × {size[1]}"
    explorer.press("pad top", "ArrowRight" if preset != "full" else "ArrowLeft")
    chosen = explorer.root.locator(".widget-toggle-button.mod-active")
    assert chosen.text_content().strip() == "as set"


def test_chosen_output_shows_its_window_and_sum(explorer):
    explorer.root.locator("[data-grid=output] [data-at='1,2']").click()
    explorer.visit.settle()
    window = np.array(IMAGE)[1:3, 2:4]
    kernel = np.array(WEIGHTS)[:2, :2]
    terms = " + ".join(f"{w}·{x}" for w, x in zip(kernel.ravel(), window.ravel(), strict=True))
    said = explorer.text(".said")
    assert said.startswith(f"Output (1, 2) = {terms} = {(window * kernel).sum()}.")
    assert explorer.value("step") == 5
    explorer.root.locator("[data-grid=output]").press("ArrowUp")
    explorer.visit.settle()
    assert explorer.text(".said").startswith("Output (0, 2)")
    assert explorer.value("step") == 2


def test_a_pad_value_without_padding_is_said_to_be_idle(explorer):
    idle = " There is no padding for c = 3 to fill."
    assert "padding" not in explorer.text(".said")
    explorer.put({"pad value c": 3})
    assert explorer.text(".said").endswith(idle)
    explorer.put({"pad left": 1})
    assert not explorer.text(".said").endswith(idle)
    assert explorer.text("[data-grid=input] figcaption").endswith("padded with 3 to 4 × 5")


@pytest.mark.parametrize("pixel", [(0, 0), (1, 2), (3, 3)])
def test_chosen_pixel_shows_its_readers(explorer, pixel):
    row, column = pixel
    explorer.root.locator(f"[data-grid=input] [data-at='{row},{column}']").click()
    marked = {
        tuple(map(int, cell.get_attribute("data-at").split(",")))
        for cell in explorer.root.locator("[data-grid=output] .cell:has(.mark)").all()
    }
    expected = {
        (i, j) for i in range(3) for j in range(3) if 0 <= row - i < 2 and 0 <= column - j < 2
    }
    assert marked == expected
    assert f"is read by {len(expected)} output" in explorer.text(".said")


def test_play_walks_over_the_outputs(explorer):
    explorer.root.get_by_role("button", name="Play").first.click()
    explorer.visit.page.wait_for_function(
        "() => document.querySelector('.said').textContent.startsWith('Output (0, 2)')"
    )
    assert explorer.value("step") >= 2

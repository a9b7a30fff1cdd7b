"""StrideGrid in a page against native convlib, and what can be taken hold of in it."""

import random
import re

import numpy as np
import pytest
from explorers import Driver

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
def explorer(show):
    return Driver(show(StrideGrid))


def place(explorer, at, rule="symmetric"):
    explorer.put(at)
    explorer.unfold().choose(rule)


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
    assert numbers(explorer, "kernel") == weight.astype(int).ravel().tolist()
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
    assert explorer.texts("figcaption") == [
        "input 7 × 7", "kernel 3 × 3", "output at stride 1: 5 × 5", "strided output: 3 × 3",
    ]  # fmt: skip
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
    assert explorer.texts("figcaption")[3] == "strided output: 4 × 4"


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


def chosen(explorer, grid="every"):
    """Return the outlined cell of a grid as (row, column); None if there is none."""
    outline = explorer.root.locator(f"[data-grid={grid}] rect.chosen")
    if not outline.count():
        return None
    return tuple(int(float(outline.get_attribute(side))) // 40 for side in "yx")


def middle_of(explorer, grid, at):
    box = explorer.root.locator(f"[data-grid={grid}] [data-at='{at[0]},{at[1]}']").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(explorer, start, by):
    mouse = explorer.visit.page.mouse
    mouse.move(*start)
    mouse.down()
    for part in (0.3, 0.7, 1):
        mouse.move(start[0] + part * by[0], start[1] + part * by[1])
        explorer.visit.settle()
    mouse.up()
    explorer.visit.settle()


def tap(explorer, grid, at):
    explorer.visit.page.mouse.click(*middle_of(explorer, grid, at))
    explorer.visit.page.mouse.move(0, 0)
    explorer.visit.settle()


def window(explorer):
    """Return the padded cell in which the window begins."""
    frame = explorer.root.locator("[data-grid=input] .window")
    return tuple(int(float(frame.get_attribute(side))) // 40 for side in "yx")


@pytest.mark.parametrize("stride", [(1, 1), (2, 3), (3, 2)])
def test_dragging_the_window_reaches_computed_outputs_only(explorer, stride):
    explorer.put({"stride down": stride[0], "stride across": stride[1]})
    side = explorer.root.locator("[data-grid=input] .cell").first.bounding_box()["width"]
    seen = set()
    for cells in ((0.4, 0.4), (1, 1.6), (1.2, 0), (9, 9), (-1.1, -1.4), (-9, -9)):
        at = window(explorer)
        start = middle_of(explorer, "input", (at[0] + 1, at[1] + 1))
        drag(explorer, start, (side * cells[1], side * cells[0]))
        explorer.visit.page.mouse.move(0, 0)
        seen.add(window(explorer))
        assert window(explorer) == chosen(explorer)
        assert "is computed" in explorer.text(".said")
    assert {row % stride[0] for row, _ in seen} == {column % stride[1] for _, column in seen} == {0}
    assert (0, 0) in seen
    assert (4 - 4 % stride[0], 4 - 4 % stride[1]) in seen


def test_keys_on_the_window_step_by_the_stride_and_on_the_stride_1_grid_by_one(explorer):
    handle = explorer.handle("window")
    for key, place in (
        ("ArrowRight", (0, 2)), ("ArrowDown", (2, 2)), ("End", (4, 4)), ("ArrowDown", (4, 4)),
        ("ArrowUp", (2, 4)), ("Home", (0, 0)),
    ):  # fmt: skip
        handle.press(key)
        explorer.visit.settle()
        assert window(explorer) == chosen(explorer) == place, key
    every = explorer.root.locator("[data-grid=every]")
    for _ in range(3):
        every.press("ArrowRight")
    explorer.visit.settle()
    assert chosen(explorer) == (0, 3)
    assert chosen(explorer, "output") is None
    # From a skipped output a step back is the computed one before it.
    handle.press("ArrowLeft")
    explorer.visit.settle()
    assert chosen(explorer) == (0, 2)
    explorer.root.locator("[data-grid=output]").press("ArrowDown")
    explorer.visit.settle()
    assert (chosen(explorer), chosen(explorer, "output")) == ((2, 2), (1, 1))


def test_every_grid_answers_a_tap(explorer):
    tap(explorer, "output", (1, 2))
    assert (window(explorer), chosen(explorer)) == ((2, 4), (2, 4))
    assert explorer.text(".said").startswith("Output (2, 4) at stride 1 is computed. It is ")
    tap(explorer, "every", (3, 1))
    assert (window(explorer), chosen(explorer, "output")) == ((3, 1), None)
    # Cell (4, 3) lies under the window: that does not matter.
    tap(explorer, "input", (4, 3))
    assert chosen(explorer, "input") == (4, 3)
    layer = Conv2d(1, 1, 3)
    readers = {(i, j) for i in (2, 3, 4) for j in (1, 2, 3)}
    assert layer.output_size((7, 7)) == (5, 5)
    assert cells(explorer, "every", "faint") == set(np.ndindex(5, 5)) - readers
    assert marked(explorer, "every") == {at for at in readers if not (at[0] % 2 or at[1] % 2)}
    assert marked(explorer, "output") == {(1, 1), (2, 1)}
    assert explorer.text(".said").startswith(
        "Input cell (4, 3) holds 0 and is read by 2 computed outputs, marked with dots "
        "(at stride 1 by 9)."
    )
    explorer.root.locator("[data-grid=input]").press("Escape")
    explorer.visit.settle()
    assert chosen(explorer, "input") is None
    assert marked(explorer, "every") == set()


def marked(explorer, grid):
    found = explorer.root.locator(f"[data-grid={grid}] .cell:has(.mark)").evaluate_all(
        "(nodes) => nodes.map((node) => node.dataset.at)"
    )
    return {tuple(map(int, at.split(","))) for at in found}


def test_hovering_shows_and_leaving_undoes(explorer):
    said = explorer.text(".said")
    page = explorer.visit.page
    for grid, at, shows in (
        ("every", (3, 3), lambda: window(explorer) == (3, 3)),
        ("output", (2, 1), lambda: (window(explorer), chosen(explorer)) == ((4, 2), (4, 2))),
        ("input", (6, 6), lambda: marked(explorer, "output") == {(2, 2)}),
    ):
        page.mouse.move(*middle_of(explorer, grid, at))
        explorer.visit.settle()
        assert shows(), grid
        page.mouse.move(0, 0)
        explorer.visit.settle()
        assert explorer.text(".said") == said
        assert window(explorer) == (0, 0)


def test_the_words_of_the_remainder_and_the_cut_cells_light_each_other_up(explorer):
    explorer.put({"input H": 8, "input W": 9, "stride down": 2, "stride across": 3})
    words = {
        axis: explorer.root.locator(f".cut-words[data-axis={axis}]") for axis in ("rows", "columns")
    }
    assert [words[axis].text_content() for axis in words] == ["leaves 1", ""]
    assert not words["columns"].is_visible()
    cut = explorer.root.locator("[data-grid=input] [data-at='7,0'] rect")
    kept = explorer.root.locator("[data-grid=input] [data-at='6,0'] rect")

    def fill(cell):
        return cell.evaluate("(node) => getComputedStyle(node).fill")

    before = fill(cut), fill(kept)
    words["rows"].focus()
    assert (fill(cut) != before[0], fill(kept)) == (True, before[1])
    explorer.root.locator("[data-grid=every]").focus()
    assert fill(cut) == before[0]
    words["rows"].hover()
    assert fill(cut) != before[0]
    explorer.visit.page.mouse.move(*middle_of(explorer, "input", (7, 4)))
    explorer.visit.settle()
    assert "lit" in words["rows"].get_attribute("class")
    assert fill(cut) == before[0]
    assert explorer.text(".said").startswith("Input cell (7, 4) holds 7 and is cut")
    # The words keep the focus while the picture is drawn anew.
    words["rows"].focus()
    explorer.visit.page.mouse.move(0, 0)
    explorer.visit.settle()
    assert words["rows"].evaluate("(node) => node === document.activeElement")


def test_the_stride_is_dragged_in_the_stride_1_grid(explorer):
    grip = explorer.handle("stride")
    dot = grip.locator(".dot-of-grip").bounding_box()
    side = explorer.root.locator("[data-grid=every] .cell").first.bounding_box()["width"]
    drag(explorer, (dot["x"] + 6, dot["y"] + 6), (side, -side))
    assert (explorer.value("stride down"), explorer.value("stride across")) == (1, 3)
    assert explorer.texts("figcaption")[3] == "strided output: 5 × 2"
    grip.press("End")
    explorer.visit.settle()
    assert (explorer.value("stride down"), explorer.value("stride across")) == (4, 4)
    grip.press("ArrowUp")
    explorer.visit.settle()
    assert grip.get_attribute("aria-valuetext") == "3 down, 4 across"
    # What lies under the grip is still to be tapped.
    tap(explorer, "every", (3, 4))
    assert chosen(explorer) == (3, 4)


def test_a_finger_drags_the_window(show):
    visit = show(StrideGrid(), has_touch=True, width=390)
    explorer = Driver(visit)
    x, y = middle_of(explorer, "input", (1, 1))
    side = explorer.root.locator("[data-grid=input] .cell").first.bounding_box()["width"]
    assert side >= 26
    client = visit.page.context.new_cdp_session(visit.page)

    def touch(kind, *points):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for part in (0.5, 1, 2):
        touch("touchMove", {"x": x + part * side, "y": y + part * side})
    touch("touchEnd")
    visit.settle()
    assert window(explorer) == chosen(explorer) == (2, 2)
    assert explorer.root.locator("[data-grid=every] .cell").first.bounding_box()["width"] >= 26
    assert visit.faults == []


def test_the_chosen_output_is_set_by_controls(explorer):
    explorer.unfold()
    explorer.put({"output row": 3, "output column": 2})
    assert chosen(explorer) == window(explorer) == (3, 2)
    explorer.put({"input H": 4})
    assert explorer.value("output row") == 1


def test_weights_are_changed_in_their_cells(explorer):
    explorer.root.locator("[data-grid=kernel]").press("ArrowRight")
    explorer.visit.page.keyboard.type("-3")
    explorer.visit.page.keyboard.press("Enter")
    explorer.visit.settle()
    weight = np.array(WEIGHTS, float)[None, None, :3, :3]
    weight[0, 0, 0, 1] = -3
    expected = conv2d(np.array(IMAGE, float)[None, :7, :7], weight, stride=2)[0]
    texts = explorer.texts("[data-grid=output] .cell text")
    assert [int(text.replace("−", "-")) for text in texts] == expected.astype(int).ravel().tolist()


def test_padding_that_a_rule_sets_is_not_offered(explorer):
    explorer.unfold()
    pads = explorer.root.locator(".convlib-own-padding")
    height = explorer.root.bounding_box()["height"]
    assert [pad.is_visible() for pad in pads.all()] == [True, True]
    explorer.choose(SAME)
    assert [pad.is_visible() for pad in pads.all()] == [False, False]
    assert explorer.root.bounding_box()["height"] == height
    explorer.choose("symmetric")
    assert pads.first.is_visible()


@pytest.mark.parametrize("rule", [0, 1])
def test_the_code_computes_what_is_shown(show, rule):
    settings = {"height": 8, "width": 6, "pad_h": 1, "stride_w": 3, "rule": rule}
    explorer = Driver(show(StrideGrid(**settings)))
    explorer.root.locator(".menu-button").click()
    explorer.choose("copy code for convlib")
    made = {}
    exec(explorer.root.locator(".menu textarea").input_value(), made)
    assert made["output"].dtype == np.float32
    assert made["output"].ravel().tolist() == numbers(explorer, "output")
    explorer.choose("copy code for PyTorch")
    text = explorer.root.locator(".menu textarea").input_value()
    assert "F.conv2d(padded, weight, stride=(2, 3))" in text


EXTREMES = [
    {"input H": 10, "input W": 10, "kernel h": 1, "kernel w": 1, "pad h": 3, "pad w": 3,
     "stride down": 1, "stride across": 1},
    {"input H": 10, "input W": 10, "kernel h": 5, "kernel w": 5, "pad h": 3, "pad w": 3,
     "stride down": 4, "stride across": 4},
    {"input H": 1, "input W": 1, "kernel h": 5, "kernel w": 5, "pad h": 0, "pad w": 0},
    {"input H": 1, "input W": 10, "kernel h": 1, "kernel w": 5, "pad h": 0, "pad w": 3},
    {"input H": 10, "input W": 1, "kernel h": 5, "kernel w": 1, "pad h": 3, "pad w": 0},
]  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_at_the_extremes_nothing_overlaps_and_the_height_stays(show, width):
    explorer = Driver(show(StrideGrid, width=width))
    explorer.unfold()
    height = explorer.root.bounding_box()["height"]
    for at in EXTREMES:
        explorer.put(at)
        assert explorer.root.bounding_box()["height"] == height
        scrolls = explorer.root.locator(".said").evaluate(
            "(node) => node.scrollHeight - node.clientHeight"
        )
        assert scrolls <= 0, explorer.text(".said")
        boxes = explorer.root.locator(".board :is(figcaption, figure > svg, .key)").evaluate_all(
            """(nodes) => nodes.filter((node) => node.textContent).map((node) => {
                const range = document.createRange();
                range.selectNodeContents(node);
                const { left, top, right, bottom } = (node.matches("figcaption") ? range : node)
                    .getBoundingClientRect();
                return [left, top, right, bottom];
            })"""
        )
        board = explorer.root.locator(".board").bounding_box()
        for left, _, right, bottom in boxes:
            assert left >= board["x"] - 1
            assert right <= board["x"] + board["width"] + 1, at
            assert bottom <= board["y"] + board["height"] + 1, at
        for k, one in enumerate(boxes):
            for other in boxes[k + 1 :]:
                apart = (
                    one[2] <= other[0] + 1 or other[2] <= one[0] + 1
                    or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
                )  # fmt: skip
                assert apart, (at, one, other)

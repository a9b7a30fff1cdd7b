"""OutputSize in the built page against native convlib."""

import random

import numpy as np
import pytest
from explorers import Driver

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
def explorer(show):
    return Driver(show(OutputSize))


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
    explorer.unfold().root.get_by_role("checkbox").check()
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
    explorer.unfold().choose(preset)
    explorer.put({"input H": 8, "input W": 8, "kernel h": 3, "kernel w": 5})
    assert explorer.text("[data-grid=output] figcaption") == f"output {size[0]} × {size[1]}"
    presets = explorer.buttons("padding")
    assert [each.get_attribute("aria-pressed") for each in presets.all()] == [
        "true" if name == preset else "false" for name in ("valid", "same", "full")
    ]
    explorer.press("pad top", "ArrowRight" if preset != "full" else "ArrowLeft")
    assert (
        explorer.root.locator("[aria-pressed=true]:is(:text('same'), :text('full'))").count() == 0
    )


def test_same_is_not_lit_where_a_stride_makes_the_output_smaller(explorer):
    explorer.unfold().choose("same")
    explorer.put({"stride down": 2})
    same = explorer.root.get_by_role("button", name="same", exact=True)
    assert "mod-active" not in same.get_attribute("class")
    assert explorer.value("pad bottom") == 1  # what it set stays


def test_chosen_output_shows_its_window_and_sum(explorer):
    explorer.root.locator("[data-grid=output] [data-at='1,2']").click()
    explorer.visit.settle()
    window = np.array(IMAGE)[1:3, 2:4]
    kernel = np.array(WEIGHTS)[:2, :2]
    terms = " + ".join(f"{w}·{x}" for w, x in zip(kernel.ravel(), window.ravel(), strict=True))
    said = explorer.text(".said")
    assert said.startswith(f"Output (1, 2) = {terms} = {(window * kernel).sum()}.")
    assert said.endswith("The output is 1 row and 1 column smaller than the input.")
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


def readers(row, column, kernel=2, outputs=3):
    """Return the outputs that read a pixel, at stride 1 without padding."""
    places = range(outputs)
    return {
        (i, j) for i in places for j in places if 0 <= row - i < kernel and 0 <= column - j < kernel
    }


def marked(explorer):
    cells = explorer.root.locator("[data-grid=output] .cell:has(.mark)").all()
    return {tuple(map(int, cell.get_attribute("data-at").split(","))) for cell in cells}


def middle(explorer, grid, row, column):
    box = explorer.root.locator(f"[data-grid={grid}] [data-at='{row},{column}']").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("pixel", [(0, 0), (1, 2), (3, 3)])
def test_tapped_and_pointed_pixels_show_their_readers_and_the_window_stays(explorer, pixel):
    mouse = explorer.visit.page.mouse
    mouse.move(*middle(explorer, "input", *pixel))
    explorer.visit.settle()
    assert marked(explorer) == readers(*pixel)
    assert f"is read by {len(readers(*pixel))} output" in explorer.text(".said")
    mouse.move(0, 0)
    explorer.visit.settle()
    assert marked(explorer) == set()
    mouse.click(*middle(explorer, "input", *pixel))
    mouse.move(0, 0)
    explorer.visit.settle()
    assert marked(explorer) == readers(*pixel)
    assert explorer.root.locator(".window").is_visible()
    assert explorer.value("step") == 0


def drag(explorer, start, by, steps=6):
    """Drag by a number of pixels with the mouse."""
    mouse = explorer.visit.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + by[0], start[1] + by[1], steps=steps)
    mouse.up()
    mouse.move(0, 0)
    explorer.visit.settle()


def side(explorer):
    return explorer.root.locator("[data-grid=input] [data-at='0,0'] rect").bounding_box()["width"]


def test_the_window_is_dragged(explorer):
    drag(explorer, middle(explorer, "input", 0, 0), (2.1 * side(explorer), 0.9 * side(explorer)))
    assert explorer.value("step") == 1 * 3 + 2
    drag(explorer, middle(explorer, "input", 1, 2), (9 * side(explorer), 9 * side(explorer)))
    assert explorer.value("step") == 8  # the last place: it goes no further


def test_a_finger_drags_the_window_and_scrolls_elsewhere(show):
    seen = show(OutputSize(), width=390, has_touch=True)
    explorer = Driver(seen)
    touch = seen.page.context.new_cdp_session(seen.page)

    def swipe(start, by):
        def send(kind, points):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", [{"x": start[0], "y": start[1]}])
        for k in range(1, 11):
            send("touchMove", [{"x": start[0] + k * by[0] / 10, "y": start[1] + k * by[1] / 10}])
        send("touchEnd", [])
        seen.settle()

    def scroll(start):
        before = seen.page.evaluate("scrollY")
        swipe(start, (0, -200))
        seen.page.wait_for_function(f"scrollY > {before} + 100")

    start = seen.page.evaluate("scrollY")
    swipe(middle(explorer, "input", 0, 0), (1.1 * side(explorer), 1.1 * side(explorer)))
    assert explorer.value("step") == 4
    assert seen.page.evaluate("scrollY") == start
    seen.page.evaluate("document.body.style.paddingBottom = '100rem'")
    scroll(middle(explorer, "output", 0, 0))
    assert explorer.value("step") == 4
    # A swipe over a slider scrolls as well, and leaves its value.
    seen.page.evaluate("scrollTo(0, 0)")
    handle = explorer.unfold().handle("pad value c")
    handle.scroll_into_view_if_needed()
    track = explorer.root.locator(".noUi-target").last.bounding_box()
    scroll((track["x"] + 0.8 * track["width"], track["y"] + track["height"] / 2))
    assert explorer.value("pad value c") == 0


@pytest.mark.parametrize(
    ("grip", "label", "outwards"),
    [
        ("top", "pad top", (0, -1)),
        ("bottom", "pad bottom", (0, 1)),
        ("left", "pad left", (-1, 0)),
        ("right", "pad right", (1, 0)),
    ],
)
def test_each_edge_of_the_padding_is_dragged_and_follows_keys(show, grip, label, outwards):
    explorer = Driver(show(OutputSize(controls=("padding",))))
    edge = explorer.handle(f"padding at the {grip}")
    first = middle(explorer, "input", 0, 0)

    def pull(cells):
        box = edge.bounding_box()
        start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        drag(explorer, start, [cells * side(explorer) * way for way in outwards])

    pull(2)
    assert explorer.value(label) == 2
    others = {"pad top", "pad bottom", "pad left", "pad right"} - {label}
    assert {explorer.value(other) for other in others} == {0}
    # The input's first pixel, which now has another place in the grid, has not moved on the page.
    at = (2 if grip == "top" else 0, 2 if grip == "left" else 0)
    assert middle(explorer, "input", *at) == pytest.approx(first, abs=1.5)
    pull(-1)
    assert explorer.value(label) == 1
    key = {"top": "ArrowUp", "bottom": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight"}[
        grip
    ]
    edge.press(key)
    explorer.visit.settle()
    assert explorer.value(label) == 2
    edge.press("End")
    explorer.visit.settle()
    assert explorer.value(label) == 4
    assert edge.get_attribute("aria-valuenow") == "4"
    edge.press("Home")
    explorer.visit.settle()
    assert explorer.value(label) == 0


def test_the_kernels_corner_is_dragged_and_follows_keys(explorer):
    corner = explorer.handle("kernel size")
    box = corner.bounding_box()
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    drag(explorer, start, (2 * side(explorer), side(explorer)))
    assert (explorer.value("kernel h"), explorer.value("kernel w")) == (3, 4)
    corner.press("ArrowLeft")
    corner.press("ArrowUp")
    explorer.visit.settle()
    assert (explorer.value("kernel h"), explorer.value("kernel w")) == (2, 3)
    assert corner.get_attribute("aria-valuetext") == "2 by 3"


def test_a_weight_is_changed_in_its_cell(explorer):
    explorer.root.locator("[data-grid=kernel] [data-at='1,0']").dblclick()
    explorer.visit.page.keyboard.type("-2.5")
    explorer.visit.page.keyboard.press("Enter")
    explorer.visit.settle()
    assert explorer.texts("[data-grid=kernel] .cell text") == ["1", "2", "−2.5", "1"]
    weight = np.array([[1, 2], [-2.5, 1]])[np.newaxis, np.newaxis]
    expected = conv2d(np.array(IMAGE, float)[np.newaxis, :4, :4], weight)[0]
    shown = explorer.texts("[data-grid=output] .cell text")
    got = [float(text.replace("−", "-")) for text in shown]
    assert got == expected.ravel().tolist()
    grid = explorer.root.locator("[data-grid=kernel]")
    for key in ("ArrowUp", "7", "Enter"):
        explorer.visit.page.keyboard.press(key)
    explorer.visit.settle()
    assert explorer.texts("[data-grid=kernel] .cell text")[0] == "7"
    grid.press("Enter")
    for text in ("a third", "1001", ""):
        grid.locator("input").fill(text)
        explorer.visit.page.keyboard.press("Enter")
        assert f"“{text}” is not a number from −1000 to 1000." in explorer.text(".field-fault")
    explorer.visit.page.keyboard.press("Escape")
    assert not grid.locator("input").is_visible()
    assert explorer.texts("[data-grid=kernel] .cell text")[0] == "7"


def test_reads_show_no_sum_of_hidden_values(explorer):
    explorer.unfold().root.get_by_role("checkbox").check()
    explorer.visit.settle()
    assert explorer.text(".said").startswith("The window of output (0, 0) reads 4 cells.")


def test_the_formula_speaks_of_what_was_introduced(show):
    explorer = Driver(show(OutputSize(controls=("kernel", "play"))))

    def symbols():
        return explorer.root.locator(".formulas > div").first.locator("math").first.text_content()

    assert symbols() == "H−h+1"
    explorer.put({"pad top": 1})
    assert symbols() == "(H−h+ptop+pbottom)+1"
    explorer.put({"stride down": 2})
    assert symbols() == "⌊H−h+ptop+pbottomsh⌋+1"
    explorer = Driver(show(OutputSize(controls=("padding",))))
    assert symbols() == "(H−h+ptop+pbottom)+1"


def test_where_no_window_fits_the_formula_says_so(explorer):
    explorer.put({"input H": 4, "kernel h": 5})
    assert explorer.texts(".formulas > div")[0].endswith("=0: no window fits")


def test_play_walks_over_the_outputs(explorer):
    explorer.root.get_by_role("button", name="Play").first.click()
    explorer.visit.page.wait_for_function(
        "() => document.querySelector('.said').textContent.startsWith('Output (0, 2)')"
    )
    assert explorer.value("step") >= 2

"""KernelOnPhotograph in a page against native convlib."""

import io
import random

import numpy as np
import pytest
from explorers import Driver
from PIL import Image
from test_context_shift import pixels_of

from convlib import conv2d, pad2d
from convlib.widgets import KernelOnPhotograph, photograph
from convlib.widgets.kernel_on_photograph import PRESETS, grey

PHOTO = grey(photograph())
LENS = "window on the photograph"
HEIGHT, WIDTH = PHOTO.shape[1:]


@pytest.fixture
def explorer(show):
    return Driver(show(KernelOnPhotograph))


def number(text):
    return float(text.replace("−", "-"))


def choose_padding(explorer, padding):
    explorer.unfold().choose(["none", "1 pixel"][padding])


def type_weight(explorer, k, value):
    """Edit a weight in its cell, as a reader does with the keyboard."""
    kernel = explorer.root.locator("[data-grid=kernel]")
    kernel.focus()
    for key in ["ArrowUp", "ArrowLeft"] * 2 + ["ArrowDown"] * (k // 3) + ["ArrowRight"] * (k % 3):
        kernel.press(key)
    kernel.press("Enter")
    field = explorer.root.get_by_role("textbox", name="weight")
    field.fill(str(value))
    field.press("Enter")
    explorer.visit.settle()


def check_output(explorer, picture, weights, padding, pad_value):
    """Compare the output's pixels with native ones; a canvas keeps whole levels from 0 to 255."""
    kernel = np.array(weights, np.float32)[None, None]
    native = conv2d(picture, kernel, padding=padding, pad_value=pad_value)
    got = pixels_of(explorer.root.locator("[data-grid=output] canvas"))
    assert got.shape == (3, *native.shape[1:])
    np.testing.assert_allclose(got, np.clip(native, 0, 255).repeat(3, axis=0), atol=0.51)
    return native[0]


def check_window(explorer, picture, weights, padding, pad_value, at):
    """Compare the nine products and their sum with native ones, at the pixel `at`."""
    (row, column), kernel = at, np.array(weights, np.float32)
    padded = pad2d(picture, padding, pad_value)[0]
    corner = row - 1 + padding, column - 1 + padding
    window = padded[corner[0] : corner[0] + 3, corner[1] : corner[1] + 3]
    products = [number(text) for text in explorer.texts("[data-grid=window] text.product")]
    np.testing.assert_allclose(products, (window * kernel).ravel(), rtol=1e-4, atol=6e-4)
    factors = [t.split("·") for t in explorer.texts("[data-grid=window] text:not(.product)")]
    assert [number(level) for _, level in factors] == window.ravel().tolist()
    native = conv2d(picture, kernel[None, None], padding=padding, pad_value=pad_value)[0]
    total = number(explorer.text("[data-grid=sum] text"))
    assert total == pytest.approx(native[corner], rel=1e-4, abs=1e-3)
    assert f"Around pixel ({row}, {column}) " in explorer.text(".said")


def lens_at(explorer):
    text = explorer.handle(LENS).get_attribute("aria-valuetext")
    return tuple(int(part.split()[1]) for part in text.split(", "))


@pytest.mark.parametrize("seed", range(8))
def test_random_kernels_and_borders_equal_native(show, seed):
    chance = random.Random(seed)
    weights = [[chance.choice([-2, -0.5, 0, 0.25, 1, 3]) for _ in range(3)] for _ in range(3)]
    padding, pad_value = seed % 2, chance.randrange(256)
    least = 1 - padding
    at = chance.randint(least, HEIGHT - 1 - least), chance.choice([least, WIDTH - 1 - least, 60])
    explorer = Driver(
        show(
            KernelOnPhotograph(
                weights=weights, padding=padding, pad_value=pad_value, row=at[0], column=at[1]
            )
        )
    )
    check_output(explorer, PHOTO, weights, padding, pad_value)
    check_window(explorer, PHOTO, weights, padding, pad_value, at)
    assert explorer.visit.faults == []


def test_presets_set_the_weights_and_a_weight_ends_them(explorer):
    for name, weights in PRESETS.items():
        explorer.choose(name)
        assert explorer.root.locator(".mod-active").first.text_content().strip() == name
        check_output(explorer, PHOTO, weights, 1, 0)
        check_window(explorer, PHOTO, weights, 1, 0, (47, 71))
    changed = [list(row) for row in PRESETS["Sobel across"]]
    changed[1][2] = 7.5
    type_weight(explorer, 5, "7,5")
    check_output(explorer, PHOTO, changed, 1, 0)
    presets = explorer.root.locator(".convlib-open .widget-toggle-button")
    assert presets.first.is_hidden()  # "as set" is a state, not a button
    assert "mod-active" in presets.first.get_attribute("class")
    # The same weight again is the preset again.
    type_weight(explorer, 5, 2)
    assert explorer.root.locator(".mod-active").first.text_content().strip() == "Sobel across"


def test_what_is_no_weight_is_said_and_not_taken(explorer):
    type_weight(explorer, 0, "1001")
    fault = explorer.root.locator(".field-fault")
    assert fault.text_content() == "“1001” is not a number from −1000 to 1000."
    explorer.root.get_by_role("textbox", name="weight").press("Escape")
    check_output(explorer, PHOTO, PRESETS["edge"], 1, 0)


def test_border_rules(explorer):
    choose_padding(explorer, 1)
    explorer.put({"pad value c": 200})
    check_output(explorer, PHOTO, PRESETS["edge"], 1, 200)
    explorer.put({"pixel row": 0, "pixel column": 127})
    check_window(explorer, PHOTO, PRESETS["edge"], 1, 200, (0, 127))
    pad_value = explorer.root.locator(".convlib-pad-value")
    assert pad_value.is_visible()
    choose_padding(explorer, 0)
    assert not pad_value.is_visible()
    assert explorer.texts("[data-grid=output] figcaption") == [f"output {HEIGHT - 2} × {WIDTH - 2}"]
    # The middle of the kernel cannot lie on the border.
    assert (explorer.value("pixel row"), explorer.value("pixel column")) == (1, 126)
    check_window(explorer, PHOTO, PRESETS["edge"], 0, 0, (1, 126))


def test_the_lens_is_dragged_by_mouse(explorer):
    page, handle = explorer.visit.page, explorer.handle(LENS)
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y - 30, steps=4)
    page.mouse.up()
    explorer.visit.settle()
    assert lens_at(explorer) == (47 - 15, 71 + 10)  # two pixels of the page to a pixel
    explorer.unfold()
    assert (explorer.value("pixel row"), explorer.value("pixel column")) == (32, 81)
    page.mouse.move(0, 0)
    check_window(explorer, PHOTO, PRESETS["edge"], 1, 0, (32, 81))
    # Beyond the photograph it stays at its border.
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(5, 5, steps=3)
    page.mouse.up()
    assert lens_at(explorer) == (0, 0)


def test_the_lens_is_dragged_by_a_finger(fresh, tmp_path, show):
    seen = show(KernelOnPhotograph(padding=0), width=390, has_touch=True)
    explorer = Driver(seen)
    canvas = explorer.root.locator("[data-grid=input] canvas").bounding_box()
    scale = canvas["width"] / WIDTH
    touch = seen.page.context.new_cdp_session(seen.page)

    def finger(kind, *points):
        places = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    x, y = canvas["x"] + 71.5 * scale, canvas["y"] + 47.5 * scale
    finger("touchStart", (x, y))
    for part in (0.25, 0.5, 0.75, 1):
        finger("touchMove", (x - part * 20 * scale, y + part * 30 * scale))
    finger("touchEnd")
    seen.settle()
    assert lens_at(explorer) == (77, 51)
    check_window(explorer, PHOTO, PRESETS["edge"], 0, 0, (77, 51))


def test_the_lens_is_moved_by_keys_and_a_click_and_followed_by_the_mouse(explorer):
    handle = explorer.handle(LENS)
    handle.press("ArrowRight")
    handle.press("ArrowDown")
    assert lens_at(explorer) == (48, 72)
    for key, column in (("End", WIDTH - 1), ("ArrowRight", WIDTH - 1), ("Home", 0)):
        handle.press(key)
        assert lens_at(explorer) == (48, column)
    for grid, row, column in (("input", 100, 30), ("output", 20, 90)):
        photo = explorer.root.locator(f"[data-grid={grid}] .photo > svg")
        place = {"x": 2 * column + 1, "y": 2 * row + 1}
        photo.hover(position=place)
        explorer.visit.settle()
        check_window(explorer, PHOTO, PRESETS["edge"], 1, 0, (row, column))
        assert lens_at(explorer) != (row, column)
        photo.click(position=place)
        assert lens_at(explorer) == (row, column)


def test_weight_and_product_light_each_other(explorer):
    explorer.root.locator("[data-grid=window] [data-at='1,2']").hover()
    explorer.visit.settle()
    lit = explorer.root.locator("[data-grid=kernel] .lit")
    assert (lit.get_attribute("x"), lit.get_attribute("y")) == ("80", "40")
    explorer.root.locator("[data-grid=kernel] [data-at='2,0']").hover()
    mark = explorer.root.locator("[data-grid=window] .lit")
    assert (mark.get_attribute("x"), mark.get_attribute("y")) == ("0", "92")


def test_outputs_beyond_the_levels_are_said(explorer):
    native = conv2d(PHOTO, np.array(PRESETS["edge"], np.float32)[None, None], padding=1)
    below, above = (round(100 * np.mean(test)) for test in (native < 0, native > 255))
    assert (
        explorer.text(".said")
        .replace("\N{NO-BREAK SPACE}", " ")
        .endswith(f"Of all outputs {below} % are below 0 and black, {above} % above 255 and white.")
    )
    explorer.choose("blur")
    assert "Of all outputs" not in explorer.text(".said")


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))).save(file, "png")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": file.getvalue()}


def wait_for_caption(explorer, text):
    caption = explorer.root.locator("[data-grid=input] figcaption")
    caption.filter(has_text=text).wait_for()
    explorer.visit.settle()


@pytest.mark.parametrize("dropped", [False, True])
def test_own_file_is_convolved_and_given_back(show, dropped):
    explorer = Driver(show(KernelOnPhotograph(preset=4)))
    mine = np.random.default_rng(0).integers(0, 256, (3, 60, 90), np.uint8)
    back = explorer.root.get_by_role("button", name="back to the photograph")
    assert not back.is_visible()
    height = explorer.root.bounding_box()["height"]
    if dropped:
        explorer.root.locator(".board").evaluate(
            """(board, [name, type, bytes]) => {
                const dataTransfer = new DataTransfer();
                dataTransfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
                for (const kind of ["dragover", "drop"]) {
                    board.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true }));
                }
            }""",
            ["mine.png", "image/png", list(png(mine)["buffer"])],
        )
    else:
        explorer.root.locator("input[type=file]").set_input_files(png(mine))
    wait_for_caption(explorer, "input 60 × 90")
    check_output(explorer, grey(mine), PRESETS["sharpen"], 1, 0)
    check_window(explorer, grey(mine), PRESETS["sharpen"], 1, 0, (47, 71))
    assert (
        int(explorer.unfold().handle("pixel row").get_attribute("aria-valuemax").split(".")[0])
        == 59
    )
    assert explorer.root.bounding_box()["height"] >= height
    back.click()
    wait_for_caption(explorer, "input 150 × 128")
    check_output(explorer, PHOTO, PRESETS["sharpen"], 1, 0)
    assert explorer.visit.faults == []


def test_a_large_file_is_made_smaller(show):
    explorer = Driver(show(KernelOnPhotograph(preset=1)))
    large = np.full((3, 200, 640), 90, np.uint8)
    explorer.root.locator("input[type=file]").set_input_files(png(large))
    wait_for_caption(explorer, "input 50 × 160")
    check_output(explorer, np.full((1, 50, 160), 90, np.float32), PRESETS["copy"], 1, 0)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (
            {"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture"},
            "“notes.png” is not a picture that this browser can read; the photograph stays.",
        ),
        (png(np.zeros((3, 2, 50), np.uint8)), "“mine.png” is 50 × 2 pixels: too narrow"),
    ],
)
def test_a_file_that_is_no_picture_is_said(show, file, says):
    explorer = Driver(show(KernelOnPhotograph()))
    explorer.root.locator("input[type=file]").set_input_files(file)
    explorer.root.locator(".said.illegal").wait_for()
    assert explorer.text(".said").startswith(says)
    check_output(explorer, PHOTO, PRESETS["edge"], 1, 0)
    explorer.handle(LENS).press("ArrowLeft")
    assert explorer.root.locator(".said.illegal").count() == 0
    assert explorer.visit.faults == []


def test_own_picture_from_python(show):
    mine = np.random.default_rng(1).integers(0, 256, (3, 3, 160), np.uint8)
    explorer = Driver(show(KernelOnPhotograph(picture=mine, padding=0, row=1, preset=2)))
    check_output(explorer, grey(mine), PRESETS["shift"], 0, 0)
    check_window(explorer, grey(mine), PRESETS["shift"], 0, 0, (1, 71))
    assert explorer.visit.faults == []


COPY = """(item) => {
    const root = document.querySelector(".convlib-explorer");
    root.querySelector(".menu-button").click();
    [...root.querySelectorAll(".menu-list button")].find((b) => b.textContent === item).click();
    return root.querySelector(".menu-list textarea").value;
}"""


@pytest.mark.parametrize(("padding", "pad_value"), [(1, 77), (0, 0)])
def test_copied_code_computes_what_is_shown(show, padding, pad_value):
    weights = [[0.1, -1, 0], [2, 1 / 9, 0], [0, 0, -3]]
    made = KernelOnPhotograph(weights=weights, padding=padding, pad_value=pad_value)
    explorer = Driver(show(made))
    for library in ("convlib", "PyTorch"):
        code = explorer.visit.page.evaluate(COPY, f"copy code for {library}")
        if library == "convlib":
            names = {}
            exec(code, names)
            native = check_output(explorer, PHOTO, weights, padding, pad_value)
            np.testing.assert_array_equal(names["output"][0], native)
        else:
            compile(code, library, "exec")
            assert f"({padding}, {padding}, {padding}, {padding}), value={pad_value}" in code
    assert explorer.visit.faults == []


def test_a_link_brings_a_kernel_but_not_one_of_another_size(written, fresh):
    address = written(KernelOnPhotograph())
    for asked, says in (
        ("weights=0,0,0;0,0,2;0,0,0&preset=0&padding=0", None),
        ("weights=1,2;3,4", "weights=1,2;3,4, which does not go with the rest"),
    ):
        other = fresh().open(f"{address}#explorer-1?{asked}")
        explorer = Driver(other)
        other.settle()
        faults = [f.text_content() for f in other.page.locator(".link-fault").all()]
        if says:
            assert says in faults[0]
            check_output(explorer, PHOTO, PRESETS["edge"], 1, 0)
        else:
            assert faults == []
            check_output(explorer, PHOTO, [[0, 0, 0], [0, 0, 2], [0, 0, 0]], 0, 0)
        assert other.faults == []


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_changes_place_at_the_extremes(show, width):
    """With pictures of any form and the longest numbers: heights stay, texts fit their cells."""
    heights = set()
    for options in (
        {},
        {"weights": [[-1000] * 3] * 3, "pad_value": 255, "row": 0, "column": 0},
        {"picture": np.full((3, 160, 3), 255, np.uint8), "weights": [[-999.123] * 3] * 3},
        {"picture": np.full((3, 3, 160), 255, np.uint8), "padding": 0},
    ):
        explorer = Driver(show(KernelOnPhotograph(**options), width=width))
        boxes = explorer.root.locator(".sight").evaluate(
            """(sight) => {
                const said = sight.querySelector(".said");
                return [sight.offsetHeight, said.scrollHeight - said.clientHeight,
                    ...[...sight.querySelectorAll(".pixel")].map((node) =>
                        Math.max(...[...node.querySelectorAll("text")].map((text) =>
                            text.getBBox().width)) - node.querySelector("rect").getBBox().width)];
            }"""
        )
        heights.add(boxes[0])
        assert max(boxes[1:]) <= 0, (options, boxes)
    assert len(heights) == 1

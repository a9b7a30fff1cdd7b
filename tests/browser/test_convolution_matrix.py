"""What can be taken hold of in ConvolutionMatrix, what lights up, that nothing leaves its place."""

import numpy as np
import pytest
from explorers import Driver, middle

from convlib import Conv2d, conv2d, conv2d_matrix, conv2d_read_counts
from convlib.widgets import ConvolutionMatrix
from convlib.widgets.convolution_matrix import IMAGE, WEIGHTS


@pytest.fixture
def matrix(show):
    return Driver(show(ConvolutionMatrix))


def cell(matrix, grid, at):
    return matrix.root.locator(f"[data-grid={grid}] [data-at='{at[0]},{at[1]}']")


def tap(matrix, grid, at):
    matrix.visit.page.mouse.click(*middle(cell(matrix, grid, at)))
    matrix.visit.page.mouse.move(0, 0)
    matrix.visit.settle()


def places(matrix, grid, kind):
    found = matrix.root.locator(f"[data-grid={grid}] .cell{kind}").evaluate_all(
        "(nodes) => nodes.map((node) => node.dataset.at)"
    )
    return {tuple(map(int, at.split(","))) for at in found}


def window(matrix):
    frame = matrix.root.locator("[data-grid=input] .window")
    return tuple(int(float(frame.get_attribute(side))) // 40 for side in "yx")


def stripe(matrix):
    """Return the column of the matrix that is lit; None if there is none."""
    node = matrix.root.locator(".matrix-box .stripe")
    return int(node.get_attribute("x")) // 40 if node.is_visible() else None


def entry(matrix, row, column):
    """Return where on the page an entry of the matrix is."""
    side = matrix.root.locator(".matrix-box .row").first.bounding_box()["height"]
    left, top = matrix.root.locator(".matrix-box .zeros").evaluate(
        "(node) => { const { left, top } = node.getBoundingClientRect(); return [left, top]; }"
    )
    return left + (column + 0.5) * side, top + (row + 0.5) * side


def test_the_window_is_dragged_and_the_row_follows(matrix):
    side = cell(matrix, "input", (0, 0)).bounding_box()["width"]
    x, y = middle(cell(matrix, "input", (0, 0)))
    mouse = matrix.visit.page.mouse
    mouse.move(x, y)
    mouse.down()
    for down, across, row in ((1, 0, 3), (1, 1.9, 5), (9, 9, 8), (-9, 0.6, 1)):
        mouse.move(x + across * side, y + down * side)
        matrix.visit.settle()
        assert matrix.value("row") == row
        assert window(matrix) == divmod(row, 3)
        assert matrix.text(".said").startswith(f"Row {row} of M makes output")
    mouse.up()
    handle = matrix.handle("window")
    for key, row in (("ArrowDown", 4), ("ArrowRight", 5), ("Home", 0), ("End", 8)):
        handle.press(key)
        matrix.visit.settle()
        assert matrix.value("row") == row


def test_a_finger_drags_the_window(show):
    matrix = Driver(show(ConvolutionMatrix(), has_touch=True, width=390))
    x, y = middle(cell(matrix, "input", (0, 0)))
    side = cell(matrix, "input", (0, 0)).bounding_box()["width"]
    client = matrix.visit.page.context.new_cdp_session(matrix.visit.page)

    def touch(kind, *points):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for part in (0.5, 1, 2):
        touch("touchMove", {"x": x + part * side, "y": y + part * side})
    touch("touchEnd")
    matrix.visit.settle()
    assert (window(matrix), matrix.value("row")) == ((2, 2), 8)
    assert matrix.visit.faults == []


@pytest.mark.parametrize(("pixel", "padding"), [((0, 0), 0), ((1, 2), 0), ((3, 3), 1), ((0, 2), 1)])
def test_a_tapped_pixel_is_a_column_of_the_matrix(matrix, pixel, padding):
    matrix.unfold()
    matrix.put({"padding p": padding})
    tap(matrix, "input", tuple(at + padding for at in pixel))
    column = 4 * pixel[0] + pixel[1]
    assert stripe(matrix) == column
    weight = np.array(WEIGHTS, float)[None, None, :2, :2]
    native = conv2d_matrix((4, 4), weight, 1, padding)[:, column] != 0
    output = Conv2d(1, 1, 2, 1, padding).output_size((4, 4))
    readers = {divmod(int(row), output[1]) for row in np.flatnonzero(native)}
    assert places(matrix, "output", ":has(.mark)") == readers
    assert places(matrix, "output", ".faint") == set(np.ndindex(output)) - readers
    count = conv2d_read_counts((4, 4), (2, 2), 1, padding)[pixel]
    assert count == len(readers)
    said = matrix.text(".said")
    assert said.startswith(
        f"Pixel ({pixel[0]}, {pixel[1]}) holds {IMAGE[pixel[0]][pixel[1]]} and is column {column} "
        f"of M. {count} output"
    )
    matrix.root.locator("[data-grid=input]").press("Escape")
    matrix.visit.settle()
    assert stripe(matrix) is None


def test_padding_has_no_column(matrix):
    matrix.unfold()
    matrix.put({"padding p": 1})
    tap(matrix, "input", (0, 3))
    assert stripe(matrix) is None
    assert matrix.text(".said").startswith("Cell (−1, 2) is padding")


def test_keys_in_the_matrix_go_along_rows_and_columns(matrix):
    box = matrix.root.locator(".matrix-box")
    assert box.get_attribute("aria-label").startswith("Matrix M, 9 by 16.")
    box.press("ArrowDown")
    box.press("ArrowRight")
    box.press("ArrowRight")
    matrix.visit.settle()
    assert (matrix.value("row"), stripe(matrix)) == (1, 1)
    box.press("Escape")
    matrix.visit.settle()
    assert stripe(matrix) is None


def lit(matrix):
    """Return what is lit in kernel, input and output, and the letters lit in the matrix."""
    groups = matrix.root.locator(".matrix-box .entries.lit text")
    return [places(matrix, grid, ".lit") for grid in ("kernel", "input", "output")] + [
        groups.all_text_contents()
    ]


@pytest.mark.parametrize("padding", [0, 1])
def test_a_weight_lights_up_in_all_four_pictures(matrix, padding):
    matrix.unfold()
    matrix.put({"padding p": padding, "row": 0})
    rows = conv2d_matrix((4, 4), np.array([[[[0.0, 1], [0, 0]]]]), 1, padding).any(axis=1)
    across = 3 + 2 * padding
    holders = {divmod(int(row), across) for row in np.flatnonzero(rows)}
    matrix.visit.page.mouse.move(*middle(cell(matrix, "kernel", (0, 1))))
    matrix.visit.settle()
    # The first window begins in the padding, if there is any: then its b has no pixel.
    under = set() if padding else {(0, 1)}
    assert lit(matrix) == [{(0, 1)}, under, holders, ["b" * len(holders)]]
    assert matrix.text(".said").startswith(f"Weight b = 2 stands in {len(holders)} of the ")
    matrix.visit.page.mouse.move(0, 0)
    matrix.visit.settle()
    assert lit(matrix) == [set(), set(), set(), []]
    # The same from the kernel by keys.
    matrix.visit.page.keyboard.press("Tab")
    matrix.root.locator("[data-grid=kernel]").press("ArrowRight")
    matrix.visit.settle()
    assert lit(matrix)[0] == {(0, 1)}


def test_an_entry_of_the_matrix_lights_up_its_weight_and_shows_its_row(matrix):
    said = matrix.text(".said")
    # Row 4 is output (1, 1); its c lies on pixel (2, 1), column 9.
    matrix.visit.page.mouse.move(*entry(matrix, 4, 9))
    matrix.visit.settle()
    everywhere = set(np.ndindex(3, 3))
    assert lit(matrix) == [{(1, 0)}, {(2, 1)}, everywhere, ["c" * 9]]
    assert window(matrix) == (1, 1)
    assert matrix.text(".said").startswith("Row 4 of M")
    matrix.visit.page.mouse.move(0, 0)
    matrix.visit.settle()
    assert (window(matrix), matrix.text(".said")) == ((0, 0), said)
    matrix.visit.page.mouse.click(*entry(matrix, 5, 0))
    matrix.visit.settle()
    assert matrix.value("row") == 5


@pytest.mark.parametrize("width", [1280, 390])
def test_a_large_matrix_scrolls_in_its_box_to_the_chosen_row(show, width):
    settings = {"height": 6, "width": 6, "kernel_height": 3, "kernel_width": 3, "padding": 2}
    matrix = Driver(show(ConvolutionMatrix(**settings), width=width))
    page = matrix.visit.page
    box = matrix.root.locator(".matrix-box")
    around = box.bounding_box()
    seen = matrix.root.bounding_box()["height"], page.evaluate("scrollY")
    for row in (63, 0, 40, 17):
        matrix.put({"row": row})
        target = matrix.root.locator(f"[data-row='{row}']").bounding_box()
        assert target["height"] >= 19.9
        assert around["y"] - 1 <= target["y"]
        assert target["y"] + target["height"] <= around["y"] + around["height"] + 1
        assert (matrix.root.bounding_box()["height"], page.evaluate("scrollY")) == seen
    board = matrix.root.locator(".board").bounding_box()
    assert around["x"] + around["width"] <= board["x"] + board["width"] + 1
    assert around["y"] + around["height"] <= board["y"] + board["height"] + 1
    assert matrix.visit.faults == []


def test_weights_are_changed_in_their_cells(matrix):
    kernel = matrix.root.locator("[data-grid=kernel]")
    kernel.press("ArrowDown")
    matrix.visit.page.keyboard.type("-2")
    matrix.visit.page.keyboard.press("Enter")
    matrix.visit.settle()
    weight = np.array(WEIGHTS, float)[None, None, :2, :2]
    weight[0, 0, 1, 0] = -2
    expected = conv2d(np.array(IMAGE, float)[None, :4, :4], weight)[0]
    texts = matrix.texts("[data-grid=output] .cell text:not(.letter)")
    assert [int(text.replace("−", "-")) for text in texts] == expected.astype(int).ravel().tolist()


def test_the_code_computes_what_is_shown(show):
    matrix = Driver(show(ConvolutionMatrix(height=5, padding=1, stride=2)))
    matrix.root.locator(".menu-button").click()
    matrix.choose("copy code for convlib")
    made = {}
    exec(matrix.root.locator(".menu textarea").input_value(), made)
    texts = matrix.texts("[data-grid=output] .cell text:not(.letter)")
    assert made["output"].dtype == np.float32
    assert made["output"].ravel().tolist() == list(map(float, texts))


EXTREMES = [
    {"input H": 6, "input W": 6, "kernel h": 1, "kernel w": 1, "padding p": 2, "stride s": 1},
    {"input H": 6, "input W": 6, "kernel h": 3, "kernel w": 3, "padding p": 2, "stride s": 3},
    {"input H": 1, "input W": 6, "kernel h": 1, "kernel w": 3, "padding p": 0, "stride s": 1},
    {"input H": 6, "input W": 1, "kernel h": 3, "kernel w": 1, "padding p": 0, "stride s": 1},
    {"input H": 1, "input W": 1, "kernel h": 3, "kernel w": 3, "padding p": 0, "stride s": 1},
]


@pytest.mark.parametrize("width", [1280, 390])
def test_at_the_extremes_nothing_overlaps_and_the_height_stays(show, width):
    matrix = Driver(show(ConvolutionMatrix, width=width)).unfold()
    matrix.root.locator("summary").click()
    height = matrix.root.bounding_box()["height"]
    for at in EXTREMES:
        matrix.put(at)
        assert abs(matrix.root.bounding_box()["height"] - height) <= 0.01, at
        said = matrix.root.locator(".said")
        assert said.evaluate("(node) => node.scrollHeight - node.clientHeight") <= 0, at
        boxes = matrix.root.locator(
            ".board :is(figcaption, figure > svg, .matrix-box):visible"
        ).evaluate_all(
            """(nodes) => nodes.map((node) => {
                const range = document.createRange();
                range.selectNodeContents(node);
                const { left, top, right, bottom } = (node.matches("figcaption") ? range : node)
                    .getBoundingClientRect();
                return [left, top, right, bottom];
            })"""
        )
        board = matrix.root.locator(".board").bounding_box()
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


def test_a_tap_below_the_last_row_or_beside_the_matrix_takes_the_nearest_row(show):
    matrix = Driver(show(ConvolutionMatrix(height=1, kernel_height=1)))
    box = matrix.root.locator(".matrix-box")
    assert box.bounding_box()["height"] >= 44
    for y, row in ((2, 0), (box.bounding_box()["height"] - 2, matrix.ends("row")[1])):
        box.click(position={"x": 5, "y": y})
        matrix.visit.settle()
        assert matrix.value("row") == row

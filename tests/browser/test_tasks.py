"""Every explorer's task, followed word by word on its page: what it promises comes true."""

import re

import numpy as np
import pytest
from explorers import Driver, middle
from network_files import SMALL, give
from test_stage import PAGES

from convlib import conv2d_read_counts, receptive_field
from convlib.widgets.receptive_field import own_stack


def said(explorer):
    return explorer.text(".said")


def drag(explorer, node, to):
    """Drag the middle of a node by mouse to a place on the page."""
    mouse, (x, y) = explorer.visit.page.mouse, middle(node)
    mouse.move(x, y)
    mouse.down()
    mouse.move((x + to[0]) / 2, (y + to[1]) / 2)
    mouse.move(*to)
    mouse.up()
    mouse.move(0, 0)
    explorer.visit.settle()


def grip(explorer, name):
    """Return the dot, or else the whole, of what is taken hold of under that name."""
    explorer.root.locator(".sight").scroll_into_view_if_needed()
    dots = explorer.handle(name).locator(".dot-of-grip")
    return dots.first if dots.count() else explorer.handle(name)


def cell(explorer, grid, at):
    return explorer.root.locator(f"[data-grid={grid}] [data-at='{at[0]},{at[1]}'] rect").first


def drag_window(explorer, by):
    """Drag the window by so many rows and columns of the input."""
    held = grip(explorer, "window")
    side = cell(explorer, "input", (0, 0)).bounding_box()["width"]
    x, y = middle(held)
    drag(explorer, held, (x + by[1] * side, y + by[0] * side))


def tap(explorer, node):
    explorer.visit.page.mouse.click(*middle(node))
    explorer.visit.page.mouse.move(0, 0)
    explorer.visit.settle()


def index_sizes(explorer):
    drag_window(explorer, (1, 1))
    assert said(explorer).startswith("Output (1, 1) = ")
    side = cell(explorer, "input", (0, 0)).bounding_box()["width"]
    corner = grip(explorer, "kernel size")
    x, y = middle(corner)
    drag(explorer, corner, (x + side, y + side))
    assert (explorer.value("kernel h"), explorer.value("kernel w")) == (3, 3)
    assert explorer.text("[data-grid=output] figcaption") == "output 2 × 2"


def padding_sizes(explorer):
    explorer.put({"input H": 4, "input W": 6, "kernel h": 3, "kernel w": 3})
    assert explorer.text("[data-grid=output] figcaption") == "output 2 × 4"
    places = []
    for row in range(2):
        for column in range(4):
            explorer.handle("window").press("Home")
            explorer.visit.settle()
            if (row, column) != (0, 0):
                drag_window(explorer, (row, column))
            places.append(said(explorer).startswith(f"Output ({row}, {column}) = "))
    assert places == [True] * 8


def padding_reads(explorer):
    equal = []
    for cells in (1, 2):
        explorer.put({f"pad {end}": cells for end in ("top", "bottom", "left", "right")})
        numbers = explorer.texts("[data-grid=input] .cell:not(.padding) text:not(.letter)")
        counts = np.array(numbers, int).reshape(7, 7)
        native = conv2d_read_counts((7, 7), 3, padding=cells)
        np.testing.assert_array_equal(counts, native)
        equal.append(len(set(counts.ravel())) == 1)
    assert equal == [False, True]


def padding_shift(explorer):
    held = explorer.handle("output over the input")
    size = explorer.root.locator("[data-panel=overlay] canvas").first.bounding_box()["width"] / 128
    x, y = middle(held)
    drag(explorer, held, (x, y - 9 * size))
    assert "You moved the output 9 pixels up: there it matches." in said(explorer)
    explorer.press("layers", "ArrowRight")
    assert "12 pixels down" in said(explorer)
    explorer.choose("both sides")
    assert said(explorer).startswith("Predicted from the paddings: 0 pixels. Measured")


def padding_stride(explorer):
    reached = {}
    for width in (7, 6, 5):
        explorer.put({"input W": width})
        reached[width] = "column" not in re.sub(r"columns? (smaller|larger)", "", said(explorer))
    # (W - 3 + 2) is divisible by 2.
    assert reached == {7: True, 6: False, 5: True}


def stride_grid(explorer, pad=0):
    """Raise the strides, then the input, and compare what is said to be cut."""
    start = explorer.value("input H"), explorer.value("input W")
    seen = set()
    for larger in (0, 1, 2):
        size = [min(length + larger, 10) for length in start]
        explorer.put({"input H": size[0], "input W": size[1]})
        for stride in (1, 2, 3, 4):
            explorer.put({"stride down": stride, "stride across": stride})
            for name, length in zip(("Rows", "Columns"), size, strict=True):
                left = (length - 3 + 2 * pad) % stride
                seen.add(bool(left))
                of_axis = said(explorer).split(f"{name}: ")[1].split(".")[0]
                assert (f"leaves {left}" in of_axis) == bool(left)
    assert seen == {False, True}
    explorer.put({"stride down": 2, "stride across": 2})
    # The window jumps by the stride.
    drag_window(explorer, (2, 2))
    assert said(explorer).startswith("Output (2, 2) at stride 1 is computed.")
    tap(explorer, cell(explorer, "every", (1, 1)))
    assert said(explorer).startswith("Output (1, 1) at stride 1 is skipped.")
    tap(explorer, cell(explorer, "input", (5, 5)))
    assert re.match(r"(Input|Padding) cell \(\d, \d\)", said(explorer))


def stride_trap(explorer):
    stride_grid(explorer, pad=1)


def fields(explorer, depths):
    found = []
    for depth in depths:
        explorer.put({"layers": depth})
        found.append(int(re.search(r": (\d+) × \d+ pixels", said(explorer))[1]))
    return found


def stride_field(explorer):
    grown = {}
    for strides, label in ((0, "no layer"), (2, "every 2nd")):
        explorer.choose(label)
        stack = [layer for _, layer in own_stack(4, 3, strides, 0)]
        native = [receptive_field(stack[:depth]).size[0] for depth in (1, 2, 3, 4)]
        grown[strides] = fields(explorer, (1, 2, 3, 4))
        assert grown[strides] == native
    assert grown[0] == [3, 5, 7, 9]
    assert grown[2][3] > 9
    over_the_photograph(explorer)


def over_the_photograph(explorer):
    before = said(explorer)
    held = explorer.handle("output")
    x, y = middle(held)
    drag(explorer, held, (x - 60, y - 60))
    assert said(explorer) != before


def stride_mobilenet(explorer):
    menu = explorer.root.locator("select")
    symmetric = said(explorer)
    menu.select_option("MobileNet v1, SAME")
    explorer.visit.settle()
    assert said(explorer) != symmetric
    menu.select_option("MobileNet v1, symmetric")
    explorer.visit.settle()
    assert said(explorer) == symmetric
    over_the_photograph(explorer)


def moved(explorer):
    nodes = explorer.root.locator("[data-moved='1']")
    return [int(node.get_attribute("data-output")) for node in nodes.all()]


def tap_channel(explorer, number):
    tap(explorer, explorer.root.locator(f"[data-input='{number}']").first)


def groups_wiring(explorer):
    # Two groups of three inputs and two outputs.
    for number in range(1, 7):
        tap_channel(explorer, number)
        assert moved(explorer) == ([1, 2] if number <= 3 else [3, 4])
        assert explorer.root.locator(".wiring .mark, [data-output] .mark").count()
    held = grip(explorer, "split between groups")
    before = explorer.value("groups g")
    x, y = middle(held)
    drag(explorer, held, (x, y + 400))
    assert explorer.value("groups g") != before
    explorer.put({"groups g": 2})
    assert moved(explorer) == [3, 4]


def depthwise_wiring(explorer):
    for groups, expected in ((3, [[1], [2], [3]]), (1, [[1, 2, 3]] * 3)):
        explorer.put({"groups g": groups})
        found = []
        for number in (1, 2, 3):
            tap_channel(explorer, number)
            found.append(moved(explorer))
        assert found == expected


def brightness(explorer, stage):
    """Return the red level of the chosen pixel that the sentence gives for a stage."""
    found = re.search(rf"([−\d.]+), [−\d.]+, [−\d.]+ {stage}", said(explorer))
    return float(found[1].replace("−", "-"))


def depthwise_mixing(explorer):
    maps = {}
    for spot in ("gold", "skin"):
        explorer.choose(spot)
        maps[spot] = said(explorer)
    assert maps["gold"] != maps["skin"]
    # Each map is of one colour alone, whatever the kernels: skin is red and green, too.
    for kernel in ("blur", "edge"):
        for menu in explorer.root.locator(".convlib-open select").all():
            menu.select_option(kernel)
        explorer.visit.settle()
    for menu in explorer.root.locator(".convlib-open select").all():
        menu.select_option("identity")
    explorer.choose("yellowness")
    yellow = {}
    for spot in ("gold", "skin"):
        explorer.choose(spot)
        yellow[spot] = brightness(explorer, "after both")
    assert yellow["gold"] > 2 * max(yellow["skin"], 1)


def cost_comparison(explorer):
    field = explorer.root.get_by_label("your guess", exact=True)
    held = grip(explorer, "guessed ratio of times")
    x, y = middle(held)
    drag(explorer, held, (x - 60, y))
    assert float(field.input_value()) < 1
    explorer.root.get_by_role("button", name="measure here").click()
    explorer.visit.page.wait_for_function(
        "(root) => root.querySelector('.said').textContent.includes('In this browser it takes')",
        arg=explorer.root.element_handle(),
        timeout=120_000,
    )
    assert explorer.root.locator(".ratios .none").count() == 0


def convolution_photograph(explorer):
    explorer.choose("shift")
    outputs = explorer.root.locator("[data-grid=output], [data-panel=output]").first
    assert outputs.is_visible()
    before = said(explorer)
    lens = explorer.handle("window on the photograph")
    x, y = middle(lens)
    drag(explorer, lens, (x - 40, y + 20))
    assert said(explorer) != before
    weight = cell(explorer, "kernel", (1, 1))
    explorer.visit.page.mouse.dblclick(*middle(weight))
    explorer.visit.page.keyboard.type("2")
    explorer.visit.page.keyboard.press("Enter")
    explorer.visit.settle()
    assert explorer.texts("[data-grid=kernel] .cell text:not(.letter)")[4] == "2"


def convolution_matrix(explorer):
    drag_window(explorer, (1, 1))
    assert said(explorer).startswith("Row 4 of M makes output (1, 1)")
    explorer.put({"row": 0})
    kept = set()
    for row in range(9):
        if row:
            explorer.press("row", "ArrowRight")
        assert said(explorer).startswith(f"Row {row} of M")
        # What changes are the columns; what never does, the four weights.
        kept.add(tuple(re.findall(r"(\d)·", said(explorer))))
    assert len(kept) == 1
    explorer.root.locator(".sight").scroll_into_view_if_needed()
    tap(explorer, cell(explorer, "input", (1, 2)))
    assert re.match(r"Pixel \(1, 2\).* is column 6 of M", said(explorer))
    explorer.root.locator("[data-grid=input]").press("Escape")
    explorer.visit.page.mouse.move(*middle(cell(explorer, "kernel", (0, 1))))
    explorer.visit.settle()
    assert said(explorer).startswith("Weight b = 2 stands in 9 of the 9 rows of M")


def convolution_blocks(explorer):
    fates = []
    for step in ("none", "+ ReLU", "+ norm", "+ residual", "− norm"):
        explorer.choose(step)
        fate = re.search(r"The numbers (\w+).*?, and the picture is (\w+)", said(explorer))
        fates.append(fate.groups())
    assert fates == [
        ("explode", "lost"), ("vanish", "lost"), ("stay", "lost"), ("stay", "kept"),
        ("explode", "kept"),
    ]  # fmt: skip


def rows_of(explorer):
    """Return MACs and parameters of every layer of a designer: {name: (MACs, parameters)}."""
    rows = explorer.root.locator("table.layers tr[data-row]").evaluate_all(
        """(rows) => rows.map((row) => [row.querySelector(".name").textContent,
            ...[...row.cells].slice(1, 3).map((cell) => cell.textContent)])"""
    )
    return {name: numbers for name, *numbers in rows}


def choice_designer(explorer):
    published = rows_of(explorer)

    def changed(column):
        now = rows_of(explorer)
        return [name for name in now if now[name][column] != published[name][column]]

    layers = list(published)
    explorer.put({"layer": 3, "stride s": 2})
    assert explorer.text("tr[aria-current] .name") == "conv2_1"
    convolutions = [name for name in layers if name.startswith("conv")]
    assert changed(0) == convolutions[convolutions.index("conv2_1") :]
    assert changed(1) == []
    explorer.put({"channels C₂": 256})
    explorer.put({"layer": 4})
    explorer.put({"channels C₂": 256})
    assert explorer.text("tr[aria-current] .name") == "conv2_2"
    assert rows_of(explorer)["conv2_2"][0] == published["conv2_2"][0]
    assert "conv2_1" in changed(0)


def choice_port(explorer):
    totals = "table.totals tbody tr:nth-child({}) td:nth-child(3)"
    still = [explorer.text(totals.format(k)) for k in (1, 2, 3, 4)]
    shifts = [explorer.text(totals.format(5))]
    for name in ("conv6_dw", "conv12_dw"):
        named = re.compile(f"^{name}$")
        explorer.root.locator("table.layers .name", has_text=named).click()
        explorer.visit.settle()
        assert explorer.text("tr[aria-current] .name") == name
        padding = explorer.root.locator(".convlib-open .widget-dropdown select")
        padding.select_option("1")
        explorer.visit.settle()
        shifts.append(explorer.text(totals.format(5)))
    assert (shifts[0], shifts[2]) == ("8.5", "−15.5")
    assert [explorer.text(totals.format(k)) for k in (1, 2, 3, 4)] == still


def check_networks(explorer):
    menu, names = explorer.root.locator("select"), "table .name"
    found = []
    for at in range(6):
        menu.select_option(index=at)
        explorer.visit.settle()
        found.append(explorer.texts(".findings [data-finding]"))
        if at < 2:
            explorer.root.locator(names, has_text=re.compile("^sum$")).click()
            explorer.visit.settle()
            assert "A place of sum sees 9 × 9 pixels" in said(explorer)
    assert all(found)
    apart = [bool(re.search("windows are .* apart", " ".join(texts))) for texts in found]
    assert apart == [True, False, False, False, False, True]
    (shown,) = give(explorer, ("own.onnx", SMALL.SerializeToString()))
    assert shown["said"].startswith("own.onnx at 3 × 32 × 32: ")


def beyond_halo(explorer):
    def prices():
        found = {}
        for name in ("exchanges", "bytes", "repeated"):
            mark = explorer.root.locator(f".price.now[data-price={name}]")
            found[name] = float(mark.get_attribute("data-value"))
        return found

    before = prices()
    fuse = grip(explorer, "layers fused for each exchange")
    x, y = middle(fuse)
    drag(explorer, fuse, (x + 300, y))
    after = prices()
    assert (before["exchanges"], after["exchanges"]) == (4, 1)
    assert after["repeated"] > before["repeated"] == 0
    assert before["bytes"] < after["bytes"] < 1.2 * before["bytes"]
    tile = grip(explorer, "size of the tiles")
    x, y = middle(tile)
    drag(explorer, tile, (x + 96, y + 48))
    assert prices()["repeated"] < after["repeated"]


TASKS = {
    "index": [index_sizes],
    "convolution": [convolution_photograph, convolution_matrix, convolution_blocks],
    "padding": [padding_sizes, padding_reads, padding_shift, padding_stride],
    "stride": [stride_grid, stride_field, stride_grid, stride_trap, stride_mobilenet],
    "groups": [groups_wiring],
    "depthwise": [depthwise_wiring, depthwise_mixing],
    "cost": [cost_comparison],
    "choice": [choice_designer, choice_port],
    "check": [check_networks],
    "beyond": [beyond_halo],
}


@pytest.mark.parametrize("page", PAGES)
def test_every_task_of_a_page_comes_true(visit, page):
    seen = visit(page)
    tasks = TASKS[page]
    assert seen.page.locator(".convlib-explorer").count() == len(tasks)
    for number, follow in enumerate(tasks):
        follow(Driver(seen, number))

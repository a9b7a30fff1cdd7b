"""NetworkDesigner in the built page against the native walk."""

import random

import pytest
from explorers import Driver

from convlib import networks
from convlib.kernels import network_walk as k
from convlib.networks import encoded
from convlib.widgets import NetworkDesigner
from convlib.widgets.network_designer import NETWORKS

RANGES = {
    "kernel w = h": ("kernel", lambda chance: chance.choice([1, 3, 5, 11])),
    "stride s": ("stride", lambda chance: chance.randint(1, 4)),
    "padding p": ("padding", lambda chance: chance.randint(-1, 5)),
    "dilation d": ("dilation", lambda chance: chance.randint(1, 4)),
    "channels C₂": ("out_channels", lambda chance: 8 * chance.randint(1, 64)),
    "groups g": ("groups", lambda chance: chance.choice([0, 1, 2, 3, 8])),
}


@pytest.fixture
def explorer(show):
    return Driver(show(NetworkDesigner)).unfold()


def menu(explorer, label):
    """Return the menu of that name among the controls."""
    box = explorer.root.locator(".widget-dropdown").filter(
        has=explorer.visit.page.locator(f".widget-label:text-is('{label}')")
    )
    return box.locator("select")


def choose_network(explorer, label):
    menu(explorer, "network").select_option(label)
    explorer.visit.settle()


def move(explorer, values):
    """Set controls to values: padding, which may be 'same', and groups are menus."""
    firsts = {"groups g": 0, "padding p": -1}
    for label, value in values.items():
        if label in firsts:
            menu(explorer, label).select_option(index=value - firsts[label])
            explorer.visit.settle()
        else:
            explorer.put({label: value})


def shown(explorer):
    """Return the table of layers as {name: texts of what it is and of its cells}."""
    rows = explorer.root.locator("table.layers tr[data-row]").evaluate_all(
        """(rows) => rows.map((row) => [
            row.querySelector(".name").textContent, row.querySelector(".what").textContent,
            ...[...row.cells].slice(1).map((cell) => cell.textContent)])"""
    )
    return {name: rest for name, *rest in rows}


def expected(row):
    """Return the cells that a row of the native walk makes, from the MACs on."""
    if row[k.STATE] != 0:
        return ["–"] * 6
    seen = row[k.FIELD_H] > 0
    shift = f"{row[k.SHIFT_H]:g}".replace("-", "−")
    return [
        f"{row[k.MACS]:,.0f}",
        f"{row[k.PARAMS]:,.0f}",
        ("0" if row[k.SHIFT_H] == 0 else shift) if seen else "–",
        f"{row[k.FIELD_H]:.0f}" if seen else "all",
        f"{row[k.JUMP_H]:.0f}" if seen else "–",
        " × ".join(f"{n:.0f}" for n in row[k.CHANNELS : k.WIDTH + 1]),
    ]


def check(explorer, names, found):
    table = shown(explorer)
    assert list(table) == names
    for name, row in zip(names, found, strict=False):
        assert table[name][1:] == expected(row), name
    whole = explorer.texts("table.totals tbody tr:nth-child(-n + 2) td:nth-child(3)")
    if found[-1, k.STATE] == 0:
        assert whole == [f"{found[-1, column]:,.0f}" for column in (k.MACS, k.PARAMS)]
    else:
        assert whole == ["none", "none"]
        assert "is illegal" in explorer.text(".said")


@pytest.mark.parametrize("seed", range(24))
def test_random_design_equals_native(explorer, seed):
    chance = random.Random(seed)
    label, make, fixed = NETWORKS[seed % len(NETWORKS)]
    choose_network(explorer, label)
    names, rows = encoded.encoded(make(), fixed)
    convs = [name for name, row in zip(names, rows, strict=True) if row[k.KIND] == k.CONV]
    size, percent = chance.randint(32, 512), 25 * chance.randint(1, 8)
    explorer.put({"input pixels": size, "width %": percent})
    check(explorer, names, encoded.walked(rows, (size, size), percent))
    edits = {}
    for number in sorted(chance.sample(range(len(convs)), 2), reverse=True):
        explorer.put({"layer": number + 1})
        for slider in chance.sample(sorted(RANGES), 2):
            knob, draw = RANGES[slider]
            value = draw(chance)
            move(explorer, {slider: value})
            edits.setdefault(convs[number], {})[knob] = value
    changed = encoded.edited(names, rows, edits)
    check(explorer, names, encoded.walked(changed, (size, size), percent))
    explorer.choose("reset to published")
    check(explorer, names, encoded.walked(rows, (224, 224)))


def test_opens_on_vgg16_as_published(explorer):
    cells = explorer.texts("table.totals tbody tr td:nth-child(2)")
    assert cells == ["15,470,264,320", "138,357,544", "212", "32", "0"]
    assert explorer.texts("table.totals tbody tr td:nth-child(4)") == ["0"] * 5
    assert explorer.texts("tr[aria-current] .pointer") == ["▶"]
    assert explorer.texts("tr[aria-current] .name") == ["conv2_1"]
    assert "as published" in explorer.text(".said")


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ({"groups g": 3}, "g = 3 does not divide its C₁ = 64"),
        ({"channels C₂": 200, "groups g": 32}, "g = 32 does not divide its C₂ = 200"),
        ({"input pixels": 32, "dilation d": 4, "kernel w = h": 11}, "11 × 11 with dilation 4"),
    ],
)
def test_illegal_layers_are_explained_and_the_rest_is_marked(explorer, moves, said):
    move(explorer, moves)
    assert said in explorer.text(".said")
    table = shown(explorer)
    assert table["conv2_1"][0].startswith("illegal: ")
    assert all(table[name][0].startswith("no input: ") for name in ("conv2_2", "pool5", "fc8"))
    assert table["conv1_2"][1] != "–"


def test_a_shortcut_must_match(explorer):
    choose_network(explorer, "ResNet-18")
    explorer.put({"layer": 3})
    explorer.put({"channels C₂": 128})
    said = explorer.text(".said")
    assert "the main path brings 128 × 56 × 56, the shortcut 64 × 56 × 56" in said


def test_undo_takes_back_one_knob_at_a_time(explorer):
    drawn = explorer.root.locator(".convlib-figure").inner_html()
    for _ in range(2):
        explorer.field("stride s").press("ArrowUp")
    explorer.visit.settle()
    once = explorer.root.locator(".convlib-figure").inner_html()
    move(explorer, {"groups g": 2})
    explorer.choose("undo")
    assert explorer.root.locator(".convlib-figure").inner_html() == once
    assert (explorer.value("stride s"), menu(explorer, "groups g").input_value()) == (3, "1")
    explorer.choose("undo")
    assert explorer.root.locator(".convlib-figure").inner_html() == drawn
    assert explorer.value("stride s") == 1


def test_a_row_is_chosen_by_pointer_and_by_keys(explorer):
    explorer.root.locator("table.layers tbody tr", has_text="conv3_2").click()
    explorer.visit.settle()
    assert explorer.value("layer") == 6
    box = explorer.root.locator(".design-box.layers")
    box.press("ArrowDown")
    explorer.visit.settle()
    assert explorer.value("layer") == 7
    box.press("End")
    explorer.visit.settle()
    assert explorer.value("layer") == 13
    picked = explorer.root.locator("tr.picked")
    assert picked.locator(".name").text_content() == "conv5_3"
    frame, row = box.bounding_box(), picked.bounding_box()
    assert frame["y"] <= row["y"]
    assert row["y"] + row["height"] <= frame["y"] + frame["height"]


def test_end_goes_to_the_last_layer_of_each_network(explorer):
    for label, make, _ in NETWORKS:
        choose_network(explorer, label)
        explorer.press("layer", "End")
        assert explorer.value("layer") == len(networks.convolutions(make())), label


def test_a_designer_opens_with_its_changes(show):
    ported = {name: {"padding": 1} for name in ("conv0", "conv2_dw", "conv4_dw")}
    explorer = Driver(show(NetworkDesigner(network=4, layer=12, edits=ported))).unfold()
    assert explorer.texts("table.totals tbody tr:last-child td") == ["15.5", "8.5", "−7"]
    changed = [name for name, row in shown(explorer).items() if row[0].startswith("changed: ")]
    assert changed == ["conv0", "conv2_dw", "conv4_dw"]
    for number, label in ((12, "conv6_dw"), (24, "conv12_dw")):
        explorer.put({"layer": number})
        assert explorer.text("tr.picked .name") == label
        assert explorer.root.locator(".knob.padding select").input_value() == "-1"
        move(explorer, {"padding p": 1})
    assert explorer.texts("table.totals tbody tr:last-child td") == ["15.5", "−15.5", "−31"]


def knob(explorer, name):
    """Return the field for a hyperparameter in the chosen row."""
    return explorer.root.get_by_label(f"{name} of the chosen layer")


def test_the_chosen_row_is_edited_in_its_place(explorer):
    names, rows = encoded.encoded(networks.vgg16(), ())
    knob(explorer, "kernel").fill("5")
    knob(explorer, "stride").press("ArrowUp")
    knob(explorer, "padding").select_option("same")
    knob(explorer, "channels C₂").fill("96")
    knob(explorer, "groups").select_option("depthwise")
    knob(explorer, "groups").select_option("32")
    explorer.visit.settle()
    edits = {"kernel": 5, "stride": 2, "padding": -1, "out_channels": 96, "groups": 32}
    changed = encoded.edited(names, rows, {"conv2_1": edits})
    check(explorer, names, encoded.walked(changed, (224, 224)))
    assert shown(explorer)["conv2_1"][0] == "changed: conv 5 × 5, s 2, same, g 32"
    # The controls have followed.
    assert [explorer.value(label) for label in ("stride s", "channels C₂")] == [2, 96]
    assert menu(explorer, "groups g").input_value() == "32"
    assert menu(explorer, "padding p").input_value() == "same"
    explorer.choose("undo")
    assert knob(explorer, "groups").input_value() == "1"


def test_what_is_typed_wrong_is_said_and_not_taken(explorer):
    knob(explorer, "kernel").fill("12")
    explorer.visit.settle()
    assert explorer.text(".said") == "kernel is a whole number from 1 to 11, not “12”."
    assert shown(explorer)["conv2_1"][0] == "conv 3 × 3, p 1"
    knob(explorer, "kernel").press("Tab")
    explorer.visit.settle()
    assert knob(explorer, "kernel").input_value() == "3"
    assert "as published" in explorer.text(".said")


@pytest.mark.parametrize("width", [1280, 390])
def test_names_totals_and_what_the_task_speaks_of_are_in_sight(show, width):
    explorer = Driver(show(NetworkDesigner, width=width))
    box = explorer.root.locator(".design-box.layers")
    box.press("End")
    explorer.visit.settle()
    frame = box.bounding_box()
    picked = explorer.root.locator("tr.picked")
    heads = explorer.root.locator("table.layers thead th")
    # The name, MACs, parameters and the shift; and the fields under the row.
    parts = [picked.locator("th"), *picked.locator("td").all()[:3], *heads.all()[:4]]
    for part in [*parts, *explorer.root.locator(".knob").all()]:
        at = part.bounding_box()
        assert frame["x"] <= at["x"]
        assert at["x"] + at["width"] <= frame["x"] + frame["width"] + 1
        assert frame["y"] <= at["y"]
        assert at["y"] + at["height"] <= frame["y"] + frame["height"]
    box.evaluate("(box) => { box.scrollLeft = box.scrollWidth; }")
    assert picked.locator("th").bounding_box()["x"] == pytest.approx(frame["x"] + 1, abs=1)
    whole = explorer.root.locator("table.totals").bounding_box()
    assert whole["x"] + whole["width"] <= frame["x"] + frame["width"] + 1


def test_bars_are_shares_of_the_largest_layer(explorer):
    _, rows = encoded.encoded(networks.vgg16(), ())
    macs = encoded.walked(rows, (224, 224))[:-1, k.MACS]
    bars = explorer.root.locator("tr[data-row] td:nth-child(2)").evaluate_all(
        "(cells) => cells.map((cell) => parseFloat(cell.querySelector('.now')?.style.width) || 0)"
    )
    assert bars == pytest.approx(100 * macs / macs.max(), abs=0.06)


def test_code_makes_an_output_of_the_shape_that_is_shown(show):
    edits = {"conv12_dw": {"padding": -1, "out_channels": 512}}
    explorer = Driver(show(NetworkDesigner(network=4, layer=24, edits=edits)))
    explorer.root.get_by_role("button", name="Take this figure with you").click()
    explorer.root.get_by_role("button", name="copy code for convlib").click()
    names = {}
    exec(explorer.root.locator(".menu textarea").input_value(), names)
    assert " × ".join(map(str, names["output"].shape)) == shown(explorer)["conv12_dw"][-1]

"""NetworkCheck in a page: what it finds in a network is what convlib finds in Python."""

import re
from pathlib import Path

import numpy as np
import onnx
import pytest
from explorers import Driver
from graph_family import Drawn
from network_files import SHOWN, SMALL, check_shown, give, sized
from onnx_models import exported

from convlib import Conv2d, networks
from convlib.graphs.examples import examples
from convlib.graphs.report import checked
from convlib.widgets import NetworkCheck

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


@pytest.fixture
def explorer(show):
    return Driver(show(NetworkCheck))


def test_random_examples_and_sizes_equal_native(explorer):
    chance = np.random.default_rng(0)
    menu = explorer.root.locator("select")
    for at, (label, size, graph) in enumerate(examples().values()):
        menu.select_option(index=at)
        explorer.visit.settle()
        check_shown(explorer.ask(SHOWN), checked(graph, size))
        for _ in range(3):
            height, width = (int(n) for n in chance.integers(1, 260, 2))
            explorer.put({"height H": height, "width W": width})
            shown = explorer.ask(SHOWN)
            check_shown(shown, checked(graph, (height, width)))
            assert shown["said"].startswith(f"{label} at 3 × {height} × {width}: ")


def test_random_graphs_equal_native(explorer):
    """Windows, samplings, layouts and branches in any order, drawn from seeds."""
    models = [Drawn(seed, steps=4 + seed % 6).model().SerializeToString() for seed in range(80)]
    shown = give(explorer, *((f"{k}.onnx", data) for k, data in enumerate(models)))
    for seen, data in zip(shown, models, strict=True):
        check_shown(seen, networks.from_onnx(data))
    assert explorer.visit.faults == []


def test_published_files_equal_native(explorer):
    """Without weights, as they come with onnx; and the book's own, exported."""
    files = {path.name: path.read_bytes() for path in sorted(LIGHT.glob("light_*.onnx"))}
    own = {
        "resnet50.onnx": (networks.resnet50("last 3x3", "same_upper"), 224),
        "googlenet.onnx": (networks.googlenet(), 224),
    }
    for name, (network, size) in own.items():
        files[name] = sized(exported(network), size).SerializeToString()
    for seen, data in zip(give(explorer, *files.items()), files.values(), strict=True):
        check_shown(seen, networks.from_onnx(data))
    note = explorer.text(".own-file .file-note")
    assert note == f"“googlenet.onnx”: {len(files['googlenet.onnx']) / 1000:.1f} kB of " + (
        f"{len(files['googlenet.onnx']) / 1000:.1f} kB were read"
    )
    assert explorer.visit.faults == []


def test_a_size_that_is_open_is_asked_for(explorer):
    data = exported([Conv2d(3, 8, 3, 2)]).SerializeToString()
    (shown,) = give(explorer, ("open.onnx", data))
    assert "The file leaves its size open: set height and width." in shown["said"]
    check_shown(shown, networks.from_onnx(data, 224))
    explorer.put({"height H": 33, "width W": 48})
    check_shown(explorer.ask(SHOWN), networks.from_onnx(data, (33, 48)))


def test_a_file_that_fixes_its_size_sets_the_fields(explorer):
    give(explorer, ("mine.onnx", SMALL.SerializeToString()))
    assert [explorer.value(label) for label in ("height H", "width W")] == [32, 32]
    assert explorer.root.locator("select").evaluate("(menu) => menu.selectedIndex") == 6
    explorer.put({"height H": 2})
    shown = explorer.ask(SHOWN)
    check_shown(shown, networks.from_onnx(SMALL.SerializeToString(), (2, 32)))
    assert shown["findings"][0].startswith("error: 0 (Conv) cannot be computed")


def test_your_file_before_there_is_one(explorer):
    explorer.root.locator("select").select_option(label="your file")
    explorer.visit.settle()
    assert explorer.text(".said").startswith("Choose an ONNX file with the button, or drop one")
    assert explorer.texts(".tensors tbody tr") == []
    explorer.root.locator("select").select_option(index=2)
    explorer.visit.settle()
    assert explorer.root.locator(".said.illegal").count() == 0


def test_a_file_is_dropped(explorer):
    explorer.root.locator(".checked").evaluate(
        """(board, bytes) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.onnx"));
            for (const kind of ["dragover", "drop"]) {
                board.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true }));
            }
        }""",
        list(SMALL.SerializeToString()),
    )
    explorer.root.locator(".said").filter(has_text="dropped.onnx at 3 × 32 × 32").wait_for()


def chosen(explorer):
    explorer.visit.settle()
    return explorer.text(".tensors tr[aria-current] .name")


def test_tensors_and_findings_are_chosen_by_keys_and_clicks(explorer):
    box = explorer.root.locator(".tensors")
    assert chosen(explorer) == "sum"
    box.press("ArrowUp")
    assert chosen(explorer) == "sum.project"
    box.press("Home")
    explorer.visit.settle()
    assert chosen(explorer) == "x"
    assert explorer.value("tensor") == 0
    explorer.handle("tensor").press("ArrowRight")
    explorer.visit.settle()
    assert chosen(explorer) == "stem"
    assert "A place of stem sees 3 × 3 pixels" in explorer.text(".said")
    box.press("End")
    assert chosen(explorer) == "next"
    explorer.root.locator(".tensors tr[data-row='2']").click()
    assert chosen(explorer) == "sum.conv1"
    explorer.root.locator(".findings").press("ArrowDown")
    explorer.visit.settle()
    assert chosen(explorer) == "sum"
    assert explorer.root.locator(".findings [data-chosen]").count() == 1


def test_the_paths_that_disagree_are_marked(explorer):
    def marked(which):
        return explorer.texts(f".tensors tr.{which}-path .name")

    assert (marked("first"), marked("second")) == (["sum.project"], ["sum.conv1", "sum.conv2"])
    explorer.root.locator(".tensors").press("Home")
    explorer.visit.settle()
    assert marked("first") == marked("second") == []


@pytest.mark.parametrize("at", range(len(examples())))
def test_the_field_on_the_photograph_is_that_of_the_middle_place(explorer, at):
    example = list(examples().values())[at]
    explorer.root.locator("select").select_option(index=at)
    explorer.visit.settle()
    network = checked(example.graph, example.size)
    for number_of in {1, len(network.rows) // 2, len(network.rows) - 1}:
        explorer.root.locator(f".tensors tr[data-row='{number_of}']").click()
        explorer.visit.settle()
        row = network.rows[number_of]
        rect = explorer.root.locator(".frame rect.seen-window:not(.halo)")
        if row.field is None:
            assert rect.count() == 0
            continue
        found = [float(rect.get_attribute(name)) for name in ("y", "x", "height", "width")]
        place = [(n - 1) // 2 for n in row.output_shape[1:]]
        middles = [c + o * s for c, o, s in zip(row.center, place, row.stride, strict=True)]
        assert found[2] <= row.field[0]
        assert found[3] <= row.field[1]
        # After an upsampling windows come in phases, up to half a stride of what went in apart.
        for axis in (0, 1):
            assert abs(found[axis] + (found[2 + axis] - 1) / 2 + 0.5 - middles[axis]) <= 2


def test_what_nothing_reads_is_marked(explorer):
    data = sized(exported([Conv2d(3, 8, 3, 2)]), 32).SerializeToString()
    (shown,) = give(explorer, ("mine.onnx", data))
    assert "63 pixels of the image are read by nothing" in shown["said"]
    runs = explorer.root.locator(".frame path.not-read").get_attribute("d")
    lengths = [int(run) for run in re.findall(r"h(\d+)v1", runs)]
    assert sum(lengths) == networks.from_onnx(data).unread.sum() == 63

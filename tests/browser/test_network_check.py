"""NetworkCheck in a page: what it finds in a file is what convlib finds in Python."""

import base64
import re
from pathlib import Path

import numpy as np
import onnx
import pytest
from explorers import Driver
from graph_family import Drawn
from onnx_models import exported, model, node, numbers, weight

from convlib import Conv2d, MaxPool2d, networks
from convlib.graphs.examples import examples
from convlib.graphs.report import checked
from convlib.widgets import NetworkCheck

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"

# Hands files to the figure one after another, as if they had been chosen; returns what it shows.
GIVE = """async (root, files) => {
    const frame = () => new Promise(requestAnimationFrame);
    const text = (node) => node.textContent;
    const found = [];
    for (const [name, bytes] of files) {
        const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
        const given = new DataTransfer();
        given.items.add(new File([data], name));
        const field = root.querySelector("input[type=file]");
        field.files = given.files;
        field.dispatchEvent(new Event("change"));
        const note = root.querySelector(".own-file .file-note");
        while (note.textContent.startsWith("Reading")) await frame();
        await frame();
        await frame();
        const said = root.querySelector(".said");
        found.push({
            said: text(said),
            illegal: said.classList.contains("illegal"),
            rows: [...root.querySelectorAll(".tensors tbody tr")].map((row) => [
                text(row.querySelector(".name")), text(row.querySelector(".what")),
                ...[...row.querySelectorAll("td")].map(text),
            ]),
            findings: [...root.querySelectorAll(".findings [data-finding]")].map(text),
        });
    }
    return found;
}"""
SHOWN = GIVE.replace("(root, files)", "(root)").split("for (const")[0] + (
    "const said = root.querySelector('.said'); found.push("
    + GIVE.split("found.push(")[1].split(");\n    }\n    return")[0]
    + "); return found[0]; }"
)


@pytest.fixture
def explorer(show):
    return Driver(show(NetworkCheck))


def give(explorer, *files):
    """Return what the figure shows of each file: (name, bytes)."""
    sent = [[name, base64.b64encode(data).decode()] for name, data in files]
    return explorer.root.evaluate(GIVE, sent)


def number(value):
    return f"{value:g}"


def pair(values, sign=", "):
    """Return what both axes have, once if they agree."""
    if values is None:
        return "–"
    ends = values[:1] if values[0] == values[1] else values
    return sign.join(map(number, ends)).replace("-", "−")


def times(values):
    return " × ".join(map(number, values))


def rows_of(network):
    """Return a checked network's table as the figure writes it."""
    marks = {
        f.name: f.severity for f in reversed(network.findings) if f.severity in ("error", "warning")
    }
    return [
        [
            row.name,
            f"{marks[row.name]}: {row.layer}" if row.name in marks else row.layer,
            "none" if row.output_shape is None else times(row.output_shape),
            pair(row.field, " × "),
            pair(row.stride, " × "),
            pair(row.center),
            pair(row.shift),
            "–" if row.unread is None else f"{row.unread:,}",
            f"{row.macs:,}",
            f"{row.params:,}",
        ]
        for row in network.rows
    ]


def findings_of(network):
    return [
        f"{f.severity}: {f.message}" + (f" {f.mend}" if f.mend else "") for f in network.findings
    ]


def check_shown(shown, network):
    assert not shown["illegal"], shown["said"]
    assert shown["findings"] == findings_of(network)
    assert shown["rows"] == rows_of(network)
    macs = f"{network.macs:,} MACs, {network.params:,} parameters"
    assert macs in shown["said"]
    if network.unread is not None and network.unread.any():
        assert f"{network.unread.sum():,} pixels of the image are read by nothing" in shown["said"]
    if network.wasted_macs:
        assert f"{network.wasted_macs:,} MACs are for what nothing reads" in shown["said"]


def test_random_examples_and_sizes_equal_native(explorer):
    chance = np.random.default_rng(0)
    menu = explorer.root.locator("select")
    for at, (label, size, graph) in enumerate(examples().values()):
        menu.select_option(index=at)
        explorer.visit.settle()
        check_shown(explorer.root.evaluate(SHOWN), checked(graph, size))
        for _ in range(3):
            height, width = (int(n) for n in chance.integers(1, 260, 2))
            explorer.put({"height H": height, "width W": width})
            shown = explorer.root.evaluate(SHOWN)
            check_shown(shown, checked(graph, (height, width)))
            assert shown["said"].startswith(f"{label} at 3 × {height} × {width}: ")


def test_random_graphs_equal_native(explorer):
    """Windows, samplings, layouts and branches in any order, drawn from seeds."""
    models = [Drawn(seed, steps=4 + seed % 6).model().SerializeToString() for seed in range(120)]
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


def sized(onnx_model, size):
    for axis in (2, 3):
        onnx_model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = size
    return onnx_model


SMALL = sized(exported([Conv2d(3, 8, 3), MaxPool2d(2)]), 32)


def changed(change):
    """Return the small model with a change made, as bytes."""
    made = onnx.ModelProto()
    made.CopyFrom(SMALL)
    change(made)
    return made.SerializeToString()


def stride_of(onnx_model, strides):
    (attribute,) = [a for a in onnx_model.graph.node[0].attribute if a.name == "strides"]
    attribute.ints[:] = strides


# What is wrong with a file, and what is said.
FAULTS = [
    (b"", "cannot be read: it holds no graph"),
    (b"no network at all", "cannot be read: it is no ONNX file, or only a part of one."),
    (SMALL.SerializeToString()[:-9], "cannot be read: it is no ONNX file, or only a part of one."),
    (changed(lambda m: m.ClearField("graph")), "cannot be read: it holds no graph"),
    (changed(lambda m: m.ClearField("opset_import")), "names no version of its operators"),
    (changed(lambda m: setattr(m, "ir_version", 99)), "it is too new: it has IR version 99"),
    (changed(lambda m: setattr(m.opset_import[0], "version", 999)), "operators of version 999;"),
    (
        changed(lambda m: m.graph.input[0].type.tensor_type.shape.dim.pop()),
        "cannot be checked: none of its inputs is an image",
    ),
    (changed(lambda m: m.graph.node.pop(0)), "reads “0”, which nothing before it writes."),
    (changed(lambda m: stride_of(m, [0, 1])), "0 (Conv): strides=0 is out of range"),
    (changed(lambda m: stride_of(m, [1, 2, 3])), "strides=[1, 2, 3]; legal are 2 integers"),
    (changed(lambda m: stride_of(m, [2**31, 1])), "strides=2147483648 is out of range"),
]


def test_what_is_no_network_is_said(explorer):
    shown = give(explorer, *(("mine.onnx", data) for data, _ in FAULTS))
    for seen, (_, says) in zip(shown, FAULTS, strict=True):
        assert seen["illegal"], seen["said"]
        assert seen["said"].startswith("“mine.onnx” cannot be ")
        assert says in seen["said"], seen["said"]
    # A good one after all that, and a bad one that leaves what is shown.
    good, bad = give(explorer, ("good.onnx", SMALL.SerializeToString()), ("bad.onnx", b"x"))
    check_shown(good, networks.from_onnx(SMALL.SerializeToString()))
    assert bad["rows"] == good["rows"]
    assert bad["said"].endswith("The figure shows what it showed before.")
    assert explorer.visit.faults == []


# What a sentence for readers never has: the words of programs.
PROGRAMS = r"Error|undefined|NaN|null|\[object|not a function|Cannot read"


def test_damaged_files_end_in_a_sentence(explorer):
    """Cut off after each part, or with bits flipped: read, or refused with a reason."""
    whole = [Drawn(seed, steps=8).model().SerializeToString() for seed in range(4)]
    cut = [data[: len(data) * percent // 20] for data in whole for percent in range(20)]
    chance = np.random.default_rng(0)
    flipped = []
    for seed in range(250):
        data = bytearray(whole[seed % len(whole)])
        for at in chance.integers(len(data), size=chance.integers(1, 9)):
            data[at] ^= 1 << chance.integers(8)
        flipped.append(bytes(data))
    shown = give(explorer, *(("mine.onnx", data) for data in [*cut, *flipped]))
    assert all(seen["illegal"] for seen in shown[: len(cut)])
    refused = sum(seen["illegal"] for seen in shown[len(cut) :])
    assert 50 < refused < 200
    for seen in shown:
        texts = [seen["said"], *seen["findings"], *(cell for row in seen["rows"] for cell in row)]
        assert re.search(PROGRAMS, " ".join(texts)) is None, seen["said"]
    for seen, data in zip(shown[len(cut) :], flipped, strict=True):
        try:
            network = networks.from_onnx(data)
        except ValueError:
            continue
        if not seen["illegal"]:
            check_shown(seen, network)
    assert explorer.visit.faults == []


def test_of_a_large_file_only_the_description_is_read(explorer, tmp_path):
    """Weights of 100 MB are passed over; the numbers of a shape behind them are read."""
    last = SMALL.graph.node[-1].output[0]
    nodes = [*SMALL.graph.node, node("Reshape", f"{last} target", "y")]
    whole = model(nodes, [*SMALL.graph.initializer], [1, 3, 32, 32], ["y"])
    # Two more constants: the first one's raw data is a hole in a sparse file.
    holed = weight("w", 250, 100_000).SerializeToString() + b"\x4a" + varint(100_000_000)
    target = numbers("target", [1, -1]).SerializeToString()
    head = b"\x2a" + varint(len(holed) + 100_000_000) + holed
    tail = b"\x2a" + varint(len(target)) + target
    graph = whole.graph.SerializeToString()
    whole.ClearField("graph")
    length = len(graph) + len(head) + 100_000_000 + len(tail)
    path = tmp_path / "large.onnx"
    with path.open("wb") as file:
        file.write(whole.SerializeToString() + b"\x3a" + varint(length) + graph + head)
        file.seek(100_000_000, 1)
        file.write(tail)
    explorer.root.locator("input[type=file]").set_input_files(path)
    note = explorer.root.locator(".own-file .file-note")
    note.filter(has_text="were read").wait_for()
    assert int(note.get_attribute("data-read")) < 100_000
    assert note.text_content().endswith(" of 100.0 MB were read")
    explorer.visit.settle()
    rows = explorer.root.evaluate(SHOWN)["rows"]
    assert [row[0] for row in rows] == ["x", "0", "1", "y"]
    assert rows[-1][2] == f"{8 * 15 * 15} × 1 × 1"


def varint(value):
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def test_nothing_is_asked_of_the_network_but_the_books_own_script(explorer):
    asked = len(explorer.visit.requests)
    give(explorer, ("mine.onnx", SMALL.SerializeToString()), ("mine.onnx", b"x"))
    own = {url for url in explorer.visit.requests[asked:] if not url.startswith("blob:")}
    assert all(url.endswith("/protobuf.js") for url in own)


def test_a_size_that_is_open_is_asked_for(explorer):
    data = exported([Conv2d(3, 8, 3, 2)]).SerializeToString()
    (shown,) = give(explorer, ("open.onnx", data))
    assert "The file leaves its size open: set height and width." in shown["said"]
    check_shown(shown, networks.from_onnx(data, 224))
    explorer.put({"height H": 33, "width W": 48})
    check_shown(explorer.root.evaluate(SHOWN), networks.from_onnx(data, (33, 48)))


def test_a_file_that_fixes_its_size_sets_the_fields(explorer):
    give(explorer, ("mine.onnx", SMALL.SerializeToString()))
    assert [explorer.value(label) for label in ("height H", "width W")] == [32, 32]
    assert explorer.root.locator("select").evaluate("(menu) => menu.selectedIndex") == 6
    explorer.put({"height H": 2})
    shown = explorer.root.evaluate(SHOWN)
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

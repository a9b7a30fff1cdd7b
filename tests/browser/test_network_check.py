"""NetworkCheck in a page: what it finds in a file is what convlib finds in Python."""

import base64
from pathlib import Path

import numpy as np
import onnx
import pytest
from explorers import Driver
from graph_family import Drawn
from onnx import TensorProto, helper
from onnx_models import conv, exported, model, node, numbers, weight

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
        const note = root.querySelector(".own-file .note");
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


def pair(values):
    return "–" if values is None else ", ".join(map(number, values)).replace("-", "−")


def times(values):
    return "–" if values is None else " × ".join(map(number, values))


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
            f"{row.macs:,}",
            f"{row.params:,}",
            times(row.field),
            times(row.stride),
            pair(row.center),
            pair(row.shift),
            "–" if row.unread is None else f"{row.unread:,}",
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
    note = explorer.text(".own-file .note")
    assert note == f"“googlenet.onnx”: {len(files['googlenet.onnx']) / 1000:.1f} kB of " + (
        f"{len(files['googlenet.onnx']) / 1000:.1f} kB were read"
    )
    assert explorer.visit.faults == []


def sized(onnx_model, size):
    for axis in (2, 3):
        onnx_model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = size
    return onnx_model

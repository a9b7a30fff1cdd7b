"""Files handed to NetworkCheck: what is wrong with one is said, and little of it is read."""

import re

import numpy as np
import onnx
import pytest
from explorers import Driver
from graph_family import Drawn
from network_files import SHOWN, SMALL, check_shown, give
from onnx_models import model, node, numbers, weight

from convlib import networks
from convlib.widgets import NetworkCheck


@pytest.fixture
def explorer(show):
    return Driver(show(NetworkCheck))


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


def test_the_page_knows_what_the_installed_onnx_knows(explorer):
    (seen,) = give(explorer, ("new.onnx", changed(lambda m: setattr(m, "ir_version", 99))))
    newest = f"up to {onnx.IR_VERSION} and {onnx.defs.onnx_opset_version()}."
    assert newest in seen["said"]


def test_weights_in_another_file_are_not_asked_for(explorer):
    def outside(onnx_model):
        for tensor in onnx_model.graph.initializer:
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="nowhere.bin")

    (seen,) = give(explorer, ("light.onnx", changed(outside)))
    check_shown(seen, networks.from_onnx(changed(outside)))
    assert any("Weights lie in another file" in text for text in seen["findings"])


def test_damaged_files_end_in_a_sentence(explorer):
    """Cut off after each part, or with bits flipped: read, or refused with a reason."""
    whole = [Drawn(seed, steps=8).model().SerializeToString() for seed in range(4)]
    cut = [data[: len(data) * percent // 20] for data in whole for percent in range(20)]
    chance = np.random.default_rng(0)
    flipped = []
    for seed in range(150):
        data = bytearray(whole[seed % len(whole)])
        for at in chance.integers(len(data), size=chance.integers(1, 9)):
            data[at] ^= 1 << chance.integers(8)
        flipped.append(bytes(data))
    shown = give(explorer, *(("mine.onnx", data) for data in [*cut, *flipped]))
    assert all(seen["illegal"] for seen in shown[: len(cut)])
    refused = sum(seen["illegal"] for seen in shown[len(cut) :])
    assert 30 < refused < 120
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
    rows = explorer.ask(SHOWN)["rows"]
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

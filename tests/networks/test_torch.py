"""Networks from PyTorch, traced and exported, against what they really compute.

`torch_modules.json` holds what PyTorch said, so that all but the tracing is tested without it.
"""

import base64
import json

import pytest
import torch_modules
from test_graph_walk import seen_windows

from convlib import Conv2d, networks
from convlib.graphs import plain
from convlib.graphs.onnx_file import read_onnx
from convlib.graphs.report import checked
from convlib.graphs.walk import Walk
from convlib.kernels import graph_rows as k

SAID = json.loads(torch_modules.FILE.read_text("utf-8"))
# What an operator at the edge reads in place of the padding, or of what is past the end.
MARGIN = 2


def graphs(name):
    """Return a module's graph as traced and as exported."""
    said = SAID[name]
    traced = plain.from_json(json.dumps(said["graph"]))
    return {"traced": traced, "exported": read_onnx(base64.b64decode(said["onnx"]))}


@pytest.mark.parametrize("way", ["traced", "exported"])
@pytest.mark.parametrize("name", SAID)
def test_shapes_and_windows_are_those_of_pytorch(name, way):
    said, graph = SAID[name], graphs(name)[way]
    walk = Walk(graph)
    (row,) = walk.outputs
    (output,) = graph.outputs
    assert list(walk.values[output].shape[1:]) == said["shape"]
    if name in ("Classifier", "Attention", "Gated"):
        gated = bool(walk.table.found[row, k.GATE])
        assert (gated, walk.table.field_of(row)) == (name == "Gated", name == "Gated")
        return
    if name == "Pyramid at an odd size":
        assert int(walk.table.found[row, k.VIEW]) == k.MIXED
        return
    compared = 0
    for axis in (0, 1):
        windows = said["windows"][axis]
        seen = seen_windows(walk.table, row, axis, len(windows))
        for found, (first, last) in zip(windows, seen, strict=True):
            if MARGIN <= first and last < said["size"][axis] - MARGIN:
                assert tuple(found) == (first, last)
                compared += 1
    assert compared > 1


@pytest.mark.parametrize("name", SAID)
def test_traced_and_exported_agree(name):
    traced, exported = (checked(graph) for graph in graphs(name).values())
    assert traced.macs == exported.macs
    assert (traced.unread == exported.unread).all()
    told = [{(f.severity, f.kind) for f in n.findings} for n in (traced, exported)]
    if name == "Gated":  # the exporter puts the normalisation into the convolution before it
        assert traced.params == exported.params + 2 * 8
        assert told[0] - told[1] == {("note", "bias")}
    else:
        assert traced.params == exported.params
        assert told[0] == told[1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("UNet", [("alignment", (0.5, 0.5))]),
        ("UNet that agrees", []),
        ("UNet with bilinear ups", [("alignment", (0.5, 0.5))]),
        ("Pyramid", [("alignment", (1.0, 1.0))]),
        ("Pyramid at an odd size", [("stride", None)]),
        ("Shuffled", []),
        ("ConvNext", [("unread", (1.0, 0.0))]),
    ],
)
def test_what_is_out_of_place(name, expected):
    network = checked(graphs(name)["traced"])
    said = [(f.kind, f.pixels) for f in network.findings if f.severity == "warning"]
    assert [one for one in said if one[0] != "shift"] == expected


def test_without_torch_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ImportError, match="needs PyTorch"):
        networks.from_torch(None, 32)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed; what it said is kept")


@pytest.mark.slow
@pytest.mark.parametrize("name", SAID)
def test_a_module_is_traced_as_it_was(name, torch):
    module, size = torch_modules.modules(torch)[name]
    module.train()
    network = networks.from_torch(module, size)
    assert network.as_json() == checked(graphs(name)["traced"]).as_json()
    assert all(part.training for part in module.modules())
    shape, windows = torch_modules.reads(torch, module.eval(), size)
    assert [list(shape), json.loads(json.dumps(windows))] == [
        SAID[name]["shape"],
        SAID[name]["windows"],
    ]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda torch: (3, 32), TypeError, "module=3 is of type int"),
        (
            lambda torch: (torch.nn.ReLU(), 32),
            ValueError,
            r"give them, as in input_size=\(3, 32, 32\)",
        ),
        (
            lambda torch: (torch.nn.Conv2d(3, 8, 3), 2),
            ValueError,
            "PyTorch cannot trace the module",
        ),
        (
            lambda torch: (torch.nn.Conv2d(3, 8, 3), (4, 9, 9)),
            ValueError,
            "cannot trace the module",
        ),
        (lambda torch: (torch.nn.Conv2d(3, 8, 3), 0), ValueError, "input_size=0 is out of range"),
    ],
)
def test_what_cannot_be_traced(torch, call, error, message):
    with pytest.raises(error, match=message):
        networks.from_torch(*call(torch))


def test_one_layer(torch):
    layer = Conv2d(6, 8, (3, 2), (2, 1), (1, 0), (1, 2), groups=2, bias=False)
    module = torch.nn.Conv2d(6, 8, (3, 2), (2, 1), (1, 0), (1, 2), groups=2, bias=False)
    (expected,) = networks.layer_table([layer], (20, 21))
    got = networks.from_torch(module, (20, 21)).rows[-1]
    names = ("output_shape", "macs", "params", "field", "stride", "shift")
    assert [getattr(got, n) for n in names] == [getattr(expected, n) for n in names]

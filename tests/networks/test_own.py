"""Networks from ONNX files: the book's own read back, what is found in them, the command."""

import json
import re
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from graph_family import Drawn
from onnx import TensorProto
from onnx_models import exported

from convlib import Conv2d, MaxPool2d, networks, unread_pixels
from convlib.__main__ import main
from convlib.branches import Concat, Residual
from convlib.pool import AvgPool2d

PUBLISHED = {
    "vgg16": (networks.vgg16(), 224),
    "resnet18": (networks.resnet18(), 224),
    "resnet50": (networks.resnet50("1x1", "same_upper"), 225),
    "last 3x3": (networks.resnet50("last 3x3"), (224, 160)),
    "resnext50": (networks.resnext50_32x4d(), 200),
    "googlenet": (networks.googlenet(), 224),
    "googlenet of the paper": (networks.googlenet("paper"), 231),
    "squeezenet": (networks.squeezenet(), 224),
    "squeezenet 1.1": (networks.squeezenet("1.1"), (227, 300)),
    "mobilenet_v1": (networks.mobilenet_v1(), 224),
    "mobilenet_v1 as ported": (networks.mobilenet_v1(0.5, padding=1), 161),
    "mobilenet_v2": (networks.mobilenet_v2(), 224),
    "mobilenet_v2 of TensorFlow": (networks.mobilenet_v2(1.4, "same_upper"), 193),
    "by the rules": (networks.by_the_rules(), 224),
    "DenseNet's block": (
        [
            Conv2d(3, 8, 7, 2, 3),
            Concat([[], [Conv2d(8, 4, 1), Conv2d(4, 4, 3, padding=1)]]),
            Concat([[], [Conv2d(12, 4, 1), Conv2d(4, 4, 3, padding=1)]]),
            AvgPool2d(2),
        ],
        50,
    ),
    "unread pixels": (
        [
            Conv2d(3, 8, (3, 2), (2, 5), dilation=(2, 1)),
            Residual([Conv2d(8, 8, 3, 2, "same_lower")], MaxPool2d(1, 2)),
        ],
        (40, 43),
    ),
}


def checked(onnx_model, size=None):
    return networks.from_onnx(onnx_model.SerializeToString(), size)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_network_read_back_has_the_same_table(name):
    network, size = PUBLISHED[name]
    found = checked(exported(network), size)
    rows = {row.name: row for row in found.rows}
    for row in networks.layer_table(network, size):
        got = rows[row.name]
        assert (got.output_shape, got.macs, got.params) == (row.output_shape, row.macs, row.params)
        if row.layer != "AdaptiveAvgPool2d" or got.layer != "Identity":
            assert (got.field, got.stride, got.shift) == (row.field, row.stride, row.shift)
    np.testing.assert_array_equal(found.unread, unread_pixels(network, size))
    assert found.rows[0].unread == found.unread.sum()
    assert found.count("error") == 0


# -- files ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files():
    """Files with every kind of operator, and one with the layers of a published network."""
    drawn = [Drawn(seed, steps=8).model().SerializeToString() for seed in range(8)]
    return [*drawn, sized(exported(networks.mobilenet_v2()), 64).SerializeToString()]


def sized(onnx_model, size):
    for axis in (2, 3):
        onnx_model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = size
    return onnx_model


def outcome(data):
    """Return what is said about a file: how it begins, and nothing for one that can be read."""
    try:
        network = networks.from_onnx(data)
    except ValueError as error:
        if type(error) is ValueError:
            return str(error)
        raise
    json.loads(network.as_json())
    return "" if str(network) else "nothing"


def test_truncated_at_each_hundredth(files):
    for data in files:
        for percent in range(100):
            said = outcome(data[: len(data) * percent // 100])
            assert said.startswith("path_or_bytes "), said
            assert re.search("no ONNX file|a part of it is missing", said), said


def test_random_bits_flipped(files):
    """What becomes of it is read, or refused with a reason; a name changed may go unnoticed."""
    rng = np.random.default_rng(0)
    said = Counter()
    for seed in range(500):
        data = bytearray(files[seed % len(files)])
        for at in rng.integers(len(data), size=rng.integers(1, 9)):
            data[at] ^= 1 << rng.integers(8)
        said[bool(outcome(bytes(data)))] += 1
    assert min(said[True], said[False]) > 50


@pytest.mark.slow
def test_many_more_bits_flipped(files):
    rng = np.random.default_rng(1)
    for seed in range(4000):
        data = bytearray(files[seed % len(files)])
        for at in rng.integers(len(data), size=rng.integers(1, 40)):
            data[at] = rng.integers(256)
        outcome(bytes(data))


def test_noise_and_nothing():
    rng = np.random.default_rng(0)
    for length in [0, 1, 2, *rng.integers(3, 3000, 100)]:
        assert outcome(rng.bytes(int(length))).startswith("path_or_bytes ")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda m: m.opset_import[0].__setattr__("version", 999),
            r"is too new: .* version 999; onnx",
        ),
        (lambda m: setattr(m, "ir_version", 99), "is too new: it has IR version 99"),
        (lambda m: m.ClearField("graph"), "holds no graph"),
        (lambda m: m.ClearField("opset_import"), "names no version of its operators"),
        (lambda m: m.graph.input[0].type.tensor_type.shape.dim.pop(), r"no input that is an image"),
        (lambda m: m.graph.node.pop(0), "reads '0', which nothing before it writes"),
        (lambda m: stride_of(m, [0, 1]), r"0 \(Conv\): strides=0 is out of range"),
        (
            lambda m: stride_of(m, [1, 2, 3]),
            r"0 \(Conv\): strides=\[1, 2, 3\]; legal are 2 integers",
        ),
        (lambda m: stride_of(m, [2**31, 1]), r"strides=2147483648 is out of range"),
    ],
)
def test_what_is_no_network(change, message):
    onnx_model = sized(exported([Conv2d(3, 8, 3), MaxPool2d(2)]), 32)
    change(onnx_model)
    with pytest.raises(ValueError, match=message):
        checked(onnx_model)


def stride_of(onnx_model, strides):
    node = onnx_model.graph.node[0]
    (attribute,) = [a for a in node.attribute if a.name == "strides"]
    attribute.ints[:] = strides


def test_external_weights_are_not_opened(tmp_path):
    onnx_model = sized(exported([Conv2d(3, 8, 3)]), 32)
    for tensor in onnx_model.graph.initializer:
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="nowhere.bin")
    path = tmp_path / "model.onnx"
    path.write_bytes(onnx_model.SerializeToString())
    network = networks.from_onnx(path)
    assert network.rows[-1].params == 8 * 28
    assert [f.message for f in network.findings] == [
        "Weights lie in another file, which was not opened: only shapes are needed."
    ]


@pytest.mark.parametrize(
    ("size", "error", "message"),
    [
        (None, ValueError, r"the height of input 'x' is not fixed \('H' in the file\); give size"),
        (0, ValueError, "size=0 is out of range"),
        (2.5, TypeError, "size=2.5 is of type float"),
        ((1, 2, 3, 4), ValueError, "has 4 entries"),
        ((3, 32, "a"), TypeError, r"size\[2\]='a'"),
    ],
)
def test_sizes_that_are_none(size, error, message):
    with pytest.raises(error, match=message):
        checked(exported([Conv2d(3, 8, 3)]), size)


def test_sizes_may_be_asked_for_in_place_of_the_files():
    onnx_model = sized(exported([Conv2d(3, 8, 3)]), 32)
    assert checked(onnx_model).rows[-1].output_shape == (8, 30, 30)
    assert checked(onnx_model, (9, 12)).rows[-1].output_shape == (8, 7, 10)
    assert checked(onnx_model, (3, 9, 12)).rows[-1].output_shape == (8, 7, 10)
    (finding,) = checked(onnx_model, (4, 9, 12)).findings
    assert finding.message.endswith("its weight takes 3 channels of 4x9x12.")


@pytest.mark.parametrize("value", [None, 3, ["a"]])
def test_neither_path_nor_bytes(value):
    with pytest.raises(TypeError, match=r"path_or_bytes=.* legal are a path and bytes"):
        networks.from_onnx(value)


def test_convlib_imports_neither_onnx_nor_torch():
    code = "import sys, convlib, convlib.__main__; print({'onnx', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_without_onnx_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match="pip install onnx"):
        networks.from_onnx(b"")


@pytest.mark.parametrize("width", [20, 76])
def test_findings_told_in_lines_of_a_width(width):
    network = checked(exported(networks.googlenet("paper")), 231)
    told = network.told(width)
    assert told.split() == network.told().split()
    longest = max(len(word) for word in told.split())
    assert max(map(len, told.splitlines())) <= max(width, longest + 4)
    for wrong in (19, 0):
        with pytest.raises(ValueError, match=f"width={wrong} is out of range"):
            network.told(wrong)


# -- the command ---------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path):
    """Write a network to a file and return its path, as text."""

    def write(network):
        path = tmp_path / "model.onnx"
        path.write_bytes(exported(network).SerializeToString())
        return str(path)

    return write


def test_the_command_finds_nothing(written, capsys):
    assert main(["check", written([Conv2d(3, 8, 3, padding=1)]), "--size", "32"]) == 0
    assert capsys.readouterr().out == (
        "input 3x32x32, 1 tensor, 221,184 MACs, 224 parameters\n"
        "the last windows, of 0: 3x3 pixels, 1x1 apart, context shift 0,0\n"
        "0 errors, 0 warnings, 0 notes\n"
    )


def test_the_command_finds_something(written, capsys):
    path = written([Conv2d(3, 8, 3, 2)])
    assert main(["check", path, "--size", "32x33", "--table"]) == 1
    out = capsys.readouterr().out
    summary, told, table = out.split("\n\n")
    assert summary.endswith("0 errors, 1 warning, 1 note")
    assert told.startswith("warning: 0 (Conv) reads 96.9 % of the 32 x 33 places of x")
    assert [line.split()[0] for line in table.splitlines()] == ["name", "x", "0"]
    assert main(["check", path, "--size", "2"]) == 1
    assert "error: 0 (Conv) cannot be computed" in capsys.readouterr().out


def test_the_command_as_json(written, capsys):
    assert main(["check", written([Conv2d(3, 8, 3, 2)]), "--size", "3x32x32", "--json"]) == 1
    got = json.loads(capsys.readouterr().out)
    network = networks.from_onnx(exported([Conv2d(3, 8, 3, 2)]).SerializeToString(), 32)
    assert got["macs"] == network.macs
    assert [row["field"] for row in got["rows"]] == [[1, 1], [3, 3]]
    assert [f["kind"] for f in got["findings"]] == [f.kind for f in network.findings]
    assert got["unread_pixels"] == network.unread.sum()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.onnx"], "'nowhere.onnx' cannot be read: No such file"),
        ([__file__], "is no ONNX file"),
        ([".."], "cannot be read: Is a directory"),
    ],
)
def test_the_command_on_what_it_cannot_read(arguments, message, capsys):
    assert main(["check", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("size", ["", "a", "3x", "1x2x3x4", "-5", "٣"])
def test_the_command_with_a_size_that_is_none(written, size, capsys):
    assert main(["check", written([Conv2d(3, 8, 3)]), f"--size={size}"]) == 2
    assert "legal are 224, 224x320 and 3x224x320" in capsys.readouterr().err

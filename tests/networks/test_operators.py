"""Operators one by one: against onnx's shapes, its reference, and numbers counted by hand."""

import itertools

import graph_impulse
import numpy as np
import pytest
from graph_family import DOUBLE
from onnx import TensorProto, helper, numpy_helper, shape_inference
from onnx_models import checked, model, node, numbers, weight
from test_graph_walk import seen_windows

from convlib.graphs.onnx_file import read_onnx
from convlib.graphs.walk import Walk


def tried(nodes, constants, size, channels=2, margin=0, **fields):
    """Assert that sizes are as onnx infers them, and windows as a disturbance shows them."""
    constants = [numpy_helper.from_array(np.asarray(c), name) for name, c in constants.items()]
    graph = helper.make_graph(
        nodes,
        "tried",
        [helper.make_tensor_value_info("x", DOUBLE, ["N", channels, *size])],
        [helper.make_tensor_value_info("y", DOUBLE, None)],
        constants,
    )
    whole = helper.make_model(graph, **fields)
    walk = Walk(read_onnx(whole.SerializeToString()))
    inferred = shape_inference.infer_shapes(whole, data_prop=True).graph.output[0]
    shape = [dim.dim_value for dim in inferred.type.tensor_type.shape.dim]
    assert list(walk.values["y"].shape[1:]) == shape[1:]
    row, held = walk.values["y"].row, 0
    reads = graph_impulse.reads(whole, size, channels)["y"]
    for axis, read in enumerate(reads):
        found = graph_impulse.windows(read)
        for own, (first, last) in zip(
            found, seen_windows(walk.table, row, axis, len(found)), strict=True
        ):
            if first > last:
                assert own == (0, -1)
            elif margin <= first and last < size[axis] - margin:
                assert own == (first, last)
                held += 1
    return held


MODES = [
    *itertools.product(["nearest"], ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]),
    ("linear", None),
    ("cubic", None),
]


@pytest.mark.parametrize("placing", ["half_pixel", "asymmetric", "align_corners"])
@pytest.mark.parametrize(("mode", "rounding"), MODES)
def test_resizings(mode, rounding, placing):
    how = {"mode": mode, "coordinate_transformation_mode": placing, "axes": [2, 3]}
    if rounding:
        how["nearest_mode"] = rounding
    held = 0
    for sizes in ([8, 10], [12, 15], [6, 2], [4, 5]):
        nodes = [node("Resize", "x empty empty sizes".replace("empty", "e"), **how)]
        nodes[0].input[1] = nodes[0].input[2] = ""
        held += tried(nodes, {"sizes": np.array(sizes)}, (4, 5), 1)
    assert held > 30


@pytest.mark.parametrize("operator", ["Upsample", "Resize"])
def test_resizings_of_old(operator):
    """Up to version 10 of the operators: cell o // scale, by scales alone."""
    nodes = [node(operator, "x scales", mode="nearest")]
    scales = numbers("scales", [1.0, 1.0, 2.0, 3.0], TensorProto.FLOAT)
    opset = [helper.make_opsetid("", 9 if operator == "Upsample" else 10)]
    whole = model(nodes, [scales], [1, 3, 4, 5], opset_imports=opset, ir_version=5)
    walk = Walk(read_onnx(whole.SerializeToString()))
    assert walk.values["y"].shape == (1, 3, 8, 15)
    row = walk.values["y"].row
    for axis, scale in ((0, 2), (1, 3)):
        windows = seen_windows(walk.table, row, axis, 4 * scale)
        assert windows == [(output // scale, output // scale) for output in range(4 * scale)]


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_transposed_convolutions_and_what_follows(kernel, after):
    """With a kernel shorter than its stride, places between see nothing, until a window joins."""
    for stride, dilation in ((1, 1), (2, 1), (3, 1), (2, 2)):
        nodes = [
            node("ConvTranspose", "x w", "t", strides=[stride, 1], dilations=[dilation, 1]),
            node("Conv", "t v"),
        ]
        constants = {"w": np.ones((1, 1, kernel, 1)), "v": np.ones((1, 1, after, 1))}
        assert tried(nodes, constants, (6, 3), 1) > 0


@pytest.mark.parametrize("word", ["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_transposed_convolutions_to_a_size(word, kernel):
    """ONNX says how the excess is shared out: SAME_UPPER takes the odd cell off the end."""
    how = {"strides": [2, 2], "auto_pad": word}
    if word == "NOTSET":
        how["output_shape"] = [11, 12]
    nodes = [node("ConvTranspose", "x w", **how)]
    constants = [weight("w", 1, 1, kernel, kernel)]
    walk = Walk(read_onnx(model(nodes, constants, [1, 1, 6, 6]).SerializeToString()))
    length = {"SAME_UPPER": 12, "SAME_LOWER": 12, "VALID": 10 + kernel, "NOTSET": 11}[word]
    assert walk.values["y"].shape[2] == length
    row, excess = walk.values["y"].row, 10 + kernel - length
    half = int(excess / 2)
    before = {"SAME_UPPER": half, "VALID": 0}.get(word, excess - half)
    windows = seen_windows(walk.table, row, 0, length)
    for output, (first, last) in enumerate(windows):
        cells = [i for i in range(-9, 20) if 0 <= output + before - 2 * i < kernel]
        assert (first, last) == (cells[0], cells[-1]) if cells else first > last


def test_costs_of_a_transposed_convolution():
    """Each cell of the input is multiplied with each entry of its group's kernels."""
    nodes = [node("ConvTranspose", "x w b", strides=[2, 3], pads=[1, 0, 0, 2], group=2)]
    constants = [weight("w", 4, 3, 3, 5), weight("b", 6)]
    row = checked(model(nodes, constants, [1, 4, 7, 9])).rows[-1]
    assert row.output_shape[0] == 6
    assert row.macs == 7 * 9 * 4 * 3 * 3 * 5
    assert row.params == 4 * 3 * 3 * 5 + 6


@pytest.mark.parametrize(("channels", "size"), [(8, (4, 4)), (6, (3, 7)), (4, (2, 2)), (2, (1, 1))])
def test_channels_shuffled_where_they_are_as_many_as_rows(channels, size):
    nodes = [
        node("Conv", "x w", "c", pads=[1, 1, 1, 1]),
        node("Reshape", "c five", "f"),
        node("Transpose", "f", "t", perm=[0, 2, 1, 3, 4]),
        node("Reshape", "t four"),
    ]
    constants = [
        weight("w", channels, 3, 3, 3),
        numbers("five", [0, 2, channels // 2, *size]),
        numbers("four", [0, -1, *size]),
    ]
    network = checked(model(nodes, constants, [1, 3, *size]))
    assert [row.field for row in network.rows[1:]] == [(3, 3)] * 4
    assert [row.output_shape for row in network.rows[1:]] == [(channels, *size)] * 4


@pytest.mark.parametrize(("axis", "gated"), [(1, True), (-1, True), (3, True)])
def test_a_normalisation_over_the_image_is_a_gate(axis, gated):
    nodes = [node("LayerNormalization", "x s", axis=axis)]
    network = checked(model(nodes, [weight("s", 5)], [1, 3, 4, 5]))
    assert ("gate" in [f.kind for f in network.findings]) == gated


def test_the_other_layout():
    """TensorFlow's images have their channels last, and are transposed first."""
    nodes = [
        node("Transpose", "x", "t", perm=[0, 3, 1, 2]),
        node("Conv", "t w", "c", auto_pad="SAME_UPPER", strides=[2, 2]),
        node("Transpose", "c", "b", perm=[0, 2, 3, 1]),
        node("MatMul", "b m", "p"),
        node("Transpose", "p", "y", perm=[0, 3, 1, 2]),
    ]
    constants = [weight("w", 8, 3, 3, 3), weight("m", 8, 10)]
    network = checked(model(nodes, constants, ["N", "H", "W", 3]), (30, 41))
    assert network.rows[0].output_shape == (3, 30, 41)
    last = network.rows[-1]
    assert (last.output_shape, last.field, last.stride) == ((10, 15, 21), (3, 3), (2, 2))
    assert (network.rows[4].macs, network.rows[4].params) == (15 * 21 * 80, 80)


def test_the_channels_of_the_first_convolution():
    constants = [weight("w", 8, 3, 3, 3)]
    whole = model([node("Conv", "x w", group=2)], constants, [1, "C", 9, 9])
    assert checked(whole).rows[0].output_shape == (6, 9, 9)
    whole = model([node("Relu", "x")], [], [1, "C", 9, 9])
    with pytest.raises(ValueError, match=r"how many channels it has; give size=\(C, H, W\)"):
        checked(whole)
    assert checked(whole, (5, 9, 9)).rows[0].output_shape == (5, 9, 9)


def test_a_subgraph_is_named_and_not_opened():
    branch = helper.make_graph(
        [node("Identity", "x", "z")], "b", [], [helper.make_tensor_value_info("z", 1, None)]
    )
    nodes = [
        node("If", "c", "i", then_branch=branch, else_branch=branch),
        node("CumSum", "x zero", "s"),
        node("Add", "s x", "y"),
    ]
    constants = [helper.make_tensor("c", TensorProto.BOOL, [], [True]), numbers("zero", [0])]
    whole = model(nodes, constants, [1, 3, 8, 8], ["y"])
    whole.graph.value_info.append(helper.make_tensor_value_info("s", 1, [1, 3, 8, 8]))
    network = checked(whole)
    assert [(f.kind, f.name) for f in network.findings] == [("unknown", "s")]
    assert [row.sees for row in network.rows] == ["window", "unknown", "unknown"]


def test_reductions_and_what_is_left_of_places():
    """Over channels places stay, over one axis of the image they are lost."""
    conv = node("Conv", "x w", "c")
    constants = [weight("w", 8, 3, 3, 3), numbers("one", [1]), numbers("three", [3])]
    for axes, keepdims, sees, shape in (
        ("one", 1, "window", (1, 6, 7)),
        ("three", 1, "unknown", (8, 6, 1)),
    ):
        nodes = [conv, node("ReduceMean", f"c {axes}", keepdims=keepdims)]
        row = checked(model(nodes, constants, [1, 3, 8, 9])).rows[-1]
        assert (row.sees, row.output_shape) == (sees, shape)


@pytest.mark.parametrize("name", ["strides", "kernel_shape", "pads", "dilations"])
def test_huge_numbers_end_in_words(name):
    """Whatever legal numbers a file holds, it ends soon."""
    big = 2**31 - 1
    window = {"strides": [1, 1], "dilations": [1, 1], "pads": [0, 0, 0, 0], "kernel_shape": [3, 3]}
    window[name] = [big] * len(window[name])
    nodes = [node("MaxPool", "x", **window)]
    network = checked(model(nodes, [], [1, 3, 8, 8]))
    assert str(network)


def test_a_group_normalisation_as_older_exporters_write_it():
    """Flattened, normalised, and laid out as a map again: places are what they were."""
    nodes = [
        node("Conv", "x w", "c", pads=[1, 1, 1, 1]),
        node("Reshape", "c flat", "f"),
        node("InstanceNormalization", "f s s", "n"),
        node("Shape", "c", "shape"),
        node("Reshape", "n shape", "m"),
        node("Mul", "m scale", "y"),
    ]
    constants = [weight("w", 8, 3, 3, 3), numbers("flat", [0, 2, -1]), weight("s", 2)]
    constants.append(weight("scale", 8, 1, 1))
    network = checked(model(nodes, constants, [1, 3, 8, 9]))
    last = network.rows[-1]
    assert (last.field, last.shift, last.params, last.sees) == ((3, 3), (0, 0), 8, "window")
    assert [(f.kind, f.name) for f in network.findings] == [("gate", "m")]


def test_past_its_end_a_resizing_reads_the_last_cell():
    nodes = [
        node("Resize", "x scales", "r", nearest_mode="floor"),
        node("Slice", "r zero one", "y"),
    ]
    nodes[0].input[:] = ["x", "", "scales"]
    scales = numbers("scales", [1.0, 1.0, 2.0, 2.0], TensorProto.FLOAT)
    constants = [scales, numbers("zero", [0] * 4), numbers("one", [9, 9, 1, 1])]
    network = checked(model(nodes, constants, [1, 3, 4, 5]))
    assert network.rows[-1].output_shape == (3, 1, 1)
    assert np.argwhere(~network.unread).tolist() == [[0, 0]]

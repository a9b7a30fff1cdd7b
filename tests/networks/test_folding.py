"""Numbers that a graph computes from shapes, against onnx's own reference."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from onnx_models import checked, model, node, numbers, weight

from convlib.graphs import folding
from convlib.graphs.plain import Node
from convlib.graphs.values import Value


def test_a_size_computed_in_the_graph():
    """As exporters write `x.view(x.size(0), -1)` and `interpolate(y, size=x.shape[2:])`."""
    nodes = [
        node("Conv", "x w", "c", strides=[2, 2]),
        node("Shape", "x", "s"),
        node("Slice", "s two four", "hw"),
        node("Shape", "c", "sc"),
        node("Slice", "sc zero two", "nc"),
        node("Concat", "nc hw", "target", axis=0),
        node("Resize", "c e e target", "r"),
        node("Gather", "s first", "n", axis=0),
        node("Unsqueeze", "n zero", "n1"),
        node("Concat", "n1 minus", "flat", axis=0),
        node("Reshape", "r flat", "y"),
    ]
    nodes[6].input[1] = nodes[6].input[2] = ""
    constants = [weight("w", 4, 3, 3, 3), helper.make_tensor("first", TensorProto.INT64, [], [0])]
    values = {"two": 2, "four": 4, "zero": 0, "minus": -1}
    constants += [numbers(name, [value]) for name, value in values.items()]
    network = checked(model(nodes, constants, ["N", 3, "H", "W"]), (21, 30))
    rows = {row.name: row for row in network.rows}
    assert rows["r"].output_shape == (4, 21, 30)
    assert rows["y"].output_shape == (4 * 21 * 30, 1, 1)
    assert network.count("error") == 0


FOLDED = {
    "Add": ({}, [[1, -2, 3], [4]]),
    "Sub": ({}, [[1, -2, 3], [4, 5, 6]]),
    "Mul": ({}, [[1, -2, 3], [4, 5, 6]]),
    "Div": ({}, [[-7, 7, 8], [2, -2, 3]]),
    "Mod": ({}, [[-7, 7, 8], [2, 2, 3]]),
    "Max": ({}, [[-7, 7, 8], [2, 2, 3]]),
    "Equal": ({}, [[1, 2, 3], [1, 5, 3]]),
    "Concat": ({"axis": 0}, [[1, 2], [3]]),
    "Gather": ({"axis": 0}, [[5, 6, 7], [2, 0]]),
    "Slice": ({}, [[1, 2, 3, 4, 5], [1], [-1], [0], [2]]),
    "Unsqueeze": ({}, [[1, 2], [0]]),
    "Squeeze": ({}, [[1], [0]]),
    "Reshape": ({}, [[1, 2, 3, 4], [2, -1]]),
    "Cast": ({"to": TensorProto.FLOAT}, [[1, 2]]),
    "ReduceProd": ({}, [[2, 3, 4]]),
    "Neg": ({}, [[2, -3]]),
    "Expand": ({}, [[2], [3]]),
}


@pytest.mark.parametrize("operator", FOLDED)
def test_numbers_computed_from_shapes(operator):
    attributes, inputs = FOLDED[operator]
    names = [f"i{at}" for at in range(len(inputs))]
    written = helper.make_node(operator, names, ["y"], **attributes)
    graph = helper.make_graph(
        [written],
        "g",
        [helper.make_tensor_value_info(name, TensorProto.INT64, None) for name in names],
        [helper.make_tensor_value_info("y", TensorProto.INT64, None)],
    )
    arrays = [np.array(values) for values in inputs]
    fed = dict(zip(names, arrays, strict=True))
    (expected,) = ReferenceEvaluator(helper.make_model(graph)).run(None, fed)
    values = [Value(shape=array.shape, numbers=array) for array in arrays]
    plain = Node("", operator, tuple(names), ("y",), attributes)
    if operator == "Expand":
        assert folding.constant_of(plain, values).shape == expected.shape
        return
    (found,) = folding.folded(plain, values)
    np.testing.assert_array_equal(found.numbers, expected)
    assert found.shape == expected.shape

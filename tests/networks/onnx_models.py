"""ONNX models for tests, from convlib's networks or node by node. Weights have no numbers."""

from onnx import TensorProto, helper

from convlib import networks
from convlib.graphs import layers
from convlib.pool import AdaptiveAvgPool2d


def weight(name, *shape):
    """A constant of which only the shape is said."""
    return TensorProto(name=name, dims=shape, data_type=TensorProto.FLOAT)


def numbers(name, values, kind=TensorProto.INT64):
    return helper.make_tensor(name, kind, [len(values)], values)


def model(nodes, constants, shape, outputs=("y",), **fields):
    """A model with the input x."""
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        constants,
    )
    return helper.make_model(graph, **fields)


class _Writer(layers._Writer):
    def layer(self, layer, tensor, name):
        if isinstance(layer, AdaptiveAvgPool2d) and layer.output_size != (1, 1):
            return self.node("Identity", [tensor], name)
        return super().layer(layer, tensor, name)


def exported(network, channels=3):
    """Return a network of convlib as an ONNX model whose height and width are open.

    An average down to a size above 1 is exported as what it is where its input has that size.
    """
    writer = _Writer()
    last = writer.path(network, "x")
    nodes = [
        helper.make_node(each.operator, each.inputs, each.outputs, each.name, **each.attributes)
        for each in writer.nodes
    ]
    constants = [weight(name, *each.shape) for name, each in writer.constants.items()]
    return model(nodes, constants, ["N", channels, "H", "W"], [last])


def checked(onnx_model, size=None):
    return networks.from_onnx(onnx_model.SerializeToString(), size)


def found(network, severity=None):
    """Return (kind, name) of the findings, of a severity or of all."""
    return [(f.kind, f.name) for f in network.findings if severity in (None, f.severity)]


def one(network, kind):
    (finding,) = [f for f in network.findings if f.kind == kind]
    return finding


def node(operator, inputs, output="y", **attributes):
    """A node named after what it writes; inputs and output are words."""
    return helper.make_node(operator, inputs.split(), output.split(), output, **attributes)


def conv(inputs, output, **attributes):
    return node("Conv", inputs, output, **attributes)

"""ONNX models for tests, from convlib's networks or node by node. Weights have no numbers."""

from onnx import TensorProto, helper

from convlib import networks
from convlib.blocks import BatchNorm2d, Flatten, Linear
from convlib.branches import Residual
from convlib.network_paths import Block, named
from convlib.pool import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d

PADDINGS = {"valid": "VALID", "same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER"}


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


class _Export:
    def __init__(self):
        self.nodes, self.constants = [], []

    def node(self, operator, inputs, name, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def constant(self, name, *shape):
        self.constants.append(weight(name, *shape))
        return name

    def path(self, layers, tensor, prefix=""):
        for own, layer in named(layers):
            name = prefix + own
            if isinstance(layer, Block):
                ends = [self.path(path, tensor, f"{name}.") for path in layer.paths]
                if isinstance(layer, Residual):
                    tensor = self.node("Add", ends, name)
                else:
                    tensor = self.node("Concat", ends, name, axis=1)
            else:
                tensor = self.layer(layer, tensor, name)
        return tensor

    def layer(self, layer, tensor, name):
        if isinstance(layer, Linear):
            flat = self.node("Flatten", [tensor], f"{name}/flat")
            inputs = [flat, self.constant(f"{name}/w", layer.out_features, layer.in_features)]
            if layer.bias:
                inputs.append(self.constant(f"{name}/b", layer.out_features))
            return self.node("Gemm", inputs, name, transB=1)
        if isinstance(layer, Flatten):
            return self.node("Flatten", [tensor], name)
        if isinstance(layer, BatchNorm2d):
            rest = [self.constant(f"{name}/{part}", layer.num_features) for part in "sbmv"]
            return self.node("BatchNormalization", [tensor, *rest], name)
        if isinstance(layer, AdaptiveAvgPool2d):
            operator = "GlobalAveragePool" if layer.output_size == (1, 1) else "Identity"
            return self.node(operator, [tensor], name)
        window = {"kernel_shape": layer.kernel_size, "strides": layer.stride}
        window["dilations"] = layer.dilation
        if isinstance(layer.padding, str):
            window["auto_pad"] = PADDINGS[layer.padding]
        else:
            window["pads"] = [end[at] for at in (0, 1) for end in layer.padding]
        if isinstance(layer, (MaxPool2d, AvgPool2d)):
            operator = "MaxPool" if isinstance(layer, MaxPool2d) else "AveragePool"
            return self.node(operator, [tensor], name, ceil_mode=int(layer.ceil_mode), **window)
        kernel = (layer.in_channels // layer.groups, *layer.kernel_size)
        inputs = [tensor, self.constant(f"{name}/w", layer.out_channels, *kernel)]
        if layer.bias:
            inputs.append(self.constant(f"{name}/b", layer.out_channels))
        return self.node("Conv", inputs, name, group=layer.groups, **window)


def exported(network, channels=3):
    """Return a network of convlib as an ONNX model whose height and width are open.

    An average down to a size above 1 is exported as what it is where its input has that size.
    """
    export = _Export()
    last = export.path(network, "x")
    return model(export.nodes, export.constants, ["N", channels, "H", "W"], [last])


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

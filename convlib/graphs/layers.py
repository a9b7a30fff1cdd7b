"""Networks of convlib's layers as plain graphs, in ONNX's words."""

from convlib import network_paths
from convlib.blocks import BatchNorm2d, Flatten, Linear
from convlib.branches import Residual
from convlib.graphs.plain import Constant, Graph, Node
from convlib.layer import Conv2d
from convlib.pool import AdaptiveAvgPool2d, MaxPool2d

PADDINGS = {"same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}


def graph_of(network, channels=3):
    """Return a network of convlib as a plain graph whose height and width are open.

    Parameters
    ----------
    network : layer, or sequence of layers or of (name, layer) pairs
        As :mod:`convlib.networks` describes it.
    channels : int
        How many the image has.

    Returns
    -------
    Graph
        An operator for each layer, under its name, and one where paths meet, under the block's.

    Raises
    ------
    ValueError
        If a layer averages down to a size above 1, for which ONNX has no operator.

    Examples
    --------
    >>> from convlib import Conv2d
    >>> from convlib.graphs.layers import graph_of
    >>> from convlib.graphs.report import checked
    >>> print(checked(graph_of([("stem", Conv2d(3, 8, 3, stride=2))]), 33).table())
    name  layer  output   MACs    params  field  stride  shift    unread
    x     Input  3x33x33  0       0       1x1    1x1     0,0      0
    stem  Conv   8x16x16  55,296  224     3x3    2x2     0.5,0.5  0
    """
    writer = _Writer()
    last = writer.path(network, "x")
    image = {"x": ("N", channels, "H", "W")}
    return Graph(image, (last,), writer.constants, {}, tuple(writer.nodes))


class _Writer:
    def __init__(self):
        self.nodes, self.constants = [], {}

    def node(self, operator, inputs, name, **attributes):
        self.nodes.append(Node(name, operator, tuple(inputs), (name,), attributes))
        return name

    def weight(self, name, *shape):
        self.constants[name] = Constant(shape)
        return name

    def path(self, layers, tensor, prefix=""):
        """Write a path from a tensor on; return the tensor that it ends in."""
        for own, layer in network_paths.named(layers):
            name = prefix + own
            if isinstance(layer, network_paths.Block):
                ends = [self.path(path, tensor, f"{name}.") for path in layer.paths]
                if isinstance(layer, Residual):
                    tensor = self.node("Add", ends, name)
                else:
                    tensor = self.node("Concat", ends, name, axis=1)
            else:
                tensor = self.layer(layer, tensor, name)
        return tensor

    def layer(self, layer, tensor, name):
        """Write one layer; return its tensor."""
        if isinstance(layer, Linear):
            flat = self.node("Flatten", [tensor], f"{name}/flat")
            inputs = [flat, self.weight(f"{name}/w", layer.out_features, layer.in_features)]
            if layer.bias:
                inputs.append(self.weight(f"{name}/b", layer.out_features))
            return self.node("Gemm", inputs, name, transB=1)
        if isinstance(layer, Flatten):
            return self.node("Flatten", [tensor], name)
        if isinstance(layer, BatchNorm2d):
            rest = [self.weight(f"{name}/{part}", layer.num_features) for part in "sbmv"]
            return self.node("BatchNormalization", [tensor, *rest], name)
        if isinstance(layer, AdaptiveAvgPool2d):
            if layer.output_size != (1, 1):
                raise ValueError(
                    f"{name}: output_size={layer.output_size!r} depends on the input's size; "
                    "legal is (1, 1)"
                )
            return self.node("GlobalAveragePool", [tensor], name)
        window = {
            "kernel_shape": list(layer.kernel_size),
            "strides": list(layer.stride),
            "dilations": list(layer.dilation),
        }
        if isinstance(layer.padding, str):
            window["auto_pad"] = PADDINGS[layer.padding]
        else:
            window["pads"] = [end[at] for at in (0, 1) for end in layer.padding]
        if not isinstance(layer, Conv2d):
            operator = "MaxPool" if isinstance(layer, MaxPool2d) else "AveragePool"
            return self.node(operator, [tensor], name, ceil_mode=int(layer.ceil_mode), **window)
        kernel = (layer.in_channels // layer.groups, *layer.kernel_size)
        inputs = [tensor, self.weight(f"{name}/w", layer.out_channels, *kernel)]
        if layer.bias:
            inputs.append(self.weight(f"{name}/b", layer.out_channels))
        return self.node("Conv", inputs, name, group=layer.groups, **window)

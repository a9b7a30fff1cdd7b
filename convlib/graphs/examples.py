"""Networks to look at before one has one's own: some with a fault in them, some without."""

from typing import NamedTuple

from convlib import networks
from convlib.branches import Residual
from convlib.graphs.layers import graph_of
from convlib.graphs.plain import Constant, Graph, Node
from convlib.layer import Conv2d

EVEN = [1, 1, 1, 1]


class Example(NamedTuple):
    """A plain graph, what to call it, and the (H, W) to begin with."""

    label: str
    size: tuple[int, int]
    graph: Graph


def examples():
    """Return the examples, by their labels in the order of a menu.

    Returns
    -------
    dict of str to Example

    Examples
    --------
    >>> from convlib.graphs.examples import examples
    >>> from convlib.graphs.report import checked
    >>> block = examples()["SAME beside a shortcut"]
    >>> [finding.pixels for finding in checked(block.graph, block.size).findings][:1]
    [(1.0, 1.0)]
    """
    made = (
        Example("SAME beside a shortcut", (224, 224), graph_of(block("same_upper"))),
        Example("Even padding beside a shortcut", (224, 224), graph_of(block(1))),
        Example("MobileNet v1, SAME", (224, 224), graph_of(networks.mobilenet_v1())),
        Example(
            "MobileNet v1, even padding", (224, 224), graph_of(networks.mobilenet_v1(padding=1))
        ),
        Example("U-Net at an odd size", (225, 225), u_net()),
        Example("Encoder and decoder that disagree", (224, 224), disagreeing()),
    )
    return {example.label: example for example in made}


def block(padding):
    """Return layers around a residual block that halves by a 3 x 3, beside a 1 x 1 shortcut."""
    main = [("conv1", Conv2d(16, 32, 3, 2, padding)), ("conv2", Conv2d(32, 32, 3, 1, 1))]
    shortcut = [("project", Conv2d(16, 32, 1, 2))]
    return [
        ("stem", Conv2d(3, 16, 3, 1, 1)),
        ("sum", Residual(main, shortcut)),
        ("next", Conv2d(32, 32, 3, 1, 1)),
    ]


def u_net(channels=(16, 32, 64)):
    """Return a U-Net: halved by poolings, doubled by transposed convolutions, joined by skips."""
    nodes, constants = [], {}

    def node(operator, inputs, name, weight=None, **attributes):
        if weight:
            constants[f"{name}/w"] = Constant(weight)
            inputs = [*inputs, f"{name}/w"]
        nodes.append(Node(name, operator, tuple(inputs), (name,), attributes))
        return name

    halved = {"kernel_shape": [2, 2], "strides": [2, 2]}
    tensor, before, skips = "x", 3, []
    for level, width in enumerate(channels):
        if level:
            tensor = node("MaxPool", [tensor], f"down{level}", **halved)
        name = f"enc{level}"
        tensor = node("Conv", [tensor], name, (width, before, 3, 3), pads=EVEN)
        before = width
        skips.append(tensor)
    for level in reversed(range(len(channels) - 1)):
        width = channels[level]
        up = node("ConvTranspose", [tensor], f"up{level}", (before, width, 2, 2), **halved)
        joined = node("Concat", [skips[level], up], f"join{level}", axis=1)
        tensor = node("Conv", [joined], f"dec{level}", (width, 2 * width, 3, 3), pads=EVEN)
        before = width
    return Graph({"x": ("N", 3, "H", "W")}, (tensor,), constants, {}, tuple(nodes))


def disagreeing(kernel=2):
    """Return an encoder of 3 x 3 at stride 2 and a decoder with another kernel, joined by a skip.

    Parameters
    ----------
    kernel : int
        Of the decoder's transposed convolution: 2, which doubles the size, or 3, which does so with
        a padding of 1 and as much output padding.

    Raises
    ------
    ValueError
        If `kernel` is neither.
    """
    if kernel not in (2, 3):
        raise ValueError(f"kernel={kernel!r}; legal are 2 and 3")
    up = {"strides": [2, 2]}
    if kernel == 3:
        up |= {"pads": EVEN, "output_padding": [1, 1]}
    weights = {"w0": (16, 3, 3, 3), "w1": (32, 16, 3, 3), "w3": (8, 32, 3, 3)}
    weights["w2"] = (32, 16, kernel, kernel)
    nodes = (
        Node("enc0", "Conv", ("x", "w0"), ("enc0",), {"pads": EVEN}),
        Node("down", "Conv", ("enc0", "w1"), ("down",), {"strides": [2, 2], "pads": EVEN}),
        Node("up", "ConvTranspose", ("down", "w2"), ("up",), up),
        Node("join", "Concat", ("enc0", "up"), ("join",), {"axis": 1}),
        Node("dec0", "Conv", ("join", "w3"), ("dec0",), {"pads": EVEN}),
    )
    constants = {name: Constant(shape) for name, shape in weights.items()}
    return Graph({"x": ("N", 3, "H", "W")}, ("dec0",), constants, {}, nodes)

"""A list of a network's convolutions, and a network made by the lecture's rules alone."""

from convlib import network_paths
from convlib.blocks import BatchNorm2d, Linear
from convlib.layer import Conv2d
from convlib.pool import AdaptiveAvgPool2d


def convolutions(network):
    """Return all convolutions of a network, including those inside blocks.

    Parameters
    ----------
    network : layer, or sequence of layers or of (name, layer) pairs
        A network.

    Returns
    -------
    list of Conv2d
        In order, those of a shortcut after those of its main path, and branches one after
        another.

    Raises
    ------
    TypeError
        If `network` is not made of layers.

    Examples
    --------
    >>> from collections import Counter
    >>> from convlib import networks
    >>> Counter(conv.kernel_size for conv in networks.convolutions(networks.resnet50()))
    Counter({(1, 1): 36, (3, 3): 16, (7, 7): 1})
    """
    found = []
    for _, layer in network_paths.named(network):
        if isinstance(layer, network_paths.Block):
            for path in layer.paths:
                found += convolutions(path)
        elif isinstance(layer, Conv2d):
            found.append(layer)
    return found


def by_the_rules(channels=32, halvings=4, num_classes=1000):
    """Return a network in which every convolution obeys the lecture's rules.

    Kernels are 3 × 3, the padding 1. A first layer halves the size and makes the channels; after
    that, each layer with stride 2 doubles the channels, and one with stride 1 follows it.

    Parameters
    ----------
    channels : int, default 32
        Output channels of the first layer, the only one with C2 different from s * C1.
    halvings : int, default 4
        Layers with stride 2 after the first.
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers.

    References
    ----------
    The lecture's "Hyperparameters of Convolutions - The Illusion of Choice".

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> network_cost(networks.by_the_rules(), 224).macs
    820588544
    """
    network = []
    before = 3
    for stage in range(1, halvings + 2):
        for index, stride in ((1, 2), (2, 1)):
            name = f"conv{stage}_{index}"
            conv = Conv2d(before, channels, 3, stride, padding=1, bias=False)
            network += [(name, conv), (f"{name}_bn", BatchNorm2d(channels))]
            before = channels
        channels *= 2
    network += [("avgpool", AdaptiveAvgPool2d(1)), ("fc", Linear(before, num_classes))]
    return tuple(network)

"""GoogLeNet, also known as Inception v1."""

from convlib.blocks import BatchNorm2d, Linear
from convlib.branches import Concat
from convlib.layer import Conv2d
from convlib.pool import AdaptiveAvgPool2d, MaxPool2d

VERSIONS = ("torchvision", "paper")
# Channels of the 1x1; of the 3x3's reduction and the 3x3; of both for the 5x5; of the pooling's
# projection (Szegedy et al., Table 1).
STAGES = (
    ("3", ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64))),
    (
        "4",
        (
            (192, 96, 208, 16, 48, 64),
            (160, 112, 224, 24, 64, 64),
            (128, 128, 256, 24, 64, 64),
            (112, 144, 288, 32, 64, 64),
            (256, 160, 320, 32, 128, 128),
        ),
    ),
    ("5", ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128))),
)


def googlenet(version="torchvision", num_classes=1000):
    """Return GoogLeNet: nine inception modules, each with four branches side by side.

    The two auxiliary classifiers, which only training uses, are left out.

    Parameters
    ----------
    version : {'torchvision', 'paper'}, default 'torchvision'
        The paper's 5 × 5 convolutions have biases. In torchvision they are 3 × 3 (a known bug, with
        which its weights were trained), all convolutions have batch normalisation instead of
        biases, and the last max-pooling is 2 × 2 instead of 3 × 3.
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers, under torchvision's names. Modules are :class:`~convlib.branches.Concat`.
        Poolings round up, as in Caffe, the framework of the paper's time.

    Raises
    ------
    ValueError
        If `version` is unknown.

    References
    ----------
    Szegedy et al., "Going deeper with convolutions", 2014, Table 1;
    torchvision/models/googlenet.py.

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> cost = network_cost(networks.googlenet(), 224)
    >>> cost.macs, cost.params
    (1498376192, 6624904)
    """
    if version not in VERSIONS:
        legal = ", ".join(map(repr, VERSIONS))
        raise ValueError(f"version={version!r} is not known; legal values are {legal}")
    paper = version == "paper"
    network = [
        *_conv("conv1", paper, 3, 64, 7, 2),
        ("maxpool1", MaxPool2d(3, 2, ceil_mode=True)),
        *_conv("conv2", paper, 64, 64, 1),
        *_conv("conv3", paper, 64, 192, 3),
        ("maxpool2", MaxPool2d(3, 2, ceil_mode=True)),
    ]
    channels = 192
    for stage, modules in STAGES:
        for letter, widths in zip("abcde", modules, strict=False):
            network.append((f"inception{stage}{letter}", _inception(paper, channels, widths)))
            channels = widths[0] + widths[2] + widths[4] + widths[5]
        if stage == "3":
            network.append(("maxpool3", MaxPool2d(3, 2, ceil_mode=True)))
        elif stage == "4":
            network.append(("maxpool4", MaxPool2d(3 if paper else 2, 2, ceil_mode=True)))
    network += [("avgpool", AdaptiveAvgPool2d(1)), ("fc", Linear(channels, num_classes))]
    return tuple(network)


def _inception(paper, channels, widths):
    """Return an inception module; `widths` is an entry of `STAGES`."""
    single, reduce_3, wide_3, reduce_5, wide_5, projected = widths
    return Concat(
        (
            _conv("branch1", paper, channels, single, 1),
            _conv("branch2.0", paper, channels, reduce_3, 1)
            + _conv("branch2.1", paper, reduce_3, wide_3, 3),
            _conv("branch3.0", paper, channels, reduce_5, 1)
            + _conv("branch3.1", paper, reduce_5, wide_5, 5 if paper else 3),
            [
                ("branch4.0", MaxPool2d(3, 1, 1, ceil_mode=True)),
                *_conv("branch4.1", paper, channels, projected, 1),
            ],
        )
    )


def _conv(name, paper, in_channels, out_channels, kernel_size, stride=1):
    """Return a convolution with biases or normalised; only its stride changes the size."""
    padding = (kernel_size - 1) // 2
    conv = Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=paper)
    if paper:
        return [(f"{name}.conv", conv)]
    return [(f"{name}.conv", conv), (f"{name}.bn", BatchNorm2d(out_channels))]

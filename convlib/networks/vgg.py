"""VGG-16."""

from convlib.blocks import Linear
from convlib.layer import Conv2d
from convlib.pool import AdaptiveAvgPool2d, MaxPool2d

# Configuration D of the paper's Table 1: the output channels of the 3x3 layers of each stage.
STAGES = (
    (64, 64),
    (128, 128),
    (256, 256, 256),
    (512, 512, 512),
    (512, 512, 512),
)


def vgg16(num_classes=1000, stages=STAGES):
    """Return VGG-16: 3 × 3 convolutions with biases, five poolings, three large classifiers.

    Parameters
    ----------
    num_classes : int, default 1000
        Outputs of the last layer.
    stages : sequence of sequences of int, optional
        Output channels of the convolutions before each pooling. Other values give the paper's
        other networks: ``((64,), (128,), (256, 256), (512, 512), (512, 512))`` is VGG-11.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers, under the names of the paper's released model.

    References
    ----------
    Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
    Recognition", 2014, Table 1, configuration D.

    Examples
    --------
    Nine of ten parameters are in the classifiers, 99 of 100 MACs in the convolutions.

    >>> from convlib import network_cost, networks
    >>> network = networks.vgg16()
    >>> network_cost(network, 224).params, network_cost(networks.features(network), 224).params
    (138357544, 14714688)
    """
    network, channels = [], 3
    for stage, widths in enumerate(stages, start=1):
        for index, width in enumerate(widths, start=1):
            network.append((f"conv{stage}_{index}", Conv2d(channels, width, 3, padding=1)))
            channels = width
        network.append((f"pool{stage}", MaxPool2d(2)))
    network += [
        ("avgpool", AdaptiveAvgPool2d(7)),  # torchvision's; at 224 it changes nothing
        ("fc6", Linear(channels * 7 * 7, 4096)),
        ("fc7", Linear(4096, 4096)),
        ("fc8", Linear(4096, num_classes)),
    ]
    return tuple(network)

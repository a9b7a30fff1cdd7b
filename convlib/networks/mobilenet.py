"""MobileNet, versions 1 and 2."""

import math

from convlib.arguments import checks
from convlib.blocks import BatchNorm2d, Linear
from convlib.branches import Residual
from convlib.layer import Conv2d
from convlib.pool import AdaptiveAvgPool2d

# Output channels and stride of the thirteen separable layers (Howard et al., Table 1, whose last
# "dw / s2" is a misprint: it keeps 7x7, so its stride is 1).
V1_LAYERS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (1024, 1),
)
# Expansion, output channels, number of blocks, stride of the first (Sandler et al., Table 2).
V2_BLOCKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def mobilenet_v1(width=1.0, padding="same_upper", separable=True, num_classes=1000):
    """Return MobileNet v1: a convolution, then pairs of a depthwise 3 × 3 and a 1 × 1.

    Parameters
    ----------
    width : float, default 1.0
        The paper's width multiplier, for the channels of every layer. Its resolution multiplier
        is the input size, and so an argument of :func:`network_cost`, not of the network.
    padding : int or str, default 'same_upper'
        Of the 3 × 3 layers. The default is TensorFlow's 'SAME', as published; 1 is the symmetric
        padding of most ports to PyTorch.
    separable : bool, default True
        If False, each pair is one vanilla 3 × 3 convolution: the paper's "Conv MobileNet".
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers.

    Raises
    ------
    TypeError, ValueError
        If `width` is not a positive number, or the padding is not legal.

    References
    ----------
    Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
    Applications", 2017, Table 1.

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> network_cost(networks.mobilenet_v1(), 224).macs
    568740352
    >>> network_cost(networks.mobilenet_v1(width=0.5), 160).macs
    76524800
    """
    width = _positive("width", width)
    channels = _scaled(32, width)
    network = [
        ("conv0", Conv2d(3, channels, 3, 2, padding, bias=False)),
        ("conv0_bn", BatchNorm2d(channels)),
    ]
    for index, (base, stride) in enumerate(V1_LAYERS, start=1):
        name, out_channels = f"conv{index}", _scaled(base, width)
        if separable:
            network += [
                (
                    f"{name}_dw",
                    Conv2d(channels, channels, 3, stride, padding, groups=channels, bias=False),
                ),
                (f"{name}_dw_bn", BatchNorm2d(channels)),
                (f"{name}_pw", Conv2d(channels, out_channels, 1, bias=False)),
                (f"{name}_pw_bn", BatchNorm2d(out_channels)),
            ]
        else:
            network += [
                (name, Conv2d(channels, out_channels, 3, stride, padding, bias=False)),
                (f"{name}_bn", BatchNorm2d(out_channels)),
            ]
        channels = out_channels
    network += [("avgpool", AdaptiveAvgPool2d(1)), ("fc", Linear(channels, num_classes))]
    return tuple(network)


def mobilenet_v2(width=1.0, padding=1, num_classes=1000):
    """Return MobileNet v2: inverted residuals, which expand, filter depthwise, and project.

    Parameters
    ----------
    width : float, default 1.0
        Width multiplier. Channels are rounded to multiples of 8; those of the last convolution
        stay at least 1280.
    padding : int or str, default 1
        Of the 3 × 3 layers. The default is torchvision's; 'same_upper' is TensorFlow's.
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers. A block that keeps its shape is a :class:`~convlib.branches.Residual`; the
        other blocks have no shortcut, and their layers are listed directly in the network.

    Raises
    ------
    TypeError, ValueError
        If `width` is not a positive number, or the padding is not legal.

    References
    ----------
    Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, Table 2;
    torchvision/models/mobilenetv2.py for the rounding.

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> cost = network_cost(networks.mobilenet_v2(), 224)
    >>> cost.macs, cost.params
    (300774272, 3504872)
    """
    width = _positive("width", width)
    channels = _multiple_of_8(32 * width)
    network = [
        ("conv0", Conv2d(3, channels, 3, 2, padding, bias=False)),
        ("conv0_bn", BatchNorm2d(channels)),
    ]
    block = 0
    for expansion, base, count, first_stride in V2_BLOCKS:
        out_channels = _multiple_of_8(base * width)
        for index in range(count):
            block += 1
            stride = first_stride if index == 0 else 1
            layers = _inverted(channels, expansion, out_channels, stride, padding)
            if stride == 1 and channels == out_channels:
                network.append((f"block{block}", Residual(layers)))
            else:
                network += [(f"block{block}.{name}", layer) for name, layer in layers]
            channels = out_channels
    last = _multiple_of_8(1280 * max(width, 1.0))
    network += [
        ("conv1", Conv2d(channels, last, 1, bias=False)),
        ("conv1_bn", BatchNorm2d(last)),
        ("avgpool", AdaptiveAvgPool2d(1)),
        ("fc", Linear(last, num_classes)),
    ]
    return tuple(network)


def _inverted(channels, expansion, out_channels, stride, padding):
    """Return the layers of one block; an expansion by 1 adds no layer."""
    hidden = channels * expansion
    expand = (
        ("expand", Conv2d(channels, hidden, 1, bias=False)),
        ("expand_bn", BatchNorm2d(hidden)),
    )
    return (
        *(expand if expansion > 1 else ()),
        ("depthwise", Conv2d(hidden, hidden, 3, stride, padding, groups=hidden, bias=False)),
        ("depthwise_bn", BatchNorm2d(hidden)),
        ("project", Conv2d(hidden, out_channels, 1, bias=False)),
        ("project_bn", BatchNorm2d(out_channels)),
    )


def _positive(name, value):
    value = checks.number(name, value)
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name}={value} is out of range; legal values are positive numbers")
    return value


def _scaled(channels, width):
    """Return the scaled channels rounded down, and at least 8, as in TensorFlow's slim."""
    return max(int(channels * width), 8)


def _multiple_of_8(channels):
    """Return the nearest multiple of 8, or the next if that would lose more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded

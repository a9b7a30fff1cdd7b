"""ResNets and ResNeXts."""

from convlib.blocks import BatchNorm2d, Linear
from convlib.branches import Residual
from convlib.layer import Conv2d
from convlib.pool import AdaptiveAvgPool2d, MaxPool2d

STRIDES_ON = ("3x3", "1x1", "last 3x3")


def resnet18(num_classes=1000):
    """Return ResNet-18, which has basic blocks of two 3 × 3 convolutions.

    Parameters
    ----------
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers, under torchvision's names.

    References
    ----------
    He et al., "Deep Residual Learning for Image Recognition", 2015, Table 1.

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> cost = network_cost(networks.resnet18(), 224)
    >>> cost.macs, cost.params
    (1814073344, 11689512)
    """
    return resnet((2, 2, 2, 2), bottleneck=False, num_classes=num_classes)


def resnet50(stride_on="3x3", pool_padding=1, num_classes=1000):
    """Return ResNet-50, which has bottleneck blocks of 1 × 1, 3 × 3 and 1 × 1 convolutions.

    Parameters
    ----------
    stride_on : {'3x3', '1x1', 'last 3x3'}, default '3x3'
        Which convolution of a stage halves the size; see :func:`resnet`.
    pool_padding : int or str, default 1
        Padding of the max-pooling; 'same_upper' is TensorFlow's.
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers, under torchvision's names.

    Raises
    ------
    ValueError
        If `stride_on` is unknown.

    References
    ----------
    He et al., "Deep Residual Learning for Image Recognition", 2015, Table 1.

    Examples
    --------
    The same parameters, but three places for the stride and three costs. The paper prints the
    second as 3.8e9, torchvision the first as 4.089:

    >>> from convlib import network_cost, networks
    >>> for place in ("3x3", "1x1", "last 3x3"):
    ...     cost = network_cost(networks.resnet50(stride_on=place), 224)
    ...     print(f"{place:8}  {cost.macs / 1e9:.3f} GMACs  {cost.params:,} parameters")
    3x3       4.089 GMACs  25,557,032 parameters
    1x1       3.858 GMACs  25,557,032 parameters
    last 3x3  3.482 GMACs  25,557,032 parameters
    """
    return resnet(
        (3, 4, 6, 3), stride_on=stride_on, pool_padding=pool_padding, num_classes=num_classes
    )


def resnext50_32x4d(num_classes=1000):
    """Return ResNeXt-50 with 32 groups of 4 channels: ResNet-50 with wider, grouped 3 × 3 layers.

    Parameters
    ----------
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers, under torchvision's names.

    References
    ----------
    Xie et al., "Aggregated Residual Transformations for Deep Neural Networks", 2016, Table 1.

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> network_cost(networks.resnext50_32x4d(), 224).params
    25028904
    """
    return resnet((3, 4, 6, 3), groups=32, width_per_group=4, num_classes=num_classes)


def resnet(
    blocks,
    bottleneck=True,
    groups=1,
    width_per_group=64,
    stride_on="3x3",
    pool_padding=1,
    num_classes=1000,
):
    """Return a ResNet with the given number of blocks in each of its four stages.

    Parameters
    ----------
    blocks : sequence of int
        Blocks per stage: (3, 4, 23, 3) is ResNet-101, (3, 8, 36, 3) ResNet-152.
    bottleneck : bool, default True
        Whether blocks are 1 × 1, 3 × 3, 1 × 1 convolutions, or two 3 × 3.
    groups, width_per_group : int
        The 3 × 3 of a bottleneck in the first stage has groups * width_per_group channels, which
        double from stage to stage.
    stride_on : {'3x3', '1x1', 'last 3x3'}, default '3x3'
        What halves the size in a bottleneck network's later stages: the first block's 3 × 3
        (torchvision), the first block's first 1 × 1 (the paper), or the 3 × 3 in the last block of
        the stage before (TensorFlow's slim, whose networks the Distill tables describe). A
        basic block always has it on its first 3 × 3.
    pool_padding : int or str, default 1
        Padding of the max-pooling; 'same_upper' is TensorFlow's.
    num_classes : int, default 1000
        Outputs of the last layer.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers, under torchvision's names. Blocks are :class:`~convlib.branches.Residual`.

    Raises
    ------
    ValueError
        If `stride_on` is unknown.

    References
    ----------
    He et al., 2015, Table 1; torchvision/models/resnet.py; tensorflow/models,
    research/slim/nets/resnet_v1.py.

    Examples
    --------
    >>> from convlib import network_cost, networks
    >>> network_cost(networks.resnet((3, 4, 23, 3)), 224).params
    44549160
    """
    if stride_on not in STRIDES_ON:
        legal = ", ".join(map(repr, STRIDES_ON))
        raise ValueError(f"stride_on={stride_on!r} is not known; legal values are {legal}")
    network = [
        ("conv1", Conv2d(3, 64, 7, stride=2, padding=3, bias=False)),
        ("bn1", BatchNorm2d(64)),
        ("maxpool", MaxPool2d(3, stride=2, padding=pool_padding)),
    ]
    channels = 64
    for stage, count in enumerate(blocks, start=1):
        planes = 64 * 2 ** (stage - 1)
        width = groups * width_per_group * 2 ** (stage - 1)
        out_channels = 4 * planes if bottleneck else planes
        for index in range(count):
            if bottleneck and stride_on == "last 3x3":
                halves = index == count - 1 and stage < len(blocks)
            else:
                halves = index == 0 and stage > 1
            stride = 2 if halves else 1
            if bottleneck:
                main = _bottleneck(channels, width, out_channels, stride, groups, stride_on)
            else:
                main = _basic(channels, planes, stride)
            shortcut = _shortcut(channels, out_channels, stride)
            network.append((f"layer{stage}.{index}", Residual(main, shortcut)))
            channels = out_channels
    network += [("avgpool", AdaptiveAvgPool2d(1)), ("fc", Linear(channels, num_classes))]
    return tuple(network)


def _basic(channels, planes, stride):
    return (
        ("conv1", Conv2d(channels, planes, 3, stride, padding=1, bias=False)),
        ("bn1", BatchNorm2d(planes)),
        ("conv2", Conv2d(planes, planes, 3, padding=1, bias=False)),
        ("bn2", BatchNorm2d(planes)),
    )


def _bottleneck(channels, width, out_channels, stride, groups, stride_on):
    first, second = (stride, 1) if stride_on == "1x1" else (1, stride)
    return (
        ("conv1", Conv2d(channels, width, 1, first, bias=False)),
        ("bn1", BatchNorm2d(width)),
        ("conv2", Conv2d(width, width, 3, second, padding=1, groups=groups, bias=False)),
        ("bn2", BatchNorm2d(width)),
        ("conv3", Conv2d(width, out_channels, 1, bias=False)),
        ("bn3", BatchNorm2d(out_channels)),
    )


def _shortcut(channels, out_channels, stride):
    """Project where the channels change; where only the size does, keep every other pixel."""
    if channels != out_channels:
        return (
            ("downsample.0", Conv2d(channels, out_channels, 1, stride, bias=False)),
            ("downsample.1", BatchNorm2d(out_channels)),
        )
    return (("subsample", MaxPool2d(1, stride)),) if stride > 1 else ()

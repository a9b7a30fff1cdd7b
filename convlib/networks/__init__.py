"""Well-known networks as tables of layers, and what is needed to describe another.

A network is a tuple or list of (name, layer) pairs, in the order in which they are computed. The
layers are :class:`~convlib.Conv2d`, :class:`~convlib.MaxPool2d`, :class:`~convlib.pool.AvgPool2d`,
:class:`~convlib.pool.AdaptiveAvgPool2d`, :class:`~convlib.blocks.BatchNorm2d`,
:class:`~convlib.blocks.Flatten`, :class:`~convlib.Linear`, and two blocks:
:class:`~convlib.branches.Residual` holds a main path and its shortcut,
:class:`~convlib.branches.Concat` branches side by side. Activation functions and dropout change
neither shapes nor costs and are left out. A network does not fix the size of its input: that is an
argument of the functions that describe it.

Where paths branch, the cost counts all of them. The receptive field of a residual block is that of
its main path, which sees at least as much as its shortcut (anything else is refused); that of
concatenated branches is the smallest window that contains the windows of all.

Examples
--------
A new network is a list with a line for each layer:

>>> from convlib import Conv2d, Linear, network_cost, networks, receptive_field
>>> from convlib.pool import AdaptiveAvgPool2d
>>> tiny = [
...     ("conv1", Conv2d(3, 32, 3, stride=2, padding=1)),
...     ("conv2", Conv2d(32, 64, 3, stride=2, padding=1, groups=32)),
...     ("avgpool", AdaptiveAvgPool2d(1)),
...     ("fc", Linear(64, 10)),
... ]
>>> network_cost(tiny, 32).macs
258688
>>> receptive_field(networks.features(tiny)).size
(7, 7)
>>> print(networks.format_table(networks.layer_table(tiny, 32)))
name     layer              output    MACs     params  field  stride  shift
conv1    Conv2d             32x16x16  221,184  896     3x3    2x2     -0.5,-0.5
conv2    Conv2d             64x8x8    36,864   640     7x7    4x4     -1.5,-1.5
avgpool  AdaptiveAvgPool2d  64x1x1    0        0       -      -       -
fc       Linear             10x1x1    640      650     -      -       -
"""

from convlib.networks.googlenet import googlenet
from convlib.networks.mobilenet import mobilenet_v1, mobilenet_v2
from convlib.networks.own import from_onnx, from_torch
from convlib.networks.resnet import resnet, resnet18, resnet50, resnext50_32x4d
from convlib.networks.squeezenet import squeezenet
from convlib.networks.table import LayerRow, features, format_table, layer_table, until
from convlib.networks.usage import by_the_rules, convolutions
from convlib.networks.vgg import vgg16

__all__ = [
    "LayerRow",
    "by_the_rules",
    "convolutions",
    "features",
    "format_table",
    "from_onnx",
    "from_torch",
    "googlenet",
    "layer_table",
    "mobilenet_v1",
    "mobilenet_v2",
    "resnet",
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "squeezenet",
    "until",
    "vgg16",
]

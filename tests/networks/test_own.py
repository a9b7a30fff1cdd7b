"""Networks from ONNX files: the book's own read back, what is found in them, the command."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx_models import exported, model, numbers, weight

from convlib import Conv2d, MaxPool2d, networks, unread_pixels
from convlib.__main__ import main
from convlib.branches import Concat, Residual
from convlib.pool import AvgPool2d

PUBLISHED = {
    "vgg16": (networks.vgg16(), 224),
    "resnet18": (networks.resnet18(), 224),
    "resnet50": (networks.resnet50("1x1", "same_upper"), 225),
    "last 3x3": (networks.resnet50("last 3x3"), (224, 160)),
    "resnext50": (networks.resnext50_32x4d(), 200),
    "googlenet": (networks.googlenet(), 224),
    "googlenet of the paper": (networks.googlenet("paper"), 231),
    "squeezenet": (networks.squeezenet(), 224),
    "squeezenet 1.1": (networks.squeezenet("1.1"), (227, 300)),
    "mobilenet_v1": (networks.mobilenet_v1(), 224),
    "mobilenet_v1 as ported": (networks.mobilenet_v1(0.5, padding=1), 161),
    "mobilenet_v2": (networks.mobilenet_v2(), 224),
    "mobilenet_v2 of TensorFlow": (networks.mobilenet_v2(1.4, "same_upper"), 193),
    "by the rules": (networks.by_the_rules(), 224),
    "DenseNet's block": (
        [
            Conv2d(3, 8, 7, 2, 3),
            Concat([[], [Conv2d(8, 4, 1), Conv2d(4, 4, 3, padding=1)]]),
            Concat([[], [Conv2d(12, 4, 1), Conv2d(4, 4, 3, padding=1)]]),
            AvgPool2d(2),
        ],
        50,
    ),
    "unread pixels": (
        [
            Conv2d(3, 8, (3, 2), (2, 5), dilation=(2, 1)),
            Residual([Conv2d(8, 8, 3, 2, "same_lower")], MaxPool2d(1, 2)),
        ],
        (40, 43),
    ),
}


def checked(onnx_model, size=None):
    return networks.from_onnx(onnx_model.SerializeToString(), size)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_network_read_back_has_the_same_table(name):
    network, size = PUBLISHED[name]
    found = checked(exported(network), size)
    rows = {row.name: row for row in found.rows}
    for row in networks.layer_table(network, size):
        got = rows[row.name]
        assert (got.output_shape, got.macs, got.params) == (row.output_shape, row.macs, row.params)
        if row.layer != "AdaptiveAvgPool2d" or got.layer != "Identity":
            assert (got.field, got.stride, got.shift) == (row.field, row.stride, row.shift)
    np.testing.assert_array_equal(found.unread, unread_pixels(network, size))
    assert found.rows[0].unread == found.unread.sum()
    assert found.count("error") == 0


def kinds(found, severity="warning"):
    return [(f.kind, f.name) for f in found.findings if f.severity == severity]

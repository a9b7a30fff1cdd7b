"""Arguments that are legal one by one but do not fit each other: what the errors say."""

import re

import numpy as np
import pytest

from convlib import (
    Conv2d,
    conv2d,
    conv2d_output_size,
    conv2d_read_counts,
    depthwise_conv2d,
    pad2d,
    pointwise_conv2d,
)

MAX = 2**31 - 1
X = np.ones((2, 4, 5, 6))
W = np.ones((6, 4, 3, 3))


def ones(*shape):
    return np.ones(shape)


MISFITS = {
    "groups and in_channels": (
        lambda: conv2d(ones(8, 5, 5), ones(9, 2, 3, 3), groups=3),
        ["groups=3", "in_channels=8", "legal values are 1"],
    ),
    "groups and out_channels": (
        lambda: Conv2d(8, 12, 3, groups=8),
        ["groups=8", "out_channels=12", "legal values are 1, 2, 4"],
    ),
    "groups and weight": (
        lambda: conv2d(X, W, groups=2),
        ["weight has shape (6, 4, 3, 3)", "groups=2", "in_channels=4", "weight.shape[1]=2"],
    ),
    "channels": (
        lambda: conv2d(X[:, :3], W),
        ["weight has shape (6, 4, 3, 3)", "in_channels=3", "weight.shape[1]=3"],
    ),
    "bias length": (lambda: conv2d(X, W, ones(4)), ["bias has shape (4,)", "(6,)"]),
    "bias axes": (lambda: conv2d(X, W, ones(6, 1)), ["bias has shape (6, 1)", "1 axes"]),
    "depthwise multiplier": (
        lambda: depthwise_conv2d(X, ones(6, 1, 3, 3)),
        ["weight has shape (6, 1, 3, 3)", "in_channels=4", "multiple of 4"],
    ),
    "depthwise weight": (
        lambda: depthwise_conv2d(X, ones(4, 4, 3, 3)),
        ["weight has shape (4, 4, 3, 3)", "in_channels=4", "(C_out, 1, kH, kW)"],
    ),
    "pointwise kernel": (
        lambda: pointwise_conv2d(X, ones(6, 4, 1, 3)),
        ["weight has shape (6, 4, 1, 3)", "(C_out, C_in)"],
    ),
    "pointwise channels": (
        lambda: pointwise_conv2d(X, ones(6, 3)),
        ["weight has shape (6, 3, 1, 1)", "in_channels=4", "weight.shape[1]=4"],
    ),
    "kernel height": (
        lambda: conv2d(X, ones(6, 4, 6, 3)),
        ["kernel_size=6", "height of 5", "legal spans are 1 to 5"],
    ),
    "kernel width, padded": (
        lambda: conv2d(X, ones(6, 4, 3, 9), padding=((0, 0), (0, 2))),
        ["kernel_size=9", "width of 8", "legal spans are 1 to 8"],
    ),
    "dilated kernel": (
        lambda: conv2d_output_size((5, 9), 3, dilation=(3, 1)),
        ["kernel_size=3", "dilation=3", "spans 7", "height of 5"],
    ),
    "kernel and counts": (lambda: conv2d_read_counts(2, 3), ["kernel_size=3", "height of 2"]),
    "kernel and layer": (lambda: Conv2d(1, 1, 3).macs(2), ["kernel_size=3", "height of 2"]),
    "same at a stride": (
        lambda: conv2d(X, W, stride=2, padding="same"),
        ["padding='same'", "stride=(2, 2)", "'same_upper'", "'same_lower'"],
    ),
    "same at a stride, size": (
        lambda: conv2d_output_size(8, 3, (1, 2), "same"),
        ["padding='same'", "stride=(1, 2)", "'same_upper'"],
    ),
    "same at a stride, layer": (
        lambda: Conv2d(1, 1, 3, 2, "same"),
        ["padding='same'", "stride=(2, 2)", "'same_upper'"],
    ),
    "pad2d and words": (
        lambda: pad2d(X, "same_upper"),
        ["padding='same_upper'", "depends on a kernel", "'valid'"],
    ),
    "no height": (lambda: conv2d(ones(1, 4, 0, 6), W), ["input has shape (1, 4, 0, 6)", "batch"]),
    "no channels": (lambda: conv2d(ones(0, 5, 5), W), ["input has shape (0, 5, 5)", "batch"]),
    "no channels, depthwise": (
        lambda: depthwise_conv2d(ones(0, 5, 5), ones(4, 1, 3, 3)),
        ["input has shape (0, 5, 5)", "batch"],
    ),
    "no kernels": (lambda: conv2d(X, W[:0]), ["weight has shape (0, 4, 3, 3)", "at least 1"]),
    "no width to pad": (lambda: pad2d(ones(3, 0), 1), ["input has shape (3, 0)", "at least 1"]),
    "huge output": (
        lambda: conv2d(X, W, padding=MAX),
        ["the output", "4294967298", "more than 9223372036854775807 bytes"],
    ),
    "huge output, empty batch": (
        lambda: conv2d(X[:0], W, padding=MAX),
        ["the output", "4294967298", "more than"],
    ),
    "huge pad2d": (lambda: pad2d(X, MAX), ["the padded input", "4294967299", "more than"]),
    "huge counts": (lambda: conv2d_read_counts(MAX, 1), ["input_size", f"({MAX}, {MAX})"]),
    "huge pad_value": (lambda: pad2d(X, 1, 10**400), ["pad_value=1000", "too large"]),
    "channels and huge groups": (
        lambda: Conv2d(4, 4, 1, groups=MAX),
        [f"groups={MAX}", "in_channels=4", "legal values are 1, 2, 4"],
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_misfits(name):
    call, fragments = MISFITS[name]
    with pytest.raises(Exception, match=re.escape(fragments[0])) as caught:
        call()
    assert type(caught.value) is ValueError
    assert [f for f in fragments if f not in str(caught.value)] == []

"""Networks as tables of integers, changed layer by layer and traversed by a kernel."""

import numpy as np

from convlib import network_paths
from convlib.blocks import BatchNorm2d, Linear
from convlib.branches import Residual
from convlib.kernels import network_walk as k
from convlib.layer import Conv2d
from convlib.layer_windows import has_window
from convlib.pool import AdaptiveAvgPool2d

# What may be changed in a convolution: both axes of a window, or one number.
KNOBS = {
    "kernel": (k.KERNEL_H, k.KERNEL_W),
    "stride": (k.STRIDE_H, k.STRIDE_W),
    "padding": (k.TOP, k.BOTTOM, k.LEFT, k.RIGHT),
    "dilation": (k.DILATION_H, k.DILATION_W),
    "out_channels": (k.OUT_CHANNELS,),
    "groups": (k.GROUPS,),
}


def encoded(network, never_narrower=()):
    """Return the names of a network's rows, and the rows as an int32 array (n, COLUMNS).

    A width multiplier below 1 leaves the layers of `never_narrower` as they are.

    Batch normalisation is part of the row of the convolution before it. A residual block ends
    in a row of its own, the addition, named after the block. Depthwise convolutions and MobileNet
    v2's expansions, whose channels are multiples of their input channels, are marked as such, so
    that they follow a change of the layers before them.
    """
    names, rows = [], []
    _visit(network, "", -1, names, rows)
    for name in never_narrower:
        rows[names.index(name)][k.SCALED] = 2
    return names, np.array(rows, dtype=np.int32)


def edited(names, layers, edits):
    """Return a copy of `layers` with the changes {name: {knob: value}} made."""
    layers = layers.copy()
    for name, values in edits.items():
        row = layers[names.index(name)]
        for knob, value in values.items():
            row[list(KNOBS[knob])] = value
            if knob == "out_channels":
                row[k.SCALED] = 0
    return layers


def walked(layers, size, percent=100, channels=3):
    """Return what the kernel finds, as float64 (n + 1, FOUND), at an input of (H, W) pixels."""
    found = np.empty((len(layers) + 1, k.FOUND))
    k.walk(layers, channels, *size, percent, found)
    return found


def _visit(layers, prefix, previous, names, rows):
    """Append the rows of `layers`; return the index of the row that the path ends in."""
    for own, layer in network_paths.named(layers):
        name = prefix + own
        if isinstance(layer, BatchNorm2d):
            rows[previous][k.NORMALISED] = 1
            continue
        row = [0] * k.COLUMNS
        row[k.PREVIOUS] = previous
        if isinstance(layer, Residual):
            row[k.KIND] = k.ADD
            row[k.PREVIOUS] = _visit(layer.main, f"{name}.", previous, names, rows)
            row[k.OTHER] = _visit(layer.shortcut, f"{name}.", previous, names, rows)
        elif isinstance(layer, AdaptiveAvgPool2d):
            row[k.KIND] = k.ADAPTIVE
            row[k.KERNEL_H], row[k.KERNEL_W] = layer.output_size
        elif isinstance(layer, Linear):
            row[k.KIND] = k.LINEAR
            row[k.OUT_CHANNELS], row[k.BIAS] = layer.out_features, int(layer.bias)
        elif not has_window(layer):
            kind = type(layer).__name__
            raise ValueError(f"{name}: the designer's table has no row for a {kind}")
        else:
            _describe_window(layer, row)
            if own.endswith("expand"):  # MobileNet v2's, whose factor is an integer
                row[k.OUT_CHANNELS] = -(layer.out_channels // layer.in_channels)
        names.append(name)
        rows.append(row)
        previous = len(rows) - 1
    return previous


def _describe_window(layer, row):
    """Write a convolution's or a pooling's hyperparameters into `row`."""
    row[k.CEIL_MODE] = int(getattr(layer, "ceil_mode", False))
    row[k.KERNEL_H], row[k.KERNEL_W] = layer.kernel_size
    row[k.STRIDE_H], row[k.STRIDE_W] = layer.stride
    row[k.DILATION_H], row[k.DILATION_W] = layer.dilation
    if layer.padding == "same_upper":
        ends = ((-1, -1), (-1, -1))
    elif isinstance(layer.padding, str):
        raise ValueError(f"padding={layer.padding!r}; legal are numbers and 'same_upper'")
    else:
        ends = layer.padding
    (row[k.TOP], row[k.BOTTOM]), (row[k.LEFT], row[k.RIGHT]) = ends
    row[k.KIND], row[k.OUT_CHANNELS], row[k.GROUPS] = k.POOL, -1, 1
    if isinstance(layer, Conv2d):
        row[k.KIND], row[k.BIAS], row[k.SCALED] = k.CONV, int(layer.bias), 1
        row[k.OUT_CHANNELS], row[k.GROUPS] = layer.out_channels, layer.groups
        if 1 < layer.groups == layer.in_channels:
            row[k.GROUPS] = 0
            row[k.OUT_CHANNELS] = -(layer.out_channels // layer.in_channels)

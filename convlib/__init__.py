"""convlib: convolutions built from their parts, in Numba.

The whole public API is on this page. The explorers are in :mod:`convlib.widgets`, and
:mod:`convlib.wasm` compiles the kernels for the browser.
"""

from convlib import networks
from convlib.activations import Activation, measure_activation, stack_blocks
from convlib.blocks import BatchNorm2d, Flatten, Linear
from convlib.branches import Concat, Residual
from convlib.context_shift import measure_shift, measure_shifts
from convlib.conv import conv2d, depthwise_conv2d, pad2d, pointwise_conv2d
from convlib.cost import Cost, Variant, compare_convolutions, conv2d_cost, network_cost
from convlib.layer import Conv2d
from convlib.matrix import MatrixCounts, conv2d_matrix, conv2d_matrix_counts
from convlib.pool import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from convlib.receptive_field import ReceptiveField, receptive_field
from convlib.shape import conv2d_output_size, conv2d_read_counts
from convlib.unread_pixels import unread_pixels

__all__ = [
    "Activation",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm2d",
    "Concat",
    "Conv2d",
    "Cost",
    "Flatten",
    "Linear",
    "MatrixCounts",
    "MaxPool2d",
    "ReceptiveField",
    "Residual",
    "Variant",
    "compare_convolutions",
    "conv2d",
    "conv2d_cost",
    "conv2d_matrix",
    "conv2d_matrix_counts",
    "conv2d_output_size",
    "conv2d_read_counts",
    "depthwise_conv2d",
    "measure_activation",
    "measure_shift",
    "measure_shifts",
    "network_cost",
    "networks",
    "pad2d",
    "pointwise_conv2d",
    "receptive_field",
    "stack_blocks",
    "unread_pixels",
]

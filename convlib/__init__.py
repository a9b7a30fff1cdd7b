"""convlib: convolutions built from their parts, in Numba.

This page has what the lessons call; the rest is in the module of its topic. The explorers are in
:mod:`convlib.widgets`, and :mod:`convlib.wasm` compiles the kernels for the browser.
"""

from convlib import networks
from convlib.activations import measure_activation, stack_blocks
from convlib.blocks import Linear
from convlib.context_shift import measure_shift
from convlib.conv import conv2d, depthwise_conv2d, pad2d, pointwise_conv2d
from convlib.cost import compare_convolutions, conv2d_cost, network_cost
from convlib.layer import Conv2d
from convlib.matrix import conv2d_matrix, conv2d_matrix_counts
from convlib.pool import MaxPool2d
from convlib.receptive_field import receptive_field
from convlib.shape import conv2d_output_size, conv2d_read_counts
from convlib.unread_pixels import unread_pixels

__all__ = [
    "Conv2d",
    "Linear",
    "MaxPool2d",
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
    "network_cost",
    "networks",
    "pad2d",
    "pointwise_conv2d",
    "receptive_field",
    "stack_blocks",
    "unread_pixels",
]

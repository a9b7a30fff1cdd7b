"""convlib: convolutions built from their parts, in Numba.

The whole public API is on this page. The explorers are in :mod:`convlib.widgets`, and
:mod:`convlib.wasm` compiles the kernels for the browser.
"""

from convlib.conv import conv2d, depthwise_conv2d, pad2d, pointwise_conv2d
from convlib.layer import Conv2d
from convlib.shape import conv2d_output_size, conv2d_read_counts
from convlib.shift import measure_shift

__all__ = [
    "Conv2d",
    "conv2d",
    "conv2d_output_size",
    "conv2d_read_counts",
    "depthwise_conv2d",
    "measure_shift",
    "pad2d",
    "pointwise_conv2d",
]

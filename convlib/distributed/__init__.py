"""Convolutions of images larger than a machine: Dask arrays in, Dask arrays out.

The one package of convlib that knows Dask, which it needs: ``pip install 'convlib[distributed]'``.
"""

try:
    import dask.array  # noqa: F401
except ImportError as error:
    raise ImportError(
        "convlib.distributed needs Dask with arrays: pip install 'convlib[distributed]', or "
        "'dask[array,distributed]'"
    ) from error

from convlib.distributed.convolve import conv2d, price, stack
from convlib.distributed.layers import Layer
from convlib.distributed.prices import Price
from convlib.distributed.results import Measured, measured

__all__ = ["Layer", "Measured", "Price", "conv2d", "measured", "price", "stack"]

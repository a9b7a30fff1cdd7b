"""A convolution with its weights, and what becomes of it for an image of known shape."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import dask
import numpy as np

from convlib.arguments import checks, geometry, paddings
from convlib.fast import choice
from convlib.kernels.size_rules import window_span


@dataclass(frozen=True, eq=False)
class Layer:
    """A convolution with its weights, for :func:`stack`.

    Parameters
    ----------
    weight : array_like, shape (C_out, C_in / groups, kH, kW)
        Kernels.
    bias, stride, padding, dilation, groups, pad_value, algorithm : optional
        As in :func:`convlib.conv2d`.
    activation : callable, optional
        Called with the layer's output, or a piece of it, an ndarray; returns an array of the same
        shape and dtype. It has to treat each number by itself, as ``numpy.tanh`` does: a piece is
        not the whole. It is sent to the workers, so it must be one that pickle can send.

    Raises
    ------
    TypeError, ValueError
        If a value is illegal by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib.distributed import Layer
    >>> Layer(np.ones((8, 3, 3, 3)), padding="same", activation=np.tanh).stride
    (1, 1)
    """

    weight: Any
    bias: Any = None
    stride: int | tuple[int, int] = 1
    padding: int | tuple | str = 0
    dilation: int | tuple[int, int] = 1
    groups: int = 1
    pad_value: float = 0.0
    activation: Callable | None = field(default=None, kw_only=True)
    algorithm: str = field(default="auto", kw_only=True)

    def __post_init__(self):
        legal = {
            "weight": _present("weight", self.weight, 4),
            "bias": None if self.bias is None else _present("bias", self.bias, 1),
            "stride": checks.pair("stride", self.stride, 1),
            "padding": paddings.canonical(self.padding),
            "dilation": checks.pair("dilation", self.dilation, 1),
            "groups": checks.integer("groups", self.groups, 1),
        }
        if self.activation is not None and not callable(self.activation):
            kind = type(self.activation).__name__
            raise TypeError(
                f"activation={self.activation!r} is of type {kind}; legal are None and a function"
            )
        if self.algorithm not in choice.NAMES:
            names = ", ".join(repr(name) for name in choice.NAMES)
            raise ValueError(f"algorithm={self.algorithm!r} is not known; legal values are {names}")
        for name, value in legal.items():
            object.__setattr__(self, name, value)


def _present(name, value, ndim):
    """Return an array that is at hand; converting a lazy one would compute it."""
    if dask.is_dask_collection(value):
        raise TypeError(
            f"{name} is a {type(value).__name__} that is not computed; legal is an array, such as "
            f"{name}.compute(): all workers get all of it"
        )
    return checks.array(name, value, (ndim,))


@dataclass(frozen=True, eq=False)
class Resolved:
    """A layer for images of one shape: all its numbers known, its way to compute chosen.

    Attributes
    ----------
    algorithms : tuple of str
        What the whole image in one piece would be tried with, in this order. A piece is convolved
        in the same way, whatever would be fastest for it: its sums have to be the same.
    unit : (int, int)
        Outputs that are computed together, down and across: pieces begin at multiples of it.
    """

    weight: np.ndarray
    bias: np.ndarray | None
    stride: tuple[int, int]
    ends: tuple[tuple[int, int], tuple[int, int]]
    dilation: tuple[int, int]
    groups: int
    pad_value: float
    activation: Callable | None
    algorithms: tuple[str, ...]
    unit: tuple[int, int]
    in_size: tuple[int, int]
    out_size: tuple[int, int]
    dtype: np.dtype

    @property
    def span(self):
        """Return the pixels from the first to the last one that a window reads, (h, w)."""
        return tuple(map(window_span, self.weight.shape[2:], self.dilation))


def resolved(layer, shape, dtype):
    """Return a `Layer` as a `Resolved` one, for an image of `shape` and `dtype`."""
    weight, bias = layer.weight, layer.bias
    groups, stride, dilation, ends, size = geometry.resolve(
        shape, weight.shape, None if bias is None else bias.shape,
        layer.stride, layer.padding, layer.dilation, layer.groups,
    )  # fmt: skip
    arrays = [np.empty(0, dtype), weight] if bias is None else [np.empty(0, dtype), weight, bias]
    result = checks.common_float(*arrays)
    algorithms = (layer.algorithm,)
    if layer.algorithm == "auto":
        samples = 1 if len(shape) == 3 else shape[0]
        best = choice.choose(weight.shape, groups, (samples, len(weight), *size), stride)
        algorithms = tuple(dict.fromkeys((*best, "direct")))
    # Winograd's pieces have 4 x 4 outputs, in each of the phases of a dilation.
    four = layer.algorithm == "winograd"
    unit = (4 * dilation[0], 4 * dilation[1]) if four else (1, 1)
    return Resolved(
        weight, bias, stride, ends, dilation, groups, checks.pad_value(layer.pad_value, result),
        layer.activation, algorithms, unit, tuple(shape[-2:]), size, result,
    )  # fmt: skip

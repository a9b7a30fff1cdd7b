"""What layers and networks cost: multiply-accumulates, parameters and bytes."""

from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np

from convlib import network_steps
from convlib.blocks import BatchNorm2d, Flatten
from convlib.kernels import cost_rules
from convlib.layer import Conv2d


@dataclass(frozen=True)
class Cost:
    """The cost of computing one image. Costs add up: ``sum(costs, Cost())``.

    Attributes
    ----------
    macs : int
        Multiply-accumulates (MACs) of convolutions and fully connected layers; 1 MAC = 2 FLOPs.
        Biases, batch normalisation, activations, poolings and residual additions are not counted.
    params : int
        Learnt numbers: weights, biases, and the scales and offsets of batch normalisation.
    input_bytes, output_bytes : int
        Activations read and written, each layer by itself: an activation that one layer writes
        and the next reads counts in both. Padding is not stored; batch normalisation, activation
        functions, residual additions, concatenation and flattening happen in place.
    weight_bytes : int
        All parameters, read once.
    """

    macs: int = 0
    params: int = 0
    input_bytes: int = 0
    output_bytes: int = 0
    weight_bytes: int = 0

    @property
    def flops(self):
        """Floating-point operations (FLOPs): two for each MAC."""
        return 2 * self.macs

    @property
    def activation_bytes(self):
        """Bytes of activations read and written."""
        return self.input_bytes + self.output_bytes

    @property
    def bytes(self):
        """Bytes that pass through memory if no activation or weight is found in a cache."""
        return self.activation_bytes + self.weight_bytes

    @property
    def intensity(self):
        """Arithmetic intensity, in FLOPs per byte; the x axis of a roofline.

        References
        ----------
        S. Williams, A. Waterman and D. Patterson, "Roofline: an insightful visual performance
        model for multicore architectures", Communications of the ACM, 2009.
        """
        return cost_rules.intensity(self.macs, self.bytes)

    def __add__(self, other):
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def conv2d_cost(layer, input_size, dtype="float32"):
    """Return the cost of one convolution.

    Parameters
    ----------
    layer : Conv2d
        The layer's description.
    input_size : int, (int, int) or (int, int, int)
        Height and width of its input in pixels, or (C, H, W).
    dtype : dtype, default 'float32'
        Type of activations and weights, which fixes their bytes: 4 for float32.

    Returns
    -------
    Cost
        MACs, parameters and bytes for one image.

    Raises
    ------
    TypeError, ValueError
        If `layer` is not a Conv2d, `dtype` not a dtype, or the layer does not fit the size.

    References
    ----------
    The lecture's O(W H w h C1 C2 / g), with W and H those of the output.

    Examples
    --------
    >>> from convlib import Conv2d, conv2d_cost
    >>> cost = conv2d_cost(Conv2d(3, 16, 3, padding=1), 224)
    >>> cost.macs, cost.flops, cost.params
    (21676032, 43352064, 448)
    >>> cost.input_bytes, cost.output_bytes, cost.weight_bytes
    (602112, 3211264, 1792)
    >>> round(cost.intensity, 1)
    11.4
    """
    if not isinstance(layer, Conv2d):
        raise TypeError(f"layer={layer!r} is of type {type(layer).__name__}; legal is a Conv2d")
    return network_cost(layer, input_size, dtype)


def network_cost(layers, input_size, dtype="float32"):
    """Return the cost of a network: the sum over its layers, including those of all branches.

    Parameters
    ----------
    layers : layer, or sequence of layers or of (name, layer) pairs
        A network, as in :mod:`convlib.networks`.
    input_size : int, (int, int) or (int, int, int)
        Height and width of the image in pixels, or (C, H, W). The channels must be given if no
        convolution or normalisation names them.
    dtype : dtype, default 'float32'
        Type of activations and weights.

    Returns
    -------
    Cost
        MACs, parameters and bytes for one image.

    Raises
    ------
    TypeError
        If `layers` is not made of layers, or `dtype` is not a dtype.
    ValueError
        If a layer does not fit the shape that reaches it; the message begins with its name. Or
        if the image's channels are neither given nor named.

    Examples
    --------
    >>> from convlib import Linear, network_cost, networks
    >>> network_cost(networks.resnet18(), 224).macs
    1814073344
    >>> network_cost([Linear(784, 256), Linear(256, 10)], (1, 28, 28)).macs
    203264
    """
    itemsize = _itemsize(dtype)
    return sum(
        (step_cost(step, itemsize) for step in network_steps.steps(layers, input_size)), Cost()
    )


def step_cost(step, itemsize):
    """Return the cost of one step of a walk, for numbers of `itemsize` bytes."""
    params = step.layer.params
    in_place = isinstance(step.layer, (BatchNorm2d, Flatten))
    return Cost(
        macs=step.layer.macs(step.input_shape[1:]),
        params=params,
        input_bytes=0 if in_place else cost_rules.tensor_bytes(*step.input_shape, itemsize),
        output_bytes=0 if in_place else cost_rules.tensor_bytes(*step.output_shape, itemsize),
        weight_bytes=params * itemsize,
    )


def _itemsize(dtype):
    """Return the bytes of a number; None, which NumPy takes as float64, is refused."""
    legal = "legal are NumPy's of integers and floats, such as 'float32' or 'int8'"
    try:
        number = np.dtype(dtype if dtype is not None else "None")
    except TypeError:
        raise TypeError(f"dtype={dtype!r} is not a dtype; {legal}") from None
    if number.kind not in "fiu":
        raise TypeError(f"dtype={dtype!r} is not a dtype of real numbers; {legal}")
    return number.itemsize


class Variant(NamedTuple):
    """One way to connect channels: its layers, the channels it makes, and its cost."""

    name: str
    layers: tuple[Conv2d, ...]
    out_channels: int
    cost: Cost


def compare_convolutions(
    in_channels,
    out_channels,
    kernel_size,
    input_size,
    groups,
    stride=1,
    padding="same_upper",
    bias=False,
    dtype="float32",
):
    """Compare vanilla, grouped, depthwise, and depthwise followed by 1 × 1 convolution.

    All four have the same kernel size, stride and padding, and so the same output size. All but
    the third make C2 = `out_channels` channels. A depthwise convolution by itself keeps the
    number of channels, so the third makes C1 = `in_channels`, whatever C2 is: with C2
    different from C1 it is a part of the fourth, and not a replacement for the first.

    Parameters
    ----------
    in_channels, out_channels : int
        C1 and C2.
    kernel_size : int or (int, int)
        h and w.
    input_size : int or (int, int)
        Height and width of the input in pixels.
    groups : int
        g of the grouped convolution; must divide both channel counts.
    stride, padding : optional
        As in :class:`Conv2d`; those of the 1 × 1 convolution are 1 and 0.
    bias : bool, default False
        Whether every layer has biases.
    dtype : dtype, default 'float32'
        Type of activations and weights.

    Returns
    -------
    list of Variant
        Named 'vanilla', 'grouped', 'depthwise' and 'depthwise + 1 × 1'.

    Raises
    ------
    TypeError, ValueError
        If a value is illegal by itself or does not fit the others.

    References
    ----------
    Howard et al., "MobileNets", 2017, equations 2 to 5: depthwise + 1 × 1 takes
    1 / C2 + 1 / (h w) of the vanilla MACs.

    Examples
    --------
    >>> from convlib import compare_convolutions
    >>> for variant in compare_convolutions(512, 512, 3, 14, groups=32):
    ...     print(f"{variant.name:17} {variant.cost.macs:11,} MACs")
    vanilla           462,422,016 MACs
    grouped            14,450,688 MACs
    depthwise             903,168 MACs
    depthwise + 1 × 1  52,283,392 MACs
    """
    spatial = {"stride": stride, "padding": padding}
    grouped = Conv2d(in_channels, out_channels, kernel_size, **spatial, groups=groups, bias=bias)
    sizes = (*grouped.kernel_size, grouped.in_channels, grouped.out_channels, grouped.groups)
    variants = []
    for variant, name in enumerate(cost_rules.VARIANTS):
        layers = []
        for index in range(cost_rules.variant_length(variant)):
            kh, kw, c1, c2, g = cost_rules.variant_layer(variant, index, *sizes)
            first = spatial if index == 0 else {}
            layers.append(Conv2d(c1, c2, (kh, kw), **first, groups=g, bias=bias))
        cost = network_cost(layers, input_size, dtype)
        variants.append(Variant(name, tuple(layers), layers[-1].out_channels, cost))
    return variants

"""What a network has besides convolutions and poolings: normalisation and classifiers."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from convlib.arguments import checks


@dataclass(frozen=True)
class BatchNorm2d:
    """Batch normalisation: two parameters for each channel, a scale and an offset.

    Its running mean and variance are not learnt, so they are not parameters here (nor in
    PyTorch; Keras prints them as "non-trainable params"). At inference all four fold into the
    convolution before it, which is why it adds neither MACs nor activations to a cost.

    Parameters
    ----------
    num_features : int
        Number of channels.

    Examples
    --------
    >>> from convlib.blocks import BatchNorm2d
    >>> BatchNorm2d(64).params
    128
    """

    num_features: int

    def __post_init__(self):
        object.__setattr__(
            self, "num_features", checks.integer("num_features", self.num_features, 1)
        )

    def output_shape(self, input_shape):
        """Return `input_shape`, (C, H, W), after a check of C."""
        if input_shape[0] != self.num_features:
            raise ValueError(
                f"num_features={self.num_features} does not fit an input of {input_shape[0]} "
                f"channels; legal is num_features={input_shape[0]}"
            )
        return tuple(input_shape)

    def macs(self, input_size):
        """Return 0: folded into the convolution before it."""
        return 0

    @property
    def params(self):
        """Number of scales and offsets."""
        return 2 * self.num_features


@dataclass(frozen=True)
class Flatten:
    """A map of shape (C, H, W) as a row of C * H * W features, PyTorch's ``nn.Flatten``.

    The numbers stay where they are, so it costs nothing. Its output has shape (C * H * W, 1, 1),
    like that of a :class:`Linear`, and ends the part of a network that has a receptive field.

    Examples
    --------
    >>> from convlib.blocks import Flatten
    >>> from convlib import Linear, network_cost
    >>> Flatten().output_shape((512, 7, 7))
    (25088, 1, 1)
    >>> network_cost([Flatten(), Linear(784, 256), Linear(256, 10)], (1, 28, 28)).macs
    203264
    """

    params: ClassVar[int] = 0

    def output_shape(self, input_shape):
        """Return (C * H * W, 1, 1) for an input of shape (C, H, W)."""
        return (prod(input_shape), 1, 1)

    def macs(self, input_size):
        """Return 0: nothing is computed."""
        return 0


@dataclass(frozen=True)
class Linear:
    """A fully connected layer, which flattens what it is given: a :class:`Flatten` is built in.

    PyTorch's ``nn.Linear`` acts on the last axis alone, and needs ``nn.Flatten`` before it. Here
    a :class:`Flatten` is optional: it changes neither costs nor shapes.

    Parameters
    ----------
    in_features, out_features : int
        Numbers in and out; an input of shape (C, H, W) has C * H * W.
    bias : bool, default True
        Whether each output has a bias.

    Raises
    ------
    TypeError, ValueError
        If a value is illegal, or, in :meth:`output_shape`, does not fit the input.

    Examples
    --------
    >>> from convlib import Linear
    >>> Linear(2048, 1000).params
    2049000
    >>> Linear(25088, 4096).output_shape((512, 7, 7))
    (4096, 1, 1)
    """

    in_features: int
    out_features: int
    bias: bool = True

    def __post_init__(self):
        for name in ("in_features", "out_features"):
            object.__setattr__(self, name, checks.integer(name, getattr(self, name), 1))
        if not isinstance(self.bias, bool):
            raise TypeError(f"bias={self.bias!r}; legal values are True and False")

    def output_shape(self, input_shape):
        """Return (out_features, 1, 1) for an input of shape (C, H, W)."""
        features = prod(input_shape)
        if features != self.in_features:
            raise ValueError(
                f"in_features={self.in_features} does not fit an input of shape "
                f"{tuple(input_shape)}; legal is in_features={features}"
            )
        return (self.out_features, 1, 1)

    def macs(self, input_size):
        """Return the multiply-accumulates (MACs) for one image; 1 MAC = 2 FLOPs."""
        return self.in_features * self.out_features

    @property
    def params(self):
        """Number of weights and biases."""
        return self.out_features * (self.in_features + int(self.bias))

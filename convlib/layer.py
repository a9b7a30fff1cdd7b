"""The description of a convolution layer, without weights."""

from dataclasses import dataclass

from convlib.arguments import checks, paddings
from convlib.kernels import cost_rules
from convlib.shape import conv2d_output_size


@dataclass(frozen=True)
class Conv2d:
    """A convolution layer's hyperparameters, in the order of PyTorch's ``nn.Conv2d``.

    Parameters
    ----------
    in_channels, out_channels : int
        C1 and C2.
    kernel_size : int or (int, int)
        h and w, in pixels. Kept as a pair, as are `stride` and `dilation`.
    stride, padding, dilation : optional
        As in :func:`conv2d_output_size`. Numeric padding is kept as
        ((top, bottom), (left, right)).
    groups : int, default 1
        g; must divide both channel counts.
    bias : bool, default True
        Whether each output channel has a bias.

    Raises
    ------
    TypeError, ValueError
        If a value is illegal by itself or does not fit the others.

    References
    ----------
    The lecture's "Hyperparameters of Convolutions".

    Examples
    --------
    >>> from convlib import Conv2d
    >>> stem = Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
    >>> stem.output_size(224)
    (112, 112)
    >>> stem.macs(224)
    118013952
    >>> stem.params
    9408
    """

    in_channels: int
    out_channels: int
    kernel_size: int | tuple[int, int]
    stride: int | tuple[int, int] = 1
    padding: int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]] | str = 0
    dilation: int | tuple[int, int] = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self):
        legal = {
            "in_channels": checks.integer("in_channels", self.in_channels, 1),
            "out_channels": checks.integer("out_channels", self.out_channels, 1),
            "kernel_size": checks.pair("kernel_size", self.kernel_size, 1),
            "stride": checks.pair("stride", self.stride, 1),
            "padding": paddings.canonical(self.padding),
            "dilation": checks.pair("dilation", self.dilation, 1),
        }
        legal["groups"] = checks.channels_and_groups(
            legal["in_channels"], legal["out_channels"], self.groups
        )
        if not isinstance(self.bias, bool):
            raise TypeError(f"bias={self.bias!r}; legal values are True and False")
        if legal["padding"] == "same" and legal["stride"] != (1, 1):
            raise ValueError(
                f"padding='same' needs stride=1, got stride={legal['stride']}; "
                "'same_upper' and 'same_lower' are legal at other strides"
            )
        for name, value in legal.items():
            object.__setattr__(self, name, value)

    def output_size(self, input_size):
        """Return (oh, ow) in pixels for an input of `input_size` pixels, an int or (H, W)."""
        return conv2d_output_size(
            input_size, self.kernel_size, self.stride, self.padding, self.dilation
        )

    def output_shape(self, input_shape):
        """Return (C_out, oh, ow) for an input of shape (C_in, H, W)."""
        channels, height, width = input_shape
        if channels != self.in_channels:
            raise ValueError(
                f"in_channels={self.in_channels} does not fit an input of {channels} channels; "
                f"legal is in_channels={channels}"
            )
        return (self.out_channels, *self.output_size((height, width)))

    def macs(self, input_size):
        """Return the multiply-accumulates (MACs) for one image; 1 MAC = 2 FLOPs.

        Each of the oh * ow * C_out outputs sums h * w * C_in / groups products. The bias, one
        addition per output, is not counted.
        """
        return cost_rules.conv2d_macs(
            *self.output_size(input_size),
            *self.kernel_size,
            self.in_channels,
            self.out_channels,
            self.groups,
        )

    @property
    def params(self):
        """Number of weights and biases."""
        return cost_rules.conv2d_params(
            *self.kernel_size, self.in_channels, self.out_channels, self.groups, int(self.bias)
        )

"""Descriptions of pooling layers: windows without weights."""

from dataclasses import dataclass, field
from typing import ClassVar

from convlib.arguments import checks, paddings
from convlib.arguments.geometry import resolved_output_size
from convlib.kernels.size_rules import window_span


class _Pool2d:
    """What the two window poolings share. Channels pass through, nothing is learnt."""

    params: ClassVar[int] = 0

    def __post_init__(self):
        kernel_size = checks.pair("kernel_size", self.kernel_size, 1)
        stride = kernel_size if self.stride is None else checks.pair("stride", self.stride, 1)
        padding = paddings.canonical(self.padding)
        dilation = checks.pair("dilation", self.dilation, 1)
        if padding == "same" and stride != (1, 1):
            raise ValueError(
                f"padding='same' needs stride=1, got stride={stride}; "
                "'same_upper' and 'same_lower' are legal at other strides"
            )
        if not isinstance(padding, str):
            for axis in (0, 1):
                half = window_span(kernel_size[axis], dilation[axis]) // 2
                if max(padding[axis]) > half:
                    raise ValueError(
                        f"padding={self.padding!r} is more than half of the window, so that an "
                        f"output could see padding only; legal values are 0 to {half}"
                    )
        if not isinstance(self.ceil_mode, bool):
            raise TypeError(f"ceil_mode={self.ceil_mode!r}; legal values are True and False")
        object.__setattr__(self, "kernel_size", kernel_size)
        object.__setattr__(self, "stride", stride)
        object.__setattr__(self, "padding", padding)
        object.__setattr__(self, "dilation", dilation)

    def output_size(self, input_size):
        """Return (oh, ow) in pixels for an input of `input_size` pixels, an int or (H, W)."""
        size = checks.pair("input_size", input_size, 1)
        window = (self.kernel_size, self.stride)
        ends = paddings.resolve(self.padding, size, *window, self.dilation)
        return resolved_output_size(size, *window, ends, self.dilation, self.ceil_mode)

    def output_shape(self, input_shape):
        """Return (C, oh, ow) for an input of shape (C, H, W)."""
        channels, height, width = input_shape
        return (channels, *self.output_size((height, width)))

    def macs(self, input_size):
        """Return 0: comparisons and additions, but no multiply-accumulates (MACs)."""
        return 0


@dataclass(frozen=True)
class MaxPool2d(_Pool2d):
    """A max-pooling layer's hyperparameters, in the order of PyTorch's ``nn.MaxPool2d``.

    Parameters
    ----------
    kernel_size : int or (int, int)
        h and w, in pixels. Kept as a pair, as are `stride` and `dilation`.
    stride : int or (int, int), optional
        The kernel size unless given.
    padding, dilation : optional
        As in :func:`conv2d_output_size`; numeric padding may be at most half of the window. For
        this rule PyTorch ignores the window's dilation, and refuses ``MaxPool2d(3, padding=2,
        dilation=2)``, which is legal here; it accepts neither words nor ends that differ.
    ceil_mode : bool, default False
        Whether sizes round up: a last window may run past the padded input, if it starts inside
        the input or the padding before it. What lies past the padded input is not counted.

    Raises
    ------
    TypeError, ValueError
        If a value is illegal by itself or does not fit the others.

    Examples
    --------
    >>> from convlib import MaxPool2d
    >>> MaxPool2d(2).output_size(7)
    (3, 3)
    >>> MaxPool2d(2, ceil_mode=True).output_size(7)
    (4, 4)
    >>> MaxPool2d(3, stride=2, padding=1).output_shape((64, 112, 112))
    (64, 56, 56)
    """

    kernel_size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    padding: int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]] | str = 0
    dilation: int | tuple[int, int] = 1
    ceil_mode: bool = field(default=False, kw_only=True)  # PyTorch has return_indices before it


@dataclass(frozen=True)
class AvgPool2d(_Pool2d):
    """An average-pooling layer's hyperparameters, in the order of PyTorch's ``nn.AvgPool2d``.

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode
        As in :class:`MaxPool2d`, and as PyTorch takes them.

    Raises
    ------
    TypeError, ValueError
        If a value is illegal by itself or does not fit the others.

    Examples
    --------
    >>> from convlib.pool import AvgPool2d
    >>> AvgPool2d(7).output_shape((1024, 7, 7))
    (1024, 1, 1)
    """

    kernel_size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    padding: int | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]] | str = 0
    ceil_mode: bool = False
    dilation: ClassVar[tuple[int, int]] = (1, 1)


@dataclass(frozen=True)
class AdaptiveAvgPool2d:
    """Average any input down to `output_size`; 1, the usual value, is global pooling.

    Its windows depend on the input's size and together cover all of it, so it ends the part of
    a network that has a receptive field.

    Parameters
    ----------
    output_size : int or (int, int)
        Height and width of the output.

    Raises
    ------
    TypeError, ValueError
        If `output_size` is not made of positive integers.

    Examples
    --------
    >>> from convlib.pool import AdaptiveAvgPool2d
    >>> AdaptiveAvgPool2d(1).output_shape((2048, 7, 7))
    (2048, 1, 1)
    """

    output_size: int | tuple[int, int]
    params: ClassVar[int] = 0

    def __post_init__(self):
        object.__setattr__(self, "output_size", checks.pair("output_size", self.output_size, 1))

    def output_shape(self, input_shape):
        """Return (C, oh, ow) for an input of shape (C, H, W)."""
        return (input_shape[0], *self.output_size)

    def macs(self, input_size):
        """Return 0: additions, but no multiply-accumulates (MACs)."""
        return 0

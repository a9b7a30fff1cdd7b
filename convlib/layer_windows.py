"""The window of one layer of a network: whether it has one, its padding and its output size."""

from convlib.arguments import paddings
from convlib.blocks import Flatten, Linear
from convlib.kernels.size_rules import ceil_after
from convlib.pool import AdaptiveAvgPool2d


def has_window(layer):
    """Whether a layer is a convolution or a window pooling."""
    return hasattr(layer, "kernel_size")


def resolved_padding(layer, input_size, name):
    """Return ((top, bottom), (left, right)); only above stride 1 may they need `input_size`.

    What `ceil_mode` adds is padding after the input.
    """
    ceil_mode = getattr(layer, "ceil_mode", False)
    if input_size is None and layer.stride != (1, 1):
        if layer.padding in ("same_upper", "same_lower"):
            raise ValueError(
                f"{name}: padding={layer.padding!r} at stride={layer.stride} depends on the "
                "input's size; give input_size"
            )
        if ceil_mode:
            raise ValueError(
                f"{name}: how far ceil_mode=True at stride={layer.stride} runs past the input "
                "depends on the input's size; give input_size"
            )
    size = input_size or (1, 1)
    axes = (size, layer.kernel_size, layer.stride)
    ends = paddings.resolve(layer.padding, *axes, layer.dilation)
    if not ceil_mode or input_size is None:
        return ends
    return tuple(
        (before, ceil_after(*axis, before, after, dilation))
        for *axis, (before, after), dilation in zip(*axes, ends, layer.dilation, strict=True)
    )


def size_behind(layer, size, name):
    """Return a layer's output size (oh, ow) for `size`; one without windows may keep it."""
    if isinstance(layer, AdaptiveAvgPool2d):
        return layer.output_size
    if isinstance(layer, (Flatten, Linear)):
        return (1, 1)
    if not has_window(layer):
        return size
    try:
        return layer.output_size(size)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None

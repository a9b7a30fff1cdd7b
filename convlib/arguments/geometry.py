"""The numbers of a convolution: checked, the padding in pixels, and the output's size."""

import functools

from convlib.arguments import checks, paddings
from convlib.kernels.size_rules import ceil_after, output_length, window_span


def resolve(x_shape, w_shape, b_shape, stride, padding, dilation, groups):
    """Return (groups, stride, dilation, ends, output size) of a legal convolution.

    x_shape is (N, C_in, H, W), or without N; b_shape is None without a bias. `ends` is the padding
    ((top, bottom), (left, right)), all pairs are (h, w).
    """
    # A layer is computed many times, and checking its numbers takes as long as a small layer.
    # Only exact integers are cached: True and 1.0 would be found under the key 1, but are illegal.
    if type(stride) is type(padding) is type(dilation) is type(groups) is int:
        return _remembered(x_shape, w_shape, b_shape, stride, padding, dilation, groups)
    return _resolve(x_shape, w_shape, b_shape, stride, padding, dilation, groups)


def _resolve(x_shape, w_shape, b_shape, stride, padding, dilation, groups):
    groups = _check_shapes(x_shape, w_shape, b_shape, groups)
    stride = checks.pair("stride", stride, 1)
    dilation = checks.pair("dilation", dilation, 1)
    input_size, kernel_size = x_shape[-2:], w_shape[2:]
    ends = paddings.resolve(paddings.canonical(padding), input_size, kernel_size, stride, dilation)
    size = resolved_output_size(input_size, kernel_size, stride, ends, dilation)
    return groups, stride, dilation, ends, size


_remembered = functools.lru_cache(maxsize=256)(_resolve)


def _check_shapes(x_shape, w_shape, b_shape, groups):
    """Raise ValueError where input, weight and bias do not fit; return `groups` as an int."""
    if 0 in x_shape[-3:]:
        raise ValueError(f"input has shape {x_shape}; only the batch may have length 0")
    if 0 in w_shape:
        raise ValueError(f"weight has shape {w_shape}; every length must be at least 1")
    in_channels = x_shape[-3]
    groups = checks.channels_and_groups(in_channels, w_shape[0], groups)
    if w_shape[1] != in_channels // groups:
        raise ValueError(
            f"weight has shape {w_shape}, made for {w_shape[1]} input channels a group; with "
            f"in_channels={in_channels} and groups={groups} legal is weight.shape[1]="
            f"{in_channels // groups}"
        )
    if b_shape is not None and b_shape != w_shape[:1]:
        raise ValueError(f"bias has shape {b_shape}; legal is {w_shape[:1]}, one a kernel")
    return groups


def resolved_output_size(input_size, kernel_size, stride, ends, dilation, ceil_mode=False):
    """Return (oh, ow) for pairs (h, w) and padding ((top, bottom), (left, right))."""
    outputs = []
    for axis, name in enumerate(("height", "width")):
        size, kernel, spread = input_size[axis], kernel_size[axis], dilation[axis]
        before, after = ends[axis]
        padded = most = size + before + after
        if ceil_mode:
            after = ceil_after(size, kernel, stride[axis], before, after, spread)
            most += stride[axis] - 1
        length = output_length(size, kernel, stride[axis], before, after, spread)
        if length == 0:
            raise ValueError(
                f"kernel_size={kernel} with dilation={spread} spans {window_span(kernel, spread)} "
                f"pixels, more than the padded input's {name} of {padded}; "
                f"legal spans are 1 to {most}"
            )
        outputs.append(length)
    return tuple(outputs)

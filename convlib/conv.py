"""Convolutions on arrays: coerce, validate, allocate, dispatch."""

import numpy as np

from convlib.arguments import checks, geometry, paddings
from convlib.fast import choice


def conv2d(
    input,
    weight,
    bias=None,
    stride=1,
    padding=0,
    dilation=1,
    groups=1,
    pad_value=0.0,
    algorithm="auto",
):
    r"""Convolve images with a bank of kernels, in the sense of deep learning.

    Like every deep-learning library this computes the *cross-correlation*: the kernel is not
    flipped. With P the padded input, s the stride and d the dilation,

    .. math:: y_{c_2,i,j} = b_{c_2} + \sum_{c_1,u,v} w_{c_2,c_1,u,v}\,
              P_{c_1,\, s_h i + d_h u,\, s_w j + d_w v} ,

    where :math:`c_1` runs over the input channels in the group of :math:`c_2`.

    Parameters
    ----------
    input : array_like, shape (N, C_in, H, W) or (C_in, H, W)
        Images; N may be 0. Any memory layout. Never changed.
    weight : array_like, shape (C_out, C_in / groups, kH, kW)
        Kernels.
    bias : array_like, shape (C_out,), optional
        Added to each output channel; none means zero.
    stride, padding, dilation : optional
        As in :func:`conv2d_output_size`.
    groups : int, default 1
        Output channels in group k read only the input channels in group k.
    pad_value : float, default 0.0
        What the padding cells hold.
    algorithm : {'auto', 'direct', 'depthwise', 'im2col', 'shifted', 'winograd'}
        How to compute it. 'auto' takes whichever of the next four is fastest for the shapes;
        'direct' is the formula above as six loops; 'depthwise' (one input channel per group) reads
        the image in place, 'im2col' multiplies matrices, and 'shifted' multiplies shifted views of
        the image. They add the same products in different orders, so their results differ by
        rounding. 'winograd' (3 × 3 kernels at stride 1) needs 4 times fewer multiplications, but
        its outputs are not sums of products of what their windows read: see the notes.

    Returns
    -------
    ndarray, shape (N, C_out, oh, ow) or (C_out, oh, ow)
        float32 if every array given is float32 or float16, else float64: integers and bools
        are converted to float64, which holds integers from -2**53 to 2**53.

    Raises
    ------
    TypeError
        If an array is not real-valued (object, complex or string arrays), is masked, or cannot be
        converted to an array (a tensor on a device); or an argument is not an integer where an
        integer belongs.
    ValueError
        If shapes do not fit, `groups` does not divide both channel counts, an integer is out
        of range, the window is larger than the padded input, or the result is too large to
        address. If float64 would round an integer of an array, or the result's dtype cannot
        hold `pad_value`: it is too large, or an integer that would be rounded. If `algorithm` is
        not one of the above, or cannot compute this layer.

    Notes
    -----
    Every algorithm but 'winograd' is *local*: an output depends only on what its window reads,
    whatever lies beside it, NaN and infinity included. Of the n = C_in / groups kH kW products of
    an output, at most 128 are added at a time, then the sums of these blocks. So an output is off
    by at most

    .. math:: (\min(n, 128) + n / 64 + 4)\, u\, (|b| + \sum |w|\,|P|) ,

    with u = 2^-24 in float32 and 2^-53 in float64, if nothing over- or underflows; and integers are
    added exactly while :math:`|b| + \sum |w|\,|P|` is at most 1 / u.

    'winograd' computes 4 × 4 outputs together from a piece of 6 × 6 pixels; the first piece is at
    the corner of P. If M is the largest magnitude in the piece, in any channel (beyond P it holds
    `pad_value`), an output is off by at most

    .. math:: 860\,(\min(C, 64) + C / 64 + 28)\, u\, (|b| + M \sum |w|)

    for C input channels, and in random images by less than 250 u times that bracket. So a pixel of
    10^8 can spoil outputs beside it that do not read it. With dilation, pixels of a piece are as
    far apart as the taps.

    Besides the result it takes less than 64 MiB, or 4 MiB per thread where that is more, whatever
    the layout and dtype of the arrays, the padding and the stride, and with every algorithm. None
    copies the image or the weights as a whole: what has to be converted, padded or rearranged is
    copied a block at a time, and only the parts of an image that windows read. So `input` may be
    a memory map that is larger than the memory.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.

    Examples
    --------
    A 2 × 2 kernel of ones on a 4 × 4 image sums each of its nine windows.

    >>> import numpy as np
    >>> from convlib import conv2d
    >>> image = np.arange(16.0).reshape(1, 4, 4)
    >>> conv2d(image, np.ones((1, 1, 2, 2)))
    array([[[10., 14., 18.],
            [26., 30., 34.],
            [42., 46., 50.]]])
    """
    x = checks.array("input", input, (3, 4))
    w = checks.array("weight", weight, (4,))
    b = None if bias is None else checks.array("bias", bias, (1,))
    batched = x.ndim == 4
    samples = x if batched else x[np.newaxis]
    groups, stride, dilation, ends, size = geometry.resolve(
        x.shape, w.shape, None if b is None else b.shape, stride, padding, dilation, groups
    )
    dtype = checks.common_float(*(a for a in (x, w, b) if a is not None))
    pad_value = checks.pad_value(pad_value, dtype)
    out = checks.new_array("the output", (len(samples), len(w), *size), dtype)
    choice.convolve(algorithm, samples, w, b, stride, dilation, groups, ends, pad_value, out)
    return out if batched else out[0]


def depthwise_conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, pad_value=0.0):
    """Convolve every channel on its own: `conv2d` with as many groups as input channels.

    Parameters
    ----------
    input : array_like, shape (N, C_in, H, W) or (C_in, H, W)
        Images.
    weight : array_like, shape (C_out, 1, kH, kW)
        C_out is C_in times a channel multiplier (1 in the usual case).
    bias, stride, padding, dilation, pad_value : optional
        As in :func:`conv2d`.

    Returns
    -------
    ndarray, shape (N, C_out, oh, ow) or (C_out, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d` does.

    References
    ----------
    Howard et al., "MobileNets", 2017, section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib import depthwise_conv2d
    >>> rgb = np.ones((3, 5, 5), dtype=np.float32)
    >>> depthwise_conv2d(rgb, np.ones((3, 1, 3, 3), dtype=np.float32)).shape
    (3, 3, 3)
    """
    x = checks.array("input", input, (3, 4))
    w = checks.array("weight", weight, (4,))
    in_channels = x.shape[-3]
    if in_channels and (w.shape[0] % in_channels or w.shape[1] != 1):
        raise ValueError(
            f"weight has shape {w.shape}; with in_channels={in_channels} legal is (C_out, 1, kH, "
            f"kW) with C_out a multiple of {in_channels}"
        )
    return conv2d(x, w, bias, stride, padding, dilation, max(in_channels, 1), pad_value)


def pointwise_conv2d(input, weight, bias=None, stride=1):
    """Mix the channels of each pixel: `conv2d` with a 1 × 1 kernel.

    Parameters
    ----------
    input : array_like, shape (N, C_in, H, W) or (C_in, H, W)
        Images.
    weight : array_like, shape (C_out, C_in) or (C_out, C_in, 1, 1)
        One row of channel weights for each output channel.
    bias : array_like, shape (C_out,), optional
        Added to each output channel.
    stride : int or (int, int), default 1
        As in :func:`conv2d`.

    Returns
    -------
    ndarray, shape (N, C_out, oh, ow) or (C_out, oh, ow)

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d` does; also if the kernel is larger than 1 × 1.

    References
    ----------
    Lin, Chen and Yan, "Network in network", 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib import pointwise_conv2d
    >>> rgb = np.stack([np.full((2, 2), c) for c in (10.0, 20.0, 60.0)])
    >>> pointwise_conv2d(rgb, [[1 / 3, 1 / 3, 1 / 3]])
    array([[[30., 30.],
            [30., 30.]]])
    """
    w = checks.array("weight", weight, (2, 4))
    if w.ndim == 2:
        w = w[:, :, np.newaxis, np.newaxis]
    if w.shape[2:] != (1, 1):
        raise ValueError(
            f"weight has shape {w.shape}; a pointwise kernel has shape (C_out, C_in) or "
            "(C_out, C_in, 1, 1)"
        )
    return conv2d(input, w, bias, stride)


def pad2d(input, padding, pad_value=0.0):
    """Surround the last two axes of an array with a constant.

    Parameters
    ----------
    input : array_like, shape (N, C, H, W), (C, H, W) or (H, W)
        Images. Never changed.
    padding : int, (int, int) or ((int, int), (int, int))
        Cells to add: everywhere, (h, w), or ((top, bottom), (left, right)). Of the words that
        :func:`conv2d` knows only 'valid' is accepted: the others depend on a kernel.
    pad_value : float, default 0.0
        What the new cells hold.

    Returns
    -------
    ndarray
        A new array, float32 or float64 as in :func:`conv2d`.

    Raises
    ------
    TypeError, ValueError
        If the array is not real-valued, is masked or lacks these axes, or the padding is not
        legal; for integers and `pad_value`, as :func:`conv2d` does.

    References
    ----------
    The lecture's "Convolution With Padding": "Pad the input with a constant".

    Examples
    --------
    >>> from convlib import pad2d
    >>> pad2d([[1.0, 2.0]], ((1, 0), (0, 2)))
    array([[0., 0., 0., 0.],
           [1., 2., 0., 0.]])
    """
    x = checks.array("input", input, (2, 3, 4))
    if 0 in x.shape[-2:]:
        raise ValueError(f"input has shape {x.shape}; its height and width must be at least 1")
    dtype = checks.common_float(x)
    pad_value = checks.pad_value(pad_value, dtype)
    ends = paddings.canonical(padding)
    if isinstance(ends, str) and ends != "valid":
        raise ValueError(
            f"padding={padding!r} depends on a kernel, which pad2d does not know; legal values "
            "are an integer, a pair (h, w), ((top, bottom), (left, right)) or 'valid'"
        )
    ends = paddings.resolve(ends, x.shape[-2:], (1, 1), (1, 1), (1, 1))
    four = x[(np.newaxis,) * (4 - x.ndim)]
    padded = choice.padded(four, ends, pad_value, dtype)
    result = padded.reshape(x.shape[:-2] + padded.shape[-2:])
    return result.copy() if np.may_share_memory(result, x) else result

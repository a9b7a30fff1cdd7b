"""How large the output of a convolution is."""

import numpy as np

from convlib.arguments import checks, paddings
from convlib.arguments.geometry import resolved_output_size
from convlib.kernels import plain_loops


def conv2d_output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    r"""Return the height and width, in pixels, of a convolution's output.

    On each axis, with input size H, kernel size h, paddings p before and p' after the input,
    stride s and dilation d,

    .. math:: \left\lfloor \frac{H + p + p' - d (h - 1) - 1}{s} \right\rfloor + 1 .

    Parameters
    ----------
    input_size : int or (int, int)
        Height and width of the input in pixels; one number means both.
    kernel_size : int or (int, int)
        Height and width of the kernel.
    stride : int or (int, int), default 1
        Distance between neighbouring windows, in pixels.
    padding : int, (int, int), ((int, int), (int, int)) or str, default 0
        Cells added around the input: the same number on all sides, (h, w), or
        ((top, bottom), (left, right)); or 'valid' (none), 'same' (output as large as the input,
        stride 1 only), 'same_upper' or 'same_lower' (output ceil(H / s), ONNX's words).
    dilation : int or (int, int), default 1
        Distance between neighbouring kernel entries, in pixels.

    Returns
    -------
    (int, int)
        Height and width of the output.

    Raises
    ------
    TypeError
        If an argument is not an integer where an integer belongs (bools and floats are not).
    ValueError
        If an integer is out of range, a padding word is unknown, or the window is larger than
        the padded input.

    References
    ----------
    Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016,
    Relationship 6 (and 11 for dilation).

    Examples
    --------
    >>> from convlib import conv2d_output_size
    >>> conv2d_output_size(4, 2)
    (3, 3)
    >>> conv2d_output_size((224, 224), 7, stride=2, padding=3)
    (112, 112)
    >>> conv2d_output_size(5, 3, padding=((2, 0), (1, 1)))
    (5, 5)
    """
    input_size, kernel_size, stride, ends, dilation = _geometry(
        input_size, kernel_size, stride, padding, dilation
    )
    return resolved_output_size(input_size, kernel_size, stride, ends, dilation)


def conv2d_read_counts(input_size, kernel_size, stride=1, padding=0, dilation=1):
    """Return how many outputs read each pixel of the input.

    Parameters
    ----------
    input_size, kernel_size, stride, padding, dilation
        As in :func:`conv2d_output_size`.

    Returns
    -------
    ndarray of int64, shape (H, W)
        0 where no window reaches: content that the stride cuts off.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d_output_size` does.

    References
    ----------
    The count is a product over the axes; on each it is the number of outputs o with
    s o - p + d u equal to the pixel for some kernel entry u.

    Examples
    --------
    >>> from convlib import conv2d_read_counts
    >>> conv2d_read_counts((1, 5), (1, 3))
    array([[1, 2, 3, 2, 1]])
    >>> conv2d_read_counts((1, 5), (1, 3), padding='same')
    array([[2, 3, 3, 3, 2]])
    """
    input_size, kernel_size, stride, ends, dilation = _geometry(
        input_size, kernel_size, stride, padding, dilation
    )
    resolved_output_size(input_size, kernel_size, stride, ends, dilation)
    (top, bottom), (left, right) = ends
    counts = checks.new_array("the counts for input_size", input_size, np.int64)
    plain_loops.count_reads(
        *input_size, *kernel_size, *stride, top, bottom, left, right, *dilation, 0, 0, counts
    )
    return counts


def _geometry(input_size, kernel_size, stride, padding, dilation):
    """Return the five arguments checked: pairs (h, w), and padding in pixels."""
    input_size = checks.pair("input_size", input_size, 1)
    kernel_size = checks.pair("kernel_size", kernel_size, 1)
    stride = checks.pair("stride", stride, 1)
    dilation = checks.pair("dilation", dilation, 1)
    canonical = paddings.canonical(padding)
    ends = paddings.resolve(canonical, input_size, kernel_size, stride, dilation)
    return input_size, kernel_size, stride, ends, dilation

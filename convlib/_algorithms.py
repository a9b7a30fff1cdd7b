"""The ways to compute a convolution, and which of them `conv2d` takes."""

import numpy as np

from convlib import _checks, _kernels
from convlib._depthwise import conv2d_depthwise
from convlib._im2col import conv2d_im2col
from convlib._shifted import conv2d_shifted
from convlib._winograd import conv2d_winograd

# Each declines a layer it cannot compute by returning False; the plain loops compute any.
FAST = {
    "depthwise": conv2d_depthwise,
    "im2col": conv2d_im2col,
    "shifted": conv2d_shifted,
    "winograd": conv2d_winograd,
}
NAMES = ("auto", "direct", *FAST)

# Below so many multiply-accumulates the plain loops take a fraction of a millisecond. A reader who
# only convolves small arrays never waits for the compilation of anything else, and a student who
# changes the plain kernel sees the change.
SMALL_MACS = 1 << 18


def choose(weight_shape, groups, out_shape):
    """Return the algorithms to try, best first.

    All of them are plain sums: an output is made of the products of what its window reads, and of
    nothing else. Winograd's outputs are not, so it is for those who ask for it.
    """
    out_channels, group_in, *kernel = weight_shape
    samples, _, *size = out_shape
    if samples * size[0] * size[1] * out_channels * group_in * kernel[0] * kernel[1] < SMALL_MACS:
        return ("direct",)
    if group_in == 1 and groups > 1:
        return "depthwise", "shifted", "im2col"
    if kernel == [1, 1] and out_channels // groups >= 8:
        return "im2col", "shifted"
    return "shifted", "im2col"


def convolve(algorithm, x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` into `out`. All but `algorithm` was checked before."""
    if algorithm not in NAMES:
        legal = ", ".join(repr(name) for name in NAMES)
        raise ValueError(f"algorithm={algorithm!r} is not known; legal values are {legal}")
    if out.size == 0:
        return
    dtype = out.dtype
    weight = np.ascontiguousarray(weight, dtype)
    bias = np.zeros(len(weight), dtype) if bias is None else plain(bias, dtype)
    names = (algorithm,)
    if algorithm == "auto":
        names = choose(weight.shape, groups, out.shape)
    for name in names:
        if name in FAST and FAST[name](
            x, weight, bias, stride, dilation, groups, ends, pad_value, out
        ):
            return
    if algorithm not in ("auto", "direct"):
        raise ValueError(f"algorithm={algorithm!r} cannot compute this layer; 'auto' can")
    _kernels.conv2d_direct(
        padded(x, ends, pad_value, dtype),
        plain(weight, dtype),
        bias,
        *stride,
        *dilation,
        groups,
        out,
    )


def padded(x, ends, value, dtype):
    """Return `x` (N, C, H, W) padded, as a plain array of `dtype`; `x` itself if that it is."""
    (top, bottom), (left, right) = ends
    x = plain(x, dtype)
    if not (top or bottom or left or right):
        return x
    samples, channels, height, width = x.shape
    shape = (samples, channels, height + top + bottom, width + left + right)
    out = _checks.new_array("the padded input", shape, dtype)
    _kernels.pad(x, top, left, dtype.type(value), out)
    return out


def plain(a, dtype):
    """Return `a` C-contiguous, aligned, native, writable and of `dtype`: one type for Numba."""
    if a.dtype == dtype and a.dtype.isnative and a.flags.carray:
        return a
    return np.require(a, dtype, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])

"""The ways to compute a convolution, and which of them `conv2d` takes."""

from convlib.arguments import checks
from convlib.fast import array_memory, layer_blocks
from convlib.fast.depthwise import conv2d_depthwise
from convlib.fast.im2col import conv2d_im2col
from convlib.fast.shifted import conv2d_shifted
from convlib.fast.winograd import conv2d_winograd
from convlib.kernels import plain_loops

# Each declines a layer it cannot compute by returning False; the plain loops compute any.
FAST = {
    "depthwise": conv2d_depthwise,
    "im2col": conv2d_im2col,
    "shifted": conv2d_shifted,
    "winograd": conv2d_winograd,
}
NAMES = ("auto", "direct", *FAST)

# Below this many multiply-accumulates the plain loops take a fraction of a millisecond. A reader
# who only convolves small arrays never waits for anything else to compile, and a student who
# changes the plain kernel sees the change.
SMALL_MACS = 1 << 18


def choose(weight_shape, groups, out_shape, stride):
    """Return the algorithms to try, best first.

    All of them are plain sums: an output is made of the products of what its window reads, and of
    nothing else. Winograd's outputs are not, so it is used only on request.
    """
    out_channels, group_in, *kernel = weight_shape
    samples, _, *size = out_shape
    if samples * size[0] * size[1] * out_channels * group_in * kernel[0] * kernel[1] < SMALL_MACS:
        return ("direct",)
    if group_in == 1 and groups > 1:
        return "depthwise", "shifted", "im2col"
    # Without stride the matrix of such a layer is the image, which is read where it is.
    if kernel == [1, 1] and stride == (1, 1) and out_channels // groups >= 8:
        return "im2col", "shifted"
    return "shifted", "im2col"


def convolve(algorithm, x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` into `out`. All but `algorithm` has been checked before."""
    if algorithm not in NAMES:
        legal = ", ".join(repr(name) for name in NAMES)
        raise ValueError(f"algorithm={algorithm!r} is not known; legal values are {legal}")
    if out.size == 0:
        return
    names = (algorithm,)
    if algorithm == "auto":
        names = choose(weight.shape, groups, out.shape, stride)
    layer = x, weight, bias, stride, dilation, groups, ends, pad_value, out
    for name in names:
        if name in FAST:
            # Winograd's pieces have 4 x 4 outputs; the depthwise kernel knows strides 1 and 2.
            unit = (4 * dilation[0], 4 * dilation[1]) if name == "winograd" else (1, 1)
            depthwise = name == "depthwise"
            reads = _is_flat_and_narrow if depthwise else _is_flat
            if layer_blocks.convolve(FAST[name], reads, *layer, unit=unit, apart=not depthwise):
                return
    if algorithm not in ("auto", "direct"):
        raise ValueError(f"algorithm={algorithm!r} cannot compute this layer; 'auto' can")
    if not layer_blocks.convolve(_direct, _is_plain_without_padding, *layer):
        layer_blocks.convolve_by_taps(_direct, *layer)


def _direct(x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Write the convolution of `x` into `out` by the plain loops, which compute any layer."""
    image = padded(x, ends, pad_value, out.dtype)
    plain_loops.conv2d_direct(image, weight, bias, *stride, *dilation, groups, out)
    return True


def _is_plain_without_padding(x, dtype, ends):
    return ends == ((0, 0), (0, 0)) and array_memory.is_plain(x, dtype)


def _is_flat(x, dtype, ends):
    return array_memory.is_flat(x, dtype)


def _is_flat_and_narrow(x, dtype, ends):
    """Return whether the depthwise kernel can read `x`; it keeps a row of padding beside it."""
    return array_memory.is_flat(x, dtype) and x.shape[3] * dtype.itemsize <= layer_blocks.COPY_BYTES


def padded(x, ends, value, dtype):
    """Return `x` (N, C, H, W) padded, as a plain array of `dtype`; without padding `x` if plain."""
    (top, bottom), (left, right) = ends
    if not (top or bottom or left or right):
        return array_memory.plain(x, dtype)
    samples, channels, height, width = x.shape
    shape = (samples, channels, height + top + bottom, width + left + right)
    out = checks.new_array("the padded input", shape, dtype)
    if array_memory.is_plain(x, dtype):
        plain_loops.pad(array_memory.plain(x, dtype), top, left, dtype.type(value), out)
    else:
        out[...] = value
        out[:, :, top : top + height, left : left + width] = x
    return out

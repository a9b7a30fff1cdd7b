"""Oracles so plain that they are obviously right: loops over NumPy arrays, no convlib.

Everything is float64 and every argument is spelled out: pairs are (h, w), `padding` is
((top, bottom), (left, right)).
"""

import math
import statistics
from fractions import Fraction

import numpy as np


def pad2d(image, padding, pad_value=0.0):
    """Copy `image` (..., H, W) cell by cell into the middle of a larger array."""
    (top, bottom), (left, right) = padding
    height, width = image.shape[-2:]
    out = np.empty((*image.shape[:-2], top + height + bottom, left + width + right))
    out[...] = pad_value
    for i in range(height):
        for j in range(width):
            out[..., top + i, left + j] = image[..., i, j]
    return out


def window_starts(padded, kernel, stride, dilation):
    """Slide a window along an axis of `padded` cells for as long as it fits; list its starts."""
    starts = []
    start = 0
    while start + dilation * (kernel - 1) < padded:
        starts.append(start)
        start += stride
    return starts


def pool_starts(size, kernel, stride, before, after, dilation, ceil_mode):
    """List the starts of a pooling's windows on an axis, counted from the input's first pixel.

    PyTorch's `ceil_mode` adds one more window if cells are left over, it ends less than a stride
    past them, and it starts inside the input or the padding before it.
    """
    span, end = dilation * (kernel - 1) + 1, size + after
    starts, start = [], -before
    while start + span <= end:
        starts.append(start)
        start += stride
    reached = starts[-1] + span if starts else -before
    if ceil_mode and reached < end and start + span - end < stride and start < size:
        starts.append(start)
    return starts


def output_size(size, kernel, stride, padding, dilation):
    """Count the windows that fit, per axis."""
    lengths = []
    for axis in (0, 1):
        padded = padding[axis][0] + size[axis] + padding[axis][1]
        lengths.append(len(window_starts(padded, kernel[axis], stride[axis], dilation[axis])))
    return tuple(lengths)


def padded_read_counts(size, kernel, stride, padding, dilation):
    """Count for each cell of the padded input how many windows read it."""
    (top, bottom), (left, right) = padding
    counts = np.zeros((top + size[0] + bottom, left + size[1] + right), int)
    for row in window_starts(counts.shape[0], kernel[0], stride[0], dilation[0]):
        for column in window_starts(counts.shape[1], kernel[1], stride[1], dilation[1]):
            for u in range(kernel[0]):
                for v in range(kernel[1]):
                    counts[row + dilation[0] * u, column + dilation[1] * v] += 1
    return counts


def read_counts(size, kernel, stride, padding, dilation):
    """Count for each pixel of the input how many windows read it."""
    counts = padded_read_counts(size, kernel, stride, padding, dilation)
    top, left = padding[0][0], padding[1][0]
    return counts[top : top + size[0], left : left + size[1]]


def conv2d(image, weight, bias, stride, padding, dilation, groups, pad_value):
    """Cross-correlate `image` (N, C_in, H, W) with `weight`, one product at a time."""
    padded = pad2d(np.asarray(image, float), padding, pad_value)
    weight = np.asarray(weight, float)
    out_channels, group_in, kh, kw = weight.shape
    group_out = out_channels // groups
    rows = window_starts(padded.shape[2], kh, stride[0], dilation[0])
    columns = window_starts(padded.shape[3], kw, stride[1], dilation[1])
    out = np.zeros((len(padded), out_channels, len(rows), len(columns)))
    for n in range(len(padded)):
        for c2 in range(out_channels):
            group = c2 // group_out
            for i, row in enumerate(rows):
                for j, column in enumerate(columns):
                    total = 0.0 if bias is None else float(bias[c2])
                    for c1 in range(group_in):
                        for u in range(kh):
                            for v in range(kw):
                                pixel = padded[
                                    n,
                                    group * group_in + c1,
                                    row + dilation[0] * u,
                                    column + dilation[1] * v,
                                ]
                                total += weight[c2, c1, u, v] * pixel
                    out[n, c2, i, j] = total
    return out


def torch_same(kernel, dilation):
    """PyTorch's 'same' on one axis: d (k - 1) cells, the odd one at the end."""
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def onnx_same(word, size, kernel, stride, dilation):
    """ONNX's auto_pad on one axis: output ceil(size / stride), the odd cell at `word`'s end."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    small, large = total // 2, total - total // 2
    return (small, large) if word == "same_upper" else (large, small)


def same_padding(word, size, kernel, stride, dilation):
    """((top, bottom), (left, right)) for any of the words but 'same' at a stride."""
    if word == "valid":
        return (0, 0), (0, 0)
    if word == "same":
        return tuple(torch_same(k, d) for k, d in zip(kernel, dilation, strict=True))
    axes = zip(size, kernel, stride, dilation, strict=True)
    return tuple(onnx_same(word, *axis) for axis in axes)


def pixels_compared(before, after, limit, down, right):
    """List the pairs of pixels of two pictures (C, H, W) at one displacement; None if outside."""
    channels, height, width = np.shape(before)
    pairs = []
    for c in range(channels):
        for i in range(limit, height - limit):
            for j in range(limit, width - limit):
                if i + down >= len(after[c]) or j + right >= len(after[c][0]):
                    return None
                pairs.append((before[c][i][j], after[c][i + down][j + right]))
    return pairs


def best_shifts(before, after, limit, unit):
    """List all displacements with the least squared difference, the shortest first.

    `unit` 0 is for whole numbers, compared exactly; otherwise pixels that differ are off by
    `unit` times themselves, and sums tie if they could be equal.
    """
    number = float if unit else int
    before, after = (
        [[list(map(number, r)) for r in c] for c in x.tolist()] for x in (before, after)
    )
    found = {}
    for down in range(-limit, limit + 1):
        for right in range(-limit, limit + 1):
            pairs = pixels_compared(before, after, limit, down, right)
            if pairs is None:
                continue
            if unit:
                root = math.sqrt(math.fsum((a - b) ** 2 for a, b in pairs))
                error = math.fsum(max(a * a, b * b) for a, b in pairs if a != b)
                found[down, right] = root, unit * math.sqrt(error)
            else:
                found[down, right] = sum((a - b) ** 2 for a, b in pairs), 0
    least, error = min(found.values())
    # What is left of the last bits of a root that was summed exactly.
    most = least if not unit else (least + error) * (1 + 1e-14)
    ties = [shift for shift, (root, own) in found.items() if root - own <= most]
    return sorted(ties, key=lambda shift: (shift[0] ** 2 + shift[1] ** 2, shift))


def spread_of(plane, unit):
    """Return the exact mean and the standard deviation; 0 if `unit` of rounding could cause it."""
    values = [Fraction(x) for x in np.ravel(plane).tolist()]
    spread = Fraction(statistics.pstdev(values))
    return statistics.mean(values), spread if spread > unit * max(map(abs, values)) else 0


def normalise(plane, unit):
    """Give `plane` the mean 0 and the spread 1; 0 if it is constant."""
    mean, spread = spread_of(plane, unit)
    out = np.zeros(plane.shape)
    for place, x in np.ndenumerate(plane):
        if spread:
            out[place] = float((Fraction(x.item()) - mean) / spread)
    return out


def measure_activation(x, y, units):
    """Return spread and likeness of `x` (C, H, W) to `y`, from exact sums."""
    squares, other, product = [], [], []
    for a, b in zip(x, y, strict=True):
        (mean_a, spread_a), (mean_b, spread_b) = map(spread_of, (a, b), units)
        squares.append(spread_a**2)
        other.append(spread_b**2)
        if spread_a and spread_b:
            pairs = zip(np.ravel(a).tolist(), np.ravel(b).tolist(), strict=True)
            joint = [(Fraction(p) - mean_a) * (Fraction(q) - mean_b) for p, q in pairs]
            product.append(statistics.mean(joint))
    # Roots of quotients near 1: the sums themselves may be more than a float holds.
    top = max(squares)
    spread = float(Fraction(math.sqrt(sum(squares) / top / len(x))) * root(top)) if top else 0.0
    if not sum(product):
        return spread, 0.0
    both = sum(squares) * sum(other)
    sign = 1 if sum(product) > 0 else -1
    return spread, sign * math.sqrt(sum(product) ** 2 / both)


def root(square):
    """Return the root of a Fraction as one, to the last bits of a float."""
    half = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    return Fraction(math.sqrt(square / Fraction(4) ** half)) * Fraction(2) ** half

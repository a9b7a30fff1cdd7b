"""A layer computed in blocks, so that no copy of its arrays is large.

The kernels read numbers of the result's dtype; the plain loops also need the image contiguous and
padded. Data that is not stored that way is copied, but not as a whole: for an image read from a
file that may need more memory than there is. Instead it is copied a block at a time: some samples,
groups and output channels, a rectangle of outputs, and the rows and columns of the image that
their windows read. Where windows lie apart, what is between them is left out.

How a layer is cut changes no result: every output is computed in one go, from the same numbers in
the same order.
"""

import itertools

import numpy as np

from convlib.fast import array_memory

# The most bytes of a block's copy of the image; the same for the weights and for the outputs.
COPY_BYTES = 8 << 20
# The most samples times groups in one block, because some algorithms list their items of work.
PLANES = 1 << 16

# The axes along which a layer is cut.
SAMPLES, GROUPS, CHANNELS, ROWS, COLUMNS = range(5)


def convolve(
    compute, reads, x, weight, bias, stride, dilation, groups, ends, pad_value, out,
    unit=(1, 1), apart=True,
):  # fmt: skip
    """Let `compute` write a layer into `out`, whole or in blocks; return False if it declines.

    compute(x, weight, bias, stride, dilation, groups, ends, pad_value, out) gets plain weights
    and a plain bias, and returns False if it declines. reads(x, dtype, ends) tells whether it
    reads the image without copying it. Rectangles of outputs begin at multiples of `unit` (h, w).
    Unless `apart`, a block has the layer's own stride and dilation.
    """
    dtype = out.dtype
    most = COPY_BYTES // dtype.itemsize
    if _fits(x, weight, groups, ends, dtype, reads, most):
        weight, bias = array_memory.plain(weight, dtype), _plain_bias(bias, weight, dtype)
        return compute(x, weight, bias, stride, dilation, groups, ends, pad_value, out)

    group_in, *kernel = weight.shape[1:]
    group_out = len(weight) // groups
    geometry = kernel, stride, dilation, apart
    in_place = reads(x, dtype, ends)
    lengths = len(x), groups, group_out, *out.shape[2:]
    cut = _cut(
        lengths, group_in, geometry, unit,
        not in_place, not array_memory.is_plain(weight, dtype), most,
    )  # fmt: skip
    if cut is None:
        return False
    copies = np.empty((2, 0 if in_place else most), dtype)
    parts = [_ranges(*pair) for pair in zip(lengths, cut, strict=True)]
    for (g0, g1), (c0, c1) in itertools.product(parts[GROUPS], parts[CHANNELS]):
        outputs = slice(g0 * group_out + c0, (g1 - 1) * group_out + c1)
        kernels = array_memory.plain(weight[outputs], dtype)
        biases = _plain_bias(None if bias is None else bias[outputs], kernels, dtype)
        for (n0, n1), (i0, i1), (j0, j1) in itertools.product(parts[SAMPLES], *parts[ROWS:]):
            image = x[n0:n1, g0 * group_in : g1 * group_in]
            target = out[n0:n1, outputs, i0:i1, j0:j1]
            layer = stride, dilation, g1 - g0, ends
            if not in_place:
                image, steps, spread = _copy(
                    image, (i0, j0), target.shape[2:], geometry, ends, pad_value, copies[0]
                )
                layer = steps, spread, g1 - g0, ((0, 0), (0, 0))
            sums = target
            if not target.flags.c_contiguous:
                sums = copies[1, : target.size].reshape(target.shape)
            if not compute(image, kernels, biases, *layer, pad_value, sums):
                return False
            if sums is not target:
                target[...] = sums
    return True


def _fits(x, weight, groups, ends, dtype, reads, most):
    """Return whether the whole layer needs no copy of more than `most` numbers."""
    samples, channels, height, width = x.shape
    (top, bottom), (left, right) = ends
    if samples * groups > PLANES or len(weight) > most:
        return False
    room = samples * channels * (height + top + bottom) * (width + left + right)
    return (room <= most or reads(x, dtype, ends)) and (
        weight.size <= most or array_memory.is_plain(weight, dtype)
    )


def _plain_bias(bias, weight, dtype):
    """Return the bias as the kernels read it; no bias becomes zeros."""
    return np.zeros(len(weight), dtype) if bias is None else array_memory.plain(bias, dtype)


def _ranges(length, part):
    """Return the half-open ranges of at most `part` that make up 0 to `length`."""
    return [(start, min(start + part, length)) for start in range(0, length, part)]


def _cut(lengths, group_in, geometry, unit, copies_image, copies_weight, most):
    """Return the lengths of a block whose copies have at most `most` numbers; None if none has."""
    block = list(lengths)
    units = 1, 1, 1, *unit
    taps = group_in * geometry[0][0] * geometry[0][1]
    while True:
        samples, groups, channels, rows, columns = block
        longer = (ROWS, COLUMNS) if rows >= columns else (COLUMNS, ROWS)
        cells = [_copied_length(n, axis, geometry)[0] for axis, n in enumerate(block[ROWS:])]
        if samples * groups > PLANES:
            shrinking = SAMPLES, GROUPS
        elif copies_image and samples * groups * group_in * cells[0] * cells[1] > most:
            shrinking = SAMPLES, GROUPS, *longer
        elif groups * channels * (taps if copies_weight else 1) > most:
            shrinking = GROUPS, CHANNELS
            if not copies_image:
                # Some channels of one sample are contiguous; those of several samples are not.
                block[SAMPLES] = 1
        elif copies_image and samples * groups * channels * rows * columns > most:
            shrinking = SAMPLES, GROUPS, *longer, CHANNELS
        else:
            return block
        for axis in shrinking:
            if block[axis] > units[axis]:
                half = -(-block[axis] // 2)
                block[axis] = -(-half // units[axis]) * units[axis]
                break
        else:
            return None


def _copied_length(outputs, axis, geometry):
    """Return how many cells of one axis are copied for `outputs`, and their stride and dilation."""
    kernel, stride, dilation, apart = geometry
    span = (outputs - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1
    if apart and outputs * kernel[axis] < span:
        return outputs * kernel[axis], kernel[axis], 1
    return span, stride[axis], dilation[axis]


def _copy(x, first, size, geometry, ends, pad_value, memory):
    """Copy what the windows of `size` outputs from `first` on read, padding included.

    Return the copy, which is in `memory`, and the stride and dilation to read it with.
    """
    (rows, stride_h, dilation_h), (columns, stride_w, dilation_w) = (
        _copied_length(n, axis, geometry) for axis, n in enumerate(size)
    )
    shape = (*x.shape[:2], rows, columns)
    out = memory[: x.shape[0] * x.shape[1] * rows * columns].reshape(shape)
    out[...] = pad_value
    meetings = [
        list(_meetings(first[axis], size[axis], x.shape[2 + axis], ends[axis][0], axis, geometry))
        for axis in (0, 1)
    ]
    for (to_rows, from_rows), (to_columns, from_columns) in itertools.product(*meetings):
        out[:, :, to_rows, to_columns] = x[:, :, from_rows, from_columns]
    return out, (stride_h, stride_w), (dilation_h, dilation_w)


def _meetings(first, outputs, length, before, axis, geometry):
    """Yield pairs of slices, of the copied axis and of the image's, that hold the same pixels."""
    kernel, stride, dilation = (values[axis] for values in geometry[:3])
    pixel = first * stride - before
    cells, step, _ = _copied_length(outputs, axis, geometry)
    if (cells, step) != (outputs * kernel, kernel):
        yield _meet(pixel, 1, length, 0, 1, cells)
    elif outputs < kernel:
        for i in range(outputs):
            yield _meet(pixel + i * stride, dilation, length, i * kernel, 1, kernel)
    else:
        for u in range(kernel):
            yield _meet(pixel + u * dilation, stride, length, u, kernel, outputs)


def _meet(pixel, step, length, cell, gap, count):
    """Return the slices of cells cell + k gap and of pixels pixel + k step, for k < `count`.

    Only those k count for which the pixel is in the image, 0 to `length` - 1.
    """
    begin = max(-(pixel // step), 0)
    end = max(min(-((pixel - length) // step), count), begin)
    cells = slice(cell + gap * begin, cell + gap * end, gap)
    return cells, slice(pixel + step * begin, pixel + step * end, step)


def convolve_by_taps(compute, x, weight, bias, stride, dilation, groups, ends, pad_value, out):
    """Let `compute` write a layer whose windows are too large to copy even one.

    A window is then a line of taps, and so is a kernel: a 1 x 1 layer with as many channels. The
    line is cut too, and the sum of one part is the bias of the next.
    """
    dtype = out.dtype
    group_in, kh, kw = weight.shape[1:]
    group_out = len(weight) // groups
    corner = ends[0][0], ends[1][0]
    # An eighth, because the indices of the taps are arrays as well.
    parts = _ranges(group_in * kh * kw, max(COPY_BYTES // dtype.itemsize // 8, 1))
    ones = (1, 1), (1, 1), 1, ((0, 0), (0, 0))
    for n, c2, i, j in np.ndindex(out.shape):
        total = out[n : n + 1, c2 : c2 + 1, i : i + 1, j : j + 1]
        total[...] = 0 if bias is None else bias[c2]
        for begin, end in parts:
            c1, u, v = np.unravel_index(np.arange(begin, end), (group_in, kh, kw))
            kernel = np.array(weight[c2, c1, u, v], dtype).reshape(1, -1, 1, 1)
            row = i * stride[0] - corner[0] + u * dilation[0]
            column = j * stride[1] - corner[1] + v * dilation[1]
            inside = (row >= 0) & (row < x.shape[2]) & (column >= 0) & (column < x.shape[3])
            window = np.full((1, end - begin, 1, 1), pad_value, dtype)
            channel = c2 // group_out * group_in + c1[inside]
            window[0, inside, 0, 0] = x[n, channel, row[inside], column[inside]]
            compute(window, kernel, total.reshape(-1).copy(), *ones, pad_value, total)

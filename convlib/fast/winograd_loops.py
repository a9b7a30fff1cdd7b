"""The loops of :mod:`convlib.fast.winograd`, which explains them."""

from numba import njit

from convlib.fast import threads
from convlib.fast.matrix_block import block_product, rows_and_width
from convlib.fast.vectors import pointer
from convlib.fast.winograd_transform import transform, transpose


@njit(cache=True, nogil=True)
def convolve(job, *arguments):
    """Hand the items over to this thread and its helpers."""
    threads.share(job, *threads.handed(_work, arguments))


@njit(cache=True, nogil=True)
def _work(
    turn, items, x, first, strides, image, corner, pad_value, weight, bias, offsets, zeros,
    begins, lengths, out, channels, lanes, padded_channels, chunk, size, finite,
):  # fmt: skip
    """Work on items until none is left; note in `finite` which have only finite outputs."""
    strip = threads.scratch(turn, begins[0], lengths[0], out)
    pieces = threads.scratch(turn, begins[1], lengths[1], out)
    kernels = threads.scratch(turn, begins[2], lengths[2], out)
    products = threads.scratch(turn, begins[3], lengths[3], out)
    block = threads.scratch(turn, begins[4], lengths[4], out)
    i = threads.next_piece(turn)
    while i < len(items):
        strip[:] = 0
        block[:] = 0
        finite[i] = _convolve_item(
            pointer(items[i]), pointer(x), first, strides, image, corner, pad_value,
            pointer(weight), pointer(bias), pointer(offsets), offsets.size, pointer(zeros),
            pointer(strip), pointer(pieces), pointer(kernels), kernels.size // 36,
            pointer(products), pointer(block), pointer(out), channels, lanes, padded_channels,
            chunk, size,
        )  # fmt: skip
        i = threads.next_piece(turn)


@njit(cache=True, nogil=True)
def _convolve_item(
    item, x, first, strides, image, corner, pad_value, weight, bias,
    offsets, deep, zeros, strip, pieces, kernels, kernel_gap, products, block, out, channels,
    lanes, padded_channels, chunk, size,
):  # fmt: skip
    """Compute the outputs of one item; return whether all of them are finite."""
    n, r0, r1, c0, c1 = item[0], item[1], item[2], item[3], item[4]
    in_channels, out_channels = channels
    across = (size[1] + 3) // 4
    count = (r1 - r0) * across
    piece_gap = count * padded_channels + lanes
    product_gap = count * chunk + lanes
    for r in range(r0, r1):
        _gather(
            x, first + n * strides[0], strides, image, (corner[0] + 4 * r, corner[1]), pad_value,
            in_channels, padded_channels, 4 * across + 2, lanes, strip,
        )  # fmt: skip
        line = (4 * across + 2) * padded_channels
        for t in range(across):
            for c in range(0, padded_channels, lanes):
                to = ((r - r0) * across + t) * padded_channels + c
                transform(
                    "image", strip, 4 * t * padded_channels + c, line, padded_channels,
                    pieces, to, 6 * piece_gap, piece_gap,
                )  # fmt: skip
    finite = True
    for c in range(c0, c1, chunk):
        wide = min(chunk, c1 - c)
        for k0 in range(0, in_channels, deep):
            k1 = min(k0 + deep, in_channels)
            _transform_kernels(
                weight, c, wide, k0, k1, in_channels, lanes, chunk, block, kernels, kernel_gap
            )
            for f in range(36):
                _multiply(
                    pieces, f * piece_gap + k0, padded_channels, count,
                    kernels, f * kernel_gap, offsets, k1 - k0, zeros, 0 if k0 == 0 else -1,
                    products, f * product_gap, chunk, wide, lanes,
                )  # fmt: skip
        # Entry (1, 1) of the product enters every output with factor 1.
        for t in range(count):
            for v in range(wide):
                products[7 * product_gap + t * chunk + v] += bias[c + v]
        for r in range(r0, r1):
            for t in range(across):
                for v in range(0, wide, lanes):
                    transform(
                        "output", products, ((r - r0) * across + t) * chunk + v,
                        6 * product_gap, product_gap,
                        block, 4 * t * chunk + v, 4 * across * chunk, chunk,
                    )  # fmt: skip
            if not _finite(block, 16 * across * chunk):
                finite = False
            to = ((n * out_channels + c) * size[0] + 4 * r) * size[1]
            _spread(block, wide, chunk, across, lanes, out, to, size, min(4, size[0] - 4 * r))
    return finite


@njit(cache=True, nogil=True)
def _gather(
    x, start, strides, image, corner, pad_value, channels, padded_channels, width, lanes, strip
):
    """Copy six rows of the padded image to `strip`, the channels last."""
    low = min(max(-corner[1], 0), width)
    high = max(min(image[1] - corner[1], width), low)
    for i in range(6):
        row = corner[0] + i
        line = i * width * padded_channels
        left, right = line + low * padded_channels, line + high * padded_channels
        if row < 0 or row >= image[0]:
            left = right
        for k in range(line, left):
            strip[k] = pad_value
        for k in range(right, line + width * padded_channels):
            strip[k] = pad_value
        if left == right:
            continue
        here = start + row * strides[2] + (corner[1] + low) * strides[3]
        for c in range(0, channels, lanes):
            for j in range(0, high - low, lanes):
                if strides[3] == 1:
                    transpose(
                        x, here + c * strides[1] + j, strides[1], min(channels - c, lanes),
                        strip, left + j * padded_channels + c, padded_channels,
                        min(high - low - j, lanes),
                    )  # fmt: skip
                    continue
                for k in range(c, min(c + lanes, channels)):
                    for q in range(j, min(j + lanes, high - low)):
                        strip[left + q * padded_channels + k] = x[
                            here + k * strides[1] + q * strides[3]
                        ]


@njit(cache=True, nogil=True)
def _transform_kernels(
    weight, first, wide, k0, k1, in_channels, lanes, chunk, block, kernels, kernel_gap
):
    """Transform the kernels of `wide` output and of the input channels k0 to k1 - 1."""
    taps = 9 * in_channels
    for k in range(k0, k1, lanes):
        end = min(k + lanes, k1)
        for v in range(0, wide, lanes):
            for e in range(9 * k, 9 * end, lanes):
                transpose(
                    weight, (first + v) * taps + e, taps, min(wide - v, lanes),
                    block, (e - 9 * k) * chunk + v, chunk, min(9 * end - e, lanes),
                )  # fmt: skip
            for q in range(k, end):
                transform(
                    "kernel", block, (q - k) * 9 * chunk + v, 3 * chunk, chunk,
                    kernels, (q - k0) * chunk + v, 6 * kernel_gap, kernel_gap,
                )  # fmt: skip


@njit(cache=True, nogil=True)
def _multiply(
    a, a_first, a_step, count, b, b_first, offsets, depth, zeros, start,
    c, c_first, chunk, wide, lanes,
):  # fmt: skip
    """Multiply `count` pieces by the kernels of one entry; start is -1 to add to `c`."""
    vectors = (wide + lanes - 1) // lanes
    t = 0
    while t < count:
        left = count - t
        rows, widest = rows_and_width(left)
        for v in range(0, vectors, widest):
            width = min(widest, vectors - v)
            at, to = a_first + t * a_step, c_first + t * chunk + v * lanes
            block_product(
                a, at, a_step, b, b_first + v * lanes, offsets, 0, depth, zeros, start,
                c, to, chunk, width * lanes, rows, width,
            )  # fmt: skip
        t += rows


@njit(cache=True, nogil=True)
def _finite(block, count):
    """Return whether the first `count` numbers are finite."""
    wrong = 0
    for k in range(count):
        wrong += block[k] - block[k] != 0
    return wrong == 0


@njit(cache=True, nogil=True)
def _spread(block, wide, chunk, across, lanes, out, to, size, height):
    """Copy one row of 4 x 4 outputs to the output planes."""
    for i in range(height):
        for c in range(0, wide, lanes):
            for j in range(0, size[1], lanes):
                transpose(
                    block, (i * 4 * across + j) * chunk + c, chunk, min(size[1] - j, lanes),
                    out, to + (c * size[0] + i) * size[1] + j, size[0] * size[1],
                    min(wide - c, lanes),
                )  # fmt: skip

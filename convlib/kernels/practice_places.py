"""Practice questions on places: which cells are read, how often, and which are cut."""

from numba.extending import register_jitable

from convlib.kernels.matrix_rules import axis_reads, connections
from convlib.kernels.practice_draws import ask, pick, refuse
from convlib.kernels.size_rules import (
    dropped_length,
    output_length,
    reads_of_pixel,
    strided_index,
    tap_of_pixel,
    window_start,
)

# The families in the order of their numbers, and what each calls the numbers that it writes.
FAMILIES = {
    "matrix-weights": ("height", "width", "kh", "kw", "oh", "ow", "outputs", "pixels", "weights"),
    "output-reads": ("height", "width", "kh", "kw", "row", "column", "index", "last_row",
                     "last_column"),
    "strided-reads": ("height", "width", "kh", "kw", "pad", "stride", "row", "column", "place_row",
                      "place_column", "first_row", "first_column"),
    "pixel-reads": ("size", "kernel", "pad", "row", "column", "down", "across", "outputs"),
    "cut-pixels": ("size", "kernel", "stride", "outputs", "rest", "start", "end", "beyond"),
    "jumped-pixels": ("size", "kernel", "stride", "outputs", "rest", "gap", "start"),
}  # fmt: skip


@register_jitable
def matrix_weights(q):
    """Ask how many entries of the matrix hold a weight."""
    height, width, kh, kw = pick(q, 3, 6), pick(q, 3, 6), pick(q, 1, 3), pick(q, 1, 3)
    oh, ow = output_length(height, kh, 1, 0, 0, 1), output_length(width, kw, 1, 0, 0, 1)
    down, across = axis_reads(height, kh, 1, 0, 0, 1), axis_reads(width, kw, 1, 0, 0, 1)
    answer = connections(down, across, 1, 1, 1)
    outputs, pixels, weights = oh * ow, height * width, kh * kw
    wrong = (weights, outputs * pixels, weights * pixels, outputs)
    ask(q, answer, wrong, (height, width, kh, kw, oh, ow, outputs, pixels, weights))


@register_jitable
def window(height, width, kh, kw, stride, row, column, top, left):
    """Return the cells of the input that one output reads, as a set."""
    cells = 0
    for i in range(height):
        if tap_of_pixel(i, row, kh, stride, top, 1) >= 0:
            for j in range(width):
                if tap_of_pixel(j, column, kw, stride, left, 1) >= 0:
                    cells += 1 << (i * width + j)
    return cells


@register_jitable
def output_reads(q):
    """Ask which cells one output reads, at stride 1 without padding."""
    height, width, kh, kw = pick(q, 4, 5), pick(q, 4, 6), pick(q, 1, 3), pick(q, 1, 3)
    oh, ow = output_length(height, kh, 1, 0, 0, 1), output_length(width, kw, 1, 0, 0, 1)
    row, column = pick(q, 0, oh - 1), pick(q, 0, ow - 1)
    wrong = (
        window(height, width, kh, kw, 1, column, row, 0, 0),
        window(height, width, kw, kh, 1, row, column, 0, 0),
        window(height, width, kh, kw, 1, row, column, 1, 1),
        window(height, width, kh, kw, 1, kh * row, kw * column, 0, 0),
        window(height, width, 1, 1, 1, row, column, 0, 0),
    )
    answer = window(height, width, kh, kw, 1, row, column, 0, 0)
    last_row, last_column = row + kh - 1, column + kw - 1
    numbers = (height, width, kh, kw, row, column, row * ow + column, last_row, last_column)
    ask(q, answer, wrong, numbers)
    if wrong[0] == 0 or wrong[1] == 0 or wrong[3] == 0:
        refuse(q)


@register_jitable
def strided_reads(q):
    """Ask which cells of the input one output reads, at a stride and with padding."""
    height, kh, kw = pick(q, 4, 7), pick(q, 2, 3), pick(q, 2, 3)
    width = pick(q, 4, 30 // height)
    pad, stride = 1, 2
    row = pick(q, 0, output_length(height, kh, stride, pad, pad, 1) - 1)
    column = pick(q, 0, output_length(width, kw, stride, pad, pad, 1) - 1)
    top, left = window_start(row, stride, pad), window_start(column, stride, pad)
    wrong = (
        window(height, width, kh, kw, 1, row, column, pad, pad),
        window(height, width, kh, kw, stride, row, column, 0, 0),
        window(height, width, kh, kw, stride, column, row, pad, pad),
        window(height, width, 1, 1, 1, row, column, 0, 0),
    )
    answer = window(height, width, kh, kw, stride, row, column, pad, pad)
    numbers = (
        height, width, kh, kw, pad, stride, row, column, stride * row, stride * column, top, left,
    )  # fmt: skip
    ask(q, answer, wrong, numbers)
    if wrong[0] == 0 or wrong[1] == 0 or wrong[2] == 0 or top < 0 or left < 0:
        refuse(q)


@register_jitable
def pixel_reads(q):
    """Ask how many outputs read one pixel of a padded input."""
    size, kernel, pad = pick(q, 5, 8), pick(q, 2, 4), pick(q, 1, 2)
    row, column = pick(q, 0, size - 1), pick(q, 0, size - 1)
    down = reads_of_pixel(row, size, kernel, 1, pad, pad, 1)
    across = reads_of_pixel(column, size, kernel, 1, pad, pad, 1)
    unpadded = reads_of_pixel(row, size, kernel, 1, 0, 0, 1)
    unpadded *= reads_of_pixel(column, size, kernel, 1, 0, 0, 1)
    outputs = output_length(size, kernel, 1, pad, pad, 1)
    wrong = (kernel * kernel, down + across, unpadded, outputs * outputs, 1)
    ask(q, down * across, wrong, (size, kernel, pad, row, column, down, across, outputs))


@register_jitable
def unread(size, kernel, stride):
    """Return the pixels of a row that no window reads, as a set."""
    cells = 0
    for pixel in range(size):
        if reads_of_pixel(pixel, size, kernel, stride, 0, 0, 1) == 0:
            cells += 1 << pixel
    return cells


@register_jitable
def skipped(size, stride):
    """Return the pixels on which no window starts, were the outputs as many as the pixels."""
    cells = 0
    for pixel in range(size):
        if strided_index(pixel, stride) < 0:
            cells += 1 << pixel
    return cells


@register_jitable
def span(first, last):
    """Return the cells from `first` to before `last`, as a set."""
    return (1 << last) - (1 << first)


@register_jitable
def cut_pixels(q):
    """Ask which pixels of a row no window reads; the windows touch or overlap."""
    size, kernel, stride = pick(q, 6, 10), pick(q, 2, 5), pick(q, 2, 4)
    answer = unread(size, kernel, stride)
    rest = dropped_length(size, kernel, stride, 0, 0, 1)
    outputs = output_length(size, kernel, stride, 0, 0, 1)
    wrong = (0, skipped(size, stride), span(0, rest), span(size - stride, size))
    start = window_start(outputs - 1, stride, 0)
    numbers = (size, kernel, stride, outputs, rest, start, start + kernel - 1, start + stride)
    ask(q, answer, wrong, numbers)
    if stride > kernel:
        refuse(q)


@register_jitable
def jumped_pixels(q):
    """Ask which pixels of a row no window reads; the windows do not touch."""
    size, kernel, stride = pick(q, 6, 10), pick(q, 1, 3), pick(q, 2, 4)
    answer = unread(size, kernel, stride)
    rest = dropped_length(size, kernel, stride, 0, 0, 1)
    outputs = output_length(size, kernel, stride, 0, 0, 1)
    dropped = span(size - rest, size)
    wrong = (dropped, answer - dropped, 0, span(0, size) - answer)
    start = window_start(outputs - 1, stride, 0)
    ask(q, answer, wrong, (size, kernel, stride, outputs, rest, stride - kernel, start))
    if stride <= kernel:
        refuse(q)


@register_jitable
def draw(number, q):
    """Draw a question of the family with this number, which may turn out not to be usable."""
    if number == 0:
        matrix_weights(q)
    elif number == 1:
        output_reads(q)
    elif number == 2:
        strided_reads(q)
    elif number == 3:
        pixel_reads(q)
    elif number == 4:
        cut_pixels(q)
    else:
        jumped_pixels(q)

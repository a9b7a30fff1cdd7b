"""Loops behind the explorers of the lesson on stride. They write into their last arguments."""

from numba import njit

from convlib.kernels import field_rules
from convlib.kernels.size_rules import (
    ceil_after,
    dropped_length,
    output_length,
    reads_of_pixel,
    same_after,
    same_before,
    window_span,
)

# What becomes of a cell of the padded input. `cut_cells` adds 1 for a cell of padding.
READ, DROPPED, JUMPED = 0, 2, 4
# How a layer pads: with the numbers given, as ONNX's SAME_UPPER or SAME_LOWER would, or with the
# numbers given and, after the input, what PyTorch's ceil_mode adds.
AS_GIVEN, SAME_UPPER, SAME_LOWER, CEIL_MODE = 0, 1, 2, 3
# What `stack_field` reads and writes of each layer, in columns.
LAYER = ("kernel", "stride", "before", "after", "dilation", "rule")
FIELD = ("taps", "jump_before", "field", "jump", "before", "after", "outputs")


@njit(cache=True, nogil=True)
def cut_cells(
    height, width, kh, kw, stride_h, stride_w, top, bottom, left, right, kinds, counts
):  # fmt: skip
    """Write into `kinds` what becomes of each padded cell, and into `counts` how many of each.

    0 is a pixel that is read, 2 one past the last window (dropped), 4 one between windows (jumped
    over: a stride beyond the kernel); 1, 3 and 5 are the same for padding. A cell past the last
    window on one axis and between windows on the other is dropped.
    """
    rows, columns = kinds.shape
    counts[:] = 0
    last_row = rows - dropped_length(height, kh, stride_h, top, bottom, 1)
    last_column = columns - dropped_length(width, kw, stride_w, left, right, 1)
    for i in range(rows):
        down = reads_of_pixel(i - top, height, kh, stride_h, top, bottom, 1)
        for j in range(columns):
            across = reads_of_pixel(j - left, width, kw, stride_w, left, right, 1)
            kind = READ
            if i >= last_row or j >= last_column:
                kind = DROPPED
            elif down * across == 0:
                kind = JUMPED
            inside = top <= i < top + height and left <= j < left + width
            if not inside:
                kind += 1
            kinds[i, j] = kind
            counts[kind] += 1


@njit(cache=True, nogil=True)
def stack_field(layers, size, fields):
    """Write the receptive field after each of `layers` (count, 6) into `fields` (count, 7).

    The columns are those that `LAYER` and `FIELD` name. `size` is the input's length in pixels.
    From the first layer that does not fit its input on, there are 0 outputs.
    """
    field, jump, before, after = 1, 1, 0, 0
    for at in range(len(layers)):
        kernel, stride, first, last, dilation, rule = layers[at]
        if rule == CEIL_MODE:
            last = ceil_after(size, kernel, stride, first, last, dilation)
        elif rule != AS_GIVEN:
            first = same_before(size, kernel, stride, dilation)
            last = same_after(size, kernel, stride, dilation)
            if rule == SAME_LOWER:
                first, last = last, first
        outputs = output_length(size, kernel, stride, first, last, dilation) if size > 0 else 0
        fields[at, 0] = window_span(kernel, dilation) - 1
        fields[at, 1] = jump
        field = field_rules.grown_field(field, jump, kernel, dilation)
        before = field_rules.grown_padding(before, jump, first)
        after = field_rules.grown_padding(after, jump, last)
        jump = field_rules.grown_jump(jump, stride)
        fields[at, 2] = field
        fields[at, 3] = jump
        fields[at, 4] = before
        fields[at, 5] = after
        fields[at, 6] = outputs
        size = outputs

"""Practice questions on sizes: valid, padded, strided, rounded, dilated, kept, and down to none."""

from numba.extending import register_jitable

from convlib.kernels.practice_draws import ask, one_of, pick, refuse
from convlib.kernels.size_rules import full_padding, output_length, window_span

# The families in the order of their numbers, and what each calls the numbers that it writes.
FAMILIES = {
    "size-valid": ("axis", "height", "width", "kh", "kw", "size", "kernel", "room", "lost"),
    "size-padded": ("size", "kernel", "pad", "both", "padded", "room"),
    "size-unequal": ("size", "kernel", "top", "bottom", "both", "padded", "room"),
    "size-strided": ("size", "kernel", "pad", "stride", "padded", "room", "steps"),
    "size-rounding": ("size", "kernel", "pad", "stride", "padded", "room", "steps", "rest"),
    "size-dilated": ("size", "kernel", "pad", "dilation", "padded", "span", "gaps"),
    "keep-size": ("size", "kernel", "total", "odd", "half"),
    "keep-rest": ("axis", "size", "kernel", "first", "total", "short", "kh", "kw", "top", "bottom",
                  "left", "right"),
    "layers-left": ("size", "kernel", "lost", "left", "taken"),
}  # fmt: skip
# As many as ReceptiveField shows of a stack.
MOST_LAYERS = 8


@register_jitable
def size_valid(q):
    """Ask for the rows or columns without padding."""
    axis = pick(q, 0, 1)
    height, width = pick(q, 4, 10), pick(q, 4, 10)
    kh, kw = pick(q, 2, 4), pick(q, 2, 4)
    size, kernel, other, across = height, kh, width, kw
    if axis == 1:
        size, kernel, other, across = width, kw, height, kh
    answer = output_length(size, kernel, 1, 0, 0, 1)
    wrong = (
        answer - 1,
        output_length(size, across, 1, 0, 0, 1),
        output_length(other, across, 1, 0, 0, 1),
        size,
        output_length(size, kernel, kernel, 0, 0, 1),
    )
    ask(q, answer, wrong, (axis, height, width, kh, kw, size, kernel, size - kernel, kernel - 1))


@register_jitable
def size_padded(q):
    """Ask for the rows with padding that is the same at both ends."""
    size, kernel, pad = pick(q, 4, 10), pick(q, 2, 5), pick(q, 1, 3)
    answer = output_length(size, kernel, 1, pad, pad, 1)
    padded = size + 2 * pad
    wrong = (
        padded + kernel + 1,
        output_length(size, kernel, 1, pad, 0, 1),
        output_length(size, kernel, 1, 0, 0, 1),
        answer - 1,
        size,
        padded,
    )
    ask(q, answer, wrong, (size, kernel, pad, 2 * pad, padded, padded - kernel))


@register_jitable
def size_unequal(q):
    """Ask for the rows with two different paddings."""
    size, kernel, top, bottom = pick(q, 4, 10), pick(q, 2, 5), pick(q, 0, 4), pick(q, 0, 4)
    answer = output_length(size, kernel, 1, top, bottom, 1)
    padded = size + top + bottom
    wrong = (
        output_length(size, kernel, 1, top, top, 1),
        output_length(size, kernel, 1, bottom, bottom, 1),
        output_length(size, kernel, 1, 0, 0, 1),
        answer - 1,
        size,
    )
    numbers = (size, kernel, top, bottom, top + bottom, padded, padded - kernel)
    ask(q, answer, wrong, numbers)


@register_jitable
def size_strided(q):
    """Ask for the rows at a stride that divides."""
    size, kernel, pad, stride = pick(q, 4, 10), pick(q, 2, 5), pick(q, 1, 3), pick(q, 2, 4)
    answer = output_length(size, kernel, stride, pad, pad, 1)
    padded = size + 2 * pad
    room = padded - kernel
    wrong = (
        output_length(size, kernel, 1, pad, pad, 1),
        answer - 1,
        room - stride + 1,
        output_length(size, kernel, stride, 0, 0, 1),
    )
    ask(q, answer, wrong, (size, kernel, pad, stride, padded, room, room // stride))
    if room % stride != 0:
        refuse(q)


@register_jitable
def size_rounding(q):
    """Ask for the rows at a stride that does not divide."""
    size, kernel, pad, stride = pick(q, 5, 10), pick(q, 2, 5), pick(q, 0, 2), pick(q, 2, 4)
    answer = output_length(size, kernel, stride, pad, pad, 1)
    padded = size + 2 * pad
    room = padded - kernel
    wrong = (
        answer + 1,
        answer - 1,
        output_length(size, kernel, 1, pad, pad, 1),
        0,
    )
    ask(q, answer, wrong, (size, kernel, pad, stride, padded, room, room // stride, room % stride))
    if room % stride == 0:
        refuse(q)


@register_jitable
def size_dilated(q):
    """Ask for the rows of a dilated kernel."""
    size, kernel = one_of(q, (32, 36, 40, 48, 50, 60, 64)), one_of(q, (3, 5))
    pad, dilation = pick(q, 0, 5), pick(q, 2, 4)
    answer = output_length(size, kernel, 1, pad, pad, dilation)
    span, padded = window_span(kernel, dilation), size + 2 * pad
    wrong = (
        output_length(size, kernel, 1, pad, pad, 1),
        padded - dilation * kernel + 1,
        output_length(size, kernel + dilation, 1, pad, pad, 1),
        answer - 1,
    )
    ask(q, answer, wrong, (size, kernel, pad, dilation, padded, span, kernel - 1))


@register_jitable
def keep_size(q):
    """Ask which symmetric padding keeps the size; for an even kernel, none does: choice 6."""
    size, kernel = pick(q, 5, 10), pick(q, 2, 5)
    total = full_padding(kernel, 1)
    answer, slip = 6, total // 2
    for pad in range(6):
        if output_length(size, kernel, 1, pad, pad, 1) == size:
            answer, slip = pad, 6
    ask(q, answer, (slip, total, kernel), (size, kernel, total, kernel % 2, total // 2))


@register_jitable
def keep_rest(q):
    """Ask for the padding at one end that keeps the size, with that at the other end given."""
    axis, size, kernel = pick(q, 0, 1), pick(q, 5, 10), pick(q, 3, 5)
    total = full_padding(kernel, 1)
    first, answer = pick(q, 0, total), -1
    for last in range(total + 1):
        if output_length(size, kernel, 1, first, last, 1) == size:
            answer = last
    short = output_length(size, kernel, 1, first, 0, 1)
    kh, kw, top, bottom, left, right = kernel, 1, first, answer, 0, 0
    if axis == 1:
        kh, kw, top, bottom, left, right = 1, kernel, 0, 0, first, answer
    numbers = (axis, size, kernel, first, total, short, kh, kw, top, bottom, left, right)
    ask(q, answer, (first, kernel - first, 0), numbers)


@register_jitable
def layers_left(q):
    """Ask how many layers fit until the window is larger than what is left."""
    size, kernel = pick(q, 32, 54), one_of(q, (5, 7))
    answer, left = 0, size
    while left >= kernel:
        left = output_length(left, kernel, 1, 0, 0, 1)
        answer += 1
    lost = kernel - 1
    wrong = (size // kernel, answer + 1, (size - 1) // (2 * lost), size - kernel + 1)
    ask(q, answer, wrong, (size, kernel, lost, left, answer * lost))
    if answer > MOST_LAYERS:
        refuse(q)


@register_jitable
def draw(number, q):
    """Draw a question of the family with this number, which may turn out not to be usable."""
    if number == 0:
        size_valid(q)
    elif number == 1:
        size_padded(q)
    elif number == 2:
        size_unequal(q)
    elif number == 3:
        size_strided(q)
    elif number == 4:
        size_rounding(q)
    elif number == 5:
        size_dilated(q)
    elif number == 6:
        keep_size(q)
    elif number == 7:
        keep_rest(q)
    else:
        layers_left(q)

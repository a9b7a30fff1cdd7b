"""Practice questions on where content goes and what deep outputs see."""

from numba.extending import register_jitable

from convlib.kernels.field_rules import grown_field, grown_jump, grown_padding, twice_center
from convlib.kernels.practice_draws import ask, one_of, pick, refuse
from convlib.kernels.size_rules import doubled_shift, full_padding, output_length

# The families in the order of their numbers, and what each calls the numbers that it writes.
FAMILIES = {
    "kernel-moves": ("place",),
    "shift-direction": ("side", "kernel", "menu", "layers", "pad"),
    "shift-pixels": ("side", "kernel", "menu", "layers", "pad", "half"),
    "shift-alternating": ("axis", "kernel", "menu", "layers", "pad", "half", "odd", "tops",
                          "bottoms"),
    "shift-even": ("size", "kernel", "layers", "before", "after"),
    "joint-kernel": ("kernel", "layers", "lost"),
    "field-strided": ("kernel", "layers", "period", "lost", "second", "third", "fourth", "four"),
    "effective-stride": ("kernel", "layers", "period", "strided"),
    "even-input": ("size", "layers", "stride", "outputs", "last", "odd", "center"),
}  # fmt: skip


@register_jitable
def kernel_moves(q):
    """Ask where a kernel with a single 1 moves the picture; choice 8 is nowhere.

    Places and directions are 0 up, 1 down, 2 left, 3 right, 4 up left, 5 up right, 6 down left,
    7 down right. What is at the 1's place comes to the middle: the picture moves the other way.
    """
    place = pick(q, 0, 7)
    if place < 4:
        opposite = place ^ 1
        beside = opposite ^ 2
    else:
        opposite = 11 - place
        beside = opposite ^ 1
    ask(q, opposite, (place, 8, beside), (place,))


@register_jitable
def shift_direction(q):
    """Ask where padding on one side moves the content: up, down, left, right, nowhere."""
    side, menu, layers = pick(q, 0, 3), pick(q, 0, 2), pick(q, 2, 6)
    kernel = 3 + 2 * menu
    pad = full_padding(kernel, 1)
    before = pad if side % 2 == 0 else 0
    # Positive is down or to the right: the directions with odd numbers.
    answer = side - side % 2
    if doubled_shift(layers, kernel, before, 1) > 0:
        answer += 1
    opposite = answer + 1 - 2 * (answer % 2)
    ask(q, answer, (opposite, 4, (answer + 2) % 4), (side, kernel, menu, layers, pad))


@register_jitable
def shift_pixels(q):
    """Ask by how many pixels layers that pad on one side move the content."""
    side, menu, layers = pick(q, 0, 3), pick(q, 0, 2), pick(q, 2, 6)
    kernel = 3 + 2 * menu
    pad = full_padding(kernel, 1)
    answer = doubled_shift(layers, kernel, pad, 1) // 2
    half = doubled_shift(1, kernel, pad, 1) // 2
    wrong = (half, layers * pad, layers * kernel, layers, 0)
    ask(q, answer, wrong, (side, kernel, menu, layers, pad, half))


@register_jitable
def shift_alternating(q):
    """Ask how far the content is from its place after layers that take turns, top first."""
    axis, menu, layers = pick(q, 0, 1), pick(q, 0, 2), pick(q, 3, 6)
    kernel = 3 + 2 * menu
    pad = full_padding(kernel, 1)
    bottoms = layers // 2
    tops = layers - bottoms
    down = doubled_shift(tops, kernel, pad, 1)
    answer = (down + doubled_shift(bottoms, kernel, 0, 1)) // 2
    half, odd = doubled_shift(1, kernel, pad, 1) // 2, layers % 2
    wrong = (doubled_shift(layers, kernel, pad, 1) // 2, half - answer, pad, layers)
    numbers = (axis, kernel, menu, layers, pad, half, odd, tops, bottoms)
    ask(q, answer, wrong, numbers)


@register_jitable
def shift_even(q):
    """Ask how far 'same' layers with an even kernel move the content; whole pixels only."""
    size, kernel, layers = pick(q, 5, 10), 4, 2 * pick(q, 1, 8)
    total = full_padding(kernel, 1)
    before = total // 2
    answer = -doubled_shift(layers, kernel, before, 1) // 2
    one_sided = doubled_shift(layers, kernel, total, 1) // 2
    wrong = (0, layers, one_sided, layers * total)
    ask(q, answer, wrong, (size, kernel, layers, before, total - before))


@register_jitable
def joint_kernel(q):
    """Ask for the one kernel that layers at stride 1 are together."""
    kernel, layers = one_of(q, (3, 5, 7)), pick(q, 2, 6)
    answer, product = 1, 1
    for _ in range(layers):
        answer = grown_field(answer, 1, kernel, 1)
        product *= kernel
    ask(q, answer, (layers * kernel, answer - 1, product, kernel), (kernel, layers, kernel - 1))


@register_jitable
def field_strided(q):
    """Ask for the receptive field of a stack with stride 2 in every layer, 2nd or 3rd."""
    kernel, layers, period = one_of(q, (3, 5, 7)), pick(q, 3, 4), pick(q, 1, 3)
    answer, late, plain, jump, second, third, fourth = 1, 1, 1, 1, 1, 1, 1
    for at in range(layers):
        if at == 1:
            second = jump
        elif at == 2:
            third = jump
        stride = 2 if (at + 1) % period == 0 else 1
        answer = grown_field(answer, jump, kernel, 1)
        fourth = jump
        plain = grown_field(plain, 1, kernel, 1)
        jump = grown_jump(jump, stride)
        late = grown_field(late, jump, kernel, 1)
    wrong = (plain, late, answer - 1, jump, plain * jump)
    numbers = (kernel, layers, period, kernel - 1, second, third, fourth, layers - 3)
    ask(q, answer, wrong, numbers)


@register_jitable
def effective_stride(q):
    """Ask how many input pixels lie between neighbouring outputs of a stack."""
    kernel, layers, period = one_of(q, (3, 5)), pick(q, 3, 8), pick(q, 1, 3)
    answer, strided = 1, 0
    for at in range(layers):
        if (at + 1) % period == 0:
            answer = grown_jump(answer, 2)
            strided += 1
    wrong = (2 * strided, 2, 2 * answer, grown_field(1, layers, kernel, 1))
    ask(q, answer, wrong, (kernel, layers, period, strided))
    if answer > 256:
        refuse(q)


@register_jitable
def even_input(q):
    """Ask how many pixels lie behind the last output's middle, for layers at stride 2."""
    layers, odd = pick(q, 3, 5), pick(q, 0, 1)
    size = (1 << layers) * pick(q, 4, 224 >> layers) + odd
    outputs, field, stride, before = size, 1, 1, 0
    for _ in range(layers):
        outputs = output_length(outputs, 3, 2, 1, 1, 1)
        field = grown_field(field, stride, 3, 1)
        before = grown_padding(before, stride, 1)
        stride = grown_jump(stride, 2)
    center = twice_center(field, before) // 2 + (outputs - 1) * stride
    answer = size - 1 - center
    wrong = (stride - 1 - answer, stride // 2, stride, layers)
    ask(q, answer, wrong, (size, layers, stride, outputs, size - 1, odd, center))


@register_jitable
def draw(number, q):
    """Draw a question of the family with this number, which may turn out not to be usable."""
    if number == 0:
        kernel_moves(q)
    elif number == 1:
        shift_direction(q)
    elif number == 2:
        shift_pixels(q)
    elif number == 3:
        shift_alternating(q)
    elif number == 4:
        shift_even(q)
    elif number == 5:
        joint_kernel(q)
    elif number == 6:
        field_strided(q)
    elif number == 7:
        effective_stride(q)
    else:
        even_input(q)

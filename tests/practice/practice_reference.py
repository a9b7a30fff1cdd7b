"""The answers of every family, and those of its mistakes, in plain Python.

Nothing is imported from convlib. Sizes are counted, window by window, not taken from a formula;
costs are counted by loops or written as the chapters write them. A function gets a question's
numbers by name, and returns the answer and what each mistake answers, in the family's order.
"""

from itertools import count, product
from types import SimpleNamespace


def windows(size, kernel, stride=1, before=0, after=0, dilation=1):
    """Return the cells of each window along an axis; padding is below 0 and from `size` on."""
    found = []
    for start in count(-before, stride):
        window = [start + dilation * tap for tap in range(kernel)]
        if window[-1] > size - 1 + after:
            return found
        found.append(window)


def length(*arguments):
    return len(windows(*arguments))


def reads(pixel, *arguments):
    return sum(pixel in window for window in windows(*arguments))


def cells(members):
    return sum(1 << member for member in set(members))


def window_cells(height, width, rows, columns):
    inside = product((r for r in rows if 0 <= r < height), (c for c in columns if 0 <= c < width))
    return cells(r * width + c for r, c in inside)


def stack(layers):
    """Return (field, jump) of a stack of (kernel, stride), by following the pixels of two outputs.

    An output o of the last layer reads a window of the one below, and so on down to pixels.
    """
    spans = []
    for output in (0, 1):
        low = high = output
        for kernel, stride in reversed(layers):
            low, high = low * stride, high * stride + kernel - 1
        spans.append((low, high))
    (low, high), (next_low, _) = spans
    return high - low + 1, next_low - low


def size_valid(s):
    other, across = (s.width, s.kw) if s.axis == 0 else (s.height, s.kh)
    answer = length(s.size, s.kernel)
    side_by_side = sum(1 for start in range(0, s.size - s.kernel + 1, s.kernel))
    wrong = [s.size - s.kernel, length(s.size, across), length(other, across), s.size, side_by_side]
    return answer, wrong


def size_padded(s):
    n, k, p = s.size, s.kernel, s.pad
    return length(n, k, 1, p, p), [
        n + 2 * p + k + 1, n + p - k + 1, n - k + 1, n + 2 * p - k, n, n + 2 * p,
    ]  # fmt: skip


def size_unequal(s):
    n, k, a, b = s.size, s.kernel, s.top, s.bottom
    return length(n, k, 1, a, b), [
        n + 2 * a - k + 1, n + 2 * b - k + 1, n - k + 1, n + a + b - k, n,
    ]  # fmt: skip


def size_strided(s):
    n, k, p, step = s.size, s.kernel, s.pad, s.stride
    assert (n + 2 * p - k) % step == 0
    return length(n, k, step, p, p), [
        n + 2 * p - k + 1, (n + 2 * p - k) // step, n + 2 * p - k + 1 - step, length(n, k, step),
    ]  # fmt: skip


def size_rounding(s):
    n, k, p, step = s.size, s.kernel, s.pad, s.stride
    room = n + 2 * p - k
    assert room % step
    return length(n, k, step, p, p), [-(-room // step) + 1, room // step, room + 1, 0]


def size_dilated(s):
    n, k, p, d = s.size, s.kernel, s.pad, s.dilation
    room = n + 2 * p
    return length(n, k, 1, p, p, d), [
        room - k + 1, room - d * k + 1, room - (k + d) + 1, room - (d * (k - 1) + 1),
    ]  # fmt: skip


def keep_size(s):
    keeping = [p for p in range(6) if length(s.size, s.kernel, 1, p, p) == s.size]
    answer = keeping[0] if keeping else 6
    slip = 6 if keeping else (s.kernel - 2) // 2
    return answer, [slip, s.kernel - 1, s.kernel]


def keep_rest(s):
    keeping = [p for p in range(9) if length(s.size, s.kernel, 1, s.first, p) == s.size]
    assert len(keeping) == 1
    assert s.short == length(s.size, s.kernel, 1, s.first, 0)
    return keeping[0], [s.first, s.kernel - s.first, 0]


def layers_left(s):
    left, layers = s.size, 0
    while windows(left, s.kernel):
        left, layers = length(left, s.kernel), layers + 1
    assert s.left == left
    lost = s.kernel - 1
    halves = max(n for n in range(99) if s.size - n * 2 * lost >= 1)
    return layers, [s.size // s.kernel, layers + 1, halves, length(s.size, s.kernel)]


def matrix_weights(s):
    pairs = sum(
        len(down) * len(across)
        for down in windows(s.height, s.kh)
        for across in windows(s.width, s.kw)
    )
    outputs, weights = length(s.height, s.kh) * length(s.width, s.kw), s.kh * s.kw
    pixels = s.height * s.width
    return pairs, [weights, outputs * pixels, pixels * weights, outputs]


def output_reads(s):
    def at(row, column, kh, kw):
        return window_cells(s.height, s.width, range(row, row + kh), range(column, column + kw))

    rows, columns = windows(s.height, s.kh)[s.row], windows(s.width, s.kw)[s.column]
    return window_cells(s.height, s.width, rows, columns), [
        at(s.column, s.row, s.kh, s.kw),
        at(s.row, s.column, s.kw, s.kh),
        at(s.row - 1, s.column - 1, s.kh, s.kw),
        at(s.row * s.kh, s.column * s.kw, s.kh, s.kw),
        at(s.row, s.column, 1, 1),
    ]


def strided_reads(s):
    def at(row, column):
        return window_cells(s.height, s.width, range(row, row + s.kh), range(column, column + s.kw))

    rows = windows(s.height, s.kh, s.stride, s.pad, s.pad)[s.row]
    columns = windows(s.width, s.kw, s.stride, s.pad, s.pad)[s.column]
    return window_cells(s.height, s.width, rows, columns), [
        at(s.row - s.pad, s.column - s.pad),
        at(s.stride * s.row, s.stride * s.column),
        at(s.stride * s.column - s.pad, s.stride * s.row - s.pad),
        window_cells(s.height, s.width, [s.row], [s.column]),
    ]


def pixel_reads(s):
    n, k, p = s.size, s.kernel, s.pad
    down, across = reads(s.row, n, k, 1, p, p), reads(s.column, n, k, 1, p, p)
    plain = reads(s.row, n, k) * reads(s.column, n, k)
    return down * across, [k * k, down + across, plain, length(n, k, 1, p, p) ** 2, 1]


def unread(s):
    found = windows(s.size, s.kernel, s.stride)
    read = {pixel for window in found for pixel in window}
    return [pixel for pixel in range(s.size) if pixel not in read], found[-1][-1]


def cut_pixels(s):
    cut, end = unread(s)
    assert s.stride <= s.kernel
    assert s.end == end
    not_starts = [pixel for pixel in range(s.size) if pixel % s.stride]
    mirrored = [s.size - 1 - pixel for pixel in cut]
    whole = range(s.size - s.stride, s.size)
    return cells(cut), [0, cells(not_starts), cells(mirrored), cells(whole)]


def jumped_pixels(s):
    cut, end = unread(s)
    assert s.stride > s.kernel
    others = [pixel for pixel in range(s.size) if pixel not in cut]
    dropped = [pixel for pixel in cut if pixel > end]
    between = [pixel for pixel in cut if pixel < end]
    return cells(cut), [cells(dropped), cells(between), 0, cells(others)]


# (rows down, columns to the right) of the ways, in the order of their numbers; the last is none.
WAYS = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0)]


def kernel_moves(s):
    """A lit pixel in the middle of 5 x 5 comes out at the output whose window's 1 lies on it."""
    down, right = WAYS[s.place]
    (out,) = [(i, j) for i, j in product(range(5), repeat=2) if (i + down, j + right) == (2, 2)]
    moved = (out[0] - 2, out[1] - 2)
    if 0 in moved:
        beside = {"row": (-abs(moved[1]), 0), "column": (0, -abs(moved[0]))}
        beside = beside["row" if moved[0] == 0 else "column"]
        # Up or left move to right or down: the sign is the opposite's.
        beside = tuple(-v for v in beside) if sum(moved) > 0 else beside
    else:
        beside = (moved[0], -moved[1])
    return WAYS.index(moved), [s.place, 8, WAYS.index(beside)]


def content_moves(layers):
    """Return how far layers of (kernel, before) move what a window's middle sees, times two."""
    return sum(2 * before - (kernel - 1) for kernel, before in layers)


def shift_direction(s):
    before = s.kernel - 1 if s.side in (0, 2) else 0
    forward = content_moves([(s.kernel, before)] * s.layers) > 0
    answer = {(True, True): 1, (True, False): 0, (False, True): 3, (False, False): 2}[
        s.side < 2, forward
    ]
    opposite = {0: 1, 1: 0, 2: 3, 3: 2}[answer]
    beside = {0: 2, 1: 3, 2: 0, 3: 1}[answer]
    return answer, [opposite, 4, beside]


def shift_pixels(s):
    twice = content_moves([(s.kernel, s.kernel - 1)] * s.layers)
    n, k = s.layers, s.kernel
    return twice // 2, [(k - 1) // 2, n * (k - 1), n * k, n, 0]


def shift_alternating(s):
    layers = [(s.kernel, (s.kernel - 1, 0)[i % 2]) for i in range(s.layers)]
    half = (s.kernel - 1) // 2
    other = 0 if s.layers % 2 else half
    wrong = [s.layers * half, other, s.kernel - 1, s.layers]
    return content_moves(layers) // 2, wrong


def shift_even(s):
    twice = content_moves([(s.kernel, 1)] * s.layers)
    return -twice // 2, [0, s.layers, s.layers * 3 // 2, s.layers * 3]


def joint_kernel(s):
    n, k = s.layers, s.kernel
    return stack([(k, 1)] * n)[0], [n * k, n * (k - 1), k**n, k]


def strides(s):
    return [2 if at % s.period == 0 else 1 for at in range(1, s.layers + 1)]


def field_strided(s):
    field, jump = stack([(s.kernel, stride) for stride in strides(s)])
    plain = s.layers * (s.kernel - 1) + 1
    late, own = 1, 1
    for stride in strides(s):
        own *= stride
        late += (s.kernel - 1) * own
    return field, [plain, late, field - 1, jump, plain * jump]


def effective_stride(s):
    _, jump = stack([(s.kernel, stride) for stride in strides(s)])
    added = strides(s).count(2)
    return jump, [2 * added, 2, 2 * jump, s.layers * (s.kernel - 1) + 1]


def even_input(s):
    """Follow the last output down: output o of a layer is centred on input 2 o."""
    sizes = [s.size]
    for _ in range(s.layers):
        sizes.append(length(sizes[-1], 3, 2, 1, 1))
    center = sizes[-1] - 1
    for _ in range(s.layers):
        center *= 2
    step = 2**s.layers
    behind = s.size - 1 - center
    return behind, [0 if behind else step - 1, step // 2, step, s.layers]


def groups_of(channels, groups):
    share = channels // groups
    return [list(range(g * share, (g + 1) * share)) for g in range(groups)]


def outputs_moved(s):
    inputs, outputs = groups_of(s.c1, s.groups), groups_of(s.c2, s.groups)
    (group,) = [g for g in range(s.groups) if s.channel - 1 in inputs[g]]
    dealt = [o for o in range(s.c2) if o % s.groups == group]
    numbered = [o for o in range(s.c2) if o in inputs[group]]
    return cells(outputs[group]), [
        cells(range(s.c2)), cells(dealt), cells(numbered), cells([s.channel - 1]),
    ]  # fmt: skip


def legal_groups(s):
    of_inputs = {g - 1 for g in range(1, 13) if s.c1 % g == 0}
    of_outputs = {g - 1 for g in range(1, 13) if s.c2 % g == 0}
    both = of_inputs & of_outputs
    return cells(both), [
        cells(of_inputs), cells(of_outputs), cells(range(min(s.c1, s.c2))), cells(both - {0}),
    ]  # fmt: skip


def weights_of(c1, c2, kernel, groups):
    """Count the weights, one after the other."""
    inputs, outputs = groups_of(c1, groups), groups_of(c2, groups)
    pairs = sum(len(i) * len(o) for i, o in zip(inputs, outputs, strict=True))
    return pairs * kernel * kernel


def grouped_weights(s):
    answer = weights_of(s.c1, s.c2, s.kernel, s.groups)
    wrong = [answer * s.groups, answer // s.groups, answer // s.kernel**2, answer + s.c2]
    return answer, wrong


def grouped_macs(s):
    weights = weights_of(s.c1, s.c2, s.kernel, s.groups)
    answer = s.size**2 * weights
    return answer, [answer * s.groups, answer // s.groups, weights, 2 * answer]


def shape_read(s):
    return s.reads * s.groups, [s.reads, s.c2, s.c2 // s.groups, s.c2 * s.groups]


def shape_second(s):
    return len(groups_of(s.c1, s.groups)[0]), [s.c1, s.c2 // s.groups, s.c2, s.groups]


def group_budget(s):
    (answer,) = [c for c in range(1, 999) if c * c == s.channels**2 * s.groups]
    return answer, [
        s.channels * s.groups, s.channels, s.channels * s.channels // answer, s.channels + s.groups,
    ]  # fmt: skip


def depthwise_weights(s):
    m, area = s.multiplier, s.kernel**2
    return weights_of(s.c1, s.c1 * m, s.kernel, s.c1), [
        area * s.c1 * s.c1 * m, area * s.c1, area * m, s.c1 * m,
    ]  # fmt: skip


def depthwise_macs(s):
    weights, places = weights_of(s.c1, s.c1 * s.multiplier, s.kernel, s.c1), s.size**2
    answer = places * weights
    return answer, [answer * s.c1, weights, answer // s.c1, places * s.c1 * s.multiplier]


def depthwise_outputs(s):
    made = groups_of(s.c1 * s.multiplier, s.c1)[s.channel - 1]
    dealt = range(s.channel - 1, s.c1 * s.multiplier, s.c1)
    return cells(made), [
        cells(dealt), cells(range(s.c1 * s.multiplier)), cells([s.channel - 1]),
    ]  # fmt: skip


def pair_weights(s):
    depthwise, mixing = weights_of(s.c1, s.c1, s.kernel, s.c1), weights_of(s.c1, s.c2, 1, 1)
    full = weights_of(s.c1, s.c2, s.kernel, 1)
    wrong = [full, depthwise, mixing, depthwise + s.c2, s.kernel**2 + mixing]
    return depthwise + mixing, wrong


def pair_macs(s):
    depthwise, mixing = weights_of(s.c1, s.c1, s.kernel, s.c1), weights_of(s.c1, s.c2, 1, 1)
    places = s.size**2
    wrong = [
        depthwise + mixing, places * weights_of(s.c1, s.c2, s.kernel, 1), places * depthwise,
        places * mixing,
    ]  # fmt: skip
    return places * (depthwise + mixing), wrong


def pair_share(s):
    area = s.kernel**2
    return area + s.c2, [area * s.c2, area, s.c2, area + 1]


def parameters(s):
    weights = weights_of(s.c1, s.c2, s.kernel, 1)
    return weights + s.c2, [
        weights, weights + s.c1, weights + 1, s.kernel**2 * s.c2 + s.c2, s.c1 * s.c2 + s.c2,
    ]  # fmt: skip


def strided_macs(s):
    after = length(s.size, s.kernel, 2, 1, 1)
    weights = weights_of(s.c1, s.c2, s.kernel, 1)
    return after**2 * weights, [
        s.size**2 * weights, s.size * after * weights, after**2 * s.kernel**2 * s.c2,
        after**2 * s.kernel**2 * s.c1, weights,
    ]  # fmt: skip


def flops(s):
    multiplications, additions = s.outputs * s.sum, s.outputs * s.sum
    macs = multiplications
    return multiplications + additions, [
        macs, multiplications + s.outputs * (s.sum - 1), macs // 2, macs + s.sum,
    ]  # fmt: skip


def activation_bytes(s):
    numbers = s.channels * s.size * s.size
    return 4 * numbers, [numbers, 4 * s.size**2, 32 * numbers, 4 * s.channels * s.size]


def bytes_moved(s):
    inputs, outputs, weights = s.c1 * s.size**2, s.c2 * s.size**2, s.c1 * s.c2
    return 4 * (inputs + outputs + weights), [
        inputs + outputs + weights, 4 * (inputs + outputs), 4 * (inputs + weights),
        4 * (inputs + outputs + weights * s.size**2),
    ]  # fmt: skip


def intensity(s):
    twice, rest = divmod(2 * s.kernel**2 * s.channels, 8)
    assert rest == 0
    area = s.kernel**2
    return twice, [
        s.channels // 4,
        area * s.channels // 8,
        area * s.channels // 2,
        area * s.channels,
    ]


def intensity_channels(s):
    answer = min(c for c in range(1, 999) if c / 4 >= s.balance)
    only_read = min(c for c in range(1, 999) if 2 * c / 4 >= s.balance)
    macs = min(c for c in range(1, 999) if c / 8 >= s.balance)
    return answer, [s.balance, only_read, macs]


def roof(s):
    fed = s.speed * s.intensity
    wrong = [max(fed, s.flops), fed + s.flops, s.speed, s.flops // s.speed]
    return min(fed, s.flops), wrong


def exactly(number, divisor):
    quotient, rest = divmod(number, divisor)
    assert rest == 0
    return quotient


def scaled_macs(s):
    d, m = s.stride, s.factor
    return exactly(s.macs * m * m, d * d), [
        exactly(s.macs * m * m, d), exactly(s.macs * m, d * d), s.macs * m * m,
        exactly(s.macs, d * d),
    ]  # fmt: skip


def scaled_weights(s):
    d, m = s.stride, s.factor
    return s.weights * m * m, [
        s.weights * m, exactly(s.weights * m * m, d * d), exactly(s.weights, d * d), s.weights,
    ]  # fmt: skip


def scaled_activations(s):
    d, m = s.stride, s.factor
    return exactly(s.numbers * m, d * d), [
        exactly(s.numbers * m * m, d * d), exactly(s.numbers, d * d), s.numbers * m,
    ]  # fmt: skip


def constant_cost(s):
    (answer,) = [c for c in range(1, 2000) if s.after**2 * c * c == s.size**2 * s.channels**2]
    c, d = s.channels, s.stride
    return answer, [c, c * d * d, exactly(c, d)]


def expected(name, setting):
    """Return (answer, wrong answers) of a family's question."""
    function = globals()[name.replace("-", "_")]
    return function(SimpleNamespace(**setting))

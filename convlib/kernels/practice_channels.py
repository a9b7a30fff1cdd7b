"""Practice questions on channels: groups, depthwise convolution, and the pair with 1 x 1."""

from numba.extending import register_jitable

from convlib.kernels.cost_rules import conv2d_macs, conv2d_params, variant_layer
from convlib.kernels.group_rules import group_of, groups_fit
from convlib.kernels.practice_draws import ask, one_of, pick, refuse

# The families in the order of their numbers, and what each calls the numbers that it writes.
FAMILIES = {
    "outputs-moved": ("c1", "c2", "groups", "channel", "reads", "makes", "group", "first", "last"),
    "legal-groups": ("c1", "c2", "most", "largest", "several"),
    "grouped-weights": ("c1", "c2", "groups", "kernel", "reads", "area"),
    "grouped-macs": ("c1", "c2", "groups", "kernel", "reads", "area", "size", "places", "sum"),
    "shape-read": ("c2", "reads", "kernel", "groups", "makes"),
    "shape-second": ("c1", "c2", "groups", "kernel"),
    "group-budget": ("channels", "groups", "root"),
    "depthwise-weights": ("c1", "multiplier", "kernel", "c2", "area"),
    "depthwise-macs": ("c1", "multiplier", "kernel", "c2", "area", "size", "places"),
    "depthwise-outputs": ("c1", "multiplier", "channel", "c2", "first", "last"),
    "pair-weights": ("c1", "c2", "kernel", "area", "depthwise", "mixing"),
    "pair-macs": ("c1", "c2", "kernel", "area", "size", "places", "depthwise", "mixing"),
    "pair-share": ("c2", "kernel", "area", "full"),
}  # fmt: skip
# Most channels that GroupWiring shows.
MOST = 12


@register_jitable
def wired_channels(q):
    """Return C1, C2 and g of a grouped convolution: g is at least 2, and a group has channels."""
    groups = pick(q, 2, 4)
    return groups * pick(q, 1, MOST // groups), groups * pick(q, 1, MOST // groups), groups


@register_jitable
def outputs_moved(q):
    """Ask which outputs move when an input channel is disturbed; cell 0 is output 1."""
    c1, c2, groups = wired_channels(q)
    channel = pick(q, 0, c1 - 1)
    group, reads, makes = group_of(channel, c1, groups), c1 // groups, c2 // groups
    answer, dealt, numbered, alone = 0, 0, 0, 0
    for output in range(c2):
        cell = 1 << output
        if group_of(output, c2, groups) == group:
            answer += cell
        if output % groups == group:
            dealt += cell
        if output // reads == group:
            numbered += cell
        if output == channel:
            alone += cell
    wrong = ((1 << c2) - 1, dealt, numbered, alone)
    first = group * makes + 1
    numbers = (c1, c2, groups, channel + 1, reads, makes, group + 1, first, first + makes - 1)
    ask(q, answer, wrong, numbers)
    if numbered == 0 or alone == 0 or c1 == groups:
        refuse(q)


@register_jitable
def legal_groups(q):
    """Ask which g are legal; cell 0 is g = 1."""
    c1, c2 = pick(q, 4, MOST), pick(q, 4, MOST)
    answer, of_inputs, of_outputs, largest = 0, 0, 0, 1
    for groups in range(1, MOST + 1):
        cell = 1 << (groups - 1)
        if groups_fit(c1, c2, groups):
            answer += cell
            largest = groups
        if groups_fit(c1, c1, groups):
            of_inputs += cell
        if groups_fit(c2, c2, groups):
            of_outputs += cell
    wrong = (of_inputs, of_outputs, (1 << min(c1, c2)) - 1, answer - 1)
    ask(q, answer, wrong, (c1, c2, MOST, largest, int(answer > 1)))


@register_jitable
def grouped_weights(q):
    """Ask for the weights of a grouped convolution."""
    c1, c2, groups = wired_channels(q)
    kernel = one_of(q, (3, 5))
    answer = conv2d_params(kernel, kernel, c1, c2, groups, 0)
    wrong = (
        conv2d_params(kernel, kernel, c1, c2, 1, 0),
        conv2d_params(kernel, kernel, c1 // groups, c2 // groups, 1, 0),
        conv2d_params(1, 1, c1, c2, groups, 0),
        conv2d_params(kernel, kernel, c1, c2, groups, 1),
    )
    ask(q, answer, wrong, (c1, c2, groups, kernel, c1 // groups, kernel * kernel))


@register_jitable
def grouped_macs(q):
    """Ask for the MACs of a grouped convolution."""
    c1, c2, groups = wired_channels(q)
    kernel, size = one_of(q, (1, 3)), one_of(q, (4, 5, 10))
    answer = conv2d_macs(size, size, kernel, kernel, c1, c2, groups)
    wrong = (
        conv2d_macs(size, size, kernel, kernel, c1, c2, 1),
        conv2d_macs(size, size, kernel, kernel, c1 // groups, c2 // groups, 1),
        conv2d_macs(1, 1, kernel, kernel, c1, c2, groups),
        2 * answer,
    )
    reads, area = c1 // groups, kernel * kernel
    numbers = (c1, c2, groups, kernel, reads, area, size, size * size, area * reads)
    ask(q, answer, wrong, numbers)


@register_jitable
def shape_read(q):
    """Ask how many input channels a layer has, from its weight's shape and its groups."""
    c1, c2, groups = wired_channels(q)
    reads, makes, kernel = c1 // groups, c2 // groups, one_of(q, (1, 3, 5))
    ask(q, c1, (reads, c2, makes, c2 * groups), (c2, reads, kernel, groups, makes))


@register_jitable
def shape_second(q):
    """Ask for the second number of a weight's shape."""
    c1, c2, groups = wired_channels(q)
    kernel = one_of(q, (1, 3, 5))
    # Of a layer with one output channel and a 1 x 1 kernel, the weights are those channels.
    answer = conv2d_params(1, 1, c1, 1, groups, 0)
    ask(q, answer, (c1, c2 // groups, c2, groups), (c1, c2, groups, kernel))


@register_jitable
def group_budget(q):
    """Ask how wide a layer with groups may be for the MACs of a vanilla one."""
    root = pick(q, 2, 4)
    groups, channels = root * root, root * pick(q, 2, 16)
    macs, answer = conv2d_macs(1, 1, 1, 1, channels, channels, 1), groups
    while conv2d_macs(1, 1, 1, 1, answer, answer, groups) < macs:
        answer += groups
    wrong = (channels * groups, channels, channels // root, channels + groups)
    ask(q, answer, wrong, (channels, groups, root))


@register_jitable
def depthwise_weights(q):
    """Ask for the weights of a depthwise convolution with a channel multiplier."""
    multiplier = pick(q, 2, 4)
    c1, kernel = pick(q, 2, MOST // multiplier), one_of(q, (3, 5))
    c2 = c1 * multiplier
    wrong = (
        conv2d_params(kernel, kernel, c1, c2, 1, 0),
        conv2d_params(kernel, kernel, c1, c1, c1, 0),
        conv2d_params(kernel, kernel, 1, multiplier, 1, 0),
        conv2d_params(1, 1, c1, c2, c1, 0),
    )
    answer = conv2d_params(kernel, kernel, c1, c2, c1, 0)
    ask(q, answer, wrong, (c1, multiplier, kernel, c2, kernel * kernel))


@register_jitable
def depthwise_macs(q):
    """Ask for the MACs of a depthwise convolution with a channel multiplier."""
    multiplier = pick(q, 1, 4)
    c1, kernel, size = pick(q, 2, MOST // multiplier), 3, one_of(q, (4, 5, 10))
    c2 = c1 * multiplier
    answer = conv2d_macs(size, size, kernel, kernel, c1, c2, c1)
    wrong = (
        conv2d_macs(size, size, kernel, kernel, c1, c2, 1),
        conv2d_macs(1, 1, kernel, kernel, c1, c2, c1),
        conv2d_macs(size, size, kernel, kernel, 1, multiplier, 1),
        conv2d_macs(size, size, 1, 1, c1, c2, c1),
    )
    numbers = (c1, multiplier, kernel, c2, kernel * kernel, size, size * size)
    ask(q, answer, wrong, numbers)


@register_jitable
def depthwise_outputs(q):
    """Ask which outputs an input channel makes, with a multiplier; cell 0 is output 1."""
    multiplier = pick(q, 2, 4)
    c1 = pick(q, 2, MOST // multiplier)
    c2, channel = c1 * multiplier, pick(q, 0, c1 - 1)
    answer, dealt = 0, 0
    for output in range(c2):
        if group_of(output, c2, c1) == channel:
            answer += 1 << output
        if output % c1 == channel:
            dealt += 1 << output
    first = channel * multiplier + 1
    numbers = (c1, multiplier, channel + 1, c2, first, first + multiplier - 1)
    ask(q, answer, (dealt, (1 << c2) - 1, 1 << channel), numbers)


@register_jitable
def pair_weights(q):
    """Ask for the weights of a depthwise and a 1 x 1 convolution."""
    c1, c2, kernel = pick(q, 2, 10), pick(q, 2, 10), one_of(q, (3, 5))
    h, w, ci, co, g = variant_layer(3, 0, kernel, kernel, c1, c2, 1)
    depthwise = conv2d_params(h, w, ci, co, g, 0)
    h, w, ci, co, g = variant_layer(3, 1, kernel, kernel, c1, c2, 1)
    mixing = conv2d_params(h, w, ci, co, g, 0)
    wrong = (
        conv2d_params(kernel, kernel, c1, c2, 1, 0),
        depthwise,
        mixing,
        depthwise + c2,
        conv2d_params(kernel, kernel, 1, 1, 1, 0) + mixing,
    )
    ask(q, depthwise + mixing, wrong, (c1, c2, kernel, kernel * kernel, depthwise, mixing))


@register_jitable
def pair_macs(q):
    """Ask for the MACs of a depthwise and a 1 x 1 convolution."""
    c1, c2, kernel, size = pick(q, 2, 10), pick(q, 2, 10), 3, one_of(q, (4, 5, 10))
    h, w, ci, co, g = variant_layer(3, 0, kernel, kernel, c1, c2, 1)
    depthwise, once = conv2d_macs(size, size, h, w, ci, co, g), conv2d_macs(1, 1, h, w, ci, co, g)
    h, w, ci, co, g = variant_layer(3, 1, kernel, kernel, c1, c2, 1)
    mixing = conv2d_macs(size, size, h, w, ci, co, g)
    once += conv2d_macs(1, 1, h, w, ci, co, g)
    wrong = (
        once,
        conv2d_macs(size, size, kernel, kernel, c1, c2, 1),
        depthwise,
        mixing,
    )
    numbers = (c1, c2, kernel, kernel * kernel, size, size * size, depthwise, mixing)
    ask(q, depthwise + mixing, wrong, numbers)


@register_jitable
def pair_share(q):
    """Ask for the pair's MACs beside the vanilla layer's, for one place and one input channel."""
    c2, kernel = one_of(q, (2, 3, 4, 6, 8, 10, 16, 20, 32, 64, 100)), one_of(q, (3, 5))
    full, depthwise = conv2d_macs(1, 1, kernel, kernel, 1, c2, 1), kernel * kernel
    answer = conv2d_macs(1, 1, kernel, kernel, 1, 1, 1) + conv2d_macs(1, 1, 1, 1, 1, c2, 1)
    ask(q, answer, (full, depthwise, c2, depthwise + 1), (c2, kernel, depthwise, full))


@register_jitable
def draw(number, q):
    """Draw a question of the family with this number, which may turn out not to be usable."""
    if number == 0:
        outputs_moved(q)
    elif number == 1:
        legal_groups(q)
    elif number == 2:
        grouped_weights(q)
    elif number == 3:
        grouped_macs(q)
    elif number == 4:
        shape_read(q)
    elif number == 5:
        shape_second(q)
    elif number == 6:
        group_budget(q)
    elif number == 7:
        depthwise_weights(q)
    elif number == 8:
        depthwise_macs(q)
    elif number == 9:
        depthwise_outputs(q)
    elif number == 10:
        pair_weights(q)
    elif number == 11:
        pair_macs(q)
    else:
        pair_share(q)

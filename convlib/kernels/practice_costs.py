"""Practice questions on costs: parameters, MACs, FLOPs, bytes, intensity, roofs and rules."""

from numba.extending import register_jitable

from convlib.kernels.cost_rules import conv2d_macs, conv2d_params, intensity, tensor_bytes
from convlib.kernels.practice_draws import ask, one_of, pick, refuse
from convlib.kernels.size_rules import output_length

# The families in the order of their numbers, and what each calls the numbers that it writes.
FAMILIES = {
    "parameters": ("c1", "c2", "kernel", "area", "weights", "size"),
    "strided-macs": ("c1", "c2", "kernel", "area", "size", "after", "places", "sum"),
    "flops": ("outputs", "sum", "c1", "c2", "kernel", "size", "macs"),
    "activation-bytes": ("channels", "size", "places", "numbers"),
    "bytes-moved": ("c1", "c2", "size", "input", "output", "weights", "numbers"),
    "intensity": ("channels", "kernel", "area", "product"),
    "intensity-channels": ("balance", "kernel"),
    "roof": ("flops", "speed", "intensity", "fed", "balance", "binds"),
    "scaled-macs": ("macs", "stride", "factor", "fewer", "more", "wide", "after"),
    "scaled-weights": ("weights", "stride", "factor", "more", "wide", "after"),
    "scaled-activations": ("numbers", "stride", "factor", "fewer", "wide", "after"),
    "constant-cost": ("channels", "stride", "size", "after", "fewer", "kernel"),
}  # fmt: skip


@register_jitable
def parameters(q):
    """Ask for the parameters of a vanilla layer with biases."""
    c1, c2, kernel = pick(q, 2, 10), pick(q, 2, 10), one_of(q, (3, 5))
    size = one_of(q, (10, 20, 28, 56))
    weights = conv2d_params(kernel, kernel, c1, c2, 1, 0)
    wrong = (
        weights,
        weights + c1,
        weights + 1,
        conv2d_params(kernel, kernel, 1, c2, 1, 1),
        conv2d_params(1, 1, c1, c2, 1, 1),
    )
    answer = conv2d_params(kernel, kernel, c1, c2, 1, 1)
    ask(q, answer, wrong, (c1, c2, kernel, kernel * kernel, weights, size))


@register_jitable
def strided_macs(q):
    """Ask for the MACs of a layer at stride 2."""
    c1, c2, kernel = pick(q, 1, 4), pick(q, 2, 6), 3
    size = one_of(q, (4, 6, 8, 10, 20))
    after = output_length(size, kernel, 2, 1, 1, 1)
    wrong = (
        conv2d_macs(size, size, kernel, kernel, c1, c2, 1),
        conv2d_macs(size, after, kernel, kernel, c1, c2, 1),
        conv2d_macs(after, after, kernel, kernel, 1, c2, 1),
        conv2d_macs(after, after, kernel, kernel, c1, 1, 1),
        conv2d_macs(1, 1, kernel, kernel, c1, c2, 1),
    )
    answer = conv2d_macs(after, after, kernel, kernel, c1, c2, 1)
    area = kernel * kernel
    ask(q, answer, wrong, (c1, c2, kernel, area, size, after, after * after, area * c1))


@register_jitable
def flops(q):
    """Ask for the FLOPs of a layer."""
    c1, c2, kernel, size = pick(q, 1, 4), pick(q, 2, 4), one_of(q, (1, 3)), one_of(q, (4, 5, 10))
    outputs = tensor_bytes(c2, size, size, 1)
    macs, terms = conv2d_macs(size, size, kernel, kernel, c1, c2, 1), kernel * kernel * c1
    ask(
        q,
        2 * macs,
        (macs, 2 * macs - outputs, macs // 2, macs + terms),
        (outputs, terms, c1, c2, kernel, size, macs),
    )
    if terms == 1:
        refuse(q)


@register_jitable
def activation_bytes(q):
    """Ask for the bytes of an activation in float32."""
    channels, size = one_of(q, (2, 3, 8, 10, 16, 32, 64)), one_of(q, (5, 10, 20, 30))
    wrong = (
        tensor_bytes(channels, size, size, 1),
        tensor_bytes(1, size, size, 4),
        tensor_bytes(channels, size, size, 32),
        tensor_bytes(channels, size, 1, 4),
    )
    answer = tensor_bytes(channels, size, size, 4)
    numbers = tensor_bytes(channels, size, size, 1)
    ask(q, answer, wrong, (channels, size, size * size, numbers))


@register_jitable
def bytes_moved(q):
    """Ask for the bytes that a 1 x 1 layer in float32 moves, each once."""
    c1, c2, size = pick(q, 2, 10), pick(q, 2, 10), one_of(q, (2, 4, 5, 10))
    inputs, outputs = tensor_bytes(c1, size, size, 1), tensor_bytes(c2, size, size, 1)
    weights = conv2d_params(1, 1, c1, c2, 1, 0)
    numbers = inputs + outputs + weights
    wrong = (
        numbers,
        4 * (inputs + outputs),
        4 * (inputs + weights),
        4 * (inputs + outputs + size * size * weights),
    )
    ask(q, 4 * numbers, wrong, (c1, c2, size, inputs, outputs, weights, numbers))


@register_jitable
def large_intensity(channels, kernel, itemsize):
    """Return a dense layer's FLOPs per byte on a picture so large that weights do not count."""
    macs = conv2d_macs(1, 1, kernel, kernel, channels, channels, 1)
    return int(intensity(macs, 2 * tensor_bytes(channels, 1, 1, itemsize)))


@register_jitable
def dense_intensity(q):
    """Ask for the intensity of a dense layer on a large picture."""
    channels, kernel = 8 * one_of(q, (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)), one_of(q, (3, 5))
    answer = large_intensity(channels, kernel, 4)
    wrong = (
        large_intensity(channels, 1, 4),
        answer // 2,
        2 * answer,
        large_intensity(channels, kernel, 1),
    )
    area = kernel * kernel
    ask(q, answer, wrong, (channels, kernel, area, area * channels))


@register_jitable
def intensity_channels(q):
    """Ask from how many channels on a 1 x 1 layer on a large picture can reach the flat roof."""
    balance, kernel, answer = pick(q, 2, 50), 1, 4
    while large_intensity(answer, kernel, 4) < balance:
        answer += 4
    ask(q, answer, (balance, 2 * balance, 8 * balance), (balance, kernel))


@register_jitable
def roof(q):
    """Ask for the speed that a layer cannot exceed."""
    speed, balance = one_of(q, (5, 8, 10, 20, 25, 40)), one_of(q, (3, 4, 5, 8, 10))
    level = pick(q, 2, 20)
    flat, fed = speed * balance, speed * level
    ask(
        q,
        min(flat, fed),
        (max(flat, fed), flat + fed, speed, balance),
        (flat, speed, level, fed, balance, int(flat < fed)),
    )


@register_jitable
def scaled_layer(q):
    """Return base numbers for a layer that is divided and multiplied: a size, s and m."""
    stride, factor = pick(q, 2, 4), pick(q, 2, 4)
    return 4 * stride, stride, factor


@register_jitable
def scaled_macs(q):
    """Ask for the MACs when height and width are divided, and the channels multiplied."""
    size, stride, factor = scaled_layer(q)
    c, kernel = one_of(q, (2, 5, 10, 20)), 1
    after = size // stride
    macs = conv2d_macs(size, size, kernel, kernel, c, c, 1)
    more = c * factor
    wrong = (
        conv2d_macs(size, after, kernel, kernel, more, more, 1),
        conv2d_macs(after, after, kernel, kernel, c, more, 1),
        conv2d_macs(size, size, kernel, kernel, more, more, 1),
        conv2d_macs(after, after, kernel, kernel, c, c, 1),
    )
    answer = conv2d_macs(after, after, kernel, kernel, more, more, 1)
    ask(q, answer, wrong, (macs, stride, factor, stride * stride, factor * factor, more, after))


@register_jitable
def scaled_weights(q):
    """Ask for the weights when height and width are divided, and the channels multiplied."""
    size, stride, factor = scaled_layer(q)
    c, kernel = one_of(q, (4, 6, 8, 12, 20, 40)), 1
    weights = conv2d_params(kernel, kernel, c, c, 1, 0)
    more, squared = c * factor, stride * stride
    answer = conv2d_params(kernel, kernel, more, more, 1, 0)
    wrong = (
        conv2d_params(kernel, kernel, c, more, 1, 0),
        answer // squared,
        weights // squared,
        weights,
    )
    ask(q, answer, wrong, (weights, stride, factor, factor * factor, more, size // stride))
    if answer % squared != 0 or weights % squared != 0 or size // stride < 1:
        refuse(q)


@register_jitable
def scaled_activations(q):
    """Ask for the numbers of an activation whose size is divided and channels multiplied."""
    size, stride, factor = scaled_layer(q)
    c, after = pick(q, 2, 10), size // stride
    numbers = tensor_bytes(c, size, size, 1)
    wrong = (
        tensor_bytes(c * factor * factor, after, after, 1),
        tensor_bytes(c, after, after, 1),
        tensor_bytes(c * factor, size, size, 1),
    )
    answer = tensor_bytes(c * factor, after, after, 1)
    ask(q, answer, wrong, (numbers, stride, factor, stride * stride, c * factor, after))


@register_jitable
def constant_cost(q):
    """Ask for the channels after a stride that keep the MACs of a layer."""
    channels, stride, kernel = 8 * pick(q, 1, 12), pick(q, 2, 3), 3
    size = stride * one_of(q, (4, 7, 10, 14))
    after, answer = output_length(size, stride, stride, 0, 0, 1), channels
    macs = conv2d_macs(size, size, kernel, kernel, channels, channels, 1)
    while conv2d_macs(after, after, kernel, kernel, answer, answer, 1) < macs:
        answer += channels
    wrong = (channels, channels * stride * stride, channels // stride)
    ask(q, answer, wrong, (channels, stride, size, after, stride * stride, kernel))
    if channels % stride != 0:
        refuse(q)


@register_jitable
def draw(number, q):
    """Draw a question of the family with this number, which may turn out not to be usable."""
    if number == 0:
        parameters(q)
    elif number == 1:
        strided_macs(q)
    elif number == 2:
        flops(q)
    elif number == 3:
        activation_bytes(q)
    elif number == 4:
        bytes_moved(q)
    elif number == 5:
        dense_intensity(q)
    elif number == 6:
        intensity_channels(q)
    elif number == 7:
        roof(q)
    elif number == 8:
        scaled_macs(q)
    elif number == 9:
        scaled_weights(q)
    elif number == 10:
        scaled_activations(q)
    else:
        constant_cost(q)

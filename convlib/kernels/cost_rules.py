"""What a layer costs, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book get their costs: the same source, as WebAssembly.
"""

from numba.extending import register_jitable


@register_jitable
def conv2d_macs(oh, ow, kh, kw, in_channels, out_channels, groups):
    """Return a convolution's MACs: each of oh * ow * C2 outputs sums h * w * C1 / g products."""
    return oh * ow * out_channels * kh * kw * (in_channels // groups)


@register_jitable
def conv2d_params(kh, kw, in_channels, out_channels, groups, biases):
    """Return how many weights and biases a convolution has; `biases` is 1 with a bias, else 0."""
    return out_channels * (kh * kw * (in_channels // groups) + biases)


@register_jitable
def tensor_bytes(channels, height, width, itemsize):
    """Return the bytes of one image's activation whose numbers take `itemsize` bytes each."""
    return channels * height * width * itemsize


@register_jitable
def intensity(macs, transferred):
    """Return the arithmetic intensity in FLOPs per byte; 0 where no byte moves."""
    return 2 * macs / transferred if transferred else 0.0


# Ways to connect channels, in the order of `variant_layer`'s numbers.
VARIANTS = ("vanilla", "grouped", "depthwise", "depthwise + 1 × 1")


@register_jitable
def variant_length(variant):
    """Return how many layers a variant has: the last one has two."""
    return 2 if variant == 3 else 1


@register_jitable
def variant_layer(variant, index, kh, kw, in_channels, out_channels, groups):
    """Return (h, w, C1, C2, g) of layer `index` of a variant; the second one's g is `groups`."""
    if variant == 0:
        return kh, kw, in_channels, out_channels, 1
    if variant == 1:
        return kh, kw, in_channels, out_channels, groups
    if index == 0:
        return kh, kw, in_channels, in_channels, in_channels
    return 1, 1, in_channels, out_channels, 1


@register_jitable
def groups_divide(in_channels, out_channels, groups):
    """Return 1 if `groups` divides both channel counts, else 0."""
    return 1 if in_channels % groups == 0 and out_channels % groups == 0 else 0


# What `variant_cost` writes, in order.
COSTS = (
    "macs",
    "flops",
    "params",
    "input_bytes",
    "output_bytes",
    "weight_bytes",
    "bytes",
    "intensity",
)


@register_jitable
def variant_cost(variant, height, width, oh, ow, kh, kw, c1, c2, groups, itemsize, costs):
    """Write a variant's `COSTS` into `costs`, for layers without biases that keep oh x ow."""
    costs[:] = 0
    for index in range(variant_length(variant)):
        lh, lw, ci, co, g = variant_layer(variant, index, kh, kw, c1, c2, groups)
        rows, columns = (height, width) if index == 0 else (oh, ow)
        params = conv2d_params(lh, lw, ci, co, g, 0)
        costs[0] += conv2d_macs(oh, ow, lh, lw, ci, co, g)
        costs[2] += params
        costs[3] += tensor_bytes(ci, rows, columns, itemsize)
        costs[4] += tensor_bytes(co, oh, ow, itemsize)
        costs[5] += params * itemsize
    costs[1] = 2 * costs[0]
    costs[6] = costs[3] + costs[4] + costs[5]
    costs[7] = intensity(costs[0], costs[6])

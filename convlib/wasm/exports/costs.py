"""What pages may call about groups and costs, of one layer and of whole networks."""

from numba import carray, int32, void

from convlib.kernels import cost_rules, group_rules, network_walk, size_rules
from convlib.kernels.size_rules import output_length
from convlib.wasm.exports.types import doubles, floats, ints


def channel_changes(before, after, channels, height, width, changes):
    """Write into `changes` (channels,) by how much each channel differs, at most."""
    shape = (channels, height, width)
    group_rules.channel_changes(
        carray(before, shape), carray(after, shape), carray(changes, (channels,))
    )


def compare_costs(in_channels, out_channels, height, width, kh, kw, groups, costs):
    """Write into `costs` (variants, fields) what each variant costs in float32, size kept.

    A grouped convolution that is impossible, because g does not divide the channels, costs 0.
    """
    table = carray(costs, (len(cost_rules.VARIANTS), len(cost_rules.COSTS)))
    top = size_rules.same_before(height, kh, 1, 1)
    bottom = size_rules.same_after(height, kh, 1, 1)
    left = size_rules.same_before(width, kw, 1, 1)
    right = size_rules.same_after(width, kw, 1, 1)
    oh = output_length(height, kh, 1, top, bottom, 1)
    ow = output_length(width, kw, 1, left, right, 1)
    legal = cost_rules.groups_divide(in_channels, out_channels, groups)
    for variant in range(len(table)):
        g = groups if legal else 1
        cost_rules.variant_cost(
            variant, height, width, oh, ow, kh, kw, in_channels, out_channels, g, 4,
            table[variant],
        )  # fmt: skip
    if not legal:
        table[1] = 0


def describe_variant(variant, index, kh, kw, in_channels, out_channels, groups, sizes):
    """Write (h, w, C1, C2, g) of a variant's layer into `sizes`, zeros if it has no such layer."""
    layer = carray(sizes, (5,))
    layer[:] = 0
    if index < cost_rules.variant_length(variant):
        h, w, c1, c2, g = cost_rules.variant_layer(
            variant, index, kh, kw, in_channels, out_channels, groups
        )
        layer[0], layer[1], layer[2], layer[3], layer[4] = h, w, c1, c2, g


def walk_layers(layers, count, channels, height, width, percent, found):
    """Write into `found` (count + 1, FOUND) what the design `layers` (count, COLUMNS) costs.

    A network's MACs outgrow int32. float64 holds every integer up to 2**53 exactly, and
    JavaScript's own numbers are float64; two int32 would have to be combined there.
    """
    network_walk.walk(
        carray(layers, (count, network_walk.COLUMNS)),
        channels,
        height,
        width,
        percent,
        carray(found, (count + 1, network_walk.FOUND)),
    )


EXPORTS = (
    # GroupWiring, ChannelMixing
    (cost_rules.conv2d_params, int32(*[int32] * 6)),
    (group_rules.groups_fit, int32(*[int32] * 3)),
    (group_rules.group_of, int32(*[int32] * 3)),
    (channel_changes, void(*[floats] * 2, *[int32] * 3, floats)),
    # CostComparison
    (compare_costs, void(*[int32] * 7, doubles)),
    (describe_variant, void(*[int32] * 7, ints)),
    (cost_rules.groups_divide, int32(*[int32] * 3)),
    # NetworkDesigner
    (walk_layers, void(ints, *[int32] * 5, doubles)),
)

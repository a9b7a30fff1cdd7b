"""What pages may call about groups and costs, of one layer and of whole networks."""

from numba import carray, int32, void

from convlib import _cost_rules, _design_kernels, _group_kernels, _group_rules, _size_rules
from convlib._browser_types import doubles, floats, ints
from convlib._size_rules import output_length


def channel_changes(before, after, channels, height, width, changes):
    """Write into `changes` (channels,) by how much each channel differs, at most."""
    shape = (channels, height, width)
    _group_kernels.channel_changes(
        carray(before, shape), carray(after, shape), carray(changes, (channels,))
    )


def compare_costs(in_channels, out_channels, height, width, kh, kw, groups, costs):
    """Write into `costs` (variants, fields) what each variant costs in float32, size kept.

    A grouped convolution that cannot be, because g does not divide the channels, costs 0.
    """
    table = carray(costs, (len(_cost_rules.VARIANTS), len(_cost_rules.COSTS)))
    top = _size_rules.same_before(height, kh, 1, 1)
    bottom = _size_rules.same_after(height, kh, 1, 1)
    left = _size_rules.same_before(width, kw, 1, 1)
    right = _size_rules.same_after(width, kw, 1, 1)
    oh = output_length(height, kh, 1, top, bottom, 1)
    ow = output_length(width, kw, 1, left, right, 1)
    legal = _cost_rules.groups_divide(in_channels, out_channels, groups)
    for variant in range(len(table)):
        g = groups if legal else 1
        _cost_rules.variant_cost(
            variant, height, width, oh, ow, kh, kw, in_channels, out_channels, g, 4,
            table[variant],
        )  # fmt: skip
    if not legal:
        table[1] = 0


def describe_variant(variant, index, kh, kw, in_channels, out_channels, groups, sizes):
    """Write (h, w, C1, C2, g) of a variant's layer into `sizes`, zeros where it has no such."""
    layer = carray(sizes, (5,))
    layer[:] = 0
    if index < _cost_rules.variant_length(variant):
        h, w, c1, c2, g = _cost_rules.variant_layer(
            variant, index, kh, kw, in_channels, out_channels, groups
        )
        layer[0], layer[1], layer[2], layer[3], layer[4] = h, w, c1, c2, g


def walk_layers(layers, count, channels, height, width, percent, found):
    """Write into `found` (count + 1, FOUND) what the design `layers` (count, COLUMNS) costs.

    A network's MACs outgrow int32. float64 holds every integer up to 2**53 exactly, and
    JavaScript's own numbers are float64; two int32 would have to be put together there.
    """
    _design_kernels.walk(
        carray(layers, (count, _design_kernels.COLUMNS)),
        channels,
        height,
        width,
        percent,
        carray(found, (count + 1, _design_kernels.FOUND)),
    )


EXPORTS = (
    # GroupWiring, ChannelMixing
    (_cost_rules.conv2d_params, int32(*[int32] * 6)),
    (_group_rules.groups_fit, int32(*[int32] * 3)),
    (_group_rules.group_of, int32(*[int32] * 3)),
    (channel_changes, void(*[floats] * 2, *[int32] * 3, floats)),
    # CostComparison
    (compare_costs, void(*[int32] * 7, doubles)),
    (describe_variant, void(*[int32] * 7, ints)),
    (_cost_rules.groups_divide, int32(*[int32] * 3)),
    # NetworkDesigner
    (walk_layers, void(ints, *[int32] * 5, doubles)),
)

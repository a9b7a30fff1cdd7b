"""Blocks whose paths branch and meet, against reads that are followed back pixel by pixel."""

import random

import numpy as np
import pytest

from convlib import Conv2d, MaxPool2d, network_cost, networks, receptive_field, unread_pixels
from convlib.blocks import BatchNorm2d
from convlib.branches import Concat, Residual
from convlib.cost import Cost
from convlib.pool import AdaptiveAvgPool2d, AvgPool2d

# The reference: a path on one axis is a list of layers, (kernel, stride, before), or of lists of
# paths, whose results are concatenated. All paths of a block end in the same size.


def positions_seen(outputs, path):
    """Return the input positions behind a set of outputs, those in the padding included."""
    seen = set(outputs)
    for part in reversed(path):
        if isinstance(part, list):
            seen = set().union(*(positions_seen(seen, branch) for branch in part))
        else:
            kernel, stride, before = part
            seen = {at * stride - before + tap for at in seen for tap in range(kernel)}
    return seen


def pixels_read(size, path, needed):
    """Return a mask of the pixels that the outputs marked in `needed` read."""
    sizes = [size]
    for part in path:
        kernel, stride, before = part if isinstance(part, tuple) else (1, slowed(part), 0)
        sizes.append((sizes[-1] + 2 * before - kernel) // stride + 1)
    for part, its_size in zip(reversed(path), reversed(sizes[:-1]), strict=True):
        if isinstance(part, list):
            needed = np.any([pixels_read(its_size, branch, needed) for branch in part], axis=0)
            continue
        kernel, stride, before = part
        read = np.zeros(its_size, bool)
        for output in np.flatnonzero(needed):
            for tap in range(kernel):
                if 0 <= output * stride - before + tap < its_size:
                    read[output * stride - before + tap] = True
        needed = read
    return needed


def slowed(branches):
    """Return the product of the strides on the way through a block."""
    product = 1
    for part in branches[0]:
        product *= slowed(part) if isinstance(part, list) else part[1]
    return product


def random_layer(chance, channels, stride):
    """Return a layer that keeps the size except for its stride, its channels, the reference's."""
    kernel = chance.choice([1, 3, 5])
    half = (kernel - 1) // 2
    if chance.random() < 0.3:
        kind = chance.choice([MaxPool2d, AvgPool2d])
        return kind(kernel, stride, half), channels, (kernel, stride, half)
    out_channels = chance.randint(1, 4)
    layer = Conv2d(channels, out_channels, kernel, stride, half)
    return layer, out_channels, (kernel, stride, half)


def random_path(chance, channels, stride, depth):
    """Return layers, their channels and the reference's path; the first has the stride."""
    layers, path = [], []
    for step in [stride] + [1] * chance.randint(0, 2):
        if depth and chance.random() < 0.4:
            made = [
                random_path(chance, channels, step, depth - 1) for _ in range(chance.randint(1, 3))
            ]
            if step == 1 and chance.random() < 0.3:
                made.append(([], channels, []))
            branches, widths, paths = zip(*made, strict=True)
            layers.append(Concat(branches))
            channels = sum(widths)
            path.append(list(paths))
        else:
            layer, channels, axis = random_layer(chance, channels, step)
            layers.append(layer)
            path.append(axis)
    return layers, channels, path


def random_network(seed):
    """Return a network, its input channels, and its reference on an axis."""
    chance = random.Random(seed)
    first = chance.randint(1, 3)
    layers, channels, path = [], first, []
    for _ in range(chance.randint(1, 3)):
        more, channels, its_path = random_path(chance, channels, chance.choice([1, 2]), 2)
        layers += more
        path += its_path
    return layers, first, path


@pytest.mark.parametrize("seed", range(60))
def test_field_and_unread_pixels_of_branches_are_what_is_measured(seed):
    layers, channels, path = random_network(seed)
    size = random.Random(seed).randint(12, 40)
    field = receptive_field(layers, (channels, size, size))
    seen, later = positions_seen({0}, path), positions_seen({1}, path)
    assert field.window(0)[0] == field.window(0)[1] == (min(seen), max(seen))
    assert field.window(1)[0] == (min(later), max(later))
    read = pixels_read(size, path, np.ones(sizes_behind(size, path), bool))
    np.testing.assert_array_equal(unread_pixels(layers, size), ~np.outer(read, read))


def sizes_behind(size, path):
    """Return the size at the end of a path of odd windows that are padded by half of them."""
    for part in path:
        stride = slowed(part) if isinstance(part, list) else part[1]
        size = -(-size // stride)
    return size


@pytest.mark.parametrize("seed", range(60))
def test_tables_and_costs_of_branches_agree_with_their_layers(seed):
    layers, channels, _ = random_network(seed)
    shape = (channels, 21, 30)
    rows = networks.layer_table(layers, shape)
    assert len({row.name for row in rows}) == len(rows)
    cost = network_cost(layers, shape)
    assert sum(row.macs for row in rows) == cost.macs
    # Each path by itself, from the shape that reaches the block: costs add up.
    total, at = Cost(), shape
    for layer in layers:
        paths = layer.branches if isinstance(layer, Concat) else [[layer]]
        ends = [at] * len(paths)
        for number, branch in enumerate(paths):
            if branch:
                total += network_cost(branch, at)
                tail = [*branch, MaxPool2d(1)]
                ends[number] = networks.layer_table(tail, at)[-1].output_shape
        at = (sum(end[0] for end in ends), *ends[0][1:])
    assert cost == total
    # One more layer sees what the whole network does.
    last = networks.layer_table([*layers, MaxPool2d(1)], shape)[-1]
    field = receptive_field(layers, shape)
    assert (last.output_shape, last.field, last.stride) == (at, field.size, field.stride)
    assert last.shift == field.shift


def test_the_padding_after_is_that_of_the_branch_which_ends_last():
    wide, narrow = Conv2d(2, 2, 5, 2, ((1, 2), (2, 1))), Conv2d(2, 2, 3, 2, ((0, 1), (1, 0)))
    block = Concat([narrow, wide])
    assert receptive_field(block, (2, 9, 9)) == receptive_field(wide)
    # Neither holds the other: windows from -1 to 1 and from 0 to 2.
    early, late = (Conv2d(2, 2, 3, padding=(ends, (1, 1))) for ends in ((1, 1), (0, 2)))
    both = receptive_field(Concat([early, late]), 8)
    assert (both.size, both.padding) == ((4, 3), ((1, 2), (1, 1)))
    assert both.center == (0.5, 0.0)


def test_names_say_the_branch_where_none_is_given():
    block = Concat(
        [
            Conv2d(3, 4, 1),
            ("b", Conv2d(3, 4, 1)),
            [Conv2d(3, 2, 1), ("c", BatchNorm2d(2)), MaxPool2d(3, 1, 1)],
            [],
        ]
    )
    rows = networks.layer_table([("block", block), Conv2d(13, 1, 1)], 8)
    names = ["block.0.0", "block.b", "block.2.0", "block.c", "block.2.2", "1"]
    assert [row.name for row in rows] == names
    assert Concat(block.branches) == block
    assert [conv.out_channels for conv in networks.convolutions(block)] == [4, 4, 2]


def test_a_path_may_be_a_layer():
    conv, side = Conv2d(4, 4, 3, padding=1), Conv2d(4, 4, 1)
    assert Residual(conv) == Residual([conv]) == Residual(iter([conv]))
    assert Residual(conv, side) == Residual([conv], [side])
    cost = network_cost(Residual(conv, side), 8)
    assert cost == network_cost(conv, 8) + network_cost(side, 8)
    assert receptive_field(Residual(conv)) == receptive_field(conv)
    nested = Residual(Residual(conv))
    assert network_cost(nested, 8) == network_cost(conv, 8)
    names = [row.name for row in networks.layer_table(("r", Residual(conv, side))[1], 8)]
    assert names == ["0.0", "0.shortcut.0"]


def test_densenets_block_keeps_what_came_in():
    # Huang et al., 2016: layer l of a block has k0 + (l - 1) k input channels.
    layers, channels = [], 8
    for _ in range(4):
        layers.append(Concat([[], Conv2d(channels, 3, 3, padding=1)]))
        channels += 3
    assert networks.layer_table([*layers, MaxPool2d(1)], 9)[-1].output_shape == (20, 9, 9)
    assert receptive_field(layers).size == (9, 9)


def test_branches_that_do_not_meet_are_refused_by_name():
    conv, halved = Conv2d(3, 4, 3, padding=1), Conv2d(3, 4, 3, 2, padding=1)
    network = [("mix", Concat([conv, halved]))]
    sentence = r"mix: branch 1's output has size \(4, 4\), branch 0's \(8, 8\); they are concat"
    for call in (network_cost, receptive_field, unread_pixels):
        with pytest.raises(ValueError, match=sentence):
            call(network, 8)
    with pytest.raises(ValueError, match=r"mix: branch 1's stride is \(2, 2\), branch 0's \(1, 1"):
        receptive_field(network)
    # One pixel has the same size at either stride: a cost, but no field.
    row = networks.layer_table([*network, Conv2d(8, 1, 1)], 1)[-1]
    assert row.field is row.stride is row.shift is None
    with pytest.raises(ValueError, match=r"mix\.0\.0: AdaptiveAvgPool2d sees its whole input"):
        receptive_field([("mix", Concat([AdaptiveAvgPool2d(8), conv]))], 8)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Residual(3), TypeError, r"main=3 is of type int; legal is a layer, or a sequence"),
        (lambda: Residual([]), ValueError, r"main=\(\) has no layer"),
        (lambda: Residual([Conv2d(1, 1, 1), "x"]), TypeError, r"main\[1\]='x' is neither a layer"),
        (lambda: Residual(Conv2d), TypeError, "main=.*Conv2d.* is of type type"),
        (lambda: Residual(Conv2d(1, 1, 1), 3), TypeError, "shortcut=3 is of type int"),
        (lambda: Residual(Conv2d(1, 1, 1), [3]), TypeError, r"shortcut\[0\]=3 is neither a layer"),
        (lambda: Concat([]), ValueError, r"branches=\(\) has no branch; legal is a sequence"),
        (lambda: Concat(3), TypeError, "branches=3 is of type int; legal is a sequence of branch"),
        (lambda: Concat(Conv2d(1, 1, 1)), TypeError, "branches=.*is of type Conv2d; legal is a se"),
        (lambda: Concat([3]), TypeError, r"branches\[0\]=3 is of type int; legal is a layer, or"),
        (lambda: Concat([[], ["x"]]), TypeError, r"branches\[1\]\[0\]='x' is neither a layer"),
        (lambda: Concat([("x", 3)]), TypeError, r"branches\[0\]\[0\]=\('x', 3\) is neither a lay"),
    ],
)
def test_what_is_not_made_of_layers_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()

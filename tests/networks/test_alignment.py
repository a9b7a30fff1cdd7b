"""Where paths meet: what looks at different places, and that what is said to mend it does."""

import re

import numpy as np
import pytest
from onnx import helper
from onnx_models import checked, conv, exported, found, model, node, numbers, one, weight

from convlib import Conv2d, MaxPool2d
from convlib.branches import Residual

BLOCK = [weight("w", 8, 3, 3, 3), weight("v", 8, 3, 1, 1)]
HALVED = {"kernel_shape": [2, 2], "strides": [2, 2]}


@pytest.mark.parametrize("jump", [1, 2, 4])
@pytest.mark.parametrize("word", ["SAME_UPPER", "SAME_LOWER"])
def test_same_padding_against_a_shortcut(jump, word):
    """At stride 2, SAME_UPPER moves the 3 x 3 by a pixel of its input against the 1 x 1."""
    nodes = [
        node("MaxPool", "x", "pool", kernel_shape=[1, 1], strides=[jump, jump]),
        conv("pool w", "main", auto_pad=word, strides=[2, 2]),
        conv("pool v", "side", strides=[2, 2]),
        node("Add", "main side", "sum"),
    ]
    network = checked(model(nodes, BLOCK, [1, 3, 32, 32], ["sum"]))
    if word == "SAME_LOWER":
        assert ("alignment", "sum") not in found(network)
        return
    finding = one(network, "alignment")
    assert finding.severity == "warning"
    assert finding.pixels == (jump, jump)
    assert finding.paths == (("side",), ("main",))
    assert finding.mend.startswith("Pad main by 1 on all sides in place of top 0, bottom 1,")


def mended(nodes, finding):
    """Return the nodes with the paddings that a finding's mend names."""
    ends = {}
    sides = r"top (\d+), bottom (\d+), left (\d+), right (\d+)"
    for name, even, *uneven in re.findall(
        rf"(\w+) by (?:(\d+) on all sides|{sides}) in", finding.mend
    ):
        top, bottom, left, right = map(int, uneven if not even else [even] * 4)
        ends[name] = [top, left, bottom, right]
    changed = []
    for old in nodes:
        kept = {a.name: helper.get_attribute_value(a) for a in old.attribute}
        if old.name in ends:
            kept = {key: kept[key] for key in kept if key not in ("auto_pad", "pads", "ceil_mode")}
            kept["pads"] = ends[old.name]
        changed.append(helper.make_node(old.op_type, old.input, old.output, old.name, **kept))
    return changed


def test_what_is_said_to_mend_does():
    """Blocks of two paths with any padding: the sum agrees then, and sizes stay."""
    rng = np.random.default_rng(0)
    told = 0
    for _ in range(150):
        nodes, constants = [], []
        stride = rng.integers(1, 3, 2).tolist()
        for path, steps in (("a", 2), ("b", rng.integers(1, 3))):
            tensor = "x"
            for step in range(steps):
                kernel = rng.choice([1, 3, 5, 2], 2, p=[0.3, 0.3, 0.3, 0.1]).tolist()
                before = [int(rng.integers(0, n)) for n in kernel]
                after = [n - 1 - end for n, end in zip(kernel, before, strict=True)]
                own = f"{path}{step}"
                constants.append(weight(f"w{own}", 3, 3, *kernel))
                window = {"strides": stride if step == 0 else [1, 1], "pads": before + after}
                nodes.append(conv(f"{tensor} w{own}", own, **window))
                tensor = own
        nodes.append(node("Add", f"a1 {tensor}", "sum"))
        whole = model(nodes, constants, [1, 3, 32, 40], ["sum"])
        network = checked(whole)
        shapes = [row.output_shape for row in network.rows]
        if network.count("error") or ("alignment", "sum") not in found(network):
            continue
        finding = one(network, "alignment")
        last = {row.name: row for row in network.rows}
        ends = [last["a1"].center, last[tensor].center]
        assert finding.pixels == tuple(abs(p - q) for p, q in zip(*ends, strict=True))
        if finding.mend.startswith("Pad"):
            again = checked(model(mended(nodes, finding), constants, [1, 3, 32, 40], ["sum"]))
            assert "alignment" not in [kind for kind, _ in found(again)]
            assert [row.output_shape for row in again.rows] == shapes
            told += 1
    assert told > 50


def unet(down, up, size, crop=None):
    """A U-Net with one skip: `down` and `up` are attributes of its strided operators."""
    nodes = [
        conv("x w", "stem", pads=[1, 1, 1, 1]),
        node("MaxPool", "stem", "down", **down),
        conv("down u", "deep", pads=[1, 1, 1, 1]),
        node("ConvTranspose", "deep t", "up", **up),
        node("Concat", "stem up", "joined", axis=1),
    ]
    constants = [weight("w", 8, 3, 3, 3), weight("u", 8, 8, 3, 3)]
    constants.append(weight("t", 8, 8, *up["kernel_shape"]))
    return checked(model(nodes, constants, [1, 3, *size], ["joined"]))


def test_a_u_net_whose_ups_undo_its_downs_has_nothing_wrong():
    assert found(unet(HALVED, HALVED, (32, 32))) == []


def test_an_encoder_and_a_decoder_that_disagree():
    """A 3 x 3 of stride 2 sits on cells' first pixels, a 2 x 2 going up sits in their middles."""
    down = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    finding = one(unet(down, HALVED, (32, 32)), "alignment")
    assert finding.pixels == (0.5, 0.5)
    assert finding.paths == ((("down", "deep", "up")), ())
    assert "up by -0.5 pixels" in finding.message
    assert "half a cell" in finding.mend
    odd = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    assert "alignment" not in dict(found(unet(down, odd | {"output_padding": [1, 1]}, (32, 32))))


def test_a_u_net_at_an_odd_size_cannot_be_computed():
    network = unet(HALVED, HALVED, (33, 32))
    finding = one(network, "shape")
    assert (finding.severity, finding.name) == ("error", "joined")
    assert "8x33x32 and 8x32x32" in finding.message
    assert "32x32" in finding.mend
    assert network.rows[-1].output_shape is None


def test_paths_of_different_strides():
    nodes = [
        conv("x w", "fine", pads=[0, 0, 0, 0], strides=[1, 1]),
        conv("x w", "coarse", pads=[8, 8, 7, 7], strides=[2, 2]),
        node("Add", "fine coarse", "sum"),
    ]
    network = checked(model(nodes, BLOCK, [1, 3, 18, 18], ["sum"]))
    finding = one(network, "stride")
    assert "1 pixel and 2 pixels" in finding.message
    assert network.rows[-1].sees == "unequal strides"


def test_residual_blocks_of_convlib_are_aligned_or_told():
    block = Residual([Conv2d(3, 3, 4, 2, 1)], MaxPool2d(1, 2))
    finding = one(checked(exported([block]), 32), "alignment")
    assert finding.pixels == (0.5, 0.5)
    assert "half a cell" in finding.mend


def test_places_that_are_dealt_out_on_purpose():
    """The first layer of some detectors: four slices of every other place, laid side by side."""
    nodes, constants = [], [numbers("axes", [2, 3]), numbers("steps", [2, 2]), BLOCK[0]]
    constants.append(numbers("ends", [2**31 - 1] * 2))
    for row in (0, 1):
        for column in (0, 1):
            constants.append(numbers(f"at{row}{column}", [row, column]))
            inputs = f"x at{row}{column} ends axes steps"
            nodes.append(node("Slice", inputs, f"s{row}{column}"))
    nodes.append(node("Concat", "s00 s10 s01 s11", "dealt", axis=1))
    network = checked(model(nodes, constants, [1, 3, 16, 16], ["dealt"]))
    assert found(network) == []
    last = network.rows[-1]
    assert (last.output_shape, last.field, last.stride, last.shift) == (
        (12, 8, 8),
        (2, 2),
        (2, 2),
        (0, 0),
    )
    network = checked(model([*nodes[:1]], constants, [1, 3, 16, 16], ["s00"]))
    assert found(network) == [("unread", "s00"), ("shift", "s00")]
    assert network.count("warning") == 0


def test_one_change_that_does_not_mend_three_paths_is_not_offered():
    ends = {"a": [0, 1, 2, 1], "b": [1, 1, 1, 1], "c": [2, 1, 0, 1]}
    nodes = [conv("x w", name, pads=pads) for name, pads in ends.items()]
    nodes.append(node("Concat", "a b c", "joined", axis=1))
    network = checked(model(nodes, BLOCK[:1], [1, 3, 16, 16], ["joined"]))
    finding = one(network, "alignment")
    assert finding.pixels == (2, 0)
    assert finding.mend.count(" by ") == 2  # of both, then: a and c
    changed = mended(nodes, finding)
    assert found(checked(model(changed, BLOCK[:1], [1, 3, 16, 16], ["joined"]))) == []


@pytest.mark.parametrize("ends", [[2, 1, 0, 1], [0, 1, 2, 1], [1, 2, 1, 0]])
def test_a_transposed_convolution_is_mended_by_its_own_padding(ends):
    up = {"kernel_shape": [4, 4], "strides": [2, 2], "pads": ends}
    finding = one(unet(HALVED, up, (32, 32)), "alignment")
    assert finding.mend.startswith("Pad up by 1 on all sides in place of")
    assert "alignment" not in dict(found(unet(HALVED, up | {"pads": [1, 1, 1, 1]}, (32, 32))))

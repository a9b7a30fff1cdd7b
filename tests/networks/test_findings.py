"""What is found wrong in a network, and that what is said to mend it does."""

import re

import numpy as np
import pytest
from onnx import helper
from onnx_models import exported, model, numbers, weight

from convlib import Conv2d, MaxPool2d, networks
from convlib.branches import Residual
from convlib.graphs.findings import SEVERITIES


def checked(onnx_model, size=None):
    return networks.from_onnx(onnx_model.SerializeToString(), size)


def found(network, severity=None):
    """Return (kind, name) of the findings, of a severity or of all."""
    return [(f.kind, f.name) for f in network.findings if severity in (None, f.severity)]


def one(network, kind):
    (finding,) = [f for f in network.findings if f.kind == kind]
    return finding


def node(operator, inputs, output, **attributes):
    """A node named after what it writes; inputs and output are words."""
    return helper.make_node(operator, inputs.split(), output.split(), output, **attributes)


def conv(inputs, output, **attributes):
    return node("Conv", inputs, output, **attributes)


SAME = {"auto_pad": "SAME_UPPER", "strides": [2, 2]}
BLOCK = [weight("w", 8, 3, 3, 3), weight("v", 8, 3, 1, 1)]


def test_severities_come_in_order():
    network = checked(exported(networks.resnet50("1x1"), 3), 225)
    order = [SEVERITIES.index(f.severity) for f in network.findings]
    assert order == sorted(order)


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


HALVED = {"kernel_shape": [2, 2], "strides": [2, 2]}


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


def test_resnets_with_the_stride_on_the_1x1_compute_what_nothing_reads():
    """Three of four places of what comes before, where both paths stride by a 1 x 1 (He, 2015)."""
    paper, torchvision = (
        checked(exported(networks.resnet50(place)), 224) for place in ("1x1", "3x3")
    )
    assert torchvision.wasted_macs == 0
    assert "unread" not in dict(found(torchvision))
    unread = [f for f in paper.findings if f.kind == "unread"]
    assert [f.severity for f in unread] == ["warning"] * 3
    assert all("reads 25 % of" in f.message for f in unread)
    rows = {row.name: row for row in paper.rows}
    ends = ["layer1.2", "layer2.3", "layer3.5"]
    assert all(
        rows[f"{end}.conv3"].unread == 3 * np.prod(rows[end].output_shape[1:]) // 4 for end in ends
    )
    # The last 1 x 1 of each of these stages, and part of the 3 x 3 before: it reads around each.
    assert paper.wasted_macs >= sum(3 * rows[f"{end}.conv3"].macs // 4 for end in ends)


def test_what_the_stride_leaves_over():
    network = checked(exported([Conv2d(3, 8, 3, 2)]), (8, 9))
    finding = one(network, "unread")
    assert finding.pixels == (1, 0)
    assert "not the last 1 row." in finding.message
    assert network.unread.sum() == 9


def test_kernels_that_meet_padding_only():
    network = checked(exported(networks.mobilenet_v1()), 32)
    paddings = [f for f in network.findings if f.kind == "padding"]
    assert [f.name for f in paddings] == ["conv12_dw", "conv13_dw"]
    assert paddings[0].message.startswith("5 of the 9 entries")  # TensorFlow's, on 2 x 2
    assert paddings[1].message.startswith("8 of the 9 entries")
    assert f"{8 * 1024:,} of its MACs" in paddings[1].message


def test_outputs_that_see_padding_only():
    network = checked(exported([Conv2d(3, 8, 3, padding=3)]), 16)
    assert found(network, "warning") == [("padding", "0")]


@pytest.mark.parametrize(
    ("network", "size", "severity", "pixels"),
    [
        (networks.resnet18(), 224, "note", (-15.5, -15.5)),
        (networks.mobilenet_v1(), 224, "note", (15.5, 15.5)),
        ([Conv2d(3, 8, 2, padding=((1, 0), (0, 1)))] * 1, 32, "warning", (-0.5, 0.5)),
        ([Conv2d(3, 3, 3, padding=((2, 0), (1, 1)))] * 3, 32, "warning", (-3, 0)),
    ],
)
def test_a_lean_to_one_side(network, size, severity, pixels):
    finding = one(checked(exported(network), size), "shift")
    assert (finding.severity, finding.pixels) == (severity, pixels)


@pytest.mark.parametrize("size", [225, 449])
def test_symmetric_networks_do_not_lean_where_the_size_is_a_multiple_plus_one(size):
    assert found(checked(exported(networks.resnet50()), size)) == []


def test_a_gate_and_a_bias_are_noted():
    nodes = [
        conv("x w b", "conv"),
        node("BatchNormalization", "conv s s s s", "norm"),
        node("GlobalAveragePool", "norm", "mean"),
        conv("mean g", "weigh"),
        node("Sigmoid", "weigh", "gate"),
        node("Mul", "norm gate", "scaled"),
    ]
    constants = [weight("w", 8, 3, 3, 3), weight("b", 8), weight("s", 8), weight("g", 8, 8, 1, 1)]
    network = checked(model(nodes, constants, [1, 3, 16, 16], ["scaled"]))
    assert found(network) == [("gate", "scaled"), ("bias", "conv")]
    assert network.rows[-1].field == (3, 3)
    assert "8 parameters for nothing" in one(network, "bias").message


def test_shared_weights_count_once():
    nodes = [conv("x w", "a"), conv("x w", "b"), node("Add", "a b", "sum")]
    network = checked(model(nodes, BLOCK, [1, 3, 16, 16], ["sum"]))
    assert network.params == 8 * 3 * 9
    assert network.macs == 2 * 8 * 3 * 9 * 14 * 14


def test_an_operator_that_nobody_knows():
    nodes = [
        node("Wavelet", "x", "w1", domain="my.own"),
        conv("w1 w", "conv"),
        node("Whatever", "conv", "w2", domain="my.own"),
        conv("w2 u", "last"),
    ]
    constants = [weight("w", 8, 3, 3, 3), weight("u", 8, 8, 3, 3)]
    whole = model(nodes, constants, [1, 3, 16, 16], ["last"])
    for name, shape in (("w1", [1, 3, 16, 16]), ("conv", [1, 8, 14, 14])):
        whole.graph.value_info.append(helper.make_tensor_value_info(name, 1, shape))
    network = checked(whole)
    rows = {row.name: row for row in network.rows}
    assert rows["conv"].field == (3, 3)  # its shape stays: taken to work place by place
    assert rows["last"].output_shape is None
    assert found(network) == [("unknown", "w2"), ("unknown", "w1")]
    whole.graph.value_info.append(helper.make_tensor_value_info("w2", 1, [1, 8, 7, 7]))
    network = checked(whole, 16)  # as the file says: its shapes hold
    assert found(network, "warning") == []
    last = network.rows[-1]
    assert (last.output_shape, last.field, last.sees) == ((8, 5, 5), None, "unknown")
    assert checked(whole, 18).rows[-1].output_shape is None


def test_residual_blocks_of_convlib_are_aligned_or_told():
    block = Residual([Conv2d(3, 3, 4, 2, 1)], MaxPool2d(1, 2))
    finding = one(checked(exported([block]), 32), "alignment")
    assert finding.pixels == (0.5, 0.5)
    assert "half a cell" in finding.mend


def test_padding_in_a_node_of_its_own_is_part_of_what_follows():
    """Pad, then no padding: as the padding in the convolution, also for a stride and dilation."""
    ends = numbers("ends", [0, 0, 2, 1, 0, 0, 0, 3])
    window = {"strides": [2, 1], "dilations": [1, 2]}
    apart = model(
        [node("Pad", "x ends", "pad"), conv("pad w", "y", **window)],
        [ends, BLOCK[0]],
        [1, 3, 20, 21],
    )
    inside = model([conv("x w", "y", pads=[2, 1, 0, 3], **window)], BLOCK, [1, 3, 20, 21])
    assert checked(apart).rows[-1] == checked(inside).rows[-1]


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

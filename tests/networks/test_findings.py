"""What is found lost, wasted or not understood in a network."""

import numpy as np
import pytest
from onnx import helper
from onnx_models import checked, conv, exported, found, model, node, numbers, one, weight

from convlib import Conv2d, networks
from convlib.graphs.findings import SEVERITIES
from convlib.kernels.graph_reads import taps_met
from convlib.kernels.size_rules import output_length, tap_of_pixel

BLOCK = [weight("w", 8, 3, 3, 3), weight("v", 8, 3, 1, 1)]


def test_severities_come_in_order():
    network = checked(exported(networks.resnet50("1x1"), 3), 225)
    order = [SEVERITIES.index(f.severity) for f in network.findings]
    assert order == sorted(order)


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


def test_kernel_entries_that_meet_a_cell_are_those_that_do():
    rng = np.random.default_rng(0)
    fewer = 0
    for _ in range(500):
        size, kernel, stride, dilation = (int(n) for n in rng.integers(1, [9, 9, 5, 5]))
        before, after = (int(n) for n in rng.integers(0, 12, 2))
        outputs = output_length(size, kernel, stride, before, after, dilation)
        if outputs == 0:
            continue
        met = {
            tap_of_pixel(pixel, output, kernel, stride, before, dilation)
            for pixel in range(size)
            for output in range(outputs)
        } - {-1}
        if size < dilation * (kernel - 1) + 1:
            assert taps_met(size, kernel, stride, before, dilation, outputs) == len(met)
            fewer += len(met) < kernel
    assert fewer > 50


def test_a_kernel_as_long_as_a_number_may_be_is_not_gone_through():
    """It would take hours."""
    most = 2**31 - 1
    window = {"pads": [most - 1, 0, 0, 0], "kernel_shape": [most, 1]}
    network = checked(
        model([conv("x w", "y", **window)], [weight("w", 1, 3, most, 1)], [1, 3, 2, 2])
    )
    padding = one(network, "padding")
    assert padding.message.startswith(f"{most - 2} of the {most} entries of y's kernel only ever")


def test_numbers_that_would_spread_to_many_are_left_alone():
    constants = [numbers(f"c{k}", [1] * 200) for k in range(2)]
    nodes = [
        node("Unsqueeze", "c0 axis", "tall"),
        node("Add", "tall c1", "many"),
        node("Reshape", "x many", "y"),
    ]
    constants.append(numbers("axis", [1]))
    network = checked(model(nodes, constants, [1, 3, 4, 4]))
    assert "its shape is not a number in the file" in one(network, "unknown").message

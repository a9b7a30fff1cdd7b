"""What chapters/check.md claims in prose."""

from pathlib import Path

import onnx
import pytest

from convlib import Conv2d, networks
from convlib.__main__ import main
from convlib.branches import Residual
from convlib.graphs.examples import block, disagreeing, examples, u_net
from convlib.graphs.layers import graph_of
from convlib.graphs.report import checked

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


def apart(graph, size):
    return [f.pixels for f in checked(graph, size).findings if f.kind == "alignment"]


def middles(layers, size):
    """Return the centre of each layer alone."""
    return [checked(graph_of([layer]), size).rows[-1].center for layer in layers]


@pytest.mark.parametrize(("kernel", "before"), [(3, 0), (5, 1), (7, 2), (1, 0)])
def test_same_puts_the_odd_pixel_at_the_end(kernel, before):
    """c = (w - 1) / 2 - p, where SAME at stride 2 and an even size pads `before` in front."""
    ((down, across),) = middles([Conv2d(3, 8, kernel, 2, "same_upper")], 32)
    assert down == across == (kernel - 1) / 2 - before
    even = middles([Conv2d(3, 8, kernel, 2, (kernel - 1) // 2)], 32)
    assert even == [(0, 0)]


def test_a_block_beside_a_shortcut():
    assert apart(graph_of(block("same_upper")), 224) == [(1, 1)]
    assert apart(graph_of(block("same_upper")), 225) == []
    assert checked(graph_of(block(1)), 224).count("warning") == 0
    finding = checked(graph_of(block("same_upper")), 224).findings[0]
    assert finding.mend.startswith("Pad sum.conv1 by 1 on all sides")


@pytest.mark.parametrize("kernel", [3, 5])
def test_in_each_stage_the_displacement_is_twice_that_of_the_one_before(kernel):
    stages = []
    for number in range(3):
        width = 8 * 2**number
        paths = [Conv2d(width // 2 if number else 3, width, kernel, 2, "same_upper")]
        shortcut = [Conv2d(width // 2 if number else 3, width, 1, 2)]
        stages.append((f"stage{number}", Residual(paths, shortcut)))
    found = checked(graph_of(stages), 64).findings
    assert [f.pixels for f in found if f.kind == "alignment"] == [(1, 1), (2, 2), (4, 4)]


def test_the_mobilenets_are_31_pixels_apart():
    ends = []
    for padding in ("same_upper", 1):
        network = checked(graph_of(networks.mobilenet_v1(padding=padding)), 224)
        assert network.count("warning") == network.count("error") == 0
        ends.append([row for row in network.rows if row.field][-1])
    assert [end.center for end in ends] == [(31, 31), (0, 0)]
    assert [end.shift for end in ends] == [(15.5, 15.5), (-15.5, -15.5)]
    assert {end.stride for end in ends} == {(32, 32)}


def test_a_u_net_fits_at_multiples_of_4():
    (error,) = [f for f in checked(u_net(), 225).findings if f.severity == "error"]
    assert "16x225x225 and 16x224x224" in error.message
    assert error.mend == "At 224x224 pixels all shapes fit."
    for size in range(60, 76):
        assert (checked(u_net(), size).count("error") == 0) == (size % 4 == 0)
    assert apart(u_net(), 224) == []


def test_an_encoder_and_a_decoder():
    assert apart(disagreeing(), 224) == [(0.5, 0.5)]
    assert "half a cell" in checked(disagreeing(), 224).findings[0].mend
    assert "alignment" not in [f.kind for f in checked(disagreeing(kernel=3), 224).findings]
    with pytest.raises(ValueError, match="kernel=4; legal are 2 and 3"):
        disagreeing(kernel=4)


def test_inception_v2_pads_its_poolings_at_the_end_alone():
    found = networks.from_onnx(LIGHT / "light_inception_v2.onnx").findings[:2]
    assert [f.pixels for f in found] == [(8, 8), (16, 16)]
    graph = onnx.load(LIGHT / "light_inception_v2.onnx").graph
    halving = [
        {a.name: list(a.ints) for a in node.attribute}
        for node in graph.node
        if node.op_type == "MaxPool" and list(node.attribute[0].ints) == [2, 2]
    ]
    assert halving
    assert all(attributes["pads"] == [0, 0, 1, 1] for attributes in halving)


def test_the_command_on_squeezenet(capsys):
    assert main(["check", str(LIGHT / "light_squeezenet.onnx")]) == 1
    assert "1 warning" in capsys.readouterr().out


def test_three_examples_have_no_warnings():
    warned = {
        label: checked(graph, size).count("warning") + checked(graph, size).count("error")
        for label, size, graph in examples().values()
    }
    assert [label for label, count in warned.items() if not count] == [
        "Even padding beside a shortcut",
        "MobileNet v1, SAME",
        "MobileNet v1, even padding",
    ]


def test_the_books_networks_as_graphs_are_those_of_the_tables():
    # VGG's features: behind them it has an average down to 7 x 7.
    features = networks.features(networks.vgg16())
    for network in (networks.mobilenet_v2(), networks.squeezenet("1.1"), features):
        rows = {row.name: row for row in checked(graph_of(network), 224).rows}
        for row in networks.layer_table(network, 224):
            got = rows[row.name]
            assert (got.output_shape, got.macs, got.params) == row[2:5]
            assert (got.field, got.stride, got.shift) == row[5:]

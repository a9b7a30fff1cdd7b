"""The Python side of NetworkCheck."""

import pytest
import traitlets
from onnx_models import exported

from convlib import Conv2d, networks
from convlib.graphs.examples import disagreeing, examples
from convlib.graphs.report import checked
from convlib.widgets import NetworkCheck
from convlib.widgets.network_check import PROTOBUF, YOUR_FILE, columns


@pytest.fixture
def data():
    made = exported([("first", Conv2d(3, 8, 3, 2)), ("second", Conv2d(8, 8, 3))])
    made.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 40
    return made.SerializeToString()


def test_a_network_of_ones_own_is_added_and_chosen(data):
    explorer = NetworkCheck(data)
    menu, _ = explorer.linked["network"]
    assert list(menu.options) == [*examples(), "yours", YOUR_FILE]
    assert menu.index == explorer.network == len(examples())
    assert (explorer.height, explorer.width) == (40, 224)  # the file leaves its width open
    found, expected = explorer.check(), networks.from_onnx(data, (40, 224))
    assert (found.rows, found.findings) == (expected.rows, expected.findings)
    assert explorer.check().rows[explorer.tensor].name == "first"  # of which a row is dropped
    assert explorer.unwritten == ["model"]


def test_a_plain_graph_will_do():
    explorer = NetworkCheck(disagreeing(3), height=64, width=32)
    expected = checked(disagreeing(3), (64, 32))
    assert explorer.check().rows == expected.rows
    assert explorer.tensor == len(expected.rows) - 1


@pytest.mark.parametrize(("model", "error"), [(b"no network", ValueError), (3, TypeError)])
def test_what_is_no_network_is_refused(model, error):
    with pytest.raises(error, match="path_or_bytes"):
        NetworkCheck(model)


@pytest.mark.parametrize("at", range(len(examples())))
def test_an_example_comes_with_its_size_and_its_fault(at):
    label, size, graph = list(examples().values())[at]
    explorer = NetworkCheck()
    explorer.network = at
    made = NetworkCheck(network=at)
    for each in (explorer, made):
        assert (each.height, each.width) == size
        assert each.check().rows == checked(graph, size).rows
        assert each.last_tensor == len(each.check().rows) - 1
        told = [f.name for f in each.check().findings if f.severity != "note"]
        assert not told or each.check().rows[each.tensor].name == told[0]
    assert explorer.tensor == made.tensor
    assert label in explorer.still().alt


def test_the_still_picture_shows_the_window_of_the_middle_place():
    explorer = NetworkCheck(network=1, tensor=2)
    row = explorer.check().rows[2]
    (frame,) = explorer.still().figure.axes[0].patches
    assert (frame.get_height(), frame.get_width()) == row.field == (5, 5)
    place = (row.output_shape[1] - 1) // 2
    middle = row.center[0] + place * row.stride[0]
    assert frame.get_y() + frame.get_height() / 2 == middle
    assert "sees 5 by 5 pixels" in explorer.still().alt
    assert "has no windows" in NetworkCheck(network=2, tensor=57).still().alt


def test_a_file_that_was_dropped_is_not_in_python():
    explorer = NetworkCheck(network=len(examples()))
    with pytest.raises(ValueError, match=r"network=6 is the file dropped on the page"):
        explorer.check()
    assert "no file has been chosen" in explorer.still().alt
    explorer.tensor = 999  # as that file may have


@pytest.mark.parametrize("network", [-1, 7, "a"])
def test_networks_that_there_are_not(network):
    with pytest.raises(traitlets.TraitError):
        NetworkCheck(network=network)


def test_a_notebook_is_given_what_reads_files_when_it_asks(monkeypatch):
    explorer, sent = NetworkCheck(), []
    monkeypatch.setattr(type(explorer), "send", lambda self, content: sent.append(content))
    explorer._hand_over(explorer, {"other": 1}, [])
    assert sent == []
    explorer._hand_over(explorer, {"wants": "protobuf"}, [])
    assert sent == [{"protobuf": PROTOBUF.read_text("utf-8")}]
    assert "convlibProtobuf" in sent[0]["protobuf"]


def test_the_names_of_columns_have_one_number_each():
    """Several modules of kernels name some; none may mean two things."""
    from convlib.kernels import graph_numbers, graph_rows, graph_windows, network_rules

    modules = (graph_windows, graph_numbers, network_rules, graph_rows)
    for name, value in columns().items():
        assert {getattr(m, name, value) for m in modules} == {value}, name

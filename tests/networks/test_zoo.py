"""Networks published as ONNX files, without weights, and operators: they come with onnx itself."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from convlib import networks
from convlib.graphs.onnx_file import read_onnx
from convlib.graphs.report import checked
from convlib.graphs.walk import Walk

VGG_19 = ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4)
SQUEEZENET = networks.squeezenet("1.1")
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"

# Parameters, and GMACs with three decimals, as published: torchvision's metadata for those that it
# has, too (VGG-19, ResNet-50, DenseNet-121, SqueezeNet 1.1), and Caffe's model zoo.
PUBLISHED = {
    "bvlc_alexnet": (60_965_224, None),
    "densenet121": (7_978_856, 2.834),
    "inception_v1": (6_998_552, None),
    "resnet50": (25_557_032, 4.089),
    "squeezenet": (1_235_496, 0.349),
    "vgg19": (143_667_240, 19.632),
}
# The kinds of their warnings.
FOUND = {
    "bvlc_alexnet": ["unread", "unread", "unread"],
    "densenet121": [],
    "inception_v1": ["unread"],
    "inception_v2": ["alignment", "alignment"],
    "resnet50": [],
    "shufflenet": [],
    "squeezenet": ["unread"],
    "vgg19": [],
    "zfnet512": ["unread", "unread"],
}


@pytest.fixture(scope="module")
def zoo():
    return {name: networks.from_onnx(LIGHT / f"light_{name}.onnx") for name in FOUND}


@pytest.mark.parametrize("name", PUBLISHED)
def test_costs_are_the_published_ones(zoo, name):
    params, gmacs = PUBLISHED[name]
    assert zoo[name].params == params
    if gmacs:
        assert np.floor(zoo[name].macs / 1e6) / 1e3 == gmacs


@pytest.mark.parametrize("name", FOUND)
def test_what_is_found_in_them(zoo, name):
    network = zoo[name]
    assert [f.kind for f in network.findings if f.severity != "note"] == FOUND[name]
    assert all(row.output_shape is not None for row in network.rows)
    kept = onnx.TensorProto()
    kept.ParseFromString((LIGHT / f"light_{name}_output_0.pb").read_bytes())
    assert np.prod(network.rows[-1].output_shape) == np.prod(kept.dims)


def test_inception_v2_concatenates_maps_that_look_at_different_places(zoo):
    """Its poolings of stride 2 pad at the end alone, its convolutions on all sides."""
    first, second = zoo["inception_v2"].findings[:2]
    assert (first.pixels, second.pixels) == ((8, 8), (16, 16))
    assert all(f.mend.split(" by ")[1].startswith("1 on all sides") for f in (first, second))


def test_the_books_networks_are_those_of_the_files(zoo):
    """Layer by layer."""
    for name, network in (("vgg19", networks.vgg16(stages=VGG_19)), ("squeezenet", SQUEEZENET)):
        got = [row for row in zoo[name].rows if row.layer in ("Conv", "MaxPool")]
        rows = networks.layer_table(network, 224)
        expected = [row for row in rows if row.layer in ("Conv2d", "MaxPool2d")]
        sizes = [(row.output_shape, row.macs, row.params) for row in expected]
        assert [(row.output_shape, row.macs, row.params) for row in got] == sizes


@pytest.mark.slow
def test_shapes_of_all_operators_that_onnx_tests():
    """Its own cases, with their real outputs: those with an image, of four axes."""
    from onnx.backend.test.case.node import collect_testcases  # takes its time

    right, unknown = 0, 0
    for case in collect_testcases(None):
        graph = read_onnx(case.model.SerializeToString())
        if not any(shape and len(shape) == 4 for shape in graph.inputs.values()):
            continue
        walk = Walk(graph)
        checked(graph).as_json()
        for name, output in zip(graph.outputs, case.data_sets[0][1], strict=False):
            value = walk.values.get(name)
            if value is None or value.shape is None:
                unknown += 1
            elif not value.is_constant:
                assert value.shape == output.shape, case.name
                right += 1
    assert right > 500
    assert unknown < 150

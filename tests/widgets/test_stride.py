"""The Python side of StrideGrid and ReceptiveField."""

import itertools

import numpy as np
import pytest
import traitlets

from convlib import Conv2d, MaxPool2d, conv2d_output_size, networks, receptive_field
from convlib.widgets import ReceptiveField, StrideGrid
from convlib.widgets.receptive_field import OWN_LAYERS, own_stack, presets, windows


@pytest.mark.parametrize(
    ("explorer", "name", "value"),
    [(StrideGrid, "stride_h", 0), (StrideGrid, "rule", 2), (ReceptiveField, "size", 31)],
)
def test_value_out_of_range_is_refused(explorer, name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        explorer(**{name: value})


@pytest.mark.parametrize(("layers", "largest"), [(None, 5), ([Conv2d(1, 1, 3)], 6)])
def test_network_is_one_of_the_menu(layers, largest):
    explorer = ReceptiveField(layers=layers)
    explorer.network = largest
    with pytest.raises(traitlets.TraitError, match=f"legal values are 0 to {largest}"):
        explorer.network = largest + 1
    assert explorer.network == largest
    assert len(explorer.linked["network"][0].options) == largest + 1


@pytest.mark.parametrize(
    ("settings", "depth", "last"),
    [({}, 4, OWN_LAYERS), ({"network": 1, "depth": 18}, 18, 18), ({"network": 5}, 4, 27)],
)
def test_depth_has_a_slider_as_long_as_the_network(settings, depth, last):
    explorer = ReceptiveField(**settings)
    assert (explorer.depth, explorer.last_layer) == (depth, last)
    slider, _ = explorer.linked["depth"]
    assert (slider.value, slider.max) == (depth, last)


def test_layers_of_ones_own_are_chosen_and_keep_their_windows():
    stack = [("a", Conv2d(3, 8, (5, 3), 2, ((1, 2), (0, 1)), 2)), ("b", MaxPool2d(2))]
    explorer = ReceptiveField(layers=stack)
    assert (explorer.network, explorer.depth) == (6, 2)
    assert explorer.tables[-1] == {
        "names": ["a", "b"],
        "axes": (
            [[5, 2, 1, 2, 2, 0], [2, 2, 0, 0, 1, 0]],
            [[3, 2, 0, 1, 2, 0], [2, 2, 0, 0, 1, 0]],
        ),
    }
    assert " by ".join(map(str, receptive_field(stack).size)) in explorer.still().alt


@pytest.mark.parametrize(
    ("layers", "error", "said"),
    [
        ([], ValueError, "no convolution or pooling"),
        ([3], TypeError, "neither a layer nor"),
        (networks.squeezenet(), ValueError, "fire2: the explorer follows one path, a Concat has"),
    ],
)
def test_what_is_no_stack_is_refused(layers, error, said):
    with pytest.raises(error, match=said):
        ReceptiveField(layers=layers)


def test_image_of_ones_own_is_cut_to_its_middle_square():
    picture = np.zeros((3, 10, 16))
    picture[:, :, 3:13] = 200
    explorer = ReceptiveField(image=picture)
    assert explorer.image.shape == (3, 10, 10)
    assert set(explorer.image.flat) == {200}


@pytest.mark.parametrize(
    ("strides", "halving"), [(0, []), (1, [1, 2, 3, 4]), (2, [2, 4]), (3, [3])]
)
def test_own_stack_halves_where_it_says(strides, halving):
    stack = own_stack(4, 5, strides, 0)
    assert [at for at, (_, layer) in enumerate(stack, 1) if layer.stride == (2, 2)] == halving
    assert {layer.padding for _, layer in stack} == {((2, 2), (2, 2))}
    assert {layer.padding for _, layer in own_stack(4, 5, strides, 1)} == {"same_upper"}


def test_presets_see_what_their_networks_see():
    assert receptive_field(presets()["ResNet-50, torchvision"], 224) == receptive_field(
        networks.features(networks.resnet50()), 224
    )
    names = [name for name, _ in windows(networks.features(networks.resnet18()))]
    assert names[:4] == ["conv1", "maxpool", "layer1.0.conv1", "layer1.0.conv2"]


@pytest.mark.parametrize(("size", "stride", "pad", "rule"), list(
    itertools.product((6, 7), (1, 2, 3), (0, 1), (0, 1))
))  # fmt: skip
def test_still_of_stride_grid_counts_what_is_computed_and_dropped(size, stride, pad, rule):
    alt = (
        StrideGrid(
            height=size,
            width=size,
            stride_h=stride,
            stride_w=stride,
            pad_h=pad,
            pad_w=pad,
            rule=rule,
        )
        .still()
        .alt
    )
    padding = "same_upper" if rule else pad
    count, _ = conv2d_output_size(size, 3, stride, padding)
    assert f"{count * count} of" in alt
    if rule:
        assert " 0 pixels and 0 cells of padding are dropped" in alt


def test_stills_of_illegal_settings_say_so():
    assert "no output" in StrideGrid(height=2).still().alt
    assert "no output" in ReceptiveField(size=32, kernel=7, padding=2, depth=8).still().alt

"""The Python side of NetworkDesigner."""

import pytest
import traitlets

from convlib import network_cost, networks
from convlib.kernels import network_walk as k
from convlib.widgets import NetworkDesigner
from convlib.widgets.network_designer import NETWORKS


def test_changes_may_be_given_by_layer_or_by_knob():
    by_knob = NetworkDesigner(network=1, layer=3, kernel=5, padding=2)
    edits = {"layer1.0.conv2": {"kernel": 5, "padding": 2}}
    assert by_knob.edits == NetworkDesigner(network=1, edits=edits).edits == edits
    assert (by_knob.kernel, by_knob.out_channels, by_knob.last_layer) == (5, 64, 20)
    _, _, found = by_knob.found()
    extra = (25 - 9) * 64 * 64
    assert found[-1, k.PARAMS] == network_cost(networks.resnet18(), 224).params + extra


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"pool1": {"stride": 1}}, "no convolution of VGG-16; legal are conv1_1, "),
        ({"conv1_1": {"depth": 1}}, "'depth'; legal are kernel, stride"),
        ({"conv1_1": {"stride": 9}}, "=9; legal are 1 to 4"),
    ],
)
def test_illegal_changes_are_named_with_the_legal_ones(edits, message):
    with pytest.raises(traitlets.TraitError, match=message):
        NetworkDesigner(edits=edits)
    explorer = NetworkDesigner()
    with pytest.raises(traitlets.TraitError, match=message):
        explorer.edits = edits
    assert explorer.edits == {}


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_sliders_start_at_the_chosen_layer(number):
    explorer = NetworkDesigner(network=number, layer=5)
    for name in explorer.settings():
        control, trait = explorer.linked[name]
        assert getattr(control, trait) == getattr(explorer, name), name
    convs = networks.convolutions(NETWORKS[number][1]())
    assert explorer.last_layer == len(convs)
    assert explorer.kernel == convs[4].kernel_size[0]
    assert explorer.stride == convs[4].stride[0]
    assert explorer.out_channels == convs[4].out_channels


def test_another_network_starts_without_changes():
    explorer = NetworkDesigner(edits={"conv1_1": {"stride": 2}})
    explorer.network = 2
    assert explorer.edits == {}
    assert explorer.last_layer == 53
    assert "ResNet-50" in explorer.still().alt

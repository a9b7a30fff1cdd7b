"""The Python side of CostComparison."""

import pytest
import traitlets

from convlib.widgets import CostComparison
from convlib.widgets.cost_comparison import GEOMETRY, LAYERS


def test_every_layer_to_start_from_is_within_the_sliders_and_legal():
    for number, sizes in list(enumerate(LAYERS.values()))[1:]:
        explorer = CostComparison(layer=number)
        assert tuple(getattr(explorer, name) for name in GEOMETRY) == sizes
        assert sizes[0] % sizes[6] == sizes[1] % sizes[6] == 0


def test_the_opening_state_is_the_first_layer():
    explorer = CostComparison()
    assert explorer.layer == 1
    assert tuple(getattr(explorer, name) for name in GEOMETRY) == list(LAYERS.values())[1]


def test_sizes_of_ones_own_are_no_layer_of_the_list():
    assert CostComparison(in_channels=4).layer == 0
    explorer = CostComparison(layer=2, groups=4)
    assert (explorer.in_channels, explorer.groups) == (64, 4)


@pytest.mark.parametrize(
    ("name", "value"), [("layer", 99), ("in_channels", 0), ("groups", 65), ("kernel_width", 8)]
)
def test_value_out_of_range_is_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        CostComparison(**{name: value})


def test_still_picture_says_the_costs_and_what_cannot_be():
    assert (
        "depthwise + 1 × 1 52,283,392 MACs at 39.1 FLOPs per byte" in CostComparison().still().alt
    )
    said = CostComparison(groups=5).still().alt
    assert "grouped 14" not in said
    assert "No grouped one: g = 5 does not divide the channels." in said

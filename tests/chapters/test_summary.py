"""The summary's panels say and show what a layer's formulas give."""

import pytest
from matplotlib.patches import Rectangle

from convlib.plots import plot_knobs


@pytest.mark.parametrize(
    ("size", "stride", "channels", "groups"), [(5, 2, 4, 2), (7, 3, 6, 3), (4, 2, 6, 2)]
)
def test_the_panels_numbers(size, stride, channels, groups):
    alt = plot_knobs(size, stride, channels, groups).alt
    thinned = ((size + 2 - 3) // stride + 1) ** 2
    assert f"makes {size} × {size} of {size} × {size}, without {size - 2} × {size - 2}." in alt
    assert f"{thinned} of {size**2} windows" in alt
    for g in (1, groups, channels):
        assert f"{channels**2 // g} with g = {g}" in alt


def test_the_panels_cells_windows_and_lines():
    padding, stride, groups = plot_knobs(5, 2, 4, 2).figure.axes
    for axes, outputs, windows in ((padding, 25, 1), (stride, 9, 2)):
        boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        # Padding is told from pixels without colour, by its hatch.
        assert sum(box.get_hatch() is not None for box in boxes) == 7**2 - 5**2
        assert sum(box.get_fill() for box in boxes) == 7**2 + outputs
        # A window, and the output that it makes; arrows lead from one to the other.
        assert sum(box.get_width() == 3 for box in boxes) == windows + (axes is padding)
    assert len(groups.lines) == 16 + 8 + 4 + 16
    assert [text.get_text().split(",")[0] for text in groups.texts] == [
        "g = 1: 16 kernels",
        "g = 2: 8 kernels",
        "depthwise: 4 kernels",
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"groups": 3}, "groups=3"),
        ({"stride": 0}, "stride"),
        ({"input_size": 2}, "kernel"),
        ({"channels": 0}, "channels"),
    ],
)
def test_what_is_no_layer_is_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        plot_knobs(**settings)

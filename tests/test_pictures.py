"""Pictures as pages show them: in the page's colours, and drawn for its width."""

import re

import numpy as np
import pytest

from convlib import Conv2d, conv2d_read_counts, networks, plots
from convlib.branches import Residual
from convlib.design_space import designs_left
from convlib.plots.colours import ACCENT, INPUT, KERNEL, OUTPUT, PADDING
from convlib.plots.picture import narrowed
from convlib.timing import Machine
from convlib.widgets import photograph

# The room that a page 390 pixels wide leaves, and the smallest text, in points of 4/3 pixels.
ROOM, SMALLEST = 358 * 0.75, 11 * 0.75

COUNTS = conv2d_read_counts(5, 3)
SHADES = photograph()[0] / 255
BLOCK = Residual(Conv2d(8, 8, 3, 2, 1), Conv2d(8, 8, 1, 2))
ERROR = np.array([[0.0, 0.2], [1e-7, 0.5]])
SPEED = {"layer": "3x3 dw @28", "flops_per_byte": 2, "torch_gflops": 5, "gflops": 6}
PICTURES = {
    "sizes": lambda: plots.plot_size_over_layers(32, (3, 5, 7)),
    "reads": lambda: plots.plot_read_counts({"valid": COUNTS, "same": COUNTS, "full": COUNTS}),
    "photographs": lambda: plots.plot_pictures(dict.fromkeys("abcd", photograph()), "a face"),
    "paths": lambda: plots.plot_paths({"SAME": BLOCK, "symmetric": BLOCK}, 8),
    "maps": lambda: plots.plot_maps(dict.fromkeys("abcd", SHADES), 0.5),
    "pair": lambda: plots.plot_pair_cost((1, 3, 5)),
    "usage": lambda: plots.plot_usage({"stride": {1: 9, 2: 1}, "groups": {"C1 (depthwise)": 3}}),
    "knobs": plots.plot_knobs,
    "designs": lambda: plots.plot_designs_left(designs_left(64)),
    "macs": lambda: plots.plot_layer_macs(networks.mobilenet_v2(), 224, "MobileNet v2"),
    "roofline": lambda: plots.plot_roofline(networks.mobilenet_v2(), 224, Machine(1e11, 1e10)),
    "speeds": lambda: plots.plot_speeds([{**SPEED, "peak_gflops": 99}]),
    "errors": lambda: plots.plot_errors({"rounded": ERROR}, ERROR > 1),
}


def drawings(picture):
    return re.findall(r"<svg.*?</svg>", picture._repr_html_(), flags=re.S)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_fits_a_phone_with_text_as_large_as_before(name):
    *wide, narrow = drawings(PICTURES[name]())
    assert float(re.search(r'width="([\d.]+)pt"', narrow).group(1)) <= ROOM
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", narrow)]
    assert min(sizes) >= SMALLEST
    for drawing in wide:
        # No word is lost; numbers at an axis may be fewer.
        words = [set(re.findall(r">(\D[^<>]*)</text>", each)) for each in (drawing, narrow)]
        assert words[1] == words[0]


def test_panels_are_below_each_other_on_a_phone_and_the_figure_is_left_as_it_was():
    figure = PICTURES["photographs"]().figure
    size = figure.get_size_inches().tolist()
    copy = narrowed(figure)
    rows = {each.get_subplotspec().rowspan.start for each in copy.axes}
    assert rows == {0, 1}
    assert figure.get_size_inches().tolist() == size
    assert {each.get_subplotspec().rowspan.start for each in figure.axes} == {0}


def test_both_drawings_say_the_same():
    picture = PICTURES["macs"]()
    said = re.findall(r'aria-label="([^"]+)"', picture._repr_html_())
    assert said == [picture.alt] * 2


# What a picture shows of an input, a kernel, an output or padding, and so may have its colour.
ROLES = {
    "reads": {INPUT},
    "paths": {INPUT, KERNEL, PADDING},
    "knobs": {INPUT, KERNEL, OUTPUT, PADDING},
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_colours_of_roles_are_for_roles_alone(name):
    drawn = PICTURES[name]()._repr_html_().lower()
    found = {role for role in (INPUT, KERNEL, OUTPUT, PADDING) if role.lower() in drawn}
    assert found == ROLES.get(name, set())
    # Else ink and accent are the page's; what is left are shades of grey maps and white.
    kept = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", drawn)) - {r.lower() for r in found}
    assert kept <= {"#ffffff"}, kept


def test_ink_and_accent_are_those_of_the_page():
    drawn = PICTURES["macs"]()._repr_html_()
    assert "currentColor" in drawn
    assert f"var(--accent, {ACCENT})" in drawn
    assert re.findall(rf"(?<!--accent, ){ACCENT}", drawn) == []

"""The Python side of the explorers; `tests/browser` drives the other side."""

import itertools

import numpy as np
import pytest
import traitlets

from convlib import Conv2d, conv2d, measure_shift, widgets
from convlib.wasm import module_bytes
from convlib.widgets import (
    ChannelMixing,
    ContextShift,
    ConvolutionMatrix,
    Halo,
    KernelOnPhotograph,
    NetworkCheck,
    NetworkDesigner,
    OutputSize,
    ReceptiveField,
    StrideGrid,
    photograph,
)
from convlib.widgets.context_shift import KERNEL_SIZES, LAYERS, blur

EXPLORERS = [
    offered for offered in map(vars(widgets).get, widgets.__all__) if hasattr(offered, "TRY")
]


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_unknown_setting_is_named_with_the_legal_ones(explorer):
    with pytest.raises(TypeError, match=r"has no setting colour; legal names are .+, .+"):
        explorer(colour=1)


@pytest.mark.parametrize(
    ("explorer", "name", "value"),
    [(OutputSize, "height", 0), (OutputSize, "stride_h", 5), (ContextShift, "side", 8)],
)
def test_value_out_of_range_is_refused_before_and_after(explorer, name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        explorer(**{name: value})
    made = explorer()
    before = getattr(made, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(made, name, value)
    assert getattr(made, name) == before


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_displaying_an_explorer_displays_its_panel(explorer):
    made = explorer()
    view = made._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == made.panel.model_id
    assert made.panel.children[1] is made
    assert made.TRY in made.panel.children[0].value


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_a_page_can_say_what_to_try(explorer):
    made = explorer(task="Is 3 < 4?")
    assert made.panel.children[0].value == "<b>Try:</b> Is 3 &lt; 4?"
    with pytest.raises(TypeError, match="task=3 is not a str"):
        explorer(task=3)


def test_all_explorers_share_one_module():
    first, second = OutputSize(), ContextShift()
    assert first.kernels is second.kernels
    assert first.kernels.module == module_bytes()
    # But for the one that takes networks from files, whose rules no other page needs.
    assert NetworkCheck().kernels.module == module_bytes("graphs")


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_every_setting_has_a_control_that_starts_at_its_value(explorer):
    made = explorer()
    for name in explorer.settings():
        control, trait = made.linked[name]
        assert getattr(control, trait) == getattr(made, name), name


@pytest.mark.parametrize(
    ("side", "kernel", "layers"),
    list(itertools.product(("top", "left", "both", "none"), KERNEL_SIZES, (1, LAYERS))),
)
def test_photograph_is_measured_where_it_is_predicted(side, kernel, layers):
    half = (kernel - 1) // 2
    ends = {"top": (2 * half, 0), "left": (2 * half, 0), "both": (half, half), "none": (0, 0)}[side]
    other = (0, 0) if side == "none" else (half, half)
    padding = (other, ends) if side == "left" else (ends, other if side == "top" else ends)
    picture = photograph().astype(np.float32)
    weight = np.stack([blur(kernel)[np.newaxis]] * 3)
    moved = picture
    for _ in range(layers):
        moved = conv2d(moved, weight, padding=padding, groups=3)
    expected = tuple(layers * (before - half) for before, _ in padding)
    assert measure_shift(picture[1], moved[1], layers * half + 2) == expected


@pytest.mark.parametrize("kernel", KERNEL_SIZES)
def test_blur_keeps_brightness_and_place(kernel):
    weight = blur(kernel).astype(float)
    assert weight.sum() == pytest.approx(1, abs=1e-6)
    np.testing.assert_array_equal(weight, weight[::-1, ::-1])


def test_photograph_is_small_in_colour_and_write_protected():
    picture = photograph()
    assert (picture.dtype, picture.shape) == (np.uint8, (3, 150, 128))
    with pytest.raises(ValueError, match="read-only"):
        picture[0, 0, 0] = 1


def test_output_size_still_shows_its_settings():
    """The window is at the step, and the cells hold their reads on request."""
    explorer = OutputSize(
        height=5,
        width=4,
        kernel_height=3,
        kernel_width=2,
        stride_h=2,
        pad_left=1,
        step=5,
        reads=True,
    )
    axes = explorer.still().figure.axes[0]
    numbers = [int(text.get_text()) for text in axes.texts]
    reads = np.zeros((5, 5))
    for i in range(2):
        for j in range(4):
            reads[2 * i : 2 * i + 3, j : j + 2] += 1
    assert numbers == reads.ravel().tolist()
    window = max(axes.patches, key=lambda patch: patch.get_linewidth())
    # Output 5 of 2 x 4 is (1, 1): rows from 2, columns from 1.
    assert (window.get_xy(), window.get_width(), window.get_height()) == ((1, 2), 2, 3)


# A setting whose largest value follows from others, and a way to make an explorer in which it is
# known: {its name: (explorer, other settings, its least and its greatest value)}.
ENDING = [
    (OutputSize, "step", {}, 0, 8),
    (OutputSize, "step", {"kernel_height": 1, "pad_left": 1, "stride_w": 3}, 0, 7),
    (StrideGrid, "row", {}, 0, 4),
    (StrideGrid, "column", {"pad_w": 2}, 0, 8),
    (StrideGrid, "row", {"rule": 1, "stride_h": 1}, 0, 6),
    (ConvolutionMatrix, "row", {}, 0, 8),
    (ConvolutionMatrix, "row", {"padding": 1, "stride": 2}, 0, 8),
    (KernelOnPhotograph, "row", {"picture": np.zeros((3, 50, 60))}, 0, 49),
    (KernelOnPhotograph, "column", {"picture": np.zeros((3, 50, 60)), "padding": 0}, 1, 58),
    (ChannelMixing, "row", {}, 0, 149),
    (ChannelMixing, "column", {"picture": np.zeros((3, 50, 60))}, 0, 59),
    (ReceptiveField, "depth", {}, 0, 8),
    (ReceptiveField, "depth", {"layers": [Conv2d(1, 1, 3)] * 3}, 0, 3),
    (Halo, "fuse", {}, 1, 4),
    (Halo, "fuse", {"layers": 2}, 1, 2),
    (NetworkDesigner, "layer", {}, 1, 13),
    (NetworkDesigner, "layer", {"network": 1}, 1, 20),
    (NetworkCheck, "tensor", {}, 0, 6),
    (NetworkCheck, "tensor", {"network": 2}, 0, 57),
    (NetworkCheck, "network", {}, 0, 6),
]


@pytest.mark.parametrize(("explorer", "name", "others", "low", "high"), ENDING)
def test_an_end_that_follows_from_other_settings_is_kept(explorer, name, others, low, high):
    for value in (low, high):
        made = explorer(**{name: value}, **others)
        assert getattr(made, name) == value
    for value in (high + 1, 99 + high, low - 1):
        legal = rf"{name}={value}; legal are {low} to {high}, |'{name}' trait"
        for order in ({name: value, **others}, {**others, name: value}):
            with pytest.raises(traitlets.TraitError, match=legal):
                explorer(**order)
        with pytest.raises(traitlets.TraitError, match=legal):
            setattr(made, name, value)
        assert getattr(made, name) == high


def test_every_setting_without_an_end_of_its_own_is_among_those():
    open_ended = {
        (kind, name)
        for kind in EXPLORERS
        for name in kind.settings()
        if getattr(kind.class_traits()[name], "max", None) in (None, np.inf)
        and isinstance(kind.class_traits()[name], traitlets.Int)
    }
    # Where the menu of networks ends is tested with the networks of one's own.
    assert open_ended - {(ReceptiveField, "network")} == {row[:2] for row in ENDING}


@pytest.mark.parametrize(
    ("explorer", "name"), [(OutputSize, "step"), (StrideGrid, "row"), (ConvolutionMatrix, "row")]
)
def test_without_an_output_none_is_refused(explorer, name):
    """The figure says what is wrong, and what was chosen waits until there are outputs again."""
    made = explorer(height=1, kernel_height=3, **{name: 5})
    assert getattr(made, name) == 5

"""Readers' own images, kernels and pictures: what explorers take, refuse and show."""

import numpy as np
import pytest
import traitlets

from convlib import conv2d, widgets
from convlib.widgets.kernel_on_photograph import grey
from convlib.widgets.shared.grid_explorer import IMAGE, SIZES, TO

GRIDS = {
    widgets.OutputSize: (10, 5),
    widgets.StrideGrid: (10, 5),
    widgets.ConvolutionMatrix: (6, 3),
}
# The trait, and the least and the most pixels of height and of width.
PICTURES = {
    widgets.ChannelMixing: ("picture", 3, 200),
    widgets.ContextShift: ("picture", 64, 160),
    widgets.KernelOnPhotograph: ("picture", 3, 160),
    widgets.NetworkBlocks: ("picture", 1, 160),
    widgets.ReceptiveField: ("image", 1, None),
}
grids = pytest.mark.parametrize("kind", GRIDS)
pictures = pytest.mark.parametrize("kind", PICTURES)


def shape_of(explorer):
    return [getattr(explorer, name) for name in SIZES]


def sliders_of(explorer):
    """Return the ends of the sizes' controls: of sliders, or of the buttons that are shown."""
    controls = [explorer.linked[name] for name in SIZES]
    assert [getattr(*control) for control in controls] == shape_of(explorer)
    return [
        getattr(control, "max", None) or int(control._dom_classes[-1].removeprefix(TO))
        for control, _ in controls
    ]


@grids
def test_own_grids_are_kept_as_lists_and_shown_whole(kind):
    image, kernel = np.arange(12, dtype=np.uint8).reshape(4, 3), np.array([[0.5, -1.0]])
    explorer = kind(image=image, weights=kernel)
    assert explorer.image == image.tolist()
    assert explorer.weights == [[0.5, -1]]
    assert shape_of(explorer) == sliders_of(explorer) == [4, 3, 1, 2]
    assert all(type(x) is int for row in explorer.image for x in row)


@grids
def test_sizes_may_be_less_than_the_grids_but_not_more(kind):
    explorer = kind(image=np.ones((4, 3)), height=2)
    assert shape_of(explorer)[:2] == [2, 3]
    with pytest.raises(traitlets.TraitError, match="width=4; legal are 1 to 3, the columns of im"):
        explorer.width = 4
    with pytest.raises(traitlets.TraitError, match="height=5; legal are 1 to 4, the rows of image"):
        kind(image=np.ones((4, 3)), height=5)


@grids
def test_grids_assigned_later_take_the_sliders_along(kind):
    explorer = kind()
    largest, most = GRIDS[kind]
    assert sliders_of(explorer) == [largest, largest, most, most]
    explorer.image, explorer.weights = np.ones((2, 5)), [[1, 2], [3, 4], [5, 6]]
    assert shape_of(explorer) == sliders_of(explorer) == [2, 5, 3, 2]
    explorer.image = np.ones((largest, 1))
    assert shape_of(explorer) == sliders_of(explorer) == [largest, 1, 3, 2]
    assert kind().image == [row[:largest] for row in IMAGE[:largest]]


def test_the_still_convolves_own_grids():
    image, kernel = np.arange(9).reshape(3, 3) / 4, [[1, -1]]
    figure = widgets.OutputSize(image=image, weights=kernel).still().figure
    shown = [float(text.get_text()) for text in figure.axes[2].texts]
    expected = conv2d(image[None], np.array(kernel, float)[None, None])
    assert shown == expected.ravel().tolist()


BAD_GRIDS = [
    ([], ValueError, r"must have 2 axes"),
    (5, ValueError, r"has shape \(\); it must have 2 axes"),
    ([1, [2]], ValueError, "not a rectangular array"),
    (np.ones((2, 0)), ValueError, r"has shape \(2, 0\); legal is \(rows, columns\), both from 1"),
    (np.ones((3, 11)), ValueError, r"has shape \(3, 11\); legal is .+ from 1 to \d"),
    ([["a"] * 3] * 3, TypeError, "has dtype <U1; legal dtypes are float32"),
    ([[1j]], TypeError, "has dtype complex128"),
    ([[1, np.nan]], ValueError, "holds numbers from nan to nan; legal are -1000 to 1000"),
    ([[1, -1001]], ValueError, "holds numbers from -1001 to 1; legal are -1000 to 1000"),
]


@grids
@pytest.mark.parametrize("name", ["image", "weights"])
@pytest.mark.parametrize(("value", "error", "message"), BAD_GRIDS)
def test_what_is_no_grid_is_refused_and_named(kind, name, value, error, message):
    with pytest.raises(error, match=f"^{name} .*{message}"):
        kind(**{name: value})
    explorer = kind()
    before = getattr(explorer, name), sliders_of(explorer)
    with pytest.raises(error, match=f"^{name} .*{message}"):
        setattr(explorer, name, value)
    assert (getattr(explorer, name), sliders_of(explorer)) == before


@pytest.mark.parametrize("kind", [*GRIDS, *PICTURES])
def test_own_things_are_among_the_legal_names(kind):
    name = "image" if kind in GRIDS else PICTURES[kind][0]
    with pytest.raises(TypeError, match=rf"legal names are .*\b{name}\b"):
        kind(colour=1)


@pictures
def test_own_picture_is_sent_to_the_page_and_drawn(kind):
    name, *_ = PICTURES[kind]
    pixels = np.random.default_rng(0).integers(0, 255, (3, 64, 64), np.uint8)
    for explorer in (kind(**{name: pixels}), kind()):
        setattr(explorer, name, pixels.astype(float) + 0.25)
        sent = explorer.get_state()[name]
        assert sent == {"shape": [3, 64, 64], "levels": pixels.tobytes()}
        drawn = explorer.still().figure.axes[0].images[0].get_array()
        if kind is widgets.KernelOnPhotograph:
            np.testing.assert_array_equal(drawn, grey(pixels).repeat(3, 0).transpose(1, 2, 0))
        elif kind is not widgets.NetworkBlocks:  # which stretches what it draws
            np.testing.assert_array_equal(drawn, pixels.transpose(1, 2, 0))


@pictures
def test_the_photograph_is_shown_unless_another_is_given(kind):
    name, *_ = PICTURES[kind]
    expected = (
        widgets.photograph()[:, 11:139] if kind is widgets.ReceptiveField else widgets.photograph()
    )
    np.testing.assert_array_equal(getattr(kind(), name), expected)


@pictures
@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (np.zeros((70, 70, 3), np.uint8), ValueError, r"shape \(70, 70, 3\); legal is \(3, H, W\)"),
        (np.zeros((70, 70)), ValueError, r"shape \(70, 70\); it must have 3 axes"),
        (np.zeros((3, 0, 70)), ValueError, r"shape \(3, 0, 70\); legal is \(3, H, W\)"),
        (np.full((3, 70, 70), 256), ValueError, "levels from 256 to 256; legal are 0 to 255"),
        (np.full((3, 70, 70), np.nan), ValueError, "levels from nan to nan; legal are 0 to 255"),
        (np.full((3, 70, 70), 0.5), ValueError, "float64 levels from 0.5 to 0.5; .* by 255"),
        (np.full((3, 70, 70), "a"), TypeError, "dtype <U1; legal dtypes"),
    ],
)
def test_what_is_no_picture_is_refused_and_named(kind, value, error, message):
    name, *_ = PICTURES[kind]
    with pytest.raises(error, match=f"^{name} has {message}"):
        kind(**{name: value})
    explorer = kind()
    before = getattr(explorer, name)
    with pytest.raises(error, match=f"^{name} has {message}"):
        setattr(explorer, name, value)
    assert getattr(explorer, name) is before


@pictures
def test_picture_of_a_size_that_cannot_be_shown_is_refused(kind):
    name, least, most = PICTURES[kind]
    sides = [least - 1, *([most + 1] if most else [])]
    for side in sides:
        with pytest.raises(ValueError, match=rf"shape \(3, 150, {side}\).* {least}( to {most})?$"):
            kind(**{name: np.zeros((3, 150, side), np.uint8)})


def test_a_picture_is_copied_and_nobody_may_write_to_it():
    mine = np.zeros((3, 70, 70), np.uint8)
    explorer = widgets.ContextShift(picture=mine)
    mine[:] = 9
    assert explorer.picture.max() == 0
    with pytest.raises(ValueError, match="read-only"):
        explorer.picture[0, 0, 0] = 1


def test_the_chosen_pixel_stays_inside_of_another_picture():
    explorer = widgets.ChannelMixing(row=100, column=20)
    explorer.picture = np.zeros((3, 50, 60), np.uint8)
    assert (explorer.row, explorer.column) == (49, 20)
    assert [explorer.linked[name][0].max for name in ("row", "column")] == [49, 59]

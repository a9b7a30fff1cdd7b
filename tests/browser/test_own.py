"""Readers' own images, kernels and pictures in the page against native convlib."""

import numpy as np
import pytest
from explorers import Driver
from test_context_shift import pixels_of
from test_convolution import shown_matrix

from convlib import conv2d, conv2d_matrix, depthwise_conv2d
from convlib.widgets import (
    ChannelMixing,
    ContextShift,
    ConvolutionMatrix,
    NetworkBlocks,
    OutputSize,
    ReceptiveField,
    StrideGrid,
)
from convlib.widgets.channel_mixing_presets import KERNELS
from convlib.widgets.network_blocks import SHOWN, with_mean_and_spread

IMAGE = np.array([[0.5, -1, 2, 1000, 3], [1, 0, -0.25, 4, 1], [7, 1, 1, 2, 1], [2, 2, 0, 1, 9]])
KERNEL = np.array([[1, -0.5], [0, 2], [-3, 1]])
SIDES = {"input H": 4, "input W": 5, "kernel h": 3, "kernel w": 2}
PICTURE = np.random.default_rng(0).integers(0, 256, (3, 70, 90), np.uint8)


def numbers(explorer, grid):
    texts = explorer.texts(f"[data-grid={grid}] .cell text:not(.letter)")
    return [float(text.replace("−", "-")) for text in texts]


def ends(explorer):
    return {label: explorer.ends(label)[1] for label in SIDES}


@pytest.mark.parametrize("kind", [OutputSize, StrideGrid, ConvolutionMatrix])
def test_own_image_and_kernel_are_drawn_whole_and_end_the_sliders(show, kind):
    options = {"stride_h": 1, "stride_w": 1} if kind is StrideGrid else {}
    explorer = Driver(show(kind(image=IMAGE, weights=KERNEL, **options)))
    expected = conv2d(IMAGE[None], KERNEL[None, None])[0]
    assert numbers(explorer, "input") == IMAGE.ravel().tolist()
    np.testing.assert_allclose(numbers(explorer, "output"), expected.ravel(), atol=5e-4)
    if kind is not StrideGrid:
        assert numbers(explorer, "kernel") == KERNEL.ravel().tolist()
    assert ends(explorer) == SIDES
    assert {label: explorer.value(label) for label in SIDES} == SIDES
    explorer.press("input H", "Home", "End")
    assert explorer.value("input H") == 4
    wide = explorer.root.locator(".cell").evaluate_all(
        """(cells) => cells.filter((cell) =>
            !cell.querySelector(".too-long") &&
            cell.querySelector("text").getBBox().width > cell.querySelector("rect").getBBox().width
        ).map((cell) => cell.textContent)"""
    )
    assert wide == []
    assert explorer.visit.faults == []


@pytest.mark.parametrize("kind", [OutputSize, StrideGrid, ConvolutionMatrix])
def test_a_number_that_its_cell_has_no_room_for_is_told(show, kind):
    image = np.round(np.random.default_rng(0).uniform(-999, 999, (6, 6)), 2)
    explorer = Driver(show(kind(image=image, weights=[[1]]), width=390))
    left_out = explorer.root.locator("[data-grid=input] .cell:has(.too-long)")
    assert left_out.count()
    for row, column in ((3, 3), (5, 2)):
        left_out.and_(explorer.root.locator(f"[data-at='{row},{column}']")).click()
        explorer.visit.settle()
        said = f"({row}, {column}) holds {image[row, column]:g} and is "
        assert said.replace("-", "−") in explorer.text(".said")


def test_own_matrix_holds_the_own_kernel(show):
    explorer = Driver(show(ConvolutionMatrix(image=IMAGE, weights=KERNEL, row=3)))
    shown, _ = shown_matrix(explorer, (8, 20), KERNEL.ravel())
    np.testing.assert_array_equal(shown, conv2d_matrix((4, 5), KERNEL[None, None]))
    assert explorer.text(".said").startswith("Row 3 of M makes output (0, 3) = 1·1000 + −0.5·3 + ")


def test_a_single_pixel_is_enough(show):
    explorer = Driver(show(OutputSize(image=[[3]], weights=[[2]])))
    said = "Output (0, 0) = 2·3 = 6. The output is as large as the input."
    assert explorer.text(".said") == said
    assert explorer.visit.faults == []


def test_a_step_given_is_the_one_shown(show):
    explorer = Driver(show(OutputSize(step=5)))
    assert explorer.value("step") == 5
    assert explorer.text(".said").startswith("Output (1, 2)")


def test_own_picture_is_shifted(show):
    explorer = Driver(show(ContextShift(picture=PICTURE, layers=1, kernel=0, side=1)))
    weight = ContextShift().weights[0]
    kernels = np.reshape(weight, (1, 1, 3, 3)).repeat(3, 0)
    expected = depthwise_conv2d(PICTURE.astype(float), kernels, padding=((2, 0), (1, 1)))
    got = pixels_of(explorer.root.locator("[data-panel=output] canvas"))
    np.testing.assert_allclose(got, expected, atol=0.51)
    assert explorer.root.locator("[data-measured]").get_attribute("data-measured") == "1,0"
    assert explorer.text("[data-panel=output] figcaption") == "output 70 × 90"


def test_own_picture_is_mixed(show):
    made = ChannelMixing(picture=PICTURE, kernel_red=3, row=69, column=80)
    explorer = Driver(show(made)).unfold()
    expected = depthwise_conv2d(
        PICTURE.astype(float),
        np.array([[KERNELS["edge"]], [KERNELS["blur"]], [KERNELS["blur"]]]),
        padding=1,
    )
    got = pixels_of(explorer.root.locator("[data-stage=depthwise] canvas"))
    np.testing.assert_allclose(got, np.clip(expected, 0, 255), atol=0.51)
    assert explorer.value("pixel row") == 69
    assert explorer.text(".pixel-where") == "pixel (69, 80)"
    # In another picture than the book's, gold and skin are elsewhere.
    assert not explorer.root.get_by_role("button", name="gold").first.is_visible()


def test_own_picture_passes_blocks(show):
    explorer = Driver(show(NetworkBlocks(picture=PICTURE, blocks=0)))
    got = pixels_of(explorer.root.locator("[data-panel=output] canvas"))
    expected = np.clip(with_mean_and_spread(PICTURE, *SHOWN), 0, 255)
    np.testing.assert_allclose(got, expected, atol=1)


def test_own_picture_is_seen_by_a_field(show):
    explorer = Driver(show(ReceptiveField(image=PICTURE)))
    got = pixels_of(explorer.root.locator(".frame canvas"))
    np.testing.assert_array_equal(got, PICTURE[:, :, 10:80])

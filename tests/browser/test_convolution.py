"""ConvolutionMatrix in the built page against native convlib."""

import random

import numpy as np
import pytest
from explorers import Driver

from convlib import (
    Conv2d,
    Linear,
    conv2d,
    conv2d_matrix,
    conv2d_matrix_counts,
)  # fmt: skip
from convlib.widgets import ConvolutionMatrix
from convlib.widgets.convolution_matrix import IMAGE, WEIGHTS

LABELS = {
    "input H": (1, 6), "input W": (1, 6), "kernel h": (1, 3), "kernel w": (1, 3),
    "padding p": (0, 2), "stride s": (1, 3),
}  # fmt: skip


@pytest.fixture
def matrix(show):
    return Driver(show(ConvolutionMatrix)).unfold()


def shown_matrix(explorer, shape, weights):
    """Return the matrix that the figure shows, and how many cells it has."""
    letters = matrix_letters(explorer)
    shown = np.zeros(shape)
    for letter, x, y in letters:
        shown[round(y / 40 - 0.5), round(x / 40 - 0.5)] = weights["abcdefghi".index(letter)]
    return shown, len(letters)


def matrix_letters(explorer):
    """Return the letters on the matrix with their places; a square lies under each of them."""
    found = explorer.root.locator("[data-grid=matrix] .entries").evaluate_all(
        """(groups) => groups.flatMap((group) => {
            const text = group.querySelector("text");
            const places = (name) => text.getAttribute(name).split(" ").map(Number);
            const [x, y] = [places("x"), places("y")];
            const squares = group.querySelector("path").getAttribute("d").split("z").slice(0, -1);
            return [...text.textContent].map((letter, k) => [letter, x[k], y[k], squares[k]]);
        })"""
    )
    for _, x, y, square in found:
        assert square.startswith(f"M{x - 20:g} {y - 20:g}h")
    return [entry[:3] for entry in found]


def test_random_matrices_equal_native(matrix):
    chance = random.Random(0)
    legal = illegal = 0
    for _ in range(25):
        at = {label: chance.randint(*ends) for label, ends in LABELS.items()}
        matrix.put(at)
        height, width, kh, kw, padding, stride = at.values()
        if kh > height + 2 * padding or kw > width + 2 * padding:
            assert "There is no output" in matrix.text(".said")
            illegal += 1
            continue
        legal += 1
        kernel = np.array(WEIGHTS, float)[:kh, :kw]
        image = np.array(IMAGE, float)[None, :height, :width]
        native = conv2d_matrix((height, width), kernel[None, None], stride, padding)
        layer = Conv2d(1, 1, (kh, kw), stride, padding, bias=False)
        counts = conv2d_matrix_counts(layer, (height, width))
        shown, cells = shown_matrix(matrix, native.shape, kernel.ravel())
        np.testing.assert_array_equal(shown, native)
        assert cells == counts.connections
        output = conv2d(image, kernel[None, None], stride=stride, padding=padding)
        numbers = matrix.texts("[data-grid=output] .cell text")
        assert list(map(float, numbers)) == output.ravel().tolist()
        row = chance.randrange(counts.rows)
        matrix.put({"row": row})
        said = matrix.text(".said")
        assert said.startswith(f"Row {row} of M makes output ({divmod(row, output.shape[2])[0]}, ")
        assert f" = {output.ravel()[row]:g}; " in said
        assert f"{counts.connections} of {counts.entries} entries" in said
        dense = Linear(counts.columns, counts.rows, bias=False)
        expected = [layer.params, layer.macs((height, width)), 4 * layer.params]
        expected += [dense.params, dense.params, 4 * dense.params]
        got = [int(text.replace(",", "")) for text in matrix.texts("tbody td:not(:first-child)")]
        assert got == expected
    assert legal >= 20


def test_illegal_sizes_are_explained_and_left_again(matrix):
    matrix.put({"input H": 1, "kernel h": 3})
    said = matrix.text(".said")
    assert "kernel height 3 is more than the padded height 1" in said
    assert not matrix.root.locator("[data-grid=matrix]").is_visible()
    matrix.put({"padding p": 1})
    assert matrix.root.locator("[data-grid=matrix]").is_visible()


def test_a_row_is_chosen_by_pointer_and_keys(matrix):
    matrix.root.locator("[data-row='4']").click()
    matrix.visit.settle()
    assert matrix.value("row") == 4
    assert matrix.text(".said").startswith("Row 4 of M makes output (1, 1)")
    matrix.root.locator(".matrix-box").press("ArrowDown")
    matrix.visit.settle()
    assert matrix.value("row") == 5
    matrix.root.locator("[data-grid=output]").press("ArrowUp")
    matrix.visit.settle()
    assert matrix.value("row") == 2
    # At the edge of the grid an arrow goes nowhere.
    matrix.root.locator("[data-grid=output]").press("ArrowRight")
    matrix.visit.settle()
    assert matrix.value("row") == 2
    matrix.root.locator("[data-grid=output] [data-at='2,1']").click()
    matrix.visit.settle()
    assert matrix.value("row") == 7

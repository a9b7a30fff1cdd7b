"""What the reference lists and claims."""

import ast
import re
from pathlib import Path

import notebooks
import numpy as np
import pytest
import reference

import convlib
from convlib import conv2d, distributed, networks, practice, widgets
from convlib.fast import choice
from convlib.plots.accuracy import plot_errors

CHAPTERS = Path(__file__).parents[2] / "chapters"
TEXT = "\n".join(path.read_text("utf-8") for path in CHAPTERS.glob("reference-*.md"))
LISTED = set(re.findall(r"\.\. (?:auto\w+|py:data):: ([\w.]+)", TEXT))
OVERVIEW = (CHAPTERS / "reference.md").read_text("utf-8")


@pytest.mark.parametrize(
    "module", [convlib, distributed, networks, practice, widgets], ids=lambda m: m.__name__
)
def test_the_whole_public_api_is_listed(module):
    assert {f"{module.__name__}.{name}" for name in module.__all__} <= LISTED


def test_the_overview_links_all_that_is_called_and_every_page():
    """All but what functions return and take, single examples, and a base class of explorers."""
    beside = {
        "convlib.activations.Activation",
        "convlib.cost.Cost",
        "convlib.cost.Variant",
        "convlib.distributed.Measured",
        "convlib.distributed.Price",
        "convlib.graphs.examples.block",
        "convlib.graphs.examples.disagreeing",
        "convlib.graphs.examples.u_net",
        "convlib.graphs.findings.Finding",
        "convlib.graphs.plain.Constant",
        "convlib.graphs.plain.Node",
        "convlib.graphs.report.CheckedNetwork",
        "convlib.graphs.report.TensorRow",
        "convlib.matrix.MatrixCounts",
        "convlib.networks",
        "convlib.plots.Picture",
        "convlib.practice.Question",
        "convlib.practice.Verdict",
        "convlib.receptive_field.ReceptiveField",
        "convlib.timing.Machine",
        "convlib.timing.Timing",
        "convlib.widgets.shared.grid_explorer.GridExplorer",
    }
    linked = set(re.findall(r"\]\((convlib\.[\w.]+)\)", OVERVIEW))
    assert linked == LISTED - beside
    pages = {path.name for path in CHAPTERS.glob("reference-*.md")}
    assert set(re.findall(r"\]\((reference-\w+\.md)\)", OVERVIEW)) == pages


def imported(chapter):
    """Return the (module, name) pairs that a chapter's cells import from convlib."""
    cells = [cell.source for cell in notebooks.code_of(notebooks.read(chapter))]
    return {
        (node.module, name.name)
        for node in ast.walk(ast.parse("\n".join(cells)))
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "convlib"
        for name in node.names
    }


@pytest.mark.parametrize("chapter", sorted(CHAPTERS.glob("*.md")), ids=lambda path: path.stem)
def test_what_the_chapters_import_is_listed(chapter):
    inside = re.compile(r"convlib\.(kernels|wasm|widgets\.)")  # shown, not offered
    names = {f"{m}.{name}" for m, name in imported(chapter) if not inside.match(m)}
    assert names - {"convlib.networks", "convlib.distributed"} <= LISTED


def test_what_the_lessons_call_and_nothing_else_is_on_top():
    called = {name for c in CHAPTERS.glob("*.md") for m, name in imported(c) if m == "convlib"}
    assert called - {"distributed"} == set(convlib.__all__)


@pytest.mark.parametrize(
    ("weight", "groups", "stride", "size", "chosen"),
    [
        ((8, 8, 3, 3), 1, 1, (21, 21), "direct"),
        ((64, 1, 3, 3), 64, 2, (56, 56), "depthwise"),
        ((64, 64, 1, 1), 1, 1, (56, 56), "im2col"),
        ((64, 64, 1, 1), 1, 2, (56, 56), "shifted"),
        ((32, 8, 1, 1), 8, 1, (56, 56), "shifted"),
        ((64, 64, 3, 3), 1, 1, (56, 56), "shifted"),
        ((64, 32, 3, 3), 2, 1, (56, 56), "shifted"),
        ((64, 64, 5, 5), 1, 1, (56, 56), "shifted"),
    ],
)
def test_the_table_of_algorithms(weight, groups, stride, size, chosen):
    names = choice.choose(weight, groups, (1, weight[0], *size), (stride, stride))
    assert names[0] == chosen


def test_winograd_is_never_chosen():
    rng = np.random.default_rng(0)
    for _ in range(3000):
        groups, group_in, group_out = (int(2 ** rng.uniform(0, 9)) for _ in range(3))
        kernel, size = (tuple(int(n) for n in rng.integers(1, most, 2)) for most in (6, 300))
        weight = (groups * group_out, group_in, *kernel)
        assert "winograd" not in choice.choose(weight, groups, (1, weight[0], *size), (1, 1))


def test_the_plain_loops_are_for_less_than_262_144_macs():
    for size, chosen in ((4095, "direct"), (4096, "im2col")):
        names = choice.choose((8, 8, 1, 1), 1, (1, 8, 1, size), (1, 1))
        assert names[0] == chosen


def test_all_ways_agree_and_winograd_is_for_3x3():
    rng = np.random.default_rng(0)
    image = rng.standard_normal((64, 56, 56), np.float32)
    weight = rng.standard_normal((64, 64, 3, 3), np.float32)
    plain = conv2d(image, weight, padding=1, algorithm="direct")
    for name in ("im2col", "shifted", "winograd"):
        found = conv2d(image, weight, padding=1, algorithm=name)
        np.testing.assert_allclose(found, plain, atol=1e-4 * np.abs(plain).max())
    with pytest.raises(ValueError, match="algorithm='winograd' cannot compute this layer"):
        conv2d(image, rng.standard_normal((64, 64, 5, 5), np.float32), algorithm="winograd")


def test_the_picture_of_one_bright_pixel():
    """Plain sums are off by rounding only; Winograd's are off by more than the output, unseen."""
    rng = np.random.default_rng(0)
    image = rng.random((32, 12, 12), np.float32)
    weight = rng.random((1, 32, 3, 3), np.float32)
    image[:, 5, 5] = 1e6
    exact = reference.conv2d(image[None], weight, None, (1, 1), ((0, 0), (0, 0)), (1, 1), 1, 0)[
        0, 0
    ]
    errors = {
        name: np.abs(conv2d(image, weight, algorithm=name)[0] / exact - 1)
        for name in ("auto", "winograd")
    }
    seen = np.zeros((10, 10), bool)
    seen[3:6, 3:6] = True
    assert errors["auto"].max() < 1e-5
    wrong = np.argwhere((errors["winograd"] > 0.005) & ~seen)
    assert 10 < len(wrong) < 30
    assert wrong.min() >= 3
    assert wrong.max() <= 7
    assert errors["winograd"][~seen].max() > 0.5
    picture = plot_errors(errors, seen)
    assert f"auto: 0 of 91 by 0.5 % or more. winograd: {len(wrong)} of 91" in picture.alt
    plain, winograd = picture.figure.axes
    assert [text.get_text() for text in plain.texts] == []
    found = {
        (int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in winograd.texts
    }
    assert found == {(i, j): f"{100 * errors['winograd'][i, j]:.0f}" for i, j in wrong.tolist()}
    # Readable without colour: numbers, and hatching where the pixel is seen.
    assert all(any(part.get_hatch() for part in axes.collections) for axes in (plain, winograd))


def test_a_picture_of_no_errors_is_refused():
    with pytest.raises(ValueError, match=r"errors=\{\} has no entry"):
        plot_errors({}, np.zeros((2, 2), bool))
    with pytest.raises(ValueError, match=r"errors\['a'\] has shape \(2, 3\).*\(2, 2\)"):
        plot_errors({"a": np.zeros((2, 3))}, np.zeros((2, 2), bool))


def test_sums_in_blocks_lose_less():
    """0.1 added up 65,536 times: 0.06 % one by one, 0.0004 % in blocks, as the page says."""
    numbers = np.full(65536, 0.1, np.float32)
    exact = 65536 * float(numbers[0])
    one_by_one = np.cumsum(numbers, dtype=np.float32)[-1]
    assert f"{100 * abs(float(one_by_one) / exact - 1):.2f}" == "0.06"
    image, weight = numbers.reshape(-1, 1, 1), np.ones((1, 65536, 1, 1), np.float32)
    in_blocks = conv2d(image, weight, algorithm="direct").item()
    assert f"{100 * abs(in_blocks / exact - 1):.4f}" == "0.0004"

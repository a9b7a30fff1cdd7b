"""What chapters/reference.md lists and claims."""

import ast
import re
from pathlib import Path

import jupytext
import numpy as np
import pytest

import convlib
from convlib import _algorithms, conv2d, networks, widgets

CHAPTERS = Path(__file__).parents[1] / "chapters"
LISTED = set(
    re.findall(r"\.\. auto\w+:: ([\w.]+)", (CHAPTERS / "reference.md").read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("module", [convlib, networks, widgets], ids=lambda m: m.__name__)
def test_the_whole_public_api_is_listed(module):
    assert {f"{module.__name__}.{name}" for name in module.__all__} <= LISTED


@pytest.mark.parametrize("chapter", sorted(CHAPTERS.glob("*.md")), ids=lambda path: path.stem)
def test_what_the_chapters_import_is_listed(chapter):
    cells = [cell.source for cell in jupytext.read(chapter).cells if cell.cell_type == "code"]
    imported = {
        f"{node.module}.{name.name}"
        for node in ast.walk(ast.parse("\n".join(cells)))
        if isinstance(node, ast.ImportFrom) and re.fullmatch(r"convlib(\.plots\w*)?", node.module)
        for name in node.names
        if not name.name.startswith("_") and name.name != "networks"
    }
    assert imported <= LISTED


@pytest.mark.parametrize(
    ("weight", "stride", "groups", "size", "chosen"),
    [
        ((8, 8, 3, 3), 1, 1, (21, 21), "direct"),
        ((64, 1, 3, 3), 1, 64, (56, 56), "depthwise"),
        ((64, 1, 3, 3), 2, 64, (56, 56), "depthwise"),
        ((64, 64, 1, 1), 1, 1, (56, 56), "im2col"),
        ((32, 8, 1, 1), 1, 8, (56, 56), "shifted"),
        ((64, 64, 3, 3), 1, 1, (56, 56), "winograd"),
        ((31, 64, 3, 3), 1, 1, (56, 56), "shifted"),
        ((64, 31, 3, 3), 1, 1, (56, 56), "shifted"),
        ((64, 64, 3, 3), 2, 1, (56, 56), "shifted"),
        ((64, 32, 3, 3), 1, 2, (56, 56), "shifted"),
        ((64, 64, 5, 5), 1, 1, (56, 56), "shifted"),
    ],
)
def test_the_table_of_algorithms(weight, stride, groups, size, chosen):
    names = _algorithms.choose(weight, (stride, stride), (1, 1), groups, (1, weight[0], *size))
    assert names[0] == chosen


def test_the_plain_loops_are_for_less_than_262_144_macs():
    for size, chosen in ((4095, "direct"), (4096, "im2col")):
        names = _algorithms.choose((8, 8, 1, 1), (1, 1), (1, 1), 1, (1, 8, 1, size))
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

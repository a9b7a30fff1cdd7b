"""The module that checks networks against the same functions in Python."""

import gzip
import math

import numpy as np
import pytest
from numba import float64
from test_wasm import Page

from convlib.kernels import graph_findings, graph_numbers, graph_reads, graph_shapes
from convlib.wasm import exports, module_bytes

TYPES = {function.__name__: signature.args for function, signature in exports.GRAPH_EXPORTS}


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes("graphs"))


def call(page, name, *arguments):
    """Call a function with numbers of the types that it takes."""
    kinds = zip(TYPES[name], arguments, strict=True)
    return page.call(name, *(float(a) if kind == float64 else a for kind, a in kinds))


def test_the_module_is_small_and_has_its_functions(page):
    got = [export.name for export in page.module.exports]
    assert got == [function.__name__ for function, _ in exports.GRAPH_EXPORTS]
    assert len(gzip.compress(module_bytes("graphs"))) < 16_000


def test_there_are_two_modules():
    with pytest.raises(ValueError, match="which='page'; legal are pages, graphs"):
        module_bytes("page")


# Rules of numbers, and what their arguments may be.
SCALARS = {
    "product_within": (graph_shapes, [(0, 2**31), (0, 2**20)]),
    "even_part": (graph_shapes, [(1, 50), (1, 9), (0, 8)]),
    "padded_length": (graph_shapes, [(1, 50), (-9, 9), (-9, 9)]),
    "channels_of_cells": (graph_shapes, [(1, 64), (1, 4)]),
    "channels_of_blocks": (graph_shapes, [(1, 2**29), (1, 4)]),
    "scaled_length": (graph_shapes, [(1, 300), (1, 9), (1, 9)]),
    "nearby_multiple": (graph_shapes, [(1, 300), (1, 128), (0, 1)]),
    "size_distance": (graph_shapes, [(1, 300)] * 4),
    "combined": (graph_numbers, [(0, 9), (-9, 9), (-9, 9), (1, 1)]),
    "changed": (graph_numbers, [(0, 7), (-9, 9)]),
    "even_end": (graph_findings, [(0, 9), (0, 9)]),
    "unevenness": (graph_findings, [(0, 9)] * 4),
    "leans_far": (graph_findings, [(-9, 9), (1, 9)]),
    "percent_read": (graph_reads, [(0, 50), (50, 90)]),
    "macs_of_share": (graph_reads, [(0, 2**40), (0, 2**16), (1, 2**16)]),
    "taps_met": (graph_reads, [(1, 9), (1, 5), (1, 3), (0, 4), (1, 4), (1, 9)]),
    "ends_see": (graph_reads, [(1, 9), (1, 5), (1, 3), (0, 4), (1, 4), (1, 9)]),
}


@pytest.mark.parametrize("name", SCALARS)
def test_rules_of_numbers_equal_python(page, name):
    module, ranges = SCALARS[name]
    chance = np.random.default_rng(0)
    for _ in range(200):
        numbers = [int(chance.integers(low, high + 1)) for low, high in ranges]
        expected = getattr(module, name)(*numbers)
        got = call(page, name, *numbers)
        assert got == expected or (math.isnan(got) and math.isnan(expected)), numbers


# Rules that write into their last argument: what comes before it, and how many they write.
WRITERS = {
    "slice_places": ([(1, 30), (-40, 40), (-40, 40), (1, 4)], 2),
    "part_ends": ([(1, 30), (0, 9), (1, 9), (1, 4)], 3),
    "ratio": ([(1, 300), (1, 300)], 2),
}


@pytest.mark.parametrize("name", WRITERS)
def test_rules_that_write_equal_python(page, name):
    ranges, count = WRITERS[name]
    chance = np.random.default_rng(1)
    for _ in range(200):
        numbers = [int(chance.integers(low, high + 1)) for low, high in ranges]
        expected = [0] * count
        getattr(graph_shapes, name)(*numbers, expected)
        (got,) = call(page, name, *numbers, np.zeros(count))
        assert got.tolist() == expected, numbers


def test_scales_equal_python_and_their_fractions(page):
    scales = [a / b for a in range(1, 12) for b in range(1, 12)]
    for scale in [*scales, 0.7071067811865476, -1.0, 0.0, math.inf, math.nan, 1e-9, 2.0**30]:
        for file in (scale, float(np.float32(scale))):
            expected = [0, 1]
            graph_shapes.scale_ratio(file, expected)
            (got,) = call(page, "scale_ratio", file, np.zeros(2))
            assert got.tolist() == expected, scale
        if scale in scales:
            assert expected[0] / expected[1] == pytest.approx(scale)
            assert expected[1] <= 11


def test_rules_of_shapes_equal_python(page):
    """What they write is compared in the browser (tests/browser/test_network_check.py)."""
    chance = np.random.default_rng(2)
    for _ in range(200):
        shape = chance.integers(1, 5, chance.integers(1, 5)).tolist()
        rank, floats = len(shape), np.array(shape, float)
        assert call(page, "graph_product", floats, 0, rank) == np.prod(shape)
        assert call(page, "graph_sum", floats, rank) == sum(shape)
        target = chance.permutation([*shape[:-1], chance.choice([-1, 0, shape[-1]])]).tolist()
        given = shape, rank, target, rank
        arrays = floats, rank, np.array(target, float), rank
        expected = graph_shapes.target_shape(*given, [0] * rank)
        assert call(page, "target_shape", *arrays, np.zeros(rank)) == expected
        axis = int(chance.integers(rank))
        expected = graph_shapes.axis_again(shape, axis, target, rank, -1)
        assert call(page, "axis_again", floats, axis, *arrays[2:], -1) == expected
        both = [*shape, *(int(chance.choice([1, n, n + 1])) for n in shape)]
        expected = graph_shapes.broadcast(both, 2, rank, [0] * rank)
        assert call(page, "broadcast", np.array(both, float), 2, rank, np.zeros(rank)) == expected
        numbers = graph_shapes.channels_of(shape, rank, -1, -1, 1)
        assert call(page, "channels_of", floats, rank, -1, -1, 1) == numbers == np.prod(shape)
        positions = graph_shapes.positions_of(shape, rank, shape[0])
        assert call(page, "positions_of", floats, rank, shape[0]) == positions

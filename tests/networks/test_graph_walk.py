"""The walk through graphs of any shape: sizes against onnx's inference, windows against trying.

`graph_family` draws graphs from a seed; `graph_impulse` disturbs their image row by row and column
by column, and sees which outputs move.
"""

from collections import Counter

import graph_impulse
import numpy as np
import pytest
from graph_family import Drawn
from numba import njit

from convlib.graphs import plain
from convlib.graphs.onnx_file import read_onnx
from convlib.graphs.report import checked
from convlib.graphs.walk import Walk
from convlib.kernels import graph_rows as k
from convlib.kernels import graph_walk
from convlib.kernels.graph_windows import first_seen, last_seen

# What lies past the end of the image cannot be disturbed. Behind an upsampling, a cell of padding
# may seem to lie just inside it.
MARGIN = 2


def seen_windows(table, row, axis, outputs):
    """Return the windows that the walk found, (first, last) of each output."""
    numbers = table.windows[row, axis], *(int(table.found[row, c + axis]) for c in COLUMNS)
    return [(first_seen(*numbers, o), last_seen(*numbers, o)) for o in range(outputs)]


COLUMNS = k.PERIOD_H, k.ADVANCE_H


def compare(seed):
    """Assert that a drawn graph's sizes and windows are right; return how many windows were."""
    drawn = Drawn(seed)
    tensors = [name for name in drawn.shapes if name != "x"]
    graph = read_onnx(drawn.model(tensors).SerializeToString())
    assert plain.from_json(plain.as_json(graph)) == graph
    walk = Walk(graph)
    assert {name: walk.values[name].shape for name in tensors} == {
        name: drawn.shapes[name] for name in tensors
    }
    rows, held = checked(graph).rows, Counter()
    reads = graph_impulse.reads(drawn.model(tensors), drawn.size)
    for name in tensors:
        value = walk.values[name]
        told = rows[value.row]
        if value.is_map and told.field is not None:
            held += compare_tensor(drawn, walk.table, value.row, told, reads[name])
    compare_unread(drawn, reads[drawn.last], held)
    return held


def compare_unread(drawn, read, held):
    """Assert which rows and columns of the image the last tensor does not depend on."""
    unread = checked(read_onnx(drawn.model().SerializeToString())).unread
    for axis in (0, 1):
        lines = ~read[axis].any(axis=0)
        found = unread.all(axis=1 - axis)
        assert not (found & ~lines).any()
        # A product with what sees padding only is 0, whatever the other factor.
        if not drawn.loose and "Mul" not in {node.op_type for node in drawn.nodes}:
            np.testing.assert_array_equal(found, lines)
            held["unread"] += int(lines.sum())


def compare_tensor(drawn, table, row, told, read):
    """Assert that the places of a tensor see what the walk says."""
    held = Counter()
    for axis, size in enumerate(drawn.size):
        found = graph_impulse.windows(read[axis])
        pairs = list(zip(found, seen_windows(table, row, axis, len(found)), strict=True))
        inside = []
        for output, ((low, high), (first, last)) in enumerate(pairs):
            if first > last:
                assert low > high
                held["empty"] += 1
            elif MARGIN <= first and last < size - MARGIN and not drawn.loose:
                assert (low, high) == (first, last)
                inside.append(output)
            elif low <= high and not drawn.clamps:
                assert first <= low <= high <= last
        held["inside"] += len(inside)
        held["center"] += compare_center(told, axis, inside, found, table.found[row])
    return held


def compare_center(told, axis, inside, found, numbers):
    """Assert field, stride and centre of a row by the windows of one whole period."""
    period = int(numbers[k.PERIOD_H + axis])
    run = inside[:period]
    if len(run) < period or run != list(range(run[0], run[0] + period)):
        return 0
    widths = [found[output][1] - found[output][0] + 1 for output in run]
    middles = [sum(found[output]) / 2 - output * told.stride[axis] for output in run]
    assert told.field[axis] == max(widths)
    assert told.center[axis] == pytest.approx(sum(middles) / period)
    if run[0] + period in inside:
        step = found[run[0] + period][0] - found[run[0]][0]
        assert step == pytest.approx(told.stride[axis] * period)
    return 1


def test_drawn_graphs():
    held = sum((compare(seed) for seed in range(24)), Counter())
    assert held["inside"] > 2000
    assert held["center"] > 150
    assert held["empty"] > 20
    assert held["unread"] > 5


@njit
def visit_all(nodes, edges, found, windows, count):
    for row in range(count):
        graph_walk.visit(nodes, edges, found, windows, row)


@pytest.mark.slow
def test_numba_compiles_the_walk_and_it_allocates_nothing():
    """So that a page can run it; it finds the same there."""
    for seed in range(60):
        table = Walk(read_onnx(Drawn(seed).model().SerializeToString())).table
        found, windows = np.zeros_like(table.found), np.zeros_like(table.windows)
        visit_all(table.nodes, table.edges, found, windows, table.count)
        np.testing.assert_array_equal(found, table.found)
        for row in range(table.count):
            for axis in (0, 1):
                period = int(found[row, k.PERIOD_H + axis])
                same = windows[row, axis, :, :period] == table.windows[row, axis, :, :period]
                assert same.all()
    (code,) = visit_all.inspect_llvm().values()
    assert "NRT_Allocate" not in code
    assert "NRT_MemInfo_alloc" not in code


@pytest.mark.slow
@pytest.mark.parametrize("start", [100, 130, 160])
def test_many_drawn_graphs(start):
    held = sum((compare(seed) for seed in range(start, start + 30)), Counter())
    assert held["inside"] > 1500

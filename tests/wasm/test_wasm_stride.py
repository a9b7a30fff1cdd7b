"""What StrideGrid and ReceptiveField call, run by wasmtime, against native convlib and loops."""

import inspect

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import geometries
from test_wasm import Page

from convlib import Conv2d, MaxPool2d, receptive_field
from convlib.kernels import cost_rules, field_rules, size_rules
from convlib.kernels.stride_loops import FIELD, LAYER, cut_cells, stack_field
from convlib.wasm import module_bytes
from convlib.widgets.receptive_field import described

RULES = {
    size_rules.strided_index: {"index": (0, 40), "stride": (1, 9)},
    field_rules.cell_of_pixel: {"pixel": (0, 300), "jump": (1, 64), "outputs": (1, 40)},
    field_rules.twice_center: {"field": (1, 999), "before": (0, 300)},
    field_rules.twice_shift: {"field": (1, 999), "jump": (1, 64), "before": (0, 300)},
    cost_rules.conv2d_macs: {
        "oh": (0, 20), "ow": (0, 20), "kh": (1, 7), "kw": (1, 7),
        "in_channels": (1, 64), "out_channels": (1, 64), "groups": (1, 1),
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@given(st.data())
def test_rules_equal_python(page, rule, data):
    names = inspect.signature(rule).parameters
    numbers = [data.draw(st.integers(*RULES[rule][name]), name) for name in names]
    assert page.call(rule.__name__, *numbers) == rule(*numbers)


def test_strided_index_is_slicing():
    for stride in range(1, 5):
        kept = [i for i in range(12) if size_rules.strided_index(i, stride) >= 0]
        assert kept == list(range(12))[::stride]
        assert [size_rules.strided_index(i, stride) for i in kept] == list(range(len(kept)))


@given(st.integers(0, 300), st.integers(1, 64), st.integers(1, 40))
def test_cell_of_pixel_holds_the_pixel(pixel, jump, outputs):
    output = field_rules.cell_of_pixel(pixel, jump, outputs)
    cells = [range(o * jump, (o + 1) * jump) for o in range(outputs)]
    assert pixel in cells[output] or (output == outputs - 1 and pixel > cells[-1][-1])


def fates(size, kernel, stride, ends):
    """Classify each padded cell by looking: is it read, is anything at or beyond it read?"""
    reads = reference.padded_read_counts(size, kernel, stride, ends, (1, 1))
    used = [np.flatnonzero(reads.any(axis=axis)) for axis in (1, 0)]
    kinds = np.zeros(reads.shape, int)
    for i, j in np.ndindex(reads.shape):
        past = any(not len(u) or at > u[-1] for at, u in zip((i, j), used, strict=True))
        kinds[i, j] = 2 if past else 4 if reads[i, j] == 0 else 0
        (top, _), (left, _) = ends
        inside = 0 <= i - top < size[0] and 0 <= j - left < size[1]
        kinds[i, j] += not inside
    return kinds


@given(geometries(words=False))
def test_cut_cells_equals_native_and_what_is_seen(page, geometry):
    size, kernel, stride, _, ends, _ = geometry
    size = tuple(max(n, k) for n, k in zip(size, kernel, strict=True))
    expected = fates(size, kernel, stride, ends)
    kinds, counts = np.full(expected.shape, -1, np.int32), np.full(6, -1, np.int32)
    numbers = (*size, *kernel, *stride, *ends[0], *ends[1])
    got, tally = page.call("cut_cells", *numbers, kinds, counts)
    assert_array_equal(got, expected)
    assert_array_equal(tally, np.bincount(expected.ravel(), minlength=6))
    cut_cells(*numbers, kinds, counts)
    assert_array_equal(kinds, expected)
    assert_array_equal(counts, tally)


WORDS = ("valid", "same_upper", "same_lower")


@st.composite
def stacks(draw):
    """Draw a few layers with windows, of every kind of padding and rounding."""
    layers = []
    for _ in range(draw(st.integers(1, 6))):
        kernel = draw(st.tuples(*[st.integers(1, 5)] * 2))
        padding = draw(st.one_of(st.sampled_from(WORDS), st.integers(0, min(kernel) // 2)))
        stride = draw(st.tuples(*[st.integers(1, 3)] * 2))
        if draw(st.booleans()):
            layers.append(Conv2d(1, 1, kernel, stride, padding, draw(st.integers(1, 2))))
        else:
            ceil_mode = draw(st.booleans())
            layers.append(MaxPool2d(kernel, stride, padding, ceil_mode=ceil_mode))
    return layers


@given(stacks(), st.tuples(*[st.integers(1, 70)] * 2))
def test_stack_field_equals_receptive_field_after_each_layer(page, stack, size):
    named = [(str(at), layer) for at, layer in enumerate(stack)]
    for axis, rows in enumerate(described(named)):
        layers = np.array(rows, np.int32).reshape(-1, len(LAYER))
        fields = np.full((len(stack), len(FIELD)), -1, np.int32)
        kept, got = page.call("stack_field", layers, len(stack), size[axis], fields)
        assert_array_equal(kept, layers)
        stack_field(layers, size[axis], fields)
        assert_array_equal(got, fields)
        steps = [dict(zip(FIELD, row, strict=True)) for row in got.tolist()]
        length = size
        for at, step in enumerate(steps):
            try:
                field = receptive_field(stack[: at + 1], size)
            except ValueError:  # on this axis or on the other
                break
            length = stack[at].output_size(length)
            assert step["outputs"] == length[axis]
            assert (step["field"], step["jump"]) == (field.size[axis], field.stride[axis])
            assert (step["before"], step["after"]) == field.padding[axis]
            before = receptive_field(stack[:at], size) if at else None
            assert step["jump_before"] == (before.stride[axis] if before else 1)
            assert step["taps"] == stack[at].dilation[axis] * (stack[at].kernel_size[axis] - 1)


def test_stack_field_has_no_outputs_from_the_first_misfit_on():
    layers = np.array([[3, 1, 0, 0, 1, 0], [5, 1, 0, 0, 1, 0], [1, 1, 1, 1, 1, 1]], np.int32)
    fields = np.zeros((3, len(FIELD)), np.int32)
    stack_field(layers, 6, fields)
    assert fields[:, FIELD.index("outputs")].tolist() == [4, 0, 0]

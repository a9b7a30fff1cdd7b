"""The WebAssembly module, run by wasmtime, against the native convlib on random settings."""

import gzip
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
import reference
import wasmtime
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import geometries, picture_pairs, settings

import convlib
from convlib.kernels import plain_loops, size_rules
from convlib.wasm import exports, module_bytes

HERE = Path(__file__).parent
PAGE = 65536
GUARD = 8  # numbers before and after each array that a function must leave alone
RULES = (
    "output_length", "dropped_length", "same_before", "same_after",
    "full_padding", "window_start", "tap_of_pixel", "doubled_shift",
)  # fmt: skip
KERNELS = ("pad", "conv2d", "conv2d_fast", "count_reads", "measure_shift")


class Page:
    """What a page of the book does with the module: it gives it memory and calls it."""

    def __init__(self, module):
        self.store = wasmtime.Store()
        self.module = wasmtime.Module(self.store.engine, module)
        self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(4, None)))
        i32 = wasmtime.GlobalType(wasmtime.ValType.i32(), True)
        offers = {
            "__linear_memory": self.memory,
            "__stack_pointer": wasmtime.Global(self.store, i32, wasmtime.Val.i32(PAGE)),
        }
        imports = [offers[wanted.name] for wanted in self.module.imports]
        self.exports = wasmtime.Instance(self.store, self.module, imports).exports(self.store)

    def call(self, name, *arguments):
        """Call a function with numbers and arrays; return its result, or the arrays after it."""
        top, places, passed = PAGE, [], []
        for argument in arguments:
            if not isinstance(argument, np.ndarray):
                passed.append(argument)
                continue
            guard = np.full(GUARD, 77, argument.dtype).tobytes()
            self.memory.write(self.store, guard + argument.tobytes() + guard, top)
            places.append((argument, top))
            passed.append(top + len(guard))
            top += len(guard) * 2 + argument.nbytes + 8
        result = self.exports[name](self.store, *passed)
        after = []
        for argument, start in places:
            stop = start + argument.nbytes + 2 * GUARD * argument.itemsize
            found = np.frombuffer(self.memory.read(self.store, start, stop), argument.dtype)
            assert set(found[:GUARD]) == set(found[-GUARD:]) == {77}, f"{name} wrote too far"
            after.append(found[GUARD:-GUARD].reshape(argument.shape))
        return after if result is None else result


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


def test_module_needs_only_memory_and_is_small(page):
    wanted = {(i.module, i.name) for i in page.module.imports}
    assert ("env", "__linear_memory") in wanted
    assert wanted <= {("env", "__linear_memory"), ("env", "__stack_pointer")}
    assert len(gzip.compress(module_bytes())) < 26_000


def test_exports_are_those_tested_here(page):
    got = [export.name for export in page.module.exports]
    assert got == [function.__name__ for function, _ in exports.EXPORTS]
    named = " ".join(path.read_text("utf-8") for path in HERE.glob("*.py"))
    assert [name for name in got if not re.search(rf"\b{name}\b", named)] == []


# The values that the arguments of a size rule may take.
RANGES = {
    "size": (1, 40), "kernel": (1, 7), "stride": (1, 5), "dilation": (1, 4), "before": (0, 6),
    "after": (0, 6), "output": (0, 30), "pixel": (-8, 45), "layers": (0, 9),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
@given(st.data())
def test_rules_equal_python(page, name, data):
    rule = getattr(size_rules, name)
    numbers = [data.draw(st.integers(*RANGES[p]), p) for p in inspect.signature(rule).parameters]
    assert page.call(name, *numbers) == rule(*numbers)


@given(settings(dtypes=("float32",), words=False))
def test_pad_equals_native(page, setting):
    (top, bottom), (left, right) = setting.ends
    for image in setting.input:
        expected = convlib.pad2d(image, setting.ends, setting.pad_value)
        out = np.full_like(expected, np.nan)
        sizes = (*image.shape, top, bottom, left, right)
        kept, got = page.call("pad", image, *sizes, float(setting.pad_value), out)
        assert_array_equal(got, expected)
        assert_array_equal(kept, image)


@pytest.mark.parametrize("name", ["conv2d", "conv2d_fast"])
@given(settings(dtypes=("float32",)), st.integers(0, 999))
def test_conv2d_equals_native(page, name, setting, seed):
    rng = np.random.default_rng(seed)
    padded = convlib.pad2d(setting.input, setting.ends)
    padded, weight, bias = (
        rng.standard_normal(shape, np.float32)
        for shape in (padded.shape, setting.weight.shape, len(setting.weight))
    )
    rest = (setting.stride, 0, setting.dilation, setting.groups)
    for image in padded:
        expected = convlib.conv2d(image, weight, bias, *rest)
        numbers = (
            *image.shape, len(weight), *setting.kernel,
            *setting.stride, *setting.dilation, setting.groups,
        )  # fmt: skip
        arrays = (image, weight, bias, np.full_like(expected, np.nan))
        *kept, got = page.call(name, *arrays, *numbers)
        assert_allclose(got, expected, rtol=1e-5, atol=1e-5)
        for k, a in zip(kept, arrays[:3], strict=True):
            assert_array_equal(k, a)


@given(geometries(words=False))
def test_count_reads_equals_native_and_reference(page, geometry):
    size, kernel, stride, padding, ends, _ = geometry
    size = tuple(max(n, k) for n, k in zip(size, kernel, strict=True))
    expected = reference.padded_read_counts(size, kernel, stride, ends, (1, 1))
    counts = np.full(expected.shape, -1, np.int32)
    (got,) = page.call("count_reads", *size, *kernel, *stride, *ends[0], *ends[1], counts)
    assert_array_equal(got, expected)
    (top, _), (left, _) = ends
    inside = got[top : top + size[0], left : left + size[1]]
    assert_array_equal(inside, convlib.conv2d_read_counts(size, kernel, stride, padding))


@given(st.integers(0, 99), st.tuples(*[st.integers(-3, 3)] * 2), st.sampled_from([1, 3]))
def test_measure_shift_equals_native(page, seed, shift, channels):
    before = np.random.default_rng(seed).random((channels, 14, 17), np.float32)
    after = np.pad(np.roll(before, shift, axis=(1, 2)), ((0, 0), (0, seed % 3), (0, 1)))
    got = shift_in_the_page(page, before, after, 3)
    assert tuple(got[:2]) == convlib.measure_shift(before, after, 3) == shift


def shift_in_the_page(page, before, after, limit):
    room = (np.full((2 * limit + 1,) * 2, np.nan), np.zeros(5, np.int32))
    sizes = (*before.shape, *after.shape[1:])
    *_, got = page.call("measure_shift", before, after, *sizes, limit, *room)
    return got.tolist()


@given(picture_pairs(), st.sampled_from([1, 0.3]))
def test_shifts_that_tie_are_the_native_ones(page, pair, factor):
    *pictures, limit = pair
    before, after = (np.ascontiguousarray(x * factor, np.float32) for x in pictures)
    ties = convlib.context_shift.measure_shifts(before, after, limit)
    down, right, *step, count = shift_in_the_page(page, before, after, limit)
    assert ((down, right), count) == (ties[0], len(ties))
    steps = [(i - down, j - right) for i, j in ties[1:]] or [(0, 0)]
    assert np.square(step).sum() == min(np.square(other).sum() for other in steps)
    assert tuple(step) in steps or tuple(-n for n in step) in steps
    assert tuple(step) >= (0, 0)


@pytest.mark.parametrize("stride", [1, 2])
def test_long_rows_take_the_vectorised_loop(page, stride):
    """Rows of 70 outputs: several vectors of four, and a remainder."""
    rng = np.random.default_rng(0)
    image = rng.standard_normal((2, 5, 71 + stride), np.float32)
    weight, bias = rng.standard_normal((3, 2, 3, 3), np.float32), np.zeros(3, np.float32)
    out = np.zeros((3, (5 - 3) // stride + 1, (68 + stride) // stride + 1), np.float32)
    numbers = (2, 5, 71 + stride, 3, 3, 3, stride, stride, 1, 1, 1)
    *_, got = page.call("conv2d", image, weight, bias, out, *numbers)
    expected = reference.conv2d(
        image[None], weight, bias, (stride, stride), ((0, 0), (0, 0)), (1, 1), 1, 0
    )
    assert_allclose(got, expected[0], rtol=1e-4, atol=1e-5)
    direct = np.empty((1, *out.shape), np.float32)
    plain_loops.conv2d_direct(image[None], weight, bias, stride, stride, 1, 1, 1, direct)
    assert_allclose(got, direct[0], rtol=1e-6, atol=1e-6)


def test_long_sums_are_taken_in_blocks(page):
    """As exactly as in native code: added one by one, 4,096 times 0.1 is off by 3.9e-5."""
    image, weight = np.full((4096, 1, 1), 0.1, np.float32), np.ones((1, 4096, 1, 1), np.float32)
    bias, out = np.ones(1, np.float32), np.zeros((1, 1, 1), np.float32)
    *_, got = page.call("conv2d", image, weight, bias, out, 4096, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    assert_array_equal(got, convlib.conv2d(image, weight, bias, algorithm="direct"))
    assert_allclose(got, 1 + 4096 * float(image[0, 0, 0]), rtol=2e-6)

"""conv2d and stack on Dask arrays: the bits of the whole image in one piece, however it is cut."""

import itertools

import dask
import dask.array
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import DTYPES, geometries, settings

import convlib
from convlib.distributed import Layer, conv2d, graph, ranges, stack
from convlib.distributed.channels import parts
from convlib.distributed.layers import resolved
from convlib.fast import choice

ALGORITHMS = ("auto", "direct", "shifted", "im2col")


@pytest.fixture(autouse=True)
def _in_this_thread(monkeypatch):
    # Some images are then beyond it, which is where 'auto' leaves the plain loops.
    monkeypatch.setattr(choice, "SMALL_MACS", 300)
    with dask.config.set(scheduler="synchronous"):
        yield


def cut(draw, length, empties=False):
    """Return random lengths of chunks that make up an axis."""
    borders = draw(st.lists(st.integers(0, length), max_size=4, unique=not empties))
    ends = sorted({*borders, 0, length} if not empties else [*borders, 0, length])
    return tuple(b - a for a, b in itertools.pairwise(ends)) or (0,)


@st.composite
def chunkings(draw, shape, whole=(), empties=False):
    """Return random chunks for an array of `shape`; the axes `whole` are not cut."""
    return tuple(
        (length,) if axis in whole else cut(draw, length, empties)
        for axis, length in enumerate(shape)
    )


def rough(setting, dtype="float32"):
    """Return the arrays of a setting filled with numbers whose sums are rounded."""
    rng = np.random.default_rng(setting.input.size)
    arrays = (setting.input, setting.weight, setting.bias)
    return [None if a is None else rng.standard_normal(a.shape).astype(dtype) for a in arrays]


def assert_same_bits(got, expected):
    """Compute a Dask array; assert that it is `expected`, and what it promised to be."""
    blocks = dask.compute(*got.to_delayed().ravel())
    for at, block in zip(np.ndindex(got.numblocks), blocks, strict=True):
        lengths = tuple(axis[k] for axis, k in zip(got.chunks, at, strict=True))
        assert block.shape == lengths
        assert got.size == 0 or 0 not in lengths
    computed = got.compute()
    assert got.shape == computed.shape == expected.shape
    assert got.dtype == computed.dtype == expected.dtype
    assert computed.tobytes() == expected.tobytes()


@given(st.data(), settings(), st.sampled_from(ALGORITHMS), st.sampled_from(["float32", "float64"]))
def test_however_it_is_cut_the_bits_are_those_of_one_piece(data, setting, algorithm, dtype):
    image, weight, bias = rough(setting, dtype)
    chunks = data.draw(chunkings(image.shape, whole=(1,), empties=data.draw(st.booleans())))
    got = conv2d(dask.array.from_array(image, chunks), weight, bias, *setting.arguments, algorithm)
    assert_same_bits(got, convlib.conv2d(image, weight, bias, *setting.arguments, algorithm))


@pytest.mark.parametrize("groups", [1, 6])
def test_pieces_are_computed_as_the_whole_would_be_and_not_as_is_fastest_for_them(
    monkeypatch, groups
):
    rng = np.random.default_rng(3)
    image = rng.standard_normal((6, 60, 60)).astype(np.float32)
    weight = rng.standard_normal((12, 6 // groups, 5, 5)).astype(np.float32)
    whole, direct = (
        convlib.conv2d(image, weight, groups=groups, algorithm=name) for name in ("auto", "direct")
    )
    assert (whole != direct).any()
    # Tiles of 12 pixels are then so small that the plain loops would be taken.
    monkeypatch.setattr(choice, "SMALL_MACS", 300_000)
    lazy = dask.array.from_array(image, (6, 12, 12))
    assert_same_bits(conv2d(lazy, weight, groups=groups), whole)


@given(st.data(), settings())
def test_without_an_axis_for_samples(data, setting):
    image, weight, bias = rough(setting)
    for one in image[:1]:
        lazy = dask.array.from_array(one, data.draw(chunkings(one.shape, whole=(0,))))
        expected = convlib.conv2d(one, weight, bias, *setting.arguments)
        assert_same_bits(conv2d(lazy, weight, bias, *setting.arguments), expected)


@given(st.data(), settings(dtypes=DTYPES))
def test_all_dtypes_and_channels_in_chunks_where_sums_are_exact(data, setting):
    lazy = dask.array.from_array(setting.input, data.draw(chunkings(setting.input.shape)))
    got = conv2d(lazy, setting.weight, setting.bias, *setting.arguments)
    expected = convlib.conv2d(setting.input, setting.weight, setting.bias, *setting.arguments)
    assert got.dtype == expected.dtype
    assert_array_equal(got.compute(), expected)
    assert_array_equal(got.compute(), setting.expected())


@given(st.data(), geometries(), st.integers(1, 6), st.integers(1, 2))
def test_depthwise_has_the_same_bits_with_channels_in_chunks(data, geometry, channels, times):
    size, kernel, stride, padding, _, dilation = geometry
    rng = np.random.default_rng(channels)
    image = rng.standard_normal((2, channels, *size)).astype(np.float32)
    weight = rng.standard_normal((channels * times, 1, *kernel)).astype(np.float32)
    arguments = weight, None, stride, padding, dilation, channels, 0.5
    lazy = dask.array.from_array(image, data.draw(chunkings(image.shape)))
    got = conv2d(lazy, *arguments)
    assert_same_bits(got, convlib.conv2d(image, *arguments))
    assert got.chunks[1] == tuple(times * n for n in lazy.chunks[1])


@given(st.data(), st.integers(1, 9), st.integers(1, 2), st.integers(0, 5))
def test_partial_sums_do_not_depend_on_how_rows_and_columns_are_cut(data, c1, groups, seed):
    rng = np.random.default_rng(seed)
    image = rng.standard_normal((c1 * groups, 9, 8)).astype(np.float32)
    weight = rng.standard_normal((3 * groups, c1, 3, 3)).astype(np.float32)
    bias = rng.standard_normal(3 * groups).astype(np.float32)
    across = data.draw(chunkings(image.shape[:1]))
    whole, pieces = (
        conv2d(
            dask.array.from_array(image, (*across, *rest)), weight, bias, padding=1, groups=groups
        ).compute()
        for rest in (((9,), (8,)), data.draw(chunkings(image.shape[1:])))
    )
    assert whole.tobytes() == pieces.tobytes()
    exact = convlib.conv2d(image.astype(float), weight, bias, padding=1, groups=groups)
    magnitude = convlib.conv2d(
        abs(image).astype(float), abs(weight), abs(bias), padding=1, groups=groups
    )
    n = 9 * c1
    assert (abs(whole - exact) <= (min(n, 128) + n / 64 + 4 + 9) * 2.0**-24 * magnitude).all()


@given(
    st.data(), st.integers(8, 40), st.integers(8, 40), st.integers(0, 3), st.integers(1, 2),
)  # fmt: skip
def test_winograd_has_the_same_bits(data, height, width, padding, dilation):
    rng = np.random.default_rng(height * width)
    image = rng.standard_normal((3, height, width)).astype(np.float32)
    weight = rng.standard_normal((5, 3, 3, 3)).astype(np.float32)
    arguments = weight, None, 1, padding, dilation, 1, 0.5, "winograd"
    lazy = dask.array.from_array(image, data.draw(chunkings(image.shape, whole=(0,))))
    assert_same_bits(conv2d(lazy, *arguments), convlib.conv2d(image, *arguments))


@st.composite
def stacks(draw):
    """Return an image's shape and layers that fit it."""
    size = draw(st.integers(6, 16)), draw(st.integers(6, 16))
    shape, channels, layers = size, draw(st.integers(1, 3)), []
    first = channels
    for at in range(draw(st.integers(1, 4))):
        kernel, stride, dilation = (
            draw(st.tuples(*[st.integers(1, most)] * 2)) for most in (4, 2, 2)
        )
        ends = tuple(draw(st.tuples(*[st.integers(0, 4)] * 2)) for _ in size)
        spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        if any(n + sum(end) < r for n, end, r in zip(shape, ends, spans, strict=True)):
            continue
        groups = draw(st.sampled_from([g for g in (1, 2, 3) if channels % g == 0]))
        outputs = groups * draw(st.integers(1, 3))
        rng = np.random.default_rng(at)
        layers.append(
            Layer(
                rng.standard_normal((outputs, channels // groups, *kernel)).astype(np.float32),
                draw(st.sampled_from([None, np.arange(outputs, dtype=np.float32)])),
                stride, ends, dilation, groups, draw(st.sampled_from([0.0, 0.7])),
                activation=draw(st.sampled_from([None, np.tanh])),
                algorithm=draw(st.sampled_from(ALGORITHMS)),
            )
        )  # fmt: skip
        shape = convlib.conv2d_output_size(shape, kernel, stride, ends, dilation)
        channels = outputs
    return (first, *size), layers


def layer_by_layer(image, layers):
    for one in layers:
        image = convlib.conv2d(
            image, one.weight, one.bias, one.stride, one.padding, one.dilation, one.groups,
            one.pad_value, one.algorithm,
        )  # fmt: skip
        image = image if one.activation is None else one.activation(image)
    return image


@given(st.data(), stacks())
def test_a_stack_has_the_bits_of_its_layers_one_by_one(data, drawn):
    shape, layers = drawn
    if not layers:
        return
    image = np.random.default_rng(5).standard_normal(shape).astype(np.float32)
    lazy = dask.array.from_array(image, data.draw(chunkings(shape, whole=(0,))))
    got = stack(lazy, layers, data.draw(st.integers(1, len(layers))))
    assert_same_bits(got, layer_by_layer(image, layers))


@given(st.data(), st.integers(12, 30), st.integers(1, 3))
def test_winograd_in_a_stack_has_the_same_bits(data, size, fuse):
    rng = np.random.default_rng(size)
    image = rng.standard_normal((2, size, size)).astype(np.float32)
    weights = [rng.standard_normal((2, 2, 3, 3)).astype(np.float32) for _ in range(3)]
    layers = [
        Layer(w, None, 1, p, algorithm="winograd") for w, p in zip(weights, (1, 0, 2), strict=True)
    ]
    lazy = dask.array.from_array(image, data.draw(chunkings(image.shape, whole=(0,))))
    assert_same_bits(stack(lazy, layers, fuse), layer_by_layer(image, layers))


@given(st.data(), stacks())
def test_a_fused_stack_collects_channels_that_are_cut(data, drawn):
    shape, layers = drawn
    if len(layers) < 2:
        return
    image = np.random.default_rng(5).standard_normal(shape).astype(np.float32)
    lazy = dask.array.from_array(image, data.draw(chunkings(shape)))
    assert_same_bits(stack(lazy, layers, len(layers)), layer_by_layer(image, layers))


@given(st.data(), stacks())
def test_what_a_chunk_reads_is_the_receptive_field_of_its_outputs(data, drawn):
    shape, layers = drawn
    if not layers:
        return
    group, at = [], shape
    for layer in layers:
        group.append(resolved(layer, at, np.float32))
        at = (len(layer.weight), *group[-1].out_size)
    field = convlib.receptive_field(
        [
            convlib.Conv2d(1, 1, one.weight.shape[2:], one.stride, one.ends, one.dilation)
            for one in group
        ]
    )
    for axis in (0, 1):
        size = shape[1 + axis]
        for chunk in ranges.output_chunks(cut(data.draw, size), group, axis):
            found = ranges.stages(chunk, group, axis)
            if len(found) < len(group) or found[0].read == ranges.NOTHING:
                continue
            (low, _), (_, high) = (field.window((o, o))[axis] for o in (chunk.begin, chunk.end - 1))
            # Less than the field where later layers read padding or drop what earlier ones make.
            begin, end = found[0].read
            assert begin >= max(low, 0)
            assert end <= min(high + 1, size)
            inside = low >= 0 and high < size
            if inside and all(stage.ends == (0, 0) for stage in found):
                assert (begin, end) == (low, high + 1)


def test_a_halo_is_at_most_half_a_field():
    layers, shape = [], (1, 960, 960)
    for kernel, stride in ((7, 2), (3, 2), (5, 1), (3, 1)):
        weight = np.ones((1, 1, kernel, kernel))
        layers.append(resolved(Layer(weight, None, stride, kernel // 2), shape, np.float64))
        shape = (1, *layers[-1].out_size)
    field = ranges.field_of(layers)
    half = field.size[0] // 2
    lengths = (320,) * 3
    for chunk in ranges.output_chunks(lengths, layers, 0):
        begin, end = ranges.stages(chunk, layers, 0)[0].read
        assert chunk.end - chunk.begin == 80
        assert begin >= 320 * chunk.own - half
        assert end <= 320 * (chunk.own + 1) + half


def test_nothing_is_sent_for_one_by_one_kernels_and_for_channels_of_depthwise_layers():
    def sent(output):
        names = [str(key[0] if isinstance(key, tuple) else key) for key in output.dask]
        return [name for name in names if name.startswith(("edges", "part", "sum"))]

    image = dask.array.ones((8, 40, 40), chunks=(8, 10, 20))
    assert sent(conv2d(image, np.ones((4, 8, 1, 1)))) == []
    assert sent(conv2d(image, np.ones((4, 8, 1, 1)), stride=2)) == []
    assert sent(conv2d(image, np.ones((4, 8, 3, 3)))) != []
    channels = dask.array.ones((8, 40, 40), chunks=(2, 40, 40))
    assert sent(conv2d(channels, np.ones((8, 1, 3, 3)), groups=8)) == []
    assert sent(conv2d(channels, np.ones((4, 8, 1, 1)))) != []


@pytest.mark.parametrize("weights", [0, 1 << 20])
def test_what_exchanges_nothing_is_one_task_with_what_comes_before_and_after(monkeypatch, weights):
    monkeypatch.setattr(graph, "WEIGHTS_BYTES", weights)
    rng = np.random.default_rng(0)
    image, weight = rng.standard_normal((4, 20, 32)), rng.standard_normal((8, 4, 1, 1))
    lazy = dask.array.from_array(image, (4, 10, 16)).map_blocks(np.negative)
    output = conv2d(lazy, weight).map_blocks(np.exp).transpose(1, 2, 0)
    (tasks,) = dask.optimize(output)
    names = {str(key[0]) for key in tasks.dask if isinstance(key, tuple)}
    assert len([name for name in names if "array" not in name]) == 1
    expected = np.exp(convlib.conv2d(-image, weight)).transpose(1, 2, 0)
    assert_array_equal(output.compute(), expected)
    assert_array_equal(output[9:11, 3].compute(), expected[9:11, 3])
    assert_array_equal(
        conv2d(lazy, weight)[2:5, :, 15:17].compute(), convlib.conv2d(-image, weight)[2:5, :, 15:17]
    )


@pytest.mark.parametrize("together", [0, 1 << 20])
def test_only_edges_are_copied_from_the_chunks_around(monkeypatch, together):
    monkeypatch.setattr(graph, "EDGES_BYTES", together)
    image = dask.array.ones((1, 30, 30), chunks=(1, 10, 10))
    output = conv2d(image, np.ones((1, 1, 3, 5)), padding="same")
    cutting = {key: task for key, task in output.dask.items() if str(key[0]).startswith("edges")}
    assert len(cutting) == (9 if together else 40)
    shapes = sorted(
        edge.shape[1:]
        for key, task in cutting.items()
        if key[2:4] == (1, 1)
        for edge in task(dict.fromkeys(task.dependencies, np.ones((1, 10, 10))))
    )
    assert shapes == [(1, 2)] * 4 + [(1, 10)] * 2 + [(10, 2)] * 2
    assert (output.compute()[0, 1:-1, 2:-2] == 15).all()


@given(st.data(), settings(), st.sampled_from([0, 40, 400]), st.sampled_from([0, 1 << 20]))
def test_the_bits_do_not_depend_on_how_edges_and_weights_are_sent(data, setting, most, weights):
    image, weight, bias = rough(setting)
    lazy = dask.array.from_array(image, data.draw(chunkings(image.shape, whole=(1,))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "EDGES_BYTES", most)
        patch.setattr(graph, "WEIGHTS_BYTES", weights)
        got = conv2d(lazy, weight, bias, *setting.arguments)
    assert_same_bits(got, convlib.conv2d(image, weight, bias, *setting.arguments))


def test_building_the_graph_computes_nothing():
    def fail(block):
        raise AssertionError("computed")

    image = dask.array.ones((3, 64, 64), chunks=(1, 7, 9)).map_blocks(fail, dtype=float)
    output = stack(image, [Layer(np.ones((3, 3, 3, 3)), padding=1)] * 3, fuse=2)
    assert output.shape == (3, 64, 64)
    with pytest.raises(AssertionError, match="computed"):
        output.compute()


def test_the_same_call_gives_the_same_names_and_another_one_others():
    image = dask.array.ones((1, 8, 8), chunks=(1, 4, 4), name="image")
    weight = np.ones((1, 1, 3, 3))
    names = {conv2d(image, weight).name for _ in range(2)}
    others = {
        conv2d(image, 2 * weight).name, conv2d(image, weight, padding=1).name,
        conv2d(image, weight, pad_value=1.0).name, conv2d(image, weight, [1.0]).name,
        conv2d(image, weight, algorithm="shifted").name,
        stack(image, [Layer(weight, activation=np.tanh)]).name,
    }  # fmt: skip
    assert len(names) == 1
    assert len(names | others) == 7


@given(st.data(), st.integers(1, 4), st.integers(1, 4))
def test_parts_cover_each_channel_of_each_group_once(data, groups, group_in):
    lengths = cut(data.draw, groups * group_in)
    starts = np.cumsum([0, *lengths])
    found = parts(lengths, groups)
    assert [part.first for part in found] == [0, *(part.last for part in found[:-1])]
    assert found[-1].last == groups
    for part in found:
        read = [range(starts[s.chunk] + s.begin, starts[s.chunk] + s.end) for s in part.sources]
        wanted = range(part.first * group_in, part.last * group_in)
        assert [channel for one in read for channel in one] == list(wanted)
        assert len(part.sources) == 1 or part.last - part.first == 1
        for source, channels in zip(part.sources, read, strict=True):
            assert source.tap == channels[0] - part.first * group_in


IMAGE = dask.array.ones((3, 8, 8), chunks=(3, 4, 4))
WEIGHT = np.ones((4, 3, 3, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv2d(np.ones((3, 8, 8)), WEIGHT), TypeError, "input is of type ndarray; legal"),
        (lambda: conv2d(IMAGE[0], WEIGHT), ValueError, r"input has shape .* 3 or 4 axes"),
        (lambda: conv2d(IMAGE.astype(complex), WEIGHT), TypeError, "input has dtype complex128"),
        (lambda: conv2d(IMAGE[:, IMAGE[0, 0] > 0], WEIGHT), ValueError, "lengths are unknown"),
        (lambda: conv2d(IMAGE, np.ones((4, 2, 3, 3))), ValueError, "weight has shape"),
        (lambda: conv2d(IMAGE, IMAGE[None]), TypeError, "weight is a Array that is not computed"),
        (lambda: conv2d(IMAGE, WEIGHT, [1.0]), ValueError, "bias has shape"),
        (lambda: conv2d(IMAGE, WEIGHT, stride=0), ValueError, "stride=0 is out of range"),
        (lambda: conv2d(IMAGE, WEIGHT, padding="some"), ValueError, "padding='some'"),
        (lambda: conv2d(IMAGE, WEIGHT, groups=2), ValueError, "groups=2 does not divide"),
        (lambda: conv2d(IMAGE, WEIGHT, dilation=9), ValueError, "kernel_size=3 with dilation=9"),
        (lambda: conv2d(IMAGE, WEIGHT, pad_value="1"), TypeError, "pad_value='1'"),
        (lambda: conv2d(IMAGE, WEIGHT, algorithm="fast"), ValueError, "algorithm='fast'"),
        (lambda: stack(IMAGE, [WEIGHT]), TypeError, r"layers\[0\] is of type ndarray; legal"),
        (lambda: stack(IMAGE, 3), TypeError, r"layers\[0\] is of type int"),
        (lambda: stack(IMAGE, []), ValueError, "layers is empty"),
        (lambda: stack(IMAGE, [Layer(WEIGHT)], 2), ValueError, "fuse=2 is more .* 1 to 1"),
        (lambda: stack(IMAGE, [Layer(WEIGHT)], 0), ValueError, "fuse=0 is out of range"),
        (lambda: stack(IMAGE, [Layer(WEIGHT)] * 2), ValueError, r"layers\[1\]: weight has shape"),
        (lambda: Layer(WEIGHT, activation="relu"), TypeError, "activation='relu'"),
        (
            lambda: stack(IMAGE, [Layer(WEIGHT, activation=np.sum)]).compute(),
            ValueError, "activation=.*one of shape",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_integer_that_would_be_rounded_is_refused_when_it_is_computed():
    image = dask.array.from_array(np.array([[[1, 2**53 + 1]]]), chunks=1)
    with pytest.raises(ValueError, match="9007199254740993"):
        conv2d(image, np.ones((1, 1, 1, 1))).compute()

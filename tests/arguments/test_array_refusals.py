"""Arrays that convlib refuses, in every function that takes one, and pad values likewise."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import convlib
from convlib.plots.pictures import plot_pictures
from convlib.widgets import ChannelMixing

IMAGE, KERNELS = np.ones((2, 4, 4)), np.ones((2, 2, 3, 3))
# Every public function that takes arrays, with one of its arguments left open.
TAKERS = {
    "conv2d input": ("input", (2, 4, 4), lambda a: convlib.conv2d(a, KERNELS)),
    "conv2d weight": ("weight", (2, 2, 3, 3), lambda a: convlib.conv2d(IMAGE, a)),
    "conv2d bias": ("bias", (2,), lambda a: convlib.conv2d(IMAGE, KERNELS, a)),
    "depthwise input": ("input", (2, 4, 4), lambda a: convlib.depthwise_conv2d(a, KERNELS[:, :1])),
    "depthwise weight": ("weight", (2, 1, 2, 2), lambda a: convlib.depthwise_conv2d(IMAGE, a)),
    "depthwise bias": (
        "bias", (2,), lambda a: convlib.depthwise_conv2d(IMAGE, KERNELS[:, :1], a)
    ),
    "pointwise input": ("input", (2, 4, 4), lambda a: convlib.pointwise_conv2d(a, np.ones((3, 2)))),
    "pointwise weight": ("weight", (3, 2), lambda a: convlib.pointwise_conv2d(IMAGE, a)),
    "pointwise bias": (
        "bias", (3,), lambda a: convlib.pointwise_conv2d(IMAGE, np.ones((3, 2)), a)
    ),
    "pad2d": ("input", (4, 4), lambda a: convlib.pad2d(a, 1)),
    "matrix": ("weight", (2, 2, 3, 3), lambda a: convlib.conv2d_matrix((4, 4), a)),
    "shift before": ("before", (4, 4), lambda a: convlib.measure_shift(a, IMAGE[0], 1)),
    "shift after": ("after", (4, 4), lambda a: convlib.measure_shift(IMAGE[0], a, 1)),
    "stack": ("input", (2, 4, 4), lambda a: convlib.stack_blocks(a, [KERNELS])),
    "activation": ("activation", (2, 4, 4), lambda a: convlib.measure_activation(a, IMAGE)),
    "reference": ("reference", (2, 4, 4), lambda a: convlib.measure_activation(IMAGE, a)),
    "pictures": ("pictures['a']", (4, 4), lambda a: plot_pictures({"a": a}, "A square.")),
    "mixing": ("mixing", (3, 3), lambda a: ChannelMixing(mixing=a)),
}  # fmt: skip
takers = pytest.mark.parametrize(("name", "shape", "take"), TAKERS.values(), ids=TAKERS)


class Tensor:
    """What a PyTorch tensor that does not become an array looks like from outside."""

    def __init__(self, message, **attributes):
        self.message = message
        self.requires_grad = False
        self.device = Device("cpu")
        self.dtype = "torch.float32"
        vars(self).update(attributes)

    def __array__(self, dtype=None, copy=None):
        raise self.error(self.message)

    error = TypeError


class Device:
    def __init__(self, kind):
        self.type = kind


class Trained(Tensor):
    error = RuntimeError


# The sentences are PyTorch's.
TENSORS = {
    ".detach().numpy()": Trained(
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
        requires_grad=True,
    ),
    ".float().numpy()": Tensor("Got unsupported ScalarType BFloat16", dtype="torch.bfloat16"),
    ".cpu().numpy()": Tensor(
        "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to "
        "host memory first.",
        device=Device("cuda"),
    ),
    ".detach().cpu().float().numpy()": Trained(
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
        requires_grad=True, dtype="torch.bfloat16", device=Device("mps"),
    ),
}  # fmt: skip


@takers
def test_every_taker_takes_an_array(name, shape, take):
    take(np.ones(shape))


@takers
def test_masked_arrays_are_refused(name, shape, take):
    for mask in (np.ma.nomask, np.eye(*shape[-2:], dtype=bool) if len(shape) == 2 else False):
        with pytest.raises(TypeError) as caught:
            take(np.ma.array(np.ones(shape), mask=mask))
        assert f"{name} is a masked array" in str(caught.value)
        assert "filled(" in str(caught.value)


def test_lists_of_masked_arrays_are_refused():
    for row in (np.ma.array([1.0, 2.0], mask=[0, 1]), [1.0, np.ma.masked]):
        with pytest.raises(TypeError, match=r"input is a masked array.*filled"):
            convlib.pad2d([[1.0, 2.0], row], 1)


@takers
@pytest.mark.parametrize("calls", TENSORS)
def test_tensors_that_are_no_arrays_say_what_to_call(name, shape, take, calls):
    for given_as in (TENSORS[calls], [TENSORS[calls]], [[TENSORS[calls]]]):
        with pytest.raises(TypeError) as caught:
            take(given_as)
        message = str(caught.value)
        assert message.startswith(f"{name} holds a {type(TENSORS[calls]).__name__} that")
        assert TENSORS[calls].message in message
        assert message.endswith(f" its {calls} returns")


def test_other_objects_that_are_no_arrays_are_named():
    with pytest.raises(TypeError, match=r"^input holds a Tensor .*: broken; .*\.numpy\(\)$"):
        convlib.pad2d(Tensor("broken"), 1)
    with pytest.raises(ValueError, match="input is not a rectangular array"):
        convlib.pad2d([[1.0], [1.0, 2.0]], 1)


def test_real_tensors():
    torch = pytest.importorskip("torch")
    ones = torch.ones((2, 4, 4))
    np.testing.assert_array_equal(convlib.pad2d(ones, 1), convlib.pad2d(IMAGE, 1))
    meta = ones.to("meta")
    tensors = {".detach()": ones.requires_grad_(), ".float()": ones.bfloat16(), ".cpu()": meta}
    for call, tensor in tensors.items():
        with pytest.raises(TypeError, match=r"^input holds a Tensor that") as caught:
            convlib.conv2d(tensor, KERNELS)
        assert call in str(caught.value)


def integers():
    """64-bit integers, many of them near a power of two."""
    near = st.builds(
        lambda power, offset, sign: sign * (2**power + offset),
        st.integers(50, 64), st.integers(-3, 3), st.sampled_from([-1, 1]),
    )  # fmt: skip
    return near | st.integers(-(2**63), 2**64 - 1)


@given(integers(), st.integers(0, 9), st.booleans())
def test_integers_that_float64_rounds_are_refused(integer, place, as_list):
    dtype = np.int64 if -(2**63) <= integer < 2**63 else np.uint64
    if not 0 <= integer < 2**64 and dtype is np.uint64:
        return
    image = np.zeros((2, 5), dtype)
    image.flat[place] = integer
    image = image.tolist() if as_list else image
    exact = int(float(integer)) == integer
    if exact:
        assert convlib.pad2d(image, 0).flat[place] == integer
        assert convlib.conv2d([image], [[[[1.0]]]]).flat[place] == integer
    else:
        for call in (lambda: convlib.pad2d(image, 0), lambda: convlib.conv2d([image], [[[[1.0]]]])):
            with pytest.raises(
                ValueError, match=rf"input holds the integer {integer}, which float64"
            ):
                call()


@pytest.mark.parametrize("other", [0.5, -1])
def test_integers_that_numpy_rounds_in_a_list_are_refused(other):
    with pytest.raises(ValueError, match="input holds the integer 9223372036854775809"):
        convlib.pad2d([[2**63 + 1, other]], 0)
    assert convlib.pad2d([[2**63, other]], 0).tolist() == [[2.0**63, other]]


@takers
def test_every_taker_refuses_integers_that_float64_rounds(name, shape, take):
    array = np.ones(shape, np.int64)
    array.flat[-1] = -(2**53) - 1
    with pytest.raises(ValueError, match=f"{re.escape(name)} holds the integer -9007199254740993"):
        take(array)


def test_integers_are_searched_in_every_layout():
    """Also where one number is broadcast to many, which takes no time."""
    large = np.broadcast_to(2**53 + 1, (1, 10**6, 10**6))
    with pytest.raises(ValueError, match="9007199254740993"):
        convlib.conv2d(large, np.ones((1, 1, 1, 1)), stride=10**5)
    for layout in (np.asfortranarray, lambda a: a[::-1, ::-1], lambda a: a.astype(">i8")):
        image = np.zeros((600, 300), np.int64)
        image[-1, -2] = 2**60 + 1
        with pytest.raises(ValueError, match=str(2**60 + 1)):
            convlib.pad2d(layout(image), 0)
        image[-1, -2] = 2**60
        assert convlib.pad2d(layout(image), 0).max() == 2.0**60


PADDERS = {
    "pad2d": lambda a, value: convlib.pad2d(a, 1, value),
    "conv2d": lambda a, value: convlib.conv2d(a[None], np.ones_like(a, shape=(1, 1, 1, 1)),
                                              padding=1, pad_value=value),
    "depthwise": lambda a, value: convlib.depthwise_conv2d(
        a[None], np.ones_like(a, shape=(1, 1, 1, 1)), padding=1, pad_value=value),
}  # fmt: skip


@pytest.mark.parametrize("padder", PADDERS)
@given(
    value=st.integers(-(2**70), 2**70) | integers() | st.integers(2**24 - 9, 2**24 + 9)
    | st.floats() | st.floats(width=32) | st.just(10**39),
    dtype=st.sampled_from(["float32", "float64"]),
    wrapped=st.booleans(),
)  # fmt: skip
def test_a_pad_value_is_held_or_refused(padder, value, dtype, wrapped):
    given_as = np.float64(value) if wrapped and isinstance(value, float) else value
    with np.errstate(over="ignore"):
        held = np.dtype(dtype).type(value)
    if isinstance(value, int):
        fits = np.isfinite(held) and int(held) == value
    else:
        fits = not np.isfinite(value) or abs(value) <= np.finfo(dtype).max
    ones = np.ones((1, 2), dtype)
    if fits:
        got = PADDERS[padder](ones, given_as).reshape(3, 4)
        np.testing.assert_array_equal(got[0], np.full(4, held))
        assert got.dtype == dtype
    else:
        message = f"pad_value={re.escape(repr(given_as))} is .* {dtype}"
        with pytest.raises(ValueError, match=message):
            PADDERS[padder](ones, given_as)


FOUR = "padding=(1, 2, 1, 2) has 4 entries; legal forms are an integer, a pair (h, w), "
PADDED = {
    "conv2d": lambda p: convlib.conv2d(IMAGE, KERNELS, padding=p),
    "depthwise_conv2d": lambda p: convlib.depthwise_conv2d(IMAGE, KERNELS[:, :1], padding=p),
    "pad2d": lambda p: convlib.pad2d(IMAGE, p),
    "conv2d_output_size": lambda p: convlib.conv2d_output_size(4, 3, padding=p),
    "conv2d_read_counts": lambda p: convlib.conv2d_read_counts(4, 3, padding=p),
    "conv2d_matrix": lambda p: convlib.conv2d_matrix((4, 4), KERNELS, padding=p),
    "Conv2d": lambda p: convlib.Conv2d(2, 2, 3, padding=p),
    "MaxPool2d": lambda p: convlib.MaxPool2d(3, padding=p),
    "AvgPool2d": lambda p: convlib.pool.AvgPool2d(3, padding=p),
}


@pytest.mark.parametrize("name", PADDED)
def test_four_paddings_in_a_row_name_the_nested_form(name):
    with pytest.raises(ValueError, match=re.escape(FOUR + "((top, bottom), (left, right))")):
        PADDED[name]((1, 2, 1, 2))

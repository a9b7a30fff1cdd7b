"""Every illegal call says which argument, which value, and what would be legal."""

import numpy as np
import pytest

from convlib import (
    Conv2d,
    conv2d,
    conv2d_output_size,
    conv2d_read_counts,
    depthwise_conv2d,
    pad2d,
    pointwise_conv2d,
)

X = np.ones((2, 4, 5, 6))
W = np.ones((6, 4, 3, 3))


def check(call, error, fragments):
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert [f for f in fragments if f not in str(caught.value)] == []


# Values other than the integer of at least 1 that is needed, and what the message says.
NO_INTEGER = [
    (0, ValueError, "from 1 to 2147483647"),
    (-2, ValueError, "from 1 to 2147483647"),
    (2**31, ValueError, "from 1 to 2147483647"),
    (10**40, ValueError, "from 1 to 2147483647"),
    (1.0, TypeError, "float"),
    (np.float32(2), TypeError, "float32"),
    (np.nan, TypeError, "float"),
    (True, TypeError, "bool"),
    (np.True_, TypeError, "bool"),
    ("3", TypeError, "str"),
    (b"3", TypeError, "bytes"),
    (None, TypeError, "NoneType"),
    (1j, TypeError, "complex"),
    (np.array([1, 1]), TypeError, "ndarray"),
    ({1: 2}, TypeError, "dict"),
]
# Arguments that take an integer or a pair, and those that take only an integer.
PAIRED = {
    "input_size": lambda v: conv2d_output_size(v, 1),
    "kernel_size": lambda v: conv2d_output_size(9, v),
    "stride": lambda v: conv2d(X, W, stride=v),
    "dilation": lambda v: conv2d(X, W, dilation=v),
}
SINGLE = {
    "groups": lambda v: conv2d(X, W, groups=v),
    "in_channels": lambda v: Conv2d(v, 1, 1),
    "out_channels": lambda v: Conv2d(1, v, 1),
}


@pytest.mark.parametrize(("value", "error", "fragment"), NO_INTEGER)
@pytest.mark.parametrize("name", [*PAIRED, *SINGLE])
def test_integers(name, value, error, fragment):
    call = {**PAIRED, **SINGLE}[name]
    shown = f"{value}" if error is ValueError else f"{value!r}"
    legal = ["legal values", "integers from 1", *(["a pair (h, w)"] if name in PAIRED else [])]
    check(lambda: call(value), error, [f"{name}={shown}", fragment, *legal])


@pytest.mark.parametrize(("value", "error", "fragment"), NO_INTEGER)
@pytest.mark.parametrize("name", PAIRED)
def test_integers_in_pairs(name, value, error, fragment):
    for at, pair in ((0, (value, 1)), (1, [1, value])):
        shown = f"{value}" if error is ValueError else f"{value!r}"
        check(lambda p=pair: PAIRED[name](p), error, [f"{name}[{at}]={shown}", fragment])


@pytest.mark.parametrize("value", [(), (1,), (1, 1, 1), [2, 2, 2, 2]])
@pytest.mark.parametrize("name", PAIRED)
def test_pairs_have_two_entries(name, value):
    fragments = [f"{name}={value!r}", f"{len(value)} entries", "one integer or a pair (h, w)"]
    check(lambda: PAIRED[name](value), ValueError, fragments)


FORMS = "((top, bottom), (left, right))"
BAD_PADDINGS = [
    (-1, ValueError, ["padding=-1", "from 0"]),
    (2**31, ValueError, ["padding=2147483648", "to 2147483647"]),
    ((0, -1), ValueError, ["padding[1]=-1", "from 0"]),
    (((0, 0), (0, -3)), ValueError, ["padding[1][1]=-3", "from 0"]),
    (((-1, 0), (0, 0)), ValueError, ["padding[0][0]=-1", "from 0"]),
    (0.5, TypeError, ["padding=0.5", "float", "a pair (h, w)", FORMS, "'valid'"]),
    (True, TypeError, ["padding=True", "bool", "integers from 0"]),
    (None, TypeError, ["padding=None", "integers from 0", FORMS]),
    (b"same", TypeError, ["padding=b'same'", "integers from 0"]),
    (((1, 1.0), (1, 1)), TypeError, ["padding[0][1]=1.0", "float"]),
    (("same", "same"), TypeError, ["padding[0]='same'", "str"]),
    ((), ValueError, ["padding=()", "0 entries"]),
    ((1, 1, 1, 1), ValueError, ["padding=(1, 1, 1, 1)", "4 entries", "pair"]),
    (((1, 1), 1), ValueError, ["padding=((1, 1), 1)", FORMS]),
    (((1, 1, 1), (1, 1)), ValueError, ["padding=((1, 1, 1), (1, 1))", FORMS]),
    (((1, 1), (1, 1), (1, 1)), ValueError, ["((1, 1), (1, 1), (1, 1))", FORMS]),
    ("full", ValueError, ["padding='full'", "'valid', 'same', 'same_upper', 'same_lower'"]),
    ("SAME", ValueError, ["padding='SAME'", "'same'"]),
    ("", ValueError, ["padding=''", "'valid'"]),
]


@pytest.mark.parametrize(("padding", "error", "fragments"), BAD_PADDINGS)
@pytest.mark.parametrize(
    "call",
    [
        lambda p: conv2d(X, W, padding=p),
        lambda p: depthwise_conv2d(X, np.ones((4, 1, 2, 2)), padding=p),
        lambda p: pad2d(X, p),
        lambda p: conv2d_output_size(9, 3, padding=p),
        lambda p: conv2d_read_counts(9, 3, padding=p),
        lambda p: Conv2d(4, 6, 3, padding=p),
    ],
    ids=["conv2d", "depthwise", "pad2d", "size", "counts", "layer"],
)
def test_paddings(call, padding, error, fragments):
    check(lambda: call(padding), error, fragments)


BAD_ARRAYS = [
    (np.ones((1, 1, 3, 3), object), TypeError, ["dtype object", "float32"]),
    (np.ones((1, 1, 3, 3), complex), TypeError, ["complex128", "float64"]),
    (np.ones((1, 1, 3, 3), np.longdouble), TypeError, [str(np.dtype(np.longdouble)), "float64"]),
    (np.zeros((1, 1, 3, 3), "M8[s]"), TypeError, ["datetime64", "float32"]),
    (np.full((1, 1, 3, 3), "1"), TypeError, ["<U1", "float32"]),
    ("image", TypeError, ["<U5", "float32"]),
    (None, TypeError, ["object", "float32"]),
    ([[[[1.0, 2.0], [3.0]]]], ValueError, ["not a rectangular array"]),
    (3.0, ValueError, ["()", "axes"]),
    (np.ones((1, 1, 1, 3, 3)), ValueError, ["(1, 1, 1, 3, 3)", "axes"]),
    (np.ones(3), ValueError, ["(3,)", "axes"]),
]


@pytest.mark.parametrize(("array", "error", "fragments"), BAD_ARRAYS)
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("input", lambda a: conv2d(a, W)),
        ("weight", lambda a: conv2d(X, a)),
        ("input", lambda a: depthwise_conv2d(a, W)),
        ("weight", lambda a: depthwise_conv2d(X, a)),
        ("input", lambda a: pointwise_conv2d(a, np.ones((6, 4)))),
        ("weight", lambda a: pointwise_conv2d(X, a)),
        ("input", lambda a: pad2d(a, 1)),
    ],
    ids=["conv-x", "conv-w", "depthwise-x", "depthwise-w", "pointwise-x", "pointwise-w", "pad"],
)
def test_arrays(name, call, array, error, fragments):
    check(lambda: call(array), error, [name, *fragments])


@pytest.mark.parametrize(
    "value", [None, True, np.True_, "0", b"0", bytearray(b"0"), [0.0], np.zeros(1), np.array("0"),
              np.array(True), 1j, np.complex128(1), np.datetime64(0, "s")],
)  # fmt: skip
@pytest.mark.parametrize("call", [lambda v: conv2d(X, W, pad_value=v),
                                  lambda v: pad2d(X, 1, v)], ids=["conv2d", "pad2d"])  # fmt: skip
def test_pad_value_is_a_real_number(call, value):
    check(lambda: call(value), TypeError, [f"pad_value={value!r}", "real numbers"])


@pytest.mark.parametrize("bias", [0, 1, None, "True", np.True_, np.ones(3)])
def test_a_layer_has_a_bias_or_not(bias):
    check(lambda: Conv2d(1, 1, 1, bias=bias), TypeError, [f"bias={bias!r}", "True and False"])

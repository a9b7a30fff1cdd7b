"""Coercion of arguments, with errors that name the argument, its value and the legal ones."""

import math
import numbers
import operator

import numpy as np

from convlib.arguments import array_refusals

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
MAX_FLOAT32 = float(np.finfo(np.float32).max)
# Every length, stride, padding or dilation stays below this, so that no sum or product of two
# of them can overflow the 64-bit integers of the kernels.
MAX_INT = 2**31 - 1
# The most bytes that an address can reach.
MAX_BYTES = np.iinfo(np.intp).max


def integer(name, value, minimum, others=""):
    """Return `value` as an int of at least `minimum`; bools, floats and strings are refused.

    `others` is what the caller takes besides an integer, for the message.
    """
    if type(value) is int and minimum <= value <= MAX_INT:
        return value
    legal = f"legal values are integers from {minimum} to {MAX_INT}{others}"
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}={value!r} is a bool; {legal}")
    try:
        number = operator.index(value)
    except TypeError:
        kind = type(value).__name__
        raise TypeError(f"{name}={value!r} is of type {kind}; {legal}") from None
    if not minimum <= number <= MAX_INT:
        raise ValueError(f"{name}={number} is out of range; {legal}")
    return number


def pair(name, value, minimum, others=" or a pair (h, w)"):
    """Return `value` as (h, w): one integer means both axes, a pair means (h, w)."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ValueError(
                f"{name}={value!r} has {len(value)} entries; "
                "legal values are one integer or a pair (h, w)"
            )
        return integer(f"{name}[0]", value[0], minimum), integer(f"{name}[1]", value[1], minimum)
    number = integer(name, value, minimum, others)
    return number, number


def channels_and_groups(in_channels, out_channels, groups):
    """Return `groups` as an int that divides both channel counts."""
    groups = integer("groups", groups, 1)
    for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
        if channels % groups:
            common = math.gcd(in_channels, out_channels)
            small = [g for g in range(1, math.isqrt(common) + 1) if common % g == 0]
            divisors = sorted({*small, *(common // g for g in small)})
            raise ValueError(
                f"groups={groups} does not divide {name}={channels}; "
                f"legal values are {', '.join(map(str, divisors))}"
            )
    return groups


def array(name, value, ndims):
    """Return `value` as a real-valued ndarray whose number of axes is one of `ndims`.

    Integers are converted to float64 later, so one that this would round is refused.
    """
    if type(value) is not np.ndarray:
        array_refusals.refuse_masked(name, value)
        value = array_refusals.asarray(name, value)
    if value.dtype.kind not in "fiub" or value.dtype.itemsize > 8:
        raise TypeError(
            f"{name} has dtype {value.dtype}; legal dtypes are float32, float64, "
            "and float16, integers and bool, which are converted"
        )
    if value.ndim not in ndims:
        legal = " or ".join(str(n) for n in ndims)
        raise ValueError(f"{name} has shape {value.shape}; it must have {legal} axes")
    if value.dtype.kind in "iu" and value.dtype.itemsize == 8:
        array_refusals.refuse_rounded(name, value)
    return value


def common_float(*arrays):
    """Return float32 if every array is float32 or float16, else float64."""
    small = all(a.dtype.kind == "f" and a.dtype.itemsize <= 4 for a in arrays)
    return FLOAT32 if small else FLOAT64


def number(name, value):
    """Return `value` as a float; anything that is not one real number is refused."""
    if type(value) is float:
        return value
    legal = "legal values are real numbers"
    scalar = value[()] if isinstance(value, np.ndarray) else value
    if isinstance(scalar, bool) or not isinstance(scalar, numbers.Real):
        raise TypeError(f"{name}={value!r} is of type {type(value).__name__}; {legal}")
    try:
        return float(scalar)
    except OverflowError:
        raise ValueError(f"{name}={value!r} is too large for a float; {legal}") from None


def pad_value(value, dtype):
    """Return `value` as a float that `dtype` holds: an integer exactly, others rounded."""
    got = number("pad_value", value)
    if dtype == FLOAT32 and not -MAX_FLOAT32 <= got <= MAX_FLOAT32 and math.isfinite(got):
        raise ValueError(
            f"pad_value={value!r} is too large for the result's dtype, float32; legal values are "
            f"numbers from {-MAX_FLOAT32:.8g} to {MAX_FLOAT32:.8g}, infinities and NaN"
        )
    if type(value) is float:
        return got
    scalar = value[()] if isinstance(value, np.ndarray) else value
    if isinstance(scalar, numbers.Integral) and int(dtype.type(got)) != scalar:
        digits = np.finfo(dtype).nmant + 1
        raise ValueError(
            f"pad_value={value!r} is an integer that the result's dtype, {dtype}, would round; "
            f"legal are integers from -2**{digits} to 2**{digits}, and larger ones that it holds"
        )
    return got


def new_array(what, shape, dtype):
    """Allocate an uninitialised array; a size that no address can reach is a ValueError."""
    # NumPy refuses such a shape even if one of its lengths, an empty batch's, is 0.
    count = math.prod(length for length in shape if length)
    if count * np.dtype(dtype).itemsize > MAX_BYTES:
        raise ValueError(f"{what} would have shape {tuple(shape)}, more than {MAX_BYTES} bytes")
    return np.empty(shape, dtype)

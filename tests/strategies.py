"""All Hypothesis generators: layer configurations, arrays and memory layouts."""

from dataclasses import dataclass

import numpy as np
import reference
from hypothesis import strategies as st

from convlib.widgets import photograph

# Pictures in which most pixels are equal, so that few of them reveal a shift.
SPARSE = ("dots", "line", "square", "disc", "stripes", "check", "constant")
DTYPES = ("float32", "float64", "float16", "int8", "uint16", "int64", "bool", ">f4", ">f8", ">i4")
LAYOUTS = ("c", "fortran", "strided", "reversed", "read_only", "unaligned")
WORDS = ("valid", "same", "same_upper", "same_lower")


@dataclass(frozen=True)
class Setting:
    """One legal convolution: arrays and arguments, `padding` as given and `ends` in cells."""

    input: np.ndarray  # (N, C_in, H, W)
    weight: np.ndarray
    bias: np.ndarray | None
    stride: tuple
    padding: object
    ends: tuple
    dilation: tuple
    groups: int
    pad_value: float

    @property
    def size(self):
        return self.input.shape[2:]

    @property
    def kernel(self):
        return self.weight.shape[2:]

    @property
    def arguments(self):
        """The arguments of convlib.conv2d after the arrays."""
        return self.stride, self.padding, self.dilation, self.groups, self.pad_value

    def expected(self):
        return reference.conv2d(
            self.input, self.weight, self.bias,
            self.stride, self.ends, self.dilation, self.groups, self.pad_value,
        )  # fmt: skip


def pairs(minimum, maximum):
    return st.tuples(*[st.integers(minimum, maximum)] * 2)


def values(seed, shape, dtype="float64"):
    """Return quarters (integers if dtype is integral): few enough bits for exact float32 sums."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if kind == "b":
        return rng.random(shape) < 0.5
    drawn = rng.integers(0 if kind == "u" else -16, 17, shape)
    return (drawn / 4 if kind == "f" else drawn).astype(dtype)


def laid_out(array, layout):
    """Return an array equal to `array` with the memory layout `layout`."""
    if layout == "fortran":
        return np.asfortranarray(array)
    if layout == "strided":
        wide = np.repeat(np.repeat(array, 2, axis=-1), 3, axis=0)
        return wide[::3, ..., ::2]
    if layout == "reversed":
        flipped = np.ascontiguousarray(array[..., ::-1, ::-1])
        return flipped[..., ::-1, ::-1]
    if layout == "unaligned":
        room = np.empty(array.nbytes + 1, np.uint8)
        odd = room[1:].view(array.dtype).reshape(array.shape)
        odd[...] = array
        return odd
    same = np.array(array, order="C")
    same.flags.writeable = layout != "read_only"
    return same


@st.composite
def numeric_paddings(draw):
    """Return a padding in one of its forms, and ((top, bottom), (left, right)) for it."""
    form = draw(st.sampled_from(["integer", "pair", "four", "lists"]))
    if form == "integer":
        p = draw(st.integers(0, 3))
        return p, ((p, p), (p, p))
    if form == "pair":
        h, w = draw(pairs(0, 3))
        return (h, w), ((h, h), (w, w))
    ends = draw(pairs(0, 3)), draw(pairs(0, 3))
    return (ends if form == "four" else [list(end) for end in ends]), ends


@st.composite
def geometries(draw, words=True):
    """Return (size, kernel, stride, padding, ends, dilation) with at least one window that fits."""
    kernel, stride, dilation = draw(pairs(1, 4)), draw(pairs(1, 3)), draw(pairs(1, 3))
    if words and draw(st.booleans()):
        word = draw(st.sampled_from([w for w in WORDS if w != "same" or stride == (1, 1)]))
        if word != "valid":  # always has room for a window
            size = draw(pairs(1, 9))
            return (
                size,
                kernel,
                stride,
                word,
                reference.same_padding(word, size, kernel, stride, dilation),
                dilation,
            )
        padding, ends = word, ((0, 0), (0, 0))
    else:
        padding, ends = draw(numeric_paddings())
    size = []
    for k, d, end in zip(kernel, dilation, ends, strict=True):
        needed = d * (k - 1) + 1 - draw(st.integers(0, sum(end)))
        size.append(max(needed, 1) + draw(st.integers(0, 5)))
    return tuple(size), kernel, stride, padding, ends, dilation


@st.composite
def settings(draw, dtypes=("float64",), words=True):
    """Return a `Setting` whose sums float32 holds exactly."""
    size, kernel, stride, padding, ends, dilation = draw(geometries(words))
    groups, group_in, group_out = (draw(st.integers(1, 3)) for _ in range(3))
    shape = (draw(st.integers(0, 2)), groups * group_in, *size)
    weight_shape = (groups * group_out, group_in, *kernel)
    seed = draw(st.integers(0, 2**32 - 1))
    dtype = st.sampled_from(dtypes)
    bias = values(seed + 2, weight_shape[:1], draw(dtype)) if draw(st.booleans()) else None
    return Setting(
        input=values(seed, shape, draw(dtype)),
        weight=values(seed + 1, weight_shape, draw(dtype)),
        bias=bias,
        stride=stride,
        padding=padding,
        ends=ends,
        dilation=dilation,
        groups=groups,
        pad_value=draw(st.sampled_from([0.0, -1.5, 2, 0.25])),
    )


def sparse_picture(kind, rng, shape):
    """Return a picture (H, W) of whole numbers of one of the kinds of `SPARSE`."""
    height, width = shape
    i, j = np.mgrid[:height, :width]
    row, column, length = rng.integers(height), rng.integers(width), rng.integers(1, 9)
    dark, light = rng.choice(256, 2, replace=False)
    if kind == "dots":
        lit = np.zeros(shape, bool)
        lit[rng.integers(height, size=length), rng.integers(width, size=length)] = True
    elif kind == "line":
        lit = [i == row, j == column, i - j == row - column][rng.integers(3)]
    elif kind == "square":
        lit = (np.abs(i - row) < length) & (np.abs(j - column) < length)
    elif kind == "disc":
        lit = (i - row) ** 2 + (j - column) ** 2 <= length**2
    elif kind == "stripes":
        lit = [i, j, i + j, i - j, 2 * i + j][rng.integers(5)] // rng.integers(1, 5) % 2 == 0
    elif kind == "check":
        lit = (i // rng.integers(1, 4) + j // rng.integers(1, 4)) % 2 == 0
    else:
        lit = np.zeros(shape, bool)
    return np.where(lit, light, dark)


def pair_of_pictures(kind, rng, shape, limit):
    """Return a picture (H, W) and what it is after a random shift of at most `limit`."""
    height, width = shape
    plane = sparse_picture(kind, rng, (height + 2 * limit, width + 2 * limit))
    down, right = rng.integers(-limit, limit + 1, 2)
    before = plane[limit : limit + height, limit : limit + width]
    after = plane[limit - down : limit - down + height, limit - right : limit - right + width]
    return before, after


@st.composite
def picture_pairs(draw, kinds=(*SPARSE, "noise", "photograph")):
    """Return two pictures (C, H, W) of whole numbers, the second one moved, and a limit."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    limit = draw(st.integers(0, 4))
    lengths = st.integers(2 * limit + 1, 2 * limit + 9)
    shape, channels = (draw(lengths), draw(lengths)), draw(st.integers(1, 3))
    kind = draw(st.sampled_from(kinds))
    if kind == "noise":
        before = rng.integers(0, 256, (channels, *shape))
        after = np.roll(before, rng.integers(-limit, limit + 1, 2), axis=(1, 2))
    elif kind == "photograph":
        top, left = rng.integers(limit, 100, 2)
        down, right = rng.integers(-limit, limit + 1, 2)
        whole = photograph()[:channels].astype(int)
        before, after = (
            whole[:, i : i + shape[0], j : j + shape[1]]
            for i, j in ((top, left), (top - down, left - right))
        )
    else:
        # One channel moves; the others stay as they are, often the same everywhere.
        before = np.stack([sparse_picture(kind, rng, shape) for _ in range(channels)])
        after = before.copy()
        after[0] = pair_of_pictures(kind, rng, shape, limit)[1]
        before[1:] = after[1:] = before[1:] * draw(st.integers(0, 1))
    if draw(st.booleans()):
        after = after + rng.integers(-3, 4, after.shape)
    more = draw(st.tuples(*[st.integers(-min(1, limit), 2)] * 2))
    for axis, cells in zip((1, 2), more, strict=True):
        if cells < 0:
            after = np.delete(after, 0, axis)
        else:
            ends = [(0, 0), (0, 0), (0, 0)]
            ends[axis] = (cells // 2, cells - cells // 2)
            after = np.pad(after, ends)
    return before, after, limit

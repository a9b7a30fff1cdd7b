"""A dilated convolution as several plain ones.

With dilation d an output reads every d-th pixel, and its neighbour d pixels further on reads the
same ones, shifted. So outputs 0, d, 2d, ... are a plain convolution of pixels 0, d, 2d, ...; and
likewise for every other start up to d - 1. The phases of the image are copied side by side, like
images of one batch, and computed together.
"""

import itertools

import numpy as np

# Images that take more bytes than this, with their outputs, are not copied.
LIMIT_BYTES = 16 << 20


def by_phases(convolve, x, weight, bias, dilation, ends, pad_value, out):
    """Let `convolve` compute a layer of stride 1 without dilation or padding; False if declined.

    convolve(x, weight, bias, pad_value, out) returns whether it wrote `out`. The other arguments
    are those of :func:`convlib.fast.winograd.conv2d_winograd`.
    """
    size = [-(-n // d) for n, d in zip(out.shape[2:], dilation, strict=True)]
    room = [n + k - 1 for n, k in zip(size, weight.shape[2:], strict=True)]
    phases = list(itertools.product(*map(range, dilation)))
    shape = len(phases), *x.shape[:2], *room
    sums_shape = len(phases), *out.shape[:2], *size
    numbers = np.prod(shape, dtype=float) + np.prod(sums_shape, dtype=float)
    if numbers * out.itemsize > LIMIT_BYTES:
        return False
    pieces = np.full(shape, pad_value, out.dtype)
    for piece, phase in zip(pieces, phases, strict=True):
        places = [
            _meet(p - before, d, n, r)
            for p, (before, _), d, n, r in zip(
                phase, ends, dilation, x.shape[2:], room, strict=True
            )
        ]
        (source_h, target_h), (source_w, target_w) = places
        piece[:, :, target_h, target_w] = x[:, :, source_h, source_w]
    sums = np.empty(sums_shape, out.dtype)
    batch = len(phases) * len(x)
    if not convolve(
        pieces.reshape(batch, *shape[2:]), weight, bias, pad_value,
        sums.reshape(batch, *sums_shape[2:]),
    ):  # fmt: skip
        return False
    for part, (p, q) in zip(sums, phases, strict=True):
        target = out[:, :, p :: dilation[0], q :: dilation[1]]
        target[:] = part[:, :, : target.shape[2], : target.shape[3]]
    return True


def _meet(first, step, length, room):
    """Return the slices of an axis, and of a phase of it, that hold the same pixels.

    Cell k < `room` of the phase is pixel first + step k, if that is in the image: 0 to length - 1.
    """
    begin = max(-(first // step), 0)
    end = max(min(-((first - length) // step), room), begin)
    start = first + step * begin
    return slice(start, start + step * (end - begin), step), slice(begin, end)

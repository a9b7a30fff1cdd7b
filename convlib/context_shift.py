"""How far a convolution moved the content of a picture, measured from the pixels."""

import math

import numpy as np

from convlib.arguments import checks, float_scale
from convlib.kernels import picture_match


def measure_shift(before, after, limit):
    """Return how many pixels (down, right) the content of `before` has moved in `after`.

    Every displacement of at most `limit` pixels is tried; the one with the least squared
    difference, summed over all pixels compared, wins. Where several tie, as on stripes or a
    constant, the shortest wins; :func:`measure_shifts` returns them all. Only pixels of
    `before` at least `limit` away from its edges are compared.

    Parameters
    ----------
    before : array_like, shape (C, H, W) or (H, W)
        A picture.
    after : array_like, shape (C, H', W') or (H', W')
        The picture after some layers; its size may differ.
    limit : int
        The largest displacement to try, in pixels, along each axis.

    Returns
    -------
    (int, int)
        Pixels down and to the right; negative is up or to the left.

    Raises
    ------
    TypeError
        If an array is not real-valued, or `limit` is not an integer.
    ValueError
        If a picture is empty or holds NaN or infinity, the pictures differ in channels, `limit`
        leaves no pixel of `before` to compare, or `after` is too small to hold what is left at
        any displacement.

    References
    ----------
    Block matching with the sum of squared differences, as in motion estimation.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib import measure_shift
    >>> picture = np.random.default_rng(0).random((30, 40))
    >>> measure_shift(picture, np.roll(picture, 2, axis=0), limit=5)
    (2, 0)
    """
    return measure_shifts(before, after, limit)[0]


def measure_shifts(before, after, limit):
    """Return all displacements at which `after` agrees best with `before`: those that tie.

    More than one means that the pixels cannot tell them apart: the picture looks the same when
    it is moved from one to another.

    Squared differences of whole numbers are compared exactly. Those of other numbers tie if
    only rounding may make them differ: if their roots differ by no more than the rounding of
    the sums and of the pixels. A pixel's relative rounding is the machine epsilon of the coarser
    of the two dtypes (float64's for integers, float32's for float16); equal pixels have none.

    Parameters
    ----------
    before, after, limit
        As for :func:`measure_shift`.

    Returns
    -------
    list of (int, int)
        Pixels down and to the right, the shortest displacement first; of equally long ones,
        the one furthest up, then furthest to the left.

    Raises
    ------
    TypeError, ValueError
        As :func:`measure_shift` does.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib.context_shift import measure_shifts
    >>> stripes = np.arange(20) // 2 % 2 * np.ones((20, 1))
    >>> measure_shifts(stripes, np.roll(stripes, 3, axis=1), limit=5)[:3]
    [(0, -1), (-1, -1), (1, -1)]
    >>> [shift for shift in measure_shifts(stripes, stripes, limit=5) if shift[0] == 0]
    [(0, 0), (0, -4), (0, 4)]
    """
    first = checks.array("before", before, (2, 3))
    second = checks.array("after", after, (2, 3))
    limit = checks.integer("limit", limit, 0)
    for name, picture in (("before", first), ("after", second)):
        if picture.size == 0:
            raise ValueError(f"{name} has shape {picture.shape}; every length must be at least 1")
        if not np.isfinite(picture).all():
            raise ValueError(f"{name} holds NaN or infinity; legal pixels are finite numbers")
    if first.shape[:-2] != second.shape[:-2]:
        raise ValueError(
            f"before has shape {first.shape} and after {second.shape}; "
            "they must have the same number of channels"
        )
    smallest = min(first.shape[-2:])
    if 2 * limit >= smallest:
        raise ValueError(
            f"limit={limit} leaves no pixel of before, whose shape is {first.shape}; "
            f"legal values are 0 to {(smallest - 1) // 2}"
        )
    if any(a < b - 2 * limit for a, b in zip(second.shape[-2:], first.shape[-2:], strict=True)):
        raise ValueError(
            f"after has shape {second.shape}, too small for what limit={limit} leaves of "
            f"before, whose shape is {first.shape}"
        )
    dtype = checks.common_float(first, second)
    unit = max(np.finfo(checks.common_float(a)).eps for a in (first, second))
    exponent = float_scale.exponent(first, second)
    planes = [_planes(float_scale.scaled(a, exponent), dtype) for a in (first, second)]
    totals = np.empty((2 * limit + 1, 2 * limit + 1))
    picture_match.find_ties(*planes, limit, unit, totals)
    ties = [tuple(map(int, place)) for place in np.argwhere(totals < math.inf) - limit]
    return sorted(ties, key=lambda shift: (shift[0] ** 2 + shift[1] ** 2, shift))


def _planes(picture, dtype):
    """Return `picture` as a plain (C, H, W) array of `dtype`."""
    three = picture.reshape(-1, *picture.shape[-2:])
    return np.require(three, dtype, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])

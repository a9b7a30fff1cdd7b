"""How far one picture is moved against another: a search over all displacements.

Every displacement is judged by all pixels that are compared. Two things make that fast, and
neither changes the answer. A squared difference only grows while it is summed, so a displacement
is dropped as soon as its sum exceeds what could still tie with the least sum known. And every
eighth row is summed first, for all displacements: that tells which one to finish first, so that
the least sum known is low from the start.
"""

from math import inf, sqrt

import numpy as np
from numba import njit

FIRST_ROWS = 8
# The rounding of one operation in float64, relative to its result.
ROUNDING = 2.0**-53


# Terms may be summed in any order, which lets the compiler use vectors (four times faster): all
# are positive, so that the error stays within the bound of `sum_error` in every order.
@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def row_difference(there, here):
    """Return the summed squared difference of two rows; `here` may be longer."""
    total = 0.0
    for j in range(there.size):
        gap = np.float64(here[j]) - np.float64(there[j])
        total += gap * gap
    return total


@njit(cache=True, nogil=True)
def add_rows(before, after, limit, down, right, first, total, most):
    """Return `total` plus the squared differences of the first rows, or of all others.

    Once it is more than `most`, the rest is not added.
    """
    channels, height, width = before.shape
    for c in range(channels):
        for i in range(limit, height - limit):
            if ((i - limit) % FIRST_ROWS == 0) == first:
                # Slices that begin at zero avoid a test for negative indices in the loop.
                there = before[c, i, limit : width - limit]
                total += row_difference(there, after[c, i + down, limit + right :])
                if total > most:
                    return total
    return total


@njit(cache=True, nogil=True)
def pixel_error(before, after, limit, down, right, unit):
    """Return how far the rounding of the pixels may move the root of a squared difference.

    Each pixel may be off by `unit` times itself, but pixels that are equal are taken as exact.
    """
    channels, height, width = before.shape
    total = 0.0
    for c in range(channels):
        for i in range(limit, height - limit):
            there = before[c, i, limit : width - limit]
            here = after[c, i + down, limit + right :]
            for j in range(there.size):
                if here[j] != there[j]:
                    total += max(np.float64(here[j]) ** 2, np.float64(there[j]) ** 2)
    return unit * sqrt(total)


@njit(cache=True, nogil=True)
def are_whole(x, largest):
    """Return whether all pixels of `x` are whole numbers from -largest to largest."""
    channels, height, width = x.shape
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                if abs(x[c, i, j]) > largest or x[c, i, j] != np.int64(x[c, i, j]):
                    return False
    return True


@njit(cache=True, nogil=True)
def energy(x):
    """Return the sum of the squares of `x`."""
    channels, height, _ = x.shape
    total = 0.0
    for c in range(channels):
        for i in range(height):
            for value in x[c, i]:
                total += np.float64(value) ** 2
    return total


@njit(cache=True, nogil=True)
def reach(least, error, spare):
    """Return the largest sum that may tie with `least`, if roots are off by up to `spare`."""
    if error == 0.0:  # sums of whole numbers stay exact: no roots, which would round
        return least
    return ((1 + error) * sqrt(least) + spare) ** 2


@njit(cache=True, nogil=True)
def find_ties(before, after, limit, unit, totals):
    """Write the least squared difference into `totals` where pictures agree best, else infinity.

    The pixels of `before` (C, H, W) at least `limit` from every edge are laid over `after`
    (C, H', W') at each displacement; `totals` (2 limit + 1, 2 limit + 1) has a place for each.
    Displacements that would leave `after` are skipped. Sums of whole numbers tie if they are
    equal, others if only the rounding of the pixels, `unit`, and of the sums may make them
    differ.
    """
    channels, height, width = before.shape
    rows, columns = height - 2 * limit, width - 2 * limit
    # Whole numbers up to this have sums of squared differences that float64 holds.
    largest = sqrt(2.0**51 / (channels * rows * columns))
    error = spare = 0.0
    if not (are_whole(before, largest) and are_whole(after, largest)):
        # A sum of n positive terms is off by n roundings; its root and the gaps add a few.
        error = (channels * rows + columns + 6) * ROUNDING
        spare = 2 * unit * sqrt(energy(before) + energy(after))
    side = 2 * limit + 1
    start = 0
    least = inf
    for place in range(side * side):
        down, right = place // side - limit, place % side - limit
        totals[place // side, place % side] = inf
        if height - limit + down <= after.shape[1] and width - limit + right <= after.shape[2]:
            total = add_rows(before, after, limit, down, right, True, 0.0, inf)
            totals[place // side, place % side] = total
            if total < least:
                least, start = total, place
    least = inf
    best = start
    for step in range(side * side):
        place = (start + step) % (side * side)
        row, column = place // side, place % side
        most = reach(least, error, spare)
        if totals[row, column] <= most < inf or step == 0:
            down, right = row - limit, column - limit
            partial = totals[row, column]
            total = add_rows(before, after, limit, down, right, False, partial, most)
            totals[row, column] = total
            if total < least:
                least, best = total, place
    keep_ties(before, after, limit, unit, error, spare, best, totals)


@njit(cache=True, nogil=True)
def keep_ties(before, after, limit, unit, error, spare, best, totals):
    """Set `totals` to infinity where it does not tie with the total at the place `best`."""
    side = 2 * limit + 1
    least = totals[best // side, best % side]
    own = 0.0
    if spare > 0 and least > 0:
        own = pixel_error(before, after, limit, best // side - limit, best % side - limit, unit)
    for row in range(side):
        for column in range(side):
            total = totals[row, column]
            if total > reach(least, error, spare):
                totals[row, column] = inf
            elif total > reach(least, error, own):
                other = pixel_error(before, after, limit, row - limit, column - limit, unit)
                if total > reach(least, error, own + other):
                    totals[row, column] = inf


@njit(cache=True, nogil=True)
def shortest(totals, limit, found):
    """Write into `found` the shortest of the displacements that `find_ties` left in `totals`.

    `found` becomes (down, right, step down, step right, count). The step is the shortest from it
    to another of the `count` displacements, pointing down or, if level, to the right.
    """
    nearest(totals, limit, 0, 0, True, found[:2])
    nearest(totals, limit, found[0], found[1], False, found[2:4])
    found[2] -= found[0]
    found[3] -= found[1]
    if found[2] < 0 or (found[2] == 0 and found[3] < 0):
        found[2], found[3] = -found[2], -found[3]
    found[4] = 0
    for total in totals.flat:
        if total < inf:
            found[4] += 1


@njit(cache=True, nogil=True)
def nearest(totals, limit, down, right, itself, found):
    """Write into `found` the displacement nearest to (down, right), itself only if `itself`.

    Of equally near ones it is the first row's, then the first column's; without any, it is
    (down, right).
    """
    least = -1
    found[0], found[1] = down, right
    for row in range(2 * limit + 1):
        for column in range(2 * limit + 1):
            length = (row - limit - down) ** 2 + (column - limit - right) ** 2
            if totals[row, column] < inf and (itself or length > 0):
                if least < 0 or length < least:
                    least = length
                    found[0], found[1] = row - limit, column - limit

"""Arithmetic on the numbers that a graph computes from shapes, one number at a time.

From Python these are ordinary functions. Numba can also compile them, so that a page computes
with the same source. What comes out where it cannot be computed is NaN.
"""

import math

from numba.extending import register_jitable

# Operators on two numbers; the comparisons give 1 or 0.
ADD, SUB, MUL, DIV, MOD, MAX, MIN, EQUAL, LESS, GREATER = range(10)
# Operators on one: TRUNC is a cast to whole numbers, TRUTH one to bool.
FLOOR_OF, CEIL_OF, NEG, ABS, SQRT, NOT, TRUNC, TRUTH = range(8)


@register_jitable
def combined(kind, one, other, whole):
    """Return what an operator makes of two numbers; `whole` is 1 if both are integers."""
    if kind == ADD:
        return one + other
    if kind == SUB:
        return one - other
    if kind == MUL:
        return one * other
    if kind in (DIV, MOD):
        if other == 0:
            return math.nan
        if kind == MOD:
            return int(one) % int(other) if whole else one - other * math.floor(one / other)
        if not whole:
            return one / other
        # ONNX cuts towards zero.
        quotient = int(abs(one)) // int(abs(other))
        return quotient if (one < 0) == (other < 0) else -quotient
    if kind == MAX:
        return max(one, other)
    if kind == MIN:
        return min(one, other)
    if kind == EQUAL:
        return 1 if one == other else 0
    if kind == LESS:
        return 1 if one < other else 0
    return 1 if one > other else 0


@register_jitable
def changed(kind, number):
    """Return what an operator makes of a number."""
    if kind == FLOOR_OF:
        return math.floor(number)
    if kind == CEIL_OF:
        return math.ceil(number)
    if kind == NEG:
        return -number
    if kind == ABS:
        return abs(number)
    if kind == SQRT:
        return math.sqrt(number) if number >= 0 else math.nan
    if kind == NOT:
        return 1 if number == 0 else 0
    if kind == TRUNC:
        return math.trunc(number)
    return 0 if number == 0 else 1

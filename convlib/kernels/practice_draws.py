"""How a practice question is drawn from a seed, and where its numbers are kept, in integers.

From Python these are ordinary functions. Numba can also compile them, which is how the pages
of the book draw their questions: the same source, as WebAssembly.

A question is a row `q` of `LENGTH` integers: the generator's state, the answer, how many mistakes
there are, what each of them answers, and the numbers that the question's words are about. An
answer is a whole number, the index of a choice, or a set of cells: bit i is cell i.
"""

from numba.extending import register_jitable

MOST_MISTAKES, MOST_NUMBERS = 6, 15
STATE, ANSWER, COUNT, WRONG = 0, 1, 2, 3
NUMBERS = WRONG + MOST_MISTAKES
LENGTH = NUMBERS + MOST_NUMBERS
MASK = 0xFFFFFFFF


@register_jitable
def start(q, family, seed):
    """Set the state of `q` to one that belongs to this family and this seed."""
    q[STATE] = (seed * 0x2545F491 + family * 0x01000193 + 0x5BD1E995) & MASK


@register_jitable
def pick(q, low, high):
    """Return the next number from `low` to `high`, both included.

    The generator is a counter whose values are hashed in 32 bits. No product reaches 2**63, so
    that Python's integers, Numba's and WebAssembly's agree.
    """
    z = ((q[STATE] & MASK) + 0x9E3779B9) & MASK
    q[STATE] = z
    z = ((z ^ (z >> 16)) * 0x21F0AAAD) & MASK
    z = ((z ^ (z >> 15)) * 0x735A2D97) & MASK
    z = z ^ (z >> 15)
    return low + z % (high - low + 1)


@register_jitable
def one_of(q, values):
    """Return one of a tuple of integers."""
    return values[pick(q, 0, len(values) - 1)]


@register_jitable
def refuse(q):
    """Say that this draw cannot be asked."""
    q[ANSWER] = -1


@register_jitable
def ask(q, answer, wrong, numbers):
    """Write the answer, what each mistake answers, and the numbers of the question's words."""
    q[ANSWER] = answer
    q[COUNT] = len(wrong)
    for i in range(len(wrong)):
        q[WRONG + i] = wrong[i]
    for i in range(len(numbers)):
        q[NUMBERS + i] = numbers[i]


@register_jitable
def usable(q):
    """Return whether the right answer and all the wrong ones differ, and none is negative."""
    if q[ANSWER] < 0:
        return False
    for i in range(q[COUNT]):
        wrong = q[WRONG + i]
        if wrong < 0 or wrong == q[ANSWER]:
            return False
        for j in range(i):
            if wrong == q[WRONG + j]:
                return False
    return True

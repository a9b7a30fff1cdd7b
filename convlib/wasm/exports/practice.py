"""What pages may call to draw a practice question, and the questions of a mixed set.

The kernels take the addresses as they are: an array made of one would be passed on as seven
numbers to each of the many small functions, which take longer to compile and more room.
"""

from numba import int32, void

from convlib.kernels import practice_questions
from convlib.wasm.exports.types import ints


def practice_question(family, seed, q):
    """Write the question of a family and a seed into `q` (LENGTH,).

    In order: the generator's state, the answer, how many mistakes there are, what each of up to
    six answers, and the numbers that the family's words name.
    """
    practice_questions.question(family, seed, q)


def practice_set(lesson, families, seed, q, chosen):
    """Write a lesson's mixed set into `chosen` (SET_LENGTH, 2): a family's place, and a seed."""
    practice_questions.mixed_set(lesson, families, seed, q, chosen)


EXPORTS = (
    (practice_question, void(int32, int32, ints)),
    (practice_set, void(int32, int32, int32, ints, ints)),
)

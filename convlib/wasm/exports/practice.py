"""What pages may call to draw a practice question, and the questions of a mixed set."""

from numba import carray, int32, void

from convlib.kernels import practice_questions
from convlib.kernels.practice_draws import LENGTH
from convlib.wasm.exports.types import ints


def practice_question(family, seed, q):
    """Write the question of a family and a seed into `q` (LENGTH,).

    In order: the generator's state, the answer, how many mistakes there are, what each of up to
    six answers, and the numbers that the family's words name.
    """
    practice_questions.question(family, seed, carray(q, (LENGTH,)))


def practice_set(lesson, families, seed, q, chosen):
    """Write a lesson's mixed set into `chosen` (SET_LENGTH, 2): a family's place, and a seed."""
    shape = (practice_questions.SET_LENGTH, 2)
    practice_questions.mixed_set(
        lesson, families, seed, carray(q, (LENGTH,)), carray(chosen, shape)
    )


EXPORTS = (
    (practice_question, void(int32, int32, ints)),
    (practice_set, void(int32, int32, int32, ints, ints)),
)

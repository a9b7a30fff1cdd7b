"""`practice_question` and `practice_set` as WebAssembly against Python, for every family."""

import numpy as np
import pytest
from test_wasm import Page

from convlib.kernels.practice_draws import ANSWER, COUNT, LENGTH, NUMBERS, WRONG
from convlib.kernels.practice_questions import SET_LENGTH
from convlib.practice import FAMILIES, LESSONS, lesson_set
from convlib.wasm import module_bytes

SEEDS = (*range(100), 9999, 2**16, 2**31 - 1)


@pytest.fixture(scope="module")
def page():
    return Page(module_bytes())


@pytest.mark.parametrize("name", list(FAMILIES))
def test_the_page_asks_what_python_asks(page, name):
    family = FAMILIES[name]
    for seed in SEEDS:
        (got,) = page.call("practice_question", family.number, seed, np.full(LENGTH, -7, np.int32))
        question = family.draw(seed)
        wrong = [mistake.answer for mistake in question.mistakes]
        assert got[ANSWER] == question.answer
        assert got[COUNT] == len(wrong)
        assert got[WRONG : WRONG + len(wrong)].tolist() == wrong
        assert got[NUMBERS:][: len(family.numbers)].tolist() == list(question.setting.values())
        assert not got[NUMBERS + len(family.numbers) :].any()


@pytest.mark.parametrize(("place", "lesson"), list(enumerate(LESSONS)))
def test_the_page_ends_a_lesson_with_the_same_set(page, place, lesson):
    for seed in SEEDS:
        room, got = np.zeros(LENGTH, np.int32), np.full((SET_LENGTH, 2), -7, np.int32)
        names = LESSONS[lesson]
        _, chosen = page.call("practice_set", place, len(names), seed, room, got)
        questions = lesson_set(lesson, seed)
        assert [(names[at], own) for at, own in chosen.tolist()] == [
            (question.family.name, question.seed) for question in questions
        ]

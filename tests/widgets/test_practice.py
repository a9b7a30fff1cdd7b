"""The Python side of the practice card; `tests/browser/test_practice.py` drives the other side."""

import pytest

from convlib.practice import FAMILIES, lesson_set
from convlib.practice.finding import seed_with
from convlib.widgets import Practice


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({}, ValueError, "family=None and lesson=None; legal is one of them"),
        ({"family": "roof", "lesson": "cost"}, ValueError, "legal is one of them"),
        ({"family": "walls"}, ValueError, r"family='walls'; legal are size-valid, "),
        ({"family": ["roof"]}, TypeError, r"family=\['roof'\] is not a str"),
        ({"lesson": "summary"}, ValueError, "lesson='summary'; legal are convolution, padding"),
        ({"lesson": 3}, TypeError, "lesson=3 is not a str"),
        ({"lesson": "cost", "seed": -1}, ValueError, "seed=-1"),
        ({"lesson": "cost", "seed": 1.5}, TypeError, "seed=1.5"),
        ({"lesson": "cost", "seed": 2**31}, ValueError, "seed=2147483648"),
        ({"lesson": "cost", "setting": {}}, ValueError, "with a lesson"),
        ({"family": "roof", "seed": 1, "setting": {}}, ValueError, "legal is one of them"),
        ({"family": "roof", "setting": [1]}, TypeError, r"setting=\[1\] is not a dict"),
        ({"family": "legal-groups", "setting": {"c3": 1}}, ValueError, "legal names are c1, c2"),
        ({"family": "legal-groups", "setting": {"c1": 99}}, ValueError, "no question of"),
    ],
)
def test_bad_input_is_named_with_what_is_legal(given, error, says):
    with pytest.raises(error, match=says):
        Practice(**given)


def test_the_first_question_is_that_of_the_seed_or_has_the_numbers():
    assert Practice(family="roof", seed=7).question == FAMILIES["roof"].draw(7)
    card = Practice(family="legal-groups", setting={"c1": 12, "c2": 9})
    assert card.question.setting["c1"] == 12
    assert card.question.answer == 0b101
    earlier = range(seed_with(FAMILIES["legal-groups"], {"c1": 12, "c2": 9}))
    pairs = [FAMILIES["legal-groups"].draw(seed).setting for seed in earlier]
    assert all((each["c1"], each["c2"]) != (12, 9) for each in pairs)
    with pytest.raises(ValueError, match="lesson='cost' asks a set of questions"):
        _ = Practice(lesson="cost").question


def test_without_javascript_the_questions_stand_there_with_their_solutions():
    still = Practice(lesson="stride", seed=4).still()
    for question in lesson_set("stride", 4):
        for text in (question.text, question.solution, *question.options):
            assert text.replace(" ", "") in still.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")

"""Every family on a thousand seeds: against the reference, and its words against arithmetic."""

import ast
import inspect
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import practice_reference
import pytest

from convlib import widgets
from convlib.kernels import practice_draws, practice_questions
from convlib.practice import FAMILIES, LESSONS, as_json, check, lesson_set, question_of
from convlib.practice.families import KINDS, Place

ROOT = Path(__file__).parents[2]
SEEDS = range(1000)
every_family = pytest.mark.parametrize("name", list(FAMILIES))


@cache
def draws(name):
    """Return the distinct questions of a family's first seeds."""
    found = {}
    for seed in SEEDS:
        question = FAMILIES[name].draw(seed)
        found.setdefault(tuple(question.setting.values()), question)
    return tuple(found.values())


def texts(question):
    """Return all that a reader may see of a question."""
    says = [wrong.says for wrong in question.mistakes]
    note = question.show["note"]
    return [question.text, question.hint, question.solution, note, *says, *question.options]


def test_the_reference_imports_nothing_from_convlib():
    tree = ast.parse(inspect.getsource(practice_reference))
    nodes = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    names = {n.module if isinstance(n, ast.ImportFrom) else n.names[0].name for n in nodes}
    assert names == {"itertools", "types"}


def test_every_family_of_the_kernels_has_words():
    kernels = [name for topic in practice_questions.TOPICS for name in topic.FAMILIES]
    assert sorted(kernels) == sorted(FAMILIES)
    assert len({family.number for family in FAMILIES.values()}) == len(kernels)
    assert set(LESSONS) == {
        "convolution", "padding", "stride", "groups", "depthwise", "cost", "choice",
    }  # fmt: skip


@every_family
def test_answers_and_mistakes_are_the_references(name):
    for question in draws(name):
        answer, wrong = practice_reference.expected(name, question.setting)
        assert question.answer == answer, question.text
        assert [mistake.answer for mistake in question.mistakes] == wrong, question.text


@every_family
def test_three_to_six_mistakes_all_different_and_reached(name):
    family = FAMILIES[name]
    assert 3 <= len(family.mistakes) <= practice_draws.MOST_MISTAKES
    assert len({mistake.says for mistake in family.mistakes}) == len(family.mistakes)
    for question in draws(name):
        answers = [question.answer, *(wrong.answer for wrong in question.mistakes)]
        assert len(set(answers)) == len(answers)
        assert min(answers) >= 0
        for place, wrong in enumerate(question.mistakes):
            typed = question.words(wrong.answer).partition(":")[0]
            verdict = check(question, typed)
            assert (verdict.counts, verdict.right, verdict.mistake) == (True, False, place)
            assert (verdict.says, verdict.solution) == (wrong.says, "")
        assert check(question, question.words(question.answer).partition(":")[0]).right


@every_family
def test_what_was_drawn_is_the_kernels_first_usable_draw(name):
    """No seed is left without a question, and none needs a long search."""
    q = [0] * practice_draws.LENGTH
    number = FAMILIES[name].number
    needed = [practice_questions.question(number, seed, q) for seed in SEEDS]
    assert 1 <= min(needed) <= max(needed) < practice_questions.MOST_DRAWS / 8
    assert len(FAMILIES[name].numbers) <= practice_draws.MOST_NUMBERS


@every_family
def test_seeds_differ_and_the_answer_cannot_be_guessed(name):
    questions = draws(name)
    assert len(questions) >= 8
    assert len({question.text for question in questions}) >= 8
    assert len({question.answer for question in questions}) > 1
    assert max(len(str(question.answer)) for question in questions) <= 10


NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
TERM = rf"\(?{NUMBER}\)?"
EQUATION = re.compile(rf"{TERM}(?: [-−+×/] {TERM})+(?: = {TERM}(?: [-−+×/] {TERM})*)+")


def value(term):
    return eval(term.replace(",", "").replace("−", "-").replace("×", "*"), {"__builtins__": {}})


@every_family
def test_every_sum_in_the_words_is_right(name):
    found = 0
    for question in draws(name):
        for text in texts(question):
            for equation in EQUATION.findall(text):
                sides = [value(side) for side in equation.split(" = ")]
                assert max(sides) == min(sides), text
                found += 1
    exempt = {
        "output-reads", "kernel-moves", "legal-groups", "cut-pixels", "jumped-pixels",
        "shift-direction", "depthwise-outputs", "field-strided", "effective-stride",
    }  # fmt: skip
    assert (found > 0) == (name not in exempt)


# What is counted in the templates. A kernel's size before a noun counts nothing.
ONE = (
    "row|column|cell|pixel|layer|output|input|channel|weight|place|product|step|window|bias|"
    "number|byte|parameter|group|kernel|entry"
)
MANY = (
    "rows|columns|cells|pixels|layers|outputs|inputs|channels|weights|places|products|steps|"
    "windows|biases|numbers|bytes|parameters|groups|kernels|entries"
)
FREE = r"(?<!× )(?<![\d,.])"
ONE_OF_MANY = re.compile(rf"{FREE}1 (?:{MANY})\b")
MANY_OF_ONE = re.compile(rf"{FREE}(?!1 ){NUMBER} (?:{ONE})\b(?! (?:channels?|numbers|and)\b)")


def test_a_wrong_plural_would_be_found():
    assert ONE_OF_MANY.search("that is 1 rows")
    assert MANY_OF_ONE.search("1,024 weight")
    assert MANY_OF_ONE.search("0 pixel")
    assert not ONE_OF_MANY.search("1 row of 21 rows, 1 × 1 layers")
    assert not MANY_OF_ONE.search("row 2, column 3: 3 × 3 layer, 1 output")


@every_family
def test_one_is_singular_and_many_are_plural(name):
    for question in draws(name):
        for text in texts(question):
            assert not ONE_OF_MANY.search(text), text
            assert not MANY_OF_ONE.search(text), text
            assert not re.search(r"[{}|#]|None|  ", text), text


def templates(family):
    says = [mistake.says for mistake in family.mistakes]
    return [family.asks, family.hint, family.solution, family.show.note, family.unit, *says]


@every_family
def test_verbs_after_a_number_have_both_forms(name):
    """After a number that may be 1 and may be 2, a verb or a noun is chosen by that number."""
    questions = draws(name)
    for template in templates(FAMILIES[name]):
        for number in re.findall(rf"\{{(\w+)\}} (?:are|have|go|stand|{MANY})\b", template):
            values = {question.setting.get(number, question.answer) for question in questions}
            assert 1 not in values, f"{{{number}}} in {template}"


@every_family
def test_places_are_sections_of_the_book(name):
    family = FAMILIES[name]
    for place in (family.where, *(mistake.where for mistake in family.mistakes)):
        chapter = (ROOT / "chapters" / f"{place.chapter}.md").read_text("utf-8")
        headings = re.findall(r"^##+ (.*)$", chapter, flags=re.M)
        assert place.section in headings


@pytest.mark.parametrize(
    ("section", "anchor"),
    [
        ("How often each pixel is read", "how-often-each-pixel-is-read"),
        (r"Why $C_2 = s\,C_1$", "why-c-2-s-c-1"),
        (
            "The solution: always add a 1 × 1 convolution",
            "the-solution-always-add-a-1-1-convolution",
        ),
    ],
)
def test_addresses_are_the_ones_that_sphinx_makes(section, anchor):
    assert Place("any", section).address == f"any.html#{anchor}"


@every_family
def test_show_me_sets_an_explorer_of_that_page_to_legal_values(name):
    show = FAMILIES[name].show
    chapter = (ROOT / "chapters" / f"{show.page}.md").read_text("utf-8")
    cell = chapter.partition(f"name: {show.figure}\n")[2].partition("\n```\n")[0]
    assert re.search(rf"^{show.explorer}\(", cell, flags=re.M)
    explorer = getattr(widgets, show.explorer)
    traits = explorer.class_traits()
    for question in draws(name):
        settings = question.show["settings"]
        for trait, number in settings.items():
            assert trait in explorer.settings() or trait == "weights"
            if trait == "weights":
                continue
            assert isinstance(number, (int, bool))
            low = getattr(traits[trait], "min", None)
            high = getattr(traits[trait], "max", None)
            assert low is None or low <= number, (question.code, trait, number)
            assert high is None or number <= high, (question.code, trait, number)
    first = draws(name)[0].show
    explorer(**first["settings"])
    address, _, query = first["link"].partition("?")
    assert address == f"{show.page}.html#{show.figure}"
    linked = dict(parse_qsl(query))
    assert list(linked) == list(first["settings"])
    for trait, value in first["settings"].items():
        if trait == "weights":
            assert linked[trait] == ";".join(",".join(map(str, row)) for row in value)
        else:
            assert linked[trait] == str(value).lower()


@every_family
def test_a_page_gets_all_of_it_as_json(name):
    family = FAMILIES[name]
    data = json.loads(json.dumps(family.as_json()))
    assert data["kind"] in KINDS
    assert data["number"] == family.number
    assert data["numbers"] == list(family.numbers)
    assert [m["says"] for m in data["mistakes"]] == [m.says for m in family.mistakes]
    assert data["mistakes"][0]["where"]["address"].startswith(
        f"{family.mistakes[0].where.chapter}."
    )
    (kind, extra) = (family.kind, {"choice": "options", "cells": "grid"}.get(family.kind))
    assert [field for field in ("options", "grid") if data[field]] == ([extra] if extra else [])
    assert kind != "cells" or all(
        question.grid[0] * question.grid[1] <= 30 for question in draws(name)
    )


@pytest.mark.parametrize("lesson", list(LESSONS))
def test_a_lesson_ends_in_five_questions_of_its_own(lesson):
    seen = set()
    for seed in range(60):
        questions = lesson_set(lesson, seed)
        names = [question.family.name for question in questions]
        assert len(names) == len(set(names)) == 5
        assert set(names) <= set(LESSONS[lesson])
        seen |= set(names)
    assert seen == set(LESSONS[lesson])
    assert lesson_set(lesson, 3) == lesson_set(lesson, 3)
    assert lesson_set(lesson, 3) != lesson_set(lesson, 4)
    data = as_json(lesson)
    assert [family["name"] for family in data["families"]] == list(LESSONS[lesson])
    json.dumps(data)


def test_a_link_holds_the_seed():
    question = FAMILIES["size-padded"].draw(7)
    assert question.link == "padding.html#fig-padding-practice?family=size-padded&seed=7"
    assert question_of(question.code) == question


@pytest.mark.parametrize("code", ["", "size-padded", "size-padded.", "size-padded.x", "x.7", ".7"])
def test_a_code_that_is_none_is_refused(code):
    with pytest.raises(ValueError, match="legal"):
        question_of(code)


@pytest.mark.parametrize("seed", [-1, 2**31, "7", 1.5, True])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises((TypeError, ValueError), match="seed="):
        FAMILIES["size-valid"].draw(seed)


def test_a_lesson_that_is_none_is_refused():
    with pytest.raises(ValueError, match="legal are convolution, padding"):
        lesson_set("summary", 1)

"""What a reader may type, and what is said to what cannot be read."""

import pytest

from convlib.practice import FAMILIES, check, reading
from convlib.practice.templates import fill, listed, members, whole

THOUSAND = (
    "1000", " 1000 ", "1,000", "1 000", "1'000", "1\u00a0000", "1\u2009000", "1\u202f000",
    "1000 rows", "1,000 px", "1 000 MACs", "1000 FLOPs per byte", "1000 GFLOP/s", "01000",
)  # fmt: skip


@pytest.mark.parametrize("product", [False, True])
@pytest.mark.parametrize("text", THOUSAND)
def test_a_whole_number_is_read_however_it_is_grouped(text, product):
    assert reading.read_number(text, product) == reading.Reading(1000)


@pytest.mark.parametrize(
    "text", ["3x3", "3 × 3", "3 X 3", "3\u2009×\u20093", "3*3", "3·3", "3 x 3 cells"]
)
def test_three_by_three_is_a_size_or_a_count(text):
    assert reading.read_number(text) == reading.Reading(3)
    assert reading.read_number(text, product=True) == reading.Reading(9)


def test_a_product_may_have_more_factors_and_large_ones():
    assert reading.read_number("3 × 3 × 1,000", product=True).value == 9000
    assert reading.read_number("9 * 12", product=True).value == 108


UNREADABLE = {
    reading.NOTHING: ["", " ", "\u00a0", "\t\n"],
    reading.NEGATIVE: ["-3", "−3", "– 3"],
    reading.FRACTION: ["2.5", "2,5", "1/2", ".5", "10,00"],
    reading.UNREADABLE: [
        "five", "x", "3x", "x3", "3 3", "1,00,000", "1 00", "1e3", "3²", "三", "²", "٣", "12,", "+",
        "rows", "1,000 000", "<b>3</b>",
    ],
    reading.TOO_LONG: ["9" * 16, "1" + "0" * 40],
    reading.TWO_SIZES: ["3x4", "3 × 3 × 3"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("says", "text"), [(says, text) for says, texts in UNREADABLE.items() for text in texts]
)
def test_what_cannot_be_read_gets_a_sentence_and_does_not_count(says, text):
    assert reading.read_number(text) == reading.Reading(None, says)
    verdict = check(FAMILIES["size-valid"].draw(1), text, tries=1)
    assert (verdict.counts, verdict.right, verdict.says) == (False, False, says)
    assert (verdict.mistake, verdict.solution) == (None, "")
    assert says.endswith("This does not count.")


@pytest.mark.parametrize("text", ["b", "B", " b. ", "B)", "down", "Down"])
def test_a_choice_is_read_by_letter_or_word(text):
    assert reading.read_choice(text, ("up", "down")).value == 1


@pytest.mark.parametrize("text", ["c", "2", "up down", "?"])
def test_no_choice_gets_a_sentence(text):
    read = reading.read_choice(text, ("up", "down"))
    assert read.value is None
    assert "from A to B" in read.says
    assert reading.read_choice("", ("up", "down")).says == reading.NOTHING


@pytest.mark.parametrize(
    "text", ["1, 2 and 4", "4 2 1", "1,2,4", "1; 2; 4.", "1, 2, and 4", "1 1 2 4"]
)
def test_cells_are_read_in_any_order(text):
    assert reading.read_cells(text, 4, first=1).value == 0b1011
    assert reading.read_cells("none", 4).value == 0


@pytest.mark.parametrize("text", ["5", "0", "1-3", "all", "-1", "1.5", "999", "a"])
def test_no_cells_get_a_sentence(text):
    read = reading.read_cells(text, 4, first=1)
    assert read.value is None
    assert "from 1 to 4" in read.says


def test_every_answer_that_is_printed_can_be_read():
    for family in FAMILIES.values():
        for seed in range(20):
            question = family.draw(seed)
            words = question.words(question.answer)
            words = words.partition(":")[0] if question.kind == "choice" else words
            assert question.read(words).value == question.answer
            if question.kind == "number":
                assert question.read(f"{words} {question.unit}").value == question.answer
            if question.kind == "choice":
                assert question.read(question.options[question.answer]).value == question.answer


def test_first_a_sentence_then_the_solution():
    question = FAMILIES["size-padded"].draw(3)
    wrong = str(question.mistakes[0].answer)
    other = next(
        n for n in range(99) if n not in {question.answer, *(m.answer for m in question.mistakes)}
    )
    first, second = check(question, wrong), check(question, wrong, tries=1)
    assert first.says == second.says == question.mistakes[0].says
    assert (first.solution, second.solution) == ("", question.solution)
    assert first.where == question.mistakes[0].where
    hinted = check(question, str(other))
    assert (hinted.says, hinted.mistake, hinted.where) == (
        question.hint, None, question.family.where,
    )  # fmt: skip
    right = check(question, str(question.answer))
    assert (right.right, right.solution) == (True, question.solution)


@pytest.mark.parametrize(("text", "tries"), [(3, 0), (None, 0), ("3", -1), ("3", "1")])
def test_check_refuses_what_is_no_answer_and_no_count(text, tries):
    with pytest.raises((TypeError, ValueError), match=r"text=|tries="):
        check(FAMILIES["size-valid"].draw(1), text, tries)


def test_templates_fill_numbers_words_and_sets():
    numbers = {"n": 1, "m": 1234567, "axis": 1, "set": 0b10110, "none": 0}
    assert fill("{n} {n|row|rows}, {m} {m|row|rows}", numbers) == "1 row, 1,234,567 rows"
    assert fill("{axis?down|across}; {set#}; {none#}", numbers, 1) == "across; 2, 3 and 5; none"
    assert fill("{axis?a|{n} {n|b|c}}", numbers) == "1 b"
    assert fill("{n||s}{m||s}", numbers) == "s"
    assert fill("no braces", {}) == "no braces"


@pytest.mark.parametrize(
    "template", ["{missing}", "{n|one}", "{n?zero}", "{n#x}", "{n", "n}", "{ n }"]
)
def test_templates_that_say_nothing_are_refused(template):
    with pytest.raises(ValueError, match=r"legal|no word|braces"):
        fill(template, {"n": 1})


def test_words_of_numbers():
    assert [whole(n) for n in (0, 999, 1000, -1000)] == ["0", "999", "1,000", "−1,000"]
    assert [listed(n) for n in ([], [1], [1, 2], [1, 2, 3])] == [
        "none",
        "1",
        "1 and 2",
        "1, 2 and 3",
    ]
    assert members(0b101, first=4) == [4, 6]

"""Veils over what follows a prediction, and what the first page keeps of a reader's lessons."""

import json
import re
from pathlib import Path

import pytest

from convlib.practice import FAMILIES, LESSONS
from convlib.practice.finding import seed_with

ROOT = Path(__file__).parents[2]
CHAPTERS = [*LESSONS, "reference"]

# How each veil of a page is drawn.
VEILS = """() => [...document.querySelectorAll(".veil")].map((veil) => {
    const { filter, maxHeight } = getComputedStyle(veil);
    return {
        veiled: filter !== "none" || maxHeight !== "none",
        tall: veil.getBoundingClientRect().height,
        bar: Boolean(document.querySelector(".veil-bar")?.getClientRects().length),
    };
})"""

REFUSED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("refused", "SecurityError"); },
});"""


@pytest.fixture
def reader(fresh, addresses):
    """Return a function that opens a page for a reader who has not turned the veils off."""
    visit = fresh(veils=True)

    def start(name):
        visit.open(f"{addresses['file']}chapters/{name}.html")
        return visit.page

    start.visit = visit
    yield start
    assert visit.faults == []


def veiled(page):
    return page.evaluate("() => document.querySelectorAll('.veil:not(.lifted)').length")


@pytest.mark.parametrize("page", CHAPTERS)
def test_each_prediction_has_its_veil_up_to_the_next_heading(visit, page):
    source = (ROOT / "chapters" / f"{page}.md").read_text("utf-8")
    asked = [" ".join(q.split()) for q in re.findall(r"(?<!\*)\*(Predict[^*]+)\*(?!\*)", source)]
    found = visit(page).page.evaluate(
        """() => [...document.querySelectorAll(".veil")].map((veil) => {
            let before = veil.previousElementSibling;
            const answers = ".tag_prediction, .veil-bar";
            while (before.matches(answers)) before = before.previousElementSibling;
            const next = veil.nextElementSibling;
            const predicts = (node) => [...node?.querySelectorAll("em") ?? []].some((em) =>
                em.textContent.startsWith("Predict"));
            return {
                asks: predicts(before),
                ends: !next || next.matches("section") || predicts(next),
                heading: Boolean(veil.querySelector("h1, h2, h3")),
                name: veil.dataset.prediction,
            };
        })"""
    )
    # One that is asked in a list, or before nothing, has nothing to veil.
    assert len(asked) - 1 <= len(found) <= len(asked)
    assert all(veil["asks"] and veil["ends"] and not veil["heading"] for veil in found)
    assert len({veil["name"] for veil in found}) == len(found)


def test_without_javascript_nothing_is_veiled_and_questions_have_their_solutions(plain):
    page = plain("padding")
    drawn = page.evaluate(VEILS)
    assert drawn
    assert not any(veil["veiled"] or veil["bar"] for veil in drawn)
    still = page.locator(".tag_prediction .practice-still").first
    assert "How many layers fit" in still.text_content()
    still.locator("summary").click()
    assert still.locator("details b").is_visible()
    assert still.locator("details b").text_content() == "7 layers"
    assert page.locator("#practice .practice-still > li").count() == 5


def test_a_veil_is_for_the_eye_alone_and_not_for_paper(reader):
    page = reader("padding")
    drawn = page.evaluate(VEILS)
    assert len(drawn) > 5
    assert all(veil["veiled"] and veil["bar"] and veil["tall"] < 200 for veil in drawn)
    # What a screen reader reads is there, first to last.
    inside = page.locator(".veil").first
    tree = inside.aria_snapshot()
    assert "the window's left edge can stand on pixel 0" in tree.replace("’", "'")
    assert "code" in tree or "text" in tree
    hidden = page.locator(".veil").evaluate_all(
        """(veils) => veils.filter((veil) => veil.closest("[aria-hidden], [hidden], [inert]") ||
            getComputedStyle(veil).visibility !== "visible").length"""
    )
    assert hidden == 0
    page.emulate_media(media="print")
    paper = page.evaluate(VEILS)
    assert not any(veil["veiled"] or veil["bar"] for veil in paper)
    assert paper[0]["tall"] > 400
    page.emulate_media(media="screen")


def test_a_veil_is_lifted_by_a_decision_and_the_switch_turns_all_off(reader):
    page = reader("padding")
    bars = page.locator(".veil-bar")
    count = veiled(page)
    first = bars.first
    first.locator("textarea").fill("two rows, <b>four</b> columns")
    first.get_by_role("button", name="I have decided").click()
    assert veiled(page) == count - 1
    assert first.text_content() == "You expected: two rows, <b>four</b> columns"
    assert page.evaluate("document.activeElement.matches('.veil-bar')")
    # The next is asked by a card: only what counts as an answer lifts.
    card = page.locator(".tag_prediction .convlib-practice").first
    card.locator("input").fill("many")
    page.keyboard.press("Enter")
    assert veiled(page) == count - 1
    card.locator("input").fill("8")
    page.keyboard.press("Enter")
    assert veiled(page) == count - 2
    page.locator(".veil-bar:not(.lifted)").first.get_by_role("button", name="show me").click()
    assert veiled(page) == count - 3
    # The keyboard never goes where nothing is seen.
    page.locator(".veil:not(.lifted) :is(button, a[href], summary)").first.focus()
    assert veiled(page) == count - 4
    page.reload()
    assert veiled(page) == count - 4
    assert "<b>four</b>" in page.locator(".veil-bar").first.text_content()
    page.locator(".veil-bar:not(.lifted) .never").first.click()
    assert not any(veil["veiled"] for veil in page.evaluate(VEILS))
    page = reader("index")
    switch = page.get_by_label("Veil what follows a prediction")
    assert not switch.is_checked()
    switch.check()
    page.get_by_role("button", name="erase what is kept").click()
    assert not page.get_by_role("button", name="erase what is kept").is_visible()
    page = reader("padding")
    assert veiled(page) == count
    assert all(veil["veiled"] for veil in page.evaluate(VEILS))


def test_a_link_to_what_is_veiled_lifts_the_veil(reader, addresses):
    page = reader("padding")
    count = veiled(page)
    page.evaluate("location.hash = '#fig-padding-reads'")
    page.wait_for_function(
        "!document.querySelector('#fig-padding-reads').closest('.veil:not(.lifted)')"
    )
    assert veiled(page) == count - 1
    # So does "show me" of a question, wherever its explorer stands.
    question = FAMILIES["shift-pixels"].draw(3)
    page.evaluate(f"location.hash = '{question.link.partition('html')[2]}'")
    card = page.locator("#fig-padding-practice .convlib-practice")
    page.wait_for_function(
        "(text) => document.querySelector('#fig-padding-practice .question').textContent === text",
        arg=question.text,
    )
    card.locator("button.show").click()
    figure = page.locator(f"#{question.show['figure']}")
    assert figure.evaluate("(node) => !node.closest('.veil:not(.lifted)')")
    box = figure.locator(".convlib-explorer").bounding_box()
    assert -1 <= box["y"] < 300


def test_where_the_browser_keeps_nothing_veils_work_for_the_visit(reader):
    reader.visit.page.add_init_script(REFUSED)
    page = reader("groups")
    count = veiled(page)
    assert count > 0
    page.locator(".veil-bar:not(.lifted)").first.get_by_role("button").first.click()
    page.locator(".veil-bar:not(.lifted) .never").first.click()
    assert not any(veil["veiled"] for veil in page.evaluate(VEILS))
    # The theme's own script for light and dark stumbles over it.
    assert all("refused" in fault or "theme mode" in fault for fault in reader.visit.faults)
    reader.visit.faults.clear()


def test_the_first_page_shows_what_is_mastered_and_erases_it(reader):
    page = reader("index")
    lessons = page.locator(".mastery li")
    assert [name.lower() for name in lessons.locator("a").all_text_contents()] == list(LESSONS)
    assert set(lessons.locator(".score").all_text_contents()) == {"not yet"}
    sets = {
        "padding": {"right": 4, "of": 5, "mastered": True},
        "cost": {"right": 2, "of": 5, "mastered": False},
    }
    page.evaluate("(text) => localStorage.setItem('convlib-practice', text)", json.dumps(sets))
    page.reload()
    scores = dict(zip(LESSONS, lessons.locator(".score").all_text_contents(), strict=True))
    assert scores["padding"] == "4 of 5, mastered"
    assert scores["cost"] == "2 of 5"
    assert page.locator(".mastery li.mastered").count() == 1
    page.get_by_role("button", name="erase what is kept").click()
    assert set(lessons.locator(".score").all_text_contents()) == {"not yet"}
    assert page.evaluate("localStorage.getItem('convlib-practice')") is None
    # What somebody else wrote there does no harm.
    page.evaluate("localStorage.setItem('convlib-practice', 'x{'); ")
    page.reload()
    assert set(lessons.locator(".score").all_text_contents()) == {"not yet"}


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_card_asks_is_what_the_lesson_asks_to_predict(name):
    source = (ROOT / "chapters" / f"{name}.md").read_text("utf-8")
    cells = re.findall(
        r"\n\n([^\n](?:[^\n]|\n(?!\n))*)\n\n```\{code-cell\} ipython3\n"
        r":tags: \[remove-input, prediction\]\n\n"
        r"Practice\(\s*family=\"([\w-]+)\",\s*setting=(\{.*?\}),?\s*\)\n```",
        source,
    )
    assert len(cells) == source.count("prediction]")
    for prose, family, setting in cells:
        numbers = json.loads(setting)
        assert "*Predict" in prose
        assert seed_with(FAMILIES[family], numbers) >= 0
        assert FAMILIES[family].lesson in (name, "convolution")
    assert f'Practice(lesson="{name}")' in source
    assert f"fig-{name}-practice" in source

"""The card of practice questions: what it asks and says is what convlib.practice asks and says."""

import random
import re

import pytest

from convlib import widgets
from convlib.practice import FAMILIES, LESSONS, check, lesson_set
from convlib.widgets import OutputSize, Practice

# Asks the cards of a page, of which number k is the lesson k's, one question after another: for
# each a family, a seed, and answers to give in turn. An answer is a text to type, the place of an
# option (or none, -1), or a set of cells. Returns what was asked and said.
ASK = """(asked) => asked.map(([card, family, seed, answers]) => {
    history.replaceState(null, "", `#practice-${card + 1}?family=${family}&seed=${seed}`);
    dispatchEvent(new HashChangeEvent("hashchange"));
    const form = document.querySelectorAll(".convlib-practice .asking")[card];
    const text = (selector) => [...form.querySelectorAll(selector)].map((n) => n.textContent);
    const said = answers.map((answer) => {
        const field = form.querySelector("input[type=text]");
        const boxes = [...form.querySelectorAll(".options input, .cells input")];
        if (field) field.value = answer;
        else {
            const isOptions = Boolean(form.querySelector(".options"));
            const isIn = (k) => (isOptions ? k === answer : Boolean((answer >> k) & 1));
            boxes.forEach((box, k) => (box.checked = isIn(k)));
            if (!isOptions) form.querySelector(".none input").checked = answer === 0;
        }
        form.querySelector(".go").click();
        const feedback = form.querySelector(".feedback");
        const where = feedback.querySelector(".where a");
        return {
            kind: feedback.className.replace("feedback ", ""),
            says: feedback.querySelector(".says")?.textContent,
            where: where && [where.textContent, where.getAttribute("href")],
            solution: feedback.querySelector(".solution")?.textContent ?? "",
            then: form.querySelector(".go").textContent,
        };
    });
    return {
        text: text(".question")[0],
        options: text(".options label"),
        unit: text(".number-field")[0]?.trim() ?? "",
        cells: text(".cells label"),
        columns: getComputedStyle(form.querySelector(".cells") ?? form)
            .getPropertyValue("--columns"),
        show: form.querySelector("a.show").getAttribute("href"),
        said,
    };
})"""


@pytest.fixture(scope="module")
def _cards(tmp_path_factory):
    return [Practice(lesson=lesson, seed=1) for lesson in LESSONS]


@pytest.fixture
def cards(show, _cards):
    """Return a page with a card for each lesson, in order."""
    return show(*_cards)


def given(question, answer):
    """Return an answer as the script above gives it."""
    return f"{answer:,}" if question.kind == "number" else answer


def asked_of(question, *answers):
    return [list(LESSONS).index(question.family.lesson), question.family.name, question.seed,
            list(answers)]  # fmt: skip


def expected(question, typed, tries):
    """Return what Python says to an answer, as the script above reads it from the card."""
    verdict = check(question, typed, tries)
    ends = verdict.right or (verdict.counts and tries > 0)
    return {
        "kind": "right" if verdict.right else "wrong" if verdict.counts else "uncounted",
        "says": verdict.says,
        "where": [verdict.where.title, verdict.where.address] if verdict.counts else None,
        "solution": verdict.solution,
        "then": "another one" if ends else "check",
    }


def test_every_family_asks_and_answers_as_python_does(cards):
    asked, wanted = [], []
    for name, family in FAMILIES.items():
        for seed in (1, 4321):
            question = family.draw(seed)
            values = [wrong.answer for wrong in question.mistakes]
            turns = [[question.answer]]
            turns += [[wrong, wrong] for wrong in values]
            turns.append([values[0], question.answer])
            for turn in turns:
                asked.append(asked_of(question, *(given(question, value) for value in turn)))
                typed = [question.words(value).partition(":")[0] for value in turn]
                says = [expected(question, text, tries) for tries, text in enumerate(typed)]
                wanted.append((name, question, says))
    found = cards.page.evaluate(ASK, asked)
    for (name, question, says), shown in zip(wanted, found, strict=True):
        assert shown["text"] == question.text, name
        assert tuple(shown["options"]) == question.options
        assert shown["unit"] == question.unit
        # Settings have no order.
        links = shown["show"], question.show["link"]
        assert len({frozenset(re.split("[?&]", link)) for link in links}) == 1
        if question.grid:
            rows, columns = question.grid
            first = question.family.first
            assert shown["cells"] == [str(first + k) for k in range(rows * columns)]
            assert int(shown["columns"]) == columns
        assert shown["said"] == says, question.text
    assert cards.faults == []


PLAIN = ("{n}", " {n} ", "{n} rows", "{n}rows", "{n} x {n}", "{n}×{n}", "{n} * {n} px", "{c}",
         "{s}", "{t}", "{q}", "{n} MACs", "{c} flops per byte", "+{n}", "{n}.", "{n}.0", "{n}px px",
         "0{n}", "{n} × {n} × {n}", "{n} x", "x", "{n} × 2", "{f}")  # fmt: skip
GARBAGE = ("", "   ", "-3", "−3", "– 3", "2.5", "1/2", "3,5", "1,00", "1,000,00", "1 00", "twelve",
           "3 4", "3x4", "1e3", "1_000", "٣", "NaN", "0x10", "9" * 16, "9" * 400, "<b>3</b>",
           "\u202f", "3 rows and 4", "rows", "12 34", "5 ×", "{n}", "3\u00d74\u00d75")  # fmt: skip


def test_answers_are_read_as_python_reads_them(cards):
    chance = random.Random(5)
    noise = ["".join(chance.choices("0123,. x×-'pr\u00a0", k=chance.randint(1, 7)))
             for _ in range(300)]  # fmt: skip
    questions = [FAMILIES["size-dilated"].draw(3), FAMILIES["strided-macs"].draw(3)]
    asked, wanted = [], []
    for question in questions:
        n = question.answer
        forms = {"n": n, "c": f"{n:,}", "s": f"{n:,}".replace(",", " "),
                 "t": f"{n:,}".replace(",", "\u202f"), "q": f"{n:,}".replace(",", "'"),
                 "f": f"{n // 2} x 2"}  # fmt: skip
        for typed in [*(each.format(**forms) for each in PLAIN), *GARBAGE, *noise]:
            asked.append(asked_of(question, typed))
            wanted.append((question, typed, [expected(question, typed, 0)]))
    found = cards.page.evaluate(ASK, asked)
    for (question, typed, says), shown in zip(wanted, found, strict=True):
        assert shown["said"] == says, (question.code, typed)
    kinds = {says["kind"] for _, _, (says,) in wanted}
    assert kinds == {"right", "wrong", "uncounted"}


def test_no_choice_and_no_cell_do_not_count(cards):
    choice, cells = FAMILIES["kernel-moves"].draw(1), FAMILIES["cut-pixels"].draw(1)
    wrong = choice.mistakes[0].answer
    found = cards.page.evaluate(
        ASK, [asked_of(choice, -1, wrong, -1), asked_of(cells, None, cells.answer)]
    )
    kinds = [[said["kind"] for said in each["said"]] for each in found]
    assert kinds == [["uncounted", "wrong", "uncounted"], ["uncounted", "right"]]
    assert found[0]["said"][0]["says"] == "Choose one of the answers first. This does not count."
    assert found[1]["said"][0]["says"].startswith("Choose the cells")
    assert found[0]["said"][2]["then"] == "check"  # the second attempt is still to come


def test_a_set_is_the_one_that_python_draws(show):
    seen = show(*(Practice(lesson=lesson, seed=9) for lesson in LESSONS))
    cards = seen.page.locator(".convlib-practice")
    texts = cards.locator(".question").all_text_contents()
    assert texts == ["Five questions from this lesson, one after another."] * len(LESSONS)
    for button in cards.locator(".go").all():
        button.click()
    texts = cards.locator(".question").all_text_contents()
    assert texts == [lesson_set(lesson, 9)[0].text for lesson in LESSONS]


def type_and_enter(page, card, question, value):
    """Answer a question by keys, as a reader does."""
    if question.kind == "number":
        card.locator("input").focus()
        page.keyboard.type(str(value))
    elif question.kind == "choice":
        boxes = card.locator(".options input")
        boxes.first.focus()
        page.keyboard.press("Space")
        for _ in range(value):
            page.keyboard.press("ArrowDown")
    else:
        cells = card.locator(".cells input")
        for k in range(cells.count()):
            if value >> k & 1:
                cells.nth(k).focus()
                page.keyboard.press("Space")
        if not value:
            card.locator(".none input").focus()
            page.keyboard.press("Space")
    page.keyboard.press("Enter")


def test_a_set_from_the_first_question_to_the_result_by_keys(show):
    page = show(Practice(lesson="padding", seed=3)).page
    card = page.locator(".convlib-practice")
    asked = lesson_set("padding", 3)
    card.locator(".go").focus()
    page.keyboard.press("Enter")
    for number, question in enumerate(asked, start=1):
        assert f"question {number} of 5" in card.locator(".how-far").text_content()
        assert card.locator(".question").text_content() == question.text
        if number == 2:  # one that is to be looked at again
            type_and_enter(page, card, question, question.mistakes[0].answer)
            assert card.locator(".feedback.wrong").count() == 1
            card.locator(".answer input").first.evaluate("(node) => { node.value = ''; }")
        if question.kind == "number":
            card.locator("input").fill("")
        type_and_enter(page, card, question, question.answer)
        assert card.locator(".feedback.right .says").text_content() == "Right."
        page.keyboard.press("Enter")
    assert card.locator(".question").text_content() == "4 of 5 right at the first go: mastered."
    again = card.locator(".result li")
    assert again.count() == 1
    assert asked[1].family.title in again.text_content()
    assert again.locator("a").get_attribute("href") == asked[1].family.where.address
    kept = page.evaluate("JSON.parse(localStorage.getItem('convlib-practice'))")
    assert kept == {"padding": {"right": 4, "of": 5, "mastered": True}}
    # A worse set does not take the place of a better one.
    card.locator(".go").click()
    for _ in range(5):
        while card.locator(".go").text_content() == "check":
            if card.locator(".number-field").count():
                card.locator("input").fill("999")
            else:
                card.locator(":is(.cells, .options) input").first.check(force=True)
            card.locator(".go").click()
        card.locator(".go").click()
    assert "of 5 right" in card.locator(".question").text_content()
    assert page.evaluate("JSON.parse(localStorage.getItem('convlib-practice'))") == kept


def test_where_the_browser_keeps_nothing_the_result_says_so(fresh, written):
    address = written(Practice(lesson="groups", seed=1))
    seen = fresh()
    seen.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('refused', 'SecurityError'); } });"
    )
    page = seen.open(address).page
    card = page.locator(".convlib-practice")
    card.locator(".go").click()
    for question in lesson_set("groups", 1):
        type_and_enter(page, card, question, question.answer)
        page.keyboard.press("Enter")
    assert card.locator(".question").text_content() == "5 of 5 right at the first go: mastered."
    assert "forgotten when you leave" in card.locator(".result").text_content()
    assert seen.faults == []


def test_show_me_sets_the_explorer_of_the_page_and_leads_back(show):
    page = show(OutputSize(), Practice(family="size-padded", seed=5)).page
    question = FAMILIES["size-padded"].draw(5)
    card = page.locator(".convlib-practice")
    assert card.locator("a.show").is_visible()  # there is no such figure on this page yet
    page.evaluate(
        """(name) => {
            const figure = document.createElement("figure");
            figure.id = name;
            const panel = document.querySelector(".convlib-explorer");
            panel.replaceWith(figure);
            figure.append(panel);
            location.hash = "#practice-1?family=size-padded&seed=5";
        }""",
        question.show["figure"],
    )
    card.locator("button.show").click()
    size, kernel, pad = (question.setting[name] for name in ("size", "kernel", "pad"))
    caption = page.locator("[data-grid=input] figcaption")
    padded = size + 2 * pad
    page.wait_for_function(
        "([node, text]) => node.textContent.includes(text)",
        arg=[caption.element_handle(), f"{padded} × {padded}"],
    )
    assert page.locator("[data-grid=kernel] figcaption").text_content().endswith(
        f"{kernel} × {kernel}")  # fmt: skip
    top = page.locator(".convlib-explorer").bounding_box()["y"]
    assert -1 <= top < 200
    assert question.show["note"] in card.locator(".shown-note").text_content()
    page.keyboard.press("Enter")  # the focus is on the way back
    assert not card.locator(".shown-note").is_visible()
    assert card.locator("button.show").evaluate("(node) => node === document.activeElement")
    box = card.bounding_box()
    assert 0 <= box["y"] < 900
    # It was help; an answer can still be given.
    card.locator("input").fill(str(question.answer))
    page.keyboard.press("Enter")
    assert card.locator(".feedback.right").count() == 1


def test_a_bad_link_says_so_and_the_card_stays(show):
    page = show(Practice(lesson="padding", seed=3)).page
    for query, fault in (
        ("family=size-padded&seed=x", "seed=x, legal are whole numbers from 0 to 2147483647"),
        ("family=size-padded&seed=2147483648", "seed=2147483648, legal are"),
        ("family=size-padded&seed=1.5", "seed=1.5, legal are"),
        ("family=size-padded", "seed=, legal are"),
        ("family=roof&seed=1", "family=roof, legal are size-padded, size-unequal"),
        ("seed=1", "family=, legal are"),
    ):
        page.evaluate(f"location.hash = '#practice-1?{query}'")
        page.wait_for_function(
            "(fault) => document.querySelector('.fault')?.textContent.includes(fault)", arg=fault
        )
        assert page.locator(".fault").count() == 1
        assert page.locator(".go").text_content() == "begin"


def test_the_link_to_a_question_opens_it(show, fresh):
    page = show(Practice(lesson="padding", seed=3)).page
    card = page.locator(".convlib-practice")
    card.locator(".go").click()
    card.locator("button.another").click()
    text = card.locator(".question").text_content()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    card.locator("button.copy").click()
    link = card.locator(".taken a").get_attribute("href")
    again = fresh().open(link).page.locator(".convlib-practice")
    assert again.locator(".question").text_content() == text
    again.locator("button.mixed").click()
    assert "question 1 of 5" in again.locator(".how-far").text_content()


# JupyterLab marks the body of its page with its theme.
NOTEBOOK = """new MutationObserver(() => {
    if (document.body) document.body.dataset.jpThemeLight = "true";
}).observe(document, { childList: true, subtree: true })"""


def test_in_a_notebook_show_me_finds_the_explorer_or_says_its_line(written, fresh):
    question = FAMILIES["size-padded"].draw(5)
    card = Practice(family="size-padded", seed=5)
    for made in ([card], [OutputSize(), card]):
        seen = fresh()
        seen.page.add_init_script(NOTEBOOK)
        page = seen.open(written(*made)).page
        page.locator("button.show").click()
        note = page.locator(".shown-note")
        assert note.locator("code").count() == 2 - len(made)
        if len(made) == 1:
            again = eval(note.locator("code").text_content(), vars(widgets))
            wanted = question.show["settings"]
            assert {name: getattr(again, name) for name in wanted} == wanted
        else:
            kernel = f"kernel {question.setting['kernel']} × {question.setting['kernel']}"
            page.wait_for_function(
                "(text) => document.querySelector('[data-grid=kernel] figcaption')"
                ".textContent.includes(text)",
                arg=kernel,
            )
        assert page.locator(".convlib-practice a[href]").count() == 1  # the hidden one
        assert page.locator(".asking button.copy").text_content() == "copy Python line"


JUMPS = """(answers) => {
    const card = document.querySelector(".convlib-practice");
    const heights = new Set();
    const note = () => heights.add(card.getBoundingClientRect().height);
    note();
    for (const answer of answers) {
        card.querySelector("input").value = answer;
        card.querySelector(".go").click();
        note();
    }
    return [...heights];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_and_targets_are_large(show, width, theme):
    made = [Practice(family=name, seed=2) for name in ("size-padded", "cut-pixels", "kernel-moves")]
    page = show(*made, width=width, theme=theme, has_touch=width < 500).page
    wrong = FAMILIES["size-padded"].draw(2).mistakes
    heights = page.evaluate(JUMPS, ["", "two", f"{wrong[0].answer}", f"{wrong[1].answer}"])
    assert len(heights) == 1
    small = page.evaluate(
        """() => [...document.querySelectorAll(".convlib-practice :is(button, .acts a, label)")]
            .filter((node) => node.offsetParent)
            .map((node) => node.getBoundingClientRect())
            .filter(({ width, height }) => width < 44 || height < 44).length"""
    )
    assert small == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 500:
        page.locator(".cells label").nth(1).tap()
        assert page.locator(".cells input").nth(1).is_checked()
        page.locator(".none").tap()
        assert not page.locator(".cells input").nth(1).is_checked()


def test_arrow_keys_go_from_cell_to_cell(show):
    page = show(Practice(family="output-reads", seed=3)).page
    rows, columns = FAMILIES["output-reads"].draw(3).grid
    cells = page.locator(".cells input")
    cells.first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == f"{columns + 1}: row 1, column 1"
    assert rows > 1

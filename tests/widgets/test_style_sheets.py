"""The explorers' style sheets: in whichever order a page loads them, the same rules win.

Each explorer brings the shared rules and then its own. On a page with several, the shared ones come
again after an explorer's own, so its own must win by being more specific, not by coming later.
"""

import re
from itertools import product
from pathlib import Path

import pytest

from convlib import widgets

FOLDER = Path(widgets.__file__).parent
SHARED = sorted((FOLDER / "shared").glob("*.css"))
OWN = sorted(FOLDER.glob("*.css"))


def rules_of(sheet):
    """Return (selector, properties) of a sheet's rules, including those within @media."""
    sheet = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", sheet, flags=re.S)
    return [
        (" ".join(selector.split()), set(re.findall(r"([\w-]+)\s*:", body)))
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
        for selector in re.split(r",(?![^(]*\))", selectors)
    ]


def weight(selector):
    """Return how specific a selector is: (classes, attributes and pseudo-classes; elements)."""
    selector = re.sub(r"::[\w-]+", " p ", selector)
    # :is() and :not() count as what they hold; in ours all alternatives are equally specific.
    selector = re.sub(r":(?:is|not)\(([^,()]*)(?:,[^()]*)?\)", r"\1", selector)
    classes = re.findall(r"\.[\w-]+|\[[^\]]*\]|:[\w-]+(?:\([^)]*\))?", selector)
    rest = re.sub(r"\.[\w-]+|\[[^\]]*\]|:[\w-]+(?:\([^)]*\))?", "", selector)
    return len(classes), len(re.findall(r"(?<![\w-])[a-z][\w-]*", rest))


def subject(selector):
    """Return the parts of a selector that its element itself must have."""
    return set(
        re.findall(r"[.:]?[\w-]+(?:\([^)]*\))?|\[[^\]]*\]", re.split(r"[ >]+", selector)[-1])
    )


def alike(one, other):
    """Whether an element is likely to be the subject of both; `*` says nothing about it."""
    return bool(one and other) and (one <= other or other <= one)


def undecided(own, shared):
    """Return the pairs of rules in which the one that a page happens to load later wins."""
    return [
        (mine, other)
        for (mine, sets), (other, others) in product(rules_of(own), rules_of(shared))
        if sets & others and weight(mine) == weight(other) and alike(subject(mine), subject(other))
    ]


@pytest.mark.parametrize("own", OWN, ids=lambda path: path.stem)
def test_no_rule_wins_by_standing_later(own):
    pairs = [undecided(own.read_text("utf-8"), path.read_text("utf-8")) for path in SHARED]
    assert [pair for found in pairs for pair in found] == []


@pytest.mark.parametrize("own", OWN, ids=lambda path: path.stem)
def test_a_class_styled_wherever_it_stands_is_of_one_explorer(own):
    alone = {
        match[1]
        for selector, _ in rules_of(own.read_text("utf-8"))
        if (
            match := re.fullmatch(
                r"(?:\.convlib-(?:figure|explorer) |g\.cell )\.([\w-]+)", selector
            )
        )
    }
    others = [path.read_text("utf-8") for path in OWN if path != own]
    named = {
        name
        for sheet in others
        for s, _ in rules_of(sheet)
        for name in re.findall(r"\.([\w-]+)", s)
    }
    assert alone & named == set()


@pytest.mark.parametrize("own", OWN, ids=lambda path: path.stem)
def test_a_sheet_belongs_to_an_explorer_that_loads_it(own):
    (kind,) = (
        k
        for k in map(widgets.__dict__.get, widgets.__all__)
        if k.__module__.endswith(f".{own.stem}")
    )
    # A card of questions has the explorers' colours, and nothing else of theirs.
    shared = SHARED if hasattr(kind, "TRY") else [FOLDER / "shared" / "colours.css"]
    parts = [path.read_text("utf-8") for path in (*shared, own)]
    assert all(part in kind._css for part in parts)
    assert len(kind._css) < sum(map(len, parts)) + len(parts) + 1


def test_a_tie_is_found_whichever_rule_is_the_narrower():
    shared = "g.cell.output rect { fill: green; }"
    for own in (
        "g.cell.skipped rect { fill: white; }",
        "@media print { g.dot.late rect { fill: 0 } }",
    ):
        assert len(undecided(own, shared)) == 1
    for own in (".figure g.cell.skipped rect { fill: 0; }", "g.cell.skipped rect { stroke: 0; }"):
        assert undecided(own, shared) == []


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("g.cell.output rect", (2, 2)),
        ('.a > [data-grid="b"]', (2, 0)),
        (".a tr:nth-child(3) th", (2, 2)),
        (".a:not(.b, .c) > :is(td, th)", (2, 1)),
        (".a > li::before", (1, 2)),
    ],
)
def test_weights_are_those_of_css(selector, expected):
    assert weight(selector) == expected


@pytest.mark.parametrize("path", [*SHARED, *OWN], ids=lambda path: path.name)
def test_a_step_of_a_control_does_not_style_the_whole_explorer_anew(path):
    """What :has() looks for may be anywhere below it: browsers then style all that is there.

    With two such rules Chromium styled 250 elements at a step of OutputSize, without them 30. An
    explorer's kind is in its figure's class. Practice has few elements.
    """
    if path.name != "practice.css":
        assert [name for name, _ in rules_of(path.read_text("utf-8")) if ":has(" in name] == []


BOOK = sorted((FOLDER.parents[1] / "_static").glob("*.css"))


@pytest.mark.parametrize("sheet", [*OWN, *SHARED, *BOOK], ids=lambda path: path.stem)
def test_no_rule_asks_for_a_kind_of_element_anywhere_inside(sheet):
    """WebKit styles a whole page anew when one enters or leaves: for `:has(table)` in 90 ms."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)
    asked = re.findall(r":has\(([^()]*)", text)
    assert [each for each in asked if re.match(r"\s*[a-z]", each)] == []

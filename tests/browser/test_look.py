"""What a page keeps for readers who see it otherwise: enlarged, in their own colours, at rest."""

import re

import pytest
from explorers import Driver
from test_pages import CHAPTERS

from convlib import widgets

EXPLORERS = [made for made in map(vars(widgets).get, widgets.__all__) if hasattr(made, "TRY")]

HEIGHTS = """(chosen) => [...document.querySelectorAll(chosen)].map((node) =>
    node.getBoundingClientRect().height)"""

# What is wider than the page and does not scroll in a box of its own.
TOO_WIDE = """() => {
    const edge = document.documentElement.clientWidth + 1;
    const scrolls = (node) => node && (
        ["auto", "scroll", "hidden"].includes(getComputedStyle(node).overflowX) ||
        scrolls(node.parentElement));
    return [...document.querySelectorAll(".bd-article *")].filter((node) =>
        node.getBoundingClientRect().right > edge && !scrolls(node.parentElement) &&
        node.checkVisibility({ visibilityProperty: true }) && !node.closest("annotation"))
        .map((node) => node.outerHTML.slice(0, 100));
}"""

# By how much the picture, which sticks, covers the first control under it when that is in sight.
COVERED = """() => [...document.querySelectorAll(".convlib-explorer")].map((panel) => {
    const row = panel.querySelector(".convlib-open > *");
    row.scrollIntoView({ block: "center" });
    const [sight, own] = [panel.querySelector(".sight"), row].map((node) =>
        node.getBoundingClientRect());
    return Math.max(0, sight.bottom - own.top - 1);
})"""


@pytest.mark.slow
@pytest.mark.parametrize("page", CHAPTERS)
def test_a_place_is_as_high_as_the_explorer_that_takes_it(fresh, visit, addresses, page):
    """Also below the first screen, where no browser would count it as a shift."""
    kept = fresh()
    # Nothing comes to life, and nothing tells the page that it will not.
    kept.page.route("**/widgets.js*", lambda route: route.fulfill(body=""))
    kept.page.goto(f"{addresses['file']}chapters/{page}.html")
    seen = visit(page)
    size = seen.page.viewport_size
    try:
        for width in (1280, 390):
            for each in (kept, seen):
                each.page.set_viewport_size({"width": width, "height": 900})
                each.settle()
            places = kept.page.evaluate(HEIGHTS, ".kept-place")
            live = ":is(.convlib-explorer, .convlib-practice)"
            assert seen.page.evaluate(HEIGHTS, live) == pytest.approx(places, abs=0.1)
    finally:
        seen.page.set_viewport_size(size)


@pytest.mark.slow
@pytest.mark.parametrize("page", CHAPTERS)
def test_twice_as_large_nothing_is_cut_off_or_covered(visit, page):
    """The page twice as large is a window of 640 by 400."""
    seen = visit(page)
    size = seen.page.viewport_size
    try:
        seen.page.set_viewport_size({"width": 640, "height": 400})
        seen.settle()
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 640
        assert seen.page.evaluate(TOO_WIDE) == []
        assert set(seen.page.evaluate(COVERED)) <= {0}
    finally:
        seen.page.set_viewport_size(size)


# Frames of buttons, pressed and not; inks and grounds of cells that have a number in them.
FORCED = """(panel) => {
    const frames = (buttons) => [...panel.querySelectorAll(buttons)].filter((node) =>
        node.offsetWidth).map((node) => parseFloat(getComputedStyle(node).borderTopWidth));
    const row = ".widget-toggle-buttons ";
    const cells = [...panel.querySelectorAll("g.cell")].map((cell) => {
        const [ground, ink] = ["rect", "text"].map((kind) => cell.querySelector(kind));
        if (!ground || !ink?.textContent) return null;
        const { fill, fillOpacity, stroke } = getComputedStyle(ground);
        return { fill, fillOpacity, stroke, ink: getComputedStyle(ink).fill };
    }).filter(Boolean);
    return {
        pressed: frames(row + ".mod-active"),
        others: frames(row + ".widget-toggle-button:not(.mod-active)"),
        cells,
    };
}"""


@pytest.mark.parametrize("kind", EXPLORERS)
def test_in_a_readers_own_colours_buttons_and_cells_can_be_told(show, kind):
    explorer = Driver(show(kind)).unfold()
    page = explorer.visit.page
    page.emulate_media(forced_colors="active")
    try:
        explorer.visit.settle()
        found = explorer.ask(FORCED)
    finally:
        page.emulate_media(forced_colors="none")
    assert min(found["pressed"], default=3) > max(found["others"], default=0)
    for cell in found["cells"]:
        if float(cell["fillOpacity"]) > 0.5:
            assert cell["ink"] != cell["fill"]
            assert cell["stroke"] != cell["fill"]


MOVING = """() => [...document.querySelectorAll("body *")].filter((node) => {
    const { transitionDuration, animationName } = getComputedStyle(node);
    return animationName !== "none" ||
        transitionDuration.split(",").some((time) => parseFloat(time) > 0);
}).length"""


def test_nothing_moves_by_itself_for_readers_who_asked_for_that(visit):
    page = visit("padding").page
    assert page.evaluate(MOVING) == 0
    page.emulate_media(reduced_motion="no-preference")
    try:
        assert page.evaluate(MOVING) > 0
    finally:
        page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize("kind", EXPLORERS)
def test_no_explorer_moves_smoothly(show, kind):
    page = show(kind).page
    assert page.evaluate(MOVING) == 0


def test_a_page_whose_fonts_do_not_arrive_is_shown(fresh, addresses):
    seen = fresh()
    seen.page.route("**/fonts.css*", lambda route: route.abort())
    seen.open(addresses["http"] + "chapters/groups.html")
    seen.page.locator("article h1").first.wait_for(state="visible")
    assert [fault for fault in seen.faults if "undefined" in fault] == []


def test_no_rule_asks_whether_anything_follows(book):
    """WebKit computes the styles of the whole page anew at each change where one does.

    One such rule, ``:not(:has(+ *))``, made a redraw of the strided grid take 0.8 s, not 0.07 s.
    """
    sheets = [*book.glob("_static/**/*.css")]
    assert sheets
    for sheet in sheets:
        assert not re.search(r":has\(\s*[+~]\s*\*", sheet.read_text("utf-8")), sheet

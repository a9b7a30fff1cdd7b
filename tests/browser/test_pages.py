"""Every built page, on a server and from files, wide and narrow, light and dark."""

import itertools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = tuple(f"chapters/{path.stem}.html" for path in sorted((ROOT / "chapters").glob("*.md")))
PAGES = ("index.html", *CHAPTERS, "search.html")
PLACES = ("http", "file")


@pytest.mark.parametrize(
    ("page", "place", "width", "theme"),
    list(itertools.product(PAGES, PLACES, (1280, 360), ("light", "dark"))),
)
def test_page_is_whole(visit, addresses, page, place, width, theme):
    seen = visit(width, theme).open(addresses[place] + page)
    assert seen.faults == []
    assert seen.page.locator(".convlib-figure [role=alert]").all_text_contents() == []
    foreign = [
        url for url in seen.requests if not url.startswith((addresses[place], "blob:", "data:"))
    ]
    assert foreign == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    # Nothing in a figure is cut off, either, but what scrolls in a box of its own.
    cut = seen.page.evaluate(
        """() => [...document.querySelectorAll(".convlib-explorer")].flatMap((panel) =>
            [...panel.querySelectorAll("svg, canvas, button, .noUi-base")].filter((node) =>
                node.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1))
            .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    assert seen.page.locator("html").get_attribute("data-theme") == theme
    lightness = seen.page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    )
    assert (lightness > 200) == (theme == "light")


@pytest.mark.parametrize("place", PLACES)
def test_one_search_box_that_finds(visit, addresses, place):
    seen = visit().open(addresses[place] + "chapters/padding.html")
    boxes = seen.page.locator("input[type=search]:visible, .search-button-field:visible")
    assert boxes.count() == 1
    seen.page.goto(addresses[place] + "search.html?q=symmetric")
    found = seen.page.locator("#search-results li a").first
    assert "Padding" in found.text_content()
    assert seen.faults == []


def test_equations_are_typeset_without_a_script(browser, addresses):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["file"] + "chapters/padding.html")
    equations = page.locator("div.math math")
    assert equations.count() >= 4
    for number in range(equations.count()):
        box = equations.nth(number).bounding_box()
        assert box["width"] > 50
        assert box["height"] > 10
    # What is drawn is never LaTeX; that stays in the annotation, which is not shown.
    shown = " ".join(page.locator("math > semantics > :first-child").all_text_contents())
    assert not re.search(r"\\[a-z]", shown)
    context.close()


def test_sizes_stay_on_one_line(browser, addresses):
    """3 × 3 has no space at which a line may break, in running text."""
    page = browser.new_page()
    found = []
    for chapter in CHAPTERS:
        page.goto(addresses["file"] + chapter)
        found += page.locator(
            "article p:not(td p, figure p, .convlib-figure p)"
        ).all_text_contents()
    page.close()
    text = "\n".join(found)
    assert len(re.findall("\\d\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}\\d", text)) > 100
    assert re.findall(r".{20}\d × \d", text) == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_without_a_script_each_explorer_is_a_still_picture(browser, visit, addresses, page):
    seen = visit().open(addresses["file"] + page)
    live = seen.page.locator(".convlib-explorer").count()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 900})
    still = context.new_page()
    still.goto(addresses["file"] + page)
    pictures = still.locator("noscript svg[role=img]")
    assert pictures.count() == live
    for picture in pictures.all():
        assert picture.bounding_box()["height"] > 100
        assert len(picture.get_attribute("aria-label")) > 40
    assert still.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


@pytest.mark.parametrize("page", CHAPTERS)
def test_theme_switch_reaches_text_and_explorers(visit, addresses, page):
    seen = visit().open(addresses["file"] + page)
    switch = seen.page.locator("button.theme-switch-button:visible").first
    for _ in range(3):
        if seen.page.locator("html").get_attribute("data-theme") == "dark":
            break
        switch.click()
    assert seen.page.locator("html").get_attribute("data-theme") == "dark"
    inks = seen.page.evaluate(
        """() => [document.querySelector("h1"), ...document.querySelectorAll(".convlib-figure")]
            .map((node) => Number(getComputedStyle(node).color.match(/\\d+/g)[0]))"""
    )
    assert min(inks) > 150


@pytest.mark.parametrize("medium", ["no script", "print"])
def test_code_is_dark_on_light_on_paper_and_without_a_script(browser, addresses, medium):
    """In a browser set to dark, whose theme would otherwise reach the one half or the other."""
    context = browser.new_context(java_script_enabled=medium == "print", color_scheme="dark")
    page = context.new_page()
    page.goto(addresses["file"] + "chapters/padding.html")
    if medium == "print":
        page.wait_for_selector("html[data-theme=dark]")
        page.emulate_media(media="print", color_scheme="dark")
    shown = """(node) => {
        let ground = node;
        while (ground && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)")
            ground = ground.parentElement;
        const lightness = (colour) => Number(colour.match(/\\d+/g)[0]);
        const paper = ground ? lightness(getComputedStyle(ground).backgroundColor) : 255;
        return [lightness(getComputedStyle(node).color), paper];
    }"""
    for kind in ("h1", "p", ".cell_input .highlight span", ".cell_output pre"):
        ink, paper = page.locator(f"article {kind}").first.evaluate(shown)
        assert ink < 80 < 200 < paper, kind
    context.close()

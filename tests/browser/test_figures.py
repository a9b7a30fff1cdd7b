"""The figures of the built pages: numbered through the book, each over its caption."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text())
PAGES = [TOC["root"], *(entry["file"] for part in TOC["parts"] for entry in part["chapters"])]

# An explorer, or without JavaScript its still; a plot. Each with what stands under it.
CAPTIONED = """() => [...document.querySelectorAll(
    ".convlib-explorer, .cell_output svg[role=img]:not(.convlib-explorer *)")].map((node) => {
        const caption = node.closest("figure[id]")?.querySelector(":scope > figcaption");
        const box = caption?.getBoundingClientRect();
        return {
            text: caption?.textContent.trim() ?? "",
            below: box && box.top >= node.getBoundingClientRect().bottom,
            right: box?.right,
        };
    })"""


@pytest.fixture(scope="module")
def plain(browser):
    """Return a page that runs no JavaScript."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 900})
    yield context.new_page()
    context.close()


def test_numbers_run_through_the_book_and_references_agree(plain, addresses):
    numbers, references = {}, []
    for name in PAGES:
        address = f"{addresses['file']}{name}.html"
        plain.goto(address)
        for figure in plain.locator("figure[id]").all():
            number = figure.locator("> figcaption .caption-number").text_content().strip()
            numbers[f"{address}#{figure.get_attribute('id')}"] = number
        for link in plain.locator("a.reference:has(.std-numref)").all():
            references.append((link.evaluate("(link) => link.href"), link.text_content()))
    assert list(numbers.values()) == [f"Fig. {n}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) > 30
    assert references
    assert [(target, numbers[target]) for target, _ in references] == references


def check(captioned, width):
    for figure in captioned:
        assert re.match(r"Fig\. \d+ [A-Z]", figure["text"])
        assert figure["below"]
        assert figure["right"] <= width


@pytest.mark.parametrize("name", PAGES)
def test_every_explorer_and_plot_stands_over_its_caption(visit, addresses, name):
    page = visit(360, "dark").open(f"{addresses['file']}{name}.html").page
    captioned = page.evaluate(CAPTIONED)
    check(captioned, 360)
    # The caption is what a screen reader calls the figure.
    named = page.get_by_role("figure", name=re.compile(r"^Fig\. \d+"))
    assert named.count() == page.locator("figure[id]").count() == len(captioned)
    ink = "(node) => Number(getComputedStyle(node).color.match(/\\d+/g)[0])"
    assert all(node.evaluate(ink) > 150 for node in page.locator("figure[id] > figcaption").all())


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("media", ["screen", "print"])
def test_captions_stand_without_a_script_and_in_print(plain, addresses, name, media):
    plain.emulate_media(media=media)
    plain.goto(f"{addresses['file']}{name}.html")
    captioned = plain.evaluate(CAPTIONED)
    check(captioned, 360)
    assert len(captioned) == plain.locator("figure[id]").count()

"""The figures of the built pages: numbered through the book, each over its caption."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = re.findall(r"^ *(?:root:|- file:) (\S+)$", (ROOT / "_toc.yml").read_text(), flags=re.M)

# An explorer, or without JavaScript its still; a plot, of whose drawings one is shown; a
# lesson's practice questions. Each with what is below it.
CAPTIONED = """() => [...document.querySelectorAll(
    ".convlib-explorer, .cell_output .picture img:not(.convlib-explorer *), " +
    "figure[id] .convlib-practice"
)].filter((node) => node.getClientRects().length).map((node) => {
        const caption = node.closest("figure[id]")?.querySelector(":scope > figcaption");
        const box = caption?.getBoundingClientRect();
        return {
            text: caption?.textContent.trim() ?? "",
            below: box && box.top >= node.getBoundingClientRect().bottom,
            right: box?.right,
        };
    })"""


def check_captions(page, width):
    """Assert that every explorer and plot is above its caption; return how many there are."""
    captioned = page.evaluate(CAPTIONED)
    for figure in captioned:
        assert re.match(r"Fig\. \d+ [A-Z]", figure["text"])
        assert figure["below"]
        assert figure["right"] <= width
    return len(captioned)


def test_numbers_run_through_the_book_and_references_agree(plain):
    numbers, references = {}, []
    for name in PAGES:
        page = plain(Path(name).name)
        for identity, number in page.locator("figure[id]").evaluate_all(
            """(all) => all.map((figure) => [figure.id,
                figure.querySelector(":scope > figcaption .caption-number").textContent.trim()])"""
        ):
            numbers[f"{page.url}#{identity}"] = number
        references += page.locator("a.reference:has(.std-numref)").evaluate_all(
            "(all) => all.map((link) => [link.href, link.textContent])"
        )
    assert list(numbers.values()) == [f"Fig. {n}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) > 30
    assert references
    assert [[target, numbers[target]] for target, _ in references] == references

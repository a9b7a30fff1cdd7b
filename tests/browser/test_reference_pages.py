"""The reference's pages: an overview that fits a screen, and topics that are short."""

from pathlib import Path

import pytest

PAGES = sorted(
    path.stem for path in (Path(__file__).parents[2] / "chapters").glob("reference-*.md")
)


def test_the_overview_fits_a_screen(visit):
    page = visit("reference").page
    assert (
        page.locator("#reference table").evaluate(
            "(table) => scrollY + table.getBoundingClientRect().bottom"
        )
        <= 800
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_topic_is_short(visit, name):
    """A quarter at most of the one page that once had them all: 63,000 pixels."""
    assert visit(name).page.evaluate("document.documentElement.scrollHeight") < 63_000 / 4


def test_old_links_lead_to_the_new_pages(plain):
    """To labels, from the lessons, and to names, from the overview."""
    page = plain("cost")
    assert page.locator("a[href='reference-inside.html#browser']").count() == 1
    page = plain("reference")
    for at in ("convolution.html#convlib.conv2d", "networks.html#convlib.networks.vgg16"):
        assert page.locator(f"a[href='reference-{at}']").count() == 1

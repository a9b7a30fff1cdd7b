"""The summary on paper: a sheet for the wall, a sheet for the desk."""

import pytest

# A4 without the margins of @page, in pixels of 1/96 inch.
WIDTH, HEIGHT = (round((side - 2 * 11) / 25.4 * 96) for side in (210, 297))
ELEVEN_POINTS = 11 * 96 / 72


@pytest.fixture
def printed(fresh, addresses):
    """Return the summary as it is laid out for paper, from a web server."""
    page = fresh(width=WIDTH).page
    page.goto(addresses["http"] + "chapters/summary.html")
    page.emulate_media(media="print")
    return page


def test_two_sheets_of_a4_whatever_the_browser_is_told_of_the_format(printed):
    for options in ({"format": "A4"}, {"prefer_css_page_size": True}):
        pdf = printed.pdf(**options)
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 2


def test_the_first_sheet_has_title_panels_formulas_and_address(printed):
    ends = printed.locator("#summary > h1, #summary div.address").evaluate_all(
        """(all) => all.map((node) => node.getBoundingClientRect())
            .map(({ top, bottom }) => [top, bottom])"""
    )
    (top, _), (_, bottom) = ends
    # With room to spare for a browser that breaks lines elsewhere.
    assert bottom - top < 0.97 * HEIGHT
    order = printed.evaluate(
        """() => [...document.querySelectorAll(`#summary > h1, #summary .picture img,
                #six-formulas table, #summary div.address, #the-same-knob-elsewhere`)]
            .filter((node) => node.getClientRects().length)
            .map((node) => [node.id || node.tagName, getComputedStyle(node).breakBefore])"""
    )
    assert order == [
        ["H1", "auto"],
        ["IMG", "auto"],
        ["TABLE", "auto"],
        ["DIV", "auto"],
        ["the-same-knob-elsewhere", "page"],
    ]
    title = "getComputedStyle(document.querySelector('#summary > h1'), '::before').content"
    assert "The Structure of Convolutions" in printed.evaluate(title)
    assert printed.locator("#summary .address").inner_text() == (
        f"The Structure of Convolutions, {printed.url}"
    )


def test_six_formulas_of_eleven_points_or_more(printed):
    sizes = printed.locator("#six-formulas tbody td:last-child").evaluate_all(
        """(cells) => cells.map((cell) => Math.min(...[...cell.querySelectorAll("mi, mn, mo")]
            .filter((leaf) => leaf.getClientRects().length)
            .map((leaf) => parseFloat(getComputedStyle(leaf).fontSize))))"""
    )
    assert len(sizes) == 6
    assert min(sizes) >= ELEVEN_POINTS
    words = printed.locator("#six-formulas > p, #six-formulas :is(td, th)").evaluate_all(
        "(all) => all.map((node) => parseFloat(getComputedStyle(node).fontSize))"
    )
    assert min(words) >= ELEVEN_POINTS - 0.01


def test_frameworks_are_on_the_second_sheet_and_what_is_for_the_screen_is_on_none(printed):
    assert printed.locator("#the-same-knob-elsewhere table").is_visible()
    for hidden in ("#misconceptions", "#all-formulas", ".screen-only", "details", "thead"):
        assert not printed.locator(f"#summary {hidden}").first.is_visible()
    assert not printed.locator(".bd-sidebar-primary, .bd-header-article").first.is_visible()


def test_nothing_scrolls_on_paper(printed):
    assert printed.evaluate("document.documentElement.scrollWidth") <= WIDTH
    scrolling = printed.evaluate(
        """() => [...document.querySelectorAll("article *")].filter((node) =>
            ["auto", "scroll"].includes(getComputedStyle(node).overflowX) &&
            node.getClientRects().length && node.scrollWidth > node.clientWidth)
            .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert scrolling == []


def test_a_folder_of_this_machine_is_not_printed(fresh, addresses):
    page = fresh().open(addresses["file"] + "chapters/summary.html").page
    page.emulate_media(media="print")
    assert page.locator("#summary .address").inner_text() == "The Structure of Convolutions"

"""Under a server's rules, those that the README names and stricter ones; in a course's frame."""

import contextlib
import re
import urllib.request

import pytest
from servers import NAMED, serving
from test_where_pages_fail import still_places

# Rules that lack one thing each, and none at all for scripts.
STRICTER = [
    NAMED.replace(" 'wasm-unsafe-eval'", ""),
    NAMED.replace(" 'unsafe-inline'", ""),
    NAMED.replace("script-src 'self' ", "script-src 'none'; object-src "),
]
FRAME = """<!DOCTYPE html><title>A course</title><body style="margin: 0"><iframe src="{}"
    sandbox="allow-scripts" style="border: 0; width: 100%; height: 880px"></iframe>"""


@pytest.fixture(scope="module")
def served(book):
    """Return a function that gives the book's address on a server that sets a policy."""
    with contextlib.ExitStack() as servers:
        yield lambda policy: servers.enter_context(serving(book, policy))


def test_no_page_has_a_script_in_it(book):
    pages = [*book.glob("*.html"), *book.glob("chapters/*.html")]
    assert len(pages) > 10
    for page in pages:
        text = page.read_text("utf-8")
        for attributes in re.findall(r"<script\b([^>]*)>", text):
            # What is of a type that no browser runs is data.
            assert "src=" in attributes or 'type="application/vnd.jupyter' in attributes, page
        assert not re.search(r"<[a-z]+\b[^<>]* on(click|load|error|submit|input)=", text), page


def test_the_readmes_policy_is_enough(fresh, addresses):
    """The tests' server sets it for all: what it forbids a page is a fault in any test of that."""
    with urllib.request.urlopen(f"{addresses['http']}chapters/padding.html") as answer:
        assert answer.headers["Content-Security-Policy"] == NAMED
    seen = fresh()
    seen.page.goto(f"{addresses['http']}search.html?q=stride")
    seen.page.locator("#search-results li").first.wait_for()
    assert seen.faults == []


@pytest.mark.parametrize("policy", STRICTER, ids=["wasm", "style", "script"])
def test_stricter_rules_end_in_still_pictures_and_a_sentence(fresh, served, policy):
    assert policy != NAMED
    seen = fresh()
    page = seen.page
    page.goto(f"{served(policy)}chapters/groups.html")
    says = still_places(page, page.locator(".explorer-place").count())
    runs_none = "'none'" in policy
    assert ("the book's whole folder" if runs_none else "Content-Security-Policy") in says
    assert any("Content Security Policy" in fault for fault in seen.faults)


@pytest.mark.parametrize("width", [390, 1280])
def test_menu_search_and_theme_work_in_a_frame_that_may_not_store(fresh, addresses, width):
    seen = fresh(width=width)
    page = seen.page
    where = addresses["http"] + "chapters/groups.html"
    page.route(
        "**/course.html",
        lambda route: route.fulfill(body=FRAME.format(where), content_type="text/html"),
    )
    page.goto(addresses["http"] + "course.html")
    frame = page.frame_locator("iframe")
    frame.locator(".page-widget").first.wait_for()
    assert page.frames[1].evaluate("localStorage instanceof Storage") is False

    card = frame.locator(".page-widget .convlib-practice").first
    card.get_by_role("button", name="check").click()
    card.locator(".feedback.uncounted .says").wait_for()
    html = frame.locator("html")
    frame.locator(".theme-switch-button:visible").first.click()
    assert html.get_attribute("data-theme") == "dark"
    if width == 390:
        menu = frame.locator("#pst-primary-sidebar-modal, .bd-sidebar-primary")
        frame.locator(".primary-toggle:visible").first.click()
        menu.get_by_role("link", name="Stride").first.wait_for()
        page.keyboard.press("Escape")
    frame.locator(".search-button__button:visible").first.click()
    frame.locator(".bd-search input:visible").first.fill("padding")
    page.keyboard.press("Enter")
    frame.locator("#search-results li").first.wait_for()
    # Icons come from the font that is in a style sheet, which no other origin can forbid.
    icons = page.frames[1].evaluate(
        """() => [...document.fonts].filter(({ family, status }) =>
            family.includes("Font Awesome") && status === "loaded").length"""
    )
    assert icons == 1
    # What the frame forbids, such as to submit a form, the browser says in its console.
    assert [fault for fault in seen.faults if not fault.startswith("error: Blocked ")] == []

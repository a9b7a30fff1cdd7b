"""Every built page, on a server and from files, wide and narrow, light and dark."""

import http.server
import itertools
import queue
import re
import threading
from pathlib import Path

import pytest
from explorers import DRAWN, WATCH_SHIFTS
from test_figures import check_captions

ROOT = Path(__file__).parents[2]
CHAPTERS = tuple(path.stem for path in sorted((ROOT / "chapters").glob("*.md")))
PAGES = ("/index", *CHAPTERS, "/search")
PLACES = ("http", "file")
WIDTHS = (1280, 360)
THEMES = ("light", "dark")


# The width of a picture that a browser would load when it comes near.
LOADED = """(image) => {
    image.loading = "eager";
    return image.decode().then(() => image.naturalWidth);
}"""


def pairwise():
    """Return (page, place, width, theme) for visits in which any two values occur together.

    Most pages get the visit that other tests ask for, too, which finds it open.
    """
    found = []
    for number, page in enumerate(PAGES):
        # Two visits that have nothing in common but the page.
        one = (0, 2, 3)[number // 4 % 3] if number % 4 == 0 else 1
        for first in (one, 7 - one):
            place, width, theme = first & 1, first >> 1 & 1, first >> 2
            found.append((page, PLACES[place], WIDTHS[width], THEMES[theme]))
    return found


def test_the_visits_bring_any_two_together():
    visits, kinds = pairwise(), (PAGES, PLACES, WIDTHS, THEMES)
    for one, other in itertools.combinations(range(4), 2):
        met = {(visit[one], visit[other]) for visit in visits}
        assert met == set(itertools.product(kinds[one], kinds[other]))


@pytest.mark.parametrize(("page", "place", "width", "theme"), pairwise())
def test_page_is_whole(visit, addresses, page, place, width, theme):
    seen = visit(page, width, theme, place)
    assert seen.faults == []
    # A hundredth of what is called good: an equation of which a part arrives after the other.
    assert sum(value for value, *_ in seen.shifts) < 0.001, seen.shifts
    assert seen.page.locator(".convlib-figure [role=alert]:visible").all_text_contents() == []
    assert seen.page.locator(".stays").count() == 0
    foreign = [
        url for url in seen.requests if not url.startswith((addresses[place], "blob:", "data:"))
    ]
    assert foreign == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    # Nothing in a figure is cut off, either, except what scrolls in a box of its own.
    cut = seen.page.evaluate(
        """() => [...document.querySelectorAll(".convlib-explorer")].flatMap((panel) =>
            [...panel.querySelectorAll("svg, canvas, button, .noUi-base")].filter((node) =>
                node.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1 &&
                !node.closest(".matrix-box, .design-box")))
            .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    assert seen.page.locator("html").get_attribute("data-theme") == theme
    lightness = seen.page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    )
    assert (lightness > 200) == (theme == "light")
    for plot in seen.page.locator("article .cell_output .picture img:visible").all():
        assert plot.get_attribute("class") == f"in-{theme}"
        assert plot.evaluate(LOADED) > 100
    captioned = check_captions(seen.page, width)
    # The caption is what a screen reader calls the figure.
    named = seen.page.get_by_role("figure", name=re.compile(r"^Fig\. \d+"))
    assert named.count() == seen.page.locator("figure[id]").count() == captioned
    ink = "(all) => all.map((node) => Number(getComputedStyle(node).color.match(/\\d+/g)[0]))"
    inks = seen.page.locator("figure[id] > figcaption").evaluate_all(ink)
    assert all((shade > 150) == (theme == "dark") for shade in inks)


@pytest.mark.parametrize("theme", THEMES)
def test_a_plot_is_drawn_in_the_colours_of_the_page_also_on_paper(visit, book, theme):
    page = visit("choice", theme=theme).page
    plot = "article .cell_output .picture img:visible"
    ink, accent = page.locator(plot).first.evaluate(
        """(node) => {
            const { color } = getComputedStyle(node.parentElement);
            const parts = color.match(/\\d+/g).map(Number);
            const hex = parts.map((part) => part.toString(16).padStart(2, 0)).join("");
            return [`#${hex}`, getComputedStyle(node).getPropertyValue("--accent").trim()];
        }"""
    )
    drawn = "".join(
        (book / "_images" / Path(image.get_attribute("src")).name).read_text("utf-8")
        for image in page.locator(plot).all()
    )
    assert f"fill: {ink}; color: {ink}" in drawn
    assert accent in drawn
    assert "var(" not in drawn
    assert page.locator(plot).first.evaluate("(node) => getComputedStyle(node).filter") == "none"
    page.emulate_media(media="print")
    try:
        for image in page.locator(plot).all():
            assert image.get_attribute("class") == "in-light"
            assert image.evaluate("(node) => getComputedStyle(node).filter") == "none"
    finally:
        page.emulate_media(media="screen")


def test_nothing_moves_where_a_page_arrives_in_pieces(fresh, addresses, book):
    """Each ends in the midst of the buttons above the page, and is drawn before the next comes."""
    pieces = re.split(
        "(?=<button[^>]*full-screen)", (book / "chapters/groups.html").read_text("utf-8")
    )
    assert len(pieces) > 1
    drawn = queue.Queue()

    class InPieces(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if not self.path.endswith("/groups.html"):
                self.send_response(302)
                self.send_header("Location", addresses["http"] + self.path.lstrip("/"))
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            for piece in pieces:
                self.wfile.write(piece.encode())
                self.wfile.flush()
                drawn.get(timeout=30)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), InPieces)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    seen = fresh()
    seen.page.add_init_script(WATCH_SHIFTS)
    address = f"http://127.0.0.1:{server.server_port}/chapters/groups.html"
    seen.page.goto(address, wait_until="commit")
    for _ in pieces:
        seen.page.wait_for_function("document.querySelector('.header-article-items__end > *')")
        seen.settle()
        drawn.put(True)
    seen.page.wait_for_function(DRAWN)
    assert seen.page.locator(".header-article-items__end button:visible").count() > 1
    assert seen.page.evaluate("shifts") == []
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("page", CHAPTERS)
def test_page_as_it_is_back_again_is_the_page_as_it_was(visit, page):
    """What a kept page promises to every test that gets it."""
    seen = visit(page)
    # But for numbers that noUiSlider and ipywidgets count up as they make views, and the empty
    # style that is left of one that was set for a while.
    markup = """() => [...document.querySelectorAll(".convlib-explorer *")].map((node) => [
        node.localName,
        ...[...node.attributes].filter(({ name }) => !/^(id|for|name|aria-[a-z]+by)$/.test(name))
            .filter(({ name, value }) => name !== "style" || value)
            .map(({ name, value }) => `${name}="${value}"`).sort(),
        ...[...node.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data),
    ].join(" "))"""

    def drawn():
        return seen.page.evaluate(markup)

    before = drawn()
    for handle in seen.page.get_by_role("slider").element_handles():
        if handle.is_visible():
            handle.press("End")
    last = ".convlib-open .widget-toggle-button:last-child:visible"
    for button in seen.page.locator(last).all():
        button.click()
    seen.settle()
    assert (drawn() == before) == (before == [])
    assert visit(page) is seen
    assert drawn() == before


@pytest.mark.parametrize("place", PLACES)
def test_one_search_box_that_finds(fresh, addresses, place):
    seen = fresh().open(addresses[place] + "chapters/padding.html")
    boxes = seen.page.locator("input[type=search]:visible, .search-button-field:visible")
    assert boxes.count() == 1
    seen.page.goto(addresses[place] + "search.html?q=symmetric")
    found = seen.page.locator("#search-results li a").first
    assert "Padding" in found.text_content()
    assert seen.faults == []


def test_equations_are_typeset_without_a_script(plain):
    page = plain("padding")
    equations = page.locator("div.math math")
    assert equations.count() >= 4
    for number in range(equations.count()):
        box = equations.nth(number).bounding_box()
        assert box["width"] > 50
        assert box["height"] > 10
    # What is drawn is never LaTeX; that stays in the annotation, which is not shown.
    shown = " ".join(page.locator("math > semantics > :first-child").all_text_contents())
    assert not re.search(r"\\[a-z]", shown)


def test_sizes_are_written_with_spaces_at_which_no_line_breaks(book):
    text = "".join(path.read_text("utf-8") for path in book.glob("chapters/*.html"))
    assert len(re.findall("\\d\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}\\d", text)) > 100


@pytest.mark.parametrize("page", CHAPTERS)
def test_page_without_a_script_and_in_print(visit, plain, page):
    """Each explorer is a still picture, and each picture is above its caption."""
    live = visit(page).page.locator(".convlib-explorer").count()
    still = plain(page)
    # Where a line might break in a size: nowhere in running text.
    running = still.locator("article p:not(td p, figure p, .convlib-figure p)")
    assert re.findall(r".{20}\d × \d", "\n".join(running.all_text_contents())) == []
    pictures = still.locator(".kept-place .picture img:visible")
    assert pictures.count() == live
    for picture in pictures.all():
        assert picture.bounding_box()["height"] > 100
        assert len(picture.get_attribute("alt")) > 40
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
    assert still.evaluate("document.documentElement.scrollWidth") <= 360
    for media in ("screen", "print"):
        still.emulate_media(media=media)
        assert check_captions(still, 360) == still.locator("figure[id]").count()


@pytest.mark.parametrize("page", CHAPTERS)
def test_theme_switch_reaches_text_and_explorers(visit, page):
    seen = visit(page)
    switch = seen.page.locator("button.theme-switch-button:visible").first
    root = seen.page.locator("html")
    before = root.get_attribute("data-mode")
    for _ in range(3):
        if root.get_attribute("data-theme") == "dark":
            break
        switch.click()
    assert root.get_attribute("data-theme") == "dark"
    inks = seen.page.evaluate(
        """() => [document.querySelector("h1"), ...document.querySelectorAll(".convlib-figure")]
            .map((node) => Number(getComputedStyle(node).color.match(/\\d+/g)[0]))"""
    )
    assert min(inks) > 150
    for _ in range(3):
        if root.get_attribute("data-mode") == before:
            break
        switch.click()
    assert root.get_attribute("data-mode") == before


@pytest.mark.parametrize("medium", ["no script", "print"])
def test_code_is_dark_on_light_on_paper_and_without_a_script(fresh, addresses, medium):
    """In a browser set to dark, whose theme would otherwise reach the one half or the other."""
    page = fresh(theme="dark", java_script_enabled=medium == "print").page
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

"""What readers do to a page: type, translate it, enlarge its text, darken it, and print it."""

import os
import re
import zlib

import pytest
from engines import MissingError, printed_by_webkit
from explorers import DRAWN, Driver
from test_look import EXPLORERS, TOO_WIDE
from test_pages import CHAPTERS

# A slider that is offered, which is not at its end.
SLIDERS = """(panel) => [...panel.querySelectorAll(".widget-slider")].map((box, at) => {
    const handle = box.querySelector("[role=slider]");
    const [low, now] = ["aria-valuemin", "aria-valuenow"].map((name) =>
        Number(handle.getAttribute(name)));
    return { at, low, now, seen: box.checkVisibility({ visibilityProperty: true }) };
}).filter(({ seen }) => seen)"""
# What a translator does to the words of a page: all of them, but for what is to stay as it is.
TRANSLATE = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    globalThis.original = [];
    while (texts.nextNode()) {
        const { parentElement: own } = texts.currentNode;
        if (own.closest("[translate=no], script, style, .widget-readout")) continue;
        original.push([texts.currentNode, "data", texts.currentNode.data]);
        texts.currentNode.data = texts.currentNode.data.replace(/[a-z]/g, "ж");
    }
    for (const node of document.querySelectorAll("[aria-label]")) {
        original.push([node, "ariaLabel", node.ariaLabel]);
        node.ariaLabel = "ж";
    }
}"""
SHOW_ORIGINAL = "() => { for (const [node, name, text] of globalThis.original) node[name] = text; }"


@pytest.mark.parametrize("kind", EXPLORERS)
def test_a_typed_number_is_taken_however_the_reader_goes_on(show, kind):
    explorer = Driver(show(kind)).unfold()
    page = explorer.visit.page
    for slider in explorer.ask(SLIDERS)[:2]:
        box = explorer.root.locator(".widget-slider").nth(slider["at"])
        readout, handle = box.locator(".widget-readout"), box.get_by_role("slider")
        first = slider["now"]
        for typed, leave in (
            (slider["low"], lambda: page.keyboard.press("Tab")),
            (first, lambda: explorer.root.locator(".convlib-try").click()),
        ):
            readout.click()
            page.keyboard.press("Control+A")
            page.keyboard.type(f"{typed:g}")
            leave()
            explorer.visit.settle()
            assert float(handle.get_attribute("aria-valuenow")) == typed


@pytest.mark.parametrize("kind", EXPLORERS)
def test_end_leads_to_the_end_on_a_translated_page(show, kind):
    explorer = Driver(show(kind)).unfold()
    page = explorer.visit.page
    ends_are_reached(explorer)
    page.evaluate(TRANSLATE)
    try:
        ends_are_reached(explorer)
        # Formulas stay as they are, and are read from the left.
        for math in explorer.root.locator("math").all():
            assert math.get_attribute("translate") == "no"
            assert math.get_attribute("dir") == "ltr"
    finally:
        page.evaluate(SHOW_ORIGINAL)


def ends_are_reached(explorer):
    """Assert that End leads there on every slider whose end another control sets."""
    own = explorer.root.locator("[class*=convlib-sets-]:visible")
    # Today's end is no longer the one that the slider was made with.
    for other in explorer.root.locator(".widget-slider:not([class*=convlib-sets-]):visible").all():
        other.get_by_role("slider").press("ArrowRight")
    for handle in own.get_by_role("slider").all():
        handle.press("Home")
        handle.press("End")
        explorer.visit.settle()
        end = handle.get_attribute("aria-valuemax")
        assert handle.get_attribute("aria-valuenow") == end


def test_code_and_formulas_are_not_translated(book):
    for page in ("chapters/padding.html", "chapters/reference-layers.html"):
        text = (book / page).read_text("utf-8")
        text = text[text.index("<article") : text.index("</article>")]
        found = re.findall(r"<(code|pre|math|dt(?= class=\"sig))\b([^>]*)>", text)
        assert len(found) > 20
        for tag, attributes in found:
            assert 'translate="no"' in attributes, tag
            assert 'dir="ltr"' in attributes, tag


# Sliders without a track to go along or a number to read; formulas that lie on each other.
CRAMPED = """() => {
    const found = [];
    const isSeen = (node) => node.checkVisibility({ visibilityProperty: true });
    for (const row of document.querySelectorAll(".convlib-explorer .widget-slider")) {
        if (!isSeen(row)) continue;
        const [track, number, all] = [".noUi-base", ".widget-readout", null].map((chosen) =>
            (chosen ? row.querySelector(chosen) : row).getBoundingClientRect());
        const readout = row.querySelector(".widget-readout");
        const isWhole = number.right <= all.right + 1 && number.bottom <= all.bottom + 1 &&
            readout.scrollWidth <= readout.clientWidth + 1;
        if (track.width < 60 || number.width < 16 || !isWhole) {
            found.push([row.textContent, track.width, number.width, isWhole].join(" "));
        }
    }
    return found;
}"""
OVERLAPPING = """() => [...document.querySelectorAll(".convlib-figure .formulas > div")]
    .flatMap((row) => {
        const own = row.getBoundingClientRect();
        const boxes = [...row.children].map((node) => node.getBoundingClientRect())
            .filter(({ width }) => width);
        return boxes.flatMap((box, at) => boxes.slice(at + 1).filter((other) =>
            Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1 &&
            Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 2)
            .map(() => row.textContent));
    })"""


@pytest.mark.slow
@pytest.mark.parametrize("page", CHAPTERS)
def test_on_narrow_screens_and_with_large_text_all_is_there(visit, page):
    seen = visit(page)
    size = seen.page.viewport_size
    try:
        for width, text in ((320, ""), (360, ""), (1280, "32px"), (390, "24px")):
            seen.page.set_viewport_size({"width": width, "height": 900})
            seen.page.evaluate(
                "(text) => void (document.documentElement.style.fontSize = text)", text
            )
            seen.settle()
            if width != 390:
                assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
                assert seen.page.evaluate(TOO_WIDE) == []
            assert seen.page.evaluate(CRAMPED) == [], (width, text)
            if not text:
                seen.page.evaluate(
                    "for (const d of document.querySelectorAll('.foot')) d.open = true"
                )
                seen.settle()
                assert seen.page.evaluate(OVERLAPPING) == [], width
    finally:
        seen.page.evaluate("document.documentElement.style.fontSize = ''")
        seen.page.set_viewport_size(size)


def test_tracks_of_sliders_are_seen_in_a_readers_own_colours(show):
    explorer = Driver(show(EXPLORERS[-1])).unfold()
    page = explorer.visit.page
    page.emulate_media(forced_colors="active")
    try:
        found = explorer.ask(
            """(panel) => [...panel.querySelectorAll(".noUi-target")].map((node) => {
                const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(node);
                const handle = getComputedStyle(node.querySelector(".noUi-handle")).backgroundColor;
                const ground = getComputedStyle(document.body).backgroundColor;
                return [parseFloat(borderTopWidth) >= 1 && borderTopStyle === "solid" &&
                    borderTopColor !== ground, handle !== ground];
            })"""
        )
    finally:
        page.emulate_media(forced_colors="none")
    assert found
    assert all(track and handle for track, handle in found), found


@pytest.mark.parametrize(
    ("system", "chosen"), [("dark", None), ("light", "dark"), ("dark", "light")]
)
def test_the_ground_is_right_before_the_style_sheets_arrive(fresh, addresses, system, chosen):
    page, held = fresh(theme=system).page, []
    if chosen:
        page.add_init_script(f"localStorage.setItem('theme', '{chosen}')")
    page.route("**/*.css*", lambda route: held.append(route))
    page.goto(f"{addresses['http']}chapters/groups.html", wait_until="commit")
    page.wait_for_function(
        "() => ['light', 'dark'].includes(document.documentElement?.dataset.theme)",
        polling=50,  # no frame is drawn
    )
    # `Canvas` is what a browser paints where nothing else is; its colour follows the page's scheme.
    ground, theme = page.evaluate(
        """() => {
            const probe = document.createElement("i");
            probe.style.color = "Canvas";
            document.documentElement.append(probe);
            return [getComputedStyle(probe).color, document.documentElement.dataset.theme];
        }"""
    )
    for route in held:
        route.abort()
    assert held
    assert theme == (chosen or system)
    assert (max(map(int, re.findall(r"\d+", ground))) < 64) == (theme == "dark")


@pytest.mark.parametrize("width", [794, 1600])
def test_a_printed_page_is_as_wide_as_the_paper_and_nothing_is_cut_off(fresh, addresses, width):
    page = fresh(width=width).open(f"{addresses['http']}chapters/stride.html").page
    page.emulate_media(media="print")
    article = page.locator("article.bd-article").bounding_box()
    assert article["width"] > 0.97 * width
    cut = page.evaluate(
        """() => [...document.querySelectorAll("article :is(pre, svg, table, .cell_output)")]
            .filter((node) => node.checkVisibility() && (node.scrollWidth > node.clientWidth + 1
                && node.localName === "pre" ||
                node.getBoundingClientRect().right > document.documentElement.clientWidth + 1) &&
                !node.closest(".convlib-figure"))
            .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert cut == []


# A4 within margins of a centimetre, in pixels.
PAPER = 718
# What does not belong on paper, what would lie beyond its edge, and how each explorer is drawn.
ON_PAPER = """(paper) => [...document.querySelectorAll(".convlib-explorer")].map((panel) => {
    const seen = (chosen) => [...panel.querySelectorAll(chosen)].filter((node) =>
        node.checkVisibility({ visibilityProperty: true }));
    const right = panel.getBoundingClientRect().left + paper;
    return {
        idle: seen(".slider-container, .widget-play, .menu-button, .more, .convlib-try"),
        values: seen(".widget-readout, .mod-active, select, input").length,
        beyond: seen(".board *").filter((node) => node.getBoundingClientRect().right > right),
        drawn: panel.querySelector(".board")?.innerHTML,
    };
}).map(({ idle, beyond, ...rest }) => ({
    ...rest, faults: [...idle, ...beyond].map((node) => node.outerHTML.slice(0, 80)),
}))"""


@pytest.mark.parametrize("name", ["padding", "depthwise", "choice"])
def test_an_explorer_on_paper_is_its_picture_and_its_settings(fresh, addresses, name):
    """As wide as the paper, whatever the window is, and afterwards as it was."""
    page = fresh(width=1280).open(f"{addresses['file']}chapters/{name}.html").page
    before = page.evaluate(ON_PAPER, PAPER)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = page.evaluate(ON_PAPER, PAPER)
    assert [each["faults"] for each in printed] == [[] for _ in printed]
    assert all(each["values"] for each in printed)
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    after = page.evaluate(ON_PAPER, PAPER)
    assert [each["drawn"] for each in after] == [each["drawn"] for each in before]


def test_the_summary_is_two_sheets_in_firefox_too(engine_of, addresses):
    engine = engine_of("firefox")
    engine.open(f"{addresses['file']}chapters/summary.html")
    engine.run("() => document.fonts.ready.then(() => null)")
    assert _sheets(engine.printed(21.0, 29.7)) == 2


def test_webkit_prints_as_many_sheets_from_a_wide_window_and_two_of_the_summary(
    addresses, tmp_path
):
    """A page that keeps the window's width is printed on half of the paper, or cut off."""
    sheets = {}
    for name, width in [("summary", 1600), ("padding", 800), ("padding", 1600)]:
        path = tmp_path / f"{name} {width}.pdf"
        try:
            printed_by_webkit(f"{addresses['file']}chapters/{name}.html", path, width, DRAWN)
        except MissingError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no printing from WebKit: {error}")
        sheets[name, width] = _sheets(path.read_bytes())
    assert sheets["summary", 1600] == 2
    assert sheets["padding", 800] == sheets["padding", 1600]


def _sheets(pdf):
    """Return how many pages a PDF has, whose objects may stand in packed streams."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            parts.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page(?![a-z])", b"\n".join(parts)))

"""Where something that explorers need is missing: still pictures, and a sentence that says what."""

import re

import pytest

# The book's page that is looked at: an explorer, a card under a veil, a set of questions.
PAGE = "groups"
ALONE = r"\.html$"
NO_WASM = "delete globalThis.WebAssembly;"
NO_SIMD = """WebAssembly.validate = () => false;
    WebAssembly.compile = async () => { throw new WebAssembly.CompileError("invalid opcode"); };"""
NO_MEMORY = """WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory"); };"""
NO_INSTANCE_AT_ONCE = """WebAssembly.Instance = class {
    constructor() {
        throw new RangeError("WebAssembly.Instance is disallowed on the main thread");
    }
};"""
# How often scripts were called back for a new frame.
COUNT_FRAMES = """(() => {
    const request = requestAnimationFrame;
    globalThis.frames_seen = 0;
    globalThis.requestAnimationFrame = (call) => request((now) => (frames_seen++, call(now)));
})()"""
STATE = re.compile(
    r'(<script type="application/vnd.jupyter.widget-state\+json">)(.*?)</script>', re.S
)

# What each place shows: its sentence, its still picture or questions, what looks like a control.
PLACES = """() => [...document.querySelectorAll(".explorer-place")].map((place) => {
    const seen = (chosen) => [...place.querySelectorAll(chosen)].filter((node) =>
        node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width);
    const looksLive = `button, input, select, textarea, canvas, [role=slider], [contenteditable],
        .page-widget, .widget-label, .widget-toggle-button, .noUi-base, .more, .foot, .asking`;
    return {
        says: seen(".why-still").map((node) => [node.getAttribute("role"), node.textContent]),
        // A picture's box may be as wide as the page and hold a lower drawing.
        picture: seen(".sight :is(svg[role=img], .picture svg, .picture img), .practice-still > li")
            .map((node) => node.getBoundingClientRect().height),
        live: seen(looksLive).map((node) => node.outerHTML.slice(0, 90)),
    };
})"""


def _cut_short(text):
    return STATE.sub(lambda found: found[1] + found[2][: len(found[2]) // 2] + "</script>", text)


def _without_a_model(text):
    # Every view looks for its model under a name that is not there.
    return re.sub(r'("model_id": ")', r"\1gone", text)


def still_places(page, count, least=40):
    """Wait until all places of a page stay as they are; return what they say."""
    page.wait_for_function(
        "() => document.readyState === 'complete' && "
        "[...document.querySelectorAll('.kept-place .why-still')].filter((node) => "
        f"node.checkVisibility()).length === {count}"
    )
    found = page.evaluate(PLACES)
    assert len(found) == count
    for place in found:
        ((role, says),) = place["says"]
        assert role == "status"
        assert not re.search(r"Error|undefined|null|http", says), says
        assert max(place["picture"], default=0) > least
        assert place["live"] == []
    (says,) = {re.sub(r"^[^:.]*", "", place["says"][0][1]) for place in found}
    return says


@pytest.fixture
def broken(fresh, addresses):
    """Return a function that opens the page where something fails, and gives the `Visit`."""

    def start(script="", change=None, only=None, block=None, place="http"):
        seen = fresh()
        page = seen.page
        page.add_init_script(COUNT_FRAMES)
        page.add_init_script(script)
        if change:
            page.route(
                f"**/{PAGE}.html",
                lambda route: route.fulfill(
                    response=(got := route.fetch()), body=change(got.text())
                ),
            )
        if only:
            page.route(lambda url: not re.search(only, url), lambda route: route.abort())
        if block:
            page.route(block, lambda route: route.abort())
        page.goto(f"{addresses[place]}chapters/{PAGE}.html")
        return seen

    return start


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"script": NO_WASM}, "does not run the book's WebAssembly"),
        ({"script": NO_SIMD}, "does not run the book's WebAssembly"),
        ({"change": _cut_short}, "did not arrive whole"),
        ({"change": _without_a_model}, "did not arrive whole"),
        ({"block": "**/widgets.js*"}, "a file that brings it to life did not arrive"),
        ({"only": ALONE}, "finds the book's whole folder"),
        ({"only": r"\.(html|css)"}, "finds the book's whole folder"),
    ],
    ids=[
        "no WebAssembly",
        "no SIMD",
        "cut short",
        "a model",
        "widgets.js",
        "HTML alone",
        "no scripts",
    ],
)
def test_still_pictures_stay_and_a_sentence_says_why(broken, how, says):
    page = broken(**how).page
    count = page.locator(".explorer-place").count()
    assert count > 2
    # Pictures are files of their own: without them their words stand for them.
    assert says in still_places(page, count, 20 if how.get("only") == ALONE else 40)
    if "only" not in how:
        pictures = page.locator(".kept-place .picture img:visible")
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            picture.evaluate("async (image) => { await image.decode(); }")
        assert pictures.count()
    # Nothing looks for the live ones any more.
    before = page.evaluate("globalThis.frames_seen ?? 0")
    page.wait_for_timeout(200)
    assert page.evaluate("globalThis.frames_seen ?? 0") - before < 3


def test_explorers_live_where_a_large_module_is_not_instantiated_at_once(fresh, addresses):
    seen = fresh()
    seen.page.add_init_script(NO_INSTANCE_AT_ONCE)
    seen.open(f"{addresses['http']}chapters/{PAGE}.html")
    assert seen.page.locator(".convlib-figure:visible svg").count() > 1
    assert seen.page.locator(".stays").count() == 0
    assert seen.faults == []


def test_what_is_never_drawn_is_given_up(fresh, addresses):
    page = fresh().page
    page.clock.install()
    page.route("**/widgets.js*", lambda route: route.fulfill(body=""))
    page.goto(f"{addresses['http']}chapters/{PAGE}.html")
    count = page.locator(".explorer-place").count()
    page.clock.run_for(10_000)
    assert page.locator(".stays").count() == 0
    page.clock.run_for(60_000)
    assert "it was not drawn" in still_places(page, count)


def test_a_figure_that_fails_while_it_is_used_goes_back_to_its_still_picture(fresh, addresses):
    seen = fresh()
    seen.open(f"{addresses['http']}chapters/{PAGE}.html")
    page = seen.page
    count = page.locator(".explorer-place").count()
    assert page.locator(".kept-place").count() == 0
    page.evaluate(f"() => {{ {NO_MEMORY} }}")
    # Arrays that do not fit where they did before.
    for kind in ("Float32Array", "Int32Array"):
        page.evaluate(f"() => {{ {kind}.prototype.set = () => {{ throw RangeError(); }}; }}")
    explorer = page.locator(".convlib-explorer").first
    explorer.locator(".widget-toggle-button:not(.mod-active):visible").first.click()
    page.locator(".stays").first.wait_for()
    (failed,) = [place for place in page.evaluate(PLACES) if place["says"]]
    assert "no more memory" in failed["says"][0][1]
    assert max(failed["picture"]) > 40
    assert failed["live"] == []
    assert page.locator(".stays").count() == 1 < count


def test_memory_that_is_refused_is_said(fresh, addresses):
    page = fresh().page
    page.add_init_script(NO_MEMORY)
    page.goto(f"{addresses['http']}chapters/convolution.html")
    page.wait_for_function(
        "() => !document.querySelector('.explorer-place:not(.stays) > .kept-place')"
    )
    said = page.locator(".stays > .kept-place > .why-still").all_text_contents()
    assert said
    assert all("no more memory" in text for text in said)


def test_a_page_that_was_saved_alive_is_still(fresh, addresses):
    seen = fresh()
    address = f"{addresses['http']}chapters/{PAGE}.html"
    seen.open(address)
    count = seen.page.locator(".explorer-place").count()
    saved = seen.page.content()
    assert 'class="page-widget"' in saved
    for only in ("", r"\.(html|css)"):
        page = fresh(java_script_enabled=not only).page
        page.route(
            f"**/{PAGE}.html", lambda route: route.fulfill(body=saved, content_type="text/html")
        )
        if only:
            page.goto(address)
            assert page.locator(".page-widget:visible").count() == 0
        else:
            page.goto(address)
            assert "was saved when it was alive" in still_places(page, count)

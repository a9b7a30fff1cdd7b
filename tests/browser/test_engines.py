"""Every explorer in Firefox and in WebKit, Safari's family, does what it does in Chromium."""

import functools
import random
import time
from pathlib import Path

import pytest
from engines import OTHERS, PATIENCE
from explorers import DRAWN
from servers import serving
from sights import SCRIPT
from test_stage import PAGES

WALKS = Path(__file__).with_name("walks.js").read_text("utf-8")
ALL = ("chromium", *OTHERS)
KEYS = (
    *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"),
    *("Home", "End", "PageUp", "PageDown", "Enter", "Space"),
)
# A walk: so many things get the focus, one after the other, and each so many keys. Of explorers of
# a kind, the first on a page goes the whole way, and the others a short one.
FOCUSED, SHORT, PRESSED = 8, 3, 5
# The page that is looked at on a server; the others are looked at as files.
SERVED = "groups"
# Pages whose drawings keep their scale while something in them is dragged, so that a pointer that
# comes to rest there is over the same thing in every browser.
DRAGGED = ("convolution", "cost")
# What happens before any other script, and would be told to nobody but the console.
NOTE_FAULTS = """<script>
    globalThis.faults = [];
    addEventListener("error", ({ message, target }) =>
        faults.push(message ?? `not loaded: ${target.outerHTML}`), true);
    addEventListener("unhandledrejection", ({ reason }) => faults.push(`${reason}`));
    for (const kind of ["error", "warn"]) console[kind] = (...what) => faults.push(what.join(" "));
</script>"""
REPORTED = """() => [...faults, ...[...document.querySelectorAll(".convlib-figure [role=alert]")]
    .filter((node) => node.checkVisibility()).map((node) => node.textContent)]"""
# A card that asks puts itself into the middle of the window.
TARGETS = """() => [...document.querySelectorAll("article :is(section, figure)[id]")]
    .filter((node) => !node.matches("figure:has(.convlib-practice)")).map(({ id }) => id)"""
# Where the target of the page's address stands when nothing scrolls any more, and whether it could
# not stand higher.
LANDED = """async () => {
    for (let [still, last] = [0, NaN]; still < 10; ) {
        await new Promise(requestAnimationFrame);
        still = scrollY === last ? still + 1 : 0;
        last = scrollY;
    }
    const root = document.documentElement;
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return [target.getBoundingClientRect().top, root.scrollHeight - scrollY - innerHeight < 2];
}"""

# The controls of each explorer: those of a kind have the same.
KINDS = """() => [...document.querySelectorAll(".convlib-explorer")].map((panel) =>
    [...panel.querySelectorAll(".convlib-controls .widget-label")].map(({ textContent }) =>
        textContent).join())"""

# Opens the first explorer's menu; returns where in the window its entry for the full screen is.
FULL_SCREEN = """() => {
    const panel = document.querySelector(".convlib-explorer");
    panel.scrollIntoView();
    panel.querySelector(".menu-button").click();
    const entry = [...panel.querySelectorAll(".menu-list button")]
        .find(({ textContent }) => textContent === "full screen");
    const { left, top, width, height } = entry.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
}"""
# Whether something has the whole screen, and how the first explorer is magnified.
SCREEN = """() => [Boolean(document.fullscreenElement),
    Number(document.querySelector(".convlib-explorer").style.zoom || 1)]"""


@pytest.fixture(scope="session")
def noting(book, tmp_path_factory):
    """Return addresses of the book's chapters with a script before all others that notes faults."""
    root = tmp_path_factory.mktemp("noting")
    for folder in ("_static", "_images"):
        (root / folder).symlink_to(book / folder)
    (root / "chapters").mkdir()
    for page in book.glob("chapters/*.html"):
        text = page.read_text("utf-8").replace("<head>", f"<head>{NOTE_FAULTS}", 1)
        (root / "chapters" / page.name).write_text(text, "utf-8")
    with serving(root) as address:
        yield {"http": f"{address}chapters/", "file": f"{root.as_uri()}/chapters/"}


@pytest.fixture(scope="session")
def expected(chromium, noting):
    """Return a function that gives what a page does in Chromium, which finds it out once."""
    return functools.cache(lambda page: list(everything(chromium, noting, page)))


def come_alive(engine, address):
    """Open a page; return when all its explorers are drawn, with `walks` ready."""
    engine.open(address)
    wait_alive(engine)
    engine.run(f"async () => {{ {SCRIPT}; {WALKS}; await walks.lift(); }}")


def wait_alive(engine):
    end = time.monotonic() + PATIENCE
    while not engine.run(DRAWN):
        assert time.monotonic() < end, engine.run(REPORTED)
        time.sleep(0.02)


def everything(engine, noting, page):
    """Yield what a page's explorers show as opened, after each step, some keys, and drags.

    The steps of every control are gone in the first explorer of each kind.
    """
    place = noting["http" if page == SERVED else "file"]
    come_alive(engine, f"{place}{page}.html")
    kinds = engine.run(KINDS)
    for number, kind in enumerate(kinds):
        first = kind not in kinds[:number]
        for label, news in engine.run("(...given) => walks.steps(...given)", number, first):
            yield f"explorer {number}: {label}", news
        chance = random.Random(f"{page} {number}")
        for _ in range(FOCUSED if first else SHORT):
            taker = engine.run("(...given) => walks.focus(...given)", number, chance.random())
            keys = chance.choices(KEYS, k=PRESSED)
            engine.keys(*keys)
            news = engine.run("(number) => walks.news(number)", number)
            yield f"explorer {number}: {taker} {' '.join(keys)}", news
        for finger in (False, True) if page in DRAGGED else ():
            grips = engine.run("(number) => walks.grips(number)", number)
            for at, (x, y) in enumerate(grips[:2]):
                engine.drag((x, y), (x + 50, y), finger)
                news = engine.run("(number) => walks.news(number)", number)
                yield f"explorer {number}: grip {at} by {'finger' if finger else 'mouse'}", news
    yield "faults", engine.run(REPORTED)


# Both browsers of a page follow each other, so that one worker asks Chromium once.
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("page", PAGES)
def test_explorers_do_what_they_do_in_chromium(engine_of, noting, expected, page, name):
    engine, wanted = engine_of(name), expected(page)
    assert wanted[-1] == ("faults", [])
    # The walk goes somewhere: most of what is done changes something.
    assert len([news for _, news in wanted if len(news) > 1]) > len(wanted) / 2
    for done, wanted_then in zip(everything(engine, noting, page), wanted, strict=True):
        assert done == wanted_then


@pytest.mark.parametrize("page", ["index", "groups"])
@pytest.mark.parametrize("name", ALL)
def test_a_link_into_a_page_leads_to_its_heading(engine_of, noting, page, name):
    """Also when explorers are drawn above it after it was scrolled to.

    Each target is tried in one of the browsers; the last, below all explorers, in every one.
    """
    engine, address = engine_of(name), f"{noting['file']}{page}.html"
    come_alive(engine, address)
    names = engine.run(TARGETS)
    assert len(names) > 3
    found = {}
    for target in {*names[ALL.index(name) :: len(ALL)], names[-1]}:
        # The same page with another end of its address would not be loaded anew.
        engine.open("about:blank")
        engine.open(f"{address}#{target}")
        wait_alive(engine)
        found[target] = engine.run(LANDED)
    astray = {
        target: top
        for target, (top, last) in found.items()
        if not (-1 < top < 100 or (last and top > 0))
    }
    assert astray == {}


@pytest.mark.parametrize("name", OTHERS)
def test_explorers_live_when_the_reader_comes_back(engine_of, noting, name):
    engine = engine_of(name)
    come_alive(engine, f"{noting['file']}groups.html")
    come_alive(engine, f"{noting['file']}summary.html")
    engine.run("() => void setTimeout(() => history.back())")
    end = time.monotonic() + PATIENCE
    while not engine.run("() => location.pathname").endswith("/groups.html"):
        assert time.monotonic() < end
        time.sleep(0.02)
    wait_alive(engine)
    engine.run(f"() => {{ {SCRIPT}; {WALKS}; }}")
    steps = engine.run("() => walks.steps(0)")
    assert all(len(news) > 1 for _, news in steps)
    assert engine.run(REPORTED) == []


@pytest.mark.parametrize("name", OTHERS)
def test_escape_leaves_the_full_screen(engine_of, noting, name):
    """Not in Chromium, which gives a key that is sent as here to the page, not to its window."""
    engine = engine_of(name)
    come_alive(engine, f"{noting['file']}index.html")
    middle = engine.run(FULL_SCREEN)
    engine.drag(middle, middle)
    end = time.monotonic() + PATIENCE
    while not ((full := engine.run(SCREEN))[0] and full[1] > 1):
        assert time.monotonic() < end, full
        time.sleep(0.02)
    engine.keys("Escape")
    while engine.run(SCREEN) != [False, 1]:
        assert time.monotonic() < end, engine.run(SCREEN)
        time.sleep(0.02)
    assert engine.run(REPORTED) == []

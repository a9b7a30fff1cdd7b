"""Fixtures of the browser tests: Chromium, the book's pages in it, and pages made for a test.

A test asks for one of these, from the quickest on:

- `explorer("padding", OutputSize)`: a `Driver` of the first OutputSize on that page of the book;
- `visit("padding", width=360, theme="dark", place="http")`: a `Visit` of the page;
- `show(OutputSize)`: a `Visit` of a page with this explorer alone, or with those passed to it,
  and `written(OutputSize)`: the address of that page;
- `plain("padding")`: the page in a browser that runs no JavaScript;
- `fresh()`: a `Visit` of an empty page in a browser of its own, for what cannot be undone;
- `engine_of("firefox")`: a page in another browser, driven alike (`engines.py`).

All but `plain` and `fresh` stay open in their worker, and are reset whenever a test asks for
them. A fault reported in the console fails the test that caused it.
"""

import collections
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from engines import OTHERS, Chromium, MissingError
from explorers import REMEMBER, WATCH_SHIFTS, Driver, Visit
from ipywidgets.embed import dependency_state, embed_data, escape_script
from playwright.sync_api import Error, sync_playwright
from servers import NAMED, serving

ROOT = Path(__file__).parents[2]
# The system's Python runs it, and this one may have nothing of what it imports.
collect_ignore = ["webkit_print.py"]
# The first of these that is found: one without windows and menus opens a page in half the time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
# Pages that stay open in a worker; one takes 50 to 150 MB.
OPEN = 6
SEEDS_IN_THE_LOOP = 2
FAILED = pytest.StashKey()


def pytest_collection_modifyitems(items):
    """Say what is slow, and let the tests of a page, or of an explorer, find it open.

    All are slow but those that set an explorer to a few states drawn by chance, and compare what it
    shows with what convlib computes.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents and not _is_in_the_loop(item):
            item.add_marker(pytest.mark.slow)
    shown = {"visit", "show", "written"}
    places = [at for at, item in enumerate(items) if shown & _fixtures(item)]
    shared = sorted((items[at] for at in places), key=_shown_by)
    for at, item in zip(places, shared, strict=True):
        items[at] = item


def _is_in_the_loop(item):
    seed = item.callspec.params.get("seed", 0) if hasattr(item, "callspec") else 0
    return re.match(r"test_random_.*_equals?_native", item.name) and seed < SEEDS_IN_THE_LOOP


def _fixtures(item):
    return set(getattr(item, "fixturenames", ()))


def _shown_by(item):
    """Return what the tests of the same page, or of the same explorer, have in common."""
    given = getattr(item, "callspec", None)
    given = given.params if given else {}
    name = given.get("page", getattr(given.get("kind"), "__name__", ""))
    return name, str(given.get("width", "")), str(given.get("theme", ""))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Note that a test failed, so that its pages are not used again."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def browser():
    """Return a headless Chromium or Chrome; without one skip, or fail if CI is set."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    where = {"executable_path": path} if path else {"channel": "chrome"}
    with sync_playwright() as playwright:
        try:
            instance = playwright.chromium.launch(**where, args=QUIET)
        except Error as error:
            reason = f"no browser: {', '.join(NAMES)} not on the PATH, nor Chrome where it installs"
            if os.environ.get("CI"):
                pytest.fail(f"{reason}\n{error}")
            pytest.skip(reason)
        yield instance
        instance.close()


@pytest.fixture(scope="session")
def addresses(book, tmp_path_factory):
    """Return where the book is: on a server, under the policy of the README, and as files."""
    root = tmp_path_factory.mktemp("server")
    (root / "some").mkdir()
    (root / "some" / "folder").symlink_to(book)
    with serving(root, NAMED) as address:
        yield {"http": f"{address}some/folder/", "file": book.as_uri() + "/"}


def address_of(addresses, name, place="file"):
    """Return the address of a chapter or, if the name begins with a slash, of another page."""
    path = name[1:] if name.startswith("/") else f"chapters/{name}"
    return f"{addresses[place]}{path}.html"


# A reader who has turned the veils over what follows a prediction off for good.
NO_VEILS = "try { localStorage.setItem('convlib-veils', 'off'); } catch {}"


def _context(browser, width=1280, theme="light", veils=False, **options):
    size = {"width": width, "height": 900}
    context = browser.new_context(
        viewport=size, color_scheme=theme, reduced_motion="reduce", **options
    )
    if not veils:
        context.add_init_script(NO_VEILS)
    return context


@pytest.fixture(scope="session")
def shelf(browser):
    """Return the visits that stay open, by what they show, the most recently used last."""
    visits = collections.OrderedDict()
    yield visits
    for seen in visits.values():
        seen.page.context.close()


@pytest.fixture
def kept(request, browser, shelf):
    """Return a function that gives the visit of an address, kept and reset, or new."""
    used = []

    def give(address, width=1280, theme="light"):
        key = address, width, theme
        if key in shelf:
            seen = shelf[key].reset()
        else:
            while len(shelf) >= OPEN:
                shelf.popitem(last=False)[1].page.context.close()
            context = _context(browser, width, theme)
            context.add_init_script(REMEMBER)
            context.add_init_script(WATCH_SHIFTS)
            seen = shelf[key] = Visit(context.new_page()).open(address)
        shelf.move_to_end(key)
        used.append(key)
        return seen

    yield give
    faults = [fault for key in used if key in shelf for fault in shelf[key].faults]
    if faults or request.node.stash.get(FAILED, False):
        for key in set(used) & set(shelf):
            shelf.pop(key).page.context.close()
    assert faults == []


@pytest.fixture
def visit(kept, addresses):
    """Return a function that gives the `Visit` of a page of the book."""

    def start(name, width=1280, theme="light", place="file"):
        return kept(address_of(addresses, name, place), width, theme)

    return start


@pytest.fixture
def explorer(visit):
    """Return a function that gives a `Driver` of an explorer on a page, the first of its kind."""

    def start(name, kind, number=0):
        return Driver(visit(name), number, kind)

    return start


@pytest.fixture
def fresh(browser):
    """Return a function that opens an empty page in a browser of its own, closed after the test."""
    contexts = []

    def start(width=1280, theme="light", **options):
        contexts.append(_context(browser, width, theme, **options))
        return Visit(contexts[-1].new_page())

    yield start
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def _no_script(browser):
    context = _context(browser, 360, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(_no_script, addresses):
    """Return a function that opens a page of the book, 360 pixels wide, without JavaScript."""

    def start(name, place="file"):
        _no_script.goto(address_of(addresses, name, place))
        return _no_script

    yield start
    _no_script.emulate_media(media="screen")


@pytest.fixture(scope="session")
def _shown(tmp_path_factory):
    return tmp_path_factory.mktemp("shown")


def _are_kinds(explorers):
    return all(isinstance(explorer, type) for explorer in explorers)


@pytest.fixture
def written(tmp_path, _shown):
    """Return a function that writes a page of explorers without a kernel; it gives the address."""

    def write(*explorers):
        kinds = _are_kinds(explorers)
        name = "-".join(kind.__name__ for kind in explorers) if kinds else "page"
        page = (_shown if kinds else tmp_path) / f"{name}.html"
        if not (kinds and page.exists()):
            made = [explorer() for explorer in explorers] if kinds else explorers
            page.write_text(_page_of([explorer.panel for explorer in made]), "utf-8")
        return page.as_uri()

    return write


@pytest.fixture
def show(kept, fresh, written):
    """Return a function that shows explorers on a page without a kernel.

    Classes are shown in their initial state, on a page that stays open; explorers that a test
    made, on a page of the test's own.
    """

    def start(*explorers, **options):
        address = written(*explorers)
        if _are_kinds(explorers):
            return kept(address, **options)
        return fresh(**options).open(address)

    return start


def _page_of(panels):
    """Return a page with the keys of all state in order, as a notebook keeps it."""
    data = embed_data(panels, state=dependency_state(panels, drop_defaults=False))
    kinds = [("widget-state", data["manager_state"])]
    kinds += [("widget-view", view) for view in data["view_specs"]]
    scripts = "".join(
        f'<script type="application/vnd.jupyter.{kind}+json">'
        f"{escape_script(json.dumps(what, sort_keys=True))}</script>"
        for kind, what in kinds
    )
    return f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Explorers</title>
        <body><link rel="stylesheet" href="{(ROOT / "_vendor" / "widgets.css").as_uri()}">
        {scripts}<script src="{(ROOT / "_vendor" / "widgets.js").as_uri()}"></script></html>"""


@pytest.fixture(scope="session")
def chromium(browser):
    size = {"width": 1280, "height": 900}
    context = browser.new_context(viewport=size, reduced_motion="reduce", has_touch=True)
    yield Chromium(context.new_page())
    context.close()


@pytest.fixture(scope="session")
def engine_of(chromium, tmp_path_factory):
    """Return a function that gives a page in the browser of a name, which it starts once.

    Without that browser the test is skipped, or fails if CI is set.
    """
    started = {"chromium": chromium}

    def give(name):
        if name not in started:
            try:
                made = OTHERS[name](tmp_path_factory.mktemp(name))
            except MissingError as error:
                if os.environ.get("CI"):
                    pytest.fail(f"no {name}: {error}")
                pytest.skip(f"no {name}: {error}")
            started[name] = made
        return started[name]

    yield give
    for name in OTHERS:
        if name in started:
            started[name].close()

"""The menu of an explorer: the picture that is saved, full screen, and how it opens and closes."""

import contextlib
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from explorers import Driver
from PIL import Image
from states import EXPLORERS, drawing, held, take

from convlib.widgets import NetworkDesigner, OutputSize

# What is drawn of the stage: words, without those of buttons and fields, which no picture has.
WORDS = """(stage) => {
    const unsaved = "button, label, select, .editor, .grip, title, desc, [data-not-saved]";
    const walk = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
    const words = [];
    while (walk.nextNode()) {
        const { data, parentElement: parent } = walk.currentNode;
        if (parent.closest(unsaved)) continue;
        if (!parent.getClientRects().length) continue;
        if (getComputedStyle(parent).visibility === "hidden") continue;
        words.push(...data.split(/\\s+/).filter(Boolean));
    }
    return words;
}"""


# Chromium encodes a picture while it waits for the next frame, or, if none comes, after a second.
FRAMES = """() => {
    const frames = (left) => left && requestAnimationFrame(() => frames(left - 1));
    frames(60);
}"""


def saved(explorer, what):
    """Save the picture; return its bytes."""
    root = explorer.root
    if not root.locator(".menu-list").is_visible():
        root.locator(".menu-button").click()
    explorer.visit.page.evaluate(FRAMES)
    with explorer.visit.page.expect_download() as waiting:
        root.get_by_role("button", name=f"save picture as {what}", exact=True).click()
    assert waiting.value.suggested_filename == f"explorer-1.{what.lower()}"
    return waiting.value.path().read_bytes()


@pytest.mark.parametrize("kind", EXPLORERS)
def test_the_saved_picture_is_that_of_the_page(show, kind):
    explorer = Driver(show(kind))
    try:
        for theme in ("dark", "light"):
            explorer.visit.page.evaluate(
                "(theme) => { document.documentElement.dataset.theme = theme; }", theme
            )
            explorer.visit.settle()
            compare_saved_with_page(explorer, theme)
    finally:
        explorer.visit.page.evaluate("delete document.documentElement.dataset.theme")


def compare_saved_with_page(explorer, theme):
    before = drawing(explorer)
    content = saved(explorer, "SVG").decode()
    assert drawing(explorer) == before
    # It stands alone: nothing is left that only the page knows.
    assert "var(" not in content
    assert "class=" not in content
    tree = ET.fromstring(content)
    words = " ".join("".join(node.itertext()) for node in tree.iter() if node.tag.endswith("text"))
    on_page = explorer.root.locator(".sight > :first-child").evaluate(WORDS)
    assert len(on_page) > 8
    assert sorted(set(on_page) - set(words.split())) == []
    width, height = (float(tree.get(name)) for name in ("width", "height"))
    picture = np.asarray(Image.open(io.BytesIO(saved(explorer, "PNG"))).convert("RGB"))
    assert picture.shape[:2] == (2 * height, 2 * width)
    paper = picture[0, 0]
    assert (paper.mean() > 200) == (theme == "light")
    drawn = (picture != paper).any(axis=2)
    assert 0.02 < drawn.mean() < 0.98
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    # As large as what is on the page.
    assert np.ptp(columns) > picture.shape[1] / 2
    assert np.ptp(rows) > picture.shape[0] / 2


def test_the_picture_of_a_network_shows_all_its_layers(show):
    explorer = Driver(show(NetworkDesigner))
    tree = ET.fromstring(saved(explorer, "SVG"))
    words = {node.text for node in tree.iter() if node.tag.endswith("text")}
    assert set(explorer.texts("table.layers .name")) <= words
    assert {"512 × 7 × 7", "1000 × 1 × 1"} <= words
    bars = [node for node in tree.iter() if node.tag.endswith("rect") and node.get("height") == "4"]
    assert len(bars) == explorer.root.locator("table.layers .now").count()
    widths = [float(bar.get("width")) for bar in bars]
    assert max(widths) > 20 * (min(widths) + 1)


@contextlib.contextmanager
def on_full_screen(explorer, width=1280, height=800):
    """Show an explorer on the full screen, of that size, and then again on its page."""
    page = explorer.visit.page
    size = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    take(explorer, "full screen")
    page.wait_for_function("document.fullscreenElement")
    explorer.visit.settle()
    try:
        yield
    finally:
        # Escape leaves it as well: the browser's own, but one without a window has none.
        take(explorer, "leave full screen")
        page.wait_for_function("!document.fullscreenElement")
        page.set_viewport_size(size)
        explorer.visit.settle()


PLACES = """(root) => {
    const boxOf = (node) => node.getBoundingClientRect();
    const [sight, foot] = [".sight", ".foot"].map((name) => boxOf(root.querySelector(name)));
    const controls = [...root.querySelectorAll(".convlib-open > *")].map(boxOf);
    return {
        zoom: Number(root.style.zoom), menu: root.querySelector(".menu-list").hidden,
        bottom: Math.max(sight.bottom, ...controls.map(({ bottom }) => bottom)),
        right: Math.max(...controls.map(({ right }) => right)),
        width: sight.width, gap: foot.top - sight.bottom, wide: innerWidth, high: innerHeight,
    };
}"""


@pytest.mark.parametrize("kind", EXPLORERS)
def test_on_the_full_screen_the_picture_has_the_room(show, kind):
    explorer = Driver(show(kind))
    with on_full_screen(explorer):
        is_full = "document.fullscreenElement.classList.contains('convlib-explorer')"
        assert explorer.visit.page.evaluate(is_full)
        found = explorer.ask(PLACES)
    # Picture and controls are in sight at once, and the menu does not lie over them.
    assert found["menu"]
    assert found["gap"] >= 0
    assert found["bottom"] <= found["high"]
    assert found["right"] <= found["wide"]
    assert found["zoom"] > 1
    assert found["width"] > 0.6 * found["wide"]
    assert explorer.ask("({ style }) => style.zoom") == ""


def test_on_the_full_screen_things_follow_the_pointer(show):
    explorer = Driver(show(OutputSize))
    page = explorer.visit.page
    with on_full_screen(explorer, 1920, 1080):
        assert explorer.ask(PLACES)["zoom"] > 1.4
        target = explorer.root.locator("[data-grid=input] [data-at='2,2']").bounding_box()
        box = explorer.root.locator("[data-grid=input] .window").bounding_box()
        start = box["x"] + box["width"] / 4, box["y"] + box["height"] / 4
        end = target["x"] + target["width"] / 2, target["y"] + target["height"] / 2
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=5)
        page.mouse.up()
        explorer.visit.settle()
        assert held(explorer, ["step"])["step"] == 2 * 3 + 2


def test_the_menu_closes_by_escape_and_by_a_click_elsewhere(show):
    explorer = Driver(show(OutputSize()))
    button, entries = (explorer.root.locator(name) for name in (".menu-button", ".menu-list"))
    button.click()
    assert entries.is_visible()
    explorer.visit.page.keyboard.press("Escape")
    assert not entries.is_visible()
    assert button.evaluate("(node) => node === document.activeElement")
    button.click()
    explorer.visit.page.mouse.click(5, 600)
    assert not entries.is_visible()

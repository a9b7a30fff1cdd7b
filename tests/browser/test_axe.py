"""What axe-core finds on every page, at both widths and in both themes in pairs: nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_pages import pairwise

pytestmark = pytest.mark.slow

# A phone's width, to which narrow pages are set.
NARROW = 390
# A page from a file may not fetch its own style sheets a second time.
RUN = """async () => {
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-look]" }] });
    const { violations } = await axe.run({ preload: false, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}"""

# Contrast takes axe nine tenths of its time, most of it for code and cells that all look the same.
# Marks one text of each look: its colour, its size, and all grounds under it.
MARK = """() => {
    const looks = new Set();
    for (const node of document.querySelectorAll("body *")) {
        delete node.dataset.look;
        const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
        if (!own || !node.getClientRects().length) continue;
        const { color, fontSize, fontWeight } = getComputedStyle(node);
        const look = [color, fontSize, fontWeight];
        for (let at = node; at; at = at.parentElement) {
            const { backgroundColor, backgroundImage, opacity, position } = getComputedStyle(at);
            look.push(backgroundColor, backgroundImage, opacity, position);
            if (at.matches("article, nav, header, footer, .convlib-explorer, figure")) {
                look.push(at.tagName, at.className.baseVal ?? at.className);
            }
        }
        const key = look.join();
        if (!looks.has(key)) node.dataset.look = looks.size;
        looks.add(key);
    }
    return looks.size;
}"""


# The page stays open for other tests.
CLEAN = """() => {
    for (const node of document.querySelectorAll("[data-look]")) delete node.dataset.look;
}"""


def faults_on(page):
    assert page.evaluate(MARK) > 5
    page.evaluate(Axe().axe_script)
    faults = page.evaluate(RUN)
    page.evaluate(CLEAN)
    return faults


@pytest.mark.parametrize(("page", "place", "width", "theme"), pairwise())
def test_axe_finds_nothing(visit, page, place, width, theme):
    seen = visit(page, width, theme, place)
    seen.page.evaluate("document.querySelectorAll('button.more').forEach((more) => more.click())")
    if width < NARROW:
        seen.page.set_viewport_size({"width": NARROW, "height": 844})
    seen.settle()
    try:
        assert faults_on(seen.page) == []
    finally:
        seen.page.set_viewport_size({"width": width, "height": 900})


def test_axe_finds_nothing_on_a_page_with_veils(fresh, addresses):
    seen = fresh(veils=True, width=390).open(f"{addresses['file']}chapters/padding.html")
    assert seen.page.locator(".veil:not(.lifted)").count() > 5
    assert faults_on(seen.page) == []


def test_axe_sees_faults(fresh, addresses):
    page = fresh().open(addresses["file"] + "chapters/padding.html").page
    page.evaluate(
        """() => {
            const pale = document.querySelector("article p");
            pale.innerHTML = "<span style='color: #bbb'>pale</span><button></button>";
        }"""
    )
    found = faults_on(page)
    assert any(fault.startswith("button-name") for fault in found)
    assert any(fault.startswith("color-contrast") and "pale" in fault for fault in found)

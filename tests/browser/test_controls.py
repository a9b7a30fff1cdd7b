"""Every control of every explorer, by keyboard."""

from pathlib import Path

import pytest
from explorers import Driver

ROOT = Path(__file__).parents[2]
PAGES = [
    path.stem
    for path in sorted((ROOT / "chapters").glob("*.md"))
    if "from convlib.widgets import" in path.read_text("utf-8")
]


@pytest.mark.parametrize("page", PAGES)
def test_many_keys_in_a_frame_are_drawn_once(visit, page):
    """Whatever a drawing costs, a slider that is moved faster than that does not fall behind."""
    explorer = Driver(visit(page)).unfold()
    drawn = explorer.ask(
        """async (root) => {
            let drawn = 0;
            const watch = new MutationObserver(() => { drawn += 1; });
            const what = { childList: true, subtree: true, characterData: true };
            watch.observe(root.querySelector(".convlib-figure"), what);
            const handle = root.querySelector(".convlib-controls [role=slider]") ??
                root.querySelector(".convlib-figure [role=slider]");
            const back = Number(handle.ariaValueNow) > Number(handle.ariaValueMin);
            const keys = back ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
            for (const key of [...keys, ...keys, keys[0]]) {
                handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            }
            for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
            watch.disconnect();
            return drawn;
        }"""
    )
    assert drawn == 1


@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_every_control_and_each_has_a_name(visit, page):
    seen = visit(page)
    explorer = Driver(seen).unfold()
    controls = explorer.root.locator(
        "[role=slider], button, input:not([type=hidden]), [tabindex='0'], [contenteditable=true]"
    )
    nameless = explorer.root.page.evaluate(
        """(root) => [...root.querySelectorAll("[role=slider], button, input, figure[tabindex]")]
            .filter((node) => node.getClientRects().length)
            .filter((node) => !(node.getAttribute("aria-label") || node.title ||
                node.textContent.trim() || node.labels?.[0]?.textContent.trim()))
            .map((node) => node.outerHTML)""",
        explorer.root.element_handle(),
    )
    assert nameless == []
    explorer.root.locator(":is(a, button, [tabindex='0']):visible").first.focus()
    reached = set()
    for _ in range(2 * controls.count()):
        inside = seen.page.evaluate(
            """() => { const node = document.activeElement;
                return node.closest(".convlib-explorer") && node.getAttribute("aria-label"); }"""
        )
        reached.add(inside)
        seen.page.keyboard.press("Tab")
    sliders = {
        node.get_attribute("aria-label")
        for node in explorer.root.get_by_role("slider").all()
        if node.is_visible()
    }
    assert sliders <= reached


def test_two_explorers_on_a_page_are_independent_and_share_one_module(fresh, addresses):
    seen = fresh()
    seen.page.add_init_script(
        """const compile = WebAssembly.compile;
        globalThis.compiled = 0;
        WebAssembly.compile = (bytes) => { globalThis.compiled += 1; return compile(bytes); };"""
    )
    seen.open(addresses["file"] + "chapters/padding.html")
    first, second = Driver(seen, 0), Driver(seen, 1)
    before = second.root.locator(".convlib-figure").inner_html()
    first.press("input H", "End")
    assert second.root.locator(".convlib-figure").inner_html() == before
    assert seen.page.evaluate("globalThis.compiled") == 1

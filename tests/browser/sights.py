"""How far a control is from what it changes, measured on a page as a reader sees it."""

import io

import numpy as np
from PIL import Image

# What a reader has in sight: the window without the page's header.
WINDOWS = {1280: 752, 390: 788}
# Differences of so few levels, of 255, are not seen.
LEVELS = 12
# Taller than any explorer, so that pictures of it are taken in one piece.
TALL = 2600

# The rows of controls: sliders, rows of buttons, boxes to tick, menus, fields.
CONTROLS = """(panel) => {
    const boxes = ".convlib-controls :is(.widget-slider, .widget-toggle-buttons, " +
        ".widget-checkbox, .widget-dropdown, .widget-text)";
    const top = panel.getBoundingClientRect().top;
    const shown = [...panel.querySelectorAll(boxes)].filter((box) =>
        box.offsetHeight && getComputedStyle(box).visibility === "visible");
    return shown.map((box, number) => {
        box.dataset.measured = number;
        const { top: from, bottom } = box.getBoundingClientRect();
        const label = box.querySelector(".widget-label, label")?.textContent || box.textContent;
        return { number, label: label.trim(), rows: [from - top, bottom - top] };
    });
}"""

# Moves a control by one step, and says how to move it back.
STEP = """([panel, number, back]) => {
    const box = panel.querySelector(`[data-measured="${number}"]`);
    const buttons = [...box.querySelectorAll(".widget-toggle-button")]
        .filter((button) => button.offsetWidth);
    if (buttons.length) {
        const at = buttons.findIndex((button) => button.classList.contains("mod-active"));
        const next = back ?? (at + 1 < buttons.length ? at + 1 : at - 1);
        // Where none was pressed, none can be pressed again.
        if (next >= 0) buttons[next].click();
        return at;
    }
    const menu = box.querySelector("select");
    if (menu) {
        const at = menu.selectedIndex;
        menu.selectedIndex = back ?? (at + 1 < menu.options.length ? at + 1 : at - 1);
        menu.dispatchEvent(new Event("change", { bubbles: true }));
        return at;
    }
    const tick = box.querySelector("input[type=checkbox]");
    if (tick) {
        tick.click();
        return 0;
    }
    const field = box.querySelector("input[type=number]");
    if (field) {
        const at = field.value;
        field.value = back ?? (Number(at) + 0.5);
        field.dispatchEvent(new Event("change", { bubbles: true }));
        return at;
    }
    const handle = box.querySelector("[role=slider]");
    const [now, high] = ["aria-valuenow", "aria-valuemax"].map((name) =>
        Number(handle.getAttribute(name)));
    const key = back ?? (now < high ? "ArrowRight" : "ArrowLeft");
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    return key === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
}"""


def changed_rows(before, after):
    """Return the numbers of the rows of pixels in which two screenshots differ visibly."""
    one, other = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        for png in (before, after)
    )
    rows = min(len(one), len(other))
    # A round corner may be smoothed a little differently when the page is drawn again.
    return np.flatnonzero((abs(one[:rows] - other[:rows]) > LEVELS).any(axis=(1, 2)))


def measured(visit):
    """Yield, for every control on a page: its name, its span, what it changes of the height.

    Also by how many pixels the sentence then is too long for the room that is kept for it.

    The span is what must be in sight at once: the control's row and all that a step of it changes.
    The picture is sticky, so it is next to whichever control is used.
    """
    page = visit.page
    panels = page.locator(".convlib-explorer")
    for at in range(panels.count()):
        panel = panels.nth(at)
        for more in panel.locator("button.more[aria-expanded=false]").all():
            more.click()
        page.mouse.move(0, 0)
        element = panel.element_handle()
        for control in page.evaluate(CONTROLS, element):
            visit.settle()
            before, height = panel.screenshot(), panel.bounding_box()["height"]
            back = page.evaluate(STEP, [element, control["number"], None])
            visit.settle()
            after, grown = panel.screenshot(), panel.bounding_box()["height"] - height
            rows = changed_rows(before, after)
            hidden = panel.locator(".said").evaluate(HIDDEN)
            page.evaluate(STEP, [element, control["number"], back])
            yield {
                "name": f"{at}: {control['label']}",
                "span": float(_span(page, element, control["rows"], rows)),
                "grown": grown,
                "hidden": hidden,
            }


HIDDEN = "(said) => Math.max(said.scrollHeight - said.clientHeight - 1, 0)"

SIGHT = """(panel) => {
    const sight = panel.querySelector(".sight");
    const [outer, inner] = [panel, sight].map((node) => node.getBoundingClientRect());
    const sticky = getComputedStyle(sight).position === "sticky";
    return [inner.top - outer.top, inner.bottom - outer.top, sticky];
}"""


def _span(page, element, own, changed):
    low, high, sticky = page.evaluate(SIGHT, element)
    rows = np.append(changed, own)
    if not sticky:
        return rows.max() - rows.min()
    below = rows[rows > high]
    return high - low + (below.max() - below.min() if below.size else 0)

"""How far a control is from what it changes, and what moves, measured in a page by `sights.js`."""

from pathlib import Path

# What a reader has in sight: the window without the page's header.
WINDOWS = {1280: 752, 390: 788}
# Taller than any explorer, so that nothing is stuck to the window's edge while it is measured.
TALL = 2600
SCRIPT = Path(__file__).with_name("sights.js").read_text("utf-8")


# Hides the lesson around the explorers: a browser lays a page out anew, and paints it, after every
# step of a control, which takes most of the time; what is measured is all inside of an explorer.
ALONE = """(alone) => {
    if (!alone) {
        document.querySelector("style.aside").remove();
        for (const node of document.querySelectorAll(".aside")) node.classList.remove("aside");
        return;
    }
    const style = document.createElement("style");
    style.textContent = ".aside { display: none !important; }";
    style.className = "aside";
    document.head.append(style);
    const shown = ".convlib-explorer";
    const visit = (node) => {
        for (const child of node.children) {
            if (child.matches(shown)) continue;
            if (child.querySelector(shown)) visit(child);
            else child.classList.add("aside");
        }
    };
    visit(document.querySelector("article"));
}"""


KINDS = """() => [...document.querySelectorAll(".convlib-explorer")].map((panel) =>
    panel.querySelector("[data-explorer]").dataset.explorer)"""


def explorers_of(visit, width=None):
    """Yield number and handle of every explorer on a page, in sight, for `sights` to measure it.

    With a width, those that have one of their kind above them are left out at every other width:
    each explorer is measured at one, each kind and width on every page. Meanwhile the lesson around
    them is hidden.
    """
    page = visit.page
    page.evaluate(SCRIPT)
    page.mouse.move(0, 0)
    page.evaluate(ALONE, True)
    try:
        kinds = page.evaluate(KINDS)
        for number, element in enumerate(page.query_selector_all(".convlib-explorer")):
            before = kinds[:number].count(kinds[number])
            if width and before and before % len(WINDOWS) != list(WINDOWS).index(width):
                continue
            element.evaluate("(panel) => panel.scrollIntoView({ block: 'center' })")
            yield number, element
    finally:
        page.evaluate(ALONE, False)


def measured(visit, width):
    """Yield, for every control on a page, but see `explorers_of`, a dict of what a step of it does.

    The keys: "name" is the explorer's number and kind, and the control's label; "span" how many
    pixels must be in sight at once: the picture with its sentence, which stay in sight, the
    control's row and all that changes below the picture; "grown" by how many the explorer's height
    changes, "hidden" the sentences and formulas that are too long for their room; "moved" a list of
    [thing, its box before, its box after] in the explorer; "symbols" the names in the formulas
    then; "open" whether the control is one of those that the lesson has introduced.
    """
    for number, element in explorers_of(visit, width):
        seen = element.evaluate("(panel) => sights.steps(panel)")
        assert seen["sticky"], seen["kind"]
        top, bottom = seen["sight"]
        for step in seen["found"]:
            rows = [row for row in [*step["rows"], step["own"]] if row[1] > bottom]
            high = max((row[1] for row in rows), default=bottom)
            low = min((max(row[0], bottom) for row in rows), default=bottom)
            yield {
                "kind": seen["kind"],
                "explorer": number,
                "label": step["name"],
                "name": f"{number} {seen['kind']}: {step['name']}",
                "span": bottom - top + high - low,
                **{key: step[key] for key in ("grown", "hidden", "moved", "symbols", "open")},
            }


def faulty(visit, width):
    """Return what is wrong where a control of a number, or all of them, are at an end.

    Which explorers are tried, see `explorers_of`. A dict: the explorer's number and kind, and the
    setting, to a list of sentences.
    """
    return {
        f"{number} {kind}, {setting}": faults
        for number, element in explorers_of(visit, width)
        for kind, found in [element.evaluate("(panel) => sights.extremes(panel)")]
        for setting, faults in found.items()
    }

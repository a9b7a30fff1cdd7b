"""What a reader does counts, however quickly: no tap and no key is lost to a drawing."""

import pytest
from explorers import Driver, middle
from states import held

from convlib import widgets

# Parts to tap, each of an explorer that draws it anew.
PARTS = [
    ("OutputSize", "[data-grid=output] [data-at='1,1']"),
    ("OutputSize", "[data-grid=input] [data-at='1,2']"),
    ("StrideGrid", "[data-grid=output] [data-at='1,0']"),
    ("StrideGrid", "[data-grid=every] [data-at='1,2']"),
    ("ConvolutionMatrix", "[data-grid=output] [data-at='1,1']"),
    ("GroupWiring", ".wire-reach[data-input='1'][data-output='2']"),
    ("GroupWiring", ".node-reach"),
    ("Halo", "[data-tile='0,2']"),
    ("Halo", "[data-choice='4']"),
    ("GroupWiring", "[data-matrix] [data-at='1,1']"),
]


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_a_tap_counts_where_its_part_is_drawn_anew(show, kind, part):
    said = []
    for anew in (False, True):
        explorer = Driver(show(getattr(widgets, kind)))
        page = explorer.visit.page
        before = explorer.text(".said")
        page.mouse.move(*middle(explorer.root.locator(part).first))
        page.mouse.down()
        if anew:
            pressed = explorer.root.locator(part).first
            pressed.evaluate("(node) => node.replaceWith(node.cloneNode(true))")
        page.mouse.up()
        page.mouse.move(0, 0)
        explorer.visit.settle()
        said.append(explorer.text(".said"))
        assert said[-1] != before
    assert said[0] == said[1]


# A grip or a window, and two keys that go different ways.
QUICK = [
    ("OutputSize", "kernel size", ("ArrowRight", "ArrowDown")),
    ("OutputSize", "window", ("ArrowRight", "ArrowDown")),
    ("StrideGrid", "stride", ("ArrowLeft", "ArrowUp")),
    ("StrideGrid", "window", ("ArrowRight", "ArrowDown")),
    ("ConvolutionMatrix", "window", ("ArrowRight", "ArrowDown")),
    ("Halo", "size of the tiles", ("ArrowRight", "ArrowDown")),
    ("Halo", "layers fused for each exchange", ("ArrowRight", "ArrowLeft")),
    ("KernelOnPhotograph", "window on the photograph", ("ArrowRight", "ArrowDown")),
    ("GroupWiring", "split between groups", ("ArrowUp", "ArrowDown", "ArrowDown")),
]


@pytest.mark.parametrize(("kind", "grip", "keys"), QUICK)
def test_keys_within_one_frame_all_count(show, kind, grip, keys):
    """A key goes on from what the key before has set, also where that is not drawn yet."""
    said = []
    for slowly in (True, False):
        explorer = Driver(show(getattr(widgets, kind)))
        handle = explorer.handle(grip)
        if slowly:
            for key in keys:
                handle.press(key)
                explorer.visit.settle()
        else:
            handle.evaluate(
                """(node, keys) => {
                    for (const key of keys) {
                        const how = { key, bubbles: true, cancelable: true };
                        node.dispatchEvent(new KeyboardEvent("keydown", how));
                    }
                }""",
                keys,
            )
            explorer.visit.settle()
        said.append((handle.get_attribute("aria-valuetext"), explorer.text(".said")))
    assert said[0] == said[1]


# A setting with ends that others move; what moves them, first so that it is brought to an end.
BOUND = [
    ("OutputSize", "step", 5, [{"width": 2}, {"width": 4}]),
    ("StrideGrid", "column", 3, [{"width": 3}, {"width": 7}]),
    ("ConvolutionMatrix", "row", 8, [{"height": 3}, {"height": 4}]),
    ("Halo", "fuse", 4, [{"layers": 2}, {"layers": 5}]),
    ("ReceptiveField", "depth", 9, [{"network": 0}, {"network": 1}]),
]
SET = """async ([root, states]) => {
    const { model } = remembered.find(({ given }) => root.contains(given.el)).given;
    for (const values of states) {
        for (const [name, value] of Object.entries(values)) model.set(name, value);
        model.save_changes();
        await null;
    }
}"""


@pytest.mark.parametrize(("kind", "setting", "value", "changes"), BOUND)
def test_what_ends_bring_about_does_not_wait_for_a_frame(show, kind, setting, value, changes):
    found = []
    for slowly in (True, False):
        explorer = Driver(show(getattr(widgets, kind)))
        root = explorer.root.element_handle()
        for values in (changes[-1], {setting: value}):
            explorer.visit.page.evaluate(SET, [root, [values]])
            explorer.visit.settle()
        assert held(explorer, [setting]) == {setting: value}
        for states in [[each] for each in changes] if slowly else [changes]:
            explorer.visit.page.evaluate(SET, [root, states])
            explorer.visit.settle()
        found.append(held(explorer, [setting]))
    assert found[0] == found[1] != {setting: value}

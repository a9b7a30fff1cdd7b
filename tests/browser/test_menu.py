"""What a reader takes along: a link to a state, the line and the code that make it, the picture."""

import io
import random
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from explorers import REMEMBER, Driver
from PIL import Image

from convlib import widgets
from convlib.widgets import ContextShift, NetworkBlocks, OutputSize

EXPLORERS = [made for made in map(vars(widgets).get, widgets.__all__) if hasattr(made, "TRY")]
# Reads what the models of a page hold, for the settings of one explorer.
STATE = """([root, names]) => {
    const figure = remembered.find(({ given }) => root.contains(given.el));
    return Object.fromEntries(names.map((name) => [name, figure.given.model.get(name)]));
}"""


def take(explorer, what):
    """Choose an entry of the menu; return the text that was copied."""
    root = explorer.root
    if not root.locator(".menu-list").is_visible():
        root.locator(".menu-button").click()
    root.get_by_role("button", name=what, exact=True).click()
    explorer.visit.settle()
    return root.locator(".menu-list textarea").input_value()


def state(explorer, kind):
    names = [*kind.settings(), *kind().opened_with]
    return explorer.visit.page.evaluate(STATE, [explorer.root.element_handle(), names])


def some_settings(kind, chance):
    """Return a few settings drawn from what is legal for a kind."""
    drawn = {}
    for name, (what, low, high, _) in kind().legal.items():
        # A step of NetworkBlocks is what its parts make it.
        if name == "measure" or (kind is NetworkBlocks and name == "step"):
            continue
        if chance.random() < 0.5 or what == "grid":
            continue
        if what == "bool":
            drawn[name] = chance.random() < 0.5
        elif high is not None:
            drawn[name] = chance.randint(int(low), int(high))
    return drawn


def opened(fresh, address):
    """Return the first explorer of a page that is opened by a link."""
    visit = fresh()
    visit.page.add_init_script(REMEMBER)
    return Driver(visit.open(address))


@pytest.mark.parametrize("kind", EXPLORERS)
def test_a_link_opens_the_same_state(show, fresh, kind):
    explorer = Driver(show(kind))
    chance = random.Random(kind.__name__)
    explorer.visit.page.evaluate(
        """([root, values]) => {
            const figure = remembered.find(({ given }) => root.contains(given.el));
            for (const [name, value] of Object.entries(values)) figure.given.model.set(name, value);
        }""",
        [explorer.root.element_handle(), some_settings(kind, chance)],
    )
    explorer.visit.settle()
    link = take(explorer, "copy link")
    assert link.startswith("file://")
    again = opened(fresh, link)
    assert again.root.locator(".link-fault").count() == 0
    assert state(again, kind) == state(explorer, kind)


def test_a_link_carries_own_numbers(show, fresh):
    explorer = Driver(show(OutputSize(weights=[[1, -2.5], [0, 4]], image=[[1, 2, 3]] * 3)))
    explorer.root.locator("[data-grid=kernel] [data-at='0,0']").dblclick()
    explorer.visit.page.keyboard.type("9")
    explorer.visit.page.keyboard.press("Enter")
    explorer.visit.settle()
    link = take(explorer, "copy link")
    assert link.endswith("?weights=9,-2.5;0,4")
    again = opened(fresh, link)
    assert again.texts("[data-grid=kernel] .cell text") == ["9", "−2.5", "0", "4"]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("kernel_height=9", "kernel_height=9, legal are whole numbers from 1 to 5"),
        ("kernel_height=2.5", "kernel_height=2.5, legal are whole numbers from 1 to 5"),
        ("kernel_height=", "kernel_height=, legal are whole numbers from 1 to 5"),
        ("colour=1", "there is no setting colour"),
        ("reads=yes", "reads=yes, legal are true and false"),
        ("weights=1,2;3", "weights=1,2;3, legal are rows of equally many numbers"),
        ("weights=1,x", "weights=1,x, legal are rows of equally many numbers"),
        ("weights=1001", "weights=1001, legal are rows of equally many numbers"),
        ("weights=1,2&kernel_height=2", "kernel_height=2, more than weights has"),
        ("step=99", "step=99, which does not go with the rest"),
    ],
)
def test_a_bad_link_says_so_and_opens_the_figure_as_it_is(show, fresh, query, fault):
    seen = show(OutputSize)
    again = opened(fresh, f"{seen.page.url.split('#')[0]}#explorer-1?{query}")
    again.visit.page.wait_for_selector(".link-fault")
    assert fault in again.text(".link-fault")
    again.visit.settle()
    assert state(again, OutputSize) == state(Driver(seen), OutputSize)


# JupyterLab marks the body of its page with its theme.
NOTEBOOK = """new MutationObserver(() => {
    if (document.body) document.body.dataset.jpThemeLight = "true";
}).observe(document, { childList: true, subtree: true })"""


@pytest.mark.parametrize("kind", EXPLORERS)
def test_in_a_notebook_the_line_of_python_makes_the_same_state(show, fresh, kind):
    made = kind(**some_settings(kind, random.Random(kind.__name__)))
    address = show(made).page.url
    visit = fresh()
    visit.page.add_init_script(NOTEBOOK)
    visit.page.add_init_script(REMEMBER)
    explorer = Driver(visit.open(address))
    again = eval(take(explorer, "copy Python line"), vars(widgets))
    assert type(again).__name__ == kind.__name__
    shown = state(explorer, kind)
    assert {name: getattr(again, name) for name in shown} == shown


def test_code_computes_what_is_shown(show):
    explorer = Driver(show(OutputSize))
    explorer.put({"input H": 7, "input W": 6, "kernel h": 3, "stride down": 2, "pad top": 1})
    explorer.put({"pad value c": -2})
    shown = [
        float(text.replace("−", "-")) for text in explorer.texts("[data-grid=output] .cell text")
    ]
    found = {}
    exec(take(explorer, "copy code for convlib"), found)
    assert found["output"].ravel().tolist() == shown
    code = take(explorer, "copy code for PyTorch")
    pytest.importorskip("torch")
    exec(code, found)
    np.testing.assert_array_equal(found["output"].numpy().ravel(), shown)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", [OutputSize, ContextShift])
def test_the_picture_is_saved(show, kind, theme):
    explorer = Driver(show(kind, theme=theme))
    root = explorer.root
    root.locator(".menu-button").click()
    sizes = []
    for what, ending in (("save picture as SVG", "svg"), ("save picture as PNG", "png")):
        with explorer.visit.page.expect_download() as waiting:
            root.get_by_role("button", name=what, exact=True).click()
        assert waiting.value.suggested_filename == f"explorer-1.{ending}"
        content = waiting.value.path().read_bytes()
        if ending == "svg":
            tree = ET.fromstring(content)
            sizes.append((float(tree.get("width")), float(tree.get("height"))))
            captions = root.locator(".sight figcaption").all_text_contents()
            texts = {node.text for node in tree.iter() if node.tag.endswith("text")}
            assert set(captions) <= texts
        else:
            picture = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
            assert picture.shape[:2] == (2 * sizes[0][1], 2 * sizes[0][0])
            assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20  # it is not empty


def test_full_screen_shows_the_explorer_and_nothing_else(show):
    explorer = Driver(show(OutputSize()))
    take(explorer, "full screen")
    page = explorer.visit.page
    page.wait_for_function("document.fullscreenElement?.classList.contains('convlib-explorer')")


def test_the_menu_closes_by_escape_and_by_a_click_elsewhere(show):
    explorer = Driver(show(OutputSize))
    button, entries = (explorer.root.locator(name) for name in (".menu-button", ".menu-list"))
    button.click()
    assert entries.is_visible()
    explorer.visit.page.keyboard.press("Escape")
    assert not entries.is_visible()
    assert button.evaluate("(node) => node === document.activeElement")
    button.click()
    explorer.visit.page.mouse.click(5, 600)
    assert not entries.is_visible()

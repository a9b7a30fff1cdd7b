"""Links to a state, and the line of Python that makes it: the whole state, or what is wrong."""

import random

import pytest
from explorers import REMEMBER, Driver
from states import EXPLORERS, drawing, held, put, state, take, wander

from convlib import widgets
from convlib.widgets import ChannelMixing, KernelOnPhotograph, NetworkDesigner, OutputSize

STATES = 3


def opened(fresh, address):
    """Return the first explorer of a page that is opened by a link."""
    visit = fresh()
    visit.page.add_init_script(REMEMBER)
    return Driver(visit.open(address))


def follow(explorer, query):
    """Put a state into the address of a page that is open."""
    explorer.visit.page.evaluate("(query) => { location.hash = `explorer-1?${query}`; }", query)
    explorer.visit.page.evaluate("() => new Promise((done) => setTimeout(done))")
    explorer.visit.settle()


@pytest.mark.parametrize("kind", EXPLORERS)
def test_a_link_opens_the_same_state(show, fresh, kind):
    explorer, made = Driver(show(kind)), kind()
    chance = random.Random(kind.__name__)
    first = drawing(explorer)
    again = None
    for _ in range(STATES):
        wander(explorer, made, chance)
        link = take(explorer, "copy link")
        assert link.startswith("file://")
        if again is None:
            again = opened(fresh, link)
        else:  # a page that is open goes from one state to the other
            follow(again, link.partition("?")[2])
        assert again.root.locator(".link-fault").all_text_contents() == []
        assert state(again) == state(explorer), link
        assert drawing(again) == drawing(explorer), link
    follow(again, "")
    assert drawing(again) == first


def test_a_link_works_on_a_server(visit, fresh):
    explorer, made = Driver(visit("padding", place="http"), 0, OutputSize), OutputSize()
    wander(explorer, made, random.Random(1))
    link = take(explorer, "copy link")
    assert link.startswith("http://")
    other = fresh()
    other.page.add_init_script(REMEMBER)
    assert state(Driver(other.open(link), 0, OutputSize)) == state(explorer)


def bad(made):
    """Return queries that no figure of `made` can follow, made from what it can."""
    queries = {
        "colour=1": "there is no such setting",
        "constructor=1": "there is no such setting",
        "%E0%A4%A=1": "there is no such setting",
        "%": "there is no such setting",
        "x" * 20000: "letters",
    }
    for name in made.opened_with:
        what, low, high, *_ = made.legal[name]
        wrong = ["", "yes", "NaN", "1e999", "%zz", "%E0%A4%A", "[1]", "1 2", "9" * 400]
        if what in ("int", "float"):
            wrong += [f"{low - 1}" if low is not None else "x"]
            wrong += [f"{high + 1}"] if high is not None else ["99999"]
            wrong += ["1.5"] if what == "int" else []
        if what == "grid":
            wrong += ["1,2;3", "1001", "1,x", ";", ",".join(["1"] * (high + 1))]
        if what == "edits":
            wrong.remove("")
            wrong += ["conv1_1", "conv1_1,stride", "conv1_1,stride:0", "conv1_1,colour:1"]
            wrong += ["conv1_1,stride:2,stride:2", "conv1_1,stride:2;conv1_1,kernel:5"]
            wrong += ["conv1_1,stride:1:2", "nowhere,stride:2", "constructor,stride:2"]
        queries |= {f"{name}={text}": "legal are|does not go with the rest" for text in wrong}
        queries[f"{name}=1&{name}=1"] = "twice"
    return queries


@pytest.mark.parametrize("kind", EXPLORERS)
def test_a_bad_link_says_so_and_opens_the_figure_as_it_is(show, kind):
    explorer, made = Driver(show(kind)), kind()
    wander(explorer, made, random.Random(kind.__name__))
    chance = random.Random(kind.__name__)
    queries = bad(made)
    first = made.opened_with
    try:
        for query in chance.sample(sorted(queries), 20):
            follow(explorer, query)
            (said,) = explorer.texts(".link-fault")
            assert len(said) < 700
            assert any(part in said for part in queries[query].split("|")), (query, said)
            assert state(explorer) == first, query
        follow(explorer, "")
        assert explorer.texts(".link-fault") == []
    finally:
        explorer.visit.page.evaluate("() => history.replaceState(null, '', location.pathname)")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("kernel_height=9", "kernel_height=9, legal are whole numbers from 1 to 5"),
        ("reads=yes", "reads=yes, legal are true and false"),
        ("weights=1,2;3", "weights=1,2;3, legal are rows of equally many numbers"),
        ("weights=1,2&kernel_height=2", "kernel_height=2, more than weights has"),
        ("step=99", "step=99, which does not go with the rest"),
        ("colour=1", "colour, and there is no such setting: legal are height, image"),
    ],
)
def test_a_bad_link_names_what_is_legal(written, fresh, query, fault):
    address = written(OutputSize)
    again = opened(fresh, f"{address}#explorer-1?{query}")
    assert fault in again.text(".link-fault")
    assert state(again) == OutputSize().opened_with


def test_a_link_to_a_figure_that_is_gone_says_so(written, fresh):
    address = written(OutputSize)
    again = opened(fresh, f"{address}#fig-gone?height=3")
    assert "fig-gone, which is not on this page" in again.text(".link-fault")


def test_a_link_survives_a_program_that_encodes_it(written, fresh):
    address = written(OutputSize)
    again = opened(fresh, f"{address}#explorer-1%3Fweights=9%2C1%3B0%2C2&kernel_height=1")
    assert again.texts("[data-grid=kernel] .cell text") == ["9", "1"]


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


def test_a_link_says_that_it_lacks_a_picture_of_ones_own(show):
    explorer = Driver(show(KernelOnPhotograph))
    take(explorer, "copy link")
    assert "own picture" not in explorer.text(".menu-status")
    explorer.visit.page.evaluate(
        """(root) => {
            const { model } = remembered.find(({ given }) => root.contains(given.el)).given;
            const { shape, levels } = model.get("picture");
            model.set("picture", { shape, levels });
        }""",
        explorer.root.element_handle(),
    )
    take(explorer, "copy link")
    assert "Your own picture is not in it" in explorer.text(".menu-status")


# JupyterLab marks the body of its page with its theme.
NOTEBOOK = """new MutationObserver(() => {
    if (document.body) document.body.dataset.jpThemeLight = "true";
}).observe(document, { childList: true, subtree: true })"""


@pytest.mark.parametrize("kind", EXPLORERS)
def test_in_a_notebook_the_line_of_python_makes_the_same_state(written, fresh, kind):
    made = kind(task="Say “why”.", controls=list(kind().offers())[-1:])
    visit = fresh()
    visit.page.add_init_script(NOTEBOOK)
    visit.page.add_init_script(REMEMBER)
    explorer = Driver(visit.open(written(made)))
    chance = random.Random(kind.__name__)
    for _ in range(STATES):
        wander(explorer, made, chance)
        line = take(explorer, "copy Python line")
        again = eval(line, vars(widgets))
        assert isinstance(again, kind)
        names = [*kind.settings(), *made.opened_with]
        names = [name for name in names if name != "measure"]
        shown = held(explorer, names)
        assert {name: getattr(again, name) for name in shown} == shown, line
        assert again.open_controls == made.open_controls
        assert again.panel.children[0].value == made.panel.children[0].value


def test_the_line_of_python_says_what_it_lacks(written, fresh):
    made = ChannelMixing(picture=ChannelMixing().picture[:, :50, :50])
    visit = fresh()
    visit.page.add_init_script(NOTEBOOK)
    explorer = Driver(visit.open(written(made)))
    take(explorer, "copy Python line")
    assert "add picture=…" in explorer.text(".menu-status")


def test_a_link_keeps_changes_of_several_layers(show, fresh):
    edits = {"conv2_1": {"stride": 2, "out_channels": 64}, "conv4_3": {"padding": -1}}
    explorer = Driver(show(NetworkDesigner))
    put(explorer, {"edits": edits})
    link = take(explorer, "copy link")
    assert link.endswith("?edits=conv2_1,stride:2,out_channels:64;conv4_3,padding:-1")
    again = opened(fresh, link)
    assert state(again)["edits"] == edits
    assert again.texts("tr.changed .name") == ["conv2_1", "conv4_3"]

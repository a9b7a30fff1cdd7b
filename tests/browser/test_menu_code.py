"""The code that a reader takes along: run, and compared with PyTorch and with what is shown."""

import random
import re

import numpy as np
import pytest
from explorers import Driver
from states import EXPLORERS, state, take, wander

from convlib.widgets import (
    ChannelMixing,
    ContextShift,
    ConvolutionMatrix,
    CostComparison,
    GroupWiring,
    Halo,
    NetworkBlocks,
    NetworkCheck,
    NetworkDesigner,
    OutputSize,
    ReceptiveField,
    StrideGrid,
)

# So many states are compared, of at most so many drawn: a few are illegal.
STATES, MOST_DRAWN = 3, 24


def found_by(code):
    """Return what a text of code computes, by name; nothing if the state is illegal."""
    found = {}
    try:
        exec(code, found)
    except (ValueError, IndexError, RuntimeError):
        return {}
    return found if "output" in found else {}


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"[−-]?[\d.]*\d", text)]


def cells(explorer):
    texts = explorer.texts("[data-grid=output] .cell text:first-of-type")
    return [float(text.replace("−", "-")) for text in texts if text]


def changes(explorer):
    texts = explorer.texts("[data-output] .change")
    return [float(text.removeprefix("±")) if text != "same" else 0.0 for text in texts]


def macs(explorer):
    marks = explorer.root.locator("[data-ratio=macs]")
    return [1.0, *marks.evaluate_all("(marks) => marks.map((mark) => Number(mark.dataset.value))")]


def shape(explorer):
    return numbers(explorer.text("tr.picked td:last-child"))


def edges(explorer):
    return numbers(explorer.text(".said").partition(" sees rows ")[2])[:4]


def shown_in(kind, explorer, found, now):
    """Return numbers of the figure, and the same of what convlib's code found; or nothing."""
    output = np.asarray(found["output"])
    if kind in (OutputSize, StrideGrid, ConvolutionMatrix):
        return cells(explorer), output.ravel()
    if kind is GroupWiring:
        return (changes(explorer), output) if now["disturbed"] else None
    if kind is CostComparison:
        return macs(explorer), output
    if kind is NetworkDesigner:
        return shape(explorer), output.shape
    if kind is NetworkCheck:
        return numbers(explorer.text("tr[aria-current] td:first-of-type")), output
    if kind is ReceptiveField:
        return edges(explorer), output.ravel()
    if kind is NetworkBlocks:
        spread = explorer.root.locator("[data-spread]").get_attribute("data-spread")
        return [float(spread)], [found["spread"]]
    if kind is ChannelMixing:
        after = re.search(r"depthwise step, (.*) after both", explorer.text(".said"))[1]
        return numbers(after), output[:, now["row"], now["column"]]
    if kind is Halo:
        return numbers(explorer.text("[data-tiles] figcaption"))[:2], output.shape[1:]
    if kind is ContextShift:
        return numbers(explorer.text("[data-panel=output] figcaption"))[:2], output.shape[1:]
    return numbers(explorer.text("[data-grid=output] figcaption"))[:2], output.shape[1:]


@pytest.fixture(scope="module", params=EXPLORERS, ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


@pytest.fixture
def states(show, kind):
    """Return a function that takes the page of a kind from state to state, the first as opened."""
    explorer, made, chance = Driver(show(kind)), kind(), random.Random(kind.__name__)

    def each():
        for number in range(MOST_DRAWN):
            if number:
                wander(explorer, made, chance)
            yield explorer, state(explorer)

    return each


def test_the_code_computes_what_is_shown(states, kind):
    compared = 0
    for explorer, now in states():
        found = found_by(take(explorer, "copy code for convlib"))
        # The code of NetworkDesigner is the chosen layer's, whatever is wrong with others.
        wrong = ".sight .said.illegal"
        if kind is NetworkDesigner:
            wrong = "tr.picked:is(.illegal, .no-input)"
        assert bool(found) != bool(explorer.root.locator(wrong).count()), now
        if not found:
            continue
        given = shown_in(kind, explorer, found, now)
        if given:
            shown, computed = given
            assert shown == pytest.approx(np.asarray(computed, float), rel=1e-3, abs=0.051), now
            compared += 1
        if compared == STATES:
            return
    raise AssertionError("too few of the states were legal")


def test_pytorch_computes_the_same(states, kind):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    compared = 0
    for explorer, now in states():
        ours, theirs = (
            found_by(take(explorer, f"copy code for {name}")) for name in ("convlib", "PyTorch")
        )
        assert bool(ours) == bool(theirs), now
        if not ours:
            continue
        output, expected = ours["output"], theirs["output"]
        if kind is ReceptiveField:
            # PyTorch has no gradient at the padding.
            last = now["size"] - 1
            output = tuple((max(first, 0), min(end, last)) for first, end in output)
        if isinstance(expected, torch.Tensor):
            expected = expected.numpy()
        assert np.shape(output) == np.shape(expected), now
        size = np.abs(expected).max()
        np.testing.assert_allclose(output, expected, 1e-4, 1e-5 * size, err_msg=str(now))
        compared += 1
        if compared == STATES:
            return
    raise AssertionError("too few of the states were legal")

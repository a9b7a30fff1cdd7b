"""In which order explorers take the places that are kept for them."""

import pytest

# Notes what begins to be shown, and what has taken its place, each by its number on the page.
NOTE_ORDER = """(() => {
    globalThis.order = [];
    for (const kind of ["explorer-shown", "explorer-settled"]) {
        document.addEventListener(kind, ({ target }) => {
            const places = [...document.querySelectorAll(".explorer-place")];
            order.push([kind, places.indexOf(target.closest(".explorer-place"))]);
        }, true);
    }
})()"""


@pytest.mark.parametrize("page", ["convolution", "stride"])
@pytest.mark.parametrize("place", ["http", "file"])
def test_the_first_explorer_is_there_before_work_on_the_others_begins(
    fresh, addresses, page, place
):
    seen = fresh()
    seen.page.add_init_script(NOTE_ORDER)
    seen.open(f"{addresses[place]}chapters/{page}.html")
    order = [tuple(each) for each in seen.page.evaluate("order")]
    assert order[:2] == [("explorer-shown", 0), ("explorer-settled", 0)]
    # All others follow, each once.
    count = seen.page.locator(".explorer-place").count()
    assert count > 2
    for kind in ("explorer-shown", "explorer-settled"):
        assert sorted(number for what, number in order if what == kind) == list(range(count))
    assert seen.faults == []


# How many frames begin after a figure has been drawn until it takes its place, for each place.
COUNT_FRAMES = """(() => {
    let frames = 0;
    const count = () => requestAnimationFrame(() => {
        frames += 1;
        count();
    });
    count();
    const drawn = new Map();
    globalThis.waited = [];
    new MutationObserver(() => {
        for (const node of document.querySelectorAll(".page-widget .convlib-figure")) {
            const place = node.closest(".explorer-place");
            if (node.childElementCount && !drawn.has(place)) drawn.set(place, frames);
        }
    }).observe(document, { childList: true, subtree: true });
    document.addEventListener("explorer-settled", ({ target }) => {
        if (drawn.has(target)) waited.push(frames - drawn.get(target));
    }, true);
})()"""


@pytest.mark.parametrize("page", ["index", "padding", "stride", "depthwise"])
def test_a_figure_takes_its_place_in_the_frame_after_it_was_drawn(fresh, addresses, page):
    seen = fresh()
    seen.page.add_init_script(COUNT_FRAMES)
    seen.open(f"{addresses['http']}chapters/{page}.html")
    waited = seen.page.evaluate("waited")
    assert len(waited) == seen.page.locator(".convlib-figure").count() > 0
    assert set(waited) == {1}

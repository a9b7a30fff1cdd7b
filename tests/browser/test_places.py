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

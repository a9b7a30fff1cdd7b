"""What axe-core finds on every page: nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_pages import PAGES

pytestmark = pytest.mark.slow

# Each page at both widths and in both themes; not in all four combinations, which takes minutes.
VISITS = [
    (page, width, ("light", "dark")[(number + column) % 2])
    for number, page in enumerate(PAGES)
    for column, width in enumerate((1280, 390))
]
# A page from a file may not fetch its own style sheets a second time.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}


@pytest.mark.parametrize(("page", "width", "theme"), VISITS)
def test_axe_finds_nothing(visit, page, width, theme):
    seen = visit(page, width=width, theme=theme)
    seen.page.evaluate("document.querySelectorAll('button.more').forEach((more) => more.click())")
    seen.settle()
    found = Axe().run(seen.page, options=OPTIONS).response["violations"]
    faults = [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
    assert faults == []


def test_axe_finds_nothing_on_a_page_with_veils(fresh, addresses):
    seen = fresh(veils=True, width=390).open(f"{addresses['file']}chapters/padding.html")
    assert seen.page.locator(".veil:not(.lifted)").count() > 5
    found = Axe().run(seen.page, options=OPTIONS).response["violations"]
    assert [(rule["id"], node["html"][:160]) for rule in found for node in rule["nodes"]] == []

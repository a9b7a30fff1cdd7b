"""What axe-core finds on every page: nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_pages import PAGES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_in_either_theme(visit, page, width):
    seen = visit(page, width=width)
    seen.page.evaluate("document.querySelectorAll('button.more').forEach((more) => more.click())")
    for theme in ("light", "dark"):
        seen.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        seen.settle()
        found = Axe().run(seen.page).response["violations"]
        faults = [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
        assert faults == [], theme

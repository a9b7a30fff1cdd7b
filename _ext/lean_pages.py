"""Keep out of the pages what this book does not use.

The templates beside this file leave out Font Awesome's 1.5-MB script (``_static/book.css`` loads a
small font in its place) and the search tools on every page but the search page. This module drops
the rest: scripts that extensions add twice, and the summaries of search results where the browser
may not read other pages.

Many servers forbid scripts that stand in a page (Content-Security-Policy). What extensions write
there, this module puts into one file, which pages with the same scripts share.
"""

import hashlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

TEMPLATES = Path(__file__).resolve().parent / "templates"

BUTTONS = Path(__file__).resolve().parent / "scripts" / "buttons.js"
JAVASCRIPT = ("text/javascript", "application/javascript")
# Of no use without the theme's menu of versions, and another on each page.
UNUSED = "DOCUMENTATION_OPTIONS.pagename ="

# From file:// a page may not fetch another one, nor in a frame that may only run scripts; the
# search works there without the summaries.
NO_SUMMARIES_FROM_FILES = (
    "if (location.protocol === 'file:' || origin === 'null') "
    "DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;"
)


def use_templates(app: Sphinx, config: Config) -> None:
    """Put our templates before the theme's."""
    config.templates_path.insert(0, str(TEMPLATES))


def clean_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Drop repeated scripts, and adapt the search page."""
    app.add_js_file(None, body=BUTTONS.read_text("utf-8"))
    if pagename == "search":
        app.add_js_file(None, body=NO_SUMMARIES_FROM_FILES)
    seen: set[tuple[str, str]] = set()
    unique = []
    for script in context["script_files"]:
        key = (
            str(getattr(script, "filename", script)),
            str(getattr(script, "attributes", {}).get("body", "")),
        )
        if key not in seen:
            seen.add(key)
            unique.append(script)
    context["script_files"][:] = _out_of_the_page(app, unique)


def _out_of_the_page(app: Sphinx, scripts: list[Any]) -> list[Any]:
    """Return a page's scripts with those that have no file of their own in one, at their place."""
    kept, texts, place = [], [], 0
    for script in scripts:
        attributes = getattr(script, "attributes", {})
        # Data, such as the widgets' state, is no script.
        if "body" not in attributes or attributes.get("type", "text/javascript") not in JAVASCRIPT:
            kept.append(script)
        elif not attributes["body"].startswith(UNUSED):
            # After what the theme and Sphinx load first, which some of them change.
            place = place or len(kept)
            texts.append(attributes["body"].strip())
    if texts:
        text = "\n".join([*texts, ""])
        name = f"page-{hashlib.sha256(text.encode()).hexdigest()[:12]}.js"
        folder = Path(app.outdir) / "_static"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
        kept.insert(place, f"_static/{name}")
    return kept


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("config-inited", use_templates)
    app.connect("html-page-context", clean_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Ship the pinned files of ``_vendor``; load the widgets' runtime where there are widgets.

The files end up directly in ``_static``. They do not live there in the sources because Jupyter
Book adds every script under ``_static`` to every page.

A font that arrives after the text moves the text. So the two fonts stand in a style sheet, as
data, and the page is shown when the browser has read them; without that sheet, at once. The
explorers' rules are a style sheet, too: a page keeps an explorer's place with them before the
explorer brings its own copy.
"""

import base64
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

ROOT = Path(__file__).resolve().parent.parent
VENDOR, WIDGETS = ROOT / "_vendor", ROOT / "convlib" / "widgets"
SCRIPTS = Path(__file__).resolve().parent / "scripts"
SHIPPED = ("widgets.js", "widgets.css", "bootstrap.js", "protobuf.js")
# Font Awesome's name is the one that the theme's own rules ask for. An icon that is not in the
# small font comes from the theme's copy of the whole one.
FONTS = {
    "Font Awesome 6 Free": ("icons.woff2", "font-style: normal; font-weight: 900"),
    "STIX Two Math": ("math.woff2", "font-style: normal; font-weight: 400"),
}


def use_local_runtime(app: Sphinx, config: Config) -> None:
    """Have myst-nb load our bundle, and nothing from a CDN, on the pages that hold widgets."""
    config.nb_ipywidgets_js = {"widgets.js": {"defer": "defer"}}


def add_static_files(app: Sphinx) -> None:
    """Copy the runtime to ``_static``, and write the style sheets that are made here."""
    made = Path(app.doctreedir).parent / ".made"
    made.mkdir(parents=True, exist_ok=True)
    (made / "fonts.css").write_text(font_sheet(), "utf-8")
    (made / "explorers.css").write_text(explorer_sheet(), "utf-8")
    app.config.html_static_path.extend(str(VENDOR / name) for name in SHIPPED)
    # templates/layout.html puts it before all others.
    app.config.html_static_path.append(str(SCRIPTS / "first.js"))
    app.config.html_static_path.append(str(made))
    app.add_css_file("fonts.css")
    app.add_js_file(None, body=(SCRIPTS / "fonts.js").read_text("utf-8"))


def font_sheet() -> str:
    """Return a style sheet with the two fonts in it."""
    rules = []
    for family, (name, look) in FONTS.items():
        data = base64.b64encode((VENDOR / name).read_bytes()).decode("ascii")
        source = f"url('data:font/woff2;base64,{data}') format('woff2')"
        rules.append(f"@font-face {{ font-family: '{family}'; {look}; src: {source}; }}\n")
    return "".join(rules)


def explorer_sheet() -> str:
    """Return all explorers' rules, the shared ones first."""
    paths = [*sorted((WIDGETS / "shared").glob("*.css")), *sorted(WIDGETS.glob("*.css"))]
    return "\n".join(path.read_text("utf-8") for path in paths)


def add_widget_styles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Load the widgets' stylesheets on the pages that load their script."""
    if any(
        str(getattr(script, "filename", "")).endswith("widgets.js")
        for script in context["script_files"]
    ):
        app.add_css_file("widgets.css")
        app.add_css_file("explorers.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("config-inited", use_local_runtime)
    app.connect("builder-inited", add_static_files)
    # After myst-nb (500) has added the scripts of this page.
    app.connect("html-page-context", add_widget_styles, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

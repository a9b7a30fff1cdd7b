"""Ship the pinned files of ``_vendor``; load the widgets' runtime where there are widgets.

The files end up directly in ``_static``. They do not live there in the sources because Jupyter
Book adds every script under ``_static`` to every page.
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

VENDOR = Path(__file__).resolve().parent.parent / "_vendor"
SHIPPED = ("widgets.js", "widgets.css", "icons.woff2", "math.woff2")


def use_local_runtime(app: Sphinx, config: Config) -> None:
    """Have myst-nb load our bundle, and nothing from a CDN, on the pages that hold widgets."""
    config.nb_ipywidgets_js = {"widgets.js": {"defer": "defer"}}


def add_static_files(app: Sphinx) -> None:
    """Copy the runtime and the fonts to ``_static``."""
    app.config.html_static_path.extend(str(VENDOR / name) for name in SHIPPED)


def add_widget_styles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Load the widgets' stylesheet on the pages that load their script."""
    if any(
        str(getattr(script, "filename", "")).endswith("widgets.js")
        for script in context["script_files"]
    ):
        app.add_css_file("widgets.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("config-inited", use_local_runtime)
    app.connect("builder-inited", add_static_files)
    # After myst-nb (500) has added the scripts of this page.
    app.connect("html-page-context", add_widget_styles, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

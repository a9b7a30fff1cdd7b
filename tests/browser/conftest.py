"""Fixtures of the browser tests: the built book, Chromium, and pages that tell of their faults."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from explorers import Visit
from ipywidgets.embed import dependency_state, embed_data, escape_script
from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


@pytest.fixture(scope="session")
def book():
    """Build the book, warnings as errors, and return the folder with its pages."""
    tool = shutil.which("jupyter-book", path=Path(sys.executable).parent) or "jupyter-book"
    command = [tool, "build", "-W", "--keep-going", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return HTML


@pytest.fixture(scope="session")
def browser():
    """Return a headless Chromium or Chrome; without one skip, or fail if CI is set."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    where = {"executable_path": path} if path else {"channel": "chrome"}
    with sync_playwright() as playwright:
        try:
            instance = playwright.chromium.launch(**where, args=QUIET)
        except Error as error:
            reason = f"no browser: {', '.join(NAMES)} not on the PATH, nor Chrome where it installs"
            if os.environ.get("CI"):
                pytest.fail(f"{reason}\n{error}")
            pytest.skip(reason)
        yield instance
        instance.close()


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def addresses(book, tmp_path_factory):
    """Return where the book stands: on a web server, in a sub-folder, and as plain files."""
    root = tmp_path_factory.mktemp("server")
    (root / "some").mkdir()
    (root / "some" / "folder").symlink_to(book)
    handler = functools.partial(_Silent, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "http": f"http://127.0.0.1:{server.server_port}/some/folder/",
        "file": book.as_uri() + "/",
    }
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser):
    """Return a function that opens a `Visit`; all are closed after the test."""
    contexts = []

    def start(width=1280, theme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        contexts.append(context)
        return Visit(context.new_page())

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def show(visit, tmp_path):
    """Return a function that opens a page showing explorers that a test made, without a kernel."""

    def start(*explorers, **options):
        panels = [explorer.panel for explorer in explorers]
        data = embed_data(panels, state=dependency_state(panels, drop_defaults=False))
        kinds = [("widget-state", data["manager_state"])]
        kinds += [("widget-view", view) for view in data["view_specs"]]
        scripts = "".join(
            f'<script type="application/vnd.jupyter.{kind}+json">'
            f"{escape_script(json.dumps(what))}</script>"
            for kind, what in kinds
        )
        page = tmp_path / "page.html"
        page.write_text(
            f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Explorers</title>
            <body><link rel="stylesheet" href="{(ROOT / "_vendor" / "widgets.css").as_uri()}">
            {scripts}<script src="{(ROOT / "_vendor" / "widgets.js").as_uri()}"></script></html>""",
            "utf-8",
        )
        return visit(**options).open(page.as_uri())

    return start

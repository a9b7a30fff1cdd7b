"""Put the library into the site: ``_static/convlib-VERSION-py3-none-any.whl``.

The notebooks that the pages offer need ``convlib``, which is on no package index. The wheel is
made from the sources next to this folder, by setuptools alone: nothing is fetched.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"


def wheel_name() -> str:
    """Return the wheel's file name, which pip takes name and version from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def make_wheel(folder: Path) -> Path:
    """Make the wheel in a folder, and return its path. Equal sources make equal bytes."""
    with tempfile.TemporaryDirectory() as copy:
        # setuptools leaves its own folders beside the sources, and would pack what is left in them.
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "convlib", Path(copy) / "convlib", ignore=ignored)
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", BUILD, str(folder.resolve())]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}  # any day in zip's range
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"convlib's wheel was not built:\n{done.stderr}")
    return folder / wheel_name()


def ship_wheel(app: Sphinx) -> None:
    """Make the wheel, and have Sphinx copy it to ``_static``."""
    app.config.html_static_path.append(str(make_wheel(Path(app.outdir).parent / "wheel")))


def offer_wheel(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Add the wheel to the download menu of the pages that offer a notebook."""
    if "ipynb_source" not in context:
        return
    for group in context.get("header_buttons", ()):
        if group.get("label") == "download-buttons":
            group["buttons"].insert(
                1,
                {
                    "type": "link",
                    "url": f"{context['pathto']('_static', 1)}/{wheel_name()}",
                    "text": "convlib (.whl)",
                    "icon": "fas fa-file",
                    "tooltip": "Download the library that the notebook needs",
                    "label": "download-library-button",
                },
            )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("builder-inited", ship_wheel)
    app.connect("html-page-context", offer_wheel, priority=600)  # after the theme's buttons (501)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

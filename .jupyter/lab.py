"""Settings for `jupyter lab --config .jupyter/lab.py`: the chapters open as notebooks."""

import sys
from pathlib import Path

import jupytext

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from chapter_view import ChapterView  # noqa: E402


class Chapters(jupytext.AsyncTextFileContentsManager):
    """Shows what jupyterlab-myst cannot: see `chapter_view`."""

    async def get(self, path, content=True, **options):
        """Return a file's model, a chapter's as it is shown."""
        model = await super().get(path, content=content, **options)
        if content and model["type"] == "notebook" and path.endswith(".md"):
            ChapterView().show(model["content"])
        return model

    async def save(self, model, path=""):
        """Save a model, a chapter's as it is written."""
        if model.get("type") == "notebook" and model.get("content") and path.endswith(".md"):
            ChapterView().restore(model["content"])
        return await super().save(model, path)


c = get_config()  # noqa: F821
c.ServerApp.contents_manager_class = Chapters
# The folder whose overrides.json makes the notebook the default viewer of Markdown files.
c.LabApp.app_settings_dir = str(HERE / "settings")

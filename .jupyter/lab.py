"""Settings for `jupyter lab --config .jupyter/lab.py`: the chapters open as notebooks."""

from pathlib import Path

c = get_config()  # noqa: F821
# The folder whose overrides.json makes the notebook the default viewer of Markdown files.
c.LabApp.app_settings_dir = str(Path(__file__).parent / "settings")

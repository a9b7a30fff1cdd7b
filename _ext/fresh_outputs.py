"""Never show outputs that an older ``convlib`` computed.

jupyter-cache knows a notebook by its cells alone, and Sphinx does not even read a chapter again
that did not change: after an edit in ``convlib`` both would serve the old numbers. So the cache's
folder is named after everything the outputs depend on. A new name means an empty cache and,
because it is a part of the configuration, that Sphinx reads every chapter again.
"""

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

ROOT = Path(__file__).resolve().parent.parent


def fingerprint(root: Path) -> str:
    """Hash convlib's sources, the pinned versions and Python's own."""
    sources = [
        path for path in (root / "convlib").rglob("*") if path.suffix in {".py", ".js", ".css"}
    ]
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted([*sources, root / "requirements.txt"]):
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point myst-nb at the cache of this state of the library; drop those of others."""
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / fingerprint(ROOT)
    for other in caches.glob("*"):
        if other != current:
            shutil.rmtree(other, ignore_errors=True)
    config.nb_execution_cache_path = str(current)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("config-inited", choose_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Never show outputs that an older ``convlib`` computed.

jupyter-cache identifies a notebook by its cells alone, and Sphinx does not even reread a chapter
that did not change: after an edit in ``convlib`` both would serve the old numbers. So the cache's
folder is named after everything the outputs depend on. A new name means an empty cache and,
because it is part of the configuration, makes Sphinx reread every chapter.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

ROOT = Path(__file__).resolve().parent.parent


def fingerprint(paths: Iterable[Path]) -> str:
    """Hash files by name and content, and Python's version."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(paths):
        if path.is_file():
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def library() -> Iterable[Path]:
    """Yield what the outputs are made of: convlib's sources, pinned versions, measurements."""
    sources = (ROOT / "convlib").rglob("*")
    yield from (path for path in sources if path.suffix in {".py", ".js", ".css"})
    yield ROOT / "requirements.txt"
    yield from (ROOT / "convlib" / "measurements").glob("*.csv")


def look() -> Iterable[Path]:
    """Yield the files that style the pages; Sphinx would not copy a style sheet that changed."""
    for folder in ("_static", "_extra", "_vendor", "_ext"):
        yield from (path for path in (ROOT / folder).rglob("*") if "node_modules" not in path.parts)


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point myst-nb at the cache of this state of the library; drop those of others."""
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / fingerprint(library())
    for other in caches.glob("*"):
        if other != current:
            shutil.rmtree(other, ignore_errors=True)
    config.nb_execution_cache_path = str(current)
    config.book_look = fingerprint(look())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.add_config_value("book_look", "", "html")
    app.connect("config-inited", choose_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The built book, for tests: built when its sources, what is installed, or its pages changed."""

import hashlib
import shutil
import site
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"
# A digest of what the pages that stand there were built from, and of when each was written.
STAMP = ROOT / "_build" / "built-from"
# Beside hidden ones, the folders from which no page is made.
OTHER = {"_build", "benchmarks", "tests"}


def built():
    """Build the book, warnings as errors; return what went wrong, or nothing.

    A build that finds nothing to do takes ten seconds, so one that would is left out.
    """
    if STAMP.exists() and STAMP.read_text("utf-8") == _standing():
        return ""
    tool = shutil.which("jupyter-book", path=Path(sys.executable).parent) or "jupyter-book"
    command = [tool, "build", "-W", "--keep-going", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stdout[-3000:] + done.stderr[-3000:]
    STAMP.write_text(_standing(), "utf-8")
    return ""


def _standing():
    digest = hashlib.sha256(sys.version.encode())
    for place in map(Path, site.getsitepackages()):
        digest.update(" ".join(sorted(found.name for found in place.glob("*.dist-info"))).encode())
    for path in _sources():
        digest.update(str(path).encode() + path.read_bytes())
    for path in sorted(HTML.rglob("*")):
        digest.update(f"{path} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


def _sources():
    for top in sorted(ROOT.iterdir()):
        if top.name not in OTHER and not top.name.startswith("."):
            paths = sorted(top.rglob("*")) if top.is_dir() else [top]
            skipped = {"__pycache__", "node_modules"}
            yield from (p for p in paths if p.is_file() and not skipped.intersection(p.parts))

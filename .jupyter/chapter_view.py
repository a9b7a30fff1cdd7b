"""Chapters as JupyterLab shows them, and back as they are written.

jupyterlab-myst renders MyST, but it has no bibliography, and does not know the figures that code
cells make, nor other pages. So a reader is given ``{cite}`he2016deep` `` as "(He et al., 2016)", a
link whose title keeps the role; solutions are folded. What is saved is what was written.
"""

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "_ext"))

from book_references import Book  # noqa: E402

PAGES = "../_build/html"  # from the folder of the chapters
FOLDED = {"source_hidden": True, "outputs_hidden": True}
ROLE = re.compile(r"\{(cite|numref|eq)\}`([^`]+)`")
SHOWN = re.compile(r'\[[^\]]*\]\([^)\s]* "(cite|numref|eq) ([^"]+)"\)')
BIBLIOGRAPHY = re.compile(r"^```\{bibliography\}\n(?:.*\n)*?```$", re.M)
LISTED = re.compile(r"((?:^%! .*\n)+)(?s:.*?)^%! end of the sources$", re.M)


class ChapterView:
    """Turns chapters of a book, as notebooks, into what a reader sees, and back."""

    def __init__(self, root: Path = ROOT):
        self.book = Book(root)

    def show(self, notebook: dict[str, Any]) -> None:
        """Put names and links in place of references; fold solutions. Changes the notebook."""
        markdown = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
        own = set(re.findall(r"^:label: ([\w-]+)$", "\n".join(c["source"] for c in markdown), re.M))
        keys: set[str] = set()

        def link(match: re.Match[str]) -> str:
            role, of = match.groups()
            try:
                if role == "cite":
                    found = [self.book.source(key.strip()) for key in of.split(",")]
                    keys.update(found)
                    said, where = f"({'; '.join(map(self.book.cited, found))})", "#sources"
                elif of in own:
                    return match[0]  # jupyterlab-myst knows it
                else:
                    place = self.book.places[of]
                    said, where = place.text, f"{PAGES}/{place.page}.html#{place.anchor}"
            except (KeyError, ValueError):
                return match[0]  # being written
            return f'[{said}]({where} "{role} {of}")'

        def entries(match: re.Match[str]) -> str:
            written = "\n".join(f"%! {line}" for line in match[0].split("\n"))
            listed = "\n".join(f"- {self.book.described(key)}" for key in sorted(keys))
            return f"{written}\n\n{listed}\n\n%! end of the sources"

        for cell in markdown:
            cell["source"] = ROLE.sub(link, cell["source"])
        for cell in markdown:
            cell["source"] = BIBLIOGRAPHY.sub(entries, cell["source"])
        for cell in notebook["cells"]:
            if "hide-cell" in cell["metadata"].get("tags", ()):
                cell["metadata"]["jupyter"] = dict(FOLDED)

    def restore(self, notebook: dict[str, Any]) -> None:
        """Put the roles back, and forget what is folded. Changes the notebook."""
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                text = LISTED.sub(
                    lambda match: re.sub(r"^%! ", "", match[1], flags=re.M).rstrip("\n"),
                    cell["source"],
                )
                cell["source"] = SHOWN.sub(r"{\1}`\2`", text)
            for state in FOLDED:
                cell["metadata"].get("jupyter", {}).pop(state, None)
            if cell["metadata"].get("jupyter") == {}:
                del cell["metadata"]["jupyter"]

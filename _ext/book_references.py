"""What a reference in a chapter says, found in the chapters themselves.

``{numref}`fig-padding-sizes` `` is "Fig. 3" on a page that Sphinx made. A notebook shows its own
Markdown, so the text has to be worked out from what Sphinx goes by: the order of the chapters in
``_toc.yml``, in which figures and equations are counted, and ``references.bib``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pybtex.backends.plaintext import Backend
from pybtex.database import Entry, parse_file
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style

_FIGURE = re.compile(r"^ {4}name: (fig-[\w-]+)$|^:name: (fig-[\w-]+)$", re.M)
_EQUATION = re.compile(r"^:label: ([\w-]+)$", re.M)
_TARGET = re.compile(r"^\(([\w-]+)\)=\n+(?:#+ (.+))?", re.M)
_TITLE = re.compile(r"^# (.+)$", re.M)
# By their names, pybtex would look for each of these in all packages that are installed, each time.
PLAIN_TEXT, STYLE = Backend(), Style()


@dataclass(frozen=True)
class Place:
    """Where a reference leads, and what it says: page (as in ``_toc.yml``), anchor, text."""

    page: str
    anchor: str
    text: str


def pages(toc: dict[str, Any]) -> Iterable[str]:
    """Yield the pages that a table of contents lists, in its order."""
    if name := toc.get("root") or toc.get("file"):
        yield name
    for inner in ("parts", "chapters", "sections"):
        for entry in toc.get(inner, ()):
            yield from pages(entry)


def authors(entry: Entry) -> str:
    """Return the last names of a source's authors as they stand in running text."""
    names = [
        " ".join(Text.from_latex(part).render(PLAIN_TEXT) for part in person.last_names)
        for person in entry.persons["author"]
    ]
    if len(names) > 2 or names[-1] == "others":
        return f"{names[0]} et al."
    return " and ".join(names)


class Book:
    """The chapters of a folder with ``_toc.yml``, and with ``references.bib`` if they cite.

    Without a table of contents there are no references.
    """

    def __init__(self, root: Path):
        toc, bib = root / "_toc.yml", root / "references.bib"
        self.root = root
        self.pages = list(pages(yaml.safe_load(toc.read_text("utf-8")))) if toc.exists() else []
        self.sources = dict(parse_file(str(bib)).entries) if bib.exists() else {}

    @cached_property
    def places(self) -> dict[str, Place]:
        """Return where labels lead; the label of a page is its name, as ``chapters/padding``."""
        found: dict[str, Place] = {}
        figures = equations = 0
        for page in self.pages:
            text = (self.root / f"{page}.md").read_text("utf-8")
            found[page] = Place(page, "", _TITLE.search(text).group(1))
            for match in _FIGURE.finditer(text):
                figures += 1
                label = match[1] or match[2]
                found[label] = Place(page, label, f"Fig. {figures}")
            for match in _EQUATION.finditer(text):
                equations += 1
                found[match[1]] = Place(page, f"equation-{match[1]}", f"({equations})")
            for match in _TARGET.finditer(text):
                found[match[1]] = Place(page, match[1], match[2] or match[1])
        return found

    def source(self, key: str) -> str:
        """Return a source's key in ``references.bib``: a page may put its own name before it."""
        bare = key if key in self.sources else key.partition("-")[2]
        if bare not in self.sources:
            raise ValueError(f"{key!r} is not in references.bib")
        return bare

    def cited(self, key: str) -> str:
        """Return a source as it is named in running text: 'He et al., 2016'."""
        entry = self.sources[self.source(key)]
        return f"{authors(entry)}, {entry.fields['year']}"

    def described(self, key: str) -> str:
        """Return a source as a list of sources names it, in full."""
        entry = self.sources[self.source(key)]
        (formatted,) = STYLE.format_entries([entry])
        return formatted.text.render(PLAIN_TEXT)

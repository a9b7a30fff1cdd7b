"""MyST Markdown as Markdown for readers who have no MyST.

References become text with links; directives become equations with their numbers, folded
``<details>`` and quotes with a heading. What has no plain form here is refused, so that no reader
gets raw MyST.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from book_references import Book, Place

# Code is passed over, except that of a role.
_INLINE = re.compile(
    r"\{(?P<role>[\w:-]+)\}`(?P<of>[^`]+)`|(?P<code>`+)(?!`).+?(?<!`)(?P=code)(?!`)"
    r"|(?<!\!)\[(?P<text>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<to>[\w./-]+)(?P<at>#[\w-]+)?\)",
    re.S,
)
_FENCE = re.compile(r"^(?P<fence>`{3,}|:{3,})(?P<info>.*)$")
_DIRECTIVE = re.compile(r"\{(?P<name>[\w-]+)\} *(?P<title>.*)")
_OPTION = re.compile(r"^:([\w-]+): *(.*)$")
_ANCHOR = re.compile(r"^\(([\w-]+)\)=$")
_ADMONITIONS = {"admonition", "note", "tip", "hint", "important", "warning", "attention", "seealso"}


class PlainMarkdown:
    """Turns the Markdown of one page of the book into plain Markdown.

    Parameters
    ----------
    book : Book
        Where references lead.
    page : str
        The page, as ``chapters/padding``.
    site : str
        Where the built book is, relative to the notebook: the beginning of links to its pages.
    """

    def __init__(self, book: Book, page: str, site: str):
        self.book, self.page, self.site = book, page, site
        self.keys: list[str] = []  # of the sources cited so far

    def cell(self, source: str) -> str:
        """Return a Markdown cell in plain Markdown."""
        return self._blocks(source.split("\n"))

    def caption(self, label: str, caption: str) -> str:
        """Return a figure's number and caption, to be put below it."""
        number = self._place(label).text
        return f'<a id="{label}"></a>**{number}.** {self.inline(caption)}'

    def inline(self, text: str) -> str:
        """Return running text with its references as links."""
        return _INLINE.sub(self._link, text)

    def _blocks(self, lines: list[str]) -> str:
        """Return lines with their directives in plain form."""
        out, running = [], []

        def flush() -> None:
            if running:
                out.append(self.inline("\n".join(running)))
                running.clear()

        rest = iter(lines)
        for line in rest:
            if fence := _FENCE.match(line):
                body = []
                for inner in rest:
                    if inner.rstrip() == fence["fence"]:
                        break
                    body.append(inner)
                flush()
                if directive := _DIRECTIVE.fullmatch(fence["info"]):
                    out.append(self._directive(directive["name"], directive["title"], body))
                else:  # code
                    out.append("\n".join([line, *body, fence["fence"]]))
            elif anchor := _ANCHOR.match(line):
                flush()
                out.append(f'<a id="{anchor[1]}"></a>\n')
            else:
                running.append(line)
        flush()
        return "\n".join(out)

    def _directive(self, name: str, title: str, body: list[str]) -> str:
        """Return a directive in plain form."""
        options = {}
        while body and (option := _OPTION.match(body[0])):
            options[option[1]] = option[2]
            body = body[1:]
        if name == "math":
            return self._equation(options.get("label"), body)
        if name == "div":
            return self._blocks(body)
        if name == "bibliography":
            return "\n".join(
                f'- <a id="source-{key}"></a>{self.book.described(key)}'
                for key in sorted(set(self.keys))
            )
        if name in _ADMONITIONS:
            heading = title or name.capitalize()
            inner = self._blocks(body)
            if "dropdown" in options.get("class", ""):
                return f"<details>\n<summary>{heading}</summary>\n\n{inner}\n\n</details>"
            quoted = "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
            return f"> **{self.inline(heading)}**\n>\n{quoted}"
        raise ValueError(f"{self.page}: the directive {{{name}}} has no plain form; write one here")

    def _equation(self, label: str | None, body: list[str]) -> str:
        """Return an equation with its number."""
        if label is None:
            return "\n".join(["$$", *body, "$$"])
        place = self._place(label)
        number = f"\\tag{{{place.text.strip('()')}}}"
        return "\n".join([f'<a id="{place.anchor}"></a>', "", "$$", *body, number, "$$"])

    def _link(self, match: re.Match[str]) -> str:
        """Return a role or a link to another page as a plain link."""
        if match["code"]:
            return match[0]
        if match["to"]:
            return self._page_link(match)
        roles: dict[str, Callable[[str], str]] = {
            "numref": self._reference,
            "eq": self._reference,
            "ref": self._reference,
            "cite": self._citation,
            "cite:p": self._citation,
            "cite:t": self._citation,
        }
        if match["role"] not in roles:
            raise ValueError(
                f"{self.page}: the role {{{match['role']}}} has no plain form; write one here"
            )
        return roles[match["role"]](match["of"])

    def _place(self, label: str) -> Place:
        if label not in self.book.places:
            raise ValueError(f"{self.page}: nothing in the book has the label {label!r}")
        return self.book.places[label]

    def _url(self, place: Place) -> str:
        """Return the address of a place: in the notebook, or on a page of the built book."""
        anchor = f"#{place.anchor}" if place.anchor else ""
        if place.page == self.page and anchor:
            return anchor
        return f"{self.site}/{place.page}.html{anchor}"

    def _reference(self, label: str) -> str:
        place = self._place(label)
        return f"[{place.text}]({self._url(place)})"

    def _citation(self, keys: str) -> str:
        found = [self.book.source(key.strip()) for key in keys.split(",")]
        self.keys += found
        links = (f"[{self.book.cited(key)}](#source-{key})" for key in found)
        return f"({'; '.join(links)})"

    def _page_link(self, match: re.Match[str]) -> str:
        """Return a link to a page, or to a label of the book; any other as it is."""
        target = match["to"]
        if target.endswith(".md"):
            folder = PurePosixPath(self.page).parent
            page = self._place(str(folder / target.removesuffix(".md")))
            return f"[{match['text'] or page.text}]({self._url(page)}{match['at'] or ''})"
        if "." not in target and "/" not in target:
            place = self._place(target)
            return f"[{match['text'] or place.text}]({self._url(place)})"
        return match[0]

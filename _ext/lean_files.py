"""One style sheet and one script a page, of the rules that pages use, in place of dozens.

The theme's style sheet is Bootstrap, of which the book uses a tenth. After the pages are written,
this module joins the style sheets in the order in which pages load them. Of the theme's, the
extensions' and ipywidgets' it drops each rule with a class, an id or an element that occurs
nowhere, neither in a page nor in a script, and then what custom properties no rule asks for. That
is PurgeCSS's way: any word of a tag or a script is taken for a name, so that what a script may add
stays. Names that scripts put together are in `MADE`, or begin with `BEFORE`. The scripts that every
page loads are joined as well, with what `_ext/lean_pages.py` took out of the page in their midst:
pages with the same of it share the file.

The files that are joined stay in ``_static``, for pages that are not the book's.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

import tinycss2
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

STYLES = "site.css"
# The first script that reads what a page's own script sets.
READS = "togglebutton.js"
# What the theme's templates load themselves.
THEME = ("styles/theme.css", "styles/pydata-sphinx-theme.css")
# Sheets that only some pages would load, in this place.
WIDGETS = ("widgets.css", "explorers.css")
# The book's own sheets, whose scripts make names of parts.
OURS = ("explorers.css", "fonts.css", "predictions.css", "book.css", "places.css", "face.css")
# Tabs of sphinx-design, which no page has.
UNUSED = ("design-tabs.js",)
# Bootstrap's script knows many more components than pages use; these are the names that its
# tooltips and menus go by.
NOT_READ = ("bootstrap.js", "fontawesome.js", "searchtools.js", "language_data.js")
MADE = {
    *("tooltip", "tooltip-inner", "tooltip-arrow", "bs-tooltip-auto", "bs-tooltip-top"),
    *("bs-tooltip-bottom", "bs-tooltip-start", "bs-tooltip-end", "data-popper-placement"),
    *("fade", "show", "dropdown", "dropdown-menu", "dropdown-toggle", "dropdown-item"),
}
# noUiSlider puts this before the names of all its parts. Some it makes only when it is asked to.
BEFORE = "noUi-"
NOT_MADE = re.compile("noUi-(vertical|tooltip|pips|marker|value)")
WORD = re.compile(r"[A-Za-z_][\w-]*")
LINK = re.compile(
    r'[ \t]*<link\b(?=[^>]*rel="stylesheet")[^>]*?href="(?:\.\./)*_static/([^"?]*)[^>]*>\n?'
)
# What was taken out of a page, and the script into which it is joined, by the same digits.
OWN = re.compile(r"_static/(?:page|site)-([0-9a-f]{12})\.js")
SCRIPT = re.compile(r'[ \t]*<script\b[^>]*\bsrc="(?:\.\./)*_static/([^"?]*)[^>]*></script>\n?')


def words_of(texts: Iterable[str]) -> set[str]:
    """Return every word that could be a class, an id or an element.

    >>> sorted(words_of(['<p class="one two-3">', 'add("four")']))
    ['add', 'class', 'four', 'one', 'p', 'two-3']
    """
    return set().union(*(WORD.findall(text) for text in texts))


def _sheet(folder: Path, name: str) -> str:
    """Return a style sheet with what it imports, its addresses relative to the folder."""
    text = (folder / name).read_text("utf-8").removeprefix('@charset "UTF-8";')

    def address(match: re.Match) -> str:
        url = match[1].strip("\"'")
        if not re.match(r"data:|#|[a-z]+://|/", url):
            url = normpath(join(dirname(name), url))
        return f'url("{url}")'

    def imported(match: re.Match) -> str:
        return _sheet(folder, normpath(join(dirname(name), match[1])))

    text = re.sub(r"""url\(("[^"]*"|'[^']*'|[^)]*)\)""", address, text)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"""@import (?:url\()?["']([^"']*)["']\)?;""", imported, text)


def purged(sheet: str, words: set[str]) -> str:
    r"""Return a style sheet without the rules that nothing can match.

    Parameters
    ----------
    sheet : str
        CSS.
    words : set of str
        Names of classes, ids and elements that may occur.

    Returns
    -------
    str
        The other rules, in their order, and without comments.

    Examples
    --------
    >>> purged("p, .no { top: 0 } @media print { #no > p { top: 0 } } .a:not(.no) {}", {"p", "a"})
    'p{ top: 0 }\n.a:not(.no) {}\n'
    """
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, words))


def _kept(rules: list[Any], words: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [each for each in _split(rule.prelude) if _may_match(each, words)]
            if selectors:
                names = ",".join(tinycss2.serialize(each).strip() for each in selectors)
                space = (
                    " " if len(selectors) == len(_split(rule.prelude)) and not rule.content else ""
                )
                yield f"{names}{space}{{{tinycss2.serialize(_without_comments(rule.content))}}}\n"
        elif rule.type == "at-rule":
            if (
                rule.lower_at_keyword in ("media", "supports", "layer", "container")
                and rule.content
            ):
                inner = tinycss2.parse_rule_list(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                kept = "".join(_kept(inner, words))
                if kept:
                    yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{\n{kept}}}\n"
            else:
                yield f"{rule.serialize()}\n"
        else:
            raise ValueError(f"a style sheet has {rule.serialize()[:60]!r}, which is no rule")


def _without_comments(tokens: list[Any]) -> list[Any]:
    return [token for token in tokens if token.type != "comment"]


def _split(prelude: list[Any]) -> list[list[Any]]:
    """Return the selectors of a list: its commas inside of brackets are not among these tokens."""
    selectors: list[list[Any]] = [[]]
    for token in _without_comments(prelude):
        if token.type == "literal" and token.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def _may_match(selector: list[Any], words: set[str]) -> bool:
    """Whether all names occur; what is in the brackets of :not() or :is() is not looked at."""
    before = ""
    for token in selector:
        # After a colon it is the name of a state or of a part.
        named = token.type == "hash" or (token.type == "ident" and before != ":")
        if named and token.value not in words and not _is_made(token.value):
            return False
        before = token.value if token.type == "literal" else ""
    return True


def _is_made(name: str) -> bool:
    return name.startswith(BEFORE) and not NOT_MADE.match(name)


def without_room(sheet: str) -> str:
    r"""Return a style sheet without spaces and line breaks that say nothing; strings stay.

    >>> without_room('p > a, b {\n  top: 0;\n  content: "; {";\n}\n')
    'p > a,b{top:0;content:"; {"}'
    """
    kept = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|;?\s*(\})\s*|\s*([{;])\s*|(:|,)\s+"""
    return re.sub(kept, lambda found: "".join(filter(None, found.groups())), sheet)


def without_unused_properties(sheet: str, others: str) -> str:
    """Return a style sheet without custom properties that neither it nor `others` read.

    >>> without_unused_properties("p{--a:1;--b:var(--c);--c:2;top:var(--b)}", "")
    'p{--b:var(--c);--c:2;top:var(--b)}'
    """
    declared = re.compile(r"(?<=[{;\s])(--[\w-]+)\s*:(?:[^;{}\"']|\"[^\"]*\"|'[^']*')*(?:;|(?=\}))")
    while True:
        read = set(re.findall(r"var\(\s*(--[\w-]+)", sheet))
        read |= set(re.findall(r"--[\w-]+", others))
        smaller = declared.sub(partial(_if_read, read), sheet)
        if smaller == sheet:
            return sheet
        sheet = smaller


def join_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the files, and have all pages load them."""
    if exception or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    static = Path(app.outdir) / "_static"
    pages = {path: path.read_text("utf-8") for path in Path(app.outdir).rglob("*.html")}
    pages = {path: text for path, text in pages.items() if static not in path.parents}
    scripts = {
        path.name: path.read_text("utf-8")
        for path in static.rglob("*.js")
        if path.name not in NOT_READ and not path.name.startswith("data-")
    }
    sheets, files = _sheets(app), _scripts(app)
    words = words_of([*map(_markup, pages.values()), *scripts.values()]) | MADE
    texts = {name: _sheet(static, name) for name in sheets}
    sheet = "".join(text if name in OURS else purged(text, words) for name, text in texts.items())
    sheet = without_unused_properties(sheet, "\n".join(scripts.values()))
    sheet = without_room(sheet)
    (static / STYLES).write_text(sheet, "utf-8")
    joined_with = cache(partial(_joined, static, tuple(files)))
    for path, page in pages.items():
        page = _loading(page, LINK, {*sheets, STYLES}, _link(path, app, STYLES, sheet))
        page = _loading(page, SCRIPT, set(UNUSED), "")
        found = OWN.search(page)
        if found:
            parts, joined = joined_with(found[1])
            name = f"site-{found[1]}.js"
            page = _loading(page, SCRIPT, {*parts, name}, _tag(path, app, name, joined))
        if page != pages[path]:
            path.write_text(page, "utf-8")


def _joined(static: Path, files: tuple[str, ...], own: str) -> tuple[list[str], str]:
    """Write the script of the pages with that own one; return its parts' names and its text."""
    at = files.index(READS)
    parts = [*files[:at], f"page-{own}.js", *files[at:]]
    text = "\n;\n".join((static / part).read_text("utf-8") for part in parts)
    (static / f"site-{own}.js").write_text(text, "utf-8")
    return parts, text


def _if_read(read: set[str], found: re.Match) -> str:
    return found[0] if found[1] in read else ""


def _markup(page: str) -> str:
    """Return a page's tags and scripts, without its text and the widgets' state."""
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return " ".join([*re.findall(r"<[a-zA-Z][^>]*>", page), *inline])


def _sheets(app: Sphinx) -> list[str]:
    """Return the style sheets in the order in which a page with explorers loads them."""
    found = sorted(app.builder._css_files, key=lambda sheet: sheet.priority)
    names = [str(sheet.filename).removeprefix("_static/") for sheet in found]
    names = [name for name in dict.fromkeys([*THEME, *names]) if name not in WIDGETS]
    after = names.index("fonts.css") + 1
    return [*names[:after], *WIDGETS, *names[after:]]


def _scripts(app: Sphinx) -> list[str]:
    """Return the scripts that every page loads and that wait for nothing."""
    # What _ext/lean_pages.py took out of a page is a name, and the page's own.
    found = [script for script in app.builder._js_files if not isinstance(script, str)]
    names = [
        str(script.filename).removeprefix("_static/")
        for script in sorted(found, key=lambda script: script.priority)
        if script.filename and not {"defer", "async"} & set(script.attributes)
    ]
    return [name for name in dict.fromkeys(names) if name not in UNUSED]


def _address(page: Path, app: Sphinx, name: str, text: str) -> str:
    up = "../" * (len(page.relative_to(app.outdir).parts) - 1)
    return f"{up}_static/{name}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _link(page: Path, app: Sphinx, name: str, text: str) -> str:
    return f'<link rel="stylesheet" href="{_address(page, app, name, text)}" />\n'


def _tag(page: Path, app: Sphinx, name: str, text: str) -> str:
    return f'<script src="{_address(page, app, name, text)}"></script>\n'


def _loading(page: str, kind: re.Pattern, names: set[str], tag: str) -> str:
    """Return a page that loads one file where it loaded the first of some."""
    first = True

    def changed(match: re.Match) -> str:
        nonlocal first
        if match[1] not in names:
            return match[0]
        found, first = first, False
        return tag if found else ""

    return kind.sub(changed, page)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("build-finished", join_files, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

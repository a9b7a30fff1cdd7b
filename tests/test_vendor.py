"""The vendored files are the ones that were checked in with their checksums."""

import hashlib
import html
import re
import unicodedata
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "_vendor"


def test_every_vendored_file_has_its_checksum():
    lines = (VENDOR / "SHA256SUMS").read_text().split("\n")
    sums = {name: digest for digest, name in (line.split() for line in lines if line)}
    shipped = {path.name for path in VENDOR.iterdir() if path.suffix in {".js", ".css", ".woff2"}}
    assert shipped
    assert shipped <= set(sums)
    for name, digest in sums.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_the_mathematical_font_has_every_sign_of_the_equations(book):
    """A letter alone is shown in italics, as another character."""
    source = (VENDOR / "build.mjs").read_text()
    listed = re.search(r"const MATH = \[(.*?)\n\];", source, flags=re.DOTALL)[1]
    ends = [int(number, 16) for number in re.findall(r"0x[0-9a-f]+", listed)]
    there = {at for a, b in zip(ends[::2], ends[1::2], strict=True) for at in range(a, b + 1)}
    signs = set()
    for page in book.rglob("*.html"):
        for equation in re.findall(r"<math.*?</math>", page.read_text("utf-8"), flags=re.DOTALL):
            shown = re.sub(r"<annotation.*?</annotation>", "", equation, flags=re.DOTALL)
            for element, text in re.findall(r"<(\w+)[^>]*>([^<]*)", shown):
                text = html.unescape(text).replace("\n", " ")
                signs |= set(_italic(text) if element == "mi" and len(text) == 1 else text)
    assert len(signs) > 60
    assert [sign for sign in sorted(signs) if ord(sign) not in there] == []


def _italic(letter):
    """Return the italic letter that MathML shows for one alone; of h it is Planck's constant."""
    if letter == "h":
        return "\N{PLANCK CONSTANT}"
    name = unicodedata.name(letter)
    kind = "SMALL" if "SMALL LETTER" in name else "CAPITAL"
    try:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {kind} {name.rpartition(' ')[2]}")
    except KeyError:  # no letter of these alphabets
        return letter

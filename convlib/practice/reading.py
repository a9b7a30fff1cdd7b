"""Reading what a reader typed: kindly, and never guessing."""

import re
from dataclasses import dataclass

# Spaces that people and programs write inside numbers: no-break, figure, thin, narrow no-break,
# and the separator of mathematics. They are read as ordinary ones.
SPACES = "\u00a0\u2007\u2008\u2009\u200a\u202f\u205f"
# Words that may follow a number.
UNITS = (
    "px", "pixel", "pixels", "row", "rows", "column", "columns", "cell", "cells", "layer",
    "layers", "output", "outputs", "channel", "channels", "time", "times", "entry", "entries",
    "number", "numbers", "weight", "weights", "parameter", "parameters", "mac", "macs", "flop",
    "flops", "byte", "bytes", "gflop/s", "flops per byte",
)  # fmt: skip
# How many digits are still read. No answer has more than seven.
MOST_DIGITS = 15

NOTHING = "Type an answer first. This does not count."
NEGATIVE = "No answer here is below 0: leave out the sign. This does not count."
FRACTION = "The answer is a whole number, without a point and what follows it. This does not count."
UNREADABLE = "I cannot read that as a whole number, such as 12 or 1,024. This does not count."
TOO_LONG = "That is more digits than any answer here has. Is there a slip? This does not count."
TWO_SIZES = (
    "That names two different sizes, and the question asks for one of them. This does not count."
)
NO_CHOICE = "Choose one of the answers, by its letter from {first} to {last}. This does not count."
NO_OPTION = "Choose one of the answers first. This does not count."
NO_TAP = "Choose the cells of the answer first, or “none of them”. This does not count."
NO_CELL = (
    "Name cells by their numbers from {first} to {last}, such as 2, 3, or write none. "
    "This does not count."
)


@dataclass(frozen=True)
class Reading:
    """What was read: a number, or None and a sentence that says what to write instead."""

    value: int | None
    says: str = ""


def plain(text):
    """Return a text in lower case with ordinary spaces, one at a time."""
    text = re.sub(f"[{SPACES}]", " ", text)
    return re.sub(r"\s+", " ", text).strip().lower()


def _digits(text):
    """Return a whole number written in groups of three or in one, or None."""
    if re.fullmatch(r"\d+|\d{1,3}(,\d{3})+|\d{1,3}( \d{3})+|\d{1,3}('\d{3})+", text, re.ASCII):
        return int(re.sub(r"[, ']", "", text))
    return None


def read_number(text, product=False):
    """Read a whole number.

    Parameters
    ----------
    text : str
        Such as ``12``, ``1,000``, ``1 000``, ``12 rows`` or ``3 × 3``.
    product : bool
        What ``3 × 3`` means: 9 if true, such as for a count of weights; else an output of 3 by 3,
        whose size is 3, such as for a question about rows.

    Returns
    -------
    Reading
        A number from 0 on, or a sentence.

    Examples
    --------
    >>> read_number("1,000"), read_number("3 x 3"), read_number("3 × 3", product=True)
    (Reading(value=1000, says=''), Reading(value=3, says=''), Reading(value=9, says=''))
    >>> read_number("2.5").says
    'The answer is a whole number, without a point and what follows it. This does not count.'
    """
    text = plain(text)
    if not text:
        return Reading(None, NOTHING)
    for unit in sorted(UNITS, key=len, reverse=True):
        if re.search(rf"\d ?{re.escape(unit)}$", text, re.ASCII):
            text = text[: -len(unit)].strip()
            break
    if re.match(r"[-−–] ?\d", text):
        return Reading(None, NEGATIVE)
    factors = [_digits(part) for part in re.split(r" ?[x×*·] ?", text)]
    if None in factors:
        fraction = re.fullmatch(r"\d*[.,/] ?\d+", text, re.ASCII)
        return Reading(None, FRACTION if fraction else UNREADABLE)
    if len(re.sub(r"\D", "", text)) > MOST_DIGITS:
        return Reading(None, TOO_LONG)
    if product:
        number = 1
        for factor in factors:
            number *= factor
        return Reading(number)
    if len(set(factors)) > 1 or len(factors) > 2:
        return Reading(None, TWO_SIZES)
    return Reading(factors[0])


def read_choice(text, options):
    """Read which of `options`, a sequence of str, is meant: by its letter, or word for word.

    Examples
    --------
    >>> read_choice(" B", ["up", "down"]).value, read_choice("Up", ["up", "down"]).value
    (1, 0)
    """
    text = plain(text).rstrip(".)")
    if not text:
        return Reading(None, NOTHING)
    letters = [chr(ord("a") + i) for i in range(len(options))]
    words = [plain(option) for option in options]
    for legal in (letters, words):
        if text in legal:
            return Reading(legal.index(text))
    last = letters[-1].upper()
    return Reading(None, NO_CHOICE.replace("{first}", "A").replace("{last}", last))


def read_cells(text, count, first=0):
    """Read a set of cells, numbered from `first` on; its bit i is cell i.

    Examples
    --------
    >>> bin(read_cells("1, 3 and 4", count=4, first=1).value), read_cells("none", 4).value
    ('0b1101', 0)
    """
    text = plain(text)
    if not text:
        return Reading(None, NOTHING)
    if text in ("none", "no", "nothing"):
        return Reading(0)
    parts = re.split(r",? and |[ ,;]+", text.strip(" ,;."))
    cells = 0
    for part in parts:
        if not re.fullmatch(r"\d{1,2}", part, re.ASCII) or not first <= int(part) < first + count:
            last = str(first + count - 1)
            return Reading(None, NO_CELL.replace("{first}", str(first)).replace("{last}", last))
        cells |= 1 << (int(part) - first)
    return Reading(cells)

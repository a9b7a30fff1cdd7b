r"""Sentences with places for numbers: one small rule, which the pages' JavaScript follows, too.

A template is text with placeholders in braces. A placeholder is a name and, after it, at most one
form. Its words may have placeholders of their own: the innermost are filled first, again and again
until no braces are left. A text has no other braces.

========================= ======================================================================
``{rows}``                the number, with commas from 1,000 on, and − before a negative one
``{rows|row|rows}``       the first word if the number is 1, else the second
``{axis?rows|columns}``   the word whose place, from 0, is the number
``{answer#}``             the members of a set of cells: "3", "3 and 4", "3, 4 and 5", or "none"
========================= ======================================================================
"""

import re

PLACEHOLDER = re.compile(r"\{(\w+)(?:([|?#])([^{}]*))?\}")


def whole(number):
    """Return a number as it is printed.

    Examples
    --------
    >>> whole(14450688), whole(-3), whole(999)
    ('14,450,688', '−3', '999')
    """
    return f"{number:,}".replace("-", "−")


def counted(number, unit):
    """Return how many of what, `unit` in the plural: "1 row", "2 rows".

    Examples
    --------
    >>> counted(1, "entries"), counted(1, "FLOPs per byte"), counted(1, "GFLOP/s")
    ('1 entry', '1 FLOP per byte', '1 GFLOP/s')
    >>> counted(1024, "bytes"), counted(3, "")
    ('1,024 bytes', '3')
    """
    if number == 1:
        unit = re.sub(r"^(\w+?)(ies|s)\b", lambda m: m[1] + "y" * (m[2] == "ies"), unit)
    return f"{whole(number)} {unit}".rstrip()


def members(cells, first=0):
    """Return the members of a set of cells, whose bit i is cell i, numbered from `first` on.

    Examples
    --------
    >>> members(0b1100, first=1)
    [3, 4]
    """
    return [i + first for i in range(cells.bit_length()) if cells >> i & 1]


def listed(numbers):
    """Return numbers as a list in words.

    Examples
    --------
    >>> listed([3, 4, 5]), listed([3]), listed([])
    ('3, 4 and 5', '3', 'none')
    """
    words = [whole(number) for number in numbers]
    if len(words) < 2:
        return words[0] if words else "none"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def fill(template, numbers, first=0):
    """Return a template with its placeholders filled.

    Parameters
    ----------
    template : str
        Text with placeholders.
    numbers : dict of str to int
        What the names stand for.
    first : int
        The number of cell 0, for sets of cells.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a placeholder names no number, has a form without the words it needs, or braces are
        left over.

    Examples
    --------
    >>> fill("{n} {n|row|rows} of {axis?pixels|padding}", {"n": 1, "axis": 0})
    '1 row of pixels'
    >>> fill("{n?none|{m} {m|row|rows}}", {"n": 1, "m": 2})
    '2 rows'
    """

    def one(match):
        name, form, rest = match.groups()
        if name not in numbers:
            raise ValueError(f"{match[0]} names no number; legal names are {', '.join(numbers)}")
        number, words = numbers[name], (rest or "").split("|")
        if form is None:
            return whole(number)
        if form == "#" and not rest:
            return listed(members(number, first))
        if form == "|" and len(words) == 2:
            return words[number != 1]
        if form == "?" and 0 <= number < len(words):
            return words[number]
        raise ValueError(f"{match[0]} has no word for {number}")

    text = template
    while PLACEHOLDER.search(text):
        text = PLACEHOLDER.sub(one, text)
    if "{" in text or "}" in text:
        raise ValueError(f"template={template!r} has braces that are no placeholder")
    return text

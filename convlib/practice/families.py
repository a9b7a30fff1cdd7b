"""What a family of practice questions is made of: its words, and where its numbers come from."""

import re
from dataclasses import asdict, dataclass
from functools import cached_property
from urllib.parse import urlencode

from convlib.kernels import practice_draws, practice_questions
from convlib.practice.questions import drawn

KINDS = ("number", "choice", "cells")


@dataclass(frozen=True)
class Place:
    """A section of the book.

    Parameters
    ----------
    chapter : str
        A chapter's file, without its ending.
    section : str
        The section's heading.

    Examples
    --------
    >>> Place("padding", "Why the output is smaller").address
    'padding.html#why-the-output-is-smaller'
    """

    chapter: str
    section: str

    @property
    def title(self):
        """The section's heading without the signs of its formulas."""
        return re.sub(r"[$_]", "", self.section.replace("\\,", " "))

    @property
    def address(self):
        """The section's address, from any chapter's page."""
        anchor = re.sub(r"[^a-z0-9]+", "-", self.section.lower()).strip("-")
        return f"{self.chapter}.html#{anchor}"


@dataclass(frozen=True)
class Mistake:
    """A wrong idea: what happened, said to the reader, and where the book explains it.

    The wrong number itself is the kernel's: mistake i of a family is its wrong answer i.
    """

    says: str
    where: Place


@dataclass(frozen=True)
class Show:
    """What 'show me' does: an explorer, and the settings that it is given.

    Parameters
    ----------
    figure : str
        The explorer's figure, ``fig-PAGE-what``.
    explorer : str
        A class of `convlib.widgets`.
    settings : dict of str
        For each trait a constant; the name of one of the question's numbers; or a tuple of such a
        name and a list, of which the number is the place. Other traits are as the page opens them.
    note : str
        A template: what there is to see.
    """

    figure: str
    explorer: str
    settings: dict
    note: str = ""

    @property
    def page(self):
        """The chapter whose page has the figure."""
        return self.figure.split("-")[1]

    def filled(self, numbers):
        """Return the settings for a question with these numbers, as a dict."""
        found = {}
        for trait, value in self.settings.items():
            if isinstance(value, str):
                value = numbers[value]
            elif isinstance(value, tuple):
                name, table = value
                value = table[numbers[name]]
            found[trait] = value
        return found

    def link(self, numbers):
        """Return the figure's address with the settings, as the explorers' own menus write it."""
        values = {
            trait: ";".join(",".join(map(str, row)) for row in value)
            if isinstance(value, list)
            else str(value).lower()
            for trait, value in self.filled(numbers).items()
        }
        return f"{self.page}.html#{self.figure}?{urlencode(values, safe=',;')}"


@dataclass(frozen=True)
class Family:
    """A family of questions.

    Parameters
    ----------
    name : str
        As in the kernels' `FAMILIES`.
    lesson : str
        The chapter whose set it belongs to.
    kind : str
        'number', 'choice' or 'cells'.
    title : str
        What it is about, in a few words.
    asks, hint, solution : str
        Templates of the question, of what is said after a wrong answer that no mistake explains,
        and of the way to the answer.
    mistakes : tuple of Mistake
        Three to six, in the order of the kernel's wrong answers.
    where : Place
        Where the book explains what is asked.
    show : Show
        What 'show me' does.
    product : bool
        For a number: whether ``3 × 3`` means 9, not a size of 3.
    unit : str
        For a number: a template of what is counted.
    options : tuple of str
        For a choice: the answers, templates.
    grid : tuple
        For cells: rows and columns, each a name of a number or an int.
    first : int
        For cells: the number that is written on the first one.
    """

    name: str
    lesson: str
    kind: str
    title: str
    asks: str
    mistakes: tuple
    hint: str
    solution: str
    where: Place
    show: Show
    product: bool = False
    unit: str = ""
    options: tuple = ()
    grid: tuple = ()
    first: int = 0

    @cached_property
    def number(self):
        """The family's number in the kernels, by which pages ask for a question."""
        for place, topic in enumerate(practice_questions.TOPICS):
            if self.name in topic.FAMILIES:
                return place * practice_questions.STEP + list(topic.FAMILIES).index(self.name)
        raise ValueError(f"name={self.name!r} is no family of the kernels")

    @cached_property
    def numbers(self):
        """The names of a question's numbers, in the kernel's order."""
        return practice_questions.TOPICS[self.number // practice_questions.STEP].FAMILIES[self.name]

    def draw(self, seed):
        """Return the question of a seed.

        Parameters
        ----------
        seed : int
            From 0 to 2**31 - 1.

        Returns
        -------
        convlib.practice.Question

        Raises
        ------
        TypeError, ValueError
            If `seed` is no such integer.
        """
        return drawn(self, seed)

    def as_json(self):
        """Return all of it as a dict that JSON can hold, for the page.

        Beside the fields there are `number`, for the kernel; `numbers`, the names of the numbers
        that the kernel writes, in order; and an `address` in each place of the book. In `show`, a
        setting with a table is a list of a name and the table; other strings are names.
        """
        fields = {
            **asdict(self),
            "number": self.number,
            "numbers": list(self.numbers),
            "where": placed(self.where),
            "mistakes": [{"says": m.says, "where": placed(m.where)} for m in self.mistakes],
        }
        fields["show"]["page"] = self.show.page
        fields["show"]["settings"] = {
            trait: list(value) if isinstance(value, tuple) else value
            for trait, value in self.show.settings.items()
        }
        return {k: list(v) if isinstance(v, tuple) else v for k, v in fields.items()}


def placed(where):
    """Return a place of the book as a dict for JSON."""
    return {"title": where.title, "address": where.address}


def layout():
    """Return where the kernel writes what, as a dict for JSON."""
    return {
        "length": practice_draws.LENGTH,
        "answer": practice_draws.ANSWER,
        "count": practice_draws.COUNT,
        "wrong": practice_draws.WRONG,
        "numbers": practice_draws.NUMBERS,
        "set": practice_questions.SET_LENGTH,
    }

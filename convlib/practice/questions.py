"""A question of a family, drawn from a seed, and what is said to an answer."""

from dataclasses import dataclass

from convlib.arguments import checks
from convlib.kernels import practice_draws, practice_questions
from convlib.practice import reading, templates

RIGHT = "Right."


@dataclass(frozen=True)
class Wrong:
    """What a reader with a wrong idea answers, what is said to it, and a `Place` that explains."""

    answer: int
    says: str
    where: object


@dataclass(frozen=True)
class Question:
    """A question with its numbers.

    Parameters
    ----------
    family : Family
        The family it belongs to.
    seed : int
        What it was drawn from.
    setting : dict of str to int
        Its numbers by name: those in its text, and those on the way to the answer.
    text, hint, solution : str
        The question, what is said if no mistake explains a wrong answer, and how to get there.
    answer : int
        A whole number; the place of the right option; or a set of cells, of which bit i is cell i.
    kind : str
        'number', 'choice' or 'cells'.
    mistakes : tuple of Wrong
        What misconceptions answer, all different.
    show : dict
        What shows it: the 'figure', its 'explorer' (a class), the 'settings' that this is to get,
        a 'note' on what there is to see, and a 'link' that opens it that way.
    options : tuple of str
        The answers to choose from.
    grid : tuple of int
        Rows and columns of the cells, or ().
    unit : str
        What a number counts, or "".
    """

    family: object
    seed: int
    setting: dict
    text: str
    answer: int
    kind: str
    mistakes: tuple
    hint: str
    solution: str
    show: dict
    options: tuple = ()
    grid: tuple = ()
    unit: str = ""

    @property
    def code(self):
        """The question's name and seed in one word, such as 'size-padded.7'."""
        return f"{self.family.name}.{self.seed}"

    @property
    def link(self):
        """The question's address, from any chapter's page."""
        lesson = self.family.lesson
        return f"{lesson}.html#fig-{lesson}-practice?family={self.family.name}&seed={self.seed}"

    @property
    def solved(self):
        """The answer with what it counts, such as '1 row' or 'C: left'."""
        if self.kind == "number":
            return templates.counted(self.answer, self.unit)
        return self.words(self.answer)

    def words(self, answer):
        """Return an answer as it is printed.

        Examples
        --------
        >>> from convlib.practice import FAMILIES
        >>> FAMILIES["legal-groups"].draw(0).words(0b1011)
        '1, 2 and 4'
        """
        if self.kind == "choice":
            return f"{chr(ord('A') + answer)}: {self.options[answer]}"
        if self.kind == "cells":
            return templates.listed(templates.members(answer, self.family.first))
        return templates.whole(answer)

    def read(self, text):
        """Return what `text` answers, a `Reading`."""
        if self.kind == "choice":
            return reading.read_choice(text, self.options)
        if self.kind == "cells":
            rows, columns = self.grid
            return reading.read_cells(text, rows * columns, self.family.first)
        return reading.read_number(text, self.family.product)


def drawn(family, seed):
    """Return the question of a family and a seed; see `Family.draw`."""
    seed = checks.integer("seed", seed, 0)
    q = [0] * practice_draws.LENGTH
    practice_questions.question(family.number, seed, q)
    answer, count = q[practice_draws.ANSWER], q[practice_draws.COUNT]
    values = q[practice_draws.NUMBERS :]
    setting = dict(zip(family.numbers, values, strict=False))
    numbers = {**setting, "answer": answer}

    def say(template, **more):
        return templates.fill(template, {**numbers, **more}, family.first)

    wrong = q[practice_draws.WRONG :][:count]
    return Question(
        family=family,
        seed=seed,
        setting=setting,
        text=say(family.asks),
        answer=answer,
        kind=family.kind,
        mistakes=tuple(
            Wrong(number, say(mistake.says, wrong=number), mistake.where)
            for number, mistake in zip(wrong, family.mistakes, strict=True)
        ),
        hint=say(family.hint),
        solution=say(family.solution),
        show={
            "figure": family.show.figure,
            "explorer": family.show.explorer,
            "settings": family.show.filled(numbers),
            "note": say(family.show.note),
            "link": family.show.link(numbers),
        },
        options=tuple(say(option) for option in family.options),
        grid=tuple(setting[n] if isinstance(n, str) else n for n in family.grid),
        unit=say(family.unit),
    )


@dataclass(frozen=True)
class Verdict:
    """What is said to an answer.

    Parameters
    ----------
    counts : bool
        Whether it was an answer at all: an empty or unreadable one does not count.
    right : bool
        Whether it is right.
    mistake : int or None
        Which of the question's mistakes explains it, if one does.
    says : str
        The sentence for the reader.
    where : Place or None
        Where the book explains it.
    solution : str
        The way to the answer, once it is to be shown: after a right answer or a second wrong one.
    """

    counts: bool
    right: bool
    mistake: int | None
    says: str
    where: object
    solution: str


def check(question, text, tries=0):
    """Return what to say to an answer.

    Parameters
    ----------
    question : Question
        What was asked.
    text : str
        What the reader typed.
    tries : int
        How many wrong answers to this question counted before.

    Returns
    -------
    Verdict

    Raises
    ------
    TypeError
        If `text` is not a str.
    TypeError, ValueError
        If `tries` is not an integer from 0 on.

    Examples
    --------
    >>> from convlib.practice import FAMILIES, check
    >>> question = FAMILIES["size-valid"].draw(0)
    >>> question.text
    'A 4 × 2 kernel slides over 9 rows and 4 columns, without padding, one pixel at a time. \
How many rows has the output?'
    >>> check(question, "5").says
    'With 9 − 4 = 5 you counted the steps that the window can take. The place where it starts \
counts as well: one more.'
    >>> check(question, "6").right, check(question, "").counts
    (True, False)
    """
    if not isinstance(text, str):
        raise TypeError(f"text={text!r} is of type {type(text).__name__}; legal is a str")
    tries = checks.integer("tries", tries, 0)
    read = question.read(text)
    if read.value is None:
        return Verdict(False, False, None, read.says, None, "")
    where = question.family.where
    if read.value == question.answer:
        return Verdict(True, True, None, RIGHT, where, question.solution)
    solution = question.solution if tries > 0 else ""
    for place, mistake in enumerate(question.mistakes):
        if read.value == mistake.answer:
            return Verdict(True, False, place, mistake.says, mistake.where, solution)
    return Verdict(True, False, None, question.hint, where, solution)

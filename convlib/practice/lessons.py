"""All families, by lesson, and the mixed set that ends a lesson."""

from convlib.arguments import checks
from convlib.kernels import practice_draws, practice_questions
from convlib.practice import (
    choice_families,
    convolution_families,
    cost_families,
    depthwise_families,
    field_families,
    groups_families,
    padding_families,
    reading,
    shift_families,
    stride_families,
)
from convlib.practice.families import layout
from convlib.practice.questions import RIGHT

_WORDS = (
    convolution_families,
    padding_families,
    shift_families,
    stride_families,
    field_families,
    groups_families,
    depthwise_families,
    cost_families,
    choice_families,
)
# Every family by its name, in the order of the book.
FAMILIES = {family.name: family for words in _WORDS for family in words.FAMILIES}
# The names of each lesson's families; lessons are chapters, in the order of the book.
LESSONS = {
    lesson: tuple(name for name, family in FAMILIES.items() if family.lesson == lesson)
    for lesson in dict.fromkeys(family.lesson for family in FAMILIES.values())
}

# A lesson is mastered by a set in which so many are right at the first go and without "show me".
ENOUGH = 4
BEGINS = "Five questions from this lesson, one after another."
MASTERED = (
    f"A lesson is mastered with {ENOUGH} of {practice_questions.SET_LENGTH} right at the first go "
    "and without “show me”."
)


def _families_of(lesson):
    """Return the names of a lesson's families, or say which lessons there are."""
    if lesson not in LESSONS:
        raise ValueError(f"lesson={lesson!r}; legal are {', '.join(LESSONS)}")
    return LESSONS[lesson]


def lesson_set(lesson, seed):
    """Return the mixed set of a lesson.

    Parameters
    ----------
    lesson : str
        A chapter's name, one of `LESSONS`.
    seed : int
        From 0 to 2**31 - 1: another seed, another set.

    Returns
    -------
    tuple of Question
        Five questions, of different families where the lesson has five.

    Raises
    ------
    TypeError
        If `seed` is not an integer.
    ValueError
        If there is no such lesson, or `seed` is out of range.

    Examples
    --------
    >>> [question.code for question in lesson_set("padding", seed=7)][:2]
    ['shift-direction.4393', 'shift-pixels.3223']
    """
    names = _families_of(lesson)
    seed = checks.integer("seed", seed, 0)
    room = [0] * practice_draws.LENGTH
    chosen = [0] * (2 * practice_questions.SET_LENGTH)
    number = list(LESSONS).index(lesson)
    practice_questions.mixed_set(number, len(names), seed, room, chosen)
    pairs = zip(chosen[::2], chosen[1::2], strict=True)
    return tuple(FAMILIES[names[place]].draw(own_seed) for place, own_seed in pairs)


def question_of(code):
    """Return the question of a code, a family's name and a seed: what a link holds.

    Parameters
    ----------
    code : str
        As `Question.code`.

    Returns
    -------
    Question

    Raises
    ------
    ValueError
        If it is no such code, or names no family.

    Examples
    --------
    >>> question_of("size-padded.7").code
    'size-padded.7'
    """
    name, _, seed = code.rpartition(".")
    if not (seed.isascii() and seed.isdigit()):
        raise ValueError(f"code={code!r}; legal is a family's name, a point and a seed")
    if name not in FAMILIES:
        raise ValueError(f"code={code!r} names no family; legal are {', '.join(FAMILIES)}")
    return FAMILIES[name].draw(int(seed))


def as_json(lesson):
    """Return what a page needs to ask a lesson's questions, as a dict that JSON can hold.

    Parameters
    ----------
    lesson : str
        A chapter's name, one of `LESSONS`.

    Returns
    -------
    dict
        `lesson`; its `place`, from 0, for `practice_set`; its `families`, as `Family.as_json`
        makes them; `layout`, where `practice_question` writes what; `right`, what is said to a
        right answer; `enough`, how many of those master the lesson; `begins` and `mastered`, what
        is said before a set and of its result; and `reading`, the sentences and words of
        `convlib.practice.reading`.

    Raises
    ------
    ValueError
        If there is no such lesson.
    """
    return {
        "lesson": lesson,
        "families": [FAMILIES[name].as_json() for name in _families_of(lesson)],
        "place": list(LESSONS).index(lesson),
        "layout": layout(),
        "right": RIGHT,
        "enough": ENOUGH,
        "begins": BEGINS,
        "mastered": MASTERED,
        "reading": {
            "spaces": reading.SPACES,
            "units": list(reading.UNITS),
            "most_digits": reading.MOST_DIGITS,
            "nothing": reading.NOTHING,
            "negative": reading.NEGATIVE,
            "fraction": reading.FRACTION,
            "unreadable": reading.UNREADABLE,
            "too_long": reading.TOO_LONG,
            "two_sizes": reading.TWO_SIZES,
            "no_choice": reading.NO_CHOICE,
            "no_cell": reading.NO_CELL,
            "no_option": reading.NO_OPTION,
            "no_tap": reading.NO_TAP,
        },
    }

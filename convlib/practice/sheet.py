"""A sheet of questions for a class, and its key, as Markdown and as printable HTML."""

from html import escape

from convlib.arguments import checks
from convlib.practice.lessons import lesson_set

MOST_QUESTIONS = 40
# Between the seeds of the sets that a sheet is made of: sheets of neighbouring seeds share none.
_STRIDE = 100_003
_SEEDS = 2**31

_STYLE = """
body { font: 12pt/1.45 Georgia, serif; max-width: 42em; margin: 2em auto; padding: 0 1em; }
li { margin: 0 0 1.4em; break-inside: avoid; }
ol.options { list-style: upper-alpha; }
ol.options li { margin: 0; }
table { border-collapse: collapse; margin: .6em 0; }
td { border: 1px solid; width: 2.1em; height: 2.1em; text-align: center; font-size: 10pt; }
td.yes { background: #ddd; font-weight: bold; }
dt { font-weight: bold; }
dl { margin: .4em 0; font-size: 11pt; }
.line { margin-top: .8em; }
@media print { body { margin: 0; max-width: none; } a { color: inherit; } }
""".strip()


def questions(lesson, seed, count):
    """Return the questions of a sheet: those of mixed sets, none worded like another.

    Parameters
    ----------
    lesson : str
        A chapter's name.
    seed : int
        From 0 to 2**31 - 1: another seed, another sheet.
    count : int
        From 1 to 40.

    Returns
    -------
    list of Question

    Raises
    ------
    TypeError
        If `seed` or `count` is not an integer.
    ValueError
        If one of them is out of range, or there is no such lesson.
    """
    seed, count = checks.integer("seed", seed, 0), checks.integer("count", count, 1)
    if count > MOST_QUESTIONS:
        raise ValueError(f"count={count} is out of range; legal are 1 to {MOST_QUESTIONS}")
    found, texts = [], set()
    while len(found) < count:
        for question in lesson_set(lesson, seed):
            if question.text not in texts and len(found) < count:
                texts.add(question.text)
                found.append(question)
        seed = (seed + _STRIDE) % _SEEDS
    return found


def sheet(lesson, seed, count=10):
    """Return a sheet and its key.

    Parameters
    ----------
    lesson, seed, count
        As in `questions`.

    Returns
    -------
    dict of str to str
        The texts of `sheet.md`, `sheet.html`, `key.md` and `key.html`.

    Raises
    ------
    TypeError, ValueError
        As `questions`.

    Examples
    --------
    >>> files = sheet("padding", seed=7, count=2)
    >>> sorted(files)
    ['key.html', 'key.md', 'sheet.html', 'sheet.md']
    >>> files["sheet.md"].splitlines()[0]
    '# Padding: 2 questions, sheet 7'
    """
    asked = questions(lesson, seed, count)
    title = f"{lesson.capitalize()}: {count} {'question' if count == 1 else 'questions'}"
    title = f"{title}, sheet {seed}"
    key = f"{title}: key"
    return {
        "sheet.md": _markdown(title, "Name: ________________________", asked, _asked_md),
        "sheet.html": _page(title, "Name: ________________________", asked, _asked_html),
        "key.md": _markdown(key, _ABOUT_KEY, asked, _answered_md),
        "key.html": _page(key, _ABOUT_KEY, asked, _answered_html),
    }


_ABOUT_KEY = (
    "For each question: the answer, the way to it, where the book explains it, and what is behind "
    "some wrong answers."
)


def _markdown(title, first, asked, one):
    parts = [f"# {title}", first]
    parts += [f"**{number}.** {one(question)}" for number, question in enumerate(asked, start=1)]
    return "\n\n".join(parts) + "\n"


def _page(title, first, asked, one):
    items = "\n".join(f"<li>{one(question)}</li>" for question in asked)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(first)}</p>\n<ol>\n{items}\n</ol>\n</body>\n</html>\n"
    )


def _rows(question):
    """Return the numbers on the cells, a list for each row."""
    rows, columns = question.grid
    first = question.family.first
    return [[first + i * columns + j for j in range(columns)] for i in range(rows)]


def _asked_md(question):
    if question.kind == "choice":
        options = [f"- {chr(ord('A') + i)}: {text}" for i, text in enumerate(question.options)]
        return "\n".join([question.text, "", *options])
    if question.kind == "cells":
        head, *rows = [f"| {' | '.join(map(str, row))} |" for row in _rows(question)]
        line = "|" + " --- |" * question.grid[1]
        return "\n".join([f"{question.text} Cross them:", "", head, line, *rows])
    return f"{question.text}\n\nAnswer: ____________ {question.unit}".rstrip()


def _asked_html(question):
    text = escape(question.text)
    if question.kind == "choice":
        options = "".join(f"<li>{escape(option)}</li>" for option in question.options)
        return f'{text}<ol class="options">{options}</ol>'
    if question.kind == "cells":
        return f"{text} Cross them:{_grid_html(question, 0)}"
    return f'{text}<div class="line">Answer: ____________ {escape(question.unit)}</div>'


def _grid_html(question, marked):
    """Return the cells as a table, those of the set `marked` shaded."""
    first = question.family.first
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td class="yes">{cell}</td>' if marked >> (cell - first) & 1 else f"<td>{cell}</td>"
            for cell in row
        )
        + "</tr>"
        for row in _rows(question)
    )
    return f"<table>{rows}</table>"


def _place(question):
    where = question.family.where
    return f"{where.chapter.capitalize()}: {where.title}"


def _answered_md(question):
    lines = [
        question.text,
        "",
        f"**{question.solved}**",
        "",
        f"{question.solution} ({_place(question)}.)",
        "",
        *(f"- *{question.words(wrong.answer)}*: {wrong.says}" for wrong in question.mistakes),
    ]
    return "\n".join(lines)


def _answered_html(question):
    answer = f"<b>{escape(question.solved)}</b>"
    if question.kind == "cells":
        answer += _grid_html(question, question.answer)
    wrong = "".join(
        f"<dt>{escape(question.words(each.answer))}</dt><dd>{escape(each.says)}</dd>"
        for each in question.mistakes
    )
    return (
        f'{escape(question.text)}<div class="line">{answer}</div>'
        f"<p>{escape(question.solution)} ({escape(_place(question))}.)</p><dl>{wrong}</dl>"
    )

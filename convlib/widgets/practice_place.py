"""What keeps a card's place in a page until it is drawn: the same card, which takes no answer.

`practice_card.js` draws the live one. Both have the same parts, in the same order.
"""

import re
from html import escape

from convlib.practice.questions import RIGHT
from convlib.widgets.shared.places import STILL, WHY_STILL

_TIMES, _UNBROKEN = re.compile(r"(?<=\d) × (?=\d)"), "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"


def as_html(text):
    r"""Return a text as HTML whose sizes, 3 × 3, stay on one line.

    Examples
    --------
    >>> as_html("a 3 × 3 kernel")
    'a 3\xa0×\xa03 kernel'
    """
    return _TIMES.sub(_UNBROKEN, escape(text))


def question_place(question):
    """Return a card with a question as HTML, with `STILL` where the still questions go.

    Parameters
    ----------
    question : Question
        What is asked first.

    Returns
    -------
    str
        It takes the room that the live card takes.

    Examples
    --------
    >>> from convlib.practice import FAMILIES
    >>> question = FAMILIES["legal-groups"].draw(1)
    >>> "Practice: legal numbers of groups" in question_place(question)
    True
    """
    title = f"Practice: {question.family.title}"
    acts = "".join(f"<button>{words}</button>" for words in (_show_of(question), "another one"))
    room = "".join(_feedback(question, *verdict) for verdict in _verdicts(question))
    return _card(
        title,
        as_html(question.text),
        _field(question),
        f'<button class="go">check</button>{acts}<span class="taken"><button>link to this question'
        "</button></span>",
        room,
    )


def beginning_place(lesson, words):
    """Return the card that begins a lesson's set as HTML, with `STILL` as above.

    Parameters
    ----------
    lesson : str
        A chapter's name.
    words : dict
        What `convlib.practice.as_json` says.

    Returns
    -------
    str
        It takes the room that the live card takes.
    """
    return _card(
        f"Practice: {lesson}",
        words["begins"],
        f'<p class="beginning">{escape(words["mastered"])}</p>',
        '<button class="go">begin</button>',
    )


def _card(title, asked, body, acts, room=""):
    return (
        '<div class="convlib-practice kept-place"><div class="asking" inert hidden>'
        f'<p class="how-far"><span>{escape(title)}</span></p><p class="question">{asked}</p>'
        f'<div class="answer">{body}</div><div class="acts">{acts}</div>'
        f'<div class="room">{room}</div></div>{STILL}'
        f"{WHY_STILL.format(still='No answer is checked')}</div>"
    )


def _show_of(question):
    # Who shows it is on the lesson's page, or on another.
    is_here = question.show["link"].startswith(f"{question.family.lesson}.html")
    return "show me" if is_here else "show me ↗"


def _field(question):
    if question.kind == "number":
        return f'<p class="number-field"><input disabled> {escape(question.unit)}</p>'
    if question.kind == "choice":
        rows = "".join(
            f'<label><input type="radio" disabled><span>{escape(option)}</span></label>'
            for option in question.options
        )
        return f'<div class="options">{rows}</div>'
    rows, columns = question.grid
    first = question.family.first
    cells = "".join(
        f'<label><input type="checkbox" disabled><span>{first + k}</span></label>'
        for k in range(rows * columns)
    )
    shape = "cells" if rows > 1 else "cells in-a-row"
    return (
        f'<div><div class="{shape}" style="--columns: {columns}">{cells}</div><label class="none">'
        '<input type="checkbox" disabled><span>none of them</span></label></div>'
    )


def _verdicts(question):
    """Return all that can be said at the second attempt: a sentence, a `Place`, whether right."""
    where = question.family.where
    said = [(wrong.says, wrong.where, False) for wrong in question.mistakes]
    return [(RIGHT, where, True), *said, (question.hint, where, False)]


def _feedback(question, says, where, is_right):
    start = "" if is_right else "<b>Not yet: see the way below.</b> "
    return (
        f'<div class="feedback ghost"><p>{start}<span>{as_html(says)}</span></p>'
        f"<p>{as_html(question.solution)}</p>"
        f'<p class="where">The book explains it: <a>{escape(where.title)}</a></p></div>'
    )

"""Learn by answering: families of questions, whose numbers and wrong answers convlib computes.

A family draws a setting from a seed, words the question, and carries its misconceptions. The
numbers come from `convlib.kernels.practice_questions`, which also runs in the page; the words are
data. What is published here is all that a page, a sheet or a notebook needs.

**In a page.** `as_json(lesson)` holds the words. Of the WebAssembly module's functions,
`practice_set(place, families, seed, q, chosen)` picks five questions as pairs of a family's place
in the lesson and a seed; `practice_question(number, seed, q)` writes a question into `q`, whose
parts `layout` names: the answer, what each mistake answers, and the values of the family's
`numbers`, in order. Templates are filled as `templates.fill` does, with these values by name,
`answer`, and in a mistake's sentence `wrong`. What a reader types is read as `reading` does; a
cell or a choice that is tapped needs no reading. The number read is compared with the answer and
then with the mistakes'.
"""

from convlib.practice.lessons import FAMILIES, LESSONS, as_json, lesson_set, question_of
from convlib.practice.questions import Question, Verdict, check

__all__ = [
    "FAMILIES",
    "LESSONS",
    "Question",
    "Verdict",
    "as_json",
    "check",
    "lesson_set",
    "question_of",
]

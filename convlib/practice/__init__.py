"""Learn by answering: families of questions, whose numbers and wrong answers convlib computes.

A family draws a setting from a seed, words the question, and carries its misconceptions. The
numbers come from `convlib.kernels.practice_questions`, which also runs in the page; the words are
data. What is published here is all that a page, a sheet or a notebook needs.
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

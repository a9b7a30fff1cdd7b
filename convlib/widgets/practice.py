"""Practice questions on a page: a family's, or a lesson's mixed set of five."""

import anywidget
import ipywidgets
import traitlets

from convlib.arguments import checks
from convlib.practice import FAMILIES, as_json, lesson_set
from convlib.practice.finding import seed_with
from convlib.widgets.practice_place import as_html, beginning_place, question_place
from convlib.widgets.shared.explorer import Kernels, javascript, kernels, style_sheet

_SCRIPTS = (
    "practice_question.js",
    "practice_reading.js",
    "practice_field.js",
    "practice_kept.js",
    "practice_links.js",
    "practice_card.js",
    "practice.js",
)


class Practice(anywidget.AnyWidget):
    """A card that asks and answers, in the page or in a notebook.

    Give a family or a lesson. The questions are drawn in the browser, by the kernels that draw
    them in Python, so a page without a kernel asks them, too. A family's first question is there at
    once; a lesson's set begins when the reader wants it.

    Parameters
    ----------
    family : str, optional
        A name of `convlib.practice.FAMILIES`: a question of this kind, and others like it.
    lesson : str, optional
        A name of `convlib.practice.LESSONS`: five questions, one after another, and a result.
    seed : int, optional
        The first question or set, from 0 to 2**31 - 1. If not given, a family's is that of seed 1,
        and a lesson's another one at each visit.
    setting : dict of str to int, optional
        For a family, in place of a seed: numbers that the first question is to have.

    Raises
    ------
    TypeError
        If an argument has the wrong type.
    ValueError
        If not exactly one of `family` and `lesson` is given, if there is no such family or
        lesson, if `seed` is out of range, or if no question has the `setting`.

    Examples
    --------
    >>> card = Practice(family="legal-groups", setting={"c1": 12, "c2": 9})
    >>> card.question.text[:55]
    'A convolution has 12 input and 9 output channels. Which'
    """

    _esm = javascript(*_SCRIPTS, shared=("runtime.js",))
    _css = style_sheet("practice.css", shared=("colours.css",))
    kernels = traitlets.Instance(Kernels).tag(sync=True, **ipywidgets.widget_serialization)
    # What `convlib.practice` says, the lesson whose sets are asked or "", and where to begin.
    words = traitlets.Dict().tag(sync=True)
    lesson = traitlets.Unicode().tag(sync=True)
    seed = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, family=None, lesson=None, seed=None, setting=None):
        if (family is None) == (lesson is None):
            raise ValueError(f"family={family!r} and lesson={lesson!r}; legal is one of them")
        for name, value in (("family", family), ("lesson", lesson)):
            if not isinstance(value, str | None):
                raise TypeError(f"{name}={value!r} is not a str")
        if seed is not None:
            seed = checks.integer("seed", seed, 0)
        if lesson is not None and setting is not None:
            raise ValueError(f"setting={setting!r} with a lesson; legal is one with a family")
        if setting is not None and seed is not None:
            raise ValueError(f"seed={seed} and setting={setting!r}; legal is one of them")
        if lesson is not None:
            words = as_json(lesson)
        elif family not in FAMILIES:
            raise ValueError(f"family={family!r}; legal are {', '.join(FAMILIES)}")
        else:
            asked = FAMILIES[family]
            words = {**as_json(asked.lesson), "families": [asked.as_json()]}
            if setting is not None:
                seed = seed_with(asked, setting)
            elif seed is None:
                seed = 1
        super().__init__(kernels=kernels(), words=words, lesson=lesson or "", seed=seed)
        self._family = family

    @property
    def panel(self):
        """The widget itself: what a page shows."""
        return self

    @property
    def question(self):
        """The first `Question` of a family."""
        if self._family is None:
            raise ValueError(f"lesson={self.lesson!r} asks a set of questions: see `lesson_set`")
        return FAMILIES[self._family].draw(self.seed)

    def still(self):
        """Return the questions as HTML, solutions folded, for pages without JavaScript."""
        if self._family is not None:
            asked = (self.question,)
        else:
            asked = lesson_set(self.lesson, 1 if self.seed is None else self.seed)
        items = "".join(f"<li>{_as_html(question)}</li>" for question in asked)
        return f'<ol class="practice-still">{items}</ol>'

    def _place(self):
        if self._family is None:
            return beginning_place(self.lesson, self.words)
        return question_place(self.question)

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        # _ext/still_figures.py makes of the template what keeps the card's place.
        html = f'{self.still()}<template class="convlib-place">{self._place()}</template>'
        return {**data, "text/plain": "Practice(...)", "text/html": html}, metadata


def _as_html(question):
    options = "".join(f"<li>{as_html(option)}</li>" for option in question.options)
    return (
        f"<p>{as_html(question.text)}</p>{f'<ul>{options}</ul>' if options else ''}"
        f"<details><summary>Solution</summary><p><b>{as_html(question.solved)}</b></p>"
        f"<p>{as_html(question.solution)}</p></details>"
    )

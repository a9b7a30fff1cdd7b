"""What every explorer shares: its look, its runtime and the one copy of the kernels."""

import math
import re
from functools import cache
from html import escape
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from convlib.wasm import module_bytes
from convlib.widgets.shared.own_data import OwnPicture
from convlib.widgets.shared.places import STILL, place_of

_HERE = Path(__file__).parent
_SCRIPTS = (
    "runtime.js",
    "stage.js",
    "links.js",
    "picture.js",
    "full_screen.js",
    "menu.js",
    "show_me.js",
    "grips.js",
    "number_grips.js",
    "grids.js",
    "edit_cells.js",
    "photographs.js",
)
_SHEETS = (
    "colours.css",
    "explorer.css",
    "stage.css",
    "menu.css",
    "number_grips.css",
    "grids.css",
    "photographs.css",
    "paper.css",
)
# A range of so many values is a row of buttons, a longer one a slider.
MOST_BUTTONS = 7
# A row of buttons with more letters than this, their margins counted in, has a line of its own.
MOST_LETTERS = 30


class Kernels(anywidget.AnyWidget):
    """The WebAssembly module. Explorers hold a reference to it, so that a page has one copy."""

    _esm = "export default {};"
    module = traitlets.Bytes().tag(sync=True)


@cache
def kernels(which="pages"):
    """Return the process's one `Kernels` of a module; see `convlib.wasm.module_bytes`."""
    return Kernels(module=module_bytes(which))


def javascript(*names, shared=_SCRIPTS):
    """Return one module's text: what explorers share, then the explorer's own files.

    anywidget loads a widget's JavaScript as one file that cannot import a neighbour.
    """
    return _joined(shared, names)


def style_sheet(*names, shared=_SHEETS):
    """Return one style sheet's text: what explorers share, then the explorer's own files."""
    return _joined(shared, names)


def _joined(shared, own):
    paths = [*(_HERE / name for name in shared), *(_HERE.parent / name for name in own)]
    return "\n".join(path.read_text("utf-8") for path in paths)


class Explorer(anywidget.AnyWidget):
    """A figure drawn in the browser from its traits, with ipywidgets controls under it.

    A subclass declares its traits, says in `TRY` what to do with it, and offers its controls by
    name. Those named in `OPEN` stand under the picture, the others are folded away under "more".
    Controls are linked to the traits in the front end, so they work in a page without a kernel;
    with one, the traits can be read and set from Python as well, and the controls follow.

    Parameters
    ----------
    task : str, optional
        What to try, said above the figure; the explorer's own sentence if not given.
    controls : sequence of str, optional
        Names of the controls to stand open, in this order: what the lesson has introduced. Those
        of `OPEN` if not given.
    **settings
        Values of the settings.

    Raises
    ------
    TypeError
        If `task` is not a str, `controls` not a sequence of str, or a setting is unknown.
    ValueError
        If `controls` names a control that is not offered, or one twice.
    """

    TRY = ""
    OPEN = ()
    # The element that holds the figure's picture, as the front end makes it: with it a page keeps
    # the explorer's place until it is drawn.
    PICTURE = ""
    # Which of convlib's modules it calls.
    MODULE = "pages"
    _css = style_sheet()
    kernels = traitlets.Instance(Kernels).tag(sync=True, **ipywidgets.widget_serialization)
    # What the menu needs to write a link or a line of code, and to read a link: the class's name,
    # each setting's legal values, the value at the start of those that links hold, the task and
    # the controls if they were given, and what was given that no line of code can hold.
    kind = traitlets.Unicode().tag(sync=True)
    legal = traitlets.Dict().tag(sync=True)
    opened_with = traitlets.Dict().tag(sync=True)
    given = traitlets.Dict().tag(sync=True)
    unwritten = traitlets.List(traitlets.Unicode()).tag(sync=True)
    open_controls = traitlets.List(traitlets.Unicode()).tag(sync=True)
    folded_controls = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, task=None, controls=None, **settings):
        if not isinstance(task, str | None):
            raise TypeError(f"task={task!r} is not a str")
        names = sorted(["task", "controls", *self.settings(), *self.class_trait_names(own=True)])
        unknown = sorted(set(settings) - set(names))
        if unknown:
            raise TypeError(
                f"{type(self).__name__} has no setting {', '.join(unknown)}; "
                f"legal names are {', '.join(names)}"
            )
        super().__init__(kernels=kernels(self.MODULE), **settings)
        self.linked = {}
        offered = self.offers()
        self.open_controls = _open_names(self.OPEN if controls is None else controls, offered)
        self.folded_controls = [name for name in offered if name not in self.open_controls]
        sentence = ipywidgets.HTML(self.TRY if task is None else f"<b>Try:</b> {escape(task)}")
        sentence.add_class("convlib-try")
        boxes = [
            group(name, *(control for each in names for control in offered[each]))
            for name, names in (
                ("convlib-open", self.open_controls),
                ("convlib-more", self.folded_controls),
            )
        ]
        self.panel = ipywidgets.VBox([sentence, self, *boxes])
        self.panel.add_class("convlib-explorer")
        self.panel.add_class(f"of-{self.style_name()}")
        self.kind = type(self).__name__
        self.legal = {name: _legal_values(self.traits()[name]) for name in self.settings()}
        self.opened_with = {name: getattr(self, name) for name in self.settings()}
        given = {"task": task, "controls": None if controls is None else list(controls)}
        self.given = {name: value for name, value in given.items() if value is not None}
        self.unwritten = [
            name for name in settings if isinstance(self.traits().get(name), OwnPicture)
        ]

    @classmethod
    def settings(cls):
        """Return the names of the traits that a reader may set with a control."""
        return sorted(cls.class_trait_names(setting=True))

    @classmethod
    def style_name(cls):
        """Return the class by which style sheets know the figure: the explorer's, in kebab case.

        >>> from convlib.widgets import OutputSize
        >>> OutputSize.style_name()
        'output-size'
        """
        return re.sub(r"\B(?=[A-Z])", "-", cls.__name__).lower()

    def offers(self):
        """Return the controls by name: a dict of str to a list of widgets, in their order."""
        raise NotImplementedError

    def link(self, trait, control, control_trait="value"):
        """Link a trait to a control's, in the front end; the trait's value wins at the start."""
        ipywidgets.jslink((self, trait), (control, control_trait))
        self.linked[trait] = (control, control_trait)
        return control

    def slider(self, trait, description):
        """Return a slider over the legal values of an integer trait, linked to it."""
        legal = self.traits()[trait]
        slider = ipywidgets.IntSlider(
            value=getattr(self, trait), min=legal.min, max=legal.max, description=description
        )
        return self.link(trait, slider)

    def number(self, trait, description):
        """Return a row of buttons or, for a long range, a slider over an integer's legal values."""
        legal = self.traits()[trait]
        if legal.max - legal.min >= MOST_BUTTONS or legal.min < 0:
            return self.slider(trait, description)
        return self.row_of_values(trait, legal.min, legal.max, description)

    def row_of_values(self, trait, low, high, description):
        """Return a row of buttons, one for each value of an integer trait.

        Button k stands for the value k, so that the index can be linked; those below `low` are
        there, too, but not shown.
        """
        buttons = self.choice(trait, [str(value) for value in range(high + 1)], description)
        buttons.add_class(f"convlib-from-{low}")
        return buttons

    def slider_to(self, trait, last, description):
        """Return a slider whose end is not fixed: it is the value of the trait `last`."""
        value = getattr(self, trait)
        low, high = self.traits()[trait].min, max(value, getattr(self, last))
        slider = ipywidgets.IntSlider(value=value, min=low, max=high, description=description)
        slider.add_class(f"convlib-sets-{trait}")
        self.link(last, slider, "max")
        return self.link(trait, slider)

    def stepper(self, trait, last, description):
        """Return a slider over the steps up to the trait `last`, with a Play button beside it."""
        slider = self.slider_to(trait, last, description)
        play = ipywidgets.Play(value=slider.value, min=slider.min, max=slider.max, interval=600)
        ipywidgets.jslink((self, last), (play, "max"))
        ipywidgets.jslink((self, trait), (play, "value"))
        return slider, play

    def choice(self, trait, labels, description):
        """Return a row of buttons, one per label, linked to a trait that holds the index."""
        buttons = ipywidgets.ToggleButtons(
            options=labels, index=getattr(self, trait), description=description
        )
        if sum(len(label) + 4 for label in labels) > MOST_LETTERS:
            buttons.add_class("convlib-whole-row")
        return self.link(trait, buttons, "index")

    def checkbox(self, trait, description):
        """Return a checkbox linked to a boolean trait."""
        box = ipywidgets.Checkbox(value=getattr(self, trait), description=description, indent=False)
        return self.link(trait, box)

    def still(self):
        """Return a `convlib.plots.Picture` of the figure, for pages without JavaScript."""
        raise NotImplementedError

    def picture_box(self):
        """Return the HTML of the element that holds the picture, with the still one in it."""
        return self.PICTURE.format(still=STILL)

    def _repr_mimebundle_(self, **kwargs):
        # A template shows nothing by itself; _ext/still_figures.py makes it the explorer's place.
        place = f'<template class="convlib-place">{place_of(self)}</template>'
        html = self.still()._repr_html_() + place
        return {**self.panel._repr_mimebundle_(**kwargs), "text/html": html}


def group(name, *controls):
    """Return controls side by side, as many in a row as the page is wide."""
    box = ipywidgets.Box(controls)
    box.add_class("convlib-controls")
    box.add_class(name)
    return box


def _open_names(names, offered):
    """Return the names of the controls that stand open as a list, or say what is wrong."""
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"controls={names!r} is not a sequence of str")
    for name in names:
        if name not in offered:
            raise ValueError(f"controls has {name!r}; legal names are {', '.join(offered)}")
    if len(set(names)) < len(names):
        raise ValueError(f"controls={list(names)!r} names one twice; legal is each once")
    return list(names)


def _legal_values(trait):
    """Return what a setting may be and is at first, as JavaScript reads it.

    ["bool", None, None, first] or ["int", low, high, first], likewise "float"; a high of None is
    an end that the figure sets.
    """
    if isinstance(trait, traitlets.Bool):
        return ["bool", None, None, trait.default_value]
    kind = "int" if isinstance(trait, traitlets.Int) else "float"
    ends = [None if end is None or math.isinf(end) else end for end in (trait.min, trait.max)]
    return [kind, *ends, trait.default_value]


def setting(trait):
    """Return `trait` marked as one that a reader may set with a control; it is synced."""
    return trait.tag(sync=True, setting=True)


def within(proposal, low, high, what):
    """Return the value proposed for a setting whose ends follow from others, or refuse it.

    Legal are `low` to `high`, which are those of `what`, in words.
    """
    name, value = proposal["trait"].name, proposal["value"]
    if not low <= value <= high:
        raise traitlets.TraitError(f"{name}={value}; legal are {low} to {high}, {what}")
    return value


def whole(value, largest, smallest=1):
    """Return a setting that is an integer from `smallest` to `largest`."""
    return setting(traitlets.Int(value, min=smallest, max=largest))

"""What every explorer shares: its look, its runtime and the one copy of the kernels."""

from functools import cache
from html import escape
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from convlib.wasm import module_bytes

_HERE = Path(__file__).parent
_SCRIPTS = ("runtime.js", "grids.js", "photographs.js")
_SHEETS = ("colours.css", "explorer.css", "grids.css", "photographs.css")


class Kernels(anywidget.AnyWidget):
    """The WebAssembly module. Explorers hold a reference to it, so that a page has one copy."""

    _esm = "export default {};"
    module = traitlets.Bytes().tag(sync=True)


@cache
def kernels():
    """Return the process's one `Kernels`."""
    return Kernels(module=module_bytes())


def javascript(*names):
    """Return one module's text: what explorers share, then the explorer's own files.

    anywidget loads a widget's JavaScript as one file that cannot import a neighbour.
    """
    return _joined(_SCRIPTS, names)


def style_sheet(*names):
    """Return one style sheet's text: what explorers share, then the explorer's own files."""
    return _joined(_SHEETS, names)


def _joined(shared, own):
    paths = [*(_HERE / name for name in shared), *(_HERE.parent / name for name in own)]
    return "\n".join(path.read_text("utf-8") for path in paths)


class Explorer(anywidget.AnyWidget):
    """A figure drawn in the browser from its traits, with ipywidgets controls above it.

    A subclass declares its traits, says in `TRY` what to do with it, and lists its controls. A
    page that sets a different task says so in `task`.
    Controls are linked to the traits in the front end, so they work in a page without a kernel;
    with one, the traits can be read and set from Python as well, and the controls follow.
    """

    TRY = ""
    _css = style_sheet()
    kernels = traitlets.Instance(Kernels).tag(sync=True, **ipywidgets.widget_serialization)

    def __init__(self, task=None, **settings):
        if not isinstance(task, str | None):
            raise TypeError(f"task={task!r} is not a str")
        legal = sorted(["task", *self.settings(), *self.class_trait_names(own=True)])
        unknown = sorted(set(settings) - set(legal))
        if unknown:
            raise TypeError(
                f"{type(self).__name__} has no setting {', '.join(unknown)}; "
                f"legal names are {', '.join(legal)}"
            )
        super().__init__(kernels=kernels(), **settings)
        self.linked = {}
        sentence = ipywidgets.HTML(self.TRY if task is None else f"<b>Try:</b> {escape(task)}")
        sentence.add_class("convlib-try")
        self.panel = ipywidgets.VBox([sentence, *self.controls(), self])
        self.panel.add_class("convlib-explorer")

    @classmethod
    def settings(cls):
        """Return the names of the traits that a reader may set with a control."""
        return sorted(cls.class_trait_names(setting=True))

    def controls(self):
        """Return the widgets above the figure."""
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

    def slider_to(self, trait, last, description):
        """Return a slider whose end is not fixed: it is the value of the trait `last`."""
        value = getattr(self, trait)
        low, high = self.traits()[trait].min, max(value, getattr(self, last))
        slider = ipywidgets.IntSlider(value=value, min=low, max=high, description=description)
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
        return self.link(trait, buttons, "index")

    def checkbox(self, trait, description):
        """Return a checkbox linked to a boolean trait."""
        box = ipywidgets.Checkbox(value=getattr(self, trait), description=description, indent=False)
        return self.link(trait, box)

    def still(self):
        """Return a `convlib.plots.Picture` of the figure, for pages without JavaScript."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs):
        return {**self.panel._repr_mimebundle_(**kwargs), "text/html": self.still()._repr_html_()}


def group(*controls):
    """Return controls side by side, as many in a row as fit the page's width."""
    box = ipywidgets.Box(controls)
    box.add_class("convlib-controls")
    return box


def setting(trait):
    """Return `trait` marked as one that a reader may set with a control; it is synced."""
    return trait.tag(sync=True, setting=True)


def whole(value, largest, smallest=1):
    """Return a setting that is an integer from `smallest` to `largest`."""
    return setting(traitlets.Int(value, min=smallest, max=largest))

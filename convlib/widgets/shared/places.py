"""What keeps an explorer's place in a page until it is drawn, so that nothing below it moves."""

from html import escape

import ipywidgets

# Where a place's HTML takes the still picture.
STILL = "<!--still-->"
ROW = "jupyter-widgets widget-inline-hbox"
# The classes that ipywidgets gives a control, from which the style sheets know its height.
CLASSES = {
    ipywidgets.ToggleButtons: "jupyter-widgets widget-toggle-buttons",
    ipywidgets.IntSlider: f"{ROW} widget-slider widget-hslider",
    ipywidgets.Play: f"{ROW} widget-play",
    ipywidgets.Checkbox: f"{ROW} widget-checkbox",
    ipywidgets.Dropdown: f"{ROW} widget-dropdown",
    ipywidgets.BoundedFloatText: f"{ROW} widget-text",
    ipywidgets.FloatText: f"{ROW} widget-text",
    ipywidgets.BoundedIntText: f"{ROW} widget-text",
}
BOX = "jupyter-widgets widget-container widget-box"
# Said under what stays as it is; _ext/scripts/places.js says more where it knows.
WHY_STILL = (
    '<p class="why-still" role="status">{still} here. It comes alive where the browser runs '
    "JavaScript and finds the book's whole folder.</p>"
)


def place_of(explorer):
    """Return the HTML of an explorer's place: its task, its still picture, its open controls.

    It has the explorer's own classes, and with them its heights at every width. Nothing in it can
    be pressed, and only the task and the picture are there for screen readers. By itself it shows
    these and a sentence; the controls appear where style sheet and script say that they will live.

    Parameters
    ----------
    explorer : Explorer
        What the place is kept for.

    Returns
    -------
    str
        HTML with `STILL` where the still picture goes.

    References
    ----------
    The Layout Instability API of the W3C's Web Incubator group says what counts as moving.

    Examples
    --------
    >>> from convlib.widgets import OutputSize
    >>> from convlib.widgets.shared.places import STILL, place_of
    >>> f'<div class="board sizes bare">{STILL}</div>' in place_of(OutputSize())
    True
    """
    task = explorer.panel.children[0].value
    figure = f"convlib-figure on-stage {explorer.style_name()}"
    hidden = ' aria-hidden="true" hidden'
    more = f'<span class="more"{hidden}>more controls</span>'
    return (
        f'<div class="{BOX} widget-vbox convlib-explorer of-{explorer.style_name()} kept-place">'
        f'<div class="{ROW} widget-html convlib-try"><div class="widget-html-content">{task}'
        f'</div></div><div class="{figure}"><div class="sight">{explorer.picture_box()}'
        f'<p class="said"{hidden}></p></div>'
        f"{more if explorer.folded_controls else ''}"
        f'<div class="foot"{hidden}><span class="more">formula and numbers</span></div>'
        f"</div>{_control(explorer.panel.children[2], hidden)}"
        f"{WHY_STILL.format(still='This figure stands still')}</div>"
    )


def _control(widget, attributes=""):
    """Return a control as it looks before it is drawn."""
    own = " ".join(widget._dom_classes)
    if isinstance(widget, ipywidgets.Box):
        inside = "".join(map(_control, widget.children))
        return f'<div class="{BOX} {own}"{attributes}>{inside}</div>'
    classes = next(names for kind, names in CLASSES.items() if isinstance(widget, kind))
    inside = f'<span class="widget-label">{escape(widget.description)}</span>'
    if isinstance(widget, ipywidgets.Play):
        inside = ""
    if isinstance(widget, ipywidgets.ToggleButtons):
        buttons = "".join(
            f'<span class="jupyter-button widget-toggle-button'
            f'{" mod-active" if k == widget.index else ""}">{escape(str(label))}</span>'
            for k, label in enumerate(widget._options_labels)
        )
        inside += f"<div>{buttons}</div>"
    return f'<div class="{classes} {own}">{inside}</div>'

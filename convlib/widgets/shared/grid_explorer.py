"""What explorers of an image of numbers, and of the kernel that slides over it, share."""

import ipywidgets
import numpy as np
import traitlets

from convlib.shape import conv2d_output_size
from convlib.widgets.shared.explorer import Explorer, within
from convlib.widgets.shared.own_data import LARGEST_NUMBER, Numbers, own

# Small whole numbers, so that readers can check a sum of products in their heads.
IMAGE = [[(3 * i + 2 * j + i * j) % 10 for j in range(10)] for i in range(10)]

# The sliders for sizes: whose length each sets, along which axis, and its label.
SIZES = {
    "height": ("image", 0, "input H"),
    "width": ("image", 1, "input W"),
    "kernel_height": ("weights", 0, "kernel h"),
    "kernel_width": ("weights", 1, "kernel w"),
}

# The class of a row of buttons of which those after this value are not shown.
TO = "convlib-to-"


def grid_of(rows, largest):
    """Return the trait of a reader's own grid; it starts with `rows`."""
    return own(Numbers([row[:largest] for row in rows[:largest]], largest))


class GridExplorer(Explorer):
    """An explorer with the traits `image` and `weights`, and those of `SIZES`.

    The sizes say how much of the two grids is used, from the upper left on. A grid of the
    reader's own is used as a whole, until its sizes are lowered. `image` and `weights` can be set
    again at any time: the figure and its sliders follow.

    Parameters
    ----------
    height, width : int
        Input size H and W in pixels, from 1 to the rows and columns of `image`.
    kernel_height, kernel_width : int
        Kernel size h and w in pixels, from 1 to the rows and columns of `weights`.
    image : array_like, shape (H, W), optional
        Your own input: numbers from -1000 to 1000, as many rows and columns as the explorer shows
        at most. Shown as a whole, unless `height` or `width` is less.
    weights : array_like, shape (h, w), optional
        Your own kernel, likewise.
    **settings
        Those of the explorer, and `task`: what to try, said above the figure.

    Raises
    ------
    TypeError
        If a setting is unknown, or `image` or `weights` holds something that is not a real number.
    ValueError
        If `image` or `weights` is not such a grid.
    traitlets.TraitError
        If another value is of the wrong type or out of range.
    """

    def __init__(self, **settings):
        own_grids = {name: settings[name] for name in ("image", "weights") if name in settings}
        for name, value in own_grids.items():
            settings[name] = self.class_traits()[name].validate(self, value)
        for size, (name, axis, _) in SIZES.items():
            if name in own_grids:
                settings.setdefault(size, _length(settings[name], axis))
        super().__init__(**settings)
        for name in ("image", "weights"):
            trait = self.traits()[name]
            first = trait.default_value
            self.legal = {**self.legal, name: ["grid", LARGEST_NUMBER, trait.largest, first]}
            self.opened_with = {**self.opened_with, name: getattr(self, name)}

    @traitlets.validate(*SIZES)
    def _fits_its_grid(self, proposal):
        name, axis, _ = SIZES[proposal["trait"].name]
        length = _length(getattr(self, name), axis)
        return within(proposal, 1, length, f"the {('rows', 'columns')[axis]} of {name}")

    @traitlets.observe("image", "weights")
    def _show_the_whole_grid(self, change):
        if not hasattr(self, "panel"):
            return
        for size, (name, axis, _) in SIZES.items():
            if name == change["name"]:
                length = _length(change["new"], axis)
                control, trait = self.linked[size]
                _set_end(control, length)
                setattr(control, trait, length)
                setattr(self, size, length)

    def output_size(self, stride, padding):
        """Return the output's (height, width) at this stride and padding; None if it has none."""
        sizes = (self.height, self.width), (self.kernel_height, self.kernel_width)
        try:
            return conv2d_output_size(*sizes, stride=stride, padding=padding)
        except ValueError:
            return None

    def used_grids(self):
        """Return what the sizes leave of `image` and `weights`, as arrays of float64."""
        image, weights = np.array(self.image, float), np.array(self.weights, float)
        sizes = (self.height, self.width), (self.kernel_height, self.kernel_width)
        return tuple(g[:h, :w] for g, (h, w) in zip((image, weights), sizes, strict=True))

    def sizes(self, grid):
        """Return the controls of a grid's two sizes; each ends where the grid does."""
        controls = []
        for size, (name, axis, description) in SIZES.items():
            if name == grid:
                control = self.number(size, description)
                _set_end(control, _length(getattr(self, name), axis))
                controls.append(control)
        return controls


def _set_end(control, last):
    """Let a control of whole numbers end at `last`, and stand there if it stood further on."""
    if isinstance(control, ipywidgets.ToggleButtons):
        # The buttons stay: ipywidgets does not notice, in a notebook, that there are fewer.
        for name in [name for name in control._dom_classes if name.startswith(TO)]:
            control.remove_class(name)
        control.add_class(f"{TO}{last}")
        control.index = min(control.index, last)
    else:
        control.max = last


def _length(rows, axis):
    return len(rows) if axis == 0 else len(rows[0])

"""KernelOnPhotograph: nine weights of the reader's own on a photograph, and one window enlarged."""

import numpy as np
import traitlets

from convlib.conv import conv2d
from convlib.plots.colours import KERNEL
from convlib.plots.picture import Picture
from convlib.widgets.shared.explorer import Explorer, javascript, setting, style_sheet, within
from convlib.widgets.shared.own_data import LARGEST_NUMBER, Numbers, OwnPicture, own
from convlib.widgets.shared.stills import draw_cells, draw_photograph, outline, panels

SIDE = 3
SMALLEST_PICTURE, LARGEST_PICTURE = SIDE, 160
# A row of buttons; its first, "as set", is a state that no button stands for.
PRESETS = {
    "copy": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "shift": [[0, 0, 0], [1, 0, 0], [0, 0, 0]],
    "blur": [[1 / 9] * SIDE] * SIDE,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "edge": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "Sobel across": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
}
FIRST = "edge"


def preset_of(weights):
    """Return the number of the preset with these weights, from 1 on; 0 if there is none."""
    return next((k for k, rows in enumerate(PRESETS.values(), 1) if rows == weights), 0)


def grey(picture):
    """Return a picture in grey: the mean of its colours, in whole levels.

    Parameters
    ----------
    picture : ndarray, shape (3, H, W)
        Red, green and blue.

    Returns
    -------
    ndarray of float32, shape (1, H, W)
    """
    return np.rint(picture.mean(axis=0, keepdims=True)).astype(np.float32)


class _Kernel(Numbers):
    """A trait that holds a 3 × 3 kernel."""

    def validate(self, obj, value):
        rows = super().validate(obj, value)
        if (len(rows), len(rows[0])) != (SIDE, SIDE):
            raise ValueError(
                f"{self.name} has shape {(len(rows), len(rows[0]))}; legal is {(SIDE, SIDE)}"
            )
        return rows


class KernelOnPhotograph(Explorer):
    """Edit a 3 × 3 kernel and see what it makes of a photograph, and of one window.

    The photograph is convolved in grey, the mean of its three colours, so that a pixel is one
    number. Outputs below 0 are drawn black, those above 255 white.

    Parameters
    ----------
    preset : int, 0 to 6
        0 weights as set, 1 copy, 2 shift, 3 blur, 4 sharpen, 5 edge, 6 Sobel across. Follows
        `weights`: 0 when they are no preset's.
    weights : array_like, shape (3, 3), optional
        The kernel, numbers from -1000 to 1000; the preset's if not given.
    padding : int, 0 or 1
        Cells of padding on each side, as in :func:`convlib.conv2d`: with 1 the output is as large
        as the photograph, with 0 ('valid') it is 2 rows and 2 columns smaller.
    pad_value : int, 0 to 255
        What the padding cells hold.
    row, column : int
        The pixel in the middle of the window that is shown enlarged, counted from 0.
    picture : array_like, shape (3, H, W), optional
        Your own picture, in levels from 0 to 255, 3 to 160 pixels high and wide; the book's
        photograph if not given. Can be set again later, and from a file in the page.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown, or an array is not real-valued.
    ValueError
        If the kernel or the picture has another shape, or other values; or if `preset` and
        `weights` contradict each other.
    traitlets.TraitError
        If another value is of the wrong type or out of range.

    References
    ----------
    The lecture's "Convolution" recap. V. Powell, "Image Kernels", setosa.io/ev/image-kernels.

    Examples
    --------
    >>> from convlib.widgets import KernelOnPhotograph
    >>> explorer = KernelOnPhotograph(preset=1)
    >>> explorer.weights
    [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    >>> explorer.weights = [[0, 0, 0], [0, 0, 1], [0, 0, 0]]
    >>> explorer.preset
    0
    """

    TRY = (
        "<b>Try:</b> what will <i>shift</i> do? Press it. Drag the ring to an edge in the picture. "
        "Then change a weight: click it twice, and type."
    )
    OPEN = ("kernel",)
    _esm = javascript(
        "kernel_on_photograph_compute.js",
        "kernel_on_photograph_window.js",
        "kernel_on_photograph_file.js",
        "kernel_on_photograph.js",
    )
    _css = style_sheet("kernel_on_photograph.css")
    PICTURE = '<div class="board on-photograph">{still}</div>'

    preset = setting(traitlets.Int(preset_of(PRESETS[FIRST]), min=0, max=len(PRESETS)))
    padding = setting(traitlets.Int(1, min=0, max=1))
    pad_value = setting(traitlets.Int(0, min=0, max=255))
    row = setting(traitlets.Int(47, min=0))
    column = setting(traitlets.Int(71, min=0))

    # The last pixel of a column and of a row, which the figure sets: the ends of the sliders.
    last_row = traitlets.Int().tag(sync=True)
    last_column = traitlets.Int().tag(sync=True)
    presets = traitlets.List(list(PRESETS.values())).tag(sync=True)
    largest_picture = traitlets.Int(LARGEST_PICTURE).tag(sync=True)
    smallest_picture = traitlets.Int(SMALLEST_PICTURE).tag(sync=True)
    weights = own(_Kernel(PRESETS[FIRST], SIDE))
    picture = own(OwnPicture(SMALLEST_PICTURE, LARGEST_PICTURE))

    def __init__(self, **settings):
        kernels = list(PRESETS.values())
        preset = settings.get("preset")
        if "weights" in settings:
            weights = self.class_traits()["weights"].validate(self, settings["weights"])
            if preset in range(1, len(kernels) + 1) and weights != kernels[preset - 1]:
                raise ValueError(
                    f"preset={preset} and weights={weights} contradict each other; legal with "
                    f"these weights is preset={preset_of(weights)}"
                )
            settings |= {"weights": weights, "preset": preset_of(weights)}
        elif preset in range(1, len(kernels) + 1):
            settings["weights"] = kernels[preset - 1]
        super().__init__(**settings)
        self.legal = {**self.legal, "weights": ["grid", LARGEST_NUMBER, SIDE, PRESETS[FIRST]]}
        self.opened_with = {**self.opened_with, "weights": self.weights}

    @traitlets.validate("row", "column")
    def _a_middle_of_the_window(self, proposal):
        name = proposal["trait"].name
        length = self.picture.shape[2 if name == "column" else 1]
        least = 1 - self.padding
        what = f"the {name}s on which the middle of the kernel may lie at padding={self.padding}"
        return within(proposal, least, length - 1 - least, what)

    @traitlets.default("last_row")
    def _end_of_a_column(self):
        return self.picture.shape[1] - 1

    @traitlets.default("last_column")
    def _end_of_a_row(self):
        return self.picture.shape[2] - 1

    @traitlets.observe("preset")
    def _take_its_weights(self, change):
        if change["new"]:
            self.weights = list(PRESETS.values())[change["new"] - 1]

    @traitlets.observe("weights")
    def _name_its_preset(self, change):
        self.preset = preset_of(change["new"])

    @traitlets.observe("picture")
    def _end_with_the_picture(self, change):
        self.last_row, self.last_column = (length - 1 for length in change["new"].shape[1:])

    def offers(self):
        """Return the controls by name."""
        presets = self.choice("preset", ["as set", *PRESETS], "kernel")
        presets.add_class("convlib-from-1")
        presets.add_class("convlib-kernel-row")
        value = self.slider("pad_value", "pad value c")
        value.add_class("convlib-pad-value")
        return {
            "kernel": [presets],
            "padding": [self.choice("padding", ["none", "1 pixel"], "padding"), value],
            "pixel": [
                self.slider_to("row", "last_row", "pixel row"),
                self.slider_to("column", "last_column", "pixel column"),
            ],
        }

    def still(self):
        """Return the photograph, the kernel and the output as a still picture."""
        image = grey(self.picture)
        kernel = np.array(self.weights, np.float32)
        output = conv2d(image, kernel[None, None], padding=self.padding, pad_value=self.pad_value)
        sizes = [f"{height} × {width}" for _, height, width in (image.shape, output.shape)]
        figure, axes = panels(3)
        draw_photograph(axes[0], image.repeat(3, axis=0), f"input {sizes[0]}")
        outline(axes[0], self.row - 1.5, self.column - 1.5, SIDE, SIDE, KERNEL)
        draw_cells(axes[1], np.round(kernel, 3), KERNEL, "kernel 3 × 3")
        draw_photograph(axes[2], output.repeat(3, axis=0), f"output {sizes[1]}")
        name = ["weights of its own", *PRESETS][self.preset]
        return Picture(
            figure,
            f"A grey photograph of {sizes[0]} pixels, a kernel of 3 × 3 weights ({name}), and what "
            f"the kernel makes of the photograph, {sizes[1]} pixels.",
        )

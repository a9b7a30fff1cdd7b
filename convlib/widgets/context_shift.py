"""ContextShift: what padding on one side does to a picture, layer after layer."""

import numpy as np
import traitlets

from convlib.conv import conv2d
from convlib.plots.colours import KERNEL
from convlib.plots.picture import Picture
from convlib.widgets.shared.explorer import Explorer, javascript, setting, style_sheet
from convlib.widgets.shared.own_data import OwnPicture, own
from convlib.widgets.shared.places import STILL
from convlib.widgets.shared.stills import draw_photograph, panels

KERNEL_SIZES = (3, 5, 7)
SIDES = ("both sides", "top", "bottom", "left", "right", "none")
# Sides that the layers take in turn: the first layer the one that is named first.
TURNS = {"in turn ↕": ("top", "bottom"), "in turn ↔": ("left", "right")}
SIDES += tuple(TURNS)
LAYERS = 6
# A reader can move the output this far over the input: further than any shift here.
FARTHEST = 40
# The largest shift must leave enough of a picture to measure it.
SMALLEST_PICTURE, LARGEST_PICTURE = 64, 160


def blur(kernel_size, sigma=0.5):
    """Return a (k, k) kernel that sums to 1 and keeps a picture's content in place.

    A narrow Gaussian: six layers of it soften a photograph without making it unreadable.

    Parameters
    ----------
    kernel_size : int
        k, odd.
    sigma : float
        Standard deviation in pixels.

    Returns
    -------
    ndarray of float32, shape (k, k)
    """
    offset = np.arange(kernel_size) - (kernel_size - 1) / 2
    line = np.exp(-(offset**2) / (2 * sigma**2))
    line /= line.sum()
    return np.outer(line, line).astype(np.float32)


def one_sided(kernel_size, side, layer=0):
    """Return a layer's padding, on the side numbered `side`, that keeps a picture's size.

    Parameters
    ----------
    kernel_size : int
        k, odd.
    side : int
        As in `ContextShift`.
    layer : int, 0 or more
        Which of the layers, where they take turns.

    Returns
    -------
    ((int, int), (int, int))
        (top, bottom) and (left, right), in pixels.
    """
    half, whole = (kernel_size - 1) // 2, kernel_size - 1
    ends = {"top": (whole, 0), "bottom": (0, whole), "left": (whole, 0), "right": (0, whole)}
    name = SIDES[side]
    if name in TURNS:
        name = TURNS[name][layer % 2]
    if name == "none":
        return (0, 0), (0, 0)
    vertical = ends[name] if name in ("top", "bottom") else (half, half)
    horizontal = ends[name] if name in ("left", "right") else (half, half)
    return vertical, horizontal


class ContextShift(Explorer):
    """See how padding put on one side moves the content of a photograph.

    Parameters
    ----------
    layers : int, 0 to 6
        Number of convolution layers.
    kernel : int
        0, 1 or 2: kernels of 3, 5 or 7 pixels.
    side : int
        Where each layer puts its padding: 0 half on both sides, 1 top, 2 bottom, 3 left,
        4 right, 5 no padding at all, 6 top and bottom in turn, 7 left and right in turn.
    opacity : int, 0 to 100
        How opaque the output is, in percent, where it lies over the input.
    moved_down, moved_right : int, -40 to 40
        By how many pixels the reader has moved the output over the input, to make them match.
    picture : array_like, shape (3, H, W), optional
        Your own picture, in levels from 0 to 255, 64 to 160 pixels high and wide; the book's
        photograph if not given. Can be set again later: the figure follows. Where several
        displacements fit equally well, as on stripes, the figure says so.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown, or the picture is not real-valued.
    ValueError
        If the picture has another shape, or other levels.
    traitlets.TraitError
        If another value is of the wrong type or out of range.

    References
    ----------
    The lecture's "What happens if the image is padded only on one-end?".

    Examples
    --------
    >>> from convlib.widgets import ContextShift
    >>> ContextShift(layers=4, side=1).layers
    4
    """

    TRY = (
        "<b>Try:</b> drag the output over the input until the two match. How far did you go? Then "
        "add a layer, and choose padding on both sides."
    )
    OPEN = ("padding", "layers", "overlay")
    _esm = javascript("context_shift_layers.js", "context_shift_words.js", "context_shift.js")
    _css = style_sheet("context_shift.css")

    layers = setting(traitlets.Int(3, min=0, max=LAYERS))
    kernel = setting(traitlets.Int(2, min=0, max=len(KERNEL_SIZES) - 1))
    side = setting(traitlets.Int(1, min=0, max=len(SIDES) - 1))
    opacity = setting(traitlets.Int(50, min=0, max=100))
    moved_down = setting(traitlets.Int(0, min=-FARTHEST, max=FARTHEST))
    moved_right = setting(traitlets.Int(0, min=-FARTHEST, max=FARTHEST))

    most_layers = traitlets.Int(LAYERS).tag(sync=True)
    kernel_sizes = traitlets.List(list(KERNEL_SIZES)).tag(sync=True)
    weights = traitlets.List([blur(k).ravel().tolist() for k in KERNEL_SIZES]).tag(sync=True)
    picture = own(OwnPicture(SMALLEST_PICTURE, LARGEST_PICTURE))

    def offers(self):
        """Return the controls by name."""
        return {
            "padding": [self.choice("side", list(SIDES), "padding")],
            "layers": [self.number("layers", "layers")],
            "overlay": [self.slider("opacity", "overlay %")],
            "kernel": [self.choice("kernel", [f"{k} × {k}" for k in KERNEL_SIZES], "kernel")],
            "moved": [
                self.slider("moved_down", "moved down"),
                self.slider("moved_right", "moved right"),
            ],
        }

    def picture_box(self):
        """Return the three panels, each as high as the picture with the most padding; empty."""
        _, height, width = self.picture.shape
        most = 2 * LAYERS * (KERNEL_SIZES[-1] - 1)
        panels_of = "".join(
            f'<figure data-panel="{name}"><figcaption>{name}</figcaption>'
            f'<div class="frame" style="aspect-ratio: {width + most} / {height + most}">'
            f"{STILL if name == 'input' else ''}</div></figure>"
            for name in ("input", "output", "overlay")
        )
        return f'<div class="photographs shift">{panels_of}</div>'

    def still(self):
        """Return the input, the output and the shift between them as a still picture."""
        picture = self.picture.astype(np.float32)
        kernel_size = KERNEL_SIZES[self.kernel]
        ends = [one_sided(kernel_size, self.side, layer) for layer in range(self.layers)]
        weight = np.stack([blur(kernel_size)[np.newaxis]] * len(picture))
        output = picture
        for padding in ends:
            output = conv2d(output, weight, padding=padding, groups=len(picture))
        down, right = (
            sum(padding[axis][0] - (kernel_size - 1) // 2 for padding in ends) for axis in (0, 1)
        )
        figure, axes = panels(2)
        draw_photograph(axes[0], picture, "input")
        draw_photograph(axes[1], output, "output")
        middle = (picture.shape[2] // 2, picture.shape[1] // 2)
        tip = (middle[0] + right, middle[1] + down)
        axes[1].annotate("", tip, middle, arrowprops={"arrowstyle": "->", "color": KERNEL})
        return Picture(
            figure,
            f"A photograph before and after {self.layers} layers with kernel {kernel_size}, "
            f"padding: {SIDES[self.side]}. The content moved {down} pixels down and {right} to "
            "the right.",
        )

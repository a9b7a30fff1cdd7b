"""ChannelMixing: a depthwise convolution, a 1 × 1 convolution, and both, on a colour picture."""

import ipywidgets
import numpy as np
import traitlets

from convlib.arguments import checks
from convlib.conv import depthwise_conv2d, pointwise_conv2d
from convlib.plots.picture import Picture
from convlib.widgets.channel_mixing_presets import CHANNELS, KERNELS, PRESETS, SPOTS, presets
from convlib.widgets.shared.explorer import (
    Explorer,
    javascript,
    setting,
    style_sheet,
    whole,
    within,
)
from convlib.widgets.shared.own_data import OwnPicture, own
from convlib.widgets.shared.photograph import photograph
from convlib.widgets.shared.stills import draw_photograph, panels

LARGEST_WEIGHT = 3.0
SMALLEST_PICTURE, LARGEST_PICTURE = 3, 200
_CELLS = [f"mix_{out[0]}{into[0]}" for out in CHANNELS for into in CHANNELS]


def _kernel():
    return setting(traitlets.Int(1, min=0, max=len(KERNELS) - 1))


def _weight(value):
    return setting(traitlets.Float(float(value), min=-LARGEST_WEIGHT, max=LARGEST_WEIGHT))


class ChannelMixing(Explorer):
    """See what a depthwise convolution, a 1 × 1 convolution and both do to a colour picture.

    Parameters
    ----------
    kernel_red, kernel_green, kernel_blue : int, 0 to 4
        Each channel's own 3 × 3 kernel: 0 identity, 1 blur, 2 sharpen, 3 edge, 4 off.
    mix_rr, mix_rg, mix_rb, mix_gr, mix_gg, mix_gb, mix_br, mix_bg, mix_bb : float, -3 to 3
        Weights of the 1 × 1 convolution: `mix_rg` is the weight of input green in output red.
    preset : int
        What the weights are: 0 as set, 1 identity, 2 yellowness, 3 grey, 4 red and blue swapped.
    row, column : int
        The pixel whose numbers are shown, from 0 to the last one of the picture.
    spot : int
        Which pixel of the book's photograph that is: 0 as set, 1 gold, 2 skin.
    mixing : array_like, shape (3, 3), optional
        All nine weights at once, one row per output channel. Can also be read and set later.
    picture : array_like, shape (3, H, W), optional
        Your own picture, in levels from 0 to 255, 3 to 200 pixels high and wide; the book's
        photograph if not given. Can be set again later: the figure and its sliders follow.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown, or `picture` or `mixing` is not real-valued.
    ValueError
        If `picture` or `mixing` has the wrong shape, or levels out of range.
    traitlets.TraitError
        If another value is of the wrong type or out of range.

    References
    ----------
    The lecture's "Depthwise Convolution": "No reasoning about colors".

    Examples
    --------
    >>> from convlib.widgets import ChannelMixing
    >>> explorer = ChannelMixing(mixing=[[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    >>> explorer.mix_rg, explorer.mix_rr
    (1.0, 0.0)
    >>> explorer.mix_bb = 0.5
    >>> explorer.mixing[2]
    [0.0, 0.0, 0.5]
    """

    TRY = (
        "<b>Try:</b> compare <i>gold</i> with <i>skin</i>, then choose other kernels. Does one of "
        "the grey maps of the depthwise row show where the picture is yellow? Then press "
        "<i>yellowness</i>."
    )
    OPEN = ("kernels", "presets")
    _esm = javascript("channel_mixing_picture.js", "channel_mixing.js")
    _css = style_sheet("channel_mixing.css")
    PICTURE = '<div class="mixing">{still}</div>'

    kernel_red = _kernel()
    kernel_green = _kernel()
    kernel_blue = _kernel()
    mix_rr, mix_rg, mix_rb = _weight(1), _weight(0), _weight(0)
    mix_gr, mix_gg, mix_gb = _weight(0), _weight(1), _weight(0)
    mix_br, mix_bg, mix_bb = _weight(0), _weight(0), _weight(1)
    preset = setting(traitlets.Int(1, min=0, max=len(PRESETS) - 1))
    row = setting(traitlets.Int(SPOTS["gold"][0], min=0))
    column = setting(traitlets.Int(SPOTS["gold"][1], min=0))
    spot = whole(1, len(SPOTS), smallest=0)

    weights = traitlets.List([np.ravel(k).astype(float).tolist() for k in KERNELS.values()]).tag(
        sync=True
    )
    kernel_names = traitlets.List(list(KERNELS)).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    spots = traitlets.List([[name, *at] for name, at in SPOTS.items()]).tag(sync=True)
    # Whether the picture is the book's, in which alone the spots are what they are called.
    has_spots = traitlets.Bool(True).tag(sync=True)
    picture = own(OwnPicture(SMALLEST_PICTURE, LARGEST_PICTURE))

    def __init__(self, mixing=None, **settings):
        if mixing is not None:
            settings = {**settings, **_cells_of(mixing), "preset": 0}
        elif any(name in settings for name in _CELLS):
            settings = {"preset": 0, **settings}
        elif settings.get("preset") in range(1, len(PRESETS)):
            settings = dict(zip(_CELLS, presets()[settings["preset"]], strict=True)) | settings
        if settings.get("spot") in range(1, len(SPOTS) + 1):
            place = list(SPOTS.values())[settings["spot"] - 1]
            settings = dict(zip(("row", "column"), place, strict=True)) | settings
        elif "row" in settings or "column" in settings or "picture" in settings:
            settings = {"spot": 0, **settings}
        super().__init__(**settings)

    @traitlets.default("presets")
    def _default_presets(self):
        return presets()

    @traitlets.validate("row", "column")
    def _a_pixel_of_the_picture(self, proposal):
        name = proposal["trait"].name
        length = self.picture.shape[2 if name == "column" else 1]
        return within(proposal, 0, length - 1, f"the {name}s of the picture")

    @traitlets.observe("picture")
    def _end_with_the_picture(self, change):
        if hasattr(self, "panel"):
            for name, length in zip(("row", "column"), change["new"].shape[1:], strict=True):
                slider, _ = self.linked[name]
                setattr(self, name, min(getattr(self, name), length - 1))
                slider.max = length - 1
            self._offer_spots()

    def _offer_spots(self):
        self.has_spots = np.array_equal(self.picture, photograph())
        self.linked["spot"][0].layout.visibility = "visible" if self.has_spots else "hidden"
        if not self.has_spots:
            self.spot = 0

    @property
    def mixing(self):
        """The 1 × 1 convolution's weights, a list for each output channel."""
        cells = [getattr(self, name) for name in _CELLS]
        return [cells[0:3], cells[3:6], cells[6:9]]

    @mixing.setter
    def mixing(self, matrix):
        with self.hold_sync():
            for name, value in {**_cells_of(matrix), "preset": 0}.items():
                setattr(self, name, value)

    def offers(self):
        """Return the controls by name."""
        menus = []
        for channel in CHANNELS:
            name = f"kernel_{channel}"
            menu = ipywidgets.Dropdown(
                options=list(KERNELS), index=getattr(self, name), description=f"{channel} kernel"
            )
            menus.append(self.link(name, menu, "index"))
        cells = []
        for name in _CELLS:
            out, into = (next(c for c in CHANNELS if c[0] == letter) for letter in name[-2:])
            cell = ipywidgets.BoundedFloatText(
                value=getattr(self, name),
                min=-LARGEST_WEIGHT,
                max=LARGEST_WEIGHT,
                step=0.1,
                description=f"{out} ← {into}",
            )
            cells.append(self.link(name, cell))
        mixture = ipywidgets.Box(cells)
        mixture.add_class("convlib-mixture")
        ends = []
        for name, length in zip(("row", "column"), self.picture.shape[1:], strict=True):
            setattr(self, name, min(getattr(self, name), length - 1))
            slider = ipywidgets.IntSlider(
                value=getattr(self, name), min=0, max=length - 1, description=f"pixel {name}"
            )
            ends.append(self.link(name, slider))
        mixtures = self.choice("preset", list(PRESETS), "1 × 1")
        mixtures.add_class("convlib-mix-presets")
        mixtures.add_class("convlib-from-1")
        places = self.choice("spot", ["as set", *SPOTS], "pixel")
        places.add_class("convlib-from-1")
        self._offer_spots()
        return {
            "presets": [mixtures],
            "kernels": menus,
            "weights": [mixture],
            "spots": [places],
            "pixel": ends,
        }

    def still(self):
        """Return the four pictures as they are at the start."""
        kernels = np.array(list(KERNELS.values()), dtype=np.float32)
        chosen = [self.kernel_red, self.kernel_green, self.kernel_blue]
        picture = self.picture.astype(np.float32)
        filtered = depthwise_conv2d(picture, kernels[chosen][:, np.newaxis], padding=1)
        mixing = np.array(self.mixing, dtype=np.float32)
        figure, axes = panels(4, width=1.9)
        for each, pixels, title in zip(
            axes,
            (
                picture,
                filtered,
                pointwise_conv2d(picture, mixing),
                pointwise_conv2d(filtered, mixing),
            ),
            ("input", "depthwise only", "1 × 1 only", "both"),
            strict=True,
        ):
            draw_photograph(each, pixels, title)
        names = [list(KERNELS)[k] for k in chosen]
        return Picture(
            figure,
            "A colour picture; after a depthwise convolution with kernels "
            f"{', '.join(names)}; after a 1 × 1 convolution, {PRESETS[self.preset]}; after both.",
        )


def _cells_of(mixing):
    """Return the traits for a matrix of weights."""
    matrix = checks.array("mixing", mixing, (2,))
    if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
        raise ValueError(
            f"mixing={matrix.tolist()}; legal are 3 rows, one an output, of 3 finite numbers"
        )
    return dict(zip(_CELLS, matrix.astype(float).ravel().tolist(), strict=True))

"""NetworkBlocks: what comes between convolutions, switched on and off on a photograph."""

import ipywidgets
import numpy as np
import traitlets

from convlib.activations import measure_activation, stack_blocks
from convlib.arguments import checks
from convlib.kernels import activation_loops
from convlib.plots.picture import Picture
from convlib.widgets.shared.explorer import Explorer, javascript, setting, style_sheet
from convlib.widgets.shared.own_data import OwnPicture, own
from convlib.widgets.shared.stills import draw_photograph, panels

BLOCKS, CHANNELS, KERNEL_SIZE = 16, 3, 3
FACTORS = (0.5, 1.0, 2.0)
LARGEST_PICTURE = 160
# Pictures are drawn with this mean and spread in each channel, in levels of 0 to 255.
SHOWN = (128.0, 50.0)
PARTS = ("nonlinearity", "normalisation", "residual")
# The lesson: which of the parts each step has. From one to the next, one of them changes.
STEPS = {
    "none": (False, False, False),
    "+ ReLU": (True, False, False),
    "+ norm": (True, True, False),
    "+ residual": (True, True, True),
    "− norm": (True, False, True),
}


def step_of(parts):
    """Return the number of the step that has these parts, from 1 on; 0 if there is none."""
    return next((k for k, on in enumerate(STEPS.values(), 1) if on == parts), 0)


def random_weights(factor=1.0):
    """Return the explorer's kernels: random, and the same ones every time.

    Parameters
    ----------
    factor : float, default 1.0
        Multiplies all weights. With 1 their standard deviation is He's, sqrt(2 / 27): for 27
        inputs to each sum and a ReLU after it.

    Returns
    -------
    ndarray of float32, shape (16, 3, 3, 3, 3)
        (C_out, C_in, h, w) for each of 16 blocks.

    References
    ----------
    K. He et al., "Delving deep into rectifiers", 2015, section 2.2.
    """
    shape = (BLOCKS, CHANNELS, CHANNELS, KERNEL_SIZE, KERNEL_SIZE)
    spread = np.sqrt(2 / (CHANNELS * KERNEL_SIZE**2))
    normal = np.random.default_rng(4).standard_normal(shape)
    return (factor * spread * normal).astype(np.float32)


def with_mean_and_spread(picture, mean=0.0, spread=1.0):
    """Return `picture` (C, H, W) as float32 with this mean and spread in each channel.

    A constant channel becomes `mean`.

    Parameters
    ----------
    picture : array_like, shape (C, H, W)
        Levels or any other numbers.
    mean, spread : float
        Mean and standard deviation wanted.

    Returns
    -------
    ndarray of float32, shape (C, H, W)
    """
    x = checks.array("picture", picture, (3,))
    x = np.array(x, checks.common_float(x), order="C")
    activation_loops.normalise(x, float(mean), float(spread))
    return x.astype(np.float32)


class NetworkBlocks(Explorer):
    """Switch non-linearity, normalisation and residuals on and off on a photograph.

    Parameters
    ----------
    step : int, 0 to 5
        1 to 5 are the lesson's steps: a convolution only, with non-linearity, with normalisation
        too, with a residual too, without normalisation again. Follows the three parts: 0 when
        they are no step's.
    nonlinearity, normalisation, residual : bool
        What each block has besides its convolution, as in :func:`convlib.stack_blocks`; the step's
        if none of them is given.
    blocks : int, 0 to 16
        Behind how many blocks to look.
    size : int
        How large the random weights are: 0 half of He's, 1 He's, 2 double.
    picture : array_like, shape (3, H, W), optional
        Your own picture, in levels from 0 to 255, at most 160 pixels high and wide; the book's
        photograph if not given. Can be set again later: the figure follows.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown, or the picture is not real-valued.
    ValueError
        If the picture has another shape, or other levels; or if `step` and the parts contradict
        each other.
    traitlets.TraitError
        If another value is of the wrong type or out of range.

    References
    ----------
    The lecture's "Convolutional Network: alternate convolution, non-linearity, normalization
    and residuals for deeper networks".

    Examples
    --------
    >>> from convlib.widgets import NetworkBlocks
    >>> explorer = NetworkBlocks(blocks=8, step=4)
    >>> explorer.residual
    True
    >>> explorer.residual = False
    >>> explorer.step
    3
    """

    TRY = (
        "<b>Try:</b> go through the five steps; each switches one part of all 16 blocks. Guess "
        "first: will the spread explode, vanish or stay in bounds? Will the picture survive?"
    )
    OPEN = ("steps", "parts")
    _esm = javascript("network_blocks_chart.js", "network_blocks_diagram.js", "network_blocks.js")
    _css = style_sheet("network_blocks.css")
    PICTURE = '<div class="board network">{still}</div>'

    step = setting(traitlets.Int(1, min=0, max=len(STEPS)))
    blocks = setting(traitlets.Int(BLOCKS, min=0, max=BLOCKS))
    nonlinearity = setting(traitlets.Bool(False))
    normalisation = setting(traitlets.Bool(False))
    residual = setting(traitlets.Bool(False))
    size = setting(traitlets.Int(1, min=0, max=len(FACTORS) - 1))

    steps = traitlets.List([list(parts) for parts in STEPS.values()]).tag(sync=True)
    factors = traitlets.List(list(FACTORS)).tag(sync=True)
    most_blocks = traitlets.Int(BLOCKS).tag(sync=True)
    kernel_size = traitlets.Int(KERNEL_SIZE).tag(sync=True)
    shown = traitlets.List(list(SHOWN)).tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    picture = own(OwnPicture(largest=LARGEST_PICTURE))

    def __init__(self, **settings):
        step, given = settings.get("step"), [name for name in PARTS if name in settings]
        on = list(STEPS.values())[step - 1] if step in range(1, len(STEPS) + 1) else None
        if not given and on:
            settings |= dict(zip(PARTS, on, strict=True))
        elif given:
            parts = tuple(settings.get(name, False) for name in PARTS)
            if on not in (None, parts):
                raise ValueError(
                    f"step={step} and {', '.join(f'{n}={settings[n]}' for n in given)} contradict "
                    f"each other; legal with these parts is step={step_of(parts)}"
                )
            settings["step"] = step_of(parts)
        super().__init__(**settings)

    @traitlets.observe("step")
    def _take_its_parts(self, change):
        if change["new"]:
            with self.hold_trait_notifications():
                for name, on in zip(PARTS, list(STEPS.values())[change["new"] - 1], strict=True):
                    setattr(self, name, on)

    @traitlets.observe(*PARTS)
    def _name_its_step(self, change):
        self.step = step_of(tuple(getattr(self, name) for name in PARTS))

    @traitlets.default("weights")
    def _default_weights(self):
        return np.stack([random_weights(factor) for factor in FACTORS]).tobytes()

    def offers(self):
        """Return the controls by name."""
        steps = self.choice("step", ["as set", *STEPS], "step")
        steps.add_class("convlib-from-1")
        steps.add_class("convlib-step-row")
        boxes = ipywidgets.Box(
            [
                self.checkbox("nonlinearity", "non-linearity"),
                self.checkbox("normalisation", "normalisation"),
                self.checkbox("residual", "residual"),
            ]
        )
        boxes.add_class("convlib-parts")
        return {
            "steps": [steps],
            "parts": [boxes],
            "blocks": [self.slider("blocks", "blocks")],
            "weights": [self.choice("size", ["half", "He's", "double"], "weights")],
        }

    def still(self):
        """Return the picture before and after the blocks as a still picture."""
        picture = with_mean_and_spread(self.picture)
        weights = random_weights(FACTORS[self.size])[: self.blocks]
        parts = {name: getattr(self, name) for name in PARTS}
        last = stack_blocks(picture, weights, **parts)[-1]
        at_first, _ = measure_activation(picture, picture)
        spread, likeness = measure_activation(last, picture)
        passed = f"{self.blocks} block{'' if self.blocks == 1 else 's'}"
        figure, axes = panels(2)
        draw_photograph(axes[0], with_mean_and_spread(picture, *SHOWN), "input")
        draw_photograph(axes[1], with_mean_and_spread(last, *SHOWN), f"after {passed}")
        chosen = ", ".join(name for name, on in parts.items() if on) or "nothing else"
        return Picture(
            figure,
            f"A photograph before and after {passed} of a convolution and: {chosen}. "
            f"The spread went from {at_first:.2g} to {spread:.2g}, the likeness to the input is "
            f"{likeness:.2f}.",
        )

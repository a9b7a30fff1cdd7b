"""CostComparison: four ways to connect channels, calculated, and measured in the browser."""

import ipywidgets
import matplotlib as mpl
import traitlets
from matplotlib.figure import Figure

from convlib.cost import compare_convolutions
from convlib.kernels.cost_rules import VARIANTS, groups_divide
from convlib.plots.colours import ACCENT
from convlib.plots.picture import Picture
from convlib.widgets.shared.explorer import Explorer, javascript, setting, style_sheet, whole

LARGEST_CHANNELS, LARGEST_SIZE, LARGEST_KERNEL, LARGEST_GROUPS = 512, 112, 7, 64

# Layers to start from: C1, C2, H, W, h, w, g.
GEOMETRY = (
    "in_channels",
    "out_channels",
    "height",
    "width",
    "kernel_height",
    "kernel_width",
    "groups",
)
LABELS = (
    "channels C₁",
    "channels C₂",
    "height H",
    "width W",
    "kernel h",
    "kernel w",
    "groups g",
)
LAYERS = {
    "as set": (),
    "MobileNet v1, 512 channels at 14 × 14": (512, 512, 14, 14, 3, 3, 32),
    "ResNet-50, 64 channels at 56 × 56": (64, 64, 56, 56, 3, 3, 32),
    "VGG-16, 3 to 64 channels, here at 112 × 112": (3, 64, 112, 112, 3, 3, 1),
    "7 × 7 kernel, 96 channels at 56 × 56": (96, 96, 56, 56, 7, 7, 32),
    "the lecture's groups: 6 to 4 channels, g = 2": (6, 4, 32, 32, 3, 3, 2),
}
PANELS = (
    ("macs", "MACs"),
    ("params", "parameters"),
    ("bytes", "bytes moved"),
    ("intensity", "FLOPs per byte"),
)


class CostComparison(Explorer):
    """Compare what vanilla, grouped, depthwise and depthwise + 1 × 1 convolution cost.

    All four have stride 1, no bias, and the padding that keeps the size. The numbers are those of
    :func:`convlib.compare_convolutions`. On request the page also measures how long convlib's
    kernel takes for each of them, in the browser.

    Parameters
    ----------
    in_channels, out_channels : int, 1 to 512
        C1 and C2.
    height, width : int, 1 to 112
        H and W in pixels.
    kernel_height, kernel_width : int, 1 to 7
        h and w in pixels.
    groups : int, 1 to 64
        g of the grouped convolution.
    layer : int
        Number of a layer to start from, which sets all of the above; 0 as set.
    guess : float, 0.001 to 10
        The reader's guess: time of depthwise + 1 × 1, divided by vanilla's.
    measure : bool
        Whether a measurement is running. Setting it starts or stops one in a page that is open;
        a page never starts one by itself.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown.
    traitlets.TraitError
        If a value is of the wrong type or out of range.

    References
    ----------
    The lecture's "Group Convolution" and "Special Convolution: Depthwise Convolution".

    Examples
    --------
    >>> from convlib.widgets import CostComparison
    >>> explorer = CostComparison(layer=2, groups=4)
    >>> explorer.in_channels, explorer.height, explorer.groups
    (64, 56, 4)
    """

    TRY = (
        "<b>Try:</b> does depthwise + 1 × 1 also save as much <em>time</em> as MACs? Drag "
        "<i>your guess</i>, then press <em>measure here</em>."
    )
    OPEN = ("guess", "layer")
    _esm = javascript(
        "cost_comparison_measuring.js", "cost_comparison_plot.js", "cost_comparison.js"
    )
    _css = style_sheet("cost_comparison.css")
    PICTURE = (
        '<div><div class="measure-row"><span class="measure-button"></span>'
        '<p class="cost-caption"></p></div>'
        '<div class="board ratios">{still}</div></div>'
    )

    in_channels = whole(512, LARGEST_CHANNELS)
    out_channels = whole(512, LARGEST_CHANNELS)
    height = whole(14, LARGEST_SIZE)
    width = whole(14, LARGEST_SIZE)
    kernel_height = whole(3, LARGEST_KERNEL)
    kernel_width = whole(3, LARGEST_KERNEL)
    groups = whole(32, LARGEST_GROUPS)
    layer = setting(traitlets.Int(1, min=0, max=len(LAYERS) - 1))
    guess = setting(traitlets.Float(1.0, min=0.001, max=10.0))
    measure = setting(traitlets.Bool(False))

    layers = traitlets.List([list(sizes) for sizes in LAYERS.values()]).tag(sync=True)
    variants = traitlets.List(list(VARIANTS)).tag(sync=True)

    def __init__(self, **settings):
        number = settings.get("layer", 0)
        if number in range(1, len(LAYERS)):
            start = dict(zip(GEOMETRY, list(LAYERS.values())[number], strict=True))
            settings = {**start, **settings}
        if set(settings) & set(GEOMETRY) and "layer" not in settings:
            settings["layer"] = 0
        super().__init__(**settings)
        # A link that opens a page starts no measurement.
        self.opened_with = {n: v for n, v in self.opened_with.items() if n != "measure"}

    def offers(self):
        """Return the controls by name."""
        start = ipywidgets.Dropdown(
            options=list(LAYERS), index=self.layer, description="layer", layout={"width": "auto"}
        )
        start.add_class("convlib-layer-row")
        button = ipywidgets.ToggleButton(value=self.measure, description="run the measurement")
        guess = ipywidgets.BoundedFloatText(
            value=self.guess, min=0.001, max=10.0, step=0.05, description="your guess"
        )
        numbers = []
        for name, label in zip(GEOMETRY, LABELS, strict=True):
            legal = self.traits()[name]
            field = ipywidgets.BoundedIntText(
                value=getattr(self, name), min=legal.min, max=legal.max, description=label
            )
            numbers.append(self.link(name, field))
        sizes = ipywidgets.Box(numbers)
        sizes.add_class("convlib-layer-sizes")
        return {
            "guess": [self.link("guess", guess)],
            "layer": [self.link("layer", start, "index")],
            "sizes": [sizes],
            "measure": [self.link("measure", button)],
        }

    def still(self):
        """Return the calculated costs as a still picture; nothing is measured for it."""
        legal = groups_divide(self.in_channels, self.out_channels, self.groups)
        found = compare_convolutions(
            self.in_channels,
            self.out_channels,
            (self.kernel_height, self.kernel_width),
            (self.height, self.width),
            self.groups if legal else 1,
        )
        found = [v for v in found if legal or v.name != "grouped"]
        names = [v.name for v in found]
        with mpl.rc_context({"font.size": 10, "axes.spines.top": False}):
            figure = Figure(figsize=(9, 4.4), layout="constrained")
            for axes, (field, title) in zip(figure.subplots(2, 2).flat, PANELS, strict=True):
                values = [getattr(v.cost, field) for v in found]
                axes.barh(names, values, color=ACCENT, log=True)
                numbers = [f"{v:,}" if isinstance(v, int) else f"{v:.1f}" for v in values]
                axes.bar_label(axes.containers[0], numbers, padding=3)
                axes.set(title=title, xlim=(min(values) / 3, max(values) * 100))
                axes.invert_yaxis()
                axes.spines["right"].set_visible(False)
        said = ", ".join(
            f"{v.name} {v.cost.macs:,} MACs at {v.cost.intensity:.1f} FLOPs per byte" for v in found
        )
        return Picture(
            figure,
            f"Costs of a layer from {self.in_channels} to {self.out_channels} channels of "
            f"{self.height} by {self.width} pixels: {said}."
            + (
                "" if legal else f" No grouped one: g = {self.groups} does not divide the channels."
            ),
        )

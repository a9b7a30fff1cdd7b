"""ReceptiveField: what one output of a stack of layers sees, drawn on a photograph."""

from functools import cache

import ipywidgets
import numpy as np
import traitlets
from matplotlib.patches import Rectangle

from convlib import network_paths, networks
from convlib.arguments import paddings
from convlib.branches import Residual
from convlib.kernels.field_rules import cell_of_pixel
from convlib.kernels.stride_loops import AS_GIVEN, CEIL_MODE, SAME_LOWER, SAME_UPPER
from convlib.layer import Conv2d
from convlib.layer_windows import has_window
from convlib.plots.colours import KERNEL, OUTPUT
from convlib.plots.picture import Picture
from convlib.receptive_field import ReceptiveField as Field
from convlib.receptive_field import through
from convlib.widgets.shared.explorer import Explorer, javascript, setting, style_sheet, within
from convlib.widgets.shared.own_data import OwnPicture, own
from convlib.widgets.shared.stills import panels

OWN_LAYERS, LARGEST_KERNEL, SMALLEST_INPUT, LARGEST_INPUT = 8, 7, 32, 256
PADDINGS = ("symmetric", "SAME", "none")
# The own stack has stride 2 in every layer whose number is a multiple of this; 0 is never.
PERIODS = (0, 1, 2, 3)
STRIDES = ("no layer", "each", "every 2nd", "every 3rd")
# Published networks were made for 224; 225 = 7 * 32 + 1 suits symmetric padding.
USUAL_SIZES = (224, 225)
RULES = {"same_upper": SAME_UPPER, "same_lower": SAME_LOWER}


@cache
def presets():
    """Return the published networks of the menu: their names, and the layers with a field."""
    found = {
        "VGG-16": networks.vgg16(),
        "ResNet-50, torchvision": networks.resnet50(),
        "ResNet-50, TensorFlow": networks.resnet50("last 3x3", "same_upper"),
        "MobileNet v1, SAME": networks.mobilenet_v1(),
        "MobileNet v1, symmetric": networks.mobilenet_v1(padding=1),
    }
    return {name: windows(networks.features(network)) for name, network in found.items()}


def own_stack(layers, kernel, strides, padding):
    """Return the stack that the sliders describe, as (name, layer) pairs; see `ReceptiveField`."""
    ends = ((kernel - 1) // 2, "same_upper", 0)[padding]
    period = PERIODS[strides]
    return [
        (f"layer {at}", Conv2d(1, 1, kernel, 2 if period and at % period == 0 else 1, ends))
        for at in range(1, layers + 1)
    ]


def windows(layers, prefix=""):
    """Return the layers that have a window, as (name, layer), along the main path."""
    found = []
    for name, layer in network_paths.named(layers):
        if isinstance(layer, Residual):
            found += windows(layer.main, f"{prefix}{name}.")
        elif isinstance(layer, network_paths.Block):
            raise ValueError(
                f"{prefix}{name}: the explorer follows one path, a {type(layer).__name__} has "
                "several; legal are layers in a row, such as those of one branch"
            )
        elif has_window(layer):
            found.append((prefix + name, layer))
    return found


def described(layers):
    """Return one axis after the other as lists of integers, the columns of `LAYER`."""
    axes = ([], [])
    for _, layer in layers:
        own = (layer.kernel_size, layer.stride, layer.dilation)
        rule, ends = RULES.get(layer.padding, AS_GIVEN), ((0, 0), (0, 0))
        if rule == AS_GIVEN:
            # The remaining words do not depend on the size.
            ends = paddings.resolve(layer.padding, (1, 1), *own)
            rule = CEIL_MODE if getattr(layer, "ceil_mode", False) else AS_GIVEN
        for axis, rows in enumerate(axes):
            kernel, stride, dilation = (pair[axis] for pair in own)
            rows.append([kernel, stride, *ends[axis], dilation, rule])
    return axes


class MiddleSquare(OwnPicture):
    """A trait that holds the middle square of a picture."""

    def validate(self, obj, value):
        """Return what is kept of the picture `value`."""
        picture = super().validate(obj, value)
        side = min(picture.shape[1:])
        top, left = ((length - side) // 2 for length in picture.shape[1:])
        return picture[:, top : top + side, left : left + side]


class ReceptiveField(Explorer):
    """See the pixels behind one output of a stack of layers, drawn on a photograph.

    Parameters
    ----------
    network : int
        0 the stack that the next four settings describe, then published networks: 1 VGG-16, 2
        ResNet-50 of torchvision, 3 of TensorFlow, 4 MobileNet v1 with 'SAME' padding, 5 with
        symmetric padding, 6 `layers`, if given.
    depth : int
        How many layers are counted, from the input on; poolings are layers. At most 8 for the
        own stack, or all for a network.
    kernel : int, 1 to 7
        Kernel size of the own stack.
    strides : int
        Stride of the own stack: 0 always 1; 1, 2, 3: stride 2 in each, every 2nd, every 3rd layer.
    padding : int
        Padding of the own stack: 0 (kernel - 1) // 2 at both ends, 1 TensorFlow's 'SAME', 2 none.
    size : int, 32 to 256
        Height and width of the input in pixels.
    row, column : int, 0 to 255
        The input pixel whose output is shown: the one whose cell contains the pixel.
    layers : sequence of layers, optional
        A network of your own, which is added to the menu and selected.
    image : array_like, shape (3, H, W), optional
        Your own picture, in levels from 0 to 255, of which the middle square is shown; the book's
        photograph if not given. Can be set again later: the figure follows.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown, `layers` is not made of layers, or `image` is not real-valued.
    ValueError
        If `image` has another shape or other levels, or `layers` has no layer with a window, or
        branches side by side.
    traitlets.TraitError
        If another value is of the wrong type or out of range.

    References
    ----------
    A. Araujo, W. Norris and J. Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill, 2019.

    Examples
    --------
    >>> from convlib import Conv2d
    >>> from convlib.widgets import ReceptiveField
    >>> explorer = ReceptiveField(layers=[Conv2d(3, 8, 5, stride=2), Conv2d(8, 8, 3)])
    >>> explorer.network, explorer.depth
    (6, 2)
    >>> explorer.depth = 1
    """

    TRY = (
        "<b>Try:</b> add layers one by one, first all at stride 1, then with stride 2 in every "
        "2nd. Drag the output over the photograph."
    )
    OPEN = ("layers", "network", "stride", "usual sizes")
    _esm = javascript(
        "receptive_field_layers.js",
        "receptive_field_rooms.js",
        "receptive_field_growth.js",
        "receptive_field_fan.js",
        "receptive_field.js",
    )
    _css = style_sheet("receptive_field.css")
    PICTURE = '<div class="board fields">{still}</div>'

    network = setting(traitlets.Int(0, min=0))
    depth = setting(traitlets.Int(4, min=0))
    kernel = setting(traitlets.Int(3, min=1, max=LARGEST_KERNEL))
    strides = setting(traitlets.Int(2, min=0, max=len(STRIDES) - 1))
    padding = setting(traitlets.Int(0, min=0, max=len(PADDINGS) - 1))
    size = setting(traitlets.Int(224, min=SMALLEST_INPUT, max=LARGEST_INPUT))
    row = setting(traitlets.Int(112, min=0, max=LARGEST_INPUT - 1))
    column = setting(traitlets.Int(112, min=0, max=LARGEST_INPUT - 1))

    # The number of layers of the chosen network, which the figure sets: the end of the slider.
    last_layer = traitlets.Int().tag(sync=True)
    own_layers = traitlets.Int(OWN_LAYERS).tag(sync=True)
    periods = traitlets.List(list(PERIODS)).tag(sync=True)
    # Which of the buttons for usual sizes is pressed, from 1; 0 is another size.
    usual_size = traitlets.Int().tag(sync=True)
    usual_sizes = traitlets.List(list(USUAL_SIZES)).tag(sync=True)
    tables = traitlets.List().tag(sync=True)
    image = own(MiddleSquare())

    def __init__(self, layers=None, **settings):
        self.menu = dict(presets())
        if layers is not None:
            self.menu["yours"] = windows(layers)
            if not self.menu["yours"]:
                raise ValueError(f"layers={layers!r} has no convolution or pooling")
            settings = {"network": len(self.menu), "depth": len(self.menu["yours"]), **settings}
        super().__init__(**settings)
        if layers is not None:
            self.unwritten = [*self.unwritten, "layers"]

    @traitlets.default("tables")
    def _default_tables(self):
        return [
            {"names": [name for name, _ in stack], "axes": described(stack)}
            for stack in self.menu.values()
        ]

    @traitlets.default("usual_size")
    def _default_usual_size(self):
        return USUAL_SIZES.index(self.size) + 1 if self.size in USUAL_SIZES else 0

    @traitlets.default("last_layer")
    def _default_last_layer(self):
        return len(self._layers(None))

    @traitlets.validate("network")
    def _known_network(self, proposal):
        if proposal["value"] > len(self.menu):
            raise traitlets.TraitError(
                f"network={proposal['value']} is not known; legal values are 0 to {len(self.menu)}"
            )
        return proposal["value"]

    @traitlets.validate("depth")
    def _layers_that_there_are(self, proposal):
        if self.network > len(self.menu):
            return proposal["value"]  # it is the network that is refused
        return within(proposal, 0, len(self._layers(None)), "the layers of the network")

    def offers(self):
        """Return the controls by name."""
        menu = ipywidgets.Dropdown(
            options=["own stack", *self.menu], index=self.network, description="network"
        )
        sizes = self.choice("usual_size", ["other", *map(str, USUAL_SIZES)], "input pixels")
        stride = self.choice("strides", list(STRIDES), "stride 2 in")
        kernel = self.slider("kernel", "own kernel")
        padding = self.choice("padding", list(PADDINGS), "own padding")
        sizes.add_class("convlib-from-1")
        sizes.add_class("convlib-of-network")
        for control in (stride, kernel, padding):
            control.add_class("convlib-of-own")
        for control in (stride, sizes):
            control.add_class("convlib-in-turn")
        return {
            "layers": [self.slider_to("depth", "last_layer", "layers")],
            "network": [self.link("network", menu, "index")],
            "stride": [stride],
            "usual sizes": [sizes],
            "kernel": [kernel],
            "padding": [padding],
            "size": [self.slider("size", "input size")],
            "place": [self.slider("row", "pixel row"), self.slider("column", "pixel column")],
        }

    def _layers(self, depth):
        """Return the first layers of the chosen network, or with None all of them."""
        if self.network == 0:
            return own_stack(OWN_LAYERS, self.kernel, self.strides, self.padding)[:depth]
        return list(self.menu.values())[self.network - 1][:depth]

    def still(self):
        """Return the photograph with the field of the chosen output as a still picture."""
        figure, (axes,) = panels(1, 4, 4)
        corners = np.array([0, 1, 1, 0]) * self.size - 0.5
        axes.imshow(self.image.transpose(1, 2, 0), extent=corners, interpolation="none")
        layers = self._layers(self.depth)
        name = ["own stack", *self.menu][self.network]
        whole = f"A photograph of {self.size} by {self.size} pixels"
        try:
            field, outputs = through(layers, Field(), (self.size, self.size), "")
        except ValueError as error:
            return Picture(figure, f"{whole}. {name} has no output: {error}")
        output = tuple(map(cell_of_pixel, (self.row, self.column), field.stride, outputs))
        starts = [first for first, _ in field.window(output)]
        cell = [o * stride for o, stride in zip(output, field.stride, strict=True)]
        for (y, x), (tall, wide), colour in (
            (starts, field.size, KERNEL),
            (cell, field.stride, OUTPUT),
        ):
            box = Rectangle((x - 0.5, y - 0.5), wide, tall, fill=False, color=colour, linewidth=3)
            axes.add_patch(box)
        reach = [max(-y, y + r - self.size) for y, r in zip(starts, field.size, strict=True)]
        margin = max(self.size // 8, *reach) + 5
        axes.set(xlim=(-margin, self.size + margin), ylim=(self.size + margin, -margin))
        return Picture(
            figure,
            f"{whole}. After {len(layers)} layers of {name}, output {output} sees "
            f"{' by '.join(map(str, field.size))} of them (orange frame); its own cell (green "
            f"frame) has {' by '.join(map(str, field.stride))}.",
        )

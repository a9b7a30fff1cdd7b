"""NetworkDesigner: a published network, its layers to change, and what each change costs."""

import ipywidgets
import traitlets
from matplotlib.figure import Figure

from convlib import networks
from convlib.kernels import network_rules, network_walk
from convlib.networks import encoded
from convlib.plots.colours import ACCENT, PALE
from convlib.plots.picture import Picture
from convlib.widgets.shared.explorer import Explorer, javascript, setting, style_sheet, within

# Labels, networks, and the layers that a width multiplier below 1 leaves alone.
NETWORKS = (
    ("VGG-16", networks.vgg16, ()),
    ("ResNet-18", networks.resnet18, ()),
    ("ResNet-50", networks.resnet50, ()),
    ("ResNeXt-50 32x4d", networks.resnext50_32x4d, ()),
    ("MobileNet v1", networks.mobilenet_v1, ()),
    ("MobileNet v2", networks.mobilenet_v2, ("conv1",)),
    ("by the lecture's rules", networks.by_the_rules, ()),
)
PUBLISHED_SIZE = 224


def tables():
    """Return, for each network, its label, rows, and the rows that are convolutions."""
    made = []
    for label, network, fixed in NETWORKS:
        names, rows = encoded.encoded(network(), fixed)
        convs = [i for i, row in enumerate(rows) if row[0] == network_walk.CONV]
        made.append({"label": label, "names": names, "rows": rows.tolist(), "convs": convs})
    return made


def columns():
    """Return the numbers behind the names of columns, kinds and states, for the drawing."""
    return {
        name: value
        for module in (network_walk, network_rules)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int)
    }


class NetworkDesigner(Explorer):
    """Change the layers of a published network, and see what each change costs.

    Shapes, costs and fields are those of :func:`convlib.networks.layer_table`. Costs count
    residual shortcuts, fields follow the main path. The published numbers are those at 224
    pixels and width 100 %.

    Parameters
    ----------
    edits : dict of str to dict of str to int, optional
        Changes to start with: a layer's name, then `kernel`, `stride`, `padding`, `dilation`,
        `out_channels` or `groups`, with values as below. Can be read and set later, too.
    network : int
        0 VGG-16, 1 ResNet-18, 2 ResNet-50 (torchvision's), 3 ResNeXt-50 32x4d, 4 MobileNet v1
        (TensorFlow's padding), 5 MobileNet v2 (torchvision's), 6 one by the lecture's rules.
    size : int, 32 to 512
        Height and width of the input in pixels.
    width : int, 25 to 200
        Width multiplier in percent, for the output channels of all layers that are not changed.
    layer : int
        Number of the chosen convolution, from 1.
    kernel, stride, dilation : int
        h = w, s and d of the chosen layer: 1 to 11, 1 to 4 and 1 to 4.
    padding : int, -1 to 5
        Padding on all four sides of the chosen layer; -1 is 'same_upper'.
    out_channels : int, 8 to 4096
        C2 of the chosen layer.
    groups : int, 0 to 32
        g of the chosen layer; 0 is as many as there are input channels.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown.
    traitlets.TraitError
        If a value is of the wrong type or out of range, or `edits` names something unknown.

    References
    ----------
    The lecture's "Hyperparameters of Convolutions - The Illusion of Choice".

    Examples
    --------
    >>> from convlib.widgets import NetworkDesigner
    >>> explorer = NetworkDesigner(network=1, layer=3, kernel=5)
    >>> explorer.edits
    {'layer1.0.conv2': {'kernel': 5}}
    """

    TRY = (
        "<b>Try:</b> in VGG-16, give <i>conv2_1</i> stride 2 and find the rows whose MACs "
        "change, and those whose parameters do. Then double its C₂, and that of <i>conv2_2</i>. "
        "Which layer costs again what it did?"
    )
    OPEN = ("network", "layer", "channels", "stride")
    _esm = javascript(
        "network_designer_words.js",
        "network_designer_table.js",
        "network_designer_editor.js",
        "network_designer.js",
    )
    _css = style_sheet("network_designer.css")
    PICTURE = '<div class="design">{still}</div>'

    network = setting(traitlets.Int(0, min=0, max=len(NETWORKS) - 1))
    size = setting(traitlets.Int(PUBLISHED_SIZE, min=32, max=512))
    width = setting(traitlets.Int(100, min=25, max=200))
    layer = setting(traitlets.Int(3, min=1))
    kernel = setting(traitlets.Int(3, min=1, max=11))
    stride = setting(traitlets.Int(1, min=1, max=4))
    padding = setting(traitlets.Int(1, min=-1, max=5))
    dilation = setting(traitlets.Int(1, min=1, max=4))
    out_channels = setting(traitlets.Int(128, min=8, max=4096))
    groups = setting(traitlets.Int(1, min=0, max=32))

    # Which entry of the menu for padding is chosen: 0 is 'same', 1 is padding 0.
    padding_choice = traitlets.Int().tag(sync=True)
    edits = traitlets.Dict().tag(sync=True)
    # The number of the last convolution: the end of the layer slider.
    last_layer = traitlets.Int().tag(sync=True)
    tables = traitlets.List().tag(sync=True)
    columns = traitlets.Dict().tag(sync=True)
    knobs = traitlets.Dict({k: list(v) for k, v in encoded.KNOBS.items()}).tag(sync=True)
    published_size = traitlets.Int(PUBLISHED_SIZE).tag(sync=True)

    def __init__(self, edits=None, **settings):
        asked = {knob: settings[knob] for knob in encoded.KNOBS if knob in settings}
        super().__init__(**settings)
        self.edits = edits or {}
        if asked:
            name = self._name()
            self.edits = {**self.edits, name: {**self.edits.get(name, {}), **asked}}
        self._show_layer()
        # What the knobs of a layer stand at follows from the changes.
        kept = {name: self.opened_with[name] for name in ("network", "size", "width", "layer")}
        self.legal = {**self.legal, "edits": ["edits", None, None, {}]}
        self.opened_with = {**kept, "edits": self.edits}

    @traitlets.default("tables")
    def _default_tables(self):
        return tables()

    @traitlets.default("columns")
    def _default_columns(self):
        return columns()

    @traitlets.default("last_layer")
    def _default_last_layer(self):
        return len(self.tables[self.network]["convs"])

    @traitlets.validate("layer")
    def _one_of_the_convolutions(self, proposal):
        table = self.tables[self.network]
        return within(proposal, 1, len(table["convs"]), f"the convolutions of {table['label']}")

    @traitlets.validate("edits")
    def _check_edits(self, proposal):
        table = self.tables[self.network]
        legal = [table["names"][i] for i in table["convs"]]
        for name, values in proposal.value.items():
            if name not in legal:
                raise traitlets.TraitError(
                    f"edits names {name!r}, which is no convolution of {table['label']}; "
                    f"legal are {', '.join(legal)}"
                )
            for knob, value in values.items():
                if knob not in encoded.KNOBS:
                    known = ", ".join(encoded.KNOBS)
                    raise traitlets.TraitError(f"edits[{name!r}] names {knob!r}; legal are {known}")
                trait = self.traits()[knob]
                if not (isinstance(value, int) and trait.min <= value <= trait.max):
                    raise traitlets.TraitError(
                        f"edits[{name!r}][{knob!r}]={value!r}; legal are {trait.min} to {trait.max}"
                    )
        return proposal.value

    # Changes belong to one network, with or without a page; in a page the figure ensures it.
    @traitlets.observe("network")
    def _start_network(self, change):
        if hasattr(self, "panel"):
            self.edits, self.last_layer = {}, len(self.tables[self.network]["convs"])

    def _name(self):
        table = self.tables[self.network]
        return table["names"][table["convs"][min(self.layer, self.last_layer) - 1]]

    def found(self):
        """Return the table's rows as the kernel finds them, and the names of their layers."""
        _, network, fixed = NETWORKS[self.network]
        names, rows = encoded.encoded(network(), fixed)
        rows = encoded.edited(names, rows, self.edits)
        return names, rows, encoded.walked(rows, (self.size, self.size), self.width)

    def published(self):
        """Return the rows of the published network as the kernel finds them."""
        _, network, fixed = NETWORKS[self.network]
        _, rows = encoded.encoded(network(), fixed)
        return encoded.walked(rows, (PUBLISHED_SIZE, PUBLISHED_SIZE))

    def _show_layer(self):
        """Set the traits and the sliders of the chosen layer to what the layer has."""
        names, rows, found = self.found()
        at = names.index(self._name())
        for knob, (column, *_) in encoded.KNOBS.items():
            value = int(rows[at][column])
            if knob == "out_channels":
                # Behind an illegal layer they are unknown: there, the published ones.
                known = (found, self.published())
                value = next(int(n) for n in (f[at][network_walk.CHANNELS] for f in known) if n)
            setattr(self, knob, min(value, self.traits()[knob].max))
            control, trait = self.linked[knob]
            setattr(control, trait, getattr(self, knob))
        self.padding_choice = self.padding + 1

    def offers(self):
        """Return the controls by name."""
        labels = [label for label, _, _ in NETWORKS]
        network = ipywidgets.Dropdown(options=labels, index=self.network, description="network")
        width = ipywidgets.IntSlider(
            value=self.width, min=25, max=200, step=25, description="width %"
        )
        most_groups = self.traits()["groups"].max
        groups = ipywidgets.Dropdown(
            options=["depthwise", *map(str, range(1, most_groups + 1))],
            index=self.groups,
            description="groups g",
        )
        knobs = {
            "channels": self._field("out_channels", "channels C₂", step=8),
            "stride": self._field("stride", "stride s"),
            "kernel": self._field("kernel", "kernel w = h"),
            "padding": self._paddings(),
            "dilation": self._field("dilation", "dilation d"),
            "groups": self.link("groups", groups, "index"),
        }
        # What follows a choice of network or layer stands near it, and is small.
        for knob in knobs.values():
            knob.add_class("design-knob")
        return {
            "network": [self.link("network", network, "index")],
            "layer": [self.slider_to("layer", "last_layer", "layer")],
            **{name: [knob] for name, knob in knobs.items()},
            "width": [self.link("width", width)],
            "size": [self.slider("size", "input pixels")],
        }

    def _field(self, trait, description, step=1):
        """Return a field for a number, in which it is typed or changed by `step`."""
        legal = self.traits()[trait]
        field = ipywidgets.BoundedIntText(
            value=getattr(self, trait),
            min=legal.min,
            max=legal.max,
            step=step,
            description=description,
        )
        return self.link(trait, field)

    def _paddings(self):
        """Return a menu for the padding, of which the first entry says 'same'."""
        legal = self.traits()["padding"]
        values = range(legal.min, legal.max + 1)
        words = [("same" if value < 0 else str(value), value) for value in values]
        menu = ipywidgets.Dropdown(options=words, value=self.padding, description="padding p")
        self.link("padding_choice", menu, "index")
        # A browser has no values of entries, only their index; in Python the value is the trait's.
        del self.linked["padding_choice"]
        self.linked["padding"] = (menu, "value")
        return menu

    def still(self):
        """Return the MACs of every layer, published and ours, as a still picture."""
        label, _, _ = NETWORKS[self.network]
        names, _, ours = self.found()
        published = self.published()
        macs = network_walk.MACS
        axes = Figure(figsize=(7, 3), layout="constrained").subplots()
        places = range(len(names))
        axes.bar(places, published[:-1, macs] / 1e6, color=PALE, label="published")
        axes.plot(places, ours[:-1, macs] / 1e6, "o", color=ACCENT, markersize=4, label="ours")
        axes.set(xlabel="layers, from the image on", ylabel="million MACs", title=label)
        axes.legend(frameon=False)
        totals = [f"{table[-1, macs] / 1e9:.3f} GMACs" for table in (published, ours)]
        return Picture(
            axes.figure,
            f"MACs of every layer of {label}: published {totals[0]} in all, ours {totals[1]}.",
        )

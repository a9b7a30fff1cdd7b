"""NetworkCheck: a network from the reader's own ONNX file, checked in the page."""

import json
from functools import cache
from pathlib import Path

import ipywidgets
import traitlets
from matplotlib.patches import Rectangle

from convlib.graphs.examples import Example, examples
from convlib.graphs.images import axes_of
from convlib.graphs.onnx_file import read_onnx
from convlib.graphs.plain import Graph, as_json
from convlib.graphs.report import checked
from convlib.kernels import graph_numbers, graph_rows, graph_windows, network_rules
from convlib.plots.colours import KERNEL
from convlib.plots.picture import Picture
from convlib.widgets.receptive_field import MiddleSquare
from convlib.widgets.shared.explorer import Explorer, javascript, setting, style_sheet, within
from convlib.widgets.shared.own_data import own
from convlib.widgets.shared.stills import panels

LARGEST_SIZE, USUAL_SIZE = 1024, 224
YOUR_FILE = "your file"
# What reads protocol buffers; a notebook's page asks for it when it has a file to read.
PROTOBUF = Path(__file__).parent / "vendored" / "protobuf.js"


@cache
def _examples():
    return tuple(examples().values())


def columns():
    """Return the numbers behind the names of columns, kinds and states, for the page's walk."""
    return {
        name: value
        for module in (graph_windows, graph_numbers, network_rules, graph_rows)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int)
    }


def described(example):
    """Return an example as it is sent to the page."""
    return {
        "label": example.label,
        "size": list(example.size),
        "graph": json.loads(as_json(example.graph)),
    }


class NetworkCheck(Explorer):
    """Check a network: choose an example, or drop an ONNX file on the figure.

    What is found is what :func:`convlib.networks.from_onnx` finds. A file that is chosen or dropped
    is read in the page: nothing of it leaves the machine, and its weights are not read.

    Parameters
    ----------
    model : str, path-like, bytes or Graph, optional
        A network of your own, added to the menu and selected: an ONNX file or what is in it, which
        needs the package `onnx`, or a plain graph.
    network : int
        0 a block with SAME padding beside a shortcut, 1 the same padded evenly, 2 MobileNet v1 with
        SAME padding, 3 with symmetric padding, 4 a U-Net at an odd size, 5 an encoder and a decoder
        that disagree, then `model`, if given; the last one is the file that is dropped.
    tensor : int
        Number of the chosen tensor, from 0, the image.
    height, width : int, 1 to 1024
        Size of the image in pixels.
    image : array_like, shape (3, H, W), optional
        Your own picture, in levels from 0 to 255, of which the middle square is shown; the book's
        photograph if not given.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError, ValueError
        If a setting is unknown, `model` cannot be read, or `image` is no picture.
    traitlets.TraitError
        If another value is of the wrong type or out of range.

    References
    ----------
    The ONNX standard: its operators and their attributes.

    Examples
    --------
    >>> from convlib.widgets import NetworkCheck
    >>> explorer = NetworkCheck(network=5)
    >>> explorer.check().findings[0].pixels
    (0.5, 0.5)
    """

    TRY = (
        "<b>Try:</b> go through the networks and read what is found. Choose <i>sum</i> in the "
        "first one, then in the second. Then drop a network of your own on the figure."
    )
    OPEN = ("network", "tensor", "size")
    _esm = javascript(
        "network_check_file.js",
        "network_check_onnx.js",
        "network_check_rules.js",
        "network_check_walk.js",
        "network_check_windows.js",
        "network_check_cellwise.js",
        "network_check_views.js",
        "network_check_folding.js",
        "network_check_findings.js",
        "network_check_waste.js",
        "network_check_report.js",
        "network_check_words.js",
        "network_check_code.js",
        "network_check_formulas.js",
        "network_check_picture.js",
        "network_check_table.js",
        "network_check.js",
    )
    _css = style_sheet("network_check.css")
    PICTURE = '<div class="checked">{still}</div>'
    MODULE = "graphs"

    network = setting(traitlets.Int(0, min=0))
    tensor = setting(traitlets.Int(5, min=0))
    height = setting(traitlets.Int(USUAL_SIZE, min=1, max=LARGEST_SIZE))
    width = setting(traitlets.Int(USUAL_SIZE, min=1, max=LARGEST_SIZE))

    examples = traitlets.List().tag(sync=True)
    columns = traitlets.Dict().tag(sync=True)
    # The number of the last tensor, which the figure sets: the end of the slider.
    last_tensor = traitlets.Int().tag(sync=True)
    image = own(MiddleSquare())

    def __init__(self, model=None, **settings):
        self.menu, self._report = list(_examples()), (None, None)
        if model is not None:
            graph = model if isinstance(model, Graph) else read_onnx(model)
            self.menu.append(Example("yours", _size_in(graph), graph))
            settings = {"network": len(self.menu) - 1, **settings}
        chosen = settings.get("network", 0)
        if isinstance(chosen, int) and 0 <= chosen < len(self.menu):
            height, width = self.menu[chosen].size
            settings = {"height": height, "width": width, **settings}
            size = settings["height"], settings["width"]
            if "tensor" not in settings and all(isinstance(n, int) and n >= 1 for n in size):
                settings["tensor"] = _telling_row(checked(self.menu[chosen].graph, size))
        super().__init__(**settings)
        if model is not None:
            self.unwritten = [*self.unwritten, "model"]
        self.on_msg(self._hand_over)

    @traitlets.default("examples")
    def _default_examples(self):
        return [described(example) for example in self.menu]

    @traitlets.default("columns")
    def _default_columns(self):
        return columns()

    @traitlets.default("last_tensor")
    def _default_last_tensor(self):
        return 0 if self.network >= len(self.menu) else len(self.check().rows) - 1

    @traitlets.validate("network")
    def _known_network(self, proposal):
        return within(proposal, 0, len(self.menu), "the networks of the menu")

    @traitlets.validate("tensor")
    def _tensors_that_there_are(self, proposal):
        if self.network >= len(self.menu):  # a file's, which is in the page
            return proposal["value"]
        return within(proposal, 0, len(self.check().rows) - 1, "the tensors of the network")

    # A network comes with its size, with or without a page; in a page the figure ensures it.
    @traitlets.observe("network")
    def _start_network(self, change):
        if hasattr(self, "panel") and self.network < len(self.menu):
            self.height, self.width = self.menu[self.network].size
            self.tensor = _telling_row(self.check())
            self.last_tensor = len(self.check().rows) - 1

    def _hand_over(self, widget, content, buffers):
        """Send the page of a notebook what it reads files with."""
        if content.get("wants") == "protobuf":
            self.send({"protobuf": PROTOBUF.read_text("utf-8")})

    def check(self):
        """Return the :class:`~convlib.graphs.report.CheckedNetwork` of the chosen network.

        Raises
        ------
        ValueError
            If it is the file that was dropped: that is in the page, and not here.
        """
        if self.network >= len(self.menu):
            raise ValueError(
                f"network={self.network} is the file dropped on the page, which is not in Python; "
                f"legal are 0 to {len(self.menu) - 1}, or networks.from_onnx with the file's name"
            )
        asked = self.network, self.height, self.width
        if self._report[0] != asked:
            graph = self.menu[self.network].graph
            self._report = asked, checked(graph, (self.height, self.width))
        return self._report[1]

    def offers(self):
        """Return the controls by name."""
        labels = [*(example.label for example in self.menu), YOUR_FILE]
        network = ipywidgets.Dropdown(options=labels, index=self.network, description="network")
        return {
            "network": [self.link("network", network, "index")],
            "tensor": [self.slider_to("tensor", "last_tensor", "tensor")],
            "size": [self._length("height", "height H"), self._length("width", "width W")],
        }

    def _length(self, trait, description):
        """Return a field for a length of the image."""
        field = ipywidgets.BoundedIntText(
            value=getattr(self, trait), min=1, max=LARGEST_SIZE, description=description
        )
        field.add_class("check-length")
        return self.link(trait, field)

    def still(self):
        """Return the photograph with the field of the chosen tensor's middle place."""
        figure, (axes,) = panels(1, 4, 4)
        size = self.height, self.width
        ends = (-0.5, self.width - 0.5, self.height - 0.5, -0.5)
        axes.imshow(self.image.transpose(1, 2, 0), extent=ends, interpolation="none")
        whole = f"A photograph of {self.height} by {self.width} pixels"
        if self.network >= len(self.menu):
            return Picture(figure, f"{whole}; no file has been chosen.")
        network = self.check()
        row = network.rows[min(self.tensor, len(network.rows) - 1)]
        said = f"{network.count('error')} errors and {network.count('warning')} warnings"
        label = self.menu[self.network].label
        if row.field is None:
            return Picture(figure, f"{whole}. {label}: {said}. {row.name} has no windows.")
        middle = [
            (n - 1) // 2 * s + c
            for n, s, c in zip(row.output_shape[1:], row.stride, row.center, strict=True)
        ]
        top, left = (m - f / 2 for m, f in zip(middle, row.field, strict=True))
        axes.add_patch(
            Rectangle(
                (left, top), row.field[1], row.field[0], fill=False, color=KERNEL, linewidth=3
            )
        )
        axes.set(
            xlim=(min(left, 0) - 5, max(left + row.field[1], size[1]) + 5),
            ylim=(max(top + row.field[0], size[0]) + 5, min(top, 0) - 5),
        )
        return Picture(
            figure,
            f"{whole}. {label}: {said}. The middle place of {row.name} sees "
            f"{row.field[0]} by {row.field[1]} pixels (orange frame).",
        )


def _size_in(graph):
    """Return the (H, W) that a graph's image has; the usual one for what is open or too large."""
    for name, shape in graph.inputs.items():
        if shape is not None and len(shape) == 4:
            lengths = [shape[axis] for axis in axes_of(graph, name)]
            return tuple(
                n if isinstance(n, int) and 1 <= n <= LARGEST_SIZE else USUAL_SIZE for n in lengths
            )
    return USUAL_SIZE, USUAL_SIZE


def _telling_row(network):
    """Return the row that says most: of the first warning or error, or the last with windows."""
    names = [row.name for row in network.rows]
    for finding in network.findings:
        if finding.severity != "note" and finding.name in names:
            return names.index(finding.name)
    followed = [at for at, row in enumerate(network.rows) if row.field is not None]
    return followed[-1]

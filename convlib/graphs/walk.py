"""The walk through a plain graph: each operator becomes a row that the kernel visits."""

from math import prod
from typing import NamedTuple

import numpy as np

from convlib.arguments import checks
from convlib.graphs import cellwise, folding, images, products, views, windows
from convlib.graphs.table import Table
from convlib.graphs.values import NCHW, Value
from convlib.kernels import graph_rows as k
from convlib.kernels import graph_shapes
from convlib.kernels.network_rules import FINE, TOO_TALL

# What each operator is, by its name.
OPERATORS = windows.OPERATORS | cellwise.OPERATORS | views.OPERATORS | products.OPERATORS


class Unknown(NamedTuple):
    """An operator that was not understood: its node, its kind, why, and what was done about it."""

    name: str
    operator: str
    why: str
    taken: str


class Walk:
    """A graph at an input size.

    Attributes
    ----------
    graph : Graph
        As it was read.
    table : Table
        A row for each image and for each tensor that depends on one.
    values : dict of str to Value
        What is known about each tensor.
    unknown : list of Unknown
        Operators that were not understood.
    outputs : list of int
        The rows of the graph's outputs.
    """

    def __init__(self, graph, size=None):
        self.graph, self.table = graph, Table()
        self.unknown, self.values, self.counted = [], {"": Value()}, set()
        for name, constant in graph.constants.items():
            self.values[name] = _constant(name, constant)
        shapes = images.shapes_of(graph, size)
        # What a file says about shapes holds at the size that it was written for.
        self.shapes = graph.shapes if _as_written(graph, shapes) else {}
        self.batch = next(iter(shapes.values()))[0][0]
        for name, (shape, axes) in shapes.items():
            channels = graph_shapes.channels_of(shape, len(shape), *axes, shape[0])
            lengths = (shape[axes[0]], shape[axes[1]])
            row = self.table.add(
                k.IMAGE, (), name, name, "Input", out_channels=channels, size=lengths
            )
            self.values[name] = Value(row, shape, axes)
        for name, shape in graph.inputs.items():
            self.values.setdefault(name, Value(shape=_fixed(shape)))
        self.read = {name for node in graph.nodes for name in node.inputs} - {""}
        for node in graph.nodes:
            self._visit(node)
        rows = [self.values[name].row for name in graph.outputs if name in self.values]
        self.outputs = [row for row in rows if row >= 0]

    def _visit(self, node):
        """Understand one operator and keep the values that it writes."""
        for name in node.inputs:
            if name not in self.values:
                raise ValueError(
                    f"{node.name} ({node.operator}) reads {name!r}, which nothing before it "
                    "writes; legal are the graph's inputs, its constants and earlier outputs"
                )
        inputs = [self.values[name] for name in node.inputs]
        used = [value for value in inputs if not value.is_constant]
        folded = folding.folded(node, inputs)
        if folded is not None:
            results = folded
        elif not used and node.outputs:
            results = [folding.constant_of(node, inputs, self._known_shape(node.outputs[0]))]
        elif any(value.shape is None for value in used):
            results = self.guess(node, used, None)
        elif node.operator in OPERATORS:
            results = OPERATORS[node.operator](self, node, inputs)
        else:
            results = self.guess(node, used, "it is not one that convlib knows")
        if isinstance(results, Value):
            results = [results]
        for at, name in enumerate(node.outputs):
            if name and at < len(results):
                self.values[name] = results[at]
            elif name in self.read:  # a mask, or indices: as a rule nobody asks for them
                self.values[name] = Value(self._failed(node, used))

    def guess(self, node, used, why):
        """Return values for an operator that is not understood, from what the file says.

        `why` is None where it is not the operator's fault: an earlier one's shape is not known.
        """
        results, taken = [], "no shape is known, so that what follows cannot be checked"
        for name in node.outputs:
            shape = self._known_shape(name)
            if shape is None:
                results.append(Value(self._failed(node, used)))
            elif used[0].axes and shape == used[0].shape and _may_be_cellwise(node, used):
                taken = "its shape stays, so it is taken to work place by place"
                results.append(self.keep(node, used[0]))
            else:
                taken = "its shape is the file's; what it sees and costs is not known"
                results.append(self.give(node, used, shape, sees=k.LOST))
        if why is not None:
            self.unknown.append(Unknown(node.name, node.operator, why, taken))
        return results

    def _failed(self, node, used):
        """Add a row without a shape: of an unknown operator, or behind one."""
        sources = [value.row for value in used if not value.is_constant]
        row = self.table.add(k.GIVEN, sources, *self.called(node))
        if self.table.state(row) == FINE:
            self.table.fail(row, k.SHAPELESS)
        return row

    def refuse(self, node, used, state):
        """Return a value whose row says why it has no shape."""
        row = self._failed(node, used)
        if self.table.state(row) == k.SHAPELESS:
            self.table.fail(row, state)
        return Value(row)

    def _known_shape(self, name):
        """Return the shape that the file gives a tensor, if it is complete."""
        shape = self.shapes.get(name)
        if shape is None:
            return None
        shape = [
            self.batch if at == 0 and not isinstance(n, int) else n for at, n in enumerate(shape)
        ]
        return _fixed(shape)

    def called(self, node, output=0):
        """Return the name, the tensor and the operator of a row."""
        tensor = node.outputs[output] if output < len(node.outputs) else ""
        name = node.name if len(node.outputs) < 2 or not output else tensor
        return name or tensor, tensor, node.operator

    def channels_of(self, shape, axes):
        """Return how many channels a tensor of this shape has, counted for one image."""
        return graph_shapes.channels_of(shape, len(shape), *(axes or (-1, -1)), self.batch)

    def slide(self, node, value, kind, **numbers):
        """Return the map (N, C, H, W) that a window makes of one."""
        row = self.table.add(kind, [self.map_of(node, value)], *self.called(node), **numbers)
        shape = (value.shape[0], self.table.shape(row)[0], 1, 1)
        return self.laid_out(row, shape, NCHW)

    def laid_out(self, row, shape, axes):
        """Return the value of a row, height and width as the kernel found them, at `axes`."""
        if self.table.state(row) != FINE:
            return Value(row)
        shape = list(shape)
        for axis, length in zip(axes, self.table.shape(row)[1:], strict=True):
            shape[axis] = length
        return Value(row, tuple(shape), axes)

    def map_of(self, node, value):
        """Return a row whose (C, H, W) is a value's, which may have come out of a reshape."""
        if value.is_map and self.table.shape(value.row) == tuple(value.shape[1:]):
            return value.row
        _, channels, *size = value.shape
        given = {"out_channels": channels, "size": size, "sees": self.blur(value)}
        return self.table.add(k.GIVEN, [value.row], f"{node.name} (input)", "", "Reshape", **given)

    def blur(self, *values):
        """Return what is seen by what mixes up the places of these values: all, or who knows."""
        views = [int(self.table.found[value.row, k.VIEW]) for value in values]
        return k.WHOLE if k.WHOLE in views else k.LOST

    def keep(self, node, value, shape=None, axes=None, output=0, **numbers):
        """Return a value at the same places as another, in a shape and layout of its own."""
        if shape is None:
            shape, axes = value.shape, value.axes
        if axes is None:
            view = int(self.table.found[value.row, k.VIEW])
            kept = {"origin": value.origin} if "gated" not in numbers else {}
            if value.origin and numbers.get("gated"):
                kept = {"origin": (*value.origin[:2], 1)}
            given = {name: numbers[name] for name in ("params", "shared") if name in numbers}
            return self.give(node, [value], shape, sees=view, output=output, **kept, **given)
        numbers.setdefault("out_channels", self.channels_of(shape, axes))
        row = self.table.add(k.PASS, [value.row], *self.called(node, output), **numbers)
        return Value(row, tuple(shape), axes) if self.table.state(row) == FINE else Value(row)

    def give(self, node, used, shape, axes=None, sees=k.WHOLE, output=0, origin=None, **numbers):
        """Return a value of a shape, with no places of its own."""
        size = (shape[axes[0]], shape[axes[1]]) if axes else numbers.pop("size", (1, 1))
        numbers.setdefault("out_channels", self.channels_of(shape, axes))
        too_large = max(*shape, *size, numbers["out_channels"], 0) > k.MOST
        if too_large or min(*shape, *size, 1) < 1:
            return self.refuse(node, used, k.TOO_LARGE if too_large else TOO_TALL)
        rows = [value.row for value in used if not value.is_constant]
        numbers |= {"size": size, "sees": sees}
        row = self.table.add(k.GIVEN, rows, *self.called(node, output), **numbers)
        if self.table.state(row) != FINE:
            return Value(row)
        return Value(row, tuple(shape), axes, origin=origin)

    def params_of(self, *values):
        """Return the parameters in constants as columns: how many, and whether they were counted.

        One number is a setting, such as the 6 of a ReLU6, and no parameter.
        """
        sizes = [value.size for value in values if value.shape is not None and value.size > 1]
        count = graph_shapes.sum_of(sizes, len(sizes))
        return {"params": min(count, k.MOST), "shared": self.was_counted(*values)}

    def was_counted(self, *values):
        """Return 1 if an earlier row has counted these weights already, else 0."""
        names = {name for value in values for name in value.weights}
        again = bool(names) and names <= self.counted
        self.counted |= names
        return int(again)


def _as_written(graph, shapes):
    """Whether the images have the lengths that the file fixes."""
    pairs = [zip(graph.inputs[name], shape, strict=True) for name, (shape, _) in shapes.items()]
    return all(not isinstance(said, int) or said in (0, n) for both in pairs for said, n in both)


def _may_be_cellwise(node, used):
    """Whether an operator that keeps the shape may work place by place.

    Somebody's own may; of the standards', those that do are known.
    """
    is_own = "." in node.operator and not node.operator.startswith("torch.")
    return len(used) == 1 and (is_own or node.attributes.get("pointwise") == 1)


def _constant(name, constant):
    """Return a value for a constant of the file."""
    shape = tuple(constant.shape)
    numbers = None
    if constant.numbers is not None and prod(shape) == len(constant.numbers):
        whole = all(isinstance(number, int) for number in constant.numbers)
        try:
            dtype = np.int64 if whole else np.float64
            numbers = np.array(constant.numbers, dtype).reshape(shape)
        except OverflowError:  # an unsigned number beyond 63 bits is no size
            numbers = None
    return Value(shape=shape, numbers=numbers, weights=(name,))


def _fixed(shape):
    """Return a shape whose lengths are all known, or None."""
    if shape is None or not all(type(length) is int and length >= 1 for length in shape):
        return None
    for length in shape:
        checks.integer("a length", length, 1)
    return tuple(shape)

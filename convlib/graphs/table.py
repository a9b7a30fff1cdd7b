"""The rows of a graph's tensors, written one after another and walked by the kernel."""

import numpy as np

from convlib.kernels import graph_rows as k
from convlib.kernels import graph_walk
from convlib.kernels.graph_windows import MOST_PHASES
from convlib.kernels.network_rules import FINE

# Columns of a row by name; a pair is that of the axes, four are top, bottom, left and right.
NUMBERS = {
    "out_channels": (k.OUT_CHANNELS,),
    "in_channels": (k.IN_CHANNELS,),
    "kernel": (k.KERNEL_H, k.KERNEL_W),
    "stride": (k.STRIDE_H, k.STRIDE_W),
    "ends": (k.TOP, k.BOTTOM, k.LEFT, k.RIGHT),
    "dilation": (k.DILATION_H, k.DILATION_W),
    "groups": (k.GROUPS,),
    "bias": (k.BIAS,),
    "ceil_mode": (k.CEIL_MODE,),
    "padding": (k.PADDING,),
    "extra": (k.EXTRA_H, k.EXTRA_W),
    "up": (k.UP_H, k.UP_W),
    "down": (k.DOWN_H, k.DOWN_W),
    "placing": (k.PLACING,),
    "reading": (k.READING,),
    "size": (k.HEIGHT, k.WIDTH),
    "features": (k.FEATURES,),
    "params": (k.PARAMS,),
    "normalised": (k.NORMALISED,),
    "shared": (k.SHARED,),
    "sees": (k.SEES,),
    "gated": (k.GATED,),
}


class Table:
    """Rows in order, and what the kernel found for each.

    Attributes
    ----------
    nodes, edges, found, windows : ndarray
        As :func:`convlib.kernels.graph_walk.visit` takes them; rows past `count` are free.
    tensors, names, operators : list of str
        For each row the tensor, the node that makes it, and its kind.
    """

    def __init__(self):
        self.nodes = np.zeros((64, k.COLUMNS), np.int64)
        self.edges = np.zeros(128, np.int64)
        self.found = np.zeros((64, k.FOUND))
        self.windows = np.zeros((64, 2, 2, MOST_PHASES), np.int64)
        self.tensors, self.names, self.operators = [], [], []
        self.feeds = 0

    @property
    def count(self):
        """How many rows there are."""
        return len(self.names)

    def add(self, kind, sources, name, tensor, operator, **numbers):
        """Append a row, let the kernel visit it, and return its index."""
        at = self.count
        self._make_room(len(sources))
        row = self.nodes[at]
        for column in ("out_channels",):
            row[list(NUMBERS[column])] = -1
        for column in ("kernel", "stride", "dilation", "groups", "up", "down"):
            row[list(NUMBERS[column])] = 1
        for column, value in numbers.items():
            row[list(NUMBERS[column])] = value
        row[k.KIND], row[k.FEEDS], row[k.COUNT] = kind, self.feeds, len(sources)
        self.edges[self.feeds : self.feeds + len(sources)] = sources
        self.feeds += len(sources)
        self.names.append(name)
        self.tensors.append(tensor)
        self.operators.append(operator)
        self.visit(at)
        return at

    def visit(self, at):
        """Let the kernel write what row `at` is."""
        graph_walk.visit(self.nodes, self.edges, self.found, self.windows, at)

    def fail(self, at, state):
        """Say that row `at` has no shape, for a reason that the kernel cannot see."""
        self.found[at] = 0
        self.found[at, k.STATE] = state

    def sources(self, at):
        """Return the rows that feed row `at`."""
        start = int(self.nodes[at, k.FEEDS])
        return [int(edge) for edge in self.edges[start : start + int(self.nodes[at, k.COUNT])]]

    def state(self, at):
        """Return the state of row `at`, FINE if it has a shape."""
        return int(self.found[at, k.STATE])

    def shape(self, at):
        """Return (C, H, W) of row `at`."""
        return tuple(int(length) for length in self.found[at, k.CHANNELS : k.LINES + 1])

    def field_of(self, at):
        """Whether row `at` is followed: whether each of its places sees a window."""
        return self.state(at) == FINE and int(self.found[at, k.VIEW]) == k.FOLLOWED

    def _make_room(self, sources):
        while self.count >= len(self.nodes):
            self.nodes = _doubled(self.nodes)
            self.found = _doubled(self.found)
            self.windows = _doubled(self.windows)
        while self.feeds + sources > len(self.edges):
            self.edges = _doubled(self.edges)


def _doubled(array):
    return np.concatenate([array, np.zeros_like(array)])

"""Sizes of the image at which a graph can be computed, near one at which it cannot."""

from convlib.graphs.walk import Walk
from convlib.kernels import graph_shapes
from convlib.kernels.network_rules import FINE

# What strides multiply to in networks that go down and up again.
MULTIPLES = (2, 4, 8, 16, 32, 64, 128)


def fitting_size(graph, size):
    """Return the nearest (H, W), of multiples of powers of 2, at which all shapes fit, or None.

    Parameters
    ----------
    graph : Graph
        A plain graph, which has a fault at `size`.
    size : (int, int, int)
        (C, H, W) of the image.
    """
    channels, *lengths = size
    tried = set()
    for multiple in MULTIPLES:
        for up in (0, 1):
            tried.add(tuple(graph_shapes.nearby_multiple(n, multiple, up) for n in lengths))
    tried.discard(tuple(lengths))
    for candidate in sorted(
        tried, key=lambda one: (graph_shapes.size_distance(*one, *lengths), one)
    ):
        if _fits(graph, (channels, *candidate)):
            return candidate
    return None


def _fits(graph, size):
    """Whether every row has a shape at a size."""
    try:
        table = Walk(graph, size).table
    except ValueError:
        return False
    return all(table.state(row) == FINE for row in range(table.count))

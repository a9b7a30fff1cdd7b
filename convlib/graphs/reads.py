"""Which places of each tensor of a graph are read, by the next operator and by the outputs."""

import numpy as np

from convlib.kernels import graph_rows as k
from convlib.kernels.graph_reads import add_needed, mark_read
from convlib.kernels.network_rules import FINE

# Longer axes and kernels are not followed back place by place.
MOST_PLACES = 2**14
MOST_TAPS = 2**9


def directly_read(table, row, source):
    """Return which rows and columns of a source its reader reads: two arrays of bool, or None.

    None means all.
    """
    if not _has_reads(table, row):
        return None
    size, found = table.shape(source)[1:], []
    for axis in (0, 1):
        read = np.zeros(size[axis], np.uint8)
        mark_read(table.nodes, table.found, row, axis, table.shape(row)[1 + axis], read)
        found.append(read != 0)
    return None if found[0].all() and found[1].all() else found


def needed_by_outputs(table, outputs):
    """Return for each row which of its places the outputs depend on: bool (H, W), or None.

    None means that it is not known: the tensor has no shape, or too many places. A tensor that no
    output depends on has no place that is needed.
    """
    masks = [_nothing(table, row) for row in range(table.count)]
    for row in outputs:
        if masks[row] is not None:
            masks[row] = np.ones_like(masks[row])
    for row in reversed(range(table.count)):
        for source in table.sources(row):
            if masks[source] is None or masks[source].all():
                continue
            masks[source] |= _needed_of_source(table, row, source, masks[row])
    return masks


def _nothing(table, row):
    """Return a mask of a tensor's places without any that is needed; None if it has none."""
    rows, lines = table.shape(row)[1:]
    if table.state(row) != FINE or max(rows, lines) > MOST_PLACES:
        return None
    return np.zeros((rows, lines), bool)


def _needed_of_source(table, row, source, mask):
    """Return the places of a source that the needed places of its reader depend on."""
    size = table.shape(source)[1:]
    if mask is None:  # the reader's shape is not known: it may read anything
        return np.ones(size, bool)
    if not mask.any():
        return np.zeros(size, bool)
    if int(table.nodes[row, k.KIND]) == k.GIVEN:
        return np.ones(size, bool)
    if _has_reads(table, row):
        if mask.all() and directly_read(table, row, source) is None:
            return np.ones(size, bool)
        needed, between = np.zeros(size, np.uint8), np.zeros((size[0], mask.shape[1]), np.uint8)
        add_needed(table.nodes, table.found, row, mask.view(np.uint8), between, needed)
        return needed != 0
    for axis in (0, 1):  # what a gate holds once is used at every place
        if size[axis] != mask.shape[axis]:
            mask = mask.any(axis=axis, keepdims=True)
    return np.broadcast_to(mask, size)


def _has_reads(table, row):
    """Whether a row slides a window or resamples, in a way that is followed."""
    fine = table.state(row) == FINE
    kind, kernel = int(table.nodes[row, k.KIND]), table.nodes[row, [k.KERNEL_H, k.KERNEL_W]]
    places = max(max(table.shape(at)[1:]) for at in (row, *table.sources(row)))
    is_window = kind in (k.CONV, k.POOL, k.TRANSPOSED, k.RESIZE)
    return fine and is_window and kernel.max() <= MOST_TAPS and places <= MOST_PLACES

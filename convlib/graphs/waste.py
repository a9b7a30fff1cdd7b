"""What a network computes and nothing reads, and what it reads that is only padding."""

import numpy as np

from convlib.graphs.findings import Finding, counted, pair
from convlib.graphs.reads import MOST_PLACES, directly_read
from convlib.kernels import graph_rows as k
from convlib.kernels.graph_findings import cut_pixels, lean_of, leans_far, stride_of
from convlib.kernels.graph_reads import (
    count_unread,
    ends_see,
    macs_of_share,
    percent_read,
    taps_met,
)
from convlib.kernels.network_rules import FINE

# Windows of one cell: what they put at the edges, the next operator reads with its own.
CUTS = ("Pad", "Slice", "Split")


def unread_findings(table, outputs):
    """Return a warning for each tensor with places that none of its readers reads.

    A note where all of them cut it, which is hardly by accident.
    """
    found = []
    readers = [[] for _ in range(table.count)]
    for row in range(table.count):
        for source in table.sources(row):
            readers[source].append(row)
    for row in range(table.count):
        if table.state(row) != FINE or not readers[row] or row in outputs:
            continue
        if max(table.shape(row)[1:]) > MOST_PLACES:
            continue
        unread = _unread(table, row, readers[row])
        if unread is not None:
            found.append(_unread_finding(table, row, readers[row], unread))
    return found


def _unread(table, row, readers):
    """Return which places of a tensor no reader reads, as bool (H, W); None if all are read."""
    parts = []
    for reader in readers:
        read = directly_read(table, reader, row)
        if read is None:
            return None
        parts.append(read)
    unread = np.ones(table.shape(row)[1:], bool)
    for down, across in parts:
        unread &= ~np.outer(down, across)
    if table.operators[row] == "Pad":  # what it added is nobody's loss
        height, width = unread.shape
        ends = table.nodes[row, [k.TOP, k.BOTTOM, k.LEFT, k.RIGHT]].clip(0)
        top, bottom, left, right = (int(end) for end in ends)
        own = np.zeros_like(unread)
        own[top : height - bottom, left : width - right] = True
        unread &= own
    return unread if unread.any() else None


def _unread_finding(table, row, readers, unread):
    """Return the finding that nobody reads some places of a tensor."""
    reader = table.names[readers[0]]
    more = f" and {len(readers) - 1} more" if len(readers) > 1 else ""
    counts = np.zeros(6)
    count_unread((~unread).view(np.uint8), counts)
    top, bottom, left, right, lost, inside = map(int, counts)
    ends = ((top, bottom), (left, right))
    where = [
        f"the {side} {count} {what}{'s' if count > 1 else ''}"
        for end, what in zip(ends, ("row", "column"), strict=True)
        for count, side in zip(end, ("first", "last"), strict=True)
        if count
    ]
    height, width = unread.shape
    pixels = None
    if inside:
        where.append("places between its windows")
        mend = "Let the stride be no longer than the kernel: average first, or stride elsewhere."
    else:
        mend = "Pad so that the stride comes out even, or choose a size at which it does."
        if table.field_of(row):
            pixels = tuple(
                float(cut_pixels(table.found, row, axis, *ends[axis])) for axis in (0, 1)
            )
    meant = all(table.operators[at] in CUTS for at in readers)
    share = f"{percent_read(lost, unread.size):g}"
    return Finding(
        "note" if meant else "warning",
        "unread",
        reader,
        f"{reader} ({table.operators[readers[0]]}){more} reads {share} % of the "
        f"{height} x {width} places of {table.names[row]}: not {' and '.join(where)}.",
        mend="" if meant else mend,
        pixels=pixels,
    )


def padding_findings(table):
    """Return findings for kernels and outputs that meet nothing but padding."""
    found = []
    for row in range(table.count):
        kind = int(table.nodes[row, k.KIND])
        is_window = kind in (k.CONV, k.POOL) and table.operators[row] not in CUTS
        if table.state(row) != FINE or not is_window:
            continue
        taps, blind = [], False
        for axis in (0, 1):
            met, sees = _meets(table, row, axis)
            taps.append(met)
            blind = blind or not sees
        kernel = [int(table.nodes[row, k.KERNEL_H + axis]) for axis in (0, 1)]
        entries, met = kernel[0] * kernel[1], taps[0] * taps[1]
        name = table.names[row]
        if kind == k.CONV and met < entries:
            size = table.shape(table.sources(row)[0])[1:]
            lost = macs_of_share(table.found[row, k.MACS], entries - met, entries)
            found.append(
                Finding(
                    "warning",
                    "padding",
                    name,
                    f"{entries - met} of the {entries} entries of {name}'s kernel only ever meet "
                    f"padding: its input is {size[0]} x {size[1]}. {lost:,} of its MACs are "
                    "products with zeros.",
                    mend="A larger input, less dilation or a smaller kernel.",
                )
            )
        if blind:
            found.append(
                Finding(
                    "warning",
                    "padding",
                    name,
                    f"Outputs at the edge of {name} see padding and nothing else.",
                    mend="Pad by less than the window is long.",
                )
            )
    return found


def _meets(table, row, axis):
    """Return how many kernel entries ever meet a cell, and whether the outer outputs see one."""
    node = table.nodes[row]
    size = table.shape(table.sources(row)[0])[1 + axis]
    kernel, stride = int(node[k.KERNEL_H + axis]), int(node[k.STRIDE_H + axis])
    dilation = int(node[k.DILATION_H + axis])
    before, count = int(table.found[row, k.PAD_TOP + 2 * axis]), table.shape(row)[1 + axis]
    numbers = size, kernel, stride, before, dilation, count
    return taps_met(*numbers), ends_see(*numbers)


def shift_findings(table, outputs):
    """Return a finding for each place where followed maps end and lean to one side.

    They lean if the middle of all their windows is not the middle of the image. Up to (S - 1) / 2
    pixels, at a stride of S, that is the remainder of how the size divides: a note.
    """
    found, told = [], set()
    ends = set(outputs) | {
        source
        for row in range(table.count)
        for source in table.sources(row)
        if not table.field_of(row)
    }
    image = [table.shape(0)[1], table.shape(0)[2]]
    for row in sorted(ends):
        is_part = table.operators[row] in CUTS and row not in outputs
        if is_part or not table.field_of(row):
            continue
        strides = [float(stride_of(table.found, row, axis)) for axis in (0, 1)]
        leans = [float(lean_of(table.found, row, axis, image[axis])) for axis in (0, 1)]
        shifts = tuple(float(table.found[row, k.SHIFT_H + axis]) for axis in (0, 1))
        if not any(leans) or (tuple(leans), tuple(strides)) in told:
            continue
        told.add((tuple(leans), tuple(strides)))
        far = any(map(leans_far, leans, strides))
        found.append(
            Finding(
                "warning" if far else "note",
                "shift",
                table.names[row],
                f"The windows of {table.names[row]}, taken together, lie {_sideways(leans)} on the "
                f"image; its stride is {pair(strides, 'pixel')}, its context shift "
                f"{pair(shifts, 'pixel')}."
                + ("" if far else " Less than half of a stride is what the size leaves over."),
                mend=""
                if not far
                else "Pad as much before as after, or let paddings that differ take turns.",
                pixels=tuple(leans),
            )
        )
    return found


def _sideways(leans):
    ways = zip(leans, ("up", "left"), ("down", "right"), strict=True)
    words = [
        f"{counted(abs(lean), 'pixel')} too far {less if lean < 0 else more}"
        for lean, less, more in ways
        if lean
    ]
    return " and ".join(words)

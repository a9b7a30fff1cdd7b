"""Where paths meet: whether what is added or laid side by side looks at the same places."""

from convlib.graphs.findings import Finding, listed, pair
from convlib.graphs.mending import mended
from convlib.kernels import graph_rows as k
from convlib.kernels.graph_findings import moved_by, stride_of
from convlib.kernels.network_rules import FINE

MEETINGS = {k.MERGE: "combined", k.CONCAT: "concatenated"}


def alignment_findings(table):
    """Return a finding for each row where paths with other centres or strides meet.

    Parameters
    ----------
    table : Table
        The rows of a graph, walked.

    Returns
    -------
    list of Finding
        In the rows' order.
    """
    found, ancestors = [], _ancestors(table)
    for row in range(table.count):
        kind = int(table.nodes[row, k.KIND])
        if table.state(row) != FINE or kind not in MEETINGS:
            continue
        apart = table.found[row, [k.APART_H, k.APART_W]]
        if table.found[row, k.STRIDES]:
            found.append(_strides(table, row, ancestors))
        elif apart.any() and not _deals_out(table, row, ancestors):
            found.append(_centers(table, row, ancestors, tuple(map(float, apart))))
    return found


def _ancestors(table):
    """Return for each row those that it depends on, itself included, as the bits of an integer."""
    found = []
    for row in range(table.count):
        bits = 1 << row
        for source in table.sources(row):
            bits |= found[source]
        found.append(bits)
    return found


def _meeting(table, row):
    """Return the sources that are as large as the result and followed."""
    return [
        source
        for source in table.sources(row)
        if table.field_of(source) and table.shape(source)[1:] == table.shape(row)[1:]
    ]


def _furthest(table, row):
    """Return two sources whose centres are furthest apart, the one further up or left first."""
    sources = _meeting(table, row)
    axis = int(table.found[row, k.APART_W] > table.found[row, k.APART_H])
    centers = {source: table.found[source, k.CENTER_H + axis] for source in sources}
    return min(sources, key=centers.get), max(sources, key=centers.get)


def path_between(table, row, start, ancestors):
    """Return rows from behind `start` to `row`, by the first of sources that leads there."""
    path = []
    while row != start:
        path.append(row)
        row = next(source for source in table.sources(row) if ancestors[source] >> start & 1)
    return path[::-1]


def parted(table, one, other, ancestors):
    """Return the row where two rows' paths part, and the path to each; None if nowhere."""
    common = ancestors[one] & ancestors[other]
    if not common:
        return None, [one], [other]
    start = common.bit_length() - 1
    paths = [path_between(table, row, start, ancestors) for row in (one, other)]
    return start, *paths


def moves(table, start, path):
    """Return for each row of a path from `start` on by how many pixels it moves the centres."""
    found, before = {}, start
    for row in path:
        if before is not None and table.field_of(before) and table.field_of(row):
            found[row] = tuple(float(moved_by(table.found, row, before, axis)) for axis in (0, 1))
        before = row
    return found


def _deals_out(table, row, ancestors):
    """Whether every so many places of one map are laid side by side: space to depth, on purpose."""
    start, *paths = parted(table, *_furthest(table, row), ancestors)
    is_cut = [table.operators[at] == "Slice" for path in paths for at in path]
    return start is not None and int(table.nodes[row, k.KIND]) == k.CONCAT and all(is_cut)


def _strides(table, row, ancestors):
    """Return the finding that tensors of different strides meet."""
    sources = _meeting(table, row)
    strides = [
        tuple(float(stride_of(table.found, source, axis)) for axis in (0, 1)) for source in sources
    ]
    other = next(at for at, stride in enumerate(strides) if stride != strides[0])
    start, *paths = parted(table, sources[0], sources[other], ancestors)
    return Finding(
        "warning",
        "stride",
        table.names[row],
        f"{_what(table, row)} maps whose places are {pair(strides[0], 'pixel')} and "
        f"{pair(strides[other], 'pixel')} apart: only at one place can they look at the same. "
        f"{_ways(table, start, paths)}",
        mend="Give both paths the same product of strides.",
        paths=_named(table, paths),
    )


def _centers(table, row, ancestors, apart):
    """Return the finding that tensors with different centres meet."""
    one, other = _furthest(table, row)
    start, *paths = parted(table, one, other, ancestors)
    mend = mended(table, row, start, paths)
    return Finding(
        "warning",
        "alignment",
        table.names[row],
        f"{_what(table, row)} maps whose windows are {pair(apart, 'pixel')} apart. "
        f"{_ways(table, start, paths)} {_causes(table, start, paths)}",
        mend=mend,
        pixels=apart,
        paths=_named(table, paths),
    )


def _what(table, row):
    kind = int(table.nodes[row, k.KIND])
    verb = {"Add": "adds", "Sum": "adds", "Sub": "subtracts", "Mul": "multiplies"}
    word = "concatenates" if kind == k.CONCAT else verb.get(table.operators[row], "combines")
    return f"{table.names[row]} ({table.operators[row]}) {word}"


def _ways(table, start, paths):
    """Return where the paths part and what they pass, in words."""
    named = [listed(table.names[row] for row in path) or "nothing" for path in paths]
    origin = (
        "The paths start at different images"
        if start is None
        else (f"The paths part at {table.names[start]}")
    )
    return f"{origin}; one passes {named[0]}, the other {named[1]}."


def _causes(table, start, paths):
    """Return which operators move the centres, in words."""
    words = []
    for which, path in zip(("first", "second"), paths, strict=True):
        moved = {row: by for row, by in moves(table, start, path).items() if any(by)}
        total = [sum(by[axis] for by in moved.values()) for axis in (0, 1)]
        if moved and any(total):
            by = [f"{table.names[row]} by {pair(way, 'pixel')}" for row, way in moved.items()]
            words.append(f"the {which} path moves them, {listed(by)}")
    return ("So " + "; ".join(words) + ".") if words else ""


def _named(table, paths):
    return tuple(tuple(table.names[row] for row in path) for path in paths)

"""Paddings that would make paths look at the same places where they meet: each is tried."""

from convlib.kernels import graph_rows as k
from convlib.kernels.graph_findings import even_end, mending_ends, moved_by, unevenness
from convlib.kernels.network_rules import FINE

WINDOWS = (k.CONV, k.POOL, k.TRANSPOSED)
MOST_TRIES = 16


def mended(table, meeting, start, paths):
    """Return in words a change of padding after which the centres agree at a row.

    First of one operator, then of all whose padding before and after differs. The rows behind are
    walked again; sizes must stay as they are.
    """
    for change in [*_single_changes(table, start, paths)[:MOST_TRIES], _evened(table, paths)]:
        if change and _works(table, change, meeting):
            words = [
                f"{table.names[at]} by {_sides(ends)} in place of {_sides(padding_of(table, at))}"
                for at, ends in change.items()
            ]
            return f"Pad {', '.join(words)}: the centres agree then, and no size changes."
    return (
        "No padding of whole cells of one operator mends it at this size; a kernel longer or "
        "shorter by one moves the centres by half a cell."
    )


def padding_of(table, at):
    """Return ((top, bottom), (left, right)) of a row, in cells."""
    sides = [int(n) for n in table.found[at, [k.PAD_TOP, k.PAD_BOTTOM, k.PAD_LEFT, k.PAD_RIGHT]]]
    return (sides[0], sides[1]), (sides[2], sides[3])


def _sides(ends):
    (top, bottom), (left, right) = ends
    if top == bottom == left == right:
        return f"{top} on all sides"
    return f"top {top}, bottom {bottom}, left {left}, right {right}"


def _single_changes(table, start, paths):
    """Return {row: ends} for each change of one row that would bring the paths' centres together.

    Even padding comes first: it is the only one that every framework can do.
    """
    if start is None:
        return []
    one, other = (path[-1] if path else start for path in paths)
    gaps = [float(moved_by(table.found, other, one, axis)) for axis in (0, 1)]
    changes = []
    for path, sign in ((paths[1], 1), (paths[0], -1)):
        for at in path[::-1]:
            if int(table.nodes[at, k.KIND]) in WINDOWS and table.field_of(at):
                changes += _changes(table, at, [sign * gap for gap in gaps])
    return sorted(changes, key=_unevenness)


def _unevenness(change):
    return sum(unevenness(*ends[0], *ends[1]) for ends in change.values())


def _changes(table, at, gaps):
    """Return {row: ends} for the paddings that move a row's centres back by `gaps` pixels."""
    source, choices = table.sources(at)[0], []
    for axis, gap in enumerate(gaps):
        ends = [0, 0, 0, 0]
        count = mending_ends(table.nodes, table.found, at, source, axis, gap, ends)
        choices.append([(ends[2 * one], ends[2 * one + 1]) for one in range(count)])
    return [{at: (down, across)} for down in choices[0] for across in choices[1]]


def _evened(table, paths):
    """Return {row: ends} that pads as much after as before wherever it was not so."""
    change = {}
    for path in paths:
        for at in path:
            ends = padding_of(table, at)
            if int(table.nodes[at, k.KIND]) in WINDOWS and any(b != a for b, a in ends):
                halves = [even_end(before, after) for before, after in ends]
                change[at] = tuple((half, half) for half in halves)
    return change


def _works(table, change, meeting):
    """Whether the centres agree at a row, and all sizes stay, with other padding of some rows."""
    first = min(change)
    behind = slice(first, meeting + 1)
    kept = table.nodes[behind].copy(), table.found[behind].copy(), table.windows[behind].copy()
    for at, ends in change.items():
        table.nodes[at, [k.TOP, k.BOTTOM, k.LEFT, k.RIGHT]] = [n for end in ends for n in end]
        table.nodes[at, [k.PADDING, k.CEIL_MODE]] = k.AS_GIVEN, 0
        if int(table.nodes[at, k.KIND]) == k.TRANSPOSED:
            table.nodes[at, [k.HEIGHT, k.WIDTH]] = 0
    found = kept[1]
    for row in range(first, meeting + 1):
        if found[row - first, k.STATE] == FINE:
            table.visit(row)
    columns = [k.STATE, k.CHANNELS, k.ROWS, k.LINES, k.VIEW]
    same = (table.found[behind][:, columns] == found[:, columns]).all()
    agrees = not table.found[meeting, [k.APART_H, k.APART_W]].any()
    table.nodes[behind], table.found[behind], table.windows[behind] = kept
    return bool(same and agrees)

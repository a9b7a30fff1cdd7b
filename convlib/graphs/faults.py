"""Why a graph cannot be computed at a size, and what of it was not understood."""

from convlib.graphs.findings import Finding
from convlib.graphs.fitting import fitting_size
from convlib.kernels import graph_rows as k
from convlib.kernels import network_rules as rules
from convlib.kernels.network_rules import FINE


def shape_findings(walk):
    """Return an error for each row that has no shape of its own accord."""
    table, found, mend = walk.table, [], None
    told = {entry.name for entry in walk.unknown}
    for row in range(table.count):
        state = table.state(row)
        name, operator = table.names[row], table.operators[row]
        if state in (FINE, rules.UNREACHED) or (state == k.SHAPELESS and name in told):
            continue
        if state == rules.UNEQUAL and mend is None:
            mend = _another_size(walk)
        sources = [table.shape(source) for source in table.sources(row)]
        shapes = " and ".join("x".join(map(str, shape)) for shape in sources)
        found.append(
            Finding(
                "error",
                "shape",
                name,
                f"{name} ({operator}) cannot be computed: {_reason(table, row, state, shapes)}.",
                mend=mend if mend and state == rules.UNEQUAL else "",
            )
        )
    return found


def _another_size(walk):
    """Return in words at which size nearby all shapes fit; '' if none was found."""
    size = fitting_size(walk.graph, walk.table.shape(0))
    return f"At {size[0]}x{size[1]} pixels all shapes fit." if size else ""


def _reason(table, row, state, shapes):
    node = table.nodes[row]
    groups, out_channels = int(node[k.GROUPS]), int(node[k.OUT_CHANNELS])
    reasons = {
        rules.GROUPS_INPUT: f"its {groups} groups do not divide an input of {shapes}",
        rules.GROUPS_OUTPUT: f"its {groups} groups do not divide {out_channels} output channels",
        rules.TOO_TALL: f"nothing is left of the height of its input, {shapes}",
        rules.TOO_WIDE: f"nothing is left of the width of its input, {shapes}",
        rules.UNEQUAL: f"its inputs, {shapes}, do not have the same size",
        k.WRONG_CHANNELS: f"its weight takes {int(node[k.IN_CHANNELS])} channels of {shapes}",
        k.WRONG_FEATURES: f"as many numbers as it expects are not in its input, {shapes}",
        k.TOO_LARGE: "its output has lengths beyond 2147483647",
        k.SHAPELESS: "its shape is not known",
    }
    return reasons[state]


def reading_findings(walk):
    """Return notes and warnings about what was left out and what was not understood."""
    found = [Finding("note", "file", "", note) for note in walk.graph.notes]
    for entry in walk.unknown:
        blind = entry.taken.startswith("no shape")
        found.append(
            Finding(
                "warning" if blind else "note",
                "unknown",
                entry.name,
                f"{entry.name} ({entry.operator}) was not understood: {entry.why}. Instead, "
                f"{entry.taken}.",
            )
        )
    return found


def gate_findings(table):
    """Return one note that names the operators that look at all of the image, if there are any."""
    gates = []
    for row in range(table.count):
        sources = [int(table.found[source, k.GATE]) for source in table.sources(row)]
        if table.field_of(row) and table.found[row, k.GATE] and not any(sources):
            gates.append(table.names[row])
    if not gates:
        return []
    return [
        Finding(
            "note",
            "gate",
            gates[0],
            f"{gates[0]} scales or normalises by numbers of the whole image: windows from there on "
            "say where a place looks, not all that it depends on.",
        )
    ]


def bias_findings(table):
    """Return a note for biases that a batch normalisation behind them makes superfluous."""
    names, numbers = [], 0
    for row in range(table.count):
        if table.operators[row] != "BatchNormalization" or table.state(row) != FINE:
            continue
        source = table.sources(row)[0]
        is_conv = int(table.nodes[source, k.KIND]) in (k.CONV, k.TRANSPOSED)
        if is_conv and table.nodes[source, k.BIAS]:
            names.append(table.names[source])
            numbers += table.shape(source)[0]
    if not names:
        return []
    return [
        Finding(
            "note",
            "bias",
            names[0],
            f"{len(names)} convolution{'s have' if len(names) > 1 else ' has'} a bias that the "
            f"batch normalisation behind takes away again: {numbers:,} parameters for nothing.",
            mend="bias=False",
        )
    ]

"""A network of one's own, checked: a table of its tensors, its costs, and what was found."""

import json
import textwrap
from dataclasses import dataclass
from typing import NamedTuple

from convlib.arguments import checks
from convlib.graphs import faults, waste
from convlib.graphs.alignment import alignment_findings
from convlib.graphs.findings import SEVERITIES
from convlib.graphs.reads import needed_by_outputs
from convlib.graphs.walk import Walk
from convlib.kernels import graph_rows as k
from convlib.kernels.graph_findings import stride_of
from convlib.kernels.graph_reads import macs_of_share
from convlib.kernels.network_rules import FINE
from convlib.networks.table import in_columns

VIEWS = ("window", "whole image", "unequal strides", "unknown")


class TensorRow(NamedTuple):
    """One tensor of a graph at an input size.

    Attributes
    ----------
    name, layer : str
        The operator that makes it, by its name in the file, and its kind, such as 'Conv'.
    tensor : str
        The tensor's own name.
    output_shape : (int, int, int) or None
        (C, H, W); None if it is not known. What is no map any more is (C, 1, 1).
    macs, params : int
        Multiply-accumulates (1 MAC = 2 FLOPs) for one image, and parameters. Weights that several
        operators share count once.
    field : (int, int) or None
        Height and width of the largest window that one of its places sees, in input pixels; None
        where places are not followed: `sees` says why.
    stride : (float, float) or None
        Input pixels between neighbouring places: below 1, or broken, after an upsampling.
    center, shift : (float, float) or None
        Middle of the window of place (0, 0), and the context shift, as in
        :class:`~convlib.receptive_field.ReceptiveField`. After an upsampling, where windows come
        in phases, on the average over these.
    unread : int or None
        How many of its H * W places no output of the graph depends on.
    sees : {'window', 'whole image', 'unequal strides', 'unknown'}
        What one of its places sees.
    """

    name: str
    layer: str
    tensor: str
    output_shape: tuple[int, int, int] | None
    macs: int
    params: int
    field: tuple[int, int] | None
    stride: tuple[float, float] | None
    center: tuple[float, float] | None
    shift: tuple[float, float] | None
    unread: int | None
    sees: str


@dataclass(frozen=True)
class CheckedNetwork:
    """A network as a table, with what was found in it. ``print`` shows both.

    Attributes
    ----------
    rows : list of TensorRow
        The image first, then each tensor that depends on it, in the graph's order.
    findings : list of Finding
        Errors first, then warnings, then notes.
    unread : ndarray(bool, ndim=2) or None
        True where no output of the graph depends on a pixel of the image; of shape (H, W).
    wasted_macs : int
        Those of outputs that nothing depends on, exact where windows can be followed.
    """

    rows: list
    findings: list
    unread: object
    wasted_macs: int

    @property
    def macs(self):
        """Multiply-accumulates for one image."""
        return sum(row.macs for row in self.rows)

    @property
    def params(self):
        """Learnt numbers."""
        return sum(row.params for row in self.rows)

    def count(self, severity):
        """Return how many findings are of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def table(self):
        """Return the rows as text in columns."""
        heading = "name layer output MACs params field stride shift unread"
        lines = [tuple(heading.split(" "))]
        for row in self.rows:
            places = [
                "-" if value is None else sign.join(f"{number:g}" for number in value)
                for value, sign in ((row.field, "x"), (row.stride, "x"), (row.shift, ","))
            ]
            shape = "?" if row.output_shape is None else "x".join(map(str, row.output_shape))
            unread = "-" if row.unread is None else f"{row.unread:,}"
            costs = f"{row.macs:,}", f"{row.params:,}"
            lines.append((row.name, row.layer, shape, *costs, *places, unread))
        return in_columns(lines)

    def summary(self):
        """Return what it comes to, in a few lines."""
        image, count = self.rows[0].output_shape, len(self.rows) - 1
        counts = [(self.count(severity), severity) for severity in SEVERITIES]
        lines = [
            f"input {'x'.join(map(str, image))}, {count} tensor{'' if count == 1 else 's'}, "
            f"{self.macs:,} MACs, {self.params:,} parameters",
        ]
        last = [row for row in self.rows if row.field is not None][-1]
        if last is not self.rows[0]:
            lines.append(
                f"the last windows, of {last.name}: {last.field[0]}x{last.field[1]} pixels, "
                f"{last.stride[0]:g}x{last.stride[1]:g} apart, "
                f"context shift {last.shift[0]:g},{last.shift[1]:g}"
            )
        if self.unread is not None and self.unread.any():
            pixels = self.unread.size
            lines.append(
                f"{int(self.unread.sum()):,} of {pixels:,} input pixels are read by nothing"
            )
        if self.wasted_macs:
            lines.append(f"{self.wasted_macs:,} MACs are for what nothing reads")
        lines.append(", ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in counts))
        return "\n".join(lines)

    def told(self, width=None):
        """Return the findings as text.

        Parameters
        ----------
        width : int, optional
            Letters in a line, at least 20; without it each message is a line, however long.

        Returns
        -------
        str
            What was found and, set in, what would mend it.

        Raises
        ------
        TypeError, ValueError
            If `width` is no integer, or too small.
        """
        lines = []
        for finding in self.findings:
            lines.append(("", f"{finding.severity}: {finding.message}"))
            if finding.mend:
                lines.append(("    ", finding.mend))
        if width is not None:
            width = checks.integer("width", width, 20)
            fill = textwrap.TextWrapper(width, subsequent_indent="    ").fill
            return "\n".join(fill(indent + text) for indent, text in lines)
        return "\n".join(indent + text for indent, text in lines)

    def __str__(self):
        return "\n\n".join(part for part in (self.summary(), self.told(), self.table()) if part)

    def as_json(self):
        """Return summary, findings and rows as a text in JSON."""
        return json.dumps(
            {
                "input": self.rows[0].output_shape,
                "macs": self.macs,
                "params": self.params,
                "wasted_macs": self.wasted_macs,
                "unread_pixels": None if self.unread is None else int(self.unread.sum()),
                "findings": [finding._asdict() for finding in self.findings],
                "rows": [row._asdict() for row in self.rows],
            },
            indent=1,
            allow_nan=False,
        )


def checked(graph, size=None):
    """Return a :class:`CheckedNetwork` for a plain graph at an input size.

    Parameters
    ----------
    graph : Graph
        As :mod:`convlib.graphs.plain` describes it.
    size : int, (int, int) or (int, int, int), optional
        Height and width of the image in pixels, or (C, H, W); needed for what the graph leaves
        open, and otherwise in place of what it says.

    Returns
    -------
    CheckedNetwork
        Rows and findings.

    Raises
    ------
    TypeError, ValueError
        If `size` is illegal or missing, or the graph is not one: an operator reads what nothing
        writes, or has attributes that are not legal.
    """
    walk = Walk(graph, size)
    table = walk.table
    masks = needed_by_outputs(table, walk.outputs)
    findings = [
        *faults.shape_findings(walk),
        *alignment_findings(table),
        *waste.unread_findings(table, walk.outputs),
        *waste.padding_findings(table),
        *waste.shift_findings(table, walk.outputs),
        *faults.reading_findings(walk),
        *faults.gate_findings(table),
        *faults.bias_findings(table),
    ]
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    rows = [_row(table, at, masks[at]) for at in range(table.count)]
    fine = all(table.state(row) == FINE for row in range(table.count))
    wasted = sum(
        macs_of_share(row.macs, row.unread, row.output_shape[1] * row.output_shape[2])
        for row in rows
        if fine and row.macs and row.unread
    )
    unread = ~masks[0] if masks[0] is not None and fine else None
    return CheckedNetwork(rows, findings, unread, wasted)


def _row(table, at, mask):
    """Return a row of the table, in whole numbers where they are whole."""
    found = table.found[at]
    fine = table.state(at) == FINE
    followed = table.field_of(at)
    pairs = {}
    for name, column in (("field", k.FIELD_H), ("center", k.CENTER_H), ("shift", k.SHIFT_H)):
        values = (float(found[column]), float(found[column + 1]))
        pairs[name] = values if followed else None
    stride = None
    if followed:
        stride = tuple(float(stride_of(table.found, at, axis)) for axis in (0, 1))
        stride = tuple(int(one) if one == int(one) else one for one in stride)
        pairs["field"] = tuple(map(int, pairs["field"]))
    return TensorRow(
        name=table.names[at],
        layer=table.operators[at],
        tensor=table.tensors[at],
        output_shape=table.shape(at) if fine else None,
        macs=int(found[k.MACS]),
        params=int(found[k.WEIGHTS]),
        stride=stride,
        unread=None if mask is None else int(mask.size - mask.sum()),
        sees=VIEWS[int(found[k.VIEW])] if fine else "unknown",
        **pairs,
    )

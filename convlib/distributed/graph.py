"""The graph of tasks for layers that are computed together: edges, pieces and partial sums.

A piece takes its own chunk of the input as it is, and of each chunk around it a copied edge, so
that edges are all that workers send each other. Where each piece reads its own chunk and nothing
else, Dask is told so, and can compute it in one task with what comes before and after it.
"""

import itertools
import math

import dask.array
import numpy as np
from dask.base import tokenize
from dask.blockwise import BlockwiseDepDict, blockwise
from dask.delayed import Delayed
from dask.highlevelgraph import HighLevelGraph
from dask.task_spec import DataNode, Task, TaskRef

from convlib.distributed import channels, ranges
from convlib.distributed.pieces import Piece, Place, added, convolved, edges

# So many partial sums are added in one task; the sums of several such tasks are added again.
TOGETHER = 4
# All edges of a chunk are one task, and are sent together, if they have at most so many bytes: to
# schedule a task takes about as long as to send a megabyte. Otherwise each is a task.
EDGES_BYTES = 1 << 20
# Layers with more bytes of weights are a task of their own, so that each worker gets them once;
# others go with each piece, which then need not wait for them.
WEIGHTS_BYTES = 32 << 10


def computed(image, layers):
    """Return the Dask array that resolved `layers` make of `image`, with one exchange of edges."""
    last = layers[-1]
    token = tokenize(image.name, *map(_described, layers))
    builder = _Builder(image, layers, token)
    kept = [
        [(at, length) for at, length in enumerate(lengths) if length or not sum(lengths)]
        for lengths in image.chunks[:-3]
    ]
    axes = [
        [
            (chunk, ranges.stages(chunk, layers, axis))
            for chunk in ranges.output_chunks(image.chunks[axis - 2], layers, axis)
        ]
        for axis in (0, 1)
    ]
    parts = builder.parts()
    for (b, batch), (p, part), (i, rows), (j, columns) in itertools.product(
        *map(enumerate, (itertools.product(*kept), parts, *axes))
    ):
        lead = (b,) if kept else ()
        builder.add((*lead, p, i, j), batch, part, rows, columns)
    group_out = len(layers[0].weight) // layers[0].groups
    out_channels = [(part.last - part.first) * group_out for part in parts]
    if len(layers) > 1:
        out_channels = [len(last.weight)]
    chunks = (
        *(tuple(length for _, length in lengths) for lengths in kept),
        tuple(out_channels),
        *(tuple(chunk.end - chunk.begin for chunk, _ in axis) for axis in axes),
    )
    meta = np.empty((0,) * image.ndim, last.dtype)
    return dask.array.Array(builder.graph(), builder.name, chunks, meta=meta)


def _described(layer):
    """Return what tells a resolved layer from others."""
    return [getattr(layer, name) for name in layer.__dataclass_fields__]


class _Builder:
    """The tasks so far. `name` is that of the result, whose keys are (name, *place)."""

    def __init__(self, image, layers, token):
        kind = "conv2d" if len(layers) == 1 else "stack"
        self.image, self.layers, self.token = image, layers, token
        self.name = f"{kind}-{token}"
        self.weights, self.shared, self.tasks = tuple(layers), [], {}
        if sum(layer.weight.nbytes for layer in layers) > WEIGHTS_BYTES:
            self.weights = TaskRef(f"layers-{token}")
            task = {self.weights.key: DataNode(self.weights.key, tuple(layers))}
            self.shared = [Delayed(self.weights.key, task)]
        # What is cut off each chunk for others, numbered; and pieces with what they read.
        self.cuts, self.pieces = {}, []

    def parts(self):
        """Return the parts of the output channels.

        Later layers need all channels of the first ones, so with several layers it is one part.
        """
        lengths = self.image.chunks[-3]
        if len(self.layers) == 1:
            return channels.parts(lengths, self.layers[0].groups)
        whole = [channels.Source(k, 0, n, 0) for k, n in enumerate(lengths) if n]
        return [channels.Part(0, self.layers[0].groups, tuple(whole))]

    def add(self, place, batch, part, rows, columns):
        """Add the tasks for one chunk of the result."""
        key = (self.name, *place)
        if len(self.layers) > 1 or len(part.sources) == 1:
            self._add_piece(key, batch, part, part.sources, rows, columns)
            return
        sums = []
        for source in part.sources:
            sums.append((f"part-{self.token}", *place, source.chunk))
            self._add_piece(sums[-1], batch, part, (source,), rows, columns)
        level = 0
        while len(sums) > 1:
            groups = [sums[at : at + TOGETHER] for at in range(0, len(sums), TOGETHER)]
            keys = [key] if len(groups) == 1 else [
                (f"sum-{self.token}", *place, level, at) for at in range(len(groups))
            ]  # fmt: skip
            for one, group in zip(keys, groups, strict=True):
                self._add_sum(one, group, one is key)
            sums, level = keys, level + 1

    def _add_sum(self, key, sums, finished):
        terms = [TaskRef(one) for one in sums]
        self.tasks[key] = Task(key, added, self.weights, finished, *terms)

    def _add_piece(self, key, batch, part, sources, rows, columns):
        """Add a piece, and the edges that it takes from other chunks."""
        (own_row, row_stages), (own_column, column_stages) = rows, columns
        depth = min(len(row_stages), len(column_stages))
        stages = tuple(zip(row_stages[-depth:], column_stages[-depth:], strict=True))
        read = []
        if depth == len(self.layers) and ranges.NOTHING not in (s.read for s in stages[0]):
            own = own_row.own, own_column.own
            read = list(self._read(batch, sources, stages[0], own))
        first, whole = self.layers[0], len(sources) == len(part.sources)
        group_in, group_out = first.weight.shape[1], len(first.weight) // first.groups
        taps = (0, group_in)
        if not whole:
            (source,) = sources
            taps = source.tap, source.tap + source.end - source.begin
        piece = Piece(
            stages, (), tuple(length for _, length in batch),
            (part.first * group_out, part.last * group_out), taps, part.last - part.first,
            sources[0] == part.sources[0], whole,
        )  # fmt: skip
        self.pieces.append((key, piece, read))

    def _read(self, batch, sources, stage, own):
        """Yield (first place in the piece, chunk, ranges in it) of all that a piece reads.

        What is not the piece's own chunk, nor a whole one, is noted in `cuts`.
        """
        met = [
            ranges.overlaps(*one.read, lengths)
            for one, lengths in zip(stage, self.image.chunks[-2:], strict=True)
        ]
        channel = 0
        for source in sources:
            used = source.begin, source.end
            for (i, top, bottom, row), (j, left, right, column) in itertools.product(*met):
                at = (*(k for k, _ in batch), source.chunk, i, j)
                spans = used, (top, bottom), (left, right)
                lengths = [axis[k] for axis, k in zip(self.image.chunks, at, strict=True)][-3:]
                if (i, j) != own and spans != tuple((0, length) for length in lengths):
                    numbers = self.cuts.setdefault(at, {})
                    numbers.setdefault(spans, len(numbers))
                yield (channel, row, column), at, spans
            channel += source.end - source.begin

    def graph(self):
        """Return the graph of all that was added."""
        alone = len(self.pieces) == math.prod(self.image.numblocks) and all(
            len(read) == 1 and key == (self.name, *read[0][1]) for key, _, read in self.pieces
        )
        layer = self._block_by_block() if alone else self._with_edges()
        return HighLevelGraph.from_collections(self.name, layer, [self.image, *self.shared])

    def _block_by_block(self):
        """Return the tasks of pieces each of which reads the chunk at its own place alone."""
        pieces = {
            key[1:]: piece._replace(places=(_place(first, spans),))
            for key, piece, [(first, _, spans)] in self.pieces
        }
        name, axes = self.image.name, tuple(range(self.image.ndim))
        return blockwise(
            convolved, self.name, axes, self.weights, None,
            BlockwiseDepDict(pieces, self.image.numblocks), axes, name, axes,
            numblocks={name: self.image.numblocks},
        )  # fmt: skip

    def _with_edges(self):
        """Return the tasks that cut edges off chunks, and those of the pieces that read them."""
        together = {at for at in self.cuts if self._bytes(at) <= EDGES_BYTES}
        for at, numbers in self.cuts.items():
            if at in together:
                self._add_edges(self._edges_key(at), at, numbers)
            else:
                for spans, number in numbers.items():
                    self._add_edges((*self._edges_key(at), number), at, [spans])
        for key, piece, read in self.pieces:
            places, blocks = [], []
            for first, at, spans in read:
                number = self.cuts.get(at, {}).get(spans)
                if number is None:
                    places.append(_place(first, spans))
                    blocks.append(TaskRef((self.image.name, *at)))
                    continue
                edge = self._edges_key(at)
                if at not in together:
                    edge, number = (*edge, number), 0
                places.append(Place(first, number))
                blocks.append(TaskRef(edge))
            whole = piece._replace(places=tuple(places))
            self.tasks[key] = Task(key, convolved, self.weights, whole, *blocks)
        return self.tasks

    def _edges_key(self, at):
        return (f"edges-{self.token}", *at)

    def _add_edges(self, key, at, spans):
        slices = [tuple(slice(*span) for span in one) for one in spans]
        self.tasks[key] = Task(key, edges, TaskRef((self.image.name, *at)), slices)

    def _bytes(self, at):
        """Return the bytes of all that is cut off a chunk."""
        samples = math.prod(axis[k] for axis, k in zip(self.image.chunks[:-3], at, strict=False))
        areas = (math.prod(end - begin for begin, end in spans) for spans in self.cuts[at])
        return samples * sum(areas) * self.image.dtype.itemsize


def _place(first, spans):
    """Return the Place of a block that is read as it is."""
    return Place(first, tuple(slice(*span) for span in spans))

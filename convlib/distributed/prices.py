"""What a stack would send and compute again, before anything is computed."""

import math
from typing import NamedTuple

from convlib.distributed import channels, ranges
from convlib.kernels.cost_rules import conv2d_macs, tensor_bytes


class Price(NamedTuple):
    """What chunks cost, in one number each: see :func:`convlib.distributed.price`.

    Attributes
    ----------
    exchanges : int
        How many times chunks wait for what others have computed.
    pieces : int
        Pieces of images that are computed, each in a task.
    bytes : int
        Numbers that pieces take from other chunks than their own, or partial sums, in bytes: what
        is sent if all of these are on other workers.
    macs : int
        Multiply-accumulates of all pieces.
    repeated : int
        Those of them that the whole image in one piece would not need.
    """

    exchanges: int
    pieces: int
    bytes: int
    macs: int
    repeated: int


def price_of(shape, chunks, itemsize, layers):
    """Return the `Price` of resolved layers that are computed together, and the output's chunks."""
    axes = [
        [
            (chunk, ranges.stages(chunk, layers, axis))
            for chunk in ranges.output_chunks(chunks[axis - 2], layers, axis)
        ]
        for axis in (0, 1)
    ]
    samples = math.prod(shape[:-3])
    first, last = layers[0], layers[-1]
    sent = _read(axes, chunks) * samples * shape[-3] * itemsize
    made = [[chunk.end - chunk.begin for chunk, _ in axis] for axis in axes]
    area = sum(made[0]) * sum(made[1])
    parts = [1]
    out_channels = (len(last.weight),)
    if len(layers) == 1:
        found = channels.parts(chunks[-3], first.groups)
        parts = [len(part.sources) for part in found]
        group_out = len(first.weight) // first.groups
        out_channels = tuple((part.last - part.first) * group_out for part in found)
        extra = sum((n - 1) * made for n, made in zip(parts, out_channels, strict=True))
        sent += tensor_bytes(samples * extra, 1, area, last.dtype.itemsize)
    macs = alone = 0
    for at, layer in enumerate(layers):
        (kh, kw), outputs = layer.weight.shape[2:], len(layer.weight)
        channels_in = layer.weight.shape[1] * layer.groups
        geometry = kh, kw, channels_in, outputs, layer.groups
        lengths = [sum(_made(stages, len(layers) - at) for _, stages in axis) for axis in axes]
        macs += samples * conv2d_macs(*lengths, *geometry)
        alone += samples * conv2d_macs(*layer.out_size, *geometry)
    lead = [[n for n in axis if n] or [0] for axis in chunks[:-3]]
    pieces = math.prod(map(len, lead)) * sum(parts) * len(made[0]) * len(made[1])
    price = Price(int(sent > 0), pieces, sent, macs, macs - alone)
    return price, (*map(tuple, lead), out_channels, *map(tuple, made))


def _made(stages, back):
    """Return how many outputs of the `back`-th layer from the end a piece computes."""
    if len(stages) < back:
        return 0
    begin, end = stages[-back].made
    return end - begin


def _read(axes, chunks):
    """Return how many pixels the pieces read that are not in their own chunks."""
    read = own = 1
    for axis, lengths in zip(axes, chunks[-2:], strict=True):
        total = mine = 0
        for chunk, stages in axis:
            begin, end = stages[0].read
            start = sum(lengths[: chunk.own])
            total += end - begin
            mine += max(0, min(end, start + lengths[chunk.own]) - max(begin, start))
        read, own = read * total, own * mine
    return read - own

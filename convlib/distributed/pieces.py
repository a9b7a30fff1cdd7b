"""What a worker does: cut edges off a chunk, put a piece together, convolve it, add partial sums.

Nothing here knows Dask.
"""

import math
import threading
from typing import NamedTuple

import numpy as np

from convlib.conv import conv2d
from convlib.distributed.ranges import NOTHING, Stage

NO_PADDING = (0, 0), (0, 0)
# New memory costs more time than copying into it, because the system has to clear it.
KEPT_BYTES = 32 << 20
_kept = threading.local()


class Place(NamedTuple):
    """Where in a piece a block's first (channel, row, column) goes, and what of it is used.

    `used` are slices of the block; if the task hands over the edges of a chunk, it is the number of
    an edge.
    """

    first: tuple[int, int, int]
    used: tuple[slice, slice, slice] | int

    def part(self, block):
        """Return what is used of what the task handed over."""
        return block[self.used] if isinstance(self.used, int) else block[(..., *self.used)]


class Piece(NamedTuple):
    """How to compute a piece of the output of layers.

    Attributes
    ----------
    stages : tuple of (Stage, Stage)
        For each layer that is computed, its rows and its columns. If there are fewer than layers,
        the first ones are not needed: what they would make is not read.
    places : tuple of Place
        One for each block.
    samples : () or (int,)
        How many images a block has, if it has an axis for them.
    outputs, taps : (int, int)
        Half-open ranges of the first layer's output channels, and of the channels of a kernel.
    groups : int
        The groups of the first layer among these.
    biased, finished : bool
        Whether the first layer's bias is added and its activation applied: partial sums lack them.
    """

    stages: tuple[tuple[Stage, Stage], ...]
    places: tuple[Place, ...]
    samples: tuple[int, ...]
    outputs: tuple[int, int]
    taps: tuple[int, int]
    groups: int
    biased: bool
    finished: bool


def edges(block, slices):
    """Return parts of a block, copied so that they do not hold the block in memory."""
    return [block[(..., *one)].copy() for one in slices]


def convolved(layers, piece, *blocks):
    """Return a piece of the output of resolved `layers`, from the blocks of the input it reads."""
    image = made = None
    skipped = len(layers) - len(piece.stages)
    for at, (rows, columns) in enumerate(piece.stages, start=skipped):
        layer = layers[at]
        weight, bias, groups = layer.weight, layer.bias, layer.groups
        if at == 0:
            weight = weight[slice(*piece.outputs), slice(*piece.taps)]
            bias = bias[slice(*piece.outputs)] if bias is not None and piece.biased else None
            groups = piece.groups
        shape = *piece.samples, weight.shape[1] * groups
        ends = rows.ends, columns.ends
        if rows.read == NOTHING or columns.read == NOTHING:
            lengths = [stage.read[1] - stage.read[0] + sum(stage.ends) for stage in (rows, columns)]
            image, ends = np.full((*shape, *lengths), layer.pad_value, layer.dtype), NO_PADDING
        elif image is None:
            lengths = [stage.read[1] - stage.read[0] for stage in (rows, columns)]
            image = _together(piece.places, blocks, (*shape, *lengths))
        else:
            image = _cut(image, made, (rows.read, columns.read))
        image = _conv2d(layer, image, weight, bias, groups, ends)
        made = rows.made[0], columns.made[0]
        if at > 0 or piece.finished:
            image = activated(layer, image)
    return image


def activated(layer, image):
    """Return what a layer's activation makes of its output."""
    if layer.activation is None:
        return image
    got = np.asarray(layer.activation(image))
    if got.shape != image.shape or got.dtype != image.dtype:
        raise ValueError(
            f"activation={layer.activation!r} made of an array of shape {image.shape} and dtype "
            f"{image.dtype} one of shape {got.shape} and dtype {got.dtype}; legal is the same"
        )
    return got


def added(layers, finished, *sums):
    """Return the sum of partial sums, first ones first; of all of them if `finished`."""
    total = sums[0] + sums[1]
    for one in sums[2:]:
        total += one
    return activated(layers[0], total) if finished else total


def _together(places, blocks, shape):
    """Return the piece of the image that the blocks make up; a block that is all of it as it is.

    The memory of a piece that is put together is used again for this thread's next one.
    """
    if len(blocks) == 1:
        return np.ascontiguousarray(places[0].part(blocks[0]))
    parts = [place.part(block) for place, block in zip(places, blocks, strict=True)]
    image = _memory(shape, parts[0].dtype)
    for place, part in zip(places, parts, strict=True):
        ranges = zip(place.first, part.shape[-3:], strict=True)
        image[(..., *(slice(at, at + length) for at, length in ranges))] = part
    return image


def _memory(shape, dtype):
    """Return an array in memory that this thread keeps; in new memory if it is large."""
    size = math.prod(shape) * dtype.itemsize
    if size > KEPT_BYTES:
        return np.empty(shape, dtype)
    if len(getattr(_kept, "bytes", ())) < size:
        _kept.bytes = np.empty(size, np.uint8)
    return _kept.bytes[:size].view(dtype).reshape(shape)


def _cut(image, made, read):
    """Return what is `read` of a layer's output that begins at `made`."""
    (top, bottom), (left, right) = read
    row, column = made
    return image[..., top - row : bottom - row, left - column : right - column]


def _conv2d(layer, image, weight, bias, groups, ends):
    """Return a convolution, computed as the whole image would be."""
    arguments = image, weight, bias, layer.stride, ends, layer.dilation, groups, layer.pad_value
    for name in layer.algorithms[:-1]:
        try:
            return conv2d(*arguments, name)
        except ValueError:
            # It cannot compute this layer; or the data is at fault, which the last one says too.
            continue
    return conv2d(*arguments, layer.algorithms[-1])

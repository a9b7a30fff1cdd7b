"""Where the chunks of the output are cut, and what of the input each of them reads.

All of it is one axis at a time (0 rows, 1 columns), and in half-open ranges.
"""

from typing import NamedTuple

from convlib.kernels import halo_rules
from convlib.layer import Conv2d
from convlib.receptive_field import receptive_field

# What a stage reads whose windows reach no pixel.
NOTHING = (0, 0)


class Chunk(NamedTuple):
    """A chunk of the output: the input chunk whose image it is, and its range of outputs."""

    own: int
    begin: int
    end: int


class Stage(NamedTuple):
    """One layer's part in a piece, along an axis.

    `read` is the range of its input that it reads, `made` the range of its output that it
    computes, `ends` the padding that the windows reach at the image's border. Where windows reach
    nothing but padding, `read` is empty and `ends` holds all that they reach.
    """

    read: tuple[int, int]
    made: tuple[int, int]
    ends: tuple[int, int]


def field_of(layers):
    """Return the receptive field of resolved layers."""
    windows = [
        Conv2d(1, 1, layer.weight.shape[2:], layer.stride, layer.ends, layer.dilation)
        for layer in layers
    ]
    return receptive_field(windows)


def output_chunks(lengths, layers, axis):
    """Return the `Chunk`s into which the output is cut, for input chunks of these lengths.

    An output belongs to the input chunk that holds the middle of its receptive field; those
    whose middle is outside the image belong to the chunk at that end. No chunk is empty.
    """
    field, last = field_of(layers), layers[-1]
    outputs, unit = last.out_size[axis], last.unit[axis]
    found, pixel, begin = [], 0, 0
    for own, length in enumerate(lengths):
        pixel += length
        end = outputs
        if pixel < layers[0].in_size[axis]:
            end = halo_rules.first_centred(
                pixel, outputs, field.size[axis], field.stride[axis], field.padding[axis][0]
            )
            end = max(min((end + unit // 2) // unit * unit, outputs), begin)
        if end > begin and length:
            found.append(Chunk(own, begin, end))
            begin = end
    return found


def stages(chunk, layers, axis):
    """Return the `Stage` of each layer, first layer first, that computes a chunk of the output."""
    found, begin, end = [], chunk.begin, chunk.end
    for layer in reversed(layers):
        size, outputs, unit = layer.in_size[axis], layer.out_size[axis], layer.unit[axis]
        span, stride, before = layer.span[axis], layer.stride[axis], layer.ends[axis][0]
        begin, end = begin // unit * unit, min(-(-end // unit) * unit, outputs)
        read = (
            halo_rules.first_read(begin, size, stride, before),
            halo_rules.end_read(end, size, span, stride, before),
        )
        ends = (
            halo_rules.cells_before(begin, stride, before),
            halo_rules.cells_after(end, size, span, stride, before),
        )
        if read[0] >= read[1]:
            # All of these windows lie in the padding, and no layer before matters.
            read, ends = NOTHING, ((end - begin - 1) * stride + span, 0)
        found.append(Stage(read, (begin, end), ends))
        if read == NOTHING:
            break
        begin, end = read
    return found[::-1]


def overlaps(begin, end, lengths):
    """Return (chunk, first, last, place) for each chunk that the range meets.

    `first` and `last` are a half-open range in the chunk, `place` is where it is in begin...end.
    """
    found, start = [], 0
    for chunk, length in enumerate(lengths):
        low, high = max(begin, start), min(end, start + length)
        if low < high:
            found.append((chunk, low - start, high - start, low - begin))
        start += length
    return found

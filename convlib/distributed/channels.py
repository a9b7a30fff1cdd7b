"""Which chunks of channels each group of a convolution reads."""

from typing import NamedTuple


class Source(NamedTuple):
    """Channels `begin` to `end` of a chunk, and the first weight of a kernel that meets them."""

    chunk: int
    begin: int
    end: int
    tap: int


class Part(NamedTuple):
    """Whole groups that are computed together, and what they read.

    With several sources there is one group, and each source gives a part of its sums.
    """

    first: int
    last: int
    sources: tuple[Source, ...]


def parts(lengths, groups):
    """Return the `Part`s into which the output channels are cut.

    Groups that lie in one chunk of channels are computed together; a group that lies in several is
    a part by itself.
    """
    group_in = sum(lengths) // groups
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    homes = []
    for group in range(groups):
        begin, end = group * group_in, (group + 1) * group_in
        homes.append(
            tuple(
                Source(k, max(begin - start, 0), min(end - start, length), max(start - begin, 0))
                for k, (start, length) in enumerate(zip(starts, lengths, strict=True))
                if begin < start + length and start < end and length
            )
        )
    found = []
    for group, sources in enumerate(homes):
        before = found[-1] if found else None
        source = sources[0]
        if before and len(sources) == len(before.sources) == 1:
            (old,) = before.sources
            if old.chunk == source.chunk:
                joined = Source(old.chunk, old.begin, source.end, 0)
                found[-1] = Part(before.first, group + 1, (joined,))
                continue
        found.append(Part(group, group + 1, sources))
    return found

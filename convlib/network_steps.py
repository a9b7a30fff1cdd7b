"""A walk through the layers of a network in order, with the shape that reaches each."""

from math import prod
from typing import Any, NamedTuple

from convlib.arguments import checks
from convlib.network_paths import Block, named


class Step(NamedTuple):
    """One layer met on the way; `previous` are the indices of the steps that feed it, or (-1,)."""

    name: str
    layer: Any
    input_shape: tuple[int, int, int]
    output_shape: tuple[int, int, int]
    previous: tuple[int, ...]


def image_shape(input_size):
    """Return the channels, or None if they are not given, and (H, W) of an image."""
    if isinstance(input_size, (tuple, list)):
        if len(input_size) == 3:
            channels = checks.integer("input_size[0]", input_size[0], 1)
            height, width = (
                checks.integer(f"input_size[{at}]", input_size[at], 1) for at in (1, 2)
            )
            return channels, (height, width)
        if len(input_size) != 2:
            raise ValueError(
                f"input_size={input_size!r} has {len(input_size)} entries; "
                "legal values are one integer, a pair (H, W), or (C, H, W)"
            )
    others = ", a pair (H, W) or (C, H, W)"
    return None, checks.pair("input_size", input_size, 1, others)


def spatial_size(layers, input_size):
    """Return (H, W) of an image; if its channels are given, they must fit the layers."""
    channels, size = image_shape(input_size)
    if channels is not None:
        steps(layers, input_size)
    return size


def steps(layers, input_size):
    """Return a `Step` for every layer of a network, the paths of blocks one after another."""
    channels, size = image_shape(input_size)
    pairs = named(layers)
    if channels is None and pairs:
        channels = _first_channels(pairs, size)
    found = []
    _visit(pairs, (channels, *size), "", (-1,), found)
    return found


def _visit(layers, shape, prefix, previous, found):
    """Append the steps of `layers` to `found`; return the last shape and the last steps."""
    for name, layer in named(layers):
        name = prefix + name
        if isinstance(layer, Block):
            ends = [_visit(path, shape, f"{name}.", previous, found) for path in layer.paths]
            shape = called(name, layer.join, [end for end, _ in ends])
            followed = [last for _, last in ends[: layer.followed]]
            previous = tuple(dict.fromkeys(step for last in followed for step in last))
        else:
            output_shape = called(name, layer.output_shape, shape)
            found.append(Step(name, layer, shape, output_shape, previous))
            shape, previous = output_shape, (len(found) - 1,)
    return shape, previous


def called(name, rule, *arguments):
    """Return `rule(*arguments)`; if they are refused, the message begins with the layer's name."""
    try:
        return rule(*arguments)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _first_channels(layers, size):
    """Return the image's channels according to the first layer that names any."""
    found, _ = _search(layers, (1, *size), "")
    if isinstance(found, int):
        return found
    where, fitting = "", 3
    if found is not None:
        name, features, numbers = found
        where = f": the in_features={features} of {name} are channels times pixels"
        if features % numbers == 0:
            fitting = features // numbers
    raise ValueError(
        f"layers does not say how many channels the image has{where}; "
        f"give them, as in input_size={(fitting, *size)}"
    )


def _search(layers, shape, prefix):
    """Return what `layers` say about the image's channels, and the shape that one becomes.

    The first is their number, or None. A fully connected layer tells it only where it gets one
    number per channel; otherwise its features are channels times pixels, and its name, its
    features and how many numbers it gets per channel are returned instead.
    """
    for name, layer in named(layers):
        name = prefix + name
        if isinstance(layer, Block):
            ends = []
            for path in layer.paths:
                found, end = _search(path, shape, f"{name}.")
                if found is not None:
                    return found, shape
                ends.append(end)
            shape = called(name, layer.join, ends)
            continue
        for attribute in ("in_channels", "num_features"):
            if hasattr(layer, attribute):
                return _shared(name, attribute, getattr(layer, attribute), shape[0]), shape
        if hasattr(layer, "in_features"):
            features, numbers = layer.in_features, prod(shape)
            return (features if numbers == 1 else (name, features, numbers)), shape
        shape = called(name, layer.output_shape, shape)
    return None, shape


def _shared(name, attribute, value, copies):
    """Return the image's channels if a layer gets each of them `copies` times."""
    if value % copies:
        raise ValueError(
            f"{name}: {attribute}={value} does not fit {copies} copies of the image's channels; "
            f"legal are multiples of {copies}"
        )
    return value // copies

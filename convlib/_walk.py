"""Going through the layers of a network in order, with the shape that reaches each."""

from typing import Any, NamedTuple

from convlib import _checks
from convlib.blocks import Residual


class Step(NamedTuple):
    """One layer met on the way; `previous` is the index of the step that feeds it, or -1."""

    name: str
    layer: Any
    input_shape: tuple[int, int, int]
    output_shape: tuple[int, int, int]
    previous: int


def named(layers):
    """Return `layers` as a list of (name, layer); a layer without a name gets its index."""
    if is_layer(layers):
        layers = [layers]
    try:
        entries = list(layers)
    except TypeError:
        kind = type(layers).__name__
        raise TypeError(
            f"layers={layers!r} is of type {kind}; legal is a layer, or a sequence of layers "
            "or of (name, layer) pairs"
        ) from None
    pairs = []
    for index, entry in enumerate(entries):
        pair = entry if isinstance(entry, tuple) and len(entry) == 2 else (str(index), entry)
        if not (isinstance(pair[0], str) and is_layer(pair[1])):
            raise TypeError(
                f"layers[{index}]={entry!r} is neither a layer nor a (name, layer) pair"
            )
        pairs.append(pair)
    return pairs


def is_layer(thing):
    """Whether `thing` is a block, or can say which shape it makes of its input's."""
    if isinstance(thing, type):
        return False
    return isinstance(thing, Residual) or hasattr(thing, "output_shape")


def steps(layers, input_size):
    """Return a `Step` for every layer of a network, shortcuts after their main paths."""
    size = _checks.pair("input_size", input_size, 1)
    found = []
    _visit(layers, (_first_channels(layers), *size), "", -1, found)
    return found


def _visit(layers, shape, prefix, previous, found):
    """Append the steps of `layers` to `found`; return the last shape and the last step."""
    for name, layer in named(layers):
        name = prefix + name
        if isinstance(layer, Residual):
            ended = _visit(layer.main, shape, f"{name}.", previous, found)
            side, _ = _visit(layer.shortcut, shape, f"{name}.", previous, found)
            if side != ended[0]:
                raise ValueError(
                    f"{name}: the shortcut's output has shape {side}, the main path's {ended[0]}; "
                    "they are added, so they must be equal"
                )
            shape, previous = ended
        else:
            try:
                output_shape = layer.output_shape(shape)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            found.append(Step(name, layer, shape, output_shape, previous))
            shape, previous = output_shape, len(found) - 1
    return shape, previous


def _first_channels(layers):
    """Return the number of channels that the first layer to name one asks for."""
    for _, layer in named(layers):
        if isinstance(layer, Residual):
            return _first_channels(layer.main)
        for attribute in ("in_channels", "num_features", "in_features"):
            if hasattr(layer, attribute):
                return getattr(layer, attribute)
    raise ValueError("layers holds poolings only, so that the number of channels is unknown")

"""Parts of a network, and a network as a table with one row per layer."""

from typing import NamedTuple

from convlib import network_paths, network_steps
from convlib.blocks import Flatten, Linear
from convlib.pool import AdaptiveAvgPool2d
from convlib.receptive_field import ReceptiveField, extended, joined


class LayerRow(NamedTuple):
    """One layer of a network at an input size.

    Attributes
    ----------
    name, layer : str
        The layer's name, with that of the block it is in, and its kind, such as 'Conv2d'.
    output_shape : (int, int, int)
        (C, H, W) of its output.
    macs, params : int
        Multiply-accumulates (1 MAC = 2 FLOPs) for one image, and parameters.
    field, stride : (int, int) or None
        Size of its receptive field and its effective stride, in input pixels; None from the
        first layer that sees its whole input on, or after branches that differ in stride.
    shift : (float, float) or None
        Context shift in input pixels; see :class:`~convlib.receptive_field.ReceptiveField`.
    """

    name: str
    layer: str
    output_shape: tuple[int, int, int]
    macs: int
    params: int
    field: tuple[int, int] | None
    stride: tuple[int, int] | None
    shift: tuple[float, float] | None


def layer_table(network, input_size):
    """Return a network's layers as rows.

    Parameters
    ----------
    network : layer, or sequence of layers or of (name, layer) pairs
        A network.
    input_size : int, (int, int) or (int, int, int)
        Height and width of the image in pixels, or (C, H, W).

    Returns
    -------
    list of LayerRow
        In order, a shortcut's layers after those of its main path, and branches one after
        another. Fields are those along the layer's own path; after concatenated branches they
        are the smallest windows that contain those of all.

    Raises
    ------
    TypeError, ValueError
        If `network` is not made of layers, or they do not fit the size.

    Examples
    --------
    >>> from convlib import networks
    >>> rows = networks.layer_table(networks.vgg16(), 224)
    >>> [(row.name, row.field[0]) for row in rows if row.name.startswith("pool")]
    [('pool1', 6), ('pool2', 16), ('pool3', 44), ('pool4', 100), ('pool5', 212)]
    """
    fields, rows = [], []
    for step in network_steps.steps(network, input_size):
        before = joined([fields[at] if at >= 0 else ReceptiveField() for at in step.previous])
        size = step.input_shape[1:]
        field = extended(before, step.layer, size, step.name)
        fields.append(field)
        rows.append(
            LayerRow(
                name=step.name,
                layer=type(step.layer).__name__,
                output_shape=step.output_shape,
                macs=step.layer.macs(size),
                params=step.layer.params,
                field=field and field.size,
                stride=field and field.stride,
                shift=field and field.shift,
            )
        )
    return rows


def format_table(rows):
    """Return the rows of :func:`layer_table` as text in columns, for printing.

    Parameters
    ----------
    rows : sequence of LayerRow
        All rows of a table, or the ones of interest.

    Returns
    -------
    str
        A heading and one line per row.

    Examples
    --------
    >>> from convlib import networks
    >>> rows = networks.layer_table(networks.resnet50(), 224)
    >>> print(networks.format_table([row for row in rows if row.name.startswith("layer4.0.conv")]))
    name            layer   output     MACs         params     field    stride  shift
    layer4.0.conv1  Conv2d  512x14x14  102,760,448  524,288    267x267  16x16   -7.5,-7.5
    layer4.0.conv2  Conv2d  512x7x7    115,605,504  2,359,296  299x299  32x32   -15.5,-15.5
    layer4.0.conv3  Conv2d  2048x7x7   51,380,224   1,048,576  299x299  32x32   -15.5,-15.5
    """
    lines = [("name", "layer", "output", "MACs", "params", "field", "stride", "shift")]
    for row in rows:
        spatial = [
            "-" if value is None else sign.join(f"{number:g}" for number in value)
            for value, sign in ((row.field, "x"), (row.stride, "x"), (row.shift, ","))
        ]
        shape = "x".join(map(str, row.output_shape))
        lines.append((row.name, row.layer, shape, f"{row.macs:,}", f"{row.params:,}", *spatial))
    return in_columns(lines)


def in_columns(lines):
    """Return lines of as many texts each as one text, in columns."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join(padded)


def features(network):
    """Return the layers before the classifier: all before the first that sees its whole input.

    Parameters
    ----------
    network : sequence of (name, layer) pairs
        A network, or any list of layers.

    Returns
    -------
    tuple of (name, layer) pairs
        The layers that have a receptive field.

    Examples
    --------
    >>> from convlib import networks, receptive_field
    >>> receptive_field(networks.features(networks.resnet50())).size
    (427, 427)
    """
    kept = []
    for name, layer in network_paths.named(network):
        if isinstance(layer, (AdaptiveAvgPool2d, Flatten, Linear)):
            break
        kept.append((name, layer))
    return tuple(kept)


def until(network, name):
    """Return the layers up to and including the one, or the block, called `name`.

    Parameters
    ----------
    network : sequence of (name, layer) pairs
        A network.
    name : str
        A name at the network's own level, such as 'pool3' or 'layer2.0'.

    Returns
    -------
    tuple of (name, layer) pairs
        The beginning of the network.

    Raises
    ------
    ValueError
        If no layer has this name.

    Examples
    --------
    >>> from convlib import networks, receptive_field
    >>> receptive_field(networks.until(networks.vgg16(), "conv3_2")).size
    (32, 32)
    """
    pairs = tuple(network_paths.named(network))
    names = [own for own, _ in pairs]
    if name not in names:
        raise ValueError(f"name={name!r} is not in the network; legal are {', '.join(names)}")
    return pairs[: names.index(name) + 1]

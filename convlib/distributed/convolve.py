"""Convolutions of Dask arrays: check the arguments, then build the graph. Nothing is computed."""

import dask.array
import numpy as np

from convlib.arguments import checks
from convlib.distributed import graph
from convlib.distributed.layers import Layer, resolved
from convlib.distributed.prices import Price, price_of


def conv2d(
    input,
    weight,
    bias=None,
    stride=1,
    padding=0,
    dilation=1,
    groups=1,
    pad_value=0.0,
    algorithm="auto",
):
    """Convolve images that are cut into chunks: :func:`convlib.conv2d` for Dask arrays.

    Parameters
    ----------
    input : dask.array.Array, shape (N, C_in, H, W) or (C_in, H, W)
        Images in chunks of any size, on each axis.
    weight, bias, stride, padding, dilation, groups, pad_value, algorithm
        As in :func:`convlib.conv2d`. All workers get all weights.

    Returns
    -------
    dask.array.Array, shape (N, C_out, oh, ow) or (C_out, oh, ow)
        Nothing of it is computed yet. Its dtype is that of :func:`convlib.conv2d`. Its chunks are
        those of the input: an output is computed with the chunk that holds the middle of its
        window. So a chunk needs of its neighbours what windows reach beyond it, its halo: on each
        side at most half a window; nothing for a 1 × 1 kernel.

    Raises
    ------
    TypeError
        If `input` is not a Dask array; otherwise as :func:`convlib.conv2d` does.
    ValueError
        If a length of `input` is not known; otherwise as :func:`convlib.conv2d` does. What is
        wrong with numbers of the input, such as an integer that float64 would round, is raised
        when they are computed.

    Notes
    -----
    The result is that of :func:`convlib.conv2d` on the whole image in one piece, bit for bit, in
    whatever way rows, columns and samples are cut: all pieces take the algorithm that the whole
    image would take. Two things are different.

    Channels in several chunks: where a group's input channels lie in one chunk, which is so for all
    of a depthwise layer's, nothing changes, and the output channels are cut as the input's. Where
    they lie in several, each gives a partial sum, with the bias in the first, and these are added,
    the first four, the next four, then their sums. That order does not depend on rows, columns or
    workers, so results can be repeated; but it is not the order of one piece, so they differ from
    its by rounding, within the bound of :func:`convlib.conv2d`, raised by one u for each sum. Sums
    that are exact, such as those of small integers, are equal. Rechunk the channels into one chunk
    for equal bits.

    'winograd': chunks begin at multiples of its 4 outputs, and a result that is not finite is
    computed in another way in its chunk, not in the whole image.

    Examples
    --------
    >>> import dask.array
    >>> import numpy as np
    >>> from convlib.distributed import conv2d
    >>> image = dask.array.ones((3, 1000, 1000), chunks=(3, 400, 500), dtype=np.float32)
    >>> output = conv2d(image, np.ones((8, 3, 3, 3), np.float32), padding="same")
    >>> output.chunks
    ((8,), (400, 400, 200), (500, 500))
    >>> output[0, 399:402, 0].compute()
    array([18., 18., 18.], dtype=float32)
    """
    layer = Layer(weight, bias, stride, padding, dilation, groups, pad_value, algorithm=algorithm)
    return _stacked(_image(input), [layer], 1)


def stack(input, layers, fuse=1):
    """Convolve with several layers, one after the other, `fuse` of them per exchange of edges.

    Layers that are computed together need one exchange, of a wider halo, that of their receptive
    field: what earlier layers make in it is computed in both chunks, instead of being sent.

    Parameters
    ----------
    input : dask.array.Array, shape (N, C_in, H, W) or (C_in, H, W)
        Images in chunks of any size, on each axis.
    layers : sequence of Layer
        The layers, first one first.
    fuse : int, default 1
        How many layers to compute for each exchange: 1 exchanges before every layer, the number of
        layers only once. The last exchange may serve fewer.

    Returns
    -------
    dask.array.Array, shape (N, C_out, oh, ow) or (C_out, oh, ow)
        Nothing of it is computed yet. An output is computed with the chunk that holds the middle of
        its receptive field, in the `fuse` layers.

    Raises
    ------
    TypeError, ValueError
        If `layers` is not a sequence of layers, or `fuse` not a number of them; otherwise as
        :func:`conv2d` does, where the message begins with the layer's number.

    Notes
    -----
    The result is that of :func:`convlib.conv2d` layer by layer on the whole image, bit for bit,
    whatever `fuse` is: a layer's padding is at the image's border only, not where chunks meet. With
    channels in several chunks that holds for `fuse` above 1, which collects the channels that a
    piece reads; with 1 they are summed as in :func:`conv2d`.

    Examples
    --------
    >>> import dask.array
    >>> import numpy as np
    >>> from convlib.distributed import Layer, stack
    >>> image = dask.array.ones((1, 900, 900), chunks=(1, 300, 300))
    >>> blur = Layer(np.full((1, 1, 3, 3), 1 / 9), padding=1)
    >>> output = stack(image, [blur] * 4, fuse=2)
    >>> output.shape, output.numblocks
    ((1, 900, 900), (1, 3, 3))
    """
    image = _image(input)
    return _stacked(image, *_checked(layers, fuse))


def price(input, layers, fuse=1):
    """Return what :func:`stack` would send and compute, without computing it.

    Parameters
    ----------
    input, layers, fuse
        As in :func:`stack`.

    Returns
    -------
    Price
        Exchanges, pieces, bytes and multiply-accumulates (MACs).

    Raises
    ------
    TypeError, ValueError
        As :func:`stack` does.

    Examples
    --------
    Two layers in one exchange send about as much as in two, but compute 3 % of the MACs twice.

    >>> import dask.array
    >>> import numpy as np
    >>> from convlib.distributed import Layer, price
    >>> image = dask.array.ones((1, 90, 90), chunks=(1, 30, 30), dtype=np.float32)
    >>> blur = Layer(np.full((1, 1, 3, 3), 1 / 9, np.float32), padding=1)
    >>> price(image, [blur] * 2)
    Price(exchanges=2, pieces=18, bytes=5888, macs=145800, repeated=0)
    >>> price(image, [blur] * 2, fuse=2)
    Price(exchanges=1, pieces=9, bytes=6016, macs=152424, repeated=6624)
    """
    image = _image(input)
    total, chunks, itemsize = Price(0, 0, 0, 0, 0), image.chunks, image.dtype.itemsize
    for group, shape in _groups(image, *_checked(layers, fuse)):
        one, chunks = price_of(shape, chunks, itemsize, group)
        total = Price(*(a + b for a, b in zip(total, one, strict=True)))
        itemsize = group[-1].dtype.itemsize
    return total


def _checked(layers, fuse):
    """Return the layers as a list, and `fuse`."""
    try:
        found = list(layers)
    except TypeError:
        found = [layers]
    if not found:
        raise ValueError("layers is empty; legal are one or more convlib.distributed.Layer")
    for at, layer in enumerate(found):
        if not isinstance(layer, Layer):
            raise TypeError(
                f"layers[{at}] is of type {type(layer).__name__}; legal is a "
                "convlib.distributed.Layer"
            )
    fuse = checks.integer("fuse", fuse, 1)
    if fuse > len(found):
        raise ValueError(f"fuse={fuse} is more than the layers; legal are 1 to {len(found)}")
    return found, fuse


def _image(input):
    """Return `input` if it is a Dask array of real numbers with known lengths."""
    if not isinstance(input, dask.array.Array):
        raise TypeError(
            f"input is of type {type(input).__name__}; legal is a Dask array, such as "
            "dask.array.from_array(image, chunks=...) or dask.array.from_zarr(path)"
        )
    if np.isnan(input.shape).any():
        raise ValueError(
            f"input has shape {input.shape}, of which some lengths are unknown; legal are known "
            "ones, which compute_chunk_sizes() finds out"
        )
    checks.array("input", np.empty((0,) * input.ndim, input.dtype), (3, 4))
    return input


def _groups(image, layers, fuse):
    """Yield the layers that are computed together, resolved, and the shape of their input."""
    shape, dtype = image.shape, image.dtype
    for begin in range(0, len(layers), fuse):
        group, first = [], shape
        for at, layer in enumerate(layers[begin : begin + fuse], start=begin):
            try:
                group.append(resolved(layer, shape, dtype))
            except (TypeError, ValueError) as error:
                if len(layers) == 1:
                    raise
                raise type(error)(f"layers[{at}]: {error}") from None
            shape = (*shape[:-3], len(layer.weight), *group[-1].out_size)
            dtype = group[-1].dtype
        yield group, first


def _stacked(image, layers, fuse):
    for group, _ in list(_groups(image, layers, fuse)):
        image = graph.computed(image, group)
    return image

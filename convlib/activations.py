"""Stacks of convolutions, with what a network puts between them."""

import math
from typing import NamedTuple

import numpy as np

from convlib.arguments import checks, float_scale
from convlib.conv import conv2d
from convlib.kernels import activation_loops


class Activation(NamedTuple):
    """Two measures of an activation: see :func:`measure_activation`."""

    spread: float
    likeness: float


def stack_blocks(input, weights, nonlinearity=True, normalisation=True, residual=True):
    """Run a picture through blocks, each a convolution and what may follow it.

    A block convolves its input x with 'same' padding; then, if asked for, gives each channel
    mean 0 and spread 1 over the picture (normalisation; see Notes), sets negative numbers to 0
    (non-linearity), and adds x again (residual). For the normalisation, networks learn one scale
    and one offset per channel; here they are 1 and 0.

    Parameters
    ----------
    input : array_like, shape (C, H, W)
        A picture. Never changed.
    weights : sequence of array_like, shape (C, C, kH, kW)
        The kernels of each block.
    nonlinearity, normalisation, residual : bool, default True
        What each block contains besides its convolution.

    Returns
    -------
    list of ndarray, shape (C, H, W)
        The input, then each block's output: one array more than there are blocks.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d` does.

    Notes
    -----
    Normalisation turns a constant channel into 0, and also one that is constant except for
    rounding: one whose standard deviation is at most the machine epsilon of its dtype times its
    largest magnitude. A channel with NaN or infinity becomes NaN.

    References
    ----------
    The lecture's "Convolutional Network"; K. He et al., "Deep residual learning for image
    recognition", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib import stack_blocks
    >>> blocks = stack_blocks(np.ones((1, 4, 4)), np.full((3, 1, 1, 1, 1), 2.0),
    ...                       normalisation=False, residual=False)
    >>> [float(block.max()) for block in blocks]
    [1.0, 2.0, 4.0, 8.0]
    """
    x = checks.array("input", input, (3,))
    found = [np.array(x, checks.common_float(x))]
    for weight in weights:
        y = conv2d(found[-1], weight, padding="same")
        if normalisation:
            for channel in y:
                channel[...] = float_scale.scaled(channel, float_scale.exponent(channel))
            activation_loops.normalise(y, 0.0, 1.0)
        if nonlinearity:
            activation_loops.rectify(y)
        if residual:
            if y.shape != x.shape:
                raise ValueError(
                    f"weights make an activation of shape {y.shape}, to which an input of shape "
                    f"{x.shape} cannot be added; legal are kernels with as many outputs as inputs"
                )
            activation_loops.add(y, found[-1].astype(y.dtype))
        found.append(y)
    return found


def measure_activation(activation, reference):
    """Return how much an activation varies, and how similar it is to a picture.

    Parameters
    ----------
    activation, reference : array_like, shape (C, H, W)
        What to measure, and what to compare it with.

    Returns
    -------
    Activation
        `spread`: the standard deviation inside a channel, as the root of the channels' mean
        variance. `likeness`: the correlation of the two over all pixels, each channel around
        its own mean: 1 for the same picture whatever its contrast, 0 for nothing in common,
        and where one of them is constant. A channel that is constant except for rounding, as in
        :func:`stack_blocks`, has spread 0. Both are NaN if `activation` holds NaN or infinity;
        if only `reference` does, only the likeness is.

    Raises
    ------
    TypeError, ValueError
        If an array is not real-valued, or the shapes differ.

    References
    ----------
    Pearson's correlation coefficient.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib import measure_activation
    >>> picture = np.array([[[0.0, 2.0], [2.0, 0.0]]])
    >>> measure_activation(10 * picture + 3, picture)
    Activation(spread=10.0, likeness=1.0)
    """
    x = checks.array("activation", activation, (3,))
    y = checks.array("reference", reference, (3,))
    if x.shape != y.shape or x.size == 0:
        raise ValueError(
            f"activation has shape {x.shape} and reference {y.shape}; "
            "legal is the same shape, with no length 0"
        )
    out = np.empty(2)
    exponents = [float_scale.exponent(a) for a in (x, y)]
    planes = (
        np.require(float_scale.scaled(a, k), checks.common_float(a), ["C_CONTIGUOUS", "W"])
        for a, k in zip((x, y), exponents, strict=True)
    )
    activation_loops.measure(*planes, out)
    spread, likeness = map(float, out)
    return Activation(math.ldexp(spread, exponents[0]), likeness)

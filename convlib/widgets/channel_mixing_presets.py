"""The kernels and mixtures that ChannelMixing offers."""

from functools import cache

import numpy as np

from convlib.widgets.shared.photograph import photograph

CHANNELS = ("red", "green", "blue")
KERNELS = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "edge": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "off": [[0] * 3] * 3,
}
PRESETS = ("as set", "identity", "yellowness", "grey", "red ↔ blue")
# Pixels of the photograph that the lesson speaks of: row, column.
SPOTS = {"gold": (82, 36), "skin": (56, 64)}


def yellowness(picture):
    """Return how yellow each pixel is: min(red, green) - blue.

    Parameters
    ----------
    picture : array_like, shape (3, H, W)
        Red, green and blue.

    Returns
    -------
    ndarray of float64, shape (H, W)
        In the picture's own levels; negative where blue is larger.

    Examples
    --------
    Yellow, white and blue, in levels from 0 to 1:

    >>> from convlib.widgets.channel_mixing_presets import yellowness
    >>> yellowness([[[1, 1, 0]], [[1, 1, 0]], [[0, 1, 1]]])
    array([[ 1.,  0., -1.]])
    """
    red, green, blue = np.asarray(picture, dtype=np.float64)
    return np.minimum(red, green) - blue


@cache
def presets():
    """Return, for each of `PRESETS` but the first, the nine weights of its 1 × 1 convolution.

    Those of "yellowness" are fitted to the photograph's `yellowness` by least squares, without a
    bias, and doubled: otherwise yellow things would be dim.
    """
    pixels = photograph().reshape(3, -1).T.astype(np.float64)
    fitted = np.linalg.lstsq(pixels, yellowness(photograph()).ravel(), rcond=None)[0].round(2)
    matrices = (
        np.eye(3),
        np.tile(2 * fitted, (3, 1)),
        np.full((3, 3), 0.33),
        np.eye(3)[::-1],
    )
    return [[], *(matrix.ravel().tolist() for matrix in matrices)]

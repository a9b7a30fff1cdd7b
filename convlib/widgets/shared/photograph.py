"""The book's photograph, small enough to travel inside a page."""

from functools import cache

import numpy as np
from matplotlib import cbook
from matplotlib.image import imread

_BLOCK = 4


@cache
def photograph():
    """Return a colour photograph as a read-only uint8 array of shape (3, 150, 128).

    It shows Rear Admiral Grace Hopper and is in the public domain; matplotlib ships it. Each
    pixel is the mean of a block of 4 × 4.
    """
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        pixels = imread(file, format="jpg").astype(np.float64)
    height, width = (length // _BLOCK for length in pixels.shape[:2])
    blocks = pixels.reshape(height, _BLOCK, width, _BLOCK, 3)
    small = blocks.mean(axis=(1, 3)).round().astype(np.uint8).transpose(2, 0, 1)
    small = np.ascontiguousarray(small)
    small.flags.writeable = False
    return small

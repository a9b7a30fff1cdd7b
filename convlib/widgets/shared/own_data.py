"""What readers may pass to an explorer: grids of numbers and pictures of their own."""

import numpy as np
import traitlets

from convlib.arguments import checks
from convlib.widgets.shared.photograph import photograph

# Larger numbers, and the sums made of them, would not fit into the cells.
LARGEST_NUMBER = 1000


def legal_numbers(name, value, largest):
    """Return a grid of numbers as lists, one per row, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The grid's name, as the reader knows it.
    value : array_like, shape (H, W)
        Numbers from -1000 to 1000.
    largest : int
        The most rows and columns.

    Returns
    -------
    list of list of int or float
        Whole numbers as int.
    """
    grid = checks.array(name, value, (2,))
    if not all(1 <= length <= largest for length in grid.shape):
        raise ValueError(
            f"{name} has shape {grid.shape}; legal is (rows, columns), both from 1 to {largest}"
        )
    if not np.abs(grid.astype(float)).max() <= LARGEST_NUMBER:  # also true if one is NaN
        raise ValueError(
            f"{name} holds numbers from {grid.min()} to {grid.max()}; legal are "
            f"-{LARGEST_NUMBER} to {LARGEST_NUMBER}"
        )
    return [[int(x) if x == int(x) else float(x) for x in row] for row in grid]


def legal_picture(name, value, smallest=1, largest=None):
    """Return a picture as a read-only uint8 array, or say what is wrong with it.

    Parameters
    ----------
    name : str
        The picture's name, as the reader knows it.
    value : array_like, shape (3, H, W)
        Red, green and blue, in levels from 0 to 255.
    smallest, largest : int
        The least and the most pixels of height and of width; None is no limit.

    Returns
    -------
    ndarray of uint8, shape (3, H, W)
    """
    levels = checks.array(name, value, (3,))
    lengths = levels.shape[1:]
    if levels.shape[0] != 3 or min(lengths) < smallest or max(lengths) > (largest or np.inf):
        upwards = f"from {smallest} to {largest}" if largest else f"at least {smallest}"
        raise ValueError(
            f"{name} has shape {levels.shape}; legal is (3, H, W) with H and W {upwards}"
        )
    least, most = levels.min(), levels.max()
    if not (least >= 0 and most <= 255):  # also true if a level is NaN
        raise ValueError(f"{name} has levels from {least} to {most}; legal are 0 to 255")
    if levels.dtype.kind in "fb" and 0 < most <= 1:
        raise ValueError(
            f"{name} has {levels.dtype} levels from {least} to {most}; legal are 0 to 255, so "
            "multiply yours by 255"
        )
    picture = np.rint(levels).astype(np.uint8)  # in C order, and a copy
    picture.flags.writeable = False
    return picture


def packed(picture, widget):
    """Return a picture as it is sent to the page."""
    return {"shape": list(picture.shape), "levels": picture.tobytes()}


def unpacked(sent, widget):
    """Return a picture as the page sends it: one that a reader chose there from a file."""
    return np.frombuffer(sent["levels"], np.uint8).reshape(sent["shape"])


def own(trait):
    """Return `trait` marked as one that a reader may set, though it has no control."""
    return trait.tag(sync=True, own=True)


class Numbers(traitlets.TraitType):
    """A trait that holds a grid of numbers as lists; see `legal_numbers`."""

    def __init__(self, default, largest):
        super().__init__(default)
        self.largest = largest

    def validate(self, obj, value):
        """Return `value` as it is kept."""
        return legal_numbers(self.name, value, self.largest)


class OwnPicture(traitlets.TraitType):
    """A trait that holds a picture, initially the book's photograph; see `legal_picture`."""

    def __init__(self, smallest=1, largest=None):
        super().__init__()
        self.smallest, self.largest = smallest, largest
        self.tag(to_json=packed, from_json=unpacked)

    def default(self, obj=None):
        """Return what the trait holds before it is set."""
        return photograph()

    def validate(self, obj, value):
        """Return `value` as it is kept."""
        return legal_picture(self.name, value, self.smallest, self.largest)

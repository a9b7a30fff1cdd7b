"""Photographs side by side."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from convlib.arguments import checks
from convlib.plots.picture import STYLE, Picture


def plot_pictures(pictures, alt, levels=(0, 255)):
    """Draw pictures side by side, pixel by pixel.

    Parameters
    ----------
    pictures : dict of str to array_like, shape (3, H, W) or (H, W)
        Titles and pictures: red, green and blue, or one grey channel.
    alt : str
        What the pictures show, for those who cannot see them.
    levels : (float, float), default (0, 255)
        What is drawn black and what is drawn white; numbers beyond are clipped.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        If `pictures` or `alt` is empty, or a picture has another shape or is not real-valued.

    References
    ----------
    See :class:`convlib.plots.Picture`.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib.plots import plot_pictures
    >>> plot_pictures({"dark": np.zeros((3, 4, 4))}, "A black square.").alt
    'A black square.'
    """
    if not pictures:
        raise ValueError("pictures={} has no entry; give at least one title with its picture")
    black, white = levels
    with rc_context(STYLE):
        figure = Figure(figsize=(2.4 * len(pictures), 3.1), layout="constrained")
        all_axes = figure.subplots(1, len(pictures), squeeze=False)[0]
        for axes, (title, picture) in zip(all_axes, pictures.items(), strict=True):
            pixels = checks.array(f"pictures[{title!r}]", picture, (2, 3))
            if pixels.ndim == 2:
                pixels = np.stack([pixels] * 3)
            if len(pixels) != 3:
                raise ValueError(
                    f"pictures[{title!r}] has shape {pixels.shape}; legal are (3, H, W) and (H, W)"
                )
            share = np.clip((pixels.astype(float) - black) / (white - black), 0, 1)
            axes.imshow(share.transpose(1, 2, 0), interpolation="none")
            axes.set_title(title)
            axes.set_axis_off()
    return Picture(figure, alt)

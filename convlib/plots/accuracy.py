"""A picture of where a convolution's rounding errors are."""

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from convlib.plots.colours import ACCENT, RULE
from convlib.plots.picture import STYLE, Picture


def plot_errors(errors, seen):
    """Draw the relative errors of outputs, cell by cell, in percent.

    Parameters
    ----------
    errors : dict of str to ndarray, shape (H, W)
        Titles and relative errors, 0 or larger.
    seen : ndarray of bool, shape (H, W)
        Outputs whose windows read the pixel that the picture is about: they are hatched.

    Returns
    -------
    Picture
        Cells with their errors as whole numbers, in percent, from 0.5 % on; the darker, the larger.
        A cell without a number is off by less.

    Raises
    ------
    ValueError
        If `errors` is empty, or differs in shape from `seen`.

    References
    ----------
    See the notes of :func:`convlib.conv2d`.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib.plots import plot_errors
    >>> error = np.array([[0.0, 0.2], [1e-7, 0.5]])
    >>> plot_errors({"rounded": error}, np.array([[False, False], [True, False]])).alt
    'Errors of outputs that do not see the pixel. rounded: 2 of 3 by 0.5 % or more, at most 50 %.'
    """
    if not errors:
        raise ValueError("errors={} has no entry; give at least one title with its errors")
    for title, error in errors.items():
        if error.shape != seen.shape:
            raise ValueError(
                f"errors[{title!r}] has shape {error.shape}; legal is that of seen, {seen.shape}"
            )
    shades = LinearSegmentedColormap.from_list("error", [(ACCENT, 0), ACCENT])
    with rc_context(STYLE):
        figure = Figure(figsize=(3.6 * len(errors), 3.9), layout="constrained")
        all_axes = figure.subplots(1, len(errors), squeeze=False)[0]
        for axes, (title, error) in zip(all_axes, errors.items(), strict=True):
            large = np.where(seen, 0, np.minimum(error, 1))
            axes.pcolormesh(large, cmap=shades, vmin=0, vmax=1.6, edgecolor=RULE)
            hatched = np.ma.masked_array(np.ones(seen.shape), ~seen)
            axes.pcolor(hatched, hatch="////", facecolor="none", edgecolor=RULE, linewidth=0)
            for (i, j), e in np.ndenumerate(error):
                if e >= 0.005 and not seen[i, j]:
                    axes.text(
                        j + 0.5, i + 0.5, f"{100 * e:.0f}", ha="center", va="center", fontsize=9
                    )
            axes.set(title=title, aspect="equal")
            axes.invert_yaxis()
            axes.axis("off")
    unseen = np.count_nonzero(~seen)
    said = []
    for title, error in errors.items():
        wrong = error[~seen & (error >= 0.005)]
        most = f", at most {100 * wrong.max():.0f} %" if wrong.size else ""
        said.append(f"{title}: {wrong.size} of {unseen} by 0.5 % or more{most}.")
    return Picture(figure, f"Errors of outputs that do not see the pixel. {' '.join(said)}")

"""Pictures of what padding is for."""

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from convlib.plots.colours import INK, INPUT, RULE
from convlib.plots.picture import STYLE, Picture
from convlib.shape import conv2d_output_size


def plot_size_over_layers(input_size, kernel_sizes):
    """Plot how an unpadded stride-1 network shrinks its input, layer after layer.

    Parameters
    ----------
    input_size : int
        Height and width of the input in pixels.
    kernel_sizes : sequence of int
        One curve each.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        As :func:`convlib.conv2d_output_size` does.

    References
    ----------
    The lecture's "Issue 1: Vanilla convolution shrinks inputs".

    Examples
    --------
    >>> from convlib.plots import plot_size_over_layers
    >>> plot_size_over_layers(8, (3,)).alt
    'Output size against layers, from 8 pixels. Kernel 3: 3 layers fit, and leave 2 pixels.'
    """
    with rc_context(STYLE):
        axes = Figure(figsize=(6.5, 3)).subplots()
        said = []
        for kernel, line in zip(kernel_sizes, ("-o", "--s", ":^", "-.D"), strict=False):
            sizes = [conv2d_output_size(input_size, 1)[0]]
            while sizes[-1] >= kernel > 1:
                sizes.append(conv2d_output_size(sizes[-1], kernel)[0])
            axes.plot(sizes, line, color=INK, markersize=4, label=f"kernel {kernel}")
            said.append(
                f"Kernel {kernel}: {len(sizes) - 1} layers fit, and leave {sizes[-1]} pixels."
            )
        axes.set(xlabel="layers", ylabel="size (pixels)", ylim=(0, None))
        axes.spines["right"].set_visible(False)
        axes.legend(frameon=False)
    return Picture(
        axes.figure,
        f"Output size against layers, from {input_size} pixels. {' '.join(said)}",
    )


def plot_read_counts(counts):
    """Draw how many outputs read each pixel, as shaded cells with their numbers.

    Parameters
    ----------
    counts : dict of str to ndarray of int, shape (H, W)
        Titles, and what :func:`convlib.conv2d_read_counts` returned.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `counts` is empty.

    References
    ----------
    See :func:`convlib.conv2d_read_counts`.

    Examples
    --------
    >>> from convlib import conv2d_read_counts
    >>> from convlib.plots import plot_read_counts
    >>> plot_read_counts({"valid": conv2d_read_counts(5, 3)}).alt
    'Reads of each input pixel. valid: 1 in the corner, 9 in the middle.'
    """
    if not counts:
        raise ValueError("counts={} has no entry; give at least one title with its counts")
    shades = LinearSegmentedColormap.from_list("input", [(INPUT, 0), INPUT])
    most = max(c.max() for c in counts.values())
    with rc_context(STYLE):
        figure = Figure(figsize=(3 * len(counts), 3))
        for axes, (title, c) in zip(
            figure.subplots(1, len(counts), squeeze=False)[0], counts.items(), strict=True
        ):
            axes.pcolormesh(c, cmap=shades, vmin=0, vmax=1.6 * most, edgecolor=RULE)
            for (i, j), count in np.ndenumerate(c):
                axes.text(j + 0.5, i + 0.5, str(count), ha="center", va="center")
            axes.set(title=title, aspect="equal", xticks=[], yticks=[])
            axes.invert_yaxis()
            axes.axis("off")
    said = [
        f"{title}: {c[0, 0]} in the corner, {c[len(c) // 2, c.shape[1] // 2]} in the middle."
        for title, c in counts.items()
    ]
    return Picture(figure, f"Reads of each input pixel. {' '.join(said)}")

"""Pictures for the lesson on depthwise convolution, in the style of :mod:`convlib.plots`."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from convlib import cost
from convlib.plots.colours import ACCENT, INK, PALE
from convlib.plots.picture import STYLE, Picture


def plot_maps(maps, threshold):
    """Draw maps of numbers as grey pictures, and mark what lies above a threshold.

    Parameters
    ----------
    maps : dict of str to ndarray, shape (H, W)
        Titles and maps; all share one grey scale.
    threshold : float
        Larger numbers are marked.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `maps` is empty.

    Examples
    --------
    >>> import numpy as np
    >>> from convlib.plots import plot_maps
    >>> plot_maps({"a ramp": np.arange(4).reshape(2, 2)}, threshold=1.5).alt
    'Maps in grey, with pixels above 1.5 marked. a ramp: 2 marked.'
    """
    if not maps:
        raise ValueError("maps={} has no entry; give at least one title with its map")
    low, high = (
        end(m.min() if end is min else m.max() for m in maps.values()) for end in (min, max)
    )
    counts = {title: int((m > threshold).sum()) for title, m in maps.items()}
    with rc_context(STYLE):
        rows, columns = -(-len(maps) // 3), min(len(maps), 3)
        figure = Figure(figsize=(2.2 * columns, 3 * rows), layout="constrained")
        every = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in every:
            axes.set_axis_off()
        for axes, (title, m) in zip(every, maps.items(), strict=False):
            axes.imshow(m, cmap="gray", vmin=low, vmax=high, interpolation="none")
            down, across = np.nonzero(m > threshold)
            axes.plot(across, down, "s", color=ACCENT, markersize=1.6)
            axes.set_title(title, fontsize=11)
            # A second line of the title would not be centred: the page's font is not Matplotlib's.
            where = {"transform": axes.transAxes, "ha": "center", "va": "top"}
            axes.text(0.5, -0.02, f"{counts[title]} marked", **where)
    said = " ".join(f"{title}: {count} marked." for title, count in counts.items())
    return Picture(figure, f"Maps in grey, with pixels above {threshold:g} marked. {said}")


def plot_pair_cost(kernel_sizes, most_channels=1024):
    """Plot the MACs of depthwise + 1 × 1 as a share of the vanilla convolution's, against C1 = C2.

    Parameters
    ----------
    kernel_sizes : sequence of int
        One curve each.
    most_channels : int, default 1024
        Where the curves end.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        As :func:`convlib.compare_convolutions` does.

    References
    ----------
    A. Howard et al., "MobileNets", 2017, section 3.1: the share is 1 / C2 + 1 / (h w).

    Examples
    --------
    >>> from convlib.plots import plot_pair_cost
    >>> print(plot_pair_cost((3,), most_channels=2).alt)
    MACs of depthwise + 1 × 1 over those of the vanilla convolution. Kernel 3: 1.11 at 1, 0.61 at 2.
    """
    channels = [2**k for k in range(int(most_channels).bit_length())]
    said = []
    with rc_context(STYLE):
        axes = Figure(figsize=(6.5, 3)).subplots()
        for size, line in zip(kernel_sizes, ("-o", "--s", ":^", "-.D"), strict=False):
            shares = []
            for c in channels:
                vanilla, *_, pair = cost.compare_convolutions(c, c, size, 32, groups=1)
                shares.append(pair.cost.macs / vanilla.cost.macs)
            axes.plot(channels, shares, line, color=INK, markersize=4, label=f"kernel {size}")
            said.append(
                f"Kernel {size}: {shares[0]:.2f} at {channels[0]}, "
                f"{shares[-1]:.2f} at {channels[-1]}."
            )
        axes.axhline(1, color=PALE)
        axes.set(xscale="log", yscale="log", xlabel="channels C₁ = C₂")
        axes.set_ylabel("share of the MACs", labelpad=10)
        axes.set_xticks(channels[::2], [str(c) for c in channels[::2]], minor=False)
        axes.set_xticks([], minor=True)
        shown = (0.02, 0.05, 0.1, 0.2, 0.5, 1)
        axes.set_yticks(shown, [f"{s:g}" for s in shown])
        axes.set_yticks([], minor=True)
        axes.spines["right"].set_visible(False)
        axes.legend(frameon=False)
    return Picture(
        axes.figure,
        f"MACs of depthwise + 1 × 1 over those of the vanilla convolution. {' '.join(said)}",
    )

"""Pictures of what may be chosen, what is chosen, and what it costs."""

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from convlib import networks
from convlib.networks import layer_table
from convlib.plots.colours import ACCENT, INK, PALE
from convlib.plots.picture import STYLE, Picture


def plot_usage(counts):
    """Draw how often each value of each hyperparameter is used, as bars.

    Parameters
    ----------
    counts : dict of str to mapping of value to int
        Titles, and how often each value occurs.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `counts` is empty.

    References
    ----------
    :func:`convlib.networks.convolutions` gives the layers to count.

    Examples
    --------
    >>> from convlib.plots import plot_usage
    >>> plot_usage({"stride": {1: 9, 2: 1}}).alt
    'How often each value is used. stride: 1 in 9 layers, 2 in 1.'
    """
    if not counts:
        raise ValueError("counts={} has no entry; give at least one title with its counts")
    said = []
    with rc_context(STYLE):
        figure = Figure(figsize=(7, 0.55 + 0.42 * sum(map(len, counts.values()))))
        heights = [len(values) for values in counts.values()]
        grid = figure.subplots(len(counts), 1, height_ratios=heights, squeeze=False, sharex=True)
        for axes, (title, values) in zip(grid[:, 0], counts.items(), strict=True):
            ordered = sorted(values.items(), key=lambda item: -item[1])
            labels = [str(value) for value, _ in ordered]
            bars = axes.barh(labels, [count for _, count in ordered], color=ACCENT, height=0.7)
            axes.bar_label(bars, padding=3)
            axes.invert_yaxis()
            axes.set_ylabel(title, rotation=0, ha="left", va="center")
            axes.yaxis.set_label_coords(-0.38, 0.5)
            axes.spines["right"].set_visible(False)
            first, *others = (f"{value} in {count}" for value, count in ordered)
            said.append(f"{title}: {', '.join([f'{first} layers', *others])}.")
        grid[-1, 0].set_xlabel("layers")
        figure.subplots_adjust(hspace=0.25)
    return Picture(figure, f"How often each value is used. {' '.join(said)}")


def plot_designs_left(steps):
    """Draw how many designs each further rule leaves, on a logarithmic axis.

    Parameters
    ----------
    steps : sequence of (str, int)
        What :func:`convlib.design_space.designs_left` returned.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `steps` is empty.

    References
    ----------
    See :func:`convlib.design_space.designs_left`.

    Examples
    --------
    >>> from convlib.plots import plot_designs_left
    >>> plot_designs_left([("all of them", 1000), ("g = 1", 10)]).alt
    'Designs left after each rule. all of them: 1,000. g = 1: 10.'
    """
    if not steps:
        raise ValueError("steps=[] has no entry; give at least one rule with its count")
    with rc_context(STYLE):
        axes = Figure(figsize=(6, 0.6 + 0.34 * len(steps))).subplots()
        bars = axes.barh([name for name, _ in steps], [count for _, count in steps], color=ACCENT)
        axes.bar_label(bars, [f"{count:,}" for _, count in steps], padding=3)
        axes.set(xscale="log", xlabel="layers to choose from")
        # The axis's default labels are powers, whose exponents are separate text in an SVG.
        axes.set_xticks([1, 1e2, 1e4, 1e6, 1e8], ["1", "100", "10,000", "1 million", "100 million"])
        axes.set_xlim(1, 30 * steps[0][1])
        axes.invert_yaxis()
        axes.spines["right"].set_visible(False)
    said = " ".join(f"{name}: {count:,}." for name, count in steps)
    return Picture(axes.figure, f"Designs left after each rule. {said}")


def plot_layer_macs(network, input_size, title):
    """Draw the MACs of each convolution of a network, in order; strided ones are hatched.

    Parameters
    ----------
    network : sequence of (name, layer) pairs
        A network.
    input_size : int, (int, int) or (int, int, int)
        Height and width of its input in pixels, or (C, H, W).
    title : str
        The network's name.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        As :func:`convlib.networks.layer_table` does.

    References
    ----------
    The lecture's "Keeps computation constant".

    Examples
    --------
    >>> from convlib import networks
    >>> from convlib.plots import plot_layer_macs
    >>> plot_layer_macs(networks.by_the_rules(32, 1), 224, "by the rules").alt
    'Million MACs of the convolutions of by the rules, strided ones marked: 11*, 116, 58*, 116.'
    """
    rows = [row for row in layer_table(network, input_size) if row.layer == "Conv2d"]
    strided = [max(conv.stride) > 1 for conv in networks.convolutions(network)]
    macs = [row.macs / 1e6 for row in rows]
    with rc_context(STYLE):
        axes = Figure(figsize=(7, 2.6)).subplots()
        bars = axes.bar(range(1, len(macs) + 1), macs, color=PALE, width=0.75)
        look = {"facecolor": ACCENT, "hatch": "///", "edgecolor": INK}
        for bar, halves in zip(bars, strided, strict=True):
            if halves:
                bar.set(**look)
        if any(strided):
            axes.bar(0, 0, label="stride 2", **look)
            axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1))
        axes.set_title(title, loc="left")
        axes.set_xlabel("convolution")
        axes.set_ylabel("million MACs", labelpad=10)
        axes.set_xlim(0.3, len(macs) + 0.7)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines["right"].set_visible(False)
    said = ", ".join(f"{m:.0f}{'*' if s else ''}" for m, s in zip(macs, strided, strict=True))
    marked = ", strided ones marked" if any(strided) else ""
    return Picture(axes.figure, f"Million MACs of the convolutions of {title}{marked}: {said}.")

"""A picture of where the two paths of a residual block look."""

from matplotlib import rc_context
from matplotlib.figure import Figure

from convlib.plots.colours import INK, INPUT, KERNEL, PADDING
from convlib.plots.picture import STYLE, Picture
from convlib.receptive_field import receptive_field
from convlib.shape import conv2d_output_size


def plot_paths(blocks, input_size):
    """Draw where the main path and the shortcut of residual blocks look, along a row of pixels.

    Parameters
    ----------
    blocks : dict of str to Residual
        Titles and blocks, whose two paths have layers; a panel for each.
    input_size : int
        Pixels in the row.

    Returns
    -------
    Picture
        For each output a line: the window that its main path sees with a dot in the middle, and
        a cross where the shortcut looks. Cells outside the input are padding, in grey.

    Raises
    ------
    TypeError, ValueError
        If `blocks` is empty, or as :func:`convlib.receptive_field` does for a path of a block.

    References
    ----------
    Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill, 2019.

    Examples
    --------
    >>> from convlib import Conv2d
    >>> from convlib.branches import Residual
    >>> from convlib.plots.paths import plot_paths
    >>> block = Residual(Conv2d(8, 8, 3, 2, "same_upper"), Conv2d(8, 8, 1, 2))
    >>> plot_paths({"SAME": block}, 6).alt
    'Where paths look. SAME: the middle of output 0 is pixel 1 by the main path, 0 by the shortcut.'
    """
    if not blocks:
        raise ValueError("blocks={} has no entry; give at least one title with its block")
    pairs = {
        title: [receptive_field(path, input_size) for path in (block.main, block.shortcut)]
        for title, block in blocks.items()
    }
    said = []
    with rc_context(STYLE):
        figure = Figure(figsize=(3.5 * len(pairs), 2.6), layout="constrained")
        panels = figure.subplots(1, len(pairs), squeeze=False, sharey=True)[0]
        for axes, (title, fields) in zip(panels, pairs.items(), strict=True):
            _draw(axes, fields, input_size)
            axes.set(title=title, xlabel="input column")
            middles = [f"{field.center[1]:g}" for field in fields]
            said.append(
                f"{title}: the middle of output 0 is pixel {middles[0]} by the main path, "
                f"{middles[1]} by the shortcut."
            )
        panels[0].set_ylabel("output column")
        panels[0].legend(
            frameon=False, loc="lower left", bbox_to_anchor=(-0.1, 1.15), ncols=2, borderpad=0
        )
    return Picture(figure, f"Where paths look. {' '.join(said)}")


def _draw(axes, fields, input_size):
    """Draw the windows of every output along one row."""
    main = fields[0]
    size, stride, ends = main.size[1], main.stride[1], main.padding[1]
    count, _ = conv2d_output_size((input_size, 1), (size, 1), (stride, 1), (ends, (0, 0)))
    for column in range(-ends[0], (count - 1) * stride - ends[0] + size):
        inside = 0 <= column < input_size
        axes.axvspan(
            column - 0.5, column + 0.5,
            facecolor=INPUT if inside else PADDING, alpha=0.12 if inside else 0.3,
            edgecolor=PADDING,
        )  # fmt: skip
    for output in range(count):
        first, last = main.window((0, output))[1]
        axes.plot((first - 0.4, last + 0.4), (output, output), color=KERNEL, linewidth=2)
    middles = [[field.center[1] + field.stride[1] * o for o in range(count)] for field in fields]
    axes.plot(middles[0], range(count), "o", color=KERNEL, markersize=7, label="main path")
    axes.plot(middles[1], range(count), "x", color=INK, markersize=8, mew=2, label="shortcut")
    axes.set(xticks=range(0, input_size, 2), yticks=range(count), ylim=(count - 0.5, -0.5))
    axes.spines[["left", "right", "bottom"]].set_visible(False)

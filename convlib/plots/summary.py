"""The three knobs of the book on one picture: padding, stride, and groups."""

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from convlib.layer import Conv2d
from convlib.plots.colours import INPUT, KERNEL, OUTPUT, PADDING
from convlib.plots.picture import STYLE, Picture

# How strongly a cell is filled, by its role.
_FILLS = {INPUT: 0.35, PADDING: 0.2, OUTPUT: 0.5}


def plot_knobs(input_size=5, stride=2, channels=4, groups=2):
    """Draw what padding, stride and groups do to a layer with a 3 × 3 kernel, a panel each.

    Parameters
    ----------
    input_size : int, default 5
        Height and width of the input in pixels; 3 or more. Around it is padding 1.
    stride : int, default 2
        The stride of the second panel, in pixels.
    channels, groups : int, default 4 and 2
        Channels of the third panel, and its groups between vanilla and depthwise.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        If a value is illegal for :class:`convlib.Conv2d`, or if the kernel does not fit into
        the input.

    References
    ----------
    The lecture's issues 1 to 3: it shrinks, it gets slow, it is still too slow.

    Examples
    --------
    >>> from convlib.plots import plot_knobs
    >>> print(plot_knobs().alt.split(". ")[0])
    Padding: with a cell all around, a 3 × 3 kernel makes 5 × 5 of 5 × 5, without 3 × 3
    """
    plain, padded, strided = (
        Conv2d(1, 1, 3, step, padding) for step, padding in ((1, 0), (1, 1), (stride, 1))
    )
    left, kept, thinned = (layer.output_size(input_size)[0] for layer in (plain, padded, strided))
    wirings = [Conv2d(channels, channels, 3, groups=g) for g in (1, groups, channels)]
    with rc_context(STYLE):
        figure = Figure(figsize=(7.2, 4.7))
        panels = figure.subplots(1, 3)
        figure.subplots_adjust(left=0, right=1, bottom=0, top=0.93, wspace=0.05)
        for axes, title in zip(panels, ("Padding", "Stride", "Groups"), strict=True):
            axes.set_title(title, fontsize=14, fontweight="bold")
            axes.set(aspect="equal", xlim=(-1.2, 8.2), ylim=(18, -0.2))
            axes.axis("off")
        corner = _draw_layer(panels[0], input_size, kept, [(0, 0)])
        cell, inset = _OUTPUT / kept, (kept - left) / 2
        inner = tuple(end + inset * cell for end in corner), left * cell
        _outline(panels[0], *inner, color="#000000", linestyle="--")
        words = f"p = 1 all around:\n{input_size} stays {kept}. Dashed:\nwithout padding."
        _say(panels[0], words)
        places = [(0, 0), (0, 1)] if thinned > 1 else [(0, 0)]
        _draw_layer(panels[1], input_size, thinned, places, stride)
        words = f"s = {stride}: {thinned**2} windows\nof {kept**2} are computed,\nand no other."
        _say(panels[1], words)
        _draw_wirings(panels[2], wirings)
    counts = [f"{_kernels(layer)} with g = {layer.groups}" for layer in wirings]
    return Picture(
        figure,
        f"Padding: with a cell all around, a 3 × 3 kernel makes {kept} × {kept} of "
        f"{input_size} × {input_size}, without {left} × {left}. Stride: at stride {stride}, "
        f"{thinned**2} of {kept**2} windows are computed. Groups: from {channels} channels to "
        f"{channels} lead {', '.join(counts)} kernels. The last is depthwise; a 1 × 1 layer after "
        "it mixes the channels.",
    )


# The sides of the padded input and of the output, in a panel's own unit, and where they stand.
_INPUT, _OUTPUT, _BELOW = 7, 5, 9


def _draw_layer(axes, input_size, output_size, places, stride=1):
    """Draw input, padding and output with windows at `places`; return the output's corner."""
    cell = _INPUT / (input_size + 2)
    for i in range(input_size + 2):
        for j in range(input_size + 2):
            inside = {i, j}.isdisjoint((0, input_size + 1))
            _cell(axes, INPUT if inside else PADDING, (j * cell, i * cell), cell)
    corner = ((_INPUT - _OUTPUT) / 2, _BELOW)
    small = _OUTPUT / output_size
    for i in range(output_size):
        for j in range(output_size):
            _cell(axes, OUTPUT, (corner[0] + j * small, corner[1] + i * small), small)
    arrow = {"arrowstyle": "-|>", "color": KERNEL, "linewidth": 2}
    for number, (i, j) in enumerate(places):
        window = (j * stride * cell, i * stride * cell)
        dash = "-" if number == 0 else (0, (2, 1))
        target = (corner[0] + j * small, corner[1] + i * small)
        _outline(axes, window, 3 * cell, color=KERNEL, linestyle=dash)
        _outline(axes, target, small, color=KERNEL, linestyle=dash)
        start = (window[0] + 1.5 * cell, window[1] + 3 * cell)
        axes.annotate("", (target[0] + small / 2, target[1]), start, arrowprops=arrow)
    axes.text(8, _INPUT + 0.1, "input", ha="right", va="top")
    axes.text(8, _BELOW - 0.1, "output", ha="right", va="bottom")
    return corner


def _cell(axes, role, corner, side):
    axes.add_patch(Rectangle(corner, side, side, facecolor=(role, _FILLS[role]), edgecolor=PADDING))
    if role == PADDING:  # by itself: an SVG would fill between the lines in their own colour
        axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=PADDING, hatch="////"))


def _outline(axes, corner, side, **look):
    axes.add_patch(Rectangle(corner, side, side, fill=False, linewidth=2.5, **look))


def _say(axes, words, y=14.8, x=_INPUT / 2):
    axes.text(x, y, words, ha="center", va="top", linespacing=1.3)


def _kernels(layer):
    return layer.in_channels * layer.out_channels // layer.groups


def _draw_wirings(axes, layers):
    """Draw which input channels, squares, reach which output channels, discs: a row a layer."""
    for row, layer in enumerate(layers):
        last = layer is layers[-1]
        top = 0.6 + 5.2 * row
        _wire(axes, layer, top)
        words = f"g = {layer.groups}: {_kernels(layer)} kernels"
        if last:
            _wire(axes, Conv2d(layer.in_channels, layer.out_channels, 1), top + 2.4, mixes=True)
            words = f"depthwise: {_kernels(layer)} kernels,\nthen 1 × 1 (dotted)"
        _say(axes, words, top + (5.4 if last else 3.0))


def _wire(axes, layer, top, mixes=False):
    """Draw a layer's kernels as lines to its output channels below, dotted if they only mix."""
    linestyle = ":" if mixes else "-"
    step = _INPUT / max(layer.in_channels, layer.out_channels)
    per_in, per_out = (count // layer.groups for count in (layer.in_channels, layer.out_channels))
    for o in range(layer.out_channels):
        for i in range(o // per_out * per_in, (o // per_out + 1) * per_in):
            ends = ((i + 0.5) * step, (o + 0.5) * step)
            axes.plot(ends, (top, top + 2.4), color=KERNEL, linestyle=linestyle, linewidth=1.5)
    for i in range(0 if mixes else layer.in_channels):
        corner = ((i + 0.5) * step - 0.4, top - 0.4)
        axes.add_patch(Rectangle(corner, 0.8, 0.8, facecolor=INPUT, zorder=3))
    for o in range(layer.out_channels):
        axes.add_patch(Circle(((o + 0.5) * step, top + 2.4), 0.45, facecolor=OUTPUT, zorder=4))

"""Pictures of what layers cost."""

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from convlib import cost, network_steps
from convlib.blocks import Linear
from convlib.layer import Conv2d
from convlib.plots.colours import ACCENT, INK, PALE
from convlib.plots.picture import STYLE, Picture

# Kinds of layers by what limits them, with their marks: never colour alone.
_MARKS = {
    "k × k": ("s", INK),
    "1 × 1": ("o", INK),
    "grouped": ("D", INK),
    "depthwise": ("^", ACCENT),
    "fully connected": ("x", INK),
}


def layer_kind(layer):
    """Return what a layer is on a roofline: a key of its legend, or None if it has no MACs.

    Parameters
    ----------
    layer : layer
        Any layer of a network.

    Returns
    -------
    str or None
        'k × k', '1 × 1', 'grouped', 'depthwise' or 'fully connected'.

    Examples
    --------
    >>> from convlib import Conv2d
    >>> from convlib.plots.cost import layer_kind
    >>> layer_kind(Conv2d(32, 32, 3, groups=32)), layer_kind(Conv2d(32, 64, 1))
    ('depthwise', '1 × 1')
    """
    if isinstance(layer, Linear):
        return "fully connected"
    if not isinstance(layer, Conv2d):
        return None
    if layer.groups > 1:
        return "depthwise" if layer.groups == layer.in_channels else "grouped"
    return "1 × 1" if layer.kernel_size == (1, 1) else "k × k"


def plot_roofline(network, input_size, machine, timings=()):
    """Plot a network's layers under a machine's roofline, and measured convolutions beside it.

    Parameters
    ----------
    network : layer, or sequence of layers or of (name, layer) pairs
        Each layer with MACs is drawn on the roof at its arithmetic intensity: where it would be
        if only the machine's limits counted.
    input_size : int, (int, int) or (int, int, int)
        Height and width of the image in pixels, or (C, H, W).
    machine : convlib.timing.Machine
        What :func:`convlib.timing.machine_limits` returned.
    timings : sequence of (Variant, Timing), optional
        Measured convolutions, drawn at their measured speeds.

    Returns
    -------
    Picture
        FLOPs per second against FLOPs per byte, both logarithmic, for float32.

    Raises
    ------
    TypeError, ValueError
        If `network` is not made of layers, or they do not fit the size.

    References
    ----------
    S. Williams, A. Waterman and D. Patterson, "Roofline: an insightful visual performance
    model for multicore architectures", Communications of the ACM, 2009.

    Examples
    --------
    >>> from convlib import networks
    >>> from convlib.timing import Machine
    >>> from convlib.plots import plot_roofline
    >>> print(plot_roofline(networks.vgg16(), 224, Machine(1e11, 1e10)).alt)
    A roof that rises to 100 GFLOP/s at 10 FLOPs per byte, and then is level. Under the slope: \
3 fully connected (0.5 to 0.5 FLOPs per byte).
    """
    found = {}
    for step in network_steps.steps(network, input_size):
        kind = layer_kind(step.layer)
        if kind:
            found.setdefault(kind, []).append(cost.step_cost(step, 4).intensity)
    balance = machine.balance
    everything = [x for values in found.values() for x in values] + [balance]
    everything += [variant.cost.intensity for variant, _ in timings]
    ends = np.array([min(everything) / 2, max(everything) * 2])
    with rc_context(STYLE):
        axes = Figure(figsize=(7, 4.2)).subplots()
        roof_x = np.array([ends[0], balance, ends[1]])
        roof = [machine.attainable(x) / 1e9 for x in roof_x]
        axes.loglog(roof_x, roof, color=INK, linewidth=1.5)
        for kind, values in found.items():
            mark, colour = _MARKS[kind]
            height = [machine.attainable(x) / 1e9 for x in values]
            axes.loglog(
                values, height, mark, color=colour, alpha=0.7, label=f"{kind} ({len(values)})"
            )
        for number, (variant, timing) in enumerate(timings):
            x, y = variant.cost.intensity, timing.flops_per_second / 1e9
            label = None if number else "measured"
            axes.loglog([x], [y], "*", color=INK, markersize=10, label=label)
            right = x < np.sqrt(ends.prod())
            axes.annotate(
                variant.name,
                (x, y),
                (8 if right else -8, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
            )
        axes.set_xlim(ends)
        _dress(axes, columns=3)
    return Picture(axes.figure, _said(found, machine, timings))


def plot_speeds(rows):
    """Plot how fast PyTorch and convlib computed layers, against the layers' intensity.

    Parameters
    ----------
    rows : sequence of mapping
        What `benchmarks/conv2d_vs_pytorch.py` saved, one layer each: 'layer' is its name,
        'flops_per_byte' its intensity, 'torch_gflops' and 'gflops' the two speeds in GFLOP/s,
        'peak_gflops' that of a large matrix product beside it. Numbers may be text, as in a file.

    Returns
    -------
    Picture
        GFLOP/s against FLOPs per byte, both logarithmic; depthwise layers ('dw') as triangles;
        the fastest matrix product as a roof.

    Raises
    ------
    KeyError
        If a row lacks one of the five.
    ValueError
        If `rows` is empty, or a value is not a number.

    References
    ----------
    See :func:`plot_roofline`.

    Examples
    --------
    >>> from convlib.plots import plot_speeds
    >>> row = {"layer": "1x1", "flops_per_byte": 20, "torch_gflops": 50, "gflops": 60}
    >>> plot_speeds([{**row, "peak_gflops": 99}]).alt[-55:]
    'GFLOP/s. convlib: 60 to 60. A large matrix product: 99.'
    """
    if not rows:
        raise ValueError("rows=[] has no entry; give at least one layer")
    intensity, theirs, ours, peaks = (
        [float(row[name]) for row in rows]
        for name in ("flops_per_byte", "torch_gflops", "gflops", "peak_gflops")
    )
    with rc_context(STYLE):
        axes = Figure(figsize=(7, 4.2)).subplots()
        axes.axhline(max(peaks), color=INK, linewidth=1.5)
        axes.vlines(intensity, theirs, ours, color=PALE, linewidth=1)
        depthwise = np.array([" dw " in row["layer"] for row in rows])
        for library, speeds, colour, fill in (
            ("PyTorch", theirs, INK, "none"),
            ("convlib", ours, ACCENT, ACCENT),
        ):
            for chosen, kind, mark in ((~depthwise, "", "o"), (depthwise, ", depthwise", "^")):
                if chosen.any():
                    x, y = np.array(intensity)[chosen], np.array(speeds)[chosen]
                    axes.loglog(x, y, mark, color=colour, mfc=fill, label=library + kind)
        _dress(axes, columns=2)
    return Picture(
        axes.figure,
        f"Speeds of {len(rows)} layers of {min(intensity):.3g} to {max(intensity):.3g} FLOPs per "
        f"byte. PyTorch: {min(theirs):.3g} to {max(theirs):.3g} GFLOP/s. convlib: "
        f"{min(ours):.3g} to {max(ours):.3g}. A large matrix product: {max(peaks):.3g}.",
    )


def _dress(axes, columns):
    """Label the axes of a roofline, and put the legend, with this many columns, above it."""
    axes.set_xlabel("arithmetic intensity (FLOPs per byte)")
    axes.set_ylabel("GFLOP/s", labelpad=10)
    for axis in (axes.xaxis, axes.yaxis):
        # Not as powers of ten, whose exponents are separate text in an SVG.
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())
    axes.spines["right"].set_visible(False)
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns)


def _said(found, machine, timings):
    """Return the sentences for those who cannot see the roofline."""
    said = [
        f"A roof that rises to {machine.flops_per_second / 1e9:.3g} GFLOP/s at "
        f"{machine.balance:.3g} FLOPs per byte, and then is level."
    ]
    slope = {kind: [x for x in values if x < machine.balance] for kind, values in found.items()}
    under = [
        f"{len(values)} {kind} ({min(values):.2g} to {max(values):.2g} FLOPs per byte)"
        for kind, values in slope.items()
        if values
    ]
    said.append(f"Under the slope: {', '.join(under) or 'no layer'}.")
    said += [
        f"{variant.name}, measured: {timing.flops_per_second / 1e9:.3g} GFLOP/s at "
        f"{variant.cost.intensity:.3g} FLOPs per byte."
        for variant, timing in timings
    ]
    return " ".join(said)

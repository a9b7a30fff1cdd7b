"""GroupWiring: which input channels reach which output channels of a grouped convolution."""

import itertools

import numpy as np
from matplotlib.patches import Rectangle

from convlib.kernels.group_rules import group_of, groups_fit
from convlib.plots.colours import INPUT, KERNEL, OUTPUT, RULE
from convlib.plots.picture import Picture
from convlib.widgets.shared.explorer import Explorer, javascript, style_sheet, whole
from convlib.widgets.shared.stills import panels

MOST_CHANNELS = 12
_DASHES = ("-", "--", ":", "-.")


class GroupWiring(Explorer):
    """See how groups wire input channels to output channels, and what they save.

    Parameters
    ----------
    in_channels, out_channels : int, 1 to 12
        C1 and C2.
    groups : int, 1 to 12
        g. One that does not divide both channel counts is explained in the figure.
    disturbed : int, 0 to 12
        Number, from 1, of the input channel to which 1 is added; 0 for none.
    asked : int, 0 to 12
        Number, from 1, of the output channel whose inputs are shown; 0 for none. A reader who
        chooses one of `disturbed` and `asked` sets the other to 0.
    task, controls : optional
        As in :class:`~convlib.widgets.shared.explorer.Explorer`.

    Raises
    ------
    TypeError
        If a setting is unknown.
    traitlets.TraitError
        If a value is of the wrong type or out of range.

    References
    ----------
    The lecture's "Group Convolution".

    Examples
    --------
    >>> from convlib.widgets import GroupWiring
    >>> explorer = GroupWiring(in_channels=8, out_channels=8, groups=4)
    >>> explorer.disturbed = 3
    >>> explorer.groups, explorer.disturbed
    (4, 3)
    """

    TRY = (
        "<b>Try:</b> tap an input channel: 1 is added to each of its pixels, and every output "
        "that moves gets a dot. Then drag the split between the groups, or press another "
        "<i>g</i>."
    )
    OPEN = ("groups", "channels")
    _esm = javascript("group_wiring_picture.js", "group_wiring.js")
    _css = style_sheet("group_wiring.css")
    PICTURE = '<div class="board wiring">{still}</div>'

    in_channels = whole(6, MOST_CHANNELS)
    out_channels = whole(4, MOST_CHANNELS)
    groups = whole(2, MOST_CHANNELS)
    disturbed = whole(0, MOST_CHANNELS, smallest=0)
    asked = whole(0, MOST_CHANNELS, smallest=0)

    def offers(self):
        """Return the controls by name."""
        groups = self.row_of_values("groups", 1, MOST_CHANNELS, "groups g")
        groups.add_class("convlib-groups-row")
        return {
            "groups": [groups],
            "channels": [
                self.slider("in_channels", "input C₁"),
                self.slider("out_channels", "output C₂"),
            ],
            "disturb": [self.slider("disturbed", "disturb")],
            "asked": [self.slider("asked", "inputs of output")],
        }

    def still(self):
        """Return the wiring and the matrix as a still picture."""
        c1, c2, g = self.in_channels, self.out_channels, self.groups
        if not groups_fit(c1, c2, g):
            figure, _ = panels(1, height=1)
            said = f"g = {g} does not divide both C₁ = {c1} and C₂ = {c2}."
            figure.suptitle(said)
            return Picture(figure, said)
        belongs = [
            (i, o, group_of(i, c1, g))
            for o in range(c2)
            for i in range(c1)
            if group_of(i, c1, g) == group_of(o, c2, g)
        ]
        figure, (wiring, matrix) = panels(2, width=3.4, height=3)
        for i, o, k in belongs:
            line = _DASHES[k % len(_DASHES)]
            wiring.plot((0, 1), ((i + 0.5) / c1, (o + 0.5) / c2), line, color=KERNEL)
        for x, count, colour in ((0, c1, INPUT), (1, c2, OUTPUT)):
            places = (np.arange(count) + 0.5) / count
            wiring.plot([x] * count, places, "o", color=colour, markersize=12)
            for number, place in enumerate(places, start=1):
                wiring.text(x - 0.09 if x == 0 else x + 0.09, place, str(number), va="center")
        wiring.set(xlim=(-0.2, 1.2), ylim=(1, 0), title="input and output channels")
        joined = {(i, o) for i, o, _ in belongs}
        for i, o in itertools.product(range(c1), range(c2)):
            hatch = None if (i, o) in joined else "///"
            matrix.add_patch(Rectangle((i, o), 1, 1, fill=False, hatch=hatch, edgecolor=RULE))
        for i, o, k in belongs:
            matrix.add_patch(Rectangle((i, o), 1, 1, facecolor=KERNEL, alpha=0.3))
            matrix.text(i + 0.5, o + 0.5, str(k + 1), ha="center", va="center")
        matrix.set(xlim=(-0.1, c1 + 0.1), ylim=(c2 + 0.1, -0.1), aspect="equal")
        matrix.set_title("channel matrix, by group")
        share = f"{c1 // g} input and {c2 // g} output channels"
        return Picture(
            figure,
            f"{c1} input channels are wired to {c2} output channels in {g} groups of {share}. The "
            f"{c2} by {c1} matrix of kernels is block-diagonal; what lies outside the blocks is "
            "zero and hatched.",
        )

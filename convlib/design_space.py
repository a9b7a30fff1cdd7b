"""How many convolution layers there are to choose from, and how many of them rules leave."""

from itertools import product

from convlib.arguments import checks

KERNELS, PADDINGS, STRIDES, DILATIONS = range(1, 8), range(4), range(1, 5), range(1, 3)


def designs_left(in_channels, most_channels=512):
    """Count the layers that each of the lecture's rules leaves, one rule after another.

    The layers counted have 1 to `most_channels` output channels, every legal g, h and w from 1 to
    7, p_h and p_w from 0 to 3, s_h and s_w from 1 to 4, and dilations of 1 and 2 on each axis.

    Parameters
    ----------
    in_channels : int
        C1.
    most_channels : int, default 512
        Largest C2.

    Returns
    -------
    list of (str, int)
        The rule, and how many layers obey it and all rules before it.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a positive integer.

    References
    ----------
    The lecture's "Hyperparameters of Convolutions - The Illusion of Choice".

    Examples
    --------
    >>> from convlib.design_space import designs_left
    >>> designs_left(64)[-1]
    ('C₂ = s C₁', 4)
    """
    in_channels = checks.integer("in_channels", in_channels, 1)
    most = checks.integer("most_channels", most_channels, 1)
    axis = list(product(KERNELS, PADDINGS, STRIDES, DILATIONS))
    windows = list(product(axis, axis))
    channels = [
        (c2, g)
        for c2 in range(1, most + 1)
        for g in range(1, min(in_channels, c2) + 1)
        if in_channels % g == 0 and c2 % g == 0
    ]
    steps = [("all of them", len(windows) * len(channels))]
    for name, keep in _WINDOW_RULES:
        windows = [window for window in windows if keep(*window)]
        steps.append((name, len(windows) * len(channels)))
    channels = [(c2, g) for c2, g in channels if g == 1]
    steps.append(("g = 1", len(windows) * len(channels)))
    left = sum(c2 == stride * in_channels for (_, _, stride, _), _ in windows for c2, _ in channels)
    return [*steps, ("C₂ = s C₁", left)]


# Each rule sees the two axes of a window, (kernel, padding, stride, dilation).
_WINDOW_RULES = (
    ("s_w = s_h", lambda rows, columns: rows[2] == columns[2]),
    ("s is 1 or 2", lambda rows, columns: rows[2] <= 2 and columns[2] <= 2),
    ("w = h", lambda rows, columns: rows[0] == columns[0]),
    ("w is 1 or 3", lambda rows, columns: rows[0] in (1, 3) and columns[0] in (1, 3)),
    ("no dilation", lambda rows, columns: rows[3] == columns[3] == 1),
    ("p = (w - 1) / 2", lambda *axes: all(2 * p == k - 1 for k, p, _, _ in axes)),
)

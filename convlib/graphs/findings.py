"""What is found wrong, or worth knowing, in a network: one finding after another."""

from typing import NamedTuple

SEVERITIES = ("error", "warning", "note")


class Finding(NamedTuple):
    """One thing that was found.

    Attributes
    ----------
    severity : {'error', 'warning', 'note'}
        An error: the network cannot be computed at this size. A warning: it can, but something is
        lost, wasted or out of place. A note: worth knowing, and often meant.
    kind : str
        What it is about: 'shape', 'alignment', 'stride', 'unread', 'shift', 'padding', 'bias',
        'unknown', 'gate' or 'file'.
    name : str
        The operator, by its name in the file; '' if it is about all of the network.
    message : str
        What was found, in a sentence or two.
    mend : str
        What would mend it; '' if nothing is known.
    pixels : (float, float) or None
        How many input pixels it is about (down, right): by how many centres differ or windows
        lean, or how many are cut off; None where that says nothing.
    paths : tuple of tuple of str
        For an alignment, the operators of each path from where they part.
    """

    severity: str
    kind: str
    name: str
    message: str
    mend: str = ""
    pixels: tuple[float, float] | None = None
    paths: tuple[tuple[str, ...], ...] = ()


def number(value):
    """Return a number in words: without a fraction of 0, a minus that prints."""
    return f"{value:g}"


def counted(value, unit):
    """Return a number with its unit, in the plural unless it is one.

    >>> counted(1, "pixel"), counted(0.5, "pixel")
    ('1 pixel', '0.5 pixels')
    """
    return f"{number(value)} {unit}{'' if abs(value) == 1 else 's'}"


def pair(values, unit):
    """Return what two axes have in words, once if they agree.

    >>> pair((2, 2), "pixel"), pair((0.5, 1), "pixel")
    ('2 pixels', '0.5 pixels down and 1 pixel across')
    """
    if values[0] == values[1]:
        return counted(values[0], unit)
    return f"{counted(values[0], unit)} down and {counted(values[1], unit)} across"


def listed(names, most=6):
    """Return names as a list in words; of many, the first and the last ones.

    >>> listed(["a", "b"]), listed("abcdefgh", most=3)
    ('a, b', 'a, b, ... (5 more), h')
    """
    names = list(names)
    if len(names) > most:
        cut = len(names) - most
        names = [*names[: most - 1], f"... ({cut} more)", names[-1]]
    return ", ".join(names)

"""Blocks of a network in which paths branch and meet again, by addition or concatenation."""

from dataclasses import dataclass
from typing import ClassVar

from convlib import network_paths


@dataclass(frozen=True)
class Residual(network_paths.Block):
    """A residual block: the sum of what `main` and `shortcut` compute.

    Parameters
    ----------
    main : layer, or sequence of layers or of (name, layer) pairs
        The longer path, and the one that a receptive field follows.
    shortcut : layer, or sequence of layers or of (name, layer) pairs, default ()
        A projection of the block's input; empty for the input itself.

    Raises
    ------
    TypeError
        If `main` or `shortcut` is not made of layers.
    ValueError
        If `main` is empty.

    References
    ----------
    He et al., "Deep Residual Learning for Image Recognition", 2015, Figure 2.

    Examples
    --------
    >>> from convlib import Conv2d, receptive_field
    >>> from convlib.branches import Residual
    >>> block = Residual([("a", Conv2d(8, 8, 3, padding=1)), ("b", Conv2d(8, 8, 3, padding=1))])
    >>> receptive_field(block).size
    (5, 5)
    """

    main: tuple
    shortcut: tuple = ()
    followed: ClassVar[int] = 1
    joining: ClassVar[str] = "added"

    def __post_init__(self):
        for argument, prefix in (("main", ""), ("shortcut", "shortcut.")):
            path = network_paths.named(getattr(self, argument), argument, prefix)
            object.__setattr__(self, argument, tuple(path))
        if not self.main:
            raise ValueError("main=() has no layer; legal is a sequence of one layer or more")

    @property
    def paths(self):
        """The main path and the shortcut."""
        return self.main, self.shortcut

    def join(self, shapes):
        """Return the shape (C, H, W) that both paths end in."""
        self.agree("output has shape", shapes)
        return shapes[0]

    def whose(self, at):
        """Return what the first and the second path are called."""
        return ("the main path's", "the shortcut's")[at]


@dataclass(frozen=True)
class Concat(network_paths.Block):
    """Branches side by side, whose outputs are concatenated along the channels.

    As ``torch.cat(..., dim=1)`` does; it costs nothing, since each branch can write its part of
    the result. The result sees what any of the branches sees: its receptive field is the
    smallest window that holds those of all of them.

    Parameters
    ----------
    branches : sequence of branches
        A branch is a layer, a (name, layer) pair, or a list of layers or pairs; an empty one
        passes the block's input on, as in DenseNet. A layer without a name is named after the
        number of its branch and its position there, such as '1.0'.

    Raises
    ------
    TypeError
        If a branch is not made of layers.
    ValueError
        If there is no branch.

    References
    ----------
    Szegedy et al., "Going deeper with convolutions", 2014, Figure 2.

    Examples
    --------
    SqueezeNet's "fire" expands 16 channels in two ways.

    >>> from convlib.branches import Concat
    >>> from convlib import Conv2d, network_cost, receptive_field
    >>> expand = Concat([("1x1", Conv2d(16, 64, 1)), ("3x3", Conv2d(16, 64, 3, padding=1))])
    >>> receptive_field(expand).size
    (3, 3)
    >>> network_cost([expand, Conv2d(128, 16, 1)], 55).params
    12432
    """

    branches: tuple
    joining: ClassVar[str] = "concatenated"

    def __post_init__(self):
        try:
            branches = tuple(self.branches)
        except TypeError:
            kind = type(self.branches).__name__
            raise TypeError(
                f"branches={self.branches!r} is of type {kind}; legal is a sequence of branches"
            ) from None
        if not branches:
            raise ValueError("branches=() has no branch; legal is a sequence of one or more")
        paths = []
        for at, branch in enumerate(branches):
            is_pair = isinstance(branch, tuple) and len(branch) == 2 and isinstance(branch[0], str)
            path = network_paths.named([branch] if is_pair else branch, f"branches[{at}]", f"{at}.")
            paths.append(tuple(path))
        object.__setattr__(self, "branches", tuple(paths))

    @property
    def followed(self):
        """How many branches a receptive field follows: all."""
        return len(self.branches)

    @property
    def paths(self):
        """The branches."""
        return self.branches

    def join(self, shapes):
        """Return (C, H, W), where C is the sum of all branches' channels."""
        self.agree("output has size", [tuple(size) for _, *size in shapes])
        return (sum(channels for channels, *_ in shapes), *shapes[0][1:])

    def whose(self, at):
        """Return what a branch is called, by its number."""
        return f"branch {at}'s"

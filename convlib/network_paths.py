"""What a network is made of: layers in sequence, and blocks in which paths branch and rejoin."""


class Block:
    """Paths that start at the same place and end in one result.

    A block has `paths`, a tuple of sequences of layers; `followed`, how many of them, from the
    first on, a receptive field follows; `whose(at)`, what a path is called, and `joining`, what
    becomes of their outputs, for messages; and `join`, which turns the paths' output shapes
    into the block's.
    """

    def agree(self, what, values):
        """Raise ValueError if `values`, one per path, differ; `what` says what they are."""
        for at, value in enumerate(values):
            if value != values[0]:
                raise ValueError(
                    f"{self.whose(at)} {what} {value}, {self.whose(0)} {values[0]}; "
                    f"they are {self.joining}, so they must be equal"
                )


def is_layer(thing):
    """Whether `thing` is a block, or can tell its output shape from its input's."""
    if isinstance(thing, type):
        return False
    return isinstance(thing, Block) or hasattr(thing, "output_shape")


def named(layers, argument="layers", prefix=""):
    """Return `layers` as a list of (name, layer); one without a name gets `prefix` and its index.

    `argument` is what the caller calls them, for the messages.
    """
    if is_layer(layers):
        layers = [layers]
    try:
        entries = list(layers)
    except TypeError:
        kind = type(layers).__name__
        raise TypeError(
            f"{argument}={layers!r} is of type {kind}; legal is a layer, or a sequence of layers "
            "or of (name, layer) pairs"
        ) from None
    pairs = []
    for index, entry in enumerate(entries):
        pair = (
            entry if isinstance(entry, tuple) and len(entry) == 2 else (f"{prefix}{index}", entry)
        )
        if not (isinstance(pair[0], str) and is_layer(pair[1])):
            raise TypeError(
                f"{argument}[{index}]={entry!r} is neither a layer nor a (name, layer) pair"
            )
        pairs.append(pair)
    return pairs

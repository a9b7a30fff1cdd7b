"""What a node's attributes say, checked: a damaged file may hold anything."""

from convlib.arguments import checks

PADDINGS = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")


def number(node, name, default, least=0):
    """Return an attribute that is one integer of at least `least`."""
    value = node.attributes.get(name, default)
    return _checked(node, name, value, least)


def numbers(node, name, default, count, least=0):
    """Return an attribute that is `count` integers of at least `least`, as a tuple."""
    value = node.attributes.get(name)
    if value is None or value == []:
        return tuple(default)
    if not isinstance(value, (list, tuple)) or len(value) != count:
        raise ValueError(
            f"{node.name} ({node.operator}): {name}={value!r}; legal are {count} integers"
        )
    return tuple(_checked(node, name, entry, least) for entry in value)


def axis(node, default, rank):
    """Return the attribute `axis`, counted from the first one."""
    value = node.attributes.get("axis", default)
    if not isinstance(value, int) or not -rank <= value < rank:
        raise ValueError(
            f"{node.name} ({node.operator}): axis={value!r}; legal are {-rank} to {rank - 1}"
        )
    return value % rank


def text(node, name, default):
    """Return an attribute that is a text."""
    value = node.attributes.get(name, default)
    return value if isinstance(value, str) else default


def padding(node):
    """Return the place of the attribute `auto_pad` among PADDINGS."""
    value = text(node, "auto_pad", "NOTSET") or "NOTSET"
    if value not in PADDINGS:
        raise ValueError(
            f"{node.name} ({node.operator}): auto_pad={value!r}; legal are {', '.join(PADDINGS)}"
        )
    return PADDINGS.index(value)


def ends(node):
    """Return the attribute `pads` as (top, bottom, left, right)."""
    top, left, bottom, right = numbers(node, "pads", (0, 0, 0, 0), 4)
    return top, bottom, left, right


def _checked(node, name, value, least):
    try:
        return checks.integer(name, value, least)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{node.name} ({node.operator}): {error}") from None

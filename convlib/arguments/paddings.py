"""Every form that a `padding` argument may take, converted to ((top, bottom), (left, right))."""

from convlib.arguments import checks
from convlib.kernels.size_rules import same_after, same_before

WORDS = ("valid", "same", "same_upper", "same_lower")
_FORMS = "an integer, a pair (h, w), ((top, bottom), (left, right))"


def canonical(padding):
    """Return `padding` as ((top, bottom), (left, right)), or unchanged if it is a word."""
    if isinstance(padding, str):
        if padding not in WORDS:
            words = ", ".join(repr(word) for word in WORDS)
            raise ValueError(f"padding={padding!r} is not a known word; legal words are {words}")
        return padding
    nested = isinstance(padding, (tuple, list)) and any(
        isinstance(entry, (tuple, list)) for entry in padding
    )
    if nested:
        if len(padding) != 2 or not all(
            isinstance(entry, (tuple, list)) and len(entry) == 2 for entry in padding
        ):
            raise ValueError(f"padding={padding!r} fits none of the legal forms: {_FORMS}")
        vertical = checks.pair("padding[0]", padding[0], 0)
        horizontal = checks.pair("padding[1]", padding[1], 0)
        return vertical, horizontal
    if isinstance(padding, (tuple, list)) and len(padding) != 2:
        raise ValueError(
            f"padding={padding!r} has {len(padding)} entries; legal forms are {_FORMS} or a word "
            "such as 'valid'"
        )
    others = ", a pair (h, w), ((top, bottom), (left, right)) or a word such as 'valid'"
    h, w = checks.pair("padding", padding, 0, others)
    return (h, h), (w, w)


def resolve(padding, input_size, kernel_size, stride, dilation):
    """Return ((top, bottom), (left, right)) in pixels for canonical `padding` and pairs (h, w).

    'same' adds the odd pixel at the end, as PyTorch does; so does 'same_upper', as ONNX does,
    while 'same_lower' adds it at the beginning.
    """
    if not isinstance(padding, str):
        return padding
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "same" and stride != (1, 1):
        raise ValueError(
            f"padding='same' needs stride=1, got stride={stride}; legal at other strides are "
            f"'same_upper', 'same_lower', {_FORMS}"
        )
    ends = []
    for size, kernel, step, spread in zip(input_size, kernel_size, stride, dilation, strict=True):
        small = same_before(size, kernel, step, spread)
        large = same_after(size, kernel, step, spread)
        ends.append((large, small) if padding == "same_lower" else (small, large))
    return tuple(ends)

"""Arrays that convlib refuses: masked, not arrays at all, or with integers it would round."""

import numpy as np

# float64 holds every integer up to this one, of either sign.
EXACT = 2**53
# How many numbers to check at a time when looking for an integer beyond EXACT.
PIECE = 1 << 16


def refuse_masked(name, value):
    """Raise TypeError if `value` is a masked array, or a list that holds one."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array; convlib would compute with what is under the mask. Legal "
            f"is {name}.filled(value), with the number that masked entries shall have"
        )
    if isinstance(value, (list, tuple)):
        for entry in value:
            refuse_masked(name, entry)


def asarray(name, value):
    """Return np.asarray(value); if it raises, the error says what `value` is and what to call."""
    try:
        got = np.asarray(value)
    except Exception as error:
        culprit = _no_array(value)
        if culprit is not None:
            kind = type(culprit).__name__
            raise TypeError(
                f"{name} holds a {kind} that does not become an array: {error}; "
                f"legal is {_calls(culprit)}"
            ) from None
        if isinstance(error, ValueError):
            raise ValueError(f"{name} is not a rectangular array: {error}") from None
        raise TypeError(f"{name} does not become an array: {error}") from None
    if got.dtype.kind == "f" and isinstance(value, (list, tuple)):
        _refuse_rounded_entries(name, value)
    return got


def _no_array(value):
    """Return the tensor, `value` or one in its lists, that cannot be converted to an array."""
    if isinstance(value, (list, tuple)):
        found = (_no_array(entry) for entry in value)
        return next((entry for entry in found if entry is not None), None)
    if hasattr(value, "__array__"):
        try:
            np.asarray(value)
        except Exception:
            return value
    return None


def _calls(tensor):
    """Return what to call on a tensor, PyTorch's or a similar one, to get an array."""
    calls = ""
    if getattr(tensor, "requires_grad", False) is True:
        calls += ".detach()"
    device = getattr(tensor, "device", "cpu")
    if getattr(device, "type", device) != "cpu":
        calls += ".cpu()"
    if "bfloat16" in str(getattr(tensor, "dtype", "")):
        calls += ".float()"
    if not calls:
        return "an array of NumPy's, for a PyTorch tensor that of .detach().cpu().float().numpy()"
    return f"the array that its {calls}.numpy() returns"


def _refuse_rounded_entries(name, entries):
    """Raise ValueError if NumPy rounded an integer of a list, among floats or other integers."""
    for entry in entries:
        if isinstance(entry, (list, tuple)):
            _refuse_rounded_entries(name, entry)
        elif isinstance(entry, np.ndarray):
            if entry.dtype.kind in "iu" and entry.dtype.itemsize == 8:
                refuse_rounded(name, entry)
        elif isinstance(entry, (int, np.integer)) and int(float(entry)) != entry:
            _refuse(name, entry)


def refuse_rounded(name, integers):
    """Raise ValueError if float64 would round one of the 64-bit `integers`.

    Takes no memory: only distinct numbers are read, a piece of them at a time.
    """
    distinct = integers[tuple(slice(1) if step == 0 else slice(None) for step in integers.strides)]
    if distinct.size == 0 or (distinct.max() <= EXACT and distinct.min() >= -EXACT):
        return
    pieces = np.nditer(
        distinct, ["external_loop", "buffered", "zerosize_ok"], order="C", buffersize=PIECE
    )
    top = 2.0**63 if integers.dtype.kind == "i" else 2.0**64
    for piece in pieces:
        rounded = piece.astype(np.float64)
        # The largest integers of the dtype round to one beyond it.
        rounded[rounded == top] = 0
        wrong = piece[rounded.astype(piece.dtype) != piece]
        if wrong.size:
            _refuse(name, wrong[0])


def _refuse(name, integer):
    raise ValueError(
        f"{name} holds the integer {integer}, which float64 would round: integers are converted to "
        "it; legal are integers from -2**53 to 2**53, and larger ones that float64 holds"
    )

"""What `benchmarks/dask_arrays.py` found on one machine."""

import csv
from importlib import resources
from statistics import median
from typing import NamedTuple


class Measured(NamedTuple):
    """One contestant of a case: medians over the rounds, in seconds and megabytes."""

    seconds: float
    fastest: float
    sent_mb: float


def measured(case, workers):
    """Return what was measured of a case, by contestant.

    Parameters
    ----------
    case : str
        Name of the case, such as '8 x 3x3, 16 channels': 8 chunks of 16 MiB.
    workers : int
        1 or 2 processes, with a thread each.

    Returns
    -------
    dict of str to Measured
        The median and the shortest time over the rounds, in seconds, and the megabytes that
        workers sent each other.

    Raises
    ------
    ValueError
        If nothing of the kind was measured.

    Examples
    --------
    >>> from convlib.distributed import measured
    >>> found = measured("8 x 3x3, 16 channels", workers=2)
    >>> found["convlib, fuse=8"].seconds < found["map_overlap, PyTorch"].seconds
    True
    """
    table = resources.files("convlib") / "measurements" / "distributed.csv"
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    cases = {(row["case"], int(row["workers"])) for row in rows}
    if (case, workers) not in cases:
        legal = ", ".join(f"{name!r} with {n}" for name, n in sorted(cases))
        raise ValueError(f"case={case!r} with workers={workers} was not measured; legal: {legal}")
    runs = {}
    for row in rows:
        if (row["case"], int(row["workers"])) == (case, workers):
            runs.setdefault(row["contestant"], []).append(row)
    return {
        name: Measured(
            median(float(row["seconds"]) for row in found),
            min(float(row["seconds"]) for row in found),
            median(float(row["sent_mb"] or "nan") for row in found),
        )
        for name, found in runs.items()
    }

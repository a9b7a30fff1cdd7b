"""Tell what limits depthwise layers: vanilla, depthwise and pair of one size, and a copy.

All take turns within one run, on the same arrays: float32, batch 1, 3 x 3, and in one thread, so
that the processor's time can be taken, which other programs disturb less than the clock's. What
is saved is the time of each as a share of the vanilla layer's *in the same round*: the median
over the rounds, and the quartiles. Two numbers stand beside a depthwise layer's share. Its share
of the MACs is what its arithmetic would take at the vanilla layer's speed. A copy's share is what
its memory takes: the copy reads as many bytes as the layer's input has, and writes as many as its
output has, into new memory as the layers do, or into memory that is there. What is left of the
layer's time is overhead: starting, addresses, short loops.

    python benchmarks/depthwise.py [--rounds 15] [--only 64] [--save]
"""

import argparse
import csv
import os
import pathlib
import statistics
import time

RESULTS = pathlib.Path(__file__).parents[1] / "convlib" / "measurements" / "depthwise.csv"
# Channels, pixels a side, and whether the plain loops take part. An input takes 0.4, 0.8, 13, 13
# and 268 MB: the last is more than the caches of any processor at hand hold.
CASES = ((512, 14, True), (64, 56, True), (64, 224, False), (256, 112, False), (64, 1024, False))
# A turn repeats its call until it has taken this many seconds.
TURN = 0.01


def main():
    """Print the table; with --save, write it to convlib/measurements."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", type=int, help="only cases with this many pixels a side")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    # Before the libraries are imported: all of them read these once.
    for name in ("OMP", "MKL", "OPENBLAS", "NUMBA"):
        os.environ[f"{name}_NUM_THREADS"] = "1"

    rows = []
    for channels, size, plain in CASES:
        if options.only not in (None, size):
            continue
        for row in measured(channels, size, plain, options.rounds):
            rows.append(row)
            print(*row.values(), flush=True)
    if options.save:
        RESULTS.parent.mkdir(exist_ok=True)
        with open(RESULTS, "w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)


def measured(channels, size, plain, rounds):
    """Return a row for each way and library at one size."""
    calls, shares = ways(channels, size, plain)
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(seconds_of(call))
    rows = []
    for (library, way), taken in times.items():
        whole = times["convlib" if library == "copy" else library, "vanilla"]
        ratios = [a / b for a, b in zip(taken, whole, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        rows.append(
            {
                "processor": processor(),
                "rounds": rounds,
                "library": library,
                "channels": channels,
                "size": size,
                "way": way,
                "macs": f"{shares[way]:.4g}",
                "time": f"{middle:.4g}",
                "low": f"{low:.4g}",
                "high": f"{high:.4g}",
                "milliseconds": f"{1e3 * statistics.median(taken):.4g}",
            }
        )
    return rows


def ways(channels, size, plain):
    """Return the calls by (library, way), and the ways' MACs as shares of the vanilla layer's."""
    import numpy as np
    import torch

    import convlib

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    image = rng.standard_normal((1, channels, size, size), np.float32)
    weights = {
        "vanilla": [rng.standard_normal((channels, channels, 3, 3), np.float32)],
        "depthwise": [rng.standard_normal((channels, 1, 3, 3), np.float32)],
    }
    point = rng.standard_normal((channels, channels, 1, 1), np.float32)
    weights["depthwise + 1 × 1"] = [*weights["depthwise"], point]
    whole = weights["vanilla"][0].size
    shares = {way: sum(w.size for w in layers) / whole for way, layers in weights.items()}
    calls = {}
    for way, layers in weights.items():
        calls["convlib", way] = lambda layers=layers: run(convlib.conv2d, image, layers)
        tensors = [torch.from_numpy(w) for w in layers]
        calls["PyTorch", way] = lambda layers=tensors: run(
            torch.nn.functional.conv2d, torch.from_numpy(image), layers
        )
        if plain:
            calls["plain loops", way] = lambda layers=layers: run(
                convlib.conv2d, image, layers, algorithm="direct"
            )
    target = np.zeros_like(image)
    calls["copy", "new memory"] = lambda: image.copy()
    calls["copy", "old memory"] = lambda: np.copyto(target, image)
    return calls, {**shares, "new memory": 0, "old memory": 0}


def run(convolve, image, weights, **options):
    """Compute the layers with these weights, one after the other."""
    for weight in weights:
        groups = image.shape[1] // weight.shape[1]
        image = convolve(image, weight, padding=weight.shape[-1] // 2, groups=groups, **options)


def seconds_of(call):
    """Return the processor's seconds of a call, from as many as fill a turn, after one more."""
    call()
    count, start = 0, time.thread_time()
    while (taken := time.thread_time() - start) < TURN or not count:
        call()
        count += 1
    return taken / count


def processor():
    """Return the processor's name, as the system tells it."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


if __name__ == "__main__":
    main()

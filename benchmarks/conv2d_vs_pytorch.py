"""Compare convlib.conv2d with PyTorch's CPU conv2d, layer by layer.

Same arrays, same threads, float32, batch 1. The two libraries take turns within one run, so that
other load on the machine affects both; padding, the rearrangement of weights and the allocation
of the result are inside the timed call. A layer's ratio is PyTorch's median time divided by
convlib's. Next to it is the ratio of the best times, which a busy machine disturbs less. Where it
applies, convlib's Winograd, which is only chosen on request, takes turns too.

A turn is a block of calls after a pause; the first call is not counted. Without the pause the
turns are unfair: PyTorch's OpenMP threads keep spinning for about 9 ms after a call (seen as
processor time of the process while it sleeps), and take a processor from whatever is called
next. `--block 1 --pause 0` shows the effect.

    python benchmarks/conv2d_vs_pytorch.py [--threads 2] [--block 10] [--pause 0.03] [--turns 6]
        [--only TEXT] [--save]
"""

import argparse
import csv
import os
import pathlib
import platform
import statistics
import time

RESULTS = pathlib.Path(__file__).parents[1] / "convlib" / "measurements"


def main():
    """Print the table; with --save, write it to convlib/measurements."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--block", type=int, default=10, help="calls counted in a turn")
    parser.add_argument("--pause", type=float, default=0.03, help="seconds before a turn")
    parser.add_argument("--turns", type=int, default=6, help="turns of each library")
    parser.add_argument("--only", default="", help="only layers whose name contains this")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    # Before the libraries are imported: all of them read these once.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    os.environ["NUMBA_NUM_THREADS"] = str(options.threads)
    import torch

    torch.set_num_threads(options.threads)
    from layers import LAYERS

    rows, peaks = [], []
    print(f"{platform.processor() or platform.machine()}, {options.threads} threads")
    print(f"{'layer':24}{'PyTorch':>10}{'convlib':>10}{'ratio':>7}{'best':>7}{'GFLOP/s':>9}  error")
    for layer in LAYERS:
        if options.only in layer.name:
            peaks.append(peak())
            rows.append({**compare(layer, options), "peak_gflops": peaks[-1]})
            print(
                "{layer:24}{torch_ms:8.3f}ms{convlib_ms:8.3f}ms{ratio:7.2f}{best_ratio:7.2f}"
                "{gflops:9.1f}  {error:.0e}".format(**rows[-1]),
                *(f"  winograd {ms:.3f}ms" for ms in [rows[-1]["winograd_ms"]] if ms),
                flush=True,
            )
    ratio = statistics.geometric_mean(row["ratio"] for row in rows)
    best = statistics.geometric_mean(row["best_ratio"] for row in rows)
    lowest = min(row["ratio"] for row in rows)
    print(f"geometric mean {ratio:.2f} (of the best times {best:.2f}), lowest {lowest:.2f}")
    print(f"large matrix product: {max(peaks):.0f} GFLOP/s at best, {statistics.median(peaks):.0f}")
    if statistics.median(peaks) < 0.8 * max(peaks):
        print("The matrix product's speed varied: the machine was busy, and medians mislead.")
    if options.save:
        save(rows)


def compare(layer, options):
    """Return a dict of what was measured on one layer."""
    import numpy as np
    import torch

    import convlib

    arrays = layer.arrays()
    tensors = [torch.from_numpy(array) for array in arrays]

    def with_torch():
        return torch.nn.functional.conv2d(*tensors, *layer.settings)

    def with_convlib():
        return convlib.conv2d(*arrays, *layer.settings)

    def with_winograd():
        return convlib.conv2d(*arrays, *layer.settings, algorithm="winograd")

    calls = {"torch": with_torch, "convlib": with_convlib}
    if (layer.kernel, layer.stride, layer.groups) == (3, 1, 1):
        calls["winograd"] = with_winograd
    times = {name: [] for name in calls}
    with torch.inference_mode():
        expected = with_torch().numpy()
        error = np.abs(with_convlib() - expected).max() / np.abs(expected).max()
        for _ in range(options.turns):
            for name, call in calls.items():
                time.sleep(options.pause)
                call()
                for _ in range(options.block):
                    start = time.perf_counter()
                    call()
                    times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(t) for name, t in times.items()}
    return {
        "layer": layer.name,
        "torch_ms": 1e3 * medians["torch"],
        "convlib_ms": 1e3 * medians["convlib"],
        "ratio": medians["torch"] / medians["convlib"],
        "best_ratio": min(times["torch"]) / min(times["convlib"]),
        "gflops": layer.flops / medians["convlib"] / 1e9,
        "torch_gflops": layer.flops / medians["torch"] / 1e9,
        "flops_per_byte": layer.flops / layer.bytes,
        "error": error,
        "winograd_ms": 1e3 * medians["winograd"] if "winograd" in medians else "",
    }


def peak(size=1536):
    """Return the GFLOP/s of NumPy's product of two large matrices."""
    import numpy as np

    a = np.ones((size, size), np.float32)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        a @ a
        times.append(time.perf_counter() - start)
    return 2 * size**3 / min(times) / 1e9


def save(rows):
    """Write the table as CSV, from which the chapter on cost draws its picture."""
    RESULTS.mkdir(exist_ok=True)
    with open(RESULTS / "conv2d_vs_pytorch.csv", "w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(
            {k: v if isinstance(v, str) else f"{v:.4g}" for k, v in row.items()} for row in rows
        )


if __name__ == "__main__":
    main()

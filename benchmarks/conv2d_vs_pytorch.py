"""Compare convlib.conv2d with PyTorch's CPU conv2d, layer by layer.

Same arrays, same threads, float32, batch 1. The two libraries take turns within one run, so that
other load on the machine affects both; padding, the rearrangement of weights and the allocation
of the result are inside the timed call. A layer's ratio is PyTorch's median time divided by
convlib's. Next to it is the ratio of the best times, which a busy machine disturbs less. Where it
applies, convlib's Winograd, which is only chosen on request, takes turns too. With one thread the
time is the processor's, which other programs disturb less.

A turn is a block of calls after a pause; the first call is not counted. Without the pause the
turns are unfair: PyTorch's OpenMP threads keep spinning for about 9 ms after a call (seen as
processor time of the process while it sleeps), and take a processor from whatever is called
next. `--block 1 --pause 0` shows the effect.

Beside these is the share of the roof: the least time that the layer could take, by the machine's
multiply-adds or by moving its arrays (roof.py measures both, in the same run), divided by convlib's
best time.

With --avx2 both libraries use AVX2 only, on a machine that has AVX-512: what most laptops have.

    python benchmarks/conv2d_vs_pytorch.py [--threads 2] [--block 10] [--pause 0.03] [--turns 6]
        [--only TEXT] [--avx2] [--save]
"""

import argparse
import csv
import os
import pathlib
import statistics
import time

# What holds the libraries to AVX2: Numba, and the parts of PyTorch and NumPy that multiply.
AVX2 = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+bmi,+bmi2,+f16c,+lzcnt,+movbe,+popcnt,+sse,+sse2,+sse3,"
    "+ssse3,+sse4.1,+sse4.2,+cx16,+64bit",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
}
INSTRUCTIONS = {16: "SSE2 or NEON", 32: "AVX2", 64: "AVX-512"}
RESULTS = pathlib.Path(__file__).parents[1] / "convlib" / "measurements"


def main():
    """Print the table; with --save, write it to convlib/measurements."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--block", type=int, default=10, help="calls counted in a turn")
    parser.add_argument("--pause", type=float, default=0.03, help="seconds before a turn")
    parser.add_argument("--turns", type=int, default=6, help="turns of each library")
    parser.add_argument("--only", default="", help="only layers whose name contains this")
    parser.add_argument("--avx2", action="store_true", help="hold both libraries to AVX2")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    # Before the libraries are imported: all of them read these once.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    os.environ["NUMBA_NUM_THREADS"] = str(options.threads)
    if options.avx2:
        os.environ.update(AVX2)
    import torch

    torch.set_num_threads(options.threads)
    import roof
    from layers import LAYERS
    from threads import processor

    from convlib.fast.machine import VECTOR_BYTES

    run = {
        "processor": processor(),
        "instructions": INSTRUCTIONS[VECTOR_BYTES],
        "threads": options.threads,
        "pytorch": torch.__version__.partition("+")[0],
    }
    rows, peaks = [], []
    # The most that was seen in this run: where a neighbour is busy, one measurement may be low.
    options.peak = max(roof.peak_gflops(options.threads) for _ in range(20))
    print("{processor}, {instructions}, {threads} threads, PyTorch {pytorch}".format(**run))
    print(f"{'layer':24}{'PyTorch':>10}{'convlib':>10}{'ratio':>7}{'best':>7}", end="")
    print(f"{'GFLOP/s':>9}  of roof  error")
    for layer in LAYERS:
        if options.only in layer.name:
            peaks.append(peak())
            rows.append({**run, **compare(layer, options), "peak_gflops": peaks[-1]})
            print(
                "{layer:24}{torch_ms:8.3f}ms{convlib_ms:8.3f}ms{ratio:7.2f}{best_ratio:7.2f}"
                "{gflops:9.1f}{share_of_roof:6.0%} {roof:8} {error:.0e}".format(**rows[-1]),
                *(f"  winograd {ms:.3f}ms" for ms in [rows[-1]["winograd_ms"]] if ms),
                flush=True,
            )
    ratio = statistics.geometric_mean(row["ratio"] for row in rows)
    best = statistics.geometric_mean(row["best_ratio"] for row in rows)
    lowest = min(row["ratio"] for row in rows)
    print(f"geometric mean {ratio:.2f} (of the best times {best:.2f}), lowest {lowest:.2f}")
    print(f"multiply-adds in registers: {options.peak:.0f} GFLOP/s")
    print(f"large matrix product: {max(peaks):.0f} GFLOP/s at best, {statistics.median(peaks):.0f}")
    if statistics.median(peaks) < 0.8 * max(peaks):
        print("The matrix product's speed varied: the machine was busy, and medians mislead.")
    if options.save:
        save(rows)


def compare(layer, options):
    """Return a dict of what was measured on one layer."""
    import numpy as np
    import roof
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

    # One thread's processor time is what it took, whatever else the machine did meanwhile.
    clock = time.process_time if options.threads == 1 else time.perf_counter
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
                    start = clock()
                    call()
                    times[name].append(clock() - start)
    options.peak = max(options.peak, roof.peak_gflops(options.threads))
    arithmetic = layer.flops / options.peak / 1e9
    read = arrays[0].nbytes + arrays[1].nbytes
    moving = roof.move_seconds(read, expected.nbytes, options.threads)
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
        "roof": "compute" if arithmetic > moving else "memory",
        "share_of_roof": max(arithmetic, moving) / min(times["convlib"]),
        "roof_gflops": layer.flops / max(arithmetic, moving) / 1e9,
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
    """Write the table as CSV, from which the chapter on cost draws its picture.

    Rows of other instructions or numbers of threads stay.
    """
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "conv2d_vs_pytorch.csv"
    kept = list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []
    new = [{k: v if isinstance(v, str) else f"{v:.4g}" for k, v in row.items()} for row in rows]
    run = "instructions", "threads"
    kept = [row for row in kept if [row.get(k) for k in run] != [new[0][k] for k in run]]
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, list(new[0]))
        table.writeheader()
        table.writerows(sorted(kept + new, key=lambda row: [row[k] for k in run]))


if __name__ == "__main__":
    main()

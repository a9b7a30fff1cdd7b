"""Convolutions on Dask arrays: one worker and two, against what a user writes with map_overlap.

Each worker is a process with one thread for its kernels. The image is in the workers' memory, in
chunks of 16 MiB, and of each chunk of the result only the largest number is kept: so what is
measured is the convolution, what it sends and the graph, not a disk. *hand* is the same number of
calls of `convlib.conv2d` on padded chunks in one task per worker: a graph cannot be faster, and its
overhead is what the time is above that. *no exchange* is the least that a graph can be: one task
for each chunk, which sees nothing of the others, so that its borders are wrong. Contestants take
turns, in one run.

With --zarr, one image of that many GB, from Zarr to Zarr by workers with 1 GB of memory each.

    python benchmarks/dask_arrays.py [--rounds 5] [--only TEXT] [--save]
    python benchmarks/dask_arrays.py --zarr 4 [--folder FOLDER] [--save]
"""

import argparse
import csv
import itertools
import os
import pathlib
import platform
import statistics
import tempfile
import time

os.environ["NUMBA_NUM_THREADS"] = "1"  # the workers inherit it

import dask.array
import numpy as np
from distributed import Client, LocalCluster, wait

import convlib
from convlib.distributed import Layer, conv2d, stack

RESULTS = pathlib.Path(__file__).parents[1] / "convlib" / "measurements" / "distributed.csv"
CHUNK_BYTES = 16 << 20
CHUNKS = (2, 4)  # down and across: 128 MiB
# Channels of input and output, groups, kernel, and how many layers are computed.
CASES = {
    "5x5, 1 channel": (1, 1, 1, 5, 1),
    "3x3, 16 channels": (16, 16, 1, 3, 1),
    "3x3, 64 channels": (64, 64, 1, 3, 1),
    "3x3 depthwise, 64 channels": (64, 64, 64, 3, 1),
    "1x1, 64 channels": (64, 64, 1, 1, 1),
    "8 x 3x3, 16 channels": (16, 16, 1, 3, 8),
}
TASKS = 2000
NOTHING = "tasks that do nothing"
FIELDS = (
    "case",
    "contestant",
    "workers",
    "round",
    "seconds",
    "sent_mb",
    "peak_mb",
    "processor",
    "processors",
)


def weights_of(case):
    """Return the weights of a case's layers, whose outputs are about as large as their inputs."""
    c1, c2, groups, kernel, count = CASES[case]
    rng = np.random.default_rng(0)
    scale = (c1 // groups * kernel * kernel) ** -0.5
    shape = (c2, c1 // groups, kernel, kernel)
    return [(scale * rng.standard_normal(shape)).astype(np.float32) for _ in range(count)]


def side_of(case):
    """Return the rows and columns of a chunk of 16 MiB."""
    return int((CHUNK_BYTES / 4 / CASES[case][0]) ** 0.5)


def image_of(case):
    """Return a Dask array of random numbers in chunks of 16 MiB."""
    channels, side = CASES[case][0], side_of(case)
    shape = channels, CHUNKS[0] * side, CHUNKS[1] * side
    return dask.array.random.default_rng(0).standard_normal(
        shape, chunks=(channels, side, side), dtype=np.float32
    )


def in_pytorch(block, weights, groups):
    """Return PyTorch's convolutions of a block that has its halo."""
    import torch

    torch.set_num_threads(1)
    tensor = torch.from_numpy(np.ascontiguousarray(block))[None]
    with torch.inference_mode():
        for weight in weights:
            tensor = torch.nn.functional.conv2d(tensor, torch.from_numpy(weight), groups=groups)
    return tensor[0].numpy()


def in_scipy(block, weights, groups):
    """Return SciPy's correlation of a block of one channel that has its halo."""
    from scipy.ndimage import correlate

    (weight,) = weights
    reach = weight.shape[-1] // 2
    return correlate(block[0], weight[0, 0])[None, reach:-reach, reach:-reach]


def in_convlib(block, weights, groups, padding="valid"):
    """Return convlib's convolutions of a block that has its halo, or is padded."""
    for weight in weights:
        block = convlib.conv2d(block, weight, padding=padding, groups=groups)
    return block


def by_map_overlap(function, image, weights, groups):
    """Return what a user would write: all layers in one exchange."""
    reach = len(weights) * (weights[0].shape[-1] // 2)
    return dask.array.map_overlap(
        function, image, depth=(0, reach, reach), boundary=0.0, trim=False, dtype=np.float32,
        weights=weights, groups=groups, meta=np.empty((0, 0, 0), np.float32),
        chunks=((len(weights[-1]),), *image.chunks[1:]),
    )  # fmt: skip


def contestants(case, image):
    """Return the ways to compute a case, by name: each makes a Dask array."""
    groups, count = CASES[case][2], CASES[case][4]
    weights = weights_of(case)
    found = {}
    if count == 1:
        kernel = weights[0].shape[-1]
        found["convlib"] = lambda: conv2d(image, weights[0], padding=kernel // 2, groups=groups)
    else:
        layers = [Layer(weight, None, 1, 1, 1, groups) for weight in weights]
        for fuse in (1, 2, 4, count):
            found[f"convlib, fuse={fuse}"] = lambda fuse=fuse: stack(image, layers, fuse)
    found["map_overlap, PyTorch"] = lambda: by_map_overlap(in_pytorch, image, weights, groups)
    found["map_overlap, convlib"] = lambda: by_map_overlap(in_convlib, image, weights, groups)
    found["no exchange"] = lambda: image.map_blocks(
        in_convlib, weights=weights, groups=groups, padding="same", dtype=np.float32,
        meta=np.empty((0, 0, 0), np.float32),
    )  # fmt: skip
    if CASES[case][0] == 1:
        found["map_overlap, SciPy"] = lambda: by_map_overlap(in_scipy, image, weights, groups)
    return found


def largest(block):
    """Return the largest number of a block, as an array of one number."""
    return block.max(keepdims=True)


def by_hand(case, count):
    """Convolve `count` chunks of random numbers, padded; return the seconds that it took."""
    weights, groups, side = weights_of(case), CASES[case][2], side_of(case)
    rng = np.random.default_rng(0)
    chunks = rng.standard_normal((4, CASES[case][0], side, side), dtype=np.float32)
    start = time.perf_counter()
    for at in range(count):
        largest(in_convlib(chunks[at % 4], weights, groups, "same"))
    return time.perf_counter() - start


def of_nothing(client, rounds):
    """Yield (name, round, seconds, 0): tasks that do nothing.

    How many tasks the scheduler gives away in a second bounds how many workers it can keep busy.
    """
    for at in range(rounds + 1):
        start = time.perf_counter()
        client.gather(client.map(abs, range(at * TASKS, (at + 1) * TASKS)))
        if at:
            yield f"{TASKS} tasks", at - 1, time.perf_counter() - start, 0.0


def sent_bytes(dask_worker):
    """Return the bytes that this worker has sent to others so far."""
    return int(dask_worker.transfer_outgoing_bytes_total)


def measure(case, workers, client, rounds):
    """Yield (contestant, round, seconds, megabytes sent) of a case, contestants in turns."""
    count = CHUNKS[0] * CHUNKS[1]
    image = image_of(case).persist()
    wait(image)
    ways = contestants(case, image)

    def run(name):
        if name == "hand":
            share = count // workers
            addresses = list(client.scheduler_info(n_workers=-1)["workers"])
            jobs = [
                client.submit(by_hand, case, share, workers=[one], pure=False) for one in addresses
            ]
            return max(client.gather(jobs)), 0.0
        before = sum(client.run(sent_bytes).values())
        start = time.perf_counter()
        # Not their maximum: that is a tree of tasks, each of which waits for the ones before.
        wait(ways[name]().map_blocks(largest, chunks=(1, 1, 1), dtype=np.float32).persist())
        seconds = time.perf_counter() - start
        return seconds, (sum(client.run(sent_bytes).values()) - before) / 1e6

    names = [*ways, "hand"]
    for name in names:
        run(name)  # compiles, imports
    for at in range(rounds):
        for name in names[at % len(names) :] + names[: at % len(names)]:
            yield name, at, *run(name)


def processor():
    """Return the processor's name as the system tells it, and how many there are."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line for line in lines if line.startswith("model name"))
        name = model.partition(":")[2].strip()
    except (OSError, StopIteration):
        name = platform.processor()
    return name, len(os.sched_getaffinity(0))


def cluster_of(workers, memory="8GB"):
    """Return a cluster of processes with one thread each."""
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, memory_limit=memory,
        dashboard_address=None,
    )  # fmt: skip


def compare(options):
    """Return the rows of all cases with one worker and with two."""
    rows = []
    for workers in (1, 2):
        if options.workers not in (0, workers):
            continue
        with cluster_of(workers) as cluster, Client(cluster) as client:
            for case in (*CASES, NOTHING):
                if options.only not in case:
                    continue
                if case == NOTHING:
                    found = list(of_nothing(client, options.rounds))
                else:
                    found = list(measure(case, workers, client, options.rounds))
                for name, at, seconds, sent in found:
                    rows.append((case, name, workers, at, f"{seconds:.4f}", f"{sent:.1f}", ""))
                report(case, workers, found)
    return rows


def report(case, workers, found):
    """Print the medians of a case."""
    times = {}
    for name, _, seconds, sent in found:
        times.setdefault(name, []).append((seconds, sent))
    hand = statistics.median(seconds for seconds, _ in times.get("hand", times[next(iter(times))]))
    for name, pairs in times.items():
        middle = statistics.median(seconds for seconds, _ in pairs)
        sent = statistics.median(sent for _, sent in pairs)
        over = middle / hand - 1
        print(
            f"{case:27} {workers} {name:22} {middle:7.3f} s  sent {sent:7.1f} MB  {over:+.1%}",
            flush=True,
        )


def from_disk(options):
    """Return the rows for one large image, from Zarr to Zarr; print the workers' peak memory."""
    import zarr

    case, gigabytes = "3x3, 16 channels", options.zarr
    side, channels = side_of(case), CASES[case][0]
    down = 16
    across = int(gigabytes * 1e9 / CHUNK_BYTES / down)
    rows = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        store = os.path.join(folder, "image.zarr")
        stored = zarr.create_array(
            store, shape=(channels, down * side, across * side), chunks=(channels, side, side),
            dtype="float32", compressors=None,
        )  # fmt: skip
        rng = np.random.default_rng(0)
        block = rng.standard_normal((channels, side, side), dtype=np.float32)
        for i, j in np.ndindex(down, across):
            stored[:, i * side : (i + 1) * side, j * side : (j + 1) * side] = block + i - j
        print(f"image of {stored.nbytes / 1e9:.2f} GB in {down * across} chunks")
        label = f"Zarr to Zarr, {stored.nbytes / 1e9:.1f} GB"
        for at, workers, name in itertools.product(
            range(options.rounds), (2, 1), ("convlib", "map_overlap, PyTorch")
        ):
            seconds, peak = _through(store, folder, name, case, workers)
            print(f"{name:22} {workers} {seconds:7.1f} s, peak {peak / 1e6:.0f} MB", flush=True)
            rows.append((label, name, workers, at, f"{seconds:.2f}", "", f"{peak / 1e6:.0f}"))
            if options.save:
                save([(*row, *processor()) for row in rows])
    return rows


def _through(store, folder, name, case, workers):
    """Convolve the stored image into another one; return seconds, and the largest peak memory."""
    import shutil

    target = os.path.join(folder, "out.zarr")
    with cluster_of(workers, "1GB") as cluster, Client(cluster) as client:
        client.run(_warm)
        image = dask.array.from_zarr(store)
        output = contestants(case, image)[name]()
        start = time.perf_counter()
        output.to_zarr(target, compressors=None, overwrite=True)
        seconds = time.perf_counter() - start
        peak = max(client.run(_peak_bytes).values())
    shutil.rmtree(target)
    return seconds, peak


def _warm():
    """Compile, and import PyTorch, which a worker that lives longer does once."""
    block = np.ones((16, 40, 40), np.float32)
    weight = np.ones((16, 16, 3, 3), np.float32)
    in_pytorch(block, [weight], 1)
    convlib.conv2d(np.ones((16, 200, 200), np.float32), weight)


def _peak_bytes():
    """Return the largest resident memory of this process so far."""
    status = pathlib.Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in status if line.startswith("VmHWM")).split()[1])


def main():
    """Print the tables; with --save, write all runs to distributed.csv."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    parser.add_argument("--workers", type=int, default=0, help="only with so many workers")
    parser.add_argument("--zarr", type=float, default=0, help="GB of an image on disk")
    parser.add_argument("--folder", help="where the image on disk goes")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    rows = from_disk(options) if options.zarr else compare(options)
    if options.save and not options.zarr:
        save([(*row, *processor()) for row in rows])


def save(rows):
    """Write rows into the table, in place of those of the same cases and workers."""
    kept = []
    if RESULTS.exists():
        with RESULTS.open(newline="") as file:
            measured = {(row[0], str(row[2])) for row in rows}
            kept = [row for row in csv.reader(file) if (row[0], row[2]) not in measured][1:]
    with RESULTS.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([FIELDS, *kept, *rows])


if __name__ == "__main__":
    # From the module, so that workers import what they call instead of getting it with each task.
    import dask_arrays

    dask_arrays.main()

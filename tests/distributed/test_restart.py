"""Two workers in processes, one of which is killed in the middle: the result is what it was."""

import os
import signal
import time

import dask.array
import numpy as np
import pytest
from distributed import Client, LocalCluster, as_completed

import convlib
from convlib.distributed import Layer, stack


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(tmp_path):
    def slowly(block):
        time.sleep(0.05)
        return block

    rng = np.random.default_rng(0)
    image = rng.standard_normal((2, 96, 96)).astype(np.float32)
    weights = [rng.standard_normal((2, 2, 3, 3)).astype(np.float32) for _ in range(3)]
    expected = image
    for weight in weights:
        expected = convlib.conv2d(expected, weight, padding=1)
    lazy = dask.array.from_array(image, chunks=(2, 16, 16)).map_blocks(slowly, dtype=image.dtype)
    output = stack(lazy, [Layer(weight, padding=1) for weight in weights], fuse=2)

    settings = {"processes": True, "threads_per_worker": 1, "dashboard_address": None}
    with (
        LocalCluster(n_workers=2, local_directory=tmp_path, **settings) as cluster,
        Client(cluster) as client,
    ):
        workers = client.run(os.getpid)
        futures = client.compute(list(output.to_delayed().ravel()))
        done = as_completed(futures)
        for _ in range(4):
            next(done)
        assert not all(future.done() for future in futures)
        address, process = max(workers.items())
        os.kill(process, signal.SIGKILL)
        blocks = client.gather(futures)
        # The one that took its place, or nobody yet, but not the one that was killed.
        assert address not in client.run(os.getpid)
    for (_, i, j), block in zip(np.ndindex(output.numblocks), blocks, strict=True):
        part = expected[:, 16 * i : 16 * (i + 1), 16 * j : 16 * (j + 1)]
        assert block.tobytes() == part.tobytes()

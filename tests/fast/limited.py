"""Runs code for `test_memory` in processes of its own, with little memory.

They are forked from a server that has imported convlib: to import it takes most of the time.
"""

import multiprocessing
import traceback
import warnings

import numpy as np

import convlib


class NotLimitedError(Exception):
    """This system does not limit memory."""


def outcome(code, path):
    """Run code in a process of its own; return "done", or what it raised."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["convlib"])
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(code, path, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(300) else "it hangs"
    except EOFError:
        process.join()
        return f"it ended with {process.exitcode}"
    finally:
        process.kill()
        process.join()


def _run(code, path, answer):
    warnings.simplefilter("error")
    names = {"np": np, "convlib": convlib, "limited": _limited, "unlimited": _unlimited}
    names["file"] = lambda dtype: _map(path, np.dtype(dtype))
    try:
        exec(code, names)
    except NotLimitedError:
        answer.send("not limited")
    except BaseException:
        answer.send(traceback.format_exc())
    else:
        answer.send("done")


def _map(path, dtype):
    return np.memmap(path, dtype, "r", shape=(1, 2**14, 2**16 // dtype.itemsize))


def _limited(output_bytes):
    """Allow 64 MiB besides the output, and try whether more is refused."""
    import resource  # which Windows has not

    with open("/proc/self/status") as lines:
        data = next(int(line.split()[1]) for line in lines if line.startswith("VmData")) * 1024
    limit = data + (64 << 20) + output_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.RLIM_INFINITY))
    try:
        np.ones((72 << 20) + output_bytes, np.uint8)
    except MemoryError:
        return
    raise NotLimitedError


def _unlimited():
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY,) * 2)

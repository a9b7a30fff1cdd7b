"""Measurements on the machine that runs this: its two limits, and times of convolutions."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numba import config

from convlib.arguments import checks
from convlib.conv import conv2d


class Machine(NamedTuple):
    """The measured limits of a machine.

    Attributes
    ----------
    flops_per_second : float
        Of a large float32 matrix product, with all the threads that NumPy's BLAS uses.
    bytes_per_second : float
        Read and written by a large copy, with as many threads as :func:`convlib.conv2d` uses.
    """

    flops_per_second: float
    bytes_per_second: float

    @property
    def balance(self):
        """FLOPs per byte at which the limit changes from memory to arithmetic."""
        return self.flops_per_second / self.bytes_per_second

    def attainable(self, intensity):
        """Return the roofline, FLOPs per second, at an intensity in FLOPs per byte."""
        return min(self.flops_per_second, intensity * self.bytes_per_second)


class Timing(NamedTuple):
    """How long a convolution, or a sequence of them, took.

    Attributes
    ----------
    name : str
        What was timed.
    seconds : float
        Median over the repeats.
    flops_per_second : float
        The FLOPs of the formula divided by `seconds`, whatever algorithm was run.
    """

    name: str
    seconds: float
    flops_per_second: float


def machine_limits(repeats=5, side=1024, megabytes=256):
    """Measure the peak of arithmetic and the bandwidth of memory; takes about a second.

    Parameters
    ----------
    repeats : int, default 5
        How many times each of the two is measured, alternately; the medians count.
    side : int, default 1024
        Side of the two square float32 matrices that are multiplied.
    megabytes : int, default 256
        Size of the array that is copied; should be more than the caches hold.

    Returns
    -------
    Machine
        FLOPs per second and bytes per second.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a positive integer.

    References
    ----------
    S. Williams, A. Waterman and D. Patterson, "Roofline: an insightful visual performance
    model for multicore architectures", Communications of the ACM, 2009.

    Examples
    --------
    >>> from convlib.timing import machine_limits
    >>> machine = machine_limits(repeats=1, side=64, megabytes=1)
    >>> machine.balance > 0
    True
    """
    repeats = checks.integer("repeats", repeats, 1)
    side = checks.integer("side", side, 1)
    megabytes = checks.integer("megabytes", megabytes, 1)
    matrix = np.random.default_rng(0).standard_normal((side, side), np.float32)
    product = np.empty_like(matrix)
    source = np.ones(megabytes * 2**18, np.float32)
    target = np.zeros_like(source)
    threads = config.NUMBA_NUM_THREADS  # as many as conv2d uses
    pieces = [np.array_split(each, threads) for each in (target, source)]
    with ThreadPoolExecutor(threads) as pool:
        products, copies = _interleaved(
            [
                lambda: np.matmul(matrix, matrix, out=product),
                lambda: list(pool.map(np.copyto, *pieces)),
            ],
            repeats,
        )
    return Machine(2 * side**3 / products, 2 * source.nbytes / copies)


def convolution_times(variants, input_size, repeats=5):
    """Time convolutions on this machine, in turns.

    Parameters
    ----------
    variants : sequence of Variant
        What :func:`convlib.compare_convolutions` returned for the same `input_size`.
    input_size : int or (int, int)
        Height and width of the input in pixels.
    repeats : int, default 5
        How often each is run, after a first run that does not count; the median counts.

    Returns
    -------
    list of Timing
        In seconds and FLOPs per second, by :func:`convlib.conv2d` on one float32 image, including
        everything that it does, such as padding and checks.

    Raises
    ------
    TypeError, ValueError
        If `repeats` is not a positive integer, or the size does not fit the layers.

    Examples
    --------
    >>> from convlib import compare_convolutions
    >>> from convlib.timing import convolution_times
    >>> variants = compare_convolutions(8, 8, 3, 16, groups=2)
    >>> [timing.name for timing in convolution_times(variants, 16, repeats=1)]
    ['vanilla', 'grouped', 'depthwise', 'depthwise + 1 × 1']
    """
    repeats = checks.integer("repeats", repeats, 1)
    size = checks.pair("input_size", input_size, 1)
    runs = [_run_of(variant.layers, size) for variant in variants]
    return [
        Timing(variant.name, seconds, variant.cost.flops / seconds)
        for variant, seconds in zip(variants, _interleaved(runs, repeats), strict=True)
    ]


def _run_of(layers, size):
    """Return a function that computes `layers`, one after another, on one random image."""
    rng = np.random.default_rng(0)
    image = rng.standard_normal((layers[0].in_channels, *size), np.float32)
    weights = [
        rng.standard_normal((v.out_channels, v.in_channels // v.groups, *v.kernel_size), np.float32)
        for v in layers
    ]

    def run():
        x = image
        for v, weight in zip(layers, weights, strict=True):
            x = conv2d(
                x,
                weight,
                stride=v.stride,
                padding=v.padding,
                dilation=v.dilation,
                groups=v.groups,
            )

    return run


def _interleaved(runs, repeats):
    """Return the median seconds of each of `runs`, which take turns after a first round."""
    samples = [[] for _ in runs]
    for repeat in range(repeats + 1):
        for run, taken in zip(runs, samples, strict=True):
            start = time.perf_counter()
            run()
            if repeat:
                taken.append(time.perf_counter() - start)
    return [float(np.median(taken)) for taken in samples]

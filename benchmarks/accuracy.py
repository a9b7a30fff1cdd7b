"""How exact conv2d's algorithms are, and whether an output depends on what it does not read.

Three tables. The first measures errors against exact sums (fractions, rounded once) on five kinds
of images: normal, uniform, numbers of all sizes from 1e-6 to 1e6 ("log range"), a pixel of 1e8 in
a uniform image ("spiked") and a square of -9999 in one ("holes"). Its last two columns are the
largest error in two units: u (|b| + sum |w| |x|), the unit of a plain sum's bound, u being the
rounding unit, and u (|b| + M sum |w|), M being the largest magnitude in the 6 x 6 pixels from
which Winograd makes 4 x 4 outputs. The second table is of long sums of one number, 0.1. The third
shows how outputs are affected by pixels that they do not read.

    python benchmarks/accuracy.py [--save]      # accuracy.csv: the first table
    python benchmarks/accuracy.py --search      # looks for the largest error of 'winograd'
"""

import argparse
import csv
import pathlib
from fractions import Fraction

import numpy as np

import convlib

RESULTS = pathlib.Path(__file__).parents[1] / "convlib" / "measurements"
ALGORITHMS = ("auto", "direct", "im2col", "shifted", "winograd")
CHANNELS = (1, 4, 32)
SIDE = 16
SEEDS = 3


def images(rng, channels):
    """Yield the kinds of images by name, of shape (1, channels, SIDE, SIDE)."""
    shape = 1, channels, SIDE, SIDE
    yield "normal", rng.standard_normal(shape)
    yield "uniform", rng.random(shape)
    yield "log range", 10 ** rng.uniform(-6, 6, shape) * rng.choice([-1, 1], shape)
    spiked = rng.random(shape)
    spiked[:, :, SIDE // 2, SIDE // 2] = 1e8
    yield "spiked", spiked
    holes = rng.random(shape)
    holes[:, :, 3:6, 5:9] = -9999
    yield "holes", holes


def exact(x, w, b):
    """Return the convolution of `x` with one kernel `w`, padding 1, and the sums of |w| |x|."""
    padded = np.pad(x[0], ((0, 0), (1, 1), (1, 1)))
    sums, magnitudes = np.empty((SIDE, SIDE)), np.empty((SIDE, SIDE))
    weights = [Fraction(v) for v in w.ravel().tolist()]
    for i, j in np.ndindex(SIDE, SIDE):
        window = padded[:, i : i + 3, j : j + 3].ravel().tolist()
        products = [v * Fraction(p) for v, p in zip(weights, window, strict=True)]
        sums[i, j] = sum(products, Fraction(float(b)))
        magnitudes[i, j] = abs(float(b)) + float(sum(map(abs, products)))
    return sums, magnitudes


def largest_in_pieces(x):
    """Return for each output the largest magnitude in its piece of 6 x 6 pixels."""
    padded = np.pad(np.abs(x[0]).max(axis=0), 1)
    largest = np.empty((SIDE, SIDE))
    for i, j in np.ndindex(SIDE // 4, SIDE // 4):
        i, j = 4 * i, 4 * j
        largest[i : i + 4, j : j + 4] = padded[i : i + 6, j : j + 6].max()
    return largest


def errors(dtype):
    """Yield a row for each kind of image and algorithm: the worst of several channels and seeds."""
    u = np.finfo(dtype).eps / 2
    found = {}
    for channels in CHANNELS:
        for seed in range(SEEDS):
            rng = np.random.default_rng(seed)
            for kind, image in images(rng, channels):
                x = image.astype(dtype)
                w = rng.standard_normal((8, channels, 3, 3)).astype(dtype)
                b = rng.standard_normal(8).astype(dtype)
                sums, magnitudes = exact(x, w[0], b[0])
                bracket = abs(b[0]) + largest_in_pieces(x) * np.abs(w[0]).sum(dtype=float)
                for name in ALGORITHMS:
                    got = convlib.conv2d(x, w, b, padding=1, algorithm=name)[0, 0]
                    error = np.abs(got - sums)
                    rms = np.sqrt(np.mean(error**2) / np.mean(sums**2))
                    new = rms, (error / magnitudes).max() / u, (error / bracket).max() / u
                    old = found.get((kind, name), (0, 0, 0))
                    found[kind, name] = tuple(map(max, old, new))
    for (kind, name), (rms, own, piece) in found.items():
        yield {
            "dtype": np.dtype(dtype).name, "image": kind, "algorithm": name,
            "rms": rms, "of_own_window": own, "of_piece": piece,
        }  # fmt: skip


def long_sums():
    """Print the relative error of 0.1, summed over many channels by a 1 x 1 layer."""
    print(f"\n{'0.1 summed, float32':22}" + "".join(f"{n:>11,}" for n in (64, 512, 4096, 65536)))
    for name in ("direct", "im2col", "shifted", "auto", "depthwise"):
        line = []
        for n in (64, 512, 4096, 65536):
            numbers = np.full(n, 0.1, np.float32)
            shape, w = ((1, n, 1, 1), (8, n, 1, 1)) if name != "depthwise" else ((1, 1, 1, n),) * 2
            got = convlib.conv2d(numbers.reshape(shape), np.ones(w, np.float32), algorithm=name)
            line.append(abs(float(got.flat[0]) / (n * float(numbers[0])) - 1))
        print(f"{name:22}" + "".join(f"{error:11.1e}" for error in line))


def unseen_pixels(name):
    """Print how pixels that their windows do not read affect outputs of one algorithm."""
    rng = np.random.default_rng(0)

    def convolve(x, w, **keywords):
        return convlib.conv2d(x, w, algorithm=name, **keywords)

    def changed(dtype, number, rows):
        """Return the relative change where a block of `number` is not read, and change / rms."""
        x = rng.random((1, 32, 24, 24)).astype(dtype)
        w = rng.random((32, 32, 3, 3)).astype(dtype)
        other = x.copy()
        other[:, :, 12:rows, 12:rows] = number
        before, after = convolve(x, w), convolve(other, w)
        seen = np.zeros(before.shape, bool)
        seen[:, :, 10:rows, 10:rows] = True
        change = np.abs(after - before)[~seen]
        return (change / np.abs(before[~seen])).max(), change.max() / np.sqrt(np.mean(before**2))

    print(f"\nalgorithm={name!r}: what outputs know of pixels that they do not read")
    print(f"  a pixel of 1e8, float32: relative change {changed(np.float32, 1e8, 13)[0]:.2g}")
    print(f"  a hole of -9999, float32: change / rms {changed(np.float32, -9999, 15)[1]:.2g}")
    print(f"  a hole of 1e20, float64: change / rms {changed(np.float64, 1e20, 15)[1]:.2g}")
    x, w = rng.random((1, 32, 26, 26), np.float32), rng.random((32, 32, 3, 3), np.float32)
    inside = [convolve(x, w, padding=1, pad_value=v)[..., 1:-1, 1:-1] for v in (0, -1e9)]
    change = np.abs(inside[1] / inside[0] - 1).max()
    print(f"  pad_value=-1e9, float32: relative change of interior outputs {change:.2g}")
    impulse = np.zeros((1, 32, 24, 24), np.float32)
    impulse[0, 0, 10, 10] = 1
    y = convolve(impulse, w)
    print(
        f"  an impulse, kernels >= 0: {np.count_nonzero(y[0, 0])} places of the first channel are "
        f"not 0, {(y < 0).sum()} of all {y.size} are negative"
    )
    x, w = rng.integers(0, 256, x.shape), rng.integers(-8, 9, w.shape)
    y = convolve(x.astype(np.float32), w.astype(np.float32))
    print(f"  integers: {np.mean(y != np.rint(y)):.0%} of the outputs are no integers")


def search(starts=150, steps=600):
    """Print the largest error of 'winograd' that climbing from random pieces finds."""
    rng = np.random.default_rng(1)

    def error(x, w):
        got = convlib.conv2d(x, w, algorithm="winograd")
        sums = convlib.conv2d(x.astype(float), w.astype(float), algorithm="direct")
        bracket = np.abs(x).max() * np.abs(w).sum(dtype=float)
        return np.abs(got - sums).max() / bracket / 2.0**-24

    def pixel():
        return rng.choice([-1, 1]) * rng.uniform(0.5, 1)

    largest = 0
    for start in range(starts):
        x = np.array([pixel() for _ in range(36)], np.float32).reshape(1, 1, 6, 6)
        w = rng.standard_normal((1, 1, 3, 3)).astype(np.float32)
        if start % 2:
            w *= np.arange(9).reshape(3, 3) == rng.integers(9)
        found = error(x, w)
        for _ in range(steps):
            x2, w2 = x.copy(), w.copy()
            if rng.random() < 0.7:
                x2.flat[rng.integers(36)] = pixel()
            else:
                w2.flat[rng.integers(9)] *= rng.uniform(0.8, 1.2)
            if (new := error(x2, w2)) >= found:
                x, w, found = x2, w2, new
        largest = max(largest, found)
    print(
        f"the largest error of 'winograd' found from {starts} starts: {largest:.0f} (as in 'piece')"
    )


def main():
    """Print the tables; with --save, write the first to convlib/measurements."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--search", action="store_true")
    options = parser.parse_args()
    if options.search:
        search()
        return
    rows = []
    print(f"{'':33}{'rms':>9}{'own window':>13}{'piece':>9}")
    for dtype in (np.float32, np.float64):
        for row in errors(dtype):
            rows.append(row)
            print(
                "{dtype:9}{image:12}{algorithm:12}{rms:9.1e}{of_own_window:13.3g}"
                "{of_piece:9.3g}".format(**row),
                flush=True,
            )
    long_sums()
    for name in ("auto", "direct", "winograd"):
        unseen_pixels(name)
    if options.save:
        RESULTS.mkdir(exist_ok=True)
        with open(RESULTS / "accuracy.csv", "w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(
                {k: v if isinstance(v, str) else f"{v:.3g}" for k, v in row.items()} for row in rows
            )


if __name__ == "__main__":
    main()

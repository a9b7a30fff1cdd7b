"""What the outputs of an ONNX graph see, by trying: disturb a row of the image, look what moves.

Imports nothing from convlib: `onnx`'s own reference computes the graph, all but its poolings,
which are slow there, pad an even kernel at the wrong end if it is SAME_LOWER, and fail where a
stride is longer than its kernel.
"""

import numpy as np
import reference
from onnx import helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun


def pooled(x, reduced, kernel, strides, pads, auto_pad, ceil_mode):
    """Pool x (N, C, H, W) window by window; what lies outside is not counted."""
    top, left, bottom, right = pads or (0, 0, 0, 0)
    ends = (top, bottom), (left, right)
    word = auto_pad.lower()
    if word != "notset":
        ends = reference.same_padding(word, x.shape[2:], kernel, strides, (1, 1))
    axes = zip(x.shape[2:], kernel, strides, ends, strict=True)
    starts = [reference.pool_starts(n, k, s, *end, 1, bool(ceil_mode)) for n, k, s, end in axes]
    out = np.empty((*x.shape[:2], len(starts[0]), len(starts[1])))
    for i, row in enumerate(starts[0]):
        for j, column in enumerate(starts[1]):
            rows = slice(max(row, 0), max(row + kernel[0], 0))
            columns = slice(max(column, 0), max(column + kernel[1], 0))
            out[:, :, i, j] = reduced(x[:, :, rows, columns], axis=(2, 3))
    return out


class MaxPool(OpRun):
    def _run(self, x, kernel_shape=None, strides=None, pads=None, auto_pad=None, ceil_mode=0, **_):
        return (pooled(x, np.max, kernel_shape, strides, pads, auto_pad, ceil_mode),)


class AveragePool(OpRun):
    def _run(self, x, kernel_shape=None, strides=None, pads=None, auto_pad=None, ceil_mode=0, **_):
        return (pooled(x, np.mean, kernel_shape, strides, pads, auto_pad, ceil_mode),)


def reads(model, size, channels=2):
    """Return for each output tensor two arrays of bool: (rows out, rows in), (columns ...).

    An output row reads an input row if it moves when that row alone is disturbed. Weights must be
    positive, so that nothing cancels; a disturbance far above everything else moves a maximum.
    """
    height, width = size
    rng = np.random.default_rng(0)
    base = rng.uniform(1, 2, (1, channels, height, width))
    batch = np.repeat(base, 1 + height + width, axis=0)
    for row in range(height):
        batch[1 + row, :, row, :] *= 1e4
    for column in range(width):
        batch[1 + height + column, :, :, column] *= 1e4
    results = ReferenceEvaluator(model, new_ops=[MaxPool, AveragePool]).run(None, {"x": batch})
    found = {}
    for value, result in zip(model.graph.output, results, strict=True):
        moved = ~np.isclose(result[1:], result[:1], rtol=1e-9, atol=0)
        rows = moved[:height].any(axis=(1, 3)).T  # (batch, C, oh, ow): any channel, any column
        columns = moved[height:].any(axis=(1, 2)).T
        found[value.name] = rows, columns
    return found


def windows(read):
    """Return (first, last) of the inputs that each output reads; (0, -1) for none."""
    found = []
    for own in read:
        places = np.flatnonzero(own)
        found.append((int(places[0]), int(places[-1])) if places.size else (0, -1))
    return found


def with_all_outputs(model):
    """Return the model with every tensor as an output."""
    copy = type(model)()
    copy.CopyFrom(model)
    del copy.graph.output[:]
    for node in model.graph.node:
        for name in node.output:
            copy.graph.output.append(helper.make_tensor_value_info(name, 11, None))
    return copy

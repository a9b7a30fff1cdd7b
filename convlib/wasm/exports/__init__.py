"""What the pages of the book may call: flat wrappers of the kernels, for WebAssembly.

Numbers are int32, arrays are pointers to float32 in C order, so that JavaScript needs neither
BigInt nor a description of arrays. Counts that outgrow int32, such as MACs, are float64. Each
wrapper sees one image (C, H, W). Sizes of outputs are worked out here by the same rules as in
Python, never in JavaScript.

The wrappers are in the modules of this package, by topic; each lists its functions, and the rules
that pages call directly, with the types they are compiled for.
"""

from numba import int32

from convlib.kernels import size_rules
from convlib.wasm.exports import (
    activations,
    convolution,
    costs,
    fields,
    graphs,
    halos,
    matrix,
    practice,
)

_SIZES = (
    (size_rules.output_length, int32(*[int32] * 6)),
    (size_rules.dropped_length, int32(*[int32] * 6)),
    (size_rules.same_before, int32(*[int32] * 4)),
    (size_rules.same_after, int32(*[int32] * 4)),
    (size_rules.full_padding, int32(*[int32] * 2)),
    (size_rules.window_start, int32(*[int32] * 3)),
    (size_rules.tap_of_pixel, int32(*[int32] * 6)),
    (size_rules.doubled_shift, int32(*[int32] * 4)),
)

# The exported functions with the types they are compiled for, of the module that every page with
# explorers loads.
EXPORTS = (
    *_SIZES,
    *convolution.EXPORTS,
    *matrix.EXPORTS,
    *activations.EXPORTS,
    *fields.EXPORTS,
    *halos.EXPORTS,
    *costs.EXPORTS,
    *practice.EXPORTS,
)
# Those of a module by itself, which only the page loads that takes networks from files.
GRAPH_EXPORTS = graphs.EXPORTS


def exports_of(which):
    """Return the functions of a module: 'pages' or 'graphs'."""
    return {"pages": EXPORTS, "graphs": GRAPH_EXPORTS}[which]

"""The columns of the two tables of a graph's tensors, and what their entries mean.

`convlib.graphs.table` writes the first one, a row of integers per tensor; `graph_walk` finds the
second one.
"""

from convlib.kernels.network_rules import UNEQUAL

# What makes a tensor. IMAGE is the graph's input; CONV, POOL and TRANSPOSED slide a window, a
# padding or a crop being a POOL of one cell; RESIZE resamples; PASS changes no place, and may
# change channels; MERGE computes with its sources cell by cell; CONCAT lays their channels side by
# side; GIVEN has the shape that its row says, and no place.
IMAGE, CONV, POOL, TRANSPOSED, RESIZE, PASS, MERGE, CONCAT, GIVEN = range(9)

# A tensor's row: its kind; where its sources stand in `edges`, and how many they are; what its
# operator says. `padding` is one of the four below; `extra` a transposed convolution's
# output_padding; `up` and `down` the scale of a RESIZE, whose output has `height` x `width` if
# they are not 0. GIVEN has `out_channels` x `height` x `width`, and `features` inputs for each of
# its outputs if it is a matrix product. `params` are parameters besides those of a convolution;
# `normalised` says that there are a scale and an offset per channel, `shared` that the weights
# were counted before, `sees` what a GIVEN sees, `gated` that a PASS looks at the whole image.
(
    KIND, FEEDS, COUNT, OUT_CHANNELS, KERNEL_H, KERNEL_W, STRIDE_H, STRIDE_W,
    TOP, BOTTOM, LEFT, RIGHT, DILATION_H, DILATION_W, GROUPS, BIAS, CEIL_MODE, PADDING,
    EXTRA_H, EXTRA_W, UP_H, UP_W, DOWN_H, DOWN_W, PLACING, READING, HEIGHT, WIDTH,
    FEATURES, PARAMS, NORMALISED, SHARED, SEES, GATED, IN_CHANNELS,
) = range(35)  # fmt: skip
COLUMNS = 35
AS_GIVEN, VALID, SAME_UPPER, SAME_LOWER = range(4)

# Whether a tensor's places are followed: each output sees a window; all see the whole image; the
# paths that met differ in stride, or have too many phases; or it is not known what it sees.
FOLLOWED, WHOLE, MIXED, LOST = range(4)

# More states of a row, after those of `network_rules`.
WRONG_CHANNELS, WRONG_FEATURES, SHAPELESS, TOO_LARGE = range(UNEQUAL + 1, UNEQUAL + 5)

# What the walk finds. `apart` is by how many pixels the centres of what meets differ at most;
# `strides` is 1 if strides differ; `whole` that a gate or a normalisation, besides the window,
# looks at the whole image; `pad` the padding in cells.
(
    STATE, CHANNELS, ROWS, LINES, MACS, WEIGHTS, VIEW, GATE, PERIOD_H, PERIOD_W, ADVANCE_H,
    ADVANCE_W, FIELD_H, FIELD_W, CENTER_H, CENTER_W, SHIFT_H, SHIFT_W, APART_H, APART_W,
    STRIDES, PAD_TOP, PAD_BOTTOM, PAD_LEFT, PAD_RIGHT,
) = range(25)  # fmt: skip
FOUND = 25
MOST = 2**31 - 1

"""The walk through a network given as a table of integers, one row per layer.

The columns of both tables are named here. `convlib.networks.encoded` writes the first one.
"""

from numba import njit

from convlib.kernels.cost_rules import conv2d_macs, conv2d_params
from convlib.kernels.field_rules import grown_field, grown_jump, grown_padding, twice_shift
from convlib.kernels.network_rules import (
    FINE,
    UNEQUAL,
    UNREACHED,
    batch_norm_params,
    conv2d_fault,
    scaled_channels,
)
from convlib.kernels.size_rules import ceil_after, output_length, same_after, same_before

# What a layer is: a convolution, a window pooling, an average down to the size given as kernel, a
# fully connected layer, or the addition of two paths.
CONV, POOL, ADAPTIVE, LINEAR, ADD = range(5)

# A layer: its kind, the rows that feed it (-1 is the image; `other` only for ADD), and its
# hyperparameters. `out_channels` below 0 means a multiple of the input channels, `groups` 0 as
# many as there are input channels, paddings of -1 'same_upper'. `scaled` is 1 if a width
# multiplier applies, 2 if it applies unless it narrows; `normalised` 1 if batch normalisation
# follows; `ceil_mode` 1 if sizes round up.
(
    KIND, PREVIOUS, OTHER, OUT_CHANNELS, KERNEL_H, KERNEL_W, STRIDE_H, STRIDE_W,
    TOP, BOTTOM, LEFT, RIGHT, DILATION_H, DILATION_W, GROUPS, BIAS, SCALED, NORMALISED,
    CEIL_MODE,
) = range(19)  # fmt: skip
COLUMNS = 19

# What the walk finds. The fields are 0 for a layer that sees its whole input.
(
    STATE, IN_CHANNELS, IN_HEIGHT, IN_WIDTH, CHANNELS, HEIGHT, WIDTH, MACS, PARAMS,
    FIELD_H, FIELD_W, JUMP_H, JUMP_W, SHIFT_H, SHIFT_W, BEFORE_H, BEFORE_W,
    PAD_TOP, PAD_BOTTOM, PAD_LEFT, PAD_RIGHT, USED_GROUPS,
) = range(22)  # fmt: skip
FOUND = 22


@njit(cache=True, nogil=True)
def walk(layers, channels, height, width, percent, found):
    """Write a row for each layer into `found`, then one with the sums of the costs.

    `layers` is (n, COLUMNS), `found` (n + 1, FOUND). `found` has floats, which hold each integer
    up to 2**53 exactly. The last row's state is that of the last layer.
    """
    count = len(layers)
    found[:] = 0
    for i in range(count):
        layer, row = layers[i], found[i]
        feed(layers, channels, height, width, found, i)
        if row[STATE] == FINE:
            shape(layer, percent, row)
        if row[STATE] == FINE and layer[KIND] < ADAPTIVE and row[FIELD_H] > 0:
            look(layer, row, 0)
            look(layer, row, 1)
        elif layer[KIND] != ADD:
            for column in range(FIELD_H, BEFORE_W + 1):
                row[column] = 0
        found[count, MACS] += row[MACS]
        found[count, PARAMS] += row[PARAMS]
    found[count, STATE] = found[count - 1, STATE]


@njit(cache=True, nogil=True)
def feed(layers, channels, height, width, found, i):
    """Write the shape and the field that come into layer `i`; the image's field is one pixel."""
    row, previous = found[i], layers[i, PREVIOUS]
    if previous < 0:
        row[IN_CHANNELS], row[IN_HEIGHT], row[IN_WIDTH] = channels, height, width
        for column in range(FIELD_H, JUMP_W + 1):
            row[column] = 1
    else:
        source = found[previous]
        if source[STATE] != FINE:
            row[STATE] = UNREACHED
        row[IN_CHANNELS], row[IN_HEIGHT] = source[CHANNELS], source[HEIGHT]
        row[IN_WIDTH] = source[WIDTH]
        # One by one: assigning a slice to another would copy it, which allocates memory.
        for column in range(FIELD_H, BEFORE_W + 1):
            row[column] = source[column]
    if layers[i, KIND] == ADD and row[STATE] == FINE:
        row[STATE] = sum_state(row, layers[i, OTHER], channels, height, width, found)


@njit(cache=True, nogil=True)
def sum_state(row, other, channels, height, width, found):
    """Return whether the input of an addition has the shape that the `other` path ends in."""
    if other < 0:
        same = row[IN_CHANNELS] == channels
        same = same and row[IN_HEIGHT] == height and row[IN_WIDTH] == width
        return FINE if same else UNEQUAL
    side = found[other]
    if side[STATE] != FINE:
        return UNREACHED
    same = row[IN_CHANNELS] == side[CHANNELS]
    same = same and row[IN_HEIGHT] == side[HEIGHT] and row[IN_WIDTH] == side[WIDTH]
    return FINE if same else UNEQUAL


@njit(cache=True, nogil=True)
def shape(layer, percent, row):
    """Write a layer's output shape and costs, or why it has none."""
    kind, in_channels = layer[KIND], int(row[IN_CHANNELS])
    height, width = int(row[IN_HEIGHT]), int(row[IN_WIDTH])
    row[CHANNELS], row[HEIGHT], row[WIDTH] = in_channels, height, width
    if kind == ADD:
        return
    if kind == ADAPTIVE:
        row[HEIGHT], row[WIDTH] = layer[KERNEL_H], layer[KERNEL_W]
        return
    out_channels, bias = int(layer[OUT_CHANNELS]), int(layer[BIAS])
    if kind == LINEAR:
        features = in_channels * height * width
        row[CHANNELS], row[HEIGHT], row[WIDTH] = out_channels, 1, 1
        row[MACS] = conv2d_macs(1, 1, 1, 1, features, out_channels, 1)
        row[PARAMS] = conv2d_params(1, 1, features, out_channels, 1, bias)
        return
    kh, kw = int(layer[KERNEL_H]), int(layer[KERNEL_W])
    oh, ow = slide(layer, row, height, 0), slide(layer, row, width, 1)
    if out_channels < 0:
        out_channels = -out_channels * in_channels
    elif layer[SCALED] == 1 or (layer[SCALED] == 2 and percent > 100):
        out_channels = scaled_channels(out_channels, percent)
    groups = int(layer[GROUPS])
    if groups == 0:
        groups = in_channels
    row[CHANNELS], row[HEIGHT], row[WIDTH], row[USED_GROUPS] = out_channels, oh, ow, groups
    row[STATE] = conv2d_fault(in_channels, out_channels, groups, oh, ow)
    if kind == CONV and row[STATE] == FINE:
        row[MACS] = conv2d_macs(oh, ow, kh, kw, in_channels, out_channels, groups)
        row[PARAMS] = conv2d_params(kh, kw, in_channels, out_channels, groups, bias)
        row[PARAMS] += layer[NORMALISED] * batch_norm_params(out_channels)


@njit(cache=True, nogil=True)
def slide(layer, row, size, axis):
    """Write the padding of an axis in cells; return how often the window fits."""
    kernel, stride = int(layer[KERNEL_H + axis]), int(layer[STRIDE_H + axis])
    dilation = int(layer[DILATION_H + axis])
    before, after = int(layer[TOP + 2 * axis]), int(layer[BOTTOM + 2 * axis])
    if before < 0:
        before = same_before(size, kernel, stride, dilation)
        after = same_after(size, kernel, stride, dilation)
    if layer[CEIL_MODE]:
        after = ceil_after(size, kernel, stride, before, after, dilation)
    row[PAD_TOP + 2 * axis], row[PAD_BOTTOM + 2 * axis] = before, after
    return output_length(size, kernel, stride, before, after, dilation)


@njit(cache=True, nogil=True)
def look(layer, row, axis):
    """Grow the incoming field, along an axis, by a layer's window."""
    field, jump = int(row[FIELD_H + axis]), int(row[JUMP_H + axis])
    before = grown_padding(int(row[BEFORE_H + axis]), jump, int(row[PAD_TOP + 2 * axis]))
    field = grown_field(field, jump, int(layer[KERNEL_H + axis]), int(layer[DILATION_H + axis]))
    jump = grown_jump(jump, int(layer[STRIDE_H + axis]))
    row[FIELD_H + axis], row[JUMP_H + axis], row[BEFORE_H + axis] = field, jump, before
    row[SHIFT_H + axis] = twice_shift(field, jump, before) / 2

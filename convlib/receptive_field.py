"""The window of input pixels that an output sees."""

from dataclasses import dataclass

from convlib import network_paths, network_steps
from convlib.arguments import checks
from convlib.blocks import BatchNorm2d
from convlib.branches import Residual
from convlib.kernels import field_rules
from convlib.kernels.size_rules import window_start
from convlib.layer_windows import has_window, resolved_padding, size_behind


@dataclass(frozen=True)
class ReceptiveField:
    """The window of input pixels behind each output of a stack of layers.

    A stack of windows is a window: the stack's output size, on inputs of the size that
    `padding` holds for, is that of one layer with kernel `size`, this `stride` and this `padding`.

    Coordinates are in pixels, and integers are the middles of pixels: pixel 0 covers -0.5 to 0.5.

    Attributes
    ----------
    size : (int, int)
        Height and width of the window, from the first to the last pixel it reads. Parts of it
        may lie in the padding; with dilation, or a stride beyond a later kernel, it has holes.
    stride : (int, int)
        Pixels between the windows of neighbouring outputs, down and across.
    padding : ((int, int), (int, int))
        Effective padding ((top, bottom), (left, right)): how far the first window starts before
        the input, and how far windows may run past its end.
    """

    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))

    @property
    def center(self):
        """Middle (row, column) of output (0, 0)'s window in the input; halves are possible."""
        return tuple(
            field_rules.twice_center(size, before) / 2
            for size, (before, _) in zip(self.size, self.padding, strict=True)
        )

    @property
    def shift(self):
        """Context shift (down, right) in pixels: where windows are, minus where they should be.

        An effective stride of S cuts the input into cells of S pixels; output o should see
        around the middle of cell o, o * S + (S - 1) / 2. The shift is the middle of its window
        minus that, (size - S) / 2 - padding before: the same for every output. Positive is
        down or right. On an input whose size is a multiple of S, and with H / S outputs, it is
        also how far the middle of all windows is from the middle of the image. On others, such as
        225 pixels at S = 32, the 8 outputs of a symmetrically padded network are evenly spread
        over the image, from its first pixel to its last, despite a shift of -15.5.
        """
        return tuple(
            field_rules.twice_shift(size, stride, before) / 2
            for size, stride, (before, _) in zip(self.size, self.stride, self.padding, strict=True)
        )

    def window(self, output):
        """Return ((first row, last row), (first column, last column)) of one output's window.

        Both ends are included; those below 0 or past the input's end are padding. `output` is
        (row, column), or one integer for both.
        """
        index = checks.pair("output", output, 0)
        starts = [
            window_start(index[axis], self.stride[axis], self.padding[axis][0]) for axis in (0, 1)
        ]
        return tuple(
            (start, start + size - 1) for start, size in zip(starts, self.size, strict=True)
        )


def receptive_field(layers, input_size=None):
    r"""Return the receptive field of the output of a stack of convolutions and poolings.

    With :math:`j_l` the product of the strides before layer l, and :math:`k_l` the span of its
    kernel, dilation included,

    .. math:: r = 1 + \sum_l (k_l - 1)\, j_l , \qquad S = \prod_l s_l , \qquad
              P = \sum_l p_l\, j_l ,

    on each axis, and P at each end.

    Parameters
    ----------
    layers : layer, or sequence of layers or of (name, layer) pairs
        Convolutions, poolings, batch normalisations (which see one pixel), residual blocks, of
        which the main path counts, and concatenated branches, which all count: their field is
        the smallest window that contains each branch's.
    input_size : int, (int, int) or (int, int, int), optional
        Height and width of the input in pixels, or (C, H, W). Needed if some layer pads
        'same_upper' or 'same_lower', or has `ceil_mode`, at a stride above 1, because its
        padding then depends on the size; otherwise it is checked but changes nothing.

    Returns
    -------
    ReceptiveField
        Size, stride and padding, and from these center, shift and windows.

    Raises
    ------
    TypeError
        If `layers` is not made of layers.
    ValueError
        If `input_size` is needed and missing, a window is larger than its padded input, a layer
        sees its whole input (a classifier's; take the layers before it), a shortcut sees pixels
        that its main path does not, or branches differ in stride.

    References
    ----------
    Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill, 2019.

    Examples
    --------
    Three 3 × 3 layers see 7 pixels, and a pooling between them makes the later ones count double.

    >>> from convlib import Conv2d, MaxPool2d, receptive_field
    >>> conv = Conv2d(8, 8, 3, padding=1)
    >>> receptive_field([conv, conv, conv]).size
    (7, 7)
    >>> field = receptive_field([conv, MaxPool2d(2), conv, conv])
    >>> field.size, field.stride, field.center, field.shift
    ((12, 12), (2, 2), (0.5, 0.5), (0.0, 0.0))
    """
    size = None if input_size is None else network_steps.spatial_size(layers, input_size)
    field, _ = through(layers, ReceptiveField(), size, "")
    return field


def extended(field, layer, input_size, name):
    """Return `field` after one more layer, or None if it or an earlier one sees its whole input.

    `input_size` is the layer's own, a pair, or None if it is not known.
    """
    if field is None or isinstance(layer, BatchNorm2d):
        return field
    if not has_window(layer):
        return None
    ends = resolved_padding(layer, input_size, name)
    sizes, strides, margins = [], [], []
    for axis in (0, 1):
        jump = field.stride[axis]
        sizes.append(
            field_rules.grown_field(
                field.size[axis], jump, layer.kernel_size[axis], layer.dilation[axis]
            )
        )
        margins.append(
            tuple(
                field_rules.grown_padding(old, jump, added)
                for old, added in zip(field.padding[axis], ends[axis], strict=True)
            )
        )
        strides.append(field_rules.grown_jump(jump, layer.stride[axis]))
    return ReceptiveField(tuple(sizes), tuple(strides), tuple(margins))


def joined(fields):
    """Return the smallest field that holds `fields`; None if any is None or strides differ."""
    if None in fields or any(field.stride != fields[0].stride for field in fields):
        return None
    sizes, margins = [], []
    for axis in (0, 1):
        before = max(field.padding[axis][0] for field in fields)
        # The branch whose windows end last decides what happens at the end of the input.
        last = max(fields, key=lambda field: field.size[axis] - field.padding[axis][0])
        sizes.append(last.size[axis] - last.padding[axis][0] + before)
        margins.append((before, last.padding[axis][1]))
    return ReceptiveField(tuple(sizes), fields[0].stride, tuple(margins))


def through(layers, field, size, prefix):
    """Return the field and the size after `layers`; pass None for one that is not wanted."""
    for name, layer in network_paths.named(layers):
        name = prefix + name
        if isinstance(layer, network_paths.Block):
            ends = [through(path, field, size, f"{name}.") for path in layer.paths]
            fields, sizes = zip(*ends, strict=True)
            network_steps.called(name, layer.agree, "output has size", sizes)
            size = sizes[0]
            if field is not None:
                network_steps.called(name, layer.agree, "stride is", [one.stride for one in fields])
                if isinstance(layer, Residual):
                    _check_inside(name, *fields)
                field = joined(fields[: layer.followed])
            continue
        if field is not None:
            field = extended(field, layer, size, name)
            if field is None:
                raise ValueError(
                    f"{name}: {type(layer).__name__} sees its whole input, so it has no receptive "
                    "field of its own; legal are the layers before it (networks.features)"
                )
        if size is not None:
            size = size_behind(layer, size, name)
    return field, size


def _check_inside(name, main, side):
    """Refuse a shortcut that sees what the main path does not."""
    for (low, high), (first, last) in zip(side.window(0), main.window(0), strict=True):
        if low < first or high > last:
            raise ValueError(
                f"{name}: the shortcut sees pixels {low} to {high}, beyond the main path's "
                f"{first} to {last}; make the path that sees more the main one"
            )

"""Networks from files and from PyTorch, checked."""

from convlib.graphs.onnx_file import read_onnx
from convlib.graphs.report import checked
from convlib.graphs.torch_module import read_torch


def from_onnx(path_or_bytes, size=None):
    """Check a network in an ONNX file: its costs, what its places see, and what is wrong with it.

    Nothing of the file is executed, and its weights are not needed: files beside it that hold
    weights ("external data") are not opened. Needs the package `onnx`.

    Parameters
    ----------
    path_or_bytes : str, path-like or bytes
        The file, or what is in it.
    size : int, (int, int) or (int, int, int), optional
        Height and width of the image in pixels, or (C, H, W); needed where the file leaves them
        open, and otherwise in place of what it says.

    Returns
    -------
    CheckedNetwork
        A row for each tensor that depends on the image, and findings. Its ``rows`` have what
        :func:`layer_table` finds, and how many places are read by nothing.

    Raises
    ------
    ImportError
        If the package `onnx` is not installed.
    TypeError
        If an argument is of another type.
    ValueError
        If there is no such file, it is no ONNX file, damaged or too new, `size` is missing or
        illegal, or no input is an image.

    References
    ----------
    The ONNX standard: its operators and their attributes.

    Examples
    --------
    TensorFlow's 'SAME' padding on one path and none on the other: the sum adds places that lie a
    pixel apart.

    >>> from onnx import TensorProto, helper
    >>> from convlib import networks
    >>> weights = [
    ...     TensorProto(name="w", dims=(8, 3, 3, 3), data_type=TensorProto.FLOAT),
    ...     TensorProto(name="v", dims=(8, 3, 1, 1), data_type=TensorProto.FLOAT),
    ... ]
    >>> nodes = [
    ...     helper.make_node("Conv", "xw", "m", "main", strides=[2, 2], auto_pad="SAME_UPPER"),
    ...     helper.make_node("Conv", "xv", "s", "shortcut", strides=[2, 2]),
    ...     helper.make_node("Add", "ms", "y", "sum"),
    ... ]
    >>> ends = [
    ...     helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", channels, "H", "W"])
    ...     for name, channels in (("x", 3), ("y", 8))
    ... ]
    >>> graph = helper.make_graph(nodes, "block", ends[:1], ends[1:], weights)
    >>> network = networks.from_onnx(helper.make_model(graph).SerializeToString(), size=32)
    >>> print(network.table())
    name      layer  output   MACs    params  field  stride  shift      unread
    x         Input  3x32x32  0       0       1x1    1x1     0,0        0
    main      Conv   8x16x16  55,296  216     3x3    2x2     0.5,0.5    0
    shortcut  Conv   8x16x16  6,144   24      1x1    2x2     -0.5,-0.5  0
    sum       Add    8x16x16  0       0       3x3    2x2     0.5,0.5    0
    >>> finding = network.findings[0]
    >>> finding.name, finding.kind, finding.pixels
    ('sum', 'alignment', (1.0, 1.0))
    >>> print(finding.mend)  # doctest: +NORMALIZE_WHITESPACE
    Pad main by 1 on all sides in place of top 0, bottom 1, left 0, right 1: the centres agree
    then, and no size changes.
    """
    return checked(read_onnx(path_or_bytes), size)


def from_torch(module, input_size):
    """Check a network that is a PyTorch module.

    PyTorch's own tracer, ``torch.export``, describes what the module computes; it runs it on
    tensors without contents. Needs PyTorch.

    Parameters
    ----------
    module : torch.nn.Module
        A network that takes one image, (N, C, H, W). It is traced as it computes after training,
        with ``eval()``, and left in the mode in which it was.
    input_size : int, (int, int) or (int, int, int)
        Height and width of the image in pixels, or (C, H, W). Without C it is that of the first
        convolution.

    Returns
    -------
    CheckedNetwork
        As :func:`from_onnx` returns it.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError
        If `module` is no module, or `input_size` of another type.
    ValueError
        If `input_size` is illegal, or PyTorch cannot trace the module at it.

    Examples
    --------
    >>> from convlib import networks
    >>> network = networks.from_torch(torch.nn.Conv2d(3, 8, 3, stride=2), 224)  # doctest: +SKIP
    >>> network.rows[-1].output_shape  # doctest: +SKIP
    (8, 111, 111)
    """
    return checked(read_torch(module, input_size))

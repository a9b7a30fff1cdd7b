"""PyTorch's operators in ONNX's words: what torch.export writes, node by node."""

from convlib.graphs.aten_call import Call

# Operators that compute place by place, by their name in PyTorch.
CELLWISE = {
    "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow", "maximum": "Max",
    "minimum": "Min", "where": "Where", "rsub": "Sub", "prelu": "PRelu", "relu": "Relu",
    "relu6": "Clip", "hardtanh": "Clip", "clamp": "Clip", "clamp_min": "Clip", "clip": "Clip",
    "leaky_relu": "LeakyRelu", "elu": "Elu", "selu": "Selu", "celu": "Celu", "gelu": "Gelu",
    "sigmoid": "Sigmoid", "silu": "Swish", "mish": "Mish", "tanh": "Tanh", "exp": "Exp",
    "log": "Log", "sqrt": "Sqrt", "rsqrt": "Sqrt", "abs": "Abs", "neg": "Neg", "erf": "Erf",
    "softplus": "Softplus", "hardswish": "HardSwish", "hardsigmoid": "HardSigmoid",
    "dropout": "Dropout", "feature_dropout": "Dropout", "clone": "Identity", "alias": "Identity",
    "contiguous": "Identity", "to": "Cast", "_to_copy": "Cast", "detach": "Identity",
    "channel_shuffle": "Identity", "native_channel_shuffle": "Identity", "reciprocal": "Reciprocal",
    "square": "Mul", "detach_copy": "Identity", "lift_fresh_copy": "Identity",
    "local_response_norm": "LRN", "log_sigmoid": "Sigmoid", "threshold": "ThresholdedRelu",
}  # fmt: skip
VIEWS = "view reshape flatten unflatten squeeze unsqueeze view_as _unsafe_view".split()


def translated(traced, names, constants, name):
    """Return the nodes of a traced operator; `names` and `constants` are added to."""
    if not hasattr(traced.target, "_schema"):  # Python's own: an entry of a list of tensors
        source, at = traced.args
        if getattr(traced.target, "__name__", "") == "getitem" and isinstance(at, int):
            names[traced] = f"{source.name}.{at}"
        return []
    call = Call(traced, names, constants, name)
    kind = traced.target._schema.name.split("::")[-1].rstrip("_") or traced.name
    value = traced.meta.get("val")
    if not (call.shape is not None or isinstance(value, (list, tuple))):
        return []  # a size, or a check of one
    if kind in CELLWISE:
        operands = [arg for arg in (*traced.args, *traced.kwargs.values()) if arg in names]
        scalars = [arg for arg in traced.args[:2] if isinstance(arg, (int, float))]
        if CELLWISE[kind] not in ("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"):
            scalars = []
        return [call.node(CELLWISE[kind], [*operands, *scalars])]
    if kind in VIEWS:
        return [call.node("Reshape", [call["self"] or call["input"], call.integers(call.shape)])]
    if kind == "scaled_dot_product_attention":
        return attention(call)
    if kind in RULES:
        return [RULES[kind](call)]
    operands = [one for one in traced.all_input_nodes if one in names]
    count = len(value) if isinstance(value, (list, tuple)) else 0
    outputs = tuple(f"{traced.name}.{at}" for at in range(count)) or None
    pointwise = any(getattr(tag, "name", "") == "pointwise" for tag in traced.target.tags)
    return [call.node(f"torch.{kind}", operands, outputs, pointwise=int(pointwise))]


def conv(call):
    """A convolution, whose padding may be a word."""
    attributes = _window(call)
    if isinstance(call["padding"], str):
        spans = [
            d * (n - 1)
            for n, d in zip(
                call["weight"].meta["val"].shape[2:], attributes["dilations"], strict=True
            )
        ]
        before = [span // 2 for span in spans]
        after = [span - half for span, half in zip(spans, before, strict=True)]
        attributes["pads"] = before + after if call["padding"] == "same" else [0, 0, 0, 0]
    inputs = [call["input"], call["weight"], call["bias"]]
    return call.node("Conv", inputs, group=call["groups"], **attributes)


def conv_transpose(call):
    """A transposed convolution."""
    extra = call.pair("output_padding", 0)
    inputs = [call["input"], call["weight"], call["bias"]]
    more = {"group": call["groups"], "output_padding": extra}
    return call.node("ConvTranspose", inputs, **more, **_window(call))


def _window(call):
    """Return the attributes that convolutions and poolings share."""
    padding = call["padding"]
    ends = [0, 0] if isinstance(padding, str) else call.pair("padding", 0)
    return {
        "strides": call.pair("stride", call["kernel_size"] or 1),
        "dilations": call.pair("dilation", 1),
        "pads": [*ends, *ends],
    }


def pool(operator):
    """Return the rule of a window pooling."""

    def rule(call):
        outputs = (call.traced.name,) if call.shape else (f"{call.traced.name}.0",)
        return call.node(
            operator,
            [call["self"]],
            outputs,
            kernel_shape=call.pair("kernel_size"),
            ceil_mode=int(bool(call["ceil_mode"])),
            **_window(call),
        )

    return rule


def adaptive(call):
    """An average over windows that depend on the size."""
    size = [int(length) for length in call.shape[2:]]
    return call.node("AdaptiveAveragePool", [call["self"]], output_size=size)


def linear(call):
    """A fully connected layer, on the last axis."""
    return call.node("Gemm", [call["input"], call["weight"], call["bias"]], transB=1)


def batch_norm(call):
    """A batch normalisation."""
    inputs = [call[name] for name in ("input", "weight", "bias", "running_mean", "running_var")]
    return call.node("BatchNormalization", inputs)


def normalisation(operator):
    """Return the rule of a normalisation over the image."""
    return lambda call: call.node(operator, [call["input"], call["weight"], call["bias"]])


def layer_norm(call):
    """A normalisation over the last axes."""
    inputs = [call["input"], call["weight"], call["bias"]]
    return call.node("LayerNormalization", inputs, axis=-len(call["normalized_shape"]))


def concat(call):
    """Tensors one behind another."""
    return call.node("Concat", list(call["tensors"]), axis=call["dim"])


def split(call):
    """Parts of an axis; sizes are as traced."""
    parts = call.traced.meta["val"]
    axis = call["dim"]
    outputs = tuple(f"{call.traced.name}.{at}" for at in range(len(parts)))
    sizes = call.integers([part.shape[axis] for part in parts])
    return call.node("Split", [call["self"], sizes], outputs, axis=axis)


def permute(call):
    """Axes in another order."""
    rank = len(call.shape)
    order = [axis % rank for axis in call["dims"]]
    return call.node("Transpose", [call["self"]], perm=order)


def transpose(call):
    """Two axes exchanged."""
    rank = len(call.shape)
    order = list(range(rank))
    one, other = (call[name] % rank for name in ("dim0", "dim1"))
    order[one], order[other] = other, one
    return call.node("Transpose", [call["self"]], perm=order)


def reduce(operator):
    """Return the rule of a mean, sum or maximum over axes."""

    def rule(call):
        axes = call["dim"]
        axes = [axes] if isinstance(axes, int) else list(axes or [])
        attributes = {"axes": axes} if axes else {}
        return call.node(
            operator, [call["self"]], keepdims=int(bool(call["keepdim"])), **attributes
        )

    return rule


def upsample(mode):
    """Return the rule of a resizing, by scales if there are any."""

    def rule(call):
        placing = "asymmetric" if mode == "nearest" else "pytorch_half_pixel"
        attributes = {"mode": mode, "nearest_mode": "floor"}
        if call["align_corners"]:
            placing = "align_corners"
        attributes["coordinate_transformation_mode"] = placing
        inputs = [call["input"] or call["self"], ""]
        if call["scale_factors"]:
            scales = call.constant(map(float, call["scale_factors"]), (2,))
            return call.node("Resize", [*inputs, scales], axes=[2, 3], **attributes)
        sizes = call.integers(call.shape[2:])
        return call.node("Resize", [*inputs, "", sizes], axes=[2, 3], **attributes)

    return rule


def pad(call):
    """A padding, which names the last axis first."""
    rank, given = len(call.shape), call["pad"] or call["padding"]
    before, after = [0] * rank, [0] * rank
    for at in range(len(given) // 2):
        before[rank - 1 - at], after[rank - 1 - at] = given[2 * at], given[2 * at + 1]
    return call.node("Pad", [call["self"] or call["input"], call.integers([*before, *after])])


def cut(call):
    """A part of an axis."""
    most = 2**62
    numbers = [call["start"] or 0, most if call["end"] is None else min(call["end"], most)]
    numbers += [call["dim"], call["step"]]
    return call.node("Slice", [call["self"], *(call.integers([number]) for number in numbers)])


def select(call):
    """One entry of an axis, which is gone then."""
    return call.node("Gather", [call["self"], call.constant([call["index"]], ())], axis=call["dim"])


def blocks(operator, argument):
    """Return the rule of an exchange between channels and places."""
    return lambda call: call.node(operator, [call["self"]], blocksize=call[argument])


def softmax(call):
    """A softmax along an axis."""
    return call.node("Softmax", [call["self"]], axis=call["dim"])


def product(call):
    """A matrix product of two tensors."""
    return call.node("MatMul", [call["self"], call["other"] or call["mat2"]])


def attention(call):
    """Attention as the products that it is made of."""
    rank, own = len(call.shape), call.traced.name
    order = [*range(rank - 2), rank - 1, rank - 2]
    query, key, value = (call[name] for name in ("query", "key", "value"))
    return [
        call.node("Transpose", [key], (f"{own}.key",), perm=order),
        call.node("MatMul", [query, f"{own}.key"], (f"{own}.products",)),
        call.node("Softmax", [f"{own}.products"], (f"{own}.weights",), axis=-1),
        call.node("MatMul", [f"{own}.weights", value]),
    ]


def expand(call):
    """A tensor repeated along axes of length 1."""
    return call.node("Expand", [call["self"], call.integers(call.shape)])


RULES = {
    "conv2d": conv,
    "conv_transpose2d": conv_transpose,
    "max_pool2d": pool("MaxPool"),
    "max_pool2d_with_indices": pool("MaxPool"),
    "avg_pool2d": pool("AveragePool"),
    "adaptive_avg_pool2d": adaptive,
    "adaptive_max_pool2d": adaptive,
    "linear": linear,
    "batch_norm": batch_norm,
    "group_norm": normalisation("GroupNormalization"),
    "instance_norm": normalisation("InstanceNormalization"),
    "layer_norm": layer_norm,
    "cat": concat,
    "concat": concat,
    "split": split,
    "split_with_sizes": split,
    "chunk": split,
    "permute": permute,
    "transpose": transpose,
    "mean": reduce("ReduceMean"),
    "sum": reduce("ReduceSum"),
    "amax": reduce("ReduceMax"),
    "upsample_nearest2d": upsample("nearest"),
    "upsample_bilinear2d": upsample("linear"),
    "upsample_bicubic2d": upsample("cubic"),
    "pad": pad,
    "constant_pad_nd": pad,
    "slice": cut,
    "select": select,
    "pixel_shuffle": blocks("DepthToSpace", "upscale_factor"),
    "pixel_unshuffle": blocks("SpaceToDepth", "downscale_factor"),
    "softmax": softmax,
    "matmul": product,
    "bmm": product,
    "expand": expand,
}

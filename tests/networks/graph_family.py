"""Graphs drawn from a seed: windows, samplings, layouts and branches in any order."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper, shape_inference

DOUBLE = TensorProto.DOUBLE


class Drawn:
    """An ONNX graph under construction; `shape` is that of its last tensor."""

    def __init__(self, seed, steps=5, channels=2):
        self.rng = np.random.default_rng(seed)
        self.size = tuple(int(n) for n in self.rng.integers(14, 24, 2))
        self.nodes, self.constants, self.count = [], [], 0
        self.shapes = {"x": (1, channels, *self.size)}
        self.channels = channels
        # Windows hold what may be seen: a padding of what was cut off seems to lie inside, a
        # product with a place that sees nothing is nothing, and channels that see different
        # places may part again. Resizing sees the last cell in place of what is past the end.
        self.loose = self.clamps = False
        self.last = "x"
        for _ in range(steps):
            self.step()

    def draw(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def pick(self, choices):
        return choices[self.rng.integers(len(choices))]

    @property
    def shape(self):
        return self.shapes[self.last]

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weight(self, *shape):
        return self.constant(self.rng.uniform(0.5, 1, shape))

    def node(self, operator, inputs, outputs=1, **attributes):
        names = [f"t{self.count + at}" for at in range(outputs)]
        node = helper.make_node(operator, inputs, names, f"n{self.count}", **attributes)
        inferred = self.inferred([*self.nodes, node], names)
        if any(min(shape) < 1 or max(shape[2:]) > 60 for shape in inferred.values()):
            return None
        self.count += outputs
        self.nodes.append(node)
        self.shapes |= inferred
        kinds = {node.op_type for node in self.nodes}
        self.loose |= {"Mul", "ConvTranspose"} <= kinds or {"Concat", "DepthToSpace"} <= kinds
        self.loose |= operator == "Slice"
        self.clamps |= operator == "Resize"
        return names if outputs > 1 else names[0]

    def inferred(self, nodes, names):
        """Return the shapes of the tensors of the last node, by onnx."""
        needed = {name for name in nodes[-1].input if name in self.shapes}
        graph = helper.make_graph(
            nodes[-1:],
            "g",
            [helper.make_tensor_value_info(n, DOUBLE, self.shapes[n]) for n in needed],
            [helper.make_tensor_value_info(name, DOUBLE, None) for name in names],
            [c for c in self.constants if c.name in nodes[-1].input],
        )
        whole = shape_inference.infer_shapes(helper.make_model(graph), data_prop=True)
        return {
            value.name: tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)
            for value in whole.graph.output
        }

    def model(self, outputs=None):
        outputs = outputs or [self.last]
        graph = helper.make_graph(
            self.nodes,
            "drawn",
            [helper.make_tensor_value_info("x", DOUBLE, ["N", self.channels, *self.size])],
            [helper.make_tensor_value_info(name, DOUBLE, None) for name in outputs],
            self.constants,
        )
        return helper.make_model(graph)

    def step(self):
        steps = [self.window] * 4 + [self.pool, self.pool, self.transposed, self.resize, self.pad]
        steps += [self.branches] * 3 + [self.blocks, self.pointwise, self.cut, self.normalise]
        made = self.pick(steps)(self.last)
        if made is not None:
            self.last = made

    def window_numbers(self, most_stride=2, strides=None):
        """Return the attributes of a random window on the last tensor's size."""
        numbers = {
            "kernel_shape": [self.draw(1, 4), self.draw(1, 4)],
            "strides": strides or [self.draw(1, most_stride), self.draw(1, most_stride)],
            "dilations": [self.pick([1, 1, 2]), self.pick([1, 1, 2])],
        }
        word = self.pick(["NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
        spans = [
            d * (n - 1) for n, d in zip(numbers["kernel_shape"], numbers["dilations"], strict=True)
        ]
        if word != "NOTSET":
            numbers["auto_pad"] = word
        else:
            numbers["pads"] = [self.draw(0, span) for span in (*spans, *spans)]
        needs = [span + 1 for span in spans]
        if any(length < need for length, need in zip(self.shape[2:], needs, strict=True)):
            return None
        return numbers

    def window(self, tensor):
        numbers = self.window_numbers()
        if numbers is None:
            return None
        groups = self.pick([1, self.shape[1]])
        out = groups * self.draw(1, 2) if groups > 1 else self.draw(1, 4)
        if out > 8:
            return None
        weight = self.weight(out, self.shape[1] // groups, *numbers["kernel_shape"])
        return self.node("Conv", [tensor, weight], group=groups, **numbers)

    def pool(self, tensor):
        numbers = self.window_numbers()
        if numbers is None:
            return None
        numbers["dilations"] = [1, 1]
        if "pads" in numbers:
            half = [n // 2 for n in numbers["kernel_shape"]]
            numbers["pads"] = [self.draw(0, n) for n in (*half, *half)]
            numbers["ceil_mode"] = self.draw(0, 1)
        return self.node(self.pick(["MaxPool", "AveragePool"]), [tensor], **numbers)

    def transposed(self, tensor):
        kernel, strides = [self.draw(1, 4), self.draw(1, 4)], [self.draw(1, 2), self.draw(1, 3)]
        ends = [self.draw(0, (n - 1) // 2) for n in (*kernel, *kernel)]
        extra = [self.draw(0, s - 1) for s in strides]
        weight = self.weight(self.shape[1], self.draw(1, 3), *kernel)
        return self.node(
            "ConvTranspose", [tensor, weight], strides=strides, pads=ends, output_padding=extra
        )

    def resize(self, tensor):
        scales = [1, 1, self.pick([1, 2, 1.5]), self.pick([1, 2, 3])]
        placing = self.pick(["half_pixel", "asymmetric", "align_corners"])
        how = {"mode": self.pick(["nearest", "linear"]), "coordinate_transformation_mode": placing}
        if how["mode"] == "nearest":
            words = ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]
            how["nearest_mode"] = self.pick(words)
        if (
            placing == "align_corners"
        ):  # of a size that is no whole number, it is not clear what it is
            sizes = [int(n * s) for n, s in zip(self.shape[2:], scales[2:], strict=True)]
            sizes = self.constant(np.array(sizes))
            return self.node("Resize", [tensor, "", "", sizes], axes=[2, 3], **how)
        scales = self.constant(np.array(scales, np.float32))
        return self.node("Resize", [tensor, "", scales], **how)

    def pad(self, tensor):
        ends = [self.draw(0, 2) for _ in range(4)]
        pads = self.constant(np.array([0, 0, *ends[:2], 0, 0, *ends[2:]], np.int64))
        return self.node("Pad", [tensor, pads])

    def branches(self, tensor):
        """Two windows on the same tensor, or one and nothing, whose results are combined."""
        strides = [self.draw(1, 2), self.draw(1, 2)]
        paths, out = [], self.draw(1, 3)
        for _ in range(2):
            kernel = [self.draw(1, 4), self.draw(1, 4)]
            weight = self.weight(out, self.shape[1], *kernel)
            word = self.pick(["SAME_UPPER", "SAME_LOWER"])
            path = self.node(
                "Conv", [tensor, weight], strides=strides, auto_pad=word, kernel_shape=kernel
            )
            if path is None:
                return None
            paths.append(path)
        if self.draw(0, 2) == 0:
            more = self.node("Relu", [tensor])
            if self.shapes[paths[0]][1:] == self.shapes[more][1:]:
                paths.append(more)
        operator = self.pick(["Add", "Concat", "Mul", "Sum", "Max"])
        paths = paths if operator in ("Concat", "Sum") else paths[:2]
        return self.node(operator, paths, **({"axis": 1} if operator == "Concat" else {}))

    def blocks(self, tensor):
        if self.shape[1] % 4 == 0:
            return self.node("DepthToSpace", [tensor], blocksize=2)
        if all(length % 2 == 0 for length in self.shape[2:]) and self.shape[1] < 4:
            return self.node("SpaceToDepth", [tensor], blocksize=2)
        return None

    def pointwise(self, tensor):
        """A product in the other layout: NHWC."""
        last = self.node("Transpose", [tensor], perm=[0, 2, 3, 1])
        last = self.node("MatMul", [last, self.weight(self.shape[1], self.draw(1, 3))])
        return self.node("Transpose", [last], perm=[0, 3, 1, 2])

    def cut(self, tensor):
        """Every so many places from one on."""
        starts, steps = [self.draw(0, 2), self.draw(0, 2)], [self.draw(1, 2), self.draw(1, 2)]
        numbers = [self.constant(np.array(n, np.int64)) for n in (starts, [99, 99], [2, 3], steps)]
        return self.node("Slice", [tensor, *numbers])

    def normalise(self, tensor):
        ones = [self.constant(np.ones(self.shape[1])) for _ in range(4)]
        tensor = self.node("BatchNormalization", [tensor, *ones])
        return self.node(self.pick(["Relu", "Identity"]), [tensor])

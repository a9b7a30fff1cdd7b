"""PyTorch modules that are traced for the tests, and what they really see.

`python tests/networks/torch_modules.py` writes `torch_modules.json`, which the tests compare with
where PyTorch is not installed. For each module: the plain graph that `from_torch` makes of it, the
ONNX file that PyTorch's own exporter makes (without weights), the shapes of its real outputs and
which rows and columns of the image each of their rows and columns reads, by disturbing these.
"""

import base64
import io
import json
import sys
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".json")
SIZE = (33, 40)
EVEN = ("UNet", "UNet that agrees", "UNet with bilinear ups", "Pyramid")


def modules(torch):
    """Return {name: (module, size)}; weights are positive, so that nothing cancels."""
    nn, f = torch.nn, torch.nn.functional

    class UNet(nn.Module):
        """Downs with a 3 x 3 of stride 2, ups with a 2 x 2: they disagree by half a pixel."""

        def __init__(self, up):
            super().__init__()
            self.stem, self.down = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 8, 3, 2, 1)
            self.up, self.last = up, nn.Conv2d(8, 2, 3, padding=1)

        def forward(self, x):
            x = f.relu(self.stem(x))
            y = self.up(f.relu(self.down(x)))
            return self.last(torch.cat([x, y], 1))

    class Gated(nn.Module):
        """A block of MobileNet v3: a gate from the whole image."""

        def __init__(self):
            super().__init__()
            self.expand, self.norm = nn.Conv2d(3, 8, 1), nn.BatchNorm2d(8)
            self.depthwise = nn.Conv2d(8, 8, 5, 2, 2, groups=8, bias=False)
            self.pool, self.gate = nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 8, 1)
            self.project = nn.Conv2d(8, 4, 1)

        def forward(self, x):
            x = f.hardswish(self.depthwise(self.norm(self.expand(x))))
            return self.project(x * f.hardsigmoid(self.gate(self.pool(x))))

    class Shuffled(nn.Module):
        """ShuffleNet's: channels in halves, shuffled by two reshapes and a transposition."""

        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3, 2, 1)
            self.branch = nn.Sequential(nn.Conv2d(4, 4, 3, padding=2, dilation=2), nn.ReLU())

        def forward(self, x):
            one, other = self.stem(x).chunk(2, 1)
            x = torch.cat([one, self.branch(other)], 1)
            n, c, h, w = x.shape
            return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)

    class ConvNext(nn.Module):
        """A patch stem, and a block whose 1 x 1 are linear layers on the channels as last axis."""

        def __init__(self):
            super().__init__()
            self.patches, self.depthwise = nn.Conv2d(3, 8, 4, 4), nn.Conv2d(8, 8, 7, 1, 3, groups=8)
            self.norm = nn.LayerNorm(8)
            self.one, self.other = nn.Linear(8, 16), nn.Linear(16, 8)

        def forward(self, x):
            x = self.patches(x)
            y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
            return x + self.other(f.gelu(self.one(y))).permute(0, 3, 1, 2)

    class Pyramid(nn.Module):
        """A feature pyramid: coarse maps, resized to the size of finer ones, and added."""

        def __init__(self):
            super().__init__()
            self.fine, self.coarse = nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, 2, 1)
            self.side = nn.Conv2d(4, 4, 1)

        def forward(self, x):
            x = self.fine(x)
            y = self.coarse(x)
            return self.side(x) + f.interpolate(y, size=x.shape[2:], mode="nearest")

    class Inception(nn.Module):
        """Branches of different windows side by side, poolings that round up."""

        def __init__(self):
            super().__init__()
            self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
            self.one = nn.Conv2d(3, 4, 1)
            self.two = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, (1, 5), padding="same"))
            self.three = nn.Sequential(nn.AvgPool2d(3, 1, 1), nn.Conv2d(3, 4, 1))

        def forward(self, x):
            x = self.pool(x)
            return f.avg_pool2d(torch.cat([self.one(x), self.two(x), self.three(x)], 1), 2)

    class Shuffling(nn.Module):
        """Super-resolution: channels become places; a padding that is an operator of its own."""

        def __init__(self):
            super().__init__()
            self.stem, self.deep = nn.Conv2d(3, 8, 5, 2), nn.Conv2d(8, 8, 3, padding=1)

        def forward(self, x):
            x = self.deep(self.stem(f.pad(x, (1, 2, 1, 2))))
            return f.pixel_shuffle(x, 2)[:, :, 1:, ::2]

    class Classifier(nn.Module):
        """A small classifier with everything behind its last map."""

        def __init__(self):
            super().__init__()
            stem, last = nn.Conv2d(3, 8, 3, 2), nn.MaxPool2d(2)
            self.features = nn.Sequential(stem, nn.ReLU(inplace=True), last)
            self.head = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(8 * 8 * 9, 10))

        def forward(self, x):
            return f.softmax(self.head(self.features(x)), 1)

    class Attention(nn.Module):
        """A vision transformer: patches as a sequence, which look at each other."""

        def __init__(self):
            super().__init__()
            self.patches, self.query = nn.Conv2d(3, 8, 8, 8), nn.Linear(8, 24)
            self.first = nn.Parameter(torch.zeros(1, 1, 8))

        def forward(self, x):
            x = self.patches(x).flatten(2).transpose(1, 2)
            x = torch.cat([self.first.expand(len(x), -1, -1), x], 1)
            heads = [part.unsqueeze(1) for part in self.query(x).chunk(3, -1)]
            return x + f.scaled_dot_product_attention(*heads).squeeze(1)

    torch.manual_seed(0)
    found = {
        "UNet": UNet(nn.ConvTranspose2d(8, 4, 2, 2)),
        "UNet that agrees": UNet(nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1)),
        "UNet with bilinear ups": UNet(
            nn.Sequential(nn.Conv2d(8, 4, 1), nn.Upsample(scale_factor=2, mode="bilinear"))
        ),
        "Gated": Gated(),
        "Shuffled": Shuffled(),
        "ConvNext": ConvNext(),
        "Pyramid": Pyramid(),
        "Pyramid at an odd size": Pyramid(),
        "Inception": Inception(),
        "Shuffling": Shuffling(),
        "Classifier": Classifier(),
        "Attention": Attention(),
    }
    sizes = {name: SIZE if name not in EVEN else (36, 40) for name in found}
    for module in found.values():
        for parameter in module.parameters():
            torch.nn.init.uniform_(parameter, 0.5, 1)
    return {name: (module.eval().double(), sizes[name]) for name, module in found.items()}


def reads(torch, module, size):
    """Return the output's shape, and for its rows and columns the first and last they read.

    From derivatives: what an output depends on has one that is not 0. A maximum's is 1 only where
    it is reached, so each window's pixels are put in many orders.
    """
    found = [{}, {}]
    for seed in range(12):
        image = np.random.default_rng(seed).uniform(1, 2, (1, 3, *size))
        image = torch.tensor(image, requires_grad=True)
        output = module(image)
        if output.ndim != 4:
            return tuple(output.shape[1:]), None
        for axis in (0, 1):
            for place in range(output.shape[2 + axis]):
                total = output.select(2 + axis, place).sum()
                (slope,) = torch.autograd.grad(total, image, retain_graph=True)
                moved = slope[0].abs().sum(0).sum(1 - axis).nonzero()[:, 0].tolist()
                found[axis].setdefault(place, set()).update(moved)
    windows = [[(min(p), max(p)) if p else None for p in axis.values()] for axis in found]
    return tuple(output.shape[1:]), windows


def stripped(data):
    """Return an ONNX file without the numbers of its weights."""
    import onnx

    model = onnx.load_from_string(data)
    for tensor in model.graph.initializer:
        if np.prod(tensor.dims, initial=1) > 8:
            tensor.ClearField("raw_data")
            tensor.ClearField("double_data")
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del model.metadata_props[:]
    for value in model.graph.value_info:
        del value.metadata_props[:]
    return model.SerializeToString()


def onnx_of(torch, module, size):
    """Return what PyTorch's exporter writes, without weights."""
    image = torch.zeros((1, 3, *size), dtype=torch.float64)
    program = torch.onnx.export(module, (image,), dynamo=True, verbose=False)
    buffer = io.BytesIO()
    program.save(buffer)
    return stripped(buffer.getvalue())


def main():
    """Write the file that the tests read."""
    import torch

    from convlib.graphs.plain import as_json
    from convlib.graphs.torch_module import read_torch

    found = {}
    for name, (module, size) in modules(torch).items():
        shape, windows = reads(torch, module, size)
        found[name] = {
            "size": size,
            "shape": shape,
            "windows": windows,
            "graph": json.loads(as_json(read_torch(module, size))),
            "onnx": base64.b64encode(onnx_of(torch, module, size)).decode(),
        }
        print(name, shape, len(json.dumps(found[name])), file=sys.stderr)
    FILE.write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""The layers on which convlib.conv2d is compared with PyTorch: batch 1, float32."""

from typing import NamedTuple


class Layer(NamedTuple):
    """One layer; its input is `size` x `size` pixels."""

    name: str
    in_channels: int
    out_channels: int
    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1

    @property
    def output(self):
        """Height and width of the output in pixels."""
        span = self.dilation * (self.kernel - 1) + 1
        return (self.size + 2 * self.padding - span) // self.stride + 1

    @property
    def flops(self):
        """Floating-point operations by the definition: 2 for each multiply-accumulate."""
        macs = self.out_channels * self.in_channels // self.groups * self.kernel**2
        return 2 * macs * self.output**2

    @property
    def bytes(self):
        """Bytes of input, weights and output, each counted once."""
        weights = self.out_channels * self.in_channels // self.groups * self.kernel**2
        pixels = self.in_channels * self.size**2 + self.out_channels * self.output**2
        return 4 * (pixels + weights)

    @property
    def settings(self):
        """What conv2d takes behind the arrays, here and in PyTorch."""
        return self.stride, self.padding, self.dilation, self.groups

    def arrays(self):
        """Return an input, weights and a bias, the same in every run."""
        # A process chooses its number of threads before it loads anything.
        import numpy as np

        rng = np.random.default_rng(0)
        kernels = self.out_channels, self.in_channels // self.groups, self.kernel, self.kernel
        shapes = (1, self.in_channels, self.size, self.size), kernels, (self.out_channels,)
        return [rng.standard_normal(shape, np.float32) for shape in shapes]


LAYERS = [
    Layer("7x7 s2 stem 3-64 @224", 3, 64, 224, 7, 2, 3),
    Layer("3x3 64-64 @56", 64, 64, 56, 3, 1, 1),
    Layer("3x3 128-128 @28", 128, 128, 28, 3, 1, 1),
    Layer("3x3 256-256 @14", 256, 256, 14, 3, 1, 1),
    Layer("3x3 512-512 @7", 512, 512, 7, 3, 1, 1),
    Layer("3x3 s2 64-128 @56", 64, 128, 56, 3, 2, 1),
    Layer("3x3 s2 256-512 @14", 256, 512, 14, 3, 2, 1),
    Layer("1x1 64-256 @56", 64, 256, 56, 1),
    Layer("1x1 256-64 @56", 256, 64, 56, 1),
    Layer("1x1 1024-256 @14", 1024, 256, 14, 1),
    Layer("1x1 512-2048 @7", 512, 2048, 7, 1),
    Layer("1x1 s2 256-512 @56", 256, 512, 56, 1, 2),
    Layer("3x3 g32 128-128 @56", 128, 128, 56, 3, 1, 1, 1, 32),
    Layer("3x3 g32 256-256 @28", 256, 256, 28, 3, 1, 1, 1, 32),
    Layer("3x3 dw 64 @112", 64, 64, 112, 3, 1, 1, 1, 64),
    Layer("3x3 dw s2 64 @112", 64, 64, 112, 3, 2, 1, 1, 64),
    Layer("3x3 dw 512 @14", 512, 512, 14, 3, 1, 1, 1, 512),
    Layer("5x5 dw 240 @28", 240, 240, 28, 5, 1, 2, 1, 240),
    Layer("5x5 dw s2 96 @56", 96, 96, 56, 5, 2, 2, 1, 96),
    Layer("3x3 d2 128-128 @28", 128, 128, 28, 3, 1, 2, 2),
    Layer("5x5 32-64 @28", 32, 64, 28, 5, 1, 2),
]

"""The explorers: ipywidgets controls linked, in the front end, to figures that run convlib."""

from convlib.widgets.channel_mixing import ChannelMixing
from convlib.widgets.context_shift import ContextShift
from convlib.widgets.convolution_matrix import ConvolutionMatrix
from convlib.widgets.cost_comparison import CostComparison
from convlib.widgets.group_wiring import GroupWiring
from convlib.widgets.halo import Halo
from convlib.widgets.kernel_on_photograph import KernelOnPhotograph
from convlib.widgets.network_blocks import NetworkBlocks
from convlib.widgets.network_check import NetworkCheck
from convlib.widgets.network_designer import NetworkDesigner
from convlib.widgets.output_size import OutputSize
from convlib.widgets.practice import Practice
from convlib.widgets.receptive_field import ReceptiveField
from convlib.widgets.shared.photograph import photograph
from convlib.widgets.stride_grid import StrideGrid

__all__ = [
    "ChannelMixing",
    "ContextShift",
    "ConvolutionMatrix",
    "CostComparison",
    "GroupWiring",
    "Halo",
    "KernelOnPhotograph",
    "NetworkBlocks",
    "NetworkCheck",
    "NetworkDesigner",
    "OutputSize",
    "Practice",
    "ReceptiveField",
    "StrideGrid",
    "photograph",
]

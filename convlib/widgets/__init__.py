"""The explorers: ipywidgets controls linked, in the front end, to figures that run convlib."""

from convlib.widgets._photograph import photograph
from convlib.widgets.channel_mixing import ChannelMixing
from convlib.widgets.context_shift import ContextShift
from convlib.widgets.group_wiring import GroupWiring
from convlib.widgets.output_size import OutputSize

__all__ = ["ChannelMixing", "ContextShift", "GroupWiring", "OutputSize", "photograph"]

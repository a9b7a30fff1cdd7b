"""The explorers: ipywidgets controls linked, in the front end, to figures that run convlib."""

from convlib.widgets._photograph import photograph
from convlib.widgets.context_shift import ContextShift
from convlib.widgets.network_designer import NetworkDesigner
from convlib.widgets.output_size import OutputSize

__all__ = ["ContextShift", "NetworkDesigner", "OutputSize", "photograph"]

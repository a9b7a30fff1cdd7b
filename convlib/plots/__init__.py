"""Still pictures, one module per topic; the colours are in `colours`."""

from convlib.plots.accuracy import plot_errors
from convlib.plots.choice import plot_designs_left, plot_layer_macs, plot_usage
from convlib.plots.cost import plot_roofline, plot_speeds
from convlib.plots.depthwise import plot_maps, plot_pair_cost
from convlib.plots.padding import plot_read_counts, plot_size_over_layers
from convlib.plots.paths import plot_paths
from convlib.plots.picture import Picture
from convlib.plots.pictures import plot_pictures
from convlib.plots.summary import plot_knobs

__all__ = [
    "Picture",
    "plot_designs_left",
    "plot_errors",
    "plot_knobs",
    "plot_layer_macs",
    "plot_maps",
    "plot_pair_cost",
    "plot_paths",
    "plot_pictures",
    "plot_read_counts",
    "plot_roofline",
    "plot_size_over_layers",
    "plot_speeds",
    "plot_usage",
]

"""The explorers: ipywidgets controls linked, in the front end, to figures that run convlib."""

"""Networks of any shape as plain graphs, and the walk that checks them.

`onnx_file` and `torch_module` read; `plain` is what they write, names and numbers alone; `walk`
turns each operator into a row of `table`, which the kernel of `convlib.kernels.graph_walk` visits;
`alignment`, `waste` and `faults` look for what is wrong; `report` puts it together.
"""

"""Faster ways to convolve, for native code only.

`choice` says which is taken for a layer; `depthwise`, `im2col`, `shifted` and `winograd`
are the ways; the other modules are their parts.
"""

from convlib.kernels import cache_folder as cache_folder  # before any loop

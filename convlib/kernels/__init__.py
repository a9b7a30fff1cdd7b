"""The loops and rules that run natively and, as WebAssembly, in the page.

`plain_loops` holds the plain convolution. Nothing here knows the rest of convlib.
"""

from convlib.kernels import cache_folder as cache_folder  # before any kernel

"""The types of the arrays that pages pass: addresses in the memory of WebAssembly."""

from numba import float32, float64, int32, types

floats = types.CPointer(float32)
ints = types.CPointer(int32)
doubles = types.CPointer(float64)  # costs, which outgrow 32 bits

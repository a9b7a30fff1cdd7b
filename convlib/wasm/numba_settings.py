"""The settings of Numba with which the kernels are compiled to WebAssembly."""

# Numba's own optimiser would put x86 instructions and wide vectors into the IR, and a user's
# settings must not change the module. `convlib.wasm` starts the compiler's process with them,
# because NUMBA_DISABLE_JIT takes effect when the kernels are imported.
NUMBA_SETTINGS = {
    "NUMBA_OPT": "0",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NUMBA_DISABLE_JIT": "0",
    "NUMBA_BOUNDSCHECK": "0",
    "NUMBA_DEBUGINFO": "0",
}

"""The kernels as WebAssembly: `module` makes and keeps it, `exports` lists what pages call."""

from convlib.wasm.module import WasmCompileError, module_bytes

__all__ = ["WasmCompileError", "module_bytes"]

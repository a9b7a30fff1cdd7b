"""Compile the functions of `convlib.wasm.exports` to WebAssembly, in a process of its own.

`convlib.wasm` runs `python -m convlib.wasm.compiler FILE pages`, which writes a module to FILE. It
has its own process because Numba reads its settings when it is imported, and because LLVM ends the
process when it meets code it cannot translate.
"""

import os
import re
import sys

from convlib.wasm.numba_settings import NUMBA_SETTINGS

TRIPLE = "wasm32-unknown-unknown"
FEATURES = "+simd128,+bulk-memory"


def host_ir(function, signature):
    """Return Numba's LLVM IR for `function` and the name it has there."""
    from numba import njit

    dispatcher = njit(function, error_model="numpy")
    dispatcher.compile(signature)
    (compiled,) = dispatcher.overloads.values()
    return compiled.library.get_llvm_str(), compiled.fndesc.llvm_func_name


def entry_point(name, target, signature):
    """Return IR for a function `name` with the plain C interface of `signature`.

    Numba's function `target` returns a status and passes its result and any exception through
    pointers. A status other than "returned" becomes a trap, which JavaScript sees as an error.
    """
    from numba import float32, float64, int32, types

    words = {int32: "i32", float32: "float", float64: "double", types.none: "ptr"}
    kinds = [words.get(a, "ptr") for a in signature.args]
    declared = ", ".join(f"{kind} %a{i}" for i, kind in enumerate(kinds))
    result = words[signature.return_type]
    returns = (
        "ret void"
        if result == "ptr"
        else f"%value = load {result}, ptr %result\nret {result} %value"
    )
    return f"""
target triple = "{TRIPLE}"
declare i32 @{target}(ptr, ptr, {", ".join(kinds)})
declare void @llvm.trap()
define {"void" if result == "ptr" else result} @{name}({declared}) {{
  %result = alloca i64
  %exception = alloca ptr
  %status = call i32 @{target}(ptr %result, ptr %exception, {declared})
  %returned = icmp eq i32 %status, 0
  %none = icmp eq i32 %status, -2
  %fine = or i1 %returned, %none
  br i1 %fine, label %done, label %failed
failed:
  call void @llvm.trap()
  unreachable
done:
  {returns}
}}
"""


def retarget(ir):
    """Return Numba's host IR as text for wasm32."""
    ir = re.sub(r"^target (triple|datalayout) = .*$", "", ir, flags=re.M)
    # The wasm back end does not support 'common' linkage.
    ir = ir.replace(" = common global ", " = internal global ")
    # Called when an array's owner dies; arrays over raw pointers have no owner.
    return ir.replace(
        "declare void @NRT_MemInfo_call_dtor(ptr)",
        "define linkonce_odr void @NRT_MemInfo_call_dtor(ptr %0) {\n  ret void\n}",
    )


def compile_object(exports):
    """Return a relocatable WebAssembly object with the functions of `exports`."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(
        opt=3, reloc="static", codemodel="default", features=FEATURES
    )
    layout = f'target datalayout = "{machine.target_data}"\ntarget triple = "{TRIPLE}"\n'
    module = llvm.parse_assembly(layout)
    for function, signature in exports:
        ir, target = host_ir(function, signature)
        module.link_in(llvm.parse_assembly(layout + retarget(ir)))
        module.link_in(
            llvm.parse_assembly(layout + entry_point(function.__name__, target, signature))
        )
    names = {function.__name__ for function, _ in exports}
    for function in module.functions:
        if not function.is_declaration and function.name not in names:
            function.linkage = llvm.Linkage.internal
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = True
    passes = llvm.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    return machine.emit_object(module)


def main(path, which="pages"):
    """Write the module `which` to `path`."""
    os.environ.update(NUMBA_SETTINGS)  # for a run by hand; Numba re-reads most of them
    from convlib.wasm import exports
    from convlib.wasm.object_file import exported

    chosen = exports.exports_of(which)
    names = [function.__name__ for function, _ in chosen]
    module = exported(compile_object(chosen), names)
    with open(path, "wb") as file:
        file.write(module)


if __name__ == "__main__":
    main(*sys.argv[1:])

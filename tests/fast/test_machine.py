"""The rule of the register block, and the machine code that it leads to, on several processors."""

import re

import pytest
from llvmlite import binding as llvm
from llvmlite import ir
from numba import types

from convlib.fast import machine, matrix_block
from convlib.fast.vectors import INT64, Lanes

# Architecture, bytes of a vector, registers, what a vector register is called, and processors.
ARM, X86 = "aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"
TARGETS = {
    "NEON": (ARM, 16, 32, r"\bv\d+\.4s", ("generic", "apple-m1", "cortex-a76", "neoverse-n1")),
    "AVX2": (X86, 32, 16, r"%ymm\d+", ("haswell", "alderlake", "znver2", "znver3")),
    "AVX-512": (X86, 64, 32, r"%zmm\d+", ("skylake-avx512", "sapphirerapids", "znver4")),
}
MULTIPLY_ADD = re.compile(r"vfn?madd\d+ps|\bfmla\b")
# What did not fit the registers goes to memory at the stack pointer.
STACK = re.compile(r"\([^)]*%rsp|\[sp")
BACK = re.compile(r"^\t(j[a-z]+|b\.\w+|cbn?z)\s")


@pytest.mark.parametrize(("registers", "vector_bytes"), [(16, 16), (16, 32), (32, 16), (32, 64)])
def test_the_tile_fits_and_keeps_the_multipliers_busy(registers, vector_bytes):
    widest = machine.widest(registers, vector_bytes)
    assert all(r * v + v + 1 <= registers for r, v in widest.items())
    rows, vectors = machine.tile(registers, vector_bytes)
    assert rows * vectors >= machine.IN_FLIGHT
    assert max(widest) == rows


def test_the_tiles_of_todays_processors():
    found = [machine.tile(registers, vector) for _, vector, registers, *_ in TARGETS.values()]
    assert found == [(6, 4), (6, 2), (8, 3)]


@pytest.mark.parametrize("target", TARGETS)
def test_the_inner_loop_keeps_its_sums_in_registers(target):
    """Whatever processor the tests run on: the code is compiled for the other, not run."""
    triple, vector_bytes, registers, register, processors = TARGETS[target]
    for rows, vectors in machine.widest(registers, vector_bytes).items():
        for processor in processors:
            loop = inner_loop(block_code(triple, processor, vector_bytes, rows, vectors))
            products = [line for line in loop if MULTIPLY_ADD.search(line)]
            # LLVM may take several steps in one turn of the loop.
            assert len(products) >= rows * vectors
            assert len(products) % (rows * vectors) == 0
            assert all(re.search(register, line) for line in products)
            assert not [line for line in loop if STACK.search(line)], (processor, rows, vectors)


def test_a_block_that_does_not_fit_is_noticed():
    """The test above can fail: 14 x 2 sums are more than 16 registers."""
    loop = inner_loop(block_code(X86, "haswell", 32, 14, 2))
    assert [line for line in loop if STACK.search(line)]


def block_code(triple, processor, vector_bytes, rows, vectors):
    """Return the assembly of one register block, compiled for a processor."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    pointer = ir.FloatType().as_pointer()
    kinds = [pointer, INT64, INT64, pointer, INT64, INT64.as_pointer(), INT64, INT64, pointer]
    kinds += [INT64, pointer, INT64, INT64, INT64]
    module = ir.Module()
    module.triple = triple
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), "block")
    builder = ir.IRBuilder(function.append_basic_block())
    lanes = Lanes(builder, types.float32, vector_bytes)
    matrix_block.emit_block(lanes, list(function.args), rows, vectors)
    builder.ret_void()
    machine_of = llvm.Target.from_triple(triple).create_target_machine(cpu=processor, opt=3)
    parsed = llvm.parse_assembly(str(module))
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    passes = llvm.create_pass_builder(machine_of, options)
    passes.getModulePassManager().run(parsed, passes)
    return machine_of.emit_assembly(parsed)


def inner_loop(assembly):
    """Return the lines of the loop with the most multiply-adds."""
    blocks = re.split(r"^\.L\w+:", assembly, flags=re.MULTILINE)
    lines = max(blocks, key=lambda block: len(MULTIPLY_ADD.findall(block))).splitlines()
    last = max(k for k, line in enumerate(lines) if MULTIPLY_ADD.search(line))
    end = next(k for k in range(last, len(lines)) if BACK.search(lines[k]))
    return lines[: end + 1]


def test_caches_are_read_and_what_is_missing_is_usual(tmp_path):
    assert machine.caches(tmp_path) == machine.USUAL_CACHES
    for index, texts in enumerate(
        [
            ("1", "Data", "48K"),
            ("1", "Instruction", "64K"),
            ("2", "Unified", "1280K"),
            ("3", "", ""),
        ]
    ):
        folder = tmp_path / f"index{index}"
        folder.mkdir()
        for name, text in zip(("level", "type", "size"), texts, strict=True):
            (folder / name).write_text(text + "\n")
    assert machine.caches(tmp_path) == {1: 48 << 10, 2: 1280 << 10}
    (tmp_path / "index2" / "size").write_text("98304K\n")
    assert machine.caches(tmp_path)[2] == machine.MOST_OF_A_CACHE
    (tmp_path / "index0" / "size").write_text("0K\n")
    (tmp_path / "index2" / "size").write_text("many\n")
    assert machine.caches(tmp_path) == machine.USUAL_CACHES

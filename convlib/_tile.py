"""The innermost loop of the fast paths: a small block of a matrix product, held in registers.

From plain loops LLVM keeps partial sums in memory and uses half of the machine's vector width.
Here the block is written in vectors as wide as the machine's, with one register for each
vector of partial sums: a number that was loaded is used in several multiplications, and the
multipliers need not wait for memory. On the machines this was measured on it runs at 80 to 95 %
of the peak. It uses fused multiply-adds, no `fastmath`: NaN and infinity are kept.
"""

import llvmlite.binding as llvm
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

_FEATURES = llvm.get_host_cpu_features()
# Bytes of one vector register. x86 has 16 of them before AVX-512 and 32 since, as 64-bit ARM:
# ROWS x VECTORS sums, VECTORS operands and one factor must fit.
VECTOR_BYTES = 64 if _FEATURES.get("avx512vl") else 32 if _FEATURES.get("avx") else 16
ROWS = 4
VECTORS = 3 if _FEATURES.get("sse2") and VECTOR_BYTES < 64 else 6


def _tile_product(a, a_first, a_step, b, b_first, offsets, depth, c, c_first, c_step, rows, width):
    """Write a block of a matrix product into `c`.

    For each r < `rows` and each j < `width` vectors' lanes

        c[c_first + c_step r + j] = sum over k < depth of
                                    a[a_first + a_step r + k] b[b_first + offsets[k] + j] .

    The arrays are contiguous and have one axis. `rows` is a literal integer, `width` is between
    1 and VECTORS: each pair is its own machine code. Nothing is checked there; this Python
    version, which runs when Numba is disabled, does check.
    """
    lanes = width * (VECTOR_BYTES // b.itemsize)
    for r in range(rows):
        total = [b.dtype.type(0)] * lanes
        for k in range(depth):
            factor, start = a[a_first + a_step * r + k], b_first + offsets[k]
            if start < 0 or start + lanes > b.size:
                raise IndexError(f"lanes {start} to {start + lanes} of {b.size}")
            for j in range(lanes):
                total[j] += factor * b[start + j]
        for j in range(lanes):
            c[c_first + c_step * r + j] = total[j]


@intrinsic(prefer_literal=True)
def _tile_product_in_registers(
    typingctx, a, a_first, a_step, b, b_first, offsets, depth, c, c_first, c_step, rows, width
):
    """Emit the machine code of :func:`_tile_product`, once for each width."""
    int64 = types.intp
    signature = types.void(
        a, int64, int64, b, int64, offsets, int64, c, int64, int64, rows, int64
    )

    def codegen(context, builder, signature, arguments):
        arrays = {
            name: context.make_array(signature.args[i])(context, builder, arguments[i]).data
            for i, name in ((0, "a"), (3, "b"), (5, "offsets"), (7, "c"))
        }
        a_first, a_step, b_first, depth, c_first, c_step, width = (
            arguments[i] for i in (1, 2, 4, 6, 8, 9, 11)
        )
        scalar = context.get_data_type(signature.args[0].dtype)
        a_rows = _row_starts(builder, arrays["a"], a_first, a_step, rows.literal_value)
        c_rows = _row_starts(builder, arrays["c"], c_first, c_step, rows.literal_value)
        b_start = builder.gep(arrays["b"], [b_first])
        done = builder.append_basic_block("done")
        switch = builder.switch(width, done)
        for vectors in range(1, VECTORS + 1):
            block = builder.append_basic_block(f"width{vectors}")
            switch.add_case(width.type(vectors), block)
            with builder.goto_block(block):
                size = context.get_abi_sizeof(scalar)
                _emit(builder, a_rows, b_start, arrays["offsets"], depth, c_rows, vectors, scalar, size)
                builder.branch(done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return signature, codegen


def _row_starts(builder, data, first, step, rows):
    """Return pointers to the first number of each row."""
    pointer = builder.gep(data, [first])
    pointers = [pointer]
    for _ in range(rows - 1):
        pointer = builder.gep(pointer, [step])
        pointers.append(pointer)
    return pointers


def _emit(builder, a_rows, b_start, offsets, depth, c_rows, vectors, scalar, itemsize):
    """Emit the loop over `depth` for a block of len(a_rows) x `vectors` vectors of sums."""
    lanes = VECTOR_BYTES // itemsize
    vector = ir.VectorType(scalar, lanes)
    index = ir.IntType(32)
    fma = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(vector, [vector] * 3),
        f"llvm.fmuladd.v{lanes}f{8 * itemsize}",
    )
    to_all_lanes = ir.Constant(ir.VectorType(index, lanes), [0] * lanes)

    def vector_at(row, v):
        return builder.bitcast(builder.gep(row, [index(v * lanes)]), vector.as_pointer())

    zero = ir.Constant(vector, None)
    sums = [[cgutils.alloca_once(builder, vector) for _ in range(vectors)] for _ in a_rows]
    for row in sums:
        for total in row:
            builder.store(zero, total)
    with cgutils.for_range(builder, depth) as loop:
        b_row = builder.gep(b_start, [builder.load(builder.gep(offsets, [loop.index]))])
        b_vectors = [builder.load(vector_at(b_row, v), align=itemsize) for v in range(vectors)]
        for a_row, row in zip(a_rows, sums, strict=True):
            factor = builder.load(builder.gep(a_row, [loop.index]))
            lane0 = builder.insert_element(ir.Constant(vector, ir.Undefined), factor, index(0))
            factors = builder.shuffle_vector(lane0, lane0, to_all_lanes)
            for b_vector, total in zip(b_vectors, row, strict=True):
                builder.store(builder.call(fma, [factors, b_vector, builder.load(total)]), total)
    for c_row, row in zip(c_rows, sums, strict=True):
        for v, total in enumerate(row):
            builder.store(builder.load(total), vector_at(c_row, v), align=itemsize)


tile_product = _tile_product if config.DISABLE_JIT else _tile_product_in_registers

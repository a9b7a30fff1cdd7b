"""The three small matrices of Winograd's F(4 x 4, 3 x 3), applied to registers full of channels.

With D a 6 x 6 piece of the image and K a 3 x 3 kernel, the 4 x 4 outputs of D under K are

    A' [ (G K G') * (B' D B) ] A        (' transposes, * multiplies entry by entry)

which takes 36 multiplications where the definition takes 144. The matrices are Lagrange's: they
evaluate polynomials at 0, 1, -1, 2, -2 and infinity, and interpolate.
"""

import numpy as np
from numba import config, types
from numba.extending import intrinsic

from convlib.fast.machine import VECTOR_BYTES
from convlib.fast.vectors import INT64, Lanes

MATRICES = {
    "image": (  # B'
        (4, 0, -5, 0, 1, 0),
        (0, -4, -4, 1, 1, 0),
        (0, 4, -4, -1, 1, 0),
        (0, -2, -1, 2, 1, 0),
        (0, 2, -1, -2, 1, 0),
        (0, 4, 0, -5, 0, 1),
    ),
    "kernel": (  # G
        (1 / 4, 0, 0),
        (-1 / 6, -1 / 6, -1 / 6),
        (-1 / 6, 1 / 6, -1 / 6),
        (1 / 24, 1 / 12, 1 / 6),
        (1 / 24, -1 / 12, 1 / 6),
        (0, 0, 1),
    ),
    "output": (  # A'
        (1, 1, 1, 1, 1, 0),
        (0, 1, -1, 2, -2, 0),
        (0, 1, 1, 4, 4, 0),
        (0, 1, -1, 8, -8, 1),
    ),
}


def _transform(which, source, at, row_step, column_step, target, to, row_gap, column_gap):
    """Write M X M' to `target`, M being one of MATRICES, for one vector of channels.

    X[r, s] is the vector at source[at + r row_step + s column_step]; entry (i, j) of the result
    goes to target[to + i row_gap + j column_gap]. `which` is a literal string.
    """
    matrix = np.array(MATRICES[which])
    outputs, inputs = matrix.shape
    lanes = VECTOR_BYTES // source.itemsize
    x = np.empty((inputs, inputs, lanes))
    for r in range(inputs):
        for s in range(inputs):
            start = at + r * row_step + s * column_step
            x[r, s] = source[start : start + lanes]
    y = np.einsum("ir,rsl,js->ijl", matrix, x, matrix)
    for i in range(outputs):
        for j in range(outputs):
            start = to + i * row_gap + j * column_gap
            target[start : start + lanes] = y[i, j]


@intrinsic(prefer_literal=True)
def _transform_in_registers(
    typingctx, which, source, at, row_step, column_step, target, to, row_gap, column_gap
):
    """Emit the machine code of :func:`_transform`."""
    matrix = MATRICES[which.literal_value]

    def codegen(context, builder, signature, arguments):
        _, source, at, row_step, column_step, target, to, row_gap, column_gap = arguments
        lanes = Lanes(builder, signature.args[1].dtype)
        size = range(len(matrix[0]))
        source, target = builder.gep(source, [at]), builder.gep(target, [to])

        def place(row, row_length, column, column_length):
            return builder.add(
                builder.mul(row_length, INT64(row)), builder.mul(column_length, INT64(column))
            )

        columns = []
        for s in size:
            x = [lanes.load(source, place(r, row_step, s, column_step)) for r in size]
            columns.append([_combine(lanes, row, x) for row in matrix])
        for i in range(len(matrix)):
            x = [column[i] for column in columns]
            for j, row in enumerate(matrix):
                start = place(i, row_gap, j, column_gap)
                lanes.store(_combine(lanes, row, x), target, start)
        return context.get_dummy_value()

    n = types.intp
    return types.void(which, source, n, n, n, target, n, n, n), codegen


def _combine(lanes, factors, vectors):
    """Emit the sum of factors[k] vectors[k], leaving out zero factors."""
    total = None
    for factor, vector in zip(factors, vectors, strict=True):
        if factor == 0:
            continue
        constant = lanes.constant(factor)
        if total is None:
            total = vector if factor == 1 else lanes.builder.fmul(constant, vector)
        elif factor == 1:
            total = lanes.builder.fadd(total, vector)
        elif factor == -1:
            total = lanes.builder.fsub(total, vector)
        else:
            total = lanes.multiply_add(constant, vector, total)
    return total


transform = _transform if config.DISABLE_JIT else _transform_in_registers


def _transpose(source, at, row_step, rows, target, to, column_step, columns):
    """Copy a block, target[to + j column_step + i] = source[at + i row_step + j].

    i < `rows` and j < `columns`, both at most the lanes of a vector.
    """
    for i in range(rows):
        for j in range(columns):
            target[to + j * column_step + i] = source[at + i * row_step + j]


@intrinsic
def _transpose_in_registers(
    typingctx, source, at, row_step, rows, target, to, column_step, columns
):
    """Emit the machine code of :func:`_transpose`: log2(lanes) rounds of swapping blocks."""

    def codegen(context, builder, signature, arguments):
        source, at, row_step, rows, target, to, column_step, columns = arguments
        lanes = Lanes(builder, signature.args[0].dtype)
        source, target = builder.gep(source, [at]), builder.gep(target, [to])

        def below_if_inside(i, length, count):
            inside = builder.icmp_signed("<", INT64(i), length)
            return builder.select(inside, count, INT64(0))

        block = [
            lanes.load_below(
                source, builder.mul(row_step, INT64(i)), below_if_inside(i, rows, columns)
            )
            for i in range(lanes.count)
        ]
        half = lanes.count // 2
        while half:
            for i in range(lanes.count):
                if not i & half:
                    block[i], block[i + half] = lanes.swap(block[i], block[i + half], half)
            half //= 2
        for j in range(lanes.count):
            start = builder.mul(column_step, INT64(j))
            lanes.store_below(block[j], target, start, below_if_inside(j, columns, rows))
        return context.get_dummy_value()

    n = types.intp
    return types.void(source, n, n, n, target, n, n, n), codegen


transpose = _transpose if config.DISABLE_JIT else _transpose_in_registers

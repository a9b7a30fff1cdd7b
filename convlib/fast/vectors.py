"""Vectors as wide as the machine's, and copies made of them.

Rows of images are short. LLVM's own vectorised loops begin to pay at about a hundred numbers;
here a mask switches off the lanes beyond the end of a row, so that fourteen numbers cost one
load and one store.
"""

from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from convlib.fast.machine import VECTOR_BYTES

INT32 = ir.IntType(32)
INT64 = ir.IntType(64)


class Lanes:
    """Emits instructions on vectors of one scalar type."""

    def __init__(self, builder, numba_type, vector_bytes=VECTOR_BYTES):
        self.builder = builder
        self.itemsize = numba_type.bitwidth // 8
        self.scalar = scalar = ir.FloatType() if self.itemsize == 4 else ir.DoubleType()
        self.count = vector_bytes // self.itemsize
        # Before AVX-512 masked stores are made of many steps on some processors, of branches on
        # others.
        self.masks_are_free = vector_bytes == 64
        self.vector = ir.VectorType(scalar, self.count)
        self.name = f"v{self.count}f{8 * self.itemsize}"
        self.mask = ir.VectorType(ir.IntType(1), self.count)

    def _call(self, name, returned, *arguments):
        kind = ir.FunctionType(returned, [a.type for a in arguments])
        function = cgutils.get_or_insert_function(self.builder.module, kind, name)
        return self.builder.call(function, arguments)

    def at(self, pointer, index):
        """Return the pointer to the vector that begins at pointer[index]."""
        return self.builder.bitcast(self.builder.gep(pointer, [index]), self.vector.as_pointer())

    def load(self, pointer, index):
        """Load the vector that begins at pointer[index]."""
        return self.builder.load(self.at(pointer, index), align=self.itemsize)

    def store(self, value, pointer, index):
        """Store a vector at pointer[index]."""
        self.builder.store(value, self.at(pointer, index), align=self.itemsize)

    def constant(self, number):
        """Return a vector with a Python number in every lane."""
        return ir.Constant(self.vector, [ir.Constant(self.scalar, float(number))] * self.count)

    def spread(self, scalar):
        """Return a vector with `scalar` in every lane."""
        return self._spread(scalar, self.vector)

    def _spread(self, scalar, kind):
        undefined = ir.Constant(kind, ir.Undefined)
        one = self.builder.insert_element(undefined, scalar, INT32(0))
        lane0 = ir.Constant(ir.VectorType(INT32, self.count), [0] * self.count)
        return self.builder.shuffle_vector(one, one, lane0)

    def below(self, count):
        """Return the mask of the lanes below the 64-bit integer `count`."""
        numbers = ir.VectorType(INT32, self.count)
        lanes = ir.Constant(numbers, list(range(self.count)))
        # Clamping the count to what 32 bits hold does not change which lanes are below it.
        for limit, beyond in ((INT64(0), "<"), (INT64(self.count), ">")):
            outside = self.builder.icmp_signed(beyond, count, limit)
            count = self.builder.select(outside, limit, count)
        count = self._spread(self.builder.trunc(count, INT32), numbers)
        return self.builder.icmp_signed("<", lanes, count)

    def multiply_add(self, a, b, c):
        """Return a b + c, rounded only once if the machine can."""
        return self._call(f"llvm.fmuladd.{self.name}", self.vector, a, b, c)

    def load_below(self, pointer, index, count):
        """Load a vector; lanes from `count` on are zero and never read."""
        return self.load_where(pointer, index, self.below(count), ir.Constant(self.vector, None))

    def between(self, first, last):
        """Return the mask of the lanes from the 64-bit integer `first` on, below `last`."""
        return self.builder.and_(self.builder.not_(self.below(first)), self.below(last))

    def load_where(self, pointer, index, mask, otherwise):
        """Load a vector; lanes that `mask` switches off are not read but come from `otherwise`."""
        arguments = self.at(pointer, index), INT32(self.itemsize), mask, otherwise
        return self._call(f"llvm.masked.load.{self.name}.p0", self.vector, *arguments)

    def store_below(self, value, pointer, index, count):
        """Store the lanes below `count`."""
        arguments = value, self.at(pointer, index), INT32(self.itemsize), self.below(count)
        self._call(f"llvm.masked.store.{self.name}.p0", ir.VoidType(), *arguments)

    def emit_whole_or_below(self, count, vectors, emit):
        """Emit emit(load, store) for `vectors` in a row, of which `count` lanes are wanted.

        They are called as :meth:`load_below` is. Where a mask costs nothing, that is what they
        are; else there is a second copy for the case that all lanes are wanted, without masks.
        """
        if self.masks_are_free:
            emit(self.load_below, self.store_below)
            return
        whole = self.builder.icmp_signed(">=", count, INT64(vectors * self.count))
        with self.builder.if_else(whole) as (all_lanes, some_lanes):
            with all_lanes:
                emit(
                    lambda pointer, index, _: self.load(pointer, index),
                    lambda value, pointer, index, _: self.store(value, pointer, index),
                )
            with some_lanes:
                emit(self.load_below, self.store_below)

    def every_other(self, low, high):
        """Return lanes 0, 2, 4, ... of two consecutive vectors."""
        even = ir.Constant(ir.VectorType(INT32, self.count), list(range(0, 2 * self.count, 2)))
        return self.builder.shuffle_vector(low, high, even)

    def swap(self, a, b, half):
        """Exchange the odd runs of `half` lanes of `a` with the even runs of `b`."""
        lanes = range(self.count)
        low = [n - half + self.count if n & half else n for n in lanes]
        high = [n + self.count if n & half else n + half for n in lanes]
        kind = ir.VectorType(INT32, self.count)
        return tuple(
            self.builder.shuffle_vector(a, b, ir.Constant(kind, order)) for order in (low, high)
        )


@intrinsic
def _pointer(typingctx, array):
    """Emit the address of an array's first number."""

    def codegen(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        return array.data

    return types.CPointer(array.dtype)(array), codegen


# Inside the fast kernels arrays are bare addresses: Numba counts the references to an array, with
# an atomic instruction or two for each function that it is passed to, which took longer than
# copying a row of an image. Indexing works as it does on an array; nothing is checked. When Numba
# is disabled, they are the arrays themselves.
pointer = (lambda array: array) if config.DISABLE_JIT else _pointer


def _copy_line(source, here, step, target, at, count):
    """Copy `count` numbers, target[at + k] = source[here + step k]; `step` is literally 1 or 2."""
    for k in range(count):
        target[at + k] = source[here + step * k]


@intrinsic(prefer_literal=True)
def _copy_line_in_vectors(typingctx, source, here, step, target, at, count):
    """Emit the machine code of :func:`_copy_line`."""

    def codegen(context, builder, signature, arguments):
        source, here, _, target, at, count = arguments
        lanes = Lanes(builder, signature.args[0].dtype)
        width, step_ = INT64(lanes.count), step.literal_value
        source, target = builder.gep(source, [here]), builder.gep(target, [at])
        vectors = builder.sdiv(builder.add(count, INT64(lanes.count - 1)), width)
        with cgutils.for_range(builder, vectors) as loop:
            begin = builder.mul(loop.index, width)
            left = builder.sub(count, begin)
            begin2 = builder.shl(begin, INT64(1))
            left2 = builder.sub(builder.shl(left, INT64(1)), INT64(1))

            def emit(load, store, begin=begin, left=left, begin2=begin2, left2=left2):
                if step_ == 1:
                    value = load(source, begin, left)
                else:
                    value = lanes.every_other(
                        load(source, begin2, left2),
                        load(source, builder.add(begin2, width), builder.sub(left2, width)),
                    )
                store(value, target, begin, left)

            if step_ == 1:
                lanes.emit_whole_or_below(left, 1, emit)
            else:
                # The last of two vectors has one lane less than it could.
                lanes.emit_whole_or_below(builder.sub(left, INT64(1)), 1, emit)
        return context.get_dummy_value()

    integer = types.intp
    return types.void(source, integer, step, target, integer, integer), codegen


copy_line = _copy_line if config.DISABLE_JIT else _copy_line_in_vectors


def _copy_lines(source, here, gap, target, at, pitch, count, rows):
    """Copy `count` numbers of several rows, target[at + r pitch + k] = source[here + r gap + k]."""
    for r in range(rows):
        for k in range(count):
            target[at + r * pitch + k] = source[here + r * gap + k]


@intrinsic
def _copy_lines_in_vectors(typingctx, source, here, gap, target, at, pitch, count, rows):
    """Emit the machine code of :func:`_copy_lines`: a mask is made once for all rows."""

    def codegen(context, builder, signature, arguments):
        source, here, gap, target, at, pitch, count, rows = arguments
        lanes = Lanes(builder, signature.args[0].dtype)
        width = INT64(lanes.count)
        source, target = builder.gep(source, [here]), builder.gep(target, [at])
        vectors = builder.sdiv(builder.add(count, INT64(lanes.count - 1)), width)
        with cgutils.for_range(builder, vectors) as vector:
            begin = builder.mul(vector.index, width)
            left = builder.sub(count, begin)

            def emit(load, store):
                with cgutils.for_range(builder, rows) as row:
                    value = load(builder.gep(source, [builder.mul(gap, row.index)]), begin, left)
                    line = builder.gep(target, [builder.mul(pitch, row.index)])
                    store(value, line, begin, left)

            lanes.emit_whole_or_below(left, 1, emit)
        return context.get_dummy_value()

    n = types.intp
    return types.void(source, n, n, target, n, n, n, n), codegen


copy_lines = _copy_lines if config.DISABLE_JIT else _copy_lines_in_vectors


@njit(cache=True, nogil=True)
def copy_stepped(source, here, step, target, at, count):
    """Copy `count` numbers, target[at + k] = source[here + step k], for any `step`."""
    if step == 1:
        copy_line(source, here, 1, target, at, count)
    elif step == 2:
        copy_line(source, here, 2, target, at, count)
    else:
        for k in range(count):
            target[at + k] = source[here + step * k]

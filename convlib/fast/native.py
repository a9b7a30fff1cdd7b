"""What compiled loops need to share work without the interpreter: atomic numbers, code and memory.

Helpers know of a call only addresses: of code, of its arguments, of memory. The machine code here
turns loops into such addresses and back. All numbers that threads share are 64-bit integers
("words"), reached by the address of the first and an index.
"""

import platform

from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.core.callconv import Status
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from convlib.fast.vectors import INT32, INT64

# Compiles what only other compiled code calls, in less time: without the ways in from Python and C.
inner = njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)

WORDS = types.CPointer(types.int64)
# What a piece of work is called with: the addresses of its job and of its thread's own memory.
TURN = types.UniTuple(types.intp, 2)
_X86, _ARM = ("llvm.x86.sse2.pause", []), ("llvm.aarch64.hint", [INT32(1)])
_PAUSE = {"x86_64": _X86, "amd64": _X86, "aarch64": _ARM, "arm64": _ARM}
_ENTRY_ARGUMENTS = [INT64] * 3


def _add(words, index, number):
    """Add to a word, atomically; return what it was before."""
    old = words[index]
    words[index] += number
    return old


@intrinsic
def _add_atomically(typingctx, words, index, number):
    """Emit the machine code of :func:`_add`."""

    def codegen(context, builder, signature, arguments):
        words, index, number = arguments
        return builder.atomic_rmw("add", builder.gep(words, [index]), number, "seq_cst")

    return types.int64(words, types.intp, types.int64), codegen


add = _add if config.DISABLE_JIT else _add_atomically


@intrinsic
def set_bits(typingctx, words, index, bits):
    """Set bits of a word, atomically."""

    def codegen(context, builder, signature, arguments):
        words, index, bits = arguments
        builder.atomic_rmw("or", builder.gep(words, [index]), bits, "seq_cst")
        return context.get_dummy_value()

    return types.void(words, types.intp, types.int64), codegen


@intrinsic
def look(typingctx, words, index):
    """Return a word as it is now."""

    def codegen(context, builder, signature, arguments):
        return builder.load_atomic(builder.gep(arguments[0], [arguments[1]]), "seq_cst", 8)

    return types.int64(words, types.intp), codegen


@intrinsic
def exchange(typingctx, words, index, expected, number):
    """Write a word if it is as expected; return whether it was."""

    def codegen(context, builder, signature, arguments):
        words, index, expected, number = arguments
        place = builder.gep(words, [index])
        pair = builder.cmpxchg(place, expected, number, "seq_cst", "seq_cst")
        return builder.extract_value(pair, 1)

    return types.boolean(words, types.intp, types.int64, types.int64), codegen


@intrinsic
def pause(typingctx):
    """Let the processor know that this thread only looks again and again."""

    def codegen(context, builder, signature, arguments):
        name, hint = _PAUSE.get(platform.machine().lower(), (None, []))
        if name:
            kind = ir.FunctionType(ir.VoidType(), [each.type for each in hint])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, name), hint)
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def _words_at(typingctx, address):
    """Return the words that begin at an address."""

    def codegen(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], INT64.as_pointer())

    return WORDS(types.intp), codegen


# When Numba is disabled, an array of words is its own address.
words_at = (lambda words: words) if config.DISABLE_JIT else _words_at


@intrinsic
def address_of(typingctx, words, index):
    """Return the address of a word."""

    def codegen(context, builder, signature, arguments):
        return builder.ptrtoint(builder.gep(arguments[0], [arguments[1]]), INT64)

    return types.intp(words, types.intp), codegen


@intrinsic
def array_at(typingctx, address, length, like):
    """Return the `length` numbers at an address, of the dtype of the array `like`."""
    kind = types.Array(like.dtype, 1, "C")

    def codegen(context, builder, signature, arguments):
        address, length, _ = arguments
        array = make_array(kind)(context, builder)
        itemsize = INT64(context.get_abi_sizeof(context.get_data_type(like.dtype)))
        data = builder.inttoptr(address, array.data.type)
        populate_array(array, data, [length], [itemsize], itemsize, meminfo=None)
        return array._getvalue()

    return kind(types.intp, types.intp, like), codegen


def _handed(function, arguments):
    """Return the code of `function` and a block of its arguments, which other threads can call.

    Both are addresses. The block is valid until the calling function returns.
    """
    return function, arguments


@intrinsic
def _handed_by_address(typingctx, function, arguments):
    """Emit the machine code of :func:`_handed`: a function that unpacks the block."""
    called = function.get_call_type(typingctx, (TURN, *arguments.types), {})

    def codegen(context, builder, signature, llvm_arguments):
        values = llvm_arguments[1]
        block = cgutils.alloca_once_value(builder, values)
        inner = context.call_conv.get_function_type(types.none, ())
        kind = ir.FunctionType(inner.return_type, [*inner.args, *_ENTRY_ARGUMENTS])
        entry = ir.Function(builder.module, kind, f"{builder.function.name}.handed")
        entry.linkage = "internal"
        inside = ir.IRBuilder(entry.append_basic_block("entry"))
        job, memory, address = entry.args[2:]
        turn = context.make_tuple(inside, TURN, [job, memory])
        loaded = inside.load(inside.inttoptr(address, block.type))
        unpacked = [inside.extract_value(loaded, k) for k in range(len(arguments))]
        context.get_function(function, called)(inside, [turn, *unpacked])
        context.call_conv.return_value(inside, context.get_dummy_value())
        pair = [builder.ptrtoint(each, INT64) for each in (entry, block)]
        return context.make_tuple(builder, signature.return_type, pair)

    return types.UniTuple(types.intp, 2)(function, arguments), codegen


handed = _handed if config.DISABLE_JIT else _handed_by_address


@intrinsic
def perform(typingctx, code, job, memory, block):
    """Call handed code; return Numba's status, 0 if all went well, and what describes the error."""

    def codegen(context, builder, signature, arguments):
        code, job, memory, block = arguments
        inner = context.call_conv.get_function_type(types.none, ())
        kind = ir.FunctionType(inner.return_type, [*inner.args, *_ENTRY_ARGUMENTS])
        returned = cgutils.alloca_once(builder, inner.args[0].pointee)
        error = cgutils.alloca_once(builder, inner.args[1].pointee)
        builder.store(ir.Constant(error.type.pointee, None), error)
        entry = builder.inttoptr(code, kind.as_pointer())
        status = builder.call(entry, [returned, error, job, memory, block])
        pair = builder.sext(status, INT64), builder.ptrtoint(builder.load(error), INT64)
        return context.make_tuple(builder, signature.return_type, pair)

    return types.UniTuple(types.int64, 2)(*[types.intp] * 4), codegen


@intrinsic
def raise_if_failed(typingctx, status, error):
    """Raise the exception that :func:`perform` told of, in whichever thread, if it did."""

    def codegen(context, builder, signature, arguments):
        status, error = arguments
        inner = context.call_conv.get_function_type(types.none, ())
        failed = builder.icmp_signed("!=", status, INT64(0))
        with cgutils.if_unlikely(builder, failed):
            code = builder.trunc(status, inner.return_type)
            described = builder.inttoptr(error, inner.args[1].pointee)
            unknown = dict.fromkeys(Status._fields)
            raised = Status(**{**unknown, "code": code, "excinfoptr": described})
            context.call_conv.return_status_propagate(builder, raised)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen

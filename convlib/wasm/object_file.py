"""Turn the WebAssembly object that LLVM emits into a module, without a linker.

A relocatable object is a valid module that only lacks its export section. The symbol table in
its "linking" section says which function has which index.

Formats: the WebAssembly core specification, section 5.5 (modules), and the tool conventions'
"Linking" document (symbol table).
"""

MAGIC = b"\0asm\1\0\0\0"
CUSTOM, IMPORT, EXPORT, CODE = 0, 2, 7, 10
SYMBOL_TABLE = 8
FUNCTION, DATA, SECTION = 0, 1, 3
UNDEFINED, EXPLICIT_NAME = 0x10, 0x40


class Reader:
    """A cursor over bytes, reading LEB128 numbers and length-prefixed fields."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def __bool__(self):
        return self.at < len(self.data)

    def byte(self):
        """Return the next byte."""
        return self.take(1)[0]

    def take(self, length):
        """Return the next `length` bytes."""
        self.at += length
        if self.at > len(self.data):
            raise ValueError("the WebAssembly module is cut off")
        return self.data[self.at - length : self.at]

    def number(self):
        """Return the next unsigned LEB128 number."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def field(self):
        """Return the bytes of the next length-prefixed field."""
        return self.take(self.number())


def leb128(value):
    """Return `value` as an unsigned LEB128 number."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def sections(module):
    """Return the sections of `module` as (id, payload)."""
    if module[:8] != MAGIC:
        raise ValueError(f"not a WebAssembly 1 module: it begins with {module[:8]!r}")
    reader, found = Reader(module[8:]), []
    while reader:
        found.append((reader.byte(), reader.field()))
    return found


def imported_functions(imports):
    """Return the names of the functions that an import section asks for."""
    reader, names = Reader(imports), []
    for _ in range(reader.number()):
        reader.field()  # the name of the module, "env"
        name, kind = reader.field().decode(), reader.byte()
        if kind == 0:
            reader.number()  # the function's type
            names.append(name)
        elif kind == 3:
            reader.take(2)  # the global's type
        else:
            reader.take(kind == 1)  # what a table holds; a memory has limits only
            bounded = reader.byte() & 1
            reader.number(), bounded and reader.number()
    return names


def function_indices(linking):
    """Return {name: function index} of the functions that a "linking" payload defines."""
    reader, indices = Reader(linking), {}
    reader.number()  # the format's version
    while reader:
        kind, body = reader.byte(), Reader(reader.field())
        if kind != SYMBOL_TABLE:
            continue
        for _ in range(body.number()):
            symbol, flags = body.byte(), body.number()
            if symbol == DATA:
                body.field()
                if not flags & UNDEFINED:
                    body.number(), body.number(), body.number()
            elif symbol == SECTION:
                body.number()
            else:
                index = body.number()
                if not flags & UNDEFINED or flags & EXPLICIT_NAME:
                    name = body.field().decode()
                    if symbol == FUNCTION and not flags & UNDEFINED:
                        indices[name] = index
    return indices


def exported(module, names):
    """Return the object `module` as a module that exports the functions `names`.

    It must import no function, because the page offers none.
    """
    parts = sections(module)
    indices = {}
    for kind, payload in parts:
        reader = Reader(payload)
        if kind == CUSTOM and reader.field() == b"linking":
            indices = function_indices(payload[reader.at :])
        if kind == IMPORT and (outside := imported_functions(payload)):
            raise ValueError(
                f"the kernels call {', '.join(outside)}, which is not available in WebAssembly"
            )
    missing = sorted(set(names) - set(indices))
    if missing:
        raise ValueError(f"the compiled object does not define {', '.join(missing)}")
    entries = [leb128(len(name)) + name.encode() + b"\0" + leb128(indices[name]) for name in names]
    exports = leb128(len(entries)) + b"".join(entries)
    out = bytearray(MAGIC)
    for kind, payload in parts:
        # Sections have a fixed order: exports come after globals, before elements and code.
        if exports and kind in (8, 9, 12, CODE):
            out += bytes([EXPORT]) + leb128(len(exports)) + exports
            exports = b""
        if kind != CUSTOM:
            out += bytes([kind]) + leb128(len(payload)) + payload
    return bytes(out)

// A file of the reader's, piece by piece: nothing of it leaves the page, and weights are passed over, not read.

const PIECE = 16384; // bytes that are read at a time
const SMALL = 65536; // bytes of a message that is read in one go
const FEW = 2048; // bytes of numbers that may be a shape, not weights

class DamagedFile extends Error {}

// The library that reads protocol buffers; it is loaded when a file is there. In the book it lies beside the widgets'
// script; a notebook asks Python for it.
let library = null;
function protobufLibrary(model) {
  const beside = inNotebook() ? null : document.querySelector('script[src*="widgets.js"]');
  library ??= beside ? loadScript(new URL("protobuf.js", beside.src).href) : askForScript(model);
  library.catch(() => {
    library = null; // the next file tries again
  });
  return library;
}

const loadScript = (address) => new Promise((done, failed) => {
  const node = html("script", { src: address });
  node.addEventListener("load", () => done(globalThis.convlibProtobuf));
  node.addEventListener("error", () => failed(new DamagedFile("the book's own script protobuf.js is missing, with which files are read.")));
  document.head.append(node);
});

const askForScript = (model) => new Promise((done) => {
  model.on("msg:custom", async ({ protobuf }) => {
    if (!protobuf) return;
    const address = URL.createObjectURL(new Blob([protobuf], { type: "text/javascript" }));
    await import(address);
    URL.revokeObjectURL(address);
    done(globalThis.convlibProtobuf);
  });
  model.send({ wants: "protobuf" });
});

// What is read of a file: `bytes(at, count)`, of which a piece more is kept, and how many bytes that were in all.
function sourceOf(file) {
  let [start, kept, read] = [0, new Uint8Array(0), 0];
  return {
    size: file.size,
    count: () => read,
    async bytes(at, count) {
      if (at < start || at + count > start + kept.length) {
        kept = new Uint8Array(await file.slice(at, Math.min(file.size, at + Math.max(count, PIECE))).arrayBuffer());
        start = at;
        read += kept.length;
      }
      return kept.subarray(at - start, at - start + count);
    },
  };
}

const DAMAGED = "it is no ONNX file, or only a part of one.";
const decoder = new TextDecoder("utf-8", { fatal: true });

// A field's key and, of what has a length, that length; `left` says how many bytes the message goes on.
function fieldHead(reader, left) {
  const [start, key] = [reader.pos, reader.readVarint()];
  const head = { field: Math.floor(key / 8), type: key % 8 };
  if (!(head.field > 0)) throw new DamagedFile(DAMAGED);
  if (head.type === 2) head.length = reader.readVarint();
  else if (head.type === 1) head.length = 8;
  else if (head.type === 5) head.length = 4;
  else if (head.type === 0) head.value = reader.readVarint(true);
  else throw new DamagedFile(DAMAGED);
  const used = reader.pos - start + (head.length ?? 0);
  if (!(used <= left)) throw new DamagedFile(DAMAGED);
  return head;
}

// What a field of some kind holds, `bytes` being its own.
function valueOf(Reader, messages, kind, head, bytes) {
  if (kind in messages) return messageFrom(Reader, messages, kind, bytes);
  if (kind === "text" || kind === "bytes") {
    if (head.type !== 2) return null;
    return kind === "bytes" ? bytes.slice() : decoder.decode(bytes);
  }
  if (head.type === 0) return kind === "int" ? [head.value] : null;
  const reader = new Reader(bytes);
  const numbers = [];
  while (reader.pos < bytes.length) {
    if (kind === "int") numbers.push(reader.readVarint(true));
    else if (kind === "float") numbers.push(reader.readFloat());
    else numbers.push(reader.readDouble());
  }
  if (reader.pos !== bytes.length) throw new DamagedFile(DAMAGED);
  return numbers;
}

// Puts a value under its name: a list where there may be several, otherwise the last one.
function put(message, [name, kind, isList], value) {
  if (value === null) return;
  if (!isList) message[name] = Array.isArray(value) ? value.at(-1) : value;
  else if (["int", "float", "double"].includes(kind)) message[name] = [...(message[name] ?? []), ...value];
  else (message[name] ??= []).push(value);
}

const tooLong = (kind, length) => ["int", "float", "double", "bytes"].includes(kind) && length > FEW;

// A message out of its bytes. `messages[kind]` says of each field that is wanted its name, its kind and whether it is a list.
function messageFrom(Reader, messages, kind, bytes) {
  const [message, reader, fields] = [{}, new Reader(bytes), messages[kind]];
  while (reader.pos < bytes.length) {
    const head = fieldHead(reader, bytes.length - reader.pos);
    const at = reader.pos;
    reader.pos += head.length ?? 0;
    const wanted = fields[head.field];
    if (!wanted) continue;
    if (tooLong(wanted[1], head.length)) message[wanted[0]] = undefined;
    else put(message, wanted, valueOf(Reader, messages, wanted[1], head, bytes.subarray(at, reader.pos)));
  }
  return message;
}

// The same of a message that may be too long to be read in one go: of weights only their length is.
async function messageIn(Reader, messages, kind, source, start, end) {
  if (end - start <= SMALL) return messageFrom(Reader, messages, kind, await source.bytes(start, end - start));
  const [message, fields] = [{}, messages[kind]];
  for (let at = start; at < end; ) {
    const reader = new Reader(await source.bytes(at, Math.min(20, end - at)));
    const head = fieldHead(reader, end - at);
    const from = at + reader.pos;
    at = from + (head.length ?? 0);
    const wanted = fields[head.field];
    if (!wanted) continue;
    if (tooLong(wanted[1], head.length)) message[wanted[0]] = undefined;
    else if (wanted[1] in messages && head.length > SMALL) put(message, wanted, await messageIn(Reader, messages, wanted[1], source, from, at));
    else put(message, wanted, valueOf(Reader, messages, wanted[1], head, await source.bytes(from, head.length ?? 0)));
  }
  return message;
}

// A file as a message; throws a DamagedFile with the reason.
async function messageOfFile(Reader, messages, kind, source) {
  try {
    return await messageIn(Reader, messages, kind, source, 0, source.size);
  } catch (error) {
    if (error instanceof DamagedFile) throw error;
    throw new DamagedFile(DAMAGED); // the library's, the decoder's, or of a file that has gone
  }
}

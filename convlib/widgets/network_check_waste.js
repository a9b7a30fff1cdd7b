// What a network computes and nothing reads, and what it reads that is only padding, as convlib.graphs.reads and
// convlib.graphs.waste find it. A mask has a byte for each place of a tensor, 1 where it is needed; null is all of them.

const MOST_PLACES = 2 ** 14; // longer axes, and kernels of more entries, are not followed place by place
const MOST_TAPS = 2 ** 9;
// Windows of one cell: what they put at the edges, the next operator reads with its own.
const CUTS = ["Pad", "Slice", "Split"];

const ones = (count) => new Uint8Array(count).fill(1);
const isFull = (mask) => mask.every(Boolean);

// Whether a row slides a window or samples anew, in a way that is followed.
function hasReads(table, row) {
  const { c } = table;
  const places = [row, ...table.sources(row)].flatMap((at) => table.shape(at).slice(1));
  return table.isFine(row) && [c.CONV, c.POOL, c.TRANSPOSED, c.RESIZE].includes(table.kind(row))
    && Math.max(...["KERNEL_H", "KERNEL_W"].map((name) => table.node(row)[c[name]])) <= MOST_TAPS && Math.max(...places) <= MOST_PLACES;
}

// Room for bytes behind all that is kept; it is given up by the next that asks for it.
function bytesIn(table, ...arrays) {
  table.room ??= { count: 0, address: 0 };
  const count = arrays.reduce((sum, { length }) => sum + length, 0);
  if (table.room.count < count) table.room = { count, address: table.memory.reserve(2 * Math.ceil(count / 8)) };
  let at = table.room.address;
  const addresses = arrays.map((array) => {
    new Uint8Array(table.memory.buffer(), at, array.length).set(array);
    at += array.length;
    return at - array.length;
  });
  return { addresses, read: (which) => new Uint8Array(table.memory.buffer(), addresses[which], arrays[which].length).slice() };
}

// Which rows and columns of a source its reader reads, or null for all.
function directlyRead(table, row, source) {
  if (!hasReads(table, row)) return null;
  const [, ...size] = table.shape(source);
  const [, ...outputs] = table.shape(row);
  const found = size.map((length, axis) => {
    const { addresses: [address], read } = bytesIn(table, new Uint8Array(length));
    table.rules.graph_mark_read(table.nodes, table.found, table.rows, row, axis, outputs[axis], address, length);
    return read(0);
  });
  return found.every(isFull) ? null : found;
}

// For each row which of its places the outputs depend on, or null where that is not known: {size, full, mask}; there is a
// mask only where it is neither all places nor none.
function neededByOutputs(walk) {
  const { table, outputs } = walk;
  const masks = Array.from({ length: table.count }, (_, row) => {
    const [, ...size] = table.shape(row);
    return table.isFine(row) && Math.max(...size) <= MOST_PLACES ? { size, full: false, mask: null } : null;
  });
  const fill = (entry) => Object.assign(entry, { full: true, mask: null });
  for (const row of outputs) if (masks[row]) fill(masks[row]);
  for (let row = table.count - 1; row >= 0; row -= 1) {
    for (const source of table.sources(row)) {
      const entry = masks[source];
      if (!entry || entry.full || (masks[row] && isNothing(masks[row]))) continue;
      const needed = neededOfSource(table, row, source, masks[row]);
      entry.mask = needed && entry.mask ? entry.mask.map((byte, at) => byte | needed[at]) : needed;
      if (!needed || isFull(entry.mask)) fill(entry);
    }
  }
  return masks;
}

const isNothing = ({ full, mask }) => !full && !mask;

// How many places of a tensor no output depends on.
function unreadOf(table, { size, full, mask }) {
  if (full) return 0;
  return mask ? unreadCounts(table, mask, ...size)[4] : table.rules.product(size);
}

// The places of a source that the needed places of its reader depend on; null is all.
function neededOfSource(table, row, source, reader) {
  const [, height, width] = table.shape(source);
  if (!reader) return null; // the reader's shape is not known: it may read anything
  const { size: [outHeight, outWidth], full } = reader;
  if (table.kind(row) === table.c.GIVEN) return null;
  if (hasReads(table, row)) {
    if (full && !directlyRead(table, row, source)) return null;
    const mask = reader.mask ?? ones(outHeight * outWidth);
    const { addresses: [from, between, to], read } = bytesIn(table, mask, new Uint8Array(height * outWidth), new Uint8Array(height * width));
    table.rules.graph_add_needed(table.nodes, table.found, table.rows, row, from, outHeight, outWidth, between, to, height, width);
    return read(2);
  }
  if (full) return null;
  // What a gate holds once is used at every place.
  const needed = new Uint8Array(height * width);
  for (let i = 0; i < outHeight; i += 1) {
    for (let j = 0; j < outWidth; j += 1) {
      if (!reader.mask[i * outWidth + j]) continue;
      const [rows, columns] = [spanOf(i, outHeight, height), spanOf(j, outWidth, width)];
      for (let y = rows[0]; y < rows[1]; y += 1) needed.fill(1, y * width + columns[0], y * width + columns[1]);
    }
  }
  return needed;
}

// The places of a source's axis that place `at` of its reader's depends on: the same one, or all.
const spanOf = (at, outputs, length) => (outputs === length ? [at, at + 1] : [0, length]);

// How many places are not read, and where: rows before and after, columns before and after, in all, and those inside.
function unreadCounts(table, mask, height, width) {
  const { addresses: [address] } = bytesIn(table, mask);
  const out = table.rules.roomFor(2, 6);
  table.rules.graph_count_unread(address, height, width, out);
  return table.rules.take(out, 6);
}

function unreadFindings(walk) {
  const { table, outputs } = walk;
  const readers = Array.from({ length: table.count }, () => []);
  for (let row = 0; row < table.count; row += 1) for (const source of table.sources(row)) readers[source].push(row);
  return readers.flatMap((own, row) => {
    const [, height, width] = table.shape(row);
    if (!table.isFine(row) || !own.length || outputs.includes(row) || Math.max(height, width) > MOST_PLACES) return [];
    const read = readOf(table, row, own, height, width);
    return !read || isFull(read) ? [] : [unreadFinding(table, row, own, read, height, width)];
  });
}

// Which places of a tensor its readers read, or null for all.
function readOf(table, row, readers, height, width) {
  const parts = [];
  for (const reader of readers) {
    const part = directlyRead(table, reader, row);
    if (!part) return null;
    parts.push(part);
  }
  const read = new Uint8Array(height * width);
  for (const [down, across] of parts) {
    for (let i = 0; i < height; i += 1) {
      if (!down[i]) continue;
      for (let j = 0; j < width; j += 1) read[i * width + j] |= across[j];
    }
  }
  if (table.operators[row] === "Pad") {
    // What it added is nobody's loss.
    const [top, bottom, left, right] = ["TOP", "BOTTOM", "LEFT", "RIGHT"].map((name) => Math.max(0, table.node(row)[table.c[name]]));
    for (let i = 0; i < height; i += 1) {
      for (let j = 0; j < width; j += 1) if (i < top || i >= height - bottom || j < left || j >= width - right) read[i * width + j] = 1;
    }
  }
  return read;
}

function unreadFinding(table, row, readers, read, height, width) {
  const reader = table.names[readers[0]];
  const more = readers.length > 1 ? ` and ${readers.length - 1} more` : "";
  const [top, bottom, left, right, lost, inside] = unreadCounts(table, read, height, width);
  const where = [[top, "first", "row"], [bottom, "last", "row"], [left, "first", "column"], [right, "last", "column"]]
    .filter(([count]) => count).map(([count, side, what]) => `the ${side} ${count} ${what}${count > 1 ? "s" : ""}`);
  const isHoled = inside > 0;
  if (isHoled) where.push("places between its windows");
  const isMeant = readers.every((at) => CUTS.includes(table.operators[at]));
  const mend = isHoled
    ? "Let the stride be no longer than the kernel: average first, or stride elsewhere."
    : "Pad so that the stride comes out even, or choose a size at which it does.";
  const pixels = !isHoled && table.isFollowed(row)
    ? [[top, bottom], [left, right]].map((ends, axis) => table.rules.graph_cut_pixels(table.found, table.rows, row, axis, ...ends)) : null;
  const share = inWords(table.rules.percent_read(lost, read.length));
  const message = `${reader} (${table.operators[readers[0]]})${more} reads ${share} % of the ${height} x ${width} places of ${table.names[row]}: not ${where.join(" and ")}.`;
  return findingOf(isMeant ? "note" : "warning", "unread", reader, message, { mend: isMeant ? "" : mend, pixels });
}

function paddingFindings(table) {
  const { c, rules } = table;
  const found = [];
  for (let row = 0; row < table.count; row += 1) {
    const kind = table.kind(row);
    if (!table.isFine(row) || ![c.CONV, c.POOL].includes(kind) || CUTS.includes(table.operators[row])) continue;
    const [node, numbers, name] = [table.node(row), table.findings(row), table.names[row]];
    const [size, outputs] = [table.shape(table.sources(row)[0]).slice(1), table.shape(row).slice(1)];
    const meets = [0, 1].map((axis) => {
      const window = [size[axis], node[c.KERNEL_H + axis], node[c.STRIDE_H + axis], numbers[c.PAD_TOP + 2 * axis], node[c.DILATION_H + axis], outputs[axis]];
      return [rules.taps_met(...window), rules.ends_see(...window)];
    });
    const kernel = [node[c.KERNEL_H], node[c.KERNEL_W]];
    const [entries, met] = [rules.product(kernel), rules.product(meets.map(([taps]) => taps))];
    const unmet = rules.sum([entries, -met]);
    if (kind === c.CONV && unmet > 0) {
      const lost = rules.macs_of_share(numbers[c.MACS], unmet, entries);
      const message = `${unmet} of the ${entries} entries of ${name}'s kernel only ever meet padding: its input is ${size[0]} x ${size[1]}. ${thousands(lost)} of its MACs are products with zeros.`;
      found.push(findingOf("warning", "padding", name, message, { mend: "A larger input, less dilation or a smaller kernel." }));
    }
    if (meets.some(([, sees]) => !sees)) {
      found.push(findingOf("warning", "padding", name, `Outputs at the edge of ${name} see padding and nothing else.`, { mend: "Pad by less than the window is long." }));
    }
  }
  return found;
}

// A finding for each place where followed maps end and lean to one side of the image.
function shiftFindings(walk) {
  const { table, outputs } = walk;
  const ends = new Set(outputs);
  for (let row = 0; row < table.count; row += 1) if (!table.isFollowed(row)) for (const source of table.sources(row)) ends.add(source);
  const [, ...image] = table.shape(0);
  const told = new Set();
  return [...ends].sort((a, b) => a - b).flatMap((row) => {
    if (!table.isFollowed(row) || (CUTS.includes(table.operators[row]) && !outputs.includes(row))) return [];
    const strides = table.strides(row);
    const leans = image.map((length, axis) => table.rules.graph_lean(table.found, table.rows, row, axis, length));
    const what = `${leans} ${strides}`;
    if (!leans.some(Boolean) || told.has(what)) return [];
    told.add(what);
    const isFar = leans.some((lean, axis) => table.rules.leans_far(lean, strides[axis]));
    const message = `The windows of ${table.names[row]}, taken together, lie ${sideways(leans)} on the image; its stride is ${pairAs(strides, "pixel")}, its context shift ${pairAs(table.pair(row, "SHIFT"), "pixel")}.`;
    return [findingOf(isFar ? "warning" : "note", "shift", table.names[row], `${message}${isFar ? "" : " Less than half of a stride is what the size leaves over."}`, {
      mend: isFar ? "Pad as much before as after, or let paddings that differ take turns." : "", pixels: leans,
    })];
  });
}

const sideways = (leans) => [[leans[0], "up", "down"], [leans[1], "left", "right"]]
  .filter(([lean]) => lean).map(([lean, less, more]) => `${countedAs(Math.abs(lean), "pixel")} too far ${lean < 0 ? less : more}`).join(" and ");

// convlib's rules for lengths and numbers, which take arrays: they are handed over in the memory of WebAssembly.

const PLACES = 256; // of numbers that fit into the room that is kept; longer arrays get room of their own

function lengthRules(kernels, memory) {
  const rooms = [PLACES, PLACES, PLACES].map((count) => ({ count, address: memory.reserveDoubles(count) }));
  const roomFor = (which, count) => {
    const room = rooms[which];
    if (room.count < count) Object.assign(room, { count: 2 * count, address: memory.reserveDoubles(2 * count) });
    return room.address;
  };
  const give = (which, numbers) => {
    const address = roomFor(which, numbers.length);
    new Float64Array(memory.buffer(), address, numbers.length).set(numbers);
    return address;
  };
  const take = (address, count) => [...new Float64Array(memory.buffer(), address, count)];
  const OUT = 2;

  return {
    ...kernels,
    give,
    take,
    roomFor,
    product: (lengths, first = 0, last = lengths.length) => kernels.graph_product(give(0, lengths), first, last),
    sum: (numbers) => kernels.graph_sum(give(0, numbers), numbers.length),
    channels: (shape, axes, batch) => kernels.channels_of(give(0, shape), shape.length, ...(axes ?? [-1, -1]), batch),
    positions: (shape, batch) => kernels.positions_of(give(0, shape), shape.length, batch),
    // The shape that some spread to, or null.
    spread(shapes) {
      const rank = Math.max(0, ...shapes.map(({ length }) => length));
      const laid = shapes.flatMap((shape) => [...Array(rank - shape.length).fill(1), ...shape]);
      const out = roomFor(OUT, rank);
      return kernels.broadcast(give(0, laid), shapes.length, rank, out) ? take(out, rank) : null;
    },
    reshaped(shape, target) {
      const out = roomFor(OUT, target.length);
      const fits = kernels.target_shape(give(0, shape), shape.length, give(1, target), target.length, out);
      return fits ? take(out, target.length) : null;
    },
    // Which axes of a new shape are these of the old one, or null.
    again(shape, axes, target) {
      const [one, other] = [give(0, shape), give(1, target)];
      const found = [];
      for (const axis of axes) found.push(kernels.axis_again(one, axis, other, target.length, found[0] ?? -1));
      return Math.min(...found) >= 0 ? found : null;
    },
    parts: (length, count) => Array.from({ length: count }, (_, at) => kernels.even_part(length, count, at)),
    sliced(length, start, end, step) {
      const out = roomFor(OUT, 2);
      kernels.slice_places(length, start, end, step, out);
      return take(out, 2);
    },
    endsOfPart(length, first, count, step) {
      const out = roomFor(OUT, 3);
      kernels.part_ends(length, first, count, step, out);
      return take(out, 3);
    },
    ratioOf(scale) {
      const out = roomFor(OUT, 2);
      kernels.scale_ratio(scale, out);
      return take(out, 2);
    },
    ratioBetween(length, old) {
      const out = roomFor(OUT, 2);
      kernels.ratio(length, old, out);
      return take(out, 2);
    },
  };
}

// The table of a graph's tensors in the memory of WebAssembly, as convlib.graphs.table has it in NumPy.
class CheckTable {
  constructor(rules, memory, c, rows, feeds) {
    Object.assign(this, { rules, memory, c, rows, feedsMost: feeds, count: 0, feeds: 0, names: [], tensors: [], operators: [] });
    const reserve = (words) => memory.reserve(2 * Math.ceil(words / 2)); // all begin at a multiple of 8
    this.nodes = reserve(rows * c.COLUMNS);
    this.edges = reserve(feeds);
    this.found = reserve(2 * rows * c.FOUND);
    this.windowsSize = 2 * 2 * c.MOST_PHASES; // of a row, in 64-bit numbers
    this.windows = reserve(2 * rows * this.windowsSize);
  }

  node(row) {
    return new Int32Array(this.memory.buffer(), this.nodes + 4 * row * this.c.COLUMNS, this.c.COLUMNS);
  }

  findings(row) {
    return new Float64Array(this.memory.buffer(), this.found + 8 * row * this.c.FOUND, this.c.FOUND);
  }

  // Appends a row, lets the kernel visit it, and returns its place. `numbers` are columns by name.
  add(kind, sources, { name, tensor, operator }, numbers = {}) {
    const [row, c] = [this.count, this.c];
    const node = this.node(row);
    node.fill(0);
    node[c.OUT_CHANNELS] = -1;
    for (const column of ["KERNEL_H", "KERNEL_W", "STRIDE_H", "STRIDE_W", "DILATION_H", "DILATION_W", "GROUPS", "UP_H", "UP_W", "DOWN_H", "DOWN_W"]) node[c[column]] = 1;
    for (const [column, value] of Object.entries(numbers)) {
      const columns = COLUMNS_OF[column];
      columns.forEach((each, k) => {
        node[c[each]] = Array.isArray(value) ? value[k] : Number(value);
      });
    }
    [node[c.KIND], node[c.FEEDS], node[c.COUNT]] = [kind, this.feeds, sources.length];
    new Int32Array(this.memory.buffer(), this.edges + 4 * this.feeds, sources.length).set(sources);
    this.feeds += sources.length;
    this.names.push(name);
    this.tensors.push(tensor);
    this.operators.push(operator);
    this.count += 1;
    this.visit(row);
    return row;
  }

  visit(row) {
    this.rules.graph_visit(this.nodes, this.edges, this.found, this.windows, this.rows, this.feedsMost, row);
  }

  fail(row, state) {
    const found = this.findings(row);
    found.fill(0);
    found[this.c.STATE] = state;
  }

  sources(row) {
    const node = this.node(row);
    return [...new Int32Array(this.memory.buffer(), this.edges + 4 * node[this.c.FEEDS], node[this.c.COUNT])];
  }

  state = (row) => this.findings(row)[this.c.STATE];
  isFine = (row) => this.state(row) === this.c.FINE;
  kind = (row) => this.node(row)[this.c.KIND];

  // (C, H, W)
  shape(row) {
    const found = this.findings(row);
    return [found[this.c.CHANNELS], found[this.c.ROWS], found[this.c.LINES]];
  }

  // Whether each place of a row sees a window.
  isFollowed(row) {
    return this.isFine(row) && this.findings(row)[this.c.VIEW] === this.c.FOLLOWED;
  }

  // Numbers of a row that are there for both axes.
  pair(row, name) {
    const found = this.findings(row);
    return [found[this.c[`${name}_H`]], found[this.c[`${name}_W`]]];
  }

  strides = (row) => [0, 1].map((axis) => this.rules.graph_stride(this.found, this.rows, row, axis));
  moved = (row, before) => [0, 1].map((axis) => this.rules.graph_moved(this.found, this.rows, row, before, axis));

  // Where an output looks, down and across: the first and the last pixel that it sees, where its own cell starts, its length.
  window(row, output) {
    const out = this.rules.roomFor(2, 4);
    return output.map((at, axis) => {
      this.rules.graph_window(this.found, this.windows, this.rows, row, axis, at, out);
      return this.rules.take(out, 4);
    });
  }

  // What undoes all that is done to rows from `first` to `last` until it is called.
  kept(first, last) {
    const spans = [[this.nodes, 4 * this.c.COLUMNS], [this.found, 8 * this.c.FOUND], [this.windows, 8 * this.windowsSize]];
    const copies = spans.map(([address, size]) => [address + first * size, this.memory.buffer().slice(address + first * size, address + (last + 1) * size)]);
    return () => {
      for (const [address, bytes] of copies) new Uint8Array(this.memory.buffer(), address, bytes.byteLength).set(new Uint8Array(bytes));
    };
  }
}

// Columns of a row by name; a pair is that of the axes, four are top, bottom, left and right.
const COLUMNS_OF = {
  outChannels: ["OUT_CHANNELS"], inChannels: ["IN_CHANNELS"], kernel: ["KERNEL_H", "KERNEL_W"], stride: ["STRIDE_H", "STRIDE_W"],
  ends: ["TOP", "BOTTOM", "LEFT", "RIGHT"], dilation: ["DILATION_H", "DILATION_W"], groups: ["GROUPS"], bias: ["BIAS"],
  ceilMode: ["CEIL_MODE"], padding: ["PADDING"], extra: ["EXTRA_H", "EXTRA_W"], up: ["UP_H", "UP_W"], down: ["DOWN_H", "DOWN_W"],
  placing: ["PLACING"], reading: ["READING"], size: ["HEIGHT", "WIDTH"], features: ["FEATURES"], params: ["PARAMS"],
  normalised: ["NORMALISED"], shared: ["SHARED"], sees: ["SEES"], gated: ["GATED"],
};

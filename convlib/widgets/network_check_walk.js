// The walk through a plain graph, as convlib.graphs.walk takes it in Python: each operator becomes a row of the table.
// A value is what is known about a tensor: {row, shape, axes, numbers, whole, weights, origin}; row -1 is a constant.

const NCHW = [2, 3];
const NHWC = [1, 2];

class NoNetwork extends Error {}

const isSame = (one, other) => one.length === other.length && one.every((length, at) => length === other[at]);
const isConstant = ({ row }) => row < 0;
const isMap = ({ shape, axes }) => shape?.length === 4 && axes?.[0] === 2 && axes[1] === 3;
const valueAt = (row, rest = {}) => ({ row, shape: null, axes: null, numbers: null, weights: [], origin: null, ...rest });

class CheckWalk {
  constructor(kernels, c, graph, size) {
    const memory = kernels.scratch();
    const rows = graph.inputs.size + graph.nodes.reduce((sum, { outputs }) => sum + outputs.length + 2, 1);
    const feeds = graph.nodes.reduce((sum, { inputs, outputs }) => sum + (inputs.length + 1) * (outputs.length + 2), 1);
    const rules = lengthRules(kernels, memory);
    Object.assign(this, { c, graph, rules, table: new CheckTable(rules, memory, c, rows, feeds), unknown: [], counted: new Set() });
    this.values = new Map([["", valueAt(-1)]]);
    for (const [name, { shape, numbers, whole }] of graph.constants) {
      this.values.set(name, valueAt(-1, { shape, numbers: numbers?.length === this.rules.product(shape) ? numbers : null, whole, weights: [name] }));
    }
    const images = imagesOf(this.rules, graph, size);
    // What a file says about shapes holds at the size that it was written for.
    const isAsWritten = [...images].every(([name, { shape }]) =>
      graph.inputs.get(name).every((said, at) => !Number.isInteger(said) || said === 0 || said === shape[at]));
    this.shapes = isAsWritten ? graph.shapes : new Map();
    this.batch = [...images.values()][0].shape[0];
    for (const [name, { shape, axes }] of images) {
      const outChannels = this.rules.channels(shape, axes, shape[0]);
      const row = this.table.add(c.IMAGE, [], { name, tensor: name, operator: "Input" }, { outChannels, size: axes.map((axis) => shape[axis]) });
      this.values.set(name, valueAt(row, { shape, axes }));
    }
    for (const [name, shape] of graph.inputs) if (!this.values.has(name)) this.values.set(name, valueAt(-1, { shape: fixed(shape) }));
    this.read = new Set(graph.nodes.flatMap(({ inputs }) => inputs).filter(Boolean));
    for (const node of graph.nodes) this.visit(node);
    this.outputs = graph.outputs.map((name) => this.values.get(name)?.row ?? -1).filter((row) => row >= 0);
  }

  visit(node) {
    for (const name of node.inputs) {
      if (!this.values.has(name)) throw new NoNetwork(`${node.name} (${node.operator}) reads “${name}”, which nothing before it writes.`);
    }
    const inputs = node.inputs.map((name) => this.values.get(name));
    const used = inputs.filter((value) => !isConstant(value));
    let results = foldedValues(this.rules, this.c, node, inputs);
    if (!results) {
      if (!used.length && node.outputs.length) results = constantMade(this.rules, node, inputs, this.knownShape(node.outputs[0]));
      else if (used.some(({ shape }) => !shape)) results = this.guess(node, used, null);
      else if (CHECK_OPERATORS.has(node.operator)) results = CHECK_OPERATORS.get(node.operator)(this, node, inputs);
      else results = this.guess(node, used, "it is not one that convlib knows");
    }
    if (!Array.isArray(results)) results = [results];
    node.outputs.forEach((name, at) => {
      if (name && at < results.length) this.values.set(name, results[at]);
      else if (this.read.has(name)) this.values.set(name, valueAt(this.failed(node, used)));
    });
  }

  // Values for an operator that is not understood, from what the file says; `why` is null where an earlier one is at fault.
  guess(node, used, why) {
    let taken = "no shape is known, so that what follows cannot be checked";
    const results = node.outputs.map((name) => {
      const shape = this.knownShape(name);
      if (!shape) return valueAt(this.failed(node, used));
      // Somebody's own operator that keeps the shape may work place by place; of the standard's, those that do are known.
      if (used[0].axes && isSame(shape, used[0].shape) && used.length === 1 && node.operator.includes(".")) {
        taken = "its shape stays, so it is taken to work place by place";
        return this.keep(node, used[0]);
      }
      taken = "its shape is the file's; what it sees and costs is not known";
      return this.give(node, used, shape, null, { sees: this.c.LOST });
    });
    if (why !== null) this.unknown.push({ name: node.name, operator: node.operator, why, taken });
    return results;
  }

  // Adds a row without a shape.
  failed(node, used) {
    const row = this.table.add(this.c.GIVEN, used.filter((value) => !isConstant(value)).map((value) => value.row), this.called(node));
    if (this.table.isFine(row)) this.table.fail(row, this.c.SHAPELESS);
    return row;
  }

  refuse(node, used, state) {
    const row = this.failed(node, used);
    if (this.table.state(row) === this.c.SHAPELESS) this.table.fail(row, state);
    return valueAt(row);
  }

  knownShape(name) {
    const shape = this.shapes.get(name);
    return shape ? fixed(shape.map((length, at) => (at === 0 && !Number.isInteger(length) ? this.batch : length))) : null;
  }

  called(node, output = 0) {
    const tensor = node.outputs[output] ?? "";
    const name = node.outputs.length < 2 || !output ? node.name : tensor;
    return { name: name || tensor, tensor, operator: node.operator };
  }

  channelsOf = (shape, axes) => this.rules.channels(shape, axes, this.batch);

  // The map (N, C, H, W) that a window makes of one.
  slide(node, value, kind, numbers) {
    const row = this.table.add(kind, [this.mapOf(node, value)], this.called(node), numbers);
    return this.laidOut(row, [value.shape[0], this.table.shape(row)[0], 1, 1], NCHW);
  }

  // The value of a row, height and width as the kernel found them.
  laidOut(row, shape, axes) {
    if (!this.table.isFine(row)) return valueAt(row);
    const whole = [...shape];
    const [, ...size] = this.table.shape(row);
    axes.forEach((axis, k) => {
      whole[axis] = size[k];
    });
    return valueAt(row, { shape: whole, axes });
  }

  // A row whose (C, H, W) is a value's, which may have come out of a reshape.
  mapOf(node, value) {
    const [, outChannels, ...size] = value.shape;
    if (isMap(value) && isSame(this.table.shape(value.row), [outChannels, ...size])) return value.row;
    const called = { name: `${node.name} (input)`, tensor: "", operator: "Reshape" };
    return this.table.add(this.c.GIVEN, [value.row], called, { outChannels, size, sees: this.blur(value) });
  }

  // What is seen by what mixes up the places of values.
  blur(...values) {
    const views = values.map(({ row }) => this.table.findings(row)[this.c.VIEW]);
    return views.includes(this.c.WHOLE) ? this.c.WHOLE : this.c.LOST;
  }

  // A value at the same places as another, in a shape and layout of its own.
  keep(node, value, { shape = value.shape, axes = shape === value.shape ? value.axes : null, output = 0, ...numbers } = {}) {
    if (!axes) {
      const { params = 0, shared = 0 } = numbers;
      const origin = value.origin && numbers.gated ? [...value.origin.slice(0, 2), 1] : value.origin;
      const view = this.table.findings(value.row)[this.c.VIEW];
      return this.give(node, [value], shape, null, { sees: view, output, origin: "gated" in numbers && !numbers.gated ? null : origin, params, shared });
    }
    const row = this.table.add(this.c.PASS, [value.row], this.called(node, output), { outChannels: this.channelsOf(shape, axes), ...numbers });
    return this.table.isFine(row) ? valueAt(row, { shape, axes }) : valueAt(row);
  }

  // A value of a shape, with no places of its own.
  give(node, used, shape, axes = null, { sees = this.c.WHOLE, output = 0, origin = null, size = [1, 1], outChannels = null, ...numbers } = {}) {
    const room = axes ? axes.map((axis) => shape[axis]) : size;
    const channels = outChannels ?? this.channelsOf(shape, axes);
    if (Math.max(...shape, ...room, channels, 0) > this.c.MOST) return this.refuse(node, used, this.c.TOO_LARGE);
    if (Math.min(...shape, ...room, 1) < 1) return this.refuse(node, used, this.c.TOO_TALL);
    const rows = used.filter((value) => !isConstant(value)).map((value) => value.row);
    const row = this.table.add(this.c.GIVEN, rows, this.called(node, output), { outChannels: channels, size: room, sees, ...numbers });
    return this.table.isFine(row) ? valueAt(row, { shape, axes, origin }) : valueAt(row);
  }

  // The parameters in constants, and whether they were counted; one number is a setting.
  paramsOf(...values) {
    const sizes = values.filter(({ shape }) => shape).map(({ shape }) => this.rules.product(shape)).filter((size) => size > 1);
    return { params: Math.min(this.rules.sum(sizes), this.c.MOST), shared: this.wasCounted(...values) };
  }

  wasCounted(...values) {
    const names = values.flatMap(({ weights }) => weights);
    const again = names.length > 0 && names.every((name) => this.counted.has(name));
    for (const name of names) this.counted.add(name);
    return Number(again);
  }
}

// A shape whose lengths are all known, or null.
const fixed = (shape) => (shape?.every((length) => Number.isInteger(length) && length >= 1) ? shape : null);

// Which axes of an image are height and width: in TensorFlow's layout all that reads it puts its last axis first.
function axesOfImage(graph, name) {
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(name));
  const isLast = ({ operator, attributes }) => operator === "Transpose" && isSame(attributes.get("perm") ?? [], [0, 3, 1, 2]);
  return readers.length && readers.every(isLast) ? NHWC : NCHW;
}

// {name: {shape, axes}} of the inputs with four axes, at a size (height, width).
function imagesOf(rules, graph, size) {
  const found = new Map();
  for (const [name, shape] of graph.inputs) {
    if (shape?.length !== 4) continue;
    const axes = axesOfImage(graph, name);
    const lengths = shape.map((length, axis) => {
      if (axes.includes(axis)) return size[axes.indexOf(axis)];
      if (Number.isInteger(length) && length >= 1) return length;
      return axis === 0 ? 1 : channelsTaken(rules, graph, name);
    });
    found.set(name, { shape: lengths, axes });
  }
  if (!found.size) {
    const had = [...graph.inputs].map(([name, shape]) => `“${name}” (${shape?.map((length) => length ?? "?").join(" × ") ?? "no shape"})`).join(", ");
    throw new NoNetwork(`none of its inputs is an image, with four axes for batch, channels, height and width: it has ${had || "none"}.`);
  }
  return found;
}

// The channels that the first convolution takes.
function channelsTaken(rules, graph, name) {
  const conv = graph.nodes.find(({ operator, inputs }) => operator === "Conv" && inputs.includes(name) && graph.constants.get(inputs[1])?.shape.length === 4);
  if (!conv) throw new NoNetwork(`its input “${name}” does not say how many channels it has.`);
  return rules.product_within(graph.constants.get(conv.inputs[1]).shape[1], conv.attributes.get("group") ?? 1);
}

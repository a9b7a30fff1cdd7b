// ONNX files as plain graphs, as convlib.graphs.onnx_file reads them: names, attributes, the shapes of weights.

// Of each message the fields that are wanted: [name, kind, whether there may be several].
const ONNX = {
  Model: { 1: ["ir", "int"], 7: ["graph", "Graph"], 8: ["opsets", "Opset", true] },
  Opset: { 1: ["domain", "text"], 2: ["version", "int"] },
  Graph: {
    1: ["nodes", "Node", true], 5: ["initializers", "Tensor", true], 11: ["inputs", "Info", true],
    12: ["outputs", "Info", true], 13: ["known", "Info", true], 15: ["sparse", "Sparse", true],
  },
  Node: {
    1: ["inputs", "text", true], 2: ["outputs", "text", true], 3: ["name", "text"], 4: ["operator", "text"],
    5: ["attributes", "Attribute", true], 7: ["domain", "text"],
  },
  Attribute: {
    1: ["name", "text"], 2: ["f", "float"], 3: ["i", "int"], 4: ["s", "bytes"], 5: ["t", "Tensor"],
    7: ["floats", "float", true], 8: ["ints", "int", true], 9: ["strings", "bytes", true], 20: ["type", "int"],
    22: ["sparse", "Sparse"],
  },
  Tensor: {
    1: ["dims", "int", true], 2: ["type", "int"], 4: ["floats", "float", true], 5: ["ints", "int", true],
    7: ["longs", "int", true], 8: ["name", "text"], 9: ["raw", "bytes"], 10: ["doubles", "double", true],
    11: ["unsigned", "int", true], 14: ["location", "int"],
  },
  Sparse: { 1: ["values", "Tensor"], 3: ["dims", "int", true] },
  Info: { 1: ["name", "text"], 2: ["type", "Type"] },
  Type: { 1: ["tensor", "TensorType"] },
  TensorType: { 2: ["shape", "Shape"] },
  Shape: { 1: ["dims", "Dimension", true] },
  Dimension: { 1: ["value", "int"], 2: ["name", "text"] },
};
// The newest versions that these rules know: those of the package onnx that convlib is tested with.
const NEWEST = { ir: 14, opset: 28 };
const MOST_NUMBERS = 256; // constants of more are weights
const STANDARD = ["", "ai.onnx"];
const EXTERNAL = 1;
// Types of tensors: the field in which their numbers stand where they are not raw, and how raw ones are read.
const TENSOR_TYPES = {
  1: ["floats", 4, (view, at) => view.getFloat32(at, true)], 2: ["ints", 1, (view, at) => view.getUint8(at)],
  3: ["ints", 1, (view, at) => view.getInt8(at)], 4: ["ints", 2, (view, at) => view.getUint16(at, true)],
  5: ["ints", 2, (view, at) => view.getInt16(at, true)], 6: ["ints", 4, (view, at) => view.getInt32(at, true)],
  7: ["longs", 8, (view, at) => Number(view.getBigInt64(at, true))], 9: ["ints", 1, (view, at) => view.getUint8(at)],
  11: ["doubles", 8, (view, at) => view.getFloat64(at, true)], 12: ["unsigned", 4, (view, at) => view.getUint32(at, true)],
  13: ["unsigned", 8, (view, at) => Number(view.getBigUint64(at, true))],
};
const WHOLE_TYPES = [2, 3, 4, 5, 6, 7, 9, 12, 13];
// Types of attributes, and where their value stands.
const latin = new TextDecoder();
const ATTRIBUTES = {
  1: ({ f = 0 }) => f, 2: ({ i = 0 }) => i, 3: ({ s }) => latin.decode(s ?? new Uint8Array(0)),
  4: ({ t }) => constantOf(t ?? {}).numbers ?? [], 6: ({ floats = [] }) => floats, 7: ({ ints = [] }) => ints,
  8: ({ strings = [] }) => strings.map((each) => latin.decode(each)),
};

// The graph in a model's message; throws a DamagedFile with what is wrong.
function graphOf({ ir = 0, graph, opsets = [] }) {
  if (!graph?.nodes?.length) throw new DamagedFile("it holds no graph, so it is no ONNX file, or only a part of one.");
  const standard = opsets.filter(({ domain = "" }) => STANDARD.includes(domain)).map(({ version = 0 }) => version);
  const opset = Math.max(0, ...standard);
  if (opset > NEWEST.opset || ir > NEWEST.ir) {
    throw new DamagedFile(`it is too new: it has IR version ${ir} and operators of version ${opset}; this page knows them up to ${NEWEST.ir} and ${NEWEST.opset}.`);
  }
  if (!opsets.length) throw new DamagedFile("it names no version of its operators, so a part of it is missing.");
  const constants = new Map();
  for (const tensor of graph.initializers ?? []) constants.set(tensor.name ?? "", constantOf(tensor));
  for (const { values, dims = [] } of graph.sparse ?? []) constants.set(values?.name ?? "", { shape: dims, numbers: null });
  const isOutside = (graph.initializers ?? []).some(({ location }) => location === EXTERNAL);
  const named = (values = []) => values.map(({ name = "", type }) => [name, type?.tensor?.shape ? shapeOf(type.tensor.shape) : null]);
  const known = [...named(graph.known), ...named(graph.outputs)].filter(([, shape]) => shape);
  const nodes = graph.nodes.map((node) => nodeOf(node, opset, constants)).filter(Boolean);
  return {
    inputs: new Map(named(graph.inputs).filter(([name]) => !constants.has(name))),
    outputs: named(graph.outputs).map(([name]) => name), constants, shapes: new Map(known), nodes,
    notes: isOutside ? ["Weights lie in another file, which was not opened: only shapes are needed."] : [],
  };
}

// Lengths; names for those that are not fixed, null for those that are not named either.
const shapeOf = ({ dims = [] }) => dims.map(({ value, name }) => value ?? (name || null));

// A constant's shape, and its numbers if they are few and in this file.
function constantOf(tensor) {
  const { dims: shape = [], type, raw, location } = tensor;
  const count = shape.reduce((product, length) => product * length, 1);
  const nothing = { shape, numbers: null, whole: WHOLE_TYPES.includes(type) };
  if (!(count >= 0 && count <= MOST_NUMBERS) || location === EXTERNAL || shape.some((length) => length < 0)) return nothing;
  const [field, width, read] = TENSOR_TYPES[type] ?? [];
  if (!field) return nothing;
  let numbers = tensor[field] ?? [];
  if (raw) {
    if (raw.length !== width * count) return nothing;
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    numbers = Array.from({ length: count }, (_, at) => read(view, width * at));
  }
  return numbers.length === count ? { ...nothing, numbers } : nothing;
}

// A node; null for one that only holds a constant, which goes to `constants`.
function nodeOf({ name = "", operator: kind = "", inputs = [], outputs = [], attributes: all = [], domain = "" }, opset, constants) {
  const attributes = new Map();
  for (const each of all) if (each.type in ATTRIBUTES) attributes.set(each.name ?? "", ATTRIBUTES[each.type](each));
  const operator = STANDARD.includes(domain) ? kind : `${domain}.${kind}`;
  if (operator === "Constant" && outputs.length) {
    constants.set(outputs[0], constantOfNode(all, attributes));
    return null;
  }
  attributes.set("opset", opset);
  return { name: name || outputs.find(Boolean) || operator, operator, inputs, outputs, attributes };
}

function constantOfNode(all, attributes) {
  for (const { name, t, sparse } of all) {
    if (name === "value") return constantOf(t ?? {});
    if (name === "sparse_value") return { shape: sparse?.dims ?? [], numbers: null };
  }
  for (const name of ["value_int", "value_float"]) {
    if (attributes.has(name)) return { shape: [], numbers: [attributes.get(name)], whole: name === "value_int" };
  }
  for (const name of ["value_ints", "value_floats"]) {
    const numbers = attributes.get(name);
    if (numbers) return { shape: [numbers.length], numbers: numbers.length <= MOST_NUMBERS ? numbers : null, whole: name === "value_ints" };
  }
  return { shape: [], numbers: null };
}

// A graph that Python wrote, convlib.graphs.plain.as_json, in the same form.
function graphFromPython({ inputs, outputs, constants, shapes, nodes, notes }) {
  const all = Object.entries(constants).map(([name, [shape, numbers]]) => [name, { shape, numbers, whole: numbers?.every(Number.isInteger) }]);
  return {
    inputs: new Map(Object.entries(inputs)), outputs, constants: new Map(all), shapes: new Map(Object.entries(shapes)), notes,
    nodes: nodes.map(([name, operator, ins, outs, attributes]) => ({
      name, operator, inputs: ins, outputs: outs, attributes: new Map(Object.entries(attributes)),
    })),
  };
}

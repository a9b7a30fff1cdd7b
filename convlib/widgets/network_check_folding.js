// Numbers that a graph computes from shapes, as convlib.graphs.folding does. Numbers lie in a row, with the shape beside them.

const SAME_SHAPE = `Identity Cast DequantizeLinear QuantizeLinear Neg Sqrt Clip Reciprocal Exp Softplus Relu Abs Tanh Sigmoid
  Dropout`.split(/\s+/);
// ONNX's codes of integer types, for Cast.
const INTEGER_TYPES = [2, 3, 4, 5, 6, 7, 12, 13];
const COMBINED = { Add: "ADD", Sub: "SUB", Mul: "MUL", Div: "DIV", Mod: "MOD", Max: "MAX", Min: "MIN", Equal: "EQUAL", Less: "LESS", Greater: "GREATER" };
const CHANGED = { Floor: "FLOOR_OF", Ceil: "CEIL_OF", Neg: "NEG", Abs: "ABS", Sqrt: "SQRT", Not: "NOT" };

const arrayOf = (shape, numbers, whole = true) => ({ shape, numbers, whole });

// The array whose entry at each place is that of `source` at the place that `from` gives.
function picked(rules, source, shape, from) {
  const strides = source.shape.map((_, axis) => rules.product(source.shape, axis + 1));
  const numbers = [];
  const place = Array(shape.length).fill(0);
  for (let count = rules.product(shape); count > 0; count -= 1) {
    numbers.push(source.numbers[from(place).reduce((at, index, axis) => at + index * strides[axis], 0)]);
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis -= 1) place[axis] = 0;
  }
  return arrayOf(shape, numbers, source.whole);
}

// The entries of an axis at these places.
const along = (rules, source, axis, places) =>
  picked(rules, source, source.shape.map((length, at) => (at === axis ? places.length : length)), (place) => place.map((index, at) => (at === axis ? places[index] : index)));

const spreadTo = (rules, source, shape) => {
  const more = shape.length - source.shape.length;
  return picked(rules, source, shape, (place) => source.shape.map((length, axis) => (length === 1 ? 0 : place[axis + more])));
};

// The shape that arrays spread to, or null if they do not fit, or to more numbers than sizes are made of.
function spreadOf(rules, arrays) {
  const shape = rules.spread(arrays.map((array) => array.shape));
  return shape && rules.product(shape) <= MOST_NUMBERS ? shape : null;
}

const onAxis = (attributes, rank, standard = 0) => {
  const axis = attributes.get("axis") ?? standard;
  return axis < 0 ? axis + rank : axis;
};

const axesOfNode = (attributes, arrays) => attributes.get("axes") ?? arrays[1]?.numbers ?? null;

const FOLDING = {
  Gather(rules, c, attributes, [source, index]) {
    const axis = onAxis(attributes, source.shape.length);
    const length = source.shape[axis];
    const places = index.numbers.map((at) => (at < 0 ? at + length : at));
    if (!places.every((at) => Number.isInteger(at) && 0 <= at && at < length)) return null;
    const { numbers } = along(rules, source, axis, places);
    return arrayOf([...source.shape.slice(0, axis), ...index.shape, ...source.shape.slice(axis + 1)], numbers, source.whole);
  },
  Unsqueeze(rules, c, attributes, arrays) {
    const [source, axes] = [arrays[0], axesOfNode(attributes, arrays)];
    if (!axes) return null;
    const rank = source.shape.length + axes.length;
    const added = axes.map((axis) => (axis < 0 ? axis + rank : axis));
    const rest = [...source.shape];
    return arrayOf(Array.from({ length: rank }, (_, at) => (added.includes(at) ? 1 : rest.shift())), source.numbers, source.whole);
  },
  Squeeze(rules, c, attributes, arrays) {
    const source = arrays[0];
    const axes = axesOfNode(attributes, arrays)?.map((axis) => (axis < 0 ? axis + source.shape.length : axis));
    if (axes?.some((axis) => source.shape[axis] !== 1)) return null;
    return arrayOf(source.shape.filter((length, at) => (axes ? !axes.includes(at) : length !== 1)), source.numbers, source.whole);
  },
  Concat(rules, c, attributes, arrays) {
    const axis = onAxis(attributes, arrays[0].shape.length);
    const others = arrays.map(({ shape }) => shape.filter((_, at) => at !== axis));
    if (!(axis in arrays[0].shape) || others.some((shape) => !isSame(shape, others[0]))) return null;
    const shape = [...arrays[0].shape];
    shape[axis] = rules.sum(arrays.map((array) => array.shape[axis]));
    const rows = rules.product(shape, 0, axis);
    const numbers = [];
    for (let row = 0; row < rows; row += 1) {
      for (const array of arrays) {
        const run = rules.product(array.shape, axis);
        numbers.push(...array.numbers.slice(row * run, (row + 1) * run));
      }
    }
    return arrayOf(shape, numbers, arrays.every(({ whole }) => whole));
  },
  Slice(rules, c, attributes, [source, ...given]) {
    const [starts, ends, axes, steps] = ["starts", "ends", "axes", "steps"].map((name, at) => (at < 3 && attributes.get(name)) || given[at]?.numbers);
    if (!starts || ends?.length !== starts.length) return null;
    let part = source;
    for (const [k, start] of starts.entries()) {
      const axis = onAxis(new Map([["axis", axes?.[k] ?? k]]), source.shape.length);
      const step = steps?.[k] ?? 1;
      if (!(axis in source.shape) || step < 1) return null;
      const [first, count] = rules.sliced(part.shape[axis], start, ends[k], step);
      part = along(rules, part, axis, Array.from({ length: count }, (_, at) => first + at * step));
    }
    return part;
  },
  Cast(rules, c, attributes, [source]) {
    const kind = attributes.get("to");
    if (kind !== 9 && !INTEGER_TYPES.includes(kind)) return arrayOf(source.shape, source.numbers, false);
    return changedBy(rules, kind === 9 ? c.TRUTH : c.TRUNC, source, true);
  },
  Where(rules, c, attributes, arrays) {
    const shape = spreadOf(rules, arrays);
    if (!shape) return null;
    const [test, one, other] = arrays.map((array) => spreadTo(rules, array, shape).numbers);
    return arrayOf(shape, test.map((is, at) => (is ? one[at] : other[at])), arrays[1].whole && arrays[2].whole);
  },
  ReduceProd: (rules, c, attributes, [source]) => arrayOf(source.shape.map(() => 1), [rules.product(source.numbers)], source.whole),
  Identity: (rules, c, attributes, [source]) => source,
  Reshape(rules, c, attributes, [source, target]) {
    const shape = rules.reshaped(source.shape, target.numbers.map(Math.trunc));
    return shape && arrayOf(shape, source.numbers, source.whole);
  },
  Transpose(rules, c, attributes, [source]) {
    const order = attributes.get("perm") ?? [...source.shape.keys()].reverse();
    if (!isSame([...order].sort((a, b) => a - b), [...source.shape.keys()])) return null;
    return picked(rules, source, order.map((axis) => source.shape[axis]), (place) => source.shape.map((_, axis) => place[order.indexOf(axis)]));
  },
  ConstantOfShape(rules, c, attributes, [{ numbers }]) {
    const shape = numbers.map(Math.trunc);
    const count = rules.product(shape);
    const [value = 0] = attributes.get("value") ?? [];
    return count >= 0 && count <= MOST_NUMBERS ? arrayOf(shape, Array(count).fill(value), Number.isInteger(value)) : null;
  },
  Split(rules, c, attributes, [source, sizes]) {
    const axis = onAxis(attributes, source.shape.length);
    const lengths = attributes.get("split") ?? sizes?.numbers;
    if (!lengths?.length || Math.min(...lengths) < 0 || rules.sum(lengths) !== source.shape[axis]) return null;
    let start = 0;
    return lengths.map((length) => {
      const part = along(rules, source, axis, Array.from({ length }, (_, at) => start + at));
      start = rules.endsOfPart(source.shape[axis], start, length, 1)[2];
      return part;
    });
  },
};
for (const [operator, kind] of Object.entries(COMBINED)) {
  FOLDING[operator] = (rules, c, attributes, arrays) => {
    const shape = arrays.length === 2 ? spreadOf(rules, arrays) : null;
    if (!shape) return null;
    const [one, other] = arrays.map((array) => spreadTo(rules, array, shape).numbers);
    const whole = arrays.every((array) => array.whole);
    const numbers = one.map((number, at) => rules.combined(c[kind], number, other[at], Number(whole)));
    return numbers.every(Number.isFinite) ? arrayOf(shape, numbers, whole || ["EQUAL", "LESS", "GREATER"].includes(kind)) : null;
  };
}
for (const [operator, kind] of Object.entries(CHANGED)) FOLDING[operator] = (rules, c, attributes, [source]) => changedBy(rules, c[kind], source, source.whole);

function changedBy(rules, kind, { shape, numbers }, whole) {
  const found = numbers.map((number) => rules.changed(kind, number));
  return found.every(Number.isFinite) ? arrayOf(shape, found, whole) : null;
}

// The values of a node whose numbers are known, as a list, or null if they are not.
function foldedValues(rules, c, node, inputs) {
  const asValue = (array) => valueAt(-1, array);
  if (node.operator === "Shape" || node.operator === "Size") {
    const shape = inputs[0]?.shape;
    if (!shape) return null;
    if (node.operator === "Size") return [asValue(arrayOf([], [rules.product(shape)]))];
    const [start, end] = [node.attributes.get("start") ?? 0, node.attributes.get("end") ?? shape.length];
    const numbers = shape.slice(start, end);
    return [asValue(arrayOf([numbers.length], numbers))];
  }
  const rule = Object.hasOwn(FOLDING, node.operator) ? FOLDING[node.operator] : null;
  const given = inputs.filter((value) => value.shape || !isConstant(value));
  if (!rule || !given.length || given.some(({ numbers }) => !numbers)) return null;
  let result;
  try {
    result = rule(rules, c, node.attributes, inputs.map(({ shape, numbers, whole }) => (numbers ? { shape, numbers, whole } : undefined)));
  } catch (error) {
    if (error instanceof TypeError) return null; // numbers that do not fit: the shape is not known then
    throw error;
  }
  if (!result) return null;
  const results = [result].flat();
  return results.some(({ numbers }) => numbers.length > MOST_NUMBERS) ? null : results.map(asValue);
}

// What is known about a constant made of constants: mostly, whose weights it has. `known` is its shape if the file gives it.
function constantMade(rules, node, inputs, known) {
  const weights = [...new Set(inputs.flatMap((value) => value.weights))];
  const first = inputs[0]?.shape ?? null;
  const numbers = inputs[1]?.numbers?.map(Math.trunc);
  let shape = null;
  if (SAME_SHAPE.includes(node.operator)) shape = first;
  else if (Object.hasOwn(COMBINED, node.operator)) shape = inputs.every((value) => value.shape) ? rules.spread(inputs.map((value) => value.shape)) : null;
  else if (node.operator === "Transpose" && first) {
    const order = node.attributes.get("perm") ?? [...first.keys()].reverse();
    if (isSame([...order].sort((a, b) => a - b), [...first.keys()])) shape = order.map((axis) => first[axis]);
  } else if (node.operator === "Reshape" && first && numbers) shape = rules.reshaped(first, numbers);
  else if (node.operator === "ConstantOfShape" && inputs[0]?.numbers) shape = inputs[0].numbers.map(Math.trunc);
  else if (node.operator === "Expand" && first && numbers) shape = rules.spread([first, numbers]);
  return valueAt(-1, { shape: shape ?? known, weights });
}

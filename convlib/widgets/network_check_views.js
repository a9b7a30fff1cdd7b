// Operators that lay the same numbers out in another shape, or take some of them, as convlib.graphs.views does.

function reshapeOf(walk, node, inputs) {
  const target = inputs.length > 1 ? inputs[1].numbers : node.attributes.get("shape");
  if (!target) return walk.guess(node, inputs.slice(0, 1), "its shape is not a number in the file");
  const shape = walk.rules.reshaped(inputs[0].shape, [target].flat().map(Math.trunc));
  return shape ? laidOutAs(walk, node, inputs[0], shape) : walk.refuse(node, inputs.slice(0, 1), walk.c.WRONG_FEATURES);
}

// A value in another shape of as many numbers.
function laidOutAs(walk, node, value, shape) {
  const axes = value.axes && walk.rules.again(value.shape, value.axes, shape);
  if (axes) return walk.keep(node, value, { shape, axes });
  if (value.origin && shape.length === 4 && isSame(shape.slice(2), value.origin[1])) {
    const [row, , gated] = value.origin;
    return walk.laidOut(walk.table.add(walk.c.PASS, [row], walk.called(node), { outChannels: walk.channelsOf(shape, NCHW), gated }), shape, NCHW);
  }
  const origin = value.axes ? [value.row, value.axes.map((axis) => value.shape[axis]), 0] : value.origin;
  return walk.give(node, [value], shape, null, { sees: walk.c.WHOLE, origin });
}

function flattenOf(walk, node, inputs) {
  const { shape } = inputs[0];
  const rank = shape.length;
  const axis = node.attributes.get("axis") === rank ? rank : axisOf(node, 1, rank);
  return laidOutAs(walk, node, inputs[0], [walk.rules.product(shape, 0, axis), walk.rules.product(shape, axis, rank)]);
}

function transposeOf(walk, node, inputs) {
  const value = inputs[0];
  const places = [...value.shape.keys()];
  const order = node.attributes.get("perm") ?? [...places].reverse();
  if (!Array.isArray(order) || !isSame([...order].sort((a, b) => a - b), places)) return walk.guess(node, [value], `perm=${asText(order)} does not order ${places.length} axes`);
  return walk.keep(node, value, { shape: order.map((axis) => value.shape[axis]), axes: value.axes?.map((axis) => order.indexOf(axis)) ?? null });
}

// The axes of a node, from its attribute or its second input.
const axesNamed = (node, inputs) => {
  const axes = node.attributes.get("axes") ?? inputs[1]?.numbers?.map(Math.trunc);
  return Array.isArray(axes) ? axes : null;
};
const within = (axes, rank) => new Set(axes.filter((axis) => -rank <= axis && axis < rank).map((axis) => (axis < 0 ? axis + rank : axis)));

function unsqueezeOf(walk, node, inputs) {
  const value = inputs[0];
  const axes = axesNamed(node, inputs);
  if (!axes) return walk.guess(node, [value], "its axes are not numbers in the file");
  const all = [...Array(value.shape.length + axes.length).keys()];
  const added = within(axes, all.length);
  const old = all.filter((at) => !added.has(at));
  if (old.length !== value.shape.length) return walk.guess(node, [value], `axes=${asText(axes)} do not fit`);
  const shape = all.map((at) => (added.has(at) ? 1 : value.shape[old.indexOf(at)]));
  return walk.keep(node, value, { shape, axes: value.axes?.map((axis) => old[axis]) ?? null });
}

function squeezeOf(walk, node, inputs) {
  const value = inputs[0];
  const named = axesNamed(node, inputs);
  if (!named && node.inputs[1]) return walk.guess(node, [value], "its axes are not numbers in the file");
  const axes = named ?? value.shape.flatMap((length, at) => (length === 1 ? [at] : []));
  const gone = within(axes, value.shape.length);
  const kept = [...value.shape.keys()].filter((at) => !gone.has(at));
  if ([...gone].some((at) => value.shape[at] !== 1) || !kept.length) return walk.guess(node, [value], `axes=${asText(axes)} do not fit`);
  const shape = kept.map((at) => value.shape[at]);
  if (value.axes?.every((axis) => kept.includes(axis))) return walk.keep(node, value, { shape, axes: value.axes.map((axis) => kept.indexOf(axis)) });
  return walk.give(node, [value], shape, null, { sees: walk.c.WHOLE });
}

function sliceOf(walk, node, inputs) {
  const value = inputs[0];
  const parts = [];
  for (const [k, name] of ["starts", "ends", "axes", "steps"].entries()) {
    const isInput = Boolean(node.inputs[k + 1]);
    const numbers = isInput ? inputs[k + 1].numbers : node.attributes.get(name);
    if (isInput && !numbers) return walk.guess(node, [value], `its ${name} are not numbers in the file`);
    parts.push(numbers);
  }
  const [starts, ends] = parts;
  const rank = value.shape.length;
  if (!Array.isArray(starts) || !Array.isArray(ends)) return walk.guess(node, [value], "it does not say which part");
  const axes = parts[2]?.length ? parts[2] : [...starts.keys()];
  const steps = parts[3]?.length ? parts[3] : starts.map(() => 1);
  const areAsMany = [ends, axes, steps].every(({ length }) => length === starts.length);
  if (!areAsMany || !(Math.min(...steps) >= 1) || axes.some((axis) => !(-rank <= axis && axis < rank))) return walk.guess(node, [value], "it takes places in an order that is not followed");
  const taken = new Map();
  for (const [k, axis] of axes.entries()) {
    const own = axis < 0 ? axis + rank : axis;
    const [first, count] = walk.rules.sliced(value.shape[own], starts[k], ends[k], steps[k]);
    if (count === 0) return walk.refuse(node, [value], walk.c.TOO_TALL);
    if (first !== 0 || count !== value.shape[own]) taken.set(own, [first, count, steps[k]]);
  }
  return partOf(walk, node, value, taken);
}

function gatherOf(walk, node, inputs) {
  const [value, index] = inputs;
  if (isConstant(value) || !index.shape) return walk.guess(node, inputs.filter((each) => !isConstant(each)), "it looks up a table");
  const axis = axisOf(node, 0, value.shape.length);
  const shape = [...value.shape.slice(0, axis), ...index.shape, ...value.shape.slice(axis + 1)];
  if (!value.axes || value.axes.includes(axis)) return walk.give(node, [value], shape, null, { sees: walk.blur(value) });
  const more = index.shape.length - 1;
  return walk.keep(node, value, { shape, axes: value.axes.map((own) => (own > axis ? own + more : own)) });
}

function reduceOf(walk, node, inputs) {
  const value = inputs[0];
  const rank = value.shape.length;
  let axes = axesNamed(node, inputs);
  if (!axes?.length) {
    if (node.inputs[1] && !inputs[1].numbers) return walk.guess(node, [value], "its axes are not numbers in the file");
    axes = [...Array(rank).keys()];
  }
  const gone = within(axes, rank);
  const keeps = wholeOf(node, "keepdims", 1) !== 0;
  const shape = value.shape.flatMap((length, at) => (gone.has(at) ? (keeps ? [1] : []) : [length]));
  let places = value.axes;
  const isOver = places?.some((axis) => gone.has(axis));
  if (places && !keeps) places = isOver ? null : places.map((axis) => axis - [...gone].filter((at) => at < axis).length);
  if (places && !isOver) return walk.keep(node, value, { shape, axes: places });
  const isWhole = !value.axes || value.axes.every((axis) => gone.has(axis));
  return walk.give(node, [value], shape, places, { sees: isWhole ? walk.c.WHOLE : walk.blur(value) });
}

function expandOf(walk, node, inputs) {
  const value = inputs[0];
  const numbers = inputs[1]?.numbers;
  if (!numbers) return walk.guess(node, [value], "its shape is not a number in the file");
  const shape = walk.rules.spread([value.shape, numbers.map(Math.trunc)]);
  if (!shape) return walk.guess(node, [value], "its shape does not fit");
  if (isSame(shape, value.shape)) return walk.keep(node, value);
  return walk.give(node, [value], shape, shape.length === value.shape.length ? value.axes : null, { sees: walk.blur(value) });
}

const VIEW_OPERATORS = [
  [["Reshape"], reshapeOf], [["Flatten"], flattenOf], [["Transpose"], transposeOf], [["Unsqueeze"], unsqueezeOf], [["Squeeze"], squeezeOf],
  [["Slice"], sliceOf], [["Gather"], gatherOf], [["Expand"], expandOf],
  [["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"], reduceOf],
];
// What each operator is, by its name.
const CHECK_OPERATORS = new Map([...WINDOW_OPERATORS, ...CELLWISE_OPERATORS, ...VIEW_OPERATORS].flatMap(([names, rule]) => names.map((name) => [name, rule])));

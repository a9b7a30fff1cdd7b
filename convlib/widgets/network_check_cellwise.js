// Operators that compute place by place, or lay channels side by side, as convlib.graphs.cellwise does, and matrix products.

const UNARY = `Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Swish Mish Gelu Tanh Softplus Softsign ThresholdedRelu
  Erf Exp Log Sqrt Abs Neg Reciprocal Floor Ceil Round Sign Not Sin Cos Atan Shrink Identity Dropout Cast CastLike Clip
  QuantizeLinear DequantizeLinear LRN DynamicQuantizeLinear IsNaN IsInf BitShift`.split(/\s+/);
const ARITHMETIC = `Add Sub Mul Div Pow Max Min Mean Sum PRelu Where And Or Xor Mod Greater Less Equal GreaterOrEqual LessOrEqual
  QLinearAdd QLinearMul`.split(/\s+/);

const unaryOf = (walk, node, inputs) => walk.keep(node, inputs[0]);

function arithmeticOf(walk, node, inputs) {
  const used = inputs.filter((value) => !isConstant(value));
  const constants = inputs.filter((value) => isConstant(value) && value.shape && value.weights.length);
  const params = walk.paramsOf(...constants);
  const shape = walk.rules.spread([...used, ...constants].map((value) => value.shape));
  if (!shape) return walk.refuse(node, used, walk.c.UNEQUAL);
  if (used.length === 1 && isSame(used[0].shape, shape)) return walk.keep(node, used[0], params);
  const rank = shape.length;
  const extra = used.map((value) => rank - value.shape.length);
  // Where height and width are after axes of length 1 were put in front.
  const axes = used.map((value, k) => value.axes?.map((axis) => axis + extra[k]) ?? null);
  const lengthAt = (k, axis) => (axis < extra[k] ? 1 : used[k].shape[axis - extra[k]]);
  const isLarge = (k) => axes[k].every((axis) => axis >= extra[k] && used[k].shape[axis - extra[k]] === shape[axis]);
  const places = new Map(used.flatMap((_, k) => (axes[k] && isLarge(k) ? [[`${axes[k]}`, axes[k]]] : [])));
  const [place] = places.values();
  // Each is a map in the result's layout, or has one number for all places.
  const canMeet = () => used.every((_, k) => `${axes[k]}` === `${place}` || place.every((axis) => lengthAt(k, axis) === 1));
  if (places.size !== 1 || !canMeet()) return walk.give(node, used, shape, null, { sees: walk.blur(...used), ...(params.params ? params : {}) });
  return walk.laidOut(walk.table.add(walk.c.MERGE, used.map(({ row }) => row), walk.called(node), params), shape, place);
}

function concatOf(walk, node, inputs) {
  const used = inputs.filter((value) => !isConstant(value));
  const rank = used[0].shape.length;
  const axis = axisOf(node, 1, rank);
  if (inputs.some(({ shape }) => shape?.length !== rank)) return walk.guess(node, used, "a shape among its inputs is not known");
  const places = used[0].axes;
  const shape = [...inputs[0].shape];
  shape[axis] = walk.rules.sum(inputs.map((value) => value.shape[axis]));
  const areAlike = inputs.every((value) => `${value.axes}` === `${places}`);
  if (places && areAlike && !places.includes(axis)) {
    return walk.laidOut(walk.table.add(walk.c.CONCAT, used.map(({ row }) => row), walk.called(node)), shape, places);
  }
  const others = inputs.map((value) => value.shape.filter((_, at) => at !== axis));
  if (others.some((each) => !isSame(each, others[0]))) return walk.refuse(node, used, walk.c.UNEQUAL);
  return walk.give(node, used, shape, areAlike ? places : null, { sees: walk.blur(...used) });
}

function splitOf(walk, node, inputs) {
  const value = inputs[0];
  const axis = axisOf(node, 0, value.shape.length);
  const length = value.shape[axis];
  const sizes = node.attributes.get("split") ?? inputs[1]?.numbers ?? walk.rules.parts(length, node.outputs.length);
  if (sizes.length !== node.outputs.length || walk.rules.sum(sizes) !== length || Math.min(...sizes) < 1) {
    return walk.guess(node, [value], `its parts ${asText(sizes)} do not make up ${length}`);
  }
  let start = 0;
  return sizes.map((size, output) => {
    const part = partOf(walk, node, value, new Map([[axis, [start, size, 1]]]), output);
    start = walk.rules.endsOfPart(length, start, size, 1)[2];
    return part;
  });
}

// A part of a tensor: `taken` has the places of some axes: the first, how many, and the step from one to the next.
function partOf(walk, node, value, taken, output = 0) {
  const shape = value.shape.map((length, axis) => taken.get(axis)?.[1] ?? length);
  if (Math.min(...shape) < 1) return walk.refuse(node, [value], walk.c.TOO_TALL);
  if (!value.axes?.some((axis) => taken.has(axis))) return walk.keep(node, value, { shape, axes: value.axes, output });
  const places = value.axes.map((axis) => taken.get(axis) ?? [0, value.shape[axis], 1]);
  // As a window of one cell: what is left out in front and behind is padding below 0.
  const ends = places.flatMap((each, k) => walk.rules.endsOfPart(value.shape[value.axes[k]], ...each).slice(0, 2));
  return cutOf(walk, node, value, shape, ends, places.map(([, , step]) => step), output);
}

function batchNormOf(walk, node, inputs) {
  if (!inputs[0].axes) return walk.keep(node, inputs[0], walk.paramsOf(...inputs.slice(1, 3)));
  return walk.keep(node, inputs[0], { normalised: inputs.length > 1 && inputs[1].shape !== null, shared: walk.wasCounted(...inputs.slice(1, 2)) });
}

const normaliseOf = (walk, node, inputs) => walk.keep(node, inputs[0], { gated: 1, ...walk.paramsOf(...inputs.slice(1)) });

function alongAxisOf(walk, node, inputs) {
  const { shape, axes } = inputs[0];
  const axis = axisOf(node, -1, shape.length);
  const isReached = (own) => (node.operator === "LayerNormalization" ? own >= axis : own === axis);
  return walk.keep(node, inputs[0], { gated: Number(!axes || axes.some(isReached)), ...walk.paramsOf(...inputs.slice(1)) });
}

function gemmOf(walk, node, inputs) {
  const [value, weight] = inputs;
  if (isConstant(value) || weight?.shape?.length !== 2 || node.attributes.get("transA")) return unknownProduct(walk, node, inputs);
  const [features, out] = node.attributes.get("transB") ? [...weight.shape].reverse() : weight.shape;
  return connectedOf(walk, node, value, features, out, [weight, ...inputs.slice(2, 3)]);
}

function matmulOf(walk, node, inputs) {
  const [one, other] = inputs;
  if (isConstant(other) && other.shape?.length === 2) return connectedOf(walk, node, one, ...other.shape, [other]);
  if (isConstant(one) || isConstant(other) || Math.min(one.shape.length, other.shape.length) < 2) return unknownProduct(walk, node, inputs);
  const front = walk.rules.spread([one.shape.slice(0, -2), other.shape.slice(0, -2)]);
  if (one.shape.at(-1) !== other.shape.at(-2) || !front) return walk.refuse(node, [one, other], walk.c.WRONG_FEATURES);
  return productOf(walk, node, [one, other], [...front, one.shape.at(-2), other.shape.at(-1)], one.shape.at(-1));
}

// What a constant matrix makes of the last axis.
function connectedOf(walk, node, value, features, out, weights) {
  if (value.shape.at(-1) !== features) return walk.refuse(node, [value], walk.c.WRONG_FEATURES);
  const shape = [...value.shape.slice(0, -1), out];
  const isChannel = value.axes && !value.axes.includes(shape.length - 1);
  if (isChannel && walk.channelsOf(value.shape, value.axes) === features) {
    const numbers = { inChannels: features, outChannels: out, bias: weights.length > 1, shared: walk.wasCounted(...weights) };
    return walk.laidOut(walk.table.add(walk.c.CONV, [value.row], walk.called(node), numbers), shape, value.axes);
  }
  return productOf(walk, node, [value], shape, features, walk.paramsOf(...weights));
}

// A product each of whose outputs sums `features` products.
function productOf(walk, node, used, shape, features, numbers = {}) {
  const size = [walk.rules.positions(shape, walk.batch), 1];
  return walk.give(node, used, shape, null, { sees: walk.c.WHOLE, outChannels: shape.at(-1), size, features, ...numbers });
}

const unknownProduct = (walk, node, inputs) => walk.guess(node, inputs.filter((value) => !isConstant(value)), "it is not a product that convlib follows");

const CELLWISE_OPERATORS = [
  [UNARY, unaryOf], [ARITHMETIC, arithmeticOf], [["Concat"], concatOf], [["Split"], splitOf], [["BatchNormalization"], batchNormOf],
  [["InstanceNormalization", "GroupNormalization", "MeanVarianceNormalization"], normaliseOf],
  [["LayerNormalization", "RMSNormalization", "LpNormalization", "Softmax", "LogSoftmax"], alongAxisOf],
  [["Gemm"], gemmOf], [["MatMul"], matmulOf],
];

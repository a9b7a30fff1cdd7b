// What a node's attributes say, checked, and the operators that slide a window or sample anew, as
// convlib.graphs.attributes and convlib.graphs.windows do.

const PADDINGS = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"];
const asText = (value) => (Array.isArray(value) ? `[${value.join(", ")}]` : `${value}`);
const faultAt = (node, text) => new NoNetwork(`${node.name} (${node.operator}): ${text}`);

function wholeAttribute(node, name, value, least) {
  if (!Number.isInteger(value)) throw faultAt(node, `${name}=${asText(value)}; legal are whole numbers.`);
  if (value < least || value > 2147483647) throw faultAt(node, `${name}=${value} is out of range; legal are ${least} to 2147483647.`);
  return value;
}

const wholeOf = (node, name, standard, least = 0) => wholeAttribute(node, name, node.attributes.get(name) ?? standard, least);

function numbersOf(node, name, standard, count, least = 0) {
  const value = node.attributes.get(name);
  if (value === undefined || (Array.isArray(value) && !value.length)) return standard;
  if (!Array.isArray(value) || value.length !== count) throw faultAt(node, `${name}=${asText(value)}; legal are ${count} integers.`);
  return value.map((entry) => wholeAttribute(node, name, entry, least));
}

function axisOf(node, standard, rank) {
  const value = node.attributes.get("axis") ?? standard;
  if (!Number.isInteger(value) || value < -rank || value >= rank) throw faultAt(node, `axis=${asText(value)}; legal are ${-rank} to ${rank - 1}.`);
  return value < 0 ? value + rank : value;
}

const textOf = (node, name, standard) => {
  const value = node.attributes.get(name);
  return typeof value === "string" ? value : standard;
};

// The columns that convolutions and poolings share.
function windowNumbers(node, kernel) {
  const word = textOf(node, "auto_pad", "NOTSET") || "NOTSET";
  if (!PADDINGS.includes(word)) throw faultAt(node, `auto_pad=${word}; legal are ${PADDINGS.join(", ")}.`);
  const [top, left, bottom, right] = numbersOf(node, "pads", [0, 0, 0, 0], 4);
  return {
    kernel, stride: numbersOf(node, "strides", [1, 1], 2, 1), dilation: numbersOf(node, "dilations", [1, 1], 2, 1),
    ends: [top, bottom, left, right], padding: PADDINGS.indexOf(word),
  };
}

const areMaps = (image, weight) => [image, weight].every((value) => value?.shape?.length === 4);
const WEIGHT_AND_BIAS = { Conv: [1, 2], ConvInteger: [1, null], QLinearConv: [3, 8] };

function convOf(walk, node, inputs) {
  const [at, biasAt] = WEIGHT_AND_BIAS[node.operator];
  const [image, weight] = [inputs[0], inputs[at]];
  if (!areMaps(image, weight)) return walk.guess(node, [image], "it is not a convolution over two axes");
  const groups = wholeOf(node, "group", 1, 1);
  return walk.slide(node, image, walk.c.CONV, {
    outChannels: weight.shape[0], inChannels: walk.rules.product_within(weight.shape[1], groups), groups,
    bias: biasAt !== null && Boolean(node.inputs[biasAt]), shared: walk.wasCounted(weight), ...windowNumbers(node, weight.shape.slice(2)),
  });
}

function convTransposeOf(walk, node, inputs) {
  const [image, weight] = inputs;
  if (!areMaps(image, weight)) return walk.guess(node, [image], "it is not a transposed convolution over two axes");
  const groups = wholeOf(node, "group", 1, 1);
  return walk.slide(node, image, walk.c.TRANSPOSED, {
    outChannels: walk.rules.product_within(weight.shape[1], groups), inChannels: weight.shape[0], groups, bias: Boolean(node.inputs[2]),
    shared: walk.wasCounted(weight), extra: numbersOf(node, "output_padding", [0, 0], 2), size: numbersOf(node, "output_shape", [0, 0], 2, 1),
    ...windowNumbers(node, weight.shape.slice(2)),
  });
}

function poolOf(walk, node, inputs) {
  const kernel = node.attributes.get("kernel_shape");
  if (inputs[0].shape.length !== 4 || kernel?.length !== 2 || !Array.isArray(kernel)) return walk.guess(node, inputs.slice(0, 1), "it is not a pooling over two axes");
  const ceilMode = wholeOf(node, "ceil_mode", 0) !== 0;
  return walk.slide(node, inputs[0], walk.c.POOL, { ceilMode, ...windowNumbers(node, numbersOf(node, "kernel_shape", [1, 1], 2, 1)) });
}

function globalPoolOf(walk, node, inputs) {
  const [{ shape }] = inputs;
  if (shape.length !== 4) return walk.guess(node, inputs.slice(0, 1), "it is not a pooling over two axes");
  const size = numbersOf(node, "output_size", [1, 1], 2, 1);
  if (isSame(size, shape.slice(2))) return walk.keep(node, inputs[0]); // an average of single cells
  return walk.give(node, inputs, [...shape.slice(0, 2), ...size], NCHW, { sees: walk.c.WHOLE });
}

function padOf(walk, node, inputs) {
  const image = inputs[0];
  const ends = node.attributes.get("pads") ?? node.attributes.get("paddings") ?? inputs[1]?.numbers;
  const rank = image.shape.length;
  const chosen = inputs[3]?.numbers ?? [...Array(rank).keys()];
  const fits = Array.isArray(ends) && ends.length === 2 * chosen.length && image.axes;
  if (!fits || !chosen.every((axis) => -rank <= axis && axis < rank)) return walk.guess(node, [image], "its padding is not a number in the file");
  const [before, after] = [Array(rank).fill(0), Array(rank).fill(0)];
  chosen.forEach((axis, at) => {
    const own = axis < 0 ? axis + rank : axis;
    [before[own], after[own]] = [Math.trunc(ends[at]), Math.trunc(ends[at + chosen.length])];
  });
  if (Math.max(...[...before, ...after].map(Math.abs)) > walk.c.MOST) return walk.refuse(node, [image], walk.c.TOO_LARGE);
  const shape = image.shape.map((length, axis) => walk.rules.padded_length(length, before[axis], after[axis]));
  if (Math.min(...shape) < 1) return walk.refuse(node, [image], walk.c.TOO_TALL);
  for (const axis of image.axes) shape[axis] = image.shape[axis]; // which the kernel finds
  return cutOf(walk, node, image, shape, image.axes.flatMap((axis) => [before[axis], after[axis]]));
}

// A map with cells added (or, below 0, taken away) at the ends of height and width; `shape` says how long the other axes are.
function cutOf(walk, node, image, shape, ends, steps = [1, 1], output = 0) {
  const numbers = { outChannels: walk.channelsOf(shape, image.axes), ends, stride: steps };
  return walk.laidOut(walk.table.add(walk.c.POOL, [image.row], walk.called(node, output), numbers), shape, image.axes);
}

function depthToSpaceOf(walk, node, inputs) {
  const [block, image] = [wholeOf(node, "blocksize", 1, 1), inputs[0]];
  const outChannels = isMap(image) ? walk.rules.channels_of_cells(image.shape[1], block) : 0;
  if (!outChannels) return walk.guess(node, [image], `its channels are not a multiple of ${block}²`);
  return walk.slide(node, image, walk.c.RESIZE, { outChannels, up: [block, block], placing: walk.c.ASYMMETRIC, reading: walk.c.FLOOR });
}

function spaceToDepthOf(walk, node, inputs) {
  const [block, image] = [wholeOf(node, "blocksize", 1, 1), inputs[0]];
  if (!isMap(image)) return walk.guess(node, [image], "its input is not a map");
  const outChannels = walk.rules.channels_of_blocks(image.shape[1], block);
  return walk.slide(node, image, walk.c.POOL, { outChannels, kernel: [block, block], stride: [block, block] });
}

function resizeOf(walk, node, inputs) {
  const { c, rules } = walk;
  const image = inputs[0];
  const isOld = node.operator === "Upsample" || (node.attributes.get("opset") ?? 99) < 11;
  const [scales, sizes] = resizeTargets(node, inputs, isOld);
  const mode = textOf(node, "mode", "nearest");
  const placing = {
    half_pixel: c.HALF_PIXEL, pytorch_half_pixel: c.HALF_PIXEL, asymmetric: c.ASYMMETRIC, align_corners: c.ALIGN_CORNERS,
  }[textOf(node, "coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel")];
  const rounding = { round_prefer_floor: c.PREFER_FLOOR, round_prefer_ceil: c.PREFER_CEIL, floor: c.FLOOR, ceil: c.CEIL };
  const nearest = rounding[textOf(node, "nearest_mode", isOld ? "floor" : "round_prefer_floor")] ?? c.PREFER_FLOOR;
  const reading = { linear: c.LINEAR, bilinear: c.LINEAR, cubic: c.CUBIC }[mode] ?? nearest;
  if (!isMap(image) || (!scales && !sizes)) return walk.guess(node, [image], "its scale is not a number in the file");
  const policy = textOf(node, "keep_aspect_ratio_policy", "stretch");
  let isSmooth = wholeOf(node, "antialias", 0) !== 0;
  const [up, down, size] = [[], [], []];
  for (const at of [0, 1]) {
    const old = image.shape[2 + at];
    if (sizes && !(sizes[at] >= 1 && sizes[at] <= c.MOST)) return walk.refuse(node, [image], sizes[at] > c.MOST ? c.TOO_LARGE : c.TOO_TALL);
    const [above, below] = sizes ? rules.ratioBetween(sizes[at], old) : rules.ratioOf(scales[at]);
    const length = sizes ? sizes[at] : rules.scaled_length(old, above, below);
    if (!(length >= 1 && length <= c.MOST)) return walk.refuse(node, [image], length > c.MOST ? c.TOO_LARGE : c.TOO_TALL);
    isSmooth &&= above < below;
    up.push(above);
    down.push(below);
    size.push(length);
  }
  if (policy !== "stretch") return walk.guess(node, [image], `keep_aspect_ratio_policy='${policy}'`);
  if (placing === undefined || isSmooth || Math.max(...up, ...down) > c.MOST) {
    return walk.give(node, [image], [...image.shape.slice(0, 2), ...size], NCHW, { sees: walk.blur(image) });
  }
  return walk.slide(node, image, c.RESIZE, { up, down, size, placing, reading });
}

// The scales and the sizes of height and width that a resizing names, or null.
function resizeTargets(node, inputs, isOld) {
  const scales = node.attributes.get("scales") ?? inputs[isOld ? 1 : 2]?.numbers ?? null;
  const sizes = (!isOld && inputs[3]?.numbers) || null;
  const axes = node.attributes.get("axes") ?? [0, 1, 2, 3];
  const place = new Map(axes.map((axis, at) => [Number.isInteger(axis) ? ((axis % 4) + 4) % 4 : axis, at]));
  return [scales, sizes].map((numbers) => {
    let fits = Array.isArray(numbers) && numbers.length === axes.length && place.has(2) && place.has(3);
    // What is beside height and width has to stay; sizes are taken to say so.
    if (fits && numbers === scales) fits = [0, 1].every((axis) => !place.has(axis) || numbers[place.get(axis)] === 1);
    return fits ? [numbers[place.get(2)], numbers[place.get(3)]] : null;
  });
}

const WINDOW_OPERATORS = [
  [["Conv", "ConvInteger", "QLinearConv"], convOf], [["ConvTranspose"], convTransposeOf], [["MaxPool", "AveragePool", "LpPool"], poolOf],
  [["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "AdaptiveAveragePool"], globalPoolOf], [["Pad"], padOf],
  [["DepthToSpace"], depthToSpaceOf], [["SpaceToDepth"], spaceToDepthOf], [["Resize", "Upsample"], resizeOf],
];

// ConvolutionMatrix: its settings, what convlib computes of them, and where each picture stands.

const COUNTS = [
  "rows", "columns", "connections", "params", "macs", "bytes", "denseParams", "denseMacs", "denseBytes", "onPadding",
];
const FLOAT32 = 4; // bytes

const stateOf = (model) => ({ ...sizesOf(model), padding: model.get("padding"), stride: model.get("stride") });

const outputSize = (kernels, { height, width, kh, kw, padding, stride }) => [
  kernels.output_length(height, kh, stride, padding, padding, 1),
  kernels.output_length(width, kw, stride, padding, padding, 1),
];

// Everything drawn, computed by convlib: which entry stands where, the output, the counts.
function compute(kernels, state, image, weights) {
  const { height, width, kh, kw, padding, stride } = state;
  const [oh, ow] = outputSize(kernels, state);
  const result = { oh, ow, pixels: crop(image, height, width), kernel: crop(weights, kh, kw) };
  if (!oh || !ow) return result;
  const memory = kernels.scratch();
  const geometry = [height, width, kh, kw, stride, stride, padding, padding, padding, padding];
  const taps = memory.reserve(oh * ow * height * width);
  kernels.matrix_taps(...geometry, taps);
  const counts = memory.reserve(COUNTS.length);
  kernels.matrix_counts(...geometry, FLOAT32, counts);
  const [ph, pw] = [height + 2 * padding, width + 2 * padding];
  const padded = memory.reserve(ph * pw);
  kernels.pad(memory.floats(result.pixels), 1, height, width, padding, padding, padding, padding, 0, padded);
  const out = memory.reserve(oh * ow);
  kernels.conv2d(
    padded, memory.floats(result.kernel), memory.floats([0]), out, 1, ph, pw, 1, kh, kw, stride, stride, 1, 1, 1,
  );
  result.taps = memory.readInts(taps, oh * ow * height * width);
  // In how many rows each weight stands: where padding lies under it, it has no column.
  result.rowsWith = result.kernel.map((_, tap) => result.taps.reduce((count, each) => count + (each === tap), 0));
  result.sums = memory.readFloats(out, oh * ow);
  memory.readInts(counts, COUNTS.length).forEach((count, at) => {
    result[COUNTS[at]] = count;
  });
  return result;
}

const WIDEST = 900; // the pictures stay together on a wide board
const CAPTION = 26;
const ROOM_FOR_LETTER = 26; // pixels of a cell, beside its number
const LEAST = 20; // pixels of an entry of the matrix, whose letter is 11 pixels then

// Where each picture stands and how large its cells are: fixed areas, so that none moves when another changes.
function roomFor({ width: all, height, narrow }, { kh, kw, height: h, width: w, padding }, { oh, ow, rows, columns }) {
  const width = Math.min(all, WIDEST);
  const areas = narrow
    ? { input: [0, 0, 0.42, 0.42], kernel: [0.43, 0, 0.66, 0.42], output: [0.67, 0, 1.02, 0.42], matrix: [0, 0.43, 1, 1] }
    : { input: [0, 0, 0.34, 0.54], kernel: [0, 0.55, 0.15, 1], output: [0.15, 0.55, 0.35, 1], matrix: [0.36, 0, 1, 1] };
  const lengths = { input: [h + 2 * padding, w + 2 * padding], kernel: [kh, kw], output: [oh, ow], matrix: [rows ?? 1, columns ?? 1] };
  const place = (name, most) => {
    const [left, top, right, bottom] = areas[name];
    const [down, across] = lengths[name];
    const space = [(right - left) * width - 12, (bottom - top) * height - CAPTION - 10];
    const cell = Math.min(most, space[0] / Math.max(across, 1), space[1] / Math.max(down, 1));
    return { left: left * width, top: top * height, space, cell };
  };
  const matrix = place("matrix", 32);
  return { input: place("input", 40), kernel: place("kernel", 36), output: place("output", 40), matrix: { ...matrix, cell: Math.max(matrix.cell, LEAST) } };
}

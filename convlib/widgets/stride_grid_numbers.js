// StrideGrid: its settings, what convlib computes of them, and where each grid stands.

// The settings, with the axes apart and their padding resolved: rows first, columns second.
function stateOf(model, kernels) {
  const get = (name) => model.get(name);
  const axis = (size, kernel, stride, pad) => {
    const same = get("rule") === TENSORFLOW;
    const before = same ? kernels.same_before(size, kernel, stride, 1) : pad;
    const after = same ? kernels.same_after(size, kernel, stride, 1) : pad;
    const outputs = (step) => kernels.output_length(size, kernel, step, before, after, 1);
    const dropped = kernels.dropped_length(size, kernel, stride, before, after, 1);
    return { size, kernel, stride, before, after, every: outputs(1), outputs: outputs(stride), dropped };
  };
  const { height, width, kh, kw } = sizesOf(model);
  return {
    rows: axis(height, kh, get("stride_h"), get("pad_h")),
    columns: axis(width, kw, get("stride_w"), get("pad_w")),
  };
}

// Everything drawn, computed by convlib: each cell's fate, how often it is read, both outputs, both costs.
function compute(kernels, { rows, columns }, image, weights) {
  const height = rows.before + rows.size + rows.after;
  const width = columns.before + columns.size + columns.after;
  const memory = kernels.scratch();
  const padded = memory.reserve(height * width);
  kernels.pad(
    memory.floats(crop(image, rows.size, columns.size)), 1, rows.size, columns.size,
    rows.before, rows.after, columns.before, columns.after, 0, padded,
  );
  const kinds = memory.reserve(height * width);
  const counts = memory.reserve(FATES.length);
  const ends = [rows.before, rows.after, columns.before, columns.after];
  kernels.cut_cells(rows.size, columns.size, rows.kernel, columns.kernel, rows.stride, columns.stride, ...ends, kinds, counts);
  const readsAt = (down, across) => {
    const reads = memory.reserve(height * width);
    kernels.count_reads(rows.size, columns.size, rows.kernel, columns.kernel, down, across, ...ends, reads);
    return memory.readInts(reads, height * width);
  };
  const kernel = crop(weights, rows.kernel, columns.kernel);
  const filter = memory.floats(kernel);
  const bias = memory.floats([0]);
  const sums = (oh, ow, down, across) => {
    if (!oh || !ow) return [];
    const out = memory.reserve(oh * ow);
    kernels.conv2d(
      padded, filter, bias, out, 1, height, width, 1, rows.kernel, columns.kernel, down, across, 1, 1, 1,
    );
    return memory.readFloats(out, oh * ow);
  };
  const macs = (oh, ow) => kernels.conv2d_macs(oh, ow, rows.kernel, columns.kernel, 1, 1, 1);
  return {
    height, width, kernel,
    every: sums(rows.every, columns.every, 1, 1),
    strided: sums(rows.outputs, columns.outputs, rows.stride, columns.stride),
    reads: readsAt(rows.stride, columns.stride),
    everyReads: readsAt(1, 1),
    padded: memory.readFloats(padded, height * width),
    kinds: memory.readInts(kinds, height * width),
    counts: memory.readInts(counts, FATES.length),
    everyMacs: macs(rows.every, columns.every),
    stridedMacs: macs(rows.outputs, columns.outputs),
  };
}

const WIDEST = 860; // the grids stay together on a wide board
const CAPTION = 26;

// Where each grid stands and how large its cells are: fixed areas, so that no grid moves when another changes.
function roomFor({ width: all, height, narrow }, { rows, columns }, got) {
  const width = Math.min(all, WIDEST);
  const place = (left, top, right, bottom, down, across, most) => {
    const [x, y] = [left * width, top * height];
    const room = [(right - left) * width - 12, (bottom - top) * height - CAPTION - 10];
    return { left: x, top: y, cell: Math.min(most, room[0] / Math.max(across, 1), room[1] / Math.max(down, 1)) };
  };
  const grids = {
    input: [got.height, got.width, 44], kernel: [rows.kernel, columns.kernel, 32],
    every: [rows.every, columns.every, 40], output: [rows.outputs, columns.outputs, 40],
  };
  const areas = narrow
    ? { input: [0, 0, 0.64, 0.54], kernel: [0.66, 0, 1.01, 0.28], every: [0, 0.55, 0.5, 1], output: [0.5, 0.55, 1, 1], key: [0.66, 0.28] }
    : { input: [0, 0, 0.44, 1], every: [0.44, 0, 0.72, 0.62], output: [0.72, 0, 1, 0.62], kernel: [0.44, 0.64, 0.72, 1], key: [0.72, 0.66] };
  const rooms = Object.keys(grids).map((name) => [name, place(...areas[name], ...grids[name])]);
  return { ...Object.fromEntries(rooms), key: { left: areas.key[0] * width, top: areas.key[1] * height } };
}

// OutputSize: the settings, and what convlib computes from them.

const PRESETS = { valid: 1, same: 2, full: 3 };
const SIDES = ["pad_top", "pad_bottom", "pad_left", "pad_right"];

// The settings, with the axes apart: rows first, columns second.
function stateOf(model) {
  const get = (name) => model.get(name);
  const { height, width, kh, kw } = sizesOf(model);
  const axis = (size, kernel, stride, before, after) => ({ size, kernel, stride, before, after });
  return {
    rows: axis(height, kh, get("stride_h"), get("pad_top"), get("pad_bottom")),
    columns: axis(width, kw, get("stride_w"), get("pad_left"), get("pad_right")),
    padValue: get("pad_value"),
  };
}

// What the preset makes of the padding, if one is chosen.
function presetPadding(model, kernels) {
  const preset = model.get("preset");
  if (!preset) return null;
  const { rows, columns } = stateOf(model);
  const ends = ({ size, kernel }) => {
    if (preset === PRESETS.valid) return [0, 0];
    if (preset === PRESETS.full) return [kernels.full_padding(kernel, 1), kernels.full_padding(kernel, 1)];
    return [kernels.same_before(size, kernel, 1, 1), kernels.same_after(size, kernel, 1, 1)];
  };
  const [pad_top, pad_bottom] = ends(rows);
  const [pad_left, pad_right] = ends(columns);
  return { pad_top, pad_bottom, pad_left, pad_right };
}

const outputs = (kernels, { size, kernel, stride, before, after }) =>
  kernels.output_length(size, kernel, stride, before, after, 1);

// Everything drawn, computed by convlib: the padded input, the outputs, the reads.
function compute(kernels, { rows, columns, padValue }, image, weights) {
  const height = rows.before + rows.size + rows.after;
  const width = columns.before + columns.size + columns.after;
  const oh = outputs(kernels, rows);
  const ow = outputs(kernels, columns);
  const memory = kernels.scratch();
  const kernel = crop(weights, rows.kernel, columns.kernel);

  const padded = memory.reserve(height * width);
  kernels.pad(
    memory.floats(crop(image, rows.size, columns.size)), 1, rows.size, columns.size,
    rows.before, rows.after, columns.before, columns.after, padValue, padded,
  );
  const reads = memory.reserve(height * width);
  kernels.count_reads(
    rows.size, columns.size, rows.kernel, columns.kernel, rows.stride, columns.stride,
    rows.before, rows.after, columns.before, columns.after, reads,
  );
  const result = { height, width, oh, ow, kernel, sums: [] };
  if (oh && ow) {
    const out = memory.reserve(oh * ow);
    kernels.conv2d(
      padded, memory.floats(kernel), memory.floats([0]), out, 1, height, width,
      1, rows.kernel, columns.kernel, rows.stride, columns.stride, 1, 1, 1,
    );
    result.sums = memory.readFloats(out, oh * ow);
  }
  result.padded = memory.readFloats(padded, height * width);
  result.reads = memory.readInts(reads, height * width);
  const dropped = ({ size, kernel: span, stride, before, after }) =>
    kernels.dropped_length(size, span, stride, before, after, 1);
  result.droppedRows = dropped(rows);
  result.droppedColumns = dropped(columns);
  return result;
}

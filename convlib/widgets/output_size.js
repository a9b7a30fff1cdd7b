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

// "⌊(4 − 2 + 0 + 0) / 1⌋ + 1 = 3", in symbols and then in numbers.
function sizeFormula(axis, names, length) {
  const { size, kernel, stride, before, after } = axis;
  const fraction = (numbers, s) => floored(over(numbers, s));
  return [
    formula(
      fraction([names.size, "−", names.kernel, "+", sub("p", names.before), "+", sub("p", names.after)], sub("s", names.kernel)),
      "+", 1,
    ),
    formula("=", fraction([size, "−", kernel, "+", before, "+", after], stride), "+", 1, "=", length),
  ];
}

const ROW_NAMES = { size: "H", kernel: "h", before: "top", after: "bottom" };
const COLUMN_NAMES = { size: "W", kernel: "w", before: "left", after: "right" };

function build(model, el, kernels) {
  // The chosen input pixel, in the input's own rows and columns; null while an output is chosen.
  let pixel = null;
  const parts = {
    input: html("figure", { tabindex: 0, "data-grid": "input" }),
    kernel: html("figure", { "data-grid": "kernel" }),
    output: html("figure", { tabindex: 0, "data-grid": "output" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
    formulas: html("div", { class: "formulas" }),
  };
  const grids = html("div", { class: "grids" }, parts.input, parts.kernel, parts.output);
  el.replaceChildren(parts.formulas, grids, parts.said);
  const [inputGrid, kernelGrid, outputGrid] = [parts.input, parts.kernel, parts.output].map((figure) => gridIn(figure));

  const chooseOutput = (i, j) => {
    pixel = null;
    setAll(model, { step: i * outputs(kernels, stateOf(model).columns) + j });
    draw();
  };
  const choosePixel = (i, j) => {
    pixel = [i, j];
    draw();
  };
  onCells(parts.output, chooseOutput);
  onCells(parts.input, (i, j) => {
    const { rows, columns } = stateOf(model);
    choosePixel(i - rows.before, j - columns.before);
  });
  onArrows(parts.output, (down, right) => {
    const { rows, columns } = stateOf(model);
    const [oh, ow] = [outputs(kernels, rows), outputs(kernels, columns)];
    if (!oh || !ow) return;
    const step = clamp(model.get("step"), 0, oh * ow - 1);
    chooseOutput(clamp(Math.floor(step / ow) + down, 0, oh - 1), clamp((step % ow) + right, 0, ow - 1));
  });
  onArrows(
    parts.input,
    (down, right) => {
      const { rows, columns } = stateOf(model);
      const inside = (value, axis) => clamp(value, -axis.before, axis.size + axis.after - 1);
      const [i, j] = pixel ? [pixel[0] + down, pixel[1] + right] : [0, 0];
      choosePixel(inside(i, rows), inside(j, columns));
    },
    () => {
      pixel = null;
      draw();
    },
  );

  function draw() {
    const state = stateOf(model);
    const { rows, columns } = state;
    const got = compute(kernels, state, model.get("image"), model.get("weights"));
    const legal = got.oh > 0 && got.ow > 0;
    const last = legal ? got.oh * got.ow - 1 : 0;
    const step = clamp(model.get("step"), 0, last);
    setAll(model, { last_step: last, step });
    if (pixel && (pixel[0] >= rows.size + rows.after || pixel[1] >= columns.size + columns.after)) pixel = null;
    if (pixel && (pixel[0] < -rows.before || pixel[1] < -columns.before)) pixel = null;
    const chosen = legal && !pixel ? [Math.floor(step / got.ow), step % got.ow] : null;
    drawInput(state, got, chosen);
    drawKernel(state, got);
    drawOutput(state, got, chosen);
    parts.formulas.replaceChildren(
      html("div", {}, "output rows: ", ...sizeFormula(rows, ROW_NAMES, got.oh || "none")),
      html("div", {}, "output columns: ", ...sizeFormula(columns, COLUMN_NAMES, got.ow || "none")),
    );
    parts.said.replaceChildren(...(legal ? sentence(state, got, chosen) : [tooLarge(state, got)]));
    parts.said.classList.toggle("illegal", !legal);
  }

  const isBare = ({ rows, columns }, got) => got.height === rows.size && got.width === columns.size;

  function drawInput({ rows, columns, padValue }, got, chosen) {
    const reads = model.get("reads");
    const most = Math.max(...got.reads, 1);
    const describe = (i, j) => {
      const at = i * got.width + j;
      const inner =
        i >= rows.before && i < rows.before + rows.size && j >= columns.before && j < columns.before + columns.size;
      const dropped = i >= got.height - got.droppedRows || j >= got.width - got.droppedColumns;
      const kind = `${inner ? "input" : "padding"}${dropped ? " dropped" : ""}`;
      if (!reads) return { kind, text: shown(got.padded[at]) };
      return { kind: `${kind} heat`, text: `${got.reads[at]}`, opacity: (0.5 * got.reads[at]) / most };
    };
    const shapes = [];
    if (chosen) {
      const top = kernels.window_start(chosen[0], rows.stride, rows.before) + rows.before;
      const left = kernels.window_start(chosen[1], columns.stride, columns.before) + columns.before;
      shapes.push(outline(top, left, rows.kernel, columns.kernel, "window"));
    }
    if (pixel) shapes.push(outline(pixel[0] + rows.before, pixel[1] + columns.before, 1, 1, "chosen"));
    const label = `Padded input, ${got.height} by ${got.width}`;
    const padding = isBare({ rows, columns }, got) ? "" : `, padded with ${padValue} to ${got.height} × ${got.width}`;
    const text = `${reads ? "reads of each cell: " : ""}input ${rows.size} × ${columns.size}${padding}`;
    inputGrid({ rows: got.height, columns: got.width, text, label, describe, shapes });
    parts.input.setAttribute("aria-label", `${label}. Arrow keys choose a cell, Escape none.`);
  }

  function drawKernel({ rows: { kernel: rows }, columns: { kernel: columns } }, got) {
    const describe = (u, v) => ({ kind: "kernel", text: shown(got.kernel[u * columns + v]) });
    kernelGrid({ rows, columns, text: `kernel ${rows} × ${columns}`, label: `Kernel, ${rows} by ${columns}`, describe });
  }

  // Which kernel entry lies on the chosen pixel when output (i, j) is computed; -1 on an axis: none.
  function taps({ rows, columns }, i, j) {
    const tap = (axis, at, output) =>
      kernels.tap_of_pixel(at, output, axis.kernel, axis.stride, axis.before, 1);
    return [tap(rows, pixel[0], i), tap(columns, pixel[1], j)];
  }

  function drawOutput(state, got, chosen) {
    const [rows, columns] = got.oh && got.ow ? [got.oh, got.ow] : [0, 0];
    const describe = (i, j) => {
      const mark = Boolean(pixel) && taps(state, i, j).every((tap) => tap >= 0);
      return { kind: `output${pixel && !mark ? " faint" : ""}`, text: shown(got.sums[i * columns + j]), mark };
    };
    const shapes = chosen ? [outline(...chosen, 1, 1, "chosen")] : [];
    const label = rows ? `Output, ${rows} by ${columns}` : "No output";
    outputGrid({ rows, columns, text: rows ? `output ${rows} × ${columns}` : "no output", label, describe, shapes });
    parts.output.setAttribute("aria-label", `${label}. Arrow keys choose a cell.`);
  }

  function sentence(state, got, chosen) {
    const { rows, columns, padValue } = state;
    const idle = padValue && isBare(state, got) ? ` There is no padding for c = ${padValue} to fill.` : "";
    const cut = got.droppedRows || got.droppedColumns
      ? ` No window reaches the last ${[got.droppedRows && plural(got.droppedRows, "row"), got.droppedColumns && plural(got.droppedColumns, "column")].filter(Boolean).join(" and ")} (crossed out).`
      : "";
    if (!chosen) {
      const [row, column] = pixel;
      const count = got.reads[(row + rows.before) * got.width + column + columns.before];
      const where = row < 0 || column < 0 || row >= rows.size || column >= columns.size ? "Padding cell" : "Input cell";
      return [`${where} (${row}, ${column}) is read by ${plural(count, "output")}, marked with a dot.${cut}${idle}`];
    }
    const [i, j] = chosen;
    const top = kernels.window_start(i, rows.stride, rows.before) + rows.before;
    const left = kernels.window_start(j, columns.stride, columns.before) + columns.before;
    const products = got.kernel.map((weight, k) => {
      const [u, v] = [Math.floor(k / columns.kernel), k % columns.kernel];
      return product(weight, got.padded[(top + u) * got.width + left + v]);
    });
    return [`Output (${i}, ${j}) = ${products.join(" + ")} = ${shown(got.sums[i * got.ow + j])}.${cut}${idle}`];
  }

  function tooLarge({ rows, columns }, got) {
    const misfits = [];
    if (!got.oh) misfits.push(`kernel height ${rows.kernel} is more than the padded height ${got.height}`);
    if (!got.ow) misfits.push(`kernel width ${columns.kernel} is more than the padded width ${got.width}`);
    return `There is no output: ${misfits.join(", and ")}. The window must fit at least once: choose a smaller kernel, a larger input or more padding.`;
  }

  const sizes = ["height", "width", "kernel_height", "kernel_width"];
  const releasePreset = keepPreset(model, "preset", SIDES, () => presetPadding(model, kernels), sizes);
  const forgetPixel = () => {
    pixel = null;
  };
  model.on("change:step", forgetPixel);
  const releaseEnd = endKeyGoesTo(el, model, "step", "step", "last_step");

  return {
    names: [...sizes, ...SIDES, "pad_value", "stride_h", "stride_w", "step", "reads", "image", "weights"],
    draw,
    undo() {
      model.off("change:step", forgetPixel);
      releasePreset();
      releaseEnd();
    },
  };
}

export default explorer(build);

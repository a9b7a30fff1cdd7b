const TENSORFLOW = 1;
// What cut_cells writes for a cell of the padded input; odd numbers are padding.
const FATES = ["read", "read", "dropped", "dropped", "jumped", "jumped"];

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

// Everything drawn, computed by convlib: each cell's fate, both outputs, both costs.
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
  kernels.cut_cells(
    rows.size, columns.size, rows.kernel, columns.kernel, rows.stride, columns.stride,
    rows.before, rows.after, columns.before, columns.after, kinds, counts,
  );
  const filter = memory.floats(crop(weights, rows.kernel, columns.kernel));
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
    height, width,
    every: sums(rows.every, columns.every, 1, 1),
    strided: sums(rows.outputs, columns.outputs, rows.stride, columns.stride),
    padded: memory.readFloats(padded, height * width),
    kinds: memory.readInts(kinds, height * width),
    counts: memory.readInts(counts, FATES.length),
    everyMacs: macs(rows.every, columns.every),
    stridedMacs: macs(rows.outputs, columns.outputs),
  };
}

// "⌊(H − h + 2p) / s⌋ + 1 = ⌊(7 − 3 + 0) / 2⌋ + 1 = ⌊4 / 2⌋ + 1 = 3"; SAME has no 2p, but two ends.
function strideFormula(axis, size, kernel, rule) {
  const { before, after, stride, outputs } = axis;
  const ends = rule === TENSORFLOW
    ? [sub("p", "before"), "+", sub("p", "after")]
    : [2, sub("p", kernel)];
  const numbers = rule === TENSORFLOW ? [before, "+", after] : [2, "·", before];
  const step = (upper) => floored(over(upper, stride));
  const last = outputs
    ? ["=", step(axis.every - 1), "+", 1, "=", outputs]
    : ["=", "none"];
  return [
    formula(floored(over([size, "−", kernel, "+", ...ends], sub("s", kernel))), "+", 1),
    formula("=", step([axis.size, "−", axis.kernel, "+", ...numbers]), "+", 1),
    formula(...last),
  ];
}

// One entry of the legend: a cell as the grids draw it, what it means, and how many there are.
function keyOf(name, kind, text, count) {
  const { cell } = cellOf(0, 0, { kind, text: "" });
  const sample = svg("svg", { viewBox: `-2 -2 ${CELL + 4} ${CELL + 4}`, "aria-hidden": "true" }, cell);
  return html("li", { "data-key": name }, sample, html("span", {}, `${text}: `, html("b", {}, `${count}`)));
}

function build(model, el, kernels) {
  // The chosen place in the stride-1 output.
  let chosen = [0, 0];
  const parts = {
    input: html("figure", { "data-grid": "input" }),
    every: html("figure", { tabindex: 0, "data-grid": "every" }),
    strided: html("figure", { "data-grid": "output" }),
    key: html("ul", { class: "key" }),
    costs: html("p", { class: "costs" }),
    formulas: html("div", { class: "formulas" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
  };
  const grids = html("div", { class: "grids" }, parts.input, parts.every, parts.strided);
  onStage(el, html("div", {}, grids, parts.key), parts.said, parts.formulas, parts.costs);
  // Three grids stand side by side, so they are drawn smaller than two would be.
  const [inputGrid, everyGrid, stridedGrid] = [parts.input, parts.every, parts.strided].map((figure) => gridIn(figure, { scale: 0.8 }));

  const choose = (i, j) => {
    chosen = [i, j];
    draw();
  };
  onCells(parts.every, choose);
  onArrows(parts.every, (down, right) => choose(chosen[0] + down, chosen[1] + right));

  function draw() {
    const state = stateOf(model, kernels);
    const { rows, columns } = state;
    const got = compute(kernels, state, model.get("image"), model.get("weights"));
    const legal = rows.every > 0 && columns.every > 0;
    chosen = [rows, columns].map(({ every }, k) => clamp(chosen[k], 0, Math.max(every - 1, 0)));
    drawInput(state, got, legal);
    drawEvery(state, got, legal);
    drawStrided(state, got, legal);
    drawKey(state, got, legal);
    const rule = model.get("rule");
    parts.formulas.replaceChildren(
      html("div", { "data-axis": "rows" }, "output rows: ", ...strideFormula(rows, "H", "h", rule)),
      html("div", { "data-axis": "columns" }, "output columns: ", ...strideFormula(columns, "W", "w", rule)),
    );
    parts.said.replaceChildren(legal ? `${chosenSays(state)} ${cutSays(state)}` : tooLarge(state, got));
    parts.said.classList.toggle("illegal", !legal);
  }

  const computed = ({ rows, columns }, i, j) =>
    kernels.strided_index(i, rows.stride) >= 0 && kernels.strided_index(j, columns.stride) >= 0;

  function drawInput({ rows, columns }, got, legal) {
    const describe = (i, j) => {
      const at = i * got.width + j;
      const fate = FATES[got.kinds[at]] === "read" ? "" : ` ${FATES[got.kinds[at]]}`;
      return { kind: `${got.kinds[at] % 2 ? "padding" : "input"}${fate}`, text: shown(got.padded[at]) };
    };
    const text = got.height === rows.size && got.width === columns.size
      ? `input ${rows.size} × ${columns.size}`
      : `input ${rows.size} × ${columns.size}, padded to ${got.height} × ${got.width}`;
    inputGrid({
      rows: got.height, columns: got.width, text, label: `Padded input, ${got.height} by ${got.width}`, describe,
      shapes: legal ? [outline(...chosen, rows.kernel, columns.kernel, "window")] : [],
    });
  }

  function drawEvery(state, got, legal) {
    const [rows, columns] = legal ? [state.rows.every, state.columns.every] : [0, 0];
    const label = legal ? `Output at stride 1, ${rows} by ${columns}` : "No output";
    const describe = (i, j) => ({
      kind: computed(state, i, j) ? "output" : "output skipped", text: shown(got.every[i * columns + j]),
    });
    const text = legal ? `stride 1: ${rows} × ${columns}` : "no output";
    everyGrid({ rows, columns, text, label, describe, shapes: [outline(...chosen, 1, 1, "chosen")] });
    parts.every.setAttribute("aria-label", `${label}. Arrow keys choose an output.`);
  }

  function drawStrided({ rows: down, columns: across }, got, legal) {
    const [rows, columns] = legal ? [down.outputs, across.outputs] : [0, 0];
    const places = [down, across].map(({ stride }, k) => kernels.strided_index(chosen[k], stride));
    stridedGrid({
      rows, columns, text: legal ? `strided: ${rows} × ${columns}` : "",
      label: `Output at stride ${down.stride} down and ${across.stride} across, ${rows} by ${columns}`,
      describe: (i, j) => ({ kind: "output", text: shown(got.strided[i * columns + j]) }),
      shapes: places.every((place) => place >= 0) ? [outline(...places, 1, 1, "chosen")] : [],
    });
  }

  function drawKey({ rows, columns }, got, legal) {
    const { every, strided, counts } = got;
    parts.key.replaceChildren(
      keyOf("computed", "output", "computed outputs", strided.length),
      keyOf("skipped", "output skipped", "skipped outputs", every.length - strided.length),
      keyOf("pixels", "input dropped", "dropped pixels", legal ? counts[2] : 0),
      keyOf("padding", "padding dropped", "dropped padding", legal ? counts[3] : 0),
      keyOf("jumped", "input jumped", "jumped over, between windows", legal ? counts[4] + counts[5] : 0),
    );
    const per = "for one input and one output channel";
    const factor = got.stridedMacs ? Math.round((100 * got.stridedMacs) / got.everyMacs) : 0;
    parts.costs.replaceChildren(
      legal ? "Cost: " : "No output, no cost.",
      ...(legal ? [
        html("b", { "data-macs": "every" }, `${got.everyMacs}`), " MACs at stride 1, ",
        html("b", { "data-macs": "strided" }, `${got.stridedMacs}`),
        ` MACs at stride ${rows.stride} down and ${columns.stride} across (${factor} %), ${per}; times C₁ · C₂ for all.`,
      ] : []),
    );
  }

  function chosenSays(state) {
    const [i, j] = chosen;
    const fate = computed(state, i, j) ? "is computed" : "is skipped";
    return `Output (${i}, ${j}) at stride 1 ${fate}.`;
  }

  // What the rounding cuts, an axis at a time: "Rows: 4 / 3 leaves 1, so the last row is cut: padding."
  function cutSays({ rows, columns }) {
    const says = ([axis, name, noun]) => {
      const room = axis.every - 1;
      if (!axis.dropped) return `${name}: ${room} is divisible by ${axis.stride}, nothing is cut at the end.`;
      const padding = Math.min(axis.dropped, axis.after);
      const pixels = axis.dropped - padding;
      const what = [pixels && `${plural(pixels, noun)} of pixels`, padding && `${plural(padding, noun)} of padding`];
      return `${name}: ${room} / ${axis.stride} leaves ${axis.dropped}, so ${what.filter(Boolean).join(" and ")} at the end ${axis.dropped === 1 ? "is" : "are"} cut.`;
    };
    return [[rows, "Rows", "row"], [columns, "Columns", "column"]].map(says).join(" ");
  }

  function tooLarge({ rows, columns }, got) {
    const misfits = [];
    if (!rows.every) misfits.push(`kernel height ${rows.kernel} is more than the padded height ${got.height}`);
    if (!columns.every) misfits.push(`kernel width ${columns.kernel} is more than the padded width ${got.width}`);
    return `There is no output at any stride: ${misfits.join(", and ")}. Choose a smaller kernel, a larger input or more padding.`;
  }

  const names = ["height", "width", "kernel_height", "kernel_width", "pad_h", "pad_w", "stride_h", "stride_w"];
  return { names: [...names, "rule", "image", "weights"], draw };
}

export default explorer(build);

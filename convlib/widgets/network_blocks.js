const PARTS = ["nonlinearity", "normalisation", "residual"];
const CHANNELS = 3; // of the picture, and of every block
const DECADES = 8; // the chart reaches from 10^-8 to 10^8

// The picture through all blocks, and what convlib measures behind each; as in convlib.stack_blocks.
function passBlocks(kernels, state, { channels, height, width, levels }, weights, kernel) {
  const memory = kernels.scratch();
  const shape = [channels, height, width];
  const before = kernels.same_before(height, kernel, 1, 1);
  const after = kernels.same_after(height, kernel, 1, 1);
  const [ph, pw] = [before + height + after, before + width + after];
  const area = channels * height * width;
  const reference = memory.floats(levels);
  kernels.normalise(reference, ...shape, 0, 1);
  const input = memory.floats(memory.readFloats(reference, area));
  const padded = memory.reserve(channels * ph * pw);
  const bias = memory.floats(Array(channels).fill(0));
  const filters = memory.floats(weights);
  const found = memory.reserve(2);
  const measured = [];
  const measure = (address) => {
    kernels.measure_activation(address, reference, ...shape, found);
    const [spread, likeness] = memory.readFloats(found, 2);
    measured.push({ spread, likeness });
  };
  measure(input);
  let [x, y] = [input, memory.reserve(area)];
  for (let block = 0; block < state.blocks; block += 1) {
    kernels.pad(x, ...shape, before, after, before, after, 0, padded);
    const own = filters + 4 * block * channels * channels * kernel * kernel;
    kernels.conv2d_fast(padded, own, bias, y, channels, ph, pw, channels, kernel, kernel, 1, 1, 1, 1, 1);
    if (state.normalisation) kernels.normalise(y, ...shape, 0, 1);
    if (state.nonlinearity) kernels.rectify(y, ...shape);
    if (state.residual) kernels.add(y, x, ...shape);
    measure(y);
    [x, y] = [y, x];
  }
  return { memory, reference, last: x, measured };
}

// 0.000012 as "1.2 · 10⁻⁵".
function inDecimals(value) {
  if (value === 0) return "0";
  if (value >= 0.01 && value < 1000) return `${Number(value.toPrecision(2))}`;
  const [digits, exponent] = value.toExponential(1).split("e");
  const raised = `${Number(exponent)}`.replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));
  return `${digits} · 10${raised}`;
}

// x + ReLU(norm(w ∗ x)), as far as its parts are switched on.
function blockFormula({ nonlinearity, normalisation, residual }) {
  let inner = ["w", "∗", "x"];
  if (normalisation) inner = [mathml("mi", "norm"), "(", inner, ")"];
  if (nonlinearity) inner = [mathml("mi", "ReLU"), "(", inner, ")"];
  return formula("x", "←", residual ? ["x", "+"] : [], inner);
}

// The spread after each block, on a logarithmic scale.
function spreadChart(measured, most) {
  const [width, height, left, bottom] = [320, 240, 46, 44];
  const x = (block) => left + ((width - left - 12) * block) / most;
  const y = (decade) => (height - bottom) / 2 + 6 - ((height - bottom - 12) * decade) / (2 * DECADES);
  const nodes = [];
  for (let decade = -DECADES; decade <= DECADES; decade += 4) {
    nodes.push(svg("path", { d: `M${left} ${y(decade)}H${width - 6}`, class: decade ? "rule" : "rule one" }));
    const text = decade ? inDecimals(10 ** decade).replace("1.0 · ", "") : "1";
    nodes.push(svg("text", { x: left - 6, y: y(decade), class: "label end" }, text));
  }
  for (let block = 0; block <= most; block += 4) {
    nodes.push(svg("text", { x: x(block), y: height - bottom + 12, class: "label" }, `${block}`));
  }
  nodes.push(svg("text", { x: (left + width) / 2, y: height - 10, class: "label" }, "blocks"));
  const level = ({ spread }) => clamp(spread > 0 ? Math.log10(spread) : -DECADES, -DECADES, DECADES);
  const points = measured.map((each, block) => [x(block), y(level(each))]);
  nodes.push(svg("polyline", { points: points.join(" "), class: "curve" }));
  for (const [cx, cy] of points) nodes.push(svg("circle", { cx, cy, r: 3.5, class: "dot" }));
  const label = `Spread after each block: ${measured.map(({ spread }) => inDecimals(spread)).join(", ")}`;
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...nodes);
}

function build(model, el, kernels) {
  const input = html("figure", { "data-panel": "input" });
  const output = html("figure", { "data-panel": "output" });
  const chart = html("figure", { "data-panel": "spread" });
  const formulas = html("div", { class: "formulas" });
  const spoken = html("p", { class: "said", "aria-live": "polite" });
  onStage(el, html("div", { class: "photographs blocks" }, input, output, chart), spoken, formulas);

  const floats = new Float32Array(bytesOf(model.get("weights")).slice().buffer); // a copy is aligned
  const perSize = model.get("most_blocks") * CHANNELS ** 2 * model.get("kernel_size") ** 2;

  // A picture of what stands at `address`, its channels stretched to one mean and one spread.
  function show(figure, { height, width }, memory, address, caption) {
    kernels.normalise(address, CHANNELS, height, width, ...model.get("shown"));
    const canvas = canvasOf(imageOf(memory.readFloats(address, CHANNELS * height * width), height, width));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", caption);
    figure.replaceChildren(html("figcaption", {}, caption), canvas);
  }

  function draw() {
    const state = { blocks: model.get("blocks") };
    for (const part of PARTS) state[part] = model.get(part);
    const own = floats.subarray(perSize * model.get("size"), perSize * (model.get("size") + 1));
    const kernel = model.get("kernel_size");
    const photo = pictureOf(model, "picture");
    const { memory, reference, last, measured } = passBlocks(kernels, state, photo, own, kernel);
    show(input, photo, memory, reference, "input");
    show(output, photo, memory, last, `after ${plural(state.blocks, "block")}`);
    chart.replaceChildren(html("figcaption", {}, "spread after each block"), spreadChart(measured, model.get("most_blocks")));
    const { spread, likeness } = measured.at(-1);
    formulas.replaceChildren(
      html("div", {}, "each block: ", blockFormula(state)),
      html("div", {}, "spread: ", formula(sub("σ", "0"), "=", mathml("mn", inDecimals(measured[0].spread))), "and ", formula(sub("σ", `${state.blocks}`), "=", mathml("mn", inDecimals(spread)))),
    );
    spoken.replaceChildren(
      `After ${plural(state.blocks, "block")} the spread is `,
      html("b", { "data-spread": spread }, inDecimals(spread)), " and the likeness to the input ",
      html("b", { "data-likeness": likeness }, `${(Math.round(100 * likeness) / 100).toFixed(2)}`.replace("-", "−")),
      `. ${verdict(state, spread)}`,
    );
  }

  return { names: ["blocks", "size", "picture", ...PARTS], draw };
}

function verdict({ blocks, nonlinearity, normalisation, residual }, spread) {
  if (!blocks) return "No block has been passed yet.";
  const notes = [];
  if (spread === 0) return "Every channel is the same everywhere: there is nothing left to see.";
  if (spread > 1000) notes.push("The numbers explode.");
  if (spread < 0.001) notes.push("The numbers vanish; only because the drawing stretches them you see anything.");
  if (!nonlinearity && !normalisation) {
    notes.push(`All this is linear: ${blocks === 1 ? "one kernel" : `these ${blocks} blocks could be one larger kernel`}, but at the border.`);
  }
  if (!residual && blocks > 3) notes.push("Nothing carries the input past the convolutions.");
  return notes.join(" ");
}

export default explorer(build);

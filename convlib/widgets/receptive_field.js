const COLUMNS = 6; // of a layer's description: LAYER in stride_loops.py
const FATES_OF_FIELD = ["taps", "jumpBefore", "field", "jump", "before", "after", "outputs"];
const AS_GIVEN = 0;
const SAME_UPPER = 1;
const [PAD_BOTH, PAD_SAME] = [0, 1];
const DOTS = 40; // no more outputs on an axis are drawn as dots

// The own stack's layers, each a list of integers as convlib's stack_field wants it.
function ownLayers(model, kernels) {
  const kernel = model.get("kernel");
  const period = model.get("periods")[model.get("strides")];
  const rule = model.get("padding");
  const pad = rule === PAD_BOTH ? kernels.same_before(kernel, kernel, 1, 1) : 0;
  const layer = (at) => {
    const stride = period && at % period === 0 ? 2 : 1;
    return [kernel, stride, pad, pad, 1, rule === PAD_SAME ? SAME_UPPER : AS_GIVEN];
  };
  const rows = Array.from({ length: model.get("own_layers") }, (_, k) => layer(k + 1));
  return { names: rows.map((_, k) => `layer ${k + 1}`), axes: [rows, rows] };
}

// The field after each layer of one axis, as convlib computes it.
function trace(kernels, layers, size) {
  const memory = kernels.scratch();
  const given = memory.ints(layers.flat());
  const fields = memory.reserve(layers.length * FATES_OF_FIELD.length);
  kernels.stack_field(given, layers.length, size, fields);
  const numbers = memory.readInts(fields, layers.length * FATES_OF_FIELD.length);
  const width = FATES_OF_FIELD.length;
  return layers.map((_, at) =>
    Object.fromEntries(FATES_OF_FIELD.map((name, k) => [name, numbers[at * width + k]])));
}

// What no layer at all sees: each output is its pixel.
const untouched = (size) => ({ field: 1, jump: 1, before: 0, after: 0, outputs: size });

function photographOf(model) {
  const { height, width, levels } = pictureOf(model, "image");
  return canvasOf(imageOf(levels, height, width));
}

function build(model, el, kernels) {
  const parts = {
    formulas: html("div", { class: "formulas" }),
    view: html("figure", { "data-panel": "field" }),
    chart: html("figure", { "data-panel": "layers" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
  };
  onStage(el, html("div", { class: "fields" }, parts.view, parts.chart), parts.said, parts.formulas);
  const frame = html("div", { class: "frame", tabindex: 0, role: "img" });
  const caption = html("figcaption");
  parts.view.replaceChildren(caption, frame);
  let canvas = null; // the picture, made when it is needed

  // The last drawing's axes, which clicks and keys refer to.
  let shown = null;
  frame.addEventListener("click", (event) => {
    if (!shown) return;
    const box = frame.getBoundingClientRect();
    const { size, margin } = shown;
    const pixel = (share) => Math.round(share * (size + 2 * margin) - margin - 0.5);
    const inside = (value) => clamp(value, 0, size - 1);
    setAll(model, {
      row: inside(pixel((event.clientY - box.top) / box.height)),
      column: inside(pixel((event.clientX - box.left) / box.width)),
    });
  });
  onArrows(frame, (...move) => {
    if (!shown?.axes) return;
    // To the first pixel of the neighbour's cell.
    const [row, column] = shown.axes.map(({ output, reached }, k) => {
      const next = clamp(output + move[k], 0, reached.outputs - 1);
      return Math.min(kernels.window_start(next, reached.jump, 0), shown.size - 1);
    });
    setAll(model, { row, column });
  });

  // One axis: the steps up to the depth, what they reach, the chosen output and where it looks.
  function axisOf(layers, depth, size, pixel) {
    const steps = trace(kernels, layers, size).slice(0, depth);
    const reached = steps.length ? steps[steps.length - 1] : untouched(size);
    const output = kernels.cell_of_pixel(Math.min(pixel, size - 1), reached.jump, reached.outputs);
    const start = kernels.window_start(output, reached.jump, reached.before);
    const cell = kernels.window_start(output, reached.jump, 0);
    const shift = kernels.twice_shift(reached.field, reached.jump, reached.before) / 2;
    const first = kernels.twice_center(reached.field, reached.before) / 2;
    const centerOf = (at) => first + kernels.window_start(at, reached.jump, 0);
    return { steps, reached, output, start, cell, shift, centerOf, center: centerOf(output) };
  }

  function draw() {
    canvas ??= photographOf(model);
    const network = model.get("network");
    const stack = network ? model.get("tables")[network - 1] : ownLayers(model, kernels);
    const last = stack.names.length;
    const depth = Math.min(model.get("depth"), last);
    setAll(model, { last_layer: last, depth });
    const size = model.get("size");
    const axes = stack.axes.map((layers, k) => axisOf(layers, depth, size, model.get(k ? "column" : "row")));
    const unfit = axes.map(({ steps }) => steps.findIndex(({ outputs }) => outputs < 1));
    const misfit = unfit.filter((at) => at >= 0);
    shown = null;
    if (misfit.length) drawMisfit(stack, axes, Math.min(...misfit), size);
    else drawField(stack, axes, depth, size);
    // Beside a published network, the own stack for comparison.
    const own = network ? trace(kernels, ownLayers(model, kernels).axes[0], size) : [];
    parts.chart.replaceChildren(...fieldChart(trace(kernels, stack.axes[0], size), own, depth, size));
    parts.said.classList.toggle("illegal", misfit.length > 0);
  }

  function drawMisfit(stack, axes, at, size) {
    const axis = axes.find(({ steps }) => steps[at].outputs < 1);
    const left = at ? axis.steps[at - 1].outputs : size;
    shown = { size, margin: 0, axes: null };
    place([], size, 0, `input ${size} × ${size}: no output`);
    parts.formulas.replaceChildren();
    parts.said.textContent = `There is no output: at ${stack.names[at]} (number ${at + 1}) only ${plural(left, "pixel")} and the padding are left, and its kernel spans ${axis.steps[at].taps + 1}. Choose fewer layers, a larger input, a smaller kernel or some padding.`;
  }

  // The photograph with a margin around it, and shapes over both; units are input pixels.
  function place(shapes, size, margin, text) {
    const whole = size + 2 * margin;
    const share = (length) => `${(100 * length) / whole}%`;
    canvas.style.cssText = `left: ${share(margin)}; top: ${share(margin)}; width: ${share(size)}; height: ${share(size)}`;
    // Pixel 0 covers -0.5 to 0.5, so that whole numbers are the middles of pixels.
    const viewBox = [-margin - 0.5, -margin - 0.5, whole, whole].join(" ");
    const over = svg("svg", { viewBox, "aria-hidden": "true" }, ...shapes);
    frame.style.aspectRatio = "1";
    frame.replaceChildren(canvas, over);
    frame.setAttribute("aria-label", `${text}. Arrow keys choose another output.`);
    caption.textContent = text;
  }

  const rect = (x, y, width, height, kind) => svg("rect", { x: x - 0.5, y: y - 0.5, width, height, class: kind });
  const cutOut = (margin, size, x, y, width, height) =>
    `M${-margin - 1} ${-margin - 1}h${size + 2 * margin + 2}v${size + 2 * margin + 2}h${-size - 2 * margin - 2}z` +
    `M${x - 0.5} ${y - 0.5}h${width}v${height}h${-width}z`;

  function drawField(stack, axes, depth, size) {
    const [down, across] = axes;
    // How far any window of this depth runs over the input's edges, but no more than a whole input.
    const reach = ({ reached }) => {
      const end = kernels.window_start(reached.outputs - 1, reached.jump, reached.before) + reached.field;
      return Math.max(reached.before, end - size);
    };
    const margin = Math.min(size, Math.max(Math.ceil(size / 16), ...axes.map(reach)));
    shown = { size, margin, axes };
    const few = axes.every(({ reached }) => reached.outputs <= DOTS);
    const places = few
      ? Array.from({ length: down.reached.outputs }, (_, i) =>
        Array.from({ length: across.reached.outputs }, (__, j) => `M${across.centerOf(j)} ${down.centerOf(i)}h0`))
      : [];
    const [middleY, middleX] = axes.map(({ center, shift }) => center - shift);
    const unit = (size + 2 * margin) / 100;
    const plus = `M${across.center - 2 * unit} ${down.center}h${4 * unit}M${across.center} ${down.center - 2 * unit}v${4 * unit}`;
    place([
      svg("path", {
        d: cutOut(margin, size, across.start, down.start, across.reached.field, down.reached.field),
        class: "unseen", "fill-rule": "evenodd",
      }),
      rect(0, 0, size, size, "edge"),
      ...(few ? [svg("path", { d: places.flat().join(""), class: "dots halo" }), svg("path", { d: places.flat().join(""), class: "dots" })] : []),
      rect(across.cell, down.cell, across.reached.jump, down.reached.jump, "own-cell halo"),
      rect(across.cell, down.cell, across.reached.jump, down.reached.jump, "own-cell"),
      rect(across.start, down.start, across.reached.field, down.reached.field, "field"),
      svg("path", { d: `M${middleX} ${middleY}L${across.center} ${down.center}`, class: "offset halo" }),
      svg("path", { d: `M${middleX} ${middleY}L${across.center} ${down.center}`, class: "offset" }),
      svg("path", { d: plus, class: "offset halo" }),
      svg("path", { d: plus, class: "offset" }),
    ], size, margin, `input ${size} × ${size}; output (${down.output}, ${across.output}) of ${down.reached.outputs} × ${across.reached.outputs}`);

    const alike = ["field", "jump", "before", "after"].every((name) => down.reached[name] === across.reached[name]);
    const lines = ({ steps, reached, shift }, name) => [
      html("div", { "data-rule": "field" }, `${name}field: `, ...fieldFormula(steps, reached)),
      html("div", { "data-rule": "stride" }, `${name}effective stride: `, ...jumpFormula(steps, reached)),
      html("div", { "data-rule": "padding" }, `${name}effective padding: `, ...paddingFormula(reached)),
      html("div", { "data-rule": "shift" }, `${name}shift: `, ...offsetFormula(reached, shift)),
    ];
    parts.formulas.replaceChildren(...(alike ? lines(down, "") : [...lines(down, "rows, "), ...lines(across, "columns, ")]));
    parts.said.textContent = sentence(stack, axes, depth, size, few);
  }

  function sentence(stack, [down, across], depth, size, few) {
    const end = ({ start, reached }) => start + reached.field - 1;
    const beyond = [down, across].some((axis) => axis.start < 0 || end(axis) >= size);
    const pair = (of) => `(${of(down)}, ${of(across)})`.replaceAll("-", "−");
    const range = (axis) => `${axis.start} to ${end(axis)}`.replaceAll("-", "−");
    const layer = depth ? `After ${stack.names[depth - 1]}, output` : "Before any layer, output";
    return [
      `${layer} ${pair(({ output }) => output)} sees rows ${range(down)} and columns ${range(across)}:`,
      `${down.reached.field} × ${across.reached.field} pixels (solid frame${beyond ? ", partly padding" : ""}).`,
      `Their middle (plus sign) is ${pair(({ center }) => center)}, the middle of its own cell (dashed)`,
      `is ${pair(({ center, shift }) => center - shift)}.`,
      few ? "Each dot is the middle of one output's field." : "Dots appear when there are fewer outputs.",
    ].join(" ");
  }

  const forget = () => {
    canvas = null;
  };
  model.on("change:image", forget);
  const releaseEnd = endKeyGoesTo(el, model, "layers", "depth", "last_layer");
  return {
    names: ["network", "depth", "kernel", "strides", "padding", "size", "row", "column", "tables", "image"],
    draw,
    undo() {
      model.off("change:image", forget);
      releaseEnd();
    },
  };
}

export default explorer(build);

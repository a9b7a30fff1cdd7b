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

// Where everything stands on the board. A published network has no fan: its chart takes the room.
function fieldRooms({ width, narrow }, published) {
  const caption = 26;
  if (narrow) {
    const side = Math.min(180, Math.floor(0.55 * width));
    const legend = { left: 0, top: caption + side + 2 };
    const below = { left: 0, top: legend.top + 22, width, height: 119 };
    // The photograph's caption is as wide as both, so the chart's is one line lower.
    const beside = { left: side + 8, top: caption, width: width - side - 8, height: side - caption };
    return { side, legend, fan: below, chart: published ? below : beside, sum: below.top + caption + 123, tight: !published };
  }
  const side = Math.min(356, Math.floor(0.52 * width));
  const left = side + 24;
  const fan = { left, top: 0, width: width - left, height: 196 };
  const chart = { left, top: 228, width: width - left, height: 128 };
  const legend = { left: 0, top: caption + side + 4 };
  return { side, legend, fan, chart: published ? { ...fan, height: 356 } : chart, sum: caption + 356 + 28, tight: false };
}

function build(model, el, kernels) {
  el.classList.add("receptive-field");
  const parts = {
    view: html("figure", { "data-panel": "field" }),
    fan: html("figure", { "data-panel": "fan" }),
    chart: html("figure", { "data-panel": "layers" }),
    legend: html("figure", { "data-panel": "legend" }),
    sum: html("p", { class: "sum" }),
    formulas: html("div", { class: "formulas" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
  };
  const figures = [parts.view, parts.fan, parts.chart, parts.legend, parts.sum];
  const { board, size: boardSize, undo: leaveBoard } = boardOf("fields", figures, () => draw());
  onStage(el, board, parts.said, parts.formulas);
  let canvas = null; // the picture, made when it is needed

  // The last drawing's axes, which the pointer and keys refer to, and how many input pixels are a pixel of the page.
  let shown = null;
  const choosePixel = (row, column) => {
    const inside = (value) => clamp(Math.round(value), 0, model.get("size") - 1);
    setAll(model, { row: inside(row), column: inside(column) });
  };
  // To the first pixel of an output's cell.
  const chooseOutput = (...wanted) => {
    if (!shown) return;
    choosePixel(...shown.axes.map(({ reached }, k) =>
      kernels.window_start(clamp(wanted[k], 0, reached.outputs - 1), reached.jump, 0)));
  };
  const cellGrip = gripOf({
    name: "output", cursor: "move",
    begin: () => shown && shown.axes.map(({ center, shift }) => center - shift),
    move: ([row, column], dx, dy) => shown && choosePixel(row + dy * shown.unit, column + dx * shown.unit),
    step: (down, right) => shown && chooseOutput(shown.axes[0].output + down, shown.axes[1].output + right),
    toEnd: (last) => chooseOutput(...(last ? [Infinity, Infinity] : [0, 0])),
  });
  const frame = html("div", { class: "frame" });
  const shapesOver = svg("g");
  const over = svg("svg", { role: "group" }, shapesOver, cellGrip.node);
  const caption = html("figcaption");
  parts.view.replaceChildren(caption, frame);
  frame.addEventListener("click", (event) => {
    if (!shown || event.target.closest(".grip")) return;
    const box = frame.getBoundingClientRect();
    const pixel = (at) => at * shown.unit - shown.margin - 0.5;
    choosePixel(pixel(event.clientY - box.top), pixel(event.clientX - box.left));
  });

  const countLayers = (depth) => setAll(model, { depth: clamp(depth, 0, model.get("last_layer")) });
  const depthGrip = gripOf({
    name: "layers in the chart", cursor: "ew-resize",
    begin: () => model.get("depth"),
    move: (from, dx) => countLayers(from + Math.round(dx / chart.column())),
    step: (down, right) => countLayers(model.get("depth") + right - down),
    toEnd: (last) => countLayers(last ? Infinity : 0),
  });

  // Lights layers in the chart, in the fan and in the sum.
  let terms = [];
  const light = (layers) => {
    const wanted = new Set(layers);
    for (const node of board.querySelectorAll("[data-layer]")) node.classList.toggle("lit", wanted.has(Number(node.dataset.layer)));
    for (const node of parts.sum.querySelectorAll("[data-layers]")) {
      node.classList.toggle("lit", node.dataset.layers.split(" ").some((at) => wanted.has(Number(at))));
    }
    chart.light(layers);
  };
  const chart = growthChart(parts.chart, depthGrip, light);
  const fanCaption = html("figcaption", {}, "what one output reads, along a row");
  const fanBody = html("div");
  parts.fan.replaceChildren(fanCaption, fanBody);
  fanBody.addEventListener("pointermove", ({ target }) => {
    const at = target.closest("[data-layer]")?.dataset.layer;
    light(at === undefined ? [] : [Number(at)]);
  });
  fanBody.addEventListener("pointerleave", () => light([]));

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

  let drawn = null; // what the code for the menu speaks of
  function draw() {
    canvas ??= photographOf(model);
    const network = model.get("network");
    const stack = network ? model.get("tables")[network - 1] : ownLayers(model, kernels);
    const last = stack.names.length;
    const depth = Math.min(model.get("depth"), last);
    setAll(model, { last_layer: last, depth });
    el.closest(".convlib-explorer")?.classList.toggle("of-network", network > 0);
    const size = model.get("size");
    const axes = stack.axes.map((layers, k) => axisOf(layers, depth, size, model.get(k ? "column" : "row")));
    const misfit = axes.map(({ steps }) => steps.findIndex(({ outputs }) => outputs < 1)).filter((at) => at >= 0);
    const room = fieldRooms(boardSize(), network > 0);
    drawn = { stack, axes, depth, size };
    shown = null;
    if (misfit.length) drawMisfit(stack, axes, Math.min(...misfit), size, room);
    else drawField(stack, axes, size, room);
    drawFan(axes[1], size, last, room, network > 0, misfit.length > 0);
    // The own stack's later layers are for the reader to predict.
    const all = network ? trace(kernels, stack.axes[0], size) : axes[0].steps;
    chart.draw({ all, names: stack.names, depth, last, size, narrow: room.tight, width: room.chart.width, height: room.chart.height });
    terms = termsOf(axes[0].steps, !network);
    sumLine(parts.sum, terms, stack.names, axes[0].reached.field, light);
    light([]);
    parts.said.textContent = misfit.length ? misfitSays(stack, axes, Math.min(...misfit), size) : sentence(stack, axes, depth, size);
    parts.said.classList.toggle("illegal", misfit.length > 0);
    for (const name of ["fan", "chart", "legend"]) placeAt(parts[name], room[name].left, room[name].top);
    placeAt(parts.view, 0, 0);
    placeAt(parts.sum, 0, room.sum);
  }

  function drawFan(axis, size, most, room, published, misfit) {
    parts.fan.style.visibility = published ? "hidden" : "";
    if (published) {
      fanBody.replaceChildren();
      return;
    }
    const fan = misfit ? null : fanOf(kernels, axis, { size, most, width: room.fan.width, height: room.fan.height });
    const words = misfit ? "No output, so nothing is read." : `The field is wider than ${SPANS.at(-1)} pixels: too many to draw one by one. The chart goes on adding.`;
    fanBody.style.width = `${room.fan.width}px`;
    fanBody.replaceChildren(fan ?? html("p", {}, words));
  }

  function drawMisfit(stack, axes, at, size, room) {
    place([], size, room, `input ${size} × ${size}: no output`);
    cellGrip.node.style.display = "none";
    parts.formulas.replaceChildren();
  }

  function misfitSays(stack, axes, at, size) {
    const axis = axes.find(({ steps }) => steps[at].outputs < 1);
    const left = at ? axis.steps[at - 1].outputs : size;
    return `There is no output: at ${stack.names[at]} (number ${at + 1}) only ${plural(left, "pixel")} and the padding are left, and its kernel spans ${axis.steps[at].taps + 1}. Choose fewer layers.`;
  }

  // The photograph with a margin around it, always the same, and shapes over both; units are input pixels.
  const marginOf = (size) => Math.ceil(0.3 * size);
  function place(shapes, size, room, text) {
    const margin = marginOf(size);
    const whole = size + 2 * margin;
    const share = (length) => `${(100 * length) / whole}%`;
    canvas.style.cssText = `left: ${share(margin)}; top: ${share(margin)}; width: ${share(size)}; height: ${share(size)}`;
    frame.style.cssText = `width: ${room.side}px; height: ${room.side}px`;
    if (canvas.parentNode !== frame) frame.replaceChildren(canvas, over);
    // Pixel 0 covers -0.5 to 0.5, so that whole numbers are the middles of pixels.
    setAttributes(over, { viewBox: [-margin - 0.5, -margin - 0.5, whole, whole].join(" "), "aria-label": text });
    shapesOver.replaceChildren(...shapes);
    caption.textContent = text;
  }

  const rect = (x, y, width, height, kind) => svg("rect", { x: x - 0.5, y: y - 0.5, width, height, class: kind });
  const cutOut = (margin, size, x, y, width, height) =>
    `M${-margin - 1} ${-margin - 1}h${size + 2 * margin + 2}v${size + 2 * margin + 2}h${-size - 2 * margin - 2}z` +
    `M${x - 0.5} ${y - 0.5}h${width}v${height}h${-width}z`;

  // Words at each side of the frame beyond which the field goes on.
  function goingOn([down, across], size, margin, unit) {
    const middle = (size - 1) / 2;
    const low = -margin - 0.5;
    const high = size + margin - 0.5;
    const word = (beyond, x, y, turn, text) => (beyond
      ? [svg("text", { class: "goes-on", transform: `translate(${x} ${y}) rotate(${turn}) scale(${unit})` }, text.replace("-", "−"))] : []);
    const end = ({ start, reached }) => start + reached.field - 1;
    return [
      ...word(down.start < -margin, middle, low + 13 * unit, 0, `▲ goes on to ${down.start}`),
      ...word(end(down) >= size + margin, middle, high - 5 * unit, 0, `▼ goes on to ${end(down)}`),
      ...word(across.start < -margin, low + 13 * unit, middle, -90, `▲ goes on to ${across.start}`),
      ...word(end(across) >= size + margin, high - 13 * unit, middle, 90, `▲ goes on to ${end(across)}`),
    ];
  }

  function drawField(stack, axes, size, room) {
    const [down, across] = axes;
    const margin = marginOf(size);
    const unit = (size + 2 * margin) / room.side;
    shown = { axes, margin, unit };
    const few = axes.every(({ reached }) => reached.outputs <= DOTS);
    const places = few
      ? Array.from({ length: down.reached.outputs }, (_, i) =>
        Array.from({ length: across.reached.outputs }, (__, j) => `M${across.centerOf(j)} ${down.centerOf(i)}h0`))
      : [];
    const [middleY, middleX] = axes.map(({ center, shift }) => center - shift);
    const arm = 13 * unit;
    const plus = `M${across.center - arm} ${down.center}h${2 * arm}M${across.center} ${down.center - arm}v${2 * arm}`;
    const twice = (make) => [make(" halo"), make("")];
    place([
      svg("path", {
        d: cutOut(margin, size, across.start, down.start, across.reached.field, down.reached.field),
        class: "unseen", "fill-rule": "evenodd",
      }),
      rect(0, 0, size, size, "edge"),
      ...(few ? twice((halo) => svg("path", { d: places.flat().join(""), class: `dots${halo}` })) : []),
      ...twice((halo) => rect(across.cell, down.cell, across.reached.jump, down.reached.jump, `own-cell${halo}`)),
      rect(across.start, down.start, across.reached.field, down.reached.field, "field"),
      ...twice((halo) => svg("path", { d: `M${middleX} ${middleY}L${across.center} ${down.center}${plus}`, class: `offset${halo}` })),
      ...goingOn(axes, size, margin, unit),
    ], size, room, `input ${size} × ${size}; output (${down.output}, ${across.output}) of ${down.reached.outputs} × ${across.reached.outputs}`);
    cellGrip.node.style.display = "";
    cellGrip.at(middleX, middleY, unit, {
      now: down.output * across.reached.outputs + across.output, low: 0, high: down.reached.outputs * across.reached.outputs - 1,
      text: `row ${down.output}, column ${across.output}`,
    });
    parts.legend.replaceChildren(legendOf(few));

    const alike = ["field", "jump", "before", "after"].every((name) => down.reached[name] === across.reached[name]);
    const lines = ({ steps, reached, shift }, name) => [
      html("div", { "data-rule": "field" }, `${name}field: `, ...fieldFormula(steps, reached)),
      html("div", { "data-rule": "stride" }, `${name}effective stride: `, ...jumpFormula(steps, reached)),
      html("div", { "data-rule": "padding" }, `${name}effective padding: `, ...paddingFormula(reached)),
      html("div", { "data-rule": "shift" }, `${name}shift: `, ...offsetFormula(reached, shift)),
    ];
    parts.formulas.replaceChildren(...(alike ? lines(down, "") : [...lines(down, "rows, "), ...lines(across, "columns, ")]));
  }

  // The names of what is drawn over the photograph.
  function legendOf(few) {
    const word = (x, text) => svg("text", { x, y: 15 }, text);
    const items = [
      svg("rect", { x: 2, y: 4, width: 13, height: 13, class: "field" }), word(21, "field"),
      svg("rect", { x: 62, y: 4, width: 13, height: 13, class: "own-cell" }), word(81, "its cell"),
      svg("path", { d: "M134 11h14M141 4v14", class: "offset" }), word(154, "field’s middle"),
      ...(few ? [svg("path", { d: "M249 11h0", class: "dots" }), word(258, "other fields’")] : []),
    ];
    return svg("svg", { viewBox: "0 0 334 22", width: 328, height: 22, "aria-hidden": "true" }, ...items);
  }

  function sentence(stack, [down, across], depth, size) {
    const end = ({ start, reached }) => start + reached.field - 1;
    const beyond = [down, across].some((axis) => axis.start < 0 || end(axis) >= size);
    const pair = (of) => `(${of(down)}, ${of(across)})`.replaceAll("-", "−");
    const range = (axis) => `${axis.start} to ${end(axis)}`.replaceAll("-", "−");
    const layer = depth ? `After ${stack.names[depth - 1]}, output` : "Before any layer, output";
    return [
      `${layer} ${pair(({ output }) => output)} sees rows ${range(down)} and columns ${range(across)}:`,
      `${down.reached.field} × ${across.reached.field} pixels${beyond ? ", partly padding" : ""}.`,
      `Their middle is ${pair(({ center }) => center)}, that of its own cell`,
      `${pair(({ center, shift }) => center - shift)}.`,
    ].join(" ");
  }

  // Code that finds the pixels that the chosen output sees: from the layers, and by the gradient.
  function code() {
    const { axes: [down, across], size } = drawn;
    const ends = ({ steps }, at) => ["before", "after"].map((side) =>
      (steps[at][side] - (at ? steps[at - 1][side] : 0)) / steps[at].jumpBefore);
    const { axes: [rows, columns] } = drawn.stack;
    const layers = down.steps.map((_, at) => {
      const pair = (column) => `(${rows[at][column]}, ${columns[at][column]})`;
      const [top, bottom, left, right] = [...ends(down, at), ...ends(across, at)];
      return { kernel: pair(0), stride: pair(1), dilation: pair(4), top, bottom, left, right };
    });
    const place = `${down.output}, ${across.output}`;
    const convs = layers.map(({ kernel, stride, dilation, top, bottom, left, right }) =>
      `    Conv2d(1, 1, ${kernel}, ${stride}, ((${top}, ${bottom}), (${left}, ${right})), ${dilation}),\n`);
    const rowsOf = layers.map(({ kernel, stride, dilation, top, bottom, left, right }) =>
      `    (${kernel}, ${stride}, (${left}, ${right}, ${top}, ${bottom}), ${dilation}),\n`);
    return {
      convlib: `from convlib import Conv2d, receptive_field\n\nlayers = [\n${convs.join("")}]\n`
        + `# The first and the last row that the output sees, then the columns; outside the input is padding.\n`
        + `output = receptive_field(layers, ${size}).window((${place}))\n`,
      pytorch: `import torch\nimport torch.nn.functional as F\n\n# kernel, stride, padding, dilation of each layer\nlayers = [\n${rowsOf.join("")}]\n`
        + `image = torch.ones(1, 1, ${size}, ${size}, dtype=torch.float32, requires_grad=True)\nx = image\n`
        + `for kernel, stride, padding, dilation in layers:\n    weight = torch.full((1, 1, *kernel), 1 / (kernel[0] * kernel[1]))\n`
        + `    x = F.conv2d(F.pad(x, padding), weight, stride=stride, dilation=dilation)\nx[0, 0, ${place}].backward()\n`
        + `# What the output sees of the input: the pixels with a gradient.\nseen = image.grad[0, 0].nonzero()\n`
        + `(top, left), (bottom, right) = seen.amin(0).tolist(), seen.amax(0).tolist()\noutput = (top, bottom), (left, right)\n`,
    };
  }

  // The buttons for the usual sizes of inputs, of which none is pressed at another size.
  const sizes = model.get("usual_sizes");
  const followSize = () => setAll(model, { usual_size: sizes.indexOf(model.get("size")) + 1 });
  const takeSize = () => {
    const size = sizes[model.get("usual_size") - 1];
    if (size) setAll(model, { size });
    else followSize();
  };
  const forget = () => {
    canvas = null;
  };
  const listeners = [["change:image", forget], ["change:size", followSize], ["change:usual_size", takeSize]];
  for (const [event, call] of listeners) model.on(event, call);
  followSize();
  const releaseEnd = endKeyGoesTo(el, model, "layers", "depth", "last_layer");
  const releasePanel = whenInPage(el, (panel) => {
    panel.classList.toggle("of-network", model.get("network") > 0);
    return () => panel.classList.remove("of-network");
  });
  return {
    names: ["network", "depth", "kernel", "strides", "padding", "size", "row", "column", "tables", "image"],
    draw,
    code,
    undo() {
      for (const [event, call] of listeners) model.off(event, call);
      leaveBoard();
      releaseEnd();
      releasePanel();
    },
  };
}

export default explorer(build);

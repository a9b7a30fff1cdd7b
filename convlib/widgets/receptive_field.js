const DOTS = 40; // no more outputs on an axis are drawn as dots

function photographOf(model) {
  const { height, width, levels } = pictureOf(model, "image");
  return canvasOf(imageOf(levels, height, width));
}

function build(model, el, kernels) {
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
  const frame = html("div", { class: "frame", role: "group" });
  const shapesOver = svg("g");
  const over = svg("svg", {}, shapesOver, cellGrip.node);
  const caption = html("figcaption");
  parts.view.replaceChildren(caption, frame);
  frame.addEventListener("click", (event) => {
    if (!shown || event.target.closest(".grip")) return;
    const [column, row] = pointIn(frame, event).map((at) => at * shown.unit - shown.margin - 0.5);
    choosePixel(row, column);
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
  for (const event of ["pointermove", "click"]) {
    fanBody.addEventListener(event, ({ target }) => {
      const at = target.closest("[data-layer]")?.dataset.layer;
      light(at === undefined ? [] : [Number(at)]);
    });
  }
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
  const stackOf = (network) => (network ? model.get("tables")[network - 1] : ownLayers(model, kernels));
  function bound() {
    const last = stackOf(model.get("network")).names.length;
    setAll(model, { last_layer: last, depth: Math.min(model.get("depth"), last) });
  }

  function draw() {
    canvas ??= photographOf(model);
    bound();
    const [network, depth, last] = ["network", "depth", "last_layer"].map((name) => model.get(name));
    const stack = stackOf(network);
    el.closest(".convlib-explorer")?.classList.toggle("of-network", network > 0);
    const size = model.get("size");
    const axes = stack.axes.map((layers, k) => axisOf(layers, depth, size, model.get(k ? "column" : "row")));
    const misfit = axes.map(({ steps }) => steps.findIndex(({ outputs }) => outputs < 1)).filter((at) => at >= 0);
    const room = fieldRooms(boardSize(), network > 0);
    drawn = { stack, axes, depth, size };
    shown = null;
    if (misfit.length) drawMisfit(size, room);
    else drawField(stack, axes, size, room);
    drawFan(axes[1], size, last, room, network > 0, misfit.length > 0);
    // The own stack's later layers are for the reader to predict.
    const all = network ? trace(kernels, stack.axes[0], size) : axes[0].steps;
    chart.draw({ all, names: stack.names, depth, last, size, narrow: room.tight, width: room.chart.width, height: room.chart.height });
    sumLine(parts.sum, termsOf(axes[0].steps, !network), stack.names, axes[0].reached.field, light);
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

  function drawMisfit(size, room) {
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
    setAttributes(over, { viewBox: [-margin - 0.5, -margin - 0.5, whole, whole].join(" ") });
    frame.setAttribute("aria-label", text);
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
    ], size, room, `${room.narrow ? "" : `input ${size} × ${size}; `}output (${down.output}, ${across.output}) of ${down.reached.outputs} × ${across.reached.outputs}`);
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
  const releaseEnd = endKeyGoesTo(el, model, "depth", "last_layer");
  const releasePanel = whenInPage(el, (panel) => {
    panel.classList.toggle("of-network", model.get("network") > 0);
    return () => panel.classList.remove("of-network");
  });
  return {
    names: ["network", "depth", "kernel", "strides", "padding", "size", "row", "column", "tables", "image"],
    draw,
    bound,
    code: () => fieldCode(drawn),
    undo() {
      for (const [event, call] of listeners) model.off(event, call);
      leaveBoard();
      releaseEnd();
      releasePanel();
    },
  };
}

export default explorer(build);

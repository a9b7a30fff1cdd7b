const CHANNELS = 3; // of the picture, and of every block

// The picture behind each of `blocks` blocks, and what convlib measures there; as in convlib.stack_blocks.
function passBlocks(kernels, state, blocks, { channels, height, width, levels }, weights, kernel) {
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
  const [measured, outputs] = [[], []];
  const measure = (address) => {
    kernels.measure_activation(address, reference, ...shape, found);
    const [spread, likeness] = memory.readFloats(found, 2);
    measured.push({ spread, likeness });
    outputs.push(memory.readFloats(address, area));
  };
  measure(input);
  let [x, y] = [input, memory.reserve(area)];
  for (let block = 0; block < blocks; block += 1) {
    kernels.pad(x, ...shape, before, after, before, after, 0, padded);
    const own = filters + 4 * block * channels * channels * kernel * kernel;
    kernels.conv2d_fast(padded, own, bias, y, channels, ph, pw, channels, kernel, kernel, 1, 1, 1, 1, 1);
    if (state.normalisation) kernels.normalise(y, ...shape, 0, 1);
    if (state.nonlinearity) kernels.rectify(y, ...shape);
    if (state.residual) kernels.add(y, x, ...shape);
    measure(y);
    [x, y] = [y, x];
  }
  return { measured, outputs };
}

// x + ReLU(norm(w ∗ x)), as far as its parts are switched on.
function blockFormula({ nonlinearity, normalisation, residual }) {
  let inner = ["w", "∗", "x"];
  if (normalisation) inner = [mathml("mi", "norm"), "(", inner, ")"];
  if (nonlinearity) inner = [mathml("mi", "ReLU"), "(", inner, ")"];
  return formula("x", "←", residual ? ["x", "+"] : [], inner);
}

const HEAD = 26; // a figure's caption

// Where the figures stand: pictures and chart side by side above the diagram or, on a phone, below each other.
function blockPlaces({ width, narrow }) {
  if (narrow) {
    const room = { width: (width - 10) / 2, height: 172 };
    const second = HEAD + room.height + 4;
    const chart = { width, height: 124 };
    return { room, chart, input: [0, 0], output: [room.width + 10, 0], spread: [0, second], block: [0, second + HEAD + chart.height + 8] };
  }
  const room = { width: 216, height: 254 };
  const left = 2 * (room.width + 14);
  return {
    room, chart: { width: width - left, height: room.height }, input: [0, 0], output: [room.width + 14, 0],
    spread: [left, 0], block: [0, HEAD + room.height + 10],
  };
}

function build(model, el, kernels) {
  const names = ["input", "output", "spread", "block"];
  const panels = Object.fromEntries(names.map((name) => [name, html("figure", { "data-panel": name })]));
  const formulas = html("div", { class: "formulas" });
  const spoken = html("p", { class: "said", "aria-live": "polite" });
  const { board, size: boardSize, undo: leaveBoard } = boardOf("network", Object.values(panels), () => draw());
  onStage(el, board, spoken, formulas);

  const floats = new Float32Array(bytesOf(model.get("weights")).slice().buffer); // a copy is aligned
  const most = model.get("most_blocks");
  const perSize = most * CHANNELS ** 2 * model.get("kernel_size") ** 2;
  const steps = model.get("steps");
  const firstPicture = model.get("picture"); // that of the page
  let [passed, from] = [null, []]; // what was computed last, and from what

  const diagram = diagramIn(panels.block, (part) => setAll(model, { [part]: !model.get(part) }));
  const drawChart = chartIn(panels.spread, most, {
    chosen: () => model.get("blocks"),
    choose: (blocks) => {
      setAll(model, { blocks: clamp(blocks, 0, most) });
      draw();
    },
  });

  // A picture of `values`, its channels stretched to one mean and one spread.
  function show(figure, { height, width }, values, room, caption) {
    const memory = kernels.scratch();
    const address = memory.floats(values);
    kernels.normalise(address, CHANNELS, height, width, ...model.get("shown"));
    const canvas = canvasOf(imageOf(memory.readFloats(address, CHANNELS * height * width), height, width));
    const scale = Math.min(room.width / width, room.height / height);
    canvas.style.cssText = `width: ${scale * width}px; height: ${scale * height}px`;
    setAttributes(canvas, { role: "img", "aria-label": caption });
    figure.replaceChildren(html("figcaption", {}, caption), canvas);
  }

  const stateNow = () => Object.fromEntries(["blocks", "size", ...PARTS].map((name) => [name, model.get(name)]));

  function draw() {
    const state = stateNow();
    const photo = pictureOf(model, "picture");
    const now = [model.get("picture"), state.size, ...PARTS.map((name) => state[name])];
    if (now.some((value, k) => value !== from[k])) {
      const own = floats.subarray(perSize * state.size, perSize * (state.size + 1));
      [passed, from] = [passBlocks(kernels, state, most, photo, own, model.get("kernel_size")), now];
    }
    const { measured, outputs } = passed;
    const places = blockPlaces(boardSize());
    for (const name of names) placeAt(panels[name], ...places[name]);
    show(panels.input, photo, outputs[0], places.room, "input");
    show(panels.output, photo, outputs[state.blocks], places.room, `after ${plural(state.blocks, "block")}`);
    drawChart(measured, state.blocks, places.chart);
    diagram.draw(state, boardSize().width);
    const { spread, likeness } = measured[state.blocks];
    formulas.replaceChildren(
      html("div", {}, "each block: ", blockFormula(state)),
      html("div", {}, "spread: ", formula(sub("σ", "0"), "=", mathml("mn", inDecimals(measured[0].spread))), "and ", formula(sub("σ", `${state.blocks}`), "=", mathml("mn", inDecimals(spread)))),
      html("div", {}, "Pictures are drawn with stretched contrast, whatever their spread."),
    );
    spoken.replaceChildren(
      `After ${plural(state.blocks, "block")}: spread `, html("b", { "data-spread": spread }, inDecimals(spread)), ", likeness to the input ",
      html("b", { "data-likeness": likeness }, `${(Math.round(100 * likeness) / 100).toFixed(2)}`.replace("-", "−")),
      `. ${verdict(state, spread, likeness)}`,
    );
  }

  // The code that computes what is shown, with both libraries; the weights are convlib's for both.
  function code() {
    const { blocks, size, ...parts } = stateNow();
    const factor = model.get("factors")[size];
    const note = model.get("picture") === firstPicture ? "" : "  # the figure shows another: put it here, (3, H, W)";
    const start = `from convlib.widgets import photograph\nfrom convlib.widgets.network_blocks import random_weights, with_mean_and_spread\n\n`
      + `picture = with_mean_and_spread(photograph())${note}\nweights = random_weights(${factor})[:${blocks}]\n`;
    const written = PARTS.map((name) => `${name}=${parts[name] ? "True" : "False"}`).join(", ");
    const inner = [
      "    y = F.conv2d(x, weight, padding=1)\n",
      parts.normalisation && "    y = F.instance_norm(y[None], eps=0.0)[0]\n",
      parts.nonlinearity && "    y = F.relu(y)\n",
      parts.residual ? "    x = x + y\n" : "    x = y\n",
    ];
    return {
      convlib: `from convlib import measure_activation, stack_blocks\n${start}output = stack_blocks(picture, weights, ${written})[-1]\nspread, likeness = measure_activation(output, picture)\n`,
      pytorch: `import torch\nimport torch.nn.functional as F\n${start}x = torch.tensor(picture)\nfor weight in torch.tensor(weights):\n${inner.filter(Boolean).join("")}output = x\n`,
    };
  }

  // A step sets the parts, and the parts say which step they are.
  let setting = false;
  const take = () => {
    if (!model.get("step")) {
      nameStep();
      return;
    }
    setting = true;
    setAll(model, Object.fromEntries(PARTS.map((name, k) => [name, steps[model.get("step") - 1][k]])));
    setting = false;
  };
  const nameStep = () => {
    if (!setting) setAll(model, { step: steps.findIndex((parts) => PARTS.every((name, k) => parts[k] === model.get(name))) + 1 });
  };
  const listeners = [["change:step", take], ...PARTS.map((name) => [`change:${name}`, nameStep])];
  for (const [event, call] of listeners) model.on(event, call);
  const leaveBoxes = whenInPage(el, lightBoxes(diagram.light));

  return {
    names: ["blocks", "size", "picture", ...PARTS],
    draw,
    code,
    undo() {
      for (const [event, call] of listeners) model.off(event, call);
      leaveBoard();
      leaveBoxes();
    },
  };
}

// What the numbers mean, in words.
function verdict({ blocks, nonlinearity, normalisation }, spread, likeness) {
  if (!blocks) return "No block has been passed yet.";
  if (spread === 0) return "Every channel is the same everywhere: there is nothing left to see.";
  const notes = [];
  if (spread > 100) notes.push("The numbers explode");
  else if (spread < 0.05) notes.push("The numbers vanish");
  else notes.push("The numbers stay in bounds");
  if (likeness > 0.5) notes.push(", and the picture is kept.");
  else if (Math.abs(likeness) < 0.15) notes.push(", and the picture is lost.");
  else notes.push(", and little of the picture is left.");
  if (!nonlinearity && !normalisation) {
    notes.push(` All this is linear: but for the border, one ${blocks === 1 ? "" : "larger "}kernel does the same.`);
  }
  return notes.join("");
}

export default explorer(build);

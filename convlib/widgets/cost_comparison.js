const GEOMETRY = ["in_channels", "out_channels", "height", "width", "kernel_height", "kernel_width", "groups"];
const FIELDS = ["macs", "flops", "params", "input_bytes", "output_bytes", "weight_bytes", "bytes", "intensity"];
const COLUMNS = [["macs", "MACs"], ["params", "parameters"], ["bytes", "bytes moved, float32"], ["intensity", "FLOPs per byte"], ["ms", "milliseconds"], ["gflops", "GFLOP/s"]];
const MEASURED = ["ms", "gflops"];
const WHERE = "measured in this browser, WebAssembly, one thread";
const SYMBOLS = { H: "height", W: "width", h: "kernel_height", w: "kernel_width", "C₁": "in_channels", "C₂": "out_channels", g: "groups" };
// Each variant's MACs as factors, in symbols; numbers that can be dragged are put in their places.
const FORMULAS = {
  vanilla: "W · H · w · h · C₁ · C₂",
  grouped: "W · H · w · h · C₁ · C₂ / g",
  depthwise: "W · H · w · h · C₁",
  "depthwise + 1 × 1": "W · H · C₁ · ( w · h + C₂ )",
};

const geometryOf = (model) => Object.fromEntries(GEOMETRY.map((name) => [name, model.get(name)]));

// What convlib says the variants cost: a row a variant, a number a field.
function costsOf(kernels, names, { in_channels, out_channels, height, width, kernel_height, kernel_width, groups }) {
  const memory = kernels.scratch();
  const count = names.length * FIELDS.length;
  const table = memory.reserve(2 * count);
  kernels.compare_costs(in_channels, out_channels, height, width, kernel_height, kernel_width, groups, table);
  const numbers = memory.readDoubles(table, count);
  return names.map((name, row) => ({
    name,
    ...Object.fromEntries(FIELDS.map((field, at) => [field, numbers[row * FIELDS.length + at]])),
  }));
}

const digits = (value) => mathml("mn", written(value));

function build(model, el, kernels) {
  const names = model.get("variants");
  const asked = names.at(-1); // the pair: the variant whose time is guessed
  let [drawn, costs, timings] = ["", [], null];
  let [running, ticket] = [false, 0]; // whoever measures holds the ticket, or has been stopped

  const label = html("span", {}, "measure here");
  const progress = html("span", { class: "progress" });
  const button = html("button", { type: "button", class: "measure-button" }, progress, label);
  button.addEventListener("click", () => setAll(model, { measure: !model.get("measure") }));
  const parts = {
    figure: html("figure"),
    formulas: html("div", { class: "formulas cost-formulas" }),
    table: html("table", { class: "cost-table" }),
    note: html("p", { class: "cost-note" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
  };
  const setGuess = (value) => setAll(model, { guess: Number(clamp(value, LEAST, MOST).toPrecision(2)) });
  const guess = gripOf({
    name: "guessed ratio of times", cursor: "ew-resize",
    begin: () => model.get("guess"),
    move: (from, dx) => setGuess(from * plot.factorOf(dx)),
    step: (down, right) => setGuess(model.get("guess") * 1.1 ** (right - down)),
    toEnd: (last) => setGuess(last ? MOST : LEAST),
  });
  guess.node.classList.add("is-mark");
  const { board, size: boardSize, undo: leaveBoard } = boardOf("ratios", [parts.figure], () => show());
  const plot = ratiosIn(parts.figure, guess);
  const heading = html("p", { class: "cost-caption" }, `Ratio to vanilla, logarithmic. Time: ${WHERE}.`);
  onStage(el, html("div", {}, html("div", { class: "measure-row" }, button, heading), board), parts.said, parts.formulas, html("div", { class: "cost-scroll" }, parts.table), parts.note);

  // The numbers in the formulas, made once: a formula made anew would take them out of the reader's hand.
  const legal = model.get("legal");
  const numberOf = (symbol) => {
    const trait = SYMBOLS[symbol];
    const [, low, high] = legal[trait];
    // Channels and groups are worth doubling, lengths are not.
    const doubles = ["C₁", "C₂", "g"].includes(symbol);
    return numberGrip({
      name: `${symbol} in the formula`, low, high, get: () => model.get(trait), set: (value) => setAll(model, { [trait]: value }),
      dragged: (from, dx) => (doubles ? from * 2 ** (dx / 40) : from + Math.round(dx / 6)),
    });
  };
  const lines = names.map((name, row) => {
    const numbers = [];
    const factors = FORMULAS[name].split(" ").map((part) => {
      if (!(part in SYMBOLS)) return html("span", {}, part);
      if (part === "h" || part === "w") {
        const node = html("span", {});
        numbers.push({ show: () => (node.textContent = written(model.get(SYMBOLS[part]))) });
        return node;
      }
      const made = numberOf(part);
      if (row !== 1) made.node.tabIndex = -1; // the second line has them all, for the keyboard
      numbers.push(made);
      return made.node;
    });
    const symbols = FORMULAS[name].split(" ").map((part) => (part in SYMBOLS && part.length > 1 ? sub("C", part === "C₁" ? 1 : 2) : part));
    const result = html("span", {});
    const node = html("div", { "data-line": name }, `${name}: `, formula(symbols), "=", ...factors, result);
    node.addEventListener("pointerenter", () => plot.light(name, "macs"));
    node.addEventListener("pointerleave", () => plot.light("", ""));
    return { numbers, result, node };
  });
  const intensities = html("div", { class: "intensities" });
  parts.formulas.append(...lines.map(({ node }) => node), intensities);
  for (const type of ["pointerover", "pointerleave"]) {
    parts.table.addEventListener(type, ({ target }) => {
      const cell = type === "pointerover" && target.closest("[data-field]");
      plot.light(cell ? cell.dataset.variant : "", cell ? cell.dataset.field : "");
    });
  }

  function drawFormulas() {
    for (const [row, { numbers, result }] of lines.entries()) {
      for (const number of numbers) number.show();
      const { macs } = costs[row];
      result.replaceChildren(macs ? formula("=", digits(macs), mathml("mtext", "\u00a0MACs")) : "= no layer: g does not divide C₁ and C₂");
    }
    const intensity = (row) =>
      html("span", {}, `${row.name}: `, formula(2, "·", mathml("mtext", "MACs / bytes")),
        formula("=", over([2, "·", digits(row.macs)], digits(row.bytes))),
        formula("=", digits(row.intensity), mathml("mtext", "\u00a0FLOPs per byte")));
    intensities.replaceChildren(intensity(costs[0]), intensity(costs[2]));
  }

  const percent = (part, whole) => `${written(Math.round((100 * part) / whole))} %`;
  function drawTable() {
    const cell = (row, field) => {
      const value = (MEASURED.includes(field) ? timings?.find(({ name }) => name === row.name) : row)?.[field];
      const text = value ? written(value) : row.macs && !timings ? "not measured yet" : "none";
      const shares = field === "bytes" && value
        ? [html("small", {}, ` input ${percent(row.input_bytes, value)}, weights ${percent(row.weight_bytes, value)}, output ${percent(row.output_bytes, value)}`)]
        : [];
      const kind = MEASURED.includes(field) ? "measured" : "calculated";
      return html("td", { class: value === undefined ? "pending" : kind, "data-variant": row.name, "data-field": field, "data-value": value ?? "" }, text, ...shares);
    };
    parts.table.replaceChildren(
      html("tr", {}, html("td"), ...COLUMNS.map(([, title]) => html("th", { scope: "col" }, title))),
      ...costs.map((row) => html("tr", {}, html("th", { scope: "row" }, row.name), ...COLUMNS.map(([field]) => cell(row, field)))),
    );
    parts.note.textContent = timings
      ? `Times are medians of ${SAMPLES} samples taken in turns, of convlib's kernel without the padding before it; the line through a mark goes from the least to the greatest ratio.` +
        (timings.some(({ scaled }) => scaled) ? " Of the longest layers only some output channels were run, and the time scaled to all." : "")
      : "Nothing is measured yet: press “measure here”.";
  }

  function misfit({ in_channels, out_channels, groups }) {
    if (kernels.groups_divide(in_channels, out_channels, groups)) return "";
    const fitting = [];
    for (let g = 1; g <= Math.min(in_channels, out_channels); g += 1) {
      if (kernels.groups_divide(in_channels, out_channels, g)) fitting.push(g);
    }
    return `There is no grouped convolution with g = ${groups}: it must divide C₁ = ${in_channels} and C₂ = ${out_channels}. Legal values are ${fitting.join(", ")}.`;
  }

  function sentence({ in_channels, out_channels }) {
    const [vanilla, , , pair] = costs;
    const compared = [["macs", "MACs"], ["params", "parameters"], ["bytes", "bytes"]].map(
      ([field, noun]) => `${against(pair[field], vanilla[field])} of vanilla's ${noun}`.replace("× of", "×"),
    );
    const words = [`Depthwise + 1 × 1 takes ${compared[0]}, ${compared[1]} and ${compared[2]}.`];
    if (timings) {
      const time = `${against(timings[3].ms, timings[0].ms)} of vanilla's time`.replace("× of", "×");
      words.push(`In this browser it takes ${time}; you guessed ${against(model.get("guess"), 1)}.`);
    }
    if (in_channels !== out_channels) {
      words.push(`Depthwise by itself is only the first half of the pair: it makes ${plural(in_channels, "channel")} and not ${out_channels}.`);
    }
    return words.join(" ");
  }

  // Everything but the buttons, from what is known.
  function show() {
    if (!costs.length) return;
    const at = geometryOf(model);
    plot.draw(boardSize(), costs, timings, asked, model.get("guess"));
    const wrong = misfit(at);
    const text = wrong || sentence(at);
    if (parts.said.textContent !== text) parts.said.textContent = text;
    parts.said.classList.toggle("illegal", Boolean(wrong));
  }

  // The button says how far a measurement is.
  function tell(step, steps) {
    label.textContent = steps ? `measuring ${step} of ${steps}` : "measure here";
    progress.style.width = steps ? `${(100 * step) / steps}%` : "0";
    button.setAttribute("aria-pressed", Boolean(steps));
  }

  const stop = () => {
    ticket += 1;
    running = false;
    tell(0, 0);
    setAll(model, { measure: false });
  };

  function draw() {
    const now = JSON.stringify(geometryOf(model));
    if (now !== drawn) {
      if (running) stop();
      [drawn, timings, costs] = [now, null, costsOf(kernels, names, geometryOf(model))];
      drawFormulas();
      drawTable();
    }
    show();
  }

  async function measure() {
    ticket += 1;
    const mine = ticket;
    const alive = () => mine === ticket;
    [running, timings] = [true, null];
    drawTable();
    show();
    await pause();
    const got = await measureVariants(kernels, geometryOf(model), costs, alive, tell);
    if (!got) return;
    timings = got;
    drawTable();
    show();
    stop();
  }

  const toggle = () => {
    if (model.get("measure")) {
      draw(); // sizes may have changed since the last frame
      measure();
    } else if (running) {
      stop();
    }
  };

  // The calls that compute the ratios of MACs, in both libraries.
  function code() {
    const { in_channels: c1, out_channels: c2, height, width, kernel_height: h, kernel_width: w, groups: g } = geometryOf(model);
    const layer = (inputs, outputs, kernel, groups) => `nn.Conv2d(${inputs}, ${outputs}, ${kernel}, padding="same", groups=${groups}, bias=False)`;
    const window = `(${h}, ${w})`;
    return {
      convlib: "from convlib import compare_convolutions\n\n"
        + `found = compare_convolutions(${c1}, ${c2}, ${window}, (${height}, ${width}), ${g})\n`
        + "output = [variant.cost.macs / found[0].cost.macs for variant in found]\n",
      pytorch: "from torch import nn\n\n"
        + `vanilla = ${layer(c1, c2, window, 1)}\ngrouped = ${layer(c1, c2, window, g)}\ndepthwise = ${layer(c1, c1, window, c1)}\npointwise = ${layer(c1, c2, 1, 1)}\n\n\n`
        + `def macs(*layers):\n    return sum(${height} * ${width} * layer.weight.numel() for layer in layers)\n\n\n`
        + "variants = [(vanilla,), (grouped,), (depthwise,), (depthwise, pointwise)]\noutput = [macs(*layers) / macs(vanilla) for layers in variants]\n",
    };
  }

  // A slider moved by hand ends the choice of a layer; the sliders that a choice moves do not.
  const releaseLayer = keepPreset(model, "layer", GEOMETRY, () => {
    const layer = model.get("layers")[model.get("layer")];
    return layer.length ? Object.fromEntries(GEOMETRY.map((name, index) => [name, layer[index]])) : null;
  });
  setAll(model, { measure: false }); // a page that opens never measures by itself
  tell(0, 0);
  model.on("change:measure", toggle);

  return {
    names: [...GEOMETRY, "guess"],
    draw,
    code,
    undo() {
      ticket += 1;
      model.off("change:measure", toggle);
      leaveBoard();
      releaseLayer();
    },
  };
}

export default explorer(build);

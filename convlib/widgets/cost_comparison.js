const GEOMETRY = ["in_channels", "out_channels", "height", "width", "kernel_height", "kernel_width", "groups"];
const FIELDS = ["macs", "flops", "params", "input_bytes", "output_bytes", "weight_bytes", "bytes", "intensity"];
// The panels; each axis runs from ten to the power of `low` to ten to the power of `high`.
const CALCULATED = [
  { field: "macs", title: "MACs", low: 3, high: 12, kind: "output" },
  { field: "params", title: "parameters", low: 0, high: 8, kind: "kernel" },
  { field: "bytes", title: "bytes moved, float32", low: 1, high: 9, kind: "input" },
  { field: "intensity", title: "intensity, FLOPs per byte", low: -1, high: 4, kind: "padding" },
];
const MEASURED = [
  { field: "ms", title: "milliseconds", low: -4, high: 5, kind: "timed" },
  { field: "gflops", title: "GFLOP/s", low: -2, high: 3, kind: "timed" },
];
const WHERE = "measured in this browser, WebAssembly, one thread";

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

const written = (value) =>
  value.toLocaleString("en", Number.isInteger(value) ? {} : { maximumSignificantDigits: 3 });
const digits = (value) => mathml("mn", written(value));
const powerOfTen = (power) => html("span", {}, "10", html("sup", {}, `${power}`.replace("-", "−")));
// A number beside vanilla's: "1/8.84" or "1.11 ×".
const against = (value, vanilla) =>
  value > vanilla ? `${written(value / vanilla)} ×` : `1/${written(vanilla / value)}`;

function build(model, el, kernels) {
  const names = model.get("variants");
  const parts = {
    formulas: html("div", { class: "formulas cost-formulas" }),
    warning: html("p", { class: "illegal", role: "status" }),
    calculated: html("div", { class: "cost-panels", "data-part": "calculated" }),
    measured: html("div", { class: "cost-panels", "data-part": "measured" }),
    status: html("p", { role: "status", "data-part": "status" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
  };
  const heading = (text) => html("p", { class: "cost-heading" }, text);
  onStage(
    el, html("div", {}, parts.warning, heading("Calculated"), parts.calculated, heading(`Time: ${WHERE}`), parts.status, parts.measured),
    parts.said, parts.formulas,
  );
  let [drawn, costs, timings] = ["", [], null];
  let [running, ticket] = [false, 0]; // whoever measures holds the ticket, or has been stopped

  function bar({ field, low, high, kind }, row, vanilla, note) {
    const value = row[field];
    const share = clamp((Math.log10(value) - low) / (high - low), 0.004, 1);
    const number = value ? written(value) : "none";
    const ratio = value && row.name !== names[0] ? ` (${against(value, vanilla)})` : "";
    const track = html("div", { class: "track", style: `--decades: ${high - low}` });
    if (value) track.append(html("div", { class: `bar of-${kind}`, style: `width: ${100 * share}%` }));
    const line = html("div", { class: "line" }, html("span", {}, row.name), html("span", {}, html("b", {}, number), ratio));
    return html("li", { "data-variant": row.name, "data-field": field, "data-value": value }, line, track, ...note);
  }

  // A list of bars over an axis of powers of ten.
  function panel(shape, rows, describe = () => []) {
    const bars = rows.map((row) => bar(shape, row, rows[0][shape.field], describe(row)));
    const middle = Math.floor((shape.low + shape.high) / 2);
    const axis = html("div", { class: "axis", "aria-hidden": "true" });
    for (const power of [shape.low, middle, shape.high]) {
      const tick = powerOfTen(power);
      tick.style.left = `${(100 * (power - shape.low)) / (shape.high - shape.low)}%`;
      axis.append(tick);
    }
    return html("figure", {}, html("figcaption", {}, shape.title), html("ul", {}, ...bars), axis);
  }

  const percent = (part, whole) => `${written(Math.round((100 * part) / whole))} %`;
  const bytesNote = (row) =>
    row.bytes
      ? [html("small", {}, `input ${percent(row.input_bytes, row.bytes)}, weights ${percent(row.weight_bytes, row.bytes)}, output ${percent(row.output_bytes, row.bytes)}`)]
      : [];

  // MACs and intensities, in symbols and then in numbers.
  function formulas(at) {
    const [H, W, h, w, g] = [at.height, at.width, at.kernel_height, at.kernel_width, at.groups];
    const [C1, C2] = [at.in_channels, at.out_channels];
    const dots = (...factors) => factors.flatMap((factor, index) => (index ? ["·", factor] : [factor]));
    const unit = (name) => mathml("mtext", `\u00a0${name}`);
    const [first, second] = [() => sub("C", "1"), () => sub("C", "2")];
    const [vanilla, grouped, depthwise, pair] = costs;
    const window = ["H", "W", "h", "w"];
    const lines = [
      [vanilla, [...window, first(), second()], dots(H, W, h, w, C1, C2)],
      [grouped, over([...window, first(), second()], "g"), over(dots(H, W, h, w, C1, C2), g)],
      [depthwise, [...window, first()], dots(H, W, h, w, C1)],
      [pair, ["H", "W", first(), "(", "h", "w", "+", second(), ")"], [...dots(H, W, C1), "·", "(", ...dots(h, w), "+", C2, ")"]],
    ];
    const intensity = (row) =>
      html(
        "div", {}, `${row.name}: `, formula(2, "·", mathml("mtext", "MACs / bytes")),
        formula("=", over([2, "·", digits(row.macs)], digits(row.bytes))),
        formula("=", digits(row.intensity), unit("FLOPs per byte")),
      );
    return [
      ...lines
        .filter(([row]) => row.macs)
        .map(([row, symbols, numbers]) =>
          html("div", {}, `${row.name}: `, formula(symbols), formula("=", numbers), formula("=", digits(row.macs), unit("MACs"))),
        ),
      ...[vanilla, depthwise].map(intensity),
    ];
  }

  function misfit({ in_channels, out_channels, groups }) {
    if (kernels.groups_divide(in_channels, out_channels, groups)) return "";
    const legal = [];
    for (let g = 1; g <= Math.min(in_channels, out_channels); g += 1) {
      if (kernels.groups_divide(in_channels, out_channels, g)) legal.push(g);
    }
    return `There is no grouped convolution with g = ${groups}: it must divide C1 = ${in_channels} and C2 = ${out_channels}. Legal values are ${legal.join(", ")}.`;
  }

  function sentence({ in_channels, out_channels }) {
    const [vanilla, , depthwise, pair] = costs;
    const compared = [["macs", "MACs"], ["params", "parameters"], ["bytes", "bytes"]].map(
      ([field, noun]) => `${against(pair[field], vanilla[field])} of vanilla's ${noun}`.replace("× of", "×"),
    );
    const words = [`Depthwise + 1x1 takes ${compared[0]}, ${compared[1]} and ${compared[2]}.`];
    if (timings) words.push(`In this browser it takes ${against(timings[3].ms, timings[0].ms)} of vanilla's time.`.replace("× of", "×"));
    words.push(`Depthwise by itself does ${written(depthwise.intensity)} FLOPs for each byte, vanilla ${written(vanilla.intensity)}.`);
    if (in_channels !== out_channels) {
      words.push(`It makes ${plural(in_channels, "channel")} and not ${out_channels}: it is the first half of the pair, and no replacement for vanilla.`);
    }
    return words.join(" ");
  }

  function show() {
    const at = geometryOf(model);
    parts.measured.replaceChildren(...(timings ? MEASURED.map((shape) => panel(shape, timings)) : []));
    parts.said.textContent = sentence(at);
  }

  const idle = "Nothing is measured yet: press “measure here”.";
  const stop = () => {
    ticket += 1;
    running = false;
    setAll(model, { measure: false });
  };

  function draw() {
    const at = geometryOf(model);
    const now = JSON.stringify(at);
    if (now === drawn) return;
    if (running) stop();
    [drawn, timings, costs] = [now, null, costsOf(kernels, names, at)];
    parts.formulas.replaceChildren(...formulas(at));
    parts.calculated.replaceChildren(
      ...CALCULATED.map((shape) => panel(shape, costs, shape.field === "bytes" ? bytesNote : undefined)),
    );
    parts.warning.textContent = misfit(at);
    parts.warning.hidden = !parts.warning.textContent;
    parts.status.textContent = idle;
    show();
  }

  async function measure() {
    ticket += 1;
    const mine = ticket;
    const alive = () => mine === ticket;
    [running, timings] = [true, null];
    show();
    parts.status.textContent = "Measuring: warming up.";
    await pause();
    const progress = (sample) => {
      parts.status.textContent = `Measuring: sample ${sample + 1} of ${SAMPLES}.`;
    };
    const got = await measureVariants(kernels, geometryOf(model), costs, alive, progress);
    if (!got) return;
    [running, timings] = [false, got];
    parts.status.textContent =
      `Medians of ${SAMPLES} samples taken in turns, of convlib's kernel without the padding before it.` +
      (got.some(({ scaled }) => scaled) ? " Of the longest layers only some output channels were run, and the time scaled to all." : "");
    show();
    stop();
  }

  const toggle = () => {
    if (model.get("measure")) {
      draw(); // sizes may have changed since the last frame
      measure();
    } else if (running) {
      stop();
      parts.status.textContent = idle;
    }
  };
  // A slider moved by hand ends the choice of a layer; the sliders that a choice moves do not.
  const releaseLayer = keepPreset(model, "layer", GEOMETRY, () => {
    const layer = model.get("layers")[model.get("layer")];
    return layer.length ? Object.fromEntries(GEOMETRY.map((name, index) => [name, layer[index]])) : null;
  });
  setAll(model, { measure: false }); // a page that opens never measures by itself
  model.on("change:measure", toggle);

  return {
    names: GEOMETRY,
    draw,
    undo() {
      ticket += 1;
      model.off("change:measure", toggle);
      releaseLayer();
    },
  };
}

export default explorer(build);

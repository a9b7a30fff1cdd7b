const DASHES = ["none", "9 4", "2 3", "9 3 2 3", "14 4", "5 5"]; // a line style for each group, in turn
const ROW = 40; // drawing units from one channel to the next, where there are most
const ENDS = { input: 85, output: 220, right: 310 }; // where the columns of channels stand

// The settings under the lecture's names.
function stateOf(model) {
  const get = (name) => model.get(name);
  return {
    c1: get("in_channels"), c2: get("out_channels"), g: get("groups"), size: get("size"),
    kernel: get("kernel_sizes")[get("kernel")], disturbed: get("disturbed"),
  };
}

// The same convolution of the input as it is and of the disturbed one, and by how much each output
// channel differs; all by convlib. Small whole numbers, so that sums are exact.
function compute(kernels, { c1, c2, g, size, kernel, disturbed }) {
  const memory = kernels.scratch();
  const before = kernels.same_before(size, kernel, 1, 1);
  const after = kernels.same_after(size, kernel, 1, 1);
  const side = before + size + after;
  const image = Array.from({ length: c1 * size * size }, (_, k) => (7 * k) % 5);
  const changed = image.map((value, k) => value + (Math.floor(k / size / size) === disturbed - 1 ? 1 : 0));
  const count = kernels.conv2d_params(kernel, kernel, c1, c2, g, 0);
  const weights = memory.floats(Array.from({ length: count }, (_, k) => 1 + ((3 * k) % 4)));
  const bias = memory.floats(Array(c2).fill(0));
  const padded = memory.reserve(c1 * side * side);
  const [first, second] = [image, changed].map((pixels) => {
    const out = memory.reserve(c2 * size * size);
    kernels.pad(memory.floats(pixels), c1, size, size, before, after, before, after, 0, padded);
    kernels.conv2d(padded, weights, bias, out, c1, side, side, c2, kernel, kernel, 1, 1, 1, 1, g);
    return out;
  });
  const changes = memory.reserve(c2);
  kernels.channel_changes(first, second, c2, size, size, changes);
  return memory.readFloats(changes, c2);
}

const thousands = (number) => mathml("mn", number.toLocaleString("en"));
const listed = (numbers) =>
  numbers.length < 2 ? numbers.join("") : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
const channels = (numbers) => `channel${numbers.length === 1 ? "" : "s"} ${listed(numbers)}`;

function build(model, el, kernels) {
  const parts = {
    wiring: html("figure", { tabindex: 0, "data-wiring": "" }),
    matrix: html("figure", { tabindex: 0, "data-matrix": "" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
    formulas: html("div", { class: "formulas" }),
  };
  onStage(el, html("div", { class: "grids" }, parts.wiring, parts.matrix), parts.said, parts.formulas);

  const matrixGrid = gridIn(parts.matrix, { margin: 28 });
  const choose = (number) => setAll(model, { disturbed: number });
  // In both figures a channel that is chosen again is left alone.
  for (const figure of [parts.wiring, parts.matrix]) {
    figure.addEventListener("click", (event) => {
      const number = Number(event.target.closest("[data-input]")?.dataset.input ?? 0);
      if (number) choose(number === model.get("disturbed") ? 0 : number);
    });
    onArrows(
      figure,
      (down, right) => choose(clamp(model.get("disturbed") + down + right, 1, model.get("in_channels"))),
      () => choose(0),
    );
  }

  const legalGroups = ({ c1, c2 }) =>
    Array.from({ length: Math.min(c1, c2) }, (_, k) => k + 1).filter((g) => kernels.groups_fit(c1, c2, g));

  function draw() {
    const state = stateOf(model);
    const { c1, c2, g, disturbed } = state;
    const legal = kernels.groups_fit(c1, c2, g) === 1;
    const changes = legal ? compute(kernels, state) : new Float32Array(c2);
    const wired = (i, o) => legal && kernels.group_of(i, c1, g) === kernels.group_of(o, c2, g);
    drawWiring(state, changes, wired, legal);
    drawMatrix(state, changes, wired, legal);
    parts.formulas.replaceChildren(...(legal ? costs(state) : []));
    parts.said.textContent = legal ? sentence(state, changes) : misfit(state);
    parts.said.classList.toggle("illegal", !legal || disturbed > c1);
  }

  function drawWiring({ c1, c2, g, disturbed }, changes, wired, legal) {
    const height = ROW * Math.max(c1, c2, 2);
    const place = (k, count) => ((k + 0.5) * height) / count;
    const bands = [];
    for (let k = 0; legal && k < g; k += 1) {
      const [top, tall] = [(k * height) / g, height / g];
      bands.push(svg("rect", { x: 2, y: top + 2, width: ENDS.right - 4, height: tall - 4, rx: 6, class: "band-of-group" }));
      bands.push(svg("text", { x: 10, y: top + tall / 2, class: "group-name" }, `group ${k + 1}`));
    }
    // All wires of a group that look alike are one path: there may be hundreds.
    const paths = new Map();
    for (let o = 0; o < c2; o += 1) {
      for (let i = 0; i < c1; i += 1) {
        if (!wired(i, o)) continue;
        const live = !disturbed || disturbed > c1 ? "" : disturbed === i + 1 ? " live" : " faint";
        const look = [live, DASHES[kernels.group_of(i, c1, g) % DASHES.length]].join("|");
        const line = `M${ENDS.input} ${place(i, c1)}L${ENDS.output} ${place(o, c2)}`;
        paths.set(look, (paths.get(look) ?? "") + line);
      }
    }
    const wires = [...paths].map(([look, d]) => {
      const [live, dashes] = look.split("|");
      return svg("path", { d, class: `wire${live}`, "stroke-dasharray": dashes });
    });
    const node = (x, y, kind, number, extra, ...marks) =>
      svg("g", { class: `cell ${kind}`, transform: `translate(${x} ${y})`, ...extra },
        svg("rect", { x: -17, y: -15, width: 34, height: 30, rx: 15 }), svg("text", {}, number), ...marks);
    const inputs = Array.from({ length: c1 }, (_, i) => {
      const chosen = disturbed === i + 1;
      const ring = svg("rect", { x: -17, y: -15, width: 34, height: 30, rx: 15, class: "chosen" });
      return node(ENDS.input, place(i, c1), "input", `${i + 1}`, { "data-input": i + 1 }, ...(chosen ? [ring] : []));
    });
    const outputs = Array.from({ length: c2 }, (_, o) => {
      const moved = changes[o] > 0;
      const marks = [];
      if (moved) marks.push(svg("circle", { cx: 28, cy: 0, r: 5, class: "mark" }));
      if (disturbed && disturbed <= c1 && legal) {
        marks.push(svg("text", { x: moved ? 39 : 23, class: "change" }, moved ? `by ${changes[o]}` : "same"));
      }
      return node(ENDS.output, place(o, c2), "output", `${o + 1}`, { "data-output": o + 1, "data-moved": moved ? 1 : 0 }, ...marks);
    });
    const label = `Wiring of ${c1} input channels to ${c2} output channels`;
    parts.wiring.setAttribute("aria-label", `${label}. Arrow keys choose an input channel, Escape none.`);
    parts.wiring.style.flexBasis = `${ENDS.right}px`;
    parts.wiring.replaceChildren(
      html("figcaption", {}, "input channels (left) to output channels (right)"),
      svg("svg", { viewBox: `0 -4 ${ENDS.right} ${height + 8}`, style: `width: ${ENDS.right}px`, role: "img", "aria-label": label },
        ...bands, ...wires, ...inputs, ...outputs),
    );
  }

  function drawMatrix({ c1, c2, g, kernel, disturbed }, changes, wired, legal) {
    const describe = (o, i) => ({
      kind: wired(i, o) ? "kernel" : "padding",
      text: wired(i, o) ? `${kernel}×${kernel}` : legal ? "0" : "?",
      mark: disturbed === i + 1 && changes[o] > 0,
      input: i + 1,
    });
    const heads = [
      ...Array.from({ length: c1 }, (_, i) => svg("text", { x: (i + 0.5) * CELL, y: -12, "data-input": i + 1 }, `${i + 1}`)),
      ...Array.from({ length: c2 }, (_, o) => svg("text", { x: -14, y: (o + 0.5) * CELL }, `${o + 1}`)),
    ];
    const column = disturbed && disturbed <= c1 ? [outline(0, disturbed - 1, c2, 1, "chosen")] : [];
    const blocks = g === 1 ? "one full block" : `${g} blocks of ${c2 / g} × ${c1 / g} kernels, zeros between`;
    const label = `Channel weight matrix, ${c2} by ${c1}`;
    matrixGrid({
      rows: c2, columns: c1, text: `weights, C₂ × C₁ = ${c2} × ${c1}: ${legal ? blocks : "no blocks fit"}`, label, describe,
      shapes: [svg("g", { class: "cell heads" }, ...heads), ...column],
    });
    parts.matrix.setAttribute("aria-label", `${label}. Arrow keys choose an input channel, Escape none.`);
    parts.matrix.style.flexBasis = `${c1 * CELL + 32}px`;
  }

  function costs({ c1, c2, g, size, kernel }) {
    const macs = kernels.conv2d_macs(size, size, kernel, kernel, c1, c2, g);
    const weights = kernels.conv2d_params(kernel, kernel, c1, c2, g, 0);
    const dots = (...factors) => factors.flatMap((factor, k) => (k ? ["·", factor] : [factor]));
    const pair = () => [sub("C", "1"), sub("C", "2")];
    return [
      html("div", { "data-macs": macs }, "cost: ",
        formula(over(["W", "H", "w", "h", ...pair()], "g")),
        formula("=", over(dots(size, size, kernel, kernel, c1, c2), g), "=", thousands(macs), mathml("mtext", "\u00a0MACs"))),
      html("div", { "data-weights": weights }, "weights: ",
        formula(over(["w", "h", ...pair()], "g")),
        formula("=", over(dots(kernel, kernel, c1, c2), g), "=", thousands(weights))),
    ];
  }

  function sentence({ c1, c2, g, disturbed }, changes) {
    const groups = g === 1 ? "The one group" : `Each of the ${g} groups`;
    const shares = `${groups} turns ${plural(c1 / g, "input channel")} into ${plural(c2 / g, "output channel")}.`;
    if (disturbed > c1) return `There is no input channel ${disturbed}: C₁ = ${c1}. Choose one from 1 to ${c1}, or 0 for none.`;
    if (!disturbed) return `${shares} Nothing is disturbed: choose an input channel.`;
    const numbers = [...changes.keys()].map((o) => o + 1);
    const moved = numbers.filter((o) => changes[o - 1] > 0);
    const same = numbers.filter((o) => changes[o - 1] === 0);
    const rest = same.length ? `; output ${channels(same)} did not change at all` : ", all there are";
    return `${shares} Convolved twice, with and without 1 added to input channel ${disturbed}: output ${channels(moved)} moved${rest}.`;
  }

  function misfit(state) {
    const { c1, c2, g } = state;
    const wrong = [];
    if (!kernels.groups_fit(c1, c1, g)) wrong.push(`C₁ = ${c1}`);
    if (!kernels.groups_fit(c2, c2, g)) wrong.push(`C₂ = ${c2}`);
    const divides = wrong.length === 2 ? `divides neither ${wrong.join(" nor ")}` : `does not divide ${wrong[0]}`;
    return `g = ${g} ${divides}: the groups would not be alike. Legal values of g here: ${listed(legalGroups(state))}.`;
  }

  return { names: ["in_channels", "out_channels", "groups", "size", "kernel", "disturbed"], draw };
}

export default explorer(build);

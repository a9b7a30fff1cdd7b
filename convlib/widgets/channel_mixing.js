const COLOURS = ["red", "green", "blue"];
const MIXTURE = ["r", "g", "b"].flatMap((out) => ["r", "g", "b"].map((into) => `mix_${out}${into}`));
const STAGES = { input: "input", depthwise: "depthwise only", pointwise: "1 × 1 only", both: "both" };
const toTenths = (value) => Math.round(value * 10) / 10 || 0;
const TAPS = 3; // the depthwise kernels' height and width

// Every stage's three planes, computed by convlib.
function computeStages(kernels, levels, height, width, chosen, weights, mixture) {
  const memory = kernels.scratch();
  const [before, after] = [kernels.same_before, kernels.same_after].map((end) => end(height, TAPS, 1, 1));
  const room = 3 * height * width;
  const input = memory.floats(levels);
  const bias = memory.floats([0, 0, 0]);
  const filters = memory.floats(chosen.flatMap((index) => weights[index]));
  const mixing = memory.floats(mixture);
  const padded = memory.reserve(3 * (height + before + after) * (width + before + after));
  const [depthwise, pointwise, both] = [0, 1, 2].map(() => memory.reserve(room));
  kernels.pad(input, 3, height, width, before, after, before, after, 0, padded);
  kernels.conv2d(
    padded, filters, bias, depthwise, 3, height + before + after, width + before + after, 3, TAPS, TAPS, 1, 1, 1, 1, 3,
  );
  for (const [from, to] of [[input, pointwise], [depthwise, both]]) {
    kernels.conv2d(from, mixing, bias, to, 3, height, width, 3, 1, 1, 1, 1, 1, 1, 1);
  }
  const read = (address) => memory.readFloats(address, room);
  return { input: read(input), depthwise: read(depthwise), pointwise: read(pointwise), both: read(both) };
}

function build(model, el, kernels) {
  let { height, width, levels } = pictureOf(model, "picture"); // Python may change it
  const within = (value, length) => clamp(value, 0, length - 1);
  let hovered = null; // the pixel under the pointer, [row, column]
  let stages = null;

  const parts = {
    costs: html("div", { class: "formulas" }),
    numbers: html("table", { class: "pixel-numbers" }),
    sums: html("div", { class: "formulas", "data-sums": "" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
  };
  const views = Object.fromEntries(
    Object.entries(STAGES).map(([stage, caption]) => {
      const canvas = html("canvas");
      const lines = svg("path", { class: "crosshair" });
      const halo = svg("path", { class: "crosshair halo" });
      const over = svg("svg", { "aria-hidden": "true" }, halo, lines);
      const frame = html("div", { class: "frame", role: "img", "aria-label": caption }, canvas, over);
      const figure = html("figure", { "data-stage": stage }, html("figcaption", {}, caption), frame);
      return [stage, { canvas, over, lines, halo, frame, figure }];
    }),
  );
  const album = html(
    "div", { class: "photographs four", tabindex: 0, role: "group", "aria-label": "The picture after each stage. Arrow keys choose a pixel." },
    ...Object.values(views).map(({ figure }) => figure),
  );
  onStage(el, album, parts.said, parts.numbers, parts.sums, parts.costs);

  // Gives canvases and frames the size of the picture.
  function fit() {
    for (const { canvas, over, frame } of Object.values(views)) {
      [canvas.width, canvas.height] = [width, height];
      over.setAttribute("viewBox", `0 0 ${width} ${height}`);
      frame.style.aspectRatio = `${width} / ${height}`;
    }
  }

  const pixelAt = (event) => {
    const frame = event.target.closest(".frame");
    if (!frame) return null;
    const box = frame.getBoundingClientRect();
    return [
      within(Math.floor((height * (event.clientY - box.top)) / box.height), height),
      within(Math.floor((width * (event.clientX - box.left)) / box.width), width),
    ];
  };
  const chosenPixel = () => [within(model.get("row"), height), within(model.get("column"), width)];
  const choose = ([row, column]) => setAll(model, { row: within(row, height), column: within(column, width) });
  album.addEventListener("pointermove", (event) => {
    hovered = pixelAt(event);
    drawPixel();
  });
  album.addEventListener("pointerleave", () => {
    hovered = null;
    drawPixel();
  });
  album.addEventListener("click", (event) => {
    const at = pixelAt(event);
    if (at) choose(at);
  });
  onArrows(album, (down, right) => {
    hovered = null;
    choose([model.get("row") + down, model.get("column") + right]);
  });

  // A preset sets the nine weights; a weight set by hand ends it.
  const releasePreset = keepPreset(model, "preset", MIXTURE, () => {
    const wanted = model.get("presets")[model.get("preset")];
    return wanted?.length ? Object.fromEntries(MIXTURE.map((name, k) => [name, wanted[k]])) : null;
  });

  const chosenKernels = () => COLOURS.map((colour) => model.get(`kernel_${colour}`));
  const mixture = () => MIXTURE.map((name) => model.get(name));

  // What was convolved last; moving the pixel alone convolves nothing.
  let drawn = "";
  const takePicture = () => {
    ({ height, width, levels } = pictureOf(model, "picture"));
    hovered = null;
    drawn = "";
  };
  function draw() {
    const settings = JSON.stringify([chosenKernels(), mixture()]);
    if (settings !== drawn) {
      if (!drawn) fit();
      stages = computeStages(kernels, levels, height, width, chosenKernels(), model.get("weights"), mixture());
      for (const [stage, { canvas }] of Object.entries(views)) {
        if (drawn && stage === "input") continue; // it never changes
        canvas.getContext("2d").putImageData(imageOf(stages[stage], height, width), 0, 0);
      }
      drawCosts();
      drawn = settings;
    }
    drawPixel();
    parts.said.textContent = sentence();
  }

  const levelsAt = (stage, row, column) =>
    [0, 1, 2].map((c) => stages[stage][c * height * width + row * width + column]);

  // The crosshair and the numbers of the pixel under the pointer, or else of the chosen one.
  function drawPixel() {
    const [row, column] = hovered ?? chosenPixel();
    const [x, y] = [column + 0.5, row + 0.5];
    const arms = [[0, -1], [0, 1], [-1, 0], [1, 0]];
    const path = arms.map(([dx, dy]) => `M${x + 3 * dx} ${y + 3 * dy}l${9 * dx} ${9 * dy}`).join("");
    for (const { lines, halo } of Object.values(views)) {
      for (const each of [lines, halo]) each.setAttribute("d", path);
    }
    const levels = (stage) => levelsAt(stage, row, column);
    parts.numbers.replaceChildren(
      html("caption", {}, `pixel (${row}, ${column}); below 0 is drawn black, above 255 full`),
      html("tr", {}, html("td"), ...COLOURS.map((colour) => html("th", { scope: "col" }, colour))),
      ...Object.entries(STAGES).map(([stage, name]) =>
        html("tr", { "data-numbers": stage }, html("th", { scope: "row" }, name), ...levels(stage).map((value) => html("td", {}, shown(toTenths(value))))),
      ),
    );
    const from = levels("depthwise");
    const to = levels("both");
    parts.sums.replaceChildren(...COLOURS.map((colour, out) => {
      const bracketed = (value) => (value < 0 ? ["(", value, ")"] : value);
      const products = COLOURS.map((_, into) =>
        formula(...(into ? ["+"] : []), bracketed(model.get(MIXTURE[3 * out + into])), "·", bracketed(toTenths(from[into]))),
      );
      return html("div", {}, `both, ${colour}: `, ...products, formula("=", toTenths(to[out])));
    }));
  }

  // Of the chosen pixel only: what the pointer passes is not announced.
  function sentence() {
    const [row, column] = chosenPixel();
    const triple = (stage) => levelsAt(stage, row, column).map((value) => shown(toTenths(value))).join(", ");
    const used = COLOURS.map((colour, out) => {
      const sources = COLOURS.filter((_, into) => model.get(MIXTURE[3 * out + into]) !== 0);
      const named = sources.length === 3 ? "all three" : sources.join(" and ");
      return `${colour} from ${named || "nothing"}`;
    });
    const names = model.get("kernel_names");
    const filters = COLOURS.map((colour, c) => `${colour} from ${colour} alone (${names[chosenKernels()[c]]})`);
    return `Pixel (${row}, ${column}) is ${triple("input")} in red, green and blue; ${triple("depthwise")} after the depthwise step, ${triple("both")} after both. ` +
      `The depthwise step makes ${filters.join(", ")}. The 1 × 1 step makes ${used.join("; ")}, from this one pixel.`;
  }

  function drawCosts() {
    const count = (number) => mathml("mn", number.toLocaleString("en"));
    const macs = mathml("mtext", "\u00a0MACs");
    const depthwise = kernels.conv2d_macs(height, width, TAPS, TAPS, 3, 3, 3);
    const pointwise = kernels.conv2d_macs(height, width, 1, 1, 3, 3, 1);
    const full = kernels.conv2d_macs(height, width, TAPS, TAPS, 3, 3, 1);
    const channels = (index) => sub("C", index);
    parts.costs.replaceChildren(
      html("div", { "data-macs": depthwise }, "depthwise: ",
        formula(["W", "H", "w", "h", channels("1")]),
        formula("=", width, "·", height, "·", TAPS, "·", TAPS, "·", 3, "=", count(depthwise), macs)),
      html("div", { "data-macs": pointwise }, "1 × 1: ",
        formula(["W", "H", channels("1"), channels("2")]),
        formula("=", width, "·", height, "·", 3, "·", 3, "=", count(pointwise), macs.cloneNode(true))),
      html("div", { "data-macs": full }, "one full 3 × 3 instead: ",
        formula(count(full), macs.cloneNode(true))),
    );
  }

  model.on("change:picture", takePicture);
  return {
    names: ["kernel_red", "kernel_green", "kernel_blue", ...MIXTURE, "row", "column", "picture"],
    draw,
    undo() {
      model.off("change:picture", takePicture);
      releasePreset();
    },
  };
}

export default explorer(build);

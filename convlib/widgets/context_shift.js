const SIDES = { both: 0, top: 1, bottom: 2, left: 3, right: 4, none: 5 };

// One layer's padding on an axis, [before, after], so that its output stays as long as its input.
function axisPadding(kernels, side, kernel, first, last) {
  if (side === SIDES.none) return [0, 0];
  if (side === first) return [kernels.full_padding(kernel, 1), 0];
  if (side === last) return [0, kernels.full_padding(kernel, 1)];
  // What stays open on the other axis, or on both, is split.
  return [kernels.same_before(kernel, kernel, 1, 1), kernels.same_after(kernel, kernel, 1, 1)];
}

// The picture through all layers, computed by convlib; null if a layer would have no output.
function convolve(kernels, { channels, height, width, levels }, weights, kernel, layers, padding) {
  const memory = kernels.scratch();
  const { top, bottom, left, right } = padding;
  const filters = memory.floats(Array(channels).fill(weights).flat());
  const bias = memory.floats(Array(channels).fill(0));
  const largest = (length) => length + layers * kernels.full_padding(kernel, 1);
  const room = channels * largest(height) * largest(width);
  const padded = memory.reserve(room);
  const input = memory.floats(levels);
  const out = memory.reserve(room);
  let [rows, columns, from] = [height, width, input];
  for (let layer = 0; layer < layers; layer += 1) {
    const oh = kernels.output_length(rows, kernel, 1, top, bottom, 1);
    const ow = kernels.output_length(columns, kernel, 1, left, right, 1);
    if (!oh || !ow) return null;
    kernels.pad(from, channels, rows, columns, top, bottom, left, right, 0, padded);
    kernels.conv2d_fast(
      padded, filters, bias, out, channels, top + rows + bottom, left + columns + right,
      channels, kernel, kernel, 1, 1, 1, 1, channels,
    );
    [rows, columns, from] = [oh, ow, out];
  }
  return { memory, input, out: from, rows, columns };
}

const direction = (amount, forth, back) => plural(Math.abs(amount), "pixel") + (amount < 0 ? ` ${back}` : ` ${forth}`);
const said = (down, right) => {
  const parts = [];
  if (down) parts.push(direction(down, "down", "up"));
  if (right) parts.push(direction(right, "to the right", "to the left"));
  return parts.join(" and ") || "0 pixels";
};

const tieSentence = ({ step, count }) =>
  count === 1
    ? "."
    : `, the shortest of ${count} displacements that fit equally well: the picture looks the same when moved by ${said(...step)}.`;

function build(model, el, kernels) {
  const panels = {
    input: html("figure", { "data-panel": "input" }),
    output: html("figure", { "data-panel": "output" }),
    overlay: html("figure", { "data-panel": "overlay" }),
  };
  const formulas = html("div", { class: "formulas" });
  const spoken = html("p", { class: "said", "aria-live": "polite" });
  onStage(el, html("div", { class: "photographs" }, ...Object.values(panels)), spoken, formulas);

  let photo; // the picture, which Python may change
  let overlay = null; // the canvas that lies over the input
  const fade = () => {
    if (overlay) overlay.style.opacity = model.get("opacity") / 100;
  };
  const sizes = model.get("kernel_sizes");
  // Only the input's panel shows padding around the picture: as much as there can be.
  const most = kernels.full_padding(Math.max(...sizes), 1) * model.get("most_layers");

  // A panel: pictures with their corner at the input's corner, shapes over them, a margin around.
  function panel(figure, caption, margin, pictures, shapes) {
    const { height, width } = photo;
    const box = { width: width + 2 * margin, height: height + 2 * margin };
    const share = (length, whole) => `${(100 * length) / whole}%`;
    const place = (canvas) => {
      canvas.style.cssText =
        `left: ${share(margin, box.width)}; top: ${share(margin, box.height)};` +
        `width: ${share(canvas.width, box.width)}; height: ${share(canvas.height, box.height)}`;
      return canvas;
    };
    const viewBox = [-margin, -margin, box.width, box.height].join(" ");
    const over = svg("svg", { viewBox, "aria-hidden": "true" }, ...shapes);
    const frame = html("div", { class: "frame", role: "img", "aria-label": caption }, ...pictures.map(place), over);
    frame.style.aspectRatio = `${box.width} / ${box.height}`;
    // All panels have one scale: their widths are as their pictures'.
    figure.style.flex = `${box.width} ${box.width} 0`;
    figure.replaceChildren(html("figcaption", {}, caption), frame);
  }
  const area = (x, y, w, h, kind) => svg("rect", { x, y, width: w, height: h, class: kind });
  const band = (x, y, w, h) => (w > 0 && h > 0 ? [area(x, y, w, h, "band")] : []);

  // Grey around the input: what all layers pad together.
  const padded = ({ top, bottom, left, right }, layers) => {
    const { height, width } = photo;
    const across = width + (left + right) * layers;
    return [
      ...band(-left * layers, -top * layers, across, top * layers),
      ...band(-left * layers, height, across, bottom * layers),
      ...band(-left * layers, 0, left * layers, height),
      ...band(width, 0, right * layers, height),
    ];
  };

  // Grey in the output: pixels whose window is centred on padding. The picture has left them.
  const strangers = (down, right, rows, columns) => {
    const { height, width } = photo;
    return [
      ...band(0, 0, columns, down),
      ...band(0, height + down, columns, rows - height - down),
      ...band(0, Math.max(down, 0), right, Math.min(rows, height)),
      ...band(width + right, 0, columns - width - right, rows),
    ];
  };

  function arrow(down, right) {
    const [x, y] = [photo.width / 2, photo.height / 2];
    if (!down && !right) return svg("circle", { cx: x, cy: y, r: 4, class: "arrow" });
    const length = Math.hypot(down, right);
    const [ux, uy] = [right / length, down / length];
    const head = Math.min(6, length);
    const [tipX, tipY] = [x + right, y + down];
    const wing = (turn) => `${tipX - head * (ux - turn * uy)} ${tipY - head * (uy + turn * ux)}`;
    const path = `M${x} ${y}L${tipX} ${tipY}M${wing(0.6)}L${tipX} ${tipY}L${wing(-0.6)}`;
    return svg("g", {}, svg("path", { d: path, class: "arrow halo" }), svg("path", { d: path, class: "arrow" }));
  }

  function draw() {
    photo = pictureOf(model, "picture");
    const { height, width } = photo;
    const input = imageOf(photo.levels, height, width);
    const layers = model.get("layers");
    const side = model.get("side");
    const kernel = sizes[model.get("kernel")];
    const [top, bottom] = axisPadding(kernels, side, kernel, SIDES.top, SIDES.bottom);
    const [left, right] = axisPadding(kernels, side, kernel, SIDES.left, SIDES.right);
    const padding = { top, bottom, left, right };
    const got = convolve(kernels, photo, model.get("weights")[model.get("kernel")], kernel, layers, padding);
    if (!got) {
      spoken.textContent = `There is no output: after some of the ${layers} layers the picture is smaller than the kernel. Choose fewer layers, a smaller kernel or some padding.`;
      return;
    }
    const { memory, rows, columns } = got;
    const predicted = [top, left].map((before) => kernels.doubled_shift(layers, kernel, before, 1) / 2);
    const measured = measure(got, layers, kernel);
    const output = imageOf(memory.readFloats(got.out, 3 * rows * columns), rows, columns);
    const grey = () => strangers(...predicted, rows, columns);
    panel(
      panels.input, `input ${height} × ${width} and all padding`, most,
      [canvasOf(input)], padded(padding, layers),
    );
    panel(
      panels.output, `output ${rows} × ${columns}`, 0,
      [canvasOf(output)], [...grey(), area(0, 0, width, height, "edge")],
    );
    overlay = canvasOf(output);
    panel(panels.overlay, "output over input", 0, [canvasOf(input), overlay], [...grey(), arrow(...predicted)]);
    fade();
    formulas.replaceChildren(
      html("div", {}, "shift down: ", ...shiftFormula(layers, kernel, top, "top", predicted[0])),
      html("div", {}, "shift right: ", ...shiftFormula(layers, kernel, left, "left", predicted[1])),
    );
    spoken.replaceChildren(
      "Predicted from the paddings: ", html("b", { "data-predicted": predicted.join(",") }, said(...predicted)),
      ". Measured from the pixels: ", html("b", { "data-measured": measured.shift.join(",") }, said(...measured.shift)), tieSentence(measured),
      side === SIDES.none && layers
        ? " Without padding the output is smaller, and its corner pixel looks at what was further inside."
        : "",
    );
  }

  // The displacement convlib measures, how many tie with it, and the step to the next of those.
  function measure({ memory, input: before, out: after, rows, columns }, layers, kernel) {
    const limit = (layers * kernels.full_padding(kernel, 1)) / 2 + 2;
    const { channels, height, width } = photo;
    const totals = memory.reserveDoubles((2 * limit + 1) ** 2);
    const found = memory.reserve(5);
    kernels.measure_shift(before, after, channels, height, width, rows, columns, limit, totals, found);
    const [down, right, stepDown, stepRight, count] = memory.readInts(found, 5);
    return { shift: [down, right], step: [stepDown, stepRight], count };
  }

  model.on("change:opacity", fade);
  return {
    names: ["layers", "kernel", "side", "picture"],
    draw,
    undo: () => model.off("change:opacity", fade),
  };
}

// "n (p − (k − 1) / 2) = 3 (6 − (7 − 1) / 2) = 9 px"
const shiftFormula = (layers, kernel, before, name, result) => [
  formula("n", "(", sub("p", name), "−", over(["k", "−", 1], 2), ")"),
  formula("=", layers, "(", before, "−", over([kernel, "−", 1], 2), ")", "=", result, mathml("mtext", "\u00a0px")),
];

export default explorer(build);

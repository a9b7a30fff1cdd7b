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
  onStage(el, html("div", { class: "photographs shift" }, ...Object.values(panels)), spoken, formulas);

  const firstPicture = model.get("picture"); // that of the page
  let photo; // the picture, which Python may change
  let measured = null; // the shift of the last drawing, as convlib measured it
  let overlay = null; // the canvas that lies over the input
  const sizes = model.get("kernel_sizes");
  // Every panel has room around the picture for as much padding as there can be, so that all have one scale.
  const most = kernels.full_padding(Math.max(...sizes), 1) * model.get("most_layers");
  const limits = model.get("legal");
  // Pixels of the page that one pixel of the picture takes.
  const scaleOf = (panel) => panel.querySelector(".frame").clientWidth / (photo.width + 2 * most);

  // The output, laid over the input, is taken hold of anywhere; the padding by its outer edge, which adds layers.
  const moveTo = (down, right) => {
    const within = (value) => clamp(Math.round(value), limits.moved_down[1], limits.moved_down[2]);
    setAll(model, { moved_down: within(down), moved_right: within(right) });
  };
  const movedBy = () => [model.get("moved_down"), model.get("moved_right")];
  const held = svg("rect", { class: "held", tabindex: 0, role: "slider", "aria-label": "output over the input" });
  onDrag(held, {
    begin: movedBy,
    move: ([down, right], dx, dy) => moveTo(down + dy / scaleOf(panels.overlay), right + dx / scaleOf(panels.overlay)),
  });
  onArrows(held, (down, right) => moveTo(movedBy()[0] + down, movedBy()[1] + right));
  const setLayers = (count) => setAll(model, { layers: clamp(Math.round(count), 0, model.get("most_layers")) });
  // How far one layer pads, and to which side: the edge of it that can be dragged.
  const outwards = () => {
    const { top, bottom, left, right } = paddingNow();
    if (model.get("side") === SIDES.bottom) return [bottom, 0];
    if (model.get("side") === SIDES.left) return [0, -left];
    if (model.get("side") === SIDES.right) return [0, right];
    return [-top, 0];
  };
  const edge = gripOf({
    name: "padding of all layers", cursor: "move",
    begin: () => model.get("layers"),
    move: (from, dx, dy) => {
      const [down, across] = outwards();
      const [by, of] = down ? [dy, down] : [dx, across];
      if (of) setLayers(from + by / scaleOf(panels.input) / of);
    },
    step: (down, across) => {
      const [y, x] = outwards();
      setLayers(model.get("layers") + Math.sign(y * down + x * across));
    },
    toEnd: (last) => setLayers(last ? Infinity : 0),
  });

  function paddingNow() {
    const [side, kernel] = [model.get("side"), sizes[model.get("kernel")]];
    const [top, bottom] = axisPadding(kernels, side, kernel, SIDES.top, SIDES.bottom);
    const [left, right] = axisPadding(kernels, side, kernel, SIDES.left, SIDES.right);
    return { top, bottom, left, right };
  }

  // A panel: pictures with their corner at the input's corner, shapes over them, room around.
  function panel(figure, caption, pictures, shapes, words = []) {
    const { height, width } = photo;
    const box = { width: width + 2 * most, height: height + 2 * most };
    const share = (length, whole) => `${(100 * length) / whole}%`;
    for (const { canvas, down = 0, right = 0 } of pictures) {
      canvas.style.left = share(most + right, box.width);
      canvas.style.top = share(most + down, box.height);
      canvas.style.width = share(canvas.width, box.width);
      canvas.style.height = share(canvas.height, box.height);
    }
    const viewBox = [-most, -most, box.width, box.height].join(" ");
    let frame = figure.querySelector(".frame");
    if (!frame) {
      frame = html("div", { class: "frame" }, svg("svg"));
      figure.replaceChildren(html("figcaption"), frame);
    }
    figure.querySelector("figcaption").textContent = caption;
    frame.style.aspectRatio = `${box.width} / ${box.height}`;
    for (const old of frame.querySelectorAll("canvas, .band-name")) old.remove();
    frame.prepend(...pictures.map(({ canvas }) => canvas));
    const over = frame.querySelector("svg");
    setAttributes(frame, { role: "group", "aria-label": caption });
    setAttributes(over, { viewBox });
    for (const { text, y } of words) frame.append(html("span", { class: "band-name", style: `top: ${share(most + y, box.height)}` }, text));
    const kept = [...over.children].filter((node) => node.matches(".grip, .held"));
    for (const node of [...over.children]) if (!kept.includes(node)) node.remove();
    over.prepend(...shapes);
    return over;
  }
  const area = (x, y, w, h, kind) => svg("rect", { x, y, width: w, height: h, class: kind });
  const band = (x, y, w, h) => (w > 0 && h > 0 ? [area(x, y, w, h, "band")] : []);

  // Grey around the input: what all layers pad together. The widest band has a name, where it fits.
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
  const nameOfPadding = ({ top, bottom }, layers) => {
    if (Math.max(top, bottom) * layers < 18) return [];
    return [{ text: "padding", y: top >= bottom ? (-top * layers) / 2 : photo.height + (bottom * layers) / 2 }];
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

  // What was drawn last; a move of the output convolves nothing.
  let drawn = null;
  function draw() {
    const layers = model.get("layers");
    const kernel = sizes[model.get("kernel")];
    const padding = paddingNow();
    const key = JSON.stringify([layers, kernel, padding]);
    if (drawn?.key !== key) drawn = compute(key, layers, kernel, padding);
    spoken.classList.toggle("illegal", !drawn.output);
    if (!drawn.output) {
      spoken.textContent = `There is no output: after some of the ${layers} layers the picture is smaller than the kernel. Choose fewer layers, a smaller kernel or some padding.`;
      return;
    }
    const { rows, columns, predicted } = drawn;
    const { height, width } = photo;
    const input = panel(panels.input, "input, padded (grey)", [{ canvas: canvasOf(drawn.input) }], padded(padding, layers), nameOfPadding(padding, layers));
    if (!edge.node.parentNode) input.append(edge.node);
    const [down, across] = outwards();
    edge.node.style.display = down || across ? "" : "none";
    edge.at(
      width / 2 + Math.sign(across) * (width / 2 + Math.abs(across) * layers), height / 2 + Math.sign(down) * (height / 2 + Math.abs(down) * layers),
      1 / (scaleOf(panels.input) || 1), { now: layers, low: 0, high: model.get("most_layers"), text: plural(layers, "layer") },
    );
    panel(
      panels.output, `output ${rows} × ${columns}`, [{ canvas: canvasOf(drawn.output) }],
      [...strangers(...predicted, rows, columns), area(0, 0, width, height, "edge"), arrow(...predicted)],
    );
    overlay = canvasOf(drawn.output);
    overlay.style.opacity = model.get("opacity") / 100;
    const [byDown, byRight] = movedBy();
    const over = panel(
      panels.overlay, "output over input", [{ canvas: canvasOf(drawn.input) }, { canvas: overlay, down: byDown, right: byRight }],
      [area(byRight, byDown, columns, rows, "edge moved")],
    );
    if (!held.parentNode) over.append(held);
    setAttributes(held, {
      x: byRight, y: byDown, width: columns, height: rows,
      "aria-valuemin": limits.moved_down[1], "aria-valuemax": limits.moved_down[2], "aria-valuenow": byDown, "aria-valuetext": said(byDown, byRight),
    });
    formulas.replaceChildren(
      html("div", {}, "shift down: ", ...shiftFormula(layers, kernel, padding.top, "top", predicted[0])),
      html("div", {}, "shift right: ", ...shiftFormula(layers, kernel, padding.left, "left", predicted[1])),
    );
    spoken.replaceChildren(
      "Predicted from the paddings: ", html("b", { "data-predicted": predicted.join(",") }, said(...predicted)),
      ". Measured from the pixels: ", html("b", { "data-measured": measured.shift.join(",") }, said(...measured.shift)), tieSentence(measured),
      byHand(byDown, byRight),
      model.get("side") === SIDES.none && layers ? " Without padding the corner pixel looks at what was further inside." : "",
    );
  }

  // The reader's own measurement: moved back by the shift, the output lies on the input.
  function byHand(down, right) {
    if (!down && !right) return "";
    const [offDown, offRight] = [down + measured.shift[0], right + measured.shift[1]];
    const moved = ` You moved the output ${said(down, right)}`;
    return offDown || offRight ? `${moved}: it is still ${said(offDown, offRight)} of its match.` : `${moved}: there it matches.`;
  }

  function compute(key, layers, kernel, padding) {
    photo = pictureOf(model, "picture");
    const { height, width } = photo;
    const input = imageOf(photo.levels, height, width);
    const got = convolve(kernels, photo, model.get("weights")[model.get("kernel")], kernel, layers, padding);
    if (!got) return { key, input, output: null };
    const { memory, rows, columns } = got;
    const predicted = [padding.top, padding.left].map((before) => kernels.doubled_shift(layers, kernel, before, 1) / 2);
    measured = measure(got, layers, kernel);
    return { key, input, output: imageOf(memory.readFloats(got.out, 3 * rows * columns), rows, columns), rows, columns, predicted };
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

  function code() {
    const { top, bottom, left, right } = paddingNow();
    const [layers, kernel] = [model.get("layers"), sizes[model.get("kernel")]];
    const weight = `np.array(${JSON.stringify(model.get("weights")[model.get("kernel")])}, dtype=np.float32)`;
    const note = model.get("picture") === firstPicture ? "" : "  # the figure shows another: put it here, (3, H, W)";
    const start = `import numpy as np\nfrom convlib.widgets import photograph\n\npicture = photograph().astype(np.float32)${note}\nweight = ${weight}\nweight = np.tile(weight.reshape(1, 1, ${kernel}, ${kernel}), (3, 1, 1, 1))\n`;
    return {
      convlib: `${start}from convlib import conv2d\n\noutput = picture\nfor _ in range(${layers}):\n    output = conv2d(output, weight, padding=((${top}, ${bottom}), (${left}, ${right})), groups=3)\n`,
      pytorch: `${start}import torch\nimport torch.nn.functional as F\n\noutput = torch.tensor(picture)\nfor _ in range(${layers}):\n    output = F.conv2d(F.pad(output, (${left}, ${right}, ${top}, ${bottom})), torch.tensor(weight), groups=3)\n`,
    };
  }

  const forget = () => {
    drawn = null;
  };
  model.on("change:picture", forget);
  return {
    names: ["layers", "kernel", "side", "opacity", "moved_down", "moved_right", "picture"],
    draw,
    code,
    undo: () => model.off("change:picture", forget),
  };
}

// "n (p − (k − 1) / 2) = 3 (6 − (7 − 1) / 2) = 9 px"
const shiftFormula = (layers, kernel, before, name, result) => [
  formula("n", "(", sub("p", name), "−", over(["k", "−", 1], 2), ")"),
  formula("=", layers, "(", before, "−", over([kernel, "−", 1], 2), ")", "=", result, mathml("mtext", "\u00a0px")),
];

export default explorer(build);

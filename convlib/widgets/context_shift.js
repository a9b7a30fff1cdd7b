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
  // The side whose padding has an edge that can be dragged, as [rows, columns] outwards; none where there is no such side.
  const outwards = () => {
    const side = TURNS[model.get("side")]?.[0] ?? model.get("side");
    return { [SIDES.none]: [0, 0], [SIDES.bottom]: [1, 0], [SIDES.left]: [0, -1], [SIDES.right]: [0, 1] }[side] ?? [-1, 0];
  };
  // How far that edge is out when there are so many layers.
  const reach = (layers) => {
    const [down, across] = outwards();
    const { top, bottom, left, right } = total(paddingsOf(layers));
    return down ? (down < 0 ? top : bottom) : across < 0 ? left : right;
  };
  const edge = gripOf({
    name: "padding of all layers", cursor: "move",
    begin: () => model.get("layers"),
    move: (from, dx, dy) => {
      const [down, across] = outwards();
      const to = reach(from) + (down * dy + across * dx) / scaleOf(panels.input);
      // The layers whose edge is nearest to where it was dragged; where they take turns, two have the same: the nearer to those before.
      const off = (layers) => [Math.abs(reach(layers) - to), Math.abs(layers - from)];
      const [best] = [...Array(model.get("most_layers") + 1).keys()].sort((one, other) => off(one)[0] - off(other)[0] || off(one)[1] - off(other)[1]);
      if (down || across) setLayers(best);
    },
    step: (down, across) => {
      const [y, x] = outwards();
      setLayers(model.get("layers") + Math.sign(y * down + x * across));
    },
    toEnd: (last) => setLayers(last ? Infinity : 0),
  });

  // The padding of each of so many layers.
  function paddingsOf(layers) {
    const [side, kernel] = [model.get("side"), sizes[model.get("kernel")]];
    return Array.from({ length: layers }, (_, layer) => paddingOn(kernels, TURNS[side]?.[layer % 2] ?? side, kernel));
  }
  // What layers pad together.
  const total = (paddings) => Object.fromEntries(["top", "bottom", "left", "right"].map((end) =>
    [end, paddings.reduce((sum, padding) => sum + padding[end], 0)]));

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
  const padded = ({ top, bottom, left, right }) => {
    const { height, width } = photo;
    const across = width + left + right;
    return [
      ...band(-left, -top, across, top),
      ...band(-left, height, across, bottom),
      ...band(-left, 0, left, height),
      ...band(width, 0, right, height),
    ];
  };
  const nameOfPadding = ({ top, bottom }) => {
    if (Math.max(top, bottom) < 18) return [];
    return [{ text: "padding", y: top >= bottom ? -top / 2 : photo.height + bottom / 2 }];
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
    const paddings = paddingsOf(layers);
    const key = JSON.stringify([layers, kernel, paddings]);
    if (drawn?.key !== key) drawn = compute(key, layers, kernel, paddings);
    spoken.classList.toggle("illegal", !drawn.output);
    if (!drawn.output) {
      spoken.textContent = `There is no output: after some of the ${layers} layers the picture is smaller than the kernel. Choose fewer layers, a smaller kernel or some padding.`;
      return;
    }
    const { rows, columns, predicted } = drawn;
    const { height, width } = photo;
    const input = panel(panels.input, "input, padded (grey)", [{ canvas: canvasOf(drawn.input) }], padded(total(paddings)), nameOfPadding(total(paddings)));
    if (!edge.node.parentNode) input.append(edge.node);
    const [down, across] = outwards();
    edge.node.style.display = down || across ? "" : "none";
    edge.at(
      width / 2 + across * (width / 2 + reach(layers)), height / 2 + down * (height / 2 + reach(layers)),
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
    const runs = (end) => (layers ? runsOf(paddings, end) : [[0, paddingsOf(1)[0][end]]]);
    formulas.replaceChildren(
      html("div", {}, "shift down: ", ...shiftFormula(kernel, runs("top"), "top", predicted[0])),
      html("div", {}, "shift right: ", ...shiftFormula(kernel, runs("left"), "left", predicted[1])),
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

  function compute(key, layers, kernel, paddings) {
    photo = pictureOf(model, "picture");
    const { height, width } = photo;
    const input = imageOf(photo.levels, height, width);
    const got = convolve(kernels, photo, model.get("weights")[model.get("kernel")], kernel, paddings);
    if (!got) return { key, input, output: null };
    const { memory, rows, columns } = got;
    const predicted = ["top", "left"].map((end) =>
      paddings.reduce((sum, padding) => sum + kernels.doubled_shift(1, kernel, padding[end], 1), 0) / 2);
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
    const [layers, kernel] = [model.get("layers"), sizes[model.get("kernel")]];
    const weight = `np.array(${JSON.stringify(model.get("weights")[model.get("kernel")])}, dtype=np.float32)`;
    const note = model.get("picture") === firstPicture ? "" : "  # the figure shows another: put it here, (3, H, W)";
    const start = `import numpy as np\nfrom convlib.widgets import photograph\n\npicture = photograph().astype(np.float32)${note}\nweight = ${weight}\nweight = np.tile(weight.reshape(1, 1, ${kernel}, ${kernel}), (3, 1, 1, 1))\n`;
    const [two, turns] = [paddingsOf(2), Boolean(TURNS[model.get("side")])];
    // One padding for all layers, or two, of which the even and the odd layers take one each.
    const loop = (written) => (turns
      ? `paddings = [${two.map(written).join(", ")}]\noutput = picture\nfor layer in range(${layers}):\n    padding = paddings[layer % 2]\n`
      : `padding = ${written(two[0])}\noutput = picture\nfor _ in range(${layers}):\n`);
    const ours = ({ top, bottom, left, right }) => `((${top}, ${bottom}), (${left}, ${right}))`;
    const theirs = ({ top, bottom, left, right }) => `(${left}, ${right}, ${top}, ${bottom})`;
    return {
      convlib: `${start}from convlib import conv2d\n\n${loop(ours)}    output = conv2d(output, weight, padding=padding, groups=3)\n`,
      pytorch: `${start}import torch\nimport torch.nn.functional as F\n\npicture, weight = torch.tensor(picture), torch.tensor(weight)\n${loop(theirs)}    output = F.conv2d(F.pad(output, padding), weight, groups=3)\n`,
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

export default explorer(build);

const MIXTURE = ["r", "g", "b"].flatMap((out) => ["r", "g", "b"].map((into) => `mix_${out}${into}`));
const FILTER = 3; // the depthwise kernels' height and width

// Every stage's three planes, computed by convlib.
function computeStages(kernels, levels, height, width, chosen, weights, mixture) {
  const memory = kernels.scratch();
  const [before, after] = [kernels.same_before, kernels.same_after].map((end) => end(height, FILTER, 1, 1));
  const room = 3 * height * width;
  const input = memory.floats(levels);
  const bias = memory.floats([0, 0, 0]);
  const filters = memory.floats(chosen.flatMap((index) => weights[index]));
  const mixing = memory.floats(mixture);
  const padded = memory.reserve(3 * (height + before + after) * (width + before + after));
  const [depthwise, pointwise, both] = [0, 1, 2].map(() => memory.reserve(room));
  kernels.pad(input, 3, height, width, before, after, before, after, 0, padded);
  kernels.conv2d(
    padded, filters, bias, depthwise, 3, height + before + after, width + before + after, 3, FILTER, FILTER, 1, 1, 1, 1, 3,
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
    place: html("div", { class: "pixel-place" }),
    costs: html("div", { class: "formulas" }),
    sums: html("div", { class: "mixing-sums", "data-sums": "" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
  };
  const album = html(
    "div", { class: "stages", tabindex: 0, role: "group", "aria-label": "The picture after each stage, in colours and channel by channel. Arrow keys choose a pixel." },
  );
  const spotButtons = model.get("spots").map(([name], k) => {
    const button = html("button", { type: "button" }, name);
    button.addEventListener("click", () => setAll(model, { spot: k + 1 }));
    return button;
  });
  const where = html("span", { class: "pixel-where" });
  parts.place.append(where, ...spotButtons);
  const { fit, drawStage, drawPixel: showPixel, light } = stagesIn(album, parts.place);
  onStage(el, html("div", { class: "mixing" }, album), parts.said, parts.sums, parts.costs);

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
    if (document.activeElement !== album) return; // a button has the focus
    hovered = null;
    choose([model.get("row") + down, model.get("column") + right]);
  });

  // A preset sets the nine weights; a weight set by hand ends it.
  const releasePreset = keepPreset(model, "preset", MIXTURE, () => {
    const wanted = model.get("presets")[model.get("preset")];
    return wanted?.length ? Object.fromEntries(MIXTURE.map((name, k) => [name, wanted[k]])) : null;
  });

  const releaseSpot = keepPreset(model, "spot", ["row", "column"], () => {
    const [, row, column] = model.get("spots")[model.get("spot") - 1] ?? [];
    return row === undefined ? null : { row, column };
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
      if (!drawn) fit(height, width);
      stages = computeStages(kernels, levels, height, width, chosenKernels(), model.get("weights"), mixture());
      for (const stage of Object.keys(STAGES)) {
        if (drawn && stage === "input") continue; // it never changes
        drawStage(stage, stages[stage], height, width);
      }
      drawCosts();
      drawn = settings;
    }
    drawPixel();
    parts.said.textContent = sentence();
  }

  const levelsAt = (stage, row, column) =>
    [0, 1, 2].map((c) => stages[stage][c * height * width + row * width + column]);

  // A line an output: each weight can be dragged; pointing at a product lights the planes that it joins.
  const lines = COLOURS.map((colour, out) => {
    const products = COLOURS.map((from, into) => {
      const trait = MIXTURE[3 * out + into];
      const [, low, high] = model.get("legal")[trait];
      const grip = numberGrip({
        name: `weight of ${from} in ${colour}`, low, high, step: 0.1,
        get: () => model.get(trait), set: (value) => setAll(model, { [trait]: value }),
      });
      const level = html("span", { class: "level" });
      const node = html("span", { class: "product" }, into ? "+ " : "", grip.node, "·", level);
      node.addEventListener("pointerenter", () => light([`depthwise-${into}`, `both-${out}`]));
      node.addEventListener("pointerleave", () => light([]));
      grip.node.addEventListener("focus", () => light([`depthwise-${into}`, `both-${out}`]));
      grip.node.addEventListener("blur", () => light([]));
      return { trait, grip, level, node };
    });
    const total = html("b", { class: "total" });
    parts.sums.append(html("div", {}, html("span", { class: "of-output" }, `${colour}: `, total, " ="), ...products.map(({ node }) => node)));
    return { products, total };
  });
  parts.sums.prepend(html("p", {}, "“Both” from “depthwise only”, at this pixel. Drag a weight; its product's planes light up."));

  // The crosshair and the numbers of the pixel under the pointer, or else of the chosen one.
  function drawPixel() {
    const [row, column] = hovered ?? chosenPixel();
    const levels = (stage) => levelsAt(stage, row, column);
    where.textContent = `pixel (${row}, ${column})`;
    showPixel(row, column, Math.max(height, width), levels);
    const [from, to] = [levels("depthwise"), levels("both")];
    lines.forEach(({ products, total }, out) => {
      products.forEach(({ trait, grip, level }, into) => {
        grip.show(factor(model.get(trait)));
        level.textContent = factor(toTenths(from[into]));
      });
      total.textContent = shown(toTenths(to[out]));
    });
    spotButtons.forEach((button, k) => {
      button.setAttribute("aria-pressed", !hovered && model.get("spot") === k + 1);
      button.style.visibility = model.get("has_spots") ? "" : "hidden";
    });
  }

  // Of the chosen pixel only: what the pointer passes is not announced.
  function sentence() {
    const [row, column] = chosenPixel();
    const triple = (stage) => levelsAt(stage, row, column).map((value) => shown(toTenths(value))).join(", ");
    const sources = COLOURS.map((_, out) => {
      const named = COLOURS.filter((__, into) => model.get(MIXTURE[3 * out + into]) !== 0);
      return named.length === 3 ? "all three" : named.join(" and ") || "nothing";
    });
    const same = sources.every((source, out) => source === COLOURS[out]) ? "itself" : new Set(sources).size === 1 ? sources[0] : "";
    const mixed = same ? `each colour from ${same}` : COLOURS.map((colour, out) => `${colour} from ${sources[out]}`).join(", ");
    return `Pixel (${row}, ${column}) is ${triple("input")} in red, green and blue; ${triple("depthwise")} after the depthwise step, ${triple("both")} after both. ` +
      `1 × 1 makes ${mixed}.`;
  }

  // The calls that compute "both", in both libraries.
  function code() {
    const rows = (numbers) => `[${[0, 3, 6].map((at) => `[${numbers.slice(at, at + 3).join(", ")}]`).join(", ")}]`;
    const filters = `[${chosenKernels().map((index) => `[${rows(model.get("weights")[index])}]`).join(", ")}]`;
    const mixing = rows(mixture());
    const own = model.get("has_spots") ? "" : "  # put your own picture here";
    return {
      convlib: "import numpy as np\nfrom convlib import depthwise_conv2d, pointwise_conv2d\nfrom convlib.widgets import photograph\n\n"
        + `picture = photograph().astype(np.float32)${own}\nkernels = np.array(${filters}, dtype=np.float32)\nmixing = np.array(${mixing}, dtype=np.float32)\n`
        + "output = pointwise_conv2d(depthwise_conv2d(picture, kernels, padding=1), mixing)\n",
      pytorch: "import torch\nimport torch.nn.functional as F\nfrom convlib.widgets import photograph\n\n"
        + `picture = torch.tensor(photograph(), dtype=torch.float32)${own}\nkernels = torch.tensor(${filters}, dtype=torch.float32)\nmixing = torch.tensor(${mixing}, dtype=torch.float32)\n`
        + "output = F.conv2d(F.conv2d(picture, kernels, padding=1, groups=3), mixing[:, :, None, None])\n",
    };
  }

  function drawCosts() {
    const count = (number) => mathml("mn", number.toLocaleString("en"));
    const macs = mathml("mtext", "\u00a0MACs");
    const depthwise = kernels.conv2d_macs(height, width, FILTER, FILTER, 3, 3, 3);
    const pointwise = kernels.conv2d_macs(height, width, 1, 1, 3, 3, 1);
    const full = kernels.conv2d_macs(height, width, FILTER, FILTER, 3, 3, 1);
    const channels = (index) => sub("C", index);
    parts.costs.replaceChildren(
      html("div", { "data-macs": depthwise }, "depthwise: ",
        formula(["W", "H", "w", "h", channels("1")]),
        formula("=", width, "·", height, "·", FILTER, "·", FILTER, "·", 3, "=", count(depthwise), macs)),
      html("div", { "data-macs": pointwise }, "1 × 1: ",
        formula(["W", "H", channels("1"), channels("2")]),
        formula("=", width, "·", height, "·", 3, "·", 3, "=", count(pointwise), macs.cloneNode(true))),
      html("div", { "data-macs": full }, "one full 3 × 3 instead: ",
        formula(count(full), macs.cloneNode(true))),
    );
  }

  model.on("change:picture", takePicture);
  return {
    names: ["kernel_red", "kernel_green", "kernel_blue", ...MIXTURE, "row", "column", "spot", "has_spots", "picture"],
    draw,
    code,
    undo() {
      model.off("change:picture", takePicture);
      releasePreset();
      releaseSpot();
    },
  };
}

export default explorer(build);

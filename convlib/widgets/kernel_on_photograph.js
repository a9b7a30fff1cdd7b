function build(model, el, kernels) {
  const get = (name) => model.get(name);
  const firstPicture = get("picture"); // that of the page
  let fault = ""; // what is wrong with a file
  let pointed = null; // the pixel under the mouse
  let lit = -1; // the product or weight under the mouse
  let [picture, image, made, got] = [null, null, "", null]; // the picture, in grey; what was computed last, and from what
  let scale = 1; // the side of a pixel on the page

  const parts = Object.fromEntries(["input", "kernel", "output", "window", "sum"].map((name) => [name, html("figure", { "data-grid": name })]));
  setAttributes(parts.kernel, { tabindex: 0, role: "group" });
  const said = html("p", { class: "said", "aria-live": "polite" });
  const formulas = html("div", { class: "formulas" });

  // The pixels that the middle of the kernel may lie on: rows and columns from `least` on.
  const reach = () => {
    const least = 1 - get("padding");
    return { least, rows: image.height - 1 - least, columns: image.width - 1 - least };
  };
  const go = (row, column) => {
    const { least, rows, columns } = reach();
    [fault, pointed] = ["", null];
    setAll(model, { row: clamp(row, least, rows), column: clamp(column, least, columns) });
    draw();
  };

  const lens = gripOf({
    name: "window on the photograph", cursor: "grab",
    begin: () => [get("row"), get("column")],
    move: ([row, column], dx, dy) => go(row + Math.round(dy / scale), column + Math.round(dx / scale)),
    step: (down, right) => go(get("row") + down, get("column") + right),
    toEnd: (last) => go(get("row"), last ? Infinity : 0),
  });
  lens.node.prepend(svg("circle", { r: 13, class: "around" }));
  lens.node.setAttribute("aria-orientation", "horizontal");
  lens.node.classList.add("is-mark");
  const kernelGrid = gridIn(parts.kernel);
  const drawWindow = windowIn(parts.window);
  const drawSum = sumIn(parts.sum);

  // A photograph under a drawing in pixels of the page, which says what is pointed at.
  function photoIn(figure, ...shapes) {
    const [caption, photo] = [html("figcaption"), html("div", { class: "photo" })];
    const reached = shapes.includes(lens.node);
    const drawing = svg("svg", reached ? { role: "group", "aria-label": "Where the window lies" } : { "aria-hidden": "true" }, ...shapes);
    figure.replaceChildren(caption, photo);
    const pixelAt = (event) => pointIn(photo, event).map((at) => Math.floor(at / scale)).reverse();
    drawing.addEventListener("click", (event) => {
      if (!lens.node.contains(event.target)) go(...pixelAt(event));
    });
    drawing.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "mouse" || event.buttons) return;
      const { least, rows, columns } = reach();
      const [row, column] = pixelAt(event);
      const next = lens.node.contains(event.target) ? null : [clamp(row, least, rows), clamp(column, least, columns)];
      if (`${next}` === `${pointed}`) return;
      pointed = next;
      drawPlace();
    });
    drawing.addEventListener("pointerleave", () => {
      pointed = null;
      drawPlace();
    });
    // `offset`: how many pixels the canvas begins inside of the photograph's corner.
    return (levels, rows, columns, offset, text) => {
      const canvas = canvasOf(imageOf([...Array(3)].flatMap(() => [...levels]), rows, columns));
      canvas.classList.toggle("magnified", scale >= 2);
      canvas.style.cssText = `left: ${offset * scale}px; top: ${offset * scale}px; width: ${columns * scale}px; height: ${rows * scale}px`;
      const size = { width: image.width * scale, height: image.height * scale };
      photo.style.cssText = `width: ${size.width}px; height: ${size.height}px`;
      setAttributes(drawing, { viewBox: `0 0 ${size.width} ${size.height}`, style: `width: ${size.width}px; height: ${size.height}px` });
      photo.replaceChildren(canvas, drawing);
      setAttributes(canvas, { role: "img", "aria-label": text });
      caption.textContent = text;
    };
  }
  const ring = svg("rect", { class: "frame-of-padding" });
  const place = svg("rect", { class: "place" });
  const [mirror, mirrorAround] = [svg("circle", { r: 13, class: "ring-of-output" }), svg("circle", { r: 13, class: "around" })];
  const showInput = photoIn(parts.input, ring, lens.node, place);
  const showOutput = photoIn(parts.output, mirrorAround, mirror);

  const chooser = fileChooser({
    smallest: get("smallest_picture"), largest: get("largest_picture"),
    took: (own) => {
      fault = "";
      setAll(model, { picture: own });
    },
    failed: (sentence) => {
      fault = sentence;
      draw();
    },
    back: () => {
      fault = "";
      setAll(model, { picture: firstPicture });
    },
  });
  const file = html("figure", {}, chooser.node);
  const { board, size: boardSize, undo: leaveBoard } = boardOf("on-photograph", [...Object.values(parts), file], () => draw());
  chooser.dropOn(board);
  onStage(el, board, said, formulas);

  const chosenWeight = editableCells(parts.kernel, model, "weights", get("legal").weights[1], { size: () => [SIDE, SIDE], changed: () => draw() });
  for (const figure of [parts.kernel, parts.window]) {
    const light = (k) => {
      lit = k;
      drawPlace();
    };
    onPointedCells(figure, (u, v) => light(SIDE * u + v), () => light(-1));
  }

  function draw() {
    const panel = el.closest(".convlib-explorer");
    if (get("picture") !== picture) {
      picture = get("picture");
      image = greyOf(kernels, pictureOf(model, "picture"));
      made = "";
    }
    const places = placesOn(boardSize());
    scale = Math.min(places.room.width / image.width, places.room.height / image.height);
    if (scale > 2) scale = Math.floor(scale);
    const [padding, padValue, weights] = [get("padding"), get("pad_value"), get("weights")];
    panel?.classList.toggle("without-padding", !padding);
    const { least, rows, columns } = reach();
    setAll(model, {
      last_row: image.height - 1, last_column: image.width - 1,
      row: clamp(get("row"), least, rows), column: clamp(get("column"), least, columns),
    });
    const from = JSON.stringify([padding, padValue, weights, scale]);
    if (from !== made) {
      made = from;
      got = convolveGrey(kernels, image, weights.flat(), padding, padValue);
      showInput(image.levels, image.height, image.width, 0, `input ${image.height} × ${image.width}`);
      showOutput(got.output, got.oh, got.ow, least, `output ${got.oh} × ${got.ow}`);
      const { fill } = shadeOf(padValue);
      setAttributes(ring, {
        x: -scale / 2, y: -scale / 2, width: (image.width + 1) * scale, height: (image.height + 1) * scale,
        stroke: fill, "stroke-width": scale, visibility: padding ? "visible" : "hidden",
      });
    }
    chooser.offerBack(picture !== firstPicture);
    for (const [name, figure] of Object.entries(parts)) placeAt(figure, ...places[name]);
    placeAt(file, ...places.file);
    drawPlace();
  }

  // All that follows the window: where it lies, its products and their sum.
  function drawPlace() {
    const [row, column] = pointed ?? [get("row"), get("column")];
    const padding = get("padding");
    const weights = get("weights").flat();
    const { least, columns } = reach();
    const [i, j] = [row - least, column - least]; // the output's own row and column
    const at = (k) => [row - 1 + Math.floor(k / SIDE), column - 1 + (k % SIDE)];
    const ks = weights.map((_, k) => k);
    const levels = ks.map((k) => got.padded[(at(k)[0] + padding) * got.pw + at(k)[1] + padding]);
    const padded = ks.map((k) => at(k)[0] < 0 || at(k)[0] >= image.height || at(k)[1] < 0 || at(k)[1] >= image.width);
    const products = productsOf(kernels, levels, weights);
    const sum = got.output[i * got.ow + j];

    const middle = [column + 0.5, row + 0.5].map((each) => each * scale);
    lens.at((get("column") + 0.5) * scale, (get("row") + 0.5) * scale, 1, {
      now: get("column"), low: least, high: columns, text: `row ${get("row")}, column ${get("column")}`,
    });
    setAttributes(place, { x: (column - 1) * scale, y: (row - 1) * scale, width: SIDE * scale, height: SIDE * scale });
    for (const circle of [mirror, mirrorAround]) setAttributes(circle, { cx: middle[0], cy: middle[1] });

    const describe = (u, v) => ({ kind: "kernel", text: shown(weights[SIDE * u + v]) });
    const marks = [outline(...chosenWeight(), 1, 1, "cursor")];
    if (lit >= 0) marks.push(outline(Math.floor(lit / SIDE), lit % SIDE, 1, 1, "lit"));
    kernelGrid({ rows: SIDE, columns: SIDE, text: "kernel 3 × 3", label: "Kernel, 3 by 3", describe, shapes: marks, scale: KERNEL_CELL / CELL });
    parts.kernel.setAttribute("aria-label", "Kernel, 3 by 3. Arrow keys go to a weight; type a number to change it.");
    drawWindow({
      ...placesOn(boardSize()).cell, levels, padded, weights, products, lit, text: "weight·pixel, product",
      label: `The window around pixel (${row}, ${column}), enlarged: ${ks.map((k) => `${factorsOf(weights[k], levels[k])} = ${brief(products[k])}`).join(", ")}`,
    });
    drawSum("sum: the output", sum);
    formulas.replaceChildren(html("div", {}, `output (${i}, ${j}) = ${ks.map((k) => product(weights[k], levels[k])).join(" + ")} = ${shown(sum)}`));
    said.replaceChildren(...(fault ? [fault] : [sumSaid(row, column, sum), rangeSaid()]));
    said.classList.toggle("illegal", Boolean(fault));
    said.setAttribute("aria-live", pointed ? "off" : "polite"); // a passing pointer is not announced
  }

  function sumSaid(row, column, sum) {
    const how = sum < 0 ? ", below 0, drawn black" : sum > 255 ? ", above 255, drawn white" : "";
    return `Around pixel (${row}, ${column}) the nine products add up to ${brief(sum)}${how}. `;
  }

  // How much of the output the drawing cannot show.
  function rangeSaid() {
    const percent = (test) => Math.round((100 * got.output.filter(test).length) / got.output.length);
    const [below, above] = [percent((value) => value < 0), percent((value) => value > 255)];
    if (!below && !above) return "";
    return `Of all outputs ${[below && `${below}\u00a0% are below 0 and black`, above && `${above}\u00a0% above 255 and white`].filter(Boolean).join(", ")}.`;
  }

  // The call that computes what is shown, in both libraries.
  function code() {
    const rows = `[${get("weights").map((row) => `[${row.join(", ")}]`).join(", ")}]`;
    const [padding, padValue] = [get("padding"), get("pad_value")];
    const note = picture === firstPicture ? "" : "  # the figure shows another: put it here, (3, H, W)";
    return {
      convlib: `import numpy as np\nfrom convlib import conv2d\nfrom convlib.widgets import photograph\n\npicture = photograph()${note}\n`
        + `grey = np.rint(picture.mean(axis=0, keepdims=True)).astype(np.float32)\nweight = np.array([[${rows}]], dtype=np.float32)\n`
        + `output = conv2d(grey, weight, padding=${padding}, pad_value=${padValue})\n`,
      pytorch: `import torch\nimport torch.nn.functional as F\nfrom convlib.widgets import photograph\n\npicture = torch.tensor(photograph())${note}\n`
        + `grey = picture.float().mean(0, keepdim=True).round()\nweight = torch.tensor([[${rows}]], dtype=torch.float32)\n`
        + `padded = F.pad(grey, (${padding}, ${padding}, ${padding}, ${padding}), value=${padValue})\noutput = F.conv2d(padded, weight)\n`,
    };
  }

  // A preset sets the weights; weights say which preset they are. A link may bring a kernel of another size: it is not taken.
  const presets = get("presets");
  let kernel = get("weights"); // the last one of 3 × 3
  const take = () => {
    if (get("preset")) setAll(model, { weights: presets[get("preset") - 1] });
    else name();
  };
  const name = () => {
    const weights = get("weights");
    if (weights.length !== SIDE || weights.some((row) => row.length !== SIDE)) {
      setAll(model, { weights: kernel });
      return;
    }
    kernel = weights;
    setAll(model, { preset: presets.findIndex((rows) => JSON.stringify(rows) === JSON.stringify(weights)) + 1 });
  };
  const forget = () => {
    [fault, pointed] = ["", null];
  };
  const listeners = [["change:preset", take], ["change:weights", name], ["change", forget]];
  for (const [event, call] of listeners) model.on(event, call);
  const releaseEnds = ["row", "column"].map((axis) => endKeyGoesTo(el, model, axis, `last_${axis}`));

  return {
    names: ["weights", "padding", "pad_value", "row", "column", "picture"],
    draw,
    code,
    undo() {
      for (const [event, call] of listeners) model.off(event, call);
      leaveBoard();
      for (const release of releaseEnds) release();
    },
  };
}

export default explorer(build);

const COUNTS = [
  "rows", "columns", "connections", "params", "macs", "bytes", "denseParams", "denseMacs", "denseBytes", "onPadding",
];
const FLOAT32 = 4; // bytes
const LETTERS = "abcdefghi"; // a kernel's entries, row by row

const stateOf = (model) => ({ ...sizesOf(model), padding: model.get("padding"), stride: model.get("stride") });

const outputSize = (kernels, { height, width, kh, kw, padding, stride }) => [
  kernels.output_length(height, kh, stride, padding, padding, 1),
  kernels.output_length(width, kw, stride, padding, padding, 1),
];

// Everything drawn, computed by convlib: which entry stands where, the output, the counts.
function compute(kernels, state, image, weights) {
  const { height, width, kh, kw, padding, stride } = state;
  const [oh, ow] = outputSize(kernels, state);
  const result = { oh, ow, pixels: crop(image, height, width), kernel: crop(weights, kh, kw) };
  if (!oh || !ow) return result;
  const memory = kernels.scratch();
  const geometry = [height, width, kh, kw, stride, stride, padding, padding, padding, padding];
  const taps = memory.reserve(oh * ow * height * width);
  kernels.matrix_taps(...geometry, taps);
  const counts = memory.reserve(COUNTS.length);
  kernels.matrix_counts(...geometry, FLOAT32, counts);
  const [ph, pw] = [height + 2 * padding, width + 2 * padding];
  const padded = memory.reserve(ph * pw);
  kernels.pad(memory.floats(result.pixels), 1, height, width, padding, padding, padding, padding, 0, padded);
  const out = memory.reserve(oh * ow);
  kernels.conv2d(
    padded, memory.floats(result.kernel), memory.floats([0]), out, 1, ph, pw, 1, kh, kw, stride, stride, 1, 1, 1,
  );
  result.taps = memory.readInts(taps, oh * ow * height * width);
  result.sums = memory.readFloats(out, oh * ow);
  memory.readInts(counts, COUNTS.length).forEach((count, at) => {
    result[COUNTS[at]] = count;
  });
  return result;
}

const shade = (tap, entries) => 0.15 + (0.35 * (tap + 1)) / entries;

// A cell in the shade and with the letter of its kernel entry.
function weigh(cell, tap, entries) {
  cell.querySelector("rect").style.setProperty("fill-opacity", shade(tap, entries));
  return cell;
}

// The matrix: only entries that hold a weight are cells, the others are the ground they stand on.
// Thick lines stand between the rows of pixels and between the rows of outputs.
function matrixNodes({ rows, columns, ow, taps }, { width, kh, kw }, chosen) {
  const nodes = [svg("rect", { width: columns * CELL, height: rows * CELL, class: "zeros" })];
  const targets = []; // one a row, on top of all that is drawn
  const entries = kh * kw;
  for (let r = 0; r < rows; r += 1) {
    const line = { y: r * CELL, width: columns * CELL, height: CELL, class: "row", "data-row": r };
    const group = svg("g", { class: `${r === chosen ? "" : "faint "}entries` });
    for (let c = 0; c < columns; c += 1) {
      const tap = taps[r * columns + c];
      if (tap < 0) continue;
      const cell = svg(
        "g", { class: "cell weight", transform: `translate(${c * CELL} ${r * CELL})`, "data-entry": `${r},${c},${tap}` },
        svg("rect", { width: CELL, height: CELL }), svg("text", { x: CELL / 2, y: CELL / 2 }, LETTERS[tap]),
      );
      group.append(weigh(cell, tap, entries));
    }
    nodes.push(group);
    targets.push(svg("rect", line));
  }
  const across = (r) => `M0 ${r * CELL}H${columns * CELL}`;
  const down = (c) => `M${c * CELL} 0V${rows * CELL}`;
  let lines = "";
  for (let r = ow; r < rows; r += ow) lines += across(r);
  for (let c = width; c < columns; c += width) lines += down(c);
  nodes.push(svg("path", { d: lines, class: "blocks" }), outline(chosen, 0, 1, columns, "chosen"));
  return [...nodes, ...targets];
}

const number = (value) => value.toLocaleString("en-GB");

function costTable({ params, macs, bytes, denseParams, denseMacs, denseBytes }) {
  const cells = (tag, texts) => html("tr", {}, ...texts.map((text) => html(tag, {}, text)));
  return [
    html("caption", {}, "The same numbers in, the same numbers out. Bytes are those of the parameters, as float32."),
    html("thead", {}, cells("th", ["", "parameters", "MACs", "bytes"])),
    html(
      "tbody", {},
      cells("td", ["convolution", number(params), number(macs), number(bytes)]),
      cells("td", ["dense layer", number(denseParams), number(denseMacs), number(denseBytes)]),
    ),
  ];
}

function build(model, el, kernels) {
  const parts = {
    formulas: html("div", { class: "formulas" }),
    input: html("figure", { "data-grid": "input" }),
    kernel: html("figure", { "data-grid": "kernel" }),
    output: html("figure", { tabindex: 0, "data-grid": "output" }),
    matrix: html("figure", { tabindex: 0, "data-grid": "matrix" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
    table: html("table", { class: "counts" }),
  };
  const grids = html("div", { class: "grids matrices" }, parts.input, parts.kernel, parts.output, parts.matrix);
  el.replaceChildren(parts.formulas, grids, parts.said, parts.table);

  const choose = (row) => {
    setAll(model, { row: clamp(row, 0, model.get("last_row")) });
    draw();
  };
  onCells(parts.output, (i, j) => choose(i * outputSize(kernels, stateOf(model))[1] + j));
  onArrows(parts.output, (down, right) => {
    const [oh, ow] = outputSize(kernels, stateOf(model));
    const row = model.get("row");
    const [i, j] = [Math.floor(row / ow) + down, (row % ow) + right];
    choose(clamp(i, 0, oh - 1) * ow + clamp(j, 0, ow - 1));
  });
  parts.matrix.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]")?.dataset.row;
    if (row) choose(Number(row));
  });
  onArrows(parts.matrix, (down) => choose(model.get("row") + down));

  function draw() {
    const state = stateOf(model);
    const got = compute(kernels, state, model.get("image"), model.get("weights"));
    const legal = got.oh > 0 && got.ow > 0;
    const last = legal ? got.rows - 1 : 0;
    const chosen = clamp(model.get("row"), 0, last);
    setAll(model, { last_row: last, row: chosen });
    drawInput(state, got, legal ? chosen : null);
    drawKernel(state, got);
    parts.said.classList.toggle("illegal", !legal);
    for (const part of [parts.output, parts.matrix, parts.table, parts.formulas]) part.hidden = !legal;
    if (!legal) {
      parts.said.textContent = tooSmall(state);
      return;
    }
    drawOutput(got, chosen);
    drawMatrix(state, got, chosen);
    parts.formulas.replaceChildren(
      html("div", {}, "matrix: ", formula(sub("o", "h"), "·", sub("o", "w"), "×", "H", "·", "W"), formula("=", [got.oh, "·", got.ow], "×", [state.height, "·", state.width], "=", got.rows, "×", got.columns)),
      html("div", {}, "row ", formula(chosen, ":"), formula(sub("y", `${chosen}`), "=", sub("M", `${chosen}`), "x", "=", rounded(got.sums[chosen]))),
    );
    parts.said.replaceChildren(...sentence(got, chosen));
    parts.table.replaceChildren(...costTable(got));
  }

  function drawInput({ height, width, kh, kw, stride, padding }, got, chosen) {
    const inside = (i, j) => i >= 0 && i < height && j >= 0 && j < width;
    const nodes = grid(height + 2 * padding, width + 2 * padding, (row, column) => {
      const [i, j] = [row - padding, column - padding];
      return inside(i, j) ? { kind: "input", text: shown(got.pixels[i * width + j]) } : { kind: "padding", text: "0" };
    });
    if (chosen !== null) {
      nodes.forEach((node, at) => {
        const [i, j] = [Math.floor(at / (width + 2 * padding)) - padding, (at % (width + 2 * padding)) - padding];
        const tap = inside(i, j) ? got.taps[chosen * got.columns + i * width + j] : -1;
        if (tap >= 0) node.append(svg("text", { x: CELL - 8, y: 10, class: "letter" }, LETTERS[tap]));
      });
      const top = kernels.window_start(Math.floor(chosen / got.ow), stride, padding) + padding;
      const left = kernels.window_start(chosen % got.ow, stride, padding) + padding;
      nodes.push(outline(top, left, kh, kw, "window"));
    }
    const label = `Input, ${height} by ${width}`;
    const drawn = picture(height + 2 * padding, width + 2 * padding, label, nodes);
    parts.input.replaceChildren(
      html("figcaption", {}, `input ${height} × ${width}${padding ? `, ${padding} of zeros around it` : ""}`), drawn,
    );
  }

  function drawKernel({ kh, kw }, got) {
    const nodes = grid(kh, kw, (u, v) => ({ kind: "weight", text: shown(got.kernel[u * kw + v]) }));
    nodes.forEach((node, tap) => {
      weigh(node, tap, kh * kw).append(svg("text", { x: CELL - 8, y: 10, class: "letter" }, LETTERS[tap]));
    });
    parts.kernel.replaceChildren(
      html("figcaption", {}, `kernel ${kh} × ${kw}`), picture(kh, kw, `Kernel, ${kh} by ${kw}`, nodes),
    );
  }

  function drawOutput({ oh, ow, sums }, chosen) {
    const nodes = grid(oh, ow, (i, j) => ({ kind: "output", text: shown(sums[i * ow + j]) }));
    nodes.push(outline(Math.floor(chosen / ow), chosen % ow, 1, 1, "chosen"));
    const label = `Output, ${oh} by ${ow}`;
    parts.output.replaceChildren(html("figcaption", {}, `output ${oh} × ${ow}`), picture(oh, ow, label, nodes));
    parts.output.setAttribute("aria-label", `${label}. Arrow keys choose a cell.`);
  }

  function drawMatrix(state, got, chosen) {
    const label = `Matrix M, ${got.rows} by ${got.columns}`;
    const drawn = picture(got.rows, got.columns, label, matrixNodes(got, state, chosen));
    drawn.setAttribute("preserveAspectRatio", "xMinYMin"); // a tall matrix is drawn smaller
    parts.matrix.replaceChildren(
      html("figcaption", {}, `matrix M, ${got.rows} × ${got.columns}: a row for each output, a column for each pixel`),
      drawn,
    );
    parts.matrix.setAttribute("aria-label", `${label}. Up and down choose a row.`);
  }

  // "Row 5 of M makes output (1, 2) = 1·6 + 2·8 + 3·2 + 4·6 = 52; the rest of the row is 0 …"
  function sentence(got, chosen) {
    const joined = [];
    for (let c = 0; c < got.columns; c += 1) {
      const tap = got.taps[chosen * got.columns + c];
      if (tap >= 0) joined.push(product(got.kernel[tap], got.pixels[c]));
    }
    const sum = joined.length ? joined.join(" + ") : "nothing but padding";
    const zeros = got.columns - joined.length;
    const where = `(${Math.floor(chosen / got.ow)}, ${chosen % got.ow})`;
    return [
      `Row ${chosen} of M makes output ${where} = ${sum} = ${shown(got.sums[chosen])}; `,
      zeros ? `the rest of the row is 0 (${plural(zeros, "column")}). ` : "the row has no zeros. ",
      html("span", { "data-connections": got.connections }, `In all, ${got.connections} of ${got.denseParams} entries hold a weight, and those are only ${plural(got.params, "number")}, repeated.`),
      got.onPadding ? ` ${plural(got.onPadding, "MAC")} of the convolution ${got.onPadding === 1 ? "multiplies" : "multiply"} the zeros of the padding, which have no column.` : "",
    ];
  }

  function tooSmall({ height, width, kh, kw, padding }) {
    const axes = [];
    if (kh > height + 2 * padding) axes.push(`kernel height ${kh} is more than the padded height ${height + 2 * padding}`);
    if (kw > width + 2 * padding) axes.push(`kernel width ${kw} is more than the padded width ${width + 2 * padding}`);
    return `There is no output, so the matrix has no rows: ${axes.join(", and ")}. Choose a smaller kernel, a larger input or more padding.`;
  }

  return {
    names: ["height", "width", "kernel_height", "kernel_width", "padding", "stride", "row", "image", "weights"],
    draw,
    undo: endKeyGoesTo(el, model, "row", "row", "last_row"),
  };
}

export default explorer(build);

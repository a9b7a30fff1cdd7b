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

// The entries of the matrix that hold the kernel's entry `tap`: their squares are one path and their
// letters one text, each letter with a place of its own. Hundreds of elements would take long.
function matrixEntries({ columns, taps }, tap, entries) {
  const at = [...taps.keys()].filter((index) => taps[index] === tap);
  const [x, y] = [(index) => (index % columns) * CELL, (index) => Math.floor(index / columns) * CELL];
  const squares = at.map((index) => `M${x(index)} ${y(index)}h${CELL}v${CELL}h${-CELL}z`).join("");
  const places = (of) => at.map((index) => of(index) + CELL / 2).join(" ");
  return svg("g", { class: "entries" },
    svg("path", { d: squares, "fill-opacity": shade(tap, entries) }),
    svg("text", { x: places(x), y: places(y), "data-tap": tap }, LETTERS[tap].repeat(at.length)));
}

// The matrix: only entries that hold a weight are drawn, the others are the ground they stand on.
// Thick lines stand between the rows of pixels and between the rows of outputs. On top is what a
// click on a row meets.
function matrixNodes(got, { width, kh, kw }) {
  const { rows, columns, ow } = got;
  const ground = svg("rect", { width: columns * CELL, height: rows * CELL, class: "zeros" });
  const across = (r) => `M0 ${r * CELL}H${columns * CELL}`;
  const down = (c) => `M${c * CELL} 0V${rows * CELL}`;
  let lines = "";
  for (let r = ow; r < rows; r += ow) lines += across(r);
  for (let c = width; c < columns; c += width) lines += down(c);
  const groups = Array.from({ length: kh * kw }, (_, tap) => matrixEntries(got, tap, kh * kw));
  const targets = Array.from({ length: rows }, (_, r) =>
    svg("rect", { y: r * CELL, width: columns * CELL, height: CELL, class: "row", "data-row": r }));
  return [ground, ...groups, svg("path", { d: lines, class: "blocks" }), ...targets];
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
  onStage(el, grids, parts.said, parts.formulas, parts.table);
  const [inputGrid, kernelGrid, outputGrid] = [parts.input, parts.kernel, parts.output].map((figure) => gridIn(figure));

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
    const describe = (row, column) => {
      const [i, j] = [row - padding, column - padding];
      if (!inside(i, j)) return { kind: "padding", text: "0" };
      const tap = chosen === null ? -1 : got.taps[chosen * got.columns + i * width + j];
      return { kind: "input", text: shown(got.pixels[i * width + j]), letter: LETTERS[tap] };
    };
    const shapes = [];
    if (chosen !== null) {
      const top = kernels.window_start(Math.floor(chosen / got.ow), stride, padding) + padding;
      const left = kernels.window_start(chosen % got.ow, stride, padding) + padding;
      shapes.push(outline(top, left, kh, kw, "window"));
    }
    const text = `input ${height} × ${width}${padding ? `, ${padding} of zeros around it` : ""}`;
    const [rows, columns] = [height + 2 * padding, width + 2 * padding];
    inputGrid({ rows, columns, text, label: `Input, ${height} by ${width}`, describe, shapes });
  }

  function drawKernel({ kh, kw }, got) {
    const describe = (u, v) => {
      const tap = u * kw + v;
      return { kind: "weight", text: shown(got.kernel[tap]), letter: LETTERS[tap], opacity: shade(tap, kh * kw) };
    };
    kernelGrid({ rows: kh, columns: kw, text: `kernel ${kh} × ${kw}`, label: `Kernel, ${kh} by ${kw}`, describe });
  }

  function drawOutput({ oh, ow, sums }, chosen) {
    const describe = (i, j) => ({ kind: "output", text: shown(sums[i * ow + j]) });
    const label = `Output, ${oh} by ${ow}`;
    const shapes = [outline(Math.floor(chosen / ow), chosen % ow, 1, 1, "chosen")];
    outputGrid({ rows: oh, columns: ow, text: `output ${oh} × ${ow}`, label, describe, shapes });
    parts.output.setAttribute("aria-label", `${label}. Arrow keys choose a cell.`);
  }

  // The matrix stays as long as its geometry does; only the choice moves.
  const mark = svg("rect", { height: CELL, class: "chosen" });
  const drawing = svg("svg", { role: "img", preserveAspectRatio: "xMinYMin" }); // a tall one is drawn smaller
  const matrixCaption = html("figcaption");
  parts.matrix.replaceChildren(matrixCaption, drawing);
  let geometry = "";
  function drawMatrix(state, got, chosen) {
    const { rows, columns } = got;
    const label = `Matrix M, ${rows} by ${columns}`;
    if (geometry !== JSON.stringify(state)) {
      geometry = JSON.stringify(state);
      drawing.replaceChildren(...matrixNodes(got, state), mark);
      drawing.setAttribute("viewBox", [-3, -3, columns * CELL + 6, rows * CELL + 6].join(" "));
      drawing.setAttribute("aria-label", label);
      drawing.style.width = `${columns * CELL + 6}px`;
      mark.setAttribute("width", columns * CELL);
      matrixCaption.textContent = `matrix M, ${rows} × ${columns}: a row for each output, a column for each pixel`;
      parts.matrix.setAttribute("aria-label", `${label}. Up and down choose a row.`);
    }
    mark.setAttribute("y", chosen * CELL);
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

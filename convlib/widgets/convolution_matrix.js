function build(model, el, kernels) {
  // The cell of the input that was tapped, in the input's own rows and columns, and what is under the mouse; null for none.
  let [tapped, pointed] = [null, null];
  let state = stateOf(model);
  let got = null; // what was computed last
  let room = null; // where it is drawn
  const limits = model.get("legal");
  const figureOf = (name) => html("figure", { tabindex: 0, role: "group", "data-grid": name });
  const parts = {
    formulas: html("div", { class: "formulas" }),
    input: figureOf("input"), kernel: figureOf("kernel"), output: figureOf("output"),
    matrix: html("figure", { "data-grid": "matrix" }, html("figcaption")),
    said: html("p", { class: "said", "aria-live": "polite" }),
    table: html("table", { class: "counts" }),
  };
  const { board, size: boardSize, undo: leaveBoard } = boardOf("matrices", [parts.input, parts.kernel, parts.output, parts.matrix], () => draw());
  onStage(el, board, parts.said, parts.formulas, parts.table);

  const outputs = () => outputSize(kernels, state);
  const choose = (row) => {
    [tapped, pointed] = [null, null];
    setAll(model, { row: clamp(row, 0, model.get("last_row")) });
    draw();
  };
  const chooseOutput = (i, j) => {
    const [oh, ow] = outputs();
    if (oh && ow) choose(clamp(i, 0, oh - 1) * ow + clamp(j, 0, ow - 1));
  };
  const chosenOutput = () => {
    const ow = Math.max(outputs()[1], 1);
    return [Math.floor(model.get("row") / ow), model.get("row") % ow];
  };
  const stepOutput = (down, right) => chooseOutput(chosenOutput()[0] + down, chosenOutput()[1] + right);
  const chooseCell = (i, j) => {
    [tapped, pointed] = [[i, j], null];
    draw();
  };
  const forget = () => {
    tapped = null;
    draw();
  };
  const point = (what) => {
    pointed = what;
    draw();
  };

  const fromPadded = (i, j) => [i - state.padding, j - state.padding];
  const frame = windowOf({
    begin: () => chosenOutput(),
    move: ([i, j], dx, dy) => {
      const step = room.input.cell * state.stride;
      chooseOutput(i + Math.round(dy / step), j + Math.round(dx / step));
    },
    step: stepOutput,
    toEnd: (last) => choose(last ? model.get("last_row") : 0),
    tap: (event) => {
      const at = cellUnder(parts.input, event);
      if (at) chooseCell(...fromPadded(...at));
    },
  });

  const inputGrid = gridIn(parts.input, { grips: [frame.node] });
  const [kernelGrid, outputGrid] = [parts.kernel, parts.output].map((figure) => gridIn(figure));
  const chosenWeight = editableCells(parts.kernel, model, "weights", limits.weights[1], {
    size: () => [state.kh, state.kw], changed: () => draw(),
  });
  const matrix = matrixBox({
    choose,
    point: (row, column) => point(row === undefined ? null : { row, tap: tapAt(row, column) }),
  });
  parts.matrix.append(matrix.box);
  // The kernel's entry in a row and column of the matrix; null for none.
  const tapAt = (row, column) => {
    const tap = got.taps[row * got.columns + column];
    return tap >= 0 ? tap : null;
  };

  onCells(parts.output, chooseOutput);
  onCells(parts.input, (i, j) => chooseCell(...fromPadded(i, j)));
  onPointedCells(parts.output, (i, j) => point({ row: i * got.ow + j }), () => point(null));
  onPointedCells(parts.kernel, (u, v) => point({ tap: u * state.kw + v }), () => point(null));
  onPointedCells(parts.input, (i, j) => point({ cell: fromPadded(i, j) }), () => point(null));
  onArrows(parts.output, stepOutput);
  onArrows(
    parts.input,
    (down, right) => {
      const inside = (at, length) => clamp(at, -state.padding, length + state.padding - 1);
      const [i, j] = tapped ? [tapped[0] + down, tapped[1] + right] : [0, 0];
      chooseCell(inside(i, state.height), inside(j, state.width));
    },
    forget,
  );
  onArrows(
    matrix.box,
    (down, right) => {
      if (down) {
        choose(model.get("row") + down);
        return;
      }
      const from = tapped && columnOf(tapped) !== null ? columnOf(tapped) + right : 0;
      const column = clamp(from, 0, got.columns - 1);
      chooseCell(Math.floor(column / state.width), column % state.width);
    },
    forget,
  );
  // The weight that keys or a tap have chosen is lit up as long as the kernel has the focus.
  for (const event of ["focus", "blur"]) parts.kernel.addEventListener(event, () => draw());

  const columnOf = ([i, j]) => (i >= 0 && i < state.height && j >= 0 && j < state.width ? i * state.width + j : null);
  const inPadded = ([i, j]) => i >= -state.padding && i < state.height + state.padding && j >= -state.padding && j < state.width + state.padding;

  // What is looked at: a row, a cell of the input and a weight; null for none.
  function lookedAt(chosen) {
    if (tapped && !inPadded(tapped)) tapped = null;
    const { row, cell, tap } = pointed ?? {};
    const [u, v] = chosenWeight();
    const inFocus = parts.kernel === document.activeElement ? u * state.kw + v : null;
    return {
      row: row !== undefined && row < got.rows ? row : chosen,
      cell: pointed ? (cell && inPadded(cell) ? cell : null) : tapped,
      tap: pointed ? (tap ?? null) : tapped ? null : inFocus,
    };
  }

  const isLegal = () => got.oh > 0 && got.ow > 0;
  function bound() {
    state = stateOf(model);
    got = compute(kernels, state, model.get("image"), model.get("weights"));
    const last = isLegal() ? got.rows - 1 : 0;
    setAll(model, { last_row: last, row: clamp(model.get("row"), 0, last) });
  }

  function draw() {
    bound();
    const legal = isLegal();
    const { row, cell, tap } = legal ? lookedAt(model.get("row")) : { row: null, cell: null, tap: null };
    room = roomFor(boardSize(), state, got);
    drawInput(row, cell, tap);
    drawKernel(tap);
    parts.said.classList.toggle("illegal", !legal);
    for (const part of [parts.output, parts.matrix, parts.table, parts.formulas]) part.classList.toggle("absent", !legal);
    if (!legal) {
      parts.said.textContent = tooSmall(state);
      return;
    }
    const column = cell && columnOf(cell);
    drawOutput(row, column, tap);
    drawMatrix(row, column, tap);
    matrix.show(got, model.get("row"), tapped && columnOf(tapped));
    parts.formulas.replaceChildren(
      html("div", {}, "matrix: ", formula(sub("o", "h"), "·", sub("o", "w"), "×", "H", "·", "W"), formula("=", [got.oh, "·", got.ow], "×", [state.height, "·", state.width], "=", got.rows, "×", got.columns)),
      html("div", {}, "row ", formula(row, ":"), formula(sub("y", `${row}`), "=", sub("M", `${row}`), "x", "=", rounded(got.sums[row]))),
    );
    const ofWeight = tap !== null && pointed?.row === undefined;
    parts.said.replaceChildren(...(cell ? [pixelSays(cell, column, got.pixels[column], readersOf(column))] : ofWeight ? [weightSays(got, tap)] : rowSays(got, row)));
    parts.table.replaceChildren(...costTable(got));
  }

  const readersOf = (column) => (column === null ? 0 : got.sums.reduce((count, _, row) => count + (tapAt(row, column) !== null), 0));

  // Draws one grid in its room.
  function put(name, grid, what) {
    const { left, top, cell } = room[name];
    grid({ ...what, scale: cell / CELL });
    parts[name].setAttribute("aria-label", `${what.label}. ${what.help}`);
    placeAt(parts[name], left, top);
  }

  function drawInput(row, cell, lit) {
    const { height, width, kh, kw, stride, padding } = state;
    frame.node.style.display = row === null ? "none" : "";
    if (row !== null) {
      const [i, j] = [Math.floor(row / got.ow), row % got.ow];
      const [y, x] = [i, j].map((at) => (kernels.window_start(at, stride, padding) + padding) * CELL);
      frame.at({ x, y, width: kw * CELL, height: kh * CELL }, CELL / room.input.cell, {
        now: row, last: got.rows - 1, text: `on output (${i}, ${j}), row ${row} of the matrix`,
      });
    }
    const shapes = cell ? [outline(cell[0] + padding, cell[1] + padding, 1, 1, "chosen")] : [];
    const describe = (r, c) => {
      const column = columnOf([r - padding, c - padding]);
      if (column === null) return { kind: "padding", text: "0" };
      const tap = row === null ? null : tapAt(row, column);
      const isLit = tap !== null && tap === lit;
      if (isLit) shapes.push(outline(r, c, 1, 1, "lit-frame"));
      return { kind: `input${isLit ? " lit" : ""}`, text: shown(got.pixels[column]), letter: room.input.cell >= ROOM_FOR_LETTER ? LETTERS[tap] : undefined };
    };
    const text = `input ${height} × ${width}${padding ? `, padding ${padding}` : ""}`;
    put("input", inputGrid, {
      rows: height + 2 * padding, columns: width + 2 * padding, text, label: `Input, ${height} by ${width}`, describe, shapes,
      help: "Arrow keys choose a cell, Escape none.",
    });
  }

  function drawKernel(lit) {
    const { kh, kw } = state;
    const describe = (u, v) => {
      const tap = u * kw + v;
      const kind = `weight${tap === lit ? " lit" : ""}`;
      return { kind, text: shown(got.kernel[tap]), letter: LETTERS[tap], opacity: shade(tap, kh * kw) };
    };
    const shapes = [outline(...chosenWeight(), 1, 1, "cursor")];
    if (lit !== null) shapes.push(outline(Math.floor(lit / kw), lit % kw, 1, 1, "lit-frame"));
    put("kernel", kernelGrid, {
      rows: kh, columns: kw, text: `kernel ${kh} × ${kw}`, label: `Kernel, ${kh} by ${kw}`, describe, shapes,
      help: "Arrow keys go from weight to weight and light it up in the matrix; type a number to change one.",
    });
  }

  function drawOutput(row, column, lit) {
    const { oh, ow, sums, columns } = got;
    const describe = (i, j) => {
      const at = i * ow + j;
      const reader = column !== null && tapAt(at, column) !== null;
      const holds = lit !== null && got.taps.subarray(at * columns, (at + 1) * columns).includes(lit);
      const faint = (column !== null && !reader) || (lit !== null && !holds);
      // In small cells there is no room for a letter beside the number.
      const letter = holds && room.output.cell >= ROOM_FOR_LETTER ? LETTERS[lit] : undefined;
      return { kind: `output${faint ? " faint" : ""}${holds ? " lit" : ""}`, text: shown(sums[at]), mark: reader, letter };
    };
    put("output", outputGrid, {
      rows: oh, columns: ow, text: `output ${oh} × ${ow}`, label: `Output, ${oh} by ${ow}`, describe, shapes: [outline(Math.floor(row / ow), row % ow, 1, 1, "chosen")],
      help: "Arrow keys choose a cell.",
    });
  }

  function drawMatrix(row, column, tap) {
    const { left, top, space, cell } = room.matrix;
    const { rows, columns } = got;
    const caption = parts.matrix.firstChild;
    caption.textContent = `matrix M, ${rows} × ${columns}${boardSize().narrow ? "" : ": a row an output, a column a pixel"}`;
    setAttributes(matrix.box, {
      "aria-label": `Matrix M, ${rows} by ${columns}. Up and down choose a row, left and right a column.`, style: `max-width: ${space[0] + 12}px; max-height: ${space[1] + 2}px`,
    });
    matrix.draw(got, state, cell);
    matrix.light(row, column, tap);
    placeAt(parts.matrix, left, top);
  }

  function code() {
    const { height, width, kh, kw, stride, padding } = state;
    return convolutionCode({
      image: usedRows(model.get("image"), height, width), weights: usedRows(model.get("weights"), kh, kw),
      stride: [stride, stride], padding: [[padding, padding], [padding, padding]],
    });
  }

  const forgetCell = () => {
    tapped = null;
  };
  model.on("change:row", forgetCell);
  const releaseEnd = endKeyGoesTo(el, model, "row", "last_row");
  return {
    names: ["height", "width", "kernel_height", "kernel_width", "padding", "stride", "row", "image", "weights"],
    draw,
    bound,
    code,
    undo() {
      model.off("change:row", forgetCell);
      leaveBoard();
      releaseEnd();
    },
  };
}

export default explorer(build);

function build(model, el, kernels) {
  // The input cell that was tapped, in the input's own rows and columns, and what is under the mouse; null for none.
  let [tapped, pointed] = [null, null];
  let state = stateOf(model, kernels);
  let got = null; // what was computed last
  let room = null; // where it is drawn
  const limits = model.get("legal");
  const figureOf = (name) => html("figure", { tabindex: 0, role: "group", "data-grid": name });
  const parts = {
    input: figureOf("input"), kernel: figureOf("kernel"), every: figureOf("every"), output: figureOf("output"),
    costs: html("p", { class: "costs" }),
    formulas: html("div", { class: "formulas" }),
  };
  const key = keyOfMarks();
  const figures = [parts.input, parts.kernel, parts.every, parts.output, key.node];
  const { board, size: boardSize, undo: leaveBoard } = boardOf("strides", figures, () => draw());
  const said = saidOfStride((axis) => {
    board.dataset.lit = axis;
  });
  onStage(el, board, said.node, parts.formulas, parts.costs);

  const isLegal = () => state.rows.every > 0 && state.columns.every > 0;
  const computed = (i, j) =>
    kernels.strided_index(i, state.rows.stride) >= 0 && kernels.strided_index(j, state.columns.stride) >= 0;
  const chosenOutput = () => [model.get("row"), model.get("column")];
  // An output at stride 1, or the pixel of the input that is asked about.
  const choose = (i, j) => {
    if (!isLegal()) return;
    [tapped, pointed] = [null, null];
    setAll(model, { row: clamp(i, 0, state.rows.every - 1), column: clamp(j, 0, state.columns.every - 1) });
    draw();
  };
  // The same among the computed ones only, given by their places in the strided output.
  const chooseComputed = (oi, oj) => {
    const at = (o, { outputs, stride }) => kernels.window_start(clamp(o, 0, outputs - 1), stride, 0);
    choose(at(oi, state.rows), at(oj, state.columns));
  };
  // The chosen output's place in the strided one; that of the last computed one before it where it is skipped.
  const nearestComputed = () => [state.rows, state.columns].map(({ stride, outputs }, k) =>
    kernels.cell_of_pixel(chosenOutput()[k], stride, outputs));
  const chooseCell = (i, j) => {
    [tapped, pointed] = [[i - state.rows.before, j - state.columns.before], null];
    draw();
  };

  const stepComputed = (down, right) => {
    const [i, j] = nearestComputed();
    // From a skipped output up or left, the computed one before it is a step.
    const [back, left] = chosenOutput().map((at, k) => kernels.strided_index(at, [state.rows, state.columns][k].stride) < 0);
    chooseComputed(i + (down < 0 && back ? 0 : down), j + (right < 0 && left ? 0 : right));
  };
  const goToEnd = (last) => chooseComputed(...(last ? [Infinity, Infinity] : [0, 0]));

  // Dragging the window goes from one computed output to the next.
  const frame = windowOf({
    begin: () => chosenOutput(),
    move: ([i, j], dx, dy) => {
      const to = (from, by, { stride }) => Math.round((from + by / room.input.cell) / stride);
      chooseComputed(to(i, dy, state.rows), to(j, dx, state.columns));
    },
    step: stepComputed,
    toEnd: goToEnd,
    tap: (event) => {
      const at = cellUnder(parts.input, event);
      if (at) chooseCell(...at);
    },
  });

  // The stride itself can be taken hold of where the second computed row and column begin.
  const setStrides = (down, across) => {
    const within = (value, name) => clamp(value, limits[name][1], limits[name][2]);
    setAll(model, { stride_h: within(down, "stride_h"), stride_w: within(across, "stride_w") });
  };
  const strideGrip = gripOf({
    name: "stride", cursor: "nwse-resize",
    begin: () => [state.rows.stride, state.columns.stride],
    move: ([down, across], dx, dy) => setStrides(down + Math.round(dy / room.every.cell), across + Math.round(dx / room.every.cell)),
    step: (down, across) => setStrides(model.get("stride_h") + down, model.get("stride_w") + across),
    toEnd: (last) => setStrides(...(last ? [Infinity, Infinity] : [1, 1])),
    tap: (event) => {
      const at = cellUnder(parts.every, event);
      if (at) choose(...at);
    },
  });

  const inputGrid = gridIn(parts.input, { grips: [frame.node] });
  const everyGrid = gridIn(parts.every, { grips: [strideGrip.node] });
  const [kernelGrid, outputGrid] = [parts.kernel, parts.output].map((figure) => gridIn(figure));
  const chosenWeight = editableCells(parts.kernel, model, "weights", limits.weights[1], {
    size: () => [state.rows.kernel, state.columns.kernel], changed: () => draw(),
  });

  onCells(parts.input, chooseCell);
  onCells(parts.every, choose);
  onCells(parts.output, chooseComputed);
  for (const grid of ["input", "every", "output"]) {
    const point = (at) => {
      pointed = at && { grid, at };
      draw();
    };
    onPointedCells(parts[grid], (i, j) => point([i, j]), () => point(null));
  }
  onArrows(parts.every, (down, right) => choose(model.get("row") + down, model.get("column") + right));
  onArrows(parts.output, stepComputed);
  onArrows(
    parts.input,
    (down, right) => {
      const from = tapped ? [tapped[0] + down, tapped[1] + right] : [0, 0];
      const inside = (at, { before, size, after }) => clamp(at + before, 0, before + size + after - 1);
      chooseCell(inside(from[0], state.rows), inside(from[1], state.columns));
    },
    () => {
      tapped = null;
      draw();
    },
  );

  // What is looked at: the output at stride 1 whose window is shown, and the cell of the padded input whose readers are.
  function lookedAt() {
    const { rows, columns } = state;
    const inPadded = (i, j) => i >= 0 && i < got.height && j >= 0 && j < got.width;
    const cell = tapped && [tapped[0] + rows.before, tapped[1] + columns.before];
    if (cell && !inPadded(...cell)) tapped = null;
    const within = ([i, j]) => i < rows.every && j < columns.every;
    const place = {
      every: ({ at }) => at,
      output: ({ at: [i, j] }) => [kernels.window_start(i, rows.stride, 0), kernels.window_start(j, columns.stride, 0)],
    }[pointed?.grid]?.(pointed);
    if (place && within(place)) return { output: place, cell: null };
    const under = pointed?.grid === "input" && inPadded(...pointed.at) ? pointed.at : null;
    return { output: chosenOutput(), cell: under ?? (tapped && cell) };
  }

  function bound() {
    state = stateOf(model, kernels);
    got = compute(kernels, state, model.get("image"), model.get("weights"));
    const { rows, columns } = state;
    const last = { row: Math.max(rows.every - 1, 0), column: Math.max(columns.every - 1, 0) };
    setAll(model, {
      last_row: last.row, last_column: last.column, row: clamp(model.get("row"), 0, last.row), column: clamp(model.get("column"), 0, last.column),
    });
  }

  function draw() {
    bound();
    const { rows, columns } = state;
    const legal = isLegal();
    const { output, cell } = lookedAt();
    room = roomFor(boardSize(), state, got);
    drawInput(output, cell, legal);
    drawKernel();
    drawEvery(output, cell, legal);
    drawStrided(output, cell, legal);
    placeAt(key.node, room.key.left, room.key.top);
    const { every, strided, counts } = got;
    key.say([strided.length, every.length - strided.length, ...(legal ? [counts[2], counts[3], counts[4] + counts[5]] : [0, 0, 0])]);
    const rule = model.get("rule");
    el.classList.toggle("pads-by-rule", rule === TENSORFLOW);
    const { padding } = introducedOf(model, { padding: [["padding", "rule"], [rows, columns].some(({ before, after }) => before || after)] });
    parts.formulas.replaceChildren(
      html("div", { "data-axis": "rows" }, "output rows: ", ...strideFormula(rows, "H", "h", rule, padding)),
      html("div", { "data-axis": "columns" }, "output columns: ", ...strideFormula(columns, "W", "w", rule, padding)),
    );
    parts.costs.replaceChildren(...costSays(state, got));
    const nothing = ["", "", ""];
    const cuts = legal ? [cutSays(rows, "Rows", "row"), cutSays(columns, "Columns", "column")] : [nothing, nothing];
    said.say(legal ? (cell ? cellSays(cell) : outputSays(output)) : tooLarge(state, got), cuts);
    said.node.classList.toggle("illegal", !legal);
    // A cut cell that is pointed at lights up the words that say why.
    said.words[0].classList.toggle("lit", Boolean(cell) && cell[0] >= got.height - rows.dropped);
    said.words[1].classList.toggle("lit", Boolean(cell) && cell[1] >= got.width - columns.dropped);
  }

  // Draws one grid in its room.
  function put(name, grid, what) {
    const { left, top, cell } = room[name];
    grid({ ...what, scale: cell / CELL });
    parts[name].setAttribute("aria-label", what.help ? `${what.label}. ${what.help}` : what.label);
    placeAt(parts[name], left, top);
  }

  function drawInput([i, j], cell, legal) {
    const { rows, columns } = state;
    frame.node.style.display = legal ? "" : "none";
    if (legal) {
      const place = { x: j * CELL, y: i * CELL, width: columns.kernel * CELL, height: rows.kernel * CELL };
      frame.at(place, CELL / room.input.cell, {
        now: i * columns.every + j, last: got.every.length - 1,
        text: `on row ${i}, column ${j} of the outputs at stride 1, ${computed(i, j) ? "computed" : "skipped"}`,
      });
    }
    const describe = (r, c) => {
      const kind = got.kinds[r * got.width + c];
      const marks = [kind % 2 ? "padding" : "input"];
      if (FATES[kind] !== "read") marks.push(FATES[kind]);
      if (r >= got.height - rows.dropped) marks.push("cut-rows");
      if (c >= got.width - columns.dropped) marks.push("cut-columns");
      return { kind: marks.join(" "), text: shown(got.padded[r * got.width + c]) };
    };
    const bare = got.height === rows.size && got.width === columns.size;
    put("input", inputGrid, {
      rows: got.height, columns: got.width, describe, label: `Padded input, ${got.height} by ${got.width}`,
      text: `input ${rows.size} × ${columns.size}${bare ? "" : `, padded to ${got.height} × ${got.width}`}`,
      shapes: cell ? [outline(...cell, 1, 1, "chosen")] : [], help: "Arrow keys choose a cell, Escape none.",
    });
  }

  function drawKernel() {
    const [rows, columns] = [state.rows.kernel, state.columns.kernel];
    put("kernel", kernelGrid, {
      rows, columns, text: `kernel ${rows} × ${columns}`, label: `Kernel, ${rows} by ${columns}`,
      describe: (u, v) => ({ kind: "kernel", text: shown(got.kernel[u * columns + v]) }),
      shapes: [outline(...chosenWeight(), 1, 1, "cursor")],
      // Not "choose": the sentence speaks of outputs, and stays.
      help: "Arrow keys go from weight to weight; type a number to change one.",
    });
  }

  // Whether output (i, j) at stride 1 has the cell of the padded input in its window.
  function reads([r, c], i, j) {
    const tap = (at, output, { kernel }) => kernels.tap_of_pixel(at, output, kernel, 1, 0, 1);
    return tap(r, i, state.rows) >= 0 && tap(c, j, state.columns) >= 0;
  }

  // Where a cell of the input is looked at, its readers are marked and the others are pale.
  const readerMarks = (cell, i, j) => {
    const reader = cell && reads(cell, i, j);
    return { faint: cell && !reader ? " faint" : "", mark: Boolean(reader) && computed(i, j) };
  };

  function drawEvery(chosen, cell, legal) {
    const [rows, columns] = legal ? [state.rows.every, state.columns.every] : [0, 0];
    const describe = (i, j) => {
      const { faint, mark } = readerMarks(cell, i, j);
      return { kind: `output${computed(i, j) ? "" : " skipped"}${faint}`, text: shown(got.every[i * columns + j]), mark };
    };
    const [down, across] = [state.rows.stride, state.columns.stride];
    strideGrip.at(Math.min(across, columns) * CELL, Math.min(down, rows) * CELL, CELL / room.every.cell, {
      now: down, low: 1, high: limits.stride_h[2], text: `${down} down, ${across} across`,
    });
    put("every", everyGrid, {
      rows, columns, describe, text: legal ? `${boardSize().narrow ? "" : "output "}at stride 1: ${rows} × ${columns}` : "no output",
      label: legal ? `Output at stride 1, ${rows} by ${columns}` : "No output",
      shapes: [outline(...chosen, 1, 1, "chosen")], help: "Arrow keys choose an output.",
    });
  }

  const stridedPlace = ([i, j]) => [kernels.strided_index(i, state.rows.stride), kernels.strided_index(j, state.columns.stride)];

  function drawStrided(chosen, cell, legal) {
    const { rows: down, columns: across } = state;
    const [rows, columns] = legal ? [down.outputs, across.outputs] : [0, 0];
    const describe = (oi, oj) => {
      const { faint, mark } = readerMarks(cell, kernels.window_start(oi, down.stride, 0), kernels.window_start(oj, across.stride, 0));
      return { kind: `output${faint}`, text: shown(got.strided[oi * columns + oj]), mark };
    };
    put("output", outputGrid, {
      rows, columns, describe, text: legal ? `strided output: ${rows} × ${columns}` : "",
      label: `Output at stride ${down.stride} down and ${across.stride} across, ${rows} by ${columns}`,
      shapes: computed(...chosen) ? [outline(...stridedPlace(chosen), 1, 1, "chosen")] : [], help: "Arrow keys choose a computed output.",
    });
  }

  function outputSays([i, j]) {
    const value = shown(got.every[i * state.columns.every + j]);
    const output = `Output (${i}, ${j}) at stride 1 is`;
    return computed(i, j)
      ? `${output} computed. It is ${value}, at (${stridedPlace([i, j]).join(", ")}) in the strided output.`
      : `${output} skipped. It would be ${value}.`;
  }

  function cellSays([r, c]) {
    const at = r * got.width + c;
    const place = [r - state.rows.before, c - state.columns.before];
    return pixelSays(place, got.kinds[at] % 2 === 0, got.padded[at], FATES[got.kinds[at]], got.reads[at], got.everyReads[at]);
  }

  function code() {
    const { rows, columns } = state;
    return convolutionCode({
      image: usedRows(model.get("image"), rows.size, columns.size), weights: usedRows(model.get("weights"), rows.kernel, columns.kernel),
      stride: [rows.stride, columns.stride], padding: [[rows.before, rows.after], [columns.before, columns.after]],
      rule: model.get("rule") === TENSORFLOW ? "same_upper" : null,
    });
  }

  const forgetCell = () => {
    tapped = null;
  };
  for (const name of ["row", "column"]) model.on(`change:${name}`, forgetCell);
  const releaseEnds = ["row", "column"].map((name) => endKeyGoesTo(el, model, name, `last_${name}`));
  const sizes = ["height", "width", "kernel_height", "kernel_width", "pad_h", "pad_w", "stride_h", "stride_w"];
  return {
    names: [...sizes, "rule", "row", "column", "image", "weights"],
    draw,
    bound,
    code,
    undo() {
      for (const name of ["row", "column"]) model.off(`change:${name}`, forgetCell);
      for (const release of releaseEnds) release();
      leaveBoard();
    },
  };
}

export default explorer(build);

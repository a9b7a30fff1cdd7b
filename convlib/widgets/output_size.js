function build(model, el, kernels) {
  // The input pixel that was tapped and the one under the mouse, in the input's own rows and columns; null for none.
  let [tapped, pointed] = [null, null];
  let state = stateOf(model);
  let got = null; // what was computed last
  let cell = CELL; // the side of an input cell on the page

  const limits = model.get("legal");
  const outputCount = () => [outputs(kernels, state.rows), outputs(kernels, state.columns)];
  const chooseOutput = (i, j) => {
    const [oh, ow] = outputCount();
    if (!oh || !ow) return;
    tapped = null;
    setAll(model, { step: clamp(i, 0, oh - 1) * ow + clamp(j, 0, ow - 1) });
    draw();
  };
  const chosenOutput = () => {
    const ow = Math.max(outputCount()[1], 1);
    return [Math.floor(model.get("step") / ow), model.get("step") % ow];
  };
  const choosePixel = (i, j) => {
    tapped = [i, j];
    draw();
  };
  const set = (name, value) => setAll(model, { [name]: clamp(value, limits[name][1], limits[name][2]) });

  const frame = windowOf({
    begin: () => chosenOutput(),
    move: ([i, j], dx, dy) => chooseOutput(i + Math.round(dy / cell / state.rows.stride), j + Math.round(dx / cell / state.columns.stride)),
    tap: (event) => {
      const at = cellUnder(parts.input, event);
      if (at) choosePixel(at[0] - state.rows.before, at[1] - state.columns.before);
    },
    step: (down, right) => chooseOutput(chosenOutput()[0] + down, chosenOutput()[1] + right),
    toEnd: (last) => chooseOutput(...(last ? outputCount() : [0, 0])),
  });
  const edge = (name, words, cursor, [down, right]) => {
    const along = (dx, dy) => down * dy + right * dx;
    return gripOf({
      name: `padding at the ${words}`, cursor,
      begin: () => model.get(name),
      move: (from, dx, dy) => set(name, from + Math.round(along(dx, dy) / cell)),
      step: (dy, dx) => set(name, model.get(name) + along(dx, dy)),
      toEnd: (last) => set(name, last ? Infinity : 0),
    });
  };
  const edges = [
    edge("pad_top", "top", "ns-resize", [-1, 0]), edge("pad_bottom", "bottom", "ns-resize", [1, 0]),
    edge("pad_left", "left", "ew-resize", [0, -1]), edge("pad_right", "right", "ew-resize", [0, 1]),
  ];
  const resize = (rows, columns) => {
    const weights = model.get("weights");
    setAll(model, { kernel_height: clamp(rows, 1, weights.length), kernel_width: clamp(columns, 1, weights[0].length) });
  };
  const corner = gripOf({
    name: "kernel size", cursor: "nwse-resize",
    begin: () => [state.rows.kernel, state.columns.kernel],
    move: ([h, w], dx, dy) => resize(h + Math.round(dy / cell), w + Math.round(dx / cell)),
    step: (down, right) => resize(model.get("kernel_height") + down, model.get("kernel_width") + right),
    toEnd: (last) => resize(...(last ? [Infinity, Infinity] : [1, 1])),
  });

  const parts = {
    input: html("figure", { tabindex: 0, role: "group", "data-grid": "input" }),
    kernel: html("figure", { tabindex: 0, role: "group", "data-grid": "kernel" }),
    output: html("figure", { tabindex: 0, role: "group", "data-grid": "output" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
    formulas: html("div", { class: "formulas" }),
  };
  const { board, size: boardSize, undo: leaveBoard } = boardOf(`sizes${introduced().padding ? "" : " bare"}`, [parts.input, parts.kernel, parts.output], () => draw());
  onStage(el, board, parts.said, parts.formulas);
  const inputGrid = gridIn(parts.input, { grips: [frame.node, ...edges.map(({ node }) => node), corner.node] });
  const [kernelGrid, outputGrid] = [parts.kernel, parts.output].map((figure) => gridIn(figure));

  onCells(parts.output, chooseOutput);
  onCells(parts.input, (i, j) => choosePixel(i - state.rows.before, j - state.columns.before));
  onPointedCells(
    parts.input,
    (i, j) => {
      pointed = [i - state.rows.before, j - state.columns.before];
      draw();
    },
    () => {
      pointed = null;
      draw();
    },
  );
  onArrows(parts.output, (down, right) => chooseOutput(chosenOutput()[0] + down, chosenOutput()[1] + right));
  onArrows(
    parts.input,
    (down, right) => {
      const inside = (value, axis) => clamp(value, -axis.before, axis.size + axis.after - 1);
      const [i, j] = tapped ? [tapped[0] + down, tapped[1] + right] : [0, 0];
      choosePixel(inside(i, state.rows), inside(j, state.columns));
    },
    () => {
      tapped = null;
      draw();
    },
  );
  const chosenWeight = editableCells(parts.kernel, model, "weights", limits.weights[1], {
    size: () => [state.rows.kernel, state.columns.kernel], changed: () => draw(),
  });

  const inPadded = (pixel) => {
    if (!pixel) return null;
    const within = (at, { size, before, after }) => at >= -before && at < size + after;
    return within(pixel[0], state.rows) && within(pixel[1], state.columns) ? pixel : null;
  };

  const isLegal = () => got.oh > 0 && got.ow > 0;
  function bound() {
    state = stateOf(model);
    got = compute(kernels, state, model.get("image"), model.get("weights"));
    const last = isLegal() ? got.oh * got.ow - 1 : 0;
    setAll(model, { last_step: last, step: clamp(model.get("step"), 0, last) });
  }

  function draw() {
    bound();
    const { rows, columns } = state;
    const legal = isLegal();
    tapped = inPadded(tapped);
    const pixel = inPadded(pointed) ?? tapped;
    const chosen = legal ? chosenOutput() : null;
    const room = roomFor(boardSize(), state, got, introduced().padding);
    cell = room.input.cell;
    drawInput(chosen, pixel, room.input);
    drawKernel(room.kernel);
    drawOutput(chosen, pixel, room.output);
    parts.formulas.replaceChildren(
      html("div", {}, "output rows: ", ...sizeFormula(rows, ROW_NAMES, got.oh, introduced())),
      html("div", {}, "output columns: ", ...sizeFormula(columns, COLUMN_NAMES, got.ow, introduced())),
    );
    parts.said.replaceChildren(...(legal ? sentence(chosen, pixel) : [tooLarge()]));
    parts.said.classList.toggle("illegal", !legal);
  }

  function introduced() {
    const axes = [state.rows, state.columns];
    return introducedOf(model, {
      padding: [["padding", "presets"], axes.some(({ before, after }) => before || after)],
      stride: [["stride"], axes.some(({ stride }) => stride > 1)],
    });
  }

  function drawInput(chosen, pixel, { left, top, cell: side }) {
    const { rows, columns, padValue } = state;
    const reads = model.get("reads");
    const most = Math.max(...got.reads, 1);
    const describe = (i, j) => {
      const at = i * got.width + j;
      const inner =
        i >= rows.before && i < rows.before + rows.size && j >= columns.before && j < columns.before + columns.size;
      const dropped = i >= got.height - got.droppedRows || j >= got.width - got.droppedColumns;
      const kind = `${inner ? "input" : "padding"}${dropped ? " dropped" : ""}`;
      if (!reads) return { kind, text: shown(got.padded[at]) };
      return { kind: `${kind} heat`, text: `${got.reads[at]}`, opacity: (0.5 * got.reads[at]) / most };
    };
    frame.node.style.display = chosen ? "" : "none";
    corner.node.style.display = chosen ? "" : "none";
    if (chosen) {
      const y = (kernels.window_start(chosen[0], rows.stride, rows.before) + rows.before) * CELL;
      const x = (kernels.window_start(chosen[1], columns.stride, columns.before) + columns.before) * CELL;
      frame.at({ x, y, width: columns.kernel * CELL, height: rows.kernel * CELL }, CELL / side, {
        now: model.get("step"), last: model.get("last_step"), text: `on output row ${chosen[0]}, column ${chosen[1]}`,
      });
      corner.at(x + columns.kernel * CELL, y + rows.kernel * CELL, CELL / side, {
        now: rows.kernel, low: 1, high: model.get("weights").length, text: `${rows.kernel} by ${columns.kernel}`,
      });
    }
    const [middleX, middleY] = [(got.width * CELL) / 2, (got.height * CELL) / 2];
    const places = [[middleX, 0], [middleX, got.height * CELL], [0, middleY], [got.width * CELL, middleY]];
    edges.forEach((grip, k) => {
      const now = model.get(SIDES[k]);
      grip.node.style.display = introduced().padding ? "" : "none";
      grip.at(...places[k], CELL / side, { now, low: 0, high: limits[SIDES[k]][2], text: plural(now, "cell") });
    });
    const label = `Padded input, ${got.height} by ${got.width}`;
    const padding = isBare() ? "" : `, padded ${reads ? "" : `with ${padValue} `}to ${got.height} × ${got.width}`;
    const text = `${reads ? "reads, " : ""}input ${rows.size} × ${columns.size}${padding}`;
    const shapes = pixel ? [outline(pixel[0] + rows.before, pixel[1] + columns.before, 1, 1, "chosen")] : [];
    inputGrid({ rows: got.height, columns: got.width, text, label, describe, shapes, scale: side / CELL });
    parts.input.setAttribute("aria-label", `${label}. Arrow keys choose a cell, Escape none.`);
    placeAt(parts.input, left, top);
  }

  const isBare = () => got.height === state.rows.size && got.width === state.columns.size;

  function drawKernel({ left, top, cell: side }) {
    const [rows, columns] = [state.rows.kernel, state.columns.kernel];
    const describe = (u, v) => ({ kind: "kernel", text: shown(got.kernel[u * columns + v]) });
    const label = `Kernel, ${rows} by ${columns}`;
    const [u, v] = chosenWeight();
    const shapes = [outline(u, v, 1, 1, "cursor")];
    kernelGrid({ rows, columns, text: `kernel ${rows} × ${columns}`, label, describe, shapes, scale: side / CELL });
    parts.kernel.setAttribute("aria-label", `${label}, at weight (${u}, ${v}) = ${shown(got.kernel[u * columns + v])}. Arrow keys go to another; type a number to change it.`);
    placeAt(parts.kernel, left, top);
  }

  // Which kernel entry lies on the pixel when output (i, j) is computed; -1 on an axis: none.
  function taps(pixel, i, j) {
    const tap = (axis, at, output) =>
      kernels.tap_of_pixel(at, output, axis.kernel, axis.stride, axis.before, 1);
    return [tap(state.rows, pixel[0], i), tap(state.columns, pixel[1], j)];
  }

  function drawOutput(chosen, pixel, { left, top, cell: side }) {
    const [rows, columns] = got.oh && got.ow ? [got.oh, got.ow] : [0, 0];
    const describe = (i, j) => {
      const mark = Boolean(pixel) && taps(pixel, i, j).every((tap) => tap >= 0);
      return { kind: `output${pixel && !mark ? " faint" : ""}`, text: shown(got.sums[i * columns + j]), mark };
    };
    const shapes = chosen ? [outline(...chosen, 1, 1, "chosen")] : [];
    const label = rows ? `Output, ${rows} by ${columns}` : "No output";
    outputGrid({
      rows, columns, text: rows ? `output ${rows} × ${columns}` : "no output: no window fits", label, describe, shapes, scale: side / CELL,
    });
    parts.output.setAttribute("aria-label", `${label}. Arrow keys choose a cell.`);
    placeAt(parts.output, left, top);
  }

  function sentence(chosen, pixel) {
    const { rows, columns, padValue } = state;
    const idle = padValue && isBare() ? ` There is no padding for c = ${padValue} to fill.` : "";
    const cut = got.droppedRows || got.droppedColumns
      ? ` No window reaches the last ${[got.droppedRows && plural(got.droppedRows, "row"), got.droppedColumns && plural(got.droppedColumns, "column")].filter(Boolean).join(" and ")} (crossed out).`
      : "";
    if (pixel) {
      const [row, column] = pixel;
      const count = got.reads[(row + rows.before) * got.width + column + columns.before];
      const where = row < 0 || column < 0 || row >= rows.size || column >= columns.size ? "Padding cell" : "Input cell";
      return [`${where} (${row}, ${column}) holds ${shown(got.padded[(row + rows.before) * got.width + column + columns.before])} and is read by ${plural(count, "output")}, marked with a dot.${cut}${idle}`];
    }
    return [`${sumSays(chosen)}${idle || ` ${compared()}`}${cut}`];
  }

  // "Output (0, 1) = 1·2 + 2·4 + 0·3 + 1·6 = 16." Where the cells show reads, or there are many, not each product.
  function sumSays([i, j]) {
    const { rows, columns } = state;
    const top = kernels.window_start(i, rows.stride, rows.before) + rows.before;
    const left = kernels.window_start(j, columns.stride, columns.before) + columns.before;
    const sum = shown(got.sums[i * got.ow + j]);
    const count = got.kernel.length;
    if (model.get("reads")) return `The window of output (${i}, ${j}) reads ${plural(count, "cell")}.`;
    if (count > 9) return `Output (${i}, ${j}) = ${sum}, the sum of ${count} products.`;
    const products = got.kernel.map((weight, k) => {
      const [u, v] = [Math.floor(k / columns.kernel), k % columns.kernel];
      return product(weight, got.padded[(top + u) * got.width + left + v]);
    });
    return `Output (${i}, ${j}) = ${products.join(" + ")} = ${sum}.`;
  }

  // The output beside the input: "The output is 1 row and 1 column smaller than the input."
  function compared() {
    const [down, across] = [got.oh - state.rows.size, got.ow - state.columns.size];
    if (!down && !across) return "The output is as large as the input.";
    const words = [[down, "row"], [across, "column"]].filter(([by]) => by);
    const says = (some, word) => `${some.map(([by, noun]) => plural(Math.abs(by), noun)).join(" and ")} ${word}`;
    const [less, more] = [words.filter(([by]) => by < 0), words.filter(([by]) => by > 0)];
    return `The output is ${[less.length && says(less, "smaller"), more.length && says(more, "larger")].filter(Boolean).join(" and ")} than the input.`;
  }

  function tooLarge() {
    const { rows, columns } = state;
    const misfits = [];
    if (!got.oh) misfits.push(`kernel height ${rows.kernel} is more than the padded height ${got.height}`);
    if (!got.ow) misfits.push(`kernel width ${columns.kernel} is more than the padded width ${got.width}`);
    return `There is no output: ${misfits.join(", and ")}. The window must fit at least once: choose a smaller kernel, a larger input or more padding.`;
  }

  // The call that computes what is shown, in both libraries.
  function code() {
    const { rows, columns, padValue } = state;
    const { height, width, kh, kw } = sizesOf(model);
    return convolutionCode({
      image: usedRows(model.get("image"), height, width), weights: usedRows(model.get("weights"), kh, kw),
      stride: [rows.stride, columns.stride], padding: [[rows.before, rows.after], [columns.before, columns.after]], padValue,
    });
  }

  const sizes = ["height", "width", "kernel_height", "kernel_width"];
  const releasePreset = keepPreset(model, "preset", SIDES, () => presetPadding(model, kernels), sizes);
  // "same" holds at stride 1 only, and is not lit where the output is smaller.
  const endSame = () => {
    if (model.get("preset") === PRESETS.same && (model.get("stride_h") > 1 || model.get("stride_w") > 1)) setAll(model, { preset: 0 });
  };
  const forgetPixel = () => {
    tapped = null;
  };
  const listeners = [["change:step", forgetPixel], ...["preset", "stride_h", "stride_w"].map((name) => [`change:${name}`, endSame])];
  for (const [event, call] of listeners) model.on(event, call);
  const releaseEnd = endKeyGoesTo(el, model, "step", "last_step");

  return {
    names: [...sizes, ...SIDES, "pad_value", "stride_h", "stride_w", "step", "reads", "image", "weights"],
    draw,
    bound,
    code,
    undo() {
      for (const [event, call] of listeners) model.off(event, call);
      leaveBoard();
      releasePreset();
      releaseEnd();
    },
  };
}

export default explorer(build);

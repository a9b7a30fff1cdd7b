// What the walk of convlib says about every layer of a design, and behind them about the whole.
function walkLayers(kernels, columns, rows, size, percent) {
  const memory = kernels.scratch();
  const count = rows.length + 1;
  const found = memory.reserveDoubles(count * columns.FOUND);
  kernels.walk_layers(memory.ints(rows.flat()), rows.length, 3, size, size, percent, found);
  const numbers = memory.readDoubles(found, count * columns.FOUND);
  return Array.from({ length: count }, (_, i) => numbers.subarray(i * columns.FOUND, (i + 1) * columns.FOUND));
}

function build(model, el, kernels) {
  const tables = model.get("tables");
  const columns = model.get("columns");
  const knobs = model.get("knobs");
  const c = columns;
  const legal = (row) => isFine(c, row);

  const undoButton = html("button", { type: "button", class: "jupyter-button" }, "undo");
  const resetButton = html("button", { type: "button", class: "jupyter-button" }, "reset to published");
  const formulas = html("div", { class: "formulas" });
  const spoken = html("p", { class: "said", "aria-live": "polite" });
  const totals = html("tbody");
  const totalsBox = html(
    "div", { class: "design-box", tabindex: 0, role: "group", "aria-label": "The whole network" },
    html("table", { class: "totals" }, html("thead", {}, heads("network", "published", "ours", "change")), totals),
  );
  let typed = ""; // what is wrong with what is being typed
  const editor = layerEditor(model, (fault) => {
    typed = fault;
    draw();
  });
  const layers = layerTable(c, (step) => choose(model.get("layer") + step), (at) => {
    const number = tableOf().convs.indexOf(at) + 1;
    if (number) choose(number);
  }, editor.row);
  const note = html("p", { class: "note" },
    "Padding “same” is TensorFlow’s; a depthwise layer has as many groups as input channels, g = C₁. In the column MACs the bar compares with the largest layer, and the line is where it ended as published. ",
    "Field, stride and shift are in pixels of the image, down and across alike. ",
    "MACs and parameters count shortcuts and, for parameters, normalisation; fields follow the main path. ",
    "1 MAC = 2 FLOPs. Published: at ", `${model.get("published_size")} pixels and width 100 %.`);
  const buttons = html("div", { class: "design-buttons" }, undoButton, resetButton);
  onStage(el, html("div", { class: "design" }, totalsBox, layers.box), spoken, formulas, note);
  // Beside the button that unfolds the other controls.
  el.append(buttons);

  const tableOf = () => tables[model.get("network")];
  const chosenRow = () => {
    const { convs } = tableOf();
    return convs[clamp(model.get("layer"), 1, convs.length) - 1];
  };

  // The published rows with changes put in.
  function rowsOf(edits) {
    const { names, rows } = tableOf();
    return rows.map((row, at) => {
      const values = edits[names[at]];
      if (!values) return row;
      const changed = [...row];
      for (const [knob, value] of Object.entries(values)) {
        for (const column of knobs[knob]) changed[column] = value;
        if (knob === "out_channels") changed[c.SCALED] = 0;
      }
      return changed;
    });
  }
  const publishedWalk = () => walkLayers(kernels, c, tableOf().rows, model.get("published_size"), 100);
  const walkOf = (rows) => walkLayers(kernels, c, rows, model.get("size"), model.get("width"));

  // What the knobs of the chosen layer stand at under `edits`.
  const MOST_CHANNELS = 4096;
  function valuesAt(edits) {
    const rows = rowsOf(edits);
    const at = chosenRow();
    const values = Object.fromEntries(Object.entries(knobs).map(([knob, [column]]) => [knob, rows[at][column]]));
    // Channels may be a multiple of what comes in, which is unknown behind an illegal layer: there, they are the published ones.
    const channels = walkOf(rows)[at][c.CHANNELS] || publishedWalk()[at][c.CHANNELS];
    values.out_channels = Math.min(channels, MOST_CHANNELS);
    return values;
  }

  // Knobs follow the chosen layer; a knob that the reader moves becomes a change of that layer.
  let applying = false;
  const showLayer = () => {
    if (applying) return;
    applying = true;
    setAll(model, { layer: clamp(model.get("layer"), 1, tableOf().convs.length) });
    setAll(model, valuesAt(model.get("edits")));
    applying = false;
  };
  // Earlier edits, each with the knob that was moved after it.
  let history = [];
  const change = (knob) => () => {
    if (applying) return;
    const name = tableOf().names[chosenRow()];
    const before = model.get("edits");
    const { [knob]: gone, ...others } = before[name] ?? {};
    const { [name]: own, ...rest } = before;
    const without = Object.keys(others).length ? { ...rest, [name]: others } : rest;
    const value = model.get(knob);
    const published = valuesAt(without)[knob];
    const edits = value === published ? without : { ...rest, [name]: { ...others, [knob]: value } };
    if (same(edits, before)) return;
    const moved = `${name} ${knob}`;
    // All steps of one drag are one change, and a knob brought back is none.
    if (history.at(-1)?.moved !== moved) history.push({ moved, edits: before });
    if (same(history.at(-1).edits, edits)) history.pop();
    setAll(model, { edits });
  };
  const startNetwork = () => {
    history = [];
    const count = tableOf().convs.length;
    setAll(model, { layer: Math.min(model.get("layer"), count), last_layer: count, ...(Object.keys(model.get("edits")).length ? { edits: {} } : {}) });
    showLayer();
  };
  undoButton.addEventListener("click", () => {
    const last = history.pop();
    if (last) setAll(model, { edits: last.edits });
  });
  resetButton.addEventListener("click", () => {
    history = [];
    setAll(model, { edits: {}, size: model.get("published_size"), width: 100 });
    draw();
  });

  const choose = (layer) => {
    setAll(model, { layer: clamp(layer, 1, tableOf().convs.length) });
  };
  const releaseEnd = endKeyGoesTo(el, model, "layer", "last_layer");

  function draw() {
    const table = tableOf();
    const edits = model.get("edits");
    const rows = rowsOf(edits);
    const ours = walkOf(rows);
    const published = publishedWalk();
    const at = chosenRow();
    drawTotals(ours, published);
    layers.draw(table, rows, edits, ours, published, at);
    editor.show();
    drawFormulas(rows[at], ours[at], table.names[at]);
    say(table, rows, ours, published, at);
    undoButton.disabled = !history.length;
    resetButton.disabled =
      same(edits, {}) && model.get("size") === model.get("published_size") && model.get("width") === 100;
  }

  const lastField = (found) => found.findLast((row) => row[c.FIELD_H] > 0);

  function drawTotals(ours, published) {
    const [then, now] = [published.at(-1), ours.at(-1)];
    const known = legal(now);
    const line = (name, from, to, write, share = null) => html(
      "tr", { class: name }, html("th", { scope: "row" }, name, ...(share ? [] : [html("span", { class: "unit" }, " (px)")])), html("td", {}, write(from)),
      html("td", {}, known ? write(to) : "none"), html("td", { class: "change" }, ...(known ? [html("span", { class: "by" }, difference(from, to)), ...(share?.(from, to) ? [html("span", {}, share(from, to))] : [])] : ["–"])),
    );
    const [seen, sees] = [lastField(published), lastField(ours)];
    totals.replaceChildren(
      line("MACs", then[c.MACS], now[c.MACS], whole, inPercent),
      line("parameters", then[c.PARAMS], now[c.PARAMS], whole, inPercent),
      line("field", seen[c.FIELD_H], sees?.[c.FIELD_H], whole),
      line("stride", seen[c.JUMP_H], sees?.[c.JUMP_H], whole),
      line("shift", seen[c.SHIFT_H], sees?.[c.SHIFT_H], signed),
    );
  }

  function drawFormulas(row, got, name) {
    if (!legal(got)) {
      formulas.replaceChildren();
      return;
    }
    const [k, d, s] = [row[c.KERNEL_W], row[c.DILATION_W], row[c.STRIDE_W]];
    const [left, right] = [got[c.PAD_LEFT], got[c.PAD_RIGHT]];
    const inner = (W, l, r, spread, w) => [W, "+", l, "+", r, "−", spread, "(", w, "−", 1, ")", "−", 1];
    const cost = [got[c.WIDTH], "·", got[c.HEIGHT], "·", k, "·", row[c.KERNEL_H], "·", got[c.IN_CHANNELS], "·", got[c.CHANNELS]];
    const bias = row[c.BIAS] ? ["+", sub("C", "2")] : row[c.NORMALISED] ? ["+", 2, sub("C", "2")] : [];
    const weights = [k, "·", row[c.KERNEL_H], "·", got[c.IN_CHANNELS], "·", got[c.CHANNELS]];
    const extra = row[c.BIAS] ? ["+", got[c.CHANNELS]] : row[c.NORMALISED] ? ["+", 2, "·", got[c.CHANNELS]] : [];
    const number = (value) => mathml("mn", whole(value));
    formulas.replaceChildren(
      html("div", {}, `${name}: output `,
        formula(primed("W"), "=", floored(over(inner("W", sub("p", "left"), sub("p", "right"), "d", "w"), "s")), "+", 1),
        formula("=", floored(over(inner(got[c.IN_WIDTH], left, right, d, k), s)), "+", 1, "=", got[c.WIDTH])),
      html("div", {}, "MACs ",
        formula(over([primed("W"), primed("H"), "w", "h", sub("C", "1"), sub("C", "2")], "g")),
        formula("=", over(cost, got[c.USED_GROUPS]), "=", number(got[c.MACS]))),
      html("div", {}, "parameters ",
        formula(over(["w", "h", sub("C", "1"), sub("C", "2")], "g"), ...bias),
        formula("=", over(weights, got[c.USED_GROUPS]), ...extra, "=", number(got[c.PARAMS]))),
    );
  }

  function say(table, rows, ours, published, at) {
    if (typed) {
      spoken.classList.add("illegal");
      spoken.textContent = typed;
      return;
    }
    const bad = ours.slice(0, -1).flatMap((row, i) => (legal(row) || row[c.STATE] === c.UNREACHED ? [] : [i]));
    spoken.classList.toggle("illegal", bad.length > 0);
    if (bad.length) {
      const behind = ours.slice(0, -1).filter((row) => row[c.STATE] === c.UNREACHED).length;
      const rest = bad.length > 1 ? ` ${plural(bad.length - 1, "further row")} marked “illegal”.` : "";
      spoken.textContent = `${faultOf(c, table, rows, ours, bad[0])}${rest}${behind ? ` ${plural(behind, "row")} behind ${bad.length > 1 ? "them" : "it"} ${behind > 1 ? "have" : "has"} no input.` : ""}`;
      return;
    }
    const [then, now] = [published.at(-1), ours.at(-1)];
    const share = (100 * ours[at][c.MACS]) / now[c.MACS];
    const changed = Object.keys(model.get("edits")).length;
    const compared = then[c.MACS] === now[c.MACS] && then[c.PARAMS] === now[c.PARAMS]
      ? "MACs and parameters as published"
      : `${(now[c.MACS] / then[c.MACS]).toFixed(2)} times the published MACs and ${(now[c.PARAMS] / then[c.PARAMS]).toFixed(2)} times the parameters`;
    spoken.textContent =
      `${table.names[at]}, convolution ${table.convs.indexOf(at) + 1} of ${table.convs.length}, takes ${share.toFixed(1)} % of this network’s MACs. ` +
      `${table.label} with ${changed ? plural(changed, "changed layer") : "no changed layer"}: ${compared}.`;
  }

  // Code that runs the chosen layer; of its numbers only the shape is shown.
  function code() {
    const rows = rowsOf(model.get("edits"));
    const at = chosenRow();
    const [row, got] = [rows[at], walkOf(rows)[at]];
    if (!legal(got)) return { convlib: "# The chosen layer is illegal.\n", pytorch: "# The chosen layer is illegal.\n" };
    const shape = [got[c.IN_CHANNELS], got[c.IN_HEIGHT], got[c.IN_WIDTH]].join(", ");
    const weight = [got[c.CHANNELS], got[c.IN_CHANNELS] / got[c.USED_GROUPS], row[c.KERNEL_H], row[c.KERNEL_W]].join(", ");
    const options = `stride=${row[c.STRIDE_H]}, dilation=${row[c.DILATION_H]}, groups=${got[c.USED_GROUPS]}`;
    const [top, bottom, left, right] = [c.PAD_TOP, c.PAD_BOTTOM, c.PAD_LEFT, c.PAD_RIGHT].map((column) => got[column]);
    const name = tableOf().names[at];
    return {
      convlib: `import numpy as np\nfrom convlib import conv2d\n\n# ${name}\nimage = np.ones((${shape}), dtype=np.float32)\nweight = np.ones((${weight}), dtype=np.float32)\n`
        + `output = conv2d(image, weight, padding=((${top}, ${bottom}), (${left}, ${right})), ${options})\n`,
      pytorch: `import torch\nimport torch.nn.functional as F\n\n# ${name}\nimage = torch.ones(${shape}, dtype=torch.float32)\nweight = torch.ones(${weight}, dtype=torch.float32)\n`
        + `padded = F.pad(image, (${left}, ${right}, ${top}, ${bottom}))\noutput = F.conv2d(padded, weight, ${options})\n`,
    };
  }

  // The entries of the menu for padding stand for −1, which is “same”, 0, 1, and so on.
  const followPadding = () => setAll(model, { padding_choice: model.get("padding") + 1 });
  const takePadding = () => setAll(model, { padding: model.get("padding_choice") - 1 });
  const shownBy = ["layer", "size", "width", "edits"];
  const changes = Object.fromEntries(Object.keys(knobs).map((knob) => [knob, change(knob)]));
  for (const name of shownBy) model.on(`change:${name}`, showLayer);
  for (const [knob, handler] of Object.entries(changes)) model.on(`change:${knob}`, handler);
  model.on("change:network", startNetwork);
  model.on("change:padding", followPadding);
  model.on("change:padding_choice", takePadding);
  showLayer();
  followPadding();

  return {
    names: ["network", ...shownBy, ...Object.keys(knobs)],
    draw,
    code,
    undo() {
      layers.undo();
      for (const name of shownBy) model.off(`change:${name}`, showLayer);
      for (const [knob, handler] of Object.entries(changes)) model.off(`change:${knob}`, handler);
      model.off("change:network", startNetwork);
      model.off("change:padding", followPadding);
      model.off("change:padding_choice", takePadding);
      releaseEnd();
    },
  };
}

export default explorer(build);

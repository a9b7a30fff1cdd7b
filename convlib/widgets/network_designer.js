// What the walk of convlib says about every layer of a design, and behind them about the whole.
function walkLayers(kernels, columns, rows, size, percent) {
  const memory = kernels.scratch();
  const count = rows.length + 1;
  const found = memory.reserveDoubles(count * columns.FOUND);
  kernels.walk_layers(memory.ints(rows.flat()), rows.length, 3, size, size, percent, found);
  const numbers = memory.readDoubles(found, count * columns.FOUND);
  return Array.from({ length: count }, (_, i) => numbers.subarray(i * columns.FOUND, (i + 1) * columns.FOUND));
}

const grouped = new Intl.NumberFormat("en-GB"); // one for all: making one takes longer than using it
const whole = (number) => grouped.format(number);
const signed = (number) => `${number < 0 ? "−" : ""}${Math.abs(number)}`;
const primed = (base) => mathml("msup", term(base), mathml("mo", "′"));
const times = (...numbers) => numbers.join(" × ");

// "+1,200"
function difference(from, to) {
  if (from === to) return "0";
  return `${to < from ? "−" : "+"}${whole(Math.abs(to - from))}`;
}

// " (+3.4 %)"
function inPercent(from, to) {
  if (from === to) return "";
  return ` (${to < from ? "−" : "+"}${Math.abs((100 * (to - from)) / from).toFixed(1)} %)`;
}

// "conv 3 × 3, s 2, p 1, g 32"; what is as usual is not said.
function describeLayer(columns, row, found) {
  const c = columns;
  if (row[c.KIND] === c.ADD) return "addition";
  if (row[c.KIND] === c.LINEAR) return "fully connected";
  const window = times(row[c.KERNEL_H], row[c.KERNEL_W]);
  if (row[c.KIND] === c.ADAPTIVE) return `average to ${window}`;
  const parts = [`${row[c.KIND] === c.CONV ? "conv" : "pool"} ${window}`];
  if (row[c.STRIDE_H] > 1) parts.push(`s ${row[c.STRIDE_H]}`);
  if (row[c.TOP] < 0) parts.push("same_upper");
  else if (row[c.TOP]) parts.push(`p ${row[c.TOP]}`);
  if (row[c.DILATION_H] > 1) parts.push(`d ${row[c.DILATION_H]}`);
  if (row[c.GROUPS] !== 1) parts.push(found[c.USED_GROUPS] ? `g ${found[c.USED_GROUPS]}` : "g = C1");
  return parts.join(", ");
}

// Why a layer has no output, and what to do.
function faultOf(columns, table, rows, found, at) {
  const c = columns;
  const [row, got, name] = [rows[at], found[at], table.names[at]];
  const g = got[c.USED_GROUPS];
  switch (got[c.STATE]) {
    case c.GROUPS_INPUT:
      return `${name} is illegal: g = ${g} does not divide its C1 = ${got[c.IN_CHANNELS]} input channels, and every group must get equally many. Choose a g that divides both C1 and C2 = ${got[c.CHANNELS]}.`;
    case c.GROUPS_OUTPUT:
      return `${name} is illegal: g = ${g} does not divide its C2 = ${got[c.CHANNELS]} output channels, and every group must make equally many. Choose a g, or a C2, so that g divides both C1 = ${got[c.IN_CHANNELS]} and C2.`;
    case c.TOO_TALL:
    case c.TOO_WIDE: {
      const spread = row[c.DILATION_H] > 1 ? ` with dilation ${row[c.DILATION_H]}` : "";
      return `${name} is illegal: its kernel of ${times(row[c.KERNEL_H], row[c.KERNEL_W])}${spread} is larger than what reaches it, ${times(got[c.IN_HEIGHT], got[c.IN_WIDTH])} pixels with padding ${got[c.PAD_TOP]}. Choose a smaller kernel, more padding, a larger input, or less stride before it.`;
    }
    case c.UNEQUAL: {
      const shape = (from) => [...found[from].slice(c.CHANNELS, c.WIDTH + 1)];
      return `${name} is illegal: the main path brings ${times(...shape(row[c.PREVIOUS]))}, the shortcut ${times(...shape(row[c.OTHER]))}, and what is added must be equal. Change both paths alike, C2 as well as stride.`;
    }
    default:
      return "";
  }
}

function build(model, el, kernels) {
  const tables = model.get("tables");
  const columns = model.get("columns");
  const knobs = model.get("knobs");
  const c = columns;
  const legal = (row) => row[c.STATE] === c.FINE;

  const undoButton = html("button", { type: "button", class: "jupyter-button" }, "undo");
  const resetButton = html("button", { type: "button", class: "jupyter-button" }, "reset to published");
  const formulas = html("div", { class: "formulas" });
  const spoken = html("p", { class: "said", "aria-live": "polite" });
  const totals = html("tbody");
  const heads = (...texts) => html("tr", {}, ...texts.map((text) => html("th", { scope: "col" }, text)));
  const totalsBox = html(
    "div", { class: "design-box", tabindex: 0, role: "group", "aria-label": "The whole network" },
    html("table", { class: "totals" }, html("thead", {}, heads("whole network", "published", "ours", "difference")), totals),
  );
  const body = html("tbody");
  const box = html(
    "div", { class: "design-box layers", tabindex: 0, role: "group", "aria-label": "Layers. Arrow keys choose a convolution." },
    html(
      "table", { class: "layers" },
      html("thead", {}, heads("", "layer", "what it is", "output", "MACs", "parameters", "field", "stride", "shift")),
      body,
    ),
  );
  const note = html("p", { class: "note" },
    "Padding −1 is ‘same_upper’, g 0 is g = C1. Field, stride and shift are in pixels of the image, down and across alike. ",
    "MACs and parameters count shortcuts and, for parameters, normalisation; fields follow the main path. ",
    "1 MAC = 2 FLOPs. Published: at ", `${model.get("published_size")} pixels and width 100 %.`);
  el.replaceChildren(html("div", { class: "design-buttons" }, undoButton, resetButton), formulas, spoken, totalsBox, box, note);

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
  const walkOf = (rows) => walkLayers(kernels, c, rows, model.get("size"), model.get("width"));

  // What the knobs of the chosen layer stand at under `edits`.
  const MOST_CHANNELS = 4096;
  function valuesAt(edits) {
    const rows = rowsOf(edits);
    const at = chosenRow();
    const values = Object.fromEntries(Object.entries(knobs).map(([knob, [column]]) => [knob, rows[at][column]]));
    // Channels may be a multiple of what comes in, which is unknown behind an illegal layer.
    const channels = walkOf(rows)[at][c.CHANNELS];
    values.out_channels = Math.min(channels || model.get("out_channels"), MOST_CHANNELS);
    return values;
  }

  // Knobs follow the chosen layer; a knob that the reader moves becomes a change of that layer.
  let applying = false;
  const showLayer = () => {
    if (applying) return;
    applying = true;
    setAll(model, valuesAt(model.get("edits")));
    applying = false;
  };
  // Earlier edits, each with the knob that was moved after it.
  let history = [];
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
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
    setAll(model, { layer: 1, last_layer: count, ...(Object.keys(model.get("edits")).length ? { edits: {} } : {}) });
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
  box.addEventListener("click", (event) => {
    const at = Number(event.target.closest("tr[data-row]")?.dataset.row ?? NaN);
    const number = tableOf().convs.indexOf(at) + 1;
    if (number) choose(number);
  });
  box.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    choose(model.get("layer") + steps[event.key]);
  });
  const releaseEnd = endKeyGoesTo(el, model, "layer", "layer", "last_layer");

  function draw() {
    const table = tableOf();
    const edits = model.get("edits");
    const rows = rowsOf(edits);
    const ours = walkOf(rows);
    const published = walkLayers(kernels, c, table.rows, model.get("published_size"), 100);
    const at = chosenRow();
    drawTotals(ours, published);
    drawLayers(table, rows, edits, ours, published, at);
    drawFormulas(rows[at], ours[at], table.names[at]);
    say(table, rows, ours, published, at);
    undoButton.disabled = !history.length;
    resetButton.disabled =
      same(edits, {}) && model.get("size") === model.get("published_size") && model.get("width") === 100;
  }

  const lastField = (found) => found.findLast((row) => row[c.FIELD_H] > 0);
  const field = (row) => (row?.[c.FIELD_H] ? `${row[c.FIELD_H]}` : "all");

  function drawTotals(ours, published) {
    const [then, now] = [published.at(-1), ours.at(-1)];
    const known = legal(now);
    const line = (name, from, to, write, share = () => "") => html(
      "tr", {}, html("th", { scope: "row" }, name), html("td", {}, write(from)),
      html("td", {}, known ? write(to) : "none"), html("td", {}, known ? difference(from, to) + share(from, to) : "–"),
    );
    const [seen, sees] = [lastField(published), lastField(ours)];
    totals.replaceChildren(
      line("MACs", then[c.MACS], now[c.MACS], whole, inPercent),
      line("parameters", then[c.PARAMS], now[c.PARAMS], whole, inPercent),
      line("field (px)", seen[c.FIELD_H], sees?.[c.FIELD_H], whole),
      line("effective stride (px)", seen[c.JUMP_H], sees?.[c.JUMP_H], whole),
      line("context shift (px)", seen[c.SHIFT_H], sees?.[c.SHIFT_H], signed),
    );
  }

  // The rows on the page, with what they say: one that says the same stays where it is.
  let drawn = [];
  let inView = null;
  function drawLayers(table, rows, edits, ours, published, chosen) {
    const shown = [c.CHANNELS, c.HEIGHT, c.WIDTH, c.MACS, c.PARAMS, c.FIELD_H, c.JUMP_H, c.SHIFT_H];
    const wanted = rows.map((row, at) => {
      const got = ours[at];
      const fine = legal(got);
      const unreached = got[c.STATE] === c.UNREACHED;
      const differs = shown.map((column) => got[column] !== published[at][column]);
      const cell = (text, changed = false) => ({ text, changed });
      let mark = edits[table.names[at]] ? "changed" : "";
      if (!fine) mark = unreached ? "no input" : "illegal";
      const kinds = [at === chosen && "picked", mark && mark.replace(" ", "-"), table.convs.includes(at) && "conv"];
      const numbers = fine
        ? [
          cell(times(got[c.CHANNELS], got[c.HEIGHT], got[c.WIDTH]), differs[0] || differs[1] || differs[2]),
          cell(whole(got[c.MACS]), differs[3]), cell(whole(got[c.PARAMS]), differs[4]), cell(field(got), differs[5]),
          cell(got[c.FIELD_H] ? `${got[c.JUMP_H]}` : "–", differs[6]),
          cell(got[c.FIELD_H] ? signed(got[c.SHIFT_H]) : "–", differs[7]),
        ]
        : Array.from({ length: 6 }, () => cell("–"));
      const what = cell(describeLayer(c, row, got), Boolean(edits[table.names[at]]));
      return {
        kind: kinds.filter(Boolean).join(" "), name: table.names[at], current: at === chosen,
        mark: `${at === chosen ? "▶" : ""}${mark ? ` ${mark}` : ""}`, cells: [what, ...numbers],
      };
    });
    if (drawn.length !== wanted.length) body.replaceChildren(...wanted.map(() => html("tr")));
    wanted.forEach((row, at) => {
      if (drawn.length !== wanted.length || !same(drawn[at], row)) body.children[at].replaceWith(layerRow(row, at));
    });
    drawn = wanted;
    const view = `${table.label} ${chosen}`;
    if (view === inView) return;
    inView = view;
    const picked = body.children[chosen];
    const head = box.querySelector("thead").offsetHeight;
    if (picked.offsetTop - head < box.scrollTop) box.scrollTop = picked.offsetTop - head;
    const below = picked.offsetTop + picked.offsetHeight - box.clientHeight;
    if (below > box.scrollTop) box.scrollTop = below;
  }

  const layerRow = ({ kind, name, current, mark, cells }, at) => html(
    "tr", { "data-row": at, class: kind, ...(current ? { "aria-current": "true" } : {}) },
    html("td", { class: "mark" }, mark), html("th", { scope: "row" }, name),
    ...cells.map(({ text, changed }) => html("td", changed ? { class: "differs" } : {}, text)),
  );

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
    const bad = ours.slice(0, -1).flatMap((row, i) => (legal(row) || row[c.STATE] === c.UNREACHED ? [] : [i]));
    spoken.classList.toggle("illegal", bad.length > 0);
    if (bad.length) {
      const behind = ours.slice(0, -1).filter((row) => row[c.STATE] === c.UNREACHED).length;
      const faults = bad.slice(0, 2).map((i) => faultOf(c, table, rows, ours, i));
      const rest = bad.length > 2 ? ` ${plural(bad.length - 2, "further row")} marked “illegal” below.` : "";
      spoken.textContent = `${faults.join(" ")}${rest}${behind ? ` ${plural(behind, "row")} behind ${bad.length > 1 ? "them" : "it"} ${behind > 1 ? "have" : "has"} no input.` : ""}`;
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

  const shownBy = ["layer", "size", "width", "edits"];
  const changes = Object.fromEntries(Object.keys(knobs).map((knob) => [knob, change(knob)]));
  for (const name of shownBy) model.on(`change:${name}`, showLayer);
  for (const [knob, handler] of Object.entries(changes)) model.on(`change:${knob}`, handler);
  model.on("change:network", startNetwork);
  showLayer();

  return {
    names: ["network", ...shownBy],
    draw,
    undo() {
      for (const name of shownBy) model.off(`change:${name}`, showLayer);
      for (const [knob, handler] of Object.entries(changes)) model.off(`change:${knob}`, handler);
      model.off("change:network", startNetwork);
      releaseEnd();
    },
  };
}

export default explorer(build);

// The table of layers in NetworkDesigner: a row a layer, the chosen one in view.

const heads = (...texts) => html("tr", {}, ...texts.map((text) => html("th", { scope: "col" }, text)));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isFine = (columns, row) => row[columns.STATE] === columns.FINE;
const field = (row, columns) => (row[columns.FIELD_H] ? `${row[columns.FIELD_H]}` : "all");

const layerRow = ({ kind, name, current, mark, cells }, at) => html(
  "tr", { "data-row": at, class: kind, ...(current ? { "aria-current": "true" } : {}) },
  html("td", { class: "mark" }, mark), html("th", { scope: "row" }, name),
  ...cells.map(({ text, changed }) => html("td", changed ? { class: "differs" } : {}, text)),
);

// `step(by)` is called for arrow keys, `pick(row)` for a click.
function layerTable(c, step, pick) {
  const body = html("tbody");
  const titles = heads("", "layer", "what it is", "output", "MACs", "parameters", "field", "stride", "shift");
  const box = html(
    "div", { class: "design-box layers", tabindex: 0, role: "group", "aria-label": "Layers. Arrow keys choose a convolution." },
    html("table", { class: "layers" }, html("thead", {}, titles), body),
  );
  box.addEventListener("click", (event) => pick(Number(event.target.closest("tr[data-row]")?.dataset.row ?? NaN)));
  box.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    step(steps[event.key]);
  });

  // The rows on the page, with what they say: one that says the same stays where it is.
  let drawn = [];
  let inView = null;
  function draw(table, rows, edits, ours, published, chosen) {
    const compared = [c.CHANNELS, c.HEIGHT, c.WIDTH, c.MACS, c.PARAMS, c.FIELD_H, c.JUMP_H, c.SHIFT_H];
    const wanted = rows.map((row, at) => {
      const got = ours[at];
      const fine = isFine(c, got);
      const unreached = got[c.STATE] === c.UNREACHED;
      const differs = compared.map((column) => got[column] !== published[at][column]);
      const cell = (text, changed = false) => ({ text, changed });
      let mark = edits[table.names[at]] ? "changed" : "";
      if (!fine) mark = unreached ? "no input" : "illegal";
      const kinds = [at === chosen && "picked", mark && mark.replace(" ", "-"), table.convs.includes(at) && "conv"];
      const numbers = fine
        ? [
          cell(times(got[c.CHANNELS], got[c.HEIGHT], got[c.WIDTH]), differs[0] || differs[1] || differs[2]),
          cell(whole(got[c.MACS]), differs[3]), cell(whole(got[c.PARAMS]), differs[4]), cell(field(got, c), differs[5]),
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
    if (drawn.length !== wanted.length) {
      drawn = [];
      body.replaceChildren(...wanted.map(() => html("tr")));
    }
    wanted.forEach((row, at) => {
      if (!same(drawn[at], row)) body.children[at].replaceWith(layerRow(row, at));
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

  return { box, draw };
}

// The table of layers in NetworkDesigner: a row a layer, and under the chosen one, always in view, the fields that change it.

const heads = (...texts) => html("tr", {}, ...texts.map((text) => html("th", { scope: "col" }, text)));
const isFine = (columns, row) => row[columns.STATE] === columns.FINE;
const field = (row, columns) => (row[columns.FIELD_H] ? `${row[columns.FIELD_H]}` : "all");

const barsOf = ([now, then]) => (now || then
  ? [html("span", { class: "now", style: `width: ${now}%` }), html("span", { class: "then", style: `left: ${then}%` })]
  : []);

// `macs` are shares of the largest row's: the bar behind the number, and where it would end as published.
const layerRow = ({ kind, name, current, mark, what, cells, macs }, at) => html(
  "tr", { "data-row": at, class: kind, ...(current ? { "aria-current": "true" } : {}) },
  html("th", { scope: "row" },
    html("span", { class: "pointer", "aria-hidden": "true" }, current ? "▶" : ""), html("span", { class: "name" }, name),
    html("span", { class: "what" }, mark ? `${mark}: ${what}` : what)),
  ...cells.map(({ text, changed }, k) => html("td", changed ? { class: "differs" } : {}, text, ...(k ? [] : barsOf(macs)))),
);

// `step(by)` is called for arrow keys, `pick(row)` for a click. `editor` is the row under the chosen one.
function layerTable(c, step, pick, editor) {
  const body = html("tbody");
  const titles = heads("layer", "MACs", "parameters", "shift", "field", "stride", "output");
  const box = html(
    "div", { class: "design-box layers", tabindex: 0, role: "group", "aria-label": "Layers. Arrow keys choose a convolution." },
    html("table", { class: "layers" }, html("thead", {}, titles), body),
  );
  const isEditor = ({ target }) => editor.contains(target);
  box.addEventListener("click", (event) => {
    if (!isEditor(event)) pick(Number(event.target.closest("tr[data-row]")?.dataset.row ?? NaN));
  });
  box.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || isEditor(event)) return;
    event.preventDefault();
    step(steps[event.key]);
  });

  // The rows on the page, with what they say and what they are to say: one that says the same stays where it is.
  let [nodes, drawn, wanted] = [[], [], []];
  let inView = null;
  function renew(at) {
    if (same(drawn[at], wanted[at])) return;
    const made = layerRow(wanted[at], at);
    nodes[at].replaceWith(made);
    [nodes[at], drawn[at]] = [made, wanted[at]];
  }
  // A change of all layers is drawn in two frames, so that the first is not late: rows in sight, then those to scroll to.
  // What is in sight is asked when nothing has changed yet, or the browser would lay out the page for the answer.
  let sight = [0, Infinity];
  const lookAround = () => {
    const height = box.scrollHeight / nodes.length;
    sight = [box.scrollTop / height - 2, (box.scrollTop + box.clientHeight) / height + 2];
  };
  box.addEventListener("scroll", lookAround);
  let later = null;
  const drawRest = () => {
    lookAround();
    nodes.forEach((_, at) => renew(at));
  };
  function draw(table, rows, edits, ours, published, chosen) {
    const most = Math.max(1, ...[...ours.slice(0, -1), ...published.slice(0, -1)].map((row) => row[c.MACS]));
    const share = (row) => Math.round((1000 * row[c.MACS]) / most) / 10;
    wanted = rows.map((row, at) => {
      const [got, then] = [ours[at], published[at]];
      const fine = isFine(c, got);
      const differs = (...columns) => columns.some((column) => got[column] !== then[column]);
      let mark = edits[table.names[at]] ? "changed" : "";
      if (!fine) mark = got[c.STATE] === c.UNREACHED ? "no input" : "illegal";
      const kinds = [at === chosen && "picked", mark && mark.replace(" ", "-"), table.convs.includes(at) && "conv"];
      const cell = (text, changed = false) => ({ text, changed });
      const numbers = fine
        ? [
          cell(whole(got[c.MACS]), differs(c.MACS)), cell(whole(got[c.PARAMS]), differs(c.PARAMS)),
          cell(got[c.FIELD_H] ? signed(got[c.SHIFT_H]) : "–", differs(c.SHIFT_H)), cell(field(got, c), differs(c.FIELD_H)),
          cell(got[c.FIELD_H] ? `${got[c.JUMP_H]}` : "–", differs(c.JUMP_H)),
          cell(times(got[c.CHANNELS], got[c.HEIGHT], got[c.WIDTH]), differs(c.CHANNELS, c.HEIGHT, c.WIDTH)),
        ]
        : Array.from({ length: 6 }, () => cell("–"));
      return {
        kind: kinds.filter(Boolean).join(" "), name: table.names[at], current: at === chosen, mark,
        what: describeLayer(c, row), cells: numbers, macs: [fine ? share(got) : 0, share(then)],
      };
    });
    if (nodes.length !== wanted.length) {
      [nodes, drawn, sight] = [wanted.map(() => html("tr")), [], [0, Infinity]];
      body.replaceChildren(...nodes);
    }
    nodes.forEach((_, at) => {
      const isSeen = at >= sight[0] && at <= sight[1];
      if (isSeen || at === chosen || drawn[at]?.current) renew(at);
    });
    cancelAnimationFrame(later);
    later = requestAnimationFrame(drawRest);
    const picked = nodes[chosen];
    if (picked.nextSibling !== editor) picked.after(editor);
    const view = `${table.label} ${chosen}`;
    if (view === inView || !box.clientHeight) return;
    inView = view;
    const head = box.querySelector("thead").offsetHeight;
    if (picked.offsetTop - head < box.scrollTop) box.scrollTop = picked.offsetTop - head;
    const below = editor.offsetTop + editor.offsetHeight - box.clientHeight;
    if (below > box.scrollTop) box.scrollTop = below;
  }

  return { box, draw, undo: () => cancelAnimationFrame(later) };
}

// How the field grows from layer to layer: its sum, its formulas and its chart, for ReceptiveField.

// The terms of the sum, each with the layers that it stands for: one a layer or, in a long stack, one for all the layers
// that have the same jump before them.
function termsOf(steps, each) {
  const terms = [];
  steps.forEach(({ taps, jumpBefore: jump }, at) => {
    const same = each ? null : terms.find((term) => term.jump === jump);
    if (same) {
      same.count += taps;
      same.layers.push(at);
    } else terms.push({ count: taps, jump, layers: [at] });
  });
  return each ? terms : terms.filter(({ count }) => count);
}

// MathML drops plain spaces.
const unitOf = (name) => mathml("mtext", `\u00a0${name}`);

function fieldFormula(steps, reached) {
  const terms = termsOf(steps, false).flatMap(({ count, jump }) => ["+", count, "·", jump]);
  return [
    formula("r", "=", 1, "+", mathml("munder", term("∑"), term("l")), "(", sub("k", "l"), "−", 1, ")", sub("j", "l")),
    formula("=", 1, ...terms, "=", reached.field, unitOf("px")),
  ];
}

function jumpFormula(steps, reached) {
  const strides = steps.map((step) => step.jump / step.jumpBefore).filter((stride) => stride > 1);
  const product = strides.flatMap((stride, k) => (k ? ["·", stride] : [stride]));
  return [
    formula("S", "=", mathml("munder", term("∏"), term("l")), sub("s", "l"), "="),
    formula(...(strides.length > 1 ? [...product, "="] : []), reached.jump, unitOf("px")),
  ];
}

const paddingFormula = (reached) => [
  formula("P", "=", mathml("munder", term("∑"), term("l")), sub("p", "l"), sub("j", "l"), "="),
  formula(reached.before, unitOf("px before,"), mathml("mtext", "\u00a0"), reached.after, unitOf("px after")),
];

// "(r − S) / 2 − P = (212 − 32) / 2 − 90 = 0 px"
const offsetFormula = (reached, shift) => [
  formula(over(["r", "−", "S"], 2), "−", "P"),
  formula("=", over([reached.field, "−", reached.jump], 2), "−", reached.before, "=", shift, unitOf("px")),
];

// "field r = 1 + 2·1 + 2·2 = 7 px": each term can be pointed at or focused, which calls `light(layers)`, or `light([])`.
function sumLine(node, terms, names, total, light) {
  const parts = terms.map(({ count, jump, layers }) => {
    const who = layers.length > 1 ? `${layers.length} layers from ${names[layers[0]]} to ${names[layers.at(-1)]}` : names[layers[0]];
    const label = `${count}·${jump}: what ${who} ${layers.length > 1 ? "add" : "adds"}`;
    const part = html("span", { class: "addend", tabindex: 0, role: "note", "aria-label": label, "data-layers": layers.join(" ") }, `${count}·${jump}`);
    for (const event of ["pointerenter", "focus"]) part.addEventListener(event, () => light(layers));
    for (const event of ["pointerleave", "blur"]) part.addEventListener(event, () => light([]));
    return part;
  });
  node.replaceChildren("field r = 1", ...parts.flatMap((part) => [" + ", part]), ` = ${total} px`);
}

// The end of an axis that holds `most`: it changes seldom while layers are added.
const axisEnd = (most) => [16, 32, 64, 128, 256, 512, 1024].find((end) => end >= most) ?? most;

// The chart in `figure`: one column a layer, as high as what the layer adds, on top of those before it; strides are marked.
// `light(layers)` is told which one is pointed at; the grip at the last column counts more layers or fewer.
function growthChart(figure, grip, light) {
  const caption = html("figcaption");
  const shapes = svg("g");
  const drawing = svg("svg", { role: "group" }, shapes, grip.node);
  figure.replaceChildren(caption, drawing);
  let [shown, lit] = [null, []];
  const point = (event) => {
    const at = Math.floor((pointIn(drawing, event)[0] - shown.left) / shown.column);
    light(at >= 0 && at < shown.depth ? [at] : []);
  };
  drawing.addEventListener("pointermove", (event) => event.buttons || point(event));
  drawing.addEventListener("click", point);
  drawing.addEventListener("pointerleave", () => light([]));

  // What is said above the columns: what the lit layer adds, or what the chart is.
  function say() {
    const { all, names, narrow } = shown;
    if (lit.length === 1) {
      const added = all[lit[0]].field - (lit[0] ? all[lit[0] - 1].field : 1);
      caption.textContent = narrow ? `+ ${added} px` : `${names[lit[0]]} adds ${all[lit[0]].taps}·${all[lit[0]].jumpBefore} = ${added} px`;
    } else caption.textContent = narrow ? "field, ◆ stride" : "field r after each layer; ◆ stride above 1";
  }

  // `all` are the fields after the layers that are drawn, `depth` is how many of them are counted, `last` how many there may be.
  function draw({ all, names, depth, last, size, width, height, narrow }) {
    const [left, bottom, top] = [34, 22, 8];
    const most = axisEnd(Math.max(1, ...all.map(({ field }) => field)));
    const column = (width - left - 10) / Math.max(last, 1);
    shown = { all, names, depth, left, column, narrow };
    const x = (at) => left + column * at;
    const y = (value) => height - bottom - ((height - bottom - top) * value) / most;
    const text = (at, up, label, kind) => svg("text", { x: at, y: up, class: kind }, label);
    const columns = all.map(({ field }, at) => {
      const before = at ? all[at - 1].field : 1;
      return svg("rect", {
        x: x(at), y: y(field), width: column, height: Math.max(y(before) - y(field), 1), class: at < depth ? "counted" : "later", "data-layer": at,
      });
    });
    const marks = all.flatMap((step, at) => (step.jump > step.jumpBefore
      ? [svg("path", { d: `M${x(at + 0.5) - 4} ${y(step.field)}l4 -5l4 5l-4 5z`, class: "strided" })] : []));
    const here = depth ? all[depth - 1].field : 1;
    const input = size <= most
      ? [svg("path", { d: `M${left} ${y(size)}H${width - 10}`, class: "input-size" }), text(left + 4, y(size) + (y(size) > 24 ? -4 : 14), `input ${size}`, "input-label")]
      : [];
    shapes.replaceChildren(
      svg("rect", { x: left, y: 0, width: width - left, height, class: "ground" }),
      ...columns, svg("path", { d: `M${left} ${top}V${height - bottom}H${width - 10}`, class: "axes" }), ...input, ...marks,
      text(left - 5, y(0), "0", "tick"), text(left - 5, y(most) + 8, `${most}`, "tick"),
      text(left, height - 6, narrow ? "0" : "0 layers", ""), text(width - 10, height - 6, `${last}`, "tick"),
    );
    setAttributes(drawing, {
      viewBox: `0 0 ${width} ${height}`, width, height,
      "aria-label": `Field after each of ${plural(all.length, "layer")}, from 1 pixel to ${all.at(-1)?.field ?? 1}; after ${depth} of them ${here}.`,
    });
    grip.at(x(depth), y(here), 1, { now: depth, low: 0, high: last, text: `${plural(depth, "layer")}: ${plural(here, "pixel")}` });
    say();
  }
  return {
    draw,
    column: () => shown.column,
    light(layers) {
      lit = layers;
      if (shown) say();
    },
  };
}

// How the field grows from layer to layer: its formulas and its chart, for ReceptiveField.

// The layers that have the same jump before them add up to one term, "taps · jump".
function termsOf(steps) {
  const taps = new Map();
  for (const { taps: more, jumpBefore } of steps) taps.set(jumpBefore, (taps.get(jumpBefore) ?? 0) + more);
  return [...taps].filter(([, count]) => count > 0);
}

// MathML drops plain spaces.
const unitOf = (name) => mathml("mtext", `\u00a0${name}`);

function fieldFormula(steps, reached) {
  const terms = termsOf(steps).flatMap(([jump, count]) => ["+", count, "·", jump]);
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

// How the field grows, layer after layer: a step for each one, the strides marked.
// `all` and `own` are the fields after the layers of the network and of the own stack, `depth` is how
// many layers are counted.
function fieldChart(all, own, depth, size) {
  const [width, height, left, bottom, top] = [340, 220, 46, 30, 14];
  const most = Math.max(size, ...all.map(({ field }) => field));
  const beyond = own.findIndex(({ field }) => field > most); // the own stack is drawn as far as it fits
  const compared = beyond < 0 ? own : own.slice(0, beyond);
  const x = (at) => left + ((width - left - 10) * at) / Math.max(all.length, own.length, 1);
  const y = (value) => height - bottom - ((height - bottom - top) * value) / most;
  const path = (rows) => `M${x(0)} ${y(1)}` + rows.map(({ field }, at) => `L${x(at + 1)} ${y(field)}`).join("");
  const text = (at, up, label, kind = "") => svg("text", { x: at, y: up, class: kind }, label);
  const strided = all.flatMap((step, at) => (step.jump > step.jumpBefore
    ? [svg("path", { d: `M${x(at + 1) - 4} ${y(step.field)}l4 -5l4 5l-4 5z`, class: "strided" })] : []));
  const here = depth ? all[depth - 1].field : 1;
  const label = `Field after each of ${all.length} layers, from 1 to ${all.length ? all[all.length - 1].field : 1} pixels; after ${depth} layers ${here}.`;
  return [
    html("figcaption", {}, "field r (px) after each layer; ◆ has a stride above 1"),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, style: `width: ${width}px`, role: "img", "aria-label": label },
      svg("path", { d: `M${left} ${top}V${height - bottom}H${width - 10}`, class: "axes" }),
      svg("path", { d: `M${left} ${y(size)}H${width - 10}`, class: "input-size" }),
      text(left + 6, y(size) + (most > size ? -4 : 14), `input ${size}`, "input-label"),
      svg("path", { d: path(all), class: "later" }),
      ...(own.length ? [
        svg("path", { d: path(compared), class: "own" }),
        text(x(compared.length) + 5, y(compared.at(-1)?.field ?? 1) + (compared.length < own.length ? 12 : -6), "own stack", "own-label"),
      ] : []),
      svg("path", { d: path(all.slice(0, depth)), class: "counted" }),
      ...strided,
      svg("circle", { cx: x(depth), cy: y(here), r: 6, class: "here" }),
      text(left - 6, y(0), "0", "tick"), text(left - 6, y(most) + 4, `${most}`, "tick"),
      text(x(0), height - 10, "0 layers"), text(x(all.length), height - 10, `${all.length}`, "tick"),
    ),
  ];
}

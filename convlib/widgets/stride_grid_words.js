// StrideGrid: what it says of an output, of a pixel, of what is cut; the formula; the key to the marks.

const TENSORFLOW = 1;
// What cut_cells writes for a cell of the padded input; odd numbers are padding.
const FATES = ["read", "read", "dropped", "dropped", "jumped", "jumped"];

// "⌊(H − h + 2p) / s⌋ + 1 = ⌊(7 − 3 + 2·1) / 2⌋ + 1 = ⌊6 / 2⌋ + 1 = 4"; SAME has no 2p, but two ends, and before there is
// `padding` there is neither.
function strideFormula(axis, size, kernel, rule, padding) {
  const { before, after, stride, outputs } = axis;
  const plus = (symbols, own) => (padding ? ["+", ...(rule === TENSORFLOW ? symbols : own)] : []);
  const ends = plus([sub("p", "before"), "+", sub("p", "after")], [2, sub("p", kernel)]);
  const numbers = plus([before, "+", after], [2, "·", before]);
  const step = (upper) => floored(over(upper, stride));
  const last = outputs
    ? ["=", step(axis.every - 1), "+", 1, "=", outputs]
    : ["=", "none"];
  return [
    formula(floored(over([size, "−", kernel, ...ends], sub("s", kernel))), "+", 1),
    formula("=", step([axis.size, "−", axis.kernel, ...numbers]), "+", 1),
    formula(...last),
  ];
}

// The MACs of both outputs, for the folded details.
function costSays({ rows, columns }, { everyMacs, stridedMacs }) {
  if (!stridedMacs) return ["No output, no cost."];
  return [
    "Cost: ", html("b", { "data-macs": "every" }, `${everyMacs}`), " MACs at stride 1, ", html("b", { "data-macs": "strided" }, `${stridedMacs}`),
    ` MACs at stride ${rows.stride} down and ${columns.stride} across (${Math.round((100 * stridedMacs) / everyMacs)} %), `,
    "for one input and one output channel; times C₁ · C₂ for all.",
  ];
}

// What the rounding cuts on one axis: "Rows: 4 / 3 ", the words that light up what is cut, and the rest of the sentence.
function cutSays(axis, name, noun) {
  const room = axis.every - 1;
  if (!axis.dropped) return [` ${name}: ${room} is divisible by ${axis.stride}, nothing is cut at the end.`, "", ""];
  const padding = Math.min(axis.dropped, axis.after);
  const pixels = axis.dropped - padding;
  const what = [pixels && `${plural(pixels, noun)} of pixels`, padding && `${plural(padding, noun)} of padding`];
  const cut = `${what.filter(Boolean).join(" and ")} at the end ${axis.dropped === 1 ? "is" : "are"} cut.`;
  return [` ${name}: ${room} / ${axis.stride} `, `leaves ${axis.dropped}`, `, so ${cut}`];
}

// "Input cell (2, 3) holds 4 and is read by 2 computed outputs, marked with dots (at stride 1 by 9)."
function pixelSays([row, column], inside, value, fate, computed, every) {
  const what = `${inside ? "Input" : "Padding"} cell (${shown(row)}, ${shown(column)}) holds ${shown(value)} and`;
  if (fate === "dropped") return `${what} is cut: no window reaches it.`;
  if (fate === "jumped") return `${what} is jumped over: it lies between the windows.`;
  return `${what} is read by ${plural(computed, "computed output")}, marked with ${computed === 1 ? "a dot" : "dots"} (at stride 1 by ${every}).`;
}

function tooLarge({ rows, columns }, got) {
  const misfits = [];
  if (!rows.every) misfits.push(`kernel height ${rows.kernel} is more than the padded height ${got.height}`);
  if (!columns.every) misfits.push(`kernel width ${columns.kernel} is more than the padded width ${got.width}`);
  return `There is no output at any stride: ${misfits.join(", and ")}. Choose a smaller kernel, a larger input or more padding.`;
}

// The key: what a cell of each look means, and how many there are.
function keyOfMarks() {
  const entries = [
    ["computed", "output", "computed"], ["skipped", "output skipped", "skipped"], ["pixels", "input dropped", "cut pixels"],
    ["padding", "padding dropped", "cut padding"], ["jumped", "input jumped", "jumped over"],
  ].map(([name, kind, text]) => {
    const { cell } = cellOf(0, 0, { kind, text: "" });
    const sample = svg("svg", { viewBox: `-2 -2 ${CELL + 4} ${CELL + 4}`, "aria-hidden": "true" }, cell);
    const count = html("b");
    return { count, item: html("li", { "data-key": name }, sample, html("span", {}, `${text} `, count)) };
  });
  const node = html("ul", { class: "key" }, ...entries.map(({ item }) => item));
  const say = (counts) => entries.forEach(({ count }, k) => {
    count.textContent = counts[k];
  });
  return { node, say };
}

// The sentence: its lead, and for each axis what is cut. Its parts stay, so that words keep the focus while they change.
// `light(axis)` is told whose words are pointed at or have the focus: "rows", "columns", or nothing.
function saidOfStride(light) {
  const lead = html("span");
  const axes = ["rows", "columns"].map((name) => {
    const words = html("button", { type: "button", class: "cut-words", "data-axis": name });
    const on = () => light(name);
    const off = () => light("");
    for (const event of ["pointerenter", "focus", "click"]) words.addEventListener(event, on);
    for (const event of ["pointerleave", "blur"]) words.addEventListener(event, off);
    return { before: html("span"), words, after: html("span") };
  });
  const node = html("p", { class: "said", "aria-live": "polite" }, lead, ...axes.flatMap(({ before, words, after }) => [before, words, after]));
  const write = (part, text) => {
    if (part.textContent !== text) part.textContent = text;
  };
  const say = (first, cuts) => {
    write(lead, first);
    axes.forEach(({ before, words, after }, k) => {
      [before, words, after].forEach((part, at) => write(part, cuts[k][at]));
      words.hidden = !cuts[k][1];
    });
  };
  return { node, say, words: axes.map((axis) => axis.words) };
}

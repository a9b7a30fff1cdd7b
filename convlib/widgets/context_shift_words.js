// ContextShift: how far the picture moves, in words and in the formula.

const direction = (amount, forth, back) => plural(Math.abs(amount), "pixel") + (amount < 0 ? ` ${back}` : ` ${forth}`);
const said = (down, right) => {
  const parts = [];
  if (down) parts.push(direction(down, "down", "up"));
  if (right) parts.push(direction(right, "to the right", "to the left"));
  return parts.join(" and ") || "0 pixels";
};

const tieSentence = ({ step, count }) =>
  count === 1
    ? "."
    : `, the shortest of ${count} displacements that fit equally well: the picture looks the same when moved by ${said(...step)}.`;

// How many layers pad by how much before an axis: [[layers, padding], ...], in the order in which they come.
function runsOf(paddings, end) {
  const counts = new Map();
  for (const { [end]: before } of paddings) counts.set(before, (counts.get(before) ?? 0) + 1);
  return [...counts].map(([before, layers]) => [layers, before]);
}

// "n (p − (k − 1) / 2) = 3 (6 − (7 − 1) / 2) = 9 px", with a term for each padding that some of the layers have.
function shiftFormula(kernel, runs, name, result) {
  const half = (k) => over([k, "−", 1], 2);
  const terms = runs.map(([layers, before]) => [layers, "(", before, "−", half(kernel), ")"]);
  const symbols = [runs.length < 2 ? "n" : "∑", "(", sub("p", name), "−", half("k"), ")"];
  return [formula(...symbols), formula("=", ...terms.flatMap((term, at) => (at ? ["+", ...term] : term)), "=", result, mathml("mtext", "\u00a0px"))];
}

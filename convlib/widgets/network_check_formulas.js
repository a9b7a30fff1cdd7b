// How a tensor's field, stride and centre come from those of what it is made of, with this tensor's numbers.

const primedOf = (letter) => mathml("msup", term(letter), mathml("mo", "′"));
const decimal = (value) => mathml("mn", inWords(value).replace("-", "−"));

// Lines for one axis, 0 down and 1 across; none where the tensor does not slide a window over one that is followed.
function axisFormulas(c, rows, row, axis) {
  const source = rows[row.made.rows[0]];
  if (![c.CONV, c.POOL].includes(row.made.kind) || !row.field || !source?.field) return [];
  const [w, s, d] = ["kernel", "stride", "dilation"].map((name) => row.made[name][axis]);
  const [before] = row.made.padding[axis];
  const [j, c0, f] = ["stride", "center", "field"].map((name) => source[name][axis]);
  const name = ["rows", "columns"][axis];
  const span = ["(", w, "−", 1, ")"];
  const reach = d > 1 ? [d, ...span] : span;
  const dilated = d > 1 ? [term("d"), "(", "w", "−", 1, ")"] : ["(", "w", "−", 1, ")"];
  return [
    html("div", {}, `${name}, field `, formula(primedOf("r"), "=", "r", "+", ...dilated, "j"), formula("=", decimal(f), "+", ...reach, "·", decimal(j), "=", decimal(row.field[axis]))),
    html("div", {}, `${name}, stride `, formula(primedOf("j"), "=", "s", "j"), formula("=", s, "·", decimal(j), "=", decimal(row.stride[axis]))),
    html("div", {}, `${name}, centre `, formula(primedOf("c"), "=", "c", "+", "(", over(dilated, 2), "−", "p", ")", "j"),
      formula("=", decimal(c0), "+", "(", over(reach, 2), "−", before, ")", "·", decimal(j), "=", decimal(row.center[axis]))),
  ];
}

// What stands in the fold: formulas of a window, the centres of what meets, or that there is nothing to work out.
function checkFormulas(c, report, tensor) {
  const row = report?.rows[tensor];
  if (!row) return [];
  const lines = [0, 1].flatMap((axis) => axisFormulas(c, report.rows, row, axis));
  if (lines.length) return lines;
  if ([c.MERGE, c.CONCAT].includes(row.made.kind)) {
    return row.made.rows.slice(0, 6).map((at) => {
      const source = report.rows[at];
      return html("div", {}, source.center ? `${source.name}: centre ${signedPair(source.center)}, stride ${timesOf(source.stride)}` : `${source.name}: no windows`);
    });
  }
  return [html("div", {}, `${row.name} slides no window: field, stride and centre are those of what it is made of, or there are none.`)];
}

// OutputSize: the formula of the output's size, and the places of the three grids.

const ROW_NAMES = { size: "H", kernel: "h", before: "top", after: "bottom" };
const COLUMN_NAMES = { size: "W", kernel: "w", before: "left", after: "right" };

// "⌊(4 − 2 + 0 + 0) / 1⌋ + 1 = 3", in symbols and then in numbers, with the terms that were introduced.
function sizeFormula(axis, names, length, { padding, stride }) {
  const { size, kernel, before, after } = axis;
  const fraction = (terms, s) => (stride ? floored(over(terms, s)) : padding ? ["(", terms, ")"] : terms);
  const symbols = [names.size, "−", names.kernel, ...(padding ? ["+", sub("p", names.before), "+", sub("p", names.after)] : [])];
  const numbers = [size, "−", kernel, ...(padding ? ["+", before, "+", after] : [])];
  return [
    formula(fraction(symbols, sub("s", names.kernel)), "+", 1),
    formula("=", fraction(numbers, axis.stride), "+", 1, "=", length, ...(length ? [] : [mathml("mtext", ": no window fits")])),
  ];
}

const LARGEST_CELL = 44;
const CAPTION = 26;
const KEPT_FREE = 2; // cells of room for padding around the input, before it has to be drawn smaller

// Where each grid stands and how large its cells are. The input's first pixel stays where it is while padding grows, if
// there may be padding; otherwise no room is kept for it.
function roomFor({ width, height, narrow }, { rows, columns }, got, padded) {
  const free = padded ? KEPT_FREE : 0;
  const along = ({ before, after, size }) => ({ head: Math.max(before, free), all: Math.max(before, free) + size + Math.max(after, free) });
  const [down, across] = [along(rows), along(columns)];
  const low = narrow ? 0.61 * height : 0; // where kernel and output begin
  const left = narrow ? 0 : 0.48 * width;
  const area = { width: (narrow ? width : left) - 32, height: (narrow ? low : height) - CAPTION - 14 };
  const cell = Math.min(LARGEST_CELL, area.width / across.all, area.height / down.all);
  const input = { left: (across.head - columns.before) * cell + 8, top: (down.head - rows.before) * cell, cell };
  const below = { width: width - left, height: height - low - CAPTION - 8 };
  const kernelCell = Math.min(36, (0.34 * below.width) / columns.kernel, below.height / rows.kernel);
  const output = { left: left + 0.42 * below.width, top: low };
  output.cell = Math.min(cell, (0.58 * below.width - 8) / Math.max(got.ow, 1), below.height / Math.max(got.oh, 1));
  return { input, kernel: { left, top: low, cell: kernelCell }, output };
}

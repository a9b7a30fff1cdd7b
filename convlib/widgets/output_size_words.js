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

const LARGEST_CELL = 34;
const KERNEL_CELL = 28;
const CAPTION = 26;
const KEPT_FREE = 2; // cells of room for padding around the input, before it has to be drawn smaller

// Where each grid stands and how large its cells are. The input's first pixel stays where it is while padding grows.
function roomFor({ width, height, narrow }, { rows, columns }, got) {
  const free = ({ before, after }, size) => ({ head: Math.max(before, KEPT_FREE), all: Math.max(before, KEPT_FREE) + size + Math.max(after, KEPT_FREE) });
  const [down, across] = [free(rows, rows.size), free(columns, columns.size)];
  const area = narrow ? { width, height: height - 210 } : { width: 0.47 * width, height: height - CAPTION - 8 };
  const cell = Math.min(LARGEST_CELL, area.width / (across.all + 0.4), (area.height - (narrow ? CAPTION : 0)) / (down.all + 0.4));
  const input = { left: (across.head - columns.before) * cell, top: (down.head - rows.before) * cell, cell };
  const low = narrow ? height - 190 : 2 * LARGEST_CELL * (KEPT_FREE ? 0.5 : 0);
  const kernelLeft = narrow ? 0 : 0.5 * width;
  const kernelCell = Math.min(KERNEL_CELL, (narrow ? 0.4 * width : 0.2 * width) / Math.max(columns.kernel, 1));
  const outputLeft = narrow ? 0.45 * width : 0.72 * width;
  const roomLeft = { width: width - outputLeft - 4, height: height - low - CAPTION - 6 };
  const outputCell = Math.min(LARGEST_CELL, roomLeft.width / Math.max(got.ow, 1), roomLeft.height / Math.max(got.oh, 1));
  return { input, kernel: { left: kernelLeft, top: low, cell: kernelCell }, output: { left: outputLeft, top: low, cell: outputCell } };
}

// ConvolutionMatrix: what it says of a row, of a pixel, of a weight; what both kinds of layer cost.

const LETTERS = "abcdefghi"; // a kernel's entries, row by row

const number = (value) => value.toLocaleString("en-GB");

function costTable({ params, macs, bytes, denseParams, denseMacs, denseBytes }) {
  const cells = (tag, texts) => html("tr", {}, ...texts.map((text) => html(tag, {}, text)));
  return [
    html("caption", {}, "The same numbers in, the same numbers out. Bytes are those of the parameters, as float32."),
    html("thead", {}, cells("th", ["", "parameters", "MACs", "bytes"])),
    html(
      "tbody", {},
      cells("td", ["convolution", number(params), number(macs), number(bytes)]),
      cells("td", ["fully connected", number(denseParams), number(denseMacs), number(denseBytes)]),
    ),
  ];
}

const placeIn = (index, across) => `(${Math.floor(index / across)}, ${index % across})`;

// "Row 5 of M makes output (1, 2) = 1·6 + 2·8 + 3·2 + 4·6 = 52; the rest of the row is 0 …"
function rowSays(got, row) {
  const joined = [];
  for (let c = 0; c < got.columns; c += 1) {
    const tap = got.taps[row * got.columns + c];
    if (tap >= 0) joined.push(product(got.kernel[tap], got.pixels[c]));
  }
  const sum = joined.length ? joined.join(" + ") : "nothing but padding";
  const zeros = got.columns - joined.length;
  return [
    `Row ${row} of M makes output ${placeIn(row, got.ow)} = ${sum} = ${shown(got.sums[row])}; `,
    zeros ? `the rest of the row is 0 (${plural(zeros, "column")}). ` : "the row has no zeros. ",
    html("span", { "data-connections": got.connections }, `In all, ${got.connections} of ${got.denseParams} entries hold a weight, and those are only ${plural(got.params, "number")}, repeated.`),
    got.onPadding ? ` ${plural(got.onPadding, "MAC")} of the convolution ${got.onPadding === 1 ? "multiplies" : "multiply"} the zeros of the padding, which have no column.` : "",
  ];
}

// "Pixel (1, 2) holds 7 and is column 6 of M. 4 outputs read it: the rows with a letter there, marked with dots."
function pixelSays([i, j], column, value, readers) {
  const place = `(${shown(i)}, ${shown(j)})`;
  if (column === null) return `Cell ${place} is padding: always 0, so M has no column for it.`;
  const where = `Pixel ${place} holds ${shown(value)} and is column ${column} of M.`;
  if (!readers) return `${where} No output reads it: the column is empty.`;
  return readers === 1
    ? `${where} 1 output reads it, marked with a dot: the one row that has a letter in this column.`
    : `${where} ${readers} outputs read it, marked with dots: the rows that have a letter in this column.`;
}

// "Weight a = 1 stands in 9 of the 9 rows of M: the same number each time, in another column."
function weightSays(got, tap) {
  const rows = got.rowsWith[tap];
  return `Weight ${LETTERS[tap]} = ${shown(got.kernel[tap])} stands in ${rows} of the ${plural(got.rows, "row")} of M: the same number each time, for another pixel.`;
}

function tooSmall({ height, width, kh, kw, padding }) {
  const axes = [];
  if (kh > height + 2 * padding) axes.push(`kernel height ${kh} is more than the padded height ${height + 2 * padding}`);
  if (kw > width + 2 * padding) axes.push(`kernel width ${kw} is more than the padded width ${width + 2 * padding}`);
  return `There is no output, so the matrix has no rows: ${axes.join(", and ")}. Choose a smaller kernel, a larger input or more padding.`;
}

// Pictures that several explorers draw: grids of cells, and photographs.

const CELL = 40; // a grid cell's side in drawing units

// A grid of cells; `describe(row, column)` gives each one's class, text and marks.
function grid(rows, columns, describe) {
  const cells = [];
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      const { kind, text, mark } = describe(i, j);
      const at = `translate(${j * CELL} ${i * CELL})`;
      const square = svg("rect", { width: CELL, height: CELL });
      const cell = svg("g", { class: `cell ${kind}`, transform: at, "data-at": `${i},${j}` }, square);
      if (kind.includes("padding")) cell.append(svg("path", { d: hatch(CELL), class: "hatch" }));
      if (kind.includes("dropped")) cell.append(svg("path", { d: cross(CELL), class: "cross" }));
      cell.append(svg("text", { x: CELL / 2, y: CELL / 2 }, text));
      if (mark) cell.append(svg("circle", { cx: CELL - 7, cy: 7, r: 4, class: "mark" }));
      cells.push(cell);
    }
  }
  return cells;
}

const hatch = (side) => `M0 ${side / 2}L${side / 2} 0M0 ${side}L${side} 0M${side / 2} ${side}L${side} ${side / 2}`;
const cross = (side) => `M0 0L${side} ${side}M0 ${side}L${side} 0`;

function picture(rows, columns, label, nodes) {
  const edge = 3;
  const box = [-edge, -edge, columns * CELL + 2 * edge, rows * CELL + 2 * edge];
  const style = `width: ${box[2]}px`;
  return svg("svg", { viewBox: box.join(" "), style, role: "img", "aria-label": label }, ...nodes);
}

const outline = (row, column, rows, columns, kind) =>
  svg("rect", { x: column * CELL, y: row * CELL, width: columns * CELL, height: rows * CELL, class: kind });

// A picture's planes of floats as an image to put on a canvas.
function imageOf(planes, rows, columns) {
  const image = new ImageData(columns, rows);
  const area = rows * columns;
  for (let at = 0; at < area; at += 1) {
    for (let c = 0; c < 3; c += 1) image.data[4 * at + c] = planes[c * area + at];
    image.data[4 * at + 3] = 255;
  }
  return image;
}

function canvasOf(image) {
  const canvas = html("canvas", { width: image.width, height: image.height });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// What the explorers share that draw grids of cells: an image of numbers, a kernel, an output.

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
      cell.append(svg("text", { x: CELL / 2, y: CELL / 2, ...fitting(text) }, text));
      if (mark) cell.append(svg("circle", { cx: CELL - 7, cy: 7, r: 4, class: "mark" }));
      cells.push(cell);
    }
  }
  return cells;
}

// The style that makes a long text fit into a cell.
const fitting = (text) => (text.length > 3 ? { style: `font-size: ${56 / text.length}px` } : {});

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

// Calls `choose(row, column)` when a cell inside `node` is clicked.
function onCells(node, choose) {
  node.addEventListener("click", (event) => {
    const at = event.target.closest("[data-at]")?.dataset.at;
    if (at) choose(...at.split(",").map(Number));
  });
}

// How much of the image and of the kernel is used. New grids may be here before their sizes.
function sizesOf(model) {
  const [image, weights] = [model.get("image"), model.get("weights")];
  const within = (name, length) => Math.min(model.get(name), length);
  return {
    height: within("height", image.length), width: within("width", image[0].length),
    kh: within("kernel_height", weights.length), kw: within("kernel_width", weights[0].length),
  };
}

// The upper left part of a grid, row by row.
const crop = (values, rows, columns) => values.slice(0, rows).flatMap((row) => row.slice(0, columns));

// A number as a cell shows it, and as a factor of a product.
const rounded = (value) => Math.round(1000 * value) / 1000;
const shown = (value) => `${rounded(value)}`.replace("-", "−");
const factor = (value) => (value < 0 ? `(${shown(value)})` : shown(value));
const product = (weight, value) => `${shown(weight)}·${factor(value)}`;

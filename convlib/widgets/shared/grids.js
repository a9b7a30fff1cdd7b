// What the explorers share that draw grids of cells: an image of numbers, a kernel, an output.

const CELL = 40; // a grid cell's side in drawing units

// One cell. Besides its class and its text it may have a dot (`mark`), a letter in its corner, another
// opacity, the number of an input channel.
function cellOf(row, column, { kind, text, mark, letter, opacity, input }, scale = 1) {
  const square = svg("rect", { width: CELL, height: CELL });
  if (opacity !== undefined) square.style.fillOpacity = opacity;
  const at = { class: `cell ${kind}`, transform: `translate(${column * CELL} ${row * CELL})`, "data-at": `${row},${column}` };
  const cell = svg("g", input ? { ...at, "data-input": input } : at, square);
  if (/padding|skipped/.test(kind)) cell.append(svg("path", { d: HATCH, class: "hatch" }));
  if (kind.includes("dropped")) cell.append(svg("path", { d: CROSS, class: "cross" }));
  const words = cell.appendChild(svg("text", { x: HALF, y: HALF }, ""));
  writeIn(words, text, scale);
  if (kind.includes("jumped")) cell.append(svg("circle", { cx: HALF, cy: HALF, r: HALF - 4, class: "ring" }));
  if (mark) cell.append(svg("circle", { cx: CELL - 7, cy: 7, r: 4, class: "mark" }));
  if (letter) cell.append(svg("text", { x: CELL - 8, y: 10, class: "letter" }, letter));
  return { cell, words };
}

const HALF = CELL / 2;
const HATCH = `M0 ${HALF}L${HALF} 0M0 ${CELL}L${CELL} 0M${HALF} ${CELL}L${CELL} ${HALF}`;
const CROSS = `M0 0L${CELL} ${CELL}M${CELL} 0L0 ${CELL}`;

const WIDTHS = { "−": 0.84, ".": 0.33 }; // of letters, as shares of their height; else that of a digit
const READABLE = 11.2; // pixels of the page: no letter is smaller

// How large letters in cells are, in units of the drawing, of which each is `scale` pixels of the page.
const usualLetters = (scale) => Math.max(15, READABLE / scale);

// Puts a cell's text into its element, smaller if it is long, but never too small to be read on the page. Text that does
// not fit then is not seen; a sentence says what a chosen cell holds. What has the usual size is left to the style sheet:
// a thousand sizes to set are most of a drawing's time.
function writeIn(words, text, scale) {
  if (words.textContent !== text) words.textContent = text;
  const least = READABLE / scale;
  const wide = [...text].reduce((sum, letter) => sum + (WIDTHS[letter] ?? 0.64), 0);
  const fits = (CELL - 3) / wide;
  const size = fits < usualLetters(scale) ? `${Math.max(fits, least)}px` : "";
  if (words.style.fontSize !== size) words.style.fontSize = size;
  words.classList.toggle("too-long", fits < least);
}

// Cells of a group that stays: of those of which `describe(row, column)` says something else than last
// time, the text is changed, or they are made anew.
function cellsIn(group) {
  const drawn = []; // for each row, its cells, and what they were made of
  let size = 0; // what a unit was on the page
  return (rows, columns, describe, scale) => {
    const resized = scale !== size;
    size = scale;
    for (; drawn.length > rows; drawn.pop()) group.lastChild.remove();
    for (let i = 0; i < rows; i += 1) {
      if (i === drawn.length) drawn.push([]);
      const row = group.childNodes[i] ?? group.appendChild(svg("g"));
      for (; drawn[i].length > columns; drawn[i].pop()) row.lastChild.remove();
      for (let j = 0; j < columns; j += 1) {
        const wanted = describe(i, j);
        const { text, ...rest } = wanted;
        const look = Object.values(rest).join();
        const old = drawn[i][j];
        if (old?.look === look) {
          if (resized || old.text !== text) writeIn(old.words, text, scale);
          old.text = text;
          continue;
        }
        const made = cellOf(i, j, wanted, scale);
        if (old) old.cell.replaceWith(made.cell);
        else row.append(made.cell);
        drawn[i][j] = { ...made, text, look };
      }
    }
  };
}

// A grid in `figure`, under a caption; nothing but the caption where it has no cells. `shapes` lie
// on top, and on them `grips`, which stay. `margin` is the room above and to the left, for heads; `scale` makes it smaller.
function gridIn(figure, { margin = 3, scale: usual = 1, grips = [] } = {}) {
  const caption = html("figcaption");
  const [cells, over] = [svg("g"), svg("g")];
  const drawing = svg("svg", { role: grips.length ? "group" : "img" }, cells, over, ...grips);
  const drawCells = cellsIn(cells);
  figure.replaceChildren(caption);
  return ({ rows, columns, text, label, describe, shapes = [], scale = usual }) => {
    if (caption.textContent !== text) caption.textContent = text;
    drawCells(rows, columns, describe, scale);
    over.replaceChildren(...shapes);
    const size = [columns, rows].map((count) => count * CELL + margin + 3);
    setAttributes(drawing, {
      viewBox: [-margin, -margin, ...size].join(" "), style: `width: ${scale * size[0]}px; --letters: ${usualLetters(scale)}px; --letter: ${Math.max(13, READABLE / scale)}px`, "aria-label": label,
    });
    if (!rows || !columns) drawing.remove();
    else if (!drawing.parentNode) figure.append(drawing);
  };
}

const outline = (row, column, rows, columns, kind) =>
  svg("rect", { x: column * CELL, y: row * CELL, width: columns * CELL, height: rows * CELL, class: kind });

// Calls `choose(row, column)` when a cell inside `node` is tapped.
function onCells(node, choose) {
  onTap(node, (element) => element.closest("[data-at]")?.dataset.at, (at) => choose(...at.split(",").map(Number)));
}

// Calls `point(row, column)` for the cell under a mouse, also under what lies on the cells, and `leave()` behind the last.
function onPointedCells(node, point, leave) {
  let last = "";
  const pointed = (event) => {
    if (event.pointerType !== "mouse" || event.buttons) return;
    const at = cellUnder(node, event);
    if (`${at}` === last) return;
    last = `${at}`;
    if (at) point(...at);
    else leave();
  };
  node.addEventListener("pointermove", pointed);
  node.addEventListener("pointerleave", () => {
    if (last) leave();
    last = "";
  });
}

// The row and column of the cell of the grid in `node` at an event's place; null beside the cells.
function cellUnder(node, { clientX, clientY }) {
  const cell = document.elementsFromPoint(clientX, clientY).map((each) => each.closest("[data-at]")).find((each) => each && node.contains(each));
  return cell ? cell.dataset.at.split(",").map(Number) : null;
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

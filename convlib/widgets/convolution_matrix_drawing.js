// ConvolutionMatrix: the drawing of the matrix, in a box in which it scrolls where it is too large for it.

const shade = (tap, entries) => 0.15 + (0.35 * (tap + 1)) / entries;

// The entries of the matrix that hold the kernel's entry `tap`: their squares are one path and their
// letters one text, each letter with a place of its own. Hundreds of elements would take long.
function matrixEntries({ columns, taps }, tap, entries) {
  const at = [...taps.keys()].filter((index) => taps[index] === tap);
  const [x, y] = [(index) => (index % columns) * CELL, (index) => Math.floor(index / columns) * CELL];
  const squares = at.map((index) => `M${x(index)} ${y(index)}h${CELL}v${CELL}h${-CELL}z`).join("");
  const places = (of) => at.map((index) => of(index) + CELL / 2).join(" ");
  return svg("g", { class: "entries", "data-entry": tap },
    svg("path", { d: squares, "fill-opacity": shade(tap, entries) }),
    svg("text", { x: places(x), y: places(y), "data-tap": tap }, LETTERS[tap].repeat(at.length)));
}

// The matrix: only entries that hold a weight are drawn, the others are the ground they stand on.
// Thick lines stand between the rows of pixels and between the rows of outputs. On top is what a
// click on a row meets.
function matrixNodes(got, { width, kh, kw }) {
  const { rows, columns, ow } = got;
  const ground = svg("rect", { width: columns * CELL, height: rows * CELL, class: "zeros" });
  const across = (r) => `M0 ${r * CELL}H${columns * CELL}`;
  const down = (c) => `M${c * CELL} 0V${rows * CELL}`;
  let lines = "";
  for (let r = ow; r < rows; r += ow) lines += across(r);
  for (let c = width; c < columns; c += width) lines += down(c);
  const groups = Array.from({ length: kh * kw }, (_, tap) => matrixEntries(got, tap, kh * kw));
  const targets = Array.from({ length: rows }, (_, r) =>
    svg("rect", { y: r * CELL, width: columns * CELL, height: CELL, class: "row", "data-row": r }));
  return [ground, ...groups, svg("path", { d: lines, class: "blocks" }), ...targets];
}

// The box with the matrix. `choose(row)` is called when a row is tapped, `point(row, column)` for the entry under a mouse, with
// nothing when it leaves. Returns the box and what draws in it.
function matrixBox({ choose, point }) {
  const drawing = svg("svg", { role: "img" });
  const box = html("div", { class: "matrix-box", tabindex: 0, role: "group" }, drawing);
  // The marks stay while the matrix does, and move.
  const [mark, stripe] = [svg("rect", { height: CELL, class: "chosen" }), svg("rect", { width: CELL, class: "stripe" })];
  let [drawn, size, side] = ["", [0, 0], CELL];
  let shownRow = "";

  const under = (event) => {
    const [column, row] = pointIn(drawing, event).map((at) => Math.floor((at - (EDGE * side) / CELL) / side));
    return row >= 0 && row < size[0] && column >= 0 && column < size[1] ? [row, column] : null;
  };
  let last = "";
  const tell = (at) => {
    if (`${at}` === last) return;
    last = `${at}`;
    point(...(at ?? []));
  };
  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && !event.buttons) tell(under(event));
  });
  box.addEventListener("pointerleave", () => tell(null));
  // Rows may be lower than a fingertip: the whole box is to be met, and takes the row that is nearest.
  box.addEventListener("click", ({ clientY }) => {
    const row = Math.floor((clientY - drawing.getBoundingClientRect().top) / side);
    choose(clamp(row, 0, size[0] - 1));
  });

  // Scrolls the box, not the page, until what lies from `low` to `high`, in pixels of the drawing, is in it.
  const bringIn = (low, high, property, length) => {
    const from = box[property];
    if (low < from || high - low > length) box[property] = low;
    else if (high > from + length) box[property] = high - length;
  };
  const draw = (got, state, cell) => {
    const look = JSON.stringify(state);
    [size, side] = [[got.rows, got.columns], cell];
    if (drawn !== look) {
      drawn = look;
      shownRow = "";
      drawing.replaceChildren(...matrixNodes(got, state), stripe, mark);
      setAttributes(drawing, {
        viewBox: [-EDGE, -EDGE, got.columns * CELL + 2 * EDGE, got.rows * CELL + 2 * EDGE].join(" "), "aria-label": `Matrix M, ${got.rows} by ${got.columns}`,
      });
      mark.setAttribute("width", got.columns * CELL);
      stripe.setAttribute("height", got.rows * CELL);
    }
    const width = `${((got.columns * CELL + 2 * EDGE) * cell) / CELL}px`;
    if (drawing.style.width !== width) drawing.style.width = width;
  };
  // Marks a row, a column and a weight; null for none.
  const light = (row, column, tap) => {
    mark.setAttribute("y", row * CELL);
    stripe.setAttribute("x", (column ?? 0) * CELL);
    stripe.style.display = column === null ? "none" : "";
    box.classList.toggle("one-weight", tap !== null);
    for (const group of drawing.querySelectorAll(".entries")) group.classList.toggle("lit", group.dataset.entry === `${tap}`);
  };
  // Brings the chosen row's entries into sight, and the chosen column, when they are others than last time.
  const show = (got, row, column) => {
    if (shownRow === `${[row, column, side, box.clientWidth]}`) return;
    shownRow = `${[row, column, side, box.clientWidth]}`;
    const taps = got.taps.slice(row * got.columns, (row + 1) * got.columns);
    const first = taps.findIndex((tap) => tap >= 0);
    const [low, high] = column !== null ? [column, column] : [Math.max(first, 0), taps.findLastIndex((tap) => tap >= 0)];
    // With a row of its neighbourhood above and below.
    bringIn((row - 1) * side, (row + 2) * side + 2 * EDGE, "scrollTop", box.clientHeight);
    bringIn(low * side, (high + 1) * side + 2 * EDGE, "scrollLeft", box.clientWidth);
  };
  return { box, draw, light, show };
}

const EDGE = 3; // units of the drawing around the matrix, for the thick lines at its rim

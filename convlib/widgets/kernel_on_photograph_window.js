// KernelOnPhotograph: the window under the kernel, enlarged, and the pixel that comes out of it.

const SIDE = 3;
const LIGHT = 118; // from this level on, black is easier to read on a grey than white
const PIXEL = { width: 84, height: 46 };
const PADDED = `M0 23L42 0M0 46L84 0M42 46L84 23`;

const shadeOf = (level) => {
  const whole = Math.round(clamp(level, 0, 255));
  return { fill: `rgb(${whole}, ${whole}, ${whole})`, ink: whole < LIGHT ? "#fff" : "#000" };
};

// A number with three decimals, or fewer where they would not fit into a cell.
const brief = (value) => shown(Number(value.toPrecision(Math.abs(value) < 1 ? 3 : 6)));
const factorsOf = (weight, level) => `${shown(Number(weight.toPrecision(4)))}·${shown(level)}`;

// Puts a text into its cell, as large as its width allows.
function fitIn(node, text, width, size) {
  node.textContent = text;
  setAttributes(node, { style: `font-size: ${Math.min(size, (1.45 * (width - 4)) / text.length)}px` });
}

// Nine cells in `figure` that stay: each in its pixel's shade, with "weight·pixel" and the product. Returns what draws them.
function windowIn(figure) {
  const caption = html("figcaption");
  const cells = Array.from({ length: SIDE * SIDE }, (_, k) => {
    const at = [k % SIDE, Math.floor(k / SIDE)];
    const square = svg("rect", PIXEL);
    const hatch = svg("path", { d: PADDED, class: "padded" });
    const [factors, product] = [svg("text", { y: 16 }, ""), svg("text", { y: 33, class: "product" }, "")];
    const node = svg("g", { class: "pixel", transform: `translate(${at[0] * PIXEL.width} ${at[1] * PIXEL.height})`, "data-at": `${at[1]},${at[0]}` },
      square, hatch, factors, product);
    return { node, square, hatch, factors, product };
  });
  const frame = svg("rect", { width: SIDE * PIXEL.width, height: SIDE * PIXEL.height, class: "window" });
  const mark = svg("rect", { ...PIXEL, class: "lit" });
  const drawing = svg("svg", { role: "img" }, ...cells.map(({ node }) => node), frame, mark);
  figure.replaceChildren(caption, drawing);
  return ({ text, label, levels, padded, weights, products, lit, width, height }) => {
    if (caption.textContent !== text) caption.textContent = text;
    const [across, down] = [width / PIXEL.width, height / PIXEL.height];
    setAttributes(drawing, { viewBox: `0 0 ${SIDE * width} ${SIDE * height}`, style: `width: ${SIDE * width}px`, "aria-label": label });
    cells.forEach(({ node, square, hatch, factors, product }, k) => {
      const { fill, ink } = shadeOf(levels[k]);
      const [x, y] = [(k % SIDE) * width, Math.floor(k / SIDE) * height];
      setAttributes(node, { transform: `translate(${x} ${y})` });
      setAttributes(square, { width, height, fill });
      setAttributes(hatch, { transform: `scale(${across} ${down})`, stroke: ink, visibility: padded[k] ? "visible" : "hidden" });
      setAttributes(factors, { x: width / 2, y: 0.33 * height, fill: ink });
      setAttributes(product, { x: width / 2, y: 0.72 * height, fill: ink });
      fitIn(factors, factorsOf(weights[k], levels[k]), width, 12);
      fitIn(product, brief(products[k]), width, 14);
    });
    setAttributes(frame, { width: SIDE * width, height: SIDE * height });
    setAttributes(mark, { x: (lit % SIDE) * width, y: Math.floor(lit / SIDE) * height, width, height, visibility: lit < 0 ? "hidden" : "visible" });
  };
}

// The sum as one cell, in the shade in which the output draws it.
function sumIn(figure) {
  const caption = html("figcaption");
  const square = svg("rect", { x: 1.5, y: 1.5, width: 93, height: 41, class: "sum" });
  const number = svg("text", { x: 48, y: 22, class: "product" }, "");
  const drawing = svg("svg", { role: "img", viewBox: "0 0 96 44", style: "width: 96px" }, square, number);
  figure.replaceChildren(caption, drawing);
  return (text, value) => {
    const { fill, ink } = shadeOf(value);
    if (caption.textContent !== text) caption.textContent = text;
    setAttributes(square, { fill });
    setAttributes(number, { fill: ink });
    number.textContent = brief(value);
    setAttributes(drawing, { "aria-label": `${text} ${brief(value)}` });
  };
}

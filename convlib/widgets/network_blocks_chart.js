// NetworkBlocks: the spread behind each block, on a logarithmic scale, with a grip that goes along the blocks.

const DECADES = 8; // the chart reaches from 10^-8 to 10^8
const EDGES = { left: 46, right: 12, top: 10, bottom: 36 };

// 0.000012 as "1.2 · 10⁻⁵".
function inDecimals(value) {
  if (value === 0) return "0";
  if (value >= 0.01 && value < 1000) return `${Number(value.toPrecision(3))}`;
  const [digits, exponent] = value.toExponential(1).split("e");
  const raised = `${Number(exponent)}`.replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));
  return `${digits} · 10${raised}`;
}

// The chart in `figure`; `choose(blocks)` is told of the block that a reader goes to. Returns what draws it.
function chartIn(figure, most, { chosen, choose }) {
  let step = 1; // pixels from block to block
  const drawn = svg("g");
  const grip = gripOf({
    name: "blocks passed", cursor: "ew-resize",
    begin: chosen,
    move: (from, dx) => choose(from + Math.round(dx / step)),
    step: (down, right) => choose(chosen() + right - down),
    toEnd: (last) => choose(last ? most : 0),
  });
  const drawing = svg("svg", { role: "group" }, drawn, grip.node);
  figure.replaceChildren(html("figcaption", {}, "spread after each block"), drawing);
  drawing.addEventListener("click", (event) => {
    if (!grip.node.contains(event.target)) choose(Math.round((pointIn(drawing, event)[0] - EDGES.left) / step));
  });
  return (measured, blocks, { width, height }) => {
    const { left, right, top, bottom } = EDGES;
    step = (width - left - right) / most;
    const x = (block) => left + step * block;
    const y = (decade) => top + ((height - top - bottom) * (DECADES - decade)) / (2 * DECADES);
    const nodes = [];
    for (let decade = -DECADES; decade <= DECADES; decade += 4) {
      nodes.push(svg("path", { d: `M${left} ${y(decade)}H${width - 6}`, class: decade ? "rule" : "rule one" }));
      const text = decade ? inDecimals(10 ** decade).replace("1.0 · ", "") : "1";
      nodes.push(svg("text", { x: left - 6, y: y(decade), class: "label end" }, text));
    }
    for (let block = 0; block <= most; block += 4) nodes.push(svg("text", { x: x(block), y: height - bottom + 12, class: "label" }, `${block}`));
    nodes.push(svg("text", { x: (left + width) / 2, y: height - 8, class: "label" }, "blocks"));
    const level = ({ spread }) => clamp(spread > 0 ? Math.log10(spread) : -DECADES, -DECADES, DECADES);
    const points = measured.map((each, block) => [x(block), y(level(each))]);
    nodes.push(svg("polyline", { points: points.join(" "), class: "curve ahead" }));
    nodes.push(svg("polyline", { points: points.slice(0, blocks + 1).join(" "), class: "curve" }));
    for (const [cx, cy] of points.slice(0, blocks + 1)) nodes.push(svg("circle", { cx, cy, r: 3.5, class: "dot" }));
    drawn.replaceChildren(...nodes);
    const label = `Spread after each block: ${measured.map(({ spread }) => inDecimals(spread)).join(", ")}`;
    setAttributes(drawing, { viewBox: `0 0 ${width} ${height}`, style: `width: ${width}px`, "aria-label": label });
    grip.at(...points[blocks], 1, { now: blocks, low: 0, high: most, text: `${plural(blocks, "block")}, spread ${inDecimals(measured[blocks].spread)}` });
  };
}

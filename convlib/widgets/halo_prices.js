// The three prices of tiles, a row of columns each: one column for every number of layers that can be fused.

const PRICES = [
  { name: "exchanges", title: "exchanges", value: ({ exchanges }) => exchanges, text: ({ exchanges }) => `${exchanges}` },
  { name: "bytes", title: "sent", value: ({ bytes }) => bytes, text: ({ bytes }) => `${kilobytes(bytes)}` },
  { name: "repeated", title: "computed again", value: ({ repeated }) => repeated, text: (each) => again(each) },
];
const PRICE_TOP = 36; // where the first row's words stand, below the line of layers
// Pixels from one row of columns to the next, and of the tallest column; less of it on a phone.
const PRICE_ROOM = { wide: { row: 68, tall: 36 }, narrow: { row: 51, tall: 22 } };

const counted = (value) => value.toLocaleString("en");
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)}\u00a0kB`;
// Of the multiply-accumulates that one piece takes.
const again = ({ macs, repeated }) => `${((100 * repeated) / (macs - repeated)).toFixed(1)}\u00a0%`;

// Draws into `figure`; `grips` are {layers, fuse}. Returns a function that draws.
function pricesIn(figure, grips) {
  const drawing = svg("svg", { class: "prices" });
  const marks = svg("g");
  drawing.append(marks, grips.layers.node, grips.fuse.node);
  figure.append(drawing);
  const label = (x, y, text, kind, anchor = "start") => svg("text", { x, y, class: kind, "text-anchor": anchor }, text);

  return ({ all, layers, fuse, most, width, narrow }) => {
    const { row, tall: tallest } = PRICE_ROOM[narrow ? "narrow" : "wide"];
    const step = width / most;
    const low = PRICE_TOP + PRICES.length * row;
    const height = low + 44;
    setAttributes(drawing, { width, height, viewBox: `0 0 ${width} ${height}` });
    const drawn = [
      svg("line", { x1: 0, x2: layers * step, y1: 22, y2: 22, class: "extent" }),
      label(0, 12, plural(layers, "layer"), "price-name"),
    ];
    for (const [at, price] of PRICES.entries()) {
      const base = PRICE_TOP + at * row + 18 + tallest;
      const largest = Math.max(...all.map(price.value), 1e-9);
      drawn.push(
        label(0, base - tallest - 7, price.title, "price-name"),
        label(width, base - tallest - 7, price.text(all[fuse - 1]), "price-value", "end"),
        svg("line", { x1: 0, x2: width, y1: base, y2: base, class: "axis" }),
      );
      for (const [k, each] of all.entries()) {
        const tall = Math.max((tallest * price.value(each)) / largest, 1);
        drawn.push(svg("rect", {
          x: k * step + step * 0.18, y: base - tall, width: step * 0.64, height: tall,
          class: `price${k + 1 === fuse ? " now" : ""}`, "data-price": price.name, "data-fuse": k + 1, "data-value": price.value(each),
        }));
      }
    }
    for (let k = 1; k <= layers; k += 1) {
      drawn.push(label((k - 0.5) * step, low + 22, `${k}`, `tick${k === fuse ? " now" : ""}`, "middle"));
      drawn.push(svg("rect", { x: (k - 1) * step, y: PRICE_TOP, width: step, height: low - PRICE_TOP + 28, class: "price-reach", "data-choice": k }));
    }
    drawn.push(label(0, low + 41, "fuse: layers for each exchange", "price-name"));
    marks.replaceChildren(...drawn);
    grips.layers.at(layers * step, 22, 1, { now: layers, low: 1, high: most, text: plural(layers, "layer") });
    grips.fuse.at((fuse - 0.5) * step, low, 1, { now: fuse, low: 1, high: layers, text: `${fuse} of ${plural(layers, "layer")} for each exchange` });
    grips.fuse.node.style.visibility = layers > 1 ? "" : "hidden";
  };
}

// CostComparison: the ratios to vanilla as marks over a logarithmic axis.

const [LEAST, MOST] = [1e-3, 10]; // the ends of the axis
const LANES = [["macs", "MACs"], ["bytes", "bytes"], ["ms", "time"]];
const TICKS = [[0.001, "1/1000"], [0.01, "1/100"], [0.1, "1/10"], [1, "1 ×"], [10, "10 ×"]];

const written = (value) => value.toLocaleString("en", Number.isInteger(value) ? {} : { maximumSignificantDigits: 3 });
// A number beside vanilla's: "1/8.84" or "1.11 ×".
const against = (value, vanilla) => (value >= vanilla ? `${written(value / vanilla)} ×` : `1/${written(vanilla / value)}`);

// A mark of its own shape for each of MACs, bytes and time.
function markOf(field, x, y) {
  const at = { class: `ratio-mark of-${field}`, transform: `translate(${x} ${y})` };
  if (field === "macs") return svg("circle", { ...at, r: 7 });
  if (field === "bytes") return svg("rect", { ...at, x: -6, y: -6, width: 12, height: 12 });
  return svg("path", { ...at, d: "M0 -8L8 0L0 8L-8 0Z" });
}

// The plot in `figure`; `guess` is the grip for the reader's guess. Returns the function that draws it, and what lights a mark.
function ratiosIn(figure, guess) {
  const rows = svg("g");
  const drawing = svg("svg", { role: "group" }, rows, guess.node);
  figure.append(drawing);
  let scale = { left: 0, width: 1 };
  const x = (ratio) => scale.left + (scale.width * (Math.log10(clamp(ratio, LEAST, MOST)) - Math.log10(LEAST))) / Math.log10(MOST / LEAST);

  // `costs` and `timings` (or null) by variant, vanilla first; `asked` is the variant whose time is guessed.
  function draw({ width, height, narrow }, costs, timings, asked, value) {
    scale = narrow ? { left: 82, width: width - 98 } : { left: 186, width: width - 206 };
    const lane = narrow ? 22 : 24;
    const head = narrow ? 20 : 4;
    const bottom = height - 24;
    const parts = [];
    for (const [ratio, text] of TICKS) {
      const words = ratio === 1 ? (narrow ? "vanilla" : "1 × (vanilla)") : text;
      parts.push(svg("path", { d: `M${x(ratio)} 0V${bottom}`, class: ratio === 1 ? "vanilla-line" : "tick" }));
      parts.push(svg("text", { x: x(ratio), y: bottom + 14, class: "tick-name" }, words));
    }
    let y = head;
    for (const [number, row] of costs.entries()) {
      if (!number) continue;
      parts.push(svg("text", { x: 0, y: narrow ? y - 8 : y + lane / 2, class: "variant" }, row.name));
      for (const [field, name] of LANES) {
        const middle = y + lane / 2;
        const from = field === "ms" ? timings : costs;
        parts.push(svg("text", { x: scale.left - 14, y: middle, class: "lane-name" }, name));
        parts.push(...ratioIn(field, row, from?.[number], from?.[0], middle, timings));
        y += lane;
      }
      if (row.name === asked) {
        const middle = y + lane / 2;
        parts.push(svg("text", { x: scale.left - 14, y: middle, class: "lane-name guess-name" }, "your guess"));
        parts.push(labelBeside(value, against(value, 1), middle, "guess-text"));
        guess.at(x(value), middle, 1, { now: value, low: LEAST, high: MOST, text: `${against(value, 1)} of vanilla's time` });
        y += lane;
      }
      parts.push(svg("path", { d: `M0 ${y + 4}H${width}`, class: "row-line" }));
      y += head + 8;
    }
    rows.replaceChildren(...parts);
    setAttributes(drawing, {
      viewBox: `0 0 ${width} ${height}`, style: `width: ${width}px`,
      "aria-label": "Ratios to vanilla on a logarithmic axis; the numbers are in the table below, under formula and numbers",
    });
  }

  // Text to the right of a mark or, near the end, to the left.
  function labelBeside(ratio, text, y, kind = "ratio-text", farthest = ratio) {
    const left = x(ratio) > scale.left + 0.72 * scale.width;
    return svg("text", { x: left ? x(ratio) - 14 : x(farthest) + 14, y, class: `${kind}${left ? " before" : ""}` }, text);
  }

  function ratioIn(field, row, found, vanilla, y, timings) {
    const none = (text) => [svg("text", { x: scale.left + 4, y, class: "ratio-text none" }, text)];
    if (!row.macs) return none(field === "macs" ? "g does not divide C₁ and C₂" : "–");
    if (field === "ms" && !timings) return none("not measured yet");
    const ratio = found[field] / vanilla[field];
    const spread = found.spread ?? [ratio, ratio];
    const line = field === "ms" ? [svg("path", { class: "spread", d: `M${x(spread[0])} ${y}H${x(spread[1])}M${x(spread[0])} ${y - 5}v10M${x(spread[1])} ${y - 5}v10` })] : [];
    return [
      svg("g", { "data-ratio": field, "data-of": row.name, "data-value": ratio }, ...line, markOf(field, x(ratio), y)),
      labelBeside(ratio, `${against(found[field], vanilla[field])}${ratio < LEAST || ratio > MOST ? " (off the axis)" : ""}`, y, "ratio-text", spread[1]),
    ];
  }

  const light = (variant, field) => {
    for (const mark of rows.querySelectorAll("[data-ratio]")) mark.classList.toggle("lit", mark.dataset.of === variant && mark.dataset.ratio === field);
    rows.querySelector(".vanilla-line")?.classList.toggle("lit", variant === "vanilla");
  };
  // How much a drag of `dx` pixels multiplies a ratio by.
  const factorOf = (dx) => (MOST / LEAST) ** (dx / scale.width);
  return { draw, light, factorOf };
}

// The field of one output, derived layer by layer along one axis: a row of cells for each layer, and what reads what.

const SPANS = [17, 33, 65]; // pixels that a fan may show across; the narrowest that is wide enough is taken
const FAN_LABELS = [50, 62]; // room for the words beside the rows, in pixels

// The cells that the chosen output reaches in each row, the input first, as convlib finds windows: [first, last].
function reachedCells(kernels, steps, output) {
  const ranges = [[output, output]];
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const { jumpBefore, jump, taps, before } = steps[at];
    const padding = (before - (at ? steps[at - 1].before : 0)) / jumpBefore;
    const [first, last] = ranges[0].map((cell) => kernels.window_start(cell, jump / jumpBefore, padding));
    ranges.unshift([first, last + taps]);
  }
  return ranges;
}

// The fan of `output` as an SVG, or null where it would be too wide to read. The rows of all `most` layers have room.
function fanOf(kernels, { steps, output, center }, { size, most, width, height }) {
  const field = steps.at(-1)?.field ?? 1;
  const span = SPANS.find((pixels) => pixels >= field);
  if (!span) return null;
  const [left, right] = FAN_LABELS;
  const unit = (width - left - right) / span;
  const middle = Math.floor(center);
  const ranges = reachedCells(kernels, steps, output);
  const rows = [untouched(size), ...steps].map((reached, m) => {
    const first = kernels.twice_center(reached.field, reached.before) / 2;
    const place = (cell) => first + kernels.window_start(cell, reached.jump, 0) - middle;
    return { reached, range: ranges[m], x: (cell) => left + (place(cell) + span / 2) * unit, y: height - 8 - (m * (height - 16)) / most };
  });
  const radius = clamp(0.4 * unit, 1.5, 5);

  const links = rows.slice(1).map(({ range: [from, to], x, y, reached }, at) => {
    const below = rows[at];
    const { taps, jumpBefore, before } = steps[at];
    const padding = (before - (at ? steps[at - 1].before : 0)) / jumpBefore;
    const lines = Array.from({ length: to - from + 1 }, (_, k) => {
      const start = kernels.window_start(from + k, reached.jump / jumpBefore, padding);
      return Array.from({ length: taps + 1 }, (__, u) => `M${x(from + k)} ${y}L${below.x(start + u)} ${below.y}`).join("");
    });
    return svg("path", { d: lines.join(""), class: "links", "data-layer": at });
  });
  const cells = rows.flatMap(({ range: [from, to], x, y, reached }, m) => {
    const around = Math.ceil(span / reached.jump);
    const found = [];
    for (let cell = from - around; cell <= to + around; cell += 1) {
      const [read, inside] = [cell >= from && cell <= to, cell >= 0 && cell < reached.outputs];
      if (!(read || inside) || x(cell) < left || x(cell) > width - right) continue;
      const kind = `fan-cell ${inside ? (m ? (m === steps.length ? "top" : "between") : "pixel") : "beyond"}${read ? "" : " unread"}`;
      found.push(m
        ? svg("circle", { cx: x(cell), cy: y, r: radius, class: kind })
        : svg("rect", { x: x(cell) - 0.45 * unit, y: y - 5, width: 0.9 * unit, height: 10, class: kind }));
    }
    return found;
  });
  const words = rows.flatMap(({ range: [from, to], y }, m) => {
    const count = to - from + 1;
    const counted = m ? `${count}` : `${count} px${steps.length ? " = r" : ""}`;
    return [
      svg("text", { x: 0, y: y + 4 }, m ? `layer ${m}` : "input"),
      svg("text", { x: width - right + 8, y: y + 4, class: "count" }, counted),
    ];
  });
  const counts = ranges.map(([from, to]) => to - from + 1);
  const label = `From the output down to the input it reads ${counts.reverse().join(", ")} cells in a row.`;
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label }, ...links, ...cells, ...words);
}

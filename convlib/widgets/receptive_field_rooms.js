// Where the parts of ReceptiveField stand, and the legend of what is drawn over the photograph.

// Where everything stands on the board. A published network has no fan: its chart takes the room.
function fieldRooms({ width, narrow }, published) {
  const caption = 26;
  if (narrow) {
    const side = Math.min(160, Math.floor(0.5 * width));
    const legend = { left: 0, top: caption + side + 4 };
    const below = { left: 0, top: legend.top + 22, width, height: 117 };
    // The photograph's caption is as wide as both, so the chart's is one line lower.
    const beside = { left: side + 8, top: caption, width: width - side - 8, height: side - caption };
    return { side, legend, fan: below, chart: published ? below : beside, sum: below.top + caption + 117, tight: !published, narrow };
  }
  const side = Math.min(356, Math.floor(0.52 * width));
  const left = side + 24;
  const chart = { left, top: 0, width: width - left, height: published ? 356 : 128 };
  const fan = { left, top: 160, width: width - left, height: 196 };
  const legend = { left: 0, top: caption + side + 4 };
  return { side, legend, fan, chart, sum: caption + 356 + 28, tight: false, narrow };
}

// The names of what is drawn over the photograph.
function legendOf(few) {
  const word = (x, text) => svg("text", { x, y: 15 }, text);
  const items = [
    svg("rect", { x: 2, y: 4, width: 13, height: 13, class: "field" }), word(21, "field"),
    svg("rect", { x: 62, y: 4, width: 13, height: 13, class: "own-cell" }), word(81, "its cell"),
    svg("path", { d: "M134 11h14M141 4v14", class: "offset" }), word(154, "field’s middle"),
    ...(few ? [svg("path", { d: "M249 11h0", class: "dots" }), word(258, "other fields’")] : []),
  ];
  return svg("svg", { viewBox: "0 0 334 22", width: 328, height: 22, "aria-hidden": "true" }, ...items);
}

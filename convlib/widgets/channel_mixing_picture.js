// ChannelMixing: the stages' pictures, in colours and as three grey maps, and the numbers of one pixel beside them.

const COLOURS = ["red", "green", "blue"];
const STAGES = { input: "input", depthwise: "depthwise only", pointwise: "1 × 1 only", both: "both" };
const toTenths = (value) => Math.round(value * 10) / 10 || 0;

// One plane of floats as a grey image.
function greyOf(plane, rows, columns) {
  const image = new ImageData(columns, rows);
  for (let at = 0; at < plane.length; at += 1) {
    image.data.fill(clamp(plane[at], 0, 255), 4 * at, 4 * at + 3);
    image.data[4 * at + 3] = 255;
  }
  return image;
}

// A row a stage; `place` stands above the numbers. Returns the board's parts and what draws into them.
function stagesIn(album, place) {
  const frameOf = (name) => {
    const canvas = html("canvas");
    const [lines, halo] = [svg("path", { class: "crosshair" }), svg("path", { class: "crosshair halo" })];
    const over = svg("svg", { "aria-hidden": "true" }, halo, lines);
    return { canvas, over, lines, halo, frame: html("div", { class: "frame", role: "img", "aria-label": name }, canvas, over) };
  };
  const rows = Object.entries(STAGES).map(([stage, name], row) => {
    const at = (node, column) => {
      node.style.setProperty("--row", row);
      node.style.setProperty("--column", column);
      return node;
    };
    const views = [frameOf(`${name}, in colours`), ...COLOURS.map((colour) => frameOf(`${name}, ${colour} as a grey map`))];
    views.forEach(({ frame }, k) => frame.setAttribute(k ? "data-plane" : "data-stage", k ? `${stage}-${k - 1}` : stage));
    views.forEach(({ frame }, k) => at(frame, k + 2));
    const levels = COLOURS.map((colour) => html("td", { "aria-label": colour }));
    const numbers = at(html("table", { class: "levels", "data-numbers": stage }, html("tr", {}, ...levels)), 6);
    album.append(at(html("div", { class: "stage-name" }, name), 1), ...views.map(({ frame }) => frame), numbers);
    return { stage, views, levels };
  });
  const heads = ["in colours", ...COLOURS].map((text, k) => html("div", { class: "plane-name", style: `--column: ${k + 1}` }, text));
  album.prepend(place, ...heads);
  const every = rows.flatMap(({ views }) => views);
  return {
    // Gives canvases and frames the size of the picture.
    fit(height, width) {
      for (const { canvas, over, frame } of every) {
        [canvas.width, canvas.height] = [width, height];
        over.setAttribute("viewBox", `0 0 ${width} ${height}`);
        frame.style.aspectRatio = `${width} / ${height}`;
        frame.classList.toggle("broad", width / height > 128 / 150);
      }
    },
    drawStage(wanted, planes, height, width) {
      const { views } = rows.find(({ stage }) => stage === wanted);
      const area = height * width;
      const images = [imageOf(planes, height, width), ...COLOURS.map((_, c) => greyOf(planes.subarray(c * area, (c + 1) * area), height, width))];
      images.forEach((image, k) => views[k].canvas.getContext("2d").putImageData(image, 0, 0));
    },
    // The crosshair on every picture, and each stage's numbers.
    drawPixel(row, column, size, levelsOf) {
      const [x, y] = [column + 0.5, row + 0.5];
      const unit = size / 50; // of the drawing: the picture is some 100 pixels high
      const arms = [[0, -1], [0, 1], [-1, 0], [1, 0]];
      const path = arms.map(([dx, dy]) => `M${x + unit * dx} ${y + unit * dy}l${3 * unit * dx} ${3 * unit * dy}`).join("");
      for (const { lines, halo } of every) for (const each of [lines, halo]) each.setAttribute("d", path);
      for (const { stage, levels } of rows) levelsOf(stage).forEach((value, c) => (levels[c].textContent = shown(toTenths(value))));
    },
    // Lights the planes of those names.
    light(names) {
      for (const frame of album.querySelectorAll("[data-plane]")) frame.classList.toggle("lit", names.includes(frame.dataset.plane));
    },
  };
}

function build(model, el, kernels) {
  const [HEIGHT, WIDTH, CHANNELS, BYTES] = model.get("image");
  const limits = model.get("legal");
  let state = stateOf();
  let room = { cell: 6, step: 40 };
  let pointed = null; // the tile under the mouse

  function stateOf() {
    const get = (name) => model.get(name);
    const kernel = 2 * get("reach") + 1;
    const tiles = [kernels.tiles_along(HEIGHT, get("tile_height")), kernels.tiles_along(WIDTH, get("tile_width"))];
    return { tile: [get("tile_height"), get("tile_width")], tiles, kernel, layers: get("layers"), fuse: Math.min(get("fuse"), get("layers")),
      chosen: [kernels.cell_of_pixel(get("row"), get("tile_height"), tiles[0]), kernels.cell_of_pixel(get("column"), get("tile_width"), tiles[1])] };
  }
  // What it costs, for each number of layers that can be fused.
  function pricesOf({ tile, kernel, layers }) {
    const memory = kernels.scratch();
    const costs = memory.reserveDoubles(4);
    return Array.from({ length: layers }, (_, k) => {
      kernels.costs_of_halos(HEIGHT, WIDTH, ...tile, kernel, layers, k + 1, CHANNELS, BYTES, costs);
      const [exchanges, bytes, macs, repeated] = memory.readDoubles(costs, 4);
      return { exchanges, bytes, macs, repeated };
    });
  }
  // What 0, 1, ... fused layers of a tile read: rows and columns, first and one past the last.
  function rangesOf({ tile, kernel, fuse }, place) {
    const memory = kernels.scratch();
    const ends = memory.ints(Array(2 * (fuse + 1)).fill(0));
    const [rows, columns] = [[HEIGHT, 0], [WIDTH, 1]].map(([size, axis]) => {
      kernels.tile_ranges(size, tile[axis], place[axis], kernel, fuse, ends);
      return memory.readInts(ends, 2 * (fuse + 1));
    });
    return Array.from({ length: fuse + 1 }, (_, back) => {
      const [top, bottom, left, right] = [rows[2 * back], rows[2 * back + 1], columns[2 * back], columns[2 * back + 1]];
      return { top, left, height: bottom - top, width: right - left };
    });
  }

  const set = (name, value, high = limits[name][2]) => setAll(model, { [name]: clamp(Math.round(value), limits[name][1], high) });
  // The pixel in the middle of a tile, or the image's last one.
  const middleOf = ([row, column]) => {
    const [height, width] = [model.get("tile_height"), model.get("tile_width")];
    return { row: Math.min(row * height + (height >> 1), HEIGHT - 1), column: Math.min(column * width + (width >> 1), WIDTH - 1) };
  };
  // What is taken hold of is the corner of one tile, which stays the one in hand.
  const setTile = (height, width, place) => {
    set("tile_height", height);
    set("tile_width", width);
    setAll(model, middleOf(place));
  };
  const choose = (row, column) => setAll(model, middleOf([clamp(row, 0, state.tiles[0] - 1), clamp(column, 0, state.tiles[1] - 1)]));
  const placeNow = () => stateOf().chosen;
  const setFuse = (value) => set("fuse", value, model.get("layers"));

  // The chosen tile's corner is so many tiles away from the image's.
  const corner = gripOf({
    name: "size of the tiles", cursor: "nwse-resize",
    begin: () => [...state.tile, ...state.chosen],
    move: ([height, width, row, column], dx, dy) => setTile(height + dy / room.cell / (row + 1), width + dx / room.cell / (column + 1), [row, column]),
    step: (down, right) => setTile(model.get("tile_height") + down, model.get("tile_width") + right, placeNow()),
    toEnd: (last) => setTile(...(last ? [Infinity, Infinity] : [0, 0]), placeNow()),
    tap: (event) => tapAt(event),
  });
  const fuseGrip = gripOf({
    name: "layers fused for each exchange", cursor: "ew-resize",
    begin: () => state.fuse,
    move: (from, dx) => setFuse(from + dx / room.step),
    step: (down, right) => setFuse(model.get("fuse") + right - down),
    toEnd: (last) => setFuse(last ? Infinity : 1),
  });
  const layersGrip = gripOf({
    name: "number of layers", cursor: "ew-resize",
    begin: () => state.layers,
    move: (from, dx) => set("layers", from + dx / room.step),
    step: (down, right) => set("layers", model.get("layers") + right - down),
    toEnd: (last) => set("layers", last ? Infinity : 1),
  });

  const parts = {
    tiles: html("figure", { tabindex: 0, role: "group", "data-tiles": "" }, html("figcaption")),
    prices: html("figure", { tabindex: 0, role: "group", "data-prices": "", "aria-label": "What it costs to fuse 1, 2, and more layers" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
    formulas: html("div", { class: "formulas" }),
  };
  const image = svg("svg", { class: "tiles" });
  const marks = svg("g");
  image.append(marks, corner.node);
  parts.tiles.append(image);
  const drawPrices = pricesIn(parts.prices, { layers: layersGrip, fuse: fuseGrip });
  const { board, size: boardSize, undo: leaveBoard } = boardOf("halos", [parts.tiles, parts.prices], () => draw());
  onStage(el, board, parts.said, parts.formulas);

  const tileAt = ({ clientX, clientY }) => {
    const box = image.getBoundingClientRect();
    const [y, x] = [((clientY - box.top) / box.height) * HEIGHT, ((clientX - box.left) / box.width) * WIDTH];
    return y < 0 || x < 0 || y >= HEIGHT || x >= WIDTH ? null : [Math.floor(y / state.tile[0]), Math.floor(x / state.tile[1])];
  };
  const tapAt = (event) => {
    const at = tileAt(event);
    if (at) choose(...at);
  };
  const placeIn = (element) => element.closest("[data-tile]")?.dataset.tile.split(",").map(Number);
  onTap(parts.tiles, placeIn, (at) => choose(...at));
  onTap(parts.prices, (element) => element.closest("[data-choice]"), (part) => setFuse(Number(part.dataset.choice)));
  onArrows(parts.tiles, (down, right) => {
    const [row, column] = placeNow();
    choose(row + down, column + right);
  });
  onArrows(parts.prices, (down, right) => setFuse(model.get("fuse") + right - down));
  const point = (at) => {
    if (`${at}` === `${pointed}`) return;
    pointed = at;
    draw();
  };
  parts.tiles.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && !event.buttons) point(tileAt(event));
  });
  parts.tiles.addEventListener("pointerleave", () => point(null));

  function bound() {
    state = stateOf();
    setAll(model, { fuse: state.fuse });
  }

  function draw() {
    bound();
    const { width, narrow } = boardSize();
    const cell = Math.min(6, Math.floor((10 * (narrow ? Math.min(width - 24, 276) : width * 0.56)) / WIDTH) / 10);
    const charts = narrow ? Math.min(width - 24, 320) : Math.min(width - WIDTH * cell - 56, 260);
    room = { cell, step: charts / limits.layers[2] };
    const all = pricesOf(state);
    const inside = pointed && pointed[0] < state.tiles[0] && pointed[1] < state.tiles[1] ? pointed : null;
    const place = inside ?? state.chosen;
    const ranges = rangesOf(state, place);
    drawTiles(place, ranges);
    drawPrices({ all, layers: state.layers, fuse: state.fuse, most: limits.layers[2], width: charts, narrow });
    placeAt(parts.tiles, narrow ? (width - WIDTH * cell) / 2 : 10, 0);
    placeAt(parts.prices, narrow ? (width - charts) / 2 : WIDTH * cell + 44, narrow ? HEIGHT * cell + 40 : 26);
    parts.said.textContent = sentence(place, ranges, all[state.fuse - 1]);
    parts.formulas.replaceChildren(...formulas(ranges, all[state.fuse - 1]));
  }

  function drawTiles(place, ranges) {
    const { cell } = room;
    const box = ({ top, left, width, height }, kind, more = {}) =>
      svg("rect", { x: left * cell, y: top * cell, width: width * cell, height: height * cell, class: kind, ...more });
    const [own] = ranges;
    const drawn = [box({ top: 0, left: 0, height: HEIGHT, width: WIDTH }, "whole")];
    for (const range of ranges.slice(1).reverse()) drawn.push(box(range, "halo"));
    drawn.push(box(own, "own"));
    for (let row = 0; row < state.tiles[0]; row += 1) {
      for (let column = 0; column < state.tiles[1]; column += 1) {
        const [top, left] = [row * state.tile[0], column * state.tile[1]];
        const range = { top, left, height: Math.min(state.tile[0], HEIGHT - top), width: Math.min(state.tile[1], WIDTH - left) };
        drawn.push(box(range, "tile", { "data-tile": `${row},${column}` }));
      }
    }
    const middle = { cx: (model.get("column") + 0.5) * cell, cy: (model.get("row") + 0.5) * cell, r: 2.5 };
    drawn.push(box(ranges.at(-1), "read"), svg("circle", { ...middle, class: "pixel" }), ...namesOf(own, ranges.at(-1)));
    setAttributes(image, { width: WIDTH * cell, height: HEIGHT * cell, viewBox: `0 0 ${WIDTH * cell} ${HEIGHT * cell}` });
    marks.replaceChildren(...drawn);
    const [row, column] = state.chosen;
    corner.at(Math.min((column + 1) * state.tile[1], WIDTH) * cell, Math.min((row + 1) * state.tile[0], HEIGHT) * cell, 1, {
      now: state.tile[0], low: limits.tile_height[1], high: limits.tile_height[2], text: `${state.tile[0]} by ${state.tile[1]} pixels`,
    });
    const [down, across] = state.tiles;
    parts.tiles.querySelector("figcaption").textContent = `image ${HEIGHT} × ${WIDTH}, in ${down} × ${across} ${down * across === 1 ? "tile" : "tiles"}`;
    parts.tiles.setAttribute("aria-label", `Image in ${down} by ${across} tiles; tile ${place.join(", ")} is shown. Arrow keys choose a tile.`);
  }

  // What is what in the picture, in words, where there is room for them.
  function namesOf(own, read) {
    const { cell } = room;
    const text = (x, y, what, anchor = "middle") => svg("text", { x: x * cell, y: y * cell, "text-anchor": anchor, "dominant-baseline": "central" }, what);
    const names = own.width * cell > 34 && own.height * cell > 44 ? [text(own.left + own.width / 2, own.top + own.height / 2 - 9 / cell, "tile")] : [];
    const sees = read.width > own.width || read.height > own.height;
    const above = read.top * cell >= 20;
    if (sees && (above || (HEIGHT - read.top - read.height) * cell >= 20)) {
      names.push(text(read.left + read.width / 2, above ? read.top - 10 / cell : read.top + read.height + 11 / cell, "halo"));
    }
    return names;
  }

  function sentence(place, ranges, { exchanges, bytes }) {
    const { kernel, layers, fuse } = state;
    const [own, read] = [ranges[0], ranges.at(-1)];
    const tile = `Tile (${place.join(", ")}) has ${own.height} × ${own.width} pixels`;
    if (kernel === 1) return `${tile}, and reads no other: a 1 × 1 window does not reach beyond its pixel. Nothing is sent, nothing is computed again.`;
    if (state.tiles[0] * state.tiles[1] === 1) return `${tile}, the whole image. Nothing is sent, nothing is computed again.`;
    const what = fuse === 1 ? "one layer reads" : `${fuse} layers read`;
    const times = exchanges === 1 ? "one exchange" : `${exchanges} exchanges`;
    return `${tile}; ${what} ${read.height} × ${read.width}, with the halo. ${plural(layers, "layer")}: ${times}, ${kilobytes(bytes)} sent by all tiles, `
      + `${again(pricesOf(state)[fuse - 1])} of the MACs computed again.`;
  }

  function formulas(ranges, { bytes, macs, repeated }) {
    const { kernel, fuse } = state;
    const read = ranges.at(-1);
    return [
      html("div", {}, "the tile and its halo: ", formula(mathml("mtext", "field"), "=", 1, "+", fuse, "·", "(", kernel, "−", 1, ")"),
        mathml("math", mathml("mtext", `; a tile reads ${read.height} × ${read.width} of ${CHANNELS} channels`))),
      html("div", {}, "sent: ", formula(mathml("mtext", "bytes"), "=", counted(bytes)), `, ${CHANNELS} channels of float32 in every layer`),
      html("div", {}, "computed: ", formula(mathml("mtext", "MACs"), "=", counted(macs)), `, of which ${counted(repeated)} again`),
    ];
  }

  function code() {
    const { tile, kernel, layers, fuse } = state;
    const count = CHANNELS * CHANNELS * kernel * kernel;
    const pixels = CHANNELS * HEIGHT * WIDTH;
    return {
      convlib: "import dask.array\nimport numpy as np\nfrom convlib.distributed import Layer, stack\n\n"
        + `image = (7 * np.arange(${pixels}) % 5).astype(np.float32).reshape(${CHANNELS}, ${HEIGHT}, ${WIDTH})\n`
        + `weight = ((3 * np.arange(${count}) % 7) / 100).astype(np.float32).reshape(${CHANNELS}, ${CHANNELS}, ${kernel}, ${kernel})\n`
        + `chunks = dask.array.from_array(image, chunks=(${CHANNELS}, ${tile.join(", ")}))\n`
        + `output = stack(chunks, [Layer(weight, padding="same")] * ${layers}, fuse=${fuse}).compute()\n`,
      pytorch: "import torch\nimport torch.nn.functional as F\n\n"
        + `image = (7 * torch.arange(${pixels}) % 5).float().reshape(${CHANNELS}, ${HEIGHT}, ${WIDTH})\n`
        + `weight = ((3 * torch.arange(${count}) % 7) / 100).float().reshape(${CHANNELS}, ${CHANNELS}, ${kernel}, ${kernel})\n`
        + `output = image\nfor _ in range(${layers}):\n    output = F.conv2d(output, weight, padding="same")\n`,
    };
  }

  const releaseEnd = endKeyGoesTo(el, model, "fuse", "layers");
  return {
    names: ["tile_height", "tile_width", "layers", "fuse", "reach", "row", "column"],
    draw,
    bound,
    code,
    undo() {
      releaseEnd();
      leaveBoard();
    },
  };
}

export default explorer(build);

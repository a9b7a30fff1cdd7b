// GroupWiring: the wires from channel to channel, the same as a matrix, and where the two stand.

const DASHES = ["none", "9 4", "2 3", "9 3 2 3", "14 4", "5 5"]; // a line style for each group, in turn
const MOST_ROW = 52; // pixels from one channel to the next, at most
const HEAD = 34; // a figure's caption
const HEADS = { left: 24, top: 20 }; // the matrix's own numbers of channels

const listed = (numbers) => (numbers.length < 2 ? numbers.join("") : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`);
// "channel 3", "channels 1 and 2", "channels 1 to 4 and 9 to 12".
function channels(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.at(-1)?.at(-1) === number - 1) runs.at(-1).push(number);
    else runs.push([number]);
  }
  const words = runs.flatMap((run) => (run.length > 2 ? [`${run[0]} to ${run.at(-1)}`] : run));
  return `channel${numbers.length === 1 ? "" : "s"} ${listed(words)}`;
}

// Side by side or, on a phone, one above the other.
function wiringRoom({ width, height, narrow }) {
  if (narrow) {
    return { wiring: { left: 0, top: 0, width, height: 0.54 * height }, matrix: { left: 0, top: 0.55 * height, width, height: 0.45 * height } };
  }
  return { wiring: { left: 0, top: 0, width: 0.5 * width, height }, matrix: { left: 0.54 * width, top: 0, width: 0.46 * width, height } };
}

// Whether a line between two groups would go through channel `number`, from 1: it does where g does not divide the channels.
const isCut = (number, count, g) => Array.from({ length: g - 1 }, (_, k) => ((k + 1) * count) / g).some((at) => at > number - 1 && at < number);

// The group that lights up, from 0: that of the channel or of the wire that is lit; -1 where none is.
function groupLit({ legal, lit, groupOf }) {
  if (!legal || (lit.input && lit.output && !lit.wire)) return -1;
  return lit.output ? groupOf.output(lit.output) : lit.input ? groupOf.input(lit.input) : -1;
}

// The channel or the wire that an element stands for: {input, output}, of which one may be missing; null for none.
function partOf(element) {
  const node = element.closest("[data-input], [data-output]");
  if (!node) return null;
  const { input, output } = node.dataset;
  return { input: input && Number(input), output: output && Number(output) };
}

// The wiring in `figure`: bands of groups, wires, channels. `tap(part)` is told the channel that was tapped, {input} or
// {output}, and `slide(part)` those that a drag along a column comes to. Returns the function that draws it; that returns the
// height of the column of groups.
function wiresIn(figure, split, { tap, slide }) {
  const caption = html("figcaption", {}, "input channels (left) to output channels (right)");
  const layers = ["bands", "wires", "light", "reach", "nodes"].map((name) => svg("g", { class: name }));
  const drawing = svg("svg", { role: "group" }, ...layers, split.node);
  figure.replaceChildren(caption, drawing);
  // Many channels are closer together than fingertips: a finger goes on along the column to the one that it means.
  let [pressed, pitches] = [null, {}];
  onDrag(layers.at(-1), {
    begin: ({ target }) => {
      pressed = partOf(target);
      figure.focus({ preventScroll: true, focusVisible: false });
      return pressed;
    },
    move: (from, _, dy) => {
      const [[kind, number]] = Object.entries(from).filter(([, at]) => at);
      slide({ [kind]: number + Math.round(dy / pitches[kind]) });
    },
    tap: () => tap(pressed),
  });
  return (drawn, { left, top, width, height }, legalValues) => {
    const { c1, c2, g, legal, wired, groupOf, lit, disturbed, asked, changes } = drawn;
    const tall = Math.min(height - HEAD - 14, MOST_ROW * Math.max(c1, c2, 3));
    const ends = { input: 0.33 * width, output: 0.72 * width };
    const middle = (number, count) => ((number - 0.5) * tall) / count;
    const line = (i, o) => `M${ends.input} ${middle(i, c1)}L${ends.output} ${middle(o, c2)}`;
    const litGroup = groupLit(drawn);

    const bands = [];
    for (let k = 0; k < g; k += 1) {
      const [y, band] = [(k * tall) / g, tall / g];
      if (!legal) {
        if (k) bands.push(svg("path", { d: `M0 ${y}H${width}`, class: "cut-line" }));
        continue;
      }
      bands.push(svg("rect", { x: 1, y: y + 1.5, width: width - 2, height: band - 3, rx: 6, class: `band-of-group${k === litGroup ? " lit" : ""}` }));
      bands.push(svg("text", { x: 22, y: y + band / 2, class: "group-name" }, `group ${k + 1}`));
    }

    // All wires of a group that look alike are one path: there may be hundreds. Each has a broader one to point at.
    const paths = new Map();
    const reach = [];
    for (let o = 1; o <= c2; o += 1) {
      for (let i = 1; i <= c1; i += 1) {
        if (!wired(i, o)) continue;
        const live = disturbed === i || asked === o;
        const chosen = (disturbed && disturbed <= c1) || (asked && asked <= c2);
        const look = [live ? " live" : chosen ? " faint" : "", DASHES[groupOf.input(i) % DASHES.length]].join("|");
        paths.set(look, (paths.get(look) ?? "") + line(i, o));
        reach.push(svg("path", { d: line(i, o), class: "wire-reach", "data-input": i, "data-output": o }));
      }
    }
    const wires = [...paths].map(([look, d]) => {
      const [live, dashes] = look.split("|");
      return svg("path", { d, class: `wire${live}`, "stroke-dasharray": dashes });
    });
    const among = (count) => Array.from({ length: count }, (_, k) => k + 1);
    const bright = lit.wire
      ? line(lit.input, lit.output)
      : among(c2).flatMap((o) => among(c1).filter((i) => (lit.input === i && !lit.output) || (lit.output === o && !lit.input)).filter((i) => wired(i, o)).map((i) => line(i, o))).join("");

    const pitch = (count) => tall / count;
    pitches = { input: pitch(c1), output: pitch(c2) };
    const deep = Math.min(20, pitch(Math.max(c1, c2)) - 3); // a node's height
    const node = (kind, number, count, extra, { ring, marks = [] }) => {
      const box = { x: -18, width: 36, y: -deep / 2, height: deep, rx: deep / 2 };
      const cell = svg("g", { class: `cell ${kind}${!legal && isCut(number, count, g) ? " cut" : ""}` },
        svg("rect", box), svg("text", {}, `${number}`), ...(ring ? [svg("rect", { ...box, class: "chosen" })] : []), ...marks);
      const hit = Math.min(pitch(count), 44);
      return svg("g", { transform: `translate(${ends[kind]} ${middle(number, count)})`, ...extra },
        svg("rect", { x: -34, width: 68, y: -hit / 2, height: hit, class: "node-reach" }), cell);
    };
    const inputs = among(c1).map((i) => {
      const read = asked && asked <= c2 && wired(i, asked);
      const marks = read ? [svg("circle", { cx: -26, cy: 0, r: 4, class: "mark" })] : [];
      return node("input", i, c1, { "data-input": i, "data-read": read ? 1 : 0 }, { ring: disturbed === i || read || lit.input === i, marks });
    });
    const outputs = among(c2).map((o) => {
      const moved = changes[o - 1] > 0;
      const marks = moved ? [svg("circle", { cx: 27, cy: 0, r: 4, class: "mark" })] : [];
      if (disturbed && disturbed <= c1 && legal) marks.push(svg("text", { x: 36, class: "change" }, moved ? `±${changes[o - 1]}` : "same"));
      return node("output", o, c2, { "data-output": o, "data-moved": moved ? 1 : 0 }, { ring: asked === o || lit.output === o, marks });
    });

    layers[0].replaceChildren(...bands);
    layers[1].replaceChildren(...wires);
    layers[2].replaceChildren(...(bright ? [svg("path", { d: bright, class: "lit-wire" })] : []));
    layers[3].replaceChildren(...reach);
    layers[4].replaceChildren(...inputs, ...outputs);
    split.at(10, tall / g, 1, { now: g, low: 1, high: legalValues.at(-1), text: `${plural(g, "group")}${legal ? "" : ", which do not fit"}` });
    const label = `Wiring of ${c1} input channels to ${c2} output channels`;
    setAttributes(drawing, { viewBox: `0 -4 ${width} ${tall + 8}`, style: `width: ${width}px`, "aria-label": label });
    figure.setAttribute("aria-label", `${label}. Arrow keys up and down choose a channel, right the outputs, left the inputs, Escape none.`);
    placeAt(figure, left, top);
    return tall;
  };
}

// The channel matrix in `figure`: row = output channel, column = input channel, each cell one kernel.
function channelMatrixIn(figure) {
  const drawGrid = gridIn(figure, { margin: 3 });
  return (drawn, { left, top, width, height }) => {
    const { c1, c2, g, legal, wired, lit, disturbed, asked, changes } = drawn;
    const side = Math.min(44, (width - HEADS.left - 6) / c1, (height - HEAD - HEADS.top - 6) / c2);
    const unit = CELL / side; // of the drawing, to a pixel
    const describe = (o, i) => ({
      kind: wired(i + 1, o + 1) ? "kernel" : "padding",
      text: wired(i + 1, o + 1) ? "" : legal ? "0" : "?",
      mark: disturbed === i + 1 && changes[o] > 0,
      input: i + 1,
    });
    const everySecond = side < 16; // columns so narrow have room for every second number
    const heads = [
      ...Array.from({ length: c1 }, (_, i) => i).filter((i) => !everySecond || i % 2).map((i) => svg("text", { x: (i + 0.5) * CELL, y: -10 * unit, "data-input": i + 1 }, `${i + 1}`)),
      ...Array.from({ length: c2 }, (_, o) => svg("text", { x: -12 * unit, y: (o + 0.5) * CELL, "data-output": o + 1 }, `${o + 1}`)),
    ];
    // A kernel is drawn as a lattice of 3 x 3, whatever its size.
    const lattices = [];
    for (let o = 0; o < c2; o += 1) {
      for (let i = 0; i < c1; i += 1) {
        if (!wired(i + 1, o + 1)) continue;
        const [x, y] = [i * CELL + 9, o * CELL + 9];
        const lines = [0, 7, 15, 22].map((at) => `M${x + at} ${y}v22M${x} ${y + at}h22`);
        lattices.push(lines.join(""));
      }
    }
    const shapes = [svg("path", { d: lattices.join(""), class: "lattice" }), svg("g", { class: "cell heads" }, ...heads)];
    const block = (k, kind) => outline((k * c2) / g, (k * c1) / g, c2 / g, c1 / g, kind);
    for (let k = 0; k < g; k += 1) shapes.push(block(k, legal ? "block-of-group" : "block-of-group cut-line"));
    const litGroup = groupLit(drawn);
    if (litGroup >= 0) shapes.push(block(litGroup, "block-of-group lit"));
    if (disturbed && disturbed <= c1) shapes.push(outline(0, disturbed - 1, c2, 1, "chosen"));
    if (asked && asked <= c2) shapes.push(outline(asked - 1, 0, 1, c1, "chosen"));
    if (lit.input && lit.output) shapes.push(outline(lit.output - 1, lit.input - 1, 1, 1, "lit-cell"));
    const blocks = !legal ? "no blocks fit" : g === 1 ? "one block" : `${g} blocks of ${c2 / g} × ${c1 / g} cells`;
    const label = `Channel weight matrix, ${c2} by ${c1}`;
    figure.style.setProperty("--unit", unit);
    drawGrid({ rows: c2, columns: c1, text: `kernels, C₂ × C₁ = ${c2} × ${c1}: ${blocks}`, label, describe, shapes, scale: 1 / unit });
    for (const cell of figure.querySelectorAll("[data-at]")) cell.dataset.output = Number(cell.dataset.at.split(",")[0]) + 1;
    figure.setAttribute("aria-label", `${label}. Arrow keys choose an input channel, Escape none.`);
    placeAt(figure, left, top);
  };
}

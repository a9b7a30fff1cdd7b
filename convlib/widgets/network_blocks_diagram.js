// NetworkBlocks: one block as a diagram, whose parts can be switched in it.

const PARTS = ["nonlinearity", "normalisation", "residual"];
const PART_NAMES = { nonlinearity: "non-linearity", normalisation: "normalisation", residual: "residual" };
const BOX = 44; // the height of a part, and the least width to hit

// The diagram in `figure`; `toggle(part)` is told which part a reader switches. Returns what draws it, and what lights a part.
function diagramIn(figure, toggle) {
  const part = (name, ...shapes) => {
    const node = svg("g", { class: "part", "data-part": name }, ...shapes);
    if (name === "convolution") return node;
    setAttributes(node, { role: "switch", tabindex: 0, "aria-label": PART_NAMES[name] });
    node.addEventListener("click", () => toggle(name));
    node.addEventListener("keydown", (event) => {
      if (![" ", "Enter"].includes(event.key)) return;
      event.preventDefault();
      toggle(name);
    });
    return node;
  };
  const box = () => [svg("rect", { height: BOX, rx: 6 }), svg("text", { y: BOX / 2 }, "")];
  const [way, arc] = [svg("path", { class: "way" }), svg("path", { class: "way" })];
  const around = svg("path", { class: "reach" });
  const plus = [svg("circle", { r: 13 }), svg("text", {}, "+")];
  const reach = svg("rect", { class: "reach", width: BOX, height: BOX });
  const arcLabel = svg("text", { class: "arc-label" }, "residual");
  const nodes = {
    convolution: part("convolution", ...box()), normalisation: part("normalisation", ...box()),
    nonlinearity: part("nonlinearity", ...box()), residual: part("residual", around, reach, arc, ...plus, arcLabel),
  };
  const ends = [svg("text", {}, "x"), svg("text", {}, "x")];
  const drawing = svg("svg", { role: "group", "aria-label": "The parts of a block" }, way, ...ends, ...Object.values(nodes));
  figure.replaceChildren(drawing);

  function draw(state, width) {
    const narrow = width < 560;
    const words = narrow
      ? { convolution: "w ∗ x", normalisation: "norm", nonlinearity: "ReLU" }
      : { convolution: "convolution w ∗ x", normalisation: "normalisation", nonlinearity: "non-linearity: ReLU" };
    const lengths = narrow ? [66, 62, 62] : [150, 130, 160];
    const top = 34;
    const middle = top + BOX / 2;
    const [start, end] = [14, width - 14];
    const sum = end - 38;
    const gap = (sum - 13 - start - 26 - lengths.reduce((one, other) => one + other)) / 3;
    let x = start + 26 + gap / 2;
    Object.keys(words).forEach((name, k) => {
      const [rect, text] = nodes[name].childNodes;
      setAttributes(rect, { x, y: top, width: lengths[k] });
      setAttributes(text, { x: x + lengths[k] / 2, y: middle });
      text.textContent = words[name];
      x += lengths[k] + gap;
    });
    setAttributes(way, { d: `M${start + 10} ${middle}H${end - 10}` });
    const bow = `M${start + 20} ${middle}V20Q${start + 20} 12 ${start + 28} 12H${sum - 8}Q${sum} 12 ${sum} 20V${middle - 13}`;
    for (const path of [arc, around]) setAttributes(path, { d: bow });
    setAttributes(plus[0], { cx: sum, cy: middle });
    setAttributes(reach, { x: sum - BOX / 2, y: top });
    setAttributes(plus[1], { x: sum, y: middle });
    setAttributes(arcLabel, { x: (start + sum) / 2, y: 12 });
    ends.forEach((text, k) => setAttributes(text, { x: [start, end][k], y: middle }));
    for (const name of PARTS) {
      nodes[name].classList.toggle("off", !state[name]);
      nodes[name].setAttribute("aria-checked", state[name]);
    }
    setAttributes(drawing, { viewBox: `0 0 ${width} ${top + BOX + 4}`, style: `width: ${width}px` });
  }
  const light = (name) => {
    for (const each of PARTS) nodes[each].classList.toggle("lit", each === name);
  };
  return { draw, light };
}

// While a box of the explorer is hovered over or focused, `light` is told its part. For `whenInPage`.
const lightBoxes = (light) => (panel) => {
  const partOf = ({ target }) => {
    const text = target.closest?.(".widget-checkbox")?.textContent.trim() ?? "";
    return PARTS.find((name) => text.endsWith(PART_NAMES[name])) ?? null;
  };
  const on = (event) => {
    const name = partOf(event);
    if (name) light(name);
  };
  const off = (event) => {
    if (partOf(event)) light(null);
  };
  const calls = { pointerover: on, focusin: on, pointerout: off, focusout: off };
  for (const [type, call] of Object.entries(calls)) panel.addEventListener(type, call);
  return () => {
    for (const [type, call] of Object.entries(calls)) panel.removeEventListener(type, call);
  };
};

// The picture that a reader takes along: what is drawn on the stage as one SVG that stands alone, in the page's colours.

const MARGIN = 12; // pixels of paper around the stage
const COLOURED = ["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "opacity"];
const WRITTEN = ["font-family", "font-size", "font-style", "font-weight", "font-variant-numeric", "text-decoration"];
const DRAWN_STYLES = [
  ...COLOURED, ...WRITTEN, "text-anchor", "dominant-baseline", "paint-order", "vector-effect", "visibility", "clip-path", "overflow",
];
const styled = (style, names) => names.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
const isClear = (colour) => /^(transparent|rgba\(.*, 0\))$/.test(colour);

// A drawing of the page, with the styles that it has there.
function copyOfDrawing(node, at) {
  const copy = node.cloneNode(true);
  const originals = [node, ...node.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((each, k) => {
    const style = getComputedStyle(originals[k]);
    // What can be taken hold of is no part of the picture, unless it shows a number as well.
    if (style.display === "none" || originals[k].matches(".grip:not(.is-mark) :is(.reach, .dot-of-grip)")) {
      each.remove();
      return;
    }
    for (const { name, value } of [...each.attributes]) {
      if (value.includes("var(") || /^(class|role|tabindex|aria-.*)$/.test(name)) each.removeAttribute(name);
    }
    each.setAttribute("style", styled(style, DRAWN_STYLES));
    if (each.localName === "circle") each.setAttribute("r", parseFloat(style.r)); // which a style sheet may set
  });
  setAttributes(copy, at);
  return copy;
}

// The words of a text node where they stand, a line at a time.
function wordsOf(node, place) {
  const style = getComputedStyle(node.parentElement);
  const lines = [];
  const range = document.createRange();
  for (let k = 0; k < node.length; k += 1) {
    range.setStart(node, k);
    range.setEnd(node, k + 1);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < box.height / 2) last.text += node.data[k];
    else lines.push({ box, text: node.data[k] });
  }
  return lines.map(({ box, text }) => {
    const { x, y, height } = place(box);
    // Of a line's height about a fifth is below its base line.
    return svg("text", { x, y: y + 0.79 * height, style: `white-space: pre; fill: ${style.color}; ${styled(style, WRITTEN)}` }, text);
  });
}

// What a style sheet writes before a node's words, on their line.
function wordsBefore(node, { x, y, height }, text) {
  const style = getComputedStyle(node);
  const middle = y + height / 2 + 0.35 * parseFloat(style.fontSize);
  return [svg("text", { x, y: middle, style: `fill: ${style.color}; ${styled(style, WRITTEN)}` }, text)];
}

// A box of the page: its ground and its edges.
function boxOf(style, { x, y, width, height }) {
  const made = [];
  if (!isClear(style.backgroundColor)) made.push(svg("rect", { x, y, width, height, rx: parseFloat(style.borderTopLeftRadius) || 0, fill: style.backgroundColor }));
  const ends = { Top: [0, 0, width, 0], Right: [width, 0, width, height], Bottom: [0, height, width, height], Left: [0, 0, 0, height] };
  for (const [side, [x1, y1, x2, y2]] of Object.entries(ends)) {
    const [wide, colour] = [parseFloat(style[`border${side}Width`]), style[`border${side}Color`]];
    if (!wide || style[`border${side}Style`] === "none" || isClear(colour)) continue;
    made.push(svg("line", { x1: x + x1, y1: y + y1, x2: x + x2, y2: y + y2, stroke: colour, "stroke-width": wide }));
  }
  return made;
}

// Everything drawn at and in `node`. `place` turns a rectangle of the window into one of the picture.
function painted(node, place) {
  if (node.nodeType === Node.TEXT_NODE) return wordsOf(node, place);
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  const style = getComputedStyle(node);
  if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return [];
  // Neither buttons nor fields are part of a picture, and what only screen readers are told neither.
  if (node.matches("button, input, select, label, [data-not-saved]")) return [];
  const at = place(node.getBoundingClientRect());
  if (node.matches("svg")) return at.width && at.height ? [copyOfDrawing(node, at)] : [];
  if (node.matches("canvas")) return [svg("image", { ...at, href: node.toDataURL(), preserveAspectRatio: "none", opacity: style.opacity })];
  const own = style.display === "contents" ? [] : boxOf(style, at);
  const named = getComputedStyle(node, "::before").content.match(/^attr\((.*)\)$|^"(.+)"$/);
  if (named) own.push(...wordsBefore(node, at, named[2] ?? node.getAttribute(named[1])));
  let inner = [...node.childNodes].flatMap((child) => painted(child, place));
  if (style.overflowX !== "visible" && inner.length) {
    const { x, y, width, height } = at;
    inner = [svg("svg", { ...at, viewBox: [x, y, width, height].join(" ") }, ...inner)];
  }
  const all = [...own, ...inner];
  return style.opacity === "1" || !all.length ? all : [svg("g", { opacity: style.opacity }, ...all)];
}

// The stage as an SVG. What scrolls in a box is drawn as it is seen, and whole where its style sheet says so for `.being-saved`.
function pictureOfFigure(el) {
  const sight = el.querySelector(".sight");
  const stage = sight.firstElementChild;
  const zoom = zoomOf(el);
  sight.classList.add("being-saved");
  const whole = stage.getBoundingClientRect();
  const place = ({ left, top, width, height }) => ({
    x: (left - whole.left) / zoom, y: (top - whole.top) / zoom, width: width / zoom, height: height / zoom,
  });
  const parts = painted(stage, place);
  const paper = getComputedStyle(sight).backgroundColor;
  sight.classList.remove("being-saved");
  const [width, height] = [whole.width, whole.height].map((side) => Math.ceil(side / zoom) + 2 * MARGIN);
  const corner = { x: -MARGIN, y: -MARGIN };
  const drawing = svg("svg", { xmlns: SVG, viewBox: `${-MARGIN} ${-MARGIN} ${width} ${height}`, width, height }, svg("rect", { ...corner, width, height, fill: paper }), ...parts);
  return new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" });
}

// The same at twice the size, as pixels.
async function asPng(drawing) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await drawing.text())}`;
  await image.decode();
  const canvas = html("canvas", { width: 2 * image.naturalWidth, height: 2 * image.naturalHeight });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = html("a", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

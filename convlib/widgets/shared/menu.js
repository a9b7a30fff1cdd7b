// What a reader takes along: a link to exactly this state, the code that computes it, the picture; and full screen.

const inNotebook = () => document.body.dataset.jpThemeLight !== undefined;

// The settings that are not as the page opened them, as text for a link.
function changedSettings(model) {
  const opened = model.get("opened_with");
  return Object.keys(opened).filter((name) => JSON.stringify(model.get(name)) !== JSON.stringify(opened[name]));
}
const inLink = (value) => (Array.isArray(value) ? value.map((row) => row.join(",")).join(";") : `${value}`);

function linkTo(model, panel) {
  const values = changedSettings(model).map((name) => [name, inLink(model.get(name))]);
  const state = new URLSearchParams(values).toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
  return `${location.href.split("#")[0]}#${placeOf(panel)}${state ? `?${state}` : ""}`;
}

// The figure's name on the page, or the explorer's number where it is in none.
const placeOf = (panel) =>
  panel.closest("figure[id]")?.id ?? `explorer-${[...document.querySelectorAll(".convlib-explorer")].indexOf(panel) + 1}`;

// The line of Python that makes this explorer.
function pythonLine(model) {
  const written = (value) => {
    if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
    return typeof value === "boolean" ? (value ? "True" : "False") : `${value}`;
  };
  const legal = model.get("legal");
  const changed = Object.keys(legal).filter((name) => JSON.stringify(model.get(name)) !== JSON.stringify(legal[name].at(-1)));
  return `${model.get("kind")}(${changed.map((name) => `${name}=${written(model.get(name))}`).join(", ")})`;
}

// What a link's text for one setting means; throws what is wrong with it.
function settingOf(legal, name, text) {
  if (!(name in legal)) throw new RangeError(`there is no setting ${name}`);
  const [kind, low, high] = legal[name];
  if (kind === "bool") {
    if (!["true", "false"].includes(text)) throw new RangeError(`${name}=${text}, legal are true and false`);
    return text === "true";
  }
  if (kind === "grid") {
    const rows = text.split(";").map((row) => row.split(","));
    const even = rows.every((row) => row.length === rows[0].length) && Math.max(rows.length, rows[0].length) <= high;
    const numbers = rows.map((row) => row.map((number) => (number.trim() ? Number(number) : NaN)));
    if (!even || numbers.flat().some((number) => !(Math.abs(number) <= low))) {
      throw new RangeError(`${name}=${text}, legal are rows of equally many numbers from −${low} to ${low}, at most ${high} by ${high}`);
    }
    return numbers;
  }
  const value = text.trim() ? Number(text) : NaN;
  const whole = kind === "float" || Number.isInteger(value);
  if (!whole || !(value >= (low ?? -Infinity) && value <= (high ?? Infinity))) {
    throw new RangeError(`${name}=${text}, legal are ${kind === "float" ? "numbers" : "whole numbers"} from ${low} to ${high ?? "the last"}`);
  }
  return value;
}

// Sets what the address of the page asks of this explorer; says so in the figure if it is not legal.
function followLink(model, el, panel) {
  const [place, query] = decodeURI(location.hash.slice(1)).split("?");
  if (query === undefined || place !== placeOf(panel)) return;
  panel.scrollIntoView({ block: "start" });
  const opened = Object.fromEntries(Object.keys(model.get("opened_with")).map((name) => [name, model.get(name)]));
  const refuse = (reason) => {
    setAll(model, opened);
    el.prepend(html("p", { class: "illegal link-fault", role: "alert" }, `The link to this figure asks for ${reason}. The figure is as it opens.`));
  };
  const legal = model.get("legal");
  let asked;
  try {
    const pairs = [...new URLSearchParams(query)].map(([name, text]) => [name, settingOf(legal, name, text)]);
    asked = Object.fromEntries(pairs.sort(([, one], [, other]) => Array.isArray(other) - Array.isArray(one)));
  } catch (error) {
    refuse(error.message);
    return;
  }
  const tooLong = GRID_SIZES.find(([size, grid, lengthOf]) => grid in legal && size in asked && asked[size] > lengthOf(asked[grid] ?? model.get(grid)));
  if (tooLong) {
    refuse(`${tooLong[0]}=${asked[tooLong[0]]}, more than ${tooLong[1]} has`);
    return;
  }
  setAll(model, asked);
  // What the figure itself corrects, such as a step beyond the last, was not legal either.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const wrong = Object.keys(asked).find((name) => JSON.stringify(model.get(name)) !== JSON.stringify(asked[name]));
    if (wrong) refuse(`${wrong}=${inLink(asked[wrong])}, which does not go with the rest`);
  }));
}
const GRID_SIZES = [
  ["height", "image", (rows) => rows.length], ["width", "image", (rows) => rows[0].length],
  ["kernel_height", "weights", (rows) => rows.length], ["kernel_width", "weights", (rows) => rows[0].length],
];

// The menu: a button in the explorer's corner, and what it opens. `code()`, if there is one, returns texts by library.
function menuOf(model, el, code) {
  const text = html("textarea", { readonly: "", rows: 3, "aria-label": "What was copied", hidden: "" });
  const status = html("p", { class: "menu-status", role: "status" });
  const list = html("div", { class: "menu-list", hidden: "" });
  const button = html("button", { type: "button", class: "menu-button", "aria-expanded": "false", "aria-label": "Take this figure with you" }, "⋯");
  const menu = html("div", { class: "menu" }, button, list);
  const panelOf = () => el.closest(".convlib-explorer");

  const copy = (what, make) => async () => {
    text.hidden = false;
    text.value = make();
    text.select();
    let copied = document.execCommand("copy");
    try {
      await navigator.clipboard.writeText(text.value);
      copied = true;
    } catch {
      // A page from a file, or one without the right, has the older way above.
    }
    status.textContent = copied ? `Copied: ${what}.` : `Copy ${what} from here:`;
  };
  const item = (label, act) => {
    const node = html("button", { type: "button" }, label);
    node.addEventListener("click", act);
    list.append(node);
  };
  if (inNotebook()) item("copy Python line", copy("the line that makes this explorer", () => pythonLine(model)));
  else item("copy link", copy("a link to this state", () => linkTo(model, panelOf())));
  if (code) {
    item("copy code for convlib", copy("code for convlib", () => code().convlib));
    item("copy code for PyTorch", copy("code for PyTorch", () => code().pytorch));
  }
  item("save picture as SVG", async () => save(await pictureOfFigure(el), `${placeOf(panelOf())}.svg`));
  item("save picture as PNG", async () => save(await asPng(await pictureOfFigure(el)), `${placeOf(panelOf())}.png`));
  item("full screen", () => (document.fullscreenElement ? document.exitFullscreen() : panelOf().requestFullscreen()));
  list.append(status, text);

  const show = (open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", open);
    if (open) [status.textContent, text.hidden] = ["", true];
  };
  button.addEventListener("click", () => show(list.hidden));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.stopPropagation();
    show(false);
    button.focus();
  });
  const outside = ({ target }) => {
    if (!menu.contains(target)) show(false);
  };
  document.addEventListener("pointerdown", outside);
  el.append(menu);
  const unlink = inNotebook() ? () => {} : whenInPage(el, (panel) => followLink(model, el, panel));
  return () => {
    document.removeEventListener("pointerdown", outside);
    unlink();
  };
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = html("a", { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

// Of a drawing that scrolls in a box of the stage, only what is seen of it.
function inItsBox(copy, node, stage, { left, top }) {
  let box = node.parentElement;
  while (box !== stage && getComputedStyle(box).overflowY === "visible") box = box.parentElement;
  if (box === stage) return copy;
  const seen = box.getBoundingClientRect();
  const [x, y, width, height] = [seen.left - left, seen.top - top, seen.width, seen.height];
  return svg("svg", { x, y, width, height, viewBox: [x, y, width, height].join(" ") }, copy);
}

// What is in sight as one SVG: drawings and photographs where they stand, with their captions, in the page's colours.
const DRAWN_STYLES = [
  "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "opacity", "font", "text-anchor",
  "dominant-baseline", "paint-order", "vector-effect", "visibility", "display",
];
async function pictureOfFigure(el) {
  const stage = el.querySelector(".sight").firstElementChild;
  const whole = stage.getBoundingClientRect();
  const paper = getComputedStyle(el.querySelector(".sight")).backgroundColor;
  const parts = [svg("rect", { width: "100%", height: "100%", fill: paper })];
  for (const node of stage.querySelectorAll("svg, canvas, figcaption")) {
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height || node.parentElement.closest("svg")) continue;
    const at = { x: box.left - whole.left, y: box.top - whole.top, width: box.width, height: box.height };
    if (node.matches("canvas")) {
      parts.push(svg("image", { ...at, href: node.toDataURL(), preserveAspectRatio: "none", opacity: getComputedStyle(node).opacity }));
    } else if (node.matches("figcaption")) {
      const { color, fontSize } = getComputedStyle(node);
      parts.push(svg("text", { x: at.x, y: at.y + 0.7 * at.height, fill: color, "font-size": fontSize, "font-family": "system-ui, sans-serif" }, node.textContent));
    } else {
      const copy = node.cloneNode(true);
      setAttributes(copy, at);
      copy.removeAttribute("style");
      const originals = [node, ...node.querySelectorAll("*")];
      [copy, ...copy.querySelectorAll("*")].forEach((each, k) => {
        const style = getComputedStyle(originals[k]);
        each.setAttribute("style", DRAWN_STYLES.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; "));
      });
      for (const grip of copy.querySelectorAll(".grip .reach, .grip .dot-of-grip")) grip.remove();
      parts.push(inItsBox(copy, node, stage, whole));
    }
  }
  const size = { width: Math.ceil(whole.width), height: Math.ceil(whole.height) };
  const drawing = svg("svg", { xmlns: SVG, viewBox: `0 0 ${size.width} ${size.height}`, ...size }, ...parts);
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

// What every explorer needs: the kernels, elements, mathematics, changes. convlib computes; the
// code here and in the explorers only calls it and draws.

const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";
const PAGE = 65536; // bytes of a WebAssembly memory page; the first one is left to the stack

// convlib's functions, compiled once for all explorers on the page.
async function loadKernels(model) {
  const id = model.get("kernels").replace("IPY_MODEL_", "");
  const shared = await model.widget_manager.get_model(id);
  const bytes = bytesOf(shared.get("module"));
  shared.compiled ??= early.find(({ size }) => size === bytes.length)?.compiled ?? WebAssembly.compile(bytes);
  const memory = new WebAssembly.Memory({ initial: 2 });
  const stack = new WebAssembly.Global({ value: "i32", mutable: true }, PAGE);
  const imports = { env: { __linear_memory: memory, __stack_pointer: stack } };
  const { exports } = await instanceOf(await shared.compiled, imports);
  return { ...exports, scratch: () => scratch(memory) };
}

// At once, so that a figure is drawn in the same frame as its controls. Chrome refused that until 2023 if a module was
// larger than 4 KB.
function instanceOf(compiled, imports) {
  try {
    return new WebAssembly.Instance(compiled, imports);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return WebAssembly.instantiate(compiled, imports);
  }
}

// In a page of the book its modules arrive before the controls' script, and are compiled while that is read.
const early = (() => {
  const modules = Object.values(globalThis.convlibData ?? {}).filter((data) => data.startsWith("AGFzbQ")); // "\0asm"
  if (!globalThis.WebAssembly) return [];
  return modules.map((module) => {
    const bytes = Uint8Array.from(atob(module), (letter) => letter.charCodeAt(0));
    const compiled = WebAssembly.compile(bytes);
    compiled.catch(() => {}); // who awaits it tells of it
    return { size: bytes.length, compiled };
  });
})();

function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

// Arrays in the module's memory, laid one after another; a new scratch forgets the last one's.
function scratch(memory) {
  let top = PAGE;
  const reserve = (count) => {
    const address = top;
    top += 4 * count;
    const missing = Math.ceil((top - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
    return address;
  };
  return {
    reserve,
    floats(values) {
      const address = reserve(values.length);
      new Float32Array(memory.buffer, address, values.length).set(values);
      return address;
    },
    ints(values) {
      const address = reserve(values.length);
      new Int32Array(memory.buffer, address, values.length).set(values);
      return address;
    },
    readFloats: (address, count) => new Float32Array(memory.buffer, address, count).slice(),
    readInts: (address, count) => new Int32Array(memory.buffer, address, count).slice(),
    // float64 takes the room of two; a copy of the bytes may start at any address.
    reserveDoubles: (count) => reserve(2 * count),
    readDoubles: (address, count) => new Float64Array(memory.buffer.slice(address, address + 8 * count)),
    // All of the memory, for what is read and written where it lies; another one once it has grown.
    buffer: () => memory.buffer,
  };
}

// Calls `draw` now and, at most once a frame, after changes of any of `names`; then `fail` takes what it throws. Returns
// the undo. `bound` brings within their ends what the changes may have left outside: after each of them, not only if a
// frame is drawn before the next, or where the reader gets by some keys would depend on the machine.
function redrawOn(model, names, draw, fail, bound) {
  let [frame, isDue] = [null, false];
  const attempt = (call) => {
    try {
      call();
    } catch (error) {
      fail(error);
    }
  };
  const request = () => {
    if (bound && !isDue) {
      isDue = true;
      queueMicrotask(() => {
        if (isDue) attempt(bound);
        isDue = false;
      });
    }
    frame ??= requestAnimationFrame(() => {
      frame = null;
      attempt(draw);
    });
  };
  draw();
  for (const name of names) model.on(`change:${name}`, request);
  return () => {
    for (const name of names) model.off(`change:${name}`, request);
    if (frame !== null) cancelAnimationFrame(frame);
    isDue = false;
  };
}

// Sets traits, tells the other side only of those that changed.
function setAll(model, values) {
  const changed = Object.entries(values).filter(([name, value]) => model.get(name) !== value);
  for (const [name, value] of changed) model.set(name, value);
  if (changed.length) model.save_changes();
}

// Sets attributes that differ: a viewBox that is set again has all of its picture laid out again.
function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== `${value}`) node.setAttribute(name, value);
  }
}

// Which a browser that translates a page, or one that is read from right to left, leaves as they are.
const AS_WRITTEN = ["code", "math", "pre"];

function create(namespace, tag, attributes, children) {
  const node = namespace
    ? document.createElementNS(namespace, tag)
    : document.createElement(tag);
  if (AS_WRITTEN.includes(tag)) setAttributes(node, { translate: "no", dir: "ltr" });
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const html = (tag, attributes = {}, ...children) => create(null, tag, attributes, children);
const svg = (tag, attributes = {}, ...children) => create(SVG, tag, attributes, children);
const mathml = (tag, ...children) => create(MATHML, tag, {}, children);

// Mathematics: numbers and names become elements, arrays become rows.
function term(value) {
  if (Array.isArray(value)) return mathml("mrow", ...value.map(term));
  if (value instanceof Element) return value;
  if (typeof value === "number") {
    const size = mathml("mn", `${Math.abs(value)}`.replace("Infinity", "∞"));
    return value < 0 ? mathml("mrow", mathml("mo", "−"), size) : size;
  }
  return /^[\p{L}]/u.test(value) ? mathml("mi", value) : mathml("mo", value);
}
const sub = (base, index) => mathml("msub", term(base), mathml("mtext", index));
const over = (upper, lower) => mathml("mfrac", term(upper), term(lower));
const floored = (value) => term(["⌊", value, "⌋"]);
const formula = (...parts) => mathml("math", term(parts));

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const plural = (count, noun) => `${count} ${noun}${Math.abs(count) === 1 ? "" : "s"}`;

// ipywidgets gives a slider's handle no name a screen reader could say: give it the description. Nor does it say which of
// a row of buttons is pressed. Controls may be drawn after the figure.
function nameControls(panel) {
  const name = () => {
    for (const handle of panel.querySelectorAll("[role=slider]:not([aria-label])")) {
      const label = handle.closest(".widget-inline-hbox")?.querySelector(".widget-label");
      if (label?.textContent) handle.setAttribute("aria-label", label.textContent);
    }
    for (const button of panel.querySelectorAll(".widget-toggle-button")) {
      setAttributes(button, { "aria-pressed": button.classList.contains("mod-active") });
    }
  };
  const added = new MutationObserver(name);
  added.observe(panel, { childList: true, subtree: true, attributeFilter: ["class"] });
  name();
  return () => added.disconnect();
}

// A number that is typed beside a slider is taken with Enter. ipywidgets means to take it, too, when the reader goes on by
// Tab or by a click, but waits for an event that does not come up to it. Returns the undo.
function takeTyped(panel) {
  const take = ({ target }) => {
    if (target.matches("[contenteditable=true]")) target.dispatchEvent(new FocusEvent("blur", { bubbles: true }));
  };
  panel.addEventListener("focusout", take);
  return () => panel.removeEventListener("focusout", take);
}

// JupyterLab moves the focus to a notebook's active cell when it has done scrolling after "Run All Cells", seconds
// later on a busy machine. The keys of a reader who moves a slider meanwhile would go to the cell. Focus that leaves
// the explorer for a cell, and neither by a key nor by a pointer, comes back. Returns the undo.
function keepFocus(el) {
  let leaving = false;
  const isInside = (node) => el.closest(".convlib-explorer")?.contains(node) ?? false;
  const onKey = ({ key, altKey, ctrlKey, metaKey, shiftKey }) => {
    leaving = ["Tab", "Escape"].includes(key) || altKey || ctrlKey || metaKey || (shiftKey && key === "Enter");
  };
  const onPointer = ({ target }) => {
    leaving = !isInside(target);
  };
  const onFocus = ({ target, relatedTarget: last }) => {
    if (isInside(target)) leaving = false;
    else if (!leaving && isInside(last) && target.matches(".jp-Cell")) last.focus({ preventScroll: true });
  };
  const calls = { keydown: onKey, pointerdown: onPointer, focusin: onFocus };
  for (const [type, call] of Object.entries(calls)) document.addEventListener(type, call, true);
  return () => {
    for (const [type, call] of Object.entries(calls)) document.removeEventListener(type, call, true);
  };
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The focused `node` takes arrow keys, as steps down and to the right, and Escape if asked; those that something inside
// it has taken are left alone.
function onArrows(node, move, leave) {
  node.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const step = ARROWS[event.key];
    if (!step && !(leave && event.key === "Escape")) return;
    event.preventDefault();
    if (step) move(...step);
    else leave();
  });
}

// A trait `preset` that sets `names` to what `wanted` returns, or to nothing where that is null. It
// goes on doing so when `others` change, and ends when one of `names` is set by hand. Returns the
// undo.
function keepPreset(model, preset, names, wanted, others = []) {
  let applying = false;
  const apply = () => {
    applying = true;
    setAll(model, wanted() ?? {});
    applying = false;
  };
  const end = () => {
    const values = wanted();
    if (applying || !values) return;
    if (names.some((name) => model.get(name) !== values[name])) setAll(model, { [preset]: 0 });
  };
  const calls = [...[preset, ...others].map((name) => [name, apply]), ...names.map((name) => [name, end])];
  for (const [name, call] of calls) model.on(`change:${name}`, call);
  return () => {
    for (const [name, call] of calls) model.off(`change:${name}`, call);
  };
}

// For the slider of the trait `trait`, of which today's end is in the trait `last`: noUiSlider's End key goes to the maximum that
// it was made with, and is sent to today's instead; where there is but one value, the slider is not offered, nor
// the button that plays it. Returns the undo.
function endKeyGoesTo(el, model, trait, last) {
  // By a class: what it is called may be in any language when a browser has translated the page.
  const own = `.convlib-sets-${trait}`;
  const goToEnd = (event) => {
    const panel = el.closest(".convlib-explorer");
    if (event.key !== "End" || !panel?.contains(event.target)) return;
    if (!event.target.closest(`${own} .slider-container`)) return;
    event.preventDefault();
    event.stopPropagation();
    setAll(model, { [trait]: model.get(last) });
  };
  const offer = () => {
    const [, low] = model.get("legal")[trait];
    const visibility = model.get(last) > low ? "" : "hidden";
    for (const box of el.closest(".convlib-explorer")?.querySelectorAll(`.convlib-controls > ${own}`) ?? []) {
      box.style.visibility = visibility;
      if (box.nextElementSibling?.matches(".widget-play")) box.nextElementSibling.style.visibility = visibility;
    }
  };
  document.addEventListener("keydown", goToEnd, true);
  model.on(`change:${last}`, offer);
  const forget = whenInPage(el, offer);
  return () => {
    document.removeEventListener("keydown", goToEnd, true);
    model.off(`change:${last}`, offer);
    forget();
  };
}

// Says in place of a figure why it cannot be there; a page puts its still picture back above that. Errors' own names are
// for the console.
function cannotRun(el, error, what = "This figure stands still here") {
  console.error(error);
  let why = "something in it failed. Loading the page again may help.";
  if (error instanceof RangeError) why = "the browser gives it no more memory. Close other tabs, then load the page again.";
  else if (!globalThis.WebAssembly || error instanceof WebAssembly.CompileError) {
    why = "this browser does not run the book's WebAssembly code. Chrome and Edge 91, Firefox 89, Safari 16.4, and newer ones do.";
  }
  el.replaceChildren(html("p", { class: "cannot-run", role: "alert" }, `${what}: ${why}`));
}

// An explorer's figure: `build` returns the traits it draws from, `draw`, `code` for the menu, `bound` if some of them have
// ends that others move, and `undo` if it listens to the model itself. Whatever fails is said in the figure. `render` returns what anywidget calls
// when the figure is removed, even if that was before it was drawn.
function explorer(build) {
  return {
    async render({ model, el }) {
      const styleName = model.get("kind").replace(/\B[A-Z]/g, "-$&").toLowerCase();
      el.classList.add("convlib-figure", styleName);
      const undo = [whenInPage(el, nameControls), whenInPage(el, letFingersScroll), whenInPage(el, takeTyped), keepFocus(el)];
      const end = () => {
        for (const step of undo.splice(0)) step();
      };
      const fail = (error) => {
        end();
        cannotRun(el, error);
        whenInPage(el, (panel) => panel.classList.add("without-controls"));
      };
      try {
        const kernels = await loadKernels(model);
        const { names, draw, code, bound, undo: own = () => {} } = build(model, el, kernels);
        undo.push(own, redrawOn(model, names, draw, fail, bound));
        undo.push(foldControls(model, el), menuOf(model, el, code), followQuestions(model, el));
      } catch (error) {
        fail(error);
      }
      return end;
    },
  };
}

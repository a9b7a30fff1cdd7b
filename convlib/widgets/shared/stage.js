// The stage that all explorers stand on: the picture and its sentence, which stay in sight on a phone, and the formula
// with its numbers, folded. The controls, which ipywidgets draws, come between the two by the style sheet.

// Lays out the figure: `picture` above the sentence `said`; `details` are folded.
function onStage(el, picture, said, ...details) {
  el.classList.add("on-stage");
  const foot = html("details", { class: "foot" }, html("summary", {}, "formula and numbers"), ...details);
  el.replaceChildren(html("div", { class: "sight" }, picture, said), ...(details.length ? [foot] : []));
}

// What a formula may speak of: what the lesson has introduced, that is, what stands among the open controls, and what the
// reader has set to work. `quantities`: {name: [the names of its controls, whether it is at work]}.
function introducedOf(model, quantities) {
  const open = model.get("open_controls");
  const known = ([controls, atWork]) => atWork || controls.some((name) => open.includes(name));
  return Object.fromEntries(Object.entries(quantities).map(([name, each]) => [name, known(each)]));
}

// Calls `begin(panel)` once the figure stands in its explorer; `begin` may return an undo. Returns the undo.
function whenInPage(el, begin) {
  let [frame, undo] = [null, () => {}];
  const look = () => {
    const panel = el.closest(".convlib-explorer");
    if (panel?.isConnected) undo = begin(panel) ?? undo;
    else frame = requestAnimationFrame(look);
  };
  look();
  return () => {
    cancelAnimationFrame(frame);
    undo();
  };
}

// The button that unfolds the controls that the lesson has not introduced.
function foldControls(model, el) {
  if (!model.get("folded_controls").length) return () => {};
  const button = html("button", { type: "button", class: "more", "aria-expanded": "false" }, "more controls");
  el.append(button);
  el.classList.add("folds");
  const panelOf = () => el.closest(".convlib-explorer");
  button.addEventListener("click", () => {
    const open = panelOf().classList.toggle("more-open");
    button.setAttribute("aria-expanded", open);
    button.textContent = open ? "fewer controls" : "more controls";
  });
  return () => panelOf()?.classList.remove("more-open");
}

// A finger that lands on a slider's track may be about to scroll: noUiSlider would jump there at once. A tap still
// moves the slider, by the mouse event that browsers send after it.
function letFingersScroll(panel) {
  const onTrack = ({ target }) => target.closest?.(".noUi-base") && !target.closest(".noUi-handle");
  const keep = (event) => {
    if (onTrack(event)) event.stopPropagation();
  };
  // The browser has taken the finger for scrolling: noUiSlider, which does not know, lets go as well.
  const letGo = ({ target }) => {
    if (target.closest?.(".noUi-handle")) target.ownerDocument.documentElement.dispatchEvent(new MouseEvent("mouseup"));
  };
  panel.addEventListener("touchstart", keep, { capture: true, passive: true });
  panel.addEventListener("touchcancel", letGo);
  return () => {
    panel.removeEventListener("touchstart", keep, { capture: true });
    panel.removeEventListener("touchcancel", letGo);
  };
}

// The width of a board on paper, in pixels: that of A4 within margins, and the explorer's own.
const PAPER = 660;

// A board of fixed height on which figures are placed. Calls `draw` whenever its size changes. Returns the board,
// its size, and the undo.
function boardOf(kind, figures, draw) {
  const board = html("div", { class: `board ${kind}` }, ...figures);
  // Kept, since a drawing that asked the browser would have it lay out the page anew, at every step of a control.
  let [width, height] = [0, 0];
  const look = () => {
    if (board.clientWidth === width && board.clientHeight === height) return;
    [width, height] = [board.clientWidth, board.clientHeight];
    draw();
  };
  const resized = new ResizeObserver(look);
  resized.observe(board);
  // A page is printed as it was laid out for the window; what observes sizes would come too late.
  const take = (wide) => {
    board.style.width = wide;
    look();
  };
  const toPaper = () => take(`${PAPER}px`);
  const toScreen = () => take("");
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", toScreen);
  const size = () => {
    const [w, h] = [width || 700, height || 340];
    return { width: w, height: h, narrow: w < 560 };
  };
  const undo = () => {
    resized.disconnect();
    removeEventListener("beforeprint", toPaper);
    removeEventListener("afterprint", toScreen);
  };
  return { board, size, undo };
}

// Places a figure on its board, in pixels.
function placeAt(figure, left, top) {
  const [x, y] = [`${Math.round(left)}px`, `${Math.round(top)}px`];
  if (figure.style.left !== x) figure.style.left = x;
  if (figure.style.top !== y) figure.style.top = y;
}

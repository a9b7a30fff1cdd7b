// Things in a picture that can be taken hold of: by mouse, finger and keys alike.

const GRIP = 22; // the radius in pixels within which a finger meets a grip; it looks smaller
const STILL = 4; // pixels that a hand may move while it taps

// Calls `act(part)` when a part of `node` is tapped; `partOf(element)` is the part that an element stands for, or null. There is
// no click on a part that is drawn anew while the button is down: press and release count. A click without them is a screen
// reader's.
function onTap(node, partOf, act) {
  let [pressed, told] = [null, false];
  node.addEventListener("pointerdown", ({ target, button, clientX, clientY }) => {
    pressed = button ? null : { part: partOf(target), x: clientX, y: clientY };
    told = false;
  });
  node.addEventListener("pointerup", ({ clientX, clientY }) => {
    told = Boolean(pressed?.part) && Math.hypot(clientX - pressed.x, clientY - pressed.y) <= STILL;
    if (told) act(pressed.part);
    pressed = null;
  });
  node.addEventListener("click", ({ target, detail }) => {
    const part = told && detail ? null : partOf(target);
    if (part) act(part);
  });
}

// Lets a reader drag `node`. `begin(event)` returns what the drag starts from, or null to have none; `move(from, dx, dy)` is told
// how far the pointer has gone, in pixels of the layout, and `tap(event)`, if given, that it went nowhere.
function onDrag(node, { begin, move, tap }) {
  let held = null;
  node.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const from = begin(event);
    if (from === null) return;
    held = { from, x: event.clientX, y: event.clientY, moved: false };
    node.setPointerCapture(event.pointerId);
    event.preventDefault();
    node.focus({ preventScroll: true, focusVisible: false });
  });
  node.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y].map((way) => way / zoomOf(node));
    held.moved ||= Math.hypot(dx, dy) > STILL;
    if (held.moved) move(held.from, dx, dy);
  });
  node.addEventListener("pointerup", (event) => {
    if (held && !held.moved) tap?.(event);
    held = null;
  });
  node.addEventListener("pointercancel", () => {
    held = null;
  });
  // Chromium takes a finger away for scrolling, whatever touch-action says, unless the touch is taken here.
  node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
}

// A grip: a round handle, a slider to screen readers, that `move(from, dx, dy)` follows and arrow keys step. It is made once
// and put in place by `at`, so that a drawing made anew under the pointer does not take it out of the reader's hand. What lies
// under its reach gets a tap by `tap(event)`.
function gripOf({ name, cursor, begin, move, step, toEnd, tap }) {
  const dot = svg("circle", { r: 6, class: "dot-of-grip" });
  const node = svg("g", { class: "grip", role: "slider", tabindex: 0, style: `cursor: ${cursor}`, "aria-label": name },
    svg("circle", { r: GRIP, class: "reach" }), dot);
  onDrag(node, { begin, move, tap });
  onArrows(node, step);
  node.addEventListener("keydown", (event) => {
    if (!toEnd || !["Home", "End"].includes(event.key)) return;
    event.preventDefault();
    toEnd(event.key === "End");
  });
  // `x` and `y` in units of the drawing, of which `unit` make a pixel.
  const at = (x, y, unit, { now, low, high, text }) => {
    setAttributes(node, {
      transform: `translate(${x} ${y}) scale(${unit})`,
      "aria-valuenow": now, "aria-valuemin": low, "aria-valuemax": high, "aria-valuetext": text,
    });
  };
  return { node, at };
}

// A window over a grid: a frame that is dragged by whatever lies in it, a slider to screen readers; `step`, `toEnd` and `tap` as
// for a grip. A finger finds 44 pixels of it, however small the frame is.
function windowOf({ begin, move, tap, step, toEnd }) {
  const [reach, frame] = [svg("rect", { class: "reach" }), svg("rect", { class: "window" })];
  const node = svg("g", { class: "grip hold", tabindex: 0, role: "slider", "aria-label": "window", "aria-orientation": "horizontal" }, reach, frame);
  onDrag(node, { begin, move, tap });
  onArrows(node, step);
  node.addEventListener("keydown", (event) => {
    if (!["Home", "End"].includes(event.key)) return;
    event.preventDefault();
    toEnd(event.key === "End");
  });
  // Place and size in units of the drawing, of which `unit` make a pixel.
  const at = ({ x, y, width, height }, unit, { now, last, text }) => {
    const [across, down] = [width, height].map((side) => Math.max(0, GRIP * unit - side / 2));
    setAttributes(frame, { x, y, width, height });
    setAttributes(reach, { x: x - across, y: y - down, width: width + 2 * across, height: height + 2 * down });
    setAttributes(node, { "aria-valuemin": 0, "aria-valuemax": last, "aria-valuenow": now, "aria-valuetext": text });
  };
  return { node, at };
}

// The explorer alone on the whole screen, as large as it goes: for a class.

const [LEAST_ZOOM, MOST_ZOOM, ZOOM_STEP] = [1, 4, 0.05];
const LEAST_WIDE = 1040; // pixels of the layout, below which picture and controls stand one above the other

// How many pixels of the window are one of the layout in which `node` is drawn.
const zoomOf = (node) => Number(node.closest(".convlib-explorer")?.style.zoom) || 1;

// A pointer's place from the upper left corner of `node`, in pixels of the layout.
function pointIn(node, { clientX, clientY }) {
  const [{ left, top }, zoom] = [node.getBoundingClientRect(), zoomOf(node)];
  return [(clientX - left) / zoom, (clientY - top) / zoom];
}

// Magnifies the panel as far as its task and its picture still fit on the screen.
function fillScreen(panel) {
  const wide = innerWidth >= LEAST_WIDE;
  panel.classList.toggle("beside", wide);
  const fits = (zoom) => {
    panel.style.zoom = zoom;
    // Rows of a grid that may grow do not make room for what spans them, unless it says how high it is.
    panel.style.removeProperty("--picture-height");
    panel.style.setProperty("--picture-height", `${panel.querySelector(".sight").offsetHeight}px`);
    return panel.querySelector(".sight").getBoundingClientRect().bottom <= innerHeight && (!wide || innerWidth / zoom >= LEAST_WIDE);
  };
  panel.scrollTop = 0;
  let zoom = wide ? MOST_ZOOM : LEAST_ZOOM;
  while (!fits(zoom) && zoom > LEAST_ZOOM) zoom = Math.max(zoom - ZOOM_STEP, LEAST_ZOOM);
}

// Follows the panel onto the whole screen and back; `tell(isFull)` is called when it has come there. Returns the undo.
function onFullScreen(panel, tell) {
  let full = false;
  const leave = () => {
    panel.style.zoom = "";
    panel.style.removeProperty("--picture-height");
    panel.classList.remove("beside");
  };
  const follow = () => {
    const now = document.fullscreenElement === panel;
    if (now) fillScreen(panel);
    else if (full) leave();
    if (now !== full) tell(now);
    full = now;
  };
  document.addEventListener("fullscreenchange", follow);
  addEventListener("resize", follow);
  return () => {
    document.removeEventListener("fullscreenchange", follow);
    removeEventListener("resize", follow);
    leave();
  };
}

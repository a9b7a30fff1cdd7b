// A number in a line of text that can be taken hold of: dragged sideways, or stepped by arrow keys.

// `get` returns the value, `set` takes a legal one; `low` and `high` are the ends. A drag of `dx` pixels from the value
// `from` leads to `dragged(from, dx)`, an arrow key `step` further. Returns the node and `show(text)`.
function numberGrip({ name, get, set, low, high, step = 1, dragged = (from, dx) => from + Math.round(dx / 8) * step }) {
  const node = html("span", { class: "number-grip", role: "slider", tabindex: 0, "aria-label": name, "aria-valuemin": low, "aria-valuemax": high });
  // In whole steps, so that 0.1 + 0.2 is 0.3.
  const put = (value) => set(clamp(Math.round(clamp(value, low, high) / step) / Math.round(1 / step), low, high));
  onDrag(node, { begin: get, move: (from, dx) => put(dragged(from, dx)) });
  onArrows(node, (down, right) => put(get() + (right - down) * step));
  node.addEventListener("keydown", (event) => {
    if (!["Home", "End"].includes(event.key)) return;
    event.preventDefault();
    put(event.key === "End" ? high : low);
  });
  const show = (text = shown(get())) => {
    if (node.textContent !== text) node.textContent = text;
    setAttributes(node, { "aria-valuenow": get(), "aria-valuetext": text });
  };
  return { node, show };
}

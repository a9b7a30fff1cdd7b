// A grid whose numbers can be changed in their cells: by a double click, a tap on the chosen cell or Enter, then typing.

// `figure` holds a grid that shows the trait `trait`. Arrow keys choose a cell, `mark(row, column)` is told which; a number
// typed there goes into the trait. Returns the function that puts the field in place, to be called after each drawing.
function editableCells(figure, model, trait, largest, { size, changed }) {
  let chosen = [0, 0];
  const field = html("input", { type: "text", inputmode: "decimal", class: "cell-field", hidden: "", "aria-label": "weight" });
  const fault = html("p", { class: "illegal field-fault", role: "alert", hidden: "" });
  figure.append(field, fault);
  const cellAt = ([row, column]) => figure.querySelector(`[data-at="${row},${column}"]`);
  const inside = () => {
    const limits = size();
    chosen = chosen.map((at, k) => clamp(at, 0, limits[k] - 1));
  };
  const open = (start) => {
    inside();
    const [box, around] = [cellAt(chosen).getBoundingClientRect(), figure.getBoundingClientRect()];
    const place = { left: box.left - around.left, top: box.top - around.top, width: box.width, height: box.height };
    field.style.cssText = Object.entries(place).map(([name, length]) => `${name}: ${length / zoomOf(figure)}px`).join("; ");
    field.value = start ?? `${model.get(trait)[chosen[0]][chosen[1]]}`;
    field.hidden = false;
    field.focus();
    if (start === undefined) field.select();
  };
  const close = (back) => {
    field.hidden = true;
    fault.hidden = true;
    if (back) figure.focus({ preventScroll: true });
  };
  const take = () => {
    const text = field.value.trim().replace("−", "-").replace(",", ".");
    const value = text ? Number(text) : NaN;
    if (!(Math.abs(value) <= largest)) {
      fault.textContent = `“${field.value}” is not a number from −${largest} to ${largest}.`;
      fault.hidden = false;
      return;
    }
    close(true);
    const rows = model.get(trait).map((row) => [...row]);
    rows[chosen[0]][chosen[1]] = value;
    setAll(model, { [trait]: rows });
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") take();
    if (event.key === "Escape") close(true);
  });
  field.addEventListener("blur", () => close(false));
  figure.addEventListener("click", (event) => {
    const at = event.target.closest("[data-at]")?.dataset.at.split(",").map(Number);
    if (!at) return;
    const again = `${at}` === `${chosen}` && figure.contains(document.activeElement);
    chosen = at;
    changed();
    if (again) open();
    else figure.focus({ preventScroll: true });
  });
  figure.addEventListener("dblclick", () => open());
  onArrows(figure, (down, right) => {
    inside();
    const limits = size();
    chosen = [clamp(chosen[0] + down, 0, limits[0] - 1), clamp(chosen[1] + right, 0, limits[1] - 1)];
    changed();
  });
  figure.addEventListener("keydown", (event) => {
    if (event.target === field) return;
    if (event.key === "Enter") open();
    else if (/^[-−0-9.]$/.test(event.key)) open(event.key);
    else return;
    event.preventDefault();
  });
  return () => {
    inside();
    return chosen;
  };
}

// Where a reader answers: a field for a number, options, or cells to tap. Each is { node, read, freeze }; `read` returns
// a value, or a sentence on why there is none yet.

function fieldOf(question, words) {
  const kind = { number: numberField, choice: optionsField, cells: cellsField }[question.family.kind];
  return kind(question, words);
}

// Boxes that stay as they are ticked. They are not disabled, which would take the focus from them.
function keepAsIs(boxes) {
  for (const box of boxes) {
    box.setAttribute("aria-disabled", "true");
    box.addEventListener("click", (event) => event.preventDefault());
  }
}

function numberField({ family, unit }, words) {
  const input = html("input", { type: "text", inputmode: "numeric", autocomplete: "off", "aria-label": unit ? `Your answer, in ${unit}` : "Your answer" });
  return {
    node: html("p", { class: "number-field" }, input, ` ${unit}`),
    read() {
      input.select();
      return readNumber(input.value, family.product, words);
    },
    freeze: () => (input.readOnly = true),
  };
}

function optionsField({ options }, words) {
  const name = `option-${Math.random()}`; // radio buttons of a name belong together, all over the page
  const boxes = options.map(() => html("input", { type: "radio", name }));
  const rows = options.map((option, k) => html("label", {}, boxes[k], html("span", {}, option)));
  return {
    node: html("div", { class: "options", role: "radiogroup", "aria-label": "Your answer" }, ...rows),
    read() {
      const value = boxes.findIndex((box) => box.checked);
      return value < 0 ? { says: words.no_option } : { value };
    },
    freeze: () => keepAsIs(boxes),
  };
}

function cellsField({ family, grid: [rows, columns] }, words) {
  const boxes = [...Array(rows * columns).keys()].map((cell) => {
    const place = rows > 1 ? `${cell + family.first}: row ${Math.floor(cell / columns)}, column ${cell % columns}` : `${cell + family.first}`;
    return html("input", { type: "checkbox", "aria-label": place });
  });
  const none = html("input", { type: "checkbox" });
  const cells = boxes.map((box, cell) => html("label", {}, box, html("span", {}, `${cell + family.first}`)));
  const board = html("div", { class: rows > 1 ? "cells" : "cells in-a-row", role: "group", "aria-label": "Cells: choose all that belong to the answer" }, ...cells);
  board.style.setProperty("--columns", columns);
  // One that is chosen and "none" exclude each other.
  none.addEventListener("change", () => boxes.forEach((box) => (box.checked &&= !none.checked)));
  board.addEventListener("change", () => (none.checked = false));
  onArrows(board, (down, right) => {
    const at = boxes.indexOf(document.activeElement);
    const [row, column] = [Math.floor(at / columns) + down, (at % columns) + right];
    if (row >= 0 && row < rows && column >= 0 && column < columns) boxes[row * columns + column].focus();
  });
  return {
    node: html("div", {}, board, html("label", { class: "none" }, none, html("span", {}, "none of them"))),
    read() {
      const value = boxes.reduce((cells, box, cell) => cells | (box.checked << cell), 0);
      return value || none.checked ? { value } : { says: words.no_tap };
    },
    freeze: () => keepAsIs([...boxes, none]),
  };
}

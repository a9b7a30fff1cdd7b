// The table of tensors in NetworkCheck, and the list of what was found: a row of either is chosen by a click or by arrow keys.

const HEADS = ["tensor", "output", "field", "stride", "centre", "shift", "unread", "MACs", "parameters"];

// The keys of a list: `step(by)` is called with how far to go.
function onListKeys(box, step) {
  box.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -5, PageDown: 5, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    event.preventDefault();
    step(steps[event.key]);
  });
}

// Scrolls a box so far that a node of it can be seen, and nothing else.
function bringIntoView(box, node, top = 0) {
  if (!node || !box.clientHeight) return;
  if (node.offsetTop - top < box.scrollTop) box.scrollTop = node.offsetTop - top;
  const below = node.offsetTop + node.offsetHeight - box.clientHeight;
  if (below > box.scrollTop) box.scrollTop = below;
}

function tensorTable(step, pick) {
  const body = html("tbody");
  const head = html("thead", {}, html("tr", {}, ...HEADS.map((text) => html("th", { scope: "col" }, text))));
  const box = html(
    "div", { class: "tensors", tabindex: 0, role: "group", "aria-label": "Tensors. Arrow keys choose one." },
    html("table", {}, head, body),
  );
  box.addEventListener("click", ({ target }) => {
    const at = target.closest("tr[data-row]")?.dataset.row;
    if (at !== undefined) pick(Number(at));
  });
  onListKeys(box, step);
  let [shown, chosenRow] = [null, null];

  const rowOfTable = (row, at, marks) => {
    const numbers = [
      row.output_shape ? timesOf(row.output_shape) : "none", row.field ? onceOrBoth(row.field, " × ") : "–",
      row.stride ? onceOrBoth(row.stride, " × ") : "–", row.center ? onceOrBoth(row.center) : "–", row.shift ? onceOrBoth(row.shift) : "–",
      row.unread === null ? "–" : thousands(row.unread), thousands(row.macs), thousands(row.params),
    ];
    return html("tr", { "data-row": at, ...(marks.length ? { class: marks.join(" ") } : {}) },
      html("th", { scope: "row" }, html("span", { class: "pointer", "aria-hidden": "true" }), html("span", { class: "name" }, row.name),
        html("span", { class: "what" }, `${marks.length ? `${marks[0]}: ` : ""}${row.layer}`)),
      ...numbers.map((text) => html("td", {}, text)));
  };

  // Where paths that disagree meet in the chosen row: the rows of the one and of the other.
  function markPaths(report, chosen) {
    const name = report?.rows[chosen]?.name;
    const paths = report?.findings.find((finding) => finding.name === name && finding.paths.length)?.paths ?? [[], []];
    const sides = paths.map((path) => new Set(path));
    for (const [at, row] of [...body.children].entries()) {
      sides.forEach((side, k) => row.classList.toggle(["first-path", "second-path"][k], side.has(report.rows[at].name)));
    }
  }

  function draw(report, chosen) {
    if (report !== shown) {
      shown = report;
      const marksOf = (name) => SEVERITIES.slice(0, 2).filter((severity) => report.findings.some((each) => each.severity === severity && each.name === name));
      body.replaceChildren(...(report?.rows ?? []).map((row, at) => rowOfTable(row, at, marksOf(row.name))));
      chosenRow = null;
    }
    markPaths(report, chosen);
    const picked = body.children[chosen];
    if (picked === chosenRow) return;
    chosenRow?.removeAttribute("aria-current");
    picked?.setAttribute("aria-current", "true");
    chosenRow = picked;
    bringIntoView(box, picked, head.offsetHeight);
  }

  return { box, draw };
}

// `changed` is called when another one is chosen; `says` returns which one is, in a sentence.
function findingList(pick, changed) {
  const box = html("div", { class: "findings", tabindex: 0, role: "group", "aria-label": "Findings. Arrow keys choose one." });
  let [shown, at] = [null, -1];
  const choose = (to) => {
    if (!shown?.findings.length) return;
    at = clamp(to, 0, shown.findings.length - 1);
    const row = shown.rows.findIndex(({ name }) => name === shown.findings[at].name);
    if (row >= 0) pick(row);
    bringIntoView(box, box.children[at]);
    mark();
    changed();
  };
  const mark = () => [...box.children].forEach((node, k) => node.toggleAttribute("data-chosen", k === at));
  box.addEventListener("click", ({ target }) => {
    const node = target.closest("[data-finding]");
    if (node) choose(Number(node.dataset.finding));
  });
  onListKeys(box, (by) => choose(at + by));

  function draw(report) {
    if (report === shown) return;
    [shown, at] = [report, -1];
    const parts = (report?.findings ?? []).map(({ severity, message, mend }, k) => html(
      "p", { class: severity, "data-finding": k }, html("b", {}, `${severity}: `), message, ...(mend ? [html("i", {}, ` ${mend}`)] : []),
    ));
    if (report && !parts.length) parts.push(html("p", {}, "Nothing was found: paths that meet look at the same places, and all that is computed is read."));
    box.replaceChildren(...parts);
    box.scrollTop = 0;
  }

  function says() {
    const { severity, kind } = shown?.findings[at] ?? {};
    return severity ? ` Finding ${at + 1} of ${shown.findings.length}: ${severity === "error" ? "an" : "a"} ${severity} about ${WHAT_OF[kind]}.` : "";
  }

  return { box, draw, says };
}

// What findings are about, in words.
const WHAT_OF = {
  shape: "shapes", alignment: "where paths look", stride: "strides that differ", unread: "what is not read", shift: "where windows lie", padding: "padding",
  bias: "biases", unknown: "what was not understood", gate: "the whole image", file: "the file",
};

// The fields under the chosen row of NetworkDesigner's table: each sets the trait of one hyperparameter.

const EDITED = [
  { knob: "kernel", short: "k", name: "kernel" },
  { knob: "stride", short: "s", name: "stride" },
  { knob: "padding", short: "p", name: "padding", words: { [-1]: "same" } },
  { knob: "out_channels", short: "C₂", name: "channels C₂" },
  { knob: "groups", short: "g", name: "groups", words: { 0: "depthwise" } },
];

// `say(text)` shows what is wrong with what was typed, or "" that nothing is.
function layerEditor(model, say) {
  const legal = model.get("legal");
  const fields = EDITED.map(({ knob, short, name, words }) => {
    const [, low, high] = legal[knob];
    const values = Array.from({ length: high - low + 1 }, (_, k) => low + k);
    const input = words
      ? html("select", {}, ...values.map((value) => html("option", { value }, words[value] ?? `${value}`)))
      : html("input", { type: "number", min: low, max: high, step: 1, inputmode: "numeric" });
    input.setAttribute("aria-label", `${name} of the chosen layer`);
    const isLegal = () => Number.isInteger(input.valueAsNumber ?? Number(input.value)) && input.value >= low && input.value <= high;
    const show = () => {
      if (document.activeElement !== input || isLegal()) input.value = model.get(knob);
      input.removeAttribute("aria-invalid");
    };
    input.addEventListener("input", () => {
      if (isLegal()) {
        // First, because what is said is drawn at once, and the fields with it.
        setAll(model, { [knob]: Number(input.value) });
        say("");
        return;
      }
      input.setAttribute("aria-invalid", "true");
      say(`${name} is a whole number from ${low} to ${high}, not “${input.value}”.`);
    });
    // What was left illegal is not taken.
    input.addEventListener("change", () => {
      if (isLegal()) return;
      say("");
      input.value = model.get(knob);
      input.removeAttribute("aria-invalid");
    });
    return { input, show, label: html("label", { class: `knob ${knob}` }, html("span", {}, short), input) };
  });
  const row = html("tr", { class: "editor" },
    html("td", { colspan: 7 }, html("div", { class: "knobs", role: "group", "aria-label": "Change the chosen layer" }, ...fields.map(({ label }) => label))));
  return {
    row,
    show() {
      for (const { show } of fields) show();
    },
  };
}

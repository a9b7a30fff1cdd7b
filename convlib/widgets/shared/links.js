// A state of an explorer as text: in a link to the page, which is checked as any input is, and as the line of Python that makes it.

const MOST_LETTERS = 10000; // of a link's state; all layers of ResNet-50 changed take half of that
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// The sizes of grids: each goes as far as its grid does.
const GRID_SIZES = [
  ["height", "image", (rows) => rows.length], ["width", "image", (rows) => rows[0].length],
  ["kernel_height", "weights", (rows) => rows.length], ["kernel_width", "weights", (rows) => rows[0].length],
];

// The figure's name on the page, or the explorer's number where it is in none.
const placeOf = (panel) =>
  panel.closest("figure[id]")?.id ?? `explorer-${[...document.querySelectorAll(".convlib-explorer")].indexOf(panel) + 1}`;

// A setting's value in a link: 3, true, rows of numbers "1,2;3,4", changes of layers "conv1,kernel:5,stride:1;conv2,groups:2".
function inLink(value) {
  if (Array.isArray(value)) return value.map((row) => row.join(",")).join(";");
  if (typeof value !== "object") return `${value}`;
  return Object.entries(value).map(([layer, knobs]) => [layer, ...Object.entries(knobs).map((pair) => pair.join(":"))].join(",")).join(";");
}

// The address of the page with those settings that are not as the page opened them.
function linkTo(model, panel) {
  const opened = model.get("opened_with");
  const changed = Object.keys(opened).filter((name) => !same(model.get(name), opened[name]));
  const state = new URLSearchParams(changed.map((name) => [name, inLink(model.get(name))])).toString();
  const readable = state.replaceAll("%2C", ",").replaceAll("%3B", ";").replaceAll("%3A", ":");
  return `${location.href.split("#")[0]}#${placeOf(panel)}${readable ? `?${readable}` : ""}`;
}

function inPython(value) {
  if (Array.isArray(value)) return `[${value.map(inPython).join(", ")}]`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${inPython(inner)}`).join(", ")}}`;
}

// The line of Python that makes this explorer in this state.
function pythonLine(model) {
  const [legal, given] = [model.get("legal"), model.get("given")];
  const names = Object.keys(model.get("opened_with")).filter((name) => !same(model.get(name), legal[name].at(-1)));
  // An explorer with a grid of its own shows all of it, unless told otherwise.
  for (const [size, grid, lengthOf] of GRID_SIZES) {
    if (names.includes(grid) && size in legal && !names.includes(size) && model.get(size) !== lengthOf(model.get(grid))) names.push(size);
  }
  const settings = [...names.map((name) => [name, model.get(name)]), ...Object.entries(given)];
  return `${model.get("kind")}(${settings.map(([name, value]) => `${name}=${inPython(value)}`).join(", ")})`;
}

const quoted = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
const isNumber = (text) => text.trim() !== "" && Number.isFinite(Number(text));

// A number from `low` to `high`, either of which may be null; throws what is wrong with it.
function numberOf(name, text, [kind, low, high]) {
  const value = isNumber(text) ? Number(text) : NaN;
  const whole = kind === "float" || Number.isInteger(value);
  if (!whole || !(value >= (low ?? -Infinity) && value <= (high ?? Infinity))) {
    throw new RangeError(`${name}=${quoted(text)}, legal are ${kind === "float" ? "numbers" : "whole numbers"} from ${low} to ${high ?? "the last"}`);
  }
  return value;
}

function gridOf(name, text, [, largest, most]) {
  const rows = text.split(";").map((row) => row.split(","));
  const even = rows.every((row) => row.length === rows[0].length) && Math.max(rows.length, rows[0].length) <= most;
  if (!even || rows.flat().some((number) => !isNumber(number) || Math.abs(Number(number)) > largest)) {
    throw new RangeError(`${name}=${quoted(text)}, legal are rows of equally many numbers from −${largest} to ${largest}, at most ${most} by ${most}`);
  }
  return rows.map((row) => row.map(Number));
}

// Which layers there are depends on the network, so `layers` are those of the one that is asked for.
function editsOf(name, text, legal, { layers, knobs }) {
  const edits = {};
  for (const each of text ? text.split(";") : []) {
    const [layer, ...pairs] = each.split(",");
    if (!layers.includes(layer) || Object.hasOwn(edits, layer) || !pairs.length) {
      throw new RangeError(`${name}=${quoted(text)}, legal are layers of this network, each once and with its changes, not ${quoted(each)}`);
    }
    edits[layer] = {};
    for (const pair of pairs) {
      const [knob, value, ...more] = pair.split(":");
      if (!Object.hasOwn(knobs, knob) || value === undefined || more.length || Object.hasOwn(edits[layer], knob)) {
        throw new RangeError(`${quoted(pair)} for ${layer}, legal are ${Object.keys(knobs).join(", ")}, each once and with a number as in stride:2`);
      }
      edits[layer][knob] = numberOf(`${layer} ${knob}`, value, legal[knob]);
    }
  }
  return edits;
}

// What a link's query asks for, by setting; throws what is wrong with it.
function settingsOf(model, query) {
  if (query.length > MOST_LETTERS) throw new RangeError(`a state of ${query.length} letters, legal are at most ${MOST_LETTERS}`);
  const [legal, opened] = [model.get("legal"), model.get("opened_with")];
  const texts = {};
  for (const [name, text] of new URLSearchParams(query)) {
    if (!Object.hasOwn(opened, name)) throw new RangeError(`${quoted(name)}, and there is no such setting: legal are ${Object.keys(opened).join(", ")}`);
    if (Object.hasOwn(texts, name)) throw new RangeError(`${name} twice`);
    texts[name] = text;
  }
  const asked = {};
  for (const [name, text] of Object.entries(texts)) {
    const kind = legal[name][0];
    if (kind === "bool" && !["true", "false"].includes(text)) throw new RangeError(`${name}=${quoted(text)}, legal are true and false`);
    if (kind === "bool") asked[name] = text === "true";
    else if (kind === "grid") asked[name] = gridOf(name, text, legal[name]);
    else if (kind !== "edits") asked[name] = numberOf(name, text, legal[name]);
  }
  if (Object.hasOwn(texts, "edits")) {
    const table = model.get("tables")[asked.network ?? opened.network];
    asked.edits = editsOf("edits", texts.edits, legal, { layers: table.convs.map((at) => table.names[at]), knobs: model.get("knobs") });
  }
  const wanted = { ...opened, ...asked };
  const tooLong = GRID_SIZES.find(([size, grid, lengthOf]) => Object.hasOwn(asked, size) && Object.hasOwn(wanted, grid) && asked[size] > lengthOf(wanted[grid]));
  if (tooLong) throw new RangeError(`${tooLong[0]}=${asked[tooLong[0]]}, more than ${tooLong[1]} has`);
  return asked;
}

// The place and the query of the page's address; no query where it is only a place.
function addressed() {
  // Some programs write the question mark as %3F.
  const [place, ...query] = location.hash.slice(1).replace(/%3F/i, "?").split("?");
  return { place, query: query.length ? query.join("?") : null };
}

// Whether `panel` has to answer for the place: the first explorer of a page does for one that is not there.
function isAsked(panel, place) {
  const panels = [...document.querySelectorAll(".convlib-explorer")];
  const named = encodeURIComponent(placeOf(panel)) === place || placeOf(panel) === place;
  const missing = !document.getElementById(place) && !/^explorer-\d+$/.test(place);
  return { named, missing: missing && panels[0] === panel };
}

// All at once: what depends on several settings never sees some of them old and some new. Only a network comes before its changes.
function setTogether(model, { network, ...others }) {
  if (network !== undefined) model.set("network", network);
  model.set(others);
  model.save_changes();
}

// Sets what the address of the page asks of this explorer, now and whenever the address changes; says so in the figure if it
// is not legal. Returns the undo.
function followLinks(model, el, panel) {
  const fault = html("p", { class: "illegal link-fault", role: "alert" });
  const opened = () => model.get("opened_with");
  const refuse = (reason) => {
    setTogether(model, opened());
    fault.textContent = `The link to this figure asks for ${reason}. The figure is as it opens.`;
    el.prepend(fault);
  };
  const follow = () => {
    const { place, query } = addressed();
    if (query === null) return;
    const { named, missing } = isAsked(panel, place);
    if (!named && !missing) return;
    fault.remove();
    panel.scrollIntoView({ block: "start" });
    let asked;
    try {
      if (missing) throw new RangeError(`${quoted(place)}, which is not on this page`);
      asked = settingsOf(model, query);
    } catch (error) {
      refuse(error.message);
      return;
    }
    setTogether(model, { ...opened(), ...asked });
    // What the figure itself corrects, such as a step beyond the last, was not legal either.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const wrong = Object.keys(asked).find((name) => !same(model.get(name), asked[name]));
      if (wrong) refuse(`${wrong}=${quoted(inLink(asked[wrong]))}, which does not go with the rest`);
    }));
  };
  follow();
  addEventListener("hashchange", follow);
  return () => removeEventListener("hashchange", follow);
}

// The example that is convolved twice: an input of SIDE x SIDE pixels and kernels of TAPS x TAPS.
const [SIDE, TAPS] = [8, 3];

// The settings under the lecture's names.
function stateOf(model) {
  const get = (name) => model.get(name);
  return { c1: get("in_channels"), c2: get("out_channels"), g: get("groups"), disturbed: get("disturbed"), asked: get("asked") };
}

// The same convolution of the input as it is and of the disturbed one, and by how much each output
// channel differs; all by convlib. Small whole numbers, so that sums are exact.
function compute(kernels, { c1, c2, g, disturbed }) {
  const memory = kernels.scratch();
  const before = kernels.same_before(SIDE, TAPS, 1, 1);
  const after = kernels.same_after(SIDE, TAPS, 1, 1);
  const side = before + SIDE + after;
  const image = Array.from({ length: c1 * SIDE * SIDE }, (_, k) => (7 * k) % 5);
  const changed = image.map((value, k) => value + (Math.floor(k / SIDE / SIDE) === disturbed - 1 ? 1 : 0));
  const count = kernels.conv2d_params(TAPS, TAPS, c1, c2, g, 0);
  const weights = memory.floats(Array.from({ length: count }, (_, k) => 1 + ((3 * k) % 4)));
  const bias = memory.floats(Array(c2).fill(0));
  const padded = memory.reserve(c1 * side * side);
  const [first, second] = [image, changed].map((pixels) => {
    const out = memory.reserve(c2 * SIDE * SIDE);
    kernels.pad(memory.floats(pixels), c1, SIDE, SIDE, before, after, before, after, 0, padded);
    kernels.conv2d(padded, weights, bias, out, c1, side, side, c2, TAPS, TAPS, 1, 1, 1, 1, g);
    return out;
  });
  const changes = memory.reserve(c2);
  kernels.channel_changes(first, second, c2, SIDE, SIDE, changes);
  return memory.readFloats(changes, c2);
}

// Marks those of the row of buttons for g that stand for an illegal value; they can be pressed all the same.
function markButtons(el, fits) {
  const buttons = el.closest(".convlib-explorer")?.querySelectorAll(".convlib-groups-row .widget-toggle-button") ?? [];
  for (const [value, button] of buttons.entries()) {
    button.classList.toggle("misfit", !fits(value));
    button.setAttribute("aria-description", fits(value) ? "" : "does not divide the channels");
  }
}

function build(model, el, kernels) {
  let pointed = null; // what is under the mouse: {input, output}, either may be missing
  let kept = null; // the wire that was tapped
  let frame = null; // asked for, to draw that
  let state = stateOf(model);
  let tall = 0; // the height of the column of groups, in pixels

  const legalGroups = () => Array.from({ length: Math.min(state.c1, state.c2) }, (_, k) => k + 1).filter(fits);
  const fits = (g) => kernels.groups_fit(state.c1, state.c2, g) === 1;
  const setGroups = (g) => setAll(model, { groups: g });
  // The next legal g, upwards or downwards.
  const stepGroups = (by) => {
    const further = legalGroups().filter((g) => (by > 0 ? g > model.get("groups") : g < model.get("groups")));
    if (further.length) setGroups(by > 0 ? further[0] : further.at(-1));
  };
  // The first group ends at `tall / g`: of the legal g that which is nearest to where the reader has dragged it.
  const split = gripOf({
    name: "split between groups", cursor: "ns-resize",
    begin: () => tall / state.g,
    move: (from, _, dy) => {
      const gap = (g) => Math.abs(tall / g - (from + dy));
      setGroups(legalGroups().reduce((best, g) => (gap(g) < gap(best) ? g : best)));
    },
    step: (down, right) => stepGroups(right - down),
    toEnd: (last) => setGroups(last ? legalGroups().at(-1) : 1),
  });

  const parts = {
    wiring: html("figure", { tabindex: 0, role: "group", "data-wiring": "" }),
    matrix: html("figure", { tabindex: 0, role: "group", "data-matrix": "" }),
    said: html("p", { class: "said", "aria-live": "polite" }),
    formulas: html("div", { class: "formulas" }),
  };
  const { board, size: boardSize, undo: leaveBoard } = boardOf("wiring", [parts.wiring, parts.matrix], () => draw());
  onStage(el, board, parts.said, parts.formulas);
  const drawMatrix = channelMatrixIn(parts.matrix);

  const choose = (trait, number) => {
    kept = null;
    setAll(model, { [trait]: number });
    draw();
  };
  // In both figures what is chosen again is left alone.
  const tap = (at) => {
    if (at.input && at.output) {
      const again = kept?.input === at.input && kept?.output === at.output;
      setAll(model, { disturbed: again ? 0 : at.input });
      kept = again ? null : at;
      draw();
    } else if (at.input) {
      choose("disturbed", at.input === model.get("disturbed") ? 0 : at.input);
    } else {
      choose("asked", at.output === model.get("asked") ? 0 : at.output);
    }
  };
  const slide = ({ input, output }) => {
    if (input) choose("disturbed", clamp(input, 1, state.c1));
    else choose("asked", clamp(output, 1, state.c2));
  };
  const drawWires = wiresIn(parts.wiring, split, { tap, slide });
  const point = (at) => {
    if (JSON.stringify(at) === JSON.stringify(pointed)) return;
    pointed = at;
    // In the next frame: what is drawn anew at once would miss the rest of the events of this move.
    frame ??= requestAnimationFrame(() => {
      frame = null;
      draw();
    });
  };
  for (const figure of [parts.wiring, parts.matrix]) {
    // Channels of the wiring can be dragged along, and tell it themselves.
    onTap(figure, (element) => (element.closest(".nodes") ? null : partOf(element)), tap);
    figure.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && !event.buttons) point(partOf(event.target));
    });
    figure.addEventListener("pointerleave", () => point(null));
  }
  const none = () => {
    kept = null;
    setAll(model, { disturbed: 0, asked: 0 });
    draw();
  };
  // The grip is in the wiring, too, and takes its keys itself.
  const unlessGrip = (act) => (...steps) => {
    if (document.activeElement !== split.node) act(...steps);
  };
  const walk = (down, right) => {
    const [asked, disturbed] = [model.get("asked"), model.get("disturbed")];
    if (right > 0 && !asked) choose("asked", clamp(disturbed, 1, state.c2));
    else if (right < 0 && asked) choose("disturbed", clamp(asked, 1, state.c1));
    else if (asked) choose("asked", clamp(asked + down, 1, state.c2));
    else choose("disturbed", clamp(disturbed + down, 1, state.c1));
  };
  onArrows(parts.wiring, unlessGrip(walk), unlessGrip(none));
  onArrows(parts.matrix, (down, right) => choose("disturbed", clamp(model.get("disturbed") + down + right, 1, state.c1)), none);

  function draw() {
    state = stateOf(model);
    const { c1, c2, g, disturbed } = state;
    const legal = fits(g);
    const changes = legal ? compute(kernels, state) : new Float32Array(c2);
    const groupOf = { input: (i) => kernels.group_of(i - 1, c1, g), output: (o) => kernels.group_of(o - 1, c2, g) };
    const wired = (i, o) => legal && groupOf.input(i) === groupOf.output(o);
    // What lights up: what is pointed at or, without a mouse, the wire that was tapped.
    const lit = pointed ?? kept ?? {};
    const room = wiringRoom(boardSize());
    const drawn = { ...state, changes, legal, wired, groupOf, lit: { ...lit, wire: Boolean(lit.input && lit.output) && wired(lit.input, lit.output) } };
    tall = drawWires(drawn, room.wiring, legalGroups());
    drawMatrix(drawn, room.matrix);
    parts.formulas.replaceChildren(...costs(legal));
    parts.said.textContent = legal ? sentence(changes) : misfit();
    parts.said.classList.toggle("illegal", !legal || disturbed > c1 || state.asked > c2);
    markButtons(el, fits);
  }

  // What groups leave of the cost, beside g = 1; W, H and the kernel are the same on both sides, so they stay letters.
  function costs(legal) {
    const { c1, c2, g } = state;
    const count = (groups) => kernels.conv2d_params(1, 1, c1, c2, groups, 0);
    const pair = () => [sub("C", "1"), sub("C", "2")];
    const kernelsNow = legal ? [count(g), mathml("mtext", `\u00a0kernels instead of ${count(1)}`)] : [mathml("mtext", `no layer: g = ${g} does not divide both`)];
    return [
      html("div", { "data-kernels": legal ? count(g) : 0, "data-all": count(1) }, "kernels: ",
        formula(over(pair(), "g")), formula("=", over([c1, "·", c2], g), "=", ...kernelsNow)),
      html("div", {}, "cost: ", formula(over(["W", "H", "w", "h", ...pair()], "g"), mathml("mtext", "\u00a0MACs"))),
      html("div", {}, "weights: ", formula(over(["w", "h", ...pair()], "g"))),
      html("div", {}, !legal ? "cost and weights: none" : g === 1 ? "cost and weights: all of them, as without groups" : `cost and weights: 1/${g} of those without groups (g = 1)`),
    ];
  }

  function sentence(changes) {
    const { c1, c2, g, disturbed, asked } = state;
    const groups = g === 1 ? "The one group" : `Each of the ${g} groups`;
    const shares = `${groups} turns ${plural(c1 / g, "input channel")} into ${plural(c2 / g, "output channel")}.`;
    if (disturbed > c1) return `There is no input channel ${disturbed}: C₁ = ${c1}. Choose one from 1 to ${c1}, or 0 for none.`;
    if (asked > c2) return `There is no output channel ${asked}: C₂ = ${c2}. Choose one from 1 to ${c2}, or 0 for none.`;
    if (disturbed) {
      const numbers = [...changes.keys()].map((o) => o + 1);
      const moved = numbers.filter((o) => changes[o - 1] > 0);
      const same = numbers.filter((o) => changes[o - 1] === 0);
      const rest = same.length ? `; output ${channels(same)} did not change at all` : c2 > 1 ? ", all there are" : ", the only one";
      return `${shares} With 1 added to input channel ${disturbed}, output ${channels(moved)} moved${rest}; ± is the largest change of a number.`;
    }
    if (asked) {
      const share = c1 / g;
      const first = kernels.group_of(asked - 1, c2, g) * share + 1;
      const read = Array.from({ length: share }, (_, k) => first + k);
      return `${shares} Output channel ${asked} reads input ${channels(read)}${share < c1 ? " and no other" : c1 > 1 ? ", all there are" : ", the only one"}.`;
    }
    return `${shares} Nothing is disturbed: choose an input channel. Or choose an output, to see which inputs it reads.`;
  }

  function misfit() {
    const { c1, c2, g } = state;
    const wrong = [];
    if (!kernels.groups_fit(c1, c1, g)) wrong.push(`C₁ = ${c1}`);
    if (!kernels.groups_fit(c2, c2, g)) wrong.push(`C₂ = ${c2}`);
    const divides = wrong.length === 2 ? `divides neither ${wrong.join(" nor ")}` : `does not divide ${wrong[0]}`;
    return `g = ${g} ${divides}: groups would not be alike; dashed lines between them cut through channels. Legal values of g here: ${listed(legalGroups())}.`;
  }

  // The calls that compute by how much each output channel moves, in both libraries.
  function code() {
    const { c1, c2, g, disturbed } = state;
    const disturb = disturbed ? `disturbed[${disturbed - 1}] += 1\n` : "";
    const shape = `${c2}, ${c1} // ${g}, ${TAPS}, ${TAPS}`;
    const count = `${c2} * (${c1} // ${g}) * ${TAPS * TAPS}`;
    return {
      convlib: "import numpy as np\nfrom convlib import conv2d\n\n"
        + `image = (7 * np.arange(${c1} * ${SIDE * SIDE}) % 5).astype(np.float32).reshape(${c1}, ${SIDE}, ${SIDE})\n`
        + `weight = (1 + 3 * np.arange(${count}) % 4).astype(np.float32).reshape(${shape})\ndisturbed = image.copy()\n${disturb}`
        + `difference = conv2d(disturbed, weight, padding="same", groups=${g}) - conv2d(image, weight, padding="same", groups=${g})\n`
        + "output = abs(difference).max(axis=(1, 2))\n",
      pytorch: "import torch\nimport torch.nn.functional as F\n\n"
        + `image = (7 * torch.arange(${c1} * ${SIDE * SIDE}) % 5).float().reshape(${c1}, ${SIDE}, ${SIDE})\n`
        + `weight = (1 + 3 * torch.arange(${count}) % 4).float().reshape(${shape})\ndisturbed = image.clone()\n${disturb}`
        + `difference = F.conv2d(disturbed, weight, padding="same", groups=${g}) - F.conv2d(image, weight, padding="same", groups=${g})\n`
        + "output = difference.abs().amax(dim=(1, 2))\n",
    };
  }

  // Either an input is disturbed or an output asked what it reads.
  const endOther = (one, other) => () => {
    if (model.get(one)) setAll(model, { [other]: 0 });
  };
  const listeners = [["change:disturbed", endOther("disturbed", "asked")], ["change:asked", endOther("asked", "disturbed")]];
  for (const [event, call] of listeners) model.on(event, call);
  // ipywidgets may draw the buttons after the figure.
  const releaseButtons = whenInPage(el, (panel) => {
    const added = new MutationObserver(() => markButtons(el, fits));
    added.observe(panel.querySelector(".convlib-open") ?? panel, { childList: true, subtree: true });
    markButtons(el, fits);
    return () => added.disconnect();
  });

  return {
    names: ["in_channels", "out_channels", "groups", "disturbed", "asked"],
    draw,
    code,
    undo() {
      for (const [event, call] of listeners) model.off(event, call);
      cancelAnimationFrame(frame);
      releaseButtons();
      leaveBoard();
    },
  };
}

export default explorer(build);

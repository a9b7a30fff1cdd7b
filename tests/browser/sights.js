// Measures an explorer in its page, without a picture of it: what is painted, where, and what stands where. Each
// function is told the explorer's element; `sights.py` calls them.

(() => {
  const frames = async (left) => {
    for (; left; left -= 1) await new Promise(requestAnimationFrame);
  };

  // ---- What is painted.

  const SHAPES = "rect, path, circle, ellipse, line, polygon, polyline, image, canvas, img, input, select";
  const STYLES = [
    "color", "backgroundColor", "borderTopColor", "borderTopWidth", "borderTopStyle", "fill", "fillOpacity", "stroke", "strokeWidth", "strokeDasharray",
    "fontSize", "fontWeight", "textDecorationLine",
  ];
  const DRAWN = ["d", "points", "href", "stroke-dasharray", "r", "rx"];
  const isClear = (colour) => colour === "none" || colour === "transparent" || /, 0\)$/.test(colour);
  const ownText = (node) => [...node.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data.trim()).join("");

  const meet = (one, other) => ({
    left: Math.max(one.left, other.left), right: Math.min(one.right, other.right),
    top: Math.max(one.top, other.top), bottom: Math.min(one.bottom, other.bottom),
  });

  // The elements in `root` that paint something, with the box that is seen of each (what scrolls away is not), their text and their look.
  function painted(root) {
    const found = [];
    const visit = (node, opacity, clip) => {
      const style = getComputedStyle(node);
      if (style.display === "none" || style.opacity === "0") return;
      const through = opacity * Number(style.opacity);
      const whole = node.getBoundingClientRect();
      const box = meet(whole, clip);
      const text = ownText(node);
      const shape = node.matches(SHAPES);
      const svg = node.namespaceURI.endsWith("svg") && node.tagName !== "svg";
      const paints = text || (shape && (!svg || node.tagName === "image" || !isClear(style.fill) || !isClear(style.stroke))) ||
        (!svg && (!isClear(style.backgroundColor) || (parseFloat(style.borderTopWidth) && !isClear(style.borderTopColor))));
      if (paints && style.visibility === "visible" && box.right >= box.left && box.bottom >= box.top && whole.width + whole.height) {
        const look = [
          node.tagName, text, through, ...STYLES.map((name) => style[name]), ...(shape ? DRAWN.map((name) => node.getAttribute(name)) : []),
          node.value ?? "", node.checked ?? "",
        ].join("|");
        found.push({ node, box, whole, text, look, style });
      }
      const inner = !svg && style.overflowY !== "visible" ? meet(whole, clip) : clip;
      for (const child of node.children) visit(child, through, inner);
    };
    const all = { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity };
    visit(root, 1, all);
    return found;
  }

  // What is painted below what is always in sight, and outside of the folded numbers, by its look and place:
  // {look and place: {top, bottom, count}}.
  function below(panel) {
    const from = panel.getBoundingClientRect();
    const seen = new Map();
    const parts = [...panel.querySelectorAll(":scope > .convlib-controls, .more, .foot > summary")];
    for (const { box, look } of parts.flatMap(painted)) {
      const place = [box.left - from.left, box.right - from.left, box.top - from.top, box.bottom - from.top].map((at) => at.toFixed(1));
      const key = `${look}|${place.join()}`;
      const known = seen.get(key);
      if (known) known.count += 1;
      else seen.set(key, { top: box.top - from.top, bottom: box.bottom - from.top, count: 1 });
    }
    return seen;
  }

  // From where to where, in pixels below the explorer's top, two pictures differ.
  function differences(before, after) {
    const rows = [];
    for (const [one, other] of [[before, after], [after, before]]) {
      for (const [key, { top, bottom, count }] of one) if (other.get(key)?.count !== count) rows.push([top, bottom]);
    }
    return rows;
  }

  // ---- What keeps its place.

  // Things with their whole box, and things that only begin at a place: a caption may become longer.
  const FIXED = [
    ".convlib-try", ".board", ".said", ".more", "summary", ".convlib-controls > *", ".convlib-controls :is(.widget-label, button, select, input)",
    ".convlib-controls :is(.noUi-base, .widget-readout)", ".board canvas",
  ];
  const STARTS = [".board > *", ".board figcaption", ".board li", ".board :is(button, table, th, p)", ".foot > *", ".formulas > *"];

  function places(panel) {
    const from = panel.getBoundingClientRect();
    const found = {};
    const note = (selectors, sides) => {
      for (const selector of selectors) {
        [...panel.querySelectorAll(selector)].forEach((node, number) => {
          if (!node.getClientRects().length || getComputedStyle(node).visibility !== "visible") return;
          const box = node.getBoundingClientRect();
          const { grid, panel: part } = node.closest("[data-grid], [data-panel]")?.dataset ?? {};
          const name = grid ?? part ?? "";
          found[`${selector} ${number}${name && ` of ${name}`}`] = sides.map((side) => box[side] - from[side === "left" || side === "right" ? "left" : "top"]);
        });
      }
    };
    note(FIXED, ["left", "top", "right", "bottom"]);
    note(STARTS, ["left", "top"]);
    return found;
  }

  function moved(before, after) {
    return Object.keys(before).filter((key) => key in after && before[key].some((at, k) => Math.abs(at - after[key][k]) > 1))
      .map((key) => [key, before[key].map(Math.round), after[key].map(Math.round)]);
  }

  // ---- The controls.

  const BOXES = ".convlib-controls :is(.widget-slider, .widget-toggle-buttons, .widget-checkbox, .widget-dropdown, .widget-text)";

  function controlsOf(panel) {
    return [...panel.querySelectorAll(BOXES)].filter((box) => box.offsetHeight && getComputedStyle(box).visibility === "visible");
  }
  const labelOf = (box) => (box.querySelector(".widget-label, label")?.textContent || box.textContent).trim();
  const buttonsOf = (box) => [...box.querySelectorAll(".widget-toggle-button")].filter((button) => button.offsetWidth);

  const isNumber = (box) => !box.querySelector("select, input[type=checkbox]") && buttonsOf(box).every(({ textContent }) => /^\d+$/.test(textContent));

  // Moves a control by one step; returns what moves it back.
  function step(box) {
    const buttons = buttonsOf(box);
    if (buttons.length) {
      const at = buttons.findIndex((button) => button.classList.contains("mod-active"));
      buttons[at + 1 < buttons.length ? at + 1 : at - 1].click();
      // Where none was pressed, none can be pressed again.
      return () => buttons[at]?.click();
    }
    const menu = box.querySelector("select");
    if (menu) {
      const at = menu.selectedIndex;
      const go = (to) => {
        menu.selectedIndex = to;
        menu.dispatchEvent(new Event("change", { bubbles: true }));
      };
      go(at + 1 < menu.options.length ? at + 1 : at - 1);
      return () => go(at);
    }
    const tick = box.querySelector("input[type=checkbox]");
    if (tick) {
      tick.click();
      return () => tick.click();
    }
    const field = box.querySelector("input[type=number]");
    if (field) {
      const at = field.value;
      const go = (to) => {
        field.value = to;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      };
      const by = Number(field.step) || 0.5;
      const isLast = field.max !== "" && Number(at) + by > Number(field.max);
      go(isLast ? Number(at) - by : Number(at) + by);
      return () => go(at);
    }
    const handle = box.querySelector("[role=slider]");
    const [now, high] = ["aria-valuenow", "aria-valuemax"].map((name) => Number(handle.getAttribute(name)));
    const press = (key) => handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press(now < high ? "ArrowRight" : "ArrowLeft");
    return () => press(now < high ? "ArrowLeft" : "ArrowRight");
  }

  // A number's control, to one of its ends; returns what moves it back, or null for what holds no number.
  function toEnd(box, last) {
    const buttons = buttonsOf(box);
    if (buttons.length) {
      if (!isNumber(box)) return null;
      const at = buttons.findIndex((button) => button.classList.contains("mod-active"));
      buttons.at(last ? -1 : 0).click();
      return () => buttons[at]?.click();
    }
    const field = box.querySelector("input[type=number]");
    if (field) {
      const at = field.value;
      const go = (to) => {
        field.value = to;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      };
      if (field.min === "" || field.max === "") return null;
      go(last ? field.max : field.min);
      return () => go(at);
    }
    const handle = box.querySelector("[role=slider]");
    if (!handle) return null;
    const readout = box.querySelector(".widget-readout");
    const at = readout.textContent;
    handle.dispatchEvent(new KeyboardEvent("keydown", { key: last ? "End" : "Home", bubbles: true }));
    return () => {
      readout.textContent = at;
      readout.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true }));
    };
  }

  // Whether a number's control is at that end, and its value.
  function isAtEnd(box, last) {
    const buttons = buttonsOf(box);
    if (buttons.length) return buttons.at(last ? -1 : 0).classList.contains("mod-active");
    const field = box.querySelector("input[type=number]");
    if (field) return Number(field.value) === Number(last ? field.max : field.min);
    const handle = box.querySelector("[role=slider]");
    return handle.ariaValueNow === (last ? handle.ariaValueMax : handle.ariaValueMin);
  }
  const valueOf = (box) => buttonsOf(box).find((button) => button.classList.contains("mod-active"))?.textContent ??
    box.querySelector("input[type=number]")?.value ?? box.querySelector("[role=slider]")?.ariaValueNow;

  // What a figure shows: each element, its classes, its place and its own words.
  const shown = (panel) => [...panel.querySelectorAll(".convlib-figure *")].map((node) => [
    node.tagName, [...node.classList].join(" "), node.hidden, node.style?.opacity,
    ...["x", "y", "width", "height", "transform", "d", "points", "viewBox"].map((name) => node.getAttribute(name)), ownText(node),
  ].join("|")).join();

  // ---- What the formulas speak of.


  function symbolsOf(panel) {
    return [...new Set([...panel.querySelectorAll(".foot mi")].map(({ textContent }) => textContent))].sort();
  }

  // ---- What is wrong in the picture.

  const LEAST = 11; // pixels of a letter

  // The height of an element's letters on the page.
  function letters(node, style) {
    const size = parseFloat(style.fontSize);
    const matrix = node.getScreenCTM?.();
    return matrix ? size * Math.hypot(matrix.c, matrix.d) : size;
  }
  const short = ({ node, text }) => `${node.closest("[data-grid], [data-stage], figure")?.dataset.grid ?? ""} ${node.tagName} "${text.slice(0, 24)}"`.trim();
  const nameOf = ({ className, dataset: { grid, panel } }) => grid ?? panel ?? className;
  const shared = (one, other) => {
    const both = meet(one, other);
    return [both.right - both.left, both.bottom - both.top];
  };

  function wrong(panel) {
    const board = panel.querySelector(".board") ?? panel.querySelector(".sight > :first-child");
    // A ring around a pixel at the rim may reach into the explorer's own margin.
    const [frame, edge] = [board, panel].map((node) => node.getBoundingClientRect());
    const marks = painted(board).filter(({ node }) => node !== board);
    const texts = marks.filter(({ text }) => text);
    const found = [];
    for (const each of texts) {
      const size = letters(each.node, each.style);
      if (size < LEAST - 0.05) found.push(`small: ${size.toFixed(1)} ${short(each)}`);
      if (each.node.scrollWidth > each.node.clientWidth + 1 && each.style.overflowX === "hidden") found.push(`cut off: ${short(each)}`);
      const cell = each.node.matches("g.cell text:not(.letter)") && each.node.parentNode.querySelector("rect")?.getBoundingClientRect();
      if (cell && each.whole.width > cell.width + 0.5 && !each.node.matches(".change")) found.push(`wider than its cell: ${short(each)}`);
    }
    for (const each of marks) {
      const out = Math.max(edge.left - each.box.left, each.box.right - edge.right, frame.top - each.box.top, each.box.bottom - frame.bottom);
      if (out > 2) found.push(`out of the board by ${out.toFixed(1)}: ${short(each)} ${each.node.getAttribute("class")}`);
    }
    for (const readout of panel.querySelectorAll(".convlib-controls .widget-readout")) {
      if (readout.scrollWidth > readout.clientWidth) found.push(`cut off: ${readout.textContent} at its control`);
    }
    const tight = texts.filter(({ node }) => !node.matches("[data-tap]")).map((each) => {
      const range = document.createRange();
      range.selectNodeContents(each.node);
      const box = each.node.getScreenCTM ? each.box : meet(range.getBoundingClientRect(), each.box);
      const slack = 0.15 * (box.bottom - box.top);
      return { ...each, box: { ...box, top: box.top + slack, bottom: box.bottom - slack } };
    });
    tight.sort((one, other) => one.box.top - other.box.top);
    tight.forEach((one, k) => {
      for (let next = k + 1; next < tight.length && tight[next].box.top < one.box.bottom - 1; next += 1) {
        const other = tight[next];
        const [across, down] = shared(one.box, other.box);
        const underHead = [one, other].some(({ style }) => style.position === "sticky"); // of a table that scrolls
        if (across > 1 && down > 1 && !underHead && !one.node.contains(other.node) && !other.node.contains(one.node)) found.push(`overlap: ${short(one)} and ${short(other)}`);
      }
    });
    const figures = [...board.children].filter((node) => node.getClientRects().length && getComputedStyle(node).visibility === "visible");
    const bodies = figures.map((node) => ({ node, boxes: [...node.querySelectorAll(":scope > :is(svg, canvas, div, ul, table)")].map((part) => meet(part.getBoundingClientRect(), node.getBoundingClientRect())) }));
    bodies.forEach(({ node, boxes }, k) => {
      for (const other of bodies.slice(k + 1)) {
        for (const a of boxes) {
          for (const b of other.boxes) {
            const [across, down] = shared(a, b);
            if (across > 2 && down > 2) found.push(`overlap: ${nameOf(node)} and ${nameOf(other.node)} ${across.toFixed()} x ${down.toFixed()}`);
          }
        }
      }
    });
    return [...new Set(found)];
  }

  // A test that opens the page notes of each figure what it is.
  const kindOf = (panel) => panel.querySelector("[data-explorer]")?.dataset.explorer ?? "";

  // The sentence and the formulas that do not fit the rooms that are kept for them.
  const tooLong = (panel) => [...panel.querySelectorAll(".said, .formulas > div")].filter((node) => node.scrollHeight > node.clientHeight + 1)
    .map((node) => `too long by ${node.scrollHeight - node.clientHeight}: ${node.textContent}`);

  const unfold = async (panel) => {
    panel.querySelector("button.more[aria-expanded=false]")?.click();
    const foot = panel.querySelector("details.foot");
    if (foot) foot.open = true;
    await frames(3);
  };

  globalThis.sights = {
    controlsOf, labelOf, step, tooLong, unfold,
    // Moves each control by a step. Says, in pixels below the explorer's top: where the picture with its sentence is, where the
    // control is, and where else something changed; what grew, what moved, what did not fit.
    async steps(panel) {
      await unfold(panel);
      const [outer, inner] = [panel, panel.querySelector(".sight")].map((node) => node.getBoundingClientRect());
      const found = [];
      let [before, stood, height] = [null, null, 0];
      const look = () => {
        [before, stood, height] = [below(panel), places(panel), panel.getBoundingClientRect().height];
      };
      look();
      for (const box of controlsOf(panel)) {
        const own = box.getBoundingClientRect();
        const back = step(box);
        await frames(2);
        const rows = differences(before, below(panel));
        found.push({
          name: labelOf(box), own: [own.top - outer.top, own.bottom - outer.top], rows, grown: panel.getBoundingClientRect().height - height,
          hidden: tooLong(panel), moved: moved(stood, places(panel)),
          symbols: symbolsOf(panel), open: Boolean(box.closest(".convlib-open")),
        });
        back();
        await frames(2);
        look(); // going back may leave another control as it is now, such as a choice that has ended
      }
      return {
        kind: kindOf(panel), sight: [inner.top - outer.top, inner.bottom - outer.top],
        sticky: getComputedStyle(panel.querySelector(".sight")).position === "sticky", found,
      };
    },
    // The names of the controls that change nothing that is seen but themselves: by a step, nor by another button or at an
    // end, since a step may lead to the same picture (a pixel further may lie in the same cell).
    async idle(panel) {
      await unfold(panel);
      const seen = () => [...panel.querySelectorAll(".sight, .foot")].flatMap((part) => painted(part).map(({ node, look, whole }) =>
        `${look}|${Math.round(whole.left)},${Math.round(whole.top)},${Math.round(whole.width)}|${node.matches("canvas") ? node.toDataURL() : ""}`)).join();
      const found = [];
      for (const box of controlsOf(panel)) {
        const others = buttonsOf(box).map((button) => () => (button.click(), () => {}));
        const moves = [() => step(box), ...(others.length ? others : [false, true].map((last) => () => toEnd(box, last) ?? (() => {})))];
        const before = seen();
        let acts = false;
        for (const move of moves) {
          const pressed = buttonsOf(box).find((button) => button.classList.contains("mod-active"));
          const back = move();
          await frames(1);
          acts = seen() !== before;
          if (!acts) {
            await frames(3);
            acts = seen() !== before;
          }
          back();
          pressed?.click();
          await frames(2);
          if (acts) break;
        }
        if (!acts) found.push(labelOf(box));
      }
      return found;
    },
    // What is wrong where a number's control, or all of them, are at an end; whether each goes there, changes the picture on the
    // way from the one to the other, and leads back.
    async extremes(panel) {
      await unfold(panel);
      const height = panel.getBoundingClientRect().height;
      const found = {};
      const look = (name) => {
        const faults = wrong(panel);
        if (Math.abs(panel.getBoundingClientRect().height - height) > 0.5) faults.push(`height ${panel.getBoundingClientRect().height - height}`);
        faults.push(...tooLong(panel));
        if (faults.length) found[name] = faults;
      };
      look("as opened");
      const boxes = controlsOf(panel);
      const least = new Map();
      const opened = shown(panel);
      const isBack = (box, value) => valueOf(box) === value && shown(panel) === opened;
      for (const last of [false, true]) {
        for (const box of boxes) {
          const value = valueOf(box);
          const back = toEnd(box, last);
          if (!back) continue;
          await frames(2);
          const setting = `${labelOf(box)} ${last ? "greatest" : "least"}`;
          look(setting);
          const faults = [];
          if (!isAtEnd(box, last)) faults.push(`does not go there, but to ${valueOf(box)}`);
          const then = shown(panel);
          if (!last) least.set(box, then);
          else if (least.get(box) === then) faults.push("shows what it shows at the least");
          back();
          let left = 4;
          while (!isBack(box, value) && (left -= 1)) await frames(1);
          if (!left) faults.push("does not lead back");
          if (faults.length) found[setting] = [...(found[setting] ?? []), ...faults];
        }
        await frames(2);
        const backs = boxes.map((box) => toEnd(box, last)).filter(Boolean);
        await frames(4);
        look(last ? "all greatest" : "all least");
        for (const back of backs.reverse()) back();
        await frames(4);
      }
      if (!least.size) found["as opened"] = [...(found["as opened"] ?? []), "no control of a number"];
      return [kindOf(panel), found];
    },
  };
})()

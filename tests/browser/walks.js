// What an explorer holds, and the ways through its settings that one browser is to go as another does. `test_engines.py`
// calls these after `sights.js`.

(() => {
  const NAMES = [
    "class", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "transform", "viewBox", "points", "href", "fill", "stroke", "hidden",
    "aria-label", "aria-pressed", "aria-expanded", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext",
  ];
  // Things that keys are tried on. A menu that opens is the browser's own; a link leads elsewhere.
  const TAKES_KEYS = ":is([role=slider], button:not(.menu button), [tabindex='0']:not(canvas))";
  const PARTS = 10; // of a pixel, or of a unit of the drawing, to which numbers are compared

  const panelOf = (number) => document.querySelectorAll(".convlib-explorer")[number];
  // Both: of a shape that is not displayed WebKit has rectangles, and Chromium says that it is visible.
  const isSeen = (node) => node.getClientRects().length && node.checkVisibility({ visibilityProperty: true });
  const rounded = (text) => text.replace(/-?\d+\.\d+/g, (each) => Math.round(each * PARTS) / PARTS);
  const frames = async (left) => {
    for (; left; left -= 1) await new Promise(requestAnimationFrame);
  };

  // Waits until the page no longer scrolls, as it may after keys that nothing else took.
  async function atRest() {
    for (let [still, last] = [0, NaN]; still < 8; last = scrollY) {
      await frames(1);
      still = scrollY === last ? still + 1 : 0;
    }
  }

  // Waits until a frame goes by in which nothing in the explorer has changed: what asks for a drawing is drawn in the
  // first, and in the second what was measured then. What plays changes on and on.
  async function drawn(panel) {
    let changed = false;
    const watch = new MutationObserver(() => { changed = true; });
    watch.observe(panel, { subtree: true, childList: true, characterData: true, attributes: true });
    await frames(1);
    for (let left = 8; left; left -= 1) {
      changed = false;
      await frames(1);
      if (!changed) break;
    }
    watch.disconnect();
  }

  // FNV-1a of a canvas's pixels.
  function pixelsOf(canvas) {
    const { width, height } = canvas;
    if (!width || !height) return "";
    const words = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
    let hash = 2166136261;
    for (const word of words) hash = Math.imul(hash ^ word, 16777619);
    return `pixels ${hash >>> 0}`;
  }

  // Each element that is seen as a line of text, and the texts, values and pixels with it.
  function lines(panel) {
    return [...panel.querySelectorAll("*")].filter(isSeen).map((node) => rounded([
      node.localName,
      ...NAMES.filter((name) => node.hasAttribute(name)).map((name) => `${name}=${node.getAttribute(name)}`),
      ...[...node.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data),
      node.value ?? "", node.matches("canvas") ? pixelsOf(node) : "",
    ].join(" ")));
  }

  // What is new since the last look at this explorer, or all of it.
  const last = new Map();
  function look(number) {
    const now = lines(panelOf(number));
    const known = new Set(last.get(number));
    last.set(number, now);
    return [now.length, ...now.filter((line) => !known.has(line))];
  }

  globalThis.walks = {
    atRest,
    // Takes the veils off what follows a prediction: a page grows when one is lifted.
    async lift() {
      for (const veil of document.querySelectorAll(".veil:not(.lifted)")) veil.dispatchEvent(new FocusEvent("focusin"));
      await frames(3);
    },
    // Moves each control, if they are to be moved, by a step, and back before the next; says after each step what is new,
    // and what does not fit its room.
    async steps(number, stepping = true) {
      const panel = panelOf(number);
      await sights.unfold(panel);
      const found = [["as opened", [...look(number), ...sights.tooLong(panel)]]];
      for (const box of stepping ? sights.controlsOf(panel) : []) {
        const back = sights.step(box);
        await drawn(panel);
        found.push([sights.labelOf(box), [...look(number), ...sights.tooLong(panel)]]);
        back();
        await frames(1);
      }
      return found;
    },
    // Gives the focus to one of what takes keys, by a number from 0 to 1; says which.
    focus(number, chance) {
      const takers = [...panelOf(number).querySelectorAll(TAKES_KEYS)].filter((node) => isSeen(node) && !node.disabled);
      const at = Math.floor(chance * takers.length);
      takers[at].focus({ preventScroll: true });
      return [at, takers.length, takers[at].getAttribute("aria-label") ?? takers[at].textContent];
    },
    // The middles of what can be dragged in the picture.
    async grips(number) {
      await atRest();
      panelOf(number).scrollIntoView({ block: "start", behavior: "instant" });
      await atRest();
      return [...panelOf(number).querySelectorAll(".sight .grip, .sight .number-grip")].filter(isSeen).map((node) => {
        const { left, top, width, height } = node.getBoundingClientRect();
        return [left + width / 2, top + height / 2];
      });
    },
    async news(number) {
      await drawn(panelOf(number));
      return look(number);
    },
  };
})()

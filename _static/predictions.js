// Veils over what follows a prediction, and the row of lessons on the first page. All of it is kept in this browser: which
// veils are lifted and what the reader expected (DECIDED), whether there are veils (SWITCH), the best set of practice
// questions of each lesson (KEPT, which convlib's cards write). Without this script nothing is veiled.
(() => {
  const [SWITCH, DECIDED, KEPT] = ["convlib-veils", "convlib-decided", "convlib-practice"];
  const forVisit = new Map(); // where the browser refuses to keep
  const page = location.pathname.split("/").at(-1).replace(/\.html$/, "");

  function kept(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return forVisit.get(key) ?? null;
    }
  }

  function keep(key, text) {
    forVisit.set(key, text);
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      // It is kept for the visit.
    }
  }

  function keptObject(key) {
    try {
      const found = JSON.parse(kept(key) ?? "{}");
      return found && typeof found === "object" ? found : {};
    } catch {
      return {}; // somebody else wrote there
    }
  }

  // Before the page is drawn, so that nothing is seen that is to be veiled.
  const areOn = () => kept(SWITCH) !== "off";
  document.documentElement.classList.toggle("veils", areOn());

  function setSwitch(on) {
    keep(SWITCH, on ? "on" : "off");
    document.documentElement.classList.toggle("veils", on);
    for (const box of document.querySelectorAll(".veil-switch input")) box.checked = on;
  }

  function element(tag, name, ...children) {
    const node = document.createElement(tag);
    node.className = name;
    node.append(...children);
    return node;
  }

  function buttonOf(label, name, act) {
    const node = element("button", name, label);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  // Brings the bar in front of a veil to life; returns what lifts the veil.
  function wire(veil) {
    const name = `${page}/${veil.dataset.prediction}`;
    const bar = veil.previousElementSibling;
    const card = bar.previousElementSibling?.matches(".tag_prediction") ? bar.previousElementSibling : null;
    const field = bar.querySelector("textarea");
    const lift = (expected) => {
      keep(DECIDED, JSON.stringify({ ...keptObject(DECIDED), [name]: expected }));
      show(expected);
    };
    const show = (expected) => {
      const hadFocus = bar.contains(document.activeElement);
      veil.classList.add("lifted");
      bar.replaceChildren(...(expected ? [element("p", "expected", element("b", "", "You expected: "), expected)] : []));
      bar.classList.add("lifted");
      if (hadFocus) {
        bar.tabIndex = -1;
        bar.focus({ preventScroll: true });
      }
    };
    const decide = () => lift(field?.value.trim() ?? "");
    bar.querySelector(".lift").addEventListener("click", () => lift(""));
    bar.querySelector(".never").addEventListener("click", () => setSwitch(false));
    bar.addEventListener("submit", (event) => {
      event.preventDefault();
      decide();
    });
    field?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      decide();
    });
    card?.addEventListener("convlib-decided", () => lift(""));
    // Who comes by the keyboard, a link or a screen reader sees where they are.
    veil.addEventListener("focusin", () => veil.classList.contains("lifted") || lift(""));
    const before = keptObject(DECIDED)[name];
    if (typeof before === "string") show(before);
    return lift;
  }

  // Veils come to life as the page arrives: what was lifted before is never seen veiled.
  const lifts = new Map();
  function wireAll() {
    for (const veil of document.querySelectorAll(".veil")) if (!lifts.has(veil)) lifts.set(veil, wire(veil));
  }
  const arriving = new MutationObserver(wireAll);
  arriving.observe(document, { childList: true, subtree: true });

  // A link to something under a veil lifts it.
  function liftTarget() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)).split("?")[0]);
    const veil = target?.closest(".veil:not(.lifted)");
    if (!veil) return;
    lifts.get(veil)("");
    target.scrollIntoView();
  }

  // The first page: which lessons are mastered, and the switch.
  function showLessons(list) {
    const erase = buttonOf("erase what is kept", "erase", () => {
      for (const key of [KEPT, DECIDED]) keep(key, null);
      draw();
    });
    const box = element("input", "");
    [box.type, box.checked] = ["checkbox", areOn()];
    box.addEventListener("change", () => setSwitch(box.checked));
    const label = element("label", "veil-switch", box, " Veil what follows a prediction until I have decided");
    const draw = () => {
      const sets = keptObject(KEPT);
      for (const item of list.querySelectorAll("li")) {
        const lesson = item.querySelector("a").getAttribute("href").split("/").at(-1).replace(/\.html.*/, "");
        item.querySelector(".score")?.remove();
        const set = sets[lesson];
        const score = set ? `${set.right} of ${set.of}${set.mastered ? ", mastered" : ""}` : "not yet";
        item.classList.toggle("mastered", Boolean(set?.mastered));
        (item.querySelector("p") ?? item).append(element("span", "score", score));
      }
      erase.hidden = !Object.keys(sets).length && !Object.keys(keptObject(DECIDED)).length;
    };
    list.append(element("p", "kept", label, " ", erase));
    draw();
  }

  addEventListener("DOMContentLoaded", () => {
    arriving.disconnect();
    wireAll();
    for (const list of document.querySelectorAll(".mastery")) showLessons(list);
    liftTarget();
    addEventListener("hashchange", liftTarget);
    // An explorer that is to show something comes into sight.
    document.addEventListener("convlib-show", ({ detail }) => {
      const veil = document.getElementById(detail.figure)?.closest(".veil:not(.lifted)");
      if (veil) lifts.get(veil)("");
    }, true);
  });
})();

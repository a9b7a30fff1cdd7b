// Puts explorers and cards into the places that are kept for them (_ext/still_figures.py). A place is a still picture, or
// questions to read, and stays one until this script says otherwise: where the page has no scripts or no style sheets,
// nothing in it looks like a control. It stays one, too, where something fails, and says in a sentence what.
(() => {
  // In ms in which the page is in sight, after it was loaded: what is not drawn by then never will be.
  const LONGEST = 30_000;
  // The smallest module that needs what the kernels need: a function that returns a vector.
  const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
  const WHY = {
    browser: "this browser does not run the book's WebAssembly code. Chrome and Edge 91, Firefox 89, Safari 16.4, and newer ones do.",
    missing: "a file that brings it to life did not arrive. Load the page again; if you have a copy of the book, it has to be the whole folder.",
    policy: "the rules that this site's server sets (its Content-Security-Policy) stop it. The book's README says what they have to allow.",
    incomplete: "what the page holds for it did not arrive whole. Load the page again.",
    saved: "this page was saved when it was alive, and that ends with saving. The book itself, or a copy of its whole folder, has the live one.",
    silent: "it was not drawn. Loading the page again may help.",
  };
  const waiting = new Set();
  const still = new Set(); // places that stay
  const begun = new WeakSet();
  let fault = null; // why nothing more comes alive on this page

  const [KEPT, LIVE, STILL] = ["kept-place", "page-widget", "template.kept-still"];
  const part = (place, name) => place.querySelector(`:scope > .${name}`);

  // What loads the explorers begins with the others when the first one is settled (_vendor/src/main.js).
  const tell = (place) => place.dispatchEvent(new Event("explorer-settled"));

  function stay(place, why) {
    waiting.delete(place);
    still.add(place);
    const store = place.querySelector(`:scope > ${STILL}`);
    store?.replaceWith(store.content);
    part(place, LIVE)?.remove();
    place.querySelector(":scope > script")?.remove();
    place.classList.add("stays");
    const kept = part(place, KEPT);
    const says = kept.matches(".convlib-practice") ? "Answers cannot be checked here" : "This figure stands still here";
    kept.querySelector(".why-still").textContent = WHY[why] ? `${says}: ${WHY[why]}` : why;
    tell(place);
  }

  function end(why) {
    fault ??= why;
    for (const place of waiting) stay(place, fault);
  }

  // A browser tells of it after what it stopped has failed, for reasons that were then not known.
  function endByPolicy() {
    for (const place of [...still, ...waiting]) stay(place, "policy");
    fault = "policy";
  }

  // The still picture is kept, unseen: for when the figure fails later, and for a page that is saved.
  function comeAlive(place) {
    waiting.delete(place);
    const store = document.createElement("template");
    store.className = "kept-still";
    store.content.append(part(place, KEPT));
    place.prepend(store);
    const figure = part(place, LIVE).querySelector(".convlib-figure, .convlib-practice");
    const watch = new MutationObserver(() => {
      const failed = figure.querySelector(":scope > .cannot-run");
      if (!failed) return;
      watch.disconnect();
      stay(place, failed.textContent);
    });
    watch.observe(figure, { childList: true });
    tell(place);
  }

  // Drawn is what has all its parts when a frame begins; in that frame it learns its size, and draws itself again. It takes
  // its place right after that, before the frame is painted. What has no size, as on a page that is folded, does so when it
  // has not changed for a frame.
  function wait(place) {
    waiting.add(place);
    const kept = part(place, KEPT);
    const drawing = kept.matches(".convlib-practice") ? ".convlib-practice" : ".convlib-figure";
    const controls = ".convlib-open > *";
    let [rest, waited, before] = [0, 0, performance.now()];
    const changes = new MutationObserver(() => (rest = 0));
    changes.observe(place, { attributes: true, characterData: true, childList: true, subtree: true });
    let measured = null;
    const stop = () => {
      changes.disconnect();
      measured?.disconnect();
    };
    const failure = (live) => live?.querySelector(".cannot-run, .jupyter-widgets-error-widget");
    const succeed = () => {
      if (failure(part(place, LIVE))) return;
      stop();
      if (waiting.has(place)) comeAlive(place);
    };
    const look = (now) => {
      if (!waiting.has(place)) return stop();
      const live = part(place, LIVE);
      const failed = failure(live);
      if (failed) return stay(place, fault ?? (failed.matches(".cannot-run") ? failed.textContent : "incomplete"));
      const drawn = live?.querySelector(drawing)?.childElementCount &&
        live.querySelectorAll(controls).length === kept.querySelectorAll(controls).length;
      rest = drawn ? rest + 1 : 0;
      // A frame that comes late tells of a page that was not in sight, or of a busy machine.
      if (document.readyState === "complete") waited += Math.min(now - before, 100);
      before = now;
      if (rest > 1) return succeed();
      // Figures watch their size in the same way; who began earlier is told earlier.
      if (rest) (measured ??= new ResizeObserver(succeed)).observe(live);
      if (waited > LONGEST) return stay(place, "silent");
      requestAnimationFrame(look);
    };
    look(before);
  }

  const canRun = () => {
    try {
      return WebAssembly.validate(new Uint8Array(SIMD));
    } catch {
      return false;
    }
  };
  if (!canRun()) fault = "browser";
  document.documentElement.classList.toggle("comes-alive", !fault);

  addEventListener("error", ({ target }) => {
    if (target.localName === "script" && /\/(widgets|explorers|explorer-\w+|data-\w+)\.js/.test(target.src)) end("missing");
  }, true);
  // Of the bundle: an explorer's own part, or all of them.
  addEventListener("widgets-failed", ({ target }) => {
    const place = target.closest?.(".explorer-place");
    if (place) stay(place, fault ?? "incomplete");
    else end("incomplete");
  });
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, disposition }) => {
    if (disposition === "enforce" && /^(script-src(-elem)?$|style-src)/.test(effectiveDirective)) endByPolicy();
  });
  function begin(place) {
    if (begun.has(place) || still.has(place)) return;
    begun.add(place);
    if (place.querySelector(`:scope > ${STILL}`)) stay(place, "saved");
    else if (fault) stay(place, fault);
    else wait(place);
  }
  // The first one is there before the page has been read to its end.
  addEventListener("explorer-shown", ({ target }) => {
    const place = target.closest(".explorer-place");
    if (place) begin(place);
  });
  addEventListener("DOMContentLoaded", () => document.querySelectorAll(".explorer-place").forEach(begin));
})();

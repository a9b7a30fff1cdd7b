// A link into a page leads to its target. A browser scrolls to it before explorers and cards are drawn; where one of them
// takes more room than was kept, or the page was not yet long enough, this does so again. It ends when the reader begins.
(() => {
  const ENDS = ["wheel", "touchstart", "pointerdown", "keydown", "resize", "hashchange"];
  const LONGEST = 10_000; // in ms after the page is loaded: by then all is drawn

  addEventListener("DOMContentLoaded", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const [visit] = performance.getEntriesByType("navigation");
    // Who comes back, or loads the page again, finds it where they left it.
    if (!target || (visit && visit.type !== "navigate")) return;
    const watch = new ResizeObserver(() => {
      // A card brings itself into sight.
      if (!target.matches("figure:has(.convlib-practice)")) target.scrollIntoView({ behavior: "instant" });
    });
    const end = () => {
      watch.disconnect();
      for (const kind of ENDS) removeEventListener(kind, end, true);
    };
    watch.observe(document.querySelector("article") ?? document.body);
    for (const kind of ENDS) addEventListener(kind, end, { capture: true, passive: true });
    addEventListener("load", () => setTimeout(end, LONGEST));
  });
})();

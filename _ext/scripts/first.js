// Before all other scripts, and before the first paint: a store where the browser refuses one, and light or dark.
(() => {
  // In another site's frame, or where a reader has forbidden it, asking for a store throws. The theme's menu, search and
  // switch ask without care; they get one for the visit. (It is no `Storage`, by which our own scripts can tell.)
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      void globalThis[name].length;
    } catch {
      const kept = new Map();
      const store = {
        getItem: (key) => kept.get(`${key}`) ?? null,
        setItem: (key, text) => void kept.set(`${key}`, `${text}`),
        removeItem: (key) => void kept.delete(`${key}`),
        clear: () => kept.clear(),
        key: (at) => [...kept.keys()][at] ?? null,
      };
      Object.defineProperty(globalThis, name, { value: store, configurable: true });
    }
  }

  // The theme chooses light or dark after the page was shown, and some of its rules wait for that.
  const root = document.documentElement;
  const chosen = localStorage.getItem("theme");
  const byTheSystem = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.mode = localStorage.getItem("mode") || "auto";
  root.dataset.theme = ["light", "dark"].includes(chosen) ? chosen : byTheSystem;
  // The ground before the style sheets arrive.
  document.querySelector("meta[name=color-scheme]").content = root.dataset.theme;
})();

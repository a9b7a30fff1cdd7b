// Equations, tables and pictures wider than the page scroll, also by keyboard: how wide it is, only the browser knows.
addEventListener("DOMContentLoaded", () => {
  const wide = ".equation, pre, .pst-scrollable-table-container, .picture";
  const boxes = document.querySelectorAll(`.bd-article :is(${wide})`);
  const watch = new ResizeObserver(() => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  });
  watch.observe(document.body);
});

// Shows the page when the browser has read the fonts. Asking for the icons by name would also load the theme's whole font,
// which comes before ours.
(() => {
  const root = document.documentElement;
  const show = () => root.classList.remove("without-fonts");
  root.classList.add("without-fonts");
  const last = (name, bold) => [...document.fonts].filter(({ family, weight }) =>
    family.includes(name) && weight === bold).at(-1);
  const ours = [last("Font Awesome 6 Free", "900"), last("STIX Two Math", "400")];
  Promise.all(ours.map((font) => font?.load())).then(show, show);
})();

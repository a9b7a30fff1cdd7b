// What a reader takes along: a link to exactly this state, the code that computes it, the picture; and full screen.

const inNotebook = () => document.body.dataset.jpThemeLight !== undefined;
const PICTURES = ["picture", "image"]; // the traits that may hold a photograph

// The menu: a button in the explorer's corner, and what it opens. `code()`, if there is one, returns texts by library.
function menuOf(model, el, code) {
  const text = html("textarea", { readonly: "", rows: 3, "aria-label": "What was copied", hidden: "" });
  const status = html("p", { class: "menu-status", role: "status" });
  const list = html("div", { class: "menu-list", hidden: "" });
  const button = html("button", { type: "button", class: "menu-button", "aria-expanded": "false", "aria-label": "Take this figure with you" }, "⋯");
  const menu = html("div", { class: "menu" }, button, list);
  const panelOf = () => el.closest(".convlib-explorer");
  const show = (open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", open);
    if (open) [status.textContent, text.hidden] = ["", true];
  };

  // Photographs are too large for a link or a line, so one of the reader's own is not in it.
  const firstPictures = PICTURES.map((name) => model.get(name));
  const hasOwnPicture = () => PICTURES.some((name, k) => firstPictures[k]?.levels && model.get(name) !== firstPictures[k]);
  const linkLacks = () => (hasOwnPicture() ? " Your own picture is not in it: a link opens the figure with the picture of this page." : "");
  const lineLacks = () => {
    const lacking = [...new Set([...model.get("unwritten"), ...PICTURES.filter((name, k) => firstPictures[k]?.levels && model.get(name) !== firstPictures[k])])];
    return lacking.length ? ` It does not hold what is your own: add ${lacking.map((name) => `${name}=…`).join(" and ")}.` : "";
  };

  const copy = (what, make, lacks = () => "") => async () => {
    text.hidden = false;
    text.value = make();
    text.select();
    let copied = document.execCommand("copy");
    try {
      await navigator.clipboard.writeText(text.value);
      copied = true;
    } catch {
      // A page from a file, or one without the right, has the older way above.
    }
    status.textContent = `${copied ? `Copied: ${what}.` : `Copy ${what} from here:`}${lacks()}`;
  };
  const item = (label, act) => {
    const node = html("button", { type: "button" }, label);
    node.addEventListener("click", act);
    list.append(node);
    return node;
  };
  if (inNotebook()) item("copy Python line", copy("the line that makes this explorer", () => pythonLine(model), lineLacks));
  else item("copy link", copy("a link to this state", () => linkTo(model, panelOf()), linkLacks));
  if (code) {
    item("copy code for convlib", copy("code for convlib", () => code().convlib));
    item("copy code for PyTorch", copy("code for PyTorch", () => code().pytorch));
  }
  item("save picture as SVG", () => save(pictureOfFigure(el), `${placeOf(panelOf())}.svg`));
  item("save picture as PNG", async () => save(await asPng(pictureOfFigure(el)), `${placeOf(panelOf())}.png`));
  // An iPhone shows nothing but films on its whole screen.
  const full = document.fullscreenEnabled && item("full screen", () => {
    show(false);
    if (document.fullscreenElement) document.exitFullscreen();
    else panelOf().requestFullscreen();
  });
  list.append(status, text);

  button.addEventListener("click", () => show(list.hidden));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.stopPropagation();
    show(false);
    button.focus();
  });
  const outside = ({ target }) => {
    if (!menu.contains(target)) show(false);
  };
  document.addEventListener("pointerdown", outside);
  el.append(menu);
  const undo = [whenInPage(el, (panel) => onFullScreen(panel, (isFull) => {
    if (full) full.textContent = isFull ? "leave full screen" : "full screen";
    button.focus();
  }))];
  if (!inNotebook()) undo.push(whenInPage(el, (panel) => followLinks(model, el, panel)));
  return () => {
    document.removeEventListener("pointerdown", outside);
    for (const step of undo) step();
  };
}

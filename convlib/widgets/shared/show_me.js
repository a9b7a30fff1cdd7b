// A practice question asks for an explorer, wherever on the page the two stand: the one that is meant takes the settings,
// all others as the page opened them, and comes into sight. Returns the undo.
function followQuestions(model, el) {
  const show = (event) => {
    const { figure, explorer: kind, settings } = event.detail;
    const panel = el.closest(".convlib-explorer");
    const isMeant = inNotebook() ? model.get("kind") === kind : placeOf(panel) === figure;
    if (event.defaultPrevented || !isMeant) return;
    event.preventDefault();
    const { network, ...others } = { ...model.get("opened_with"), ...settings };
    // What depends on several settings never sees some old and some new; only a network comes before its layers.
    if (network !== undefined) model.set("network", network);
    model.set(others);
    model.save_changes();
    panel.scrollIntoView({ block: "start" });
  };
  document.addEventListener("convlib-show", show);
  return () => document.removeEventListener("convlib-show", show);
}

// The page is being read: what would move as more of it arrives waits for the end.
document.documentElement.classList.add("arriving");
addEventListener("DOMContentLoaded", () => document.documentElement.classList.remove("arriving"));

// The theme's buttons say in an attribute what they do, which many servers forbid: ours say it by a name.
addEventListener("click", ({ target }) => {
  const does = target.closest?.("[data-does]")?.dataset.does;
  if (does === "print") print();
  if (does === "full-screen") toggleFullScreen(); // of the theme
});

// In a frame that may run scripts and nothing else, a browser does not even say that a form was submitted: then we do, and
// go where the form of the search leads.
if (origin === "null" && location.protocol !== "file:") {
  let heard = false;
  addEventListener("submit", () => (heard = true), true);
  const submit = (form) => {
    heard = false;
    setTimeout(() => {
      if (heard || !form.isConnected || !form.reportValidity()) return;
      const goesOn = form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
      if (goesOn) location.assign(`${form.action}?${new URLSearchParams(new FormData(form))}`);
    });
  };
  addEventListener("click", ({ target, defaultPrevented }) => {
    const button = target.closest?.("button, input");
    if (button?.type === "submit" && button.form && !defaultPrevented) submit(button.form);
  });
  addEventListener("keydown", ({ target, key, defaultPrevented }) => {
    if (key === "Enter" && target.localName === "input" && target.form && !defaultPrevented) submit(target.form);
  });
}

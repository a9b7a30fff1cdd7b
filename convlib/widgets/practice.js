// A card that asks: one question after another of a family, or a lesson's mixed set. A question is open until it is answered
// rightly, or wrongly for the second time.

const NO_CHECKS = "No answer is checked here";

function practiceCard(model, el, kernels) {
  const [words, lesson] = [model.get("words"), model.get("lesson")];
  const card = cardParts();
  const { form, asked, body, feedback, room, go, show, showElsewhere, another, mixed, status, note } = card;
  let question = null;
  let field = null;
  let tries = 0; // wrong answers to this question
  let helped = false; // by a sentence or by the explorer, since the set's last question
  let next = null; // what the large button does: null is to check the answer
  let set = null; // { pairs, marks }, where a set is asked

  function drawProgress() {
    const at = set ? Math.min(set.marks.length, set.pairs.length - 1) : 0;
    const heading = set ? `Practice: ${lesson}, question ${(set.at ?? 0) + 1} of ${set.pairs.length}` : `Practice: ${question.family.title}`;
    const kindOf = (k) => (set.marks[k] ? (set.marks[k].right ? "right" : "again") : k === at ? "now" : "");
    const dots = () => html("span", { class: "steps-done", "aria-hidden": "true" }, ...set.pairs.map((_, k) => withClass("span", `step-done ${kindOf(k)}`)));
    card.progress.replaceChildren(html("span", {}, heading), ...(set ? [dots()] : []));
  }

  function ask({ family, seed }, focus = true) {
    question = questionOf(kernels, words, family, seed);
    [tries, next] = [0, null];
    field = fieldOf(question, words.reading);
    form.setAttribute("aria-label", question.text);
    asked.replaceChildren(...textOf(question.text));
    body.replaceChildren(field.node);
    say("", []);
    room.replaceChildren(feedback, ...roomFor(question, words));
    const isHere = inJupyter() || Boolean(document.getElementById(question.show.figure));
    showElsewhere.setAttribute("href", linkToShown(question.show));
    [status.textContent, go.textContent] = ["", "check"];
    [show.hidden, showElsewhere.hidden, another.hidden, mixed.hidden] = [!isHere, isHere, false, Boolean(set) || !lesson];
    drawProgress();
    if (focus) body.querySelector("input").focus({ preventScroll: true });
  }

  const askAnother = () => ask({ family: question.family, seed: newSeed() });

  function startSet(seed) {
    set = { pairs: mixedSet(kernels, words, seed), marks: [], at: 0 };
    helped = false;
    ask(set.pairs[0]);
  }

  function goOn() {
    set.at = set.marks.length;
    helped = false;
    if (set.at < set.pairs.length) ask(set.pairs[set.at]);
    else showResult();
  }

  function say(kind, nodes) {
    feedback.className = `feedback ${kind}`;
    feedback.replaceChildren(...nodes);
  }

  function check() {
    const { value, says } = field.read();
    if (says) {
      say("uncounted", [html("p", { class: "says" }, says)]);
      return;
    }
    const verdict = verdictOn(question, value, tries, words);
    say(verdict.right ? "right" : "wrong", wordsOf(verdict));
    if (!verdict.right) [tries, helped] = [tries + 1, true];
    if (verdict.right || tries > 1) close(verdict);
    decided();
  }

  function close({ where }) {
    field.freeze();
    // What is tried again in between does not count again.
    if (set && set.marks.length === set.at) set.marks.push({ right: !helped, where, title: question.family.title });
    next = set ? goOn : askAnother;
    if (!set) go.textContent = "another one";
    else go.textContent = set.marks.length < set.pairs.length ? "next question" : "see the result";
    another.hidden = !set;
    drawProgress();
  }

  function showResult() {
    const { marks } = set;
    const right = marks.filter((mark) => mark.right).length;
    const mastered = right >= words.enough;
    const lasting = keepSet(lesson, { right, of: marks.length, mastered });
    card.progress.firstChild.textContent = `Practice: ${lesson}, result`;
    offerSet({
      label: "Result",
      line: `${right} of ${marks.length} right at the first go${mastered ? ": mastered." : "."}`,
      content: resultOf({ marks, mastered: words.mastered, lasting }),
      act: "five more",
      seed: newSeed(),
    });
    body.firstChild.focus({ preventScroll: true });
  }

  // A set is there, but not asked yet: nothing to answer stands in the card.
  function showBeginning(seed) {
    card.progress.replaceChildren(html("span", {}, `Practice: ${lesson}`));
    offerSet({ label: "Practice", line: words.begins, content: html("p", { class: "beginning" }, words.mastered), act: "begin", seed });
  }

  function offerSet({ label, line, content, act, seed }) {
    form.setAttribute("aria-label", label);
    asked.textContent = line;
    body.replaceChildren(content);
    room.replaceChildren();
    for (const node of [show, showElsewhere, another, mixed, card.copy]) node.hidden = true;
    go.textContent = act;
    next = () => {
      card.copy.hidden = false;
      startSet(seed);
    };
  }

  // The reader has committed to an answer, or given up: a veil over what follows may go.
  function decided() {
    el.dispatchEvent(new CustomEvent("convlib-decided", { bubbles: true }));
  }

  function showMe() {
    if (!next) helped = true;
    decided();
    const isTaken = !document.dispatchEvent(new CustomEvent("convlib-show", { detail: question.show, cancelable: true }));
    const back = button(isTaken ? "back to the question" : "close", "back");
    back.addEventListener("click", () => {
      note.hidden = true;
      form.scrollIntoView({ block: "center" });
      show.focus({ preventScroll: true });
    });
    const line = isTaken ? [] : ["Run ", html("code", {}, lineThatShows(question.show)), " "];
    note.replaceChildren(html("p", {}, ...line, question.show.note), back);
    note.hidden = false;
    back.focus({ preventScroll: true });
  }

  async function copyLink() {
    const text = linkToQuestion(el, question);
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = "Copied.";
    } catch {
      // A page from a file, or one without the right.
      status.replaceChildren(inJupyter() ? html("code", {}, text) : html("a", { href: text }, text));
    }
  }

  // Asks what the page's address asks for; returns whether it does.
  function followLink() {
    form.querySelector(".fault")?.remove();
    try {
      const linked = linkedQuestion(el, words);
      if (!linked) return false;
      [set, card.copy.hidden] = [null, false];
      ask(linked, false);
    } catch (error) {
      form.prepend(html("p", { class: "fault", role: "alert" }, `The link to this question asks for ${error.message}. The card is as it opens.`));
      return false;
    } finally {
      if (location.hash.startsWith(`#${cardPlace(el)}`)) form.scrollIntoView({ block: "center" });
    }
    return true;
  }

  // What fails later, such as for want of memory, is said as what fails at the start.
  const safely = (act) => () => {
    try {
      act();
    } catch (error) {
      cannotRun(el, error, NO_CHECKS);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    safely(next ?? check)();
  });
  for (const [node, act] of [[another, askAnother], [mixed, () => startSet(newSeed())], [show, showMe], [card.copy, copyLink]]) {
    node.addEventListener("click", safely(act));
  }
  showElsewhere.addEventListener("click", () => {
    if (!next) helped = true;
    decided();
  });
  el.replaceChildren(form, note);
  if (!followLink()) {
    if (lesson) showBeginning(model.get("seed") ?? newSeed());
    else ask({ family: words.families[0], seed: model.get("seed") }, false);
  }
  addEventListener("hashchange", followLink);
  return () => removeEventListener("hashchange", followLink);
}

export default {
  async render({ model, el }) {
    el.classList.add("convlib-practice");
    let undo = () => {};
    try {
      undo = practiceCard(model, el, await loadKernels(model));
    } catch (error) {
      cannotRun(el, error, NO_CHECKS);
    }
    return () => undo();
  },
};

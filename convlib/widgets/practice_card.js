// What a card is made of, and what stands in it.

const button = (label, kind) => html("button", { type: "button", class: kind }, label);
const withClass = (tag, name) => html(tag, { class: name });

function cardParts() {
  const parts = {
    progress: withClass("p", "how-far"),
    asked: withClass("p", "question"),
    body: withClass("div", "answer"),
    feedback: html("div", { class: "feedback", "aria-live": "polite" }),
    room: withClass("div", "room"),
    go: html("button", { type: "submit", class: "go" }, "check"),
    show: button("show me", "show"),
    showElsewhere: html("a", { class: "show", target: "_blank", rel: "noopener" }, "show me ", html("span", { "aria-label": "in a new tab" }, "↗")),
    another: button("another one", "another"),
    mixed: button("five mixed questions", "mixed"),
    copy: button(inJupyter() ? "copy Python line" : "link to this question", "copy"),
    status: html("span", { role: "status" }),
    note: html("div", { class: "shown-note", hidden: "" }),
  };
  const { progress, asked, body, room, go, show, showElsewhere, another, mixed, copy, status } = parts;
  const taken = html("span", { class: "taken" }, copy, status);
  const acts = html("div", { class: "acts" }, go, show, showElsewhere, another, mixed, taken);
  const form = html("form", { class: "asking", novalidate: "" }, progress, asked, body, acts, room);
  // A notebook would take the keys for its own.
  form.addEventListener("keydown", (event) => event.stopPropagation());
  return { ...parts, form };
}

// A text whose sizes, 3 × 3, stay on one line.
const textOf = (text) => text.split(/(\d+(?: × \d+)+)/).map((part, k) => (k % 2 ? html("span", { class: "whole-size" }, part) : part));

// A section of the book; in a notebook, only its name.
const sectionOf = ({ title, address }) => (inJupyter() ? html("span", {}, title) : html("a", { href: address }, title));

// What is said to an answer: the sentence, the way to the answer, where the book explains it.
function wordsOf({ right, says, where, solution }) {
  const verdict = right ? [] : [html("b", {}, solution ? "Not yet: see the way below." : "Not yet."), " "];
  return [
    html("p", {}, ...verdict, html("span", { class: "says" }, ...textOf(says))),
    ...(solution ? [html("p", { class: "solution" }, ...textOf(solution))] : []),
    html("p", { class: "where" }, "The book explains it: ", sectionOf(where)),
  ];
}

// All that could be said, unseen, one on top of the other: they keep the room that the longest takes.
function roomFor(question, words) {
  const values = [question.answer, ...question.mistakes.map((mistake) => mistake.answer), -1];
  return values.map((value) => {
    const ghost = html("div", { class: "feedback ghost", "aria-hidden": "true" }, ...wordsOf(verdictOn(question, value, 1, words)));
    for (const link of ghost.querySelectorAll("a")) link.removeAttribute("href");
    return ghost;
  });
}

// The result of a set: how many, whether that is enough, and what to look at again.
function resultOf({ marks, mastered, lasting }) {
  const again = marks.filter(({ right }) => !right).map(({ title, where }) => html("li", {}, `${title}: `, sectionOf(where)));
  return html("div", { class: "result", tabindex: "-1" },
    html("p", {}, mastered),
    ...(again.length ? [html("p", {}, "Look again at:"), html("ul", {}, ...again)] : []),
    html("p", {}, lasting
      ? "Your best set is kept in this browser and nowhere else; the first page of the book shows it, and can erase it."
      : "This browser keeps nothing for this page: your result is forgotten when you leave."));
}

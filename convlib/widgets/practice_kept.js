// The best set of each lesson, kept in this browser and nowhere else: { padding: { right: 4, of: 5, mastered: true } }.
// The book's own pages read it too (_static/predictions.js), where a reader can erase it.

const KEPT = "convlib-practice";
let forVisit = "{}"; // where the browser refuses to keep, such as some do for pages from a file

function keptSets() {
  let text = forVisit;
  try {
    text = localStorage.getItem(KEPT) ?? "{}";
  } catch {
    // What is kept for the visit has to do.
  }
  try {
    const sets = JSON.parse(text);
    return sets && typeof sets === "object" ? sets : {};
  } catch {
    return {}; // somebody else wrote there
  }
}

// Keeps a set if it is the lesson's best; returns whether it outlasts the visit.
function keepSet(lesson, set) {
  const sets = keptSets();
  if (!(sets[lesson]?.right >= set.right)) sets[lesson] = set;
  forVisit = JSON.stringify(sets);
  try {
    localStorage.setItem(KEPT, forVisit);
    return localStorage instanceof Storage; // or what a page puts in its place for the visit
  } catch {
    return false;
  }
}

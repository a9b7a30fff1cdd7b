// Where a question, and what shows it, can be found: addresses in the book, lines of Python in a notebook.

const inJupyter = () => document.body.dataset.jpThemeLight !== undefined;
const newSeed = () => 1 + Math.floor(9999 * Math.random());
const LAST_SEED = 2 ** 31 - 1;

// The figure's name on the page, or the card's number where it is in none.
const cardPlace = (el) => el.closest("figure[id]")?.id ?? `practice-${[...document.querySelectorAll(".convlib-practice:not(.kept-place)")].indexOf(el) + 1}`;

function linkToQuestion(el, { family, seed }) {
  if (inJupyter()) return `Practice(family="${family.name}", seed=${seed})`;
  return `${location.href.split("#")[0]}#${cardPlace(el)}?family=${family.name}&seed=${seed}`;
}

// The question that the page's address asks this card for, or null; throws what is wrong with it.
function linkedQuestion(el, { families }) {
  const [place, query] = location.hash.slice(1).replace(/%3F/i, "?").split("?");
  if (inJupyter() || query === undefined || place !== cardPlace(el)) return null;
  const asked = new URLSearchParams(query);
  const [name, seed] = [asked.get("family") ?? "", asked.get("seed") ?? ""];
  const family = families.find((each) => each.name === name);
  if (!family) throw new RangeError(`family=${name.slice(0, 60)}, legal are ${families.map((each) => each.name).join(", ")}`);
  if (!/^\d{1,10}$/.test(seed) || Number(seed) > LAST_SEED) {
    throw new RangeError(`seed=${seed.slice(0, 60)}, legal are whole numbers from 0 to ${LAST_SEED}`);
  }
  return { family, seed: Number(seed) };
}

// The address that opens an explorer as a question wants it.
function linkToShown({ page, figure, settings }) {
  const text = (value) => (Array.isArray(value) ? value.map((row) => row.join(",")).join(";") : `${value}`);
  const query = new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, text(value)])).toString();
  return `${page}.html#${figure}?${query.replaceAll("%2C", ",").replaceAll("%3B", ";")}`;
}

function lineThatShows({ explorer: kind, settings }) {
  const text = (value) => (typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value));
  return `${kind}(${Object.entries(settings).map(([name, value]) => `${name}=${text(value)}`).join(", ")})`;
}

// A question: convlib draws its numbers, `words` (from convlib.practice) are what is said with them.

// Fills a template as convlib.practice.templates.fill does: the innermost placeholders first, until none is left.
function filled(template, numbers, first = 0) {
  const one = (_, name, form, rest) => {
    const number = numbers[name];
    const choices = (rest ?? "").split("|");
    if (form === "#") return listed(membersOf(number, first).map(written));
    if (form === "|") return choices[number === 1 ? 0 : 1];
    if (form === "?") return choices[number];
    return written(number);
  };
  let text = template;
  for (let last = null; text !== last; ) {
    last = text;
    text = text.replace(/\{(\w+)(?:([|?#])([^{}]*))?\}/g, one);
  }
  return text;
}

const written = (number) => number.toLocaleString("en-US").replace("-", "−");
const membersOf = (cells, first) => [...Array(31).keys()].filter((bit) => (cells >> bit) & 1).map((bit) => bit + first);
const listed = (words) => (words.length < 2 ? (words[0] ?? "none") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

// The pairs of a family and a seed that a lesson's mixed set is made of.
function mixedSet(kernels, { place, families, layout }, seed) {
  const memory = kernels.scratch();
  const [room, chosen] = [memory.reserve(layout.length), memory.reserve(2 * layout.set)];
  kernels.practice_set(place, families.length, seed, room, chosen);
  const pairs = memory.readInts(chosen, 2 * layout.set);
  return [...Array(layout.set).keys()].map((at) => ({ family: families[pairs[2 * at]], seed: pairs[2 * at + 1] }));
}

// The question of a family and a seed, with all its words filled in.
function questionOf(kernels, { layout }, family, seed) {
  const memory = kernels.scratch();
  const room = memory.reserve(layout.length);
  kernels.practice_question(family.number, seed, room);
  const row = memory.readInts(room, layout.length);
  const answer = row[layout.answer];
  const numbers = { ...Object.fromEntries(family.numbers.map((name, k) => [name, row[layout.numbers + k]])), answer };
  const say = (template, more = {}) => filled(template, { ...numbers, ...more }, family.first);
  return {
    family,
    seed,
    answer,
    text: say(family.asks),
    hint: say(family.hint),
    solution: say(family.solution),
    unit: say(family.unit),
    options: family.options.map((option) => say(option)),
    grid: family.grid.map((size) => numbers[size] ?? size),
    mistakes: family.mistakes.map(({ says, where }, k) => {
      const wrong = row[layout.wrong + k];
      return { answer: wrong, says: say(says, { wrong }), where };
    }),
    show: { ...family.show, settings: settingsFor(family.show.settings, numbers), note: say(family.show.note) },
  };
}

// What 'show me' sets: constants, numbers of the question by name, or places in a table.
function settingsFor(settings, numbers) {
  const valueOf = (value) => {
    if (typeof value === "string") return numbers[value];
    return Array.isArray(value) ? value[1][numbers[value[0]]] : value;
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, valueOf(value)]));
}

// What is said to an answer that was read, after so many wrong ones.
function verdictOn(question, value, tries, { right }) {
  const { answer, mistakes, hint, solution, family } = question;
  if (value === answer) return { right: true, says: right, where: family.where, solution };
  const mistake = mistakes.find((each) => each.answer === value);
  const { says, where } = mistake ?? { says: hint, where: family.where };
  return { right: false, says, where, solution: tries > 0 ? solution : "" };
}

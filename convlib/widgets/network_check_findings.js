// Where paths meet: whether what is added or laid side by side looks at the same places, and the padding that would mend it,
// as convlib.graphs.alignment and convlib.graphs.mending find it.

const MOST_TRIES = 16;

// A number in words, as Python's format g writes it.
function inWords(value) {
  if (value === 0) return "0";
  const [digits, power] = value.toExponential(5).split("e");
  if (power < -4 || power >= 6) return `${Number(digits)}e${power < 0 ? "-" : "+"}${`${Math.abs(power)}`.padStart(2, "0")}`;
  return `${Number(value.toPrecision(6))}`;
}
const countedAs = (value, unit) => `${inWords(value)} ${unit}${Math.abs(value) === 1 ? "" : "s"}`;
const pairAs = ([down, across], unit) => (down === across ? countedAs(down, unit) : `${countedAs(down, unit)} down and ${countedAs(across, unit)} across`);
const grouped = new Intl.NumberFormat("en-US");
const thousands = (number) => grouped.format(number);

// Names as a list in words; of many, the first and the last ones.
function listedNames(names) {
  const most = 6;
  const some = names.length > most ? [...names.slice(0, most - 1), `... (${names.length - most} more)`, names.at(-1)] : names;
  return some.join(", ");
}

const findingOf = (severity, kind, name, message, { mend = "", pixels = null, paths = [] } = {}) => ({ severity, kind, name, message, mend, pixels, paths });

function alignmentFindings(walk) {
  const { table, c } = walk;
  const found = [];
  for (let row = 0; row < table.count; row += 1) {
    if (!table.isFine(row) || ![c.MERGE, c.CONCAT].includes(table.kind(row))) continue;
    const apart = table.pair(row, "APART");
    if (table.findings(row)[c.STRIDES]) found.push(strideFinding(table, row));
    else if (apart.some(Boolean)) {
      const ends = furthest(table, row);
      const { start, paths } = parted(table, ...ends);
      if (!dealsOut(table, row, start, paths)) found.push(centreFinding(table, row, apart, start, paths));
    }
  }
  return found;
}

// The sources that are as large as the result and followed.
function meeting(table, row) {
  const [, ...size] = table.shape(row);
  return table.sources(row).filter((source) => table.isFollowed(source) && isSame(table.shape(source).slice(1), size));
}

// Two sources whose centres are furthest apart, the one further up or left first.
function furthest(table, row) {
  const [down, across] = table.pair(row, "APART");
  const axis = Number(across > down);
  const sources = meeting(table, row);
  const centre = (source) => table.pair(source, "CENTER")[axis];
  const first = (isBefore) => sources.reduce((best, source) => (isBefore(centre(source), centre(best)) ? source : best));
  return [first((a, b) => a < b), first((a, b) => a > b)];
}

// All rows that a row depends on, itself included.
function ancestorsOf(table, row) {
  const found = new Set([row]);
  for (const at of found) for (const source of table.sources(at)) found.add(source);
  return found;
}

// The row where two rows' paths part, and the rows of each path from there on; a start of null is none.
function parted(table, one, other) {
  const [ours, theirs] = [ancestorsOf(table, one), ancestorsOf(table, other)];
  const common = [...ours].filter((row) => theirs.has(row));
  if (!common.length) return { start: null, paths: [[one], [other]] };
  const start = Math.max(...common);
  return { start, paths: [one, other].map((row) => pathBetween(table, row, start)) };
}

// Rows from behind `start` to `row`, by the first of sources that leads there.
function pathBetween(table, row, start) {
  const leads = new Map([[start, true]]);
  const reaches = (at) => {
    if (!leads.has(at)) leads.set(at, at > start && table.sources(at).some((source) => leads.get(source) ?? false));
    return leads.get(at);
  };
  for (let at = start + 1; at <= row; at += 1) reaches(at);
  const path = [];
  for (let at = row; at !== start; at = table.sources(at).find((source) => leads.get(source))) path.push(at);
  return path.reverse();
}

// Whether every so many places of one map are laid side by side: space to depth, on purpose.
const dealsOut = (table, row, start, paths) =>
  start !== null && table.kind(row) === table.c.CONCAT && paths.flat().every((at) => table.operators[at] === "Slice");

function strideFinding(table, row) {
  const sources = meeting(table, row);
  const strides = sources.map(table.strides);
  const other = strides.findIndex((each) => !isSame(each, strides[0]));
  const { start, paths } = parted(table, sources[0], sources[other]);
  const message = `${verbOf(table, row)} maps whose places are ${pairAs(strides[0], "pixel")} and ${pairAs(strides[other], "pixel")} apart: only at one place can they look at the same. ${waysOf(table, start, paths)}`;
  return findingOf("warning", "stride", table.names[row], message, { mend: "Give both paths the same product of strides.", paths: namesOf(table, paths) });
}

function centreFinding(table, row, apart, start, paths) {
  const message = `${verbOf(table, row)} maps whose windows are ${pairAs(apart, "pixel")} apart. ${waysOf(table, start, paths)} ${causesOf(table, start, paths)}`;
  return findingOf("warning", "alignment", table.names[row], message, { mend: mendOf(table, row, start, paths), pixels: apart, paths: namesOf(table, paths) });
}

const VERBS = { Add: "adds", Sum: "adds", Sub: "subtracts", Mul: "multiplies" };
function verbOf(table, row) {
  const verb = table.kind(row) === table.c.CONCAT ? "concatenates" : (VERBS[table.operators[row]] ?? "combines");
  return `${table.names[row]} (${table.operators[row]}) ${verb}`;
}

// Where the paths part and what they pass, in words.
function waysOf(table, start, paths) {
  const [one, other] = paths.map((path) => listedNames(path.map((row) => table.names[row])) || "nothing");
  const origin = start === null ? "The paths start at different images" : `The paths part at ${table.names[start]}`;
  return `${origin}; one passes ${one}, the other ${other}.`;
}

// Which operators move the centres, in words.
function causesOf(table, start, paths) {
  const words = paths.flatMap((path, which) => {
    const moved = [];
    let before = start;
    for (const row of path) {
      if (before !== null && table.isFollowed(before) && table.isFollowed(row)) {
        const by = table.moved(row, before);
        if (by.some(Boolean)) moved.push([row, by]);
      }
      before = row;
    }
    const isMoved = [0, 1].some((axis) => table.rules.sum(moved.map(([, by]) => by[axis])) !== 0);
    if (!isMoved) return [];
    return [`the ${["first", "second"][which]} path moves them, ${listedNames(moved.map(([row, by]) => `${table.names[row]} by ${pairAs(by, "pixel")}`))}`];
  });
  return words.length ? `So ${words.join("; ")}.` : "";
}

const namesOf = (table, paths) => paths.map((path) => path.map((row) => table.names[row]));

// In words a change of padding after which the centres agree at a row: first of one operator, then of all that pad unevenly.
function mendOf(table, row, start, paths) {
  const changes = [...singleChanges(table, start, paths).slice(0, MOST_TRIES), evened(table, paths)];
  const works = changes.find((change) => change.size && mends(table, change, row));
  if (!works) {
    return "No padding of whole cells of one operator mends it at this size; a kernel longer or shorter by one moves the centres by half a cell.";
  }
  const words = [...works].map(([at, ends]) => `${table.names[at]} by ${sidesOf(ends)} in place of ${sidesOf(paddingOf(table, at))}`);
  return `Pad ${words.join(", ")}: the centres agree then, and no size changes.`;
}

// [[top, bottom], [left, right]] of a row, in cells.
function paddingOf(table, row) {
  const found = table.findings(row);
  const [top, bottom, left, right] = ["PAD_TOP", "PAD_BOTTOM", "PAD_LEFT", "PAD_RIGHT"].map((name) => found[table.c[name]]);
  return [[top, bottom], [left, right]];
}

const sidesOf = ([[top, bottom], [left, right]]) =>
  (top === bottom && top === left && top === right ? `${top} on all sides` : `top ${top}, bottom ${bottom}, left ${left}, right ${right}`);

const isWindow = ({ c }, kind) => [c.CONV, c.POOL, c.TRANSPOSED].includes(kind);

// Changes of one row, as {row: ends}, that would bring the paths' centres together; even padding comes first.
function singleChanges(table, start, paths) {
  if (start === null) return [];
  const [one, other] = paths.map((path) => path.at(-1) ?? start);
  const changes = [];
  // The first path's centres have to move by as much the other way.
  for (const [path, gaps] of [[paths[1], table.moved(other, one)], [paths[0], table.moved(one, other)]]) {
    for (const row of [...path].reverse()) {
      if (isWindow(table, table.kind(row)) && table.isFollowed(row)) changes.push(...changesOf(table, row, gaps));
    }
  }
  const unevenness = (change) => [...change.values()].map((ends) => table.rules.unevenness(...ends.flat()))[0];
  return changes.map((change) => [unevenness(change), change]).sort(([a], [b]) => a - b).map(([, change]) => change);
}

function changesOf(table, row, gaps) {
  const [source] = table.sources(row);
  const out = table.rules.give(0, [0, 0, 0, 0]);
  const choices = gaps.map((gap, axis) => {
    const count = table.rules.graph_mending_ends(table.nodes, table.found, table.rows, row, source, axis, gap, out);
    const ends = table.rules.take(out, 4);
    return Array.from({ length: Math.max(count, 0) }, (_, at) => ends.slice(2 * at, 2 * at + 2));
  });
  return choices[0].flatMap((down) => choices[1].map((across) => new Map([[row, [down, across]]])));
}

// As much padding after as before wherever it was not so.
function evened(table, paths) {
  const change = new Map();
  for (const row of paths.flat()) {
    const ends = paddingOf(table, row);
    if (!isWindow(table, table.kind(row)) || ends.every(([before, after]) => before === after)) continue;
    change.set(row, ends.map(([before, after]) => Array(2).fill(table.rules.even_end(before, after))));
  }
  return change;
}

// Whether the centres agree at a row, and all sizes stay, with other padding of some rows.
function mends(table, change, meets) {
  const { c } = table;
  const first = Math.min(...change.keys());
  const restore = table.kept(first, meets);
  const rows = Array.from({ length: meets - first + 1 }, (_, at) => first + at);
  const columns = [c.STATE, c.CHANNELS, c.ROWS, c.LINES, c.VIEW];
  const sizes = () => rows.map((row) => columns.map((column) => table.findings(row)[column])).join();
  const before = sizes();
  for (const [row, ends] of change) {
    const node = table.node(row);
    ends.flat().forEach((cells, k) => {
      node[c.TOP + k] = cells;
    });
    [node[c.PADDING], node[c.CEIL_MODE]] = [c.AS_GIVEN, 0];
    if (node[c.KIND] === c.TRANSPOSED) [node[c.HEIGHT], node[c.WIDTH]] = [0, 0];
  }
  for (const row of rows) if (table.isFine(row)) table.visit(row);
  const agrees = sizes() === before && !table.pair(meets, "APART").some(Boolean);
  restore();
  return agrees;
}

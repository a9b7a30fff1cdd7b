// All that is found in a network, as convlib.graphs.faults and convlib.graphs.report put it together.

const SEVERITIES = ["error", "warning", "note"];
const SEES = ["window", "whole image", "unequal strides", "unknown"];
// What strides multiply to in networks that go down and up again.
const MULTIPLES = [2, 4, 8, 16, 32, 64, 128];

// An error for each row that has no shape of its own accord; `mend` is said where sizes that meet differ.
function shapeFindings(walk, mend) {
  const { table, c } = walk;
  const told = new Set(walk.unknown.map(({ name }) => name));
  const found = [];
  for (let row = 0; row < table.count; row += 1) {
    const [state, name] = [table.state(row), table.names[row]];
    if (state === c.FINE || state === c.UNREACHED || (state === c.SHAPELESS && told.has(name))) continue;
    const shapes = table.sources(row).map((source) => table.shape(source).join("x")).join(" and ");
    found.push(findingOf("error", "shape", name, `${name} (${table.operators[row]}) cannot be computed: ${reasonOf(table, row, state, shapes)}.`, {
      mend: state === c.UNEQUAL ? mend : "",
    }));
  }
  return found;
}

function reasonOf(table, row, state, shapes) {
  const { c } = table;
  const node = table.node(row);
  return {
    [c.GROUPS_INPUT]: `its ${node[c.GROUPS]} groups do not divide an input of ${shapes}`,
    [c.GROUPS_OUTPUT]: `its ${node[c.GROUPS]} groups do not divide ${node[c.OUT_CHANNELS]} output channels`,
    [c.TOO_TALL]: `nothing is left of the height of its input, ${shapes}`,
    [c.TOO_WIDE]: `nothing is left of the width of its input, ${shapes}`,
    [c.UNEQUAL]: `its inputs, ${shapes}, do not have the same size`,
    [c.WRONG_CHANNELS]: `its weight takes ${node[c.IN_CHANNELS]} channels of ${shapes}`,
    [c.WRONG_FEATURES]: `as many numbers as it expects are not in its input, ${shapes}`,
    [c.TOO_LARGE]: "its output has lengths beyond 2147483647",
    [c.SHAPELESS]: "its shape is not known",
  }[state];
}

// In words the nearest size, of multiples of powers of 2, at which all shapes fit; "" if there is none.
function fittingSize(kernels, c, graph, rules, [height, width]) {
  const tried = new Map();
  for (const multiple of MULTIPLES) {
    for (const above of [0, 1]) {
      const size = [height, width].map((length) => rules.nearby_multiple(length, multiple, above));
      if (!isSame(size, [height, width])) tried.set(`${size}`, [rules.size_distance(...size, height, width), ...size]);
    }
  }
  const candidates = [...tried.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  for (const [, ...size] of candidates) {
    const { table } = new CheckWalk(kernels, c, graph, size);
    if (table.names.every((_, row) => table.isFine(row))) return `At ${size[0]}x${size[1]} pixels all shapes fit.`;
  }
  return "";
}

function readingFindings(walk) {
  const notes = walk.graph.notes.map((note) => findingOf("note", "file", "", note));
  return [...notes, ...walk.unknown.map(({ name, operator, why, taken }) => findingOf(
    taken.startsWith("no shape") ? "warning" : "note", "unknown", name, `${name} (${operator}) was not understood: ${why}. Instead, ${taken}.`,
  ))];
}

function gateFindings(table) {
  const { c } = table;
  const gates = table.names.filter((_, row) =>
    table.isFollowed(row) && table.findings(row)[c.GATE] && !table.sources(row).some((source) => table.findings(source)[c.GATE]));
  if (!gates.length) return [];
  return [findingOf("note", "gate", gates[0], `${gates[0]} scales or normalises by numbers of the whole image: windows from there on say where a place looks, not all that it depends on.`)];
}

function biasFindings(table) {
  const { c } = table;
  const convs = table.operators.flatMap((operator, row) => {
    if (operator !== "BatchNormalization" || !table.isFine(row)) return [];
    const [source] = table.sources(row);
    return [c.CONV, c.TRANSPOSED].includes(table.kind(source)) && table.node(source)[c.BIAS] ? [source] : [];
  });
  if (!convs.length) return [];
  const numbers = table.rules.sum(convs.map((row) => table.shape(row)[0]));
  const message = `${convs.length} convolution${convs.length > 1 ? "s have" : " has"} a bias that the batch normalisation behind takes away again: ${thousands(numbers)} parameters for nothing.`;
  return [findingOf("note", "bias", table.names[convs[0]], message, { mend: "bias=False" })];
}

// A graph at a size (height, width): rows, findings, costs, what of the image nobody reads, and `window(row, output)`.
function checkedGraph(kernels, c, graph, size) {
  let walk = new CheckWalk(kernels, c, graph, size);
  const isUnequal = walk.table.names.some((_, row) => walk.table.state(row) === c.UNEQUAL);
  const mend = isUnequal ? fittingSize(kernels, c, graph, walk.rules, size) : "";
  // Walks at other sizes have taken the memory of this one.
  if (isUnequal) walk = new CheckWalk(kernels, c, graph, size);
  const { table, rules } = walk;
  const masks = neededByOutputs(walk);
  const isFine = table.names.every((_, row) => table.isFine(row));
  const unread = masks.map((entry) => entry && unreadOf(table, entry));
  const rows = table.names.map((_, row) => rowOf(walk, row, unread[row]));
  const wasted = isFine ? rows.filter((row) => row.macs && row.unread)
    .map((row) => rules.macs_of_share(row.macs, row.unread, rules.product(row.output_shape.slice(1)))) : [];
  const findings = [
    ...shapeFindings(walk, mend), ...alignmentFindings(walk), ...unreadFindings(walk), ...paddingFindings(table),
    ...shiftFindings(walk), ...readingFindings(walk), ...gateFindings(table), ...biasFindings(table),
  ].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return {
    rows, findings, macs: rules.sum(rows.map((row) => row.macs)), params: rules.sum(rows.map((row) => row.params)),
    wasted_macs: rules.sum(wasted), unread_pixels: masks[0] && isFine ? unread[0] : null,
    mask: isFine && masks[0] && !masks[0].full ? masks[0].mask : null,
    window: (row, output) => table.window(row, output),
  };
}

// A row of the report, and where the windows of its places lie.
function rowOf(walk, row, unread) {
  const { table, c } = walk;
  const found = table.findings(row);
  const isFollowed = table.isFollowed(row);
  const pairOf = (name) => (isFollowed ? table.pair(row, name) : null);
  return {
    name: table.names[row], layer: table.operators[row], tensor: table.tensors[row],
    output_shape: table.isFine(row) ? table.shape(row) : null, macs: found[c.MACS], params: found[c.WEIGHTS],
    field: pairOf("FIELD"), stride: isFollowed ? table.strides(row) : null, center: pairOf("CENTER"), shift: pairOf("SHIFT"),
    unread, sees: table.isFine(row) ? SEES[found[c.VIEW]] : "unknown", made: madeBy(table, row),
  };
}

// How a row is made of its sources: what code in other words needs.
function madeBy(table, row) {
  const { c } = table;
  const node = table.node(row);
  const columns = (...names) => names.map((name) => node[c[name]]);
  return {
    kind: node[c.KIND], rows: table.sources(row), from: table.sources(row).map((source) => table.shape(source)), kernel: columns("KERNEL_H", "KERNEL_W"),
    stride: columns("STRIDE_H", "STRIDE_W"), dilation: columns("DILATION_H", "DILATION_W"), groups: node[c.GROUPS], padding: paddingOf(table, row),
  };
}

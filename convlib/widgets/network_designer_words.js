// What NetworkDesigner says of a layer: its numbers, what it is, why it has no output.

const grouped = new Intl.NumberFormat("en-GB"); // one for all: making one takes longer than using it
const whole = (number) => grouped.format(number);
const signed = (number) => `${number < 0 ? "−" : ""}${Math.abs(number)}`;
const primed = (base) => mathml("msup", term(base), mathml("mo", "′"));
const times = (...numbers) => numbers.join(" × ");

// "+1,200"
function difference(from, to) {
  if (from === to) return "0";
  return `${to < from ? "−" : "+"}${whole(Math.abs(to - from))}`;
}

// " (+3.4 %)"
function inPercent(from, to) {
  if (from === to) return "";
  const percent = Math.abs((100 * (to - from)) / from);
  return ` (${to < from ? "−" : "+"}${percent.toFixed(percent < 100 ? 1 : 0)} %)`;
}

// "conv 3 × 3, s 2, p 1, g 32"; what is as usual is not said.
function describeLayer(columns, row) {
  const c = columns;
  if (row[c.KIND] === c.ADD) return "addition";
  if (row[c.KIND] === c.LINEAR) return "fully connected";
  const window = times(row[c.KERNEL_H], row[c.KERNEL_W]);
  if (row[c.KIND] === c.ADAPTIVE) return `average to ${window}`;
  const parts = [`${row[c.KIND] === c.CONV ? "conv" : "pool"} ${window}`];
  if (row[c.STRIDE_H] > 1) parts.push(`s ${row[c.STRIDE_H]}`);
  if (row[c.TOP] < 0) parts.push("same");
  else if (row[c.TOP]) parts.push(`p ${row[c.TOP]}`);
  if (row[c.DILATION_H] > 1) parts.push(`d ${row[c.DILATION_H]}`);
  if (row[c.GROUPS] === 0) parts.push("depthwise");
  else if (row[c.GROUPS] > 1) parts.push(`g ${row[c.GROUPS]}`);
  return parts.join(", ");
}

// Why a layer has no output, and what to do.
function faultOf(columns, table, rows, found, at) {
  const c = columns;
  const [row, got, name] = [rows[at], found[at], table.names[at]];
  const g = got[c.USED_GROUPS];
  switch (got[c.STATE]) {
    case c.GROUPS_INPUT:
      return `${name} is illegal: g = ${g} does not divide its C₁ = ${got[c.IN_CHANNELS]} input channels. Choose a g that divides both C₁ and C₂ = ${got[c.CHANNELS]}.`;
    case c.GROUPS_OUTPUT:
      return `${name} is illegal: g = ${g} does not divide its C₂ = ${got[c.CHANNELS]} output channels. Choose a g, or a C₂, so that g divides both C₁ = ${got[c.IN_CHANNELS]} and C₂.`;
    case c.TOO_TALL:
    case c.TOO_WIDE: {
      const spread = row[c.DILATION_H] > 1 ? ` with dilation ${row[c.DILATION_H]}` : "";
      return `${name} is illegal: its kernel of ${times(row[c.KERNEL_H], row[c.KERNEL_W])}${spread} is larger than what reaches it, ${times(got[c.IN_HEIGHT], got[c.IN_WIDTH])} pixels with padding ${got[c.PAD_TOP]}. Choose a smaller kernel or more padding.`;
    }
    case c.UNEQUAL: {
      const shape = (from) => [...found[from].slice(c.CHANNELS, c.WIDTH + 1)];
      return `${name} is illegal: the main path brings ${times(...shape(row[c.PREVIOUS]))}, the shortcut ${times(...shape(row[c.OTHER]))}. Change both alike.`;
    }
    default:
      return "";
  }
}

// What NetworkCheck says: of a network in a sentence, of a tensor, of a file.

const signed = (number) => inWords(number).replace("-", "−");
const signedPair = (numbers) => numbers.map(signed).join(", ");
// Numbers of both axes, down and across; once if they agree.
const onceOrBoth = ([down, across], sign = ", ") => (down === across ? signed(down) : [down, across].map(signed).join(sign));
const timesOf = (numbers) => numbers.map((number) => inWords(number)).join(" × ");

// "1 error, 2 warnings and no notes": how many findings there are of each severity.
function countsOf(findings) {
  const words = SEVERITIES.map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity])
    .filter(([count]) => count).map(([count, severity]) => plural(count, severity));
  if (!words.length) return "nothing to be said against it";
  return words.length < 2 ? words[0] : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

// The network in a sentence.
function summaryOf(label, { rows, macs, params, findings, unread_pixels: unread, wasted_macs: wasted }) {
  const lost = [];
  if (unread) lost.push(`${thousands(unread)} pixels of the image are read by nothing`);
  if (wasted) lost.push(`${thousands(wasted)} MACs are for what nothing reads`);
  return `${label} at ${timesOf(rows[0].output_shape)}: ${plural(rows.length - 1, "tensor")}, ${thousands(macs)} MACs, ${thousands(params)} parameters; ${countsOf(findings)}.${lost.length ? ` ${lost.join("; ")}.` : ""}`;
}

// What a place of a tensor sees, in a sentence.
function tensorSays({ name, output_shape: shape, field, stride, shift, sees }) {
  if (!shape) return ` ${name} cannot be computed.`;
  if (field) return ` A place of ${name} sees ${timesOf(field)} pixels; its neighbours look ${pairAs(stride, "pixel")} further, and its context shift is ${pairAs(shift, "pixel").replaceAll("-", "−")}.`;
  if (sees === "whole image") return ` ${name} sees the whole image.`;
  if (sees === "unequal strides") return ` What places of ${name} see cannot be said: the paths that met there have other strides.`;
  return ` What ${name} sees is not known.`;
}

const LONGEST_LABEL = 34;
const shortened = (name) => (name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name);

// Bytes in words.
function bytesAs(count) {
  if (count < 1000) return plural(count, "byte");
  return count < 1e6 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

// Reads what a reader typed as convlib.practice.reading does: a number, or a sentence on what to write instead.

const ONE_NUMBER = /^(\d+|\d{1,3}(,\d{3})+|\d{1,3}( \d{3})+|\d{1,3}('\d{3})+)$/;
const digitsOf = (text) => (ONE_NUMBER.test(text) ? Number(text.replace(/[, ']/g, "")) : null);

function readNumber(typed, product, words) {
  const spaces = new RegExp(`[${words.spaces}]`, "g");
  let text = typed.replace(spaces, " ").replace(/\s+/g, " ").trim().toLowerCase();
  if (!text) return { says: words.nothing };
  const units = [...words.units].sort((one, other) => other.length - one.length);
  const unit = units.find((each) => text.endsWith(each) && /\d ?$/.test(text.slice(0, -each.length)));
  if (unit) text = text.slice(0, -unit.length).trim();
  if (/^[-−–] ?\d/.test(text)) return { says: words.negative };
  const factors = text.split(/ ?[x×*·] ?/).map(digitsOf);
  if (factors.includes(null)) return { says: /^\d*[.,/] ?\d+$/.test(text) ? words.fraction : words.unreadable };
  if (text.replace(/\D/g, "").length > words.most_digits) return { says: words.too_long };
  if (product) return { value: factors.reduce((one, other) => one * other) };
  if (new Set(factors).size > 1 || factors.length > 2) return { says: words.two_sizes };
  return { value: factors[0] };
}

// Numbers as a person writes them: the same rules as the package's own text, and a test holds the two equal.

/** Write whole numbers in full, others to about three digits. */
export function short(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value === 0 ? 0 : value);
  const size = Math.abs(value);
  if (size < 0.0005 || size >= 1e6) return general(value, 3);
  const text = fixed(value, size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

/** As toFixed, but what lies exactly in the middle goes to the even digit, as in Python. */
function fixed(value, digits) {
  const text = value.toFixed(digits);
  const [whole, rest] = Math.abs(value).toFixed(100).split(".");
  if (!/^50*$/.test(rest.slice(digits))) return text;
  const down = digits > 0 ? `${whole}.${rest.slice(0, digits)}` : whole;
  return Number(down.at(-1)) % 2 === 0 ? `${value < 0 ? "-" : ""}${down}` : text;
}

function general(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const trim = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
  if (Number(exponent) >= -4 && Number(exponent) < digits) return trim(value.toFixed(digits - 1 - Number(exponent)));
  return `${trim(mantissa)}e${exponent[0] === "-" ? "-" : "+"}${exponent.slice(1).padStart(2, "0")}`;
}

/** Write a number that follows an operator: in brackets if it is negative. */
export function factor(value) {
  const text = short(value);
  return text.startsWith("-") ? `(${text})` : text;
}

/** Write a probability; what is nearly certain is never shown as certain. */
export function probability(value) {
  const text = short(value);
  if (text !== "1" || value >= 1) return text;
  return value.toFixed(Math.ceil(-Math.log10(1 - value))).replace(/0+$/, "");
}

/** Write the answer of an activation. */
export function output(activation, value) {
  return activation === "sigmoid" || activation === "softmax" ? probability(value) : short(value);
}

/** Join terms into a sum; a leading minus becomes the operator. */
export function sum(terms) {
  const [first, ...rest] = terms;
  return first + rest.map((term) => (term.startsWith("-") ? ` - ${term.slice(1)}` : ` + ${term}`)).join("");
}

/** Write out a weighted sum, such as 0·2 + 1·3 + 4 = 7; of many inputs the first few. */
export function writtenSum(w, b, x, z, most = 6) {
  const terms = w.slice(0, most).map((weight, j) => `${short(weight)}·${factor(x[j])}`);
  if (w.length > most) terms.push(`… ${w.length - most} more`);
  return `${sum([...terms, short(b)])} = ${short(z)}`;
}

/** Write a row in brackets. */
export function tuple(values, most = 6) {
  const shown = values.slice(0, most).map(short).join(", ");
  return values.length > most ? `(${shown}, … ${values.length - most} more)` : `(${shown})`;
}

/** Cut a long name. */
export const cut = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

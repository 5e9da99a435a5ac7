"""A model as an ES module: the textbook's own kernels, translated, and a function that calls them."""

from __future__ import annotations

import json
from typing import Any

from glassneuron.engine.javascript import kernel_source
from glassneuron.errors import problem
from glassneuron.interop.export.description import Description, named_columns, one_line

LARGEST_INTEGER = 2**53
UNLESS = {
    "OTHERS": " && !OTHERS.includes(name)",
    "GAPS": ' && !([null, undefined, ""].includes(value) && GAPS.includes(name))',
}

READ_TABLE = """\
  const x = [];
  for (const [name, known] of COLUMNS) {
    let value = row[name];
%(usual)s%(dates)s    if (Array.isArray(known)) {
      if (!known.includes(value)%(unless)s) {
        throw new Error(`${name} is ${value}, which is none of ${known.join(", ")}`);
      }
      for (const each of known) x.push(value === each ? 1 : 0);
      continue;
    }
    if (value === null || value === undefined || Number.isNaN(value)) value = known;
    if (typeof value === "boolean") value = Number(value);
    if (!Number.isFinite(value)) throw new Error(`${name} must be a finite number; got ${value ?? "none"}`);
    x.push(value);
  }"""
USUAL = """\
    if ([null, undefined, ""].includes(value)) value = USUAL[name] ?? value;
"""
READ_DATES = """\
    if (name in DATES) {
      const [start, parts] = DATES[name];
      const text = value instanceof Date ? value.toISOString() : String(value ?? "");
      const zoned = text.length <= 10 || /[zZ]$|[+-]\\d\\d:?\\d\\d$/.test(text);
      const when = new Date(zoned ? text : `${text.replace(" ", "T")}Z`);
      const days = text === "" ? known : (when - new Date(start)) / 86400000;
      if (!Number.isFinite(days)) throw new Error(`${name} must be a date; got ${text || "none"}`);
      x.push(days);
      const weekday = ((when.getUTCDay() + 6) % 7) + 1;
      const found = { month: when.getUTCMonth() + 1, weekday, hour: when.getUTCHours() };
      for (const [part, values] of parts) {
        if (text !== "" && !values.includes(found[part])) {
          throw new Error(`${name} has the ${part} ${found[part]}, which is none of ${values.join(", ")}`);
        }
        for (const each of values) x.push(text !== "" && found[part] === each ? 1 : 0);
      }
      continue;
    }
"""
PRODUCTS = """\
  for (const factors of PRODUCTS) {
    x.push(factors.reduce((product, [j, subtracted, divided]) => product * ((x[j] - subtracted) / divided), 1));
  }"""
READ_ROW = """\
  const x = Array.from(row, Number);
  if (x.length !== INPUTS.length || !x.every({check})) {{
    throw new Error(`a row has ${{INPUTS.length}} {what}; got ${{row}}`);
  }}"""
LAYERS = """\
  let a = {start};
  let z = a;
  for (const {{ weights, biases, activation }} of LAYERS) {{
    z = weights.map((w, k) => weighted_sum(w, biases[k], a));
{activations}
  }}"""
DECISIONS = {
    "fires": "const label = LABELS[z[0] >= 0 ? 1 : 0]; // a sum of 0 fires",
    "above": "const label = LABELS[z[0] > 0 ? 1 : 0]; // a sum of 0 does not fire",
    "largest": "const label = LABELS[z.indexOf(Math.max(...z))]; // the first of the largest sums wins",
    "only": "const label = LABELS[0];",
}
SHARES = {
    "pair": "const shares = [1 - a[0], a[0]];",
    "layer": "const shares = a;",
    "one": "const shares = [1];",
    "shares": "const total = a.reduce((sum, each) => sum + each, 0);\n"
    "  const shares = a.map((each) => (total > 0 ? each / total : 1 / a.length));",
}


def javascript_code(model: Description) -> str:
    """Return the text of a module that exports `predict(row)`."""
    for label in model.classes or ():
        if isinstance(label, int) and abs(label) > LARGEST_INTEGER:
            raise problem("cannot-hold", target="JavaScript", part=f"the label {label}", why="its numbers end at 2^53")
    used = dict.fromkeys(layer.activation for layer in model.layers)
    kernels = ["weighted_sum", *(name for name in used if name != "linear")]
    sources = [str(kernel_source(name)["javascript"]).replace("export function", "function") for name in kernels]
    if "softmax" in used:
        sources.insert(0, "const { max } = Math;")
    head = "\n".join(f"// {one_line(line)}" for line in model.said)
    return "\n\n".join([head, _numbers(model), *sources, _function(model, list(used))]) + "\n"


def _numbers(model: Description) -> str:
    if model.table:
        columns = [[c.name, list(c.values) if c.values else c.mean] for c in model.columns]
        lines = ["// each column, with its values, or with what fills a gap", f"const COLUMNS = {plain(columns)};"]
        for name, what, named in named_columns(model):
            lines += [f"// {what}", f"const {name} = {plain(named)};"]
    else:
        lines = [f"const INPUTS = {plain(model.names)};"]
    if model.products:
        lines.append("// each product's factors: a feature's place, what is subtracted, by what it is then divided")
        lines.append(f"const PRODUCTS = {plain(model.products)};")
    if model.scaling is not None:
        lines.append(f"const MEANS = {plain(model.scaling.means.tolist())};")
        lines.append(f"const DEVIATIONS = {plain(model.scaling.deviations.tolist())};")
    layers = ",\n".join(
        f'  {{ activation: "{layer.activation}", biases: {plain(layer.biases.tolist())},\n'
        f"    weights: {plain(layer.weights.tolist()).replace('],[', chr(10) + '    ],['[4:])} }}"
        for layer in model.layers
    )
    lines.append(f"const LAYERS = [\n{layers},\n];")
    if model.classes is not None:
        lines.append(f"const LABELS = {plain(list(model.classes))};")
    return "\n".join(lines)


def plain(value: Any) -> str:
    """Write a value as JSON that may stand in a script: no text in it can end that."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).replace("<", "\\u003c")


def _function(model: Description, used: list[str]) -> str:
    reads = "a row, an object from columns to values" if model.table else "an array of numbers"
    lines = [f"/** Answer {reads}: {_answers(model)}. */", "export function predict(row) {"]
    if model.table:
        exceptions = "".join(UNLESS.get(name, "") for name, _, _ in named_columns(model))
        usual = USUAL if any(column.usual for column in model.columns) else ""
        dates = READ_DATES if model.dates else ""
        lines.append(READ_TABLE % {"usual": usual, "dates": dates, "unless": exceptions})
    elif model.bits:
        lines.append(READ_ROW.format(check="(value) => value === 0 || value === 1", what="zeros and ones"))
    else:
        lines.append(READ_ROW.format(check="Number.isFinite", what="finite numbers"))
    lines += [PRODUCTS] if model.products else []
    start = "x" if model.scaling is None else "x.map((value, j) => (value - MEANS[j]) / DEVIATIONS[j])"
    lines.append(LAYERS.format(start=start, activations="\n".join(map(_activation, used))))
    return "\n".join([*lines, *(f"  {line}" for line in _ending(model)), "}"])


def _activation(name: str) -> str:
    if name == "linear":
        return '    if (activation === "linear") a = z;'
    if name == "softmax":
        return '    if (activation === "softmax") softmax(z, (a = [...z]));'
    return f'    if (activation === "{name}") a = z.map({name});'


def _answers(model: Description) -> str:
    if model.classes is None:
        return "the number" if model.outputs == 1 else "an array of numbers"
    return f"the label, and {'the probability of each label' if model.probable else 'the sums that decide'}"


def _ending(model: Description) -> list[str]:
    if model.classes is None:
        if model.target is not None:
            return [f"return a[0] * {model.target[0]!r} + {model.target[1]!r};"]
        return ["return a[0];" if model.outputs == 1 else "return a;"]
    label = DECISIONS[model.decide]
    if not model.probable:
        return [label, "return { label, sums: z };"]
    pairs = "LABELS.map((each, k) => [String(each), shares[k]])"
    return [label, SHARES[model.probable], f"return {{ label, probabilities: Object.fromEntries({pairs}) }};"]

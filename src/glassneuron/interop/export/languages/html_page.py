"""A model as a page: one file with a form for a row, which answers by itself wherever it is opened."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from glassneuron.data.encoding import Column
from glassneuron.interop.export.description import Description
from glassneuron.interop.export.languages.javascript_code import javascript_code

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
  background: #fff; }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .75rem 1rem; }
label { display: grid; font-size: .875rem; overflow-wrap: anywhere; }
input, select { font: inherit; padding: .375rem .5rem; border: 1px solid #767676; border-radius: 4px; min-width: 0; }
output { display: block; margin-top: 1.5rem; }
output strong { font-size: 1.5rem; }
.row { display: grid; grid-template-columns: 8rem 1fr 4rem; gap: .75rem; align-items: center; margin-top: .5rem; }
.row span { overflow-wrap: anywhere; } .row span:last-child { text-align: right; }
progress { width: 100%; accent-color: #444; }
p.said { color: #555; font-size: .875rem; overflow-wrap: anywhere; }
"""
SHOW = """
const form = document.querySelector("form"), output = document.querySelector("output");
const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
const value = (input) => input.dataset.kind === "text" ? input.value : input.value === "" ? NaN : Number(input.value);
const written = (number) => String(Number(number.toPrecision(4)));
// What is not certain is never shown as certain, nor as impossible.
const near = (p) => p.toFixed(Math.ceil(-Math.log10(1 - p))).replace(/0+$/, "");
const share = (p) => p >= 0.9995 && p < 1 ? near(p) : String(Number(p.toPrecision(3)));

function line(name, number, bar) {
  const row = Object.assign(document.createElement("div"), { className: "row" });
  const middle = document.createElement(bar ? "progress" : "span");
  if (bar) Object.assign(middle, { value: number, max: 1 }).setAttribute("aria-label", `probability of ${name}`);
  row.append(element("span", name), middle, element("span", bar ? share(number) : written(number)));
  return row;
}

function show() {
  const inputs = [...form.querySelectorAll("input, select")];
  const row = BY_NAME ? Object.fromEntries(inputs.map((i) => [i.name, value(i)])) : inputs.map(value);
  try {
    const answer = predict(row);
    if (answer.label === undefined) {
      output.replaceChildren(...[answer].flat().map((number) => element("strong", `${written(number)} `)));
      return;
    }
    const { label, probabilities, sums } = answer;
    const names = sums && sums.length === 1 ? ["sum"] : LABELS.map((each) => `sum ${each}`);
    const numbers = probabilities ? Object.entries(probabilities) : sums.map((z, k) => [names[k], z]);
    output.replaceChildren(element("strong", String(label)), ...numbers.map(([n, p]) => line(n, p, !!probabilities)));
  } catch (error) {
    output.replaceChildren(element("p", error.message));
  }
}
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();
"""


def html_page(model: Description) -> str:
    """Return the text of a page that needs no server and no network."""
    code = javascript_code(model).replace("export function", "function").replace("</", "<\\/").replace("<!--", "<\\!--")
    code += f"\nconst BY_NAME = {'true' if model.table else 'false'};{SHOW}"
    digest = f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"
    style = f"sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}"
    policy = f"default-src 'none'; script-src '{digest}'; style-src '{style}'; base-uri 'none'; form-action 'none'"
    title = escape(str((model.about or {}).get("target", "a model")))
    starts = _means(model)
    fields = "\n".join(_field(column, start) for column, start in zip(model.columns, starts, strict=True))
    said = "".join(f'<p class="said">{escape(line)}</p>' for line in model.said)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<style>{STYLE}</style>\n</head>\n<body>\n'
        f'<main>\n<h1>{title}</h1>\n<form>\n{fields}\n</form>\n<output aria-live="polite"></output>\n{said}\n</main>\n'
        f'<script type="module">{code}</script>\n</body>\n</html>\n'
    )


def _means(model: Description) -> list[float]:
    """Return a usual value of each column: its mean in the training where the model knows it."""
    means, j = [], 0
    for column in model.columns:
        trained = 0.0 if model.scaling is None else float(model.scaling.means[j])
        means.append(trained if column.mean is None else column.mean)
        j += len(column.features)
    return means


def _field(column: Column, start: float) -> str:
    name = escape(column.name)
    if column.values:
        known = [escape(str(value)) for value in column.values]
        options = "".join(f'<option value="{value}">{value}</option>' for value in known)
        if column.others or column.gaps or column.usual:
            options += f'<option value="">{"another" if column.others else "none"}</option>'
        return f'<label>{name}<select name="{name}" data-kind="{column.kind}">{options}</select></label>'
    if column.kind == "date":
        kind, start_of = "date", f"{column.start}"[:10]
        if any(part == "hour" for part, _ in column.parts):
            kind, start_of = "datetime-local", f"{start_of}T00:00"
        return f'<label>{name}<input name="{name}" data-kind="text" type="{kind}" value="{start_of}"></label>'
    return f'<label>{name}<input name="{name}" data-kind="number" type="number" step="any" value="{start:.4g}"></label>'

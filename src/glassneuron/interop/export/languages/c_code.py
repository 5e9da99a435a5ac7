"""A model as C99: one header without a heap or a global that is written; in double, in float, or with 8-bit weights."""

from __future__ import annotations

import re

import numpy as np

from glassneuron.data.encoding import Column
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.interop.export.description import FORMULAS, Description, one_line
from glassneuron.interop.export.languages.eight_bits import Quantised

LARGEST = 2**63
KEYWORDS = """auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main and or
not xor bool true false class new delete this template namespace operator public private"""
ACTIVATIONS = {
    "step": "{a}[k] = z >= 0 ? 1 : 0;",
    "sigmoid": "{a}[k] = z >= 0 ? 1 / (1 + {exp}(-z)) : {exp}(z) / (1 + {exp}(z));",
    "tanh": "{a}[k] = {tanh}(z);",
    "relu": "{a}[k] = z > 0 ? z : 0;",
    "linear": "{a}[k] = z;",
}
SOFTMAX = """\
  {{
    {name}_real largest = a[0], total = 0;
    for (k = 1; k < {neurons}; k++) if (a[k] > largest) largest = a[k];
    for (k = 0; k < {neurons}; k++) {{
      a[k] = {exp}(a[k] - largest);
      total += a[k];
    }}
    for (k = 0; k < {neurons}; k++) a[k] /= total;
  }}
"""
STATUS = """\
/* What functions return where a row has no answer. */
enum {{ {N}_NOT_FINITE = -1, {N}_UNKNOWN_VALUE = -2 }};"""


def c_code(
    model: Description, name: str = "model", *, dtype: str = "float64", header: bool = True,
    quantised: Quantised | None = None,
) -> str:  # fmt: skip
    """Return the text of a header, or of a file of functions to be linked, whose names begin with `name`."""
    model.without_dates("C", "it has no calendar that counts days")
    model = model.in_single_precision() if dtype == "float32" else model
    name = identifier(name)
    real = "double" if dtype == "float64" else "float"
    suffix = "" if dtype == "float64" else "f"
    uses = {"name": name, "N": name.upper(), "exp": f"exp{suffix}", "tanh": f"tanh{suffix}", "real": real}
    inline = "static inline " if header else ""
    keep = "static const" if header else "const"
    includes = ["math"] * bool({layer.activation for layer in model.layers} & {"sigmoid", "tanh", "softmax"})
    includes += ["stdint"] * bool(quantised or _kind_of_label(model) == "int64_t") + ["string"] * bool(model.texts)
    parts = ["/* " + "\n   ".join([*map(one_line, model.said), *(quantised.said if quantised else [])]) + " */"]
    if header:
        parts.append(f"#ifndef {uses['N']}_H\n#define {uses['N']}_H")
    parts += ["\n".join(f"#include <{each}.h>" for each in includes)] if includes else []
    parts += [_types(model, uses), STATUS.format(**uses)]
    parts += [_numbers(model, uses, quantised), *_labels(model, uses, keep)]
    parts += [_sums(model, uses, "inline " if header else "", quantised), *_answers(model, uses, inline)]
    return "\n\n".join(parts) + ("\n\n#endif\n" if header else "\n")


def _types(model: Description, uses: dict[str, str]) -> str:
    typed = f"typedef {uses['real']} {uses['name']}_real;"
    fields = [
        f"  {'const char *' if column.kind == 'text' else uses['name'] + '_real '}{field};  /* {_said(column)} */"
        for column, field in zip(model.columns, _fields(model), strict=True)
    ]
    if not model.table:
        row = one_line(", ".join(model.names[:30]))
        return f"{typed}\n\n/* A row: {row}. */\nenum {{ {uses['N']}_INPUTS = {len(fields)} }};"
    return f"{typed}\n\ntypedef struct {{\n" + "\n".join(fields) + f"\n}} {uses['name']}_row;"


def _said(column: Column) -> str:
    if column.kind == "text":
        others = ", or another, or 0" if column.others else ", or 0 for a gap" * (column.gaps or bool(column.usual))
        return one_line(f"{column.name}: {', '.join(column.values)}{others}, in UTF-8")
    if column.values:
        others = ", or another" * column.others
        return one_line(f"{column.name}: {', '.join(f'{value:g}' for value in column.values)}{others}")
    return one_line(f"{column.name}{'' if column.mean is None else f'; NAN for a gap, which becomes {column.mean:g}'}")


def _fields(model: Description) -> list[str]:
    made: list[str] = []
    for column in model.columns:
        plain = identifier(column.name)
        while plain in made:
            plain += "_"
        made.append(plain)
    return made


def identifier(name: str) -> str:
    """Return a name that C, and C++, take."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name).strip("_") or "x"
    plain = plain if plain[0].isalpha() else f"x_{plain}"
    return f"{plain}_" if plain in KEYWORDS.split() else plain


def _array(values: Array) -> str:
    if values.dtype == np.float32:
        one = "{" + ", ".join(map("{:.9g}".format, values.tolist())) + "}" if values.ndim == 1 else ""
        return one or "{" + ",\n  ".join(map(_array, values)) + "}"
    return repr(values.tolist()).replace("[", "{").replace("]", "}").replace("}, {", "},\n  {")


def _numbers(model: Description, uses: dict[str, str], quantised: Quantised | None) -> str:
    """Return the arrays; they are static in a file of functions too."""
    kind, name = f"static const {uses['name']}_real", uses["name"]
    dtype = np.float64 if uses["real"] == "double" else np.float32
    parts: list[tuple[str, str, Array]] = []
    if model.scaling is not None:
        parts += [(kind, f"{name}_means", model.scaling.means), (kind, f"{name}_deviations", model.scaling.deviations)]
    for n, layer in enumerate(model.layers, 1):
        if quantised is None:
            parts.append((kind, f"{name}_W{n}", layer.weights))
        else:
            parts.append(("static const int8_t", f"{name}_W{n}", quantised.whole[n - 1]))
            parts.append((kind, f"{name}_units{n}", quantised.units[n - 1]))
        parts.append((kind, f"{name}_b{n}", layer.biases))
    lines = []
    for how, what, values in parts:
        shape = "".join(f"[{size}]" for size in values.shape)
        with np.errstate(over="ignore"):
            written = values if values.dtype.kind == "i" else values.astype(dtype)
        if not np.isfinite(written).all():
            raise problem(
                "cannot-hold", target="a float of C", part=f"{np.abs(values).max():.3g}", why="it is too large"
            )
        lines.append(f"{how} {what}{shape} = {_array(written)};")
    return "\n".join(lines)


def _kind_of_label(model: Description) -> str:
    classes = model.classes or ()
    if all(isinstance(label, str) for label in classes):
        return "char"
    if all(isinstance(label, int) for label in classes):
        if any(not -LARGEST <= label < LARGEST for label in classes):
            raise problem("cannot-hold", target="C", part=f"the label {max(classes)}", why="it needs more than 64 bits")
        return "int64_t"
    return "double"


def _labels(model: Description, uses: dict[str, str], keep: str) -> list[str]:
    if model.classes is None:
        return []
    kind = _kind_of_label(model)
    if kind == "char":
        listed, typed = ", ".join(map(quoted, model.classes)), f"{keep} char *const"
    elif kind == "int64_t":
        listed, typed = ", ".join(map(_integer, model.classes)), f"{keep} int64_t"
    else:
        listed, typed = ", ".join(repr(float(label)) for label in model.classes), f"{keep} double"
    return [f"{typed} {uses['name']}_labels[{len(model.classes)}] = {{{listed}}};"]


def _integer(label: int) -> str:
    return f"INT64_C({int(label)})" if label > -LARGEST else "INT64_MIN"


def quoted(text: str) -> str:
    """Write text, in UTF-8, as a string of C."""
    if "\0" in text:
        raise problem("cannot-hold", target="C", part=f"the text {text!r}", why="it has a zero byte")
    plain = {ord('"'), ord("\\"), ord("?")}
    parts = (chr(b) if 32 <= b < 127 and b not in plain else f"\\{b:03o}" for b in text.encode())
    return '"' + "".join(parts) + '"'


def _sums(model: Description, uses: dict[str, str], inline: str, quantised: Quantised | None) -> str:
    """Return the function that takes a row through all layers, to the sums of the last.

    What is not finite spoils the sum of every neuron that has a weight for it; only features without any are looked at.
    """
    name, real, bad = uses["name"], f"{uses['name']}_real", f"return {uses['N']}_NOT_FINITE;"
    copied = model.table or model.scaling is not None
    lines = [
        "/* The weighted sums z of the last layer; 0, or what is wrong with the row. */",
        f"static {inline}int {name}_sums({_row(model, uses)}, {real} z_out[{model.outputs}]) {{",
        *([f"  {real} a0[{len(model.names)}];"] if copied else []),
        *(f"  {real} a{n}[{size}];" for n, size in enumerate(model.sizes[1:-1], 1)),
        "  int j, k;",
        *(_reads_table(model, uses) if model.table else []),
    ]
    weights = model.layers[0].weights if quantised is None else quantised.whole[0]
    for j in np.flatnonzero(~weights.any(axis=0)):
        cell = f"{'a0' if model.table else 'row'}[{j}]"
        lines.append(f"  if (!({cell} - {cell} == 0)) {bad}")
    if model.bits:
        lines.append(f"  for (j = 0; j < {len(model.names)}; j++) if (row[j] != 0 && row[j] != 1) {bad}")
    if model.scaling is not None:
        source = "a0" if model.table else "row"
        lines.append(f"  for (j = 0; j < {len(model.names)}; j++)")
        lines.append(f"    a0[j] = ({source}[j] - {name}_means[j]) / {name}_deviations[j];")
    for n, layer in enumerate(model.layers, 1):
        neurons, inputs = layer.weights.shape
        unit = "" if quantised is None else f" * {name}_units{n}[k]"
        last, read = n == len(model.layers), "row" if n == 1 and not copied else f"a{n - 1}"
        lines += [
            f"  /* layer {n}: z = w_1 x_1 + w_2 x_2 + ... + b; {FORMULAS[layer.activation]} */",
            f"  for (k = 0; k < {neurons}; k++) {{",
            f"    {real} z = 0;",
            f"    for (j = 0; j < {inputs}; j++) z += {name}_W{n}[k][j] * {read}[j];",
            f"    z = z{unit} + {name}_b{n}[k];",
            *([f"    if (!(z - z == 0)) {bad}"] if n == 1 else []),
            "    z_out[k] = z;" if last else f"    {ACTIVATIONS[layer.activation].format(a=f'a{n}', **uses)}",
            "  }",
        ]
    return "\n".join([*lines, "  return 0;", "}"])


def _row(model: Description, uses: dict[str, str]) -> str:
    return f"const {uses['name']}_row *row" if model.table else f"const {uses['name']}_real row[{len(model.columns)}]"


def _reads_table(model: Description, uses: dict[str, str]) -> list[str]:
    lines, j = [], 0
    for column, field in zip(model.columns, _fields(model), strict=True):
        if not column.values:
            lines.append(f"  a0[{j}] = row->{field};")
            if column.mean is not None:
                lines.append(f"  if (a0[{j}] != a0[{j}]) a0[{j}] = ({uses['name']}_real){column.mean!r};")
            j += 1
            continue
        count = len(column.values)
        lines.append(f"  for (j = {j}; j < {j + count}; j++) a0[j] = 0;")
        text, unknown = column.kind == "text", f"return {uses['N']}_UNKNOWN_VALUE;"
        tests = [
            f"strcmp(row->{field}, {quoted(value)}) == 0" if text else f"row->{field} == ({uses['name']}_real){value!r}"
            for value in column.values
        ]
        if text:
            gap = "{ }" if column.others or column.gaps else unknown
            gap = f"a0[{j + column.values.index(column.usual)}] = 1;" if column.usual else gap
            lines.append(f"  if (row->{field} == 0) {gap}")
        for k, test in enumerate(tests):
            start = "  else if" if k or text else "  if"
            lines.append(f"{start} ({test}) a0[{j + k}] = 1;")
        lines += [] if column.others else [f"  else {unknown}"]
        j += count
    for place, factors in enumerate(model.products, j):
        terms = (f"(a0[{k}] - {_real(minus, uses)}) / {_real(by, uses)}" for k, minus, by in factors)
        lines.append(f"  a0[{place}] = {' * '.join(f'({term})' for term in terms) or '1'};")
    return lines


def _real(number: float, uses: dict[str, str]) -> str:
    return f"({uses['name']}_real){number!r}"


def _activated(model: Description, uses: dict[str, str]) -> str:
    """Return the lines that turn the sums z of the last layer into its answers, in place."""
    neurons, name = model.outputs, model.activation
    if name == "linear":
        return ""
    if name == "softmax":
        return SOFTMAX.format(neurons=neurons, **uses)
    own = re.sub(r"\bz\b", "a[k]", ACTIVATIONS[name].format(a="a", **uses))
    return f"  for (k = 0; k < {neurons}; k++) {own}\n"


def _answers(model: Description, uses: dict[str, str], inline: str) -> list[str]:
    name, outputs, real = uses["name"], model.outputs, f"{uses['name']}_real"
    start = f"  int k, wrong = {name}_sums(row, {{into}});\n  if (wrong) return wrong;\n"
    if model.classes is None:
        scaled = "  (void)k;\n" if model.activation == "linear" and model.target is None else ""
        if model.target is not None:
            deviation, mean = (f"({real}){number!r}" for number in model.target)
            scaled = f"  for (k = 0; k < {outputs}; k++) a[k] = a[k] * {deviation} + {mean};\n"
        return [
            f"/* Write the answer to a row; return 0, or what is wrong with the row. */\n"
            f"{inline}int {name}_predict({_row(model, uses)}, {real} a[{outputs}]) {{\n"
            f"{start.format(into='a')}{_activated(model, uses)}{scaled}  return 0;\n}}"
        ]
    best = {
        "only": "  (void)k;\n  return 0;\n",
        "fires": "  (void)k;\n  return z[0] >= 0 ? 1 : 0;  /* a sum of 0 fires */\n",
        "above": "  (void)k;\n  return z[0] > 0 ? 1 : 0;  /* a sum of 0 does not fire */\n",
        "largest": f"  {{\n    int best = 0;  /* the first of the largest sums wins */\n"
        f"    for (k = 1; k < {outputs}; k++) if (z[k] > z[best]) best = k;\n    return best;\n  }}\n",
    }[model.decide]
    parts = [
        f"/* Return the position of the label in {name}_labels, or what is wrong with the row. */\n"
        f"{inline}int {name}_predict({_row(model, uses)}) {{\n"
        f"  {real} z[{outputs}];\n{start.format(into='z')}{best}}}"
    ]
    if model.probable:
        parts.append(
            f"/* Write the probability of each label; return 0, or what is wrong with the row. */\n"
            f"{inline}int {name}_predict_proba({_row(model, uses)}, {real} p[{len(model.classes)}]) {{\n"
            f"  {real} a[{outputs}];\n{start.format(into='a')}{_activated(model, uses)}{_shares(model, real)}"
            "  return 0;\n}"
        )
    return parts


def _shares(model: Description, real: str) -> str:
    if model.probable == "one":
        return "  (void)k;\n  p[0] = 1;\n"
    if model.probable == "pair":
        return "  p[0] = 1 - a[0];\n  p[1] = a[0];\n"
    count = model.outputs
    if model.probable == "layer":
        return f"  for (k = 0; k < {count}; k++) p[k] = a[k];\n"
    return (
        f"  {{\n    {real} total = 0;\n    for (k = 0; k < {count}; k++) total += a[k];\n"
        f"    for (k = 0; k < {count}; k++) p[k] = total > 0 ? a[k] / total : ({real})1 / {count};\n  }}\n"
    )

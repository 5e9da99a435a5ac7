"""A model as plain Python: one function that imports nothing but `math`, and adds up in the textbook's order."""

from __future__ import annotations

from glassneuron.interop.export.description import FORMULAS, Description, named_columns

ACTIVATIONS = {
    "linear": "list(z{n})",
    "step": "[1.0 if z >= 0.0 else 0.0 for z in z{n}]",
    "sigmoid": "[1.0 / (1.0 + exp(-z)) if z >= 0.0 else exp(z) / (1.0 + exp(z)) for z in z{n}]",
    "tanh": "[tanh(z) for z in z{n}]",
    "relu": "[z if z > 0.0 else 0.0 for z in z{n}]",
}
SOFTMAX = """\
    largest, total = max(z{n}), 0.0  # subtracted, so that no power overflows
    a{n} = [exp(z - largest) for z in z{n}]
    for a in a{n}:
        total += a
    a{n} = [a / total for a in a{n}]"""
SUMS = """\
    # layer {n}: z = w_1 x_1 + w_2 x_2 + ... + b;  {formula}
    z{n} = []
    for w, b in zip(W{n}, B{n}):
        z = 0.0
        for w_j, x_j in zip(w, a{before}):
            z += w_j * x_j
        z{n}.append(z + b)"""
DECISIONS = {
    "fires": "    label = LABELS[1 if {z}[0] >= 0.0 else 0]  # a sum of 0 fires",
    "above": "    label = LABELS[1 if {z}[0] > 0.0 else 0]  # a sum of 0 does not fire",
    "largest": "    label = LABELS[{z}.index(max({z}))]  # the largest sum wins, the first of equal ones",
    "only": "    label = LABELS[0]",
}
SHARES = """\
    total = sum({a})
    shares = [a / total if total > 0.0 else 1.0 / len({a}) for a in {a}]"""


def python_code(model: Description) -> str:
    """Return the text of a module with one function, `predict(row)`."""
    names = ["isfinite"]
    used = {layer.activation for layer in model.layers}
    names += ["exp"] * bool(used & {"sigmoid", "softmax"}) + ["tanh"] * ("tanh" in used)
    imports = [f"from math import {', '.join(sorted(names))}"]
    if model.dates:
        imports.insert(0, "from datetime import datetime, timedelta, timezone")
    parts = [_head(model), *imports, *_numbers(model), "\n", _function(model), ""]
    return "\n".join(parts)


def _head(model: Description) -> str:
    lines = model.said
    return "\n".join([f'"""{lines[0]}.', "", *lines[1:], '"""', ""])


def _numbers(model: Description) -> list[str]:
    """Return the constants: columns, scale, weights and labels."""
    if model.table:
        columns = [(c.name, list(c.values) if c.values else c.mean) for c in model.columns]
        lines = ["", "# each column, with its values, or with what fills a gap", f"COLUMNS = {columns!r}"]
        for name, what, named in named_columns(model):
            lines += [f"# {what}", f"{name} = {named!r}"]
    else:
        lines = [f"\nINPUTS = {list(model.names)!r}"]
    if model.products:
        lines.append("# each product's factors: a feature's place, what is subtracted, by what it is then divided")
        lines.append(f"PRODUCTS = {[list(factors) for factors in model.products]!r}")
    if model.scaling is not None:
        lines.append(f"MEANS = {model.scaling.means.tolist()!r}")
        lines.append(f"DEVIATIONS = {model.scaling.deviations.tolist()!r}")
    for n, layer in enumerate(model.layers, 1):
        weights = repr(layer.weights.tolist()).replace("], [", "],\n      [")
        lines += [f"W{n} = {weights}", f"B{n} = {layer.biases.tolist()!r}"]
    if model.classes is not None:
        lines.append(f"LABELS = {list(model.classes)!r}")
    return lines


READ_TABLE = """\
    a0 = []
    for name, known in COLUMNS:
        value = row[name]{usual}{dates}
        if isinstance(known, list):
            if value not in known{unless}:
                raise ValueError(f"{{name!r}} is {{value!r}}, which is none of {{known}}")
            a0 += [1.0 if value == each else 0.0 for each in known]
            continue
        if value is None or value != value:
            value = known
        if value is None or not isfinite(value):
            raise ValueError(f"{{name!r}} must be a finite number; got {{value!r}}")
        a0.append(float(value))"""
USUAL = """
        if value in (None, ""):
            value = USUAL.get(name, value)"""
READ_DATES = """
        if name in DATES:
            start, parts = DATES[name]
            found = {}
            if not (value is None or value == "" or value != value):
                when = datetime.fromisoformat(str(value))
                if when.tzinfo is not None:
                    when = when.astimezone(timezone.utc).replace(tzinfo=None)
                value = (when - datetime.fromisoformat(start)) / timedelta(days=1)
                found = {"month": when.month, "weekday": when.isoweekday(), "hour": when.hour}
            else:
                value = known
            if value is None:
                raise ValueError(f"{name!r} must be a date; got none")
            a0.append(value)
            for part, values in parts:
                if found and found[part] not in values:
                    raise ValueError(f"{name!r} has the {part} {found[part]}, which is none of {values}")
                a0 += [1.0 if found.get(part) == each else 0.0 for each in values]
            continue"""
PRODUCTS = """\
    for factors in PRODUCTS:
        product = 1.0
        for j, subtracted, divided in factors:
            product *= (a0[j] - subtracted) / divided
        a0.append(product)"""
READ_ROW = """\
    a0 = [float(value) for value in row]
    if len(a0) != len(INPUTS) or not all(isfinite(x) for x in a0):
        raise ValueError(f"a row has {len(INPUTS)} finite numbers; got {row!r}")"""
READ_BITS = """\
    a0 = [float(value) for value in row]
    if len(a0) != len(INPUTS) or not all(x in (0.0, 1.0) for x in a0):
        raise ValueError(f"a row has {len(INPUTS)} zeros and ones; got {row!r}")"""


def _function(model: Description) -> str:
    reads = "a row, a dictionary from columns to values" if model.table else "a row of numbers"
    lines = ["def predict(row):", f'    """Answer {reads}: {_answers(model)}."""']
    unless = {"OTHERS": " and name not in OTHERS", "GAPS": ' and not (value in (None, "") and name in GAPS)'}
    exceptions = "".join(unless.get(name, "") for name, _, _ in named_columns(model))
    usual = USUAL if any(column.usual for column in model.columns) else ""
    read_table = READ_TABLE.format(usual=usual, dates=READ_DATES if model.dates else "", unless=exceptions)
    lines.append(read_table if model.table else READ_BITS if model.bits else READ_ROW)
    lines += [PRODUCTS] if model.products else []
    if model.scaling is not None:
        lines.append("    a0 = [(x - mean) / deviation for x, mean, deviation in zip(a0, MEANS, DEVIATIONS)]")
    for n, layer in enumerate(model.layers, 1):
        lines.append(SUMS.format(n=n, before=n - 1, formula=FORMULAS[layer.activation]))
        softmax = layer.activation == "softmax"
        lines.append(SOFTMAX.format(n=n) if softmax else f"    a{n} = {ACTIVATIONS[layer.activation].format(n=n)}")
    return "\n".join([*lines, *_ending(model)])


def _answers(model: Description) -> str:
    if model.classes is None:
        return "the number" if model.outputs == 1 else "a list of numbers"
    return f"the label, and {'the probability of each label' if model.probable else 'the sums that decide'}"


def _ending(model: Description) -> list[str]:
    z, a = (f"{letter}{len(model.layers)}" for letter in "za")
    if model.classes is None:
        if model.target is not None:
            return [f"    return {a}[0] * {model.target[0]!r} + {model.target[1]!r}"]
        return [f"    return {a}[0]" if model.outputs == 1 else f"    return {a}"]
    label = DECISIONS[model.decide].format(z=z)
    if not model.probable:
        return [label, f"    return label, {z}"]
    shares = {
        "pair": f"    shares = [1.0 - {a}[0], {a}[0]]",
        "shares": SHARES.format(a=a),
        "layer": f"    shares = {a}",
    }
    return [label, shares.get(model.probable, "    shares = [1.0]"), "    return label, dict(zip(LABELS, shares))"]

"""A model as one SELECT that DuckDB, PostgreSQL and SQLite take: a named step a layer, text through CASE.

What a model refuses, such as a gap that nothing fills or a text that it never met, gets NULL for an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.interop.export.description import FORMULAS, Description, one_line

LARGEST = "1.7976931348623157e308"
FAINTEST = "-708.0e0"  # beyond, PostgreSQL refuses to take a power of e
DEEPEST = 900  # terms of a sum: SQLite takes expressions of depth 1,000
MOST_OUTPUTS = 200  # neurons that are compared with each other, each with each


def sql_query(model: Description, table: str = "rows", keep: Sequence[str] = ()) -> str:
    """Return a query of a table with this name, which carries the columns to keep beside the answers."""
    model.without_dates("SQL", "each database counts days in its own way")
    if model.activation == "softmax" or model.decide == "largest":
        _refuse_more("outputs that are compared", model.outputs, MOST_OUTPUTS)
    steps = _Steps(quoted(table), [f"k{n}" for n in range(1, len(keep) + 1)])
    steps.add("features", "the columns as numbers", _features(model), list(map(quoted, keep)))
    x = [f"x{j}" for j in range(1, len(model.names) + 1)]
    if model.products:
        own = x[: len(x) - len(model.products)]
        terms = ([f"(({x[j]} - {number(minus)}) / {number(by)})" for j, minus, by in each] for each in model.products)
        products = [(name, " * ".join(each) or "1.0e0") for name, each in zip(x[len(own) :], terms, strict=True)]
        steps.add("products", "of features", [*_as_they_are(own), *products])
    if model.scaling is not None:
        means, deviations = (map(number, part.tolist()) for part in (model.scaling.means, model.scaling.deviations))
        scaled = [(name, f"({name} - {m}) / {s}") for name, m, s in zip(x, means, deviations, strict=True)]
        steps.add("scaled", "brought to one scale", scaled)
    for n, layer in enumerate(model.layers, 1):
        z, a = ([f"{letter}{n}_{k}" for k in range(1, len(layer.biases) + 1)] for letter in "za")
        sums = list(zip(z, _sums(layer.weights, layer.biases, x), strict=True))
        steps.add(f"sums_{n}", f"layer {n}: z = w_1 x_1 + w_2 x_2 + ... + b", sums)
        if layer.activation == "softmax":
            largest = [*_as_they_are(z), ("m", _chosen(z, z))]
            steps.add(f"largest_{n}", "is subtracted, so that no power overflows", largest)
            e = [f"e{k}" for k in range(1, len(z) + 1)]
            powers = [(power, f"EXP({_not_faint(f'{name} - m')})") for power, name in zip(e, z, strict=True)]
            steps.add(f"powers_{n}", "of the sums", [*_as_they_are(z), *powers])
            answers = [(name, f"{power} / ({' + '.join(e)})") for name, power in zip(a, e, strict=True)]
        else:
            answers = [(name, _activated(layer.activation, sum_)) for name, sum_ in zip(a, z, strict=True)]
        needed = _as_they_are(z) if n == len(model.layers) else []
        steps.add(f"layer_{n}", FORMULAS[layer.activation], [*answers, *needed])
        x = a
    head = "\n".join(f"-- {one_line(line)}" for line in model.said)
    return f"{head}\n{steps.ending([*zip(map(quoted, keep), steps.kept, strict=True), *_answers(model)])}\n"


class _Steps:
    """Named steps, each a SELECT from the one before, computed once: folded into one, they would be computed often."""

    def __init__(self, source: str, kept: list[str]) -> None:
        self.source, self.kept, self.texts = source, kept, list[str]()

    def add(self, name: str, what: str, items: list[tuple[str, str]], kept: list[str] | None = None) -> None:
        carried = list(zip(self.kept, self.kept if kept is None else kept, strict=True))
        self.texts.append(f"{name} AS MATERIALIZED ( -- {what}\n{_select([*items, *carried], self.source)}\n)")
        self.source = name

    def ending(self, items: list[tuple[str, str]]) -> str:
        return f"WITH {', '.join(self.texts)}\n{_select(items, self.source)};"


def quoted(name: str) -> str:
    """Write a name, whatever it is."""
    if "\0" in name:
        raise problem("cannot-hold", target="SQL", part=f"the name {name!r}", why="it has a zero byte")
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """Write a label."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        if "\0" in value:
            raise problem("cannot-hold", target="SQL", part=f"the text {value!r}", why="it has a zero byte")
        return "'" + value.replace("'", "''") + "'"
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """Write a number so that it is one in double precision: without an exponent, DuckDB takes it for a decimal."""
    text = repr(float(value))
    text = text if "e" in text else f"{text}e0"
    return f"({text})" if text.startswith("-") else text


def _select(items: list[tuple[str, str]], source: str) -> str:
    listed = ",\n  ".join(text if text == name else f"{text} AS {name}" for name, text in items)
    return f"SELECT\n  {listed}\nFROM {source}"


def _as_they_are(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


def _features(model: Description) -> list[tuple[str, str]]:
    expressions = []
    for column in model.columns:
        name = quoted(column.name)
        if column.values:
            known = ", ".join(map(literal, column.values))
            text = f"COALESCE({name}, {literal(column.usual)})" if column.usual else name
            cell = text if column.kind == "text" else f"CAST({name} AS DOUBLE PRECISION)"
            gap = f" OR {cell} IS NULL" * column.gaps
            rest = "ELSE 0" if column.others else f"WHEN {cell} IN ({known}){gap} THEN 0"
            expressions += [
                f"CAST(CASE WHEN {cell} = {literal(value)} THEN 1 {rest} END AS DOUBLE PRECISION)"
                for value in column.values
            ]
            continue
        value = f"CAST({name} AS DOUBLE PRECISION)"
        finite = f"CASE WHEN {value} BETWEEN -{LARGEST} AND {LARGEST} THEN {value} END"
        if model.bits:
            finite = f"CASE WHEN {value} IN (0, 1) THEN {value} END"
        if column.mean is not None:
            missing = f"{name} IS NULL OR {value} = 'NaN'"
            finite = f"CASE WHEN {missing} THEN {number(column.mean)} ELSE {finite} END"
        expressions.append(finite)
    return [(f"x{j}", text) for j, text in enumerate(expressions, 1)]


def _sums(W: Array, b: Array, x: Sequence[str]) -> list[str]:
    """Write weighted sums, added up from the left as the textbook does; NULL for a row that has none."""
    _refuse_more("inputs of a neuron", len(x), DEEPEST)
    sums = []
    for row in np.column_stack([W, b]).tolist():  # written at once, which is several times faster than one by one
        *weights, bias = (w if "e" in w else f"{w}e0" for w in repr(row)[1:-1].split(", "))
        terms = [f"{w} * {name}" for w, name in zip(weights, x, strict=True)]
        sums.append(" + ".join([*terms, bias]).replace(" + -", " - "))
    return sums


def _activated(name: str, z: str) -> str:
    if name == "step":
        return f"CASE WHEN {z} >= 0 THEN 1.0e0 WHEN {z} < 0 THEN 0.0e0 END"
    if name == "sigmoid":
        power = f"EXP({_not_faint(z)})"
        return (
            f"CASE WHEN {z} >= 0 THEN 1.0e0 / (1.0e0 + EXP({_not_faint(f'-{z}')})) ELSE {power} / (1.0e0 + {power}) END"
        )
    if name == "relu":
        return f"CASE WHEN {z} > 0 THEN {z} WHEN {z} <= 0 THEN 0.0e0 END"
    return f"TANH({z})" if name == "tanh" else z


def _not_faint(z: str) -> str:
    return f"CASE WHEN {z} < {FAINTEST} THEN {FAINTEST} ELSE {z} END"


def _chosen(z: Sequence[str], values: Sequence[str]) -> str:
    """Write the value that belongs to the first of the largest sums."""
    if len(z) == 1:
        return values[0]
    cases = [
        f"WHEN {' AND '.join(f'{name} >= {other}' for other in z[k + 1 :])} THEN {values[k]}"
        for k, name in enumerate(z[:-1])
    ]
    known = " + ".join(z)
    return f"CASE {' '.join(cases)} WHEN {known} IS NOT NULL THEN {values[-1]} END"


def _answers(model: Description) -> list[tuple[str, str]]:
    n = len(model.layers)
    z, a = ([f"{letter}{n}_{k}" for k in range(1, model.outputs + 1)] for letter in "za")
    name = quoted(str((model.about or {}).get("target", "answer")))
    if model.classes is None:
        if model.target is not None:
            return [(name, f"{a[0]} * {number(model.target[0])} + {number(model.target[1])}")]
        return [(name, a[0])] if len(a) == 1 else [(quoted(f"answer {k}"), each) for k, each in enumerate(a, 1)]
    labels = list(map(literal, model.classes))
    if model.decide == "only":
        label = f"CASE WHEN {z[0]} IS NOT NULL THEN {labels[0]} END"
    elif model.decide == "fires":
        label = f"CASE WHEN {z[0]} >= 0 THEN {labels[1]} WHEN {z[0]} < 0 THEN {labels[0]} END"
    elif model.decide == "above":
        label = f"CASE WHEN {z[0]} > 0 THEN {labels[1]} WHEN {z[0]} <= 0 THEN {labels[0]} END"
    else:
        label = _chosen(z, labels)
    shares = {
        "pair": [f"1.0e0 - {a[0]}", a[0]],
        "layer": a,
        "one": [f"CASE WHEN {z[0]} IS NOT NULL THEN 1.0e0 END"],
        "": z,
    }
    if model.probable == "shares":
        total = " + ".join(a)
        even = number(1.0 / len(a))
        shares["shares"] = [f"CASE WHEN {total} > 0 THEN {each} / ({total}) ELSE {even} END" for each in a]
    what = "probability" if model.probable else "sum"
    numbers = shares[model.probable]
    names = ["sum"] if what == "sum" and len(numbers) == 1 else [f"{what} {label}" for label in model.classes]
    return [(name, label), *((quoted(each), text) for each, text in zip(names, numbers, strict=True))]


def _refuse_more(what: str, count: int, most: int) -> None:
    if count > most:
        raise problem("cannot-hold", target="SQL", part=f"{count:,} {what}", why=f"a query holds {most:,} at most")

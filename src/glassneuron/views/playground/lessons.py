"""The lessons of the page: what each screen shows first."""

from __future__ import annotations

from typing import Any

from glassneuron.data.bundled import TABLES, bundled
from glassneuron.views.playground.tables import Tables, from_file

TABS = {
    "neuron": "Neuron", "gates": "Gates", "or": "OR", "and": "AND", "xor": "XOR", "sigmoid": "Sigmoid",
    "network": "Network", "stuck": "Stuck", "data": "Your data", "row": "Your row", "teach": "Teach",
}  # fmt: skip
"""The lessons, and what their tabs say."""
ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]
AND, OR, XOR = [0, 0, 0, 1], [0, 1, 1, 1], [0, 1, 1, 0]
LEARNS, FAILS = 0, 1
"""Seeds from which the 2-2-1 network of the lesson learns XOR, and from which it does not."""
FEW = {
    "iris": ("petal length (cm)", "petal width (cm)"),
    "wisconsin": ("mean radius", "mean texture", "mean concavity"),
}
"""Columns of the bundled tables that are shown."""


def lessons(tables: Tables, own: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the lessons; `own` is a table of the user's for the screen "data"."""
    perceptron = {"kind": "perceptron", "eta": 1.0, "epochs": 100}
    network = {"kind": "network", "hidden": [2], "activation": "tanh", "eta": 0.2, "epochs": 300, "seed": LEARNS}
    found = [
        _lesson(
            "neuron", "neuron", "A neuron computes",
            "It multiplies each input by a weight, adds the bias, and squashes the sum. Move an input or a weight, and "
            "see what follows.",
            {"kind": "sigmoid", "eta": 0.1, "epochs": 100, "start": [0, 1, 4]}, [1], [[2, 3]],
        ),
        _lesson(
            "gates", "gates", "A neuron is a gate",
            "McCulloch and Pitts, 1943: inputs of 0 and 1, and a threshold. Choose a gate, or set the weights.",
            {**perceptron, "start": [1, 1, -2]}, AND,
        ),
        _lesson(
            "or", "perceptron", "A perceptron learns OR",
            "It starts at zero and moves its weights after each mistake. Here its bias is held at -1.",
            {"kind": "perceptron", "eta": 0.1, "fixed_bias": -1.0, "epochs": 1000}, OR,
        ),
        _lesson(
            "and", "perceptron", "A perceptron learns AND", "The bias is learned like a weight: its input is always 1.",
            perceptron, AND,
        ),
        _lesson(
            "xor", "xor", "No neuron learns XOR",
            "The mistakes never reach 0, and the weights come back to where they were. The proof: no line will do.",
            perceptron, XOR,
        ),
        _lesson(
            "sigmoid", "sigmoid", "The same neuron, smooth",
            "A sigmoid answers with a share between 0 and 1, and each row moves the weights by the size of its error.",
            {"kind": "sigmoid", "eta": 0.5, "epochs": 300}, OR,
        ),
        _lesson(
            "network", "network", "Three neurons learn XOR",
            "Two hidden neurons draw a line each; the third reads both. Errors flow back from it to them.",
            network, XOR,
        ),
        _lesson(
            "stuck", "network", "Some starts fail",
            "The same network from other first weights: it comes to rest where no small move helps. Try another seed.",
            {**network, "seed": FAILS}, XOR,
        ),
    ]  # fmt: skip
    data = own if own is not None else _bundled("iris")
    about = f"{len(data['X']):,} rows, predicting {data['target']}. Draw points of your own, or bring a CSV."
    found += [
        _of_table("data", "data", "Your data", about, tables.keep(data, pinned=True), "perceptron"),
        _of_table(
            "row", "row", "What moved this answer",
            "A sigmoid neuron on your rows: move one value, and see what would have changed the answer.",
            tables.keep(data if own is not None else _bundled("wisconsin"), pinned=True), "sigmoid",
        ),
        _lesson(
            "teach", "teach", "Predict, then reveal",
            "Say what the neuron will answer before you see it. A lesson is a small file: choose what is shown, and "
            "export it.",
            perceptron, OR,
        ),
    ]  # fmt: skip
    return found


def _lesson(
    name: str, screen: str, title: str, text: str, spec: dict[str, Any], y: list[int], X: list[list[int]] | None = None
) -> dict[str, Any]:
    rows = {"X": ROWS if X is None else X, "y": y, "names": ["x1", "x2"], "classes": ["0", "1"]}
    return {"id": name, "screen": screen, "tab": TABS[name], "title": title, "text": text, "spec": {**rows, **spec}}


def _of_table(name: str, screen: str, title: str, text: str, table: dict[str, Any], kind: str) -> dict[str, Any]:
    rows = {"X": table["scaled"], "y": table["y"], "names": table["names"], "classes": table["classes"]}
    few = len(table["y"]) <= 200
    spec = {
        **rows, "table": table["id"], "kind": kind, "eta": 0.1, "epochs": 100 if few else 30, "shuffle": True,
        "every": "example" if few else "epoch",
    }  # fmt: skip
    about = {"id": name, "screen": screen, "tab": TABS[name], "title": title, "text": text}
    return about | {"spec": spec, "table": table}


def _bundled(name: str) -> dict[str, Any]:
    """Read a bundled table, and keep the columns that are shown."""
    table = from_file(bundled(name), TABLES[name])
    places = [table["names"].index(column) for column in FEW[name]]
    for part in ("X", "scaled"):
        table[part] = table[part][:, places].copy()
    for part in ("means", "deviations"):
        table[part] = table[part][places]
    table["names"] = [table["names"][place] for place in places]
    table["notes"] = [f"A table that comes with the package: {name}, {len(places)} of its columns.", *table["notes"]]
    return table

"""Can one neuron tell the classes of a drawn table apart? The verdict and its certificate as JSON."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from glassneuron.errors import problem
from glassneuron.proofs.certificates import NotSeparable, Separable
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable
from glassneuron.proofs.separability import two_classes as decide
from glassneuron.views.playground.specs import Find, codes_of, rows_of, texts, with_table

MOST_ROWS = 200
LARGEST_INTEGER = 2**53
"""From where the numbers of a page are no longer all the integers."""


def prove(request: dict[str, Any], find: Find) -> dict[str, Any]:
    """Decide for the rows of a request; 0.1 is one tenth, as it stands on the page.

    Examples
    --------
    >>> answer = prove({"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [0, 1, 1, 0]}, {}.__getitem__)
    >>> answer["separable"], answer["certificate"]["equation"], answer["certificate"]["point"]
    (False, '1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)', [0.5, 0.5])
    """
    X, y, names, classes = two_classes_of(request, find)
    if len(set(y.tolist())) == 1:
        sentence = f"every row is of class {classes[y[0]]}, so a neuron has all of them right by its bias alone"
        neuron = {"w": [0.0] * X.shape[1], "b": 0.0 if y[0] else -1.0}
        return {
            "separable": True, "text": sentence, "neuron": neuron, "street": None, "certificate": None, "checked": True,
        }  # fmt: skip
    verdict = decide(TwoClassTable(ExactTable(X, decimal=True), y == 1, (classes[0], classes[1]), names))
    answer: dict[str, Any] = {
        "separable": verdict.separable, "text": str(verdict.explain(first_row=1)),
        "neuron": None, "street": None, "certificate": None, "checked": verdict.check(),
    }  # fmt: skip
    if isinstance(verdict, Separable):
        street, bound = verdict.street, verdict.mistake_bound
        answer["neuron"] = {"w": verdict.neuron.weights.tolist(), "b": verdict.neuron.bias}
        answer["street"] = {
            "rows": list(street.rows), "width": street.width, "w": street.direction.tolist(), "b": street.bias,
            "widest": street.widest,
        }  # fmt: skip
        answer["bound"] = bound if math.isfinite(bound) else None
        answer["mistakes"] = verdict.mistakes_made
    elif isinstance(verdict, NotSeparable):
        answer["certificate"] = certificate_of(verdict)
    return answer


def certificate_of(verdict: NotSeparable) -> dict[str, Any]:
    """Return the rows on both sides with their weights, and the point that both sides have as their mean."""
    rows = [(i, integer(w), side) for i, w, side in zip(verdict.indices, verdict.weights, verdict.sides, strict=True)]
    total = sum(w for w, side in zip(verdict.weights, verdict.sides, strict=True) if not side)
    of_left = [(w, v) for w, v, side in zip(verdict.weights, verdict.values, verdict.sides, strict=True) if not side]
    point = [sum((w * v[j] for w, v in of_left), Fraction(0)) / total for j in range(len(verdict.values[0]))]
    return {
        "left": [[i, w] for i, w, side in rows if not side], "right": [[i, w] for i, w, side in rows if side],
        "point": [float(value) for value in point], "exact": [str(value) for value in point],
        "equation": verdict.equation,
    }  # fmt: skip


def integer(value: int) -> int | str:
    """Return an integer that a page can hold: a long one as text."""
    return value if abs(value) <= LARGEST_INTEGER else str(value)


def two_classes_of(request: dict[str, Any], find: Find) -> tuple[Any, Any, tuple[str, ...] | None, tuple[str, ...]]:
    """Return rows, class numbers 0 and 1, and names of a request."""
    fields = with_table(request, find) if "table" in request else request
    for name in ("X", "y"):
        if name not in fields:
            raise problem("absent-field", name=name, what="the question", rule="there")
    X = rows_of(fields["X"])
    if len(X) > MOST_ROWS:
        raise problem("too-many", name="X", value=len(X), what="rows for a proof", most=MOST_ROWS)
    classes = texts("classes", fields.get("classes") or ["0", "1"], 2, "class")
    names = fields.get("names")
    known = None if names is None else texts("names", names, X.shape[1], "feature")
    return X, codes_of(fields["y"], len(X), 2), known, classes

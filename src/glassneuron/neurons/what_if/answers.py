"""What is handed out: changes of a row, and what the model answers after them."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.what_if.pieces import Found
from glassneuron.neurons.what_if.question import Question

LONGEST = 18  # characters of a number without an exponent
NOTHING = 1e-9  # of the largest change
DIGITS = (3, 4, 6, 9, 12, 15)
"""Of a change: how many are written at first, and then, until the numbers as they are written flip the answer too."""


@dataclass(frozen=True)
class Change:
    """One column of the row that changes.

    Attributes
    ----------
    name : str
    before, after : float, or str for a text
    written : str
        `after` in as few digits as flip the answer, too: rounded away from `before`.
    note : str
        Where rows were given: that no row goes so far, or that all have whole numbers and this is none.
    """

    name: str
    before: Any
    after: Any
    written: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Flip:
    """A row that is answered otherwise, and how it differs from the one that was asked about.

    Attributes
    ----------
    row : ndarray of shape (features,)
    changes : tuple of Change
        The largest first, in deviations.
    distance : float
        Euclidean, each feature in its deviations; in its own unit where the deviations are not known.
    certified : bool
        Whether no other change is smaller: proved, up to rounding.
    at_least : float
        No smaller distance flips the answer: proved. 0 where nothing is.
    answer_after : label or number
        What the model itself answers to the row.
    """

    row: Array
    changes: tuple[Change, ...]
    distance: float
    certified: bool
    at_least: float
    answer_after: Any

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        plain = {"row": self.row.tolist(), "changes": [asdict(change) for change in self.changes]}
        facts = {name: getattr(self, name) for name in ("distance", "certified", "at_least", "answer_after")}
        return plain | facts


def flip_of(question: Question, found: Found) -> Flip | None:
    """Return what was found as a person wants it."""
    if found.row is None:
        return None
    row = _tidied(question, found.row)
    steps = np.abs(row - question.row) / question.scale
    columns = question.reader.columns
    changed = np.unique(question.owner[row != question.row]).tolist()
    far = {c: math.hypot(*steps[list(columns[c].features)].tolist()) for c in changed}
    order = sorted(changed, key=lambda c: -far[c])
    numbers = [c for c in order if not columns[c].values]
    written = _written(question, row, [columns[c].features[0] for c in numbers])
    changes = []
    for c in order:
        if columns[c].values:
            before, after = question.text(c, question.row), question.text(c, row)
            old, new = (None if place is None else columns[c].values[place] for place in (before, after))
            changes.append(Change(columns[c].name, old, new, str(new)))
        else:
            (j,) = columns[c].features
            before, after = columns[c].written(question.row[j]), columns[c].written(row[j])
            text = after if isinstance(after, str) else written[j]
            changes.append(Change(columns[c].name, before, after, text, _note(question, j, row[j])))
    return Flip(row, tuple(changes), found.distance, found.certified, found.at_least, question.told(row))


def _tidied(question: Question, row: Array) -> Array:
    """Take back changes that are nothing beside the others, where the answer stays flipped without them."""
    steps = np.abs(row - question.row) / question.scale
    small = (steps > 0.0) & (steps < NOTHING * steps.max()) & question.numeric
    tidy = np.where(small, question.row, row)
    return tidy if small.any() and question.flips(tidy) else row


def _note(question: Question, j: int, value: float) -> str:
    reader = question.reader
    if reader.least is None or reader.most is None or reader.integers is None:
        return ""
    if value < reader.least[j] or value > reader.most[j]:
        return f"{'below' if value < reader.least[j] else 'above'} every row"
    return "a whole number in every row" if reader.integers[j] and value != round(value) else ""


def _written(question: Question, row: Array, features: list[int]) -> dict[int, str]:
    """Write changed numbers short, rounded away from the row, so that what is written flips the answer too."""
    for digits in DIGITS:
        texts = {j: _outward(question.row[j], row[j], digits) for j in features}
        rounded = row.copy()
        for j, text in texts.items():
            rounded[j] = float(text)
        inside = (rounded >= question.low) & (rounded <= question.high)
        if inside[features].all() and question.flips(rounded):
            return texts
    return {j: repr(float(row[j])) for j in features}


def _outward(before: float, after: float, digits: int) -> str:
    """Round a number away from another one, to so many digits of their difference.

    Examples
    --------
    >>> _outward(40.0, 41.2345, 2), _outward(40.0, 38.7655, 2), _outward(40.0, 43.0, 2)
    ('41.3', '38.7', '43')
    """
    quantum = Decimal(1).scaleb(math.floor(math.log10(abs(after - before) or 1.0)) - digits + 1)
    steps = (Decimal(float(after)) / quantum).to_integral_value(ROUND_CEILING if after > before else ROUND_FLOOR)
    text = f"{steps * quantum:f}"
    if len(text) > LONGEST:
        return f"{(steps * quantum).normalize():e}"
    return text.rstrip("0").rstrip(".") if "." in text else text

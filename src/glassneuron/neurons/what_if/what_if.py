"""`gn.what_if`: what moved an answer, and the smallest change of the row that flips it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine.arrays import Array, one_row, refuse_not_finite
from glassneuron.errors import problem
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.what_if.along import alone
from glassneuron.neurons.what_if.answers import Flip, flip_of
from glassneuron.neurons.what_if.changes import fewest, gains, smallest
from glassneuron.neurons.what_if.contributions import Contributions, contributions
from glassneuron.neurons.what_if.pieces import Found
from glassneuron.neurons.what_if.question import Question, ask
from glassneuron.neurons.what_if.reader import read
from glassneuron.neurons.what_if.wording import Words, html_of, text_of

KNOWN = 3  # columns alone, and rows of the table, where the search of a network begins


@dataclass(frozen=True)
class Single:
    """What one column can do alone.

    Attributes
    ----------
    name : str
    flip : Flip or None
        The smallest change of this column alone that flips the answer.
    why_none : str
        Where there is none, why.
    """

    name: str
    flip: Flip | None
    why_none: str = ""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """One answer: what moved it, and what would flip it.

    Attributes
    ----------
    answer : label or number
    names : tuple of str
        The features.
    row : ndarray of shape (features,)
    contributions : Contributions
    flip : Flip or None
        The smallest change that flips the answer.
    why_none : str
        Where there is none, why.
    fewest : Flip or None
        A flip that changes as few columns as possible.
    fewest_proved : bool
        Whether fewer columns are proved not to do.
    single : tuple of Single
        Each column alone, those with the largest contributions first.
    deviations : bool
        Whether distances count deviations; else each feature counts in its own unit.
    """

    answer: Any
    names: tuple[str, ...]
    row: Array
    contributions: Contributions
    flip: Flip | None
    why_none: str
    fewest: Flip | None
    fewest_proved: bool
    single: tuple[Single, ...]
    deviations: bool
    words: Words

    def __str__(self) -> str:
        return text_of(self)

    def _repr_html_(self) -> str:
        return html_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, unrounded."""
        singles = [
            {"name": each.name, "flip": each.flip and each.flip.to_dict(), "why_none": each.why_none}
            for each in self.single
        ]
        return {
            "answer": self.answer,
            "names": list(self.names),
            "row": self.row.tolist(),
            "contributions": asdict(self.contributions),
            "flip": self.flip and self.flip.to_dict(),
            "why_none": self.why_none,
            "fewest": self.fewest and self.fewest.to_dict(),
            "fewest_proved": self.fewest_proved,
            "single": singles,
            "deviations": self.deviations,
        }


def what_if(
    model: Any,
    row: ArrayLike,
    *,
    locked: Sequence[str | int] | str | int = (),
    ranges: Mapping[str | int, Any] | None = None,
    whole: Sequence[str | int] | str | int = (),
    to: Any = None,
    rows: ArrayLike | None = None,
) -> WhatIf:
    """Say what moved the answer to a row, and find the smallest change of the row that flips it.

    Each feature counts in its deviations, where the model knows them or `rows` tell them, and in its own unit
    otherwise. The smallest change is exact for neurons; for networks of relu or step neurons it is proved to be the
    smallest where their linear pieces are few enough to be searched; of other networks it is the best that was found.
    Whatever is found was given to the model, which answers otherwise.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Layer, Network, Model, or a fitted estimator of the package
        A neuron flips where its sum changes sides of 0, several where another sum is the largest.
    row : array_like of shape (features,)
    locked : names or numbers of features that must not change, optional
    ranges : dict, optional
        How far a feature may go, such as ``{"age": (18, 90), "colour": ["red", "blue"]}``; None leaves an end open.
    whole : names or numbers of features that are whole numbers, optional
    to : label or number, optional
        The class to be reached; of a model that answers with a number, the number that the answer is to reach.
    rows : array_like of shape (rows, features), optional
        Rows of the table: they tell how far values go, and means and deviations where the model does not know them.

    Returns
    -------
    WhatIf

    Raises
    ------
    ParameterError, ParameterTypeError, DataError
        If a name, a range or a class is none of the model's.

    References
    ----------
    Wachter, Mittelstadt & Russell (2018), Harvard Journal of Law & Technology 31(2):841-887.

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> n = Neuron([2, 1], -7.25, "step", names=["salary", "savings"])
    >>> print(what_if(n, [2, 2], ranges={"savings": (0, 10)}))
    The answer is 0: the sum is -1.25, below 0.
    <BLANKLINE>
    What moved the sum
      salary   2     +4
      savings  2     +2
      bias        -7.25
      the sum     -1.25
    <BLANKLINE>
    The smallest change that flips it to 1 (0.559 in the features' own units; proved to be the smallest)
      salary   2 -> 2.5
      savings  2 -> 2.25
    <BLANKLINE>
    One column alone
      salary   2 -> 2.625
      savings  2 -> 3.25
    """
    reader = read(model, rows)
    values = one_row(in_order(row, reader.names)).astype(np.float64)
    if len(values) != len(reader.names):
        raise problem("inputs", expected=len(reader.names), got=len(values))
    refuse_not_finite(values, "row")
    if reader.binary and not np.isin(values, (0.0, 1.0)).all():
        place = int(np.flatnonzero(~np.isin(values, (0.0, 1.0)))[0])
        raise problem("not-bits", value=float(values[place]), where=f"position {place}")
    question = ask(reader, values, locked, {} if ranges is None else ranges, whole, to)
    parts = contributions(question)
    places = {column.name: c for c, column in enumerate(reader.columns)}
    order = [places[each.name] for each in parts.columns]
    singles = {c: alone(question, c) for c in order}
    lone = sorted((each for each in singles.values() if each.row is not None), key=lambda each: each.distance)
    known = [each.row for each in lone[:KNOWN] if each.row is not None]
    found = smallest(question, [*known, *question.rows_that_flip(KNOWN)])
    few, proved = fewest(question, found, list(singles.values()))
    flip = flip_of(question, found)
    moved = [gains(question, C) for C, _ in question.goals if reader.alone and len(C) == 1]
    why = "" if flip else _why_none(question, found.certified, moved)
    return WhatIf(
        question.told(values), reader.names, values, parts, flip, why,
        flip_of(question, few), proved,
        tuple(_single(question, c, singles[c], moved) for c in singles),
        reader.deviations is not None, _words(question),
    )  # fmt: skip


def _single(question: Question, c: int, found: Found, moved: list[Array]) -> Single:
    name, flip = question.reader.columns[c].name, flip_of(question, found)
    if flip is not None:
        return Single(name, flip)
    if not question.free(c):
        return Single(name, None, "locked")
    return Single(name, None, _why_none(question, found.certified, [by[c : c + 1] for by in moved]))


def _why_none(question: Question, certified: bool, moved: list[Array]) -> str:
    """Say why no change flips the answer; by how much columns can move the sums of neurons is known."""
    reader = question.reader
    if reader.labels is None and question.wanted is None:
        return "the answer is a number: say with `to` which number it is to reach"
    if reader.labels is not None and len(reader.labels) == 1:
        return "the model knows one class only"
    if not any(map(question.free, range(len(reader.columns)))):
        return "every feature is locked"
    if not certified:
        return "none was found; that is no proof that there is none"
    if len(moved) < len(question.goals):
        return "nothing within what may change does, which is proved"
    if not any((C @ reader.layers[0][0]).any() for C, _ in question.goals):
        return "all weights are 0, so every row has the same sum" + "s" * (len(question.at_row) > 1)
    pairs = zip(question.goals, moved, strict=True)
    reach = max(float((C @ question.at_row + d)[0] + by.sum()) for (C, d), by in pairs)
    if len(question.at_row) > 1:
        return f"every other sum stays behind, by {format_short(-reach)} at least"
    (C, d), *_ = question.goals
    extreme, least = float((reach - d[0]) / C[0, 0]), "at most" if C[0, 0] > 0.0 else "at least"
    if not np.isfinite(extreme):
        return "it would take a number that is too large"
    what = "the answer" if reader.labels is None else "the sum"
    return f"{what} is {format_short(extreme)} {least}"


def _words(question: Question) -> Words:
    reader, z = question.reader, question.at_row
    if reader.labels is None or len(z) > 1 or len(reader.labels) == 1:
        return Words("", reader.binary)
    tie = "a tie fires" if reader.tie_fires else "a tie does not fire here"
    return Words("above 0" if z[0] > 0.0 else "below 0", reader.binary, tie)

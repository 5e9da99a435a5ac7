"""`gn.what_moved`: in words, what pushed an answer up and what pulled it down, against the average row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine.arrays import one_row, refuse_not_finite
from glassneuron.errors import problem
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.explain.numbers import format_probability, format_short
from glassneuron.neurons.what_if.contributions import Contribution, Contributions, contributions
from glassneuron.neurons.what_if.question import Question, ask
from glassneuron.neurons.what_if.reader import read
from glassneuron.neurons.what_if.wording import signed

MOST_LISTED = 6  # columns on either side
ROUNDING = 1e-9


@dataclass(frozen=True)
class Moved:
    """What moved one answer away from that to the average row.

    Attributes
    ----------
    answer : label or number
    contributions : Contributions
        How much of the sum each column brought.
    toward : tuple of two texts
        What a larger and a smaller sum speak for.
    exact : bool
        Whether the parts are those of one weighted sum. Of a network they are averages of slopes on the straight way
        from the average row to this one (integrated gradients), or what is lost where one column is put back.
    slopes : bool
        Whether a network's parts come from slopes.
    average_answer : label or number
        That to the average row.
    probability, average_probability : float or None
        Of what a larger sum speaks for, here and in the average row.
    """

    answer: Any
    contributions: Contributions
    toward: tuple[str, str]
    exact: bool
    slopes: bool
    average_answer: Any
    probability: float | None = None
    average_probability: float | None = None

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, unrounded."""
        return {name: value for name, value in asdict(self).items() if name not in ("exact", "slopes")} | {
            "method": _method(self)
        }


def what_moved(model: Any, row: ArrayLike, *, rows: ArrayLike | None = None) -> Moved:
    r"""Say what pushed the answer to a row up, and what pulled it down, against the average row.

    .. math:: z(x) - z(\bar x) = \sum_j w_j (x_j - \bar x_j)

    For neurons this is all there is to say. A network's part of a column is the integrated gradient

    .. math:: (x_j - \bar x_j) \int_0^1 \frac{\partial z}{\partial x_j} (\bar x + t (x - \bar x))\, dt

    and the parts add up to the same difference, which is checked and said.

    Parameters
    ----------
    model : Neuron, Layer, Network, Model, or a fitted estimator of the package
    row : array_like of shape (features,)
    rows : array_like of shape (rows, features), optional
        Rows to take the average of, where the model does not know it; without them it is a row of zeros.

    Returns
    -------
    Moved

    References
    ----------
    Sundararajan, Taly & Yan (2017), Axiomatic attribution for deep networks, ICML.

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> n = Neuron([2.0, -1.0], 0.5, names=["salary", "debts"])
    >>> print(what_moved(n, [3.0, 1.0], rows=[[1.0, 1.0], [2.0, 4.0]]))
    The average row has a sum of 1, which is a probability of 0.731 of 1. Against it,
      toward 1  salary is 3, above its mean 1.5    +3
                debts is 1, below its mean 2.5   +1.5
    which makes a sum of 5.5: a probability of 0.996 of 1.
    """
    reader = read(model, rows)
    values = one_row(in_order(row, reader.names)).astype(np.float64)
    if len(values) != len(reader.names):
        raise problem("inputs", expected=len(reader.names), got=len(values))
    refuse_not_finite(values, "row")
    question = ask(reader, values, (), {}, (), None)
    found = contributions(question)
    usual = np.zeros(len(values)) if reader.means is None else reader.means
    average = ask(reader, usual.astype(np.float64), (), {}, (), None)
    smooth = all(name != "step" for _, _, name in reader.layers)
    probabilities = [_sigmoid(found.total), _sigmoid(found.start)] if _is_sigmoid(question) else [None, None]
    return Moved(
        question.told(values), found, _toward(question, found), reader.alone, smooth, average.told(usual),
        *probabilities,
    )  # fmt: skip


def _is_sigmoid(question: Question) -> bool:
    return question.reader.layers[-1][2] == "sigmoid" and len(question.at_row) == 1


def _sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z)) if z >= 0 else math.exp(z) / (1.0 + math.exp(z))


def _toward(question: Question, found: Contributions) -> tuple[str, str]:
    labels = question.reader.labels
    if labels is None:
        return "up", "down"
    if len(question.at_row) == 1:
        return f"toward {labels[-1]}", f"toward {labels[0]}"
    rival = found.of.removeprefix(f"the lead of {labels[question.answer]} over ")
    return f"toward {labels[question.answer]}", f"toward {rival}"


def _lines(moved: Moved) -> Iterator[str]:
    found = moved.contributions
    of = "an answer" if found.of == "the answer" else "a sum" if found.of == "the sum" else found.of
    start = (
        "The average row" if found.start_name != "a row of zeros" and found.start_name != "bias" else "A row of zeros"
    )
    said = f"has {of} of {format_short(found.start)}"
    if of == found.of:  # a lead
        said = f"would make {of} {format_short(found.start)}"
    yield f"{start} {said}{_chance(moved, moved.average_probability, 'which is ')}. Against it,"
    least = ROUNDING * max((abs(each.effect) for each in found.columns), default=0.0)  # what a mean in a gap leaves
    sides = [
        (moved.toward[0], [each for each in found.columns if each.effect > least]),
        (moved.toward[1], [each for each in found.columns if each.effect < -least]),
    ]
    width = max((len(name) for name, each in sides if each), default=0)
    cells: list[tuple[str, str, str]] = []
    for name, each in sides:
        rest = each[MOST_LISTED:]
        lines = [(_sentence(one), signed(one.effect)) for one in each[:MOST_LISTED]]
        if rest:
            lines.append((f"{len(rest)} more", signed(sum(one.effect for one in rest))))
        cells += [(name if k == 0 else "", *line) for k, line in enumerate(lines)]
    words = max((len(line[1]) for line in cells), default=0)
    numbers = max((len(line[2]) for line in cells), default=0)
    for name, sentence, effect in cells:
        yield f"  {name:<{width}}  {sentence:<{words}}  {effect:>{numbers}}"
    if not cells:
        yield "  nothing moves it: the row is the average one, or all weights are 0"
    total = format_short(found.total)
    end = f"which makes {of} of {total}" if of != found.of else f"which makes {of} {total}"
    yield f"{end}{_chance(moved, moved.probability, '')}."
    yield from _how(moved)


def _chance(moved: Moved, probability: float | None, words: str) -> str:
    if probability is None:
        return ""
    of = moved.toward[0].removeprefix("toward ")
    joint = ", " if words else ": "
    return f"{joint}{words}a probability of {format_probability(probability)} of {of}"


def _sentence(one: Contribution) -> str:
    if one.value is None:
        return f"{one.name} is none of its texts"
    if isinstance(one.value, str):
        return f"{one.name} is {one.value}"
    value = f"{one.name} is {one.value:.6g}"
    if one.usual is None:
        return value
    side = "above" if one.value > one.usual else "below"
    return f"{value}, {side} its mean {format_short(one.usual)}"


def _method(moved: Moved) -> str:
    return "weighted sum" if moved.exact else "integrated gradients" if moved.slopes else "one column put back"


def _how(moved: Moved) -> Iterator[str]:
    """Say how a network was taken apart, and how well the parts add up."""
    if moved.exact:
        return
    found = moved.contributions
    if moved.slopes:
        yield "The parts are averages of slopes on the straight way from the average row to this one (integrated"
        off = abs(found.together)
        close = "exactly" if off <= ROUNDING * (1.0 + abs(found.total)) else f"to within {off:.2g}"
        yield f"gradients); they add up to the difference {close}."
    else:
        yield "A part is what is lost where this column alone is put back to its mean; steps have no slope, so the"
        yield f"parts need not add up: {signed(found.together)} is left over."

"""Whether a step neuron with some parameters held can have every row right: what to move, or why nothing helps.

Row i demands z >= 0 if it has to fire, and z < 0 if not; z is what the held parameters make of it, plus the free ones
times their inputs. All is decided in exact arithmetic, 0.1 being one tenth as it stands on the page, and what is
suggested is tried with the kernels before it is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.proofs.certificates import number
from glassneuron.proofs.exact.simplex import feasible_weights
from glassneuron.views.playground.specs import Find, numbers, short
from glassneuron.views.playground.verdicts import integer, two_classes_of

MOST_PARAMETERS = 12
"""Parameters up to which a hint is worked out."""
MOST_COMBINED = 4
"""Free parameters up to which all choices of those to move are tried."""
LONGEST = 120
"""Characters of an equation in a sentence."""
STEPS = tuple(Fraction(1, n) for n in (1, 2, 4, 10, 20, 100, 1000))
"""Values that a person likes are multiples of one of these, the earlier the better."""


@dataclass(frozen=True)
class Question:
    """The rows of a table, each with a 1 behind it for the bias, and which of them have to fire; all exact."""

    rows: tuple[tuple[Fraction, ...], ...]
    fires: tuple[bool, ...]
    floats: list[list[float]]

    @classmethod
    def of(cls, X: Array, y: Array) -> Question:
        """Take a table."""
        rows = tuple(tuple(map(exactly, [*row, 1.0])) for row in X.tolist())
        return cls(rows, tuple(bool(code) for code in y), X.tolist())

    def solved_by(self, theta: Sequence[float]) -> bool:
        """Return whether a neuron has every row right, by the kernels."""
        *w, b = theta
        return all(
            (kernels.weighted_sum(w, b, x) >= 0.0) == fires for x, fires in zip(self.floats, self.fires, strict=True)
        )

    def held(self, theta: Sequence[Fraction], free: Sequence[int]) -> list[Fraction]:
        """Return what the parameters that are not free make of each row."""
        fixed = [j for j in range(len(theta)) if j not in free]
        return [sum((theta[j] * row[j] for j in fixed), Fraction(0)) for row in self.rows]

    def solve(
        self, theta: Sequence[Fraction], free: Sequence[int], *, clearly: bool = False
    ) -> tuple[list[Fraction] | None, list[int]]:
        """Find values for the free parameters, or multipliers of the rows that show that there are none.

        With `clearly`, no row may lie on the boundary; then rounding cannot tip it over.
        """
        columns = []
        for row, fires, fixed in zip(self.rows, self.fires, self.held(theta, free), strict=True):
            column = [*(row[j] for j in free), fixed]
            columns.append(column if fires else [-cell for cell in column])
        columns.append([Fraction(0)] * len(free) + [Fraction(1)])  # the held part counts once: its factor is above 0
        strict = [clearly or not fires for fires in self.fires] + [True]
        weights, multipliers = feasible_weights(columns, strict)
        if weights is None:
            return None, multipliers[:-1]
        return [value / weights[-1] for value in weights[:-1]], []


def exactly(value: float) -> Fraction:
    """Return a number as it stands on the page.

    Examples
    --------
    >>> exactly(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(value))


def hint(request: dict[str, Any], find: Find) -> dict[str, Any]:
    """Answer: can it be done, which parameter to move first and where to, or the certificate that it cannot.

    Examples
    --------
    >>> AND = {"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [0, 0, 0, 1], "theta": [1, 1, -1]}
    >>> answer = hint({**AND, "locked": [True, True, False]}, {}.__getitem__)
    >>> answer["text"], answer["theta"]
    ('Move the bias down, from -1 to -1.5: then every row is right.', [1.0, 1.0, -1.5])
    >>> print(hint({**AND, "locked": [False, True, True]}, {}.__getitem__)["text"])
    No value of w1 helps: row 2 must not fire, but its sum is 0 whatever the free parameters are.
    """
    X, y, names, _ = two_classes_of(request, find)
    count = X.shape[1] + 1
    if count > MOST_PARAMETERS:
        raise problem("too-many", name="theta", value=count, what="parameters for a hint", most=MOST_PARAMETERS)
    for name in ("theta", "locked"):
        if name not in request:
            raise problem("absent-field", name=name, what="the question", rule="there")
    theta = numbers("theta", request["theta"], count, "one for each weight and one for the bias").tolist()
    locked = request["locked"]
    if not isinstance(locked, list) or len(locked) != count or not all(isinstance(each, bool) for each in locked):
        raise problem("parameter", name="locked", rule=f"a list of {count} times true or false", value=short(locked))
    called = [*(names or [f"w{j + 1}" for j in range(count - 1)]), "the bias"]
    if names is not None:
        called[:-1] = [f"the weight of {name}" for name in names]
    return _answer(Question.of(X, y), theta, [j for j in range(count) if not locked[j]], called)


def _answer(question: Question, theta: list[float], free: list[int], called: list[str]) -> dict[str, Any]:
    if question.solved_by(theta):
        return _possible("Every row is right already.", theta, None)
    exact = [exactly(value) for value in theta]
    anywhere, multipliers = question.solve(exact, free)
    if anywhere is None:
        return _impossible(question, exact, free, multipliers, called)
    solution = _solution(question, theta, exact, free)
    if solution is None:  # on a knife's edge, which the floats of a page cannot meet
        found = exact[:]
        for j, value in zip(free, anywhere, strict=True):
            found[j] = value
        text = "It can be done, but only with numbers so exact that rounding spoils them."
        return _possible(text, [float(value) for value in found], None)
    moved = [j for j in free if solution[j] != theta[j]]
    first = moved[0]
    way = "up" if solution[first] > theta[first] else "down"
    where = f"from {format_short(theta[first])} to {format_short(solution[first])}"
    text = f"Move {called[first]} {way}, {where}: then every row is right."
    if len(moved) > 1:
        others = ", ".join(f"{called[j]} to {format_short(solution[j])}" for j in moved[1:])
        text = f"One move is not enough. Move {called[first]} {way}, {where}; then {others}."
    return _possible(text, solution, {"parameter": first, "from": theta[first], "to": solution[first], "way": way})


def _possible(text: str, theta: list[float], move: dict[str, Any] | None) -> dict[str, Any]:
    return {"possible": True, "text": text, "move": move, "theta": theta, "certificate": None}


def _solution(question: Question, theta: list[float], exact: list[Fraction], free: list[int]) -> list[float] | None:
    """Find parameters that are right on every row: by one move where that is enough, and to values that a person likes.

    Of few parameters as few as can be are moved, of many all.
    """
    sizes = range(1, len(free) + 1) if len(free) <= MOST_COMBINED else (1, len(free))
    for clearly in (True, False):
        for size in sizes:
            found = []
            for some in combinations(free, size):
                for values in _values(question, exact, some, clearly):
                    candidate = theta[:]
                    for j, value in zip(some, values, strict=True):
                        candidate[j] = float(value)
                    if question.solved_by(candidate):
                        found.append((sum(abs(a - b) for a, b in zip(candidate, theta, strict=True)), candidate))
                        break
            if found:
                return min(found)[1]
    return None


def _values(
    question: Question, exact: list[Fraction], some: tuple[int, ...], clearly: bool
) -> Iterator[list[Fraction]]:
    """Yield values of some parameters, the others held, that are right on every row; the more liked come first."""
    if len(some) == 1:
        value = _between(*_interval(question, exact, some[0]), exact[some[0]])
        if value is not None:
            yield [value]
        return
    anywhere, _ = question.solve(exact, some, clearly=clearly)
    if anywhere is None:
        return
    if len(some) > MOST_COMBINED:
        for digits in range(1, 17):
            yield [Fraction(f"{float(value):.{digits}g}") for value in anywhere]
    else:
        yield _one_by_one(question, exact, some, anywhere, clearly)
    yield anywhere


def _one_by_one(
    question: Question, exact: list[Fraction], some: tuple[int, ...], known: list[Fraction], clearly: bool
) -> list[Fraction]:
    """Choose a plain value for one parameter after the other, such that values for the rest remain."""
    theta, values = exact[:], list[Fraction]()
    for place, j in enumerate(some[:-1]):
        for value in _liked(theta[j], known[place]):
            theta[j] = value
            rest, _ = question.solve(theta, some[place + 1 :], clearly=clearly)
            if rest is not None:
                known = [*values, value, *rest]
                break
        else:
            theta[j] = known[place]
        values.append(theta[j])
    last = _between(*_interval(question, theta, some[-1]), theta[some[-1]])
    return [*values, known[-1] if last is None else last]


def _liked(now: Fraction, known: Fraction) -> Iterator[Fraction]:
    """Yield values to try: plain ones, and those near to where the parameter stands first; last one that will do."""
    for step in STEPS[:4]:
        middle = round(now / step)
        for away in range(9):
            yield (middle + away) * step
            if away:
                yield (middle - away) * step
    for step in STEPS:
        yield round(known / step) * step


def _interval(question: Question, theta: list[Fraction], j: int) -> tuple[Fraction | None, Fraction | None]:
    """Return between which values of one parameter, the others held, every row is right; None where it has no end."""
    low, high = list[Fraction](), list[Fraction]()
    for row, fires, fixed in zip(question.rows, question.fires, question.held(theta, [j]), strict=True):
        if row[j]:
            (low if (row[j] > 0) == fires else high).append(-fixed / row[j])
    return max(low, default=None), min(high, default=None)


def _between(low: Fraction | None, high: Fraction | None, now: Fraction) -> Fraction | None:
    """Return a plain value inside an interval, near to where the parameter stands; None where it is empty."""
    if low is not None and high is not None and low >= high:
        return low if low == high else None
    for step in STEPS:
        first = None if low is None else (low // step + 1) * step
        last = None if high is None else -((-high) // step + 1) * step
        if first is None or last is None or first <= last:
            nearest = round(now / step) * step
            nearest = nearest if first is None else max(nearest, first)
            return nearest if last is None else min(nearest, last)
    assert low is not None
    assert high is not None
    return (low + high) / 2


def _impossible(
    question: Question, theta: list[Fraction], free: list[int], multipliers: list[int], called: list[str]
) -> dict[str, Any]:
    """Say why no values of the free parameters help: rows whose demands, added up, contradict each other.

    The free parameters cancel in the sum of the rows that have to fire minus those that must not, each taken so many
    times. Each demand is met only if that sum is 0 or more (above 0 if a row that must not fire takes part), but it
    has the `total` that the held parameters give it.
    """
    held = question.held(theta, free)
    rows = [(i, m) for i, m in enumerate(multipliers) if m]
    signed = [(i, m if question.fires[i] else -m) for i, m in rows]
    total = sum((m * held[i] for i, m in signed), Fraction(0))
    above = any(m < 0 for _, m in signed)
    equation = _equation(signed, total)
    certificate = {
        "left": [[i, integer(-m)] for i, m in signed if m < 0], "right": [[i, integer(m)] for i, m in signed if m > 0],
        "total": float(total), "exact": str(total), "above": above, "equation": equation,
    }  # fmt: skip
    if len(rows) == 1:
        i = rows[0][0]
        must = "has to fire" if question.fires[i] else "must not fire"
        why = f"row {i + 1} {must}, but its sum is {number(held[i])} whatever the free parameters are."
    else:
        which = join([str(i + 1) for i, _ in rows])
        needed = "above 0" if above else "0 or more"
        short_one = len(equation) <= LONGEST
        added = f"in {equation} (z is the sum of a row)" if short_one else f"where rows {which} are added up, weighted,"
        why = f"{added} the free parameters cancel out; if rows {which} were right, it would be {needed}."
    some = join([called[j] for j in free])
    start = f"No value{'s' * (len(free) > 1)} of {some} help{'s' * (len(free) == 1)}" if free else "Nothing is free"
    return {"possible": False, "text": f"{start}: {why}", "move": None, "theta": None, "certificate": certificate}


def join(words: list[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> join(["w1", "w2", "the bias"]), join(["w1"])
    ('w1, w2 and the bias', 'w1')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _equation(signed: list[tuple[int, int]], total: Fraction) -> str:
    terms = [f"{'' if abs(m) == 1 else f'{abs(m)}·'}z{i + 1}" for i, m in signed]
    pairs = sorted(zip(terms, signed, strict=True), key=lambda pair: pair[1][1] < 0)
    text = ("-" if pairs[0][1][1] < 0 else "") + pairs[0][0]
    for term, (_, m) in pairs[1:]:
        text += f" {'-' if m < 0 else '+'} {term}"
    return f"{text} = {number(total)}"

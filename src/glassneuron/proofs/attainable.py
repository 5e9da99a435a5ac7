"""What a training that did not converge could still reach: whether more epochs can help, or no weights exist."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken, true_places
from glassneuron.neurons.scaling import Scaling
from glassneuron.proofs.budget import OF_MANY, Budget, worth_a_look, worth_a_try, worth_deciding_at_once
from glassneuron.proofs.certificates import NotSeparable, Separable, Undecided
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable, is_one
from glassneuron.proofs.geometry.working_set import NEAREST, spread
from glassneuron.proofs.many_classes import Verdict, jointly
from glassneuron.proofs.mistake_bound import mistake_bound
from glassneuron.proofs.separability import (
    FEW_NUMBERS,
    Boundary,
    Contradiction,
    InPassing,
    at_once,
    in_passing,
    two_classes,
)

MOST_CELLS_JOINTLY = 50_000
"""Cells times classes up to which all classes are decided jointly in passing; ten times as many can take minutes."""
FEWEST, ROWS_AN_UNKNOWN, LARGE = (120, 1000), 20, 1.5
"""Rows by which it is decided in passing, at least, and for each unknown, first; of tables with so many times as many.
Noisy labels that many rows have, those few have as well: the fewest are asked where mistakes are many."""
MUCH = 0.5
"""Hope, up to 1, from which on a boundary is looked for before a contradiction."""
ENOUGH = 4096
"""Rows that tell which two classes are taken for each other most."""
MISTAKES, WRONG_ALONE, WRONG = 0.5, 0.03, 0.04
"""Mistakes for each unknown from which on the two are asked alone; and the share of their rows that is wrong, where
asking all classes at once is out of reach, and where it is not. Of drawn tables none was refuted below 3 percent."""
UNDECIDED = {
    None: "whether any neuron can is undecided",
    True: "a neuron can, it seems, which is not proven",
    False: "no neuron can, it seems, which is not proven",
}
TOO_LONG = (
    "a neuron can, with every digit of the table; but floats, which hold about 16, lose those that tell the classes "
    "apart: subtract a constant from columns of such long numbers"
)
JOINTLY = {
    True: "it can: there are weights with which the largest sum is right on every row",
    False: "no neuron can: even with one for each class, the largest sum cannot be right on every row",
    None: "whether any neurons can is undecided",
}


@dataclass(frozen=True)
class Attainable:
    """Whether neurons could have every row right, or None where that is undecided; `why` says it in a sentence.

    `bound` is the number of mistakes, in all, after which a perceptron must have every row right, where it is known.
    `likely` is what floating point believes where it is undecided. `weights`, of shape (neurons that were asked about,
    features + 1), the bias last, have every row right, as is proven or believed; None where none were found.
    """

    attainable: bool | None
    why: str
    bound: float | None = None
    likely: bool | None = None
    weights: Array | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return self.why


def attainable(
    table: ExactTable,
    codes: Array,
    fires_for: Array,
    classes: Sequence[Any],
    learned_on: Array | None = None,
    *,
    largest_wins: bool = False,
    budget: Budget | None = None,
    near: Array | None = None,
    hope: float = 1.0,
) -> Attainable:
    """Decide whether more epochs can help.

    `codes` gives the class of each row, and `fires_for` the class for which each neuron should fire, both as positions
    in `classes`. `learned_on`, for the bound, is the rows as the perceptron saw them, if it started at zero and learned
    its bias. `largest_wins` asks, of more than two classes, whether the largest sum can be right on every row, rather
    than whether each neuron can tell its class from the rest. With a `budget` it may be undecided. Weights that are
    `near` to having every row right, one row a neuron, the bias last, shorten the search; where there is `hope`, a
    boundary beside theirs that has them all right is looked for, and where there is much, first of all.

    The table counts to its last digit, as in `separability`. Where that is more than floats hold, and neurons of floats
    cannot have every row right, that is said too.
    """
    if budget is not None and not _worth_a_try(
        table, budget, len(fires_for), together=largest_wins, near=near is not None, hope=hope
    ):
        return Attainable(None, UNDECIDED[None])

    def decided(table: ExactTable, learned_on: Array | None) -> Attainable:
        return _attainable(
            table, codes, fires_for, classes, learned_on,
            largest_wins=largest_wins, budget=budget, near=near, hope=hope,
        )  # fmt: skip

    found = decided(table, learned_on)
    if found.attainable is False or not table.verbatim:
        return found
    rounded = decided(table.rounded(), None)
    if rounded.attainable is False and found.attainable:
        return Attainable(None, TOO_LONG, None, likely=False)
    return found


def _attainable(
    table: ExactTable,
    codes: Array,
    fires_for: Array,
    classes: Sequence[Any],
    learned_on: Array | None,
    *,
    largest_wins: bool,
    budget: Budget | None,
    near: Array | None,
    hope: float,
) -> Attainable:
    if largest_wins and budget is not None and len(fires_for) > 1:
        if near is not None and (of_two := _refused_pair(table, codes, classes, budget, near, hope)):
            return of_two
        joint = jointly(table, codes, [], {}, budget, near, hopeful=hope > 0.0)
        why = JOINTLY[joint.separable] if joint.likely is None else UNDECIDED[joint.likely]
        floats = _as_floats(joint.weights) if joint.floats is None else joint.floats
        return Attainable(joint.separable, why, None, joint.likely, floats)
    verdicts = [
        _decided(TwoClassTable(table, is_one(codes, c), ("the rest", classes[c])), budget, _of_neuron(near, k), hope)
        for k, c in enumerate(fires_for.tolist())
    ]
    refused = [v for v in verdicts if isinstance(v, NotSeparable | Contradiction)]
    if largest_wins and len(verdicts) > 1:
        if refused and codes.size * table.floats.shape[1] * len(verdicts) > MOST_CELLS_JOINTLY:
            return Attainable(
                None,
                "whether the largest sum can be right on every row takes long to decide for a table of this size; "
                f"alone, {_refusal(refused, len(verdicts))}",
            )
        joint = jointly(table, codes, [v for v in verdicts if not isinstance(v, InPassing)], {})
        return Attainable(joint.separable, JOINTLY[joint.separable])
    if refused:
        return Attainable(False, _refusal(refused, len(verdicts)))
    if any(isinstance(v, Undecided) for v in verdicts):
        return _believed(verdicts)
    bounds = [None if learned_on is None else mistake_bound(learned_on, v.table.second, budget) for v in verdicts]
    bound = sum(math.inf if b is None else b for b in bounds)
    known = 0 < bound < 1e15
    limit = f", found after at most {math.floor(bound * (1 + 1e-9)):,} mistakes in all" if known else ""
    told = f"it can: there are weights that have every row right{limit}"
    return Attainable(True, told, bound if known else None, None, _weights_of(verdicts))


def _believed(verdicts: Sequence[Verdict | InPassing]) -> Attainable:
    """Return what floating point believes of several neurons, none of which is known not to exist."""
    believed = [v.likely if isinstance(v, Undecided) else v.separable for v in verdicts]
    likely = False if any(b is False for b in believed) else True if all(believed) else None
    return Attainable(None, UNDECIDED[likely], None, likely, _weights_of(verdicts))


def _of_neuron(near: Array | None, k: int) -> Array | None:
    return None if near is None else near[k]


def _as_floats(weights: Sequence[Sequence[Any]]) -> Array | None:
    """Return weights, the bias last, as floats; None where there are none, or none that floats can hold."""
    try:
        floats = np.array([[float(w) for w in row] for row in weights])
    except OverflowError:
        return None
    return floats if floats.size and np.isfinite(floats).all() else None


def _weights_of(verdicts: Sequence[Verdict | InPassing]) -> Array | None:
    """Return the weights that were found for each of several neurons, unless one has none."""
    found: list[Sequence[Any]] = []
    for verdict in verdicts:
        if isinstance(verdict, Boundary):
            found.append(verdict.weights.tolist())
        elif isinstance(verdict, Separable):
            found.append((*verdict.weights, verdict.bias))
        elif isinstance(verdict, Undecided) and verdict.weights is not None:
            found.append(verdict.weights.tolist())
        else:
            return None
    return _as_floats(found)


def _worth_a_try(table: ExactTable, budget: Budget, neurons: int, *, together: bool, near: bool, hope: float) -> bool:
    """Return whether the budget may do for a decision on some neurons, together or one by one."""
    rows, features = table.floats.shape
    if together and neurons > 1:
        of_two = near and _worth_asking(budget, (*_asked_first(table, hope), rows)[0], features, hope)
        return of_two or _in_reach(table, budget, neurons, near=near and hope > 0.0)
    each, unknowns = Budget(budget.left / neurons, budget.wrong), features + 1
    if hope > 0.0 and at_once(table.floats, hopeful=True):
        return worth_deciding_at_once(each, unknowns, rows)
    soon = near and hope > 0.0 and worth_a_look(each, unknowns, 2 * NEAREST, rows * features)
    return soon or _worth_asking(each, (*_asked_first(table, hope), rows)[0], features, hope)


def _worth_asking(budget: Budget, rows: int, features: int, hope: float) -> bool:
    """Return whether the budget may do for an answer about some rows; where there is no hope, it is to spare for it."""
    if hope > 0.0 and rows * features <= FEW_NUMBERS:
        return worth_deciding_at_once(budget, features + 1, rows)
    return worth_a_try(budget, features + 1, rows * features)


def _in_reach(table: ExactTable, budget: Budget, neurons: int, *, near: bool) -> bool:
    """Return whether the budget may do for all classes at once, of which roughly right weights may be known."""
    rows, features = table.floats.shape
    unknowns = neurons * (features + 1)
    soon = near and worth_a_look(budget, unknowns, 2 * NEAREST, rows * features, OF_MANY)
    return soon or worth_a_try(budget, unknowns, rows * features)


def _asked_first(table: ExactTable, hope: float) -> list[int]:
    """Return how many rows are asked first, in passing, and how many then: few of a large table."""
    each = ROWS_AN_UNKNOWN * (table.floats.shape[1] + 1)
    numbers = dict.fromkeys(max(least, each) for least in (FEWEST[1:] if hope > 0.0 else FEWEST))
    return [few for few in numbers if len(table) >= LARGE * few]


def _some_rows(X: Array, codes: Array) -> tuple[Array, Array]:
    """Return all of few rows, or some of many, evenly spread, in double precision."""
    step = -(-len(X) // ENOUGH)
    return X[::step].astype(np.float64, copy=False), np.asarray(codes[::step])


def _refused_pair(
    table: ExactTable, codes: Array, classes: Sequence[Any], budget: Budget, near: Array, hope: float
) -> Attainable | None:
    """Refute all classes by two of them, those that are taken for each other most often: a much smaller question.

    Where mistakes are few and hardly become fewer, however few they are: some labels may be wrong.
    """
    least, mistakes = WRONG_ALONE, MISTAKES * near.shape[1]
    if 0.0 < hope < MUCH:
        least, mistakes = 0.0, 1.0
    elif hope > 0.0 and _in_reach(table, budget, len(near), near=True):
        least = WRONG
    X, y = _some_rows(table.floats, codes)
    with np.errstate(over="ignore", invalid="ignore"):  # a boundary that is known may be beyond all bounds
        sums = X @ near[:, :-1].T + near[:, -1]
    at = np.arange(len(y))
    own, sums[at, y] = sums[at, y], -np.inf
    wrong = sums.max(axis=1) >= own
    mistaken = np.bincount(y[wrong] * len(near) + sums[wrong].argmax(axis=1), minlength=len(near) ** 2)
    mistaken = mistaken.reshape(len(near), -1)
    mistaken += mistaken.T
    np.fill_diagonal(mistaken, 0)
    a, b = sorted(divmod(int(mistaken.argmax()), len(near)))
    if mistaken[a, b] < max(mistakes, least * np.count_nonzero((y == a) | (y == b))):
        return None
    rows = true_places(row_by_row(lambda codes: (codes == a) | (codes == b), codes))
    hope = hope if hope < MUCH else 0.0
    pair = TwoClassTable(table.only(rows), is_one(taken(codes, rows), b), (classes[a], classes[b]))
    if not _worth_asking(budget, (*_asked_first(pair.rows, hope), len(rows))[0], X.shape[1], hope):
        return None
    verdict = _decided(pair, budget, near[b] - near[a], hope, only_refute=True)
    if isinstance(verdict, Undecided) and verdict.likely is False:
        return _believed([verdict])
    if not isinstance(verdict, NotSeparable | Contradiction):
        return None
    few = len(verdict.indices)
    return Attainable(
        False, f"no neuron can: {few} rows prove that no weights tell {classes[a]} from {classes[b]} in every row"
    )


def _decided(
    data: TwoClassTable, budget: Budget | None, near: Array | None, hope: float, *, only_refute: bool = False
) -> Verdict | InPassing:
    """Decide for two classes; in passing, first for few rows of a large table: what they contradict, all of them do.

    Where there is much hope, a look beside the known boundary comes before few of the rows; where there is little, all
    rows are decided about at once instead, if that may be.
    """
    if budget is None:
        return two_classes(data)
    if hope >= MUCH:
        verdict = in_passing(data, budget, near, only_refute=only_refute, hopeful=True)
        return _refuted_by_few(data, budget, near, hope) or verdict if _open(verdict) else verdict
    if few := _refuted_by_few(data, budget, near, hope):
        return few
    rows, features = data.rows.floats.shape
    sooner = rows * features <= FEW_NUMBERS and worth_deciding_at_once(budget, features + 1, rows)
    hopeful = hope > 0.0 and not (sooner or only_refute)
    return in_passing(data, budget, near, only_refute=only_refute, hopeful=hopeful)


def _open(verdict: Verdict | InPassing) -> bool:
    """Return whether nothing is known or believed yet."""
    return isinstance(verdict, Undecided) and verdict.likely is None


def _refuted_by_few(data: TwoClassTable, budget: Budget, near: Array | None, hope: float) -> Verdict | InPassing | None:
    """Return what few rows of a large table prove, or make believe, that no weights have right; None if they do not."""
    features = data.rows.floats.shape[1]
    for few in _asked_first(data.rows, hope):
        if _worth_asking(budget, few, features, hope):
            rows = spread(data.second, few // 2)
            part = TwoClassTable(data.rows.only(rows), taken(data.second, rows), data.classes)
            verdict = in_passing(part, budget, near, only_refute=True)
            if verdict.separable is False or (isinstance(verdict, Undecided) and verdict.likely is False):
                return verdict
    return None


def _refusal(refused: Sequence[NotSeparable | Contradiction], neurons: int) -> str:
    if neurons == 1:
        rows = len(refused[0].indices)
        return f"no neuron can: {rows} rows prove that no weights have every row right"
    return f"no neuron can tell {' or '.join(str(v.table.classes[1]) for v in refused)} from the rest"


def _rewritten(weights: Array, rewrite: Callable[[Array, Array], tuple[Array, Array]]) -> Array:
    """Rewrite weights, the bias last, for rows on another scale."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.column_stack(rewrite(weights[:, :-1], weights[:, -1]))


@dataclass(frozen=True)
class Decider:
    """What a training asks on its way: whether all neurons that are still wrong can have every row right.

    One that cannot is enough: no epoch will pass without a mistake.

    The fields are arguments of `attainable`; and `scaling` how the rows of the table were brought to one scale, where
    what learns has weights for rows on that.
    """

    table: ExactTable
    codes: Array
    fires_for: Array
    classes: Sequence[Any]
    largest_wins: bool = False
    scaling: Scaling | None = None

    def __call__(
        self, work: float, wrong: Array, near: Array | None = None, hope: float = 1.0, mistakes: float = math.inf
    ) -> Attainable:
        """Decide within so many multiply-adds, for the neurons with these numbers.

        Weights that are `near` to having every row right, one row for each neuron, the bias last, shorten the search;
        where there is `hope`, a boundary beside theirs that has them all right is looked for, and where there is much,
        first of all. They make about so many `mistakes`.

        Examples
        --------
        >>> import numpy as np
        >>> line = ExactTable(np.array([[0.0], [1.0], [2.0]]))
        >>> decide = Decider(line, np.array([0, 1, 2]), np.arange(3), "abc")
        >>> print(decide(1e9, np.array([1])))
        no neuron can tell b from the rest
        >>> decide(1e9, np.array([1, 2])).attainable, decide(1e9, np.array([0, 2])).attainable
        (False, True)
        >>> decide(10.0, np.array([1])).attainable is None
        True
        """
        if self.scaling is None:
            return self._decide(Budget(work, mistakes), wrong, near, hope)
        near = near if near is None else _rewritten(near, self.scaling.folded)
        found = self._decide(Budget(work, mistakes), wrong, near, hope)
        if found.weights is None:
            return found
        return replace(found, weights=_rewritten(found.weights, self.scaling.unfolded))

    def _decide(self, budget: Budget, wrong: Array, near: Array | None, hope: float) -> Attainable:
        """Decide with weights for the rows of the table."""
        fires_for = self.fires_for
        if len(fires_for) == 1 or self.largest_wins:
            return attainable(
                self.table, self.codes, fires_for, self.classes,
                largest_wins=self.largest_wins, budget=budget, near=near, hope=hope,
            )  # fmt: skip
        if not _worth_a_try(self.table, budget, max(1, len(wrong)), together=False, near=near is not None, hope=hope):
            return Attainable(None, UNDECIDED[None])
        verdicts: list[Verdict | InPassing] = []
        for k in wrong.tolist() or range(len(fires_for)):
            c = int(fires_for[k])
            rest = TwoClassTable(self.table, is_one(self.codes, c), ("the rest", self.classes[c]))
            verdict = _decided(rest, budget, _of_neuron(near, k), hope)
            if isinstance(verdict, NotSeparable | Contradiction):
                return Attainable(False, _refusal([verdict], len(fires_for)))
            verdicts.append(verdict)
            if verdict.separable and self.table.verbatim:
                rounded = TwoClassTable(self.table.rounded(), rest.second)
                if in_passing(rounded, budget).separable is False:
                    return Attainable(None, TOO_LONG, None, likely=False)
        if any(isinstance(v, Undecided) for v in verdicts):
            return _believed(verdicts)
        told = "it can: each neuron that is still wrong can tell its class from the rest"
        return Attainable(True, told, None, None, _weights_of(verdicts))

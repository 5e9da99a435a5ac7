"""What a training that did not converge could still reach: whether more epochs can help, or no weights exist."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.scaling import Scaling
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.certificates import NotSeparable, Separable, Undecided
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable, is_one
from glassneuron.proofs.many_classes import Verdict, jointly
from glassneuron.proofs.mistake_bound import mistake_bound
from glassneuron.proofs.questions import asked, likely_not, of_two, worth_asking
from glassneuron.proofs.separability import Boundary, Contradiction, InPassing, in_passing

MOST_CELLS_JOINTLY = 50_000
"""Cells times classes up to which all classes are decided jointly in passing; ten times as many can take minutes."""
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
    if budget is not None and not worth_asking(
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
        pair = None if near is None else of_two(table, codes, classes, budget, near, hope)
        if pair is not None and likely_not(pair):
            return _believed([pair])
        if isinstance(pair, NotSeparable | Contradiction):
            return Attainable(False, _refusal_of_two(pair))
        joint = jointly(table, codes, [], {}, budget, near, hopeful=hope > 0.0)
        why = JOINTLY[joint.separable] if joint.likely is None else UNDECIDED[joint.likely]
        floats = _as_floats(joint.weights) if joint.floats is None else joint.floats
        return Attainable(joint.separable, why, None, joint.likely, floats)
    verdicts = [
        asked(TwoClassTable(table, is_one(codes, c), ("the rest", classes[c])), budget, _of_neuron(near, k), hope)
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


def _refusal(refused: Sequence[NotSeparable | Contradiction], neurons: int) -> str:
    if neurons == 1:
        rows = len(refused[0].indices)
        return f"no neuron can: {rows} rows prove that no weights have every row right"
    return f"no neuron can tell {' or '.join(str(v.table.classes[1]) for v in refused)} from the rest"


def _refusal_of_two(refused: NotSeparable | Contradiction) -> str:
    rows, (one, other) = len(refused.indices), refused.table.classes
    return f"no neuron can: {rows} rows prove that no weights tell {one} from {other} in every row"


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
        if not worth_asking(self.table, budget, max(1, len(wrong)), together=False, near=near is not None, hope=hope):
            return Attainable(None, UNDECIDED[None])
        verdicts: list[Verdict | InPassing] = []
        for k in wrong.tolist() or range(len(fires_for)):
            c = int(fires_for[k])
            rest = TwoClassTable(self.table, is_one(self.codes, c), ("the rest", self.classes[c]))
            verdict = asked(rest, budget, _of_neuron(near, k), hope)
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

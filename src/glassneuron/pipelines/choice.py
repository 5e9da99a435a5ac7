"""`--model auto`: several kinds of model are cross-validated, and the simplest of those that do as well as the best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from glassneuron.errors import DataError
from glassneuron.pipelines.cross_validation import CrossValidation, cross_validate
from glassneuron.pipelines.folds import Fold
from glassneuron.pipelines.task import FitResult, Task

AUTO = "auto"


@dataclass(frozen=True)
class Candidate:
    """A model that may be chosen.

    Attributes
    ----------
    name : str
    model : str
        In `pipelines.MODELS`.
    hidden : tuple of int, optional
        The hidden layers of a network.
    """

    name: str
    model: str
    hidden: tuple[int, ...] | None = None


SMALL, LARGE = Candidate("network 8", "network", (8,)), Candidate("network 32", "network", (32,))
OF_CLASSES = (
    Candidate("sigmoid", "sigmoid"),
    Candidate("averaged", "averaged"),
    Candidate("adaline", "adaline"),
    Candidate("pocket", "pocket"),
    Candidate("perceptron", "perceptron"),
    SMALL,
    LARGE,
    Candidate("voted", "voted"),
)
"""The simplest first: single neurons, of them those first whose answers say most; then layers, and a vote of many."""
OF_NUMBERS = (Candidate("linear", "linear"), SMALL, LARGE)
FIRST_TRIED = ("sigmoid", "linear", "network 32", "averaged", "adaline", "network 8", "pocket", "voted", "perceptron")
"""In which order time is spent: what differs most comes first."""


def candidates(task: Task, hidden: tuple[int, ...] | None = None) -> tuple[Candidate, ...]:
    """Return what may be chosen for a task, the simplest first; with hidden layers, these are the network's."""
    known = OF_NUMBERS if task.classes is None else OF_CLASSES
    if hidden is None:
        return known
    own = Candidate(f"network {','.join(map(str, hidden)) or 'none'}", "network", hidden)
    return tuple(own if each == SMALL else each for each in known if each != LARGE)


@dataclass(frozen=True)
class Choice:
    """What was tried, and what was chosen.

    Attributes
    ----------
    chosen : Candidate
    measure : str
        What they were compared by, the larger the better.
    tried : dict of Candidate to CrossValidation
        The simplest first.
    best : Candidate
        The one with the largest mean.
    error : float
        The standard error of that mean: the deviation over the folds, divided by the root of their number.
    not_tried : tuple of Candidate
    folds : int
        Into how many parts the rows were divided.
    failed : dict of Candidate to str
        Those that cannot learn these rows, and why.
    """

    chosen: Candidate
    measure: str
    tried: dict[Candidate, CrossValidation]
    best: Candidate
    error: float
    not_tried: tuple[Candidate, ...]
    folds: int
    failed: dict[Candidate, str] = field(default_factory=dict)

    @property
    def close(self) -> tuple[Candidate, ...]:
        """Those within one standard error of the best, the simplest first."""
        least = _mean(self.tried[self.best], self.measure) - self.error
        return tuple(each for each, found in self.tried.items() if _mean(found, self.measure) >= least)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "chosen": self.chosen.name,
            "measure": self.measure,
            "best": self.best.name,
            "standard_error": self.error,
            "tried": [{"name": each.name, **found.to_dict()} for each, found in self.tried.items()],
            "not_tried": [each.name for each in self.not_tried],
            "folds": self.folds,
            "failed": {each.name: why for each, why in self.failed.items()},
        }


def choose(
    train: Callable[[Candidate, Task], FitResult],
    task: Task,
    among: Sequence[Candidate],
    folds: Sequence[Fold],
    measure: str,
    parts: int,
    stop: Callable[[bool], bool] = lambda some: False,
    tell: Callable[[Candidate, int], None] = lambda candidate, fold: None,
) -> Choice | None:
    """Cross-validate candidates and choose the simplest of those within one standard error of the best.

    Parameters
    ----------
    train : callable
        Learns a task with a candidate.
    task : Task
    among : sequence of Candidate
        The simplest first.
    folds : sequence of pairs of row numbers
    measure : str
    parts : int
        Into how many parts the rows were divided, each time.
    stop : callable
        Asked before each fold and after the last, with whether some candidate is done; True leaves this candidate and
        those after it untried.
    tell : callable
        Told before each fold.

    Returns
    -------
    Choice, or None if no candidate was tried to the end

    References
    ----------
    Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, 3.4.3: one standard error.
    """
    done: dict[Candidate, CrossValidation] = {}
    failed: dict[Candidate, str] = {}
    for candidate in sorted(among, key=_turn):

        def after(fold: int, candidate: Candidate = candidate) -> bool:
            tell(candidate, fold)
            return stop(bool(done))

        def learn(part: Task, candidate: Candidate = candidate) -> FitResult:
            return train(candidate, part)

        try:
            found = cross_validate(learn, task, folds, after, parts)
        except DataError as refusal:  # such as a network that diverged
            failed[candidate] = str(refusal)
            continue
        if found is None:
            break
        done[candidate] = found
    if not done:
        return None
    tried = {each: done[each] for each in among if each in done}
    best = max(tried, key=lambda each: _mean(tried[each], measure))
    error = (tried[best].deviation(measure) or 0.0) / math.sqrt(parts)
    left = tuple(each for each in among if each not in done and each not in failed)
    choice = Choice(best, measure, tried, best, error, left, parts, failed)
    return replace(choice, chosen=choice.close[0])


def _turn(candidate: Candidate) -> int:
    return FIRST_TRIED.index(candidate.name) if candidate.name in FIRST_TRIED else FIRST_TRIED.index("network 32")


def _mean(found: CrossValidation, measure: str) -> float:
    mean = found.mean(measure)
    return -math.inf if mean is None else mean

"""Rows set apart to judge by: some of each class, whole groups, or those that come later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import taken
from glassneuron.errors import problem
from glassneuron.learning.split import split

Fold = tuple[Array, Array]
"""The numbers of the rows to learn from and of those to judge by, both rising."""


@dataclass(frozen=True, eq=False)
class Apart:
    """How rows are set apart; all that is left out does not matter.

    Attributes
    ----------
    codes : ndarray of int of shape (rows,)
        The class of each row, so that each part has its share of each; all 0 for numbers.
    groups : ndarray of int of shape (rows,), optional
        Rows that belong together, such as those of one patient, get the same number and stay together.
    times : ndarray of shape (rows,), optional
        When each row was measured: a model learns from the past and is judged on what follows.
    labels : sequence, optional
        What the classes are called.
    """

    codes: Array
    groups: Array | None = None
    times: Array | None = None
    labels: Sequence[Any] = ()

    def part(self, rows: Array) -> Apart:
        """Take some of the rows."""
        groups, times = (None if each is None else taken(each, rows) for each in (self.groups, self.times))
        return replace(self, codes=taken(self.codes, rows), groups=groups, times=times)

    @property
    def most(self) -> int:
        """Into how many parts the rows can be divided at most."""
        if self.times is not None:
            return len(np.unique(self.times)) - 1
        if self.groups is not None:
            return len(np.unique(self.groups))
        return int((np.bincount(self.codes)[self.codes] > 1).sum())

    def hold_out(self, share: float, seed: int) -> Fold:
        """Hold out a share of the rows: of each class, of groups that are drawn until there are enough, or the last.

        Examples
        --------
        >>> rows = np.arange(8)
        >>> learn, held = Apart(rows * 0, times=rows[::-1]).hold_out(0.25, seed=0)
        >>> held.tolist()
        [0, 1]
        """
        checks.number("holdout", share, "[0, 1)")
        rows = len(self.codes)
        if share == 0.0 or (self.groups is None and self.times is None):
            return split(self.codes, share, seed)
        if self.times is not None:
            held = self.times >= np.sort(self.times)[min(rows - 1, rows - round(share * rows))]
        else:
            assert self.groups is not None
            names, codes = np.unique(self.groups, return_inverse=True)
            order = np.random.default_rng(checks.integer("seed", seed, "[0, inf)")).permutation(len(names))
            down = np.cumsum(np.bincount(codes)[order])
            count = int(np.argmin(np.abs(down - share * rows))) + 1
            held = np.isin(codes, order[:count])
        fold = np.flatnonzero(~held), np.flatnonzero(held)
        self._refuse_unlearned(fold)
        return fold

    def folds(self, count: int, repeats: int = 1, seed: int = 0) -> list[Fold]:
        """Divide the rows so often, each time into so many parts, of which each is judged once by what others teach.

        With times there is one division, and each part is judged by what the rows before it teach.

        Raises
        ------
        ParameterError
            If there are too few rows, groups or times.
        DataError
            If a class would have no row to learn from.

        Examples
        --------
        >>> for learn, judged in Apart(np.array([0, 0, 0, 1, 1, 1])).folds(3):
        ...     print(len(learn), len(judged))
        4 2
        4 2
        4 2
        """
        checks.integer("cv", count, "[2, inf)")
        checks.integer("repeats", repeats, "[1, inf)")
        checks.integer("seed", seed, "[0, inf)")
        if self.times is not None:
            if repeats > 1:
                raise problem("parameter", name="repeats", rule="1 with times, which have one order", value=repeats)
            folds = list(self._in_time(self.times, count))
        else:
            folds = []
            for again in range(repeats):
                random = np.random.default_rng([seed, again])
                places = self._dealt(count, random) if self.groups is None else self._grouped(count, random)
                folds += [(np.flatnonzero(places != k), np.flatnonzero(places == k)) for k in range(count)]
        for fold in folds:
            self._refuse_unlearned(fold)
        return folds

    def _dealt(self, count: int, random: np.random.Generator) -> Array:
        """Deal the rows of one class after another to the folds; the only row of a class is always learned from."""
        sizes = np.bincount(self.codes)
        order = random.permutation(len(self.codes))
        order = order[np.argsort(self.codes[order], kind="stable")]
        order = order[sizes[self.codes[order]] > 1]
        if len(order) < count:
            raise problem(
                "parameter", name="cv", rule=f"at most {len(order)}, the rows that can be judged", value=count
            )
        places = np.full(len(self.codes), -1)
        places[order] = np.arange(len(order)) % count
        return places

    def _grouped(self, count: int, random: np.random.Generator) -> Array:
        """Give each group, the largest first, to the fold that has least of what the group brings."""
        assert self.groups is not None
        names, codes = np.unique(self.groups, return_inverse=True)
        if len(names) < count:
            raise problem("parameter", name="cv", rule=f"at most {len(names)}, the number of groups", value=count)
        classes = int(self.codes.max()) + 1
        brings = np.bincount(codes * classes + self.codes, minlength=len(names) * classes).reshape(-1, classes)
        rows = brings.sum(axis=1)
        brings = brings / np.maximum(brings.sum(axis=0), 1)  # as shares of each class, so that a rare one counts too
        order = random.permutation(len(names))
        order = order[np.argsort(-np.linalg.norm(brings[order], axis=1), kind="stable")]
        has, sizes, fold_of = np.zeros((count, classes)), np.zeros(count), np.empty(len(names), np.intp)
        for group in order:
            fold = int(np.lexsort((sizes, has @ brings[group]))[0])  # of equal ones the smallest: none stays empty
            has[fold] += brings[group]
            sizes[fold] += rows[group]
            fold_of[group] = fold
        return np.asarray(fold_of[codes])

    def _in_time(self, times: Array, count: int) -> Iterator[Fold]:
        """Yield parts that follow each other, each with all rows before it; what has one time stays together."""
        ordered, rows = np.sort(times), len(times)
        size = rows // (count + 1)
        starts = [int(np.searchsorted(ordered, ordered[rows - k * size])) for k in range(count, 0, -1)] if size else [0]
        if len({0, *starts}) <= count:
            different = len(np.unique(times))
            rule = f"small enough for {different} different times, of which each part needs its own"
            raise problem("parameter", name="cv", rule=rule, value=count)
        for start, end in zip(starts, [*starts[1:], rows], strict=True):
            past = times < ordered[start]
            now = ~past if end == rows else ~past & (times < ordered[end])
            yield np.flatnonzero(past), np.flatnonzero(now)

    def _refuse_unlearned(self, fold: Fold) -> None:
        learned = np.zeros(int(self.codes.max()) + 1, bool)
        learned[self.codes[fold[0]]] = True
        absent = np.setdiff1d(self.codes, np.flatnonzero(learned))
        if len(absent):
            code = int(absent[0])
            raise problem("class-unlearned", label=self.labels[code] if self.labels else code)
        if not len(fold[0]):
            raise problem("nothing-to-learn")

"""Real tables, nothing set: each estimator beside its peer, by repeated 3-fold cross-validation on the same splits.

`python -m benchmarks.page_real --only SigmoidNeuron,Adaline --repeats 2 --tables iris,wine --each`
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from statistics import mean, median, stdev
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.estimators import AGAINST, NUMBERS, OURS, PEERS, Make, new
from benchmarks.real_tables import OTHERS, TABLES, Table, table

CLEAR = 0.005
"""A table is won or lost where the mean scores are further apart than this."""
WORST = -1.0
"""A lower R2 counts as this: one wild answer is not to hide all other tables."""


PROBABILITIES = ("SigmoidNeuron", "MLPClassifier")
TARGET_TOO = "target standardised too"


@dataclass
class Result:
    """What came out of one table: a list of both sides' values, one a fold, for each measure."""

    table: str
    scores: dict[str, list[tuple[float, float]]]
    fit: tuple[float, float]
    predict: tuple[float, float]

    def means(self, measure: str) -> tuple[float, float]:
        ours, peer = zip(*self.scores[measure], strict=True)
        return mean(ours), mean(peer)


def folds(table: Table, repeats: int) -> Iterator[tuple[Any, Any]]:
    kind = RepeatedStratifiedKFold if table.kind == "classes" else RepeatedKFold
    return kind(n_splits=3, n_repeats=repeats, random_state=0).split(table.X, table.y)


def measured(name: str, view: str, table: Table, repeats: int) -> Result:
    scores: dict[str, list[tuple[float, float]]] = {}
    seconds = []
    for seed, (train, test) in enumerate(folds(table, repeats)):
        X, X_test, y, y_test = table.X[train], table.X[test], table.y[train], table.y[test]
        if view != "raw":
            scale = StandardScaler().fit(X)
            X, X_test = scale.transform(X), scale.transform(X_test)
        level, spread = (y.mean(), y.std()) if view == TARGET_TOO else (0, 1)
        if view == TARGET_TOO:
            y = (y - level) / spread
        both = [side(make, seed, X, y, X_test) for make in (OURS[name], PEERS[AGAINST[name][0]])]
        ours, peer = (answers for answers, *_ in both)
        if table.kind == "numbers":
            told = [max(r2_score(y_test, level + spread * answers), WORST) for answers in (ours, peer)]
            scores.setdefault("R2", []).append((told[0], told[1]))
        else:
            scores.setdefault("accuracy", []).append((accuracy_score(y_test, ours), accuracy_score(y_test, peer)))
        if name in PROBABILITIES:
            told = [log_loss(y_test, fitted.predict_proba(X_test), labels=np.unique(table.y)) for _, fitted, *_ in both]
            scores.setdefault("log loss", []).append((told[0], told[1]))
        seconds.append([times for *_, times in both])
    fit, predict = ((median(s[0][i] for s in seconds), median(s[1][i] for s in seconds)) for i in (0, 1))
    return Result(table.name, scores, fit, predict)


def side(make: Make, seed: int, X: Any, y: Any, X_test: Any) -> tuple[Any, Any, tuple[float, float]]:
    """Give the answers, the fitted estimator, and the seconds of fit and of predict."""
    estimator = new(make, seed)
    start = time.perf_counter()
    estimator.fit(X, y)
    fitted = time.perf_counter()
    answers = estimator.predict(X_test)
    return answers, estimator, (fitted - start, time.perf_counter() - fitted)


def lines(name: str, view: str, results: list[Result]) -> Iterator[str]:
    """Tell a summary, one line a measure: over tables, or over the folds of a single one."""
    fit, peer_fit, predict, peer_predict = (
        1000 * median(getattr(r, what)[which] for r in results) for what in ("fit", "predict") for which in (0, 1)
    )
    for measure in results[0].scores:
        parts = [r.means(measure) for r in results] if len(results) > 1 else results[0].scores[measure]
        ours, peer = zip(*parts, strict=True)
        better = -1 if measure == "log loss" else 1
        apart = [a - b for a, b in zip(ours, peer, strict=True)]
        error = stdev(apart) / len(apart) ** 0.5
        won, lost = (sum(sign * better * a > CLEAR for a in apart) for sign in (1, -1))
        times = f"{fit:9.1f} /{peer_fit:7.1f} {predict:8.2f} /{peer_predict:6.2f}" if measure != "log loss" else ""
        yield (
            f"{name:<14} {view:<23} {measure:<9} {mean(ours):7.4f} {mean(peer):7.4f} {mean(apart):+8.4f} "
            f"+-{error:7.4f} {won:>3} {lost:>4} {times}"
        )


HEAD = (
    f"{'':<14} {'table':<23} {'measure':<9} {'ours':>7} {'peer':>7} {'paired difference':>18} won lost "
    f"{'fit, ms / peer':>18} {'predict, ms / peer':>15}"
)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_real", description=__doc__)
    parser.add_argument("--only", default="", help=f"some of {','.join(OURS)}")
    parser.add_argument("--tables", default="", help="words: tables whose name has one of them")
    parser.add_argument("--views", default="", help="some of standardised,raw,target")
    parser.add_argument("--most-rows", type=int, default=10**9)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--one-thread", action="store_true", help="for times on a busy machine")
    parser.add_argument("--others", action="store_true", help="the second list of tables")
    parser.add_argument("--each", action="store_true", help="one line a table and estimator")
    options = parser.parse_args(arguments)
    asked, words, views = (part.split(",") if part else [] for part in (options.only, options.tables, options.views))
    if unknown := set(asked) - set(OURS):
        parser.error(f"no such estimator: {', '.join(unknown)}")
    warnings.simplefilter("ignore")  # peers say that they did not converge
    sources = [s for s in (OTHERS if options.others else TABLES) if not words or any(word in s.name for word in words)]
    chosen = [t for t in map(table, sources) if len(t.X) <= options.most_rows]
    count = {kind: sum(t.kind == kind for t in chosen) for kind in ("classes", "numbers")}
    print(
        f"{count['classes']} real tables of classes and {count['numbers']} of numbers, defaults against defaults, "
        f"{options.repeats} x 3-fold cross-validation;\nmeans over tables with the standard error of the paired "
        f"difference; won and lost: by more than {CLEAR}; an R2 below {WORST:g} counts as {WORST:g}\n\n{HEAD}"
    )
    with threadpool_limits(1) if options.one_thread else nullcontext():
        for name in asked or OURS:
            for view in ("standardised", "raw", *([TARGET_TOO] if name == "MLPRegressor" else [])):
                if not views or any(view.startswith(word) for word in views):
                    show(name, view, chosen, options)


def show(name: str, view: str, chosen: list[Table], options: argparse.Namespace) -> None:
    mine = [t for t in chosen if t.kind == ("numbers" if name in NUMBERS else "classes")]
    if not mine:
        return
    measured(name, view, mine[0], 1)  # the first calls of a process load and compile
    results = []
    for one in mine:
        results.append(measured(name, view, one, options.repeats))
        if options.each:
            told = (f"  {one.name:<20}{line}" for line in lines(name, view, results[-1:]))
            print("\n".join(told), flush=True)
    print("\n".join(lines(name, view, results)), flush=True)


if __name__ == "__main__":
    main()

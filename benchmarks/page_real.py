"""Real tables, nothing set: each estimator beside its peer, by repeated 3-fold cross-validation on the same splits.

`python -m benchmarks.page_real --only SigmoidNeuron,Adaline --repeats 2 --tables iris,wine --each`
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import mean, median, stdev
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.linear_model import Perceptron as ScikitLearnPerceptron
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.neural_network import MLPClassifier as ScikitLearnMLPClassifier
from sklearn.neural_network import MLPRegressor as ScikitLearnMLPRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

import glassneuron as gn
from benchmarks.real_tables import OTHERS, TABLES, Table, tables

CLEAR = 0.005
"""A table is won or lost where the mean scores are further apart than this."""
WORST = -1.0
"""A lower R2 counts as this: one wild answer is not to hide all other tables."""


@dataclass(frozen=True)
class Pair:
    """One of our estimators and what people would otherwise use, both with nothing set but the seed."""

    name: str
    ours: Callable[..., Any]
    peer: Callable[..., Any]
    kind: str = "classes"
    chances: bool = False
    views: tuple[str, ...] = ("standardised", "raw")


PAIRS = [
    Pair("Perceptron", gn.Perceptron, ScikitLearnPerceptron),
    Pair(
        "averaged",
        lambda **seed: gn.Perceptron(variant="averaged", **seed),
        lambda **seed: SGDClassifier(
            "perceptron", penalty=None, learning_rate="constant", eta0=1, average=True, **seed
        ),
    ),
    Pair("pocket", lambda **seed: gn.Perceptron(variant="pocket", **seed), LinearSVC),
    Pair("voted", lambda **seed: gn.Perceptron(variant="voted", **seed), LinearSVC),
    Pair("Adaline", gn.Adaline, RidgeClassifier),
    Pair("SigmoidNeuron", gn.SigmoidNeuron, LogisticRegression, chances=True),
    Pair("MLPClassifier", gn.MLPClassifier, ScikitLearnMLPClassifier, chances=True),
    Pair("LinearNeuron", gn.LinearNeuron, LinearRegression, "numbers"),
    Pair(
        "MLPRegressor", gn.MLPRegressor, ScikitLearnMLPRegressor, "numbers",
        views=("standardised", "raw", "target standardised too"),
    ),
]  # fmt: skip


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


def measured(pair: Pair, view: str, table: Table, repeats: int) -> Result:
    scores: dict[str, list[tuple[float, float]]] = {}
    seconds = []
    for seed, (train, test) in enumerate(folds(table, repeats)):
        X, X_test, y = table.X[train], table.X[test], table.y[train]
        if view != "raw":
            scale = StandardScaler().fit(X)
            X, X_test = scale.transform(X), scale.transform(X_test)
        level, spread = (y.mean(), y.std()) if view == "target standardised too" else (0.0, 1.0)
        y, y_test = (y, table.y[test]) if table.kind == "classes" else ((y - level) / spread, table.y[test])
        both = [one_side(make, seed, X, y, X_test, pair.chances) for make in (pair.ours, pair.peer)]
        if table.kind == "numbers":
            told = [max(r2_score(y_test, level + spread * side[0]), WORST) for side in both]
            scores.setdefault("R2", []).append((told[0], told[1]))
        else:
            told = [accuracy_score(y_test, side[0]) for side in both]
            scores.setdefault("accuracy", []).append((told[0], told[1]))
        if pair.chances:
            told = [log_loss(y_test, side[1], labels=np.unique(table.y)) for side in both]
            scores.setdefault("log loss", []).append((told[0], told[1]))
        seconds.append([side[2:] for side in both])
    fit, predict = ((median(s[0][i] for s in seconds), median(s[1][i] for s in seconds)) for i in (0, 1))
    return Result(table.name, scores, fit, predict)


def one_side(make: Callable[..., Any], seed: int, X: Any, y: Any, X_test: Any, chances: bool) -> tuple[Any, ...]:
    """Give the answers, the probabilities, and the seconds of fit and of predict."""
    try:
        estimator = make(random_state=seed)
    except TypeError:  # some have nothing to draw
        estimator = make()
    start = time.perf_counter()
    estimator.fit(X, y)
    fitted = time.perf_counter()
    answers = estimator.predict(X_test)
    done = time.perf_counter()
    return answers, estimator.predict_proba(X_test) if chances else None, fitted - start, done - fitted


def told(pair: Pair, view: str, results: list[Result]) -> Iterator[str]:
    """Tell a summary, one line a measure: over tables, or over the folds of a single one."""
    fit, peer_fit, predict, peer_predict = (
        1000 * median(getattr(r, what)[side] for r in results) for what in ("fit", "predict") for side in (0, 1)
    )
    for measure in results[0].scores:
        parts = [r.means(measure) for r in results] if len(results) > 1 else results[0].scores[measure]
        ours, peer = zip(*parts, strict=True)
        sign = -1 if measure == "log loss" else 1
        apart = [a - b for a, b in zip(ours, peer, strict=True)]
        error = stdev(apart) / len(apart) ** 0.5
        won, lost = (sum(side * sign * a > CLEAR for a in apart) for side in (1, -1))
        times = f"{fit:9.1f} /{peer_fit:7.1f} {predict:8.2f} /{peer_predict:6.2f}" if measure != "log loss" else ""
        yield (
            f"{pair.name:<14} {view:<23} {measure:<9} {mean(ours):7.4f} {mean(peer):7.4f} {mean(apart):+8.4f} "
            f"+-{error:7.4f} {won:>3} {lost:>4} {times}"
        )


HEAD = (
    f"{'':<14} {'table':<23} {'measure':<9} {'ours':>7} {'peer':>7} {'paired difference':>18} won lost "
    f"{'fit, ms / peer':>18} {'predict, ms / peer':>15}"
)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.page_real")
    parser.add_argument("--only", default="", help=f"some of {', '.join(p.name for p in PAIRS)}")
    parser.add_argument("--tables", default="", help="words: tables whose name has one of them")
    parser.add_argument("--views", default="", help="words: raw, standardised, target")
    parser.add_argument("--most-rows", type=int, default=10**9)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--one-thread", action="store_true", help="for times on a busy machine")
    parser.add_argument("--others", action="store_true", help="the second list of tables")
    parser.add_argument("--each", action="store_true", help="one line a table and estimator")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # peers say that they did not converge
    if options.one_thread:
        threadpool_limits(1)
    asked, words, views = (part.split(",") if part else [] for part in (options.only, options.tables, options.views))
    if unknown := set(asked) - {p.name for p in PAIRS}:
        parser.error(f"no such estimator: {', '.join(unknown)}")
    chosen = [t for t in tables(OTHERS if options.others else TABLES) if len(t.X) <= options.most_rows]
    chosen = [t for t in chosen if not words or any(word in t.name for word in words)]
    count = {kind: sum(t.kind == kind for t in chosen) for kind in ("classes", "numbers")}
    print(
        f"{count['classes']} real tables of classes and {count['numbers']} of numbers, defaults against defaults, "
        f"{options.repeats} x 3-fold cross-validation;\nmeans over tables with the standard error of the paired "
        f"difference; won and lost: by more than {CLEAR}; an R2 below {WORST:g} counts as {WORST:g}\n\n{HEAD}"
    )
    for pair in (p for p in PAIRS if not asked or p.name in asked):
        mine = [t for t in chosen if t.kind == pair.kind]
        for view in (v for v in pair.views if not views or any(v.startswith(word) for word in views)):
            results = []
            for number, table in enumerate(mine):
                if number == 0:
                    measured(pair, view, table, 1)  # the first calls of a process load and compile
                results.append(measured(pair, view, table, options.repeats))
                if options.each:
                    print("\n".join(f"  {table.name:<20}{line}" for line in told(pair, view, results[-1:])), flush=True)
            if results:
                print("\n".join(told(pair, view, results)), flush=True)


if __name__ == "__main__":
    main()

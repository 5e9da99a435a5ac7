"""What a user feels: every estimator beside its peers, nothing set, whole fit and whole predict, on a grid of shapes.

`python -m benchmarks.page_defaults --cells "50,000 x 300" digits --estimators SigmoidNeuron Adaline --no-load`

A line is one estimator at one shape. A multiple is the time of the fastest peer of the same kind over ours: above 1 we
are faster. The score is held-out accuracy, or R2 for numbers.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from statistics import mean, median

from sklearn.metrics import accuracy_score, r2_score
from threadpoolctl import threadpool_limits

from benchmarks.estimators import AGAINST, NUMBERS, OURS, PEERS, Make, new
from benchmarks.grid import GRID, OTHERS, UNDER_LOAD, Cell, Data
from benchmarks.harness import TooLong, at_most, seconds

TURNS = 5
BUDGET = 0.3
"""Seconds after which a way takes no further turn at a cell."""
SHORT = 6.0
"""A first turn that was shorter is a warm-up, as it may load or compile; a longer one counts."""
PAUSE = 0.03
"""Seconds before each turn, so that threads of the one before, which wait busily for more work, have gone to sleep."""
LIMIT = 20.0
LONG = 0.5
"""Seconds of a fit that is not measured again under load."""


@dataclass
class Side:
    """What one estimator took at one cell, one number a turn, in seconds."""

    name: str
    fits: list[float] = field(default_factory=list)
    predicts: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    warm: bool = False
    over: str = ""

    def turn(self, make: Make, data: Data, limit: float) -> None:
        X, X_test, y, y_test = data
        numbers = y.dtype.kind == "f"
        estimator = new(make, len(self.fits))
        gc.collect()
        time.sleep(PAUSE)
        start = time.perf_counter()
        try:
            with at_most(limit):
                estimator.fit(X, y)
                fitted = time.perf_counter()
                answers = estimator.predict(X_test)
                done = time.perf_counter()
        except TooLong:
            self.over, self.fits = f"> {limit:g} s", [limit]
            return
        except (ValueError, MemoryError) as e:
            self.over, self.fits = f"{type(e).__name__}: {str(e)[:60]}", [float("nan")]
            return
        if done - start < SHORT and not self.warm:
            self.warm = True
            return
        self.fits.append(fitted - start)
        self.predicts.append(done - fitted)
        self.scores.append(r2_score(y_test, answers) if numbers else accuracy_score(y_test, answers))

    @property
    def done(self) -> bool:
        return bool(self.over) or len(self.fits) >= TURNS or sum(self.fits) + sum(self.predicts) > BUDGET

    @property
    def fit(self) -> float:
        return median(self.fits)

    @property
    def predict(self) -> float:
        return median(self.predicts) if self.predicts else float("nan")

    @property
    def score(self) -> float:
        return mean(self.scores) if self.scores else float("nan")


def measured(cell: Cell, estimators: list[str], limit: float) -> dict[str, Side]:
    """Let ours and their peers take turns at a cell until each has had its own, or its time is used up."""
    data = cell.make()
    peers = {p: PEERS[p] for name in estimators for p in AGAINST[name] if p not in cell.without}
    ways = {name: OURS[name] for name in estimators} | peers
    sides = {name: Side(name) for name in ways}
    gc.collect()
    gc.freeze()  # what libraries hold needs not be looked through before each turn
    while waiting := [side for side in sides.values() if not side.done]:
        for side in waiting:
            side.turn(ways[side.name], data, limit)
    gc.unfreeze()
    return sides


def fastest(name: str, sides: dict[str, Side], what: str = "fit") -> Side:
    return min((sides[p] for p in AGAINST[name] if p in sides), key=lambda side: getattr(side, what))


def first(name: str, sides: dict[str, Side]) -> str:
    """Name the peer to be as good as."""
    return next(p for p in AGAINST[name] if p in sides)


def multiple(name: str, sides: dict[str, Side], what: str = "fit") -> float:
    return float(getattr(fastest(name, sides, what), what) / getattr(sides[name], what))


def times(ratio: float) -> str:
    return f"{ratio:.3g}x" if ratio == ratio else "-"


HEAD = (
    f"{'':<34} {'':<13} | {'fit':>9} {'peer':>9} {'multiple':>8} | {'predict':>8} {'peer':>8} {'multiple':>8} "
    f"| {'score':>7} {'peer':>7} | fastest peer (others)"
)


def line(cell: Cell, name: str, sides: dict[str, Side]) -> str:
    ours, peer, answering = sides[name], fastest(name, sides), fastest(name, sides, "predict")
    others = [sides[p] for p in AGAINST[name] if p in sides and p != peer.name]
    told = "; ".join(f"{other.name} {other.over or seconds(other.fit)}, {other.score:.4f}" for other in others)
    return (
        f"{cell.name:<34} {name:<13} | {ours.over or seconds(ours.fit):>9} {peer.over or seconds(peer.fit):>9} "
        f"{times(multiple(name, sides)):>8} | {seconds(ours.predict):>8} {seconds(answering.predict):>8} "
        f"{times(multiple(name, sides, 'predict')):>8} | {ours.score:>7.4f} {peer.score:>7.4f} "
        f"| {peer.name}{f' ({told})' if told else ''}"
    )


def first_fits(estimators: list[str]) -> Iterator[str]:
    """Tell how long the first fit of this process takes, at a small table; it also loads and compiles for the rest."""
    cells = {kind: next(c for c in GRID if c.name == kind) for kind in ("500 x 20", "500 x 20, numbers")}
    for name in estimators:
        X, _, y, _ = cells["500 x 20, numbers" if name in NUMBERS else "500 x 20"].make()
        told = []
        for way, make in ((name, OURS[name]), (AGAINST[name][0], PEERS[AGAINST[name][0]])):
            start = time.perf_counter()
            new(make, 0).fit(X, y)
            told.append(f"{way} {seconds(time.perf_counter() - start)}")
        yield ", ".join(told)


def summary(grid: dict[Cell, dict[str, Side]]) -> Iterator[str]:
    """Tell multiples of fit, and how far the scores are from those of the first peer, the one to be as good as."""
    yield f"{'over the cells':<16} {'median':>8} {'worst':>8} {'level':>7}   score apart: mean, worst"
    every = []
    for name in OURS:
        mine = [(cell, sides) for cell, sides in grid.items() if name in sides]
        if not mine:
            continue
        multiples = [m for _, sides in mine if (m := multiple(name, sides)) == m]
        apart = [(sides[name].score - sides[first(name, sides)].score, cell.name) for cell, sides in mine]
        apart = [pair for pair in apart if pair[0] == pair[0]]
        every += multiples
        told = f"{mean(a for a, _ in apart):+.4f} {min(apart)[0]:+.4f} ({min(apart)[1]})" if apart else "-"
        yield (
            f"{name:<16} {times(median(multiples)):>8} {times(min(multiples)):>8} "
            f"{sum(m >= 1 for m in multiples):>3} of {len(multiples):<3} {told}"
        )
    if every:
        level = f"{sum(m >= 1 for m in every):>3} of {len(every)}"
        yield f"{'all':<16} {times(median(every)):>8} {times(min(every)):>8} {level}"


BUSY = """
import os, numpy
parent, a = os.getppid(), numpy.random.default_rng(0).normal(size=(500, 500))
while os.getppid() == parent:
    a @ a if {product} else sum(range(100_000))
"""


@contextmanager
def two_busy_processes() -> Iterator[None]:
    """Keep the machine busy: one process multiplies matrices, the other one loops."""
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    commands = [[sys.executable, "-c", BUSY.format(product=product)] for product in (True, False)]
    with ExitStack() as stack:
        for command in commands:
            stack.callback(stack.enter_context(subprocess.Popen(command, env=one_thread)).kill)
        time.sleep(1.0)
        yield


def under_load(grid: dict[Cell, dict[str, Side]], limit: float) -> Iterator[str]:
    yield (
        f"beside two busy processes\n{'':<34} {'':<13} | {'fit':>9} {'peer':>9} | {'multiple':>8} {'alone':>8} "
        "| slower than alone: ours, peer"
    )
    with two_busy_processes():
        for cell, alone in grid.items():
            names = [n for n in OURS if n in alone and alone[n].fit < LONG and fastest(n, alone).fit < LONG]
            if (cell not in OTHERS and cell.name not in UNDER_LOAD) or not names:
                continue
            sides = measured(cell, names, limit)
            for name in names:
                ours, peer = sides[name], fastest(name, sides)
                yield (
                    f"{cell.name:<34} {name:<13} | {ours.over or seconds(ours.fit):>9} "
                    f"{peer.over or seconds(peer.fit):>9} | {times(multiple(name, sides)):>8} "
                    f"{times(multiple(name, alone)):>8} | {times(ours.fit / alone[name].fit)}, "
                    f"{times(peer.fit / alone[peer.name].fit)}"
                )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_defaults", description=__doc__)
    parser.add_argument("--cells", nargs="*", default=[], help="words: cells whose name has one of them")
    parser.add_argument("--estimators", nargs="*", default=list(OURS), choices=list(OURS), metavar="NAME")
    parser.add_argument("--others", action="store_true", help="other shapes, all of them beside busy processes, too")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which a fit is cut short")
    parser.add_argument("--no-load", action="store_true", help="leave out what is measured beside busy processes")
    parser.add_argument("--one-thread", action="store_true", help="for ratios on a machine with other work")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # peers say that they did not converge
    with threadpool_limits(1) if options.one_thread else nullcontext():
        print(f"the first fit of the process, 500 x 20: {'; '.join(first_fits(options.estimators))}\n\n{HEAD}")
        grid: dict[Cell, dict[str, Side]] = {}
        for cell in OTHERS if options.others else GRID:
            names = [name for name in cell.estimators if name in options.estimators]
            if names and (not options.cells or any(word in cell.name for word in options.cells)):
                grid[cell] = measured(cell, names, options.limit)
                print("\n".join(line(cell, name, grid[cell]) for name in names), flush=True)
        print("\n" + "\n".join(summary(grid)), flush=True)
        if not options.no_load and any(cell in OTHERS or cell.name in UNDER_LOAD for cell in grid):
            print()
            for told in under_load(grid, options.limit):
                print(told, flush=True)


if __name__ == "__main__":
    main()

"""One epoch and nothing else: whole fits, each beside the same rule of a peer, on the grid and the shapes beside it.

`python -m benchmarks.page_epoch --cells "500 x 20" digits`

What a fit takes beside its epochs (checks, scales, copies, a proof, what a diagnosis keeps) is seen nowhere as well.
"""

from __future__ import annotations

import argparse
import warnings
from functools import partial
from statistics import median

from sklearn.linear_model import Perceptron as ScikitLearnPerceptron
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier as ScikitLearnMLPClassifier

import glassneuron as gn
from benchmarks.estimators import AVERAGED, NUMBERS, Make
from benchmarks.grid import GRID, OTHERS
from benchmarks.harness import seconds
from benchmarks.page_defaults import LIMIT, Side, times

STOCHASTIC = partial(SGDClassifier, penalty=None, max_iter=1, tol=None)
PAIRS: dict[str, tuple[Make, Make]] = {
    "Perceptron": (partial(gn.Perceptron, max_epochs=1), partial(ScikitLearnPerceptron, max_iter=1, tol=None)),
    "averaged": (
        partial(gn.Perceptron, variant="averaged", max_epochs=1),
        partial(SGDClassifier, "perceptron", max_iter=1, tol=None, **AVERAGED),
    ),
    "SigmoidNeuron": (partial(gn.SigmoidNeuron, solver="online", max_epochs=1), partial(STOCHASTIC, "log_loss")),
    "Adaline": (partial(gn.Adaline, solver="online", max_epochs=1), partial(STOCHASTIC, "squared_error")),
    "MLPClassifier": (partial(gn.MLPClassifier, max_epochs=1), partial(ScikitLearnMLPClassifier, max_iter=1)),
}
"""Ours, and the peer that goes through the rows once by the same rule."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_epoch", description=__doc__)
    parser.add_argument("--cells", nargs="*", default=[], help="words: cells whose name has one of them")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # peers say that they did not converge
    multiples: dict[str, list[float]] = {name: [] for name in PAIRS}
    for cell in GRID + OTHERS:
        pairs = {name: PAIRS[name] for name in cell.estimators if name in PAIRS}
        wanted = not options.cells or any(word in cell.name for word in options.cells)
        if not wanted or not pairs or set(cell.estimators) <= set(NUMBERS):
            continue
        data, told = cell.make(), []
        for name, makes in pairs.items():
            ours, peer = sides = Side(name), Side("peer")
            while not all(side.done for side in sides):
                for side, make in zip(sides, makes, strict=True):
                    if not side.done:
                        side.turn(make, data, LIMIT)
            multiples[name].append(peer.fit / ours.fit)
            told.append(f"{name} {seconds(ours.fit):>7} / {seconds(peer.fit):>7} {times(multiples[name][-1]):>6}")
        print(f"{cell.name:<30} {'  '.join(told)}", flush=True)
    print()
    for name, each in multiples.items():
        if each:
            level = f"{sum(m >= 1 for m in each)} of {len(each)} level"
            print(f"{name:<16} median {times(median(each))}, worst {times(min(each))}, {level}")


if __name__ == "__main__":
    main()

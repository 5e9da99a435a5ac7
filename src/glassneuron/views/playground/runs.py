"""A training as frames: what the page plays, from the package's own loop and kernels."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from glassneuron.engine.threads import one_blas_thread
from glassneuron.errors import GlassneuronError
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.perceptrons.averaged import AveragedPerceptron
from glassneuron.learning.algorithms.registry import algorithm_for, network_algorithm
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.restarts import seeds_of_starts
from glassneuron.learning.settings import DeltaSettings, NetworkSettings, PerceptronSettings
from glassneuron.learning.trainer import PIECE, Trainer
from glassneuron.learning.watch.step import look
from glassneuron.neurons.network import Network
from glassneuron.views.playground.specs import Spec

MOST_FRAMES = 100_000
"""Frames of a training, at most."""
MOST_AT_ONCE = 2_000
"""Frames of a chunk, at most."""
SLICE = 0.1
"""Seconds after which a chunk is cut short, so that one training does not keep others waiting."""

Frame = dict[str, Any]


class Run:
    """A training that is asked for frame by frame; a frame that has gone by is reached by training again.

    Attributes
    ----------
    place : int
        The number of the next frame.
    why : str or None
        Why the training stopped, once it has.
    length : int or None
        How many frames there are, once that is known.

    Examples
    --------
    >>> from glassneuron.views.playground.specs import read_spec
    >>> table = {"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [0, 1, 1, 1]}
    >>> run = Run(read_spec({"kind": "perceptron", "fixed_bias": -1, **table}))
    >>> start, first, second = run.frames(0, 3)
    >>> start["theta"], first["z"], second["theta"]
    ([0.0, 0.0, -1.0], [-1.0], [0.0, 0.1, -1.0])
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.begin()

    def begin(self) -> None:
        """Go back to the start."""
        self.place, self.why, self.length = 0, None, None
        self._frames = self._all()
        self._next = next(self._frames, None)

    why: str | None
    length: int | None

    def frames(self, cursor: int, count: int, seconds: float = float("inf")) -> list[Frame]:
        """Return the frames from number `cursor` on, at most `count`, and fewer where the seconds are over.

        None at all where training up to the cursor alone took so long: then `place` is below the cursor still.
        """
        frames = list[Frame]()
        if cursor < self.place:
            self.begin()
        with one_blas_thread():
            until = time.monotonic() + seconds
            while len(frames) < min(count, MOST_AT_ONCE) and self._next is not None:
                if self.place >= cursor:
                    frames.append(self._next)
                self._advance()
                if time.monotonic() > until:
                    break
        return frames

    def _advance(self) -> None:
        """Look one frame ahead, so that the end is known with the last one."""
        self.place, self._next = self.place + 1, next(self._frames, None)
        if self._next is not None and self.place == MOST_FRAMES:
            self.why = f"shown up to here: a training has at most {MOST_FRAMES:,} frames on this page"
            self._next = None
        if self._next is None:
            self.length = self.place

    def _all(self) -> Iterator[Frame]:
        spec, trainer = self.spec, Trainer(algorithm_of(self.spec))
        yield _frame(trainer, 0, -1, mistakes=0)
        number, mistakes = 0, 0
        for at, eta in (*spec.changes, (-1, 0.0)):
            if number != at:
                for frame in _moments(trainer, spec.every == "epoch", mistakes):
                    if not _is_finite(frame):
                        continue  # it has diverged; the sentence comes when the epoch is over
                    yield frame
                    number, mistakes = number + 1, 0 if frame["ends"] else frame["mistakes"]
                    if number == at:
                        break
                else:
                    self.why = trainer.history.why_stopped
                    return
            trainer = _forked(spec, trainer, eta)


def algorithm_of(spec: Spec) -> NeuronAlgorithm | Backpropagation:
    """Return the algorithm that a spec asks for, ready to train.

    For more than two classes the neurons compete, as those of `Perceptron`, `SigmoidNeuron` and `MLPClassifier` do.
    """
    common: dict[str, Any] = {
        "learning_rate": spec.eta, "max_epochs": spec.epochs, "shuffle": spec.shuffle, "random_state": spec.seed,
        "tol": None,
    }  # fmt: skip
    if spec.kind == "network":
        Y = spec.y[:, np.newaxis] if spec.outputs == 1 else np.eye(spec.outputs)[spec.y]
        settings = NetworkSettings(**common, optimiser=spec.optimiser, batch_size=1, l2=0.0)
        return network_algorithm(Dataset(spec.X, Y.astype(np.float64)), settings, start_of(spec))
    data, classes = Dataset.of_classes(spec.X, spec.y, len(spec.classes)), spec.outputs
    state = None
    if spec.start is not None:
        W, b = spec.start[:-classes].reshape(classes, -1), spec.start[-classes:, np.newaxis]
        state = {"W": W, "b": b, "P": W.copy(), "p": b.copy(), "work": np.zeros(1)}
    common |= {"fixed_bias": spec.fixed_bias, "standardise": False}
    if spec.kind == "perceptron":
        return algorithm_for(data, PerceptronSettings(**common, variant=spec.variant), state=state)
    activation = "sigmoid" if classes == 1 else "softmax"
    return algorithm_for(data, DeltaSettings(**common, solver="online", l2=0.0), activation, state)


def start_of(spec: Spec) -> Network:
    """Return the network from which a training starts."""
    names = [spec.activation] * len(spec.hidden) + ["sigmoid" if spec.outputs == 1 else "softmax"]
    if spec.start is not None:
        return Network.of_parameters(spec.start.copy(), spec.sizes, names)
    return Network.random(spec.sizes, names, start="glorot", seed=seeds_of_starts(spec.seed, 1)[0])


def _forked(spec: Spec, trainer: Trainer, eta: float) -> Trainer:
    """Go on with another rate from where a training stands."""
    state = trainer.state()
    if "rate" in state:
        state["rate"] = np.array([eta])
    return Trainer(algorithm_of(replace(spec, eta=eta))).restore(state)


def _moments(trainer: Trainer, by_epoch: bool, mistakes: int) -> Iterator[Frame]:
    """Train, and yield a frame when the state is that of the frame: after a row, the last one's when the epoch ends."""
    algorithm, before = trainer.algorithm, _moving(trainer.algorithm)
    at_once = by_epoch and algorithm.counts_mistakes  # else they are counted here, row by row
    last: Frame | None = None
    try:
        for moment in trainer.steps(every=PIECE if at_once else 1):
            if moment.ends_epoch:
                history = trainer.history
                mistakes = history.mistakes[-1] if algorithm.counts_mistakes else mistakes
                seen = {} if last is None else {name: last[name] for name in ("row", "z", "a", "error")}
                end = _frame(trainer, moment.epoch, -1, mistakes=mistakes, loss=history.losses[-1], ends=True)
                last, mistakes, before = None, 0, _moving(algorithm)
                yield end | seen
            elif not at_once:
                row, z, a, target = _seen(algorithm, moment.start, before)
                mistakes += _chosen(z) != _wanted(target)
                if not by_epoch:
                    error = [t - answer for t, answer in zip(target, a, strict=True)]
                    last = _frame(trainer, moment.epoch, row, z, a, error, mistakes=mistakes)
                    if moment.stop < _visits(algorithm):
                        yield last
                        last = None
                before = _moving(algorithm)
    except GlassneuronError as error:  # weights of a perceptron that overflow
        trainer.history.why_stopped = str(error).removesuffix(".")
    if last is not None:
        yield last


def _moving(algorithm: Any) -> Any:
    """Return a copy of the parameters that move."""
    return algorithm.theta.copy() if isinstance(algorithm, Backpropagation) else algorithm.weights


def _visits(algorithm: Any) -> int:
    """Return the visits of an epoch."""
    return algorithm.rows if isinstance(algorithm, Backpropagation) else len(algorithm.epoch)


def _seen(algorithm: Any, visit: int, before: Any) -> tuple[int, list[float], list[float], list[float]]:
    """Return the row of a visit, and its sums, outputs and targets with the parameters from before the move."""
    if isinstance(algorithm, NeuronAlgorithm):
        row = int(algorithm.epoch.visits(visit, visit + 1).order[0])
        return row, *look(algorithm, row, *before)
    row = int(algorithm.order[visit : visit + 1][0])
    *_, (Z, A) = algorithm.passes(algorithm.X[row : row + 1], before)
    return row, Z[0].tolist(), A[0].tolist(), algorithm.Y[row].tolist()


def _chosen(z: list[float]) -> int:
    """Return the class that sums stand for: that of the largest; of one neuron 1 where it fires."""
    return int(z[0] >= 0.0) if len(z) == 1 else z.index(max(z))


def _wanted(target: list[float]) -> int:
    return int(target[0]) if len(target) == 1 else target.index(1.0)


def _frame(
    trainer: Trainer, epoch: int, row: int, z: Any = (), a: Any = (), error: Any = (), *, mistakes: int,
    loss: float | None = None, ends: bool = False,
) -> Frame:  # fmt: skip
    algorithm = trainer.algorithm
    frame: Frame = {
        "epoch": epoch, "row": row, "z": list(z), "a": list(a), "error": list(error), "mistakes": int(mistakes),
        "loss": loss, "ends": ends, "theta": _flat(_moving(algorithm)),
    }  # fmt: skip
    if isinstance(algorithm, AveragedPerceptron):  # the neuron that would answer is not the one that moves
        frame["answer"] = _flat(algorithm.params())
    return frame


def _flat(parameters: Any) -> list[float]:
    if isinstance(parameters, np.ndarray):
        return parameters.tolist()  # type: ignore[no-any-return]
    W, b = parameters
    return [*W.ravel().tolist(), *b.tolist()]


def _is_finite(frame: Frame) -> bool:
    loss = [] if frame["loss"] is None else [frame["loss"]]
    return bool(np.isfinite([*frame["theta"], *frame["z"], *frame["a"], *loss]).all())


def to_json(answer: Any) -> str:
    """Write an answer as JSON: every number as Python's repr, so that its bits survive."""
    return json.dumps(answer, allow_nan=False, separators=(",", ":"), ensure_ascii=False)

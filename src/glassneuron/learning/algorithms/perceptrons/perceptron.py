"""Rosenblatt's perceptron, which answers with its last weights, and the averaged one, which answers with their mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

from glassneuron.engine import backend, kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken
from glassneuron.engine.sums import ALONE
from glassneuron.engine.threads import one_blas_thread
from glassneuron.errors import problem
from glassneuron.learning import stopping
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.neurons import BY_HAND, NeuronAlgorithm
from glassneuron.learning.algorithms.perceptrons import short_rows
from glassneuron.learning.algorithms.perceptrons.short_rows import ShortRows
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.history import History
from glassneuron.learning.measures.classes import how_many
from glassneuron.learning.settings import PerceptronSettings
from glassneuron.neurons.inference import weighted_sums

NO_TABLE: Array = np.empty((0, 0))
NO_POCKET = NO_TABLE, NO_TABLE, NO_TABLE, np.empty(0), False
EXPECTED = 30
"""Epochs that a perceptron needs where tol="auto" stops it, mostly."""
CALLS, VISIT = 50_000.0, 40.0
"""Multiply-adds that take as long as what an epoch, and each visit of a row, does beside them."""
START, PROOF = 800_000.0, 5_000_000.0
"""And as long as what a training does before its first epoch; a tiny table may have a proof that takes longer."""
FEW = 0.2
"""Share of the mistakes of guessing under which there may be an end without mistakes, for which the last weights have
to wait; a mean, a vote or a pocket answers about as well before it."""
MOST_UNEQUAL = 100.0
"""Ratio of sample weights beyond which a number of mistakes tells nothing: light rows stay wrong for long."""
TINY, TINY_TO_OTHERS = 1500, 500
"""Multiply-adds of an epoch up to which some more epochs, and a proof, cost next to nothing."""
MORE, SAMPLE, RUN = 1 << 14, 1 << 12, 256
"""Visits whose mean is compared, the rows on which that is done, and how many of them lie together."""

IN_TURN = "row by row, each from where the one before has led"


class Perceptron(NeuronAlgorithm):
    """Perceptrons that answer with their last weights.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408. It converges where the classes are separable: Novikoff
    (1962), Symposium on the Mathematical Theory of Automata 12:615.
    """

    settles = True
    can_diverge = False
    epoch_kernel = "perceptron_epoch"
    alone: tuple[str, str] | None = (IN_TURN, "shards=16, which learn side by side")
    settings: PerceptronSettings

    def __init__(self, data: Dataset, settings: PerceptronSettings, state: State | None = None) -> None:
        self.competing = settings.competing and data.neurons > 1
        self.code = kernels.WINNER if self.competing else kernels.STEP
        if self.competing and self.epoch_kernel:
            self.epoch_kernel = "multiclass_epoch"
        super().__init__(data, settings, state)
        weight = taken(self.weight, self.rows) if len(self.weight) else self.weight
        self.unequal = len(weight) > 0 and bool(weight.max() > MOST_UNEQUAL * weight.min())
        self.lone = data.neurons == 1 and not len(weight) and not backend.interpreted(self.kernels)
        self.scale, self.clock = np.ones(1), np.zeros(1)  # which stays 1, and which nobody reads
        self.short: ShortRows | None = None
        self.unsure = 0  # rows in the epoch that were not surely right

    def begin_epoch(self, epoch: int) -> int:
        self.left = self.settings.max_epochs - epoch - 1
        if self.lone and short_rows.pay(self.seen.X, epoch, self.unsure):
            self.short = self.short or ShortRows(self.seen.X, self.y)
        else:
            self.short = None
        self.unsure = 0
        return super().begin_epoch(epoch)

    def step(self, start: int, stop: int) -> tuple[int, float]:
        visits = self.visits(start, stop)
        return self.learn(visits) if self.short is None else self.learn_unsure(self.short, visits)

    def learn_unsure(self, short: ShortRows, visits: Any) -> tuple[int, float]:
        """Learn from rows that are not surely right: nothing but the clock goes on at the others."""
        (order, share), place, mistakes, loss = visits, 0, 0, 0.0
        while True:
            sure = short.surely_right(self.kernels, self.W[0], float(self.b[0, 0]), order[place:])
            self.go_by(sure)
            place += sure
            if place == len(order):
                return mistakes, loss
            more, lost = self.learn((order[place : place + 1], share))
            mistakes, loss, place, self.unsure = mistakes + more, loss + lost, place + 1, self.unsure + 1

    def go_by(self, rows: int) -> None:
        """Note that so many rows were right."""

    def learn(self, visits: Any) -> tuple[int, float]:
        """Learn from some visits."""
        rates = self.rates()
        if self.competing:
            return self.compete(visits, NO_TABLE, NO_TABLE, self.clock)
        return self.shared(
            lambda some, y: self.kernels.perceptron_epoch((self.W[some], self.b[some]), (self.X, y), visits, rates)
        )

    def compete(self, visits: Any, S: Any, s: Any, time: Any, pocket: Any = NO_POCKET) -> tuple[int, float]:
        """Let a layer learn from some visits by Kesler's rule, with what its average and its pocket need."""
        neurons, rows = (self.W, self.b), (self.X, self.y)
        return self.kernels.multiclass_epoch(  # type: ignore[no-any-return]
            self.code, neurons, rows, visits, self.rates(), self.scale, (S, s, time), pocket
        )

    def end_epoch(self, mistakes: int) -> int:
        """Look once more at rows that are right in the order of learning: usually all of them are right.

        Learning adds a sum up in one order, answering a large table in another. Where a sum is zero but for the last
        bit, the two can differ. Such a row is learned like a mistake, which moves it away from the tie.
        """
        self.unsure = max(self.unsure, mistakes)
        return mistakes or self.settle_ties()

    def is_sound(self, loss: float) -> bool:
        """Return whether all is finite: mostly one sum tells."""
        told = loss + sum(float(part.sum()) for part in self.weights)
        return told - told == 0.0 or super().is_sound(loss)

    def facts(self) -> dict[str, float]:
        W = self.answering_weights().ravel()
        with one_blas_thread() if W.size > ALONE else nullcontext():  # so that threads change no bit of the length
            return {"learning_rate": self.eta, "norm": math.sqrt(W.dot(W))}

    def answering_weights(self) -> Array:
        """Return the weights that would answer now, for rows as they are seen; they may be those that learn."""
        return np.asarray(self.W, self.dtype)

    def expected_epochs(self) -> int:
        return min(self.settings.max_epochs, EXPECTED) if self.settings.tol == "auto" else self.settings.max_epochs

    def work_of(self, epochs: int) -> float:
        threads = 1 if self.competing else self.threads
        start = PROOF if self.tiny else START
        own = self.epoch_work * self.cost_per_row() / threads
        return start + epochs * (own + VISIT * self.total + CALLS)

    @property
    def tiny(self) -> bool:
        """Whether an epoch is next to nothing."""
        return self.epoch_work <= (TINY if self.settings.variant == "plain" else TINY_TO_OTHERS)

    @property
    def patient(self) -> bool:
        """Whether an end is waited for: by last weights, and where epochs cost nothing or mistakes tell nothing."""
        return self.settings.variant == "plain" or self.tiny or self.unequal

    def few(self, mistakes: float) -> bool:
        """Return whether mistakes tell nothing or, of last weights, they are few beside those of guessing, or rows are.

        As many rows as twice the weights can be told apart however they are labelled, as likely as not: Cover (1965),
        IEEE Transactions on Electronic Computers 14(3):326-334.
        """
        data, rows = self.data, len(self.rows)
        if self.tiny or self.unequal:
            return True
        if not self.patient:
            return False
        of_class = how_many(taken(data.y, self.rows), 2 if data.neurons == 1 else data.neurons)
        if self.competing:
            guessed, unknowns = rows - of_class.max(), data.neurons - 1
        else:
            guessed, unknowns = np.minimum(of_class, rows - of_class)[-data.neurons :].sum(), 1
        return mistakes <= FEW * float(guessed) or rows <= 2 * unknowns * (data.shape[1] + 1)

    def take_over(self, weights: Array, neurons: Array) -> bool:
        """Go on from weights that were found; a table that may be gone through by hand is left to the rule."""
        found = self._as_seen(weights, neurons) if self.settings.variant == "plain" else []
        if not found:
            return False
        W, b = self.weights
        for k, w, bias in found:
            W[k], b[k] = w, bias
        mine = self.outside(W, b)
        if any(wrong.any() for _, wrong, _ in self._wrong_in_blocks(lambda rows: weighted_sums(*mine, rows))):
            return False
        for k, _, _ in found:
            self.W[k][:], self.b[k][0] = W[k].tolist(), float(b[k])
        return True

    def _as_seen(self, weights: Array, neurons: Array) -> list[tuple[int, Array, float]]:
        """Return numbers, weights and biases of neurons for rows as they are seen, about as long as those that learn.

        There are none for a table that may be gone through by hand, or where the bias is held.
        """
        if self.settings.fixed_bias is not None or len(self.data.y) < BY_HAND:
            return []
        W, b = weights[:, :-1], weights[:, -1]
        if self.scaling is not None:
            W, b = self.scaling.unfolded(W, b)
        at = neurons.tolist() or list(range(self.data.neurons))
        mine, found = np.column_stack(self.weights)[at], np.column_stack([W, b])
        each = (0, 1) if self.competing else 1
        with np.errstate(all="ignore"):
            lengths = [np.sqrt(np.sum(part**2, axis=each, keepdims=True)) for part in (mine, found)]
            found *= np.exp2(np.rint(np.log2(lengths[0] / lengths[1])))  # a power of two, which rounds nothing
        if not (np.isfinite(found).all() and found.any()):
            return []
        return [(k, row[:-1], float(row[-1])) for k, row in zip(at, found, strict=True)]

    def wrong_neurons(self) -> Array:
        if self.competing or self.data.neurons == 1:
            return super().wrong_neurons()
        W, b = self.outside(*self.weights)
        wrong = np.zeros(len(W), bool)
        for _, answers, _ in self._wrong_in_blocks(lambda rows: weighted_sums(W, b, rows)):
            wrong |= answers.any(axis=0)
        return np.flatnonzero(wrong)

    def alternative(self) -> str:
        """Return what share the mean of more visits has right, where it is more than the last weights have."""
        if type(self) is not Perceptron:
            return ""
        (W, b), visits = self.weights, min(len(self.epoch), MORE)
        neurons = self.kernel_form(W.copy()), self.kernel_form(b[:, np.newaxis].copy())
        average = (np.zeros_like(W, np.float64), np.zeros((len(W), 1)), np.zeros(1))
        S, s, time = (self.kernel_form(part) for part in average)
        rows, seen = (self.X, self.y), self.visits(0, visits)
        if self.competing:
            self.kernels.multiclass_epoch(
                self.code, neurons, rows, seen, self.rates(), np.ones(1), (S, s, time), NO_POCKET
            )
        else:
            self.kernels.averaged_epoch(neurons, rows, seen, self.rates(), (S, s, time))
        mean = np.array(neurons[0]) - np.array(S) / time[0], np.array(neurons[1]) - np.array(s) / time[0]
        mine, theirs = self._shares_right((W, b), (mean[0].astype(self.dtype), mean[1][:, 0])).tolist()
        if theirs > mine:
            self.better = (
                f"variant='averaged' does better here: the mean of one more epoch has {theirs:.1%} of the rows right, "
                f"the last weights {mine:.1%}"
            )
        return self.better

    def _shares_right(self, *layers: tuple[Array, Array]) -> Array:
        """Return which share of the rows each layer answers right; of a large table, of runs of rows all over it."""
        data, count = self.data, len(self.data.y)
        run, step = (count, count) if count <= SAMPLE else (RUN, count * RUN // SAMPLE)
        right, whole = np.zeros(len(layers)), 0.0
        each = [self.outside(W, b) for W, b in layers]
        W, b = (np.concatenate(both) for both in zip(*each, strict=True))
        for start in range(0, count, step):
            stop = min(start + run, count)
            y, sums = data.y[start:stop, np.newaxis], np.asarray(data.part(start, stop) @ W.T) + b
            sums = sums.reshape(len(y), len(layers), data.neurons)
            answers = sums.argmax(axis=2) == y if data.neurons > 1 else (sums[:, :, 0] >= 0.0) == (y > 0)
            if len(self.weight):
                weight = self.weight[start:stop]
                right, whole = right + weight @ answers, whole + float(weight.sum())
            else:
                right, whole = right + np.count_nonzero(answers, axis=0), whole + len(y)
        return np.asarray(right / (whole or 1.0))

    def settle_ties(self) -> int:
        """Learn from rows that only rounding puts on the right side; return how many there are."""
        W, b = self.outside(*self.weights)
        mistakes = 0
        for i, k, winner in self.wrong_answers(lambda rows: weighted_sums(W, b, rows)):
            mistakes += 1
            if self.competing:
                self.move(i, int(self.data.y[i]), 1.0)
                self.move(i, winner, -1.0)
            else:
                self.move(i, k, 1.0 if self._target(i, k) else -1.0)
        return mistakes

    def _target(self, i: int, k: int) -> bool:
        return bool(self.data.y[i] == (k if self.data.neurons > 1 else 1))

    def wrong_answers(self, answer: Callable[[Any], Array]) -> Iterator[tuple[int, int, int]]:
        """Yield the row and the neuron of each wrong answer, and which neuron has the largest sum."""
        for start, wrong, sums in self._wrong_in_blocks(answer):
            for i, k in np.argwhere(wrong) if wrong.any() else ():
                yield start + int(i), int(k), int(sums[i].argmax())

    def _wrong_in_blocks(self, answer: Callable[[Any], Array]) -> Iterator[tuple[int, Array, Array]]:
        """Yield, of some rows at a time, the number of the first, which answers are wrong, and the sums."""
        data, visited = self.data, row_by_row(lambda y: np.zeros(len(y), bool), self.data.y)
        visited[self.rows] = True
        fires_for = np.arange(data.neurons) if data.neurons > 1 else np.ones(1)
        for start, stop in data.blocks():
            sums, y = answer(data.X[start:stop]), data.y[start:stop]
            if self.competing:
                wrong = (sums.argmax(axis=1) != y)[:, np.newaxis]
            else:
                wrong = (sums >= 0.0) != np.equal.outer(y, fires_for)
            yield start, wrong & visited[start:stop, np.newaxis], sums

    def move(self, i: int, k: int, error: float) -> None:
        """Move neuron k toward row i, or away from it."""
        self._add(self.W, self.b, i, k, error, self.rate)

    def _add(self, W: Any, b: Any, i: int, k: int, error: float, eta: float) -> None:
        self.kernels.perceptron_move(W[k], b[k], error, eta, eta * self.bias_moves, self.kernel_form(self.seen.row(i)))

    def out_of_epochs(self, history: History) -> str:
        return stopping.still_mistakes(history.epochs, history.mistakes[-1])

    def explain_divergence(self, epoch: int) -> str:
        """Raise: weights of a perceptron overflow only where the rows or the rate are immense."""
        values = self.data.X.data if self.data.sparse else self.data.X
        raise problem("diverged", largest=max(float(values.max()), -float(values.min())), rate=self.rate)


class AveragedPerceptron(Perceptron):
    """Perceptrons that answer with the mean of all neurons on the way, each weighted by how long it stood.

    References
    ----------
    Freund & Schapire (1999), Machine Learning 37(3):277-296.
    """

    slots: tuple[str, ...] = ("S", "s", "time")
    layers: tuple[tuple[str, str], ...] = (*Perceptron.layers, ("S", "s"))
    epoch_kernel = "averaged_epoch"
    S: Array
    s: Array
    time: Array
    needed: float

    def begin_epoch(self, epoch: int) -> int:
        self.needed = 0.0
        return super().begin_epoch(epoch)

    def first_state(self) -> State:
        """Return weights of 0, sums, always in double precision, and the clock."""
        shape = (self.data.neurons, self.data.shape[1])
        return super().first_state() | {"S": np.zeros(shape), "s": np.zeros((shape[0], 1)), "time": np.zeros(1)}

    def go_by(self, rows: int) -> None:
        self.time[0] += rows

    def learn(self, visits: Any) -> tuple[int, float]:
        rates = self.rates()
        if self.competing:
            return self.compete(visits, self.S, self.s, self.time)
        return self.by_clock(
            lambda some, y, average: self.kernels.averaged_epoch(
                (self.W[some], self.b[some]), (self.X, y), visits, rates, average
            )
        )

    def by_clock(self, learn: Callable[[slice, Any, Any], tuple[int, float]]) -> tuple[int, float]:
        """Let neurons learn, each half of them with the average and a clock of its own; all clocks go alike."""
        clocks = []

        def with_average(some: slice, y: Any) -> tuple[int, float]:
            clocks.append(np.array(self.time))
            return learn(some, y, (self.S[some], self.s[some], clocks[-1]))

        done = self.shared(with_average)
        self.time[0] = float(clocks[0][0])
        return done

    def settle_ties(self) -> int:
        """Return how many mistakes the mean still makes after an epoch without a mistake.

        With each epoch that the neuron stands the mean comes closer to it, until it is right too. In such epochs only
        the clock goes on, and so as many as it takes are gone through at once. They do not help where the neuron itself
        is right by a tie alone: such a row is learned like a mistake.
        """
        return super().settle_ties() or self._settle_mean()

    def _settle_mean(self) -> int:
        wrong = self._wrong_means()
        if not wrong:
            return 0
        rows = self.data.X[[i for i, _, _ in wrong]]
        sums, sums_of_moves = (
            weighted_sums(*self.outside(W, b), rows)
            for W, b in (self.weights, (np.array(self.S), np.array(self.s)[:, 0]))
        )
        needed = 0.0
        for (i, k, winner), z, late in zip(wrong, sums, sums_of_moves, strict=True):
            true, others = int(self.data.y[i]), np.arange(self.data.neurons)
            if self.competing:
                ahead, lost = z[true] - z[others != true], late[true] - late[others != true]
            else:
                ahead, lost = z[k : k + 1], late[k : k + 1]
            if self.competing and not ahead.all():
                self.move(i, true, 1.0)
                self.move(i, winner, -1.0)
            elif not self.competing and ahead[0] == 0.0:
                self.move(i, k, 1.0 if self._target(i, k) else -1.0)
            else:
                needed = max(needed, float((lost / ahead).max()))
                continue
            return len(wrong)
        self.needed = max(1.0, np.floor((needed - self.time[0]) / self.total) + 1.0)
        if self.needed > self.left:
            return len(wrong)
        self.time[0] += self.needed * self.total
        return len(self._wrong_means())

    def finished(self) -> tuple[bool, str] | None:
        """Stop where the neuron itself is right on every row, and there are too few epochs for the mean to follow."""
        if not 0 < self.left < self.needed:
            return None
        return False, stopping.mean_lags_behind(self.needed, self.left)

    def _wrong_means(self) -> list[tuple[int, int, int]]:
        W, b = self.outside(*self.mean())
        return list(self.wrong_answers(lambda rows: weighted_sums(W, b, rows)))

    def move(self, i: int, k: int, error: float) -> None:
        super().move(i, k, error)
        self._add(self.S, self.s, i, k, error, self.rate * self.time[0])

    def answering(self) -> tuple[Array, Array]:
        return self.mean()

    def answering_weights(self) -> Array:
        if self.time[0] == 0.0:
            return super().answering_weights()
        mean: Array = np.asarray(self.W) - np.asarray(self.S) / self.time[0]
        return mean.astype(self.dtype, copy=False)

    def mean(self) -> tuple[Array, Array]:
        """Return the mean of the neurons so far, for rows as they are seen."""
        if self.time[0] == 0.0:
            return self.weights
        b = (np.asarray(self.b) - np.asarray(self.s) / self.time[0])[:, 0]
        return AveragedPerceptron.answering_weights(self), b.astype(self.dtype, copy=False)

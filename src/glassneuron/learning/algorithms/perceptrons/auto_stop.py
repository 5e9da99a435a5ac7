"""What tol="auto" asks of perceptrons: what a training costs, whether an end may come, what else would do better."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import taken
from glassneuron.learning.algorithms.neurons import BY_HAND, NO_POCKET
from glassneuron.learning.algorithms.perceptrons.step_neurons import StepNeurons
from glassneuron.learning.measures.classes import how_many

EXPECTED = 30
"""Epochs that a perceptron needs where tol="auto" stops it, mostly."""
CALLS, VISIT = 50_000.0, 40.0
"""Multiply-adds that take as long as what an epoch, and each visit of a row, does beside them."""
START, PROOF = 800_000.0, 5_000_000.0
"""And as long as what a training does before its first epoch; a tiny table may have a proof that takes longer."""
FEW = 0.2
"""Share of the mistakes of guessing under which there may be an end without mistakes, for which the last weights have
to wait; a mean, a vote or a pocket answers about as well before it."""
LEFT, SOME = 0.4, 0.3
"""Share of the mistakes of the first epoch that is left, mostly, where weights have every row right, once mistakes no
longer become fewer; wrong labels leave more. And how much hope there is then."""
MOST_UNEQUAL = 100.0
"""Ratio of sample weights beyond which a number of mistakes tells nothing: light rows stay wrong for long."""
TINY, TINY_TO_OTHERS = 1500, 500
"""Multiply-adds of an epoch up to which some more epochs, and a proof, cost next to nothing."""
LESSON = 100
"""Epochs up to which somebody may go through a small table by hand."""
MORE = 1 << 14
"""Visits whose mean is compared with the last weights."""


class AutoStop(StepNeurons):
    """Step neurons that know what they cost, when to hope for an end, and how to go on from weights that were found.

    Attributes
    ----------
    left : int
        Epochs that may come after this one.
    """

    left: int

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

    @cached_property
    def unequal(self) -> bool:
        """Whether sample weights are so unequal that a number of mistakes tells nothing."""
        weight = taken(self.weight, self.rows) if len(self.weight) else self.weight
        return len(weight) > 0 and bool(weight.max() > MOST_UNEQUAL * weight.min())

    @property
    def patient(self) -> bool:
        """Whether an end is waited for: by last weights, and where epochs cost nothing or mistakes tell nothing."""
        return self.settings.variant == "plain" or self.tiny or self.unequal

    @property
    def by_hand(self) -> bool:
        """Whether the table is so small, and the training so short yet, that somebody may go through it by hand."""
        return len(self.data.y) < BY_HAND and self.settings.max_epochs - self.left < LESSON

    @property
    def asks_again(self) -> bool:
        return len(self.data.y) < BY_HAND and not self.by_hand and self.settings.variant in ("plain", "pocket")

    def few(self, mistakes: float) -> bool:
        """Return whether mistakes tell nothing or, of last weights, they are few beside those of guessing, or rows are.

        As many rows as twice the weights can be told apart however they are labelled, as likely as not: Cover (1965),
        IEEE Transactions on Electronic Computers 14(3):326-334.
        """
        if self.tiny or self.unequal:
            return True
        if not self.patient:
            return False
        unknowns = (self.data.neurons - 1 if self.competing else 1) * (self.data.shape[1] + 1)
        return self._beside_guessing(mistakes) <= FEW or len(self.rows) <= 2 * unknowns

    def hope(self, mistakes: float, first: float) -> float:
        """Return how much hope there is of weights that have every row right, to go on from.

        It is 1 where mistakes are few and most of those at first are gone; some where few are, for last weights, which
        wait for an end; and none for a mean or a vote.
        """
        kept = self.settings.variant in ("plain", "pocket")
        if not kept or not (self.unequal or self._beside_guessing(mistakes) <= FEW):
            return 0.0
        if mistakes <= LEFT * first:
            return 1.0
        return SOME if self.patient else 0.0

    def _beside_guessing(self, mistakes: float) -> float:
        """Return the share of mistakes in those that guessing the most frequent class would make."""
        data, rows = self.data, len(self.rows)
        of_class = how_many(taken(data.y, self.rows), 2 if data.neurons == 1 else data.neurons)
        if self.competing:
            guessed = rows - of_class.max()
        else:
            guessed = np.minimum(of_class, rows - of_class)[-data.neurons :].sum()
        return mistakes / max(float(guessed), 1.0)

    def take_over(self, weights: Array, neurons: Array) -> bool:
        """Go on from weights that were found; a table that may be gone through by hand is left to the rule."""
        found = self.as_seen(weights, neurons) if self.settings.variant == "plain" else []
        if not found:
            return False
        W, b = self.weights
        for k, w, bias in found:
            W[k], b[k] = w, bias
        if any(wrong.any() for _, wrong, _ in self.wrong_in_blocks(self.sums_of(W, b))):
            return False
        for k, _, _ in found:
            self.W[k][:], self.b[k][0] = W[k].tolist(), float(b[k])
        return True

    def as_seen(self, weights: Array, neurons: Array) -> list[tuple[int, Array, float]]:
        """Return numbers, weights and biases of neurons for rows as they are seen, about as long as those that learn.

        There are none where somebody may go through the table by hand, or where the bias is held.
        """
        if self.settings.fixed_bias is not None or self.by_hand:
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

    def alternative(self) -> str:
        """Return what share the mean of more visits has right, where it is more than the last weights have."""
        if self.settings.variant != "plain" or self.settings.shards > 1:
            return ""
        (W, b), visits = self.weights, min(len(self.epoch), MORE)
        neurons = self.kernel_form(W.copy()), self.kernel_form(b[:, np.newaxis].copy())
        S, s, time = (self.kernel_form(np.zeros(shape)) for shape in (W.shape, (len(W), 1), 1))
        told = neurons, (self.X, self.y), self.visits(0, visits), self.rates()
        if self.competing:
            self.kernels.multiclass_epoch(self.code, *told, np.ones(1), (S, s, time), NO_POCKET)
        else:
            self.kernels.averaged_epoch(*told, (S, s, time))
        mean_W, mean_b = (np.array(w) - np.array(moves) / time[0] for w, moves in zip(neurons, (S, s), strict=True))
        mine, theirs = self.shares_right((W, b), (mean_W.astype(self.dtype), mean_b[:, 0])).tolist()
        if theirs > mine:
            self.better = (
                f"variant='averaged' does better here: the mean of one more epoch has {theirs:.1%} of the rows right, "
                f"the last weights {mine:.1%}"
            )
        return self.better

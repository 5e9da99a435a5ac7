"""`Perceptron`: Rosenblatt's rule as a scikit-learn estimator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.neurons import NeuronClassifier
from glassneuron.estimators.scikit import ClassifierMixin
from glassneuron.estimators.shared import Task
from glassneuron.learning.algorithms.neurons import BY_HAND, NeuronAlgorithm
from glassneuron.learning.algorithms.perceptrons.voted import VotedPerceptron
from glassneuron.learning.algorithms.perceptrons.votes import telling_votes_on, votes_on
from glassneuron.learning.diagnosis.finding import Outlook
from glassneuron.learning.settings import AUTO, PerceptronSettings, documented, setting
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.proofs.attainable import Attainable, Decider, attainable
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.exact.table import ExactTable, all_digits
from glassneuron.proofs.mistake_bound import mistake_bound

LESSON = 1.5e7
"""Multiply-adds, some milliseconds, that a proof may take where few rows are learned: it may be a lesson."""


def _refuse_other_than_a_choice(value: object) -> None:
    if value not in (True, False, "auto"):
        raise problem("parameter", name="prove", rule="True, False or 'auto'", value=value)


@documented
@dataclass(eq=False, repr=False)
class Perceptron(ClassifierMixin, PerceptronSettings, NeuronClassifier):
    """A step neuron that finds its own weights; for more than two classes, one neuron a class.

    Attributes
    ----------
    neuron_ : Neuron
        For two classes; it fires for ``classes_[1]``.
    neurons_ : list of Neuron
        One a class; a list of one for two classes. Of a voted perceptron the last ones on the way.
    network_ : Network
        Of a voted perceptron: the neurons with a vote are its first layer, their votes the weights of its second.
    history_ : History
    classes_ : ndarray of shape (classes,)
    coef_ : ndarray of shape (1 or classes, features)
    intercept_ : ndarray of shape (1 or classes,)
    n_iter_ : int
        Epochs that were needed.
    model_ : Model
        The same as a plain value that can be saved.

    Notes
    -----
    A single class is a constant to learn: 0, False and -1 mean that the neuron has to stay silent, any other label
    that it has to fire.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408; Freund & Schapire (1999), Machine Learning 37(3):277-296;
    Gallant (1990), IEEE Transactions on Neural Networks 1(2):179-191; Nilsson (1965), Learning Machines.

    Examples
    --------
    >>> p = Perceptron(learning_rate=0.1, max_epochs=1000, fixed_bias=-1.0, shuffle=False)
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> p.fit(X, [0, 1, 1, 1]).decision_function(X)
    array([-1. ,  0.1,  0.1,  1.2])
    >>> p.history_.mistakes
    [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    >>> print(p.history_.why_stopped)
    epoch 10 passed without a mistake: every row is answered right
    """

    prove: bool | str = setting(
        "auto", _refuse_other_than_a_choice,
        "Where training did not converge, decide whether any neuron can have every row right, and say so in "
        "`history_.why_stopped`. 'auto' spends no more on it than on the training, and says where that is too little.",
    )  # fmt: skip
    network_: Network = field(init=False)

    def _activation(self) -> str:
        return "step"

    def _decider(self, task: Task) -> Decider | None:
        """Return what the training may ask whether any neuron can have every row right."""
        if self.prove is False or task.data.sparse or self.tol != AUTO or len(self.classes_) == 1:
            return None
        return self._question(task)

    def _question(self, task: Task) -> Decider:
        """Return what to decide on, to the last digit of what the caller gave."""
        data = task.data

        def written() -> Array | None:
            digits = all_digits(task.given)
            return digits if digits is None or task.rows is None else digits[task.rows]

        table = ExactTable.of_floats(data.X, written)
        fires_for = np.arange(data.neurons) if data.neurons > 1 else np.array([1])
        return Decider(table, data.y, fires_for, self.classes_.tolist(), self.competing)

    def _attainable(self, trainer: Trainer, algorithm: NeuronAlgorithm, task: Task) -> Outlook | None:
        """Return whether more epochs could have every row right: what the training knows, or a new proof."""
        history, data, known = trainer.history, algorithm.data, trainer.prospects.outlook
        if history.mistake_bound is not None and data.neurons == 1 and not data.sparse and self.prove is not False:
            budget = None if self.prove is True else Budget(algorithm.work_of(trainer.epoch))
            least = mistake_bound(algorithm.seen.X, data.y > 0, budget)
            history.mistake_bound = min(history.mistake_bound, np.inf if least is None else least)
        if self.prove is False or history.converged or data.sparse:
            return None
        if len(self.classes_) == 1:
            return Attainable(True, "a single class can be had right by the bias alone")
        told = self.prove == "auto" and known is not None and (known.attainable is None or len(data.y) >= BY_HAND)
        if told or (known is not None and known.attainable is False):
            return known
        from_zero = algorithm.fresh and algorithm.first_bias == 0.0 and self.fixed_bias is None
        bounded = from_zero and not (self.competing and data.neurons > 1) and not len(data.sample_weight)
        work = algorithm.work_of(trainer.epoch)
        work = max(work, LESSON) if len(data.y) < BY_HAND else work
        question = self._question(task)
        found = attainable(
            question.table, question.codes, question.fires_for, question.classes, data.X if bounded else None,
            largest_wins=self.competing, budget=None if self.prove is True else Budget(work),
        )  # fmt: skip
        if self.fixed_bias is not None and found.attainable:
            return Attainable(None, f"a neuron that learns its bias can; this one has it held at {self.fixed_bias:g}")
        return found

    def _attributes(self, algorithm: NeuronAlgorithm) -> dict[str, Any]:
        found = super()._attributes(algorithm)
        return found | ({"network_": algorithm.network()} if isinstance(algorithm, VotedPerceptron) else {})

    def _sums(self, X: Any) -> Array:
        if self.variant != "voted":
            return super()._sums(X)
        rows = self._rows(X)
        return votes_on(self.network_, rows)

    def _telling_sums(self, X: Any) -> Array:
        if self.variant != "voted":
            return super()._telling_sums(X)
        rows = self._rows(X)
        return telling_votes_on(self.network_, rows)

    @property
    def model_(self) -> Model:
        """The trained neurons, classes and names as a plain value that can be saved."""
        if self.variant != "voted" or len(getattr(self, "classes_", ())) < 2:
            return self._model("perceptron")
        about = self._about("voted perceptron")
        return Model(self.network_, tuple(self.classes_.tolist()), self._names(), about=about)

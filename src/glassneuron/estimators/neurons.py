"""What the estimators of single neurons share: checked rows, training, and the attributes that it leaves behind."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, all_finite
from glassneuron.engine.on_disk import row_by_row
from glassneuron.errors import problem
from glassneuron.estimators.callbacks import followers
from glassneuron.estimators.shared import FitSettings, PartialClassifier, Task, next_seed
from glassneuron.estimators.validation import (
    checked,
    fitted,
    known,
    labels,
    one_row,
    plain,
    weights_with_classes,
)
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import NONE, Dataset
from glassneuron.learning.diagnosis.finding import Outlook
from glassneuron.learning.diagnosis.neurons import examine
from glassneuron.learning.diagnosis.table import Origin
from glassneuron.learning.history import History
from glassneuron.learning.settings import DeltaSettings, NeuronSettings, PerceptronSettings, setting
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.inference import weighted_sums
from glassneuron.neurons.model import Model
from glassneuron.neurons.neuron import Neuron


@dataclass(eq=False, repr=False)
class NeuronEstimator(FitSettings):
    """Neurons side by side; the base of `Perceptron`, `Adaline`, `SigmoidNeuron` and `LinearNeuron`."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    neurons_: list[Neuron] = field(init=False)
    coef_: Array = field(init=False)
    intercept_: Array = field(init=False)

    # What each estimator says of itself.

    def _activation(self) -> str:
        raise NotImplementedError

    def _attainable(self, trainer: Trainer, algorithm: NeuronAlgorithm, task: Task) -> Outlook | None:
        """Return whether more epochs could have every row right, where that was asked and is not known."""
        return None

    # The common part.

    def _rule(self, seed: int, **changes: Any) -> NeuronSettings:
        kind = PerceptronSettings if isinstance(self, PerceptronSettings) else DeltaSettings
        return self._settings(kind, random_state=seed, **changes)

    def _algorithm(self, data: Dataset, seed: int, state: State | None = None, **changes: Any) -> NeuronAlgorithm:
        return algorithm_for(data, self._rule(seed, **changes), self._activation(), state)

    def _checked(self, X: Any, y: Any, *, first: bool = True, **more: Any) -> tuple[Any, Array]:
        X, y = checked(self, X, y, fitting=True, reset=first, accept_sparse="csr", **more)
        if not isinstance(X, np.ndarray) and not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
        return X, y

    def _groups(self, data: Dataset) -> Array:
        return data.codes if data.labelled else row_by_row(lambda y: np.zeros(len(y)), data.y)

    def _train(self, X: Any, y: Any, task: Task, seed: int, before: Any) -> None:
        algorithm = self._algorithm(task.data, seed, self._warm_state(task.data, before))
        with followers(
            self,
            X,
            y,
            algorithm.settings.max_epochs,
            self.on_epoch,
            self.verbose,
            lambda _: self._attributes(algorithm),
        ) as follow:
            trainer = Trainer(algorithm, task.validation, follow, self._decider(task))
            history = trainer.fit(self._checkpoint(task, algorithm.settings, activation=self._activation()))
        attainable = self._attainable(trainer, algorithm, task)
        known, why, told = trainer.prospects.outlook, history.why_stopped, str(attainable)
        if attainable and told not in why:
            shorter = known is not None and str(known) in why
            history.why_stopped = why.replace(str(known), told) if shorter else f"{why}; {told}"
        self._keep(algorithm, history, attainable)

    def _warm_state(self, data: Dataset, before: Any) -> State | None:
        """Return where a warm start goes on from: the last fit, if classes and features are the same."""
        if not self.warm_start or not hasattr(self, "_state"):
            return None
        same = before is None or np.array_equal(before, self.classes_)
        if not same or self._state["W"].shape != (data.neurons, data.shape[1]):
            return None
        return self._state

    def _train_on(self, data: Dataset, seed: int, *, first: bool) -> History:
        changes: dict[str, Any] = {"max_epochs": 1, "tol": None, "schedule": "constant", "standardise": False}
        if isinstance(self, DeltaSettings):
            changes["solver"] = "batch" if self.solver == "batch" else "online"
        state = None if first else next_seed(self._state, seed, self.n_iter_)
        algorithm = self._algorithm(data, seed, state, **changes)
        new = Trainer(algorithm).fit()
        self._keep(algorithm, new.after(None if first else self.history_), block=True)
        return new

    def _attributes(self, algorithm: NeuronAlgorithm) -> dict[str, Any]:
        W, b = algorithm.params()
        names, activation = getattr(self, "feature_names_in_", None), self._activation()
        alone = "linear" if activation == "softmax" else activation  # softmax belongs to a layer
        neurons = [Neuron(w, float(bias), alone, names=names) for w, bias in zip(W, b, strict=True)]
        found: dict[str, Any] = {"coef_": W, "intercept_": b, "neurons_": neurons, "_state": algorithm.carried()}
        return found | ({"neuron_": neurons[0]} if len(neurons) == 1 else {})

    def _keep(
        self, algorithm: NeuronAlgorithm, history: History, attainable: Outlook | None = None, *, block: bool = False
    ) -> None:
        names, classes = getattr(self, "feature_names_in_", None), getattr(self, "classes_", None)
        labels = None if classes is None else classes.tolist()
        findings = examine(algorithm, history, attainable, origin=Origin(names), classes=labels, block=block)
        found = self._attributes(algorithm)
        for name in ("neuron_", "network_"):  # of a fit before, with another number of classes
            vars(self).pop(name, None)
        vars(self).update(found, history_=history, n_iter_=history.epochs, _findings=findings)

    def _rows(self, X: Any, order: str | None = "C") -> Any:
        fitted(self)
        return checked(self, X, fitting=False, accept_sparse="csr", order=order)[0]

    def _sums(self, X: Any) -> Array:
        """Return the weighted sums, of shape (rows, neurons).

        A value that is not finite spoils the sums of its row, and there are fewer sums than values to look at; but some
        products skip a weight of 0 where a column is read at once.
        """
        fitted(self)
        W, b = np.atleast_2d(self.coef_), np.atleast_1d(self.intercept_)
        if plain(self, X) and (X.flags.c_contiguous or W.all()):
            with np.errstate(over="ignore", invalid="ignore"):
                sums = weighted_sums(W, b, X if X.dtype.kind == "f" else X.astype(np.float64))
            if all_finite(sums):
                return sums
        return weighted_sums(W, b, self._rows(X, order=None))

    @property
    def model_(self) -> Model:
        """What was learned as a plain value that can be saved."""
        raise NotImplementedError

    def explain(self, row: Any) -> Explanation:
        """Show the arithmetic of the answer to one row.

        Parameters
        ----------
        row : array_like of shape (features,)
        """
        return self.model_.explain(one_row(self, row))


@dataclass(eq=False, repr=False)
class NeuronClassifier(PartialClassifier, NeuronEstimator):
    """Neurons that tell classes apart: one for two classes, one per class for more."""

    _: KW_ONLY
    class_weight: Any = setting(
        None, lambda value: None,
        "Dict of class to weight, or 'balanced', with which each class counts the same.",
    )  # fmt: skip
    silent = 0.0
    classes_: Array = field(init=False)

    def _dataset(self, X: Any, y: Array, weight: Array | None, *, first: bool) -> Dataset:
        if first:
            self.classes_, codes = labels(y)
        else:
            codes = known(self.classes_, y)
        weight = weights_with_classes(self.class_weight, self.classes_, codes, weight, X.dtype)
        classes, weight = len(self.classes_), NONE if weight is None else weight
        return Dataset.of_classes(X, codes, classes, self.silent, self._fires_for, weight)

    @property
    def _fires_for(self) -> int:
        """The class that a lone neuron is to fire for.

        A single class is a constant to learn: 0, False and -1 mean that the neuron has to stay silent, any other label
        that it has to fire.
        """
        silent = len(self.classes_) == 1 and self.classes_[0] in (0, -1)  # False equals 0
        return 1 if len(self.classes_) == 2 or silent else 0

    def decision_function(self, X: Any) -> Array:
        """Return the weighted sums.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) for two classes, (rows, classes) for more
        """
        sums = self._sums(X)
        return sums[:, 0] if sums.shape[1] == 1 else sums

    def predict(self, X: Any) -> Array:
        """Return the class of each row: where the neuron fires, or whose sum is largest.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,)
        """
        sums = self._telling_sums(X)
        if len(self.classes_) == 1:
            return np.repeat(self.classes_, len(sums))
        return np.asarray(
            self.classes_[sums.argmax(axis=1) if sums.shape[1] > 1 else (sums[:, 0] >= 0.0).astype(np.intp)]
        )

    def _telling_sums(self, X: Any) -> Array:
        """Return numbers, (rows, neurons), of which the largest, or the sign of a lone one, is that of the sums."""
        return self._sums(X)

    def _model(self, rule: str) -> Model:
        fitted(self)
        return Model(tuple(self.neurons_), tuple(self.classes_.tolist()), self._names(), about=self._about(rule))

    def _refuse_one_class(self) -> None:
        if len(self.classes_) == 1:
            raise problem("one-class", name="y", value=self.classes_.tolist()[0])

"""`MLPClassifier`: a network that tells classes apart, as a scikit-learn estimator."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from html import escape
from typing import Any

import numpy as np
from scipy.sparse import issparse

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.errors import problem
from glassneuron.estimators.networks import NetworkEstimator
from glassneuron.estimators.neurons import NeuronClassifier
from glassneuron.estimators.scikit import ClassifierMixin
from glassneuron.estimators.shared import PartialClassifier
from glassneuron.estimators.validation import (
    checked,
    fitted,
    known,
    labels,
    one_row,
    refused,
    weights_with_classes,
)
from glassneuron.learning.dataset import NONE, Dataset
from glassneuron.learning.settings import documented, replaced
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network


@documented
@dataclass(eq=False, repr=False)
class MLPClassifier(ClassifierMixin, PartialClassifier, NetworkEstimator):
    """A network of neurons that tells classes apart.

    Two classes have one sigmoid output, more have a softmax output each; for a table of 0 and 1 (several labels a
    row) each column has a sigmoid output.

    Attributes
    ----------
    network_ : Network
    history_ : History
    classes_ : ndarray of shape (classes,)
        For several labels a row, the numbers of the columns.
    restarts_ : list of Restart
        How each start ended; it succeeded where each training row is answered right.
    success_rate_ : float
    n_iter_ : int
        Epochs.
    loss_ : float
    n_outputs_ : int

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323:533.

    Examples
    --------
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["same", "different", "different", "same"]
    >>> xor = MLPClassifier(4, "tanh", learning_rate=0.05, n_restarts=3).fit(X, y)
    >>> xor.predict(X).tolist()
    ['same', 'different', 'different', 'same']
    >>> xor.network_
    Network(2-4-1, tanh, sigmoid)
    """

    _: KW_ONLY
    class_weight: Any = replaced(NeuronClassifier, "class_weight", None)
    classes_: Array = field(init=False)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _dataset(self, X: Array, y: Array, weight: Array | None, *, first: bool) -> Dataset:
        if first:
            self.classes_, codes, self._several = _classes(y)
        else:
            codes = self._known(y)
        weight = self._class_weights(codes, weight, X.dtype)
        return Dataset(X, self._targets(codes, X), sample_weight=NONE if weight is None else weight)

    def _take_classes(self, y: Any, classes: Any) -> None:
        self.classes_, _, self._several = _classes(y)
        if not self._several:
            super()._take_classes(y, classes)

    def _groups(self, data: Dataset) -> Array:
        """Return the class of each row; rows of several labels are one group."""
        if self._several:
            return np.zeros(len(data.y))
        return row_by_row(lambda y: y.argmax(axis=1), data.y) if data.y.shape[1] > 1 else data.y[:, 0]

    def _checked(self, X: Any, y: Any, *, first: bool = True) -> tuple[Array, Array]:
        try:
            shape = y.shape if hasattr(y, "shape") else np.asarray(y).shape
        except ValueError as error:  # rows of different lengths
            raise refused(error) from error
        several = len(shape) == 2 and shape[1] > 1
        X, y = checked(self, X, y, fitting=True, reset=first, multi_output=several, accept_sparse="csr")
        return X, (y.toarray() if issparse(y) else y)

    def _known(self, y: Array) -> Array:
        """Return each row's position among the classes that are known already, or its labels."""
        _, codes, several = _classes(y)
        if several != self._several:
            rule = (
                "a table of 0 and 1, like the first rows" if self._several else "one label a row, like the first rows"
            )
            raise problem("parameter", name="y", rule=rule, value=y)
        if several:
            return codes
        return known(self.classes_, y)

    @property
    def _last(self) -> str:
        return "sigmoid" if self._several or len(self.classes_) == 2 else "softmax"

    def _targets(self, codes: Array, X: Array) -> Array:
        if self._several:
            return row_by_row(lambda codes: codes.astype(X.dtype), codes)
        if len(self.classes_) == 2:
            return row_by_row(lambda codes: codes[:, np.newaxis].astype(X.dtype), codes)
        one_each: Array = np.eye(len(self.classes_), dtype=X.dtype)
        return row_by_row(lambda codes: one_each[codes], codes)

    def _class_weights(self, codes: Array, weights: Array | None, dtype: Any) -> Array | None:
        if self.class_weight is None:
            return weights
        if self._several:
            raise problem(
                "parameter", name="class_weight", rule="None for several labels a row", value=self.class_weight
            )
        return weights_with_classes(self.class_weight, self.classes_, codes, weights, dtype)

    def _right(self, answers: Array, Y: Array) -> bool:
        if self._last == "softmax":
            return bool(row_by_row(lambda a, y: a.argmax(axis=1) == y.argmax(axis=1), answers, Y).all())
        return bool(row_by_row(lambda a, y: (a >= 0.5) == (y == 1.0), answers, Y).all())

    @property
    def model_(self) -> Model:
        """The network, its classes and the features' names as a plain value that can be saved; of one label a row."""
        fitted(self)
        if self._several:
            raise problem("not-savable", kind=f"{type(self).__name__} of several labels a row")
        return self._as_model(tuple(self.classes_.tolist()))

    def decision_function(self, X: Any) -> Array:
        """Return the weighted sums of the last layer: for sigmoid outputs, the logarithm of the odds.

        Parameters
        ----------
        X : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) for two classes, (rows, classes) or (rows, labels) for more
        """
        fitted(self)
        n = self.network_
        sums = self._answers(X, Network.of_parameters(n.parameters, n.sizes, (*n.activations[:-1], "linear")))
        return sums if self._several or len(self.classes_) != 2 else sums[:, 0]

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, or of each label.

        Parameters
        ----------
        X : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows, classes) or (rows, labels)
        """
        answers = self._answers(X)
        two = not self._several and len(self.classes_) == 2
        return np.hstack([1.0 - answers, answers]) if two else answers

    def predict(self, X: Any) -> Array:
        """Return the class of each row: the most probable; or 1 for each label that is more probable than not.

        Parameters
        ----------
        X : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) or (rows, labels)
        """
        return self._chosen(self._answers(X))

    def _chosen(self, answers: Array) -> Array:
        if self._several:
            return (answers >= 0.5).astype(np.int64)
        two = len(self.classes_) == 2
        chosen = (answers[:, 0] >= 0.5).astype(np.intp) if two else answers.argmax(axis=1)
        return np.asarray(self.classes_[chosen])

    def explain(self, row: Any) -> Explanation:
        """Show the arithmetic of the answer to one row, layer by layer.

        Parameters
        ----------
        row : array_like of shape (features,)
        """
        fitted(self)
        way = self.network_.explain(one_row(self, row))
        answer = self._chosen(np.array([way.data["output"]]))[0]
        sentence = f"so the answer is {answer}"
        return Explanation(
            f"{way.text}\n{sentence}",
            f"{way.html}<p>{escape(sentence)}</p>",
            way.latex,
            {**way.data, "answer": answer.tolist() if isinstance(answer, (np.generic, np.ndarray)) else answer},
        )


def _classes(y: Array) -> tuple[Array, Array, bool]:
    """Find the classes, each row's position among them (or its labels), and whether a row has several labels."""
    if y.ndim == 1:
        classes, codes = labels(y)
        return classes, codes, False
    try:
        zero_or_one = bool(np.isin(y, (0, 1)).all())
    except TypeError:
        zero_or_one = False
    if not zero_or_one:
        raise problem("parameter", name="y", rule="one label a row, or a table of 0 and 1", value=y)
    return np.arange(y.shape[1]), y.astype(np.int64), True

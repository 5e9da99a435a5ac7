"""`Perceptron`: Rosenblatt's rule as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.base import checked, fitted, labels, seed_of
from glassneuron.learning import perceptron
from glassneuron.learning.history import History, Step
from glassneuron.neurons.explanation import Explanation
from glassneuron.neurons.model import Model
from glassneuron.neurons.neuron import Neuron
from glassneuron.proofs.exact import Rows
from glassneuron.proofs.outlook import MOST_CELLS, outlook


class Perceptron(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A step neuron that finds its own weights; for more than two classes, one neuron a class.

    Parameters
    ----------
    learning_rate : float in (0, inf), default 1.0
        How far one mistake moves the weights. From a zero start with a learned bias it only rescales them.
    max_epochs : int, at least 1, default 1000
    fixed_bias : float, optional
        Hold the bias at this value; by default it is learned like a weight.
    shuffle : bool, default True
        Show the rows in a new order each epoch.
    random_state : int, RandomState or None, default 0
        Of the orders.
    prove : bool or "auto", default "auto"
        Where training did not converge, decide whether any neuron can have every row right, and say so in
        `history_.why_stopped`. "auto" does it for small tables, where it takes no time to speak of.

    Attributes
    ----------
    neuron_ : Neuron
        For two classes; it fires for ``classes_[1]``.
    neurons_ : list of Neuron
        One a class; a list of one for two classes.
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
    Rosenblatt (1958), Psychological Review 65(6):386-408.

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

    neurons_: list[Neuron]
    history_: History

    def __init__(
        self,
        learning_rate: float = 1.0,
        max_epochs: int = 1000,
        fixed_bias: float | None = None,
        shuffle: bool = True,
        random_state: Any = 0,
        prove: bool | str = "auto",
    ) -> None:
        self.learning_rate = learning_rate
        self.max_epochs = max_epochs
        self.fixed_bias = fixed_bias
        self.shuffle = shuffle
        self.random_state = random_state
        self.prove = prove

    def fit(self, X: Any, y: Any) -> Perceptron:
        """Learn from rows and their labels.

        Parameters
        ----------
        X : array_like of shape (rows, features)
        y : array_like of shape (rows,)
            Labels of any kind.

        Returns
        -------
        self

        Raises
        ------
        ParameterError, ParameterTypeError, DataError
        """
        rule = self._rule()
        if self.prove not in (True, False, "auto"):
            raise problem("parameter", name="prove", rule="True, False or 'auto'", value=self.prove)
        X, codes, fires_for = self._prepared(X, y)
        neurons, self.history_ = perceptron.learn(X, codes, fires_for, rule)
        if not self.history_.converged and (self.prove is True or (self.prove == "auto" and X.size <= MOST_CELLS)):
            self.history_.why_stopped += f"; {self._outlook(X, codes, fires_for)}"
        names = getattr(self, "feature_names_in_", None)
        self.neurons_ = [Neuron(n.weights, n.bias, "step", names=names) for n in neurons]
        if len(neurons) == 1:
            self.neuron_ = self.neurons_[0]
        self.coef_ = np.array([n.weights for n in neurons])
        self.intercept_ = np.array([n.bias for n in neurons], dtype=X.dtype)
        self.n_iter_ = self.history_.epochs
        return self

    def steps(self, X: Any, y: Any) -> Iterator[Step]:
        """Yield each step of the training that `fit` would do; `glassneuron.watch` calls it."""
        learner = Perceptron(**self.get_params())
        X, codes, fires_for = learner._prepared(X, y)
        return perceptron.steps(X, codes, fires_for, learner._rule())

    def _rule(self) -> perceptron.PerceptronRule:
        return perceptron.PerceptronRule(
            self.learning_rate, self.max_epochs, self.fixed_bias, self.shuffle, seed_of(self.random_state)
        )

    def _outlook(self, X: Array, codes: Array, fires_for: Array) -> str:
        classes = self.classes_.tolist()
        if len(classes) == 1:
            return "a single class can be had right by the bias alone"
        return outlook(Rows(X), codes, fires_for, classes, X if self.fixed_bias is None else None)

    def _prepared(self, X: Any, y: Any) -> tuple[Array, Array, Array]:
        X, y = checked(self, X, y, fitting=True)
        self.classes_, codes = labels(y)
        if len(self.classes_) > 2:
            return X, codes, np.arange(len(self.classes_))
        silent = len(self.classes_) == 1 and self.classes_[0] in (0, -1)  # False equals 0
        return X, codes, np.array([1 if len(self.classes_) == 2 or silent else 0])

    @property
    def model_(self) -> Model:
        """The trained neurons, classes and names as a plain value that can be saved."""
        fitted(self)
        names = getattr(self, "feature_names_in_", [f"x{j + 1}" for j in range(self.n_features_in_)])
        about = {
            "rule": "perceptron",
            "epochs": self.history_.epochs,
            "why_stopped": self.history_.why_stopped,
        }
        return Model(
            tuple(self.neurons_),
            tuple(self.classes_.tolist()),
            tuple(str(name) for name in names),
            about=about,
        )

    def decision_function(self, X: Any) -> Array:
        """Give the weighted sums.

        Parameters
        ----------
        X : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) for two classes, (rows, classes) for more
        """
        fitted(self)
        X, _ = checked(self, X, fitting=False)
        return self.model_.decision_function(X)

    def predict(self, X: Any) -> Array:
        """Give the class of each row: where the neuron fires, or whose sum is largest.

        Parameters
        ----------
        X : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,)
        """
        sums = self.decision_function(X)
        return self.classes_[self.model_.choose(sums)]

    def explain(self, row: Any) -> Explanation:
        """Show the arithmetic of the answer to one row.

        Parameters
        ----------
        row : array_like of shape (features,)
        """
        return self.model_.explain(row)

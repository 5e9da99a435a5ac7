"""`Adaline`: Widrow and Hoff's delta rule as a scikit-learn estimator."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

from glassneuron.engine.arrays import Array
from glassneuron.estimators.neurons import NeuronClassifier
from glassneuron.estimators.scikit import ClassifierMixin
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings, documented, replaced
from glassneuron.neurons.model import Model


@documented
@dataclass(eq=False, repr=False)
class Adaline(ClassifierMixin, DeltaSettings, NeuronClassifier):
    """A linear neuron that learns from how far its sum is from 1 or -1; for more than two classes, one neuron a class.

    It goes down the slope of the squared error, and so also learns from rows that are right already: with
    ``solver="online"`` row by row, as Widrow and Hoff's did, with nothing set straight to the least squares.

    Attributes
    ----------
    neuron_ : Neuron
        For two classes; its sum is positive for ``classes_[1]``.
    neurons_ : list of Neuron
        One a class; a list of one for two classes.
    history_ : History
    classes_ : ndarray of shape (classes,)
    coef_ : ndarray of shape (1 or classes, features)
    intercept_ : ndarray of shape (1 or classes,)
    n_iter_ : int
        Epochs, or steps on the way to the optimum.
    model_ : Model
        The same as a plain value that can be saved.

    Notes
    -----
    The penalty of scikit-learn's `RidgeClassifier` is ``l2 = alpha / rows``. Where columns are many for their rows,
    both have the same with nothing set; elsewhere there is none.

    References
    ----------
    Widrow & Hoff (1960), IRE WESCON Convention Record 4:96-104.

    Examples
    --------
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["off", "on", "on", "on"]
    >>> Adaline().fit(X, y).neuron_  # the least squares: x1 + x2 - 1/2
    Neuron(weights=[1, 1], bias=-0.5, activation='linear')
    >>> Adaline(solver="online").fit(X, y).predict(X).tolist()  # the delta rule, row by row, comes close to it
    ['off', 'on', 'on', 'on']
    """

    _: KW_ONLY
    solver: str = replaced(DeltaSettings, "solver", "auto")
    l2: float | None = replaced(DeltaSettings, "l2", None)
    silent = -1.0

    def _dataset(self, X: Any, y: Array, weight: Array | None, *, first: bool) -> Dataset:
        data = super()._dataset(X, y, weight, first=first)
        self._refuse_one_class()
        return data

    def _activation(self) -> str:
        return "linear"

    @property
    def model_(self) -> Model:
        """The trained neurons, classes and names as a plain value that can be saved."""
        return self._model("adaline")

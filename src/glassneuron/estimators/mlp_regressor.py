"""`MLPRegressor`: a network that answers with numbers, as a scikit-learn estimator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import issparse

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.errors import problem
from glassneuron.estimators.networks import NetworkEstimator
from glassneuron.estimators.scikit import RegressorMixin
from glassneuron.estimators.shared import PartialRegressor
from glassneuron.estimators.validation import checked, fitted, number_targets, one_row, refused
from glassneuron.learning.dataset import NONE, Dataset
from glassneuron.learning.settings import documented
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.model import Model

LEARNED = 0.99
"""Fraction of the targets' variance that a regression has to explain to count as learned."""


@documented
@dataclass(eq=False, repr=False)
class MLPRegressor(RegressorMixin, PartialRegressor, NetworkEstimator):
    """A network of neurons that answers with numbers: linear outputs, judged by half the squared error.

    Targets that are not of the size of 1, or far from 0 for their spread, are learned with mean 0 and deviation 1; the
    network answers in their own units, and the losses are told in those of the scaled ones.

    Attributes
    ----------
    network_ : Network
    history_ : History
    restarts_ : list of Restart
        How each start ended; it succeeded where it explains 99 % of the variance of each target.
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
    >>> X = np.linspace(-1, 1, 21)[:, np.newaxis]
    >>> parabola = MLPRegressor(8, "tanh", optimiser="lbfgs", tol=1e-6).fit(X, X[:, 0] ** 2)
    >>> parabola.predict([[0.5]]).round(2)
    array([0.25])
    """

    loss: str = field(default="squared_error", init=False)
    _last = "linear"
    _numbers = True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _dataset(self, X: Array, y: Array, weight: Array | None, *, first: bool) -> Dataset:
        return Dataset(X, y, sample_weight=NONE if weight is None else weight)

    def _checked(self, X: Any, y: Any, *, first: bool = True) -> tuple[Array, Array]:
        y = number_targets(y)
        options: dict[str, Any] = {"multi_output": True, "y_numeric": True, "accept_sparse": "csr"}
        X, y = checked(self, X, y, fitting=True, reset=first, **options)
        Y = y.toarray() if issparse(y) else y
        try:
            with np.errstate(over="ignore"):
                numbers = row_by_row(lambda Y: Y.astype(X.dtype), Y.reshape(X.shape[0], -1))
        except (ValueError, TypeError) as error:
            raise refused(error) from error
        if not row_by_row(np.isfinite, numbers).all():
            reach = {"features": float(abs(X).max()), "targets": float(np.abs(Y).max())}
            raise problem("beyond-float", kind=X.dtype, **reach)
        return X, numbers

    def _right(self, answers: Array, Y: Array) -> bool:
        with np.errstate(over="ignore", invalid="ignore"):
            left = row_by_row(lambda a, y: (a - y) ** 2, answers, Y).mean(axis=0)
            middle = Y.mean(axis=0)
            spread = row_by_row(lambda y: (y - middle) ** 2, Y).mean(axis=0)
            return bool((left <= (1.0 - LEARNED) * spread).all())

    @property
    def model_(self) -> Model:
        """The network and the features' names as a plain value that can be saved; of one output."""
        fitted(self)
        if self.n_outputs_ > 1:
            raise problem("not-savable", kind=f"{type(self).__name__} of several outputs")
        return self._as_model(None)

    def predict(self, X: Any) -> Array:
        """Return the answers.

        Parameters
        ----------
        X : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) for one output, (rows, outputs) for more
        """
        answers = self._answers(X)
        return answers[:, 0] if answers.shape[1] == 1 else answers

    def explain(self, row: Any) -> Explanation:
        """Show the arithmetic of the answer to one row, layer by layer.

        Parameters
        ----------
        row : array_like of shape (features,)
        """
        fitted(self)
        return self.network_.explain(one_row(self, row))

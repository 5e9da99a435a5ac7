"""`LinearNeuron`: a neuron that answers with a number, as a scikit-learn estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin

from glassneuron.engine.arrays import Array
from glassneuron.estimators.slope_base import SlopeEstimator
from glassneuron.estimators.validation import fitted
from glassneuron.learning.course import Lesson
from glassneuron.learning.dataset import Examples
from glassneuron.learning.history import OnEpoch
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.scaling import Scaling


class LinearNeuron(RegressorMixin, SlopeEstimator):  # type: ignore[misc]
    """A linear neuron that answers with a number: least squares, by the delta rule or at once.

    Parameters
    ----------
    learning_rate : float in (0, inf), optional
        How far one move goes, in units of the error. By default, from the lengths of the rows, one that cannot
        overshoot. Solvers that go to the optimum need none.
    max_epochs : int, at least 1, default 1000
    fixed_bias : float, optional
        Hold the bias at this value; by default it is learned.
    shuffle : bool, default True
        Show the rows in a new order each epoch. For a table of up to 16,384 rows and a million numbers, that order does
        not depend on how the table is sorted.
    random_state : int, RandomState or None, default 0
        Of the orders, and of the rows held out.
    solver : {"online", "batch", "newton", "lbfgs", "auto"}, default "auto"
        Move after each row; move once an epoch, down the slope of all rows; or go to the lowest point of the loss, by
        Newton's method, by L-BFGS, or by whichever suits the size.
    l2 : float in [0, inf), default 0
        Penalty l2 / 2 times the sum of the squared weights, beside the mean loss.
    schedule : {"constant", "linear", "cosine", "inverse"}, or a function from the epoch to a rate
    tol : float in [0, inf), or None, default 1e-6
        Stop when the loss, or that on held-out rows, has not fallen by more for `patience` epochs; on the way to the
        optimum, when the slope is this share of the first one. None never stops for that.
    patience : int, at least 1, default 5
        Epochs in a row without a fall after which to stop, where `tol` or held-out rows are watched.
    early_stopping : bool, default False
        Hold rows out, watch the loss on them and keep the weights of the best epoch.
    validation_fraction : float in (0, 1), default 0.1
        Share of the rows that is held out.
    warm_start : bool, default False
        Start from what the last `fit` left, where classes and features are the same.
    verbose : bool, default False
        Show a progress bar, in a terminal.
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.

    Attributes
    ----------
    neuron_ : Neuron
    neurons_ : list of one Neuron
    history_ : History
        A mistake is a row whose sum has the wrong sign.
    coef_ : ndarray of shape (features,)
    intercept_ : float
    n_iter_ : int
        Epochs, or steps on the way to the optimum.
    model_ : NetworkModel
        The same as a plain value that can be saved.

    References
    ----------
    Widrow & Hoff (1960), IRE WESCON Convention Record 4:96-104.

    Examples
    --------
    >>> line = LinearNeuron().fit([[0], [1], [2]], [1, 3, 5])
    >>> line.neuron_
    Neuron(weights=[2], bias=1, activation='linear')
    >>> line.predict([[10]]).round(6)
    array([21.])
    """

    coef_: Array

    def __init__(
        self,
        learning_rate: float | None = None,
        max_epochs: int = 1000,
        fixed_bias: float | None = None,
        shuffle: bool = True,
        random_state: Any = 0,
        *,
        solver: str = "auto",
        l2: float = 0.0,
        schedule: Any = "constant",
        tol: float | None = 1e-6,
        patience: int = 5,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        warm_start: bool = False,
        verbose: Any = False,
        on_epoch: OnEpoch | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_epochs = max_epochs
        self.fixed_bias = fixed_bias
        self.shuffle = shuffle
        self.random_state = random_state
        self.solver = solver
        self.l2 = l2
        self.schedule = schedule
        self.tol = tol
        self.patience = patience
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.verbose = verbose
        self.on_epoch = on_epoch

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation: tuple[Any, Any] | None = None) -> LinearNeuron:
        """Learn from rows and their numbers.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)
        y : array_like of shape (rows,)
        sample_weight : array_like of shape (rows,), optional
            How often each row counts: 2 is the same as the row twice.
        validation : tuple of X and y, optional
            Rows of your own to watch, instead of those that `early_stopping` holds out.

        Returns
        -------
        self

        Raises
        ------
        ParameterError, ParameterTypeError, DataError
        """
        self._fit(X, y, sample_weight, validation)
        return self

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> LinearNeuron:
        """Go through some rows once, moving after each, from where the neuron stands.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)
        y : array_like of shape (rows,)
        sample_weight : array_like of shape (rows,), optional

        Returns
        -------
        self
        """
        self._partial_fit(X, y, None, sample_weight)
        return self

    def predict(self, X: Any) -> Array:
        """Give the number for each row.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,)
        """
        return self._sums(X)[:, 0]

    def _activation(self) -> str:
        return "linear"

    def _examples(self, X: Any, y: Array, counts: Array | None, *, first: bool) -> Examples:
        return Examples(X, y, np.empty(0), counts=np.empty(0) if counts is None else counts)

    def _checked(self, X: Any, y: Any, *, first: bool = True, **more: Any) -> tuple[Any, Array]:
        return super()._checked(X, y, first=first, y_numeric=True, **more)

    def _attributes(self, lesson: Lesson) -> dict[str, Any]:
        told = super()._attributes(lesson)
        return told | {"coef_": told["coef_"][0], "intercept_": told["intercept_"][0]}

    @property
    def model_(self) -> NetworkModel:
        """The neuron and the features' names as a plain value that can be saved."""
        fitted(self)
        network = Network([Layer(self.coef_[np.newaxis], [self.intercept_], "linear")])
        none = Scaling.none(self.n_features_in_)
        return NetworkModel(network, none, None, self._names(), Scaling.none(1), about=self._about("linear"))

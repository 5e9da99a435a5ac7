"""`Adaline`: Widrow and Hoff's delta rule as a scikit-learn estimator."""

from __future__ import annotations

from typing import Any

from sklearn.base import ClassifierMixin

from glassneuron.estimators.slope_base import SlopeClassifier
from glassneuron.learning.history import OnEpoch
from glassneuron.neurons.model import Model


class Adaline(ClassifierMixin, SlopeClassifier):  # type: ignore[misc]
    """A linear neuron that learns from how far its sum is from 1 or -1; for more than two classes, one neuron a class.

    It goes down the slope of the squared error, and so also learns from rows that are right already.

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
    solver : {"online", "batch", "newton", "lbfgs", "auto"}, default "online"
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
        Share of each class that is held out.
    class_weight : dict of class to weight, "balanced" or None
        How much the rows of a class count; "balanced" lets each class count the same.
    warm_start : bool, default False
        Start from what the last `fit` left, where classes and features are the same.
    verbose : bool, default False
        Show a progress bar, in a terminal.
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.

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

    References
    ----------
    Widrow & Hoff (1960), IRE WESCON Convention Record 4:96-104.

    Examples
    --------
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["off", "on", "on", "on"]
    >>> Adaline(solver="newton").fit(X, y).neuron_  # the least squares: x1 + x2 - 1/2
    Neuron(weights=[1, 1], bias=-0.5, activation='linear')
    >>> Adaline().fit(X, y).predict(X).tolist()
    ['off', 'on', 'on', 'on']
    """

    silent = -1.0

    def __init__(
        self,
        learning_rate: float | None = None,
        max_epochs: int = 1000,
        fixed_bias: float | None = None,
        shuffle: bool = True,
        random_state: Any = 0,
        *,
        solver: str = "online",
        l2: float = 0.0,
        schedule: Any = "constant",
        tol: float | None = 1e-6,
        patience: int = 5,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        class_weight: Any = None,
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
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.verbose = verbose
        self.on_epoch = on_epoch

    def _activation(self) -> str:
        return "linear"

    @property
    def model_(self) -> Model:
        """The trained neurons, classes and names as a plain value that can be saved."""
        return self._model("adaline")

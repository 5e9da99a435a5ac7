"""`SigmoidNeuron`: logistic regression as a scikit-learn estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin

from glassneuron import checks
from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.estimators.slope_base import SlopeClassifier
from glassneuron.learning.history import OnEpoch
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.scaling import Scaling
from glassneuron.neurons.sums import activations

MULTI_CLASS = ("softmax", "one_vs_rest")


class SigmoidNeuron(ClassifierMixin, SlopeClassifier):  # type: ignore[misc]
    """A sigmoid neuron that answers with a probability: logistic regression, for two classes or more.

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
    l2 : float in [0, inf), default 1e-3
        Penalty l2 / 2 times the sum of the squared weights, beside the mean loss.
    multi_class : {"softmax", "one_vs_rest"}, default "softmax"
        For more than two classes: the neurons share the probability out among them; or each learns on its own to fire
        for its class alone.
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
    network_ : Network
        Where more than two classes share the probability: one layer of neurons with softmax.
    model_ : Model, or NetworkModel for softmax
        The same as a plain value that can be saved.

    Notes
    -----
    The penalty of scikit-learn's `LogisticRegression` is ``l2 = 1 / (C * rows)``.

    References
    ----------
    Cox (1958), Journal of the Royal Statistical Society B 20:215-242; Bishop (2006), Pattern Recognition and Machine
    Learning, section 4.3.

    Examples
    --------
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], ["no", "yes", "no", "yes"]
    >>> n = SigmoidNeuron(l2=0).fit(X, y)
    >>> n.predict_proba([[2.5]]).round(6)
    array([[0.5, 0.5]])
    >>> print(n.history_.why_stopped)
    the slope is ... of what it was at first: the lowest loss is reached, 0.5869
    """

    network_: Network

    def __init__(
        self,
        learning_rate: float | None = None,
        max_epochs: int = 1000,
        fixed_bias: float | None = None,
        shuffle: bool = True,
        random_state: Any = 0,
        *,
        solver: str = "auto",
        l2: float = 1e-3,
        multi_class: str = "softmax",
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
        self.multi_class = multi_class
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
        several = len(self.classes_) > 2
        checks.choice("multi_class", self.multi_class, MULTI_CLASS)
        return "softmax" if several and self.multi_class == "softmax" else "sigmoid"

    def _attributes(self, lesson: Any) -> dict[str, Any]:
        told = super()._attributes(lesson)
        if self._activation() == "softmax":
            names = getattr(self, "feature_names_in_", None)
            told["network_"] = Network([Layer(told["coef_"], told["intercept_"], "softmax")], names=names)
        return told

    def predict_proba(self, X: Any) -> Array:
        """Give the probability of each class.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows, classes)
        """
        sums = self._sums(X)
        if self._activation() == "softmax":
            return activations(kernels.SOFTMAX, sums)
        answers = activations(kernels.SIGMOID, sums)
        if len(self.classes_) == 2:
            return np.hstack([1.0 - answers, answers])
        return answers / answers.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]

    def predict_log_proba(self, X: Any) -> Array:
        """Give the natural logarithm of the probability of each class, of shape (rows, classes)."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @property
    def model_(self) -> Model | NetworkModel:
        """The trained neurons, classes and names as a plain value that can be saved."""
        if self._fitted_activation() != "softmax":
            return self._model("sigmoid")
        about, none = self._about("sigmoid"), Scaling.none(self.n_features_in_)
        return NetworkModel(self.network_, none, tuple(self.classes_.tolist()), self._names(), about=about)

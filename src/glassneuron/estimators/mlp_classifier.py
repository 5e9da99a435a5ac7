"""`MLPClassifier`: a network that tells classes apart, as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.networks import NetworkEstimator, Task
from glassneuron.estimators.validation import (
    all_or_nothing,
    checked,
    class_counts,
    counts_of,
    fitted,
    known,
    labels,
    one_row,
    pair,
    refused,
)  # fmt: skip
from glassneuron.learning.history import OnEpoch
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.network import Network
from glassneuron.neurons.network_model import NetworkModel


class MLPClassifier(ClassifierMixin, NetworkEstimator):  # type: ignore[misc]
    """A network of neurons that tells classes apart.

    Two classes have one sigmoid output, more have a softmax output each; for a table of 0 and 1 (several labels a
    row) each column has a sigmoid output.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default (100,)
        Neurons of each layer between inputs and outputs; () for none.
    activation : str, or a sequence with one a hidden layer, default "relu"
    loss : {"cross_entropy", "squared_error"}
    class_weight : dict of class to weight, "balanced" or None
        How much the rows of a class count; "balanced" lets each class count the same.
    start : {"glorot", "he", "auto", "zero"}, default "glorot"
        How the weights are drawn: see `Network.random`.
    optimiser : {"adam", "sgd", "momentum", "nesterov", "lbfgs"}
    learning_rate : float in (0, inf), default 0.001
    schedule : {"constant", "linear", "cosine", "inverse"}, or a function from the epoch to a rate
    batch_size : int, optional
        Rows a step; 200 by default, or all where there are fewer.
    max_epochs : int, at least 1, default 200
    momentum : float in [0, 1), default 0.9
        Of momentum and Nesterov; beta1 of Adam.
    l2 : float in [0, inf), default 0
        Penalty l2 / 2 times the sum of the squared weights, beside the mean loss.
    dropout : float in [0, 1), default 0
        Share of the hidden neurons that is silenced in each step.
    clip : float in (0, inf), optional
        Greatest length of a gradient.
    tol : float in [0, inf), or None
        Stop when the loss has not fallen by more for `patience` epochs; None never stops for that. L-BFGS stops where
        no slope is steeper; it takes all rows at once, and has no use for learning rate, schedule, batches, momentum,
        clip and patience.
    patience : int, at least 1, default 10
    early_stopping : bool, default False
        Hold rows out, watch the loss on them and keep the weights of the best epoch.
    validation_fraction : float in (0, 1), default 0.1
        Share of each class that is held out.
    n_restarts : int, at least 1, default 1
        Random starts, of which the one with the smallest loss is kept.
    warm_start : bool, default False
        Start from what the last `fit` left where classes and shape are the same; then there is one start.
    shuffle : bool, default True
    random_state : int, RandomState or None, default 0
        Of starts, orders, dropout and the rows held out.
    each_batch : bool, default False
        Keep the loss of each batch in the history.
    verbose : bool, default False
        Show a progress bar where a person looks on.
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.

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

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str | Sequence[str] = "relu",
        *,
        loss: str = "cross_entropy",
        class_weight: Any = None,
        start: str = "glorot",
        optimiser: str = "adam",
        learning_rate: float = 0.001,
        schedule: Any = "constant",
        batch_size: int | None = None,
        max_epochs: int = 200,
        momentum: float = 0.9,
        l2: float = 0.0,
        dropout: float = 0.0,
        clip: float | None = None,
        tol: float | None = 1e-4,
        patience: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_restarts: int = 1,
        warm_start: bool = False,
        shuffle: bool = True,
        random_state: Any = 0,
        each_batch: bool = False,
        verbose: Any = False,
        on_epoch: OnEpoch | None = None,
    ) -> None:
        super().__init__(
            hidden_layer_sizes, activation, start=start, optimiser=optimiser, learning_rate=learning_rate,
            schedule=schedule, batch_size=batch_size, max_epochs=max_epochs, momentum=momentum, l2=l2,
            dropout=dropout, clip=clip, tol=tol, patience=patience, early_stopping=early_stopping,
            validation_fraction=validation_fraction, n_restarts=n_restarts, warm_start=warm_start, shuffle=shuffle,
            random_state=random_state, each_batch=each_batch, verbose=verbose, on_epoch=on_epoch,
        )  # fmt: skip
        self.loss = loss
        self.class_weight = class_weight

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    @all_or_nothing
    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, validation: tuple[Any, Any] | None = None
    ) -> MLPClassifier:
        """Learn from rows and their labels.

        Parameters
        ----------
        X : array_like of shape (rows, features)
        y : array_like of shape (rows,), labels of any kind, or (rows, labels) of 0 and 1
        sample_weight : array_like of shape (rows,), optional
            2 counts a row as if it stood twice in its batch.
        validation : tuple of X and y, optional
            Rows of your own to watch the loss on, instead of those that `early_stopping` holds out.

        Returns
        -------
        self

        Raises
        ------
        ParameterError, ParameterTypeError, DataError
        """
        before = getattr(self, "classes_", ())
        task = self._task(X, y, sample_weight, validation)
        go_on = checks.boolean("warm_start", self.warm_start) and np.array_equal(before, self.classes_)
        self._learn(X, y, task, go_on=go_on)
        return self

    def _task(self, X: Any, y: Any, sample_weight: Any = None, validation: tuple[Any, Any] | None = None) -> Task:
        X, y = self._checked(X, y)
        self.classes_, codes, self._several = _classes(y)
        weights = self._class_weights(codes, counts_of(X, sample_weight), X.dtype)
        held = None
        if validation is not None:
            held_X, held_y = self._checked(*pair(validation), first=False)
            held = held_X, self._targets(self._known(held_y), held_X)
        task = Task(X, self._targets(codes, X), self._last, weights, held)
        return self._held_out(task, np.zeros(len(X)) if self._several else codes)

    @all_or_nothing
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> MLPClassifier:
        """Go through some rows once, from where the network and its optimiser stand.

        Parameters
        ----------
        X : array_like of shape (rows, features)
        y : array_like of shape (rows,) or (rows, labels)
        classes : array_like of shape (classes,)
            All that will ever come; needed in the first call, unless all are in its rows.
        sample_weight : array_like of shape (rows,), optional

        Returns
        -------
        self
        """
        first = not hasattr(self, "network_")
        X, y = self._checked(X, y, first=first)
        if first:
            self.classes_, _, self._several = _classes(y)
            if classes is not None and not self._several:
                self.classes_ = labels(classes)[0]
        codes = self._known(y)
        weights = self._class_weights(codes, counts_of(X, sample_weight), X.dtype)
        self._learn_on(Task(X, self._targets(codes, X), self._last, weights))
        return self

    def _checked(self, X: Any, y: Any, first: bool = True) -> tuple[Array, Array]:
        try:
            shape = y.shape if hasattr(y, "shape") else np.asarray(y).shape
        except ValueError as error:  # rows of different lengths
            raise refused(error) from error
        several = len(shape) == 2 and shape[1] > 1
        X, y = checked(self, X, y, fitting=True, reset=first, multi_output=several)
        return X, (y.toarray() if issparse(y) else y)

    def _known(self, y: Array) -> Array:
        """Give each row's position among the classes that are known already, or its labels."""
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
            return codes.astype(X.dtype)
        if len(self.classes_) == 2:
            return codes[:, np.newaxis].astype(X.dtype)
        return np.eye(len(self.classes_), dtype=X.dtype)[codes]

    def _class_weights(self, codes: Array, weights: Array | None, dtype: Any) -> Array | None:
        if self.class_weight is None:
            return weights
        if self._several:
            raise problem(
                "parameter", name="class_weight", rule="None for several labels a row", value=self.class_weight
            )
        return class_counts(self.class_weight, self.classes_, codes, weights, dtype)

    def _right(self, network: Network, X: Array, Y: Array) -> bool:
        answers = network.feedforward(X).reshape(Y.shape)
        if self._last == "softmax":
            return bool((answers.argmax(axis=1) == Y.argmax(axis=1)).all())
        return bool(((answers >= 0.5) == (Y == 1.0)).all())

    @property
    def model_(self) -> NetworkModel:
        """The network, its classes and the features' names as a plain value that can be saved; of one label a row."""
        fitted(self)
        if self._several:
            raise problem("not-savable", kind=f"{type(self).__name__} of several labels a row")
        return self._as_model(tuple(self.classes_.tolist()))

    def decision_function(self, X: Any) -> Array:
        """Give the weighted sums of the last layer: for sigmoid outputs, the logarithm of the odds.

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
        """Give the probability of each class, or of each label.

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
        """Give the class of each row: the most probable; or 1 for each label that is more probable than not.

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

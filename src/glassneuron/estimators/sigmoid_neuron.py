"""`SigmoidNeuron`: logistic regression as a scikit-learn estimator."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.estimators.neurons import NeuronClassifier
from glassneuron.estimators.scikit import ClassifierMixin
from glassneuron.estimators.validation import fitted
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings, documented, replaced, setting
from glassneuron.neurons.inference import activations
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network


@documented
@dataclass(eq=False, repr=False)
class SigmoidNeuron(ClassifierMixin, DeltaSettings, NeuronClassifier):
    """A sigmoid neuron that answers with a probability: logistic regression, for two classes or more.

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
    model_ : Model
        The same as a plain value that can be saved.

    Notes
    -----
    The penalty of scikit-learn's `LogisticRegression` is ``l2 = 1 / (C * rows)``; with nothing set, both have the
    same from a hundred rows on.

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
    converged: the gradient is ... of its first size, the lowest loss is reached; the loss is 0.5869
    """

    _: KW_ONLY
    solver: str = replaced(DeltaSettings, "solver", "auto")
    l2: float | None = replaced(DeltaSettings, "l2", None)
    multi_class: str = setting(
        "softmax", ("softmax", "one_vs_rest"),
        "For more than two classes: the neurons share out the probability; or each learns on its own to fire for its "
        "class alone.",
    )  # fmt: skip
    network_: Network = field(init=False)

    def _activation(self) -> str:
        return "softmax" if len(self.classes_) > 2 and self.multi_class == "softmax" else "sigmoid"

    def _dataset(self, X: Any, y: Array, weight: Array | None, *, first: bool) -> Dataset:
        data = super()._dataset(X, y, weight, first=first)
        self._refuse_one_class()
        return data

    def _attributes(self, algorithm: NeuronAlgorithm) -> dict[str, Any]:
        found = super()._attributes(algorithm)
        if self._activation() == "softmax":
            names = getattr(self, "feature_names_in_", None)
            found["network_"] = Network([Layer(found["coef_"], found["intercept_"], "softmax")], names=names)
        return found

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class.

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
            both = np.empty((len(answers), 2), answers.dtype)
            both[:, 1] = answers[:, 0]
            np.subtract(1.0, both[:, 1], out=both[:, 0])
            return both
        return answers / answers.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]

    def predict_log_proba(self, X: Any) -> Array:
        """Return the natural logarithm of the probability of each class, of shape (rows, classes)."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @property
    def model_(self) -> Model:
        """The trained neurons, classes and names as a plain value that can be saved."""
        fitted(self)
        if self._activation() != "softmax":
            return self._model("sigmoid")
        return Model(self.network_, tuple(self.classes_.tolist()), self._names(), about=self._about("sigmoid"))

"""`LinearNeuron`: a neuron that answers with a number, as a scikit-learn estimator."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.estimators.neurons import NeuronEstimator
from glassneuron.estimators.scikit import RegressorMixin
from glassneuron.estimators.shared import PartialRegressor
from glassneuron.estimators.validation import fitted, number_targets
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.dataset import NONE, Dataset
from glassneuron.learning.settings import DeltaSettings, documented, replaced
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling


@documented
@dataclass(eq=False, repr=False)
class LinearNeuron(RegressorMixin, DeltaSettings, PartialRegressor, NeuronEstimator):
    """A linear neuron that answers with a number: least squares, by the delta rule or at once.

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
    model_ : Model
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

    _: KW_ONLY
    solver: str = replaced(DeltaSettings, "solver", "auto")

    def predict(self, X: Any) -> Array:
        """Return the number for each row.

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

    def _dataset(self, X: Any, y: Array, weight: Array | None, *, first: bool) -> Dataset:
        y = row_by_row(lambda y: np.asarray(y, np.float64), y)
        return Dataset(X, y, sample_weight=NONE if weight is None else weight)

    def _checked(self, X: Any, y: Any, *, first: bool = True, **more: Any) -> tuple[Any, Array]:
        return super()._checked(X, number_targets(y), first=first, y_numeric=True, **more)

    def _attributes(self, algorithm: NeuronAlgorithm) -> dict[str, Any]:
        found = super()._attributes(algorithm)
        return found | {"coef_": found["coef_"][0], "intercept_": found["intercept_"][0]}

    @property
    def model_(self) -> Model:
        """The neuron and the features' names as a plain value that can be saved."""
        fitted(self)
        network = Network([Layer(self.coef_[np.newaxis], [self.intercept_], "linear")])
        return Model(network, None, self._names(), about=self._about("linear"), target_scaling=Scaling.none(1))

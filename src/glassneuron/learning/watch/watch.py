"""The same training as `fit`, one example at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from numpy.typing import ArrayLike

from glassneuron.errors import problem
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.perceptrons.mixing import Mixing
from glassneuron.learning.algorithms.whole_batch.descent import WholeBatch
from glassneuron.learning.trainer import Trainer
from glassneuron.learning.watch.gradient_step import gradient_steps
from glassneuron.learning.watch.network_step import network_steps
from glassneuron.learning.watch.step import neuron_steps

S = TypeVar("S", covariant=True)


class Watchable(Protocol[S]):
    """Whatever can learn one example at a time."""

    def steps(self, X: Any, y: Any) -> Iterator[S]:
        """Yield each step of the training that `fit` would do."""


def watch(learner: Watchable[S], X: ArrayLike, y: ArrayLike) -> Iterator[S]:
    """Learn one example at a time: the same training as `fit`, from the same kernels, every number shown.

    Parameters
    ----------
    learner : an estimator of this package, such as `Perceptron` or `MLPClassifier`
        It is not changed; fit it to keep what it learns.
    X : array_like of shape (rows, features)
    y : array_like of shape (rows,)

    Yields
    ------
    Step, WholeStep or NetworkStep
        `print(step)` writes out its arithmetic: of a row shown to one neuron, of a move after a look at all rows, or,
        of a network, the way forward and the way back.

    Examples
    --------
    >>> import glassneuron as gn
    >>> p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    >>> first, second, *others = gn.watch(p, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
    >>> print(second)
    epoch 1, row 1: x = (0, 1), target 1
      sum     0·0 + 0·1 - 1 = -1
      output  step(-1) = 0
      error   1 - 0 = 1
      w1      0 + 0.1·1·0 = 0
      w2      0 + 0.1·1·1 = 0.1
      bias    -1, held
    """
    if not hasattr(learner, "steps"):
        rule = "an estimator of this package, such as `Perceptron`"
        raise problem("parameter-type", name="learner", rule=rule, value=learner, kind=type(learner).__name__)
    return learner.steps(X, y)


def steps_of(trainer: Trainer) -> Iterator[Any]:
    """Train, and yield each step as a value that prints its arithmetic."""
    algorithm = trainer.algorithm
    if isinstance(algorithm, Backpropagation):
        return network_steps(trainer, algorithm)
    if isinstance(algorithm, WholeBatch):
        return gradient_steps(trainer, algorithm)
    assert isinstance(algorithm, NeuronAlgorithm)
    if isinstance(algorithm, Mixing):
        rule = "1 to be watched row by row: shards learn side by side"
        raise problem("parameter", name="shards", rule=rule, value=algorithm.settings.shards)
    return neuron_steps(trainer, algorithm)
